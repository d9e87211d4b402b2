/* What the kernels' files share.  Private to lib/kern; everything inline, see vec.h. */
#ifndef LUT_KERN_LOOPS_H
#define LUT_KERN_LOOPS_H

#include "lib/base/check.h"
#include "lib/kern/half.h"
#include "lib/kern/kern.h"
#include "lib/kern/sums.h"

/* Instantiate a kernel for each rank, so that its loops unroll; table by rank. */
#define LUT_FOR_RANKS(DO) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7) DO(8)
#define LUT_RANK_TABLE(fn)                                           \
    {                                                                \
        NULL, fn##1, fn##2, fn##3, fn##4, fn##5, fn##6, fn##7, fn##8 \
    }

/* Before a loop whose length is known where it is inlined: vectors of two registers look too
 * long to the compiler to be unrolled, and then go through memory.  Up to rank 6: beyond,
 * compiling would take minutes.  Not: where what several rounds load ahead would drive sums out of
 * 16 registers. */
#if defined(LUT_VEC_AVX2)
#define LUT_UNROLL _Pragma("GCC unroll 8")
#define LUT_UNROLL_ALL _Pragma("GCC unroll 16")
#define LUT_UNROLL_NOT _Pragma("GCC unroll 1")
#else
#define LUT_UNROLL
#define LUT_UNROLL_ALL
#define LUT_UNROLL_NOT
#endif

/* Whether a kernel has a copy for each case of what it is asked for; the scalar set, where
 * arithmetic costs a hundred times as much, has one for all. */
#if defined(LUT_VEC_AVX512) || defined(LUT_VEC_AVX2)
#define LUT_COPIES 1
#else
#define LUT_COPIES 0
#endif

/* A row of activations: floats or halves, which the caller knows. */
typedef union lut_row {
    float *f;
    uint16_t *h;
} lut_row;

LUT_INLINE lut_f lut_row_load(lut_row row, size_t s, bool half)
{
    return half ? lut_load_half(row.h + s) : lut_load(row.f + s);
}

LUT_INLINE void lut_row_store(lut_row row, size_t s, bool half, lut_f v)
{
    if (half)
        lut_store_half(row.h + s, v);
    else
        lut_store(row.f + s, v);
}

LUT_INLINE lut_row lut_row_of(const lut_signal *from, size_t row, bool half)
{
    return half ? (lut_row){ .h = from->h + row * from->ld }
                : (lut_row){ .f = from->f + row * from->ld };
}

/* Rows of floats that are anywhere. */
LUT_INLINE void lut_rows_at(lut_row *rows, const float *const *x, unsigned k)
{
    for (unsigned j = 0; j < k; j++)
        rows[j].f = (float *)x[j];
}

/* Lines of a row that are asked for ahead; what is further on a machine foresees, the sooner
 * the longer a LUT takes.  Measured. */
LUT_INLINE void lut_call(const void *row, size_t bytes, unsigned k)
{
    const char *line = row;

    if (k > 4) {
        __builtin_prefetch(line);
    } else if (bytes >= 256) { /* the usual case, without a loop */
        __builtin_prefetch(line);
        __builtin_prefetch(line + 64);
        __builtin_prefetch(line + 128);
        __builtin_prefetch(line + 192);
    } else {
        for (size_t at = 0; at < bytes; at += 64)
            __builtin_prefetch(line + at);
    }
}

/* Rows that LUT m reads, and an early call for those of a later one: their places are
 * random, no machine foresees them. */
LUT_INLINE void lut_walk_rows(lut_row *x, const lut_walk *w, size_t m, unsigned k, bool half)
{
    const uint32_t *wire = w->wire + m * k, *later = wire + w->ahead * k;

    for (unsigned j = 0; j < k; j++)
        x[j] = lut_row_of(&w->in, wire[j], half);
    if (m + w->ahead < w->luts)
        for (unsigned j = 0; j < k; j++)
            lut_call(lut_row_of(&w->in, later[j], half).f, (half ? 2 : 4) * w->n, k);
}

/* The same for rows of gradients. */
LUT_INLINE void lut_walk_sinks(float **dx, const lut_walk *w, size_t m, unsigned k)
{
    const uint32_t *row = w->dx_row + m * k, *later = row + w->ahead * k;

    for (unsigned j = 0; j < k; j++)
        dx[j] = w->dx + row[j] * w->dx_ld;
    if (m + w->ahead < w->luts)
        for (unsigned j = 0; j < k; j++)
            lut_call(w->dx + later[j] * w->dx_ld, 4 * w->n, k);
}

LUT_INLINE const float *lut_walk_gradient(const lut_walk *w, size_t m)
{
    return w->g + (w->g_row ? w->g_row[m] : m) * w->g_ld;
}

LUT_INLINE float *lut_walk_grad(const lut_walk *w, size_t m, unsigned k)
{
    return w->grad ? w->grad + ((m - w->grad_first) << k) : NULL;
}

/* Vectors of the block that starts at sample `first`. */
LUT_INLINE size_t lut_block_vectors(size_t first, size_t n, size_t block)
{
    size_t left = lut_ceil_div(n - first, LUT_LANES);

    return left < block / LUT_LANES ? left : block / LUT_LANES;
}

/* Functions of one set, in other files: members of lut_kernels of the same names. */
void LUT_OF_SET(lut_interpolate)(float *y, const float *const *x, unsigned k,
                                 const float *coef, size_t n);
void LUT_OF_SET(lut_interpolate_backward)(float *dcoef, float *const *dx, const float *g,
                                          const float *const *x, unsigned k,
                                          const float *coef, size_t n);
void LUT_OF_SET(lut_interpolate_luts)(const lut_walk *w);
void LUT_OF_SET(lut_interpolate_backward_luts)(const lut_walk *w);
void LUT_OF_SET(lut_lookup)(float *y, const uint64_t *const *x, unsigned k,
                            const float *value, size_t n);
void LUT_OF_SET(lut_lookup_bits)(uint64_t *y, const uint64_t *const *x, unsigned k,
                                 const uint64_t *tt, size_t n);
void LUT_OF_SET(lut_lookup_backward)(float *dvalue, float *const *dx, const float *g,
                                     const uint64_t *const *x, unsigned k,
                                     const float *slope, const float *gain, size_t n);
void LUT_OF_SET(lut_gather_word)(lut_bits *out, const lut_samples *s, const uint32_t *rows,
                                 size_t first, size_t n, size_t word);
void LUT_OF_SET(lut_lookup_luts)(const lut_walk *w);
void LUT_OF_SET(lut_lookup_bits_luts)(const lut_walk *w);
void LUT_OF_SET(lut_lookup_backward_luts)(const lut_walk *w);

/* Parts of these: interpolation and its gradients for k = 2; gradients of entries, for k <= 4,
 * of lookup_backward_luts. */
void LUT_OF_SET(lut_pair_luts)(const lut_walk *w);
void LUT_OF_SET(lut_pair_backward_luts)(const lut_walk *w);
void LUT_OF_SET(lut_few_luts)(const lut_walk *w);

#endif
