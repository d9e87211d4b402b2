/* Cuts of a netlist's nodes: what a LUT may have as inputs.  A cut of a node is a set of
 * signals through which every path from the inputs to the node goes; the nodes between are one
 * LUT.  Of the many cuts of a node a few are kept, the best by the order of the day (priority
 * cuts: A. Mishchenko, S. Cho, S. Chatterjee, R. Brayton, ICCAD 2007).
 *
 * One owner; no locks.
 */
#ifndef LUT_CIRCUIT_CUT_H
#define LUT_CIRCUIT_CUT_H

#include "lib/circuit/netlist.h"

enum { LUT_CUTS = 16 }; /* of a node that are kept */

typedef struct lut_cut {
    uint32_t leaf[LUT_NODE_INPUTS]; /* [n] signals, ascending */
    uint32_t sign;                  /* bit s % 32 for every leaf s: most unequal sets differ */
    uint32_t depth;                 /* levels of the LUT in its stage */
    float flow;                     /* LUTs under it, shared ones in part */
    uint8_t n;
} lut_cut;

typedef struct lut_cuts {
    const lut_netlist *net;
    unsigned k;               /* inputs of a LUT */
    uint64_t registers;       /* bit l: no cut of a later part reaches below layer l's outputs */
    bool by_depth;            /* order: depth before flow, else flow before depth */
    lut_cut *set;             /* [nnodes][LUT_CUTS], best first; owned */
    lut_cut *best;            /* [nnodes] chosen; owned */
    uint8_t *count;           /* [nnodes] cuts in a set; owned */
    uint32_t *depth;          /* [signals] of the chosen cut, 0 for inputs; owned */
    float *flow;              /* [signals] of the chosen cut over its readers; owned */
} lut_cuts;

lut_status lut_cuts_open(lut_cuts *c, const lut_netlist *n, unsigned k, uint64_t registers,
                         lut_err *err);
void lut_cuts_close(lut_cuts *c); /* accepts a zeroed struct */

/* Level at which a signal arrives at a node of that stage: those of others are registers. */
uint32_t lut_cuts_arrival(const lut_cuts *c, uint32_t signal, unsigned stage);

/* Depth and flow of a cut of a node in that stage, from those of its leaves. */
void lut_cuts_weigh(const lut_cuts *c, lut_cut *cut, unsigned stage);

/* The cuts of node i, from those of the nodes that it reads, and of them the one that is
 * chosen: the first not deeper than `deepest`.  keep: the choice so far stays one of them. */
void lut_cuts_find(lut_cuts *c, uint32_t i, uint32_t deepest, bool keep);

#endif
