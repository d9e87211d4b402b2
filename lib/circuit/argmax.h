/* The class with the most votes as a netlist: a tournament in which the right-hand entry, of
 * higher classes, wins only if it is strictly greater, so that the first maximum wins.
 *
 * The left side of a match has a power of two of classes, so that bits of the index are chosen
 * and never added.  "right > left" compares three bits of both in a LUT, and joins three such
 * verdicts (greater, equal) in a LUT: two levels for up to nine bits. */
#ifndef LUT_CIRCUIT_ARGMAX_H
#define LUT_CIRCUIT_ARGMAX_H

#include "lib/circuit/netlist.h"

/* Bits of a class; 0 for one class. */
unsigned lut_class_bits(uint32_t classes);

/* Input c * width + b is bit b (0: lowest) of the score of class c; outputs are the bits of
 * the class, lowest first.  part of a node: matches below it.  n: owned, lut_netlist_fini;
 * zeroed on failure (LUT_ENOMEM). */
lut_status lut_argmax_make(lut_netlist *n, uint32_t classes, unsigned width, lut_err *err);

#endif
