#include "sweep/sample.h"

#include "lib/base/check.h"
#include "sweep/sobol.h"

#include <limits.h>
#include <string.h>

static double unit(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1p-53;
}

static double at_random(const sweep_sample *s, uint64_t j, unsigned dim)
{
    lut_rng r = lut_rng_sub(&s->stream, dim);

    return unit(lut_rng_at(&r, j));
}

static double at_sobol(const sweep_sample *s, uint64_t j, unsigned dim)
{
    uint32_t seed = (uint32_t)(lut_rng_at(&s->stream, dim) >> 32);

    return sweep_scramble(sweep_sobol((uint32_t)j, dim), seed) * 0x1p-32;
}

static double at_latin(const sweep_sample *s, uint64_t j, unsigned dim)
{
    lut_rng r = lut_rng_sub(&s->stream, dim), strata = lut_rng_sub(&r, 0);
    uint64_t stratum = sweep_permute(&strata, j, s->n);
    /* So few bits that no rounding leads into the next stratum. */
    double place = ((double)(lut_rng_at(&r, j) >> 40) + 0.5) * 0x1p-24;

    return ((double)stratum + place) / (double)s->n;
}

enum { ROUNDS = 6 };

/* One pass of a balanced Feistel network over 2 * half bits. */
static uint64_t pass(const lut_rng *stream, uint64_t x, unsigned half)
{
    const uint64_t mask = ((uint64_t)1 << half) - 1;
    uint64_t left = x >> half, right = x & mask;

    for (uint64_t round = 0; round < ROUNDS; round++) {
        lut_rng r = lut_rng_sub(stream, round);
        uint64_t swap = left ^ (lut_rng_at(&r, right) & mask);

        left = right;
        right = swap;
    }
    return left << half | right;
}

uint64_t sweep_permute(const lut_rng *stream, uint64_t i, uint64_t n)
{
    unsigned half = 1;

    while (half < 32 && n > (uint64_t)1 << (2 * half))
        half++;
    /* The network permutes at most 4 n numbers; from i < n its cycle leads back below n. */
    do
        i = pass(stream, i, half);
    while (i >= n);
    return i;
}

static const struct source {
    const char *name;
    double (*at)(const sweep_sample *s, uint64_t j, unsigned dim);
    unsigned dims;
} sources[] = { { "random", at_random, UINT_MAX },
                { "sobol", at_sobol, SWEEP_SOBOL_DIMS },
                { "latin", at_latin, UINT_MAX } };

static const struct source *find(const char *name)
{
    for (size_t i = 0; i < LUT_COUNT(sources); i++)
        if (strcmp(sources[i].name, name) == 0)
            return &sources[i];
    return NULL;
}

bool sweep_source_draws(const char *source)
{
    return find(source) != NULL;
}

unsigned sweep_source_dims(const char *source)
{
    const struct source *s = find(source);

    return s ? s->dims : 0;
}

sweep_sample sweep_sample_make(const char *source, uint64_t seed, uint64_t block,
                               uint64_t n)
{
    const struct source *s = find(source);
    lut_rng stream = lut_rng_make(seed, LUT_RNG_SAMPLE, block);

    LUT_CHECK(s);
    return (sweep_sample){ .at = s->at, .stream = stream, .n = n };
}

double sweep_sample_at(const sweep_sample *s, uint64_t j, unsigned dim)
{
    return s->at(s, j, dim);
}
