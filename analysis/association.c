#include "analysis/association.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

typedef struct place {
    double y;
    size_t at;
} place;

static int by_y(const void *pa, const void *pb)
{
    const place *a = pa, *b = pb;

    return (a->y > b->y) - (a->y < b->y);
}

lut_status association_rank(double *rank, const double *y, size_t n, lut_err *err)
{
    place *p = malloc((n + 1) * sizeof *p);

    if (!p)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu ranks", n);
    for (size_t i = 0; i < n; i++)
        p[i] = (place){ y[i], i };
    qsort(p, n, sizeof *p, by_y);
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && by_y(&p[first], &p[end]) == 0; end++)
            ;
        for (size_t i = first; i < end; i++)
            rank[p[i].at] = (double)(first + 1 + end) / 2;
    }
    free(p);
    return LUT_OK;
}

/* Pearson's, of numbers whose mean is that of 1 .. n. */
static double correlation(const double *x, const double *y, size_t n)
{
    const double middle = (double)(n + 1) / 2;
    double xx = 0, yy = 0, xy = 0;

    for (size_t i = 0; i < n; i++) {
        xx += (x[i] - middle) * (x[i] - middle);
        yy += (y[i] - middle) * (y[i] - middle);
        xy += (x[i] - middle) * (y[i] - middle);
    }
    return xx > 0 && yy > 0 ? fmax(-1, fmin(1, xy / sqrt(xx * yy))) : (double)NAN;
}

static void judge(association *a, double alpha)
{
    const double r = a->value, n = (double)a->n,
                 half = gsl_cdf_ugaussian_Qinv(alpha / 2) *
                        sqrt((1 + r * r / 2) / (n - 3));

    if (isnan(r))
        return;
    a->lo = tanh(atanh(r) - half);
    a->hi = tanh(atanh(r) + half);
    a->p = fabs(r) < 1
               ? 2 * gsl_cdf_tdist_Q(fabs(r) * sqrt((n - 2) / (1 - r * r)), n - 2)
               : 0;
}

lut_status association_ranks(association *a, const double *x, const double *y, size_t n,
                             double alpha, lut_err *err)
{
    double *rank = malloc((2 * n + 1) * sizeof *rank);
    lut_status st;

    *a = (association){ n, (double)NAN, (double)NAN, (double)NAN, (double)NAN };
    if (!rank)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu ranks", n);
    st = association_rank(rank, x, n, err);
    if (st == LUT_OK)
        st = association_rank(rank + n, y, n, err);
    if (st == LUT_OK && n >= ASSOCIATION_LEAST) {
        a->value = correlation(rank, rank + n, n);
        judge(a, alpha);
    }
    free(rank);
    return st;
}

/* sum, count: [groups], zero. */
static double between(double *sum, size_t *count, const double *rank,
                      const uint32_t *group, size_t groups, size_t n)
{
    const double middle = (double)(n + 1) / 2;
    double total = 0, part = 0;

    for (size_t i = 0; i < n; i++) {
        sum[group[i]] += rank[i] - middle;
        count[group[i]]++;
        total += (rank[i] - middle) * (rank[i] - middle);
    }
    for (size_t g = 0; g < groups; g++)
        part += sum[g] * sum[g] / (double)count[g];
    return total > 0 ? part / total : (double)NAN;
}

lut_status association_groups(association *a, const uint32_t *group, size_t groups,
                              const double *y, size_t n, lut_err *err)
{
    double *rank = malloc((n + 1) * sizeof *rank),
           *sum = calloc(groups + 1, sizeof *sum);
    size_t *count = calloc(groups + 1, sizeof *count);
    lut_status st = LUT_OK;

    *a = (association){ n, (double)NAN, (double)NAN, (double)NAN, (double)NAN };
    if (!rank || !sum || !count)
        st = lut_fail(err, LUT_ENOMEM, "no memory for %zu ranks", n);
    else
        st = association_rank(rank, y, n, err);
    if (st == LUT_OK && n >= ASSOCIATION_LEAST && groups > 1) {
        a->value = between(sum, count, rank, group, groups, n);
        if (!isnan(a->value))
            a->p = gsl_cdf_chisq_Q(a->value * (double)(n - 1), (double)(groups - 1));
    }
    free(rank);
    free(sum);
    free(count);
    return st;
}
