/* Sums over lanes by fixed trees, and lanes turned into rows.  Static inline, see vec.h. */
#ifndef LUT_KERN_SUMS_H
#define LUT_KERN_SUMS_H

#include "lib/kern/vec.h"

#if !defined(LUT_VEC_AVX512) && !defined(LUT_VEC_AVX2)
/* What the sums below are of each vector. */
LUT_INLINE float lut_sum_lanes(lut_f v)
{
    float s[LUT_LANES];

    lut_store(s, v);
    for (int h = LUT_LANES / 2; h; h /= 2)
        for (int l = 0; l < h; l++)
            s[l] += s[l + h];
    return s[0];
}
#endif

/* Sums of 16 vectors: lane i of the result is the sum of the lanes of a[i], by the fixed
 * tree ((l, l + 8), (l, l + 4), (l, l + 2), (l, l + 1)). */
LUT_INLINE lut_f lut_sum16(const lut_f a[16])
{
#if defined(LUT_VEC_AVX512)
    __m512 t[8], u[4], w[2], r;

    for (int i = 0; i < 8; i++) /* lanes 0..7 of a[i], then of a[i + 8], halves added */
        t[i] = _mm512_add_ps(
            _mm512_shuffle_f32x4((__m512)a[i], (__m512)a[i + 8], 0x44),
            _mm512_shuffle_f32x4((__m512)a[i], (__m512)a[i + 8], 0xee));
    for (int i = 0; i < 4; i++)
        u[i] = _mm512_add_ps(_mm512_shuffle_f32x4(t[i], t[i + 4], 0x88),
                             _mm512_shuffle_f32x4(t[i], t[i + 4], 0xdd));
    for (int i = 0; i < 2; i++) {
        __m512d p = _mm512_castps_pd(u[i]), q = _mm512_castps_pd(u[i + 2]);

        w[i] = _mm512_add_ps(_mm512_castpd_ps(_mm512_unpacklo_pd(p, q)),
                             _mm512_castpd_ps(_mm512_unpackhi_pd(p, q)));
    }
    r = _mm512_add_ps(_mm512_shuffle_ps(w[0], w[1], 0x88),
                      _mm512_shuffle_ps(w[0], w[1], 0xdd));
    /* r holds 128-bit lanes of the vectors 0, 8, 4, 12 + {0, 2, 1, 3} */
    return (lut_f)_mm512_permutexvar_ps(
        _mm512_setr_epi32(0, 2, 1, 3, 8, 10, 9, 11, 4, 6, 5, 7, 12, 14, 13, 15), r);
#elif defined(LUT_VEC_AVX2)
    union {
        lut_f v;
        __m256 h[2];
    } x, sum;
    __m256 s[16];

    for (int i = 0; i < 16; i++) {
        x.v = a[i];
        s[i] = _mm256_add_ps(x.h[0], x.h[1]);
    }
    for (int half = 0; half < 2; half++) {
        const __m256 *b = s + 8 * half;
        __m256 t[4], u[2];

        for (int i = 0; i < 4; i++) /* lanes 0..3 of b[i], then of b[i + 4] */
            t[i] = _mm256_add_ps(_mm256_permute2f128_ps(b[i], b[i + 4], 0x20),
                                 _mm256_permute2f128_ps(b[i], b[i + 4], 0x31));
        for (int i = 0; i < 2; i++) {
            __m256d p = _mm256_castps_pd(t[i]), q = _mm256_castps_pd(t[i + 2]);

            u[i] = _mm256_add_ps(_mm256_castpd_ps(_mm256_unpacklo_pd(p, q)),
                                 _mm256_castpd_ps(_mm256_unpackhi_pd(p, q)));
        }
        s[half] = _mm256_add_ps(_mm256_shuffle_ps(u[0], u[1], 0x88),
                                _mm256_shuffle_ps(u[0], u[1], 0xdd));
        s[half] = _mm256_permutevar8x32_ps(s[half],
                                           _mm256_setr_epi32(0, 2, 1, 3, 4, 6, 5, 7));
        sum.h[half] = s[half];
    }
    return sum.v;
#else
    lut_f r = { 0 };

    for (int i = 0; i < 16; i++)
        r[i] = lut_sum_lanes(a[i]);
    return r;
#endif
}

/* The same for four vectors. */
LUT_INLINE lut_four lut_sums4(const lut_f a[4])
{
#if defined(LUT_VEC_AVX512)
    __m512 p = _mm512_add_ps(_mm512_shuffle_f32x4((__m512)a[0], (__m512)a[1], 0x44),
                             _mm512_shuffle_f32x4((__m512)a[0], (__m512)a[1], 0xee));
    __m512 q = _mm512_add_ps(_mm512_shuffle_f32x4((__m512)a[2], (__m512)a[3], 0x44),
                             _mm512_shuffle_f32x4((__m512)a[2], (__m512)a[3], 0xee));
    __m512 r = _mm512_add_ps(_mm512_shuffle_f32x4(p, q, 0x88),
                             _mm512_shuffle_f32x4(p, q, 0xdd));

    r = _mm512_add_ps(r, _mm512_permute_ps(r, 0x4e));
    r = _mm512_add_ps(r, _mm512_permute_ps(r, 0xb1));
    r = _mm512_permutexvar_ps(
        _mm512_setr_epi32(0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12), r);
    return (lut_four)_mm512_castps512_ps128(r);
#elif defined(LUT_VEC_AVX2)
    __m256 h[4], p, q, r;
    __m128 lo, hi;

    for (int i = 0; i < 4; i++) {
        lut_pieces x = { .f = a[i] };

        h[i] = _mm256_add_ps((__m256)x.nf[0], (__m256)x.nf[1]);
    }
    /* lanes 0..3 + 4..7 of vectors 0 and 1, and of 2 and 3 */
    p = _mm256_add_ps(_mm256_permute2f128_ps(h[0], h[1], 0x20),
                      _mm256_permute2f128_ps(h[0], h[1], 0x31));
    q = _mm256_add_ps(_mm256_permute2f128_ps(h[2], h[3], 0x20),
                      _mm256_permute2f128_ps(h[2], h[3], 0x31));
    r = _mm256_add_ps(_mm256_shuffle_ps(p, q, 0x44), _mm256_shuffle_ps(p, q, 0xee));
    r = _mm256_add_ps(_mm256_shuffle_ps(r, r, 0x88), _mm256_shuffle_ps(r, r, 0xdd));
    lo = _mm256_castps256_ps128(r); /* sums 0, 2 */
    hi = _mm256_extractf128_ps(r, 1); /* 1, 3 */
    return (lut_four)_mm_unpacklo_ps(lo, hi);
#else
    lut_four r = { 0 };

    for (int i = 0; i < 4; i++)
        r[i] = lut_sum_lanes(a[i]);
    return r;
#endif
}

LUT_INLINE void lut_sum4(float out[4], const lut_f a[4])
{
    lut_four sums = lut_sums4(a);

    memcpy(out, &sums, sizeof sums);
}

/* to += those sums. */
LUT_INLINE void lut_add_sums4(float *to, const lut_f a[4])
{
    lut_four here;

    memcpy(&here, to, sizeof here);
    here += lut_sums4(a);
    memcpy(to, &here, sizeof here);
}

#if defined(LUT_VEC_AVX2)
/* lut_transpose4 of half its lanes. */
LUT_INLINE void lut_turn4(__m256 r[4])
{
    __m256 p = _mm256_unpacklo_ps(r[0], r[1]), q = _mm256_unpackhi_ps(r[0], r[1]);
    __m256 s = _mm256_unpacklo_ps(r[2], r[3]), t = _mm256_unpackhi_ps(r[2], r[3]);

    r[0] = _mm256_shuffle_ps(p, s, 0x44);
    r[1] = _mm256_shuffle_ps(p, s, 0xee);
    r[2] = _mm256_shuffle_ps(q, t, 0x44);
    r[3] = _mm256_shuffle_ps(q, t, 0xee);
}

/* Eight rows of eight lanes transposed; rows are LUT_LANES apart in both. */
LUT_INLINE void lut_turn8(float *to, const float *from)
{
    __m256 r[8];

    for (int i = 0; i < 8; i++)
        r[i] = _mm256_loadu_ps(from + i * LUT_LANES);
    lut_turn4(r);
    lut_turn4(r + 4);
    for (int i = 0; i < 4; i++) {
        float *row = to + i * LUT_LANES;

        _mm256_storeu_ps(row, _mm256_permute2f128_ps(r[i], r[i + 4], 0x20));
        _mm256_storeu_ps(row + 4 * LUT_LANES, _mm256_permute2f128_ps(r[i], r[i + 4], 0x31));
    }
}
#endif

/* In place: in each four lanes, lane j of row i becomes lane i of row j. */
LUT_INLINE void lut_transpose4(lut_f r[4])
{
#if defined(LUT_VEC_AVX512)
    __m512 p = _mm512_unpacklo_ps((__m512)r[0], (__m512)r[1]);
    __m512 q = _mm512_unpackhi_ps((__m512)r[0], (__m512)r[1]);
    __m512 s = _mm512_unpacklo_ps((__m512)r[2], (__m512)r[3]);
    __m512 t = _mm512_unpackhi_ps((__m512)r[2], (__m512)r[3]);

    r[0] = (lut_f)_mm512_shuffle_ps(p, s, 0x44);
    r[1] = (lut_f)_mm512_shuffle_ps(p, s, 0xee);
    r[2] = (lut_f)_mm512_shuffle_ps(q, t, 0x44);
    r[3] = (lut_f)_mm512_shuffle_ps(q, t, 0xee);
#elif defined(LUT_VEC_AVX2)
    for (int half = 0; half < 2; half++) {
        __m256 h[4];

        for (int i = 0; i < 4; i++)
            h[i] = _mm256_loadu_ps((const float *)&r[i] + 8 * half);
        lut_turn4(h);
        for (int i = 0; i < 4; i++)
            _mm256_storeu_ps((float *)&r[i] + 8 * half, h[i]);
    }
#else
    float in[4][LUT_LANES], out[4][LUT_LANES];

    memcpy(in, r, sizeof in);
    for (int at = 0; at < LUT_LANES; at += 4)
        for (int i = 0; i < 4; i++)
            for (int j = 0; j < 4; j++)
                out[j][at + i] = in[i][at + j];
    memcpy(r, out, sizeof out);
#endif
}

/* In place: lane j of row i becomes lane i of row j. */
LUT_INLINE void lut_transpose16(lut_f r[16])
{
#if defined(LUT_VEC_AVX512)
    __m512 t[16];
    __m512d u[16];

    for (int i = 0; i < 16; i += 2) { /* pairs of rows */
        t[i] = _mm512_unpacklo_ps((__m512)r[i], (__m512)r[i + 1]);
        t[i + 1] = _mm512_unpackhi_ps((__m512)r[i], (__m512)r[i + 1]);
    }
    for (int i = 0; i < 16; i += 4) /* fours: u[i + c] has columns c, c + 4, c + 8, c + 12 */
        for (int c = 0; c < 2; c++) {
            __m512d a = _mm512_castps_pd(t[i + c]), b = _mm512_castps_pd(t[i + 2 + c]);

            u[i + 2 * c] = _mm512_unpacklo_pd(a, b);
            u[i + 2 * c + 1] = _mm512_unpackhi_pd(a, b);
        }
    for (int c = 0; c < 4; c++) {
        __m512 a = _mm512_castpd_ps(u[c]), b = _mm512_castpd_ps(u[c + 4]);
        __m512 d = _mm512_castpd_ps(u[c + 8]), e = _mm512_castpd_ps(u[c + 12]);
        __m512 ab = _mm512_shuffle_f32x4(a, b, 0x88), de = _mm512_shuffle_f32x4(d, e, 0x88);
        __m512 AB = _mm512_shuffle_f32x4(a, b, 0xdd), DE = _mm512_shuffle_f32x4(d, e, 0xdd);

        r[c] = (lut_f)_mm512_shuffle_f32x4(ab, de, 0x88);
        r[c + 8] = (lut_f)_mm512_shuffle_f32x4(ab, de, 0xdd);
        r[c + 4] = (lut_f)_mm512_shuffle_f32x4(AB, DE, 0x88);
        r[c + 12] = (lut_f)_mm512_shuffle_f32x4(AB, DE, 0xdd);
    }
#elif defined(LUT_VEC_AVX2)
    float out[16][16]; /* quarter by quarter: all rows do not fit into registers */
    const float *in = (const float *)r;

    for (int i = 0; i < 16; i += 8)
        for (int j = 0; j < 16; j += 8)
            lut_turn8(&out[j][i], in + i * LUT_LANES + j);
    memcpy(r, out, sizeof out);
#else
    float in[16][16], out[16][16];

    memcpy(in, r, sizeof in);
    for (int block = 0; block < 16; block += 4) /* four lines at a time stay in the cache */
        for (int j = 0; j < 16; j++)
            for (int i = block; i < block + 4; i++)
                out[j][i] = in[i][j];
    memcpy(r, out, sizeof out);
#endif
}

#endif
