/* Don't-cares: entries of trained tables that nothing which counts ever addresses.  They are
 * given the values with which a table depends on the fewest inputs, so that simplification
 * finds more wires, constants and equal LUTs.  What counts is stated by the rule:
 *
 * encoder  all inputs of the encoder.  Bits of a thermometer are ordered, those of other codes
 *          come in the combinations of the code: tables of the first layer are never asked
 *          for others.  No real input tells the result from the network.
 * data     the samples given (those of training).  All votes of all of them stay, those of
 *          other inputs may change: this is another network, and must be said to be one.
 *          What the encoder cannot give no sample gives, so the first rule is part of this
 *          one.  (O. Cassidy et al., ReducedLUT, FPGA 2025, for tables of larger rank.)
 *
 * One owner; no locks.
 */
#ifndef LUT_CIRCUIT_CARE_H
#define LUT_CIRCUIT_CARE_H

#include "lib/base/bits.h"
#include "lib/circuit/circuit.h"
#include "lib/encode/encode.h"

typedef struct lut_care_facts {
    uint64_t entries; /* of all tables */
    uint64_t free;    /* of them, that may take any value */
    uint64_t changed; /* that have another value now */
    uint32_t luts;    /* tables that have one */
    uint32_t dropped; /* inputs on which tables depended, and no longer do */
    uint32_t merged;  /* LUTs that no sample tells from another one of their layer, or from its
                         inverse, and that are not constant: that one is read instead */
} lut_care_facts;

/* Of the tables that agree with tt where care is 1, one that depends on the fewest inputs; of
 * these one that differs least from tt.  tt itself where no input can go.  k: 1 .. LUT_MAX_K;
 * both [lut_table_words(k)]. */
void lut_care_fill(uint64_t *tt, const uint64_t *care, unsigned k);

/* The table of LUT u by care [lut_table_words(k)]; facts of entries are added up. */
void lut_care_apply(lut_care_facts *facts, lut_circuit_layer *layer, uint32_t u,
                    const uint64_t *care);

/* The rule "encoder".  c: in place, its inputs are the encoded bits of all features; facts: set.
 * LUT_ENOMEM: c is unchanged. */
lut_status lut_care_encoder(lut_circuit *c, lut_care_facts *facts, const lut_encoder *e,
                            lut_err *err);

/* The rule "data", layer by layer on what the layers before have become. */
lut_status                /* LUT_OK, or LUT_ENOMEM: c is then a circuit of no use */
lut_care_data(
    lut_circuit *c,       /* in place: tables and wires */
    lut_care_facts *facts,
    const lut_samples *s, /* s->inputs == c->inputs; labels are not read */
    const uint32_t *rows, /* [n] samples that count, each < s->n */
    size_t n,             /* >= 1 */
    uint32_t fewest,      /* >= 1: entries addressed by fewer samples are free.  With 1 votes of
                             all samples stay, with more those of most */
    lut_err *err
);

#endif
