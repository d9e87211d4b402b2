/* The HTML page. */
#include "analysis/page.h"
#include "drivers/cli.h"
#include "drivers/lutreport.h"

#include <stdlib.h>
#include <string.h>

static lut_status make_page(char **text, size_t *n, bool *drawn, const report_data *d,
                            const page_query *q, lut_err *err)
{
    FILE *out = open_memstream(text, n);
    lut_status st;

    if (!out)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    st = report_page(out, drawn, d, q, err);
    if (fclose(out) != 0 && st == LUT_OK)
        st = lut_fail(err, LUT_ENOMEM, "out of memory");
    return st;
}

/* --d3, or what the environment says, or where the distribution has it. */
static lut_status read_library(page_library *l, bool *found, const lutreport_options *o,
                               lut_err *err)
{
    const char *variable = getenv("LUTREPORT_D3");
    const char *path = o->d3 ? o->d3 : variable && variable[0] ? variable : NULL;
    lut_status st;

    *l = (page_library){ 0 };
    *found = false;
    if (path && !strcmp(path, "none"))
        return LUT_OK;
    st = page_library_read(l, found, path, err);
    return st == LUT_OK ? st : lut_err_wrap(err, o->d3 ? "--d3" : "LUTREPORT_D3");
}

static lut_status write_page(bool *drawn, const lutreport_options *o,
                             const page_library *library, const report_data *d,
                             lut_err *err)
{
    report_query r;
    char *text = NULL, *origin = NULL, *files = lutreport_words(o);
    size_t n = 0;
    lut_status st = files ? lutreport_query(&r, o, err)
                          : lut_fail(err, LUT_ENOMEM, "out of memory");

    if (st == LUT_OK)
        st = lutreport_origin(&origin, d, o, err);
    if (st == LUT_OK) {
        const page_query q = { o->where, files, origin, r.alpha > 0 ? r.alpha : 0.05,
                               library };

        st = make_page(&text, &n, drawn, d, &q, err);
    }
    if (st == LUT_OK)
        st = lutreport_put_file(o->output_file, text, n, err);
    free(files);
    free(origin);
    free(text);
    return st;
}

int lutreport_page(const lutreport_options *o)
{
    report_data *d = NULL;
    page_library library = { 0 };
    bool drawn = true, found = false;
    lut_err err;
    lut_status st = lutreport_spare_inputs(o, &err);

    if (st == LUT_OK)
        st = read_library(&library, &found, o, &err);
    if (st == LUT_OK)
        st = lutreport_load(&d, o, &err);
    if (st == LUT_OK)
        st = write_page(&drawn, o, found ? &library : NULL, d, &err);
    report_data_destroy(d);
    page_library_fini(&library);
    if (st == LUT_OK && !drawn)
        cli_complain(
            CLI_OK,
            "%s: without figures: gnuplot is not installed (package gnuplot-nox)",
            o->output_file);
    return st == LUT_OK ? CLI_OK : cli_fail(&err);
}
