/* What a network would take as hardware, for the description of an export: counted on the
 * design that docs/hardware.md describes, whatever formats are written. */
#ifndef DRIVERS_LUTEXPORT_COST_H
#define DRIVERS_LUTEXPORT_COST_H

#include "lib/circuit/circuit.h"
#include "lib/encode/encode.h"

/* NaN: not known, as the encoder of real inputs and what includes it. */
typedef struct export_cost {
    double encoder, layers, popcount, argmax, total, core; /* LUTs of at most six inputs */
    double flip_flops, levels, stage_levels, latency;
    double area_levels, area_cycles;
    const char *registers; /* where they stand, in words */
} export_cost;

lut_status export_cost_of(export_cost *out, const lut_circuit *c, const lut_encoder *e,
                          lut_err *err);

#endif
