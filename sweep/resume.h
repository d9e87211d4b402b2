/* Going on from what is on the disk. */
#ifndef SWEEP_RESUME_H
#define SWEEP_RESUME_H

#include "sweep/past.h"
#include "sweep/progress.h"
#include "sweep/schedule.h"

/* The results file, where there is one, is of this sweep, and the rows that sweep_import
 * would take from it can be read.  Before anything is created. */
lut_status sweep_check(const sweep_state *s, const char *name, lut_err *err);

/* Rows of the results file that have no record become records, so that a larger sweep can
 * start from the file alone; but one that was pruned and stands at its rung again stays there.  No file: LUT_OK.  Another sweep's file or directory:
 * LUT_EBUSY; damaged or foreign: LUT_EFORMAT.  Nothing is changed then. */
lut_status sweep_import(const sweep_state *s, const sweep_past *past, const char *name,
                        lut_err *err);

/* Rungs of trial i, as sweep_strategy_rungs. */
typedef size_t (*sweep_rungs_fn)(void *arg, uint32_t rung[SWEEP_RUNGS], size_t i);

/* Finished trials are done, those that failed and are not to be tried again failed, the
 * others wait.  retry: bits 1 << cause, and SWEEP_RETRY_PRUNED: trials that were pruned
 * stand at their rung again, for the strategy to decide anew; one that then goes on starts
 * at its first epoch, to the same end.  known [l->n]: what is known of each, for the
 * schedule, with NaN as the best of a rung that the trial does not stand at; rungs may be
 * NULL.  best, best_key: of the finished ones. */
lut_status sweep_resume(sweep_leases *l, sweep_known *known, const sweep_state *s,
                        const sweep_past *past, const char (*key)[SWEEP_KEY], unsigned retry,
                        sweep_rungs_fn rungs, void *arg, double *best,
                        char best_key[SWEEP_KEY], lut_err *err);

/* Who takes the training of whom, by number.  Trials of one training key are a family; its
 * primary is one of them.  Everything borrowed. */
typedef struct sweep_sharing {
    const char (*key)[SWEEP_KEY], (*training)[SWEEP_KEY];
    const size_t *primary;  /* of the family of each */
    bool *derived;          /* in: all but primaries; out: that are not trained */
    char (*base)[SWEEP_KEY]; /* out: whose record each is derived from, "": it trains */
} sweep_sharing;

/* After sweep_resume.  A family of which some trial has a final record with a network, be it
 * of another configuration, trains no more: `trained` is set for its primary.  So does one of
 * which a trial of today's was pruned, where it has rungs.  Of the others
 * one trains, the primary unless it is done without a network (then the first that waits),
 * and the rest follow it. */
lut_status sweep_resume_sharing(sweep_leases *l, sweep_known *known, const sweep_state *s,
                                const sweep_sharing *sharing, sweep_rungs_fn rungs, void *arg,
                                lut_err *err);

#endif
