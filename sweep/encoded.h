/* Encoded data of a trial: bits, labels and the fitted encoder, in one block of memory that
 * is a read-only mapping of a cache file where there is one, so that all trials of a node
 * share it.  A cache file is named by what it depends on, written to a temporary name and
 * renamed: several processes may make it at once, all make the same bytes. */
#ifndef SWEEP_ENCODED_H
#define SWEEP_ENCODED_H

#include "sweep/run.h"

typedef struct sweep_encoded {
    lut_encoder encoder;     /* borrowed from the block: do not fini */
    uint32_t classes;
    lut_samples train, valid, test;
    void *block;
    size_t size;
    bool mapped;
} sweep_encoded;

/* A trial's rows as they are: the data set and its split. */
typedef struct sweep_rows {
    lut_data data;
    uint32_t *row;           /* [ntrain + nvalid] of data.train, those of validation last;
                                owned */
    size_t ntrain, nvalid;
} sweep_rows;

lut_status sweep_rows_open(sweep_rows *r, const sweep_lab *lab, const sweep_trial *trial,
                           const char *digest, lut_err *err);
void sweep_rows_close(sweep_rows *r); /* accepts a zeroed struct */

/* digest: as for sweep_run. */
lut_status sweep_encoded_open(sweep_encoded *e, const sweep_lab *lab,
                              const sweep_trial *trial, const char *digest, lut_err *err);
void sweep_encoded_close(sweep_encoded *e);

#endif
