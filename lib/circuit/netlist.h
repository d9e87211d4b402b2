/* A circuit as hardware and fast software want it: a graph of LUTs of at most six inputs in
 * topological order, without the wires, constants and repetitions that training leaves, and
 * the outputs that vote for each class.
 *
 * A signal is a number: 0 is constant 0, 1 .. inputs are the inputs (input i is signal 1 + i),
 * then the nodes (node n is signal 1 + inputs + n).  A literal is 2 * signal + phase, phase 1
 * being the inverse; 0 and 1 are the constants.  Inputs of nodes are signals: their phase is
 * in the table.  Entry a of a table is the output when input j equals bit k - 1 - j of a, as in
 * circuits.
 *
 * Encoders and elections are netlists as well (lib/circuit/encoder.h, argmax.h): one class
 * whose outputs, in their order, are the bits that come out; they are made by the builder
 * (build.h) and never simplified as votes are.
 *
 * Plain data; functions are pure; no locks.
 */
#ifndef LUT_CIRCUIT_NETLIST_H
#define LUT_CIRCUIT_NETLIST_H

#include "lib/circuit/circuit.h"

enum { LUT_NODE_INPUTS = 6 };

typedef struct lut_node {
    uint64_t tt;                   /* 2^k entries, the others are 0 */
    uint32_t in[LUT_NODE_INPUTS];  /* [k] signals of lower number; ascending, so no two the
                                      same, after lut_netlist_simplify and _map */
    uint8_t k;                     /* 1 .. 6; after lut_netlist_simplify and _map at least 2,
                                      and the table depends on every input */
    uint8_t part;                  /* layer of the circuit that it belongs to; nodes read
                                      nodes of the same or lower parts */
} lut_node;

typedef struct lut_netlist {
    uint32_t inputs, nnodes;
    lut_node *node;      /* [nnodes]; owned */
    uint32_t classes, group; /* group: outputs of a class before simplification */
    uint32_t noutputs;
    uint32_t *output;    /* [noutputs] literals that vote, class by class; owned.  A literal may
                            stand there several times: each is a vote */
    uint32_t *first;     /* [classes + 1] of output: class c has first[c] .. first[c + 1] - 1;
                            owned */
    uint32_t *bias;      /* [classes] votes that are always there; owned */
} lut_netlist;

static inline uint32_t lut_netlist_signal(const lut_netlist *n, uint32_t node)
{
    return 1 + n->inputs + node;
}

/* The circuit, LUT by LUT, nothing left out; tables of seven inputs are two nodes of six and
 * a multiplexer, those of eight four and one.  Inputs of a node stand as the circuit has them,
 * repeated where it repeats them.  LUT_ENOMEM, or LUT_EINVAL: more than 2^30 signals.
 * n: owned, lut_netlist_fini; zeroed on failure. */
lut_status lut_netlist_from(lut_netlist *n, const lut_circuit *c, lut_err *err);

/* A copy, owned by itself; zeroed on failure (LUT_ENOMEM). */
lut_status lut_netlist_copy(lut_netlist *to, const lut_netlist *n, lut_err *err);

/* The same function with fewer nodes: constants, wires and inverters gone, inputs that do not
 * matter or are the same merged, equal nodes merged (up to phase), dead ones gone.  Constant
 * votes are in `bias` or gone, as are a literal and its inverse in one class (one vote).
 * as [inputs]: the literal that input i stands for: a constant (a threshold beyond the range),
 * or one of signal 1 + j with j <= i (thresholds that coincide); NULL: all stand for
 * themselves.  In place; n is unchanged on failure (LUT_ENOMEM).  Idempotent. */
lut_status lut_netlist_simplify(lut_netlist *n, const uint32_t *as, lut_err *err);

/* Cover by LUTs of k inputs, 2 .. 6: the least depth, then little area for it (priority cuts:
 * A. Mishchenko et al., ICCAD 2007; area flow and exact area), then simplify.  For a netlist
 * that is simplified.  No LUT reaches across a cut: bit l of cuts keeps what leaves layer l as
 * nodes, so that registers can stand there; the least depth is then that of the deepest stage.
 * A node that only votes inverted is inverted instead: no vote of a node is an inverse unless
 * another one is not.
 * In place; n is unchanged on failure: LUT_ENOMEM, or LUT_EINVAL for another k. */
lut_status lut_netlist_map(lut_netlist *n, unsigned k, uint64_t cuts, lut_err *err);

/* Stage of a node of that part: cuts below it.  0 .. number of cuts. */
static inline unsigned lut_netlist_stage(uint64_t cuts, unsigned part)
{
    return (unsigned)__builtin_popcountll(cuts & (((uint64_t)1 << part) - 1));
}

/* Levels of nodes on the longest path inside each stage; without cuts, on the longest path. */
lut_status                /* LUT_OK or LUT_ENOMEM */
lut_netlist_depth(
    const lut_netlist *n,
    uint64_t cuts,
    uint32_t *depth,      /* [lut_netlist_stage(cuts, LUT_MAX_LAYERS) + 1] */
    lut_err *err
);

/* Bit-parallel evaluation, 64 samples a word: value [1 + inputs + nnodes], of which the caller
 * has set those of the inputs; sets the others. */
void lut_netlist_eval(const lut_netlist *n, uint64_t *value);

/* 64 samples of a literal of evaluated values. */
static inline uint64_t lut_netlist_literal(const uint64_t *value, uint32_t literal)
{
    return value[literal >> 1] ^ -(uint64_t)(literal & 1);
}

/* Votes of class c for one of 64 samples (bit) of evaluated values. */
uint32_t lut_netlist_votes(const lut_netlist *n, const uint64_t *value, uint32_t c,
                           unsigned bit);

void lut_netlist_fini(lut_netlist *n); /* accepts a zeroed struct */

#endif
