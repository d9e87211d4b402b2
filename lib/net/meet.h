/* How samples meet one LUT of a layer: the choice of kernels that layers and cells share.
 * Private to lib/net. */
#ifndef LUT_NET_MEET_H
#define LUT_NET_MEET_H

#include "lib/net/private.h"

/* Input rows of a LUT from the first sample of a plane on: floats or bits. */
typedef union lut_wires {
    const float *f[LUT_MAX_K];
    const uint64_t *b[LUT_MAX_K];
} lut_wires;

/* One LUT and the samples of a plane. */
typedef struct lut_meeting {
    const lut_backend *backend;
    const lut_layer *l;
    size_t m;              /* the LUT */
    lut_scratch *scratch;
    size_t first, n;       /* place of the plane in its batch: noise goes by it; samples */
    /* The same for all LUTs of the layer, from lut_meet_start: */
    bool noisy;            /* outputs take noise now */
    bool squashed;         /* tables hold what comes out */
    bool plain;            /* soft sigmoid of reals: its derivative follows from its value */
} lut_meeting;

/* A meeting of a layer with a plane; m, the LUT, is the caller's. */
lut_meeting lut_meet_start(const lut_backend *backend, const lut_layer *l,
                           lut_scratch *scratch, size_t first, size_t n);

/* Sizes and paths of a layer: luts, k, inputs, tiles of it.  bits_in: what its inputs are;
 * wants_dx: somebody asks for gradients of the inputs; sampling: in training; quick: kernels of
 * whole layers may be used. */
void lut_meet_shape(lut_layer *l, const lut_param_ops *param, const void *param_cfg,
                    lut_sampling sampling, bool bits_in, bool wants_dx, bool quick);

/* Memory of the layer's tables and weights' companions; run twice, first with a planning
 * arena.  param_cfg is copied. */
void lut_meet_place(lut_layer *l, lut_arena *a, const void *param_cfg);

/* Memory of a scratch for planes of that many samples. */
void lut_scratch_place(lut_scratch *s, lut_arena *a, size_t plane);

/* Outputs to the row y, or to b where the layer's outputs are bits. */
void lut_meet_forward(const lut_meeting *t, float *y, uint64_t *b, const lut_wires *x);

/* Adds to grad[grad_width] of the LUT and, unless dx is NULL, to the rows dx[k].  y: the
 * outputs, where they are floats. */
void lut_meet_backward(const lut_meeting *t, float *grad, float *const *dx, const float *g,
                       const float *y, const lut_wires *x);

/* The same for weight * R of a penalty on outputs, of `batch` samples in all: adds to *value
 * (NULL: nobody asks), to grad and to dx. */
void lut_meet_flip(const lut_meeting *t, const lut_penalty *p, size_t batch, double *value,
                   float *grad, float *const *dx, const lut_wires *x);

/* Truth tables of a tile from its weights: tt[its LUTs][lut_table_words(k)], all written. */
void lut_meet_harden(const lut_backend *backend, const lut_layer *l, size_t tile,
                     uint64_t *tt);

/* Weights of LUT m lie LUT_LANES apart from here on. */
static inline float *lut_first_weight(const lut_layer *l, size_t m)
{
    return (float *)(l->tiles.w + m / LUT_LANES * l->tiles.nweights) + m % LUT_LANES;
}

void *lut_arena_copy(lut_arena *a, const void *from, size_t size);

#endif
