/* The order of a report's rows. */
#include "analysis/report_impl.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What groups are ordered by: the value of each, and which way. */
typedef enum key_kind { KEY_VALID, KEY_BY, KEY_METRIC } key_kind;
typedef struct sort_key {
    key_kind kind;
    size_t index, stat;
    bool down;
} sort_key;

typedef struct sorted {
    report_group group;
    sweep_value value;
    size_t place;
    bool down;
} sorted;

static const char *const stat_name[] = { "mean", "sd", "min", "max", "n", "lo", "hi" };

static double stat_value(const report_stats *s, size_t stat, double alpha)
{
    const double half = report_half(s, alpha);
    const double v[] = { s->mean,      s->sd,          s->min,        s->max,
                         (double)s->n, s->mean - half, s->mean + half };

    return v[stat];
}

/* "luts", "luts_mean", "luts_n"; false when the table has no such column. */
static bool metric_key(const report_builder *b, const char *name, sort_key *key)
{
    size_t n;
    const report_column *column = report_data_columns(b->d, &n);

    key->kind = KEY_METRIC;
    for (key->index = 0; key->index < b->r->nmetrics; key->index++) {
        const char *metric = column[b->r->metric[key->index]].name;
        const size_t length = strlen(metric);

        if (strncmp(name, metric, length) != 0)
            continue;
        key->stat = 0;
        if (name[length] == 0)
            return true;
        for (; name[length] == '_' && key->stat < LUT_COUNT(stat_name); key->stat++)
            if (strcmp(name + length + 1, stat_name[key->stat]) == 0)
                return true;
    }
    return false;
}

static lut_status parse_sort(const report_builder *b, sort_key *key)
{
    const char *name = b->q->sort;
    size_t n, col;
    const report_column *column = report_data_columns(b->d, &n);

    *key = (sort_key){ .kind = KEY_VALID, .down = true };
    if (!name)
        return LUT_OK;
    key->down = name[0] == '-';
    name += key->down;
    key->kind = KEY_BY;
    for (key->index = 0; key->index < b->r->nby; key->index++)
        if (strcmp(column[b->r->by[key->index]].name, name) == 0)
            return LUT_OK;
    if (metric_key(b, name, key))
        return LUT_OK;
    LUT_TRY(report_data_column(b->d, &col, "--sort", name, b->err));
    return lut_fail(b->err, LUT_EINVAL,
                    "--sort: %s is no column of this table, add it to --by or --metric",
                    name);
}

static sweep_value key_value(const report_builder *b, const report_group *g,
                             const sort_key *key)
{
    if (key->kind == KEY_BY)
        return report_data_value(b->d, g->row, b->r->by[key->index]);
    if (key->kind == KEY_METRIC)
        return (sweep_value){ .number = stat_value(&g->metric[key->index], key->stat,
                                                   b->r->alpha) };
    return (sweep_value){ .number = g->valid.mean };
}

/* Missing numbers come last either way; ties stay in the order of the --by values. */
static int compare_sorted(const void *pa, const void *pb)
{
    const sorted *a = pa, *b = pb;
    bool missing = !a->value.text && (isnan(a->value.number) || isnan(b->value.number));
    int order = report_compare(a->value, b->value);

    if (order)
        return a->down && !missing ? -order : order;
    return (a->place > b->place) - (a->place < b->place);
}

static lut_status sort_groups(report_builder *b, const sort_key *key)
{
    report *r = b->r;
    sorted *s = malloc((r->ngroups ? r->ngroups : 1) * sizeof *s);

    if (!s)
        return lut_fail(b->err, LUT_ENOMEM, "no memory for %zu rows", r->ngroups);
    for (size_t i = 0; i < r->ngroups; i++)
        s[i] = (sorted){ r->group[i], key_value(b, &r->group[i], key), i, key->down };
    qsort(s, r->ngroups, sizeof *s, compare_sorted);
    for (size_t i = 0; i < r->ngroups; i++)
        r->group[i] = s[i].group;
    free(s);
    return LUT_OK;
}

static bool same_outer(const report_builder *b, const report_group *x,
                       const report_group *y)
{
    for (size_t i = 0; i < b->r->nouter; i++)
        if (report_compare(report_data_value(b->d, x->row, b->r->by[i]),
                           report_data_value(b->d, y->row, b->r->by[i])) != 0)
            return false;
    return true;
}

/* Is the next group, after n that were kept, among the best that were asked for? */
static bool is_wanted(const report_builder *b, const report_group *next, size_t n)
{
    size_t before = n;

    if (b->q->best_each)
        for (size_t g = before = 0; g < n; g++)
            before += same_outer(b, &b->r->group[g], next);
    return before < b->q->best;
}

/* After the first that there is no room for, none. */
static void name_unchosen(const report_builder *b, const report_group *g)
{
    report *r = b->r;
    char value[REPORT_VALUE], *name = r->unchosen_name;
    const char *sign = name[0] ? ", " : "";
    const size_t before = strlen(name), room = sizeof r->unchosen_name - 5 - before;
    size_t n = 0;

    if (before > 3 && !strcmp(name + before - 3, "..."))
        return;
    for (size_t i = 0; i < r->nouter && n < room; i++) {
        const sweep_value v = report_data_value(b->d, g->row, r->by[i]);

        n += (size_t)snprintf(name + before + n, room - n, "%s%s", i ? " " : sign,
                              report_value_text(value, v));
    }
    if (n >= room)
        snprintf(name + before, 6, "%s...", sign);
}

/* Values of which no group is ranked; they are behind those that are, and stay there: kept ones
 * are moved to the front of these. */
static void count_unchosen(report_builder *b, size_t kept)
{
    report *r = b->r;

    for (size_t g = r->ranked; g < r->ngroups; g++) {
        bool known = false;

        for (size_t i = 0; i < kept && !known; i++)
            known = same_outer(b, &r->group[i], &r->group[g]);
        for (size_t i = r->ranked; i < g && !known; i++)
            known = same_outer(b, &r->group[i], &r->group[g]);
        if (known)
            continue;
        r->unchosen++;
        name_unchosen(b, &r->group[g]);
    }
}

static lut_status refuse_best(const report_builder *b)
{
    char best[32];

    snprintf(best, sizeof best, "=%zu", b->q->best);
    return lut_fail(
        b->err, LUT_EINVAL,
        "%s%s: none of the %zu rows has a validation accuracy to choose by; "
        "leave it out to see them all",
        b->q->best_each ? "--each" : "--best", b->q->best_each ? "" : best,
        b->r->ngroups);
}

/* Of groups that nothing was selected for, none is better than another. */
static lut_status keep_best(report_builder *b)
{
    static const sort_key by_valid = { .kind = KEY_VALID, .down = true };
    report *r = b->r;
    size_t kept = 0;

    if (!r->ranked)
        return refuse_best(b);
    LUT_TRY(sort_groups(b, &by_valid));
    for (size_t g = 0; g < r->ranked; g++)
        if (is_wanted(b, &r->group[g], kept))
            r->group[kept++] = r->group[g];
    if (b->q->best_each)
        count_unchosen(b, kept);
    r->hidden = r->ngroups - kept;
    r->ngroups = kept;
    return LUT_OK;
}

lut_status report_order_groups(report_builder *b)
{
    report *r = b->r;
    sort_key key;

    LUT_TRY(parse_sort(b, &key));
    r->by_validation = key.kind == KEY_VALID;
    for (size_t g = 0; g < r->ngroups; g++)
        r->ranked += r->group[g].valid.n > 0;
    if (b->q->best && b->q->best < r->ngroups)
        LUT_TRY(keep_best(b));
    return sort_groups(b, &key);
}
