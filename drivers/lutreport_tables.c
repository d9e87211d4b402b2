/* Rows pooled by columns, with mean, interval, sd and n. */
#include "analysis/table.h"
#include "drivers/lutreport.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static lut_status read_best(size_t *best, const char *text, lut_err *err)
{
    const long most = 1000000000;
    char *end;
    long n;

    if (!text)
        return LUT_OK;
    errno = 0;
    n = strtol(text, &end, 10);
    if (end == text || *end || errno || n < 1 || n > most)
        return lut_fail(err, LUT_EINVAL, "--best=%s: want a whole number from 1 to %ld",
                        text, most);
    *best = (size_t)n;
    return LUT_OK;
}

static lut_status read_alpha(double *alpha, const char *text, lut_err *err)
{
    char *end;

    if (!text)
        return LUT_OK;
    *alpha = strtod(text, &end);
    if (end == text || *end || !(*alpha > 0 && *alpha < 1))
        return lut_fail(
            err, LUT_EINVAL,
            "--alpha=%s: want a number between 0 and 1, 0.05 for intervals of "
            "95 %%",
            text);
    return LUT_OK;
}

lut_status lutreport_query(report_query *q, const lutreport_options *o, lut_err *err)
{
    *q = (report_query){
        .where = o->where, .by = o->by, .metric = o->metric, .sort = o->sort
    };
    LUT_TRY(read_best(&q->best, o->best, err));
    if (o->each) {
        if (!o->each[0])
            return lut_fail(err, LUT_EINVAL,
                            "--each: \"\": want names with commas between");
        q->outer = o->each;
        q->best_each = true;
        q->best = q->best ? q->best : 1;
    }
    return read_alpha(&q->alpha, o->alpha, err);
}

lut_status lutreport_alpha(double *alpha, const lutreport_options *o, lut_err *err)
{
    *alpha = REPORT_ALPHA;
    return read_alpha(alpha, o->alpha, err);
}

lut_status lutreport_tables(lutreport_made *out, const report_data *d,
                            const lutreport_options *o, lut_err *err)
{
    report_query q;
    report r;
    lut_status st;

    LUT_TRY(lutreport_query(&q, o, err));
    LUT_TRY(report_build(&r, d, &q, err));
    st = report_sheet(&out->sheet[0], &r, "groups", NULL, 0, err);
    out->n = 1;
    if (st == LUT_OK && o->output)
        st = report_sheet_keys(&out->sheet[0], &r, err);
    report_fini(&r);
    return st;
}
