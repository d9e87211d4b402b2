/* What a network takes as hardware, for the description of an export. */
#ifndef DRIVERS_LUTEXPORT_COST_H
#define DRIVERS_LUTEXPORT_COST_H

#include "lib/circuit/circuit.h"
#include "lib/circuit/design.h"
#include "lib/encode/encode.h"
#include "lib/export/export.h"

/* NaN: not known, as the encoder of real inputs and what includes it. */
typedef struct export_cost {
    double encoder, layers, popcount, argmax, total, core; /* LUTs of at most six inputs */
    double sites;                 /* of LUTs, two small ones in one: vendors' counts */
    double comparators, adders;   /* distinct thresholds; bits of carry chains, in popcount */
    double nand2;                 /* of the layers before mapping */
    double flip_flops, levels, stage_levels, latency;
    double area_levels, area_cycles, interval, bram, dsp;
    bool area_core;               /* the encoder is not in area_...: it is not known */
    const char *format;           /* that the design is of; NULL: none */
    char registers[160];          /* where they stand, in words; "": not said */
    const char *part;             /* device; NULL: none */
    char tool[64], version[64];   /* who found it; "": nobody did, all is missing */
} export_cost;

export_cost export_cost_none(void);

/* What is counted: the design that is written, or that of docs/hardware.md where no format is
 * hardware. */
typedef struct export_plan {
    lut_export_hardware hw;
    const char *format;  /* NULL: none is hardware, it is that of the row */
    char registers[160]; /* where they stand, in words */
} export_plan;

/* The program's own count. */
lut_status export_cost_of(export_cost *out, const export_plan *plan, const lut_circuit *c,
                          const lut_encoder *e, lut_err *err);

#endif
