/* The votes of one class as a netlist of compressors and one addition.
 *
 * Columns of bits of equal weight are compressed, six bits to three (three LUT6) and at the
 * end five to three or three to two, until each has at most two; the two rows that are left
 * are added by a carry chain.  About 1.03 LUTs a vote and half the levels of what synthesis
 * makes of a sum (docs/hardware.md).  Inverses of votes are in the tables of the compressors,
 * a vote that counts m times enters the columns of the digits of m once each, constant votes
 * (bias) enter last.
 *
 * Plain data; functions are pure; no locks.
 */
#ifndef LUT_CIRCUIT_POPCOUNT_H
#define LUT_CIRCUIT_POPCOUNT_H

#include "lib/circuit/netlist.h"

/* out[j] 2^j summed over j is the number of set inputs.  All are literals of the netlist. */
typedef struct lut_compressor {
    uint32_t in[6], out[3];
    uint8_t n;          /* inputs: 3, 5 or 6 */
    uint8_t outputs;    /* 2 or 3; fewer where a weight would be beyond the score */
    uint8_t weight;     /* log2 of what an input counts */
} lut_compressor;

typedef struct lut_popcount {
    lut_netlist net;    /* the compressors' LUTs; inputs: signals that vote.  Outputs: the two
                           rows, row 0 first.  part: levels of compressors below */
    uint32_t *signal;   /* [net.inputs] which signal of the voters' netlist; owned */
    lut_compressor *compressor; /* [ncompressors]; owned */
    uint32_t ncompressors;
    unsigned width;     /* bits of the score and of each row */
    uint32_t *row[2];   /* [width] literals, bit by bit from the lowest, 0: nothing; in
                           net.output.  The score is row 0 plus row 1 */
} lut_popcount;

/* Votes of class c of n; width bits hold all that they can add up to.  p: owned,
 * lut_popcount_fini; zeroed on failure (LUT_ENOMEM). */
lut_status lut_popcount_make(lut_popcount *p, const lut_netlist *n, uint32_t c,
                             unsigned width, lut_err *err);
void lut_popcount_fini(lut_popcount *p); /* accepts a zeroed struct */

/* Bits of the addition, from the first column with two bits to the last with one: a LUT
 * each.  0: the rows never meet, there is nothing to add. */
unsigned lut_popcount_adder(const lut_popcount *p);

/* The score of one of 64 samples (bit); value: of p->net, evaluated. */
uint32_t lut_popcount_score(const lut_popcount *p, const uint64_t *value, unsigned bit);

#endif
