/* --ranks COLUMN: methods over data sets. */
#include "analysis/figure.h"
#include "analysis/ranks.h"
#include "drivers/lutreport.h"

#include <stdlib.h>
#include <string.h>

lut_status lutreport_settings(bool *all, const lutreport_options *o, lut_err *err)
{
    const char *text = o->settings;

    *all = text && !strcmp(text, "all");
    if (!text || *all || !strcmp(text, "best"))
        return LUT_OK;
    return lut_fail(
        err, LUT_EINVAL,
        "--settings=%s: want best (by validation accuracy) or all (their mean)", text);
}

/* Where it can be drawn, how. */
static lut_status note_figure(sheet *s, const ranks_query *q,
                              const lutreport_options *o, lut_err *err)
{
    char *words = lutreport_words(o), *command = NULL;
    const figure_source source = { .where = q->where,
                                   .files = words,
                                   .by = q->method,
                                   .metric = q->metric,
                                   .all = q->all,
                                   .nemenyi = q->nemenyi,
                                   .alpha = q->alpha };
    const figure_ops *ops = NULL;
    lut_status st = words ? figure_find(&ops, "ranks", err)
                          : lut_fail(err, LUT_ENOMEM, "out of memory");

    if (st == LUT_OK)
        st = figure_command(&command, ops, &source, err);
    if (st == LUT_OK)
        st = sheet_add_note(s, err, "as a figure: %s", command);
    free(command);
    free(words);
    return st;
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

    LUT_TRY(lutreport_settings(&q.all, o, err));
    LUT_TRY(lutreport_alpha(&q.alpha, o, err));
    LUT_TRY(ranks_make(&r, d, &q, err));
    st = ranks_sheets(out->sheet, &out->n, &r, err);
    if (st == LUT_OK && figure_ranks_drawn(&r))
        st = note_figure(&out->sheet[out->n - 1], &q, o, err);
    ranks_fini(&r);
    return st;
}
