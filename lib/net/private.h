/* What net.c (weights) and pass.c (activations) share. */
#ifndef LUT_NET_PRIVATE_H
#define LUT_NET_PRIVATE_H

#include "lib/base/arena.h"
#include "lib/net/net.h"

enum { LUT_MAX_PARTS = 4 }; /* private gradients: part of the numerics */

typedef struct lut_layer {
    uint32_t luts, k;
    size_t inputs, slots, ntiles, entries;
    bool bits_in, bits_out;
    const lut_param_ops *param;
    const lut_map_ops *map;
    lut_tiles tiles;
    lut_f *state;
    uint32_t *wire;    /* [slots] */
    size_t candidates; /* 0: fixed mapping */
    lut_choice choice; /* weights of a learnable mapping */
} lut_layer;

struct lut_net {
    lut_arena arena;
    const lut_backend *backend;
    const lut_optim_ops *optim;
    void *optim_cfg;
    lut_step step;
    size_t inputs;
    uint32_t classes, nlayers, group;
    float tau;
    lut_layer *layer;
    float *weights;
    size_t nweights;
};

#endif
