/* One trial to one result.  No MPI, no HDF5; runs in the trial's own process. */
#ifndef SWEEP_RUN_H
#define SWEEP_RUN_H

#include "lib/base/exec.h"
#include "lib/data/dataset.h"
#include "sweep/trial.h"

enum { SWEEP_FOLDERS = 16, SWEEP_DIFFER_ROWS = 2048 };

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
                                          is there, write none but those of a pause */
    uint32_t until;                    /* pause behind this epoch: status "paused"; 0: never.
                                          Needs a checkpoint */
    double *differ;                    /* [LUT_MAX_LAYERS]: lut_net_differ of the network that is
                                          kept and test rows (SWEEP_DIFFER_ROWS at most); NULL:
                                          not wanted; borrowed */
    const volatile int *leave;         /* nonzero: write a checkpoint, where there is one,
                                          behind the epoch that runs, and leave with
                                          LUT_ESTOP; NULL: never; borrowed */
} sweep_lab;

/* After every epoch; nonzero stops the trial (status "stopped"). */
typedef int (*sweep_epoch_fn)(void *arg, const sweep_epoch *e, const sweep_row *row);

/* Train, harden, evaluate.  Divergence and stops are statuses of the row; the return value
 * is for what keeps a trial from running at all (no data, no memory, full disk) or made it
 * leave (LUT_ESTOP).
 *
 * A trial that reaches `until` before its end is "paused": the row has its best validation
 * accuracy so far, best_epoch, epochs_run and sizes, all other accuracies are missing; the
 * history is that of `until` epochs; there is no network, and the test split was not read.
 * Run again with a later `until` or none it goes on from its checkpoint, and ends with the
 * bytes of a trial that never paused; without the checkpoint it starts anew, to the same
 * end.  A checkpoint beyond `until` pauses at once with what was known at `until`. */
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

/* sweep_run, or what stands in for it in a test. */
typedef lut_status (*sweep_run_fn)(const sweep_lab *lab, sweep_result *out,
                                   const sweep_trial *trial, const char *key,
                                   const char *digest, sweep_epoch_fn fn, void *arg,
                                   lut_err *err);

#endif
