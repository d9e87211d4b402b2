/* Which trial is where: a state machine of its arguments alone.
 *
 * A trial waits, is leased to a rank, and ends exactly once: done or failed.  What comes
 * late or twice is recognised: a valid result always wins, whoever was given up meanwhile.
 */
#ifndef SWEEP_LEASE_H
#define SWEEP_LEASE_H

#include "lib/base/status.h"
#include "sweep/cause.h"

typedef enum sweep_order { SWEEP_LONGEST, SWEEP_CONFIG, SWEEP_RANDOM } sweep_order;

/* False where there is no order of that name. */
bool sweep_order_find(sweep_order *order, const char *name);

typedef enum sweep_lease_state {
    SWEEP_WAITING,
    SWEEP_LEASED,
    SWEEP_DONE,
    SWEEP_FAILED
} sweep_lease_state;

typedef struct sweep_lease {
    sweep_lease_state state;
    sweep_cause cause;             /* of the last failure; SWEEP_FINE: none */
    int rank;                      /* that holds it */
    uint32_t attempt;              /* the last one that was started; from 1 */
    uint32_t failures[SWEEP_CAUSES]; /* in this run */
    uint64_t hash;                 /* of the result, where done in this run */
    size_t place;                  /* in the order */
} sweep_lease;

typedef struct sweep_leases {
    sweep_lease *lease;  /* [n] by trial */
    size_t *order;       /* [n] trials, the one to start first in front */
    size_t n;
    size_t front;        /* nothing waits before this place */
    size_t waiting, leased, done, failed; /* how many are in each state */
} sweep_leases;

/* All waiting.  cost [n]; ties go to the lower number; seed: of a random order. */
lut_status sweep_leases_init(sweep_leases *l, const double *cost, size_t n,
                             sweep_order order, uint64_t seed, lut_err *err);
void sweep_leases_fini(sweep_leases *l);

/* What earlier runs left: attempts made; done, or failed for good. Before the first next. */
void sweep_leases_restore(sweep_leases *l, size_t i, sweep_lease_state state,
                          sweep_cause cause, uint32_t attempts);

/* The next trial for a rank, leased with a new attempt; false: none waits. */
bool sweep_leases_next(sweep_leases *l, size_t *i, int rank);

typedef enum sweep_verdict {
    SWEEP_ACCEPTED,  /* ended by this */
    SWEEP_RETRIED,   /* waits again */
    SWEEP_REPEATED,  /* known already; a result is the same as before */
    SWEEP_DIFFERENT  /* a second result that does not agree with the first */
} sweep_verdict;

/* A valid result of any attempt.  hash: sweep_result_hash. */
sweep_verdict sweep_leases_done(sweep_leases *l, size_t i, uint64_t hash);

/* The attempt failed.  A crash is tried twice in a run, what was lost or cancelled again
 * and again, everything else once. */
sweep_verdict sweep_leases_fail(sweep_leases *l, size_t i, uint32_t attempt,
                                sweep_cause cause);

/* A rank is gone: what it held is lost.  Returns how many. */
size_t sweep_leases_gone(sweep_leases *l, int rank);

#endif
