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

/* A selected row for sorting; rows of one split and file stay in their order. */
typedef struct place {
    const report_builder *b;
    size_t row;
} place;

static int compare_places(const void *pa, const void *pb)
{
    const place *a = pa, *b = pb;
    int order = compare_by(a->b, a->row, b->row);

    if (!order)
        order = report_compare_splits(a->b->d, &a->b->split, a->row, b->row);
    return order ? order : (a->row > b->row) - (a->row < b->row);
}

/* Sorted, rows of a group are neighbours. */
static lut_status sort_rows(report_builder *b)
{
    const size_t n = b->r->selected;
    place *order = malloc((n ? n : 1) * sizeof *order);

    free(b->sorted); /* of the columns so far */
    b->sorted = malloc((n ? n : 1) * sizeof *b->sorted);
    if (!order || !b->sorted) {
        free(order);
        return lut_fail(b->err, LUT_ENOMEM, "no memory for %zu rows", n);
    }
    for (size_t i = 0; i < n; i++)
        order[i] = (place){ b, b->row[i] };
    qsort(order, n, sizeof *order, compare_places);
    for (size_t i = 0; i < n; i++)
        b->sorted[i] = order[i].row;
    free(order);
    return LUT_OK;
}

lut_status report_splits(report_builder *b, bool *splits, size_t col)
{
    *splits = false;
    LUT_TRY(sort_rows(b));
    for (size_t i = 1; i < b->r->selected && !*splits; i++) {
        size_t row = b->sorted[i - 1], next = b->sorted[i];

        *splits = compare_by(b, row, next) == 0 &&
                  report_compare(report_data_value(b->d, row, col),
                                 report_data_value(b->d, next, col)) != 0;
    }
    return LUT_OK;
}

/* Whether a row enters summaries. */
static bool counts(const report_builder *b, size_t row)
{
    return !b->r->only_ok ||
           strcmp(report_data_value(b->d, row, b->status).text, "ok") == 0;
}

static lut_status make_groups(report_builder *b)
{
    const size_t n = b->r->selected;
    report *r = b->r;
    report_group *g = NULL;
    size_t members = 0;

    LUT_TRY(sort_rows(b));
    r->group = calloc(n ? n : 1, sizeof *r->group);
    r->member = calloc(n ? n : 1, sizeof *r->member);
    if (!r->group || !r->member)
        return lut_fail(b->err, LUT_ENOMEM, "no memory for %zu rows", n);
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || compare_by(b, b->sorted[i - 1], b->sorted[i]) != 0) {
            g = &r->group[r->ngroups++];
            *g = (report_group){ .row = b->sorted[i], .first = members };
        }
        if (!counts(b, b->sorted[i]))
            continue;
        r->member[members++] = b->sorted[i];
        g->rows++;
    }
    return LUT_OK;
}

/* Whether trials of a group differ in a setting: their spread is not that of seeds and splits alone. */
static bool differs(const report_builder *b, const report_group *g, size_t col)
{
    const size_t *row = b->r->member + g->first;

    for (size_t i = 1; i < g->rows; i++)
        if (report_compare(report_data_value(b->d, row[0], col),
                           report_data_value(b->d, row[i], col)) != 0)
            return true;
    return false;
}

static bool mixes(const report_builder *b, const report_group *g)
{
    size_t n;

    report_data_columns(b->d, &n);
    for (size_t col = 0; col < n; col++)
        if (report_is_setting(b->d, col) && differs(b, g, col))
            return true;
    return false;
}

/* Whether a member of a group has other split than the one before it. */
static bool starts_split(const report_builder *b, const report_group *g, size_t i)
{
    const size_t *row = b->r->member + g->first;

    return i == 0 || report_compare_splits(b->d, &b->split, row[i - 1], row[i]) != 0;
}

static size_t count_splits(const report_builder *b, const report_group *g)
{
    size_t n = 0;

    for (size_t i = 0; i < g->rows; i++)
        n += starts_split(b, g, i);
    return n ? n : 1;
}

/* Trials on one split share its luck: the splits' means are what is independent.  v: a value
 * of each member, lost. */
static void take_splits(report_stats *s, const report_builder *b, const report_group *g,
                        double *v)
{
    size_t n = 0;
    report_stats units;

    for (size_t i = 0, from; i < g->rows; n++) {
        for (from = i++; i < g->rows && !starts_split(b, g, i); i++)
            ;
        v[n] = report_summary(v + from, i - from).mean;
    }
    units = report_summary(v, n);
    s->unit_sd = units.sd;
    s->units = units.n;
}

/* Values of one column in the rows of a group; v has room for them. */
static report_stats summarise(const report_builder *b, const report_group *g,
                              size_t col, double *v)
{
    const size_t n = col == SIZE_MAX ? 0 : g->rows;
    report_stats s;

    for (size_t i = 0; i < n; i++)
        v[i] = report_data_value(b->d, b->r->member[g->first + i], col).number;
    s = report_summary(v, n);
    if (n && g->splits > 1)
        take_splits(&s, b, g, v);
    return s;
}

static lut_status fill_groups(report_builder *b)
{
    report *r = b->r;
    double *v = malloc((r->selected ? r->selected : 1) * sizeof *v);

    r->stats = calloc(r->ngroups * r->nmetrics + 1, sizeof *r->stats);
    if (!v || !r->stats) {
        free(v);
        return lut_fail(b->err, LUT_ENOMEM, "no memory for %zu rows", r->selected);
    }
    for (size_t g = 0; g < r->ngroups; g++) {
        r->group[g].splits = count_splits(b, &r->group[g]);
        r->drawn |= r->group[g].splits > 1;
        r->group[g].metric = r->stats + g * r->nmetrics;
        for (size_t i = 0; i < r->nmetrics; i++)
            r->group[g].metric[i] = summarise(b, &r->group[g], r->metric[i], v);
        r->group[g].valid = summarise(b, &r->group[g], b->valid, v);
        r->mixed += mixes(b, &r->group[g]);
    }
    free(v);
    return LUT_OK;
}

lut_status report_group_rows(report_builder *b)
{
    LUT_TRY(make_groups(b));
    return fill_groups(b);
}
