/* Which trial is where: pure, no clock, no messages, no files.
 *
 * A trial waits, is leased to a rank, may pause between leases, and ends exactly once: done
 * or failed.  What comes late or twice is recognised: a valid result always wins, whoever was
 * given up meanwhile.  Trials that wait are a heap: the next one costs the logarithm of how
 * many there are.
 */
#ifndef SWEEP_LEASE_H
#define SWEEP_LEASE_H

#include "lib/base/status.h"
#include "sweep/cause.h"

typedef enum sweep_lease_state {
    SWEEP_WAITING,
    SWEEP_LEASED,
    SWEEP_PAUSED, /* at a rung, until it is decided whether it goes on */
    SWEEP_DONE,
    SWEEP_FAILED,
    SWEEP_LEASE_STATES
} sweep_lease_state;

typedef struct sweep_lease {
    sweep_lease_state state;
    sweep_cause cause;             /* of the last failure; SWEEP_FINE: none */
    int rank;                      /* that holds it */
    uint32_t attempt;              /* the last one that was started; from 1 */
    uint32_t failures[SWEEP_CAUSES]; /* in this run */
    uint32_t rung;                 /* rungs it has passed: it runs until the next one */
    uint64_t hash;                 /* of the last result in this run; 0: none */
    double since;                  /* when it was leased, on the caller's clock */
    /* Set by whoever decides on the order, then sweep_leases_sort. */
    bool first;                    /* before all that are not */
    double weight;                 /* the heavier before the lighter, then by number */
    double seconds;                /* it is expected to take */
    bool carried;                  /* may start without the time to finish */
    size_t at;                     /* in the heap; SIZE_MAX: not there */
    size_t after;                  /* 1 + the trial whose end it waits for; 0: none */
    size_t follower, sibling;      /* 1 + the first that waits for this one, and the next one
                                      beside this; 0: none */
} sweep_lease;

typedef struct sweep_leases {
    sweep_lease *lease;  /* [n] by trial; owned */
    size_t n;
    size_t *heap;        /* [nheap] trials that wait, the next one in front; owned */
    size_t nheap;
    size_t waiting, leased, paused, done, failed; /* how many are in each state */
    size_t blocked;      /* of those that wait: for another trial, and not in the heap */
    double seconds;      /* of all that wait or are leased */
    uint32_t *held;      /* [ranks] how many each has; owned */
    int ranks;
} sweep_leases;

/* All waiting, in the order of their numbers. */
lut_status sweep_leases_init(sweep_leases *l, size_t n, int ranks, lut_err *err);
void sweep_leases_fini(sweep_leases *l);

/* What earlier runs left: attempts made; done, or failed for good, or paused.  Before the
 * first next. */
void sweep_leases_restore(sweep_leases *l, size_t i, sweep_lease_state state,
                          sweep_cause cause, uint32_t attempts);

/* Trial i, which waits, is not handed out before trial `of` has a result (sweep_leases_done)
 * or sweep_leases_release says so: it needs what that one leaves. */
void sweep_leases_follow(sweep_leases *l, size_t i, size_t of);
void sweep_leases_release(sweep_leases *l, size_t of);

/* The same of those that wait for a trial that has failed: the first of them fails with it,
 * as an attempt of its own; false: there is none left. */
bool sweep_leases_abandon(sweep_leases *l, size_t *i, size_t of);

/* After `first`, `weight`, `seconds` or `carried` of trials were changed.  O(n). */
void sweep_leases_sort(sweep_leases *l);

/* The next trial for a rank, leased with a new attempt; false: none.  Those of more than
 * `most` seconds, if not carried, keep waiting, out of the way until the next sort. */
bool sweep_leases_next(sweep_leases *l, size_t *i, int rank, double now, double most);

typedef enum sweep_verdict {
    SWEEP_ACCEPTED,  /* ended, or paused, by this */
    SWEEP_RETRIED,   /* waits again */
    SWEEP_REPEATED,  /* known already; a result is the same as before */
    SWEEP_DIFFERENT  /* a second result that does not agree with the first */
} sweep_verdict;

/* A valid result of any attempt.  hash: sweep_result_hash. */
sweep_verdict sweep_leases_done(sweep_leases *l, size_t i, uint64_t hash);

/* The same of a trial that has arrived at its rung number `rung`. */
sweep_verdict sweep_leases_pause(sweep_leases *l, size_t i, uint32_t rung, uint64_t hash);

/* A paused trial goes on past its rung, and waits; or is done without. */
void sweep_leases_promote(sweep_leases *l, size_t i);
void sweep_leases_prune(sweep_leases *l, size_t i);

/* What was done turned out not to be on the disk: it failed, as lost. */
void sweep_leases_spoil(sweep_leases *l, size_t i);

/* The attempt failed.  A crash is tried twice in a run, what was lost five times (whatever
 * kills it may kill it for ever), what was cancelled again and again, all else once. */
sweep_verdict sweep_leases_fail(sweep_leases *l, size_t i, uint32_t attempt,
                                sweep_cause cause);

#endif
