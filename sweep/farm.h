/* The event loop of a rank: supervisor of its trials, and on rank 0 coordinator of all.
 *
 * Single-threaded.  A rank never trains and never enters a parallel region; each trial
 * runs in a child, whose record is on the disk before anybody hears that it is finished.
 */
#ifndef SWEEP_FARM_H
#define SWEEP_FARM_H

#include <signal.h>

#include "sweep/attempt.h"
#include "sweep/progress.h"
#include "sweep/run.h"
#include "sweep/schedule.h"
#include "sweep/state.h"
#include "sweep/transport.h"

/* How a sweep ends before its end; a higher level may follow a lower one. */
typedef enum sweep_stop {
    SWEEP_STOP_OVER,  /* nothing is left to do */
    SWEEP_STOP_DRAIN, /* no new trials; those that run are finished */
    SWEEP_STOP_SAVE,  /* those that run leave a checkpoint at the end of their epoch */
    SWEEP_STOP_KILL   /* now */
} sweep_stop;

/* A rank that is silent for so many beats has lost its trials; one that hears nothing from
 * rank 0 for twice as many leaves. */
enum { SWEEP_BEATS = 12 };

/* What every rank needs.  Everything borrowed. */
typedef struct sweep_crew {
    const sweep_state *state;
    const char *stamp;          /* of the run; the same on all ranks */
    const sweep_lab *lab;
    sweep_run_fn run;
    unsigned slots;             /* trials at a time on this rank */
    sweep_isolate isolate;
    sweep_limits limits;        /* of a trial */
    double beat;                /* seconds from one sign of life to the next */
    double grace;               /* seconds to write a checkpoint before the end is forced */
    /* Set by signal handlers: 0 go on, else a sweep_stop. */
    const volatile sig_atomic_t *stop;
} sweep_crew;

/* What rank 0 needs besides.  Trials by number; everything borrowed. */
typedef struct sweep_plan {
    sweep_schedule_cfg schedule; /* `decided` is the coordinator's */
    const char (*key)[SWEEP_KEY];
    const char (*base)[SWEEP_KEY]; /* of the trial whose result has the training of trial i
                                      once it is final (sweep/hardware.h); "": none; NULL:
                                      of none */
    /* Trial i and the digest of its data. */
    lut_status (*trial)(void *arg, sweep_trial *t, char digest[SWEEP_DIGEST], size_t i,
                        lut_err *err);
    void *trial_arg;
    sweep_leases *leases;   /* with what earlier runs left restored */
    /* Trial i stays at its rung: make what is there its final record.  May be NULL without a
     * strategy. */
    lut_status (*prune)(void *arg, const char *key, lut_err *err);
    void *prune_arg;
    double seconds;         /* from now until running trials must leave; INFINITY: no limit */
    double beat;            /* as the crew's */
    uint32_t threads;       /* of a trial, and bytes it may take (0: any): to judge ranks by */
    uint64_t memory;
    size_t max_fails;       /* SIZE_MAX: no limit */
    double best;            /* validation accuracy of earlier runs; NaN: none */
    char best_key[SWEEP_KEY];
    const sweep_fields *run; /* of the RUN line in the journal */
    /* Called a few times a second; may be NULL. */
    void (*show)(void *arg, const sweep_progress *p);
    void *show_arg;
    void (*alive)(void *arg); /* every few seconds: the lock's; may be NULL */
    void *alive_arg;
    /* Nonzero: say who runs what, and clear it; may be NULL. */
    volatile sig_atomic_t *tell;
} sweep_plan;

typedef enum sweep_reason {
    SWEEP_COMPLETE,  /* nothing is left to do; some may have failed */
    SWEEP_STOPPED,   /* by a signal or the time limit */
    SWEEP_TOO_MANY   /* failures */
} sweep_reason;

typedef struct sweep_outcome {
    sweep_reason reason;
    size_t done, failed;     /* in this run; rows that share a training that failed count once */
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
