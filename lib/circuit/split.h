/* Nodes taken apart, so that mapping can put them together in other ways. */
#ifndef LUT_CIRCUIT_SPLIT_H
#define LUT_CIRCUIT_SPLIT_H

#include "lib/circuit/netlist.h"

/* Nodes of more than k inputs become multiplexers of smaller ones; and a node that is the AND,
 * OR or XOR of one input and a function of the others becomes these two, one that chooses
 * between two functions by an input a multiplexer and these.  k: 2 .. 6.
 * LUT_ENOMEM: n is unchanged. */
lut_status lut_split(lut_netlist *n, unsigned k, lut_err *err);

#endif
