/* Inference of a circuit as it stands, LUT by LUT and layer by layer: nothing to make first, so
 * the faster way for few samples, and what lib/circuit/packed.h is tested against. */
#ifndef LUT_CIRCUIT_DIRECT_H
#define LUT_CIRCUIT_DIRECT_H

#include "lib/base/bits.h"
#include "lib/base/exec.h"
#include "lib/circuit/circuit.h"
#include "lib/kern/slices.h"

/* Samples from which on it pays to make a program. */
enum { LUT_DIRECT_SAMPLES = 4096 };

/* One layer for LUT_SLICE samples: out[luts] from in[]. */
void lut_direct_layer(const lut_circuit_layer *layer, lut_slice *out, const lut_slice *in);

/* Class of each sample, as lut_packed_predict. */
lut_status                 /* LUT_OK or LUT_ENOMEM */
lut_direct_predict(
    uint16_t *predicted,   /* [s->n] */
    const lut_circuit *c,  /* one that lut_circuit_check accepts */
    const lut_samples *s,  /* s->inputs == c->inputs; labels are not read */
    const lut_slices *kern, /* packing and elections; LUTs are the same for all sets */
    const lut_exec *exec,
    lut_err *err
);

#endif
