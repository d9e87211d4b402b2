/* Netlists made node by node, with what can be seen at a node simplified at once: constants,
 * inverters, wires, inputs that are the same or do not matter, and nodes that are there
 * already, up to phase.  What simplification, mapping, encoders and elections share.
 *
 * Nodes are kept in one form: inputs ascending, entry 0 of the table 0.  One owner; no locks.
 */
#ifndef LUT_CIRCUIT_BUILD_H
#define LUT_CIRCUIT_BUILD_H

#include "lib/circuit/netlist.h"

typedef struct lut_build {
    uint32_t inputs, nnodes, room;
    lut_node *node;  /* [room]; owned */
    uint32_t *slot;  /* [slots] node + 1, or 0; owned */
    size_t slots;    /* power of two, more than twice nnodes */
} lut_build;

/* expected: nodes that room is taken for at once; more are no error. */
lut_status lut_build_open(lut_build *b, uint32_t inputs, uint32_t expected, lut_err *err);
void lut_build_close(lut_build *b); /* accepts a zeroed struct */

lut_status              /* LUT_OK or LUT_ENOMEM */
lut_build_add(
    lut_build *b,
    uint32_t *out,      /* literal */
    uint64_t tt,        /* of k inputs, input 0 most significant */
    unsigned k,         /* 0 .. 6 */
    const uint32_t *in, /* [k] literals */
    uint8_t part,
    lut_err *err
);

/* Keep the nodes that the outputs need; output [n] is renumbered. */
lut_status lut_build_sweep(lut_build *b, uint32_t *output, size_t n, lut_err *err);

/* The nodes become a netlist of one class whose outputs are bits in their order; b is empty
 * afterwards.  n: owned, lut_netlist_fini; zeroed on failure. */
lut_status lut_build_finish(lut_build *b, lut_netlist *n, const uint32_t *output,
                            uint32_t noutputs, lut_err *err);

/* n's nodes become those of b, of which signal s of n is literal[s]; votes are simplified as
 * lut_netlist_simplify says.  b is empty afterwards; n is unchanged on failure. */
lut_status lut_build_replace(lut_build *b, lut_netlist *n, const uint32_t *literal,
                             lut_err *err);

#endif
