/* sweep/strategy: laws of who goes on. */
#include "lib/base/rng.h"
#include "sweep/strategy.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 400 };

/* A sweep that is played: arrivals in any order, scores a function of trial and rung. */
typedef struct game {
    sweep_strategy *s;
    size_t n;
    uint32_t epochs[MOST];
    char key[MOST][17];
    double luts[MOST];
    double noise; /* of the scores of lower rungs */
    /* What came out. */
    int8_t decided[MOST][SWEEP_RUNGS]; /* 0 no, 1 on, -1 pruned */
    int8_t ends[MOST];
    uint64_t trained; /* epochs */
    /* On their way. */
    struct {
        size_t i, rung;
    } coming[MOST];
    size_t ncoming;
} game;

static void set_up(game *g, const char *name, size_t n, uint32_t epochs, uint32_t eta,
                   uint32_t min_epochs)
{
    sweep_strategy_cfg cfg = {
        .name = name, .eta = eta, .min_epochs = min_epochs, .seed = 1, .n = n
    };

    memset(g, 0, sizeof *g);
    g->n = n;
    for (size_t i = 0; i < n; i++) {
        lut_rng rng = lut_rng_make(7, LUT_RNG_TEST, i);

        g->epochs[i] = epochs;
        snprintf(g->key[i], sizeof g->key[i], "%016llx",
                 (unsigned long long)lut_rng_next(&rng));
    }
    cfg.epochs = g->epochs;
    cfg.key = (const char(*)[17])g->key;
    CU_ASSERT_EQUAL_FATAL(sweep_strategy_create(&g->s, &cfg, NULL), LUT_OK);
}

/* The best is trial 0, the next 1, ...: with noise up to the top. */
static double score_of(const game *g, size_t i, size_t rung)
{
    lut_rng rng = lut_rng_make(i, LUT_RNG_TEST, 1000 + rung);

    if (g->noise < 0 && lut_rng_uniform(&rng) < 0.2)
        return NAN; /* a fifth fails at each rung */
    return 90 - 0.01 * (double)i - 3 / (double)(rung + 1) +
           fabs(g->noise) * lut_rng_normal(&rng);
}

static uint32_t epochs_at(const game *g, size_t i, size_t rung)
{
    uint32_t at[SWEEP_RUNGS] = { 0 };
    size_t n = sweep_strategy_rungs(g->s, at, i);

    return rung < n ? at[rung] : g->epochs[i];
}

/* A trial is started again at a rung, and arrives at the next or at its end. */
static void go_on(game *g, size_t i, size_t rung)
{
    uint32_t at[SWEEP_RUNGS];

    g->trained += epochs_at(g, i, rung) - (rung ? epochs_at(g, i, rung - 1) : 0);
    if (rung == sweep_strategy_rungs(g->s, at, i)) {
        g->ends[i]++;
        return;
    }
    g->coming[g->ncoming].i = i;
    g->coming[g->ncoming++].rung = rung;
}

static void take_decisions(game *g)
{
    sweep_decision d;

    while (sweep_strategy_decide(g->s, &d)) {
        CU_ASSERT_EQUAL(g->decided[d.i][d.rung], 0);
        g->decided[d.i][d.rung] = d.prune ? -1 : 1;
        if (d.prune)
            g->ends[d.i]++;
        else
            go_on(g, d.i, d.rung + 1);
    }
}

static void arrive(game *g, size_t which)
{
    const size_t i = g->coming[which].i, rung = g->coming[which].rung;
    const double score = score_of(g, i, rung);

    g->coming[which] = g->coming[--g->ncoming];
    if (isnan(score))
        g->ends[i]++;
    sweep_strategy_tell(g->s, i, rung, score);
    sweep_strategy_tell(g->s, i, rung, 99); /* too late */
}

/* Order 0: as they come.  Looks for decisions now and then. */
static void play(game *g, uint64_t order)
{
    lut_rng rng = lut_rng_make(order, LUT_RNG_TEST, 0);

    for (size_t i = 0; i < g->n; i++)
        go_on(g, i, 0);
    while (g->ncoming) {
        arrive(g, order ? lut_rng_below(&rng, g->ncoming) : 0);
        if (!order || g->ncoming == 0 || lut_rng_below(&rng, 3) == 0)
            take_decisions(g);
    }
    sweep_strategy_close(g->s);
    take_decisions(g);
    CU_ASSERT_EQUAL(g->ncoming, 0);
}

static void check_ends(const game *g)
{
    for (size_t i = 0; i < g->n; i++)
        CU_ASSERT_EQUAL(g->ends[i], 1);
}

static void test_names(void)
{
    const sweep_strategy_cfg cfg = { .name = "halvin", .eta = 3, .min_epochs = 1 };
    sweep_strategy *s;
    lut_err err;

    CU_ASSERT_EQUAL(sweep_strategy_create(&s, &cfg, &err), LUT_ENOENT);
    CU_ASSERT_PTR_NULL(s);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "halvin"));
    sweep_strategy_destroy(NULL);
}

static void test_grid(void)
{
    game g;

    set_up(&g, "grid", 50, 30, 3, 1);
    play(&g, 1);
    check_ends(&g);
    CU_ASSERT_EQUAL(g.trained, 50 * 30);
    CU_ASSERT(sweep_strategy_ordered(g.s));
    sweep_strategy_destroy(g.s);
}

static void test_rungs(void)
{
    static const struct {
        uint32_t epochs, eta, least;
        uint32_t rung[5]; /* up to 0 */
    } table[] = { { 81, 3, 1, { 1, 3, 9, 27 } },
                  { 81, 3, 2, { 3, 9, 27 } },
                  { 30, 3, 1, { 1, 2, 4, 10 } }, /* 30/81, 30/27, 30/9 are rounded up */
                  { 30, 2, 4, { 4, 8, 15 } },
                  { 2, 3, 1, { 1 } },
                  { 1, 3, 1, { 0 } },
                  { 5, 2, 5, { 0 } } };

    for (unsigned k = 0; k < LUT_COUNT(table); k++) {
        uint32_t rung[SWEEP_RUNGS] = { 0 };
        game g;
        size_t n;

        set_up(&g, "halving", 3, table[k].epochs, table[k].eta, table[k].least);
        n = sweep_strategy_rungs(g.s, rung, 2);
        for (size_t r = 0; r < 5; r++)
            CU_ASSERT_EQUAL(r < n ? rung[r] : 0, table[k].rung[r]);
        sweep_strategy_destroy(g.s);
    }
    for (uint32_t epochs = 1; epochs < 300; epochs++) {
        uint32_t rung[SWEEP_RUNGS] = { 0 };
        game g;
        size_t n;

        set_up(&g, "asha", 1, epochs, 2 + epochs % 5, 1 + epochs % 3);
        n = sweep_strategy_rungs(g.s, rung, 0);
        for (size_t r = 0; r < n; r++)
            CU_ASSERT(rung[r] >= 1 + epochs % 3 && rung[r] < epochs &&
                      (r == 0 || rung[r] > rung[r - 1]));
        sweep_strategy_destroy(g.s);
    }
}

/* n trials, K rungs of E epochs: n E / eta^K at first, then K times as much less one
 * eta-th, where n and E are powers of eta. */
static void test_cost_of_halving(void)
{
    game g;

    set_up(&g, "halving", 81, 81, 3, 1);
    play(&g, 0);
    CU_ASSERT_EQUAL(g.trained, 81 + 4 * 54); /* 4.5 % of 81 * 81 */
    CU_ASSERT_EQUAL(g.decided[0][3], 1);
    sweep_strategy_destroy(g.s);
    set_up(&g, "halving", 20, 9, 3, 1); /* 20 at 1, 6 at 3, 2 to the end */
    play(&g, 0);
    CU_ASSERT_EQUAL(g.trained, 20 + 6 * 2 + 2 * 6);
    sweep_strategy_destroy(g.s);
}

/* Two are fewer than eta: one of them goes on all the same. */
static void test_one_always_ends(void)
{
    static const char *const names[] = { "halving", "hyperband", "asha" };

    for (unsigned k = 0; k < LUT_COUNT(names); k++) {
        game g;

        set_up(&g, names[k], 2, 27, 3, 1);
        play(&g, 0);
        check_ends(&g);
        CU_ASSERT(g.decided[0][2] == 1 || g.decided[1][2] == 1);
        sweep_strategy_destroy(g.s);
    }
}

static void check_one_end(const char *name, size_t n, double noise)
{
    for (uint64_t order = 0; order < 20; order++) {
        game g;

        set_up(&g, name, n, 27, 3, 1);
        g.noise = noise;
        play(&g, order);
        check_ends(&g);
        sweep_strategy_destroy(g.s);
    }
}

static void test_ends_once(void)
{
    static const char *const names[] = { "grid", "halving", "hyperband", "asha" };
    static const size_t sizes[] = { 1, 2, 3, 40, MOST };

    for (unsigned k = 0; k < LUT_COUNT(names); k++)
        for (unsigned n = 0; n < LUT_COUNT(sizes); n++) {
            check_one_end(names[k], sizes[n], 1);
            check_one_end(names[k], sizes[n], -1);
        }
}

static void check_order(const char *name, double noise)
{
    game first, g;

    set_up(&first, name, 100, 27, 3, 1);
    first.noise = noise;
    play(&first, 0);
    CU_ASSERT(sweep_strategy_ordered(first.s));
    for (uint64_t order = 1; order <= 1000; order++) {
        set_up(&g, name, 100, 27, 3, 1);
        g.noise = noise;
        play(&g, order);
        CU_ASSERT_EQUAL(memcmp(g.decided, first.decided, sizeof g.decided), 0);
        CU_ASSERT_EQUAL(g.trained, first.trained);
        sweep_strategy_destroy(g.s);
    }
    sweep_strategy_destroy(first.s);
}

static void test_order_does_not_matter(void)
{
    check_order("halving", 1);
    check_order("halving", -1);
    check_order("hyperband", 1);
    check_order("hyperband", -1);
}

static void test_best_survives(void)
{
    game g;

    for (uint64_t order = 0; order < 100; order++) {
        set_up(&g, "asha", 100, 27, 3, 1);
        play(&g, order);
        CU_ASSERT_EQUAL(g.decided[0][2], 1);
        CU_ASSERT(!sweep_strategy_ordered(g.s));
        sweep_strategy_destroy(g.s);
    }
    set_up(&g, "halving", 100, 27, 3, 1);
    play(&g, 0);
    for (size_t i = 0; i < 100; i++) { /* 33, 11, 3 */
        CU_ASSERT_EQUAL(g.decided[i][0], i < 33 ? 1 : -1);
        CU_ASSERT_EQUAL(g.decided[i][1], i < 11 ? 1 : i < 33 ? -1 : 0);
        CU_ASSERT_EQUAL(g.decided[i][2], i < 3 ? 1 : i < 11 ? -1 : 0);
    }
    sweep_strategy_destroy(g.s);
}

/* Every bracket has its share, and keeps the best of it. */
static void test_brackets(void)
{
    static const double share[] = { 4. / 49, 6. / 49, 12. / 49, 27. / 49 };
    size_t best[4] = { MOST, MOST, MOST, MOST }, count[4] = { 0 };
    game g;

    set_up(&g, "hyperband", MOST, 27, 3, 1);
    for (size_t i = MOST; i-- > 0;) {
        uint32_t rung[SWEEP_RUNGS];
        size_t s = sweep_strategy_rungs(g.s, rung, i);

        CU_ASSERT_FATAL(s < 4);
        CU_ASSERT(s == 0 || rung[s - 1] == 9);
        CU_ASSERT(s < 3 || rung[0] == 1);
        count[s]++;
        best[s] = i;
    }
    for (size_t s = 0; s < 4; s++) {
        const double expected = MOST * share[s];

        CU_ASSERT_DOUBLE_EQUAL((double)count[s], expected, 4 * sqrt(expected));
    }
    play(&g, 3);
    for (size_t s = 1; s < 4; s++)
        CU_ASSERT_EQUAL(g.decided[best[s]][s - 1], 1);
    sweep_strategy_destroy(g.s);
}

/* The same trials in another place, and more of them: brackets are those of the keys. */
static void test_brackets_go_by_key(void)
{
    uint32_t epochs[11], rung[SWEEP_RUNGS];
    char key[11][17];
    sweep_strategy_cfg cfg = { .name = "hyperband",
                               .eta = 3,
                               .min_epochs = 1,
                               .seed = 1,
                               .n = 11,
                               .epochs = epochs,
                               .key = (const char(*)[17])key };
    sweep_strategy *s;
    unsigned moved = 0;
    game g;

    set_up(&g, "hyperband", 10, 27, 3, 1);
    for (size_t i = 0; i < 11; i++) {
        epochs[i] = 27;
        memcpy(key[i], i < 10 ? g.key[9 - i] : "0123456789abcdef", 17);
    }
    CU_ASSERT_EQUAL_FATAL(sweep_strategy_create(&s, &cfg, NULL), LUT_OK);
    for (size_t i = 0; i < 10; i++)
        CU_ASSERT_EQUAL(sweep_strategy_rungs(s, rung, i),
                        sweep_strategy_rungs(g.s, rung, 9 - i));
    sweep_strategy_destroy(s);
    cfg.seed = 2;
    CU_ASSERT_EQUAL_FATAL(sweep_strategy_create(&s, &cfg, NULL), LUT_OK);
    for (size_t i = 0; i < 10; i++)
        moved +=
            sweep_strategy_rungs(s, rung, i) != sweep_strategy_rungs(g.s, rung, 9 - i);
    CU_ASSERT(moved > 0);
    sweep_strategy_destroy(s);
    sweep_strategy_destroy(g.s);
}

/* A played asha, stopped anywhere, goes on from what was written down. */
static void check_restore(uint64_t order)
{
    lut_rng rng = lut_rng_make(order, LUT_RNG_TEST, 5);
    uint32_t rung[SWEEP_RUNGS], shuffled[MOST];
    game g, again;
    sweep_decision d;

    set_up(&g, "asha", 60, 27, 3, 1);
    set_up(&again, "asha", 60, 27, 3, 1);
    g.noise = again.noise = 2;
    play(&g, order + 1);
    for (uint32_t i = 0; i < 60; i++) {
        size_t rungs = 0;

        while (rungs < 3 && g.decided[i][rungs] == 1)
            rungs++;
        sweep_strategy_restore(again.s, i, rungs);
        shuffled[i] = i;
    }
    lut_rng_shuffle(&rng, shuffled, 60);
    for (size_t k = 0; k < 60; k++)
        for (size_t r = 0; r < sweep_strategy_rungs(again.s, rung, 0); r++)
            if (g.decided[shuffled[k]][r])
                sweep_strategy_tell(again.s, shuffled[k], r,
                                    score_of(&g, shuffled[k], r));
    while (sweep_strategy_decide(again.s, &d)) {
        CU_ASSERT_EQUAL(again.decided[d.i][d.rung], 0);
        again.decided[d.i][d.rung] = d.prune ? -1 : 1;
    }
    CU_ASSERT_EQUAL(memcmp(again.decided, g.decided, sizeof g.decided), 0);
    sweep_strategy_destroy(again.s);
    sweep_strategy_destroy(g.s);
}

static void test_restore(void)
{
    for (uint64_t order = 0; order < 200; order++)
        check_restore(order);
}

/* asha does not wait: of three, the best goes on at once, a fourth changes nothing, and a
 * better one that comes late goes on as well. */
static void test_asha_does_not_wait(void)
{
    sweep_decision d;
    game g;

    set_up(&g, "asha", 7, 3, 3, 1);
    sweep_strategy_tell(g.s, 4, 0, 50);
    sweep_strategy_tell(g.s, 5, 0, 70);
    CU_ASSERT_FALSE(sweep_strategy_decide(g.s, &d));
    sweep_strategy_tell(g.s, 6, 0, 60);
    CU_ASSERT_FATAL(sweep_strategy_decide(g.s, &d));
    CU_ASSERT(d.i == 5 && d.rung == 0 && !d.prune);
    sweep_strategy_tell(g.s, 0, 0, 65);
    CU_ASSERT_FALSE(sweep_strategy_decide(g.s, &d));
    sweep_strategy_tell(g.s, 1, 0, 80);
    CU_ASSERT_FATAL(sweep_strategy_decide(g.s, &d));
    CU_ASSERT(d.i == 1 && !d.prune);
    sweep_strategy_tell(g.s, 2, 0, NAN); /* six: two are in, 1 and 5 */
    CU_ASSERT_FALSE(sweep_strategy_decide(g.s, &d));
    sweep_strategy_tell(g.s, 3, 0, 10);
    for (int pruned = 0; pruned < 4; pruned++) { /* complete: 0, 3, 4, 6 */
        CU_ASSERT_FATAL(sweep_strategy_decide(g.s, &d));
        CU_ASSERT(d.prune && d.i != 1 && d.i != 2 && d.i != 5);
    }
    CU_ASSERT_FALSE(sweep_strategy_decide(g.s, &d));
    sweep_strategy_destroy(g.s);
}

/* Ten times the LUTs cost two points. */
static void test_luts(void)
{
    const uint32_t epochs[] = { 3, 3, 3 };
    const double luts[] = { 1000, 100, 10 };
    const char key[3][17] = { "a", "b", "c" };
    const sweep_strategy_cfg cfg = { .name = "halving",
                                     .eta = 3,
                                     .min_epochs = 1,
                                     .luts_weight = 2,
                                     .n = 3,
                                     .epochs = epochs,
                                     .luts = luts,
                                     .key = key };
    sweep_strategy *s;
    sweep_decision d;

    CU_ASSERT_EQUAL_FATAL(sweep_strategy_create(&s, &cfg, NULL), LUT_OK);
    sweep_strategy_tell(s, 0, 0, 93); /* 93 - 6, 91.5 - 4, 89 - 2 */
    sweep_strategy_tell(s, 1, 0, 91.5);
    sweep_strategy_tell(s, 2, 0, 89);
    CU_ASSERT(sweep_strategy_decide(s, &d) && d.i == 1 && !d.prune);
    sweep_strategy_destroy(s);
}

/* Trials of 8 and of 9 epochs race apart, though both have two rungs. */
static void test_epochs_race_apart(void)
{
    uint32_t epochs[12];
    char key[12][17] = { "" };
    const sweep_strategy_cfg cfg = { .name = "halving",
                                     .eta = 3,
                                     .min_epochs = 1,
                                     .n = 12,
                                     .epochs = epochs,
                                     .key = (const char(*)[17])key };
    unsigned on[2] = { 0 };
    sweep_strategy *s;
    sweep_decision d;

    for (size_t i = 0; i < 12; i++)
        epochs[i] = i % 2 ? 9 : 8;
    CU_ASSERT_EQUAL_FATAL(sweep_strategy_create(&s, &cfg, NULL), LUT_OK);
    for (size_t i = 0; i < 12; i++)
        sweep_strategy_tell(s, i, 0, i % 2 ? 50. + (double)i : 10. + (double)i);
    while (sweep_strategy_decide(s, &d))
        on[d.i % 2] += !d.prune;
    CU_ASSERT(on[0] == 2 && on[1] == 2);
    sweep_strategy_destroy(s);
}

/* Ended at once: its scores of all rungs are known before anybody else's first. */
static void test_told_ahead(void)
{
    sweep_decision d;
    game g;

    set_up(&g, "halving", 3, 9, 3, 1);
    sweep_strategy_tell(g.s, 1, 0, 80);
    sweep_strategy_tell(g.s, 1, 1, 85);
    CU_ASSERT_FALSE(sweep_strategy_decide(g.s, &d));
    sweep_strategy_tell(g.s, 0, 0, 70);
    sweep_strategy_tell(g.s, 2, 0, 80); /* a tie: the lower number */
    CU_ASSERT(sweep_strategy_decide(g.s, &d) && d.i == 1 && d.rung == 0 && !d.prune);
    for (int pruned = 0; pruned < 2; pruned++)
        CU_ASSERT(sweep_strategy_decide(g.s, &d) && d.prune && d.rung == 0);
    CU_ASSERT(sweep_strategy_decide(g.s, &d) && d.i == 1 && d.rung == 1 && !d.prune);
    CU_ASSERT_FALSE(sweep_strategy_decide(g.s, &d));
    sweep_strategy_destroy(g.s);
}

/* One never arrives: what waited for it is pruned in the end, and only then. */
static void test_close(void)
{
    sweep_decision d;
    game g;

    set_up(&g, "halving", 3, 9, 3, 1);
    sweep_strategy_tell(g.s, 0, 0, 70);
    sweep_strategy_tell(g.s, 2, 0, NAN);
    CU_ASSERT_FALSE(sweep_strategy_decide(g.s, &d));
    sweep_strategy_close(g.s);
    CU_ASSERT(sweep_strategy_decide(g.s, &d) && d.i == 0 && d.prune);
    CU_ASSERT_FALSE(sweep_strategy_decide(g.s, &d));
    sweep_strategy_destroy(g.s);
}

UNIT_MAIN("strategy", UNIT(test_names), UNIT(test_grid), UNIT(test_rungs),
          UNIT(test_cost_of_halving), UNIT(test_one_always_ends), UNIT(test_ends_once),
          UNIT(test_order_does_not_matter), UNIT(test_best_survives),
          UNIT(test_brackets), UNIT(test_brackets_go_by_key), UNIT(test_restore),
          UNIT(test_asha_does_not_wait), UNIT(test_luts), UNIT(test_epochs_race_apart),
          UNIT(test_told_ahead), UNIT(test_close))
