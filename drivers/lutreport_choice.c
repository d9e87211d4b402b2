/* Reports that choose rows: --pareto and --smallest. */
#include "analysis/choice.h"
#include "drivers/lutreport.h"

lut_status lutreport_pareto(lutreport_made *out, const report_data *d,
                            const lutreport_options *o, lut_err *err)
{
    report_query q;

    LUT_TRY(lutreport_query(&q, o, err));
    out->n = 1;
    return report_pareto(&out->sheet[0], d, &q, o->pareto, err);
}

lut_status lutreport_smallest(lutreport_made *out, const report_data *d,
                              const lutreport_options *o, lut_err *err)
{
    report_query q;

    LUT_TRY(lutreport_query(&q, o, err));
    out->n = 1;
    return report_smallest(&out->sheet[0], d, &q, o->smallest, o->at, err);
}
