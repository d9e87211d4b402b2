#include "analysis/mcnemar.h"
#include "lib/base/mathx.h"
#include "lib/base/rng.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

static bool bit(const uint8_t *bits, size_t i)
{
    return bits[i / 8] >> (7 - i % 8) & 1;
}

static void count(mcnemar_test *t, const uint8_t *a, const uint8_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const bool in_a = bit(a, i), in_b = bit(b, i);

        t->both += in_a && in_b;
        t->only_a += in_a && !in_b;
        t->only_b += !in_a && in_b;
        t->neither += !in_a && !in_b;
    }
}

static double exact(size_t one, size_t other)
{
    const size_t least = one < other ? one : other;

    if (one + other == 0)
        return 1;
    return fmin(1,
                2 * gsl_cdf_binomial_P((unsigned)least, 0.5, (unsigned)(one + other)));
}

/* Rows that a set of n, drawn with replacement, has before the next one in which the two
 * differ: geometric, by inversion. */
static double gap(lut_rng *stream, double differ)
{
    return differ < 1 ? floor(lut_ln(lut_rng_uniform(stream)) / lut_ln(1 - differ)) : 0;
}

/* A row in which they differ adds 1 or -1 to the difference, the others add nothing and are
 * not drawn one by one.  more, less: rows of the one that is right more often, and of the
 * other. */
static int draw(size_t more, size_t less, size_t n, lut_rng stream)
{
    const double differ = (double)(more + less) / (double)n;
    int sum = 0;

    if (more + less == 0)
        return 0;
    for (double i = gap(&stream, differ); i < (double)n; i += 1 + gap(&stream, differ))
        sum += lut_rng_below(&stream, more + less) < more ? 1 : -1;
    return sum;
}

static int by_number(const void *pa, const void *pb)
{
    const int a = *(const int *)pa, b = *(const int *)pb;

    return (a > b) - (a < b);
}

static lut_status bootstrap(mcnemar_test *t, size_t n, double alpha, lut_err *err)
{
    const lut_rng streams = lut_rng_make(1, LUT_RNG_BOOTSTRAP, 0);
    const bool a_leads = t->only_a >= t->only_b;
    const size_t more = a_leads ? t->only_a : t->only_b,
                 out = (size_t)(alpha / 2 * MCNEMAR_DRAWS);
    const double points = (a_leads ? 100 : -100) / (double)n;
    int *sum = malloc(MCNEMAR_DRAWS * sizeof *sum);

    if (!sum)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    for (size_t i = 0; i < MCNEMAR_DRAWS; i++)
        sum[i] = draw(more, t->only_a + t->only_b - more, n, lut_rng_sub(&streams, i));
    qsort(sum, MCNEMAR_DRAWS, sizeof *sum, by_number);
    t->lo = points * sum[a_leads ? out : MCNEMAR_DRAWS - 1 - out];
    t->hi = points * sum[a_leads ? MCNEMAR_DRAWS - 1 - out : out];
    free(sum);
    return LUT_OK;
}

lut_status mcnemar(mcnemar_test *t, const uint8_t *a, const uint8_t *b, size_t n,
                   double alpha, lut_err *err)
{
    *t = (mcnemar_test){ 0 };
    count(t, a, b, n);
    t->p = exact(t->only_a, t->only_b);
    t->difference = 100 / (double)n * ((double)t->only_a - (double)t->only_b);
    return bootstrap(t, n, alpha, err);
}
