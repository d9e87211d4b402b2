/* Mappings: which input each LUT slot reads.  Slot s = lut * k + input.
 *
 * A fixed mapping sets the wires once.  The others give every slot a list of candidate
 * inputs, or all inputs, with a weight each; the discrete network reads the candidate of
 * the largest weight (the lowest index on a tie).  Formulas: math.md 7.5.
 *
 * LUT_MAP_CHOICE reads that candidate in training, too; its gradient is DWN's
 * straight-through: dW[c, s] = sum_b (2 x[b, c] - 1) g[b, s], and to the inputs, where a
 * layer below needs it, sum_s g[b, s] softmax_c(W[., s] / T).
 * LUT_MAP_MIX reads y[b, s] = sum_c softmax_c(W[., s] / T) x[b, c] in training, with the
 * gradients of that (DiffLUT's learnable layer), so its slots are reals even over bits.
 *
 * Gradient, optimizer and argmax are one pass over the slots; the gradient is never stored.
 *
 * To add one: write lib/map/NAME.c, add one line to LUT_MAPS in lib/local.mk.
 */
#ifndef LUT_MAP_MAP_H
#define LUT_MAP_MAP_H

#include "lib/base/bits.h"
#include "lib/base/field.h"
#include "lib/base/rng.h"

typedef enum lut_map_kind { LUT_MAP_FIXED, LUT_MAP_CHOICE, LUT_MAP_MIX } lut_map_kind;

/* New candidates in place of the lightest while training goes on. */
typedef struct lut_map_redraw {
    uint32_t every; /* steps from round to round; 0: never */
    size_t count;   /* candidates of a slot that a round replaces */
    size_t pool;    /* random inputs that a round looks at for a slot; those whose weight
                       would grow most by the gradient of the step are taken */
    double until;   /* share of the training after which there are no more rounds */
    double margin;  /* a newcomer starts this many learning rates below the weight in use */
} lut_map_redraw;

typedef struct lut_map_ops {
    const char *name, *doc;
    const lut_field *fields;
    size_t nfields, cfg_size;
    lut_map_kind kind;
    bool any_order; /* fixed only: its LUTs are alike, so numbering them another way gives a
                       wiring that is as likely */
    bool any_inputs; /* fixed only: so are its inputs.  LUTs below one that goes by where its
                        inputs stand are not put in order */

    /* Refuses a layer that it cannot wire, saying why; NULL: wires any. */
    lut_status (*check)(const void *cfg, size_t inputs, size_t luts, unsigned k,
                        lut_err *err);

    /* Fixed only: wire[luts * k] of a layer that `check` took.  LUT_ENOMEM. */
    lut_status (*wire)(const void *cfg, size_t inputs, size_t luts, unsigned k,
                       uint32_t *wire, lut_rng *rng, lut_err *err);

    /* Learnable only, all of the following.  Candidates of a slot, 1 .. inputs; where it
     * is all inputs, candidate i is input i and no list is kept. */
    size_t (*candidates)(const void *cfg, size_t inputs);

    /* weight[slots][C] at the start. */
    void (*weights)(const void *cfg, size_t inputs, size_t slots, float *weight,
                    lut_rng *rng);

    /* Temperature T of the softmax after `steps` steps of training. */
    double (*temperature)(const void *cfg, uint64_t steps);

    /* What to do with candidates that lose; NULL: nothing. */
    lut_map_redraw (*redraw)(const void *cfg, size_t inputs);
} lut_map_ops;

extern const lut_map_ops *const lut_map_table[]; /* NULL-ended */

const lut_map_ops *lut_map_find(const char *name); /* NULL: no such mapping */

/* Candidates of a slot that is to have so many; 0: all inputs. */
size_t lut_map_candidates(uint32_t wanted, size_t inputs);

/* wire[slots]: whole permutations of the inputs one after another, so that every input is
 * read equally often (+- 1).  LUT_ENOMEM. */
lut_status lut_map_coverage(uint32_t *wire, size_t slots, size_t inputs, lut_rng *rng,
                            lut_err *err);

/* The same for rows of k wires each, but that those of a row are distinct; inputs >= k. */
lut_status lut_map_distinct(uint32_t *wire, size_t rows, size_t k, size_t inputs,
                            lut_rng *rng, lut_err *err);

#endif
