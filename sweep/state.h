/* RESULTS.h5.run/: what a sweep has done so far, from which RESULTS.h5 can always be made.
 *
 *   lock                  held by the run
 *   journal/STAMP.RANK.jl what happened
 *   rec/ab/KEY.rec        finished trials, the only truth
 *   rec/ab/KEY.rung       trials that paused at a rung: status "paused"
 *   data/                 encoded data, shared by the trials of a node
 *   checkpoint/KEY.ckpt   trials that were running, with --checkpoint-every
 *   log/KEY.log           output of trials that had any
 *   run/STAMP.cfg         configuration text of each run
 *   run/STAMP.order       its keys in the configuration's order, one a line
 *
 * STAMP sorts by start.  Everything is created whole or appended; nothing is changed.
 */
#ifndef SWEEP_STATE_H
#define SWEEP_STATE_H

#include "sweep/journal.h"
#include "sweep/trial.h"

enum { SWEEP_PATH = 1024, SWEEP_ROOT = 900, SWEEP_STAMP = 40 };

typedef struct sweep_state {
    char root[SWEEP_ROOT]; /* "RESULTS.h5.run" */
    char file[SWEEP_ROOT]; /* "RESULTS.h5" */
} sweep_state;

/* Paths only; refuses a name that is too long. */
lut_status sweep_state_name(sweep_state *s, const char *file, lut_err *err);

/* Folders, and a probe that the disk takes bytes: LUT_EIO with what the system said. */
lut_status sweep_state_create(const sweep_state *s, lut_err *err);
bool sweep_state_exists(const sweep_state *s);

/* Whether both name one sweep, however they are spelt: one file, or one folder. */
bool sweep_state_same(const sweep_state *a, const sweep_state *b);

/* buf = root/folder/name; returns buf. */
char *sweep_state_path(const sweep_state *s, char buf[SWEEP_PATH], const char *folder,
                       const char *name);
/* root/rec/ab/key.rec, root/rec/ab/key.rung, root/log/key.log */
char *sweep_state_record(const sweep_state *s, char buf[SWEEP_PATH], const char *key);
char *sweep_state_rung(const sweep_state *s, char buf[SWEEP_PATH], const char *key);
char *sweep_state_log(const sweep_state *s, char buf[SWEEP_PATH], const char *key);

/* LUT_OK: a whole record of that key with a final status; *r is owned.  LUT_ENOENT: none
 * that can be used; a damaged one is reported once and counts as none. */
lut_status sweep_state_read(const sweep_state *s, sweep_result *r, const char *key,
                            lut_err *err);
/* The same for the record of a pause. */
lut_status sweep_state_read_rung(const sweep_state *s, sweep_result *r, const char *key,
                                 lut_err *err);
/* Makes the subfolder, then sweep_record_write: to KEY.rung where the status is "paused".  A
 * final record ends the use of KEY.rung. */
lut_status sweep_state_write(const sweep_state *s, const sweep_result *r, lut_err *err);

/* The record of a pause becomes a final one, "pruned"; its checkpoint goes.  Cut off in the
 * middle it can be done again.  LUT_ENOENT: there is neither. */
lut_status sweep_state_prune(const sweep_state *s, const char *key, lut_err *err);
/* The inverse, but for the checkpoint: the trial stands at its rung again, and goes on from
 * its start.  LUT_ENOENT: it was not pruned. */
lut_status sweep_state_unprune(const sweep_state *s, const char *key, lut_err *err);
lut_status sweep_state_make_room(const sweep_state *s, const char *key, lut_err *err);

/* Keys of all record files, sorted; owned (free). */
lut_status sweep_state_keys(const sweep_state *s, char (**key)[SWEEP_KEY], size_t *n,
                            lut_err *err);

/* Trials that stand at a rung or a checkpoint and have no record file. */
lut_status sweep_state_count_open(const sweep_state *s, size_t *n, lut_err *err);

/* Every valid line of every journal, runs in the order of their start. */
lut_status sweep_state_replay(const sweep_state *s, sweep_entry_fn fn, void *arg,
                              lut_err *err);

/* A stamp for a run that starts now, unlike any other. */
void sweep_state_stamp(char stamp[SWEEP_STAMP]);

/* Whole small files, atomically: run/NAME. */
lut_status sweep_state_put(const sweep_state *s, const char *name, const char *text,
                           lut_err *err);
/* Owned (free).  LUT_ENOENT when there is none. */
lut_status sweep_state_get(const sweep_state *s, const char *name, char **text,
                           lut_err *err);

/* Keys of the configuration of the run of that stamp, in its order; owned (free); NULL where
 * there is no run/STAMP.order. */
lut_status sweep_state_order(const sweep_state *s, const char *stamp,
                             char (**key)[SWEEP_KEY], size_t *n, lut_err *err);

/* Remove what processes were writing when they were killed, and checkpoints and pauses of
 * trials that have a final record.  Only under the lock of the run. */
void sweep_state_tidy(const sweep_state *s);

/* Remove the folder with all it holds. */
lut_status sweep_state_remove(const sweep_state *s, lut_err *err);

#endif
