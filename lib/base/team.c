#include "lib/base/team.h"
#include "lib/base/check.h"

#include <sched.h>
#include <time.h>

/* ---- waiting ----
 *
 * Between two loops of a step there is up to a tenth of a millisecond: pauses.  Then others who
 * want the core may have it, and at last it is left: an idle core takes over a thread of the
 * team that waits for another one, a spinning core doesn't.  Naps grow with the time that was
 * waited already, so what is missed by sleeping too long is at most about as long. */
enum {
    PAUSES = 4000, /* 100 to 200 microseconds */
    YIELDS = 50,
    FIRST_NAP = 50 * 1000, /* nanoseconds */
    LAST_NAP = 1000 * 1000
};

typedef struct waiter {
    unsigned turns;
    long nap;
} waiter;

static void pause_core(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static void take_nap(waiter *w)
{
    struct timespec t = { .tv_nsec = w->nap ? w->nap : FIRST_NAP };

    nanosleep(&t, NULL);
    w->nap = t.tv_nsec * 2 < LAST_NAP ? t.tv_nsec * 2 : LAST_NAP;
}

static void wait_a_bit(waiter *w)
{
    if (w->turns >= PAUSES + YIELDS) {
        take_nap(w);
        return;
    }
    if (w->turns++ < PAUSES)
        pause_core();
    else
        sched_yield();
}

/* ---- parts ---- */

static uint32_t unclaimed(uint64_t work)
{
    return (uint32_t)work;
}

/* First part of a share; of the one past the last: the end. */
static uint32_t first_part(const lut_team *t, uint32_t n, unsigned share)
{
    return (uint32_t)((uint64_t)n * share / t->threads);
}

/* Claims and runs parts of a share until none is left; returns how many. */
static uint32_t take_share(lut_team *t, unsigned share)
{
    _Atomic uint64_t *left = &t->share[share].work;
    uint64_t work = atomic_load_explicit(left, memory_order_acquire);
    uint32_t taken = 0;

    while (unclaimed(work)) {
        lut_for_fn fn = atomic_load_explicit(&t->fn, memory_order_relaxed);
        void *arg = atomic_load_explicit(&t->arg, memory_order_relaxed);
        uint32_t n = atomic_load_explicit(&t->n, memory_order_relaxed);

        if (!atomic_compare_exchange_weak_explicit(
                left, &work, work - 1, memory_order_acquire, memory_order_acquire))
            continue;
        fn(arg, first_part(t, n, share + 1) - unclaimed(work));
        taken++;
        work = atomic_load_explicit(left, memory_order_acquire);
    }
    return taken;
}

/* Thread `self` takes from its own share first. */
static uint32_t take_parts(lut_team *t, unsigned self)
{
    uint32_t taken = 0;

    for (unsigned i = 0; i < t->threads; i++)
        taken += take_share(t, (self + i) % t->threads);
    return taken;
}

void lut_team_open(lut_team *t, unsigned threads)
{
    LUT_CHECK(threads >= 1 && threads <= LUT_MAX_THREADS);
    atomic_init(&t->loop, 0);
    atomic_init(&t->n, 0);
    atomic_init(&t->fn, NULL);
    atomic_init(&t->arg, NULL);
    atomic_init(&t->closed, false);
    atomic_init(&t->joined, 0);
    atomic_init(&t->finished, 0);
    t->threads = threads;
    t->claimed = 0;
    t->busy = false;
    for (unsigned i = 0; i < threads; i++)
        atomic_init(&t->share[i].work, 0);
}

void lut_team_for(lut_team *t, size_t n, lut_for_fn fn, void *arg)
{
    uint32_t loop = atomic_load_explicit(&t->loop, memory_order_relaxed) + 1;
    uint32_t all = (uint32_t)n;
    waiter w = { 0 };

    t->busy = true;
    atomic_store_explicit(&t->n, all, memory_order_relaxed);
    atomic_store_explicit(&t->fn, fn, memory_order_relaxed);
    atomic_store_explicit(&t->arg, arg, memory_order_relaxed);
    for (unsigned i = 0; i < t->threads; i++) {
        uint32_t parts = first_part(t, all, i + 1) - first_part(t, all, i);

        atomic_store_explicit(&t->share[i].work, (uint64_t)loop << 32 | parts,
                              memory_order_release);
    }
    atomic_store_explicit(&t->loop, loop, memory_order_release);
    t->claimed += all - take_parts(t, 0);
    while (atomic_load_explicit(&t->finished, memory_order_acquire) != t->claimed)
        wait_a_bit(&w);
    t->busy = false;
}

void lut_team_close(lut_team *t)
{
    atomic_store_explicit(&t->closed, true, memory_order_release);
}

void lut_team_serve(lut_team *t)
{
    unsigned self = atomic_fetch_add_explicit(&t->joined, 1, memory_order_relaxed) + 1;
    uint32_t seen = 0, taken;
    waiter w = { 0 };

    while (!atomic_load_explicit(&t->closed, memory_order_acquire)) {
        uint32_t loop = atomic_load_explicit(&t->loop, memory_order_acquire);

        if (loop == seen) {
            wait_a_bit(&w);
            continue;
        }
        seen = loop;
        taken = take_parts(t, self);
        if (taken) {
            atomic_fetch_add_explicit(&t->finished, taken, memory_order_release);
            w = (waiter){ 0 };
        } else { /* too late: others may want this core */
            wait_a_bit(&w);
        }
    }
}
