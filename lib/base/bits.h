/* Matrices of activations.  Samples are contiguous in a row, so kernels run along them
 * and a wire is a pointer. */
#ifndef LUT_BASE_BITS_H
#define LUT_BASE_BITS_H

#include "lib/base/base.h"

/* Row f, sample s at p[f * ld + s].  A view: everything borrowed. */
typedef struct lut_rows {
    float *p;
    size_t rows, ld; /* ld: floats from row to row, a multiple of LUT_BLOCK */
} lut_rows;

/* The same, one bit per sample: row f, word s / 64, bit s % 64.  Bits past the last sample
 * are 0 in everything the library hands out. */
typedef struct lut_bits {
    uint64_t *p;
    size_t rows, ld; /* ld: words from row to row */
} lut_bits;

/* Encoded samples with their labels, sample-major: bit f of sample s is bit f % 64 of
 * x[s * ld + f / 64].  A view; shared read-only by all trials of a node. */
typedef struct lut_samples {
    const uint64_t *x;
    size_t ld;             /* words from sample to sample, >= ceil(inputs / 64) */
    size_t inputs;         /* encoded bits of a sample */
    const uint16_t *label; /* [n], each less than the number of classes */
    size_t n;
    const float *value;    /* [n][features]: what the bits are made of, for networks that */
    size_t features;       /* learn their thresholds; NULL where the bits are for good */
} lut_samples;

/* Gather and transpose: out row f, bit i = bit f of sample rows[i]. */
void lut_bits_gather(
    lut_bits *out,        /* >= s->inputs rows of ld >= ceil(n / 64) words; the first
                             ceil(n / 64) of each are written, bits past n as 0 */
    const lut_samples *s,
    const uint32_t *rows, /* [n], each < s->n; NULL: first .. first + n - 1 */
    size_t first,         /* used where rows is NULL */
    size_t n
);

/* The same of word `word` of each sample alone: inputs 64 word .. 64 word + 63. */
void lut_bits_gather_word(lut_bits *out, const lut_samples *s, const uint32_t *rows,
                          size_t first, size_t n, size_t word);

/* In place: bit j of word i becomes bit i of word j. */
void lut_bits_transpose64(uint64_t a[64]);

#endif
