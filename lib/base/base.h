/* What every header of the project may assume.
 *
 * Argument order, everywhere: the object; the dimension that fixes the shapes of what
 * follows (k, inputs); outputs; in/outs; inputs; scalars; a callback, then its
 * `void *arg`; `lut_err *err` last.  A length follows its array.
 *
 * Letters, everywhere: fan-in k, samples n, LUTs m, layer index l, class c.
 *
 * Ownership words, everywhere with exactly these meanings: borrowed (valid until the
 * named object dies), owned (the caller releases it with the named function), copied.
 *
 * Addresses are MSB first everywhere: input 0 of a LUT is the most significant bit, so
 * entry a of a table belongs to x[j] = (a >> (k - 1 - j)) & 1.  A table bit is 1 iff its
 * logit is > 0 (strict), unless the parametrization says otherwise.
 */
#ifndef LUT_BASE_BASE_H
#define LUT_BASE_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LUT_MAX_K = 8,        /* inputs of a LUT; a truth table is up to four words */
    LUT_MAX_LAYERS = 32,  /* layers of a network */
    LUT_MAX_CLASSES = 1024,
    LUT_LANES = 16,       /* LUTs of a tile, samples of a vector */
    LUT_BLOCK = 64        /* samples of a word of bits, and of what slow paths sum in one go:
                             part of the numerics, never of the machine */
};

/* Elements of an array known at compile time. */
#define LUT_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* a / b rounded up; b > 0. */
static inline size_t lut_ceil_div(size_t a, size_t b)
{
    return a / b + (a % b != 0);
}

/* a rounded up to a multiple of b; b > 0. */
static inline size_t lut_round_up(size_t a, size_t b)
{
    return lut_ceil_div(a, b) * b;
}

#endif
