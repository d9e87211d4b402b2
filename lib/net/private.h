/* What net.c (weights), space.c (memory of a batch), walk.c and pass.c (activations) and
 * update.c share. */
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
    bool sampled;      /* outputs are made sample by sample of logits, not by a sigmoid on top:
                          noise, or hard modes on real inputs */
    const lut_param_ops *param;
    const lut_map_ops *map;
    const void *map_cfg;
    bool sinks;        /* somebody wants gradients of its inputs */
    bool half_out;     /* outputs are kept as halves */
    lut_tiles tiles;
    lut_f *state;      /* lut_tiles_update.state */
    uint32_t *wire;    /* [slots] */
    uint32_t *own;     /* [slots]: 0, 1, 2, ...: rows of slots; learnable mappings only */
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
    uint32_t *vote;    /* [luts of the last layer]: class of each */
    float tau, offset, grad_factor;
    lut_layer *layer;
    float *weights;
    size_t nweights;
    uint32_t *candidates;
    size_t ncandidates;
    lut_penalty *flip; /* [nflips]: penalties on outputs, the same for all layers */
    size_t nflips;
    bool half;         /* halves are asked for and can be had */
    float *table;      /* entries of a whole layer, and ... */
    double *gram;      /* ... their Gram matrix, for principal directions; or NULL */
    float clip_norm;
};

/* What one LUT at a time needs for the samples of a plane. */
typedef struct lut_scratch {
    float *row;                 /* [plane] */
    float *reals[LUT_MAX_K];    /* [plane] each: inputs that were bits */
    uint64_t *bits[LUT_MAX_K];  /* [plane / 64] each: inputs that were reals */
} lut_scratch;

/* Rows kept for the whole batch, because a learnable mapping reads them after the pass. */
typedef struct lut_kept {
    lut_signal out; /* of the layer below */
    float *dslot;   /* [slots][most]; NULL: on the desks, slots learn at once */
} lut_kept;

/* What a thread has to itself: scratch, and gradients of a tile that is updated at once. */
typedef struct lut_desk {
    lut_scratch scratch;
    float *grad;  /* [LUT_LANES][largest grad_width] */
    float *dslot; /* [slots of a tile][most]: where slots learn at once */
} lut_desk;

struct lut_ws {
    lut_arena arena;
    lut_exec exec;
    size_t capacity, plane, ndesks;
    size_t row;     /* room of a row of a plane, in floats; how far apart rows are is
                       lut_plane.row */
    bool tight;     /* rows end with the vector of the last sample, else after `row` */
    size_t most;    /* samples that have room, a multiple of LUT_LOSS_BLOCK */
    bool at_once;   /* a batch is one plane, and nothing stands between a tile's gradient and
                       its update: layers without grad are updated tile by tile, slots of
                       the first layer's learnable mapping along with them */
    lut_ws *mate;   /* [nmates]: for threads that take planes whole, each with rows, gradients
                       and a desk of its own but mate[0], which has those of this one.  Then a
                       plane is one block of every sum, and gradients of the mates, added in
                       the order of their planes, are those of one thread */
    size_t nmates;  /* 0: threads share out each plane */
    lut_bits input;
    float *value; /* [features][capacity] of the inlet, 0 past the batch */
    uint16_t *label;
    double *loss;   /* of each LUT_LOSS_BLOCK */
    double *square; /* of gradients, by tile or slot; clipping only */
    uint32_t *word; /* of the layer that is updated: lut_choice.word */
    lut_signal out[LUT_MAX_LAYERS];  /* see lut_plane_rows; unless the layer's rows are kept for the batch */
    float *grad[LUT_MAX_LAYERS];     /* [tiles], as lut_tile_gradient; NULL: on the desks */
    float *mixed[LUT_MAX_LAYERS];    /* [slots][row], of mixtures */
    float *flip[LUT_MAX_LAYERS];     /* as grad, of penalties on outputs, if any */
    float *dx[2];                    /* [widest][row] */
    float *logits;                   /* [classes][row] */
    float *dthreshold;               /* [inputs]: sums of thresholds, by the row that each
                                        makes: those of a shared set would mix rows plane by
                                        plane */
    lut_desk *desk;                  /* [ndesks] */
    lut_kept kept[LUT_MAX_LAYERS];
    uint32_t *tile_row; /* [slots of the first layer]: rows of desk.dslot; NULL: none learn at
                           once */
};

/* The tables made from now on are for the step after `steps`. */
void lut_net_next_noise(lut_net *net, uint64_t steps);

/* ---- wiring.c ---- */

/* Sizes of a layer's mapping; inputs, luts and k are set.  LUT_EINVAL: cannot be wired. */
lut_status lut_wiring_shape(lut_layer *l, const lut_layer_cfg *c, lut_err *err);
void lut_wiring_place(lut_layer *l, lut_arena *a, bool below, const lut_layer_cfg *c,
                      size_t lines);
/* group: LUTs that may change places among themselves; 1: none. */
lut_status lut_wiring_init(const lut_layer *l, uint32_t index, uint64_t seed, size_t group,
                           lut_err *err);

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

/* ---- space.c ---- */

/* lut_ws_create with planes of so many samples; 0: chosen.  No more than the capacity, rounded
 * up to a multiple of LUT_BLOCK; a multiple of the block of every layer's sums (lut_block) and,
 * where there are rows of bits above the first layer, learnable mappings, learnt thresholds or
 * layers that are not quick, of LUT_BLOCK. */
lut_status lut_ws_create_planes(lut_ws **ws, const lut_net *net, size_t capacity,
                                size_t plane, const lut_exec *exec, lut_err *err);

/* ---- pass.c ---- */

/* Samples rows[0 .. n - 1] (first .. first + n - 1 where rows is NULL), n <= ws->most, to the
 * rows of inputs and the labels. */
void lut_batch_load(const lut_net *net, lut_ws *ws, const lut_samples *s, const uint32_t *rows,
                    size_t first, size_t n);

/* ---- walk.c: a layer and a plane ---- */

/* Where a plane is in the batch. */
typedef struct lut_plane {
    const lut_net *net;
    const lut_ws *ws;
    size_t first, n; /* samples */
    size_t batch;    /* of all planes */
    size_t row;      /* floats from one row to the next: lut_plane_row */
} lut_plane;

/* Of a plane of n samples. */
size_t lut_plane_row(const lut_ws *ws, size_t n);

/* Whether samples meet the layer by kernels of whole layers; else LUT by LUT. */
bool lut_layer_is_quick(const lut_layer *l);

void lut_plane_forward(const lut_plane *p);

/* What becomes of a tile whose gradient is complete; grad: lut_tile_gradient.loss.  dslot: of its
 * slots, [LUT_LANES * k][ws->most], where they learn at once; else NULL. */
typedef void (*lut_tile_fn)(void *arg, uint32_t layer, size_t tile, const float *grad,
                            const float *dslot);

/* Gradients of the logits in ws->logits go down: to ws->grad and ws->flip, or tile by tile to
 * fn (NULL: none is at_once). */
void lut_plane_backward(const lut_plane *p, lut_tile_fn fn, void *arg);

lut_signal lut_plane_rows(const lut_plane *p, int layer);

/* ---- update.c ---- */

/* Slots of a learnable mapping with their batch, and what choice names. */
typedef struct lut_slots {
    lut_choice choice;
    lut_redraw redraw;
    lut_bits bits;
    lut_rows rows;
} lut_slots;

typedef struct lut_update {
    lut_net *net;
    lut_ws *ws;
    size_t n; /* samples of the batch */
    const lut_opt_step *step;
    const float *clip;
    lut_slots slots; /* of the first layer, where they learn at once */
} lut_update;

/* Before the batch's backward pass, its inputs being there. */
void lut_update_begin(lut_update *u);

/* lut_tile_fn: arg is a lut_update. */
void lut_update_tile(void *arg, uint32_t layer, size_t tile, const float *grad,
                     const float *dslot);

/* What the backward pass left to do. */
void lut_update_rest(lut_update *u);

/* Whether a learnable mapping above reads the outputs of the layer after the pass. */
static inline bool lut_rows_are_kept(const lut_net *net, uint32_t layer)
{
    return layer + 1 < net->nlayers && net->layer[layer + 1].candidates;
}

#endif
