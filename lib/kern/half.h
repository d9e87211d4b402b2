/* Vectors of halves, IEEE 754 binary16, rounded to nearest even: the same bits on every
 * instruction set.  Static inline, see vec.h. */
#ifndef LUT_KERN_HALF_H
#define LUT_KERN_HALF_H

#include "lib/kern/vec.h"

#if !defined(LUT_VEC_AVX512) && !defined(LUT_VEC_AVX2)
/* The instructions' results by integer arithmetic. */
LUT_INLINE float lut_half_float(uint16_t h)
{
    const uint32_t sign = (uint32_t)(h & 0x8000) << 16, rest = h & 0x7fff;
    uint32_t bits = (rest << 13) + ((127 - 15) << 23);
    float f;

    if (rest >= 0x7c00) /* infinity; NaN becomes a quiet one */
        bits = 0x7f800000 | rest << 13 | (rest > 0x7c00 ? 0x400000 : 0);
    memcpy(&f, &bits, sizeof f);
    if (rest < 0x0400) /* subnormal: that many times 2^-24 */
        f = (float)rest * 0x1p-24f;
    memcpy(&bits, &f, sizeof bits);
    bits |= sign;
    memcpy(&f, &bits, sizeof f);
    return f;
}

LUT_INLINE uint16_t lut_float_half(float f)
{
    uint32_t bits, sign, rest;

    memcpy(&bits, &f, sizeof bits);
    sign = bits >> 16 & 0x8000;
    rest = bits & 0x7fffffff;
    if (rest > 0x7f800000)
        return (uint16_t)(sign | 0x7e00 | (rest >> 13 & 0x3ff));
    if (rest < 0x38800000) { /* below 2^-14: the sum rounds to a multiple of 2^-24 */
        float g;

        memcpy(&g, &rest, sizeof g);
        g += 0.5f;
        memcpy(&rest, &g, sizeof rest);
        return (uint16_t)(sign | (rest - 0x3f000000));
    }
    rest += 0xfff + (rest >> 13 & 1); /* to nearest even */
    rest = (rest >> 13) - ((127 - 15) << 10);
    return (uint16_t)(sign | (rest < 0x7c00 ? rest : 0x7c00));
}
#endif

LUT_INLINE lut_f lut_load_half(const uint16_t *p)
{
#if defined(LUT_VEC_AVX512)
    return (lut_f)_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p));
#elif defined(LUT_VEC_AVX2)
    lut_pieces x;

    for (int i = 0; i < 2; i++)
        x.nf[i] = (lut_native_f)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p + i));
    return x.f;
#else
    lut_f v;

    for (int i = 0; i < LUT_LANES; i++)
        v[i] = lut_half_float(p[i]);
    return v;
#endif
}

LUT_INLINE void lut_store_half(uint16_t *p, lut_f v)
{
#if defined(LUT_VEC_AVX512)
    _mm256_storeu_si256((__m256i *)p, _mm512_cvtps_ph((__m512)v, _MM_FROUND_TO_NEAREST_INT));
#elif defined(LUT_VEC_AVX2)
    lut_pieces x = { .f = v };

    for (int i = 0; i < 2; i++)
        _mm_storeu_si128((__m128i *)p + i,
                         _mm256_cvtps_ph((__m256)x.nf[i], _MM_FROUND_TO_NEAREST_INT));
#else
    for (int i = 0; i < LUT_LANES; i++)
        p[i] = lut_float_half(v[i]);
#endif
}

#endif
