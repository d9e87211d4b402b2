/* lib/base: status, fields, random numbers, arithmetic, bits, arena, exec. */
#include "lib/base/arena.h"
#include "lib/base/bits.h"
#include "lib/base/exec.h"
#include "lib/base/field.h"
#include "lib/base/mathx.h"
#include "lib/base/rng.h"
#include "lib/base/status.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void test_status(void)
{
    lut_err err;

    CU_ASSERT_EQUAL(lut_fail(&err, LUT_EINVAL, "tau is %g", 0.0), LUT_EINVAL);
    CU_ASSERT_EQUAL(lut_err_wrap(&err, "trial %d", 17), LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, "trial 17: tau is 0");
    CU_ASSERT_EQUAL(lut_fail(NULL, LUT_EIO, "x"), LUT_EIO);
    CU_ASSERT_STRING_EQUAL(lut_status_name(LUT_ENOENT), "not found");
    for (int i = 0; i < 300; i++)
        lut_err_wrap(&err, "%s", "a long context");
    CU_ASSERT(strlen(err.text) < sizeof err.text);
}

typedef struct sample {
    uint32_t count;
    double rate, width;
    int8_t flag;
    char kind[8];
} sample;

static const lut_field sample_fields[] = {
    LUT_OPTION_U32(sample, count, "", 1, 64, "3", "a count"),
    LUT_OPTION_F64(sample, rate, "", 0, 1, "0.1", "a rate"),
    { .name = "width",
      .unit = "",
      .doc = "",
      .type = LUT_WHOLE,
      .offset = offsetof(sample, width),
      .size = sizeof(double),
      .lo = 1,
      .hi = 100,
      .fallback = "10" },
    { .name = "flag",
      .unit = "",
      .doc = "",
      .type = LUT_BOOL,
      .offset = offsetof(sample, flag),
      .size = 1,
      .lo = 0,
      .hi = 1,
      .fallback = "false" },
    LUT_OPTION_TEXT(sample, kind, "soft|hard", "soft", "a kind"),
};

static void refused(const char *field, const char *value, const char *message)
{
    sample s = { 0 };
    lut_err err = { 0 };
    const lut_field *f = lut_field_find(sample_fields, LUT_COUNT(sample_fields), field);

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(lut_field_set_text(f, &s, value, &err), LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, message);
}

static void test_field(void)
{
    sample s;
    char buf[LUT_FIELD_TEXT];

    lut_fields_default(sample_fields, LUT_COUNT(sample_fields), &s);
    CU_ASSERT_EQUAL(s.count, 3);
    CU_ASSERT_EQUAL(s.rate, 0.1);
    CU_ASSERT_STRING_EQUAL(s.kind, "soft");
    CU_ASSERT_STRING_EQUAL(lut_field_text(&sample_fields[1], buf, &s), "0.1");
    CU_ASSERT_STRING_EQUAL(lut_field_text(&sample_fields[2], buf, &s), "10");
    CU_ASSERT_STRING_EQUAL(lut_real_text(buf, 10), "10");
    CU_ASSERT_STRING_EQUAL(lut_real_text(buf, -1e6), "-1000000");
    CU_ASSERT_STRING_EQUAL(lut_real_text(buf, 1e300), "1e+300");
    CU_ASSERT_STRING_EQUAL(lut_real_text(buf, 2.5e-7), "2.5e-07");
    CU_ASSERT_STRING_EQUAL(lut_field_text(&sample_fields[3], buf, &s), "false");
    refused("count", "0", "0 is out of range, want 1..64");
    refused("count", "2.5", "2.5 is no whole number, want 1..64");
    refused("count", "two", "\"two\" is no number, want 1..64");
    refused("rate", "nan(", "\"nan(\" is no number, want 0..1");
    refused("kind", "medium", "\"medium\" is not known, want soft|hard");
    refused("flag", "maybe", "\"maybe\" is no boolean, want true|false");
    CU_ASSERT_EQUAL(lut_field_set_text(&sample_fields[2], &s, "nan", NULL), LUT_OK);
    CU_ASSERT(isnan(s.width));
}

static void test_options(void)
{
    sample s, back;
    char text[256] = "";
    lut_err err;

    lut_fields_default(sample_fields, LUT_COUNT(sample_fields), &s);
    s.rate = 1.0 / 3;
    CU_ASSERT_EQUAL(lut_options_append(text, sizeof text, "x", sample_fields,
                                       LUT_COUNT(sample_fields), &s, &err),
                    LUT_OK);
    CU_ASSERT_STRING_EQUAL(text, "x.count 3 x.rate 0.3333333333333333 x.width 10 "
                                 "x.flag false x.kind soft");
    CU_ASSERT_EQUAL(lut_options_parse(&back, text, "x", sample_fields,
                                      LUT_COUNT(sample_fields), &err),
                    LUT_OK);
    CU_ASSERT_EQUAL(back.rate, s.rate);
    CU_ASSERT_EQUAL(lut_options_parse(&back, "y.other 1 x.cuont 4", "x", sample_fields,
                                      LUT_COUNT(sample_fields), &err),
                    LUT_ENOENT);
    CU_ASSERT_STRING_EQUAL(err.text, "x.cuont: no such option");
    text[0] = 0;
    CU_ASSERT_EQUAL(lut_options_append(text, 20, "x", sample_fields,
                                       LUT_COUNT(sample_fields), &s, &err),
                    LUT_EINVAL);
}

static void test_distance(void)
{
    CU_ASSERT_EQUAL(lut_name_distance("wrap", "warp"), 1);
    CU_ASSERT_EQUAL(lut_name_distance("encoder_bit", "encoder_bits"), 1);
    CU_ASSERT_EQUAL(lut_name_distance("", "abc"), 3);
    CU_ASSERT_EQUAL(lut_name_distance("kitten", "sitting"), 3);
}

static void test_rng(void)
{
    lut_rng a = lut_rng_make(1, LUT_RNG_INIT, 0), b = lut_rng_make(1, LUT_RNG_INIT, 1);
    uint32_t p[100], seen[100] = { 0 };
    double sum = 0, squares = 0;
    enum { N = 20000 };

    CU_ASSERT_NOT_EQUAL(lut_rng_at(&a, 0), lut_rng_at(&b, 0));
    CU_ASSERT_EQUAL(lut_rng_next(&a), lut_rng_at(&a, 0));
    CU_ASSERT_EQUAL(lut_rng_next(&a), lut_rng_at(&a, 1));
    for (int i = 0; i < N; i++) {
        double x = lut_rng_normal(&a);

        sum += x;
        squares += x * x;
    }
    CU_ASSERT(fabs(sum / N) < 5 / sqrt(N));
    CU_ASSERT(fabs(squares / N - 1) < 5 * sqrt(2.0 / N));
    for (uint32_t i = 0; i < 100; i++)
        p[i] = i;
    lut_rng_shuffle(&a, p, 100);
    for (uint32_t i = 0; i < 100; i++)
        seen[p[i]]++;
    for (uint32_t i = 0; i < 100; i++)
        CU_ASSERT_EQUAL(seen[i], 1);
    for (int i = 0; i < 1000; i++)
        CU_ASSERT(lut_rng_below(&a, 7) < 7);
}

static void test_math(void)
{
    for (double x = 1e-300; x < 1e300; x *= 1.37e3)
        CU_ASSERT(fabs(lut_ln(x) - log(x)) <= 1e-14 * (fabs(log(x)) + 1e-3));
    for (double x = 0.5; x < 2; x += 0.00123)
        CU_ASSERT(fabs(lut_ln(x) - log(x)) <= 1e-15);
    for (double x = -3; x < 40; x += 0.000733)
        CU_ASSERT(fabs(lut_cos_pi(x) - (double)cosl(3.14159265358979323846L *
                                                    (long double)x)) <= 1e-15);
    CU_ASSERT_EQUAL(lut_cos_pi(0), 1);
    CU_ASSERT_EQUAL(lut_cos_pi(0.5), 0);
    CU_ASSERT_EQUAL(lut_cos_pi(-1), -1);
    CU_ASSERT_EQUAL(lut_cos_pi(2.5), 0);
    /* the quantile inverts the distribution function */
    for (double p = 1e-12; p < 1; p = p < 0.01 ? p * 3 : p + 0.013)
        CU_ASSERT(fabs(0.5 * erfc(-lut_normal_quantile(p) / sqrt(2)) / p - 1) < 1e-12);
    CU_ASSERT_EQUAL(lut_normal_quantile(0.5), 0);
}

static void test_bits(void)
{
    enum { N = 130, F = 70 };
    uint64_t x[N * 2], out[F * 3];
    uint16_t label[N] = { 0 };
    uint32_t rows[N];
    lut_samples s = { .x = x, .ld = 2, .inputs = F, .label = label, .n = N };
    lut_bits b = { .p = out, .rows = F, .ld = 3 };
    lut_rng r = lut_rng_make(1, LUT_RNG_TEST, 0);

    for (size_t i = 0; i < N * 2; i++)
        x[i] = lut_rng_next(&r);
    for (uint32_t i = 0; i < N; i++)
        rows[i] = N - 1 - i;
    lut_bits_gather(&b, &s, rows, 0, N);
    for (size_t f = 0; f < F; f++) {
        for (size_t i = 0; i < N; i++)
            CU_ASSERT_EQUAL_FATAL(out[f * 3 + i / 64] >> (i % 64) & 1,
                                  x[(N - 1 - i) * 2 + f / 64] >> (f % 64) & 1);
        CU_ASSERT_EQUAL(out[f * 3 + 2] >> (N % 64), 0);
    }
}

static void test_arena(void)
{
    lut_arena a = { 0 };
    char *p = NULL;

    for (int pass = 0; pass < 2; pass++) {
        p = lut_arena_take(&a, 100, 1);
        CU_ASSERT_EQUAL((uintptr_t)lut_arena_take(&a, 3, 8) % 64, 0);
        if (!pass)
            CU_ASSERT_EQUAL_FATAL(lut_arena_alloc(&a, NULL), LUT_OK);
    }
    CU_ASSERT_PTR_NOT_NULL(p);
    lut_arena_fini(&a);
    lut_arena_take(&a, SIZE_MAX / 2, 8);
    CU_ASSERT_EQUAL(lut_arena_alloc(&a, NULL), LUT_ENOMEM);
}

static void count(void *arg, size_t i)
{
    ((int *)arg)[i]++;
}

typedef struct run_in_team {
    const lut_exec *outside;
    int hits[50], loops;
    bool same; /* threads inside as asked for */
} run_in_team;

static void loops_inside(void *arg, const lut_exec *inside)
{
    run_in_team *r = arg;

    r->same = inside->threads == r->outside->threads;
    for (int i = 0; i < r->loops; i++)
        lut_for(inside, 50, count, r->hits);
}

static void loops_deeper_inside(void *arg, const lut_exec *inside)
{
    lut_team_run(inside, loops_inside, arg);
}

static void open_in_part(void *arg, size_t i)
{
    run_in_team *r = (run_in_team *)arg + i;

    lut_team_run(r->outside, loops_inside, r);
}

static void expect_hits(const int hits[50], int each)
{
    for (int i = 0; i < 50; i++)
        CU_ASSERT_EQUAL(hits[i], each);
}

static void test_exec(void)
{
    for (unsigned threads = 1; threads <= 7; threads += 3) {
        lut_exec exec = { .threads = threads };
        run_in_team r = { .outside = &exec, .loops = 100 };

        lut_for(&exec, 50, count, r.hits);
        expect_hits(r.hits, 1);
        lut_team_run(&exec, loops_inside, &r);
        expect_hits(r.hits, 101);
        lut_team_run(&exec, loops_deeper_inside, &r);
        expect_hits(r.hits, 201);
        CU_ASSERT(r.same);
    }
}

/* Parts that open teams of their own. */
static void test_teams_in_parts(void)
{
    lut_exec exec = { .threads = 3 };
    run_in_team r[4];

    for (size_t i = 0; i < LUT_COUNT(r); i++)
        r[i] = (run_in_team){ .outside = &exec, .loops = 10 };
    lut_for(&exec, LUT_COUNT(r), open_in_part, r);
    for (size_t i = 0; i < LUT_COUNT(r); i++)
        expect_hits(r[i].hits, 10);
}

UNIT_MAIN("base", UNIT(test_status), UNIT(test_field), UNIT(test_options),
          UNIT(test_distance), UNIT(test_rng), UNIT(test_math), UNIT(test_bits),
          UNIT(test_arena), UNIT(test_exec), UNIT(test_teams_in_parts))
