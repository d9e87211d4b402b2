/* A compute back end: kernels, plug-ins and passes over tiles for one instruction set.
 * All back ends give the same bytes; which one runs is chosen at run time.  Functions keep no
 * state: any threads at once, on different tiles or slots.
 *
 * Parametrizations, mappings, sweeps and reports never see which one runs.  What does is
 * lib/net/walk.c, which walks layers on memory of the host: a device (CUDA) is
 * another walk behind lut_net_step and lut_net_score, with plug-ins compiled for it.
 */
#ifndef LUT_NET_BACKEND_H
#define LUT_NET_BACKEND_H

#include "lib/kern/kern.h"
#include "lib/map/map.h"
#include "lib/optim/optim.h"
#include "lib/param/param.h"
#include "lib/regul/regul.h"

/* A regulariser of a layer's tables or weights, or of outputs. */
typedef struct lut_penalty {
    const lut_regul_ops *ops;
    const void *cfg;
    float scale;      /* of the derivatives of its parts */
    float *direction; /* [2^k]: of ops->principal, else NULL */
} lut_penalty;

/* A layer as a pass over its tiles sees it: 16 LUTs side by side, tile after tile. */
typedef struct lut_tiles {
    const lut_param_ops *param;
    const void *param_cfg;
    lut_form form;           /* of the parametrization with these options */
    const lut_step *now;
    uint32_t layer;          /* noise is drawn by its number */
    unsigned k;
    bool field;            /* samples meet `field` of the parametrization, not tables */
    bool in_lanes;         /* gradients arrive as lookup_backward_luts leaves them */
    size_t luts;           /* lanes past the last one hold zero weights */
    size_t nweights, nsaved; /* of a LUT: of the parametrization at this rank */
    lut_f *w;              /* [tiles][nweights] */
    const float *anchor;   /* [nweights]: residual start that decay pulls to; NULL: 0 */
    lut_f *saved;          /* [tiles][nsaved] */
    /* Tables as the kernels read them, [luts][2^k]; NULL where the layer has no use: */
    float *coef;           /* monomial basis: real inputs */
    float *value;          /* entries, squashed, but logits while outputs take noise:
                              bits in, reals out */
    float *slope;          /* differences are the input gradient: bits in */
    float *gain;           /* slope of the squash at the corner: bits in, sigmoid; ... */
    lut_f *lane_gain;      /* ... the same [tiles][2^k] where in_lanes */
    uint64_t *tt;          /* [luts][lut_table_words(k)]: bits out */
    lut_penalty *penalty;  /* [npenalties]: of tables and weights */
    size_t npenalties;
} lut_tiles;

/* What an update needs besides. */
typedef struct lut_tiles_update {
    const lut_optim_ops *optim;
    const void *optim_cfg;
    const lut_opt_step *step;
    lut_moments moments;
    lut_f *state;              /* [tiles][nweights][lines], lut_moments_lines of them */
    const float *clip;         /* factor of all gradients; NULL: 1 */
} lut_tiles_update;

/* What arrives at a tile, from its first LUT on: gradients of coef or of entries
 * [luts][2^k], or [2^k][16] aligned to 64 bytes where in_lanes; of weights [luts][nweights]
 * where `field`. */
typedef struct lut_tile_gradient {
    const float *loss;
    const float *flip; /* of penalties on outputs; NULL: none */
} lut_tile_gradient;

/* New candidates for the lightest ones of each slot, after an update. */
typedef struct lut_redraw {
    size_t count; /* candidates of a slot that are replaced */
    size_t pool;  /* inputs that are drawn for them, 1 .. LUT_MAX_POOL */
    float margin; /* a newcomer's weight is this much below the slot's largest */
    lut_rng rng;  /* of layer and step; sub-stream: slot */
} lut_redraw;

enum { LUT_MAX_POOL = 1024 };

/* Slots of a learnable mapping, C candidates each, padded to a multiple of 16.  Candidates,
 * weights and the optimizer's state are all that training changes: wires and shares follow
 * from them.  Weights and state past the candidates are 0. */
typedef struct lut_choice {
    lut_map_kind kind;
    size_t inputs, candidates, padded;
    uint32_t *candidate; /* [slots][candidates]; NULL: candidate i is input i */
    float *weight;       /* [slots][padded] */
    void *state;         /* [slots][padded / 16][lines] of 64 bytes: lut_moments_lines */
    float *share;        /* [slots][padded]: softmax of the weights over the temperature, 0
                            where it cannot matter; NULL where nobody reads it */
    uint32_t *wire;      /* [slots] */
    float temperature;   /* of the softmax */
    /* The batch, for an update: */
    float next_temperature; /* of the shares that the update leaves behind */
    const lut_bits *bits; /* rows the candidates name, of the whole batch; ... */
    const lut_rows *rows; /* ... one of the two is set */
    uint32_t *word; /* [ceil(n / 32)][inputs to a multiple of 16]: of bits; bit s % 32 is
                       sample s.  By lut_choice_words before an update */
    const float *dslot;   /* [slots from dslot_first on][ld]: gradient arriving at each slot,
                             0 past n */
    size_t dslot_first;
    size_t ld, n;         /* n >= 1: samples of the batch */
    const lut_redraw *redraw; /* NULL: candidates stay */
} lut_choice;

/* Input that candidate i of a slot means. */
static inline uint32_t lut_choice_input(const lut_choice *c, size_t slot, size_t i)
{
    return c->candidate ? c->candidate[slot * c->candidates + i] : (uint32_t)i;
}

/* Values of c->word for batches of that many samples. */
size_t lut_choice_room(size_t inputs, size_t samples);

/* c->word from c->bits, once a batch; nothing to do for reals. */
void lut_choice_words(const lut_choice *c);

typedef struct lut_backend {
    const char *name;
    const lut_kernels *kern;
    const lut_param_ops *const *param; /* order of lut_param_table_scalar */
    const lut_optim_ops *const *optim; /* order of lut_optim_table_scalar */
    const lut_regul_ops *const *regul; /* order of lut_regul_table_scalar */

    /* Tables of one tile from its weights. */
    void (*refresh)(const lut_tiles *t, size_t tile);
    /* Entries of one tile without noise: to q[luts][2^k], from LUT 0 on. */
    void (*entries)(const lut_tiles *t, size_t tile, float *q);
    /* s[LUT_LANES]: parts of a penalty of the tile's LUTs, 0 past the last one. */
    void (*penalty)(const lut_tiles *t, const lut_penalty *p, size_t tile, float *s);
    /* dw[nweights]: gradient of one tile's weights, with penalties, not clipped. */
    void (*gradient)(const lut_tiles *t, const lut_tile_gradient *g, size_t tile, lut_f *dw);
    /* Gradient, optimizer, projection, tables: one tile in one pass. */
    void (*update)(const lut_tiles *t, const lut_tiles_update *u, size_t tile,
                   const lut_tile_gradient *g);
    /* Truth tables of one tile of a parametrization with a field, from its values at the
     * corners: tt[luts][lut_table_words(k)], from LUT 0 on. */
    void (*corners)(const lut_tiles *t, size_t tile, uint64_t *tt);
    /* Logits z[n] of LUT m on real inputs x[k][n], and gradients: adds to grad[nweights] and,
     * unless NULL, and, unless dx is NULL, to the rows dx[k].  Rows as in lib/kern/kern.h. */
    void (*field)(const lut_tiles *t, size_t m, float *z, const float *const *x, size_t n);
    void (*field_backward)(const lut_tiles *t, size_t m, float *grad, float *const *dx,
                           const float *g, const float *const *x, size_t n);
    /* Wire and share of slots begin .. end - 1 from their weights. */
    void (*choose)(const lut_choice *c, size_t begin, size_t end);
    /* square[slot] = sum of squares of the gradient of each slot's weights, not clipped. */
    void (*square)(const lut_choice *c, size_t begin, size_t end, double *square);
    /* Gradient and optimizer, then choose: the gradient is never stored. */
    void (*learn)(const lut_choice *c, const lut_tiles_update *u, size_t begin, size_t end);
    /* y[s] = sum of share * input over the candidates of a slot, for n samples of bits or
     * rows; written to the end of the last vector of 16. */
    void (*mix)(const lut_choice *c, size_t slot, float *y, size_t n);
    /* Adds share * d[s] to the row of each candidate, rows of `below` being ld apart. */
    void (*spread)(const lut_choice *c, size_t slot, float *below, size_t ld,
                   const float *d, size_t n);
} lut_backend;

/* One for each set, where it is built. */
extern const lut_backend lut_backend_scalar, lut_backend_avx2, lut_backend_avx512;

/* By name; NULL: no such set in this build or on this machine.  name NULL: the best. */
const lut_backend *lut_backend_find(const char *name);

/* Kernel set that circuits are to run on beside it (lut_circuit_accuracy_on): its own; NULL where
 * that is the best one. */
const char *lut_backend_kernels(const lut_backend *b);

/* Those that run here, scalar first, NULL-ended. */
const lut_backend *const *lut_backends(void);

#endif
