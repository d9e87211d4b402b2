/* A sweep in virtual time: coordinator, schedule, leases and strategy are the real ones;
 * ranks, messages and the clock are not.
 *
 * Ranks have one slot and never fail.  A message takes `delay`; a trial takes `overhead`
 * besides its training (start of its process, record, journal); a rank starts a trial that
 * was handed to it ahead of time when the one before it has ended.  What the coordinator
 * computes takes no virtual time: cpu_seconds says whether that is fair.  Signs of life are
 * left out (they are ranks / beat messages a second and as many answers).
 */
#ifndef SWEEP_SIMULATE_H
#define SWEEP_SIMULATE_H

#include "sweep/farm.h"

typedef struct sweep_simulation_cfg {
    uint32_t ranks;
    double delay, overhead; /* seconds */
    /* Trial i trains from epoch `from` to `until` (0: to its end): seconds, and the best
     * validation accuracy up to there.  Pure. */
    void (*leg)(void *arg, double *seconds, double *valid_accuracy, size_t i, uint32_t from,
                uint32_t until);
    void *leg_arg;
} sweep_simulation_cfg;

typedef struct sweep_simulation {
    double makespan;    /* virtual seconds from the first start to the last end */
    double busy;        /* sum over all trials, overheads included */
    double longest;     /* of them */
    double bound;       /* max(busy / ranks, longest): nothing can be faster */
    double idle;        /* 1 - busy / (ranks * makespan) */
    double last_start;  /* after the first one */
    double mean, peak;  /* messages a second, to and from rank 0, over the makespan and in
                           the busiest second but the first; about trials only */
    double cpu_seconds; /* of the coordinator's code on this machine */
    uint64_t messages;  /* in all */
    size_t legs;        /* trials started, each rung counted */
    size_t ended, pruned;
    double epochs;      /* trained */
} sweep_simulation;

/* plan: as for sweep_farm; its beat, show, alive, prune, max_fails and time limit are not
 * used.  Leases are used up. */
lut_status sweep_simulate(sweep_simulation *out, const sweep_plan *plan,
                          const sweep_simulation_cfg *cfg, lut_err *err);

/* The same trials without a coordinator: trial i on rank i modulo ranks. */
void sweep_simulate_static(sweep_simulation *out, size_t n, const sweep_simulation_cfg *cfg);

#endif
