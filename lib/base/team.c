#include "lib/base/team.h"

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

/* Claims and runs parts until none is left; returns how many. */
static uint32_t take_parts(lut_team *t)
{
    uint64_t work = atomic_load_explicit(&t->work, memory_order_acquire);
    uint32_t taken = 0;

    while (unclaimed(work)) {
        lut_for_fn fn = atomic_load_explicit(&t->fn, memory_order_relaxed);
        void *arg = atomic_load_explicit(&t->arg, memory_order_relaxed);
        uint32_t n = atomic_load_explicit(&t->n, memory_order_relaxed);

        if (!atomic_compare_exchange_weak_explicit(
                &t->work, &work, work - 1, memory_order_acquire, memory_order_acquire))
            continue;
        fn(arg, n - unclaimed(work));
        taken++;
        work = atomic_load_explicit(&t->work, memory_order_acquire);
    }
    return taken;
}

void lut_team_open(lut_team *t)
{
    atomic_init(&t->work, 0);
    atomic_init(&t->n, 0);
    atomic_init(&t->fn, NULL);
    atomic_init(&t->arg, NULL);
    atomic_init(&t->closed, false);
    atomic_init(&t->finished, 0);
    t->claimed = 0;
    t->busy = false;
}

void lut_team_for(lut_team *t, size_t n, lut_for_fn fn, void *arg)
{
    uint64_t loop = (atomic_load_explicit(&t->work, memory_order_relaxed) >> 32) + 1;
    waiter w = { 0 };

    t->busy = true;
    atomic_store_explicit(&t->n, (uint32_t)n, memory_order_relaxed);
    atomic_store_explicit(&t->fn, fn, memory_order_relaxed);
    atomic_store_explicit(&t->arg, arg, memory_order_relaxed);
    atomic_store_explicit(&t->work, loop << 32 | n, memory_order_release);
    t->claimed += n - take_parts(t);
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
    waiter w = { 0 };

    while (!atomic_load_explicit(&t->closed, memory_order_acquire)) {
        uint32_t taken = take_parts(t);

        if (taken) {
            atomic_fetch_add_explicit(&t->finished, taken, memory_order_release);
            w = (waiter){ 0 };
        } else {
            wait_a_bit(&w);
        }
    }
}
