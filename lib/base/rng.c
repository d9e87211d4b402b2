#include "lib/base/rng.h"
#include "lib/base/mathx.h"

static const uint64_t golden = 0x9e3779b97f4a7c15u;

static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

lut_rng lut_rng_make(uint64_t seed, lut_purpose purpose, uint64_t layer)
{
    uint64_t key = mix(seed + golden);

    key = mix(key ^ mix((uint64_t)purpose * golden));
    key = mix(key ^ mix((layer + 1) * golden));
    return (lut_rng){ .key = key };
}

lut_rng lut_rng_sub(const lut_rng *r, uint64_t i)
{
    return (lut_rng){ .key = mix(r->key ^ mix((i + 1) * golden)) };
}

uint64_t lut_rng_at(const lut_rng *r, uint64_t i)
{
    return mix(mix(r->key + (i + 1) * golden) + r->key);
}

uint64_t lut_rng_next(lut_rng *r)
{
    return lut_rng_at(r, r->next++);
}

double lut_rng_uniform(lut_rng *r)
{
    return ((double)(lut_rng_next(r) >> 11) + 0.5) * 0x1p-53;
}

double lut_rng_normal(lut_rng *r)
{
    return lut_normal_quantile(lut_rng_uniform(r));
}

uint64_t lut_rng_below(lut_rng *r, uint64_t n)
{
    /* The bias of the multiply is below n / 2^64. */
    return (uint64_t)(((unsigned __int128)lut_rng_next(r) * n) >> 64);
}

void lut_rng_shuffle(lut_rng *r, uint32_t *p, size_t n)
{
    for (size_t i = n; i > 1; i--) {
        size_t j = lut_rng_below(r, i);
        uint32_t t = p[i - 1];

        p[i - 1] = p[j];
        p[j] = t;
    }
}
