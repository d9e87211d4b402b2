/* sweep/progress: what a waiting person reads. */
#include "sweep/progress.h"
#include "tests/support/unit.h"

#include <math.h>
#include <string.h>

static void test_durations(void)
{
    static const struct {
        double seconds;
        const char *text;
    } table[] = { { 0, "0s" },         { 59.4, "59s" },   { 59.6, "1m00s" },
                  { 3599, "59m59s" },  { 3600, "1h00m" }, { 100 * 3600 - 1, "99h59m" },
                  { 360000, "4d04h" }, { -5, "0s" },      { 1e300, "4050d22h" } };
    char buf[16];

    for (size_t i = 0; i < LUT_COUNT(table); i++)
        CU_ASSERT_STRING_EQUAL(sweep_duration(buf, table[i].seconds), table[i].text);
}

static void test_left(void)
{
    sweep_progress p = { .total = 10,
                         .finished = 4,
                         .here = 4,
                         .slots = 3,
                         .work = 300,
                         .uncertainty = 0.1,
                         .elapsed = 400,
                         .best = NAN };
    double low, high;

    /* By what is expected, not by count: the long ones are done. */
    CU_ASSERT(sweep_progress_left(&p, &low, &high));
    CU_ASSERT(low < 100 && 100 < high);
    CU_ASSERT_DOUBLE_EQUAL(low * high, 1e4, 1e-6);
    CU_ASSERT_DOUBLE_EQUAL(high / 100, exp(0.22), 1e-9);
    p.work = NAN;
    CU_ASSERT_FALSE(sweep_progress_left(&p, &low, &high));
}

static void test_line(void)
{
    sweep_progress p = { .total = 1536,
                         .finished = 36,
                         .failed = 1,
                         .running = 8,
                         .here = 37,
                         .slots = 8,
                         .work = 8 * 360,
                         .uncertainty = 0.065,
                         .elapsed = 360,
                         .best = 97.312,
                         .best_key = "0a1b2c3d4e5f6071" };
    char line[256];

    CU_ASSERT_STRING_EQUAL(
        sweep_progress_line(&p, line, sizeof line),
        "37/1536 2%  8 running  1 failed  best 97.31% 0a1b2c3d  370/h  "
        "6m00s  left 5m10s-6m58s");
    for (size_t n = 1; n < sizeof line; n++) /* never past the end */
        CU_ASSERT(strlen(sweep_progress_line(&p, line, n)) < n);
    p = (sweep_progress){ .best = NAN };
    CU_ASSERT_STRING_EQUAL(sweep_progress_line(&p, line, sizeof line),
                           "0/0 100%  0 running  0 failed  0s");
}

UNIT_MAIN("progress", UNIT(test_durations), UNIT(test_left), UNIT(test_line))
