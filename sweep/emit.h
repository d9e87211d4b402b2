/* Verilog of a trial's network as its row says it is (pipeline_stages, adder_tree, width of the
 * inputs), as texts, and the comparison of these texts with the network.  No HDF5, no files
 * but those of data sets.  One process. */
#ifndef SWEEP_EMIT_H
#define SWEEP_EMIT_H

#include "lib/data/dataset.h"
#include "sweep/store.h"

typedef struct sweep_emitter {
    const char *sweep;         /* name of the sweep; borrowed */
    const char *const *folder; /* of data sets, as for lut_data_load; borrowed; NULL: none */
    uint32_t rows;             /* of the test split in each bench */
    bool check;                /* read the texts back and compare */
    /* The data set of the last network: the next one mostly has the same. */
    lut_data data;
    char *of;                  /* data set and options of its reader; NULL: none; owned */
    char digest[SWEEP_DIGEST]; /* "": it cannot be had */
    bool told;                 /* that some data set cannot be had */
} sweep_emitter;

/* Files of r, which has a network, into *out; owned: sweep_verilog_fini.
 *
 * A network of real inputs takes encoded bits.  Test rows are in the bench where the data set
 * is there, as it was in training: without it the bench has the vectors that are made.
 * With `check`, out->verdict and what was compared are set: the design, comparators,
 * popcounts and argmax as in docs/verilog.md.  A design that no Verilog can hold: verdict
 * "refused", no files, and why.  LUT_ENOMEM. */
lut_status sweep_emit(sweep_emitter *e, sweep_verilog *out, const sweep_result *r, lut_err *err);
void sweep_emitter_fini(sweep_emitter *e); /* accepts a zeroed struct */

#endif
