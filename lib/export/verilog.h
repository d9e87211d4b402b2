/* Verilog-2005 of a network, and the way back: what the parts of the writer share, the
 * re-parser of what it writes, and the comparison of the two.
 *
 * The design (lib/circuit/design.h) is a chain of combinational blocks, a file each; registers
 * stand between blocks and nowhere else.  Blocks of LUTs are netlists (lib/circuit/netlist.h)
 * cut into stages; the others are a few lines of operators.  Each LUT has a scalar wire of its
 * own, in its block and on the way to the next: simulators are a thousand times slower on bits
 * of one vector that are written one by one, since each change wakes all that read any bit.
 */
#ifndef LUT_EXPORT_VERILOG_H
#define LUT_EXPORT_VERILOG_H

#include "lib/circuit/design.h"
#include "lib/export/text.h"

typedef struct verilog_cfg {
    char encoder[16], popcount[16], handshake[16];
    uint32_t pipe_encoder, pipe_layers, pipe_every, pipe_popcount, pipe_output;
    uint32_t pipeline_stages;         /* in place of those, where all of them are 0 */
    int8_t adder_tree;                /* popcount is "tree", whatever it says */
    uint32_t input_width, input_frac; /* of inputs that were real in training */
    uint32_t rows;                    /* of the test split in the bench; 0: all */
} verilog_cfg;

/* A combinational file NAME_TAG.v: y of x. */
typedef struct verilog_block {
    char tag[16];
    char param[16];      /* PIPE_...: register stages behind it */
    unsigned place, of;  /* it is number `place` of `of` that share them */
    uint32_t nin, nout;  /* bits: scalar ports x0, x1, ... and y0, y1, ... */
    bool vector_in, vector_out; /* or vectors x and y: raw inputs, scores, class */
    const lut_netlist *n; /* NULL: operators */
    uint32_t *in;        /* [nin] signals of n; owned */
    uint32_t *out;       /* [nout] literals of n; owned */
    unsigned stage;      /* of nodes of n */
    const struct verilog_block *last; /* the block of the last stage of n */
} verilog_block;

enum {
    VERILOG_BLOCKS = 2 * LUT_MAX_LAYERS,
    VERILOG_ROWS = 2 /* that the final add of a popcount takes */
};

/* A column of the final add. */
typedef struct verilog_column {
    uint32_t n;                 /* 0 .. VERILOG_ROWS */
    uint32_t at[VERILOG_ROWS];  /* outputs of the votes' netlist; UINT32_MAX: constant one */
} verilog_column;

typedef struct verilog_plan {
    const lut_export_design *d;
    const verilog_cfg *cfg;
    lut_fixed input;     /* width 0: s_data holds encoded bits */
    bool encodes;        /* there is an encoder block */
    uint64_t set;        /* digest of network and options */
    uint32_t in_bits;    /* of s_data */
    uint32_t classes, w, iw; /* and bits of a score, of the class */
    lut_design design;   /* what lut_cost_of counts; no encoder where bits come in */
    lut_netlist votes;   /* signals that vote to columns; all popcounts, without classes */
    uint32_t *bit;       /* [nbits] encoded bits that the core reads; owned */
    uint32_t nbits;
    uint32_t *signal;    /* [nsignals] of core that vote; bit i of what enters votes; owned */
    uint32_t nsignals;
    verilog_column *column; /* [classes][w]; owned */
    verilog_block block[VERILOG_BLOCKS];
    unsigned nblocks, first_pop, npop;
} verilog_plan;

/* lut_export_ops.hardware. */
lut_status verilog_hardware(lut_export_hardware *h, const void *cfg, const lut_export_design *d,
                            lut_err *err);

/* Refuses options that the inputs of the network do not fit: lut_export_ops.check. */
lut_status verilog_check_inputs(const void *cfg, const lut_export_design *d, lut_err *err);

/* The first of a plan, without netlists: inputs, sizes and set, which is all that samples and
 * the bench look at.  Nothing to finish. */
void verilog_plan_ports(verilog_plan *p, const verilog_cfg *cfg, const lut_export_design *d);

/* All that is decided before text is written.  LUT_ENOMEM, LUT_EINVAL: more input bits or
 * classes than fit.  p: owned, verilog_plan_fini; may be finished after a failure too. */
lut_status verilog_plan_make(verilog_plan *p, const verilog_cfg *cfg, const lut_export_design *d,
                             lut_err *err);
void verilog_plan_fini(verilog_plan *p);

/* Votes to columns of at most two: the compressors of lib/circuit/popcount.h.  part 0 are
 * those that read votes. */
lut_status verilog_votes(verilog_plan *p, lut_err *err);

/* The comparison of a threshold: whether it is one, or a constant (0, 1). */
typedef enum verilog_limit { VERILOG_NEVER, VERILOG_ALWAYS, VERILOG_COMPARES } verilog_limit;

/* x_int > T as u > *bound of the unsigned number u, which is x_int with its sign bit
 * inverted where it has one. */
verilog_limit verilog_bound(const lut_fixed *q, float threshold, uint64_t *bound);

void verilog_write_block(lut_text *t, const verilog_plan *p, const verilog_block *b);
void verilog_write_top(lut_text *t, const lut_export_out *out, const verilog_plan *p);
void verilog_write_helpers(lut_text *t, const lut_export_out *out, const verilog_plan *p);
void verilog_write_scripts(lut_text *t, const lut_export_out *out, const verilog_plan *p);

/* Where a bench stands and what it is connected to. */
typedef struct verilog_bench {
    const char *suffix; /* of the file: NAME is in front */
    const char *tag;    /* of vectors: NAMEtag_in.hex, NAMEtag_exp.hex */
    const char *ports;  /* of NAME_top, to clk, rst_n, s_data, s_valid, s_ready, m_class, m_score,
                           m_valid and m_ready of the bench */
    bool stalls;        /* s_ready and m_ready are among them */
} verilog_bench;

lut_status verilog_write_bench(lut_text *t, const lut_export_out *out, const verilog_plan *p,
                               lut_err *err);
/* The same of another language's top, for a plan of ports. */
lut_status verilog_write_bench_of(lut_text *t, const lut_export_out *out, const verilog_plan *p,
                                  const verilog_bench *b, lut_err *err);

/* Start NAME_TAG.SUFFIX with the head of all files. */
void verilog_file(lut_text *t, const lut_export_out *out, const verilog_plan *p,
                  const char *suffix);

/* Register stages behind a block, from the options. */
unsigned verilog_stages(const verilog_plan *p, const verilog_block *b);

/* The bit of what enters the popcount that a vote reads, whatever its phase. */
uint32_t verilog_vote(const verilog_plan *p, uint32_t literal);

/* ---- samples ---- */

/* Raw inputs of the bench: test rows, then all 0, all 1, ties and a walking bit. */
typedef struct verilog_samples {
    uint64_t *x;     /* [n][ld] bits of s_data; owned: free */
    size_t n, ld, rows;
} verilog_samples;

lut_status verilog_samples_make(verilog_samples *s, const verilog_plan *p, lut_err *err);

/* What the trained circuit says, without any of the simplifications: score [n][classes]. */
lut_status verilog_expect(uint32_t *score, uint16_t *label, const verilog_plan *p,
                          const verilog_samples *s, lut_err *err);

#endif
