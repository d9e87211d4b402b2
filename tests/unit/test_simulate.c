/* sweep/simulate: the real coordinator on ranks that are made up. */
#include "lib/base/rng.h"
#include "sweep/journal.h"
#include "sweep/simulate.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 2000, EPOCHS = 27 };

typedef struct sheet {
    size_t n;
    char key[MOST][SWEEP_KEY];
    double seconds[MOST], cost[MOST];
    uint32_t epochs[MOST];
} sheet;

static sheet s; /* too large for the stack */

static lut_status trial(void *arg, sweep_trial *t, char digest[SWEEP_DIGEST], size_t i,
                        lut_err *err)
{
    size_t n;
    const lut_field *f = sweep_trial_fields(&n);

    (void)arg;
    (void)i;
    (void)err;
    memset(t, 0, sizeof *t);
    lut_fields_default(f, n, t);
    memcpy(digest, "0123456789abcdef", SWEEP_DIGEST);
    return LUT_OK;
}

/* The lower the number, the better; nobody overtakes. */
static void leg(void *arg, double *seconds, double *valid_accuracy, size_t i,
                uint32_t from, uint32_t until)
{
    (void)arg;
    *seconds = s.seconds[i] * ((until ? until : EPOCHS) - from) / EPOCHS;
    *valid_accuracy = 90 - 0.01 * (double)i;
}

/* Even: all of 4 s.  Uneven: log-normal, costs known up to a tenth. */
static void fill(size_t n, bool even)
{
    s.n = n;
    for (size_t i = 0; i < n; i++) {
        lut_rng rng = lut_rng_make(3, LUT_RNG_TEST, i);

        snprintf(s.key[i], sizeof s.key[i], "%016llx",
                 (unsigned long long)lut_rng_next(&rng));
        s.seconds[i] = even ? 4 : 10 * exp(lut_rng_normal(&rng));
        s.cost[i] = s.seconds[i] * exp(0.1 * lut_rng_normal(&rng));
        s.epochs[i] = EPOCHS;
    }
}

static sweep_simulation play(uint32_t ranks, double delay, sweep_order order,
                             sweep_strategy *strategy)
{
    const sweep_simulation_cfg cfg = { .ranks = ranks, .delay = delay, .leg = leg };
    sweep_leases leases;
    sweep_plan plan = { .schedule = { .n = s.n,
                                      .order = order,
                                      .cost = s.cost,
                                      .epochs = s.epochs,
                                      .strategy = strategy,
                                      .job_seconds = INFINITY },
                        .key = (const char(*)[SWEEP_KEY])s.key,
                        .trial = trial,
                        .leases = &leases,
                        .best = NAN };
    sweep_simulation out;

    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&leases, s.n, (int)ranks, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_simulate(&out, &plan, &cfg, NULL), LUT_OK);
    CU_ASSERT_EQUAL(leases.done, s.n);
    sweep_leases_fini(&leases);
    return out;
}

/* 64 trials of 4 seconds on 8 ranks: 32 seconds, nobody idle. */
static void test_even(void)
{
    sweep_simulation out;

    fill(64, true);
    out = play(8, 0, SWEEP_LONGEST, NULL);
    CU_ASSERT_DOUBLE_EQUAL(out.makespan, 32, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(out.bound, 32, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(out.idle, 0, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(out.last_start, 28, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(out.epochs, 64 * EPOCHS, 1e-9);
    CU_ASSERT_EQUAL(out.legs, 64);
    /* HELLO and what answers it; ASSIGN, DONE, ACK; STOP, BYE, RELEASE. */
    CU_ASSERT_EQUAL(out.messages, 8 * 2 + 64 * 3 + 8 * 3);
    CU_ASSERT(out.cpu_seconds > 0);
}

/* From the end of a trial to the start of the next a message goes each way. */
static void test_delay(void)
{
    sweep_simulation out;

    fill(64, true);
    out = play(8, 0.25, SWEEP_LONGEST, NULL);
    CU_ASSERT_DOUBLE_EQUAL(out.makespan, 32 + 7 * 0.5, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(out.idle, 1 - 32 / 35.5, 1e-9);
}

/* Short trials are handed out ahead: the way there and back shows at the start and at the
 * end only, not 64 times. */
static void test_short_trials(void)
{
    sweep_simulation out;

    fill(512, true);
    for (size_t i = 0; i < s.n; i++)
        s.seconds[i] = 0.25;
    out = play(8, 0.25, SWEEP_LONGEST, NULL);
    CU_ASSERT(out.makespan > 16 && out.makespan < 24);
}

/* Longest first: at most 4/3 of the best (R. Graham, SIAM J. Appl. Math. 17 (1969)) where
 * costs are exact, and better than chance. */
static void test_uneven(void)
{
    static const uint32_t ranks[] = { 1, 2, 16, 64, 500 };

    fill(1000, false);
    for (unsigned k = 0; k < LUT_COUNT(ranks); k++) {
        const sweep_simulation longest = play(ranks[k], 0, SWEEP_LONGEST, NULL);
        const sweep_simulation random = play(ranks[k], 0, SWEEP_RANDOM, NULL);
        const sweep_simulation again = play(ranks[k], 0, SWEEP_LONGEST, NULL);

        CU_ASSERT(longest.makespan >= longest.bound - 1e-6);
        CU_ASSERT(longest.makespan < 1.1 * longest.bound);
        CU_ASSERT(longest.makespan <= random.makespan + 1e-6);
        CU_ASSERT_EQUAL(longest.makespan, again.makespan);
        CU_ASSERT_EQUAL(longest.messages, again.messages);
        CU_ASSERT_DOUBLE_EQUAL(longest.busy, random.busy, 1e-6);
    }
}

static void test_static(void)
{
    const sweep_simulation_cfg cfg = { .ranks = 2, .leg = leg };
    sweep_simulation out;

    fill(5, true);
    s.seconds[2] = 20; /* 0, 2, 4 and 1, 3 */
    sweep_simulate_static(&out, 5, &cfg);
    CU_ASSERT_DOUBLE_EQUAL(out.makespan, 28, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(out.bound, 20, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(out.busy, 36, 1e-9);
}

static sweep_simulation climb(const char *name, uint32_t ranks)
{
    const sweep_strategy_cfg cfg = { .name = name,
                                     .eta = 3,
                                     .min_epochs = 1,
                                     .seed = 1,
                                     .n = s.n,
                                     .epochs = s.epochs,
                                     .key = (const char(*)[SWEEP_KEY])s.key };
    sweep_strategy *strategy;
    sweep_simulation out;

    CU_ASSERT_EQUAL_FATAL(sweep_strategy_create(&strategy, &cfg, NULL), LUT_OK);
    out = play(ranks, 0.01, SWEEP_LONGEST, strategy);
    sweep_strategy_destroy(strategy);
    return out;
}

/* 81 trials, rungs at 1, 3, 9: 81 + 27 * 2 + 9 * 6 + 3 * 18 epochs, whatever the ranks. */
static void test_halving(void)
{
    static const uint32_t ranks[] = { 1, 7, 64, 200 };

    fill(81, false);
    for (unsigned k = 0; k < LUT_COUNT(ranks); k++) {
        const sweep_simulation halving = climb("halving", ranks[k]);
        const sweep_simulation asha = climb("asha", ranks[k]);

        CU_ASSERT_DOUBLE_EQUAL(halving.epochs, 81 + 3 * 54, 1e-9);
        CU_ASSERT_EQUAL(halving.legs, 81 + 27 + 9 + 3);
        CU_ASSERT_EQUAL(halving.pruned, 78);
        CU_ASSERT(asha.epochs >= halving.epochs - 54 && asha.epochs < 81 * EPOCHS / 3.);
    }
}

/* ---- a sweep that ran ---- */

typedef struct recorded {
    size_t started;
} recorded;

/* Trials in the order of their starts, with the seconds that they took. */
static lut_status take_line(void *arg, const sweep_entry *e, lut_err *err)
{
    recorded *r = arg;
    size_t i = 0;

    (void)err;
    while (i < r->started && strcmp(s.key[i], e->key) != 0)
        i++;
    if (!strcmp(e->event, "START"))
        memcpy(s.key[r->started++], e->key, SWEEP_KEY);
    else if (!strcmp(e->event, "DONE"))
        s.seconds[i] = sweep_entry_number(e, "seconds", 0);
    return LUT_OK;
}

/* The journal of a sweep of two workers (configs/quickstart.cfg with epochs=300), who by its
 * clock needed 63 seconds from the first start to the last end. */
static void test_as_it_was(void)
{
    const double recorded_seconds = 63;
    recorded r = { 0 };
    sweep_simulation out;
    size_t damaged;

    fill(MOST, true);
    CU_ASSERT_EQUAL_FATAL(sweep_journal_replay(TEST_DATA "/two-workers.jl", &damaged,
                                               take_line, &r, NULL),
                          LUT_OK);
    CU_ASSERT_EQUAL(damaged, 0);
    CU_ASSERT_EQUAL_FATAL(r.started, 58);
    s.n = r.started;
    out = play(2, 0.001, SWEEP_CONFIG, NULL);
    CU_ASSERT_DOUBLE_EQUAL(out.makespan / recorded_seconds, 1, 0.03);
}

UNIT_MAIN("simulate", UNIT(test_even), UNIT(test_delay), UNIT(test_short_trials),
          UNIT(test_uneven), UNIT(test_static), UNIT(test_halving),
          UNIT(test_as_it_was))
