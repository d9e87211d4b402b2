/* Packed inference of a circuit: 64 samples a word.  Exact; the definition of every
 * discrete accuracy.  The object is used by one thread at a time; results do not depend on
 * exec->threads. */
#ifndef LUT_CIRCUIT_PACKED_H
#define LUT_CIRCUIT_PACKED_H

#include "lib/base/bits.h"
#include "lib/base/exec.h"
#include "lib/circuit/circuit.h"

typedef struct lut_packed lut_packed;

lut_status                 /* LUT_OK or LUT_ENOMEM */
lut_packed_create(
    lut_packed **p,        /* owned: lut_packed_destroy; NULL on failure */
    const lut_circuit *c,  /* one that lut_circuit_check accepts; borrowed, unchanged while p
                              lives */
    const lut_exec *exec,  /* copied */
    lut_err *err
);
void lut_packed_destroy(lut_packed *p); /* accepts NULL */

/* Class of each sample: most votes, lowest index on a tie.  Does not allocate. */
void lut_packed_predict(
    lut_packed *p,
    uint16_t *predicted,   /* [s->n] */
    const lut_samples *s   /* s->inputs == c->inputs; labels are not read */
);

/* Share of samples that the circuit classifies as labelled. */
lut_status                 /* LUT_OK or LUT_ENOMEM */
lut_circuit_accuracy(
    double *percent,       /* NaN for no samples */
    uint16_t *predicted,   /* [s->n], class of each sample; NULL: not wanted */
    const lut_circuit *c,
    const lut_samples *s,
    const lut_exec *exec,
    lut_err *err
);

#endif
