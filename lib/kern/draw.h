/* Random numbers of lib/base/rng.h, eight side by side: the same numbers. */
#ifndef LUT_KERN_DRAW_H
#define LUT_KERN_DRAW_H

#include "lib/base/rng.h"
#include "lib/kern/vec.h"

typedef uint64_t lut_w __attribute__((vector_size(64)));

enum { LUT_DRAWS = 8 };

LUT_INLINE lut_w lut_draw_mix(lut_w z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* out[n] = what n calls of lut_rng_below(r, below) give; written to the next multiple of
 * LUT_DRAWS. */
LUT_INLINE void lut_draw_below(uint32_t *out, size_t n, lut_rng *r, uint32_t below)
{
    const uint64_t golden = 0x9e3779b97f4a7c15u;
    const lut_w first = { 1, 2, 3, 4, 5, 6, 7, 8 };

    for (size_t i = 0; i < n; i += LUT_DRAWS) {
        lut_w z = (first + (r->next + i)) * golden + r->key;

        z = lut_draw_mix(lut_draw_mix(z) + r->key);
        /* floor(z below / 2^64) of halves of z, without a product of 128 bits */
        z = ((z >> 32) * below + ((z & 0xffffffff) * below >> 32)) >> 32;
#if defined(LUT_VEC_AVX512)
        _mm256_storeu_si256((__m256i *)(out + i), _mm512_cvtepi64_epi32((__m512i)z));
#else
        for (size_t j = 0; j < LUT_DRAWS; j++)
            out[i + j] = (uint32_t)z[j];
#endif
    }
    r->next += n;
}

#endif
