/* Numbers too small to be seen, kept away from instructions that are slow on them: a division
 * of subnormal numbers takes three times as long as others.  Static inline, see vec.h. */
#ifndef LUT_KERN_TINY_H
#define LUT_KERN_TINY_H

#include "lib/kern/vec.h"

/* Bits of the exponent of which one is set where |x| >= 2^-119, and where |x| >= 2^-63. */
enum { LUT_OVER_2_119 = 0x7c000000, LUT_OVER_2_63 = 0x60000000 };

/* Clears x, and y >= 0 unless it is NaN, in the lanes where x has none of the bits of `seen`;
 * nothing is changed where one of these lanes has none of the bits of `large` in w. */
LUT_INLINE void lut_clear_unseen(lut_f *x, lut_f *y, lut_i seen, lut_f w, lut_i large)
{
#if defined(LUT_VEC_AVX512)
    __mmask16 keep = _mm512_test_epi32_mask((__m512i)*x, (__m512i)seen);

    if (!_kortestc_mask16_u8(keep,
                             _mm512_test_epi32_mask((__m512i)w, (__m512i)large)))
        return;
    *x = (lut_f)_mm512_maskz_mov_ps(keep, (__m512)*x);
    *y = (lut_f)_mm512_mask_min_ps((__m512)*y, _knot_mask16(keep), _mm512_setzero_ps(),
                                   (__m512)*y);
#else
    const lut_i none = { 0 };
    lut_i unseen = lut_equal((lut_i)*x & seen, none);

    if (lut_unmask(unseen & lut_equal((lut_i)w & large, none)))
        return;
    *x = (lut_f)((lut_i)*x & ~unseen);
    *y = lut_select(unseen, lut_min((lut_f)none, *y), *y); /* in this order NaN stays */
#endif
}

#endif
