#include "analysis/anova.h"
#include "analysis/student.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct work {
    const anova_design *d;
    double *cell;   /* [cells] means over the seeds that count */
    double *level;  /* [most levels of a pair] */
    uint32_t *at;   /* [knobs][cells] levels */
    size_t *count;  /* [seeds] 1: it counts */
    double *share;  /* [effects and what is higher] */
    double *pseudo; /* [the same][seeds] */
    size_t effects;
} work;

size_t anova_level(const anova_design *d, size_t cell, size_t knob)
{
    for (size_t j = d->knobs; j-- > knob + 1;)
        cell /= d->levels[j];
    return cell % d->levels[knob];
}

bool anova_seen(const anova_effect *e)
{
    return isnan(e->floor) || e->share > e->floor;
}

void anova_means(double *mean, const anova_design *d, size_t a, size_t b, size_t seed)
{
    const size_t n = d->levels[a] * (a == b ? 1 : d->levels[b]),
                 first = seed == SIZE_MAX ? 0 : seed,
                 end = seed == SIZE_MAX ? d->seeds : seed + 1;

    memset(mean, 0, n * sizeof *mean);
    for (size_t c = 0; c < d->cells; c++) {
        size_t at = anova_level(d, c, a);

        if (a != b)
            at = at * d->levels[b] + anova_level(d, c, b);
        for (size_t i = first; i < end; i++)
            mean[at] += d->value[c * d->seeds + i];
    }
    for (size_t i = 0; i < n; i++)
        mean[i] /= (double)(d->cells / n * (end - first));
}

/* ---- one set of cell means ---- */

static double square(double x)
{
    return x * x;
}

/* Variance of the means at the levels of a, or of a and b together. */
static double between(const work *w, size_t a, size_t b, double mean)
{
    const anova_design *d = w->d;
    const uint32_t *in_a = w->at + a * d->cells, *in_b = w->at + b * d->cells;
    const size_t step = a == b ? 1 : d->levels[b], n = d->levels[a] * step,
                 each = d->cells / n;
    double sum = 0;

    memset(w->level, 0, n * sizeof *w->level);
    for (size_t c = 0; c < d->cells; c++)
        w->level[in_a[c] * step + (a == b ? 0 : in_b[c])] += w->cell[c] - mean;
    for (size_t i = 0; i < n; i++)
        sum += square(w->level[i] / (double)each);
    return sum / (double)n;
}

/* The mean of the cells, and V. */
static double whole(const work *w, double *mean)
{
    const double n = (double)w->d->cells;
    double sum = 0, squares = 0;

    for (size_t c = 0; c < w->d->cells; c++)
        sum += w->cell[c];
    *mean = sum / n;
    for (size_t c = 0; c < w->d->cells; c++)
        squares += square(w->cell[c] - *mean);
    return squares / n;
}

/* Shares of knobs, pairs, and the rest, from w->cell; gives V back. */
static double shares(work *w, double *mean)
{
    const size_t knobs = w->d->knobs;
    const double all = whole(w, mean);
    double rest = all;
    size_t at = knobs;

    for (size_t a = 0; a < knobs; a++)
        rest -= w->share[a] = between(w, a, a, *mean);
    for (size_t a = 0; a < knobs; a++)
        for (size_t b = a + 1; b < knobs; b++, at++) {
            w->share[at] = between(w, a, b, *mean) - w->share[a] - w->share[b];
            rest -= w->share[at];
        }
    w->share[at] = rest;
    for (size_t i = 0; i <= at; i++)
        w->share[i] = all > 0 ? fmax(0, w->share[i] / all) : (double)NAN;
    return all;
}

/* Cell means over the n seeds that count. */
static void average(work *w, size_t n)
{
    const anova_design *d = w->d;

    for (size_t c = 0; c < d->cells; c++) {
        double sum = 0;

        for (size_t i = 0; i < d->seeds; i++)
            sum += (double)w->count[i] * d->value[c * d->seeds + i];
        w->cell[c] = sum / (double)n;
    }
}

/* ---- seeds ---- */

/* Of all seeds once in w->cell: the variance within cells. */
static double within(const work *w)
{
    const anova_design *d = w->d;
    double sum = 0;

    for (size_t c = 0; c < d->cells; c++)
        for (size_t i = 0; i < d->seeds; i++)
            sum += square(d->value[c * d->seeds + i] - w->cell[c]);
    return sum / (double)(d->cells * (d->seeds - 1));
}

static double freedom(const anova_design *d, const anova_effect *e)
{
    const double a = (double)d->levels[e->a] - 1;

    return e->a == e->b ? a : a * ((double)d->levels[e->b] - 1);
}

/* By halving: gsl_cdf_fdist_Qinv() of GSL 2.7 ends the program for a twelfth of all pairs of
 * degrees of freedom, such as 1 and 2924. */
double anova_quantile(double alpha, double df, double rest)
{
    double lo = 0, hi = 1;

    while (gsl_cdf_fdist_Q(hi, df, rest) > alpha && hi < 1e300) {
        lo = hi;
        hi *= 2;
    }
    for (int i = 0; i < 100; i++) {
        const double x = (lo + hi) / 2;

        *(gsl_cdf_fdist_Q(x, df, rest) > alpha ? &lo : &hi) = x;
    }
    return hi;
}

/* The test of an effect with df degrees of freedom. */
static void judge(anova_effect *e, const anova *r, const anova_design *d, double df,
                  double alpha)
{
    const double cells = (double)d->cells, rest = cells * (double)(d->seeds - 1),
                 mean = df / (cells - 1) * r->noise;

    e->floor = e->p = (double)NAN;
    if (d->seeds < 2 || isnan(e->share) || df < 1)
        return;
    e->floor = fmin(1, mean * anova_quantile(alpha, df, rest));
    e->p = mean > 0 ? gsl_cdf_fdist_Q(e->share / mean, df, rest) : e->share > 0 ? 0 : 1;
}

static void judge_all(anova *r, const work *w, double alpha)
{
    const anova_design *d = w->d;
    const double n = (double)d->seeds, cells = (double)d->cells;
    const double s2 = d->seeds > 1 ? within(w) : (double)NAN;
    double df = cells - 1;

    r->sd = sqrt(s2);
    r->noise =
        r->variance > 0 ? (cells - 1) / cells * s2 / n / r->variance : (double)NAN;
    for (size_t i = 0; i < r->n; i++) {
        judge(&r->effect[i], r, d, freedom(d, &r->effect[i]), alpha);
        df -= freedom(d, &r->effect[i]);
    }
    judge(&r->higher, r, d, df, alpha);
}

/* ---- intervals ---- */

static anova_effect *effect_at(anova *r, size_t i)
{
    return i < r->n ? &r->effect[i] : &r->higher;
}

/* Pseudo-values of the jackknife: n times the share of all seeds less n - 1 times that without
 * one of them; their mean is free of what falls with 1 / n, as the noise in a share does
 * (Tukey 1958; Efron and Tibshirani 1993, chapter 11). */
static void leave_one_out(anova *r, work *w)
{
    const size_t n = w->d->seeds;

    for (size_t i = 0; i < n; i++) {
        double mean;

        w->count[i] = 0;
        average(w, n - 1);
        shares(w, &mean);
        w->count[i] = 1;
        for (size_t k = 0; k <= w->effects; k++)
            w->pseudo[k * n + i] =
                (double)n * effect_at(r, k)->share - (double)(n - 1) * w->share[k];
    }
}

static void set_intervals(anova *r, work *w, double alpha)
{
    const size_t n = w->d->seeds;

    leave_one_out(r, w);
    for (size_t k = 0; k <= w->effects; k++) {
        const student_interval s = student_mean(w->pseudo + k * n, n, alpha);

        if (s.n < n) /* without a seed there is no variance left */
            continue;
        effect_at(r, k)->lo = fmin(1, fmax(0, s.lo));
        effect_at(r, k)->hi = fmin(1, fmax(0, s.hi));
    }
}

/* ---- all of it ---- */

static size_t most_levels(const anova_design *d)
{
    size_t most = 1;

    for (size_t a = 0; a < d->knobs; a++)
        for (size_t b = 0; b <= a; b++) {
            const size_t n = d->levels[a] * (a == b ? 1 : d->levels[b]);

            most = n > most ? n : most;
        }
    return most;
}

static lut_status begin(work *w, lut_err *err)
{
    const anova_design *d = w->d;

    w->effects = d->knobs * (d->knobs + 1) / 2;
    w->cell = calloc(d->cells, sizeof *w->cell);
    w->level = calloc(most_levels(d), sizeof *w->level);
    w->at = calloc(d->knobs * d->cells + 1, sizeof *w->at);
    w->count = calloc(d->seeds, sizeof *w->count);
    w->share = calloc(w->effects + 1, sizeof *w->share);
    w->pseudo = calloc((w->effects + 1) * d->seeds, sizeof *w->pseudo);
    if (!w->cell || !w->level || !w->at || !w->count || !w->share || !w->pseudo)
        return lut_fail(err, LUT_ENOMEM, "no memory for a grid of %zu cells", d->cells);
    for (size_t j = 0; j < d->knobs; j++)
        for (size_t c = 0; c < d->cells; c++)
            w->at[j * d->cells + c] = (uint32_t)anova_level(d, c, j);
    for (size_t i = 0; i < d->seeds; i++)
        w->count[i] = 1;
    return LUT_OK;
}

static void end(work *w)
{
    free(w->cell);
    free(w->level);
    free(w->at);
    free(w->count);
    free(w->share);
    free(w->pseudo);
}

/* Names of the effects, and their shares from w->share. */
static lut_status fill(anova *r, const work *w, lut_err *err)
{
    const size_t knobs = w->d->knobs;
    size_t pair = knobs;

    r->n = w->effects;
    r->effect = calloc(r->n + 1, sizeof *r->effect);
    if (!r->effect)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    for (size_t a = 0; a < knobs; a++) {
        r->effect[a].a = r->effect[a].b = a;
        for (size_t b = a + 1; b < knobs; b++, pair++) {
            r->effect[pair].a = a;
            r->effect[pair].b = b;
        }
    }
    for (size_t i = 0; i < r->n; i++) {
        r->effect[i].share = w->share[i];
        r->effect[i].lo = r->effect[i].hi = (double)NAN;
    }
    r->higher.a = r->higher.b = SIZE_MAX;
    r->higher.lo = r->higher.hi = (double)NAN;
    r->higher.share = w->share[r->n];
    return LUT_OK;
}

lut_status anova_make(anova *r, const anova_design *d, double alpha, lut_err *err)
{
    work w = { .d = d };
    lut_status st = begin(&w, err);

    *r = (anova){ 0 };
    if (st == LUT_OK) {
        average(&w, d->seeds);
        r->variance = shares(&w, &r->mean);
        st = fill(r, &w, err);
    }
    if (st == LUT_OK)
        judge_all(r, &w, alpha);
    if (st == LUT_OK && d->seeds > 1)
        set_intervals(r, &w, alpha);
    end(&w);
    return st;
}

void anova_fini(anova *r)
{
    free(r->effect);
    *r = (anova){ 0 };
}
