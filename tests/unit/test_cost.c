/* sweep/cost: made-up times are recovered, and little knowledge moves little. */
#include "lib/base/rng.h"
#include "sweep/cost.h"
#include "tests/support/unit.h"

#include <math.h>

static void test_nothing_known(void)
{
    const sweep_cost c = { 0 };

    CU_ASSERT_EQUAL(sweep_cost_seconds(&c, 3, 17.5), 17.5);
    CU_ASSERT_DOUBLE_EQUAL(sweep_cost_spread(&c), 0.25, 1e-12);
}

/* n trials of exp(a + b log cost) seconds, scattered by `spread`, costs over four decades. */
static void learn(sweep_cost *c, unsigned group, double a, double b, double spread,
                  int n)
{
    lut_rng rng = lut_rng_make(1, LUT_RNG_TEST, group);

    for (int i = 0; i < n; i++) {
        double x = log(1e-2) + lut_rng_uniform(&rng) * log(1e4);

        sweep_cost_learn(c, group, exp(x),
                         exp(a + b * x + spread * lut_rng_normal(&rng)));
    }
}

static void test_recovers(void)
{
    static const struct {
        double a, b;
    } made[] = { { 0.5, 0.8 }, { -1, 1.2 }, { 2, 1 } };
    sweep_cost c = { 0 };

    for (unsigned g = 0; g < LUT_COUNT(made); g++)
        learn(&c, g, made[g].a, made[g].b, 0.1, 1000);
    for (unsigned g = 0; g < LUT_COUNT(made); g++) {
        double a, b;

        sweep_cost_line(&c, &a, &b, g);
        CU_ASSERT_DOUBLE_EQUAL(a, made[g].a, 0.02);
        CU_ASSERT_DOUBLE_EQUAL(b, made[g].b, 0.01);
        CU_ASSERT_DOUBLE_EQUAL(sweep_cost_seconds(&c, g, 3) /
                                   exp(made[g].a + made[g].b * log(3)),
                               1, 0.02);
    }
    CU_ASSERT_DOUBLE_EQUAL(sweep_cost_spread(&c), 0.1, 0.005);
}

static void test_few_shrink_towards_all(void)
{
    sweep_cost c = { 0 };
    double all, one, many;

    learn(&c, 0, 1, 1, 0.05, 500);
    all = sweep_cost_seconds(&c, 1, 2); /* a group of which nothing is known */
    CU_ASSERT_DOUBLE_EQUAL(all / (2 * exp(1)), 1, 0.02);
    sweep_cost_learn(&c, 1, 2, 4 * all); /* four times as long as expected */
    one = sweep_cost_seconds(&c, 1, 2);
    CU_ASSERT(one > 1.5 * all && one < 3.9 * all);
    for (int i = 0; i < 100; i++)
        sweep_cost_learn(&c, 1, 2, 4 * all);
    many = sweep_cost_seconds(&c, 1, 2);
    CU_ASSERT(many > one && many < 4.1 * all && many > 3.9 * all);
    /* The slope of a group seen at one place only is that of all. */
    CU_ASSERT_DOUBLE_EQUAL(sweep_cost_seconds(&c, 1, 20) / many, 10, 0.5);
}

/* A level between groups is no slope: without that, b would be near 3. */
static void test_levels_are_no_slope(void)
{
    sweep_cost c = { 0 };
    double a, b;

    for (int i = 0; i < 50; i++) {
        sweep_cost_learn(&c, 0, 1 + 0.01 * i, 1 + 0.01 * i);
        sweep_cost_learn(&c, 1, 10 + 0.1 * i, 1000 + 10 * i);
    }
    sweep_cost_line(&c, &a, &b, 7);
    CU_ASSERT_DOUBLE_EQUAL(b, 1, 0.05);
}

static void test_monotone(void)
{
    sweep_cost c = { 0 };

    /* The dearer, the faster: an accident. */
    sweep_cost_learn(&c, 0, 1, 100);
    sweep_cost_learn(&c, 0, 100, 1);
    for (double cost = 1e-3; cost < 1e6; cost *= 3)
        CU_ASSERT(sweep_cost_seconds(&c, 0, 3 * cost) >
                  sweep_cost_seconds(&c, 0, cost));
}

static void test_bad_input(void)
{
    static const double bad[] = { 0, -1, NAN, INFINITY, -INFINITY };
    sweep_cost c = { 0 };

    for (unsigned i = 0; i < LUT_COUNT(bad); i++) {
        sweep_cost_learn(&c, 0, bad[i], 1);
        sweep_cost_learn(&c, 0, 1, bad[i]);
    }
    CU_ASSERT_EQUAL(c.all.n, 0);
    CU_ASSERT_EQUAL(sweep_cost_seconds(&c, 0, 5), 5);
    sweep_cost_learn(&c, SWEEP_COST_GROUPS + 1, 2, 6); /* any number will do */
    CU_ASSERT_DOUBLE_EQUAL(sweep_cost_seconds(&c, 1, 2), 6, 1e-9);
    CU_ASSERT_EQUAL(sweep_cost_seconds(&c, 1, 0), 0);
}

/* What few trials say of their scatter is not believed at once. */
static void test_spread_of_few(void)
{
    sweep_cost c = { 0 };

    sweep_cost_learn(&c, 0, 1, 1);
    sweep_cost_learn(&c, 0, 2, 2);
    CU_ASSERT(sweep_cost_spread(&c) > 0.15 && sweep_cost_spread(&c) <= 0.25);
}

UNIT_MAIN("cost", UNIT(test_nothing_known), UNIT(test_recovers),
          UNIT(test_few_shrink_towards_all), UNIT(test_levels_are_no_slope),
          UNIT(test_monotone), UNIT(test_bad_input), UNIT(test_spread_of_few))
