/* Everything that becomes hardware, as data: what cost counts and writers of Verilog print.
 *
 *   inputs -> encoder -> core (mapped LUT layers) -> a popcount for each class -> argmax
 *
 * Registers stand where the pipeline says; the core is mapped so that no LUT reaches across
 * those between layers.  Plain data; functions are pure; no locks.
 */
#ifndef LUT_CIRCUIT_DESIGN_H
#define LUT_CIRCUIT_DESIGN_H

#include "lib/circuit/argmax.h"
#include "lib/circuit/encoder.h"
#include "lib/circuit/popcount.h"

/* Numbers of registers in a row, each 0 or more. */
typedef struct lut_pipeline {
    uint32_t encoder;               /* behind the encoded bits */
    uint32_t layer[LUT_MAX_LAYERS]; /* behind each layer of the circuit */
    uint32_t popcount; /* the first behind the scores, the second before the additions, the
                          third behind the first compressors; more of them behind the scores */
    uint32_t output;                /* behind class and scores */
} lut_pipeline;

/* One register behind encoder, last layer, scores and class: what columns of results tell. */
void lut_pipeline_default(lut_pipeline *p, uint32_t nlayers);

/* For lut_netlist_map and _depth: layers behind which registers stand. */
uint64_t lut_pipeline_cuts(const lut_pipeline *p, uint32_t nlayers);

typedef struct lut_design {
    lut_pipeline pipeline;
    uint32_t nlayers;
    uint64_t cuts;           /* of the core */
    bool has_encoder;
    lut_encoder_net encoder; /* output i is input i of the core; zeroed without an encoder */
    lut_netlist core;
    lut_popcount *popcount;  /* [core.classes]; owned */
    unsigned width;          /* bits of every score */
    lut_netlist argmax;      /* input c * width + b is bit b of score c */
} lut_design;

lut_status                /* LUT_OK, LUT_ENOMEM, LUT_EINVAL as lut_encoder_net_make */
lut_design_make(
    lut_design *d,        /* owned: lut_design_fini; zeroed on failure */
    const lut_circuit *c, /* one that lut_circuit_check accepts; its inputs are the encoded
                             bits of all features */
    const lut_encoder *e, /* features * bits == c->inputs; NULL: from encoded bits on */
    const lut_pipeline *pipeline,
    lut_err *err
);
void lut_design_fini(lut_design *d); /* accepts a zeroed struct */

#endif
