/* Learnt thresholds: inversion, order, gradients against differences, equal kernel sets. */
#include "lib/base/rng.h"
#include "lib/encode/learnt.h"
#include "lib/net/backend.h"
#include "tests/support/unit.h"

#include <math.h>
#include <string.h>

enum { SETS = 3, COUNT = 5, ALL = SETS * COUNT };

static const double origin[SETS] = { 0, -2, 1e6 }, scale[SETS] = { 1, 255, 0.25 };

static lut_learnt learnt(double softness, double clip)
{
    return (lut_learnt){ .sets = SETS,
                         .count = COUNT,
                         .softness = softness,
                         .temperature = 0.1,
                         .clip = clip,
                         .origin = origin,
                         .scale = scale };
}

/* In long double, from the definition. */
static void defined(long double *theta, const lut_learnt *l, const float *d)
{
    for (size_t i = 0; i < ALL; i++) {
        long double z = (long double)d[i] / l->softness;

        theta[i] = i % COUNT == 0
                       ? (long double)d[i]
                       : theta[i - 1] + l->softness * (z > 50 ? z : log1pl(expl(z)));
    }
}

static void random_parameters(float *d, uint64_t seed, double spread)
{
    lut_rng rng = lut_rng_make(seed, LUT_RNG_TEST, 0);

    for (size_t i = 0; i < ALL; i++)
        d[i] = (float)(spread * lut_rng_normal(&rng));
}

static void test_thresholds(void)
{
    const double softness[] = { 0.01, 0.1, 1 };

    for (size_t k = 0; k < 3; k++)
        for (uint64_t seed = 0; seed < 50; seed++) {
            lut_learnt l = learnt(softness[k], 0);
            float d[ALL], t[ALL];
            long double theta[ALL];

            random_parameters(d, seed, seed % 2 ? 0.3 : 3);
            lut_learnt_thresholds(&l, t, d);
            defined(theta, &l, d);
            for (size_t i = 0; i < ALL; i++) {
                long double want = origin[i / COUNT] + scale[i / COUNT] * theta[i];

                CU_ASSERT(fabsl(want - (long double)t[i]) <=
                          1e-7L * fabsl(want) + 1e-30L);
                CU_ASSERT(i % COUNT == 0 || t[i] >= t[i - 1]);
            }
        }
}

static void test_invert(void)
{
    const float start[ALL] = {
        0,   0.25f, 0.5f, 0.500001f,      0.5f + 2e-6f,  -2,          0, 100, 180,
        253, 1e6f,  1e6f, 1e6f + 0.0625f, 1e6f + 0.125f, 1e6f + 0.25f
    };
    const double softness[] = { 0.01, 0.1 };

    for (size_t k = 0; k < 2; k++) {
        lut_learnt l = learnt(softness[k], 0);
        float d[ALL], t[ALL];

        lut_learnt_invert(&l, d, start);
        lut_learnt_thresholds(&l, t, d);
        for (size_t i = 0; i < ALL; i++) { /* closest steps are widened: four at most */
            double room = 4e-3 * softness[k] * scale[i / COUNT];

            CU_ASSERT(isfinite(d[i]));
            CU_ASSERT(fabs((double)t[i] - (double)start[i]) <=
                      room + 2e-7 * fabs((double)start[i]));
        }
        for (size_t i = 6; i < 10; i++) /* wide steps come back */
            CU_ASSERT(fabs((double)t[i] - (double)start[i]) <=
                      2e-6 * (1 + fabs((double)start[i])));
    }
}

/* ---- gradients ---- */

enum { N = 130, PADDED = 192 };

typedef struct batch {
    float x[SETS][PADDED], g[ALL][PADDED];
} batch;

static void fill(batch *b)
{
    lut_rng rng = lut_rng_make(3, LUT_RNG_TEST, 1);

    memset(b, 0, sizeof *b);
    for (size_t s = 0; s < N; s++) {
        for (size_t f = 0; f < SETS; f++)
            b->x[f][s] = (float)(origin[f] + scale[f] * lut_rng_normal(&rng));
        for (size_t i = 0; i < ALL; i++)
            b->g[i][s] = (float)lut_rng_normal(&rng);
    }
}

/* What the straight-through gradient is the gradient of: sum of g sigmoid((u - theta)/tau). */
static long double relaxed(const lut_learnt *l, const batch *b, const float *d)
{
    long double theta[ALL], sum = 0;

    defined(theta, l, d);
    for (size_t i = 0; i < ALL; i++)
        for (size_t s = 0; s < N; s++) {
            size_t f = i / COUNT;
            long double u = ((long double)b->x[f][s] - origin[f]) / scale[f];

            sum += b->g[i][s] / (1 + expl((theta[i] - u) / l->temperature));
        }
    return sum;
}

static void gradient(const lut_backend *be, const lut_learnt *l, const batch *b,
                     const float *d, float *dd)
{
    float t[ALL], sum[ALL] = { 0 };

    lut_learnt_thresholds(l, t, d);
    for (size_t i = 0; i < ALL; i++)
        be->kern->threshold_backward(&sum[i], b->g[i], b->x[i / COUNT], t[i],
                                     lut_learnt_slope(l, i / COUNT), N);
    lut_learnt_backward(l, dd, sum, d);
}

static void test_gradient(void)
{
    lut_learnt l = learnt(0.2, 0);
    float d[ALL], dd[ALL];
    batch b;

    fill(&b);
    random_parameters(d, 5, 0.3);
    gradient(lut_backends()[0], &l, &b, d, dd);
    for (size_t i = 0; i < 2 * COUNT; i++) { /* set 2: 1e6 leaves its floats no room */
        float up[ALL], down[ALL];
        long double slope;

        memcpy(up, d, sizeof d);
        memcpy(down, d, sizeof d);
        up[i] += 1e-3f;
        down[i] -= 1e-3f;
        slope = (relaxed(&l, &b, up) - relaxed(&l, &b, down)) /
                ((long double)up[i] - (long double)down[i]);
        CU_ASSERT(fabsl(slope - (long double)dd[i]) <= 2e-3L * (1 + fabsl(slope)));
    }
}

static void test_clip(void)
{
    lut_learnt free_ = learnt(0.2, 0), clipped = learnt(0.2, 0.001),
               wide = learnt(0.2, 1e9);
    float d[ALL], a[ALL], b[ALL], c[ALL];
    double squares = 0;
    batch data;

    fill(&data);
    random_parameters(d, 5, 0.3);
    gradient(lut_backends()[0], &free_, &data, d, a);
    gradient(lut_backends()[0], &clipped, &data, d, b);
    gradient(lut_backends()[0], &wide, &data, d, c);
    CU_ASSERT_EQUAL(memcmp(a, c, sizeof a), 0);
    for (size_t i = 0; i < ALL; i++) {
        squares += (double)b[i] * (double)b[i];
        CU_ASSERT((a[i] > 0) == (b[i] > 0));
    }
    CU_ASSERT(fabs(sqrt(squares) - 0.001) < 1e-8);
}

static void test_sets(void)
{
    lut_learnt l = learnt(0.2, 0.001);
    const lut_backend *const *be = lut_backends();
    float d[ALL], first[ALL], dd[ALL];
    batch b;

    fill(&b);
    random_parameters(d, 6, 0.3);
    gradient(be[0], &l, &b, d, first);
    for (size_t i = 1; be[i]; i++) {
        gradient(be[i], &l, &b, d, dd);
        CU_ASSERT_EQUAL(memcmp(first, dd, sizeof dd), 0);
    }
}

UNIT_MAIN("learnt", UNIT(test_thresholds), UNIT(test_invert), UNIT(test_gradient),
          UNIT(test_clip), UNIT(test_sets))
