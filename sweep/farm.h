/* The event loop of a rank: supervisor of its trials, and on rank 0 coordinator of all.
 *
 * Single-threaded.  A rank never trains and never enters a parallel region; each trial
 * runs in a child, whose record is on the disk before anybody hears that it is finished.
 */
#ifndef SWEEP_FARM_H
#define SWEEP_FARM_H

#include <signal.h>

#include "sweep/attempt.h"
#include "sweep/child.h"
#include "sweep/lease.h"
#include "sweep/progress.h"
#include "sweep/run.h"
#include "sweep/state.h"
#include "sweep/transport.h"

/* What every rank needs.  Everything borrowed. */
typedef struct sweep_crew {
    const sweep_state *state;
    const char *stamp;          /* of the run; the same on all ranks */
    const sweep_lab *lab;
    sweep_run_fn run;
    unsigned slots;             /* trials at a time on this rank */
    sweep_isolate isolate;
    sweep_limits limits;        /* of a trial */
    /* Set by signal handlers: 0 go on, 1 finish what runs, 2 kill it. */
    const volatile sig_atomic_t *stop;
} sweep_crew;

/* What rank 0 needs besides.  Trials by number; everything borrowed. */
typedef struct sweep_plan {
    size_t n;
    const char (*key)[SWEEP_KEY];
    const double *cost;
    /* Trial i and the digest of its data. */
    lut_status (*trial)(void *arg, sweep_trial *t, char digest[SWEEP_DIGEST], size_t i,
                        lut_err *err);
    void *trial_arg;
    sweep_leases *leases;   /* with what earlier runs left restored */
    size_t max_fails;       /* SIZE_MAX: no limit */
    double best;            /* validation accuracy of earlier runs; NaN: none */
    char best_key[SWEEP_KEY];
    const sweep_fields *run; /* of the RUN line in the journal */
    /* Called a few times a second; may be NULL. */
    void (*show)(void *arg, const sweep_progress *p);
    void *show_arg;
    void (*beat)(void *arg); /* every few seconds: the lock's; may be NULL */
    void *beat_arg;
} sweep_plan;

typedef enum sweep_reason {
    SWEEP_COMPLETE,  /* nothing is left to do; some may have failed */
    SWEEP_STOPPED,   /* by a signal */
    SWEEP_TOO_MANY   /* failures */
} sweep_reason;

typedef struct sweep_outcome {
    sweep_reason reason;
    size_t done, failed;     /* in this run */
    size_t disagreements;    /* trials that ran twice with different results */
    bool together;           /* all ranks have left the farm; else who waits for them waits
                                for ever */
} sweep_outcome;

/* Run until nothing is left or something stops it.  Collective; plan is NULL except on
 * rank 0, *out is set on rank 0.  A status other than LUT_OK: what made the sweep
 * impossible (disk full, ...), after everything that ran has ended. */
lut_status sweep_farm(sweep_outcome *out, sweep_transport *t, const sweep_crew *crew,
                      const sweep_plan *plan, lut_err *err);

#endif
