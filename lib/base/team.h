/* How the threads of a team share loops; only exec.c, which starts them, and tests call this.
 *
 * Thread t of T begins with part n t / T of n: loops over the same things find them in that core's
 * own cache.  Who is through with his share helps with those of the others.
 *
 * Parts of a share are handed out by one number, `work`: the number of the loop (mod 2^32) in the
 * upper half, the parts that nobody has claimed in the lower.  A thread claims a part by taking 1
 * from it in a compare-and-swap.  The leader claims too, until none is left, and waits only
 * for parts that others have claimed: a thread that does not run, or wakes up late, has
 * claimed nothing.
 *
 * What is claimed is described by fn, arg and n.  A claim of loop g succeeds only while a part
 * of g is unclaimed, and until the claimed part is reported as finished the leader does not
 * write the next description: what was read before a claim that succeeds belongs to it.  What
 * a late thread reads in the middle of such a write it throws away, because its claim fails:
 * g has 0 unclaimed parts, or is over.  (A thread would have to miss a multiple of 2^32 loops
 * between reading and claiming to mistake a loop for another.) */
#ifndef LUT_BASE_TEAM_H
#define LUT_BASE_TEAM_H

#include "lib/base/exec.h"

#include <stdatomic.h>

enum { LUT_CACHE_LINE = 64 };

typedef struct lut_share {
    _Alignas(LUT_CACHE_LINE) _Atomic uint64_t work;
} lut_share;

typedef struct lut_team {
    /* Written by the leader once a loop; `loop`, its number, last. */
    _Alignas(LUT_CACHE_LINE) _Atomic uint32_t loop;
    _Atomic uint32_t n;
    _Atomic lut_for_fn fn;
    _Atomic(void *) arg;
    atomic_bool closed;
    unsigned threads;
    /* Written by the others: parts they finished, of all loops; how many came so far. */
    _Alignas(LUT_CACHE_LINE) _Atomic uint64_t finished;
    atomic_uint joined;
    /* The leader's: those it knows that others claimed; whether it is in a loop.  A part may
     * read that, as it can neither begin nor end meanwhile. */
    _Alignas(LUT_CACHE_LINE) uint64_t claimed;
    bool busy;
    lut_share share[LUT_MAX_THREADS]; /* [threads] */
} lut_team;

/* Before any other thread knows the team; threads: the leader and those that will serve, of whom
 * some may never come. */
void lut_team_open(lut_team *t, unsigned threads);

/* The leader's loop, 1 <= n < 2^32; not while the team is busy. */
void lut_team_for(lut_team *t, size_t n, lut_for_fn fn, void *arg);

/* The leader's last call: the others leave. */
void lut_team_close(lut_team *t);

/* What any other thread does, until the team is closed. */
void lut_team_serve(lut_team *t);

#endif
