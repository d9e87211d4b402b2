/* What a design takes, part by part: counted from the structures that are printed, so that
 * counts are those of the emitted netlist.  docs/hardware.md states the conventions.
 *
 * Pure functions.
 */
#ifndef LUT_CIRCUIT_COST_H
#define LUT_CIRCUIT_COST_H

#include "lib/circuit/design.h"

enum { LUT_MAX_STAGES = LUT_MAX_LAYERS + 40 }; /* a tree has a register a level at most */

typedef struct lut_cost {
    /* LUTs: instances of LUT1 .. LUT6; two small ones that could share a site are two. */
    uint32_t encoder, layers, popcount, argmax;
    uint32_t adders;      /* of popcount: bits of carry chains */
    bool knows_encoder;   /* false: real inputs (or no encoder), encoder is 0 */
    uint32_t comparators; /* distinct thresholds */
    /* Flip-flops behind each part: data, and a valid bit for each register in the row. */
    uint32_t ff_encoder, ff_layers, ff_popcount, ff_output;
    /* Levels of LUTs, an addition being one. */
    uint32_t encoder_levels, layer_levels, popcount_levels, argmax_levels;
    uint32_t nstages, stage_levels[LUT_MAX_STAGES]; /* between registers, from the inputs;
                             parts of a stage added up, an upper bound of its longest path */
    uint32_t latency;     /* cycles: registers in a row; 0 for a design without */
} lut_cost;

lut_status lut_cost_of(lut_cost *cost, const lut_design *d, lut_err *err);

/* The parts together.  core: without the encoder. */
uint32_t lut_cost_luts(const lut_cost *c, bool core);
uint32_t lut_cost_flip_flops(const lut_cost *c);
uint32_t lut_cost_levels(const lut_cost *c); /* of all parts */

/* Area-delay products, both dimensionless: LUTs times levels of the deepest stage times
 * cycles (delay in LUT levels), and LUTs times cycles; at least one cycle. */
double lut_cost_area_levels(const lut_cost *c, bool core);
double lut_cost_area_cycles(const lut_cost *c, bool core);

/* Two-input NAND gates for a netlist before mapping: gates of the AND kind are one, of the
 * XOR kind three, inverters none; larger tables are taken apart input by input. */
lut_status lut_cost_nand2(uint64_t *gates, const lut_netlist *n, lut_err *err);

#endif
