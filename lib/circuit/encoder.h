/* The encoder of a network as a netlist: comparators of fixed-point inputs with constants as
 * cascades of LUTs, whose lower parts the thresholds of a feature share.
 *
 * x > T for W bits: the top five bits and what the bits below say make a LUT, down to the last
 * six: ceil((W - 1) / 5) LUTs without sharing; trailing ones of T make constants below, which
 * drop out with their bits.  The number of distinct lower parts is small, since they have few
 * bits (docs/hardware.md).  Thresholds that coincide in fixed point are one comparator; those
 * beyond the range are constants.  A bit of a code is the XOR of the comparators at which the
 * code changes it.
 */
#ifndef LUT_CIRCUIT_ENCODER_H
#define LUT_CIRCUIT_ENCODER_H

#include "lib/circuit/netlist.h"
#include "lib/encode/encode.h"

typedef struct lut_encoder_net {
    lut_netlist net;      /* outputs: encoded bits, bit f * bits + b is output of that number;
                             0 for those that nobody reads */
    uint32_t width;       /* input f * width + j is bit j (0: lowest) of feature f, in two's
                             complement where signed.  0, for real inputs: input
                             f * thresholds + t is x[f] > threshold[f][t], of equal thresholds
                             the first is read */
    uint32_t comparators; /* distinct thresholds that are compared with; constants, and bits
                             that are wires of the input, do not count */
} lut_encoder_net;

/* The encoded bits that are inputs of core (NULL: all of them).  e: owned,
 * lut_encoder_net_fini; zeroed on failure: LUT_ENOMEM, or LUT_EINVAL: a threshold that is no
 * number, an encoder too large for a netlist.  Columns are not looked at. */
lut_status lut_encoder_net_make(lut_encoder_net *e, const lut_encoder *enc,
                                const lut_netlist *core, lut_err *err);
void lut_encoder_net_fini(lut_encoder_net *e); /* accepts a zeroed struct */

/* For lut_netlist_simplify: which encoded bits are constants, or the same as (or the inverse
 * of) earlier ones.  e: of all bits.  as [e->net.noutputs]. */
lut_status lut_encoder_net_same(const lut_encoder_net *e, uint32_t *as, lut_err *err);

#endif
