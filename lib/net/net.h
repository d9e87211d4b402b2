/* A network of LUT layers under a group-sum head: weights, wiring, gradients.
 *
 * Inputs are bits, given or made of values by thresholds that are learnt.  Layers emit bits
 * (hard sampling) or reals; the first layer always, and later layers after bits, are look-ups.
 * Output o of the last layer votes for class o / ceil(luts / classes); logits are (votes +
 * offset) / tau, missing outputs counting 0; the loss is cross-entropy (math.md 10.1, 10.2).
 *
 * After creation nothing allocates.  Results depend on configuration and seed alone: not
 * on threads, the back end or the cache.  A net has one user at a time; a work space
 * belongs to one net.
 */
#ifndef LUT_NET_NET_H
#define LUT_NET_NET_H

#include "lib/base/exec.h"
#include "lib/circuit/circuit.h"
#include "lib/encode/fixed.h"
#include "lib/encode/learnt.h"
#include "lib/net/backend.h"

enum {
    LUT_MAX_REGULS = 16,
    LUT_EVAL_SAMPLES = 256 /* samples at a time where nobody learns */
};

typedef struct lut_layer_cfg {
    uint32_t luts, k;
    size_t param;           /* index in lut_param_table_scalar */
    const void *param_cfg;  /* its options; copied */
    const lut_map_ops *map;
    const void *map_cfg;    /* its options; copied */
} lut_layer_cfg;

/* A regulariser in use: added to the loss with its own weight. */
typedef struct lut_regul_use {
    size_t regul;           /* index in lut_regul_table_scalar */
    const void *cfg;        /* its options; copied */
} lut_regul_use;

/* Thresholds that are trained with the network (lib/encode/learnt.h). */
typedef struct lut_inlet_cfg {
    lut_learnt learnt;          /* origin and scale are copied */
    size_t features;            /* learnt.sets, or of any number one set */
    const float *threshold;     /* [sets][count]: the start */
    lut_fixed input;            /* what thresholds and values are quantised by */
} lut_inlet_cfg;

typedef struct lut_net_cfg {
    size_t inputs;              /* encoded bits of a sample */
    const lut_inlet_cfg *inlet; /* inputs is its features * count: bits are made of the
                                   samples' values; NULL: they are given */
    uint32_t classes, nlayers;  /* 1 .. LUT_MAX_CLASSES, 1 .. LUT_MAX_LAYERS */
    const lut_layer_cfg *layer; /* [nlayers]; copied */
    float tau;                  /* > 0; votes are divided by it ... */
    float offset;               /* ... after this was added to those of each class */
    lut_sampling sampling;      /* in training; a parametrization with one mode has that */
    float temperature;          /* > 0 */
    float grad_factor;          /* > 0: gradients that leave a layer towards its inputs are
                                   multiplied by it (math.md 1.5); usually 1 */
    lut_init init;
    bool anchor_init;           /* weight decay pulls residual weights to their start without
                                   noise instead of to 0 (math.md 0.6) */
    size_t optim;               /* index in lut_optim_table_scalar */
    const void *optim_cfg;      /* copied */
    lut_moments moments;        /* what the optimizer's state is kept as, but for that of
                                   learnt thresholds, which are few */
    const lut_regul_use *regul; /* [nregul]; copied */
    size_t nregul;              /* 0 .. LUT_MAX_REGULS */
    bool half;                  /* keep activations as binary16 between layers where samples
                                   meet them by interpolation; sums and gradients stay float */
    float clip_norm;            /* gradients are scaled down to this norm over all weights,
                                   of LUTs and of mappings (PyTorch's clip_grad_norm_);
                                   0: never */
} lut_net_cfg;

typedef struct lut_net lut_net;
typedef struct lut_ws lut_ws;

lut_status                     /* LUT_OK, LUT_ENOMEM, or LUT_EINVAL: a rank, an
                                  option or a mode that the parametrization does not
                                  have, or a layer that its mapping cannot wire */
lut_net_create(
    lut_net **net,             /* owned: lut_net_destroy; NULL on failure */
    const lut_net_cfg *cfg,    /* values outside their ranges abort: check them before */
    const lut_backend *backend,
    uint64_t seed,             /* of wiring and initial weights */
    lut_err *err
);
void lut_net_destroy(lut_net *net); /* accepts NULL */

/* Trainable values: weights of LUTs and of learnable mappings, without padding. */
size_t lut_net_parameters(const lut_net *net);

/* Kernel set that circuits of it are to run on (lut_circuit_accuracy_on): its back end's; NULL
 * where that is the best one. */
const char *lut_net_kernels(const lut_net *net);

/* All weights as one vector, padding included; borrowed.  After writing to it call
 * lut_net_refresh. */
float *lut_net_weights(lut_net *net, size_t *n);

/* Candidates of the learnable mappings that keep lists of them, as one vector; borrowed.
 * Training may change them with the weights, so save and restore the two together; after
 * writing to them call lut_net_refresh. */
uint32_t *lut_net_candidates(lut_net *net, size_t *n);

/* What the network computes in evaluation, as bytes: weights of LUTs, values of the inlet and the
 * wires of learnable mappings, whose weights may be a hundred times as many.  kept:
 * [lut_net_kept_size]. */
size_t lut_net_kept_size(const lut_net *net);
void lut_net_keep(const lut_net *net, void *kept);

/* The network that computes this again.  Weights of learnable mappings then only say which
 * candidate is the wire (1, the others 0); a wire that is no candidate any more takes the first
 * one's place. */
void lut_net_take_back(lut_net *net, const void *kept, const lut_exec *exec);

/* Sum over layers and regularisers of tables and weights: weight * R, of the weights as they
 * are.  For tests: nothing of it enters a score. */
double lut_net_penalty(lut_net *net, const lut_exec *exec);

/* Tables and wires from the weights. */
void lut_net_refresh(lut_net *net, const lut_exec *exec);

/* What the next passes are.  A new net is in training, before its first step. */
typedef struct lut_mode {
    bool training;     /* else evaluation: no noise */
    float temperature; /* > 0 */
    uint64_t steps;    /* taken so far (lut_opt_step.t): noise is drawn by it */
} lut_mode;

/* Tables are made again where that changes them.  lut_net_step keeps the mode. */
void lut_net_set_mode(lut_net *net, const lut_exec *exec, const lut_mode *mode);

/* Weights of one LUT, in the parametrization's order; for tests.  w: [nweights], the number
 * that the first one returns; after setting any call lut_net_refresh. */
size_t lut_net_lut_weights(const lut_net *net, uint32_t layer, uint32_t lut, float *w);
void lut_net_set_lut_weights(lut_net *net, uint32_t layer, uint32_t lut, const float *w);

/* The same for one slot of a learnable mapping: the number of its candidates, and a weight
 * for each. */
size_t lut_net_slot_weights(const lut_net *net, uint32_t layer, size_t slot, float *w);
void lut_net_set_slot_weights(lut_net *net, uint32_t layer, size_t slot, const float *w);

/* Wires of a layer, [luts][k]; borrowed.  Writing them is for tests. */
uint32_t *lut_net_wires(lut_net *net, uint32_t layer);

/* Learnt thresholds as they are: [features][count].  Only of a net with an inlet. */
void lut_net_thresholds(const lut_net *net, float *threshold);

/* Whether bits follow from values by thresholds that training changes. */
bool lut_net_has_inlet(const lut_net *net);

/* The samples' bits by these thresholds, for circuits. */
void lut_net_encode(const lut_net *net, const lut_exec *exec,
                    uint64_t *x, /* [n][s->ld], all written */
                    const lut_samples *s);

/* Work space of one user of a net.  Where threads may take parts of a batch whole, each has
 * memory for that. */
lut_status              /* LUT_OK or LUT_ENOMEM */
lut_ws_create(
    lut_ws **ws,        /* owned: lut_ws_destroy; NULL on failure */
    const lut_net *net, /* of the shape that the work space is for */
    size_t capacity,    /* samples at a time */
    const lut_exec *exec, /* copied */
    lut_err *err
);
void lut_ws_destroy(lut_ws *ws); /* accepts NULL */

/* Sums over the samples seen. */
typedef struct lut_score {
    double loss;      /* cross-entropy, nats; may be NaN: a result, not an error */
    size_t correct;
    size_t samples;
} lut_score;

/* Forward over samples rows[0 .. n - 1] (first .. first + n - 1 where rows is NULL), any n;
 * adds to the score.  s->inputs is the net's. */
void lut_net_score(const lut_net *net, lut_ws *ws, lut_score *score, const lut_samples *s,
                   const uint32_t *rows, size_t first, size_t n);

/* One step: forward, backward, optimizer; adds to the score, which is of the weights before
 * the step. */
void lut_net_step(
    lut_net *net,
    lut_ws *ws,
    lut_score *score,
    const lut_samples *s,
    const uint32_t *rows, /* [n]; NULL: samples 0 .. n - 1 */
    size_t n,             /* 1 .. capacity; the gradient is the mean over them */
    lut_opt_step *step    /* starts as { .power = { 1, 1 } }; lr is the caller's, the rest
                             advances here */
);

/* Votes over tau of each sample, for tests and tools. */
void lut_net_logits(
    const lut_net *net,
    lut_ws *ws,
    float *logits,        /* [classes][ld], written to the end of the last vector of 16 */
    size_t ld,            /* >= n rounded up to a multiple of LUT_BLOCK */
    const lut_samples *s,
    size_t first,
    size_t n              /* 1 .. capacity */
);

/* The discrete network: wires and truth tables of the weights as they are. */
lut_status                /* LUT_OK or LUT_ENOMEM */
lut_net_harden(
    lut_circuit *c,       /* owned: lut_circuit_fini */
    const lut_net *net,
    lut_err *err
);

/* How far the relaxed network is from the discrete one: of each layer, the share of outputs, over
 * the samples, whose values, rounded, are not the bits of the discrete network.  Both run from
 * the inputs on, the relaxed one in the mode that is set.  Rounded: above 0.5, or above what
 * look-ups of its parametrization take as 1. */
lut_status                   /* LUT_OK or LUT_ENOMEM */
lut_net_differ(
    double *share,           /* [layers]; NaN for no samples */
    const lut_net *net,
    const lut_circuit *c,    /* lut_net_harden of it */
    const lut_samples *s,
    const lut_exec *exec,
    lut_err *err
);

#endif
