/* The 16-lane vector that plug-ins and kernels are written on: the same operations, in the
 * same order, on every instruction set, so that all sets give the same bytes.
 *
 * A file that includes this is compiled once per set with -DLUT_SET=scalar|avx2|avx512 and
 * that set's flags.  Everything here is static inline: a shared inline function compiled
 * under -mavx2 could be the copy the linker keeps.  Plug-ins never index a lane; only
 * lib/kern and the passes of lib/net that move tiles in and out do.  Fused operations
 * happen only where lut_fma is written (-ffp-contract=off).
 */
#ifndef LUT_KERN_VEC_H
#define LUT_KERN_VEC_H

#include "lib/base/base.h"

#include <float.h>
#include <math.h>
#include <string.h>

#ifdef __FAST_MATH__
#error "-ffast-math lets the compiler reorder sums: results would depend on the build"
#endif
#if FLT_EVAL_METHOD != 0
#error "floats must be rounded after every operation (on 32-bit x86: -msse2 -mfpmath=sse)"
#endif

#if defined(__AVX512F__) && defined(__AVX512BW__)
#include <immintrin.h>
#define LUT_VEC_AVX512 1
#elif defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
#define LUT_VEC_AVX2 1
#endif

/* Names of this compilation's set: LUT_OF_SET(lut_kernels) is lut_kernels_avx2. */
#define LUT_OF_SET_2(name, set) name##_##set
#define LUT_OF_SET_1(name, set) LUT_OF_SET_2(name, set)
#define LUT_OF_SET(name) LUT_OF_SET_1(name, LUT_SET)
#define LUT_TEXT_2(set) #set
#define LUT_TEXT_1(set) LUT_TEXT_2(set)
#define LUT_SET_TEXT LUT_TEXT_1(LUT_SET)

#define LUT_INLINE static inline __attribute__((always_inline, unused))

typedef float lut_f __attribute__((vector_size(64)));
typedef int32_t lut_i __attribute__((vector_size(64)));
typedef uint32_t lut_u __attribute__((vector_size(64)));
typedef float lut_four __attribute__((vector_size(16)));
typedef float lut_f_any __attribute__((vector_size(64), aligned(4), may_alias));

LUT_INLINE lut_f lut_load(const float *p)
{
    return *(const lut_f_any *)p;
}

LUT_INLINE void lut_store(float *p, lut_f v)
{
    *(lut_f_any *)p = v;
}

LUT_INLINE lut_f lut_set1(float x)
{
#if defined(LUT_VEC_AVX2) /* what the compiler makes of the other form are 16 stores */
    union {
        __m256 h[2];
        lut_f v;
    } both = { { _mm256_set1_ps(x), _mm256_set1_ps(x) } };

    return both.v;
#else
    return x - (lut_f){ 0 }; /* minus, so that -0 stays -0 */
#endif
}

LUT_INLINE lut_i lut_seti(int32_t x)
{
#if defined(LUT_VEC_AVX2)
    union {
        __m256i h[2];
        lut_i v;
    } both = { { _mm256_set1_epi32(x), _mm256_set1_epi32(x) } };

    return both.v;
#else
    return x + (lut_i){ 0 };
#endif
}

#if !defined(LUT_VEC_AVX512) && !defined(LUT_VEC_AVX2)
typedef float lut_two_f __attribute__((vector_size(8)));
typedef double lut_two __attribute__((vector_size(16)));
typedef int64_t lut_two_i __attribute__((vector_size(16)));

/* The fused operation without its instruction, exactly: the product of two floats fits a
 * double; the sum is rounded to odd (its last bit set where anything was cut off), so that
 * rounding it once more to float is as good as rounding the true value (Boldo and Melquiond
 * 2008, "Emulation of FMA and correctly rounded sums: proved algorithms using rounding to
 * odd").  Faster than calling fmaf for each lane, and much faster where the machine has no
 * fused instruction at all. */
LUT_INLINE lut_two_f lut_fma_two(lut_two_f a, lut_two_f b, lut_two_f c)
{
    const lut_two zero = { 0, 0 };
    lut_two p = __builtin_convertvector(a, lut_two) * __builtin_convertvector(b, lut_two);
    lut_two d = __builtin_convertvector(c, lut_two), s = p + d, t = s - p;
    lut_two rest = (p - (s - t)) + (d - t); /* what the addition cut off, exactly */
    lut_two_i bits = (lut_two_i)s, even = (bits & 1) - 1;
    lut_two_i more = rest > zero, less = rest < zero; /* false for NaN, after infinities */
    lut_two_i away = (more ^ (s > zero)) | 1;         /* +1: the true value is larger */

    bits += away & (more | less) & even;
    return __builtin_convertvector((lut_two)bits, lut_two_f);
}
#endif

/* a * b + c, rounded once. */
#if defined(LUT_VEC_AVX512) || defined(LUT_VEC_AVX2)
LUT_INLINE
#else /* a hundred instructions: in line everywhere they take minutes to compile */
static __attribute__((noinline, unused))
#endif
lut_f lut_fma(lut_f a, lut_f b, lut_f c)
{
#if defined(LUT_VEC_AVX512)
    return (lut_f)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(LUT_VEC_AVX2)
    union {
        lut_f v;
        __m256 h[2];
    } x = { a }, y = { b }, z = { c };

    z.h[0] = _mm256_fmadd_ps(x.h[0], y.h[0], z.h[0]);
    z.h[1] = _mm256_fmadd_ps(x.h[1], y.h[1], z.h[1]);
    return z.v;
#else
    union {
        lut_f v;
        lut_two_f p[8];
    } x = { a }, y = { b }, z = { c };

    for (int i = 0; i < 8; i++)
        z.p[i] = lut_fma_two(x.p[i], y.p[i], z.p[i]);
    return z.v;
#endif
}

/* What a register holds of a vector: sums that loops carry along stay there in this type, while
 * vectors of two registers go through memory.  A lut_f is LUT_PARTS of them, lanes in order. */
#if defined(LUT_VEC_AVX2)
enum { LUT_PARTS = 2 };
typedef float lut_part __attribute__((vector_size(32), may_alias));

LUT_INLINE lut_part lut_fma_part(lut_part a, lut_part b, lut_part c)
{
    return (lut_part)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}
#else
enum { LUT_PARTS = 1 };
typedef lut_f lut_part;

LUT_INLINE lut_part lut_fma_part(lut_part a, lut_part b, lut_part c)
{
    return lut_fma(a, b, c);
}
#endif

LUT_INLINE lut_f lut_sqrt(lut_f a)
{
#if defined(LUT_VEC_AVX512)
    return (lut_f)_mm512_sqrt_ps((__m512)a);
#elif defined(LUT_VEC_AVX2)
    union {
        lut_f v;
        __m256 h[2];
    } x = { a };

    x.h[0] = _mm256_sqrt_ps(x.h[0]);
    x.h[1] = _mm256_sqrt_ps(x.h[1]);
    return x.v;
#else
    for (int i = 0; i < LUT_LANES; i++)
        a[i] = sqrtf(a[i]);
    return a;
#endif
}

/* Comparisons, lane by lane 0 or -1.  In registers' width: the compiler takes comparisons
 * of wider vectors apart element by element. */
#if defined(LUT_VEC_AVX512)
#define LUT_NATIVE 64
#elif defined(LUT_VEC_AVX2)
#define LUT_NATIVE 32
#else
#define LUT_NATIVE 16
#endif
typedef float lut_native_f __attribute__((vector_size(LUT_NATIVE)));
typedef int32_t lut_native_i __attribute__((vector_size(LUT_NATIVE)));
typedef union lut_pieces {
    lut_f f;
    lut_i i;
    lut_native_f nf[64 / LUT_NATIVE];
    lut_native_i ni[64 / LUT_NATIVE];
} lut_pieces;

LUT_INLINE lut_i lut_greater(lut_f a, lut_f b)
{
    lut_pieces x = { .f = a }, y = { .f = b };

    for (int i = 0; i < 64 / LUT_NATIVE; i++)
        x.ni[i] = x.nf[i] > y.nf[i];
    return x.i;
}

/* Whether a lane of one of the two is NaN. */
LUT_INLINE bool lut_any_nan(lut_f a, lut_f b)
{
#if defined(LUT_VEC_AVX512)
    return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_UNORD_Q) != 0;
#else
    lut_pieces x = { .f = a }, y = { .f = b };
    lut_native_i all = { 0 };

    for (int i = 0; i < 64 / LUT_NATIVE; i++)
        all |= (x.nf[i] != x.nf[i]) | (y.nf[i] != y.nf[i]);
    for (int l = 1; l < LUT_NATIVE / 4; l++)
        all[0] |= all[l];
    return all[0] != 0;
#endif
}

LUT_INLINE lut_i lut_equal(lut_i a, lut_i b)
{
    lut_pieces x = { .i = a }, y = { .i = b };

    for (int i = 0; i < 64 / LUT_NATIVE; i++)
        x.ni[i] = x.ni[i] == y.ni[i];
    return x.i;
}

/* Lane by lane m ? a : b; m holds 0 or -1. */
LUT_INLINE lut_f lut_select(lut_i m, lut_f a, lut_f b)
{
    return (lut_f)(((lut_i)a & m) | ((lut_i)b & ~m));
}

/* The larger; b where one of the two is NaN, or where both are 0. */
LUT_INLINE lut_f lut_max(lut_f a, lut_f b)
{
#if defined(LUT_VEC_AVX512)
    return (lut_f)_mm512_max_ps((__m512)a, (__m512)b);
#elif defined(LUT_VEC_AVX2)
    lut_pieces x = { .f = a }, y = { .f = b };

    for (int i = 0; i < 2; i++)
        x.nf[i] = (lut_native_f)_mm256_max_ps((__m256)x.nf[i], (__m256)y.nf[i]);
    return x.f;
#else
    return lut_select(lut_greater(a, b), a, b);
#endif
}

/* The smaller; b where one of the two is NaN, or where both are 0. */
LUT_INLINE lut_f lut_min(lut_f a, lut_f b)
{
#if defined(LUT_VEC_AVX512)
    return (lut_f)_mm512_min_ps((__m512)a, (__m512)b);
#elif defined(LUT_VEC_AVX2)
    lut_pieces x = { .f = a }, y = { .f = b };

    for (int i = 0; i < 2; i++)
        x.nf[i] = (lut_native_f)_mm256_min_ps((__m256)x.nf[i], (__m256)y.nf[i]);
    return x.f;
#else
    return lut_select(lut_greater(b, a), a, b);
#endif
}

/* 16 bits to a mask: lane i is -1 where bit i is set. */
LUT_INLINE lut_i lut_mask(unsigned bits)
{
#if defined(LUT_VEC_AVX512)
    return (lut_i)_mm512_maskz_set1_epi32((__mmask16)bits, -1);
#else
    const lut_i one = { 1,      1 << 1,  1 << 2,  1 << 3,  1 << 4,  1 << 5,
                        1 << 6, 1 << 7,  1 << 8,  1 << 9,  1 << 10, 1 << 11,
                        1 << 12, 1 << 13, 1 << 14, 1 << 15 };

    return lut_equal(lut_seti((int32_t)bits) & one, one);
#endif
}

/* The inverse: bit i set where lane i is nonzero (0 or -1). */
LUT_INLINE unsigned lut_unmask(lut_i m)
{
#if defined(LUT_VEC_AVX512)
    return (unsigned)_mm512_test_epi32_mask((__m512i)m, (__m512i)m);
#elif defined(LUT_VEC_AVX2)
    union {
        lut_i v;
        __m256 h[2];
    } x = { m };

    return (unsigned)_mm256_movemask_ps(x.h[0]) |
           (unsigned)_mm256_movemask_ps(x.h[1]) << 8;
#else
    unsigned bits = 0;

    for (int i = 0; i < LUT_LANES; i++)
        bits |= (unsigned)(m[i] & 1) << i;
    return bits;
#endif
}

/* Lane i: table[index[i]], 0 <= index < 2^k.  Tables of fewer than 16 entries are read to
 * the end of a vector: there must be memory behind them. */
LUT_INLINE lut_f lut_gather(const float *table, unsigned k, lut_i index)
{
#if defined(LUT_VEC_AVX512)
    __m512i x = (__m512i)index;

    if (k <= 4)
        return (lut_f)_mm512_permutexvar_ps(x, _mm512_loadu_ps(table));
    if (k == 5)
        return (lut_f)_mm512_permutex2var_ps(_mm512_loadu_ps(table), x,
                                             _mm512_loadu_ps(table + 16));
    if (k == 6) {
        __m512 lo = _mm512_permutex2var_ps(_mm512_loadu_ps(table), x,
                                           _mm512_loadu_ps(table + 16));
        __m512 hi = _mm512_permutex2var_ps(_mm512_loadu_ps(table + 32), x,
                                           _mm512_loadu_ps(table + 48));
        return (lut_f)_mm512_mask_blend_ps(
            _mm512_test_epi32_mask(x, _mm512_set1_epi32(32)), lo, hi);
    }
    return (lut_f)_mm512_i32gather_ps(x, table, 4);
#elif defined(LUT_VEC_AVX2)
    union {
        lut_i v;
        __m256i h[2];
    } x = { index };
    union {
        lut_f v;
        __m256 h[2];
    } y;

    for (int i = 0; i < 2; i++) /* permuting is much faster than gathering */
        if (k <= 3)
            y.h[i] = _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), x.h[i]);
        else if (k == 4)
            y.h[i] = _mm256_blendv_ps(
                _mm256_permutevar8x32_ps(_mm256_loadu_ps(table), x.h[i]),
                _mm256_permutevar8x32_ps(_mm256_loadu_ps(table + 8), x.h[i]),
                _mm256_castsi256_ps(_mm256_slli_epi32(x.h[i], 28)));
        else
            y.h[i] = _mm256_i32gather_ps(table, x.h[i], 4);
    return y.v;
#else
    lut_f y;

    (void)k;
    for (int i = 0; i < LUT_LANES; i++)
        y[i] = table[index[i]];
    return y;
#endif
}

/* Lane i: lane index[i] % 16 of the table. */
LUT_INLINE lut_f lut_pick16(const lut_f *table, lut_u index)
{
#if defined(LUT_VEC_AVX512)
    return (lut_f)_mm512_permutexvar_ps((__m512i)index, (__m512)*table);
#else
    return lut_gather((const float *)table, 4, (lut_i)(index & 15));
#endif
}

/* p[list[i]] in lane i.  Not by the gathering instruction, which takes longer, nor by a loop over
 * lanes, which compilers make of stores to memory, where a vector waits for its parts. */
LUT_INLINE lut_u lut_look_up16(const uint32_t *p, const uint32_t *list)
{
#if defined(LUT_VEC_AVX512) || defined(LUT_VEC_AVX2)
    __m128i four[4];
    __m256i low, high;

    for (int i = 0; i < 4; i++, list += 4) {
        four[i] = _mm_cvtsi32_si128((int)p[list[0]]);
        four[i] = _mm_insert_epi32(four[i], (int)p[list[1]], 1);
        four[i] = _mm_insert_epi32(four[i], (int)p[list[2]], 2);
        four[i] = _mm_insert_epi32(four[i], (int)p[list[3]], 3);
    }
    low = _mm256_set_m128i(four[1], four[0]);
    high = _mm256_set_m128i(four[3], four[2]);
#if defined(LUT_VEC_AVX512)
    return (lut_u)_mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
#else
    return (lut_u)((lut_pieces){ .ni = { (lut_native_i)low, (lut_native_i)high } }).i;
#endif
#else
    lut_u v;

    for (int i = 0; i < LUT_LANES; i++)
        v[i] = p[list[i]];
    return v;
#endif
}

/* The largest lane; no lane is NaN. */
LUT_INLINE float lut_largest(lut_f v)
{
#if defined(LUT_VEC_AVX512)
    return _mm512_reduce_max_ps((__m512)v);
#else
    float s[16];

    lut_store(s, v);
    for (int h = 8; h; h /= 2)
        for (int l = 0; l < h; l++)
            s[l] = s[l] > s[l + h] ? s[l] : s[l + h];
    return s[0];
#endif
}

/* Of each four of g[32] all sums with signs: lane e of t[q] is +-g0 +-g1 +-g2 +-g3 of four
 * q, + where the bit of e is set, as (0 and 1) + (2 and 3). */
LUT_INLINE void lut_sign_sums(lut_f t[8], const float *g)
{
#if defined(LUT_VEC_AVX512)
    /* Pairs leave their sum s and difference d in two lanes; with the negatives in another
     * register every +-g0 +-g1 is one of -s, -d, d, s. */
    const __m512i low = _mm512_setr_epi32(16, 17, 1, 0, 16, 17, 1, 0, 16, 17, 1, 0, 16, 17,
                                          1, 0);
    const __m512i high = _mm512_setr_epi32(18, 18, 18, 18, 19, 19, 19, 19, 3, 3, 3, 3, 2, 2,
                                           2, 2);

    for (int half = 0; half < 2; half++) {
        __m512 v = _mm512_loadu_ps(g + 16 * half), x = _mm512_permute_ps(v, 0xb1);
        __m512 s = _mm512_mask_add_ps(_mm512_sub_ps(v, x), 0x5555, v, x);
        __m512 minus = _mm512_xor_ps(s, _mm512_set1_ps(-0.0f));

        for (int q = 0; q < 4; q++) {
            __m512i from = _mm512_set1_epi32(4 * q);

            t[4 * half + q] = (lut_f)_mm512_add_ps(
                _mm512_permutex2var_ps(s, _mm512_add_epi32(low, from), minus),
                _mm512_permutex2var_ps(s, _mm512_add_epi32(high, from), minus));
        }
    }
#else
    for (int q = 0; q < 8; q++, g += 4) {
        float s[2] = { g[0] + g[1], g[2] + g[3] }, d[2] = { g[1] - g[0], g[3] - g[2] };
        lut_four low = { -s[0], -d[0], d[0], s[0] };
        lut_four sum[4] = { low - s[1], low - d[1], low + d[1], low + s[1] };

        memcpy(&t[q], sum, sizeof sum);
    }
#endif
}

/* exp(x): 2^i times a polynomial in x - i ln 2, |relative error| < 2e-7; x is clamped to
 * [-87, 88]; NaN stays NaN, so that divergence shows in the loss. */
LUT_INLINE lut_f lut_expf(lut_f x)
{
    const lut_f hi = lut_set1(88.0f), lo = lut_set1(-87.0f);
    const lut_f magic = lut_set1(0x1.8p23f); /* adding it rounds to an integer */
    lut_f i, r, p;
    lut_i e;

    x = lut_max(lo, lut_min(hi, x)); /* in this order NaN stays NaN */
    i = lut_fma(x, lut_set1(0x1.715476p0f), magic);
    e = (lut_i)i << 23;
    i = i - magic;
    r = lut_fma(i, lut_set1(-0x1.62e4p-1f), x);
    r = lut_fma(i, lut_set1(0x1.7f7d1cp-20f * -1.0f), r);
    p = lut_set1(1.0f / 5040);
    p = lut_fma(p, r, lut_set1(1.0f / 720));
    p = lut_fma(p, r, lut_set1(1.0f / 120));
    p = lut_fma(p, r, lut_set1(1.0f / 24));
    p = lut_fma(p, r, lut_set1(1.0f / 6));
    p = lut_fma(p, r, lut_set1(0.5f));
    p = lut_fma(p, r, lut_set1(1.0f));
    p = lut_fma(p, r, lut_set1(1.0f));
    return (lut_f)((lut_i)p + e);
}

/* ln(x) of normal x > 0: 2 atanh((m - 1) / (m + 1)) of the mantissa m in [0.7, 1.4), with
 * |(m - 1) / (m + 1)| < 0.172 five terms leave less than 1e-9. */
LUT_INLINE lut_f lut_logf(lut_f x)
{
    const lut_i root = lut_seti(0x3f3504f3); /* sqrt(1/2) */
    lut_i bits = (lut_i)x, e = (bits - root) >> 23;
    lut_f m = (lut_f)(bits - (lut_i)((lut_u)e << 23));
    lut_f s = (m - 1.0f) / (m + 1.0f), q = s * s, p;

    p = lut_fma(q, lut_set1(2.0f / 9), lut_set1(2.0f / 7));
    p = lut_fma(p, q, lut_set1(2.0f / 5));
    p = lut_fma(p, q, lut_set1(2.0f / 3));
    p = lut_fma(p * q, s, 2.0f * s);
    return lut_fma(__builtin_convertvector(e, lut_f), lut_set1(0x1.62e430p-1f), p);
}

/* Scramble 32 bits, one to one: two rounds of multiply and shift with the constants of
 * C. Wellons' "lowbias32" (2018, public domain). */
LUT_INLINE lut_i lut_mix32(lut_i x)
{
    lut_u h = (lut_u)x;

    h ^= h >> 16;
    h *= 0x7feb352du;
    h ^= h >> 15;
    h *= 0x846ca68bu;
    h ^= h >> 16;
    return (lut_i)h;
}

/* 1 / (1 + exp(-x)). */
LUT_INLINE lut_f lut_sigmoid(lut_f x)
{
    return 1.0f / (1.0f + lut_expf(-x));
}

/* *s = sin x and *c = cos x, |error| < 1e-7 for |x| < 10^4.  A multiple of pi / 2, in
 * three parts, is taken off; what is left is in [-pi / 4, pi / 4], where the powers below
 * 11 and 12 leave less than 2e-9.  NaN stays NaN. */
LUT_INLINE void lut_sincos(lut_f *s, lut_f *c, lut_f x)
{
    const lut_f magic = lut_set1(0x1.8p23f); /* adding it rounds to an integer */
    lut_f n = lut_fma(x, lut_set1(0x1.45f306p-1f), magic), r, z, sine, cosine;
    lut_i quarter = (lut_i)n, odd = lut_equal(quarter & 1, lut_seti(1));

    n = n - magic;
    r = lut_fma(n, lut_set1(-0x1.921fb6p0f), x);
    r = lut_fma(n, lut_set1(0x1.777a5cp-25f), r);
    r = lut_fma(n, lut_set1(0x1.ee59dap-50f), r);
    z = r * r;
    sine = lut_fma(z, lut_set1(1.0f / 362880), lut_set1(-1.0f / 5040));
    sine = lut_fma(z, sine, lut_set1(1.0f / 120));
    sine = lut_fma(z, sine, lut_set1(-1.0f / 6));
    sine = lut_fma(z * sine, r, r);
    cosine = lut_fma(z, lut_set1(-1.0f / 3628800), lut_set1(1.0f / 40320));
    cosine = lut_fma(z, cosine, lut_set1(-1.0f / 720));
    cosine = lut_fma(z, cosine, lut_set1(1.0f / 24));
    cosine = lut_fma(z, cosine, lut_set1(-0.5f));
    cosine = lut_fma(z, cosine, lut_set1(1.0f));
    /* quarter turns: swap, then the signs of quadrants 2 and 3, and of 1 and 2 */
    *s = (lut_f)((lut_i)lut_select(odd, cosine, sine) ^ (quarter & 2) << 30);
    *c = (lut_f)((lut_i)lut_select(odd, sine, cosine) ^ ((quarter + 1) & 2) << 30);
}

#endif
