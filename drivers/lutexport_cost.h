/* What a network takes as hardware, for the description of an export. */
#ifndef DRIVERS_LUTEXPORT_COST_H
#define DRIVERS_LUTEXPORT_COST_H

#include "lib/circuit/circuit.h"
#include "lib/encode/encode.h"
#include "lib/export/export.h"

/* NaN: not known, as the encoder of real inputs and what includes it. */
typedef struct export_cost {
    double encoder, layers, popcount, argmax, total, core; /* LUTs of at most six inputs */
    double flip_flops, levels, stage_levels, latency;
    double area_levels, area_cycles, interval, bram, dsp;
    const char *registers;        /* where they stand, in words; NULL: not said */
    const char *part;             /* device; NULL: none */
    char tool[64], version[64];   /* who found it; "": nobody did, all is missing */
} export_cost;

export_cost export_cost_none(void);

/* The program's own count, on the design that docs/hardware.md describes: where no format
 * says which design is written. */
lut_status export_cost_of(export_cost *out, const lut_circuit *c, const lut_encoder *e,
                          lut_err *err);

/* The same of the Verilog that is written with these options. */
lut_status export_cost_emitted(export_cost *out, const void *cfg, const lut_export_design *d,
                               lut_err *err);

#endif
