/* Hot loops over samples: how a sample meets a table.
 *
 * LUTs and n samples of a plane, samples contiguous (lib/base/bits.h).  Rows of floats go on
 * to the end of the last vector of 16, which kernels read and write; gradients that come in
 * are 0 for samples past n, rows of bits are 0 there.  n >= 1, 1 <= k <= LUT_MAX_K.  Sums run
 * in blocks of lut_block(k) samples (threshold_backward: LUT_BLOCK): inside a block 16 lanes
 * and a fixed tree, then block by block; histograms of lookup_backward_luts, k >= 5, sample by
 * sample.  So results depend neither on the plane nor on the set.  x[j] is the row of input j;
 * two inputs may share a row.  Gradients may be NULL: nobody asks.  Tables of fewer than 16 entries may be read, never used, to the end of a vector.
 * Thread-safe: no state.
 */
#ifndef LUT_KERN_KERN_H
#define LUT_KERN_KERN_H

#include "lib/base/bits.h"
#include "lib/kern/sampling.h"

enum { LUT_LOSS_BLOCK = 32 }; /* samples whose losses are summed in one go */

/* How outputs of one LUT are made of its logits z. */
typedef struct lut_output {
    lut_squash squash;     /* not LUT_NO_SQUASH */
    lut_sampling sampling;
    float temperature;
    uint64_t noise;        /* key of this LUT's noise of this step; its numbers are those of
                              the samples in their batch, ... */
    size_t first;          /* ... which is this for the row's first */
} lut_output;

/* Rows of samples, ld elements apart: one of the three is set. */
typedef struct lut_signal {
    float *f;
    uint16_t *h;    /* binary16 */
    uint64_t *b;
    size_t ld;      /* floats, halves, or words of bits */
    unsigned shift; /* of bits: place of the first sample in its word, a multiple of 16; unless
                       it is 0, shift + n <= 64 */
} lut_signal;

/* Samples of a block whose gradient is summed lane by lane before the tree over the lanes:
 * the more coefficients a LUT has, the more the tree costs.  Part of the numerics. */
LUT_INLINE unsigned lut_block(unsigned k)
{
    return k <= 3 ? 32 : k == 4 ? 64 : 128;
}

/* Whether gradients of tables are sums over blocks on every path; histograms of larger tables
 * run on from sample to sample. */
LUT_INLINE bool lut_is_few(unsigned k)
{
    return k <= 4;
}

/* LUTs begin .. end - 1 of a layer meet the samples of a plane.  Arrays begin at LUT 0 and
 * sample 0 of the plane; a plane begins at a multiple of lut_block(k). */
typedef struct lut_walk {
    unsigned k;
    size_t luts;          /* of the whole layer */
    size_t ahead;         /* rows are asked for so many LUTs before their turn */
    size_t begin, end, n;
    lut_signal in, out;
    const uint32_t *wire; /* [luts][k]: rows of `in` */
    const float *table;   /* [luts][2^k]: coefficients; entries where `in` is bits */
    const uint64_t *tt;   /* [luts][lut_table_words(k)]: bits in, bits out */
    float slope;          /* out = sigmoid(slope z) of the interpolation z; 0: out = z */
    /* Backward; `out` is read where slope > 0: */
    const float *g;       /* gradients of out, 0 past n, rows g_ld apart; ... */
    size_t g_ld;
    const uint32_t *g_row; /* ... that of LUT m is row g_row[m]; NULL: row m */
    float *grad;          /* [luts from grad_first on][2^k] of the table, added to; NULL:
                             nobody asks */
    size_t grad_first;
    float *dx;            /* gradients of rows of inputs, added to; NULL: nobody asks */
    size_t dx_ld;
    const uint32_t *dx_row; /* [luts][k]: rows of dx */
    bool fresh;           /* lookup_backward: rows of dx are written, to the end of the last
                             vector, not added to; each is named once */
    const float *gain;    /* [luts][2^k]: factor of an entry's samples in dx; NULL: 1 */
    /* Of lookup_backward: differences of this table are the gradients of inputs. */
    const float *rise;    /* [luts][2^k] */
} lut_walk;

typedef struct lut_kernels {
    const char *name; /* "scalar", "avx2", "avx512" */

    /* ---- many LUTs: what a layer's plane takes, its rows being floats or halves ---- */

    /* out = multilinear interpolation of `in`; bits in, reals out; bits in, bits out. */
    void (*interpolate_luts)(const lut_walk *w);
    void (*lookup_luts)(const lut_walk *w);
    void (*lookup_bits_luts)(const lut_walk *w);

    /* Adds to grad and dx.  The same numbers whether asked for together or one by one, for
     * all LUTs or some, all blocks or some.  lookup_backward's grad lies in tiles of 16 LUTs,
     * [tiles][2^k][16], so that no tile has to be turned around later, and is that of the
     * entries before `gain`; begin and grad_first are multiples of 16, and so is end unless it is
     * that of the layer: tiles are read and written whole. */
    void (*interpolate_backward_luts)(const lut_walk *w);
    void (*lookup_backward_luts)(const lut_walk *w);

    /* ---- one LUT, rows anywhere ---- */

    /* y[s] = sum_S coef[S] prod_{j in S} x[j][s]: multilinear, coefficients in the monomial
     * basis (bit k-1-j of S: input j takes part).  n rounded up to vectors of 16. */
    void (*interpolate)(float *y, const float *const *x, unsigned k, const float *coef,
                        size_t n);

    /* Adds to dcoef[2^k] and, unless dx is NULL, to the rows dx[j], for gradient g[s]. */
    void (*interpolate_backward)(float *dcoef, float *const *dx, const float *g,
                                 const float *const *x, unsigned k, const float *coef,
                                 size_t n);

    /* y[s] = value[address of the bits of s]. */
    void (*lookup)(float *y, const uint64_t *const *x, unsigned k, const float *value,
                   size_t n);

    /* The same with bits out; bits past n are 0. */
    void (*lookup_bits)(uint64_t *y, const uint64_t *const *x, unsigned k,
                        const uint64_t *tt, size_t n);

    /* With h[s] = g[s] gain[address] (gain NULL: g[s]): adds h to dvalue[address] and,
     * unless dx is NULL, h (slope[address | j] - slope[address & ~j]) to dx[j][s]. */
    void (*lookup_backward)(float *dvalue, float *const *dx, const float *g,
                            const uint64_t *const *x, unsigned k, const float *slope,
                            const float *gain, size_t n);

    /* y = sigmoid(slope y) in place, and h = g y (1 - y) slope. */
    void (*squash)(float *y, float slope, size_t n);
    void (*squash_backward)(float *h, const float *g, const float *y, float slope,
                            size_t n);

    /* The same for any mode and squash: logits in y become values in place or, where bits
     * is not NULL, hard values become bits (0 past n). */
    void (*sample)(float *y, uint64_t *bits, const lut_output *o, size_t n);

    /* Logits in h become the gradient g times the derivative of their outputs. */
    void (*sample_backward)(float *h, const float *g, const lut_output *o, size_t n);

    /* Bits to 0.0 and 1.0; reals to bits, 1 where x > threshold (0 past n). */
    void (*expand)(float *y, const uint64_t *x, size_t n);
    void (*binarize)(uint64_t *y, const float *x, float threshold, size_t n);

    /* Adds to *sum g[s] y (1 - y) of every sample, y = sigmoid(slope (x[s] - threshold)):
     * the gradient of a soft binarize but for its factor (lib/encode/learnt.h). */
    void (*threshold_backward)(float *sum, const float *g, const float *x, float threshold,
                               float slope, size_t n);

    /* lut_bits_gather_word. */
    void (*gather_word)(lut_bits *out, const lut_samples *s, const uint32_t *rows,
                        size_t first, size_t n, size_t word);

    /* sum[s] = scale * (offset + sum of rows begin .. end - 1 of y). */
    void (*vote)(float *sum, const lut_signal *y, size_t begin, size_t end, float scale,
                 float offset, size_t n);

    /* Softmax and cross-entropy of logits[classes][ld].  Turns them into gradients
     * (softmax - onehot) * scale, 0 past n; loss[b] = sum over samples 32 b .. 32 b + 31,
     * nats; returns how many samples have their largest logit (the first on a tie) at the
     * label. */
    size_t (*softmax)(float *logits, size_t ld, size_t classes, double *loss,
                      const uint16_t *label, float scale, size_t n);
} lut_kernels;

extern const lut_kernels lut_kernels_scalar, lut_kernels_avx2, lut_kernels_avx512;

#endif
