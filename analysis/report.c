#include "analysis/axis.h"
#include "analysis/report_impl.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char default_metrics[] =
    "test_accuracy,valid_accuracy,discretization_gap,luts";

/* Names of a list, one at a time, to fn. */
static lut_status each_name(report_builder *b, const char *option, const char *list,
                            lut_status (*fn)(report_builder *b, const char *option,
                                             const char *name))
{
    char name[128];

    while (*list) {
        size_t n = strcspn(list, ",");

        if (n == 0 || n >= sizeof name)
            return lut_fail(b->err, LUT_EINVAL,
                            "%s: \"%s\": want names with commas between", option, list);
        memcpy(name, list, n);
        name[n] = 0;
        LUT_TRY(fn(b, option, name));
        list += n + (list[n] == ',');
    }
    return LUT_OK;
}

static lut_status add_by(report_builder *b, const char *option, const char *name)
{
    report *r = b->r;

    if (r->nby == REPORT_COLUMNS)
        return lut_fail(b->err, LUT_EINVAL, "%s: more than %d columns", option,
                        REPORT_COLUMNS);
    LUT_TRY(report_data_column(b->d, &r->by[r->nby], option, name, b->err));
    for (size_t i = 0; i < r->nby; i++)
        if (r->by[i] == r->by[r->nby])
            return LUT_OK;
    b->status_named |= r->by[r->nby] == b->status;
    r->nby++;
    return LUT_OK;
}

static lut_status add_metric(report_builder *b, const char *option, const char *name)
{
    report *r = b->r;
    size_t n;
    const report_column *column = report_data_columns(b->d, &n);

    if (r->nmetrics == REPORT_COLUMNS)
        return lut_fail(b->err, LUT_EINVAL, "%s: more than %d columns", option,
                        REPORT_COLUMNS);
    LUT_TRY(report_data_column(b->d, &r->metric[r->nmetrics], option, name, b->err));
    if (column[r->metric[r->nmetrics]].is_text)
        return lut_fail(b->err, LUT_EINVAL, "%s: %s is text, want a number", option,
                        name);
    for (size_t i = 0; i < r->nmetrics; i++)
        if (r->metric[i] == r->metric[r->nmetrics])
            return LUT_OK;
    r->nmetrics++;
    return LUT_OK;
}

/* Only those that are there: an older file may lack one. */
static lut_status add_default_metric(report_builder *b, const char *option,
                                     const char *name)
{
    return report_data_find(b->d, name) == SIZE_MAX ? LUT_OK
                                                    : add_metric(b, option, name);
}

static lut_status select_rows(report_builder *b)
{
    report_rows chosen;
    lut_status st = LUT_OK;

    LUT_TRY(report_select(&chosen, b->d, "--where", b->q->where, b->err));
    b->row = chosen.row;
    b->r->selected = chosen.n;
    b->status_named |= chosen.named[b->status];
    chosen.row = NULL; /* the builder's now */
    if (b->q->chooses || b->q->best)
        st = report_refuse_test(&chosen, b->d, "--where", b->err);
    report_rows_fini(&chosen);
    return st;
}

/* Rows of each file count its trials; in all others a trial counts once. */
static lut_status drop_twins(report_builder *b)
{
    const size_t file = report_data_find(b->d, "file");
    report *r = b->r;

    for (size_t i = 0; i < r->nby; i++)
        if (r->by[i] == file)
            return LUT_OK;
    return report_once(b->row, &r->selected, &r->twice, b->d, b->err);
}

static const char *status_of(const report_builder *b, size_t row)
{
    return report_data_value(b->d, row, b->status).text;
}

static int more_frequent(const void *pa, const void *pb)
{
    const report_count *a = pa, *b = pb;

    return a->n != b->n ? (a->n < b->n) - (a->n > b->n) : strcmp(a->status, b->status);
}

static void count_status(report_builder *b)
{
    report *r = b->r;

    for (size_t i = 0; i < r->selected; i++) {
        const char *status = status_of(b, b->row[i]);
        size_t at = 0;

        while (at < r->nstatus && strcmp(r->status[at].status, status) != 0)
            at++;
        if (at == LUT_COUNT(r->status))
            continue;
        r->nstatus += at == r->nstatus;
        r->status[at].status = status;
        r->status[at].n++;
    }
    qsort(r->status, r->nstatus, sizeof r->status[0], more_frequent);
}

static bool varies(const report_builder *b, size_t col)
{
    for (size_t i = 1; i < b->r->selected; i++)
        if (report_compare(report_data_value(b->d, b->row[0], col),
                           report_data_value(b->d, b->row[i], col)) != 0)
            return true;
    return false;
}

/* Columns that other columns usually decide: layers by width and depth, the rest by the
 * plug-ins.  They count only where they tell more. */
static bool is_derived(const report_column *c)
{
    return c->is_option || !strcmp(c->name, "sampling") || !strcmp(c->name, "layers");
}

static lut_status add_varying(report_builder *b, bool derived)
{
    size_t n;
    const report_column *column = report_data_columns(b->d, &n);

    for (size_t col = 0; col < n; col++) {
        bool splits = true;

        if (is_derived(&column[col]) != derived || !report_is_setting(b->d, col) ||
            !varies(b, col))
            continue;
        if (derived)
            LUT_TRY(report_splits(b, &splits, col));
        if (splits)
            LUT_TRY(add_by(b, "--by", column[col].name));
    }
    return LUT_OK;
}

static lut_status by_default(report_builder *b)
{
    if (report_data_files(b->d) > 1 && !b->q->one_file)
        LUT_TRY(add_by(b, "--by", "file"));
    LUT_TRY(add_varying(b, false));
    return add_varying(b, true);
}

static lut_status build(report_builder *b)
{
    const report_query *q = b->q;

    LUT_TRY(report_data_column(b->d, &b->status, "status", "status", b->err));
    b->valid = report_data_find(b->d, "valid_accuracy");
    b->split = report_splits_of(b->d);
    LUT_TRY(select_rows(b));
    if (q->outer)
        LUT_TRY(each_name(b, q->best_each ? "--each" : "--by", q->outer, add_by));
    b->r->nouter = b->r->nby;
    LUT_TRY(q->by ? each_name(b, "--by", q->by, add_by) : by_default(b));
    LUT_TRY(drop_twins(b));
    count_status(b);
    LUT_TRY(report_count_sets(b));
    LUT_TRY(each_name(b, "--metric", q->metric ? q->metric : default_metrics,
                      q->metric ? add_metric : add_default_metric));
    b->r->only_ok = !b->status_named;
    LUT_TRY(report_group_rows(b));
    return report_order_groups(b);
}

lut_status report_build(report *r, const report_data *d, const report_query *q,
                        lut_err *err)
{
    report_builder b = { .r = r, .q = q, .d = d, .err = err };
    lut_status st;

    *r = (report){ .data = d,
                   .best = q->best,
                   .best_each = q->best_each,
                   .alpha = q->alpha > 0 ? q->alpha : REPORT_ALPHA };
    st = build(&b);
    free(b.row);
    free(b.sorted);
    if (st != LUT_OK)
        report_fini(r);
    return st;
}

lut_status report_choose(size_t **row, size_t *n, size_t *twice, const report_data *d,
                         const char *where, lut_err *err)
{
    report_rows chosen;
    lut_status st;

    *row = NULL;
    LUT_TRY(report_select(&chosen, d, "--where", where, err));
    st = report_once(chosen.row, &chosen.n, twice, d, err);
    *n = chosen.n;
    if (st == LUT_OK) {
        *row = chosen.row;
        chosen.row = NULL; /* the caller's now */
    }
    report_rows_fini(&chosen);
    return st;
}

void report_fini(report *r)
{
    free(r->group);
    free(r->member);
    free(r->stats);
    free(r->set);
    *r = (report){ 0 };
}
