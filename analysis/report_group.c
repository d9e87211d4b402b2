/* Rows with equal --by values become one row with summaries. */
#include "analysis/report_impl.h"

#include <stdlib.h>
#include <string.h>

static int compare_by(const report_builder *b, size_t row, size_t other)
{
    for (size_t i = 0; i < b->r->nby; i++) {
        int order = report_compare(report_data_value(b->d, row, b->r->by[i]),
                                   report_data_value(b->d, other, b->r->by[i]));

        if (order)
            return order;
    }
    return 0;
}

/* A selected row for sorting; rows of one file stay in their order. */
typedef struct place {
    const report_builder *b;
    size_t row;
} place;

static int compare_places(const void *pa, const void *pb)
{
    const place *a = pa, *b = pb;
    int order = compare_by(a->b, a->row, b->row);

    return order ? order : (a->row > b->row) - (a->row < b->row);
}

/* Sorted, rows of a group are neighbours. */
static lut_status sort_rows(report_builder *b)
{
    const size_t n = b->r->selected;
    place *order = malloc((n ? n : 1) * sizeof *order);

    free(b->member); /* of the columns so far */
    b->member = malloc((n ? n : 1) * sizeof *b->member);
    if (!order || !b->member) {
        free(order);
        return lut_fail(b->err, LUT_ENOMEM, "no memory for %zu rows", n);
    }
    for (size_t i = 0; i < n; i++)
        order[i] = (place){ b, b->row[i] };
    qsort(order, n, sizeof *order, compare_places);
    for (size_t i = 0; i < n; i++)
        b->member[i] = order[i].row;
    free(order);
    return LUT_OK;
}

lut_status report_splits(report_builder *b, bool *splits, size_t col)
{
    *splits = false;
    LUT_TRY(sort_rows(b));
    for (size_t i = 1; i < b->r->selected && !*splits; i++) {
        size_t row = b->member[i - 1], next = b->member[i];

        *splits = compare_by(b, row, next) == 0 &&
                  report_compare(report_data_value(b->d, row, col),
                                 report_data_value(b->d, next, col)) != 0;
    }
    return LUT_OK;
}

static lut_status make_groups(report_builder *b)
{
    const size_t n = b->r->selected;
    report *r = b->r;

    LUT_TRY(sort_rows(b));
    r->group = calloc(n ? n : 1, sizeof *r->group);
    b->start = calloc(n + 1, sizeof *b->start);
    if (!r->group || !b->start)
        return lut_fail(b->err, LUT_ENOMEM, "no memory for %zu rows", n);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || compare_by(b, b->member[i - 1], b->member[i]) != 0) {
            b->start[r->ngroups] = i;
            r->group[r->ngroups++].row = b->member[i];
        }
    b->start[r->ngroups] = n;
    return LUT_OK;
}

/* Values of one column in all rows of a group that count; v has room for them. */
static report_stats summarise(const report_builder *b, size_t group, size_t col,
                              double *v)
{
    size_t m = 0;

    for (size_t i = b->start[group]; i < b->start[group + 1] && col != SIZE_MAX; i++)
        if (!b->r->only_ok ||
            strcmp(report_data_value(b->d, b->member[i], b->status).text, "ok") == 0)
            v[m++] = report_data_value(b->d, b->member[i], col).number;
    return report_summary(v, m);
}

static lut_status fill_groups(report_builder *b)
{
    report *r = b->r;
    double *v = malloc((r->selected ? r->selected : 1) * sizeof *v);

    if (!v)
        return lut_fail(b->err, LUT_ENOMEM, "no memory for %zu rows", r->selected);
    for (size_t g = 0; g < r->ngroups; g++) {
        for (size_t i = 0; i < r->nmetrics; i++)
            r->group[g].metric[i] = summarise(b, g, r->metric[i], v);
        r->group[g].valid = summarise(b, g, b->valid, v);
    }
    free(v);
    return LUT_OK;
}

lut_status report_group_rows(report_builder *b)
{
    LUT_TRY(make_groups(b));
    return fill_groups(b);
}
