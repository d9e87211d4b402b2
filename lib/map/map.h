/* Mappings: which input each LUT slot reads.  Slot s = lut * k + input.
 *
 * A fixed mapping sets the wires once.  A learnable one gives every slot a list of
 * candidate inputs with a weight each and reads the candidate of the largest weight (the
 * lowest index on a tie); its gradient is DWN's straight-through (math.md 7.5):
 * dW[c, s] = sum_b (2 x[b, cand] - 1) g[b, s], and to the inputs, where a layer below
 * needs it, sum_s g[b, s] softmax_c(W[., s] / lm_tau).  Gradient, optimizer and argmax are
 * one pass over the slots; the gradient is never stored.
 *
 * To add one: write lib/map/NAME.c, add one line to LUT_MAPS in lib/local.mk.
 */
#ifndef LUT_MAP_MAP_H
#define LUT_MAP_MAP_H

#include "lib/base/bits.h"
#include "lib/base/field.h"
#include "lib/base/rng.h"

typedef struct lut_map_ops {
    const char *name, *doc;
    const lut_field *fields;
    size_t nfields, cfg_size;

    /* Candidates of a slot; 0: a fixed mapping. */
    size_t (*candidates)(const void *cfg, size_t inputs);

    /* Temperature of the softmax for input gradients; learnable only. */
    float (*temperature)(const void *cfg);

    /* Fixed: wire[slots].  Learnable: candidate[slots][C] and weight[slots][C].
     * scratch: [inputs]. */
    void (*init)(const void *cfg, size_t inputs, size_t slots, uint32_t *wire,
                 uint32_t *candidate, float *weight, uint32_t *scratch, lut_rng *rng);
} lut_map_ops;

extern const lut_map_ops *const lut_map_table[]; /* NULL-ended */

const lut_map_ops *lut_map_find(const char *name); /* NULL: no such mapping */

/* wire[slots]: whole permutations of the inputs one after another, so that every input is
 * read equally often (+- 1). */
void lut_map_coverage(uint32_t *wire, size_t slots, size_t inputs,
                      uint32_t *scratch, /* [inputs] */
                      lut_rng *rng);

#endif
