/* What is done next: the order of trials, what they are expected to take, and, where a
 * strategy has rungs, which of them go on.  Pure but for what the caller writes down.
 */
#ifndef SWEEP_SCHEDULE_H
#define SWEEP_SCHEDULE_H

#include "sweep/cost.h"
#include "sweep/lease.h"
#include "sweep/strategy.h"

typedef enum sweep_order { SWEEP_LONGEST, SWEEP_CONFIG, SWEEP_RANDOM } sweep_order;

/* False where there is no order of that name. */
bool sweep_order_find(sweep_order *order, const char *name);

/* What earlier runs know of a trial; zeroed: nothing. */
typedef struct sweep_known {
    bool final, pruned;  /* its row is final; because it was pruned */
    uint32_t epochs;     /* trained so far, in a record that it can go on from */
    uint32_t promoted;   /* rungs that it was let pass */
    double seconds;      /* of training, where it ended; NaN else */
    bool trained;        /* its row is not final, but another trial's is whose training it
                            shares: all else is said of that one */
    double best[SWEEP_RUNGS]; /* [rungs] best validation accuracy up to each of its rungs */
} sweep_known;

/* Trials by number; everything borrowed. */
typedef struct sweep_schedule_cfg {
    size_t n;
    sweep_order order;
    const double *cost;       /* [n] sweep_trial_cost of the whole trial */
    const uint16_t *group;    /* [n] below SWEEP_COST_GROUPS: trials whose costs are alike */
    const uint16_t *stratum;  /* [n] of one of each, a cheap one runs first: what cannot work
                                 fails at once; NULL: none does */
    const uint32_t *epochs;   /* [n]; NULL without a strategy */
    sweep_strategy *strategy; /* of the first `ranked` trials, 0: of all; NULL: every trial
                                 runs to its end */
    size_t ranked;
    const bool *derived;      /* [n] takes the training of another trial (sweep_leases_follow):
                                 nearly nothing is left to do; NULL: none does */
    const sweep_known *known; /* [n]; NULL: nothing is known */
    double job_seconds;       /* what this run has in all; INFINITY: no limit */
    /* A decision is about to be taken: write it down.  May be NULL. */
    lut_status (*decided)(void *arg, const sweep_decision *d, lut_err *err);
    void *decided_arg;
} sweep_schedule_cfg;

typedef struct sweep_schedule {
    sweep_schedule_cfg cfg;
    sweep_leases *l;          /* borrowed */
    sweep_cost cost;
    size_t learnt, sorted_at; /* trials that taught their cost, how many at the last sort */
    size_t pruned;            /* by this run */
    bool closed;
} sweep_schedule;

/* l: restored to what earlier runs left, but for rungs. */
lut_status sweep_schedule_init(sweep_schedule *s, const sweep_schedule_cfg *cfg,
                               sweep_leases *l, lut_err *err);

/* The next trial for a rank, while `left` seconds remain (INFINITY: no limit).  A trial that
 * is not expected to end in time waits for the next run, but for one that no run of this
 * length could finish: its checkpoint carries it over. */
bool sweep_schedule_next(sweep_schedule *s, size_t *i, int rank, double now, double left);

/* Epochs at which trial i pauses if it is started now; 0: it runs to its end. */
uint32_t sweep_schedule_until(const sweep_schedule *s, size_t i);

/* A trial has ended, or paused at its rung, or failed; as the functions of lease.h.
 * seconds: this leg took; NaN: not known.  A status other than LUT_OK comes from `decided`. */
lut_status sweep_schedule_done(sweep_schedule *s, sweep_verdict *v, size_t i, uint64_t hash,
                               double valid_accuracy, double seconds, lut_err *err);
lut_status sweep_schedule_paused(sweep_schedule *s, sweep_verdict *v, size_t i, uint32_t rung,
                                 uint64_t hash, double valid_accuracy, double seconds,
                                 lut_err *err);
lut_status sweep_schedule_failed(sweep_schedule *s, sweep_verdict *v, size_t i,
                                 uint32_t attempt, sweep_cause cause, lut_err *err);

/* Nothing runs and nothing waits: what the strategy has left open is decided for good.  Once;
 * more may wait afterwards, and what is paused then is decided as it ends. */
lut_status sweep_schedule_settle(sweep_schedule *s, lut_err *err);

/* Seconds of work left on one slot, and its relative uncertainty; false: nothing is known of
 * this machine yet. */
bool sweep_schedule_left(const sweep_schedule *s, double *seconds, double *uncertainty);

#endif
