/* One trial to one result.  No MPI, no HDF5; runs in the trial's own process. */
#ifndef SWEEP_RUN_H
#define SWEEP_RUN_H

#include "lib/base/exec.h"
#include "lib/data/dataset.h"
#include "sweep/trial.h"

enum { SWEEP_FOLDERS = 16 };

/* Where a trial finds things. */
typedef struct sweep_lab {
    const char *folder[SWEEP_FOLDERS]; /* of data sets, NULL-ended; borrowed */
    const char *cache;                 /* folder of encoded data, shared by the trials of a
                                          node through read-only mappings; NULL: encode in
                                          memory; borrowed */
    const char *kernels;               /* kernel set by name, NULL: the best one */
    lut_exec exec;
    /* Exact restart (sweep/checkpoint.h): */
    const char *checkpoint;            /* file; or a folder, ended by "/", in which each trial
                                          has a file KEY.ckpt; NULL: none; borrowed */
    uint32_t checkpoint_every;         /* epochs from one to the next; 0: go on from one that
                                          is there, write none */
} sweep_lab;

/* After every epoch; nonzero stops the trial (status "stopped"). */
typedef int (*sweep_epoch_fn)(void *arg, const sweep_epoch *e, const sweep_row *row);

/* Train, harden, evaluate.  Divergence and stops are statuses of the row; the return value
 * is for what keeps a trial from running at all (no data, no memory, full disk). */
lut_status sweep_run(
    const sweep_lab *lab,
    sweep_result *out,          /* initialised here; owned */
    const sweep_trial *trial,   /* resolved */
    const char *key,            /* goes into the row */
    const char *digest,         /* of the data the key was made with: other data is refused;
                                   NULL: whatever is there */
    sweep_epoch_fn fn, void *arg, /* fn may be NULL */
    lut_err *err
);

#endif
