/* What fits a register of a vector (lut_part, lib/kern/vec.h), from and to memory.  Private to
 * lib/kern; everything inline, see vec.h. */
#ifndef LUT_KERN_PART_H
#define LUT_KERN_PART_H

#include "lib/kern/half.h"

enum { LUT_PART_LANES = LUT_LANES / LUT_PARTS };

typedef float lut_part_any
    __attribute__((vector_size(4 * LUT_PART_LANES), aligned(4), may_alias));

LUT_INLINE lut_part lut_part_load(const float *p)
{
    return *(const lut_part_any *)p;
}

LUT_INLINE void lut_part_store(float *p, lut_part v)
{
    *(lut_part_any *)p = v;
}

LUT_INLINE lut_part lut_part_set1(float x)
{
#if defined(LUT_VEC_AVX2)
    return (lut_part)_mm256_set1_ps(x);
#else
    return lut_set1(x);
#endif
}

LUT_INLINE lut_part lut_part_load_half(const uint16_t *p)
{
#if defined(LUT_VEC_AVX2)
    return (lut_part)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p));
#else
    return lut_load_half(p);
#endif
}

/* Part p of a vector in memory. */
LUT_INLINE lut_part *lut_part_of(lut_f *v, unsigned p)
{
    return (lut_part *)v + p;
}

#endif
