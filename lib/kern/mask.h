/* Integers changed where a comparison of reals holds.  Static inline, see vec.h. */
#ifndef LUT_KERN_MASK_H
#define LUT_KERN_MASK_H

#include "lib/kern/vec.h"

/* x | bits in the lanes where a > b. */
LUT_INLINE lut_u lut_or_greater(lut_u x, lut_f a, lut_f b, lut_u bits)
{
#if defined(LUT_VEC_AVX512)
    return (lut_u)_mm512_mask_or_epi32(
        (__m512i)x, _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_GT_OQ), (__m512i)x,
        (__m512i)bits);
#else
    return x | ((lut_u)lut_greater(a, b) & bits);
#endif
}

#endif
