/* The Pareto front as a sheet. */
#include "analysis/choice.h"
#include "analysis/front.h"
#include "analysis/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static lut_status read_axes(report_axis axis[REPORT_AXES], size_t *n,
                            const report_data *d, const char *text, lut_err *err)
{
    const char *list = text;

    for (*n = 0; *list && *n < REPORT_AXES; ++*n) {
        const size_t length = strcspn(list, ",");

        LUT_TRY(report_axis_read(&axis[*n], d, "--pareto", list, length, err));
        axis[*n].metric = *n;
        for (size_t i = 0; i < *n; i++)
            if (strcmp(axis[i].name, axis[*n].name) == 0)
                return lut_fail(err, LUT_EINVAL, "--pareto: %s is there twice",
                                axis[i].name);
        list += length + (list[length] == ',');
    }
    if (*list || !*n)
        return lut_fail(err, LUT_EINVAL, "--pareto=%s: want 1 to %d columns, X,Y", text,
                        REPORT_AXES);
    if (*n > 1)
        return LUT_OK;
    axis[1].metric = *n = 1;
    if (strcmp(axis[0].name, "valid_accuracy") == 0)
        return lut_fail(err, LUT_EINVAL, "--pareto=%s: want one column more", text);
    ++*n;
    return report_axis_read(&axis[1], d, "--pareto", "valid_accuracy", 14, err);
}

static int compare_groups(const void *pa, const void *pb, void *arg)
{
    const report_axis *axis = arg;
    const report_group *a = *(report_group *const *)pa, *b = *(report_group *const *)pb;
    const double x = report_axis_cost(axis, a->metric[0].mean),
                 y = report_axis_cost(axis, b->metric[0].mean);

    return x < y || x > y ? (x > y) - (x < y) : (a > b) - (a < b);
}

/* The front alone, along its first axis; share follows. */
static lut_status keep_front(report *r, report_front *f, const report_axis *axis,
                             lut_err *err)
{
    report_group **order = malloc((f->n + 1) * sizeof(report_group *)),
                 *group = malloc((f->n + 1) * sizeof *group);
    double *share = malloc((f->n + 1) * sizeof *share);
    size_t n = 0;

    if (!order || !group || !share) {
        free(order);
        free(group);
        free(share);
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu rows", f->n);
    }
    for (size_t g = 0; g < r->ngroups; g++)
        if (f->on[g])
            order[n++] = &r->group[g];
    qsort_r(order, n, sizeof *order, compare_groups, (void *)axis);
    for (size_t i = 0; i < n; i++) {
        group[i] = *order[i];
        share[i] = group[i].rows > 1 ? f->share[order[i] - r->group] : (double)NAN;
    }
    free(order);
    free(r->group);
    free(f->share);
    r->group = group;
    r->ngroups = n;
    f->share = share;
    return LUT_OK;
}

/* Hidden rows that another draw of seeds may well have put on the front. */
static size_t count_near(const report *r, const report_front *f)
{
    size_t n = 0;

    for (size_t g = 0; g < r->ngroups; g++)
        n += !f->on[g] && f->share[g] >= 0.1;
    return n;
}

static lut_status describe(sheet *s, const report *r, const report_front *f,
                           const report_axis *axis, size_t naxes, size_t rows,
                           size_t near, lut_err *err)
{
    char text[REPORT_AXES * 96] = "";
    size_t at = 0;

    for (size_t i = 0; i < naxes; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%s (%s)",
                               i == 0           ? ""
                               : i + 1 == naxes ? " and "
                                                : ", ",
                               axis[i].name, axis[i].up ? "larger" : "smaller");
    LUT_TRY(sheet_retitle(s, err, "Pareto front of %s is better: %zu of %zu rows", text,
                          f->n, rows));
    if (r->nsets > 1)
        LUT_TRY(sheet_add_about(s, err, "each data set has a front of its own"));
    LUT_TRY(sheet_add_about(s, err,
                            "hidden: %zu dominated rows, %zu of them on the front in a "
                            "tenth of the draws or more%s",
                            rows - f->n - f->missing, near,
                            f->missing ? "; and rows without a value" : ""));
    return sheet_add_about(s, err,
                           "chosen by the means of a row and never by the test split, "
                           "which stands beside");
}

static lut_status build(sheet *s, report *r, const report_axis *axis, size_t naxes,
                        lut_err *err)
{
    const size_t rows = r->ngroups;
    report_extra extra = {
        .column = { .name = "stability",
                    .doc =
                        "share of 1000 draws of the row's trials, with replacement, in "
                        "which it stays on the front; missing for a lone trial",
                    .kind = SHEET_REAL },
    };
    report_front f;
    lut_status st;
    size_t near = 0;

    LUT_TRY(report_front_make(&f, r, axis, naxes, err));
    near = count_near(r, &f);
    st = f.n || !rows
             ? keep_front(r, &f, axis, err)
             : lut_fail(err, LUT_EINVAL, "--pareto: none of the %zu rows has %s and %s",
                        rows, axis[0].name, axis[1].name);
    extra.number = f.share;
    if (st == LUT_OK)
        st = report_sheet(s, r, "pareto", &extra, 1, err);
    if (st == LUT_OK)
        st = describe(s, r, &f, axis, naxes, rows, near, err);
    report_front_fini(&f);
    return st;
}

lut_status report_pareto(sheet *s, const report_data *d, const report_query *q,
                         const char *axes, lut_err *err)
{
    report_axis axis[REPORT_AXES];
    report_query own = *q;
    report r;
    char *metric;
    size_t n;
    lut_status st;

    LUT_TRY(read_axes(axis, &n, d, axes, err));
    metric = report_axis_metrics(axis, n, d, q->metric);
    if (!metric)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    own.metric = metric;
    own.sort = NULL;
    own.best = 0;
    own.chooses = true;
    st = report_build(&r, d, &own, err);
    free(metric);
    if (st != LUT_OK)
        return st;
    r.by_validation = false;
    st = build(s, &r, axis, n, err);
    if (st == LUT_OK)
        st = report_sheet_keys(s, &r, err);
    report_fini(&r);
    return st;
}
