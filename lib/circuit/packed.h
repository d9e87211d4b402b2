/* Packed inference of a circuit: simplified, then run on slices of 512 samples by the widest
 * registers there are.  Exact; the definition of every discrete accuracy.  The object is used
 * by one thread at a time; results depend neither on exec->threads nor on the kernel set. */
#ifndef LUT_CIRCUIT_PACKED_H
#define LUT_CIRCUIT_PACKED_H

#include "lib/base/bits.h"
#include "lib/base/exec.h"
#include "lib/circuit/circuit.h"

typedef struct lut_packed lut_packed;

/* What is left of a circuit, and what it takes to run it. */
typedef struct lut_packed_size {
    size_t luts, gates;   /* instructions: of four inputs or more, of two or three */
    size_t runs;          /* of instructions that are alike */
    size_t memory;        /* bytes that a thread works on */
    size_t code;          /* bytes of machine code made for it; 0: none */
    const char *kernels;  /* name of the kernel set */
} lut_packed_size;

lut_status                 /* LUT_OK or LUT_ENOMEM */
lut_packed_create(
    lut_packed **p,        /* owned: lut_packed_destroy; NULL on failure */
    const lut_circuit *c,  /* one that lut_circuit_check accepts */
    const lut_exec *exec,  /* copied */
    lut_err *err
);

/* The same on a kernel set by name; LUT_ENOENT: not in this build, or not of this
 * machine.  NULL: the best, and machine code where that is faster (lib/kern/code.h). */
lut_status lut_packed_create_on(lut_packed **p, const lut_circuit *c, const char *kernels,
                                const lut_exec *exec, lut_err *err);
void lut_packed_destroy(lut_packed *p); /* accepts NULL */

/* Class of each sample: most votes, lowest index on a tie.  Does not allocate. */
void lut_packed_predict(
    lut_packed *p,
    uint16_t *predicted,   /* [s->n] */
    const lut_samples *s   /* s->inputs == c->inputs; labels are not read */
);

/* Class, and votes of every class.  Does not allocate. */
void lut_packed_scores(
    lut_packed *p,
    uint16_t *predicted,   /* [s->n] */
    uint32_t *votes,       /* [s->n][classes] */
    const lut_samples *s
);

/* The same as lut_packed_predict from bools: input i of sample s is x[s * ld + i], 0 or 1. */
void lut_packed_predict_bools(lut_packed *p, uint16_t *predicted, const uint8_t *x, size_t ld,
                              size_t n);

lut_packed_size lut_packed_look(const lut_packed *p);

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

/* The same on a kernel set by name, as lut_packed_create_on. */
lut_status lut_circuit_accuracy_on(double *percent, uint16_t *predicted, const lut_circuit *c,
                                   const lut_samples *s, const char *kernels,
                                   const lut_exec *exec, lut_err *err);

#endif
