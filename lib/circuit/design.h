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

/* Numbers of registers in a row, each 0 or more, and the form that the votes are added in. */
typedef struct lut_pipeline {
    uint32_t encoder;               /* behind the encoded bits */
    uint32_t layer[LUT_MAX_LAYERS]; /* behind each layer of the circuit */
    uint32_t popcount; /* the first behind the scores, the second before the additions, the
                          third behind the first compressors; more of them behind the scores */
    uint32_t output;                /* behind class and scores */
    bool adder_tree; /* votes are added two by two, not compressed: registers of the popcount
                        are spread evenly over the levels of the tree, the last first */
} lut_pipeline;

/* Places of a network of so many layers at which lut_pipeline_stages can put a register. */
uint32_t lut_pipeline_places(uint32_t nlayers);

/* The first n of the places, one register each:
 *
 *   1 class and scores   2 last layer   3 scores   4 encoder
 *   5 .. nlayers + 3     other layers: of m of them, number i = 1 .. m stands behind layer
 *                        floor(i nlayers / (m + 1)) (from 1), so that what lies between is
 *                        as even as it can be
 *   nlayers + 4, + 5     in the popcount: before the additions, behind the first compressors
 *
 * What is slowest in most networks (popcount and argmax) is cut before the layers, which
 * are a LUT deep each.  adder_tree is left as it is.  LUT_EINVAL: more than there are. */
lut_status lut_pipeline_stages(lut_pipeline *p, uint32_t nlayers, uint32_t n, lut_err *err);

/* The first four of them: what columns of results tell unless they say something else. */
enum { LUT_PIPELINE_DEFAULT = 4 };
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
    lut_popcount *popcount;  /* [core.classes]; owned; NULL: a tree of adders */
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

/* A tree of adders over the votes of a class, as it is printed: level 0 adds pairs of votes,
 * an odd one goes on as it is; at the last level the bias enters.  Levels of the largest
 * class, at least 1; numbers of class c that enter `level`, and bits of each (after the last
 * level: one number of `width` bits). */
unsigned lut_tree_levels(const lut_netlist *core);
uint32_t lut_tree_numbers(const lut_netlist *core, uint32_t c, unsigned level);
unsigned lut_tree_bits(unsigned level, unsigned levels, unsigned width);

#endif
