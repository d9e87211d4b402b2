/* A discrete network: wiring and truth tables, nothing learnable.  What a trained network
 * hardens to, and all that inference, export and the store ever see. */
#ifndef LUT_CIRCUIT_CIRCUIT_H
#define LUT_CIRCUIT_CIRCUIT_H

#include "lib/base/status.h"

/* Words of one truth table of k inputs: bit a of word a / 64 is the output at address a. */
static inline size_t lut_table_words(unsigned k)
{
    return k <= 6 ? 1 : (size_t)1 << (k - 6);
}

/* Bits that hold the numbers 0 .. n, n below 2^63: of scores, of classes. */
static inline unsigned lut_bits_for(uint64_t n)
{
    unsigned bits = 1;

    while (n >> bits)
        bits++;
    return bits;
}

typedef struct lut_circuit_layer {
    uint32_t luts, k;
    uint32_t *wire; /* [luts][k], index into the previous layer's outputs; owned */
    uint64_t *tt;   /* [luts][lut_table_words(k)]; unused high bits are 0; owned */
} lut_circuit_layer;

typedef struct lut_circuit {
    uint32_t inputs, classes, nlayers;
    lut_circuit_layer *layer; /* [nlayers]; owned */
} lut_circuit;

/* Output o of the last layer votes for class o / lut_circuit_group(). */
static inline uint32_t lut_circuit_group(uint32_t luts, uint32_t classes)
{
    return (uint32_t)lut_ceil_div(luts, classes);
}

/* Allocate; wires and tables zero. */
lut_status                /* LUT_OK, LUT_ENOMEM, or LUT_EINVAL: a size outside its range */
lut_circuit_alloc(
    lut_circuit *c,       /* owned: lut_circuit_fini; nothing to release on failure */
    uint32_t inputs,      /* >= 1 */
    uint32_t classes,     /* 1 .. LUT_MAX_CLASSES */
    uint32_t nlayers,     /* 1 .. LUT_MAX_LAYERS */
    const uint32_t *luts, /* [nlayers], each >= 1 */
    const uint32_t *k,    /* [nlayers], each 1 .. LUT_MAX_K */
    lut_err *err
);

/* A copy, owned by itself; zeroed on failure (LUT_ENOMEM).  c: one that lut_circuit_check
 * accepts. */
lut_status lut_circuit_copy(lut_circuit *to, const lut_circuit *c, lut_err *err);

/* LUT_EINVAL for what is no circuit (sizes, wires, bits past a table's end): for data from
 * outside, whose arrays are as long as luts and k say. */
lut_status lut_circuit_check(const lut_circuit *c, lut_err *err);

void lut_circuit_fini(lut_circuit *c); /* accepts a zeroed struct */

#endif
