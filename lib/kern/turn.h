/* 64 words of 64 bits turned around: samples' bits to inputs' bits.  Static inline, see
 * vec.h. */
#ifndef LUT_KERN_TURN_H
#define LUT_KERN_TURN_H

#include "lib/base/bits.h"
#include "lib/kern/vec.h"

#if defined(LUT_VEC_AVX512)
typedef __m512i lut_turn;
#define LUT_TURN(op) _mm512_##op
#elif defined(LUT_VEC_AVX2)
typedef __m256i lut_turn;
#define LUT_TURN(op) _mm256_##op
#endif

/* Words of a turn: eight registers full. */
#if defined(LUT_VEC_AVX2)
enum { LUT_TURN_WORDS = 32 };
#else
enum { LUT_TURN_WORDS = 64 };
#endif

/* Where word i is to lie, so that bytes come out in order: registers are turned lane by lane,
 * two words a lane. */
LUT_INLINE size_t lut_turn_place(size_t i)
{
#if defined(LUT_VEC_AVX512) || defined(LUT_VEC_AVX2)
    const size_t lane = i % LUT_TURN_WORDS / 16, r = i % 16 / 2;

    return i / LUT_TURN_WORDS * LUT_TURN_WORDS + r * (LUT_TURN_WORDS / 8) + 2 * lane + i % 2;
#else
    return i;
#endif
}

#if defined(LUT_VEC_AVX512) || defined(LUT_VEC_AVX2)
/* y[b]: byte b of each word, in order. */
LUT_INLINE void lut_turn_bytes(lut_turn y[8], const uint64_t *a)
{
    const __m128i pairs = _mm_setr_epi8(0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
    lut_turn z[8], t[8], u[8], shuffle;

#if defined(LUT_VEC_AVX512)
    shuffle = _mm512_broadcast_i32x4(pairs);
#else
    shuffle = _mm256_broadcastsi128_si256(pairs);
#endif
    for (int r = 0; r < 8; r++) {
        memcpy(&z[r], a + r * (LUT_TURN_WORDS / 8), sizeof z[r]);
        z[r] = LUT_TURN(shuffle_epi8)(z[r], shuffle);
    }
    for (int r = 0; r < 8; r += 2) { /* bytes 0..3, and 4..7, of two rows */
        t[r] = LUT_TURN(unpacklo_epi16)(z[r], z[r + 1]);
        t[r + 1] = LUT_TURN(unpackhi_epi16)(z[r], z[r + 1]);
    }
    for (int r = 0; r < 8; r += 4) /* u[r + q]: bytes 2 q and 2 q + 1 of four rows */
        for (int h = 0; h < 2; h++) {
            u[r + 2 * h] = LUT_TURN(unpacklo_epi32)(t[r + h], t[r + 2 + h]);
            u[r + 2 * h + 1] = LUT_TURN(unpackhi_epi32)(t[r + h], t[r + 2 + h]);
        }
    for (int q = 0; q < 4; q++) {
        y[2 * q] = LUT_TURN(unpacklo_epi64)(u[q], u[4 + q]);
        y[2 * q + 1] = LUT_TURN(unpackhi_epi64)(u[q], u[4 + q]);
    }
}

/* The uppermost bits of the bytes. */
LUT_INLINE uint64_t lut_turn_mask(lut_turn y)
{
#if defined(LUT_VEC_AVX512)
    return _mm512_movepi8_mask(y);
#else
    return (uint32_t)_mm256_movemask_epi8(y);
#endif
}
#endif

/* to[j]: bit j of the 64 words in a, word i at lut_turn_place(i). */
LUT_INLINE void lut_turn_bits(uint64_t to[64], uint64_t a[64])
{
#if defined(LUT_VEC_AVX512) || defined(LUT_VEC_AVX2)
    for (unsigned at = 0; at < 64; at += LUT_TURN_WORDS) {
        lut_turn y[8];

        lut_turn_bytes(y, a + at);
        for (unsigned j = 0; j < 64; j++) {
            uint64_t bits = lut_turn_mask(LUT_TURN(slli_epi16)(y[j / 8], 7 - (int)j % 8));

            to[j] = at ? to[j] | bits << at : bits;
        }
    }
#else
    lut_bits_transpose64(a);
    memcpy(to, a, 64 * sizeof *to);
#endif
}

#endif
