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
 * Plain data; functions are pure; no locks.
 */
#ifndef LUT_CIRCUIT_NETLIST_H
#define LUT_CIRCUIT_NETLIST_H

#include "lib/circuit/circuit.h"

enum { LUT_NODE_INPUTS = 6 };

typedef struct lut_node {
    uint64_t tt;                   /* 2^k entries, the others are 0 */
    uint32_t in[LUT_NODE_INPUTS];  /* [k] signals of lower number, no two the same */
    uint8_t k;                     /* 1 .. 6; after lut_netlist_map at least 2, and the table
                                      depends on every input */
    uint8_t part;                  /* layers after which registers may stand that lie before
                                      it: see `cuts` below */
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

/* The circuit, LUT by LUT, nothing left out; tables of more than six inputs by multiplexers.
 * Votes that are constant are in `bias` (1) or gone (0) in the other functions only. */
lut_status lut_netlist_from(lut_netlist *n, const lut_circuit *c, lut_err *err);

/* The same function with fewer nodes: constants, wires and inverters gone, inputs that do not
 * matter or are the same merged, equal nodes merged (up to phase), dead ones gone.
 * equal [inputs]: input i is the same signal as input equal[i] <= i (thresholds that
 * coincide); NULL: none are.  In place. */
lut_status lut_netlist_simplify(lut_netlist *n, const uint32_t *equal, lut_err *err);

/* Cover by LUTs of k <= 6 inputs: the least depth, then the least area for it (priority cuts:
 * A. Mishchenko et al., ICCAD 2007; area flow and exact area).  No LUT reaches across a cut:
 * bit l of cuts keeps the outputs of layer l as nodes, so that registers can stand there. */
lut_status lut_netlist_map(lut_netlist *n, unsigned k, uint64_t cuts, lut_err *err);

/* Levels of nodes on the longest path to a vote. */
uint32_t lut_netlist_depth(const lut_netlist *n);

/* Bit-parallel evaluation, 64 samples a word: value [1 + inputs + nnodes], of which the caller
 * has set those of the inputs; sets the others. */
void lut_netlist_eval(const lut_netlist *n, uint64_t *value);

/* Votes of class c for one of 64 samples (bit) of evaluated values. */
uint32_t lut_netlist_votes(const lut_netlist *n, const uint64_t *value, uint32_t c,
                           unsigned bit);

void lut_netlist_fini(lut_netlist *n); /* accepts a zeroed struct */

#endif
