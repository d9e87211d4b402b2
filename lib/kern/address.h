/* Addresses of 64 samples in a table, a byte each, and what is looked up by them.  Static
 * inline, see vec.h. */
#ifndef LUT_KERN_ADDRESS_H
#define LUT_KERN_ADDRESS_H

#include "lib/kern/vec.h"

typedef struct lut_addresses {
    uint8_t a[64];
} __attribute__((aligned(64))) lut_addresses;

/* Bit s of x[j] is bit k - 1 - j of address s. */
LUT_INLINE void lut_address_bytes(lut_addresses *out, const uint64_t *x, unsigned k)
{
#if defined(LUT_VEC_AVX512)
    __m512i a = _mm512_maskz_set1_epi8(x[k - 1], 1);

    for (unsigned j = 0; j + 1 < k; j++) {
        __m512i bit = _mm512_set1_epi8((char)(1 << (k - 1 - j)));

        a = _mm512_mask_add_epi8(a, x[j], a, bit);
    }
    _mm512_store_si512(out->a, a);
#elif defined(LUT_VEC_AVX2)
    const __m256i byte = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2,
                                          2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3);
    const __m256i bit = _mm256_set1_epi64x((int64_t)0x8040201008040201u);

    for (int half = 0; half < 2; half++) {
        __m256i a = _mm256_setzero_si256();

        for (unsigned j = 0; j < k; j++) {
            __m256i v = _mm256_set1_epi32((int)(uint32_t)(x[j] >> 32 * half));

            v = _mm256_and_si256(_mm256_shuffle_epi8(v, byte), bit);
            v = _mm256_and_si256(_mm256_cmpeq_epi8(v, bit),
                                 _mm256_set1_epi8((char)(1 << (k - 1 - j))));
            a = _mm256_or_si256(a, v);
        }
        _mm256_store_si256((__m256i *)out->a + half, a);
    }
#else
    const uint64_t ones = 0x0101010101010101u;

    for (int s = 0; s < 64; s += 8) {
        uint64_t a = 0;

        for (unsigned j = 0; j < k; j++) { /* byte i of v: nonzero where bit i is set */
            uint64_t v = (x[j] >> s & 0xff) * ones & 0x8040201008040201u;

            a |= ((v + 0x7f7f7f7f7f7f7f7fu) >> 7 & ones) << (k - 1 - j);
        }
        for (int i = 0; i < 8; i++)
            out->a[s + i] = (uint8_t)(a >> 8 * i);
    }
#endif
}

/* Addresses of samples 16 i .. 16 i + 15. */
LUT_INLINE lut_i lut_address(const lut_addresses *from, unsigned i)
{
#if defined(LUT_VEC_AVX512)
    return (lut_i)_mm512_cvtepu8_epi32(_mm_load_si128((const __m128i *)from->a + i));
#elif defined(LUT_VEC_AVX2)
    lut_pieces x;

    for (unsigned h = 0; h < 2; h++)
        x.ni[h] = (lut_native_i)_mm256_cvtepu8_epi32(
            _mm_loadl_epi64((const __m128i *)(from->a + 16 * i + 8 * h)));
    return x.i;
#else
    lut_i v;

    for (unsigned s = 0; s < LUT_LANES; s++)
        v[s] = from->a[16 * i + s];
    return v;
#endif
}

/* Bit s: that of a table of up to 64 entries at address s. */
LUT_INLINE uint64_t lut_table_bits(uint64_t table, const lut_addresses *from)
{
#if defined(LUT_VEC_AVX512)
    const __m512i bit = _mm512_set1_epi64((int64_t)0x8040201008040201u);
    __m512i a = _mm512_load_si512(from->a);
    __m512i byte = _mm512_and_si512(_mm512_srli_epi16(a, 3), _mm512_set1_epi8(7));

    return _mm512_test_epi8_mask(_mm512_shuffle_epi8(_mm512_set1_epi64((int64_t)table), byte),
                                 _mm512_shuffle_epi8(bit, a & _mm512_set1_epi8(7)));
#elif defined(LUT_VEC_AVX2)
    const __m256i bit = _mm256_set1_epi64x((int64_t)0x8040201008040201u);
    const __m256i seven = _mm256_set1_epi8(7);
    uint64_t out = 0;

    for (int half = 0; half < 2; half++) {
        __m256i a = _mm256_load_si256((const __m256i *)from->a + half);
        __m256i byte = _mm256_and_si256(_mm256_srli_epi16(a, 3), seven);
        __m256i mask = _mm256_shuffle_epi8(bit, _mm256_and_si256(a, seven));
        __m256i got = _mm256_shuffle_epi8(_mm256_set1_epi64x((int64_t)table), byte);

        got = _mm256_cmpeq_epi8(_mm256_and_si256(got, mask), mask);
        out |= (uint64_t)(uint32_t)_mm256_movemask_epi8(got) << 32 * half;
    }
    return out;
#else
    uint64_t out = 0;

    for (unsigned s = 0; s < 64; s++)
        out |= (table >> from->a[s] & 1) << s;
    return out;
#endif
}

/* A table whose entries are looked up many times, up to 64 of them in registers. */
typedef struct lut_entries {
    const float *p;
#if defined(LUT_VEC_AVX512)
    __m512 part[4];
#endif
} lut_entries;

LUT_INLINE void lut_entries_load(lut_entries *t, const float *p, unsigned k)
{
    (void)k;
    t->p = p;
#if defined(LUT_VEC_AVX512)
    for (unsigned i = 0; k <= 6 && i < ((1u << k) + 15) / 16; i++)
        t->part[i] = _mm512_loadu_ps(p + 16 * i);
#endif
}

/* As lut_gather. */
LUT_INLINE lut_f lut_entries_at(const lut_entries *t, unsigned k, lut_i index)
{
#if defined(LUT_VEC_AVX512)
    __m512i x = (__m512i)index;

    if (k <= 4)
        return (lut_f)_mm512_permutexvar_ps(x, t->part[0]);
    if (k == 5)
        return (lut_f)_mm512_permutex2var_ps(t->part[0], x, t->part[1]);
    if (k == 6)
        return (lut_f)_mm512_mask_blend_ps(
            _mm512_test_epi32_mask(x, _mm512_set1_epi32(32)),
            _mm512_permutex2var_ps(t->part[0], x, t->part[1]),
            _mm512_permutex2var_ps(t->part[2], x, t->part[3]));
#endif
    return lut_gather(t->p, k, index);
}

#endif
