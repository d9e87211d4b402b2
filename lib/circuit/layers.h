/* What training has left of each layer: shares of LUTs that are none as hardware.  Pure
 * function. */
#ifndef LUT_CIRCUIT_LAYERS_H
#define LUT_CIRCUIT_LAYERS_H

#include "lib/circuit/circuit.h"

/* LUTs of a layer, each in the first of these that holds, once what it reads is simplified. */
typedef struct lut_layer_look {
    uint32_t luts;     /* the sum of the others */
    uint32_t constant;
    uint32_t wire;     /* one of its inputs */
    uint32_t inverter; /* the inverse of one */
    uint32_t same;     /* a LUT that is there already, in this layer or an earlier one, or its
                          inverse */
    uint32_t dead;     /* no vote depends on it through wires of what is left */
    uint32_t left;     /* what remains: before mapping, which joins some of them */
} lut_layer_look;

/* as: as for lut_netlist_simplify. */
lut_status                 /* LUT_OK, LUT_ENOMEM, or LUT_EINVAL as lut_netlist_from */
lut_circuit_layers(
    lut_layer_look *look,  /* [c->nlayers] */
    const lut_circuit *c,
    const uint32_t *as,    /* [c->inputs]; NULL: encoded bits stand for themselves */
    lut_err *err
);

#endif
