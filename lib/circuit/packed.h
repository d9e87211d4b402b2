/* Packed inference of a circuit: 64 samples a word.  Exact; the definition of every
 * discrete accuracy.  The object is used by one thread at a time. */
#ifndef LUT_CIRCUIT_PACKED_H
#define LUT_CIRCUIT_PACKED_H

#include "lib/base/bits.h"
#include "lib/base/exec.h"
#include "lib/circuit/circuit.h"

typedef struct lut_packed lut_packed;

lut_status lut_packed_create(
    lut_packed **p,
    const lut_circuit *c,  /* borrowed, unchanged while p lives */
    const lut_exec *exec,  /* copied */
    lut_err *err
);
void lut_packed_destroy(lut_packed *p);

/* Class of each sample: most votes, lowest index on a tie. */
void lut_packed_predict(
    lut_packed *p,
    uint16_t *predicted,   /* [s->n] */
    const lut_samples *s   /* s->inputs == c->inputs */
);

#endif
