/* All chosen trials as a netCDF-4 file. */
#include "analysis/labelled.h"
#include "drivers/cli.h"
#include "drivers/lutreport.h"

#include <stdlib.h>

static lut_status write_netcdf(const report_data *d, const lutreport_options *o,
                               lut_err *err)
{
    char *origin;
    lut_status st;

    LUT_TRY(lutreport_origin(&origin, d, o, err));
    st = report_labelled(o->output_file, d, o->where, origin, err);
    free(origin);
    return st;
}

int lutreport_netcdf(const lutreport_options *o)
{
    report_data *d = NULL;
    lut_err err;
    lut_status st = lutreport_spare_inputs(o, &err);

    if (st == LUT_OK)
        st = lutreport_load(&d, o, &err);
    if (st == LUT_OK)
        st = write_netcdf(d, o, &err);
    report_data_destroy(d);
    return st == LUT_OK ? CLI_OK : cli_fail(&err);
}
