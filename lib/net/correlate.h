/* Correlations of candidates with what arrives at their slots: the gradient of a learnable
 * mapping's weights, run by run.  Compiled once per instruction set; static inline, see vec.h. */
#ifndef LUT_NET_CORRELATE_H
#define LUT_NET_CORRELATE_H

#include "lib/kern/vec.h"
#include "lib/net/backend.h"

enum {
    LUT_RUN = 96,  /* vectors of weights at a time, of slots that are taken whole; ... */
    LUT_STRETCH = 32, /* ... of others */
    LUT_PANEL = 4  /* slots at a time that share rows of reals */
};

/* Slots in a row, and of each of them the same vectors of candidates; slots * vectors is
 * LUT_RUN at most. */
typedef struct lut_run {
    const lut_choice *c;
    size_t slot, slots;
    size_t first, vectors;
    size_t ahead; /* bytes of a vector's state; 0: fetch nothing for the next run */
} lut_run;

/* Where the weights of the run's slot k are. */
LUT_INLINE size_t lut_run_place(const lut_run *r, size_t k)
{
    return (r->slot + k) * r->c->padded + r->first * LUT_LANES;
}

LUT_INLINE const float *lut_run_dslot(const lut_choice *c, size_t slot)
{
    return c->dslot + (slot - c->dslot_first) * c->ld;
}

LUT_INLINE lut_i lut_lanes_below(size_t n)
{
    return lut_mask(n < LUT_LANES ? (1u << n) - 1 : 0xffff);
}

/* sum[slot of the run][vector] of the batch, n >= 1; 0 past the last candidate. */
void LUT_OF_SET(lut_correlate)(lut_f *sum, const lut_run *r);

#endif
