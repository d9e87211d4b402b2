#include "analysis/signs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double signs_least(size_t n)
{
    return n ? ldexp(1, 1 - (int)(n < 1000 ? n : 1000)) : 1;
}

size_t signs_needed(double alpha)
{
    size_t n = 1;

    while (signs_least(n) > alpha)
        n++;
    return n;
}

/* ---- sums of the differences ---- */

/* Signs in the order of Gray's code, so that each sum is one step from the last.  The first
 * difference keeps its sign: the other half are the same sums with the other sign. */
double signs_flip(const double *d, size_t n)
{
    const size_t all = n ? (size_t)1 << (n - 1) : 0;
    double sign[SIGNS_FLIPS], sum = 0, size = 0, seen;
    size_t extreme = 1;

    if (n == 0 || n > SIGNS_FLIPS)
        return (double)NAN;
    for (size_t i = 0; i < n; i++) {
        sign[i] = 1;
        sum += d[i];
        size += fabs(d[i]);
    }
    if (isnan(sum))
        return (double)NAN;
    seen = fabs(sum) - 1e-12 * size; /* what differs by rounding alone is equal */
    for (size_t k = 1; k < all; k++) {
        const size_t flip = 1 + (size_t)__builtin_ctzll(k);

        sign[flip] = -sign[flip];
        sum += 2 * sign[flip] * d[flip];
        extreme += fabs(sum) >= seen;
    }
    return (double)extreme / (double)all;
}

/* ---- sums of ranks ---- */

static int by_size(const void *pa, const void *pb)
{
    const double a = fabs(*(const double *)pa), b = fabs(*(const double *)pb);

    return (a > b) - (a < b);
}

/* Twice the ranks of sorted sizes: whole numbers, also where ties share a mean. */
static void double_ranks(unsigned *rank, const double *d, size_t n)
{
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && by_size(&d[first], &d[end]) == 0; end++)
            ;
        for (size_t i = first; i < end; i++)
            rank[i] = (unsigned)(first + 1 + end);
    }
}

/* Chance that at most `most` is the sum of those of the ranks that fair coins choose; at has
 * room for most + 1. */
static double chance_up_to(double *at, const unsigned *rank, size_t n, size_t most)
{
    double p = 0;

    memset(at, 0, (most + 1) * sizeof *at);
    at[0] = 1;
    for (size_t i = 0; i < n; i++)
        for (size_t s = most + 1; s-- > 0;)
            at[s] = at[s] / 2 + (s >= rank[i] ? at[s - rank[i]] / 2 : 0);
    for (size_t s = 0; s <= most; s++)
        p += at[s];
    return p;
}

static lut_status sum_ranks(signs_ranks *r, double *d, lut_err *err)
{
    unsigned *rank = malloc((r->n + 1) * sizeof *rank);
    size_t sum[2] = { 0, 0 }, least;
    double *at;

    qsort(d, r->n, sizeof *d, by_size);
    if (rank)
        double_ranks(rank, d, r->n);
    for (size_t i = 0; rank && i < r->n; i++)
        sum[d[i] > 0] += rank[i];
    least = sum[sum[1] < sum[0]];
    at = malloc((least + 1) * sizeof *at);
    if (rank && at) {
        r->plus = (double)sum[1] / 2;
        r->minus = (double)sum[0] / 2;
        r->p = fmin(1, 2 * chance_up_to(at, rank, r->n, least));
    }
    free(rank);
    free(at);
    return rank && at ? LUT_OK : lut_fail(err, LUT_ENOMEM, "out of memory");
}

lut_status signs_wilcoxon(signs_ranks *r, const double *d, size_t n, lut_err *err)
{
    double *kept;
    lut_status st;

    *r = (signs_ranks){ .p = 1 };
    if (n > SIGNS_PAIRS)
        return lut_fail(err, LUT_EINVAL, "%zu pairs, want at most %d", n, SIGNS_PAIRS);
    kept = malloc((n + 1) * sizeof *kept);
    if (!kept)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    for (size_t i = 0; i < n; i++)
        if (d[i] < 0 || d[i] > 0)
            kept[r->n++] = d[i];
    st = sum_ranks(r, kept, err);
    free(kept);
    return st;
}

/* ---- several tests at once ---- */

static int by_place(const void *pa, const void *pb)
{
    const double *const *a = pa, *const *b = pb;

    return (**a > **b) - (**a < **b);
}

lut_status signs_holm(double *p, size_t m, lut_err *err)
{
    double **order = malloc((m + 1) * sizeof *order), least = 0;

    if (!order)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    for (size_t i = 0; i < m; i++)
        order[i] = &p[i];
    qsort(order, m, sizeof(double *), by_place);
    for (size_t i = 0; i < m; i++) {
        least = fmax(least, fmin(1, *order[i] * (double)(m - i)));
        *order[i] = least;
    }
    free(order);
    return LUT_OK;
}
