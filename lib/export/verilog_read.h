/* The way back: reads exactly the Verilog that lib/export/verilog*.c writes into a netlist of
 * single bits, and evaluates it 64 samples at a time.  It shares no code with the writer, so
 * that a wire, table or constant that is wrong in the files is wrong here.
 *
 * Register stages are wires: what comes out for an input is asked, not when; but their numbers
 * have to add up to the parameters of the top module, whatever these are, and valid and ready
 * are read like data.
 *
 * What is outside the subset is refused with file and line: LUT_EFORMAT.  One owner; no locks.
 */
#ifndef LUT_EXPORT_VERILOG_READ_H
#define LUT_EXPORT_VERILOG_READ_H

#include "lib/export/export.h"

typedef struct verilog_source {
    const char *name; /* of the file, for messages */
    const char *text; /* ended by 0 */
} verilog_source;

/* Kinds of bits; nobody drives those that are free. */
enum { VERILOG_FREE, VERILOG_INPUT, VERILOG_TABLE, VERILOG_CONSTANT };

/* A bit: constant, input, or table of at most six others. */
typedef struct verilog_net {
    uint64_t tt;
    uint32_t in[6];   /* input 0 is the most significant bit of an address */
    uint8_t k, kind;
} verilog_net;

typedef struct verilog_bus {
    uint32_t *net; /* [width], bit 0 first; owned by the model */
    uint32_t width;
} verilog_bus;

typedef struct verilog_model {
    verilog_net *net;     /* [nnets]; 0 and 1 are the constants; owned */
    uint32_t nnets;
    uint32_t *order;      /* [norder] what the outputs need, sources first; owned */
    uint32_t norder;
    verilog_bus input, klass, score; /* s_data, m_class, m_score */
    verilog_bus valid, ready;   /* m_valid, s_ready; the latter of no bits without handshake */
    verilog_bus valid_in, ready_in; /* s_valid, m_ready; likewise */
    verilog_bus *between; /* [nbetween] what each block hands to the next: those of `top`
                             named d0 and so on, or d0_0, d0_1, ... bit by bit; owned */
    uint32_t nbetween;
    uint32_t latency;     /* registers in a row, by the parameters of the top module */
    uint32_t luts;        /* instances of LUT1 .. LUT6 */
} verilog_model;

/* LUT_ENOMEM; LUT_EFORMAT: text outside the subset, names that are missing, bits that nobody
 * or two drive, loops, widths that differ, sets that differ. */
lut_status verilog_read(
    verilog_model *m,             /* owned: verilog_model_fini; zeroed on failure */
    const verilog_source *source, /* [n] */
    size_t n,
    const char *top,              /* module */
    lut_err *err
);
void verilog_model_fini(verilog_model *m); /* accepts a zeroed struct */

/* value [nnets]: the caller has set those of the inputs (of a bus in `between` after
 * verilog_cut); sets the others. */
void verilog_eval(const verilog_model *m, uint64_t *value);

/* Set `order` to what the buses need.  LUT_EFORMAT: bits without a driver, loops. */
lut_status verilog_order(verilog_model *m, const verilog_bus *wanted, size_t nwanted,
                         lut_err *err);

/* Make the nets of a bus inputs, so that what follows is looked at alone. */
lut_status verilog_cut(verilog_model *m, const verilog_bus *bus, const verilog_bus *wanted,
                       size_t nwanted, lut_err *err);

#endif
