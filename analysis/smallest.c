/* The smallest setting that is good enough, as a sheet. */
#include "analysis/axis.h"
#include "analysis/choice.h"
#include "analysis/options.h"
#include "analysis/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef enum { COLUMN, AT } which;

/* The best setting of a line, of how many, and how many of these reach it. */
typedef struct choice {
    report_group group;
    double settings, reaching;
} choice;

typedef struct search {
    report *r;
    report_axis axis[2];         /* COLUMN, AT */
    double value;                /* to be reached */
    choice *chosen;              /* [nchosen] */
    const char **reached;        /* [nchosen] "yes" or "nearest" */
    double *settings, *reaching; /* [nchosen] of chosen */
    size_t nchosen, empty;       /* empty: lines where none has a value */
} search;

static double cost(const search *s, const report_group *g, which i)
{
    return report_axis_cost(&s->axis[i], g->metric[s->axis[i].metric].mean);
}

static bool reaches(const search *s, const report_group *g)
{
    return cost(s, g, AT) <= report_axis_cost(&s->axis[AT], s->value);
}

static int compare_outer(const report *r, const report_group *a, const report_group *b)
{
    int order = 0;

    for (size_t i = 0; i < r->nouter && !order; i++)
        order = report_compare(report_data_value(r->data, a->row, r->by[i]),
                               report_data_value(r->data, b->row, r->by[i]));
    return order;
}

/* Small first, missing last. */
static int compare_costs(double a, double b)
{
    if (isnan(a) || isnan(b))
        return (isnan(a) != 0) - (isnan(b) != 0);
    return (a > b) - (a < b);
}

/* Those that reach it by the column, before the others by how near they are. */
static int compare_merit(const search *s, const report_group *a, const report_group *b)
{
    const bool ra = reaches(s, a), rb = reaches(s, b);
    const which first = ra ? COLUMN : AT;
    int order;

    if (ra != rb)
        return ra ? -1 : 1;
    order = compare_costs(cost(s, a, first), cost(s, b, first));
    return order ? order
                 : compare_costs(cost(s, a, ra ? AT : COLUMN),
                                 cost(s, b, ra ? AT : COLUMN));
}

static int compare_groups(const void *pa, const void *pb, void *arg)
{
    const search *s = arg;
    const int order = compare_outer(s->r, pa, pb);

    return order ? order : compare_merit(s, pa, pb);
}

static int compare_chosen(const void *pa, const void *pb, void *arg)
{
    const search *s = arg;
    const choice *a = pa, *b = pb;
    const int order = compare_merit(s, &a->group, &b->group);

    return order ? order : compare_outer(s->r, &a->group, &b->group);
}

/* The best of each line of equal outer columns; groups are sorted by line and merit. */
static void choose(search *s)
{
    const report *r = s->r;
    size_t g = 0;

    while (g < r->ngroups) {
        const report_group *best = &r->group[g];
        choice c = { .group = *best };

        for (; g < r->ngroups && compare_outer(r, best, &r->group[g]) == 0; g++) {
            c.settings++;
            c.reaching += reaches(s, &r->group[g]);
        }
        if (isnan(cost(s, best, AT)) || isnan(cost(s, best, COLUMN)))
            s->empty++;
        else
            s->chosen[s->nchosen++] = c;
    }
}

/* What the sheet is made of. */
static void keep_chosen(search *s)
{
    for (size_t i = 0; i < s->nchosen; i++) {
        s->r->group[i] = s->chosen[i].group;
        s->reached[i] = reaches(s, &s->chosen[i].group) ? "yes" : "nearest";
        s->settings[i] = s->chosen[i].settings;
        s->reaching[i] = s->chosen[i].reaching;
    }
    s->r->ngroups = s->nchosen;
}

static lut_status fill(search *s, lut_err *err)
{
    report *r = s->r;
    const size_t n = r->ngroups + 1;

    s->chosen = calloc(n, sizeof *s->chosen);
    s->reached = calloc(n, sizeof *s->reached);
    s->settings = calloc(n, sizeof *s->settings);
    s->reaching = calloc(n, sizeof *s->reaching);
    if (!s->chosen || !s->reached || !s->settings || !s->reaching)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu rows", r->ngroups);
    qsort_r(r->group, r->ngroups, sizeof *r->group, compare_groups, s);
    choose(s);
    if (r->ngroups && !s->nchosen)
        return lut_fail(err, LUT_EINVAL,
                        "--smallest: none of the %zu rows has %s and %s", r->ngroups,
                        s->axis[COLUMN].name, s->axis[AT].name);
    qsort_r(s->chosen, s->nchosen, sizeof *s->chosen, compare_chosen, s);
    keep_chosen(s);
    return LUT_OK;
}

static lut_status describe(sheet *out, const search *s, lut_err *err)
{
    const report_axis *a = &s->axis[COLUMN], *at = &s->axis[AT];

    LUT_TRY(sheet_retitle(out, err, "The %s %s with a mean %s of %s %.10g",
                          a->up ? "largest" : "smallest", a->name, at->name,
                          at->up ? "at least" : "at most", s->value));
    LUT_TRY(sheet_add_about(out, err,
                            "of the settings of a line, which differ in the columns "
                            "behind; where none reaches it, the nearest"));
    if (s->nchosen > 1 && s->r->nsets < 2 && strcmp(s->reached[0], "yes") == 0)
        LUT_TRY(sheet_add_about(out, err, "the first line is the %s of all",
                                a->up ? "largest" : "smallest"));
    if (s->empty)
        LUT_TRY(sheet_add_about(out, err, "lines without a value, left out: %zu",
                                s->empty));
    return sheet_add_about(out, err,
                           "chosen by the means of a row and never by the test split, "
                           "which stands beside");
}

static lut_status build(sheet *out, search *s, lut_err *err)
{
    report_extra extra[] = {
        { .column = { .name = "reached", .kind = SHEET_TEXT } },
        { .column = { .name = "settings",
                      .doc = "rows that were compared for the line",
                      .kind = SHEET_WHOLE } },
        { .column = { .name = "reaching",
                      .doc = "of these, rows that reach it",
                      .kind = SHEET_WHOLE } },
    };

    LUT_TRY(fill(s, err));
    extra[0].text = s->reached;
    extra[1].number = s->settings;
    extra[2].number = s->reaching;
    LUT_TRY(report_sheet(out, s->r, "smallest", extra, LUT_COUNT(extra), err));
    LUT_TRY(describe(out, s, err));
    return report_sheet_keys(out, s->r, err);
}

static lut_status read_options(search *s, const report_data *d, const char *column,
                               const char *at, lut_err *err)
{
    const size_t length = at ? strcspn(at, "=") : 0;

    if (!at || at[length] != '=' ||
        !report_options_number(&s->value, at + length + 1) || !isfinite(s->value))
        return lut_fail(err, LUT_EINVAL, "--smallest: want --at COLUMN=VALUE, %s%s",
                        at ? "not " : "as valid_accuracy=98", at ? at : "");
    LUT_TRY(report_axis_read(&s->axis[COLUMN], d, "--smallest", column, strlen(column),
                             err));
    LUT_TRY(report_axis_read(&s->axis[AT], d, "--at", at, length, err));
    if (strcmp(s->axis[COLUMN].name, s->axis[AT].name) == 0)
        return lut_fail(err, LUT_EINVAL, "--at: %s is what the %s is asked of",
                        s->axis[AT].name, column[0] == '-' ? "largest" : "smallest");
    s->axis[COLUMN].up = column[0] == '-';
    s->axis[AT].metric = 1;
    return LUT_OK;
}

/* Data sets are told apart whether that was asked for or not. */
static lut_status build_report(report *r, const report_data *d, const report_query *q,
                               lut_err *err)
{
    char outer[1024];
    const size_t set = report_data_find(d, "dataset");

    LUT_TRY(report_build(r, d, q, err));
    for (size_t i = 0; i < r->nouter; i++)
        if (r->by[i] == set)
            return LUT_OK;
    if (r->nsets < 2)
        return LUT_OK;
    report_fini(r);
    snprintf(outer, sizeof outer, "dataset%s%s", q->outer ? "," : "",
             q->outer ? q->outer : "");
    q = &(report_query){
        .where = q->where,
        .outer = outer,
        .metric = q->metric,
        .chooses = true,
        .alpha = q->alpha,
    };
    return report_build(r, d, q, err);
}

lut_status report_smallest(sheet *out, const report_data *d, const report_query *q,
                           const char *column, const char *at, lut_err *err)
{
    report r = { 0 };
    search s = { .r = &r };
    report_query own = {
        .where = q->where, .outer = q->by, .chooses = true, .alpha = q->alpha
    };
    char *metric;
    lut_status st;

    LUT_TRY(read_options(&s, d, column, at, err));
    metric = report_axis_metrics(s.axis, 2, d, q->metric);
    if (!metric)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    own.metric = metric;
    st = build_report(&r, d, &own, err);
    free(metric);
    r.by_validation = false;
    if (st == LUT_OK)
        st = build(out, &s, err);
    report_fini(&r);
    free(s.chosen);
    free(s.reached);
    free(s.settings);
    free(s.reaching);
    return st;
}
