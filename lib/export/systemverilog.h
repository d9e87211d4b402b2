/* SystemVerilog of a network: a top module that connects parametrised ones, which are the same
 * for every network.  What the parts of the writer share; docs/systemverilog.md has ports,
 * parameters and conventions.
 *
 * Samples, expected scores and the bench are those of Verilog (verilog.h), whose plan of ports
 * is a part of this one.
 */
#ifndef LUT_EXPORT_SYSTEMVERILOG_H
#define LUT_EXPORT_SYSTEMVERILOG_H

#include "lib/export/verilog.h"

/* A file of lib/export/rtl, as it stands there. */
typedef struct systemverilog_file {
    const char *name;        /* without a folder */
    const char *const *line; /* NULL-ended, each with its end */
} systemverilog_file;

extern const systemverilog_file systemverilog_files[]; /* the last has no name */

typedef struct systemverilog_plan {
    verilog_plan ports;
    verilog_cfg cfg;     /* as ports has it */
    uint32_t group;      /* bits that vote for a class, those that are missing included */
    bool compares, codes; /* there are a thermometer, and another code behind it */
} systemverilog_plan;

/* The widest network that iverilog, verilator and yosys take: docs/systemverilog.md has the
 * measurements. */
enum {
    SYSTEMVERILOG_LUTS = 1000, /* in all layers */
    SYSTEMVERILOG_BITS = 1024  /* encoded bits, and thresholds */
};

/* NAME_top.sv. */
void systemverilog_write_top(lut_text *t, const lut_export_out *out, const systemverilog_plan *p);

#endif
