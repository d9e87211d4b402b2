/* --ranks COLUMN: methods over data sets. */
#include "analysis/ranks.h"
#include "drivers/lutreport.h"

#include <string.h>

/* --settings: best or all. */
static lut_status read_settings(bool *all, const char *text, lut_err *err)
{
    *all = text && !strcmp(text, "all");
    if (!text || *all || !strcmp(text, "best"))
        return LUT_OK;
    return lut_fail(
        err, LUT_EINVAL,
        "--settings=%s: want best (by validation accuracy) or all (their mean)", text);
}

lut_status lutreport_ranks(lutreport_made *out, const report_data *d,
                           const lutreport_options *o, lut_err *err)
{
    ranks_query q = { .where = o->where,
                      .method = o->ranks,
                      .metric = o->metric,
                      .nemenyi = o->nemenyi != NULL };
    ranks r;
    lut_status st;

    LUT_TRY(read_settings(&q.all, o->settings, err));
    LUT_TRY(lutreport_alpha(&q.alpha, o, err));
    LUT_TRY(ranks_make(&r, d, &q, err));
    st = ranks_sheets(out->sheet, &out->n, &r, err);
    ranks_fini(&r);
    return st;
}
