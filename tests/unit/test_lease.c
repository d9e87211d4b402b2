/* sweep/lease: whatever happens in whatever order, each trial ends exactly once. */
#include "lib/base/rng.h"
#include "sweep/lease.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool next(sweep_leases *l, size_t *i, int rank)
{
    return sweep_leases_next(l, i, rank, 0, INFINITY);
}

/* A rank is gone: what it held is lost. */
static size_t lose_rank(sweep_leases *l, int rank)
{
    size_t n = 0;

    for (size_t i = 0; i < l->n; i++)
        if (l->lease[i].state == SWEEP_LEASED && l->lease[i].rank == rank) {
            sweep_leases_fail(l, i, l->lease[i].attempt, SWEEP_LOST);
            n++;
        }
    return n;
}

static void test_orders(void)
{
    const double weight[] = { 1, 5, 3, 5 };
    const size_t heaviest[] = { 1, 3, 2, 0 };
    sweep_leases l;
    size_t i;

    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&l, 4, 4, NULL), LUT_OK);
    for (size_t p = 0; p < 4; p++) {
        CU_ASSERT(next(&l, &i, 0));
        CU_ASSERT_EQUAL(i, p);
    }
    CU_ASSERT_FALSE(next(&l, &i, 0));
    sweep_leases_fini(&l);
    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&l, 4, 4, NULL), LUT_OK);
    for (size_t p = 0; p < 4; p++)
        l.lease[p].weight = weight[p];
    sweep_leases_sort(&l);
    for (size_t p = 0; p < 4; p++) {
        CU_ASSERT(next(&l, &i, 0));
        CU_ASSERT_EQUAL(i, heaviest[p]);
    }
    sweep_leases_fini(&l);
}

/* What goes in and out of the heap in any order comes out by weight. */
static void test_heap(void)
{
    enum { M = 200 };
    lut_rng rng = lut_rng_make(5, LUT_RNG_TEST, 0);
    sweep_leases l;
    double before = INFINITY;
    size_t i, n = 0;

    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&l, M, 4, NULL), LUT_OK);
    for (i = 0; i < M; i++) {
        l.lease[i].weight = l.lease[i].seconds = (double)lut_rng_below(&rng, 50);
        l.lease[i].first = i % 40 == 7;
    }
    sweep_leases_sort(&l);
    for (size_t k = 0; k < M / 40; k++)
        CU_ASSERT(next(&l, &i, 0) && i % 40 == 7);
    for (size_t k = 0; k < 90; k++) /* some go, half of them come back */
        if (next(&l, &i, 0) && k % 2)
            sweep_leases_fail(&l, i, 1, SWEEP_CANCELLED);
    sweep_leases_restore(&l, l.heap[l.nheap / 2], SWEEP_DONE, SWEEP_FINE, 1);
    while (next(&l, &i, 0)) {
        CU_ASSERT(l.lease[i].weight <= before);
        before = l.lease[i].weight;
        n++;
    }
    CU_ASSERT_EQUAL(n, M - M / 40 - 45 - 1);
    sweep_leases_fini(&l);
}

/* Near the end of the time the longest that fits goes first; the others wait. */
static void test_time(void)
{
    sweep_leases l;
    size_t i;

    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&l, 4, 4, NULL), LUT_OK);
    for (size_t k = 0; k < 4; k++)
        l.lease[k].weight = l.lease[k].seconds = 10.0 * (double)(k + 1);
    l.lease[3].carried = true;
    sweep_leases_sort(&l);
    CU_ASSERT_DOUBLE_EQUAL(l.seconds, 100, 0);
    CU_ASSERT(sweep_leases_next(&l, &i, 0, 0, 25) && i == 3);
    CU_ASSERT(sweep_leases_next(&l, &i, 0, 0, 25) && i == 1);
    CU_ASSERT_FALSE(sweep_leases_next(&l, &i, 0, 0, 5));
    CU_ASSERT_EQUAL(l.waiting, 2);
    CU_ASSERT_EQUAL(sweep_leases_done(&l, 1, 1), SWEEP_ACCEPTED);
    CU_ASSERT_DOUBLE_EQUAL(l.seconds, 80, 0);
    sweep_leases_sort(&l);
    CU_ASSERT(sweep_leases_next(&l, &i, 0, 0, 35) && i == 2);
    sweep_leases_fini(&l);
}

static void test_rungs(void)
{
    sweep_leases l;
    size_t i;

    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&l, 2, 4, NULL), LUT_OK);
    next(&l, &i, 0);
    CU_ASSERT_EQUAL(sweep_leases_pause(&l, 0, 1, 5), SWEEP_REPEATED); /* not its rung */
    CU_ASSERT_EQUAL(sweep_leases_pause(&l, 0, 0, 5), SWEEP_ACCEPTED);
    CU_ASSERT_EQUAL(sweep_leases_pause(&l, 0, 0, 5), SWEEP_REPEATED);
    CU_ASSERT_EQUAL(sweep_leases_pause(&l, 0, 0, 6), SWEEP_DIFFERENT);
    CU_ASSERT_EQUAL(sweep_leases_fail(&l, 0, 1, SWEEP_LOST), SWEEP_REPEATED);
    CU_ASSERT_EQUAL(l.paused, 1);
    sweep_leases_promote(&l, 0);
    CU_ASSERT(next(&l, &i, 0) && i == 0);
    CU_ASSERT_EQUAL(sweep_leases_pause(&l, 0, 0, 5), SWEEP_REPEATED); /* long ago */
    CU_ASSERT_EQUAL(sweep_leases_pause(&l, 0, 1, 9), SWEEP_ACCEPTED);
    sweep_leases_prune(&l, 0);
    CU_ASSERT_EQUAL(l.done, 1);
    CU_ASSERT_EQUAL(sweep_leases_pause(&l, 0, 1, 9), SWEEP_REPEATED);
    CU_ASSERT_EQUAL(l.waiting, 1);
    sweep_leases_fini(&l);
}

static void test_causes(void)
{
    static const struct {
        sweep_cause cause;
        uint32_t attempts;
    } table[] = { { SWEEP_CRASHED, 2 },
                  { SWEEP_TIMEOUT, 1 },
                  { SWEEP_OUT_OF_MEMORY, 1 },
                  { SWEEP_LOST, 1 }, /* the fifth */
                  { SWEEP_ERROR, 1 } };
    for (size_t c = 0; c < LUT_COUNT(table); c++) {
        sweep_leases l;
        size_t i;
        uint32_t n = 0;

        CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&l, 1, 4, NULL), LUT_OK);
        /* What was lost does not count against it. */
        for (int lost = 0; lost < 4; lost++) {
            CU_ASSERT_FATAL(next(&l, &i, 0));
            CU_ASSERT_EQUAL(sweep_leases_fail(&l, i, l.lease[i].attempt, SWEEP_LOST),
                            SWEEP_RETRIED);
        }
        while (next(&l, &i, 0)) {
            n++;
            sweep_leases_fail(&l, i, l.lease[i].attempt, table[c].cause);
        }
        CU_ASSERT_EQUAL(n, table[c].attempts);
        CU_ASSERT_EQUAL(l.lease[0].attempt, 4 + n);
        CU_ASSERT_EQUAL(l.failed, 1);
        CU_ASSERT_EQUAL(l.lease[0].cause, table[c].cause);
        sweep_leases_fini(&l);
    }
}

static void test_late_and_double(void)
{
    sweep_leases l;
    size_t i;

    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&l, 1, 4, NULL), LUT_OK);
    next(&l, &i, 3);
    CU_ASSERT_EQUAL(lose_rank(&l, 2), 0);
    CU_ASSERT_EQUAL(lose_rank(&l, 3), 1);
    next(&l, &i, 1);
    CU_ASSERT_EQUAL(sweep_leases_fail(&l, 0, 1, SWEEP_CRASHED), SWEEP_REPEATED);
    CU_ASSERT_EQUAL(sweep_leases_done(&l, 0, 77),
                    SWEEP_ACCEPTED); /* of attempt 1, late */
    CU_ASSERT_EQUAL(sweep_leases_fail(&l, 0, 2, SWEEP_CRASHED), SWEEP_REPEATED);
    CU_ASSERT_EQUAL(sweep_leases_done(&l, 0, 77), SWEEP_REPEATED);
    CU_ASSERT_EQUAL(sweep_leases_done(&l, 0, 78), SWEEP_DIFFERENT);
    CU_ASSERT_EQUAL(l.done, 1);
    CU_ASSERT_EQUAL(l.waiting + l.leased + l.failed, 0);
    sweep_leases_fini(&l);
}

/* A rank under simulation: what it holds may finish, fail, vanish, or be told of twice. */
typedef struct held {
    size_t i;
    uint32_t attempt;
} held;

enum { TRIALS = 12, RANKS = 4 };

typedef struct world {
    sweep_leases l;
    lut_rng rng;
    held held[256];
    size_t nheld;
    unsigned ended[TRIALS];
} world;

static bool chance(world *w, unsigned percent)
{
    return lut_rng_below(&w->rng, 100) < percent;
}

static void deliver(world *w, held h)
{
    static const sweep_cause causes[] = { SWEEP_CRASHED,       SWEEP_TIMEOUT,
                                          SWEEP_OUT_OF_MEMORY, SWEEP_LOST,
                                          SWEEP_ERROR,         SWEEP_CANCELLED };
    sweep_verdict v;
    sweep_lease_state before = w->l.lease[h.i].state;

    if (chance(w, 50))
        v = sweep_leases_done(&w->l, h.i, h.i + 1);
    else
        v = sweep_leases_fail(&w->l, h.i, h.attempt,
                              causes[lut_rng_below(&w->rng, LUT_COUNT(causes))]);
    if (v == SWEEP_ACCEPTED && before != SWEEP_FAILED)
        w->ended[h.i]++;
    CU_ASSERT_NOT_EQUAL(v, SWEEP_DIFFERENT);
}

/* The last of a trial's losses ends it too. */
static void lose(world *w, int rank)
{
    sweep_lease_state before[TRIALS];

    for (size_t i = 0; i < TRIALS; i++)
        before[i] = w->l.lease[i].state;
    lose_rank(&w->l, rank);
    for (size_t i = 0; i < TRIALS; i++)
        w->ended[i] += before[i] == SWEEP_LEASED && w->l.lease[i].state == SWEEP_FAILED;
}

static void step(world *w)
{
    int rank = (int)lut_rng_below(&w->rng, RANKS);
    held h;

    if (w->nheld < 200 && next(&w->l, &h.i, rank)) {
        h.attempt = w->l.lease[h.i].attempt;
        w->held[w->nheld++] = h;
    }
    if (chance(w, 3))
        lose(w, rank); /* its messages may still arrive */
    if (w->nheld && chance(w, 60)) {
        size_t which = lut_rng_below(&w->rng, w->nheld);

        h = w->held[which];
        if (!chance(w, 10)) /* else it is delivered twice */
            w->held[which] = w->held[--w->nheld];
        deliver(w, h);
    }
}

static void schedule(uint64_t seed)
{
    world w = { .rng = lut_rng_make(seed, LUT_RNG_TEST, 0) };
    unsigned steps = 0;

    if (sweep_leases_init(&w.l, TRIALS, 4, NULL) != LUT_OK)
        CU_FAIL_FATAL("no memory");
    for (size_t i = 0; i < TRIALS; i++)
        w.l.lease[i].weight = (double)lut_rng_below(&w.rng, 5);
    sweep_leases_sort(&w.l);
    while (w.l.done + w.l.failed < TRIALS && steps++ < 20000)
        step(&w);
    CU_ASSERT_EQUAL(w.l.done + w.l.failed, TRIALS);
    CU_ASSERT_EQUAL(w.l.waiting + w.l.leased, 0);
    for (size_t i = 0; i < TRIALS; i++)
        CU_ASSERT_EQUAL(w.ended[i], 1);
    sweep_leases_fini(&w.l);
}

static void test_random_schedules(void)
{
    for (uint64_t seed = 0; seed < 10000; seed++)
        schedule(seed);
}

static void test_restore(void)
{
    sweep_leases l;
    size_t i;

    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&l, 3, 4, NULL), LUT_OK);
    sweep_leases_restore(&l, 2, SWEEP_DONE, SWEEP_FINE, 1);
    sweep_leases_restore(&l, 1, SWEEP_FAILED, SWEEP_TIMEOUT, 4);
    sweep_leases_restore(&l, 0, SWEEP_WAITING, SWEEP_CRASHED, 2);
    CU_ASSERT(next(&l, &i, 0));
    CU_ASSERT_EQUAL(i, 0);
    CU_ASSERT_EQUAL(l.lease[0].attempt, 3);
    CU_ASSERT_FALSE(next(&l, &i, 0));
    sweep_leases_fini(&l);
}

/* Trials that need the result of another one wait until it is there, and fail with it. */
static void test_followers(void)
{
    sweep_leases l;
    size_t i;

    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&l, 6, 4, NULL), LUT_OK);
    sweep_leases_follow(&l, 2, 1);
    sweep_leases_follow(&l, 3, 1);
    sweep_leases_follow(&l, 5, 4);
    CU_ASSERT(l.blocked == 3 && l.nheap == 3 && l.waiting == 6);
    for (size_t p = 0; p < 4; p++)
        l.lease[p].weight = 9 - (double)p;
    sweep_leases_sort(&l); /* does not let them in */
    CU_ASSERT_EQUAL(l.nheap, 3);
    CU_ASSERT(next(&l, &i, 0) && i == 0);
    CU_ASSERT(next(&l, &i, 1) && i == 1);
    CU_ASSERT(next(&l, &i, 2) && i == 4);
    CU_ASSERT_FALSE(next(&l, &i, 3));
    CU_ASSERT_EQUAL(sweep_leases_fail(&l, 1, 1, SWEEP_LOST), SWEEP_RETRIED);
    CU_ASSERT_EQUAL(l.blocked, 3);
    CU_ASSERT(next(&l, &i, 0) && i == 1);
    CU_ASSERT_EQUAL(sweep_leases_done(&l, 1, 7), SWEEP_ACCEPTED);
    CU_ASSERT(l.blocked == 1 && l.nheap == 2);
    CU_ASSERT(next(&l, &i, 0) && i == 2);
    CU_ASSERT(next(&l, &i, 0) && i == 3);
    CU_ASSERT_EQUAL(sweep_leases_fail(&l, 4, 1, SWEEP_TIMEOUT), SWEEP_ACCEPTED);
    CU_ASSERT(sweep_leases_abandon(&l, &i, 4) && i == 5);
    CU_ASSERT(l.lease[5].state == SWEEP_FAILED && l.lease[5].cause == SWEEP_TIMEOUT);
    CU_ASSERT(l.lease[5].attempt == 1 && l.failed == 2 && l.blocked == 0);
    CU_ASSERT_FALSE(sweep_leases_abandon(&l, &i, 4));
    CU_ASSERT(l.waiting == 0 && l.leased == 3);
    sweep_leases_fini(&l);
}

/* What was pruned has a result when its record is written, not before. */
static void test_followers_of_pruned(void)
{
    sweep_leases l;
    size_t i;

    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&l, 2, 1, NULL), LUT_OK);
    sweep_leases_follow(&l, 1, 0);
    CU_ASSERT(next(&l, &i, 0) && i == 0);
    CU_ASSERT_EQUAL(sweep_leases_pause(&l, 0, 0, 5), SWEEP_ACCEPTED);
    CU_ASSERT(l.waiting == l.blocked && l.nheap == 0);
    sweep_leases_prune(&l, 0);
    CU_ASSERT_EQUAL(l.nheap, 0);
    sweep_leases_release(&l, 0);
    CU_ASSERT(next(&l, &i, 0) && i == 1);
    sweep_leases_fini(&l);
}

static void test_cause_sets(void)
{
    unsigned set;

    CU_ASSERT(sweep_cause_set(&set, "crashed,timeout"));
    CU_ASSERT_EQUAL(set, 1u << SWEEP_CRASHED | 1u << SWEEP_TIMEOUT);
    CU_ASSERT(sweep_cause_set(&set, "none") && set == 0);
    CU_ASSERT(sweep_cause_set(&set, "all") && set & 1u << SWEEP_LOST);
    CU_ASSERT_FALSE(sweep_cause_set(&set, "crash"));
    CU_ASSERT_FALSE(sweep_cause_set(&set, ""));
    CU_ASSERT_FALSE(sweep_cause_set(&set, "ok"));
    CU_ASSERT_FALSE(sweep_cause_set(&set, "cancelled"));
    CU_ASSERT_FALSE(sweep_cause_set(&set, "crashed,"));
    for (unsigned c = SWEEP_CRASHED; c < SWEEP_CAUSES; c++)
        CU_ASSERT_EQUAL(sweep_cause_find(sweep_cause_name((sweep_cause)c)), c);
}

UNIT_MAIN("lease", UNIT(test_orders), UNIT(test_heap), UNIT(test_time), UNIT(test_rungs),
          UNIT(test_causes), UNIT(test_late_and_double), UNIT(test_random_schedules), UNIT(test_restore),
          UNIT(test_followers), UNIT(test_followers_of_pruned), UNIT(test_cause_sets))
