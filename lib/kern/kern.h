/* Hot loops over samples: how a sample meets a table.
 *
 * One LUT, n samples of a plane, samples contiguous (lib/base/bits.h).  Rows of floats are
 * padded to a multiple of LUT_BLOCK; gradients that come in are 0 for samples past n, rows
 * of bits are 0 there.  n >= 1, 1 <= k <= LUT_MAX_K.  Sums run in blocks of LUT_BLOCK
 * samples: inside a block 16 lanes and a fixed tree, then block by block, so results depend
 * neither on the plane nor on the set.  x[j] is the row of input j; two inputs may share a
 * row.  Thread-safe: no state.
 */
#ifndef LUT_KERN_KERN_H
#define LUT_KERN_KERN_H

#include "lib/base/bits.h"
#include "lib/kern/sampling.h"

/* How outputs of one LUT are made of its logits z. */
typedef struct lut_output {
    lut_squash squash;     /* not LUT_NO_SQUASH */
    lut_sampling sampling;
    float temperature;
    uint64_t noise;        /* key of this LUT's noise of this step; its numbers are those of
                              the samples in their batch, ... */
    size_t first;          /* ... which is this for the row's first */
} lut_output;

typedef struct lut_kernels {
    const char *name; /* "scalar", "avx2", "avx512" */

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

    /* y = sigmoid(y / temperature) in place, and h = g y (1 - y) / temperature. */
    void (*squash)(float *y, float temperature, size_t n);
    void (*squash_backward)(float *h, const float *g, const float *y, float temperature,
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

    /* sum[s] = scale * (offset + sum of m rows starting at y, ld apart): floats, or bits. */
    void (*vote)(float *sum, const float *y, size_t ld, size_t m, float scale, float offset,
                 size_t n);
    void (*vote_bits)(float *sum, const uint64_t *y, size_t ld, size_t m, float scale,
                      float offset, size_t n);

    /* Softmax and cross-entropy of logits[classes][ld].  Turns them into gradients
     * (softmax - onehot) * scale, 0 past n; loss[b] = sum over block b, nats; returns how
     * many samples have their largest logit (the first on a tie) at the label. */
    size_t (*softmax)(float *logits, size_t ld, size_t classes, double *loss,
                      const uint16_t *label, float scale, size_t n);
} lut_kernels;

extern const lut_kernels lut_kernels_scalar, lut_kernels_avx2, lut_kernels_avx512;

#endif
