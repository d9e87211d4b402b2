#include "analysis/front.h"
#include "lib/base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A row as a point, small is better. */
typedef struct point {
    double x[REPORT_AXES];
    size_t class, group;
} point;

typedef struct work {
    const report *r;
    const report_axis *axis;
    size_t naxes;
    size_t *class; /* [ngroups] */
    point *point;  /* [ngroups] of which as many as there are */
    point *front;  /* [ngroups] the front so far */
    size_t *rival; /* [nrivals] groups that can be on the front of a draw */
    size_t nrivals;
    double **value; /* [ngroups] [rows][naxes], of rivals; NULL of others */
} work;

static bool dominates(const point *a, const point *b, size_t naxes)
{
    bool better = false;

    if (a->class != b->class)
        return false;
    for (size_t i = 0; i < naxes; i++) {
        if (a->x[i] > b->x[i])
            return false;
        better |= a->x[i] < b->x[i];
    }
    return better;
}

static int compare_points(const void *pa, const void *pb)
{
    const point *a = pa, *b = pb;

    if (a->class != b->class)
        return (a->class > b->class) - (a->class < b->class);
    for (size_t i = 0; i < REPORT_AXES; i++)
        if (a->x[i] < b->x[i] || a->x[i] > b->x[i])
            return (a->x[i] > b->x[i]) - (a->x[i] < b->x[i]);
    return (a->group > b->group) - (a->group < b->group);
}

/* In this order none is dominated by a later one.  Their number, in front[]. */
static size_t find_front(point *front, point *p, size_t n, size_t naxes)
{
    size_t kept = 0, first = 0; /* first: of the class */

    qsort(p, n, sizeof *p, compare_points);
    for (size_t i = 0; i < n; i++) {
        bool out = false;

        if (kept && front[kept - 1].class != p[i].class)
            first = kept;
        for (size_t j = kept; j > first && !out; j--)
            out = dominates(&front[j - 1], &p[i], naxes);
        if (!out)
            front[kept++] = p[i];
    }
    return kept;
}

/* stat: of each axis where its value is best (-1), the mean (0), or worst (1); false: there is
 * none. */
static bool make_point(const work *w, point *p, size_t group, int which)
{
    const report_group *g = &w->r->group[group];

    *p = (point){ .class = w->class[group], .group = group };
    for (size_t i = 0; i < w->naxes; i++) {
        const report_axis *a = &w->axis[i];
        const report_stats *s = &g->metric[a->metric];
        const double lo = report_axis_cost(a, s->min), hi = report_axis_cost(a, s->max);

        if (!s->n)
            return false;
        p->x[i] = which == 0                 ? report_axis_cost(a, s->mean)
                  : (which < 0) == (lo < hi) ? lo
                                             : hi;
    }
    return true;
}

static void mark_front(report_front *f, work *w)
{
    size_t n = 0;

    for (size_t g = 0; g < w->r->ngroups; g++)
        n += make_point(w, &w->point[n], g, 0);
    f->missing = w->r->ngroups - n;
    f->n = find_front(w->front, w->point, n, w->naxes);
    for (size_t i = 0; i < f->n; i++)
        f->on[w->front[i].group] = true;
}

/* ---- draws ---- */

/* A row whose best trials are worse than the worst of another is on no draw's front. */
static void find_rivals(work *w)
{
    size_t n = 0, kept;

    for (size_t g = 0; g < w->r->ngroups; g++)
        n += make_point(w, &w->point[n], g, 1);
    kept = find_front(w->front, w->point, n, w->naxes);
    for (size_t g = 0; g < w->r->ngroups; g++) {
        point best;
        bool out = !make_point(w, &best, g, -1);

        for (size_t i = 0; i < kept && !out; i++)
            out = dominates(&w->front[i], &best, w->naxes);
        if (!out)
            w->rival[w->nrivals++] = g;
    }
}

static lut_status read_values(work *w, lut_err *err)
{
    const report *r = w->r;

    for (size_t i = 0; i < w->nrivals; i++) {
        const report_group *g = &r->group[w->rival[i]];
        double *v = malloc((g->rows * w->naxes + 1) * sizeof *v);

        if (!v)
            return lut_fail(err, LUT_ENOMEM, "no memory for %zu rows", g->rows);
        w->value[w->rival[i]] = v;
        for (size_t row = 0; row < g->rows; row++)
            for (size_t a = 0; a < w->naxes; a++)
                *v++ = report_axis_cost(
                    &w->axis[a], report_data_value(r->data, r->member[g->first + row],
                                                   r->metric[w->axis[a].metric])
                                     .number);
    }
    return LUT_OK;
}

/* Means of as many trials as the row has, drawn with replacement; false: one has no value. */
static bool draw_point(const work *w, point *p, size_t group, lut_rng rng)
{
    const size_t rows = w->r->group[group].rows;
    double sum[REPORT_AXES] = { 0 };
    size_t n[REPORT_AXES] = { 0 };

    *p = (point){ .class = w->class[group], .group = group };
    for (size_t i = 0; i < rows; i++) {
        const double *v = w->value[group] + lut_rng_below(&rng, rows) * w->naxes;

        for (size_t a = 0; a < w->naxes; a++) {
            sum[a] += isnan(v[a]) ? 0 : v[a];
            n[a] += isnan(v[a]) ? 0 : 1;
        }
    }
    for (size_t a = 0; a < w->naxes; a++) {
        if (!n[a])
            return false;
        p->x[a] = sum[a] / (double)n[a];
    }
    return true;
}

static void draw_fronts(report_front *f, work *w)
{
    const lut_rng base = lut_rng_make(1, LUT_RNG_BOOTSTRAP, 0);

    for (size_t draw = 0; draw < REPORT_DRAWS; draw++) {
        const lut_rng rng = lut_rng_sub(&base, draw);
        size_t n = 0, kept;

        for (size_t i = 0; i < w->nrivals; i++)
            n += draw_point(w, &w->point[n], w->rival[i], lut_rng_sub(&rng, i));
        kept = find_front(w->front, w->point, n, w->naxes);
        for (size_t i = 0; i < kept; i++)
            f->share[w->front[i].group]++;
    }
    for (size_t g = 0; g < w->r->ngroups; g++)
        f->share[g] /= REPORT_DRAWS;
}

/* ---- together ---- */

static lut_status make(report_front *f, work *w, lut_err *err)
{
    const size_t n = w->r->ngroups + 1;

    f->on = calloc(n, sizeof *f->on);
    f->share = calloc(n, sizeof *f->share);
    w->class = calloc(n, sizeof *w->class);
    w->point = calloc(n, sizeof *w->point);
    w->front = calloc(n, sizeof *w->front);
    w->rival = calloc(n, sizeof *w->rival);
    w->value = calloc(n, sizeof *w->value);
    if (!f->on || !f->share || !w->class || !w->point || !w->front || !w->rival ||
        !w->value)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu rows", w->r->ngroups);
    report_set_classes(w->class, w->r);
    mark_front(f, w);
    find_rivals(w);
    LUT_TRY(read_values(w, err));
    draw_fronts(f, w);
    return LUT_OK;
}

lut_status report_front_make(report_front *f, const report *r, const report_axis *axis,
                             size_t naxes, lut_err *err)
{
    work w = { .r = r, .axis = axis, .naxes = naxes };
    lut_status st;

    *f = (report_front){ 0 };
    st = make(f, &w, err);
    for (size_t g = 0; w.value && g < r->ngroups; g++)
        free(w.value[g]);
    free(w.value);
    free(w.rival);
    free(w.front);
    free(w.point);
    free(w.class);
    if (st != LUT_OK)
        report_front_fini(f);
    return st;
}

void report_front_fini(report_front *f)
{
    free(f->on);
    free(f->share);
    *f = (report_front){ 0 };
}
