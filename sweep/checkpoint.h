/* Where a trial that runs keeps what it needs to go on after its process died: one file,
 * replaced as a whole after every so many epochs (lib/net/checkpoint.h says what is in it).
 *
 * A file that the user named is refused where it is unreadable, damaged or of another trial.
 * In a folder that belongs to a sweep such a file is taken away with a warning, and the trial
 * starts anew: nobody chose it, and it stands in nobody's way but the trial's. */
#ifndef SWEEP_CHECKPOINT_H
#define SWEEP_CHECKPOINT_H

#include "sweep/run.h"

enum { SWEEP_CHECKPOINT_PATH = 1024 };

typedef struct sweep_checkpoint {
    char path[SWEEP_CHECKPOINT_PATH]; /* "": none is kept */
    bool own;                         /* in a folder of checkpoints */
    void *bytes;                      /* of a file that is there, or NULL; owned */
    size_t n;
} sweep_checkpoint;

/* The checkpoint of a trial, read where there is one.  A lab without any gives an empty one.
 * LUT_EIO: a file of the user's that cannot be read; LUT_EINVAL: its name is too long. */
lut_status sweep_checkpoint_open(sweep_checkpoint *c, const sweep_lab *lab, const char *key,
                                 lut_err *err);
void sweep_checkpoint_close(sweep_checkpoint *c);

/* A lut_save_fn; arg: the sweep_checkpoint. */
lut_status sweep_checkpoint_save(void *arg, const void *bytes, size_t n, lut_err *err);

/* The file is of no more use: the trial's result is kept elsewhere. */
void sweep_checkpoint_remove(const sweep_lab *lab, const char *key);

#endif
