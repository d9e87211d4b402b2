/* What net.c (weights), space.c (memory of a batch) and pass.c (activations) share. */
#ifndef LUT_NET_PRIVATE_H
#define LUT_NET_PRIVATE_H

#include "lib/base/arena.h"
#include "lib/net/net.h"

typedef struct lut_layer {
    uint32_t luts, k;
    size_t inputs, slots, ntiles, entries;
    size_t grad_width; /* values of a LUT's partial gradient */
    bool bits_in, bits_out;
    bool looks_up;     /* tables are addressed by bits, of the inputs or made of them */
    bool noisy;        /* outputs take noise in training */
    const lut_param_ops *param;
    const lut_map_ops *map;
    const void *map_cfg;
    lut_tiles tiles;
    lut_f *state;      /* lut_tiles_update.state */
    uint32_t *wire;    /* [slots] */
    size_t candidates; /* 0: fixed mapping */
    lut_choice choice; /* weights of a learnable mapping */
    double *sum;       /* [ntiles]: of the parts of a penalty; NULL: no penalties */
} lut_layer;

/* Learnt thresholds of the inputs; learnt.sets 0: there are none. */
typedef struct lut_inlet {
    lut_learnt learnt;
    size_t features, padded; /* padded: values of d, to whole vectors */
    lut_fixed input;
    float *d;                /* [padded], among the network's weights */
    lut_f *state;            /* [padded / 16 * nstate] */
    lut_f *grad;             /* [padded / 16]: of d */
    float *sum;              /* [sets][count] */
    float *threshold, *edge; /* [sets][count]: of d; what values are compared with */
} lut_inlet;

struct lut_net {
    lut_arena arena;
    lut_inlet inlet;
    const lut_backend *backend;
    const lut_optim_ops *optim;
    void *optim_cfg;
    lut_moments moments;
    lut_step step;
    lut_sampling sampling; /* in training */
    bool training;         /* mode: mixtures of candidates, not the heaviest */
    uint64_t seed;
    size_t inputs;
    uint32_t classes, nlayers, group;
    float tau, offset, grad_factor;
    lut_layer *layer;
    float *weights;
    size_t nweights;
    uint32_t *candidates;
    size_t ncandidates;
    lut_penalty *flip; /* [nflips]: penalties on outputs, the same for all layers */
    size_t nflips;
    float *table;      /* entries of a whole layer, and ... */
    double *gram;      /* ... their Gram matrix, for principal directions; or NULL */
    float clip_norm;
};

/* Rows of a layer's outputs as one plane sees them: floats or bits, from sample 0 of the
 * plane on. */
typedef struct lut_plane_rows {
    float *f;
    uint64_t *b;
    size_t ld; /* floats, or words */
} lut_plane_rows;

/* What one LUT at a time needs for the samples of a plane. */
typedef struct lut_scratch {
    float *row;                 /* [plane] */
    float *reals[LUT_MAX_K];    /* [plane] each: inputs that were bits */
    uint64_t *bits[LUT_MAX_K];  /* [plane / 64] each: inputs that were reals */
} lut_scratch;

/* Scratch of one part: a share of the batch that one thread handles. */
typedef struct lut_part {
    lut_plane_rows out[LUT_MAX_LAYERS]; /* unless the layer's rows are kept for the batch */
    float *grad[LUT_MAX_LAYERS];        /* [luts][grad_width]: partial gradients */
    float *mixed[LUT_MAX_LAYERS];       /* [slots][plane], of mixtures */
    float *flip[LUT_MAX_LAYERS];        /* the same of penalties on outputs, if any */
    float *dx[2];                       /* [widest][plane] */
    float *logits;                      /* [classes][plane] */
    float *dthreshold;                  /* [inputs]: partial sums of thresholds, by the row
                                           that each makes: those of a shared set would
                                           mix rows plane by plane */
    lut_scratch scratch;
    size_t correct;
} lut_part;

/* Rows kept for the whole batch, because a learnable mapping reads them after the pass. */
typedef struct lut_kept {
    lut_plane_rows out; /* of the layer below */
    float *dslot;       /* [slots][capacity] */
} lut_kept;

struct lut_ws {
    lut_arena arena;
    lut_exec exec;
    size_t capacity, plane, nparts;
    lut_bits input;
    float *value; /* [features][capacity] of the inlet, 0 past the batch */
    uint16_t *label;
    double *loss;   /* of each block */
    double *square; /* of gradients, by tile or slot; clipping only */
    uint32_t *word; /* of the layer that is updated: lut_choice.word */
    lut_part part[LUT_MAX_PARTS];
    lut_kept kept[LUT_MAX_LAYERS];
};

/* The tables made from now on are for the step after `steps`. */
void lut_net_next_noise(lut_net *net, uint64_t steps);

/* ---- wiring.c ---- */

/* Sizes of a layer's mapping; inputs, luts and k are set.  LUT_EINVAL: cannot be wired. */
lut_status lut_wiring_shape(lut_layer *l, const lut_layer_cfg *c, lut_err *err);
void lut_wiring_place(lut_layer *l, lut_arena *a, bool below, const lut_layer_cfg *c,
                      size_t lines);
lut_status lut_wiring_init(const lut_layer *l, uint32_t index, uint64_t seed, lut_err *err);

/* Values of a list of candidates: 0 where there is none. */
size_t lut_wiring_listed(const lut_layer *l);

/* Temperature of a learnable layer's softmax after `steps` steps. */
float lut_wiring_temperature(const lut_layer *l, uint64_t steps);

/* How candidates change after this step; false: not at all. */
bool lut_wiring_redraw(lut_redraw *out, const lut_layer *l, uint32_t index, uint64_t seed,
                       const lut_opt_step *step);

/* ---- penalty.c ---- */

/* Memory of penalties; run twice, first with a planning arena.  Penalties of another
 * parametrization are refused before. */
lut_status lut_penalties_check(const lut_net *net, const lut_net_cfg *cfg, lut_err *err);
void lut_penalties_place(lut_net *net, const lut_net_cfg *cfg);

/* Factors of the penalties' gradients for the weights as they are. */
void lut_penalties_prepare(lut_net *net, const lut_exec *exec);

/* Whether somebody below the layer wants gradients of its inputs. */
static inline bool lut_has_below(const lut_net *net, uint32_t layer)
{
    return layer > 0 || net->inlet.learnt.sets > 0;
}

/* Whether a learnable mapping above reads the outputs of the layer after the pass. */
static inline bool lut_rows_are_kept(const lut_net *net, uint32_t layer)
{
    return layer + 1 < net->nlayers && net->layer[layer + 1].candidates;
}

#endif
