/* Samples to the entries of a table of at most 16, by masks: each entry has a vector of sums.
 * Static inline, see vec.h. */
#ifndef LUT_KERN_FEW_H
#define LUT_KERN_FEW_H

#include "lib/kern/sums.h"

/* Masks of 16 samples in the form that the set adds by. */
#if defined(LUT_VEC_AVX512)
typedef __mmask16 lut_some;
#else
typedef lut_i lut_some;
#endif

/* Sixteen number `at` of a row of bits. */
LUT_INLINE lut_some lut_some_of(const uint64_t *row, size_t at)
{
#if defined(LUT_VEC_AVX512)
    typedef uint16_t sixteen __attribute__((may_alias));

    return _cvtu32_mask16(((const sixteen *)row)[at]);
#else
    return lut_mask((unsigned)(row[at / 4] >> at % 4 * 16) & 0xffff);
#endif
}

/* The samples whose two bits are 0, 1, 2, 3. */
LUT_INLINE void lut_split(lut_some *some, lut_some hi, lut_some lo)
{
#if defined(LUT_VEC_AVX512)
    some[0] = _knot_mask16(_kor_mask16(hi, lo));
    some[1] = _kandn_mask16(hi, lo);
    some[2] = _kandn_mask16(lo, hi);
    some[3] = _kand_mask16(hi, lo);
#else
    some[0] = ~hi & ~lo;
    some[1] = ~hi & lo;
    some[2] = hi & ~lo;
    some[3] = hi & lo;
#endif
}

/* v where it is of the samples, else 0. */
LUT_INLINE lut_f lut_of_some(lut_some some, lut_f v)
{
#if defined(LUT_VEC_AVX512)
    return (lut_f)_mm512_maskz_mov_ps(some, (__m512)v);
#else
    return (lut_f)((lut_i)v & some);
#endif
}

/* sum + v of the samples.  A sum is never -0, so adding 0 keeps it. */
LUT_INLINE lut_f lut_add_some(lut_f sum, lut_some some, lut_f v)
{
#if defined(LUT_VEC_AVX512)
    return (lut_f)_mm512_mask_add_ps((__m512)sum, some, (__m512)sum, (__m512)v);
#else
    return sum + (lut_f)((lut_i)v & some);
#endif
}

/* Samples of the sixteen `at` whose last `count` <= 2 of `bits` are 0, 1, ... */
LUT_INLINE void lut_split_row(lut_some *some, const uint64_t *const *bits, unsigned count,
                              size_t at)
{
    lut_some lo = lut_some_of(bits[count - 1], at);

    if (count == 2) {
        lut_split(some, lut_some_of(bits[0], at), lo);
        return;
    }
    some[0] = ~lo;
    some[1] = lo;
}

/* sum[a] += g of the samples at address a. */
LUT_INLINE void lut_add_few(lut_f *sum, const uint64_t *const *bits, size_t at, lut_f g,
                            unsigned k)
{
    const unsigned kv = k > 2 ? k - 2 : 0, ku = k - kv;
    lut_some in_u[4], in_v[4];

    lut_split_row(in_u, bits + kv, ku, at);
    if (kv)
        lut_split_row(in_v, bits, kv, at);
    for (unsigned v = 0; v < 1u << kv; v++) {
        lut_f part = kv ? lut_of_some(in_v[v], g) : g;

        for (unsigned u = 0; u < 1u << ku; u++)
            sum[(v << ku) + u] = lut_add_some(sum[(v << ku) + u], in_u[u], part);
    }
}

/* to[2^k], k <= 4: sums of g over the samples at each address of a block, of which the
 * sixteens from `at` on of bits[k] have the bits. */
LUT_INLINE void lut_few_sums(float *to, const uint64_t *const *bits, size_t at,
                             const float *g, unsigned k, size_t vectors)
{
    lut_f sum[16] = { { 0 } };
    lut_f total;

    for (size_t i = 0; i < vectors; i++)
        lut_add_few(sum, bits, at + i, lut_load(g + i * LUT_LANES), k);
    if (k <= 2) {
        lut_sum4(to, sum);
        return;
    }
    total = lut_sum16(sum);
    memcpy(to, &total, sizeof *to << k);
}

#endif
