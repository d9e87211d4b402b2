/* A netlist as instructions on slices (lib/kern/slices.h): which gates of one table run one
 * after the other, and where in memory each value lies while it is needed.
 *
 * Nodes are done class by class: those that the votes of class 0 need, then what class 1 needs
 * besides, and so on, so that the values of a class are counted and forgotten while they are
 * still near.  Among nodes whose inputs are there, the table of which most are waiting runs
 * first.  Read-only once made: any threads.
 */
#ifndef LUT_CIRCUIT_PROGRAM_H
#define LUT_CIRCUIT_PROGRAM_H

#include "lib/circuit/netlist.h"
#include "lib/kern/code.h"
#include "lib/kern/slices.h"

/* What makes the votes of a class: runs up to `runs`, then n votes from `first`. */
typedef struct lut_ballot {
    size_t runs, first, n, inverted; /* the last `inverted` vote when they are not set */
    uint32_t bias;
} lut_ballot;

typedef struct lut_program {
    uint32_t inputs, classes;
    uint32_t slots;            /* slices of a work space; inputs are 0 .. inputs - 1 */
    unsigned bits, class_bits; /* of votes, of a class */
    lut_slice_gate *gate;      /* [ngates]; owned */
    lut_slice_lut *lut;        /* [nluts]; owned */
    lut_slice_run *run;        /* [nruns]; owned */
    uint32_t *vote;            /* [nvotes] slots; owned */
    lut_ballot *ballot;        /* [classes]; owned */
    size_t ngates, nluts, nruns, nvotes;
    lut_code code;             /* of the LUTs, where lut_program_compile made it; owned */
    uint32_t *chunk;           /* [nruns + 1] of code; owned */
} lut_program;

/* p: owned, lut_program_fini; zeroed on failure.  n: simplified. */
lut_status lut_program_make(lut_program *p, const lut_netlist *n, lut_err *err);
void lut_program_fini(lut_program *p); /* accepts a zeroed struct */

/* Machine code of the LUTs; false where there is none or no place for it, which changes the
 * speed alone. */
bool lut_program_compile(lut_program *p);

/* Several times LUT_SLICE samples, side by side: what code of LUTs is fetched for. */
enum { LUT_PROGRAM_WIDTH = 2 };

/* The class of LUT_SLICE samples of each of n work spaces: most votes, the first on a tie. */
void lut_program_run(
    const lut_program *p,
    const lut_slices *kern,
    size_t n,         /* 1 .. LUT_PROGRAM_WIDTH */
    lut_slice *v,     /* [n][slots], of which the inputs are set; overwritten */
    lut_slice *class, /* [n][class_bits] */
    lut_slice *votes  /* [n][classes][bits]: of each class; NULL: not wanted */
);

#endif
