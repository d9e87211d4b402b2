/* sweep/schedule: what is done next, what is learnt of the machine, and rungs that come out
 * the same however often a sweep was interrupted. */
#include "lib/base/rng.h"
#include "sweep/schedule.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 27, E = 9 };

static double cost[N];
static uint16_t group[N], stratum[N];
static uint32_t epochs[N];
static char key[N][17];

static void set_up(void)
{
    for (size_t i = 0; i < N; i++) {
        cost[i] = 1 + (double)(i * 7 % N);
        group[i] = (uint16_t)(i % 2);
        stratum[i] = (uint16_t)(i % 3);
        epochs[i] = E;
        snprintf(key[i], sizeof key[i], "%016zx", i * 0x9e3779b97f4a7c15u);
    }
}

static void start(sweep_schedule *s, sweep_leases *l, sweep_schedule_cfg *cfg)
{
    cfg->n = N;
    cfg->cost = cost;
    cfg->group = group;
    cfg->epochs = epochs;
    if (cfg->job_seconds <= 0)
        cfg->job_seconds = INFINITY;
    CU_ASSERT_EQUAL_FATAL(sweep_schedule_init(s, cfg, l, NULL), LUT_OK);
}

static size_t take(sweep_schedule *s, double left)
{
    size_t i = SIZE_MAX;

    return sweep_schedule_next(s, &i, 0, 0, left) ? i : SIZE_MAX;
}

static void finish(sweep_schedule *s, size_t i, double seconds)
{
    sweep_verdict v;

    CU_ASSERT_EQUAL(sweep_schedule_done(s, &v, i, 1, 50, seconds, NULL), LUT_OK);
    CU_ASSERT_EQUAL(v, SWEEP_ACCEPTED);
}

static void test_first(void)
{
    sweep_schedule_cfg cfg = { .order = SWEEP_LONGEST, .stratum = stratum };
    sweep_schedule s;
    sweep_leases l;
    double before = INFINITY;
    bool seen[3] = { false };

    set_up();
    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&l, N, 1, NULL), LUT_OK);
    start(&s, &l, &cfg);
    for (int k = 0; k < 3; k++) { /* the cheapest of each kind */
        const size_t i = take(&s, INFINITY);

        CU_ASSERT_FATAL(i < N);
        CU_ASSERT_FALSE(seen[stratum[i]]);
        seen[stratum[i]] = true;
        for (size_t j = 0; j < N; j++)
            CU_ASSERT(stratum[j] != stratum[i] || cost[j] >= cost[i]);
    }
    for (size_t k = 3; k < N; k++) { /* then the longest */
        const size_t i = take(&s, INFINITY);

        CU_ASSERT_FATAL(i < N);
        CU_ASSERT(cost[i] <= before);
        before = cost[i];
    }
    CU_ASSERT_EQUAL(take(&s, INFINITY), SIZE_MAX);
    sweep_leases_fini(&l);
}

static void test_other_orders(void)
{
    sweep_schedule_cfg cfg = { .order = SWEEP_CONFIG, .stratum = stratum };
    sweep_schedule s;
    sweep_leases l;
    size_t moved = 0;

    set_up();
    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&l, N, 1, NULL), LUT_OK);
    start(&s, &l, &cfg);
    for (size_t i = 0; i < N; i++)
        CU_ASSERT_EQUAL(take(&s, INFINITY), i);
    sweep_leases_fini(&l);
    cfg.order = SWEEP_RANDOM;
    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&l, N, 1, NULL), LUT_OK);
    start(&s, &l, &cfg);
    for (size_t i = 0; i < N; i++)
        moved += take(&s, INFINITY) != i;
    CU_ASSERT(moved > N / 2);
    sweep_leases_fini(&l);
}

/* Nothing starts that cannot end in time, but what no run of this length could finish. */
static void test_limit(void)
{
    sweep_schedule_cfg cfg = { .order = SWEEP_LONGEST, .job_seconds = 30 };
    sweep_known known[N] = { { .final = true, .seconds = 10 } };
    sweep_schedule s;
    sweep_leases l;
    size_t i;

    set_up();
    memset(group, 0, sizeof group);
    cost[0] = 10; /* so a unit of cost is a second */
    for (size_t k = 1; k < N; k++)
        known[k].seconds = NAN;
    cfg.known = known;
    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&l, N, 1, NULL), LUT_OK);
    sweep_leases_restore(&l, 0, SWEEP_DONE, SWEEP_FINE, 1);
    start(&s, &l, &cfg);
    for (int carried = 0; carried < 4; carried++) { /* 27 to 24: more than 30 / 1.3 */
        i = take(&s, 12);
        CU_ASSERT_FATAL(i < N);
        CU_ASSERT(l.lease[i].seconds > 30 / 1.3);
    }
    i = take(&s, 12);
    CU_ASSERT_FATAL(i < N);
    CU_ASSERT(l.lease[i].seconds <= 12 / 1.3 && l.lease[i].seconds > 8);
    CU_ASSERT_EQUAL(take(&s, 0.5), SIZE_MAX);
    CU_ASSERT(l.waiting > 0);
    sweep_leases_fini(&l);
}

/* So it is with what this run itself has learnt of its machine, from its first result on: ten
 * times slower than was thought. */
static void test_limit_learnt(void)
{
    static const double order[] = { 27, 26,
                                    25, 24, /* 230 s and more: in no run of 300 s */
                                    4,  3,
                                    2,  1 };
    sweep_schedule_cfg cfg = { .order = SWEEP_LONGEST, .job_seconds = 300 };
    sweep_schedule s;
    sweep_leases l;

    set_up();
    memset(group, 0, sizeof group);
    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&l, N, 1, NULL), LUT_OK);
    start(&s, &l, &cfg);
    for (size_t k = 0; k < LUT_COUNT(order); k++) {
        const size_t i = take(&s, 60);

        CU_ASSERT_FATAL(i < N);
        CU_ASSERT_EQUAL(cost[i], order[k]);
        finish(&s, i, 10 * cost[i]);
    }
    CU_ASSERT_EQUAL(take(&s, 60), SIZE_MAX);
    CU_ASSERT_EQUAL(l.waiting, N - LUT_COUNT(order));
    sweep_leases_fini(&l);
}

/* A parametrization that takes ten times as long as was thought comes first. */
static void test_learning(void)
{
    sweep_schedule_cfg cfg = { .order = SWEEP_LONGEST };
    sweep_schedule s;
    sweep_leases l;
    double work, uncertainty;
    size_t slow_first = 0;

    set_up();
    for (size_t i = 0; i < N; i++)
        cost[i] = 5;
    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&l, N, 1, NULL), LUT_OK);
    start(&s, &l, &cfg);
    CU_ASSERT_FALSE(sweep_schedule_left(&s, &work, &uncertainty));
    sweep_leases_fini(&l);
    for (size_t i = 0; i < N; i++)
        cost[i] = 5 + 0.01 * (double)i;
    {
        sweep_known known[N] = { { .final = false } };

        for (size_t i = 0; i < 8; i++)
            known[i] = (sweep_known){ .final = true, .seconds = i % 2 ? 50 : 5 };
        cfg.known = known;
        CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&l, N, 1, NULL), LUT_OK);
        for (size_t i = 0; i < 8; i++)
            sweep_leases_restore(&l, i, SWEEP_DONE, SWEEP_FINE, 1);
        start(&s, &l, &cfg);
        for (size_t k = 0; k < 9; k++)
            slow_first += take(&s, INFINITY) % 2;
        CU_ASSERT(slow_first >= 8);
        CU_ASSERT(sweep_schedule_left(&s, &work, &uncertainty));
        CU_ASSERT(work > 0.5 * (9 * 50 + 10 * 5) && work < 2 * (9 * 50 + 10 * 5));
        finish(&s, 9, 50);
        sweep_leases_fini(&l);
    }
}

/* ---- rungs ---- */

/* What is on the disk of a made-up sweep. */
typedef struct disk {
    uint32_t epochs[N];
    bool final[N], pruned[N], failed[N];
    uint32_t promoted[N]; /* epochs of the last rung that it was let pass */
    unsigned legs;
    bool firm; /* no promotion may be taken back */
    const sweep_strategy *strategy; /* of the run that goes on */
} disk;

typedef struct search {
    const char *name;
    uint32_t eta, min_epochs;
} search;

/* Accuracy of trial i after e epochs: better ones show late. */
static double accuracy(size_t i, uint32_t e)
{
    if (i % 11 == 3)
        return NAN; /* diverges */
    return 40 + (double)(i * 5 % N) * e / E + (double)(i % 4);
}

static double best_until(size_t i, uint32_t e)
{
    double best = NAN;

    for (uint32_t k = 1; k <= e; k++)
        best = fmax(best, accuracy(i, k));
    return best;
}

static lut_status write_down(void *arg, const sweep_decision *d, lut_err *err)
{
    uint32_t rung[SWEEP_RUNGS];
    disk *k = arg;

    (void)err;
    sweep_strategy_rungs(k->strategy, rung, d->i);
    CU_ASSERT(!k->firm || !d->prune || rung[d->rung] > k->promoted[d->i]);
    if (d->prune)
        k->final[d->i] = k->pruned[d->i] = true;
    else if (k->promoted[d->i] < rung[d->rung])
        k->promoted[d->i] = rung[d->rung];
    return LUT_OK;
}

/* Rungs of today that a trial has passed, whatever they were when it did. */
static uint32_t rungs_passed(const disk *d, size_t i, const uint32_t *rung, size_t n)
{
    uint32_t passed = 0;

    while (passed < n && !d->final[i] &&
           (rung[passed] <= d->promoted[i] || rung[passed] < d->epochs[i]))
        passed++;
    return passed;
}

static void fill_known(sweep_known *known, const disk *d, sweep_strategy *st)
{
    for (size_t i = 0; i < N; i++) {
        uint32_t rung[SWEEP_RUNGS];
        size_t n = sweep_strategy_rungs(st, rung, i);

        known[i] = (sweep_known){ .final = d->final[i],
                                  .pruned = d->pruned[i],
                                  .epochs = d->epochs[i],
                                  .promoted = rungs_passed(d, i, rung, n),
                                  .seconds = NAN };
        for (size_t r = 0; r < n; r++)
            known[i].best[r] = best_until(i, rung[r]);
    }
}

static void end_leg(sweep_schedule *s, disk *d, size_t i)
{
    const uint32_t until = sweep_schedule_until(s, i);
    sweep_verdict v;

    d->legs++;
    CU_ASSERT(!d->final[i] && (until ? until : E) > d->epochs[i]);
    d->epochs[i] = until ? until : E;
    if (isnan(accuracy(i, 1))) { /* ended before its rung */
        d->final[i] = true;
        CU_ASSERT_EQUAL(sweep_schedule_done(s, &v, i, 1, NAN, NAN, NULL), LUT_OK);
    } else if (until) {
        CU_ASSERT_EQUAL(sweep_schedule_paused(s, &v, i, s->l->lease[i].rung, 1,
                                              best_until(i, until), NAN, NULL),
                        LUT_OK);
    } else {
        d->final[i] = true;
        CU_ASSERT_EQUAL(sweep_schedule_done(s, &v, i, 1, best_until(i, E), NAN, NULL),
                        LUT_OK);
    }
}

/* One run with `slots` trials at a time that end in any order; interrupted at any moment with
 * probability `stop`.  Returns whether the sweep is complete. */
static bool run_once(disk *d, const search *how, lut_rng *rng, unsigned slots,
                     double stop)
{
    sweep_strategy_cfg c = { .name = how->name,
                             .eta = how->eta,
                             .min_epochs = how->min_epochs,
                             .n = N,
                             .epochs = epochs,
                             .key = (const char(*)[17])key };
    sweep_known known[N];
    sweep_schedule_cfg cfg = { .known = known,
                               .decided = write_down,
                               .decided_arg = d };
    sweep_schedule s;
    sweep_leases l;
    size_t held[N], nheld = 0, i;
    bool complete = false;

    CU_ASSERT_EQUAL_FATAL(sweep_strategy_create(&cfg.strategy, &c, NULL), LUT_OK);
    d->strategy = cfg.strategy;
    fill_known(known, d, cfg.strategy);
    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&l, N, 1, NULL), LUT_OK);
    for (i = 0; i < N; i++)
        if (d->final[i])
            sweep_leases_restore(&l, i, SWEEP_DONE, SWEEP_FINE, 1);
    start(&s, &l, &cfg);
    while (!complete && lut_rng_uniform(rng) >= stop) {
        while (nheld < slots && sweep_schedule_next(&s, &i, 0, 0, INFINITY))
            held[nheld++] = i;
        if (nheld) {
            const size_t k = lut_rng_below(rng, (uint32_t)nheld);

            i = held[k];
            held[k] = held[--nheld];
            end_leg(&s, d, i);
        } else if (l.waiting == 0) {
            CU_ASSERT_EQUAL(sweep_schedule_settle(&s, NULL), LUT_OK);
            complete = l.waiting == 0;
        }
    }
    if (complete)
        CU_ASSERT_EQUAL(l.done, N);
    sweep_leases_fini(&l);
    sweep_strategy_destroy(cfg.strategy);
    return complete;
}

static void play(disk *d, const char *name, uint64_t seed, unsigned slots, double stop)
{
    lut_rng rng = lut_rng_make(seed, LUT_RNG_TEST, 1);
    const search how = { name, 3, 1 };

    memset(d, 0, sizeof *d);
    d->firm = true;
    for (int runs = 0; !run_once(d, &how, &rng, slots, stop); runs++)
        CU_ASSERT_FATAL(runs < 10000);
}

/* Of halving and hyperband the same trials are pruned at the same epochs, whatever the order
 * of events, the number of slots and the interruptions. */
static void test_interruptions(void)
{
    static const char *const names[] = { "halving", "hyperband" };

    set_up();
    for (size_t k = 0; k < LUT_COUNT(names); k++) {
        disk first, other;
        size_t pruned = 0;

        play(&first, names[k], 1, 1, 0);
        for (size_t i = 0; i < N; i++)
            pruned += first.pruned[i];
        CU_ASSERT(pruned > N / 4 && pruned < N);
        for (uint64_t seed = 2; seed < 200; seed++) {
            play(&other, names[k], seed, 1 + (unsigned)seed % 7, 0.1);
            CU_ASSERT_EQUAL(memcmp(first.epochs, other.epochs, sizeof first.epochs), 0);
            CU_ASSERT_EQUAL(memcmp(first.pruned, other.pruned, sizeof first.pruned), 0);
            CU_ASSERT_EQUAL(first.legs, other.legs);
        }
    }
}

/* asha's decisions depend on the order; but none is taken back, none twice. */
static void test_asynchronous(void)
{
    disk d;

    set_up();
    for (uint64_t seed = 1; seed < 200; seed++) {
        size_t whole = 0;

        play(&d, "asha", seed, 1 + (unsigned)seed % 7, 0.1);
        for (size_t i = 0; i < N; i++) {
            CU_ASSERT(d.final[i]);
            whole += d.epochs[i] == E;
        }
        CU_ASSERT(whole >= 1 && whole < N / 2);
        CU_ASSERT(d.legs >= N && d.legs < 2 * N);
    }
}

/* Another eta, lowest rung or strategy from one run to the next: what was decided stays, what
 * was trained is not trained again, and all trials end. */
static void test_changed_search(void)
{
    static const search searches[] = { { "halving", 3, 1 },   { "halving", 2, 1 },
                                       { "halving", 3, 2 },   { "asha", 3, 1 },
                                       { "asha", 2, 2 },      { "hyperband", 3, 1 },
                                       { "hyperband", 2, 2 }, { "grid", 2, 1 } };
    disk d;

    set_up();
    for (uint64_t seed = 1; seed < 1000; seed++) {
        lut_rng rng = lut_rng_make(seed, LUT_RNG_TEST, 2);
        bool complete = false;

        memset(&d, 0, sizeof d);
        for (int runs = 0; !complete; runs++) {
            const search *how = &searches[lut_rng_below(&rng, LUT_COUNT(searches))];
            const disk before = d;

            CU_ASSERT_FATAL(runs < 1000);
            complete = run_once(&d, how, &rng, 1 + (unsigned)seed % 7, 0.1);
            for (size_t i = 0; i < N; i++) {
                CU_ASSERT(d.epochs[i] >= before.epochs[i]);
                CU_ASSERT(!before.final[i] || (d.epochs[i] == before.epochs[i] &&
                                               d.pruned[i] == before.pruned[i]));
            }
        }
        for (size_t i = 0; i < N; i++)
            CU_ASSERT(d.final[i] &&
                      (d.pruned[i] || d.epochs[i] == E || isnan(accuracy(i, 1))));
    }
}

UNIT_MAIN("schedule", UNIT(test_first), UNIT(test_other_orders), UNIT(test_limit),
          UNIT(test_limit_learnt), UNIT(test_learning), UNIT(test_interruptions),
          UNIT(test_asynchronous), UNIT(test_changed_search))
