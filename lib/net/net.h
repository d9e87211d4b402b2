/* A network of LUT layers under a group-sum head: weights, wiring, gradients.
 *
 * Inputs are bits.  Layers emit bits (parametrizations that look up, hard sampling) or
 * reals in [0, 1]; the first layer always, and later layers after bits, are look-ups.
 * Output o of the last layer votes for class o / ceil(luts / classes); logits are votes
 * over tau; the loss is cross-entropy (math.md 10.1, 10.2).
 *
 * After creation nothing allocates.  Results depend on configuration and seed alone: not
 * on threads, the back end or the cache.  A net has one user at a time; a work space
 * belongs to one net.
 */
#ifndef LUT_NET_NET_H
#define LUT_NET_NET_H

#include "lib/base/exec.h"
#include "lib/circuit/circuit.h"
#include "lib/net/backend.h"

typedef struct lut_layer_cfg {
    uint32_t luts, k;
    size_t param;           /* index in lut_param_table_scalar */
    const void *param_cfg;  /* its options; copied */
    const lut_map_ops *map;
    const void *map_cfg;    /* its options; copied */
} lut_layer_cfg;

typedef struct lut_net_cfg {
    size_t inputs;              /* encoded bits of a sample */
    uint32_t classes, nlayers;
    const lut_layer_cfg *layer; /* [nlayers]; copied */
    float tau;                  /* > 0 */
    lut_sampling sampling;
    float temperature;          /* > 0 */
    lut_init init;
    size_t optim;               /* index in lut_optim_table_scalar */
    const void *optim_cfg;      /* copied */
} lut_net_cfg;

typedef struct lut_net lut_net;
typedef struct lut_ws lut_ws;

lut_status lut_net_create(
    lut_net **net,             /* owned: lut_net_destroy */
    const lut_net_cfg *cfg,
    const lut_backend *backend,
    uint64_t seed,             /* of wiring and initial weights */
    lut_err *err
);
void lut_net_destroy(lut_net *net);

/* Trainable values: weights of LUTs and of learnable mappings, without padding. */
size_t lut_net_parameters(const lut_net *net);

/* All weights as one vector, padding included; borrowed.  After writing to it call
 * lut_net_refresh. */
float *lut_net_weights(lut_net *net, size_t *n);

/* Tables and wires from the weights. */
void lut_net_refresh(lut_net *net, const lut_exec *exec);

/* Weights of one LUT, in the parametrization's order; for tests.  w: [nweights]. */
size_t lut_net_lut_weights(const lut_net *net, uint32_t layer, uint32_t lut, float *w);
void lut_net_set_lut_weights(lut_net *net, uint32_t layer, uint32_t lut, const float *w);

/* Wires of a layer, [luts][k]; borrowed.  Writing them is for tests. */
uint32_t *lut_net_wires(lut_net *net, uint32_t layer);

/* Work space for up to `capacity` samples at a time. */
lut_status lut_ws_create(lut_ws **ws, const lut_net *net, size_t capacity,
                         const lut_exec *exec, lut_err *err);
void lut_ws_destroy(lut_ws *ws);

/* Sums over the samples seen. */
typedef struct lut_score {
    double loss;      /* cross-entropy, nats; may be NaN: a result, not an error */
    size_t correct;
    size_t samples;
} lut_score;

/* Forward over samples rows[0 .. n - 1] (first .. first + n - 1 where rows is NULL). */
void lut_net_score(const lut_net *net, lut_ws *ws, lut_score *score, const lut_samples *s,
                   const uint32_t *rows, size_t first, size_t n);

/* One step: forward, backward, optimizer; n <= capacity.  The score is of the weights
 * before the step.  step->lr is the caller's; its counters advance here. */
void lut_net_step(lut_net *net, lut_ws *ws, lut_score *score, const lut_samples *s,
                  const uint32_t *rows, size_t n, lut_opt_step *step);

/* Logits of the last plane passed forward are not kept: gradients replace them.  This one
 * gives the votes over tau of n <= capacity samples, [classes][ld], for tests and tools. */
void lut_net_logits(const lut_net *net, lut_ws *ws, float *logits, size_t ld,
                    const lut_samples *s, size_t first, size_t n);

/* The discrete network. */
lut_status lut_net_harden(lut_circuit *c, const lut_net *net, lut_err *err);

#endif
