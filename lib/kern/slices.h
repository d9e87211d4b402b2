/* Logic on slices: one bit of LUT_SLICE samples side by side.  What packed inference
 * (lib/circuit/packed.h) runs: gates, votes, elections, and the way from samples to slices.
 *
 * Compiled once per kernel set; all sets give the same bits.  Slices are aligned to their
 * size.  Functions keep no state: any threads at once, on memory of their own.
 */
#ifndef LUT_KERN_SLICES_H
#define LUT_KERN_SLICES_H

#include "lib/base/base.h"

enum {
    LUT_SLICE_WORDS = 8,
    LUT_SLICE = 64 * LUT_SLICE_WORDS, /* samples: sample s is bit s % 64 of word s / 64 */
    LUT_VOTE_BITS = 33                /* that count any number of votes */
};

typedef struct lut_slice {
    _Alignas(64) uint64_t word[LUT_SLICE_WORDS];
} lut_slice;

/* A gate of two or three inputs; its table is that of its run. */
typedef struct lut_slice_gate {
    uint32_t out, in[3]; /* slices, by number; `out` may be one of the inputs */
} lut_slice_gate;

/* A LUT of four inputs or more.  Table as in circuits: input 0 most significant. */
typedef struct lut_slice_lut {
    uint64_t tt;
    uint32_t out, in[6];
} lut_slice_lut;

/* Gates of one table, or LUTs of one k. */
typedef struct lut_slice_run {
    uint32_t first, n; /* of the gates or of the LUTs */
    uint8_t k;         /* 2, 3: gates; 4 .. 6: LUTs */
    uint8_t table;     /* of gates: one that lut_slice_canonical gives */
} lut_slice_run;

/* Table of a gate with its inputs in another order: input j becomes input order[j].  Tables of
 * which entry 0 is 1, or that do not need all inputs, are not gates. */
uint8_t lut_slice_canonical(uint8_t table, unsigned k, uint8_t order[3]);

typedef struct lut_slices {
    const char *name; /* of the set */

    void (*gates)(lut_slice *v, const lut_slice_run *run, const lut_slice_gate *gate);
    void (*luts)(lut_slice *v, const lut_slice_run *run, const lut_slice_lut *lut);

    /* bias + how many of v[in[i]] are set, bit j in count[j].  The last `inverted` of the n
     * count where they are not set.  bits: that the sum fits. */
    void (*votes)(lut_slice *count, unsigned bits, const lut_slice *v, const uint32_t *in,
                  size_t n, size_t inverted, uint32_t bias);

    /* Samples where count beats best take it and class c; class_bits: that c fits. */
    void (*challenge)(lut_slice *best, lut_slice *class, const lut_slice *count, unsigned bits,
                      unsigned class_bits, uint32_t c);

    /* out[s] = number whose bit j is that of sample s in in[j], for n <= LUT_SLICE samples. */
    void (*numbers)(uint16_t *out, const lut_slice *in, unsigned bits, size_t n);

    /* Slices of n <= LUT_SLICE samples of `inputs` bits, 0 past n: sample s at x + s * ld,
     * bit i is bit i % 64 of word i / 64 (ld in words), or byte i, 0 or 1 (ld in bytes). */
    void (*from_words)(lut_slice *out, const uint64_t *x, size_t ld, size_t inputs, size_t n);
    void (*from_bools)(lut_slice *out, const uint8_t *x, size_t ld, size_t inputs, size_t n);
} lut_slices;

extern const lut_slices lut_slices_scalar, lut_slices_avx2, lut_slices_avx512;

/* By name, NULL: not in this build or not of this machine.  name NULL: the best one. */
const lut_slices *lut_slices_find(const char *name);

#endif
