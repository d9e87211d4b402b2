/* lutbench without its clock: rows to CSV and back, comparisons, bounds by hand, digests, and
 * the alarm on a clock that says how long a kernel took. */
#include "drivers/lutbench_kernels.h"
#include "tests/support/folder.h"

#include <math.h>

/* ---- rows ---- */

static void some_row(bench_row *row, const char *network, double speed)
{
    bench_row_init(row);
    snprintf(row->network, sizeof row->network, "%s", network);
    strcpy(row->kernels, "avx2");
    row->threads = row->copies = 1;
    row->busy = 0;
    row->train_samples_per_second = speed;
}

static size_t read_text(bench_row **rows, const char *text, lut_err *err)
{
    FILE *in = fmemopen((void *)text, strlen(text), "r");
    size_t n = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(in);
    *err = (lut_err){ LUT_OK, "" };
    if (bench_csv_read(rows, &n, in, "x.csv", err) != LUT_OK)
        CU_ASSERT_EQUAL(n, 0);
    fclose(in);
    return n;
}

/* Texts with all that CSV has marks for, missing numbers, large and small ones. */
static void test_round_trip(void)
{
    char *text;
    size_t size, n;
    FILE *out = open_memstream(&text, &size);
    bench_row row, *back;
    lut_err err;

    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    some_row(&row, "light6-2x4000", 61234.5);
    strcpy(row.keys, "a=1,2 b=\"x\" #");
    strcpy(row.digest, "0123456789abcdef");
    row.peak_memory = 123456789012;
    row.loss_last = 0.25;
    bench_csv_head(out);
    fputs("# a comment\n", out);
    bench_csv_row(out, &row);
    fclose(out);
    n = read_text(&back, text, &err);
    CU_ASSERT_EQUAL_FATAL(n, 1);
    CU_ASSERT_STRING_EQUAL(back->network, row.network);
    CU_ASSERT_STRING_EQUAL(back->keys, row.keys);
    CU_ASSERT_STRING_EQUAL(back->digest, row.digest);
    CU_ASSERT_STRING_EQUAL(back->cpu, "");
    CU_ASSERT_EQUAL(back->peak_memory, row.peak_memory);
    CU_ASSERT_EQUAL(back->train_samples_per_second, row.train_samples_per_second);
    CU_ASSERT_EQUAL(back->loss_last, row.loss_last);
    CU_ASSERT(isnan(back->loss_first));
    free(back);
    free(text);
}

static void test_head_is_promised(void)
{
    static const char *const promised[] = {
        "network",        "threads",    "kernels", "train_samples_per_second",
        "bound_fraction", "peak_memory"
    };
    size_t n;
    const lut_field *c = bench_columns(&n);

    CU_ASSERT_FATAL(n >= LUT_COUNT(promised));
    for (size_t i = 0; i < LUT_COUNT(promised); i++)
        CU_ASSERT_STRING_EQUAL(c[i].name, promised[i]);
}

/* Of another version: more columns, fewer columns, another order behind the first. */
static void test_other_columns(void)
{
    bench_row *rows;
    lut_err err;
    size_t n = read_text(&rows,
                         "# lutbench\nnetwork,color,kernels,threads\n"
                         "a,red,scalar,2\n\"b\",\"r,e\"\"d\",avx2,\r\n",
                         &err);

    CU_ASSERT_EQUAL_FATAL(n, 2);
    CU_ASSERT_STRING_EQUAL(rows[0].kernels, "scalar");
    CU_ASSERT_EQUAL(rows[0].threads, 2);
    CU_ASSERT_STRING_EQUAL(rows[1].network, "b");
    CU_ASSERT(isnan(rows[1].threads));
    free(rows);
}

static void test_bad_files(void)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        { "network,threads\n", "x.csv: no measurement in it" },
        { "", "x.csv: no measurement in it" },
        { "threads,network\n1,a\n",
          "x.csv: the first line is no head of lutbench --csv, "
          "want \"network,threads,...\"" },
        { "network,threads\na\n", "x.csv:2: 1 cells, the head has 2" },
        { "network,threads\na,\"1\n", "x.csv:2: 0 cells, the head has 2" },
        { "network,threads\na,two\n", "x.csv:2: threads = two: " },
    };

    for (size_t i = 0; i < LUT_COUNT(cases); i++) {
        bench_row *rows;
        lut_err err;

        CU_ASSERT_EQUAL(read_text(&rows, cases[i].text, &err), 0);
        CU_ASSERT_PTR_NULL(rows);
        CU_ASSERT_EQUAL(err.code == LUT_OK, false);
        if (strncmp(err.text, cases[i].message, strlen(cases[i].message)) != 0)
            fprintf(stderr, "\n  found: %s\n  want:  %s\n", err.text, cases[i].message);
        CU_ASSERT(strncmp(err.text, cases[i].message, strlen(cases[i].message)) == 0);
    }
}

/* ---- comparison ---- */

static size_t compare(char **text, const bench_row *row, size_t n, const bench_row *old,
                      size_t nold)
{
    size_t size, slower;
    FILE *out = open_memstream(text, &size);

    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    slower = bench_compare(out, row, n, old, nold, 1.5);
    fclose(out);
    return slower;
}

static void test_compare(void)
{
    bench_row old[3], row[3];
    char *text;

    some_row(&old[0], "a", 100);
    some_row(&old[1], "b", 100);
    some_row(&old[2], "a", 7);
    old[2].threads = 2;
    some_row(&row[0], "b", 50); /* 2 times slower */
    some_row(&row[1], "a", 400);
    some_row(&row[2], "c", 1);
    CU_ASSERT_EQUAL(compare(&text, row, 3, old, 3), 1);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, " 0.50  slower"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, " 4.00\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "not measured before"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "geometric mean of 2: 1.414\n"));
    free(text);
    row[0].train_samples_per_second = 67;
    CU_ASSERT_EQUAL(compare(&text, row, 1, old, 3), 0);
    free(text);
    row[0].train_samples_per_second = (double)NAN; /* is no speed at all */
    CU_ASSERT_EQUAL(compare(&text, row, 1, old, 3), 1);
    free(text);
}

/* ---- bound ---- */

static void make_trial(sweep_trial *t, const char *param, uint32_t k,
                       const char *layers)
{
    const sweep_data_facts facts = { .classes = 10, .samples = 5000 };
    size_t n;
    const lut_field *f = sweep_trial_fields(&n);
    lut_err err = { 0 };

    lut_fields_default(f, n, t);
    snprintf(t->parametrization, sizeof t->parametrization, "%s", param);
    snprintf(t->layers, sizeof t->layers, "%s", layers);
    t->lut_rank = k;
    t->batch = 50;
    if (sweep_trial_resolve(t, &facts, &err) != LUT_OK) {
        fprintf(stderr, "\n%s", err.text);
        CU_FAIL_FATAL("no trial");
    }
}

static double bound(const char *param, unsigned k, double parameters,
                    const bench_rates *r, const char *want)
{
    const char *by;
    double seconds;
    sweep_trial t;

    make_trial(&t, param, k, "100-200");
    CU_ASSERT_EQUAL_FATAL(bench_bound(&seconds, &by, &t, parameters, r, NULL), LUT_OK);
    CU_ASSERT_STRING_EQUAL(by, want);
    return seconds;
}

/* 100 LUTs on bits, 200 on reals, counted by hand. */
static void test_arithmetic(void)
{
    const bench_rates r = { 1, 1e30, 1e30, 1e30, 1e30, 1 << 15, 1 << 20, 1 << 25 };

    /* rank 2: 3 forward, 1 monomial (V), 4 coefficients; inputs 2 + 1 + 1 + 1 */
    CU_ASSERT_EQUAL(bound("light", 2, 1, &r, "arithmetic"), 100 * 8 + 200 * (8 + 5));
    /* rank 6: 63 + 4 + 7 + 64, inputs 56 + 49 + 12 + 12; on bits 45 */
    CU_ASSERT_EQUAL(bound("light", 6, 1, &r, "arithmetic"),
                    100 * 45 + 200 * (138 + 129));
    CU_ASSERT_EQUAL(bound("warp", 2, 1, &r, "arithmetic"), 100 * 22 + 200 * (13 + 14));
    CU_ASSERT_EQUAL(bound("dwn", 6, 1, &r, "arithmetic"), 300 * 45);
    /* 5 weights: 2 uses on bits, 3 on reals */
    CU_ASSERT_EQUAL(bound("linear", 4, 1, &r, "arithmetic"),
                    100 * 24 + 200 * (15 + 14));
}

static void test_traffic(void)
{
    bench_rates r = { 1e30, 1, 1, 1, 1, 1 << 15, 1 << 20, 1 << 25 };
    double bytes = 100 * (0.25 + 4 + 4 + 0.25) + 200 * (8 + 4 + 4 + 8 + 20);

    CU_ASSERT_DOUBLE_EQUAL(bound("light", 2, 0, &r, "memory"), bytes, 1e-9);
    /* 1000 weights with two moments, read and written once in 50 samples */
    CU_ASSERT_DOUBLE_EQUAL(bound("light", 2, 1000, &r, "memory"), bytes + 480, 1e-9);
    /* Weights go to where they fit: 12 MB to the third cache, 60 MB to memory. */
    r.l3 = 2;
    CU_ASSERT_DOUBLE_EQUAL(bound("light", 2, 1e6, &r, "memory"), bytes + 240e3, 1e-6);
    r.memory = 4;
    CU_ASSERT_DOUBLE_EQUAL(bound("light", 2, 5e6, &r, "memory"), bytes + 600e3, 1e-6);
    /* 200 LUTs of 16 samples do not fit this second cache. */
    r.l2_size = 12000;
    CU_ASSERT_DOUBLE_EQUAL(bound("light", 2, 0, &r, "memory"), bytes / 2, 1e-9);
}

/* ---- digest ---- */

static void test_digest(void)
{
    const uint32_t luts[] = { 3, 2 }, k[] = { 2, 7 };
    char first[17], now[17];
    lut_circuit c;

    CU_ASSERT_EQUAL_FATAL(lut_circuit_alloc(&c, 5, 2, 2, luts, k, NULL), LUT_OK);
    bench_digest(first, &c);
    CU_ASSERT_EQUAL(strlen(first), 16);
    c.layer[1].tt[3] ^= (uint64_t)1 << 63; /* the last bit of the last table */
    bench_digest(now, &c);
    CU_ASSERT_STRING_NOT_EQUAL(first, now);
    c.layer[1].tt[3] = 0;
    c.layer[0].wire[5] = 1;
    bench_digest(now, &c);
    CU_ASSERT_STRING_NOT_EQUAL(first, now);
    c.layer[0].wire[5] = 0;
    c.inputs = 6;
    bench_digest(now, &c);
    CU_ASSERT_STRING_NOT_EQUAL(first, now);
    c.inputs = 5;
    bench_digest(now, &c);
    CU_ASSERT_STRING_EQUAL(first, now);
    lut_circuit_fini(&c);
}

/* ---- alarm ---- */

/* A clock that goes on by a step each time it is read, and by what the kernel below says. */
static double time_now, per_call;

static double read_clock(void *arg)
{
    (void)arg;
    return time_now += 1e-3;
}

static const bench_clock clock_of_test = { read_clock, NULL };

static void counted(float *y, const float *const *x, unsigned k, const float *coef,
                    size_t n)
{
    lut_kernels_scalar.interpolate(y, x, k, coef, n);
    time_now += per_call;
}

static size_t counted_fma(float *sink, size_t rounds)
{
    (void)sink;
    time_now += 1e-9 * (double)rounds;
    return rounds;
}

static const lut_probe probe_of_test = { .name = "scalar", .fma = counted_fma };

/* All kernels with interpolate taking so many seconds. */
static size_t time_kernels(bench_timing *t, double seconds)
{
    lut_kernels k = lut_kernels_scalar;

    k.interpolate = counted;
    per_call = seconds;
    return bench_kernels(t, &k, &probe_of_test, &clock_of_test);
}

static bench_alarms alarms(char **text, const char *cpu, const bench_timing *t,
                           size_t n)
{
    bench_alarms a;
    size_t size;
    FILE *out = open_memstream(text, &size);

    CU_ASSERT_PTR_NOT_NULL_FATAL(out);
    CU_ASSERT_EQUAL(
        bench_check_alarms(&a, out, path_of("ratios"), cpu, t, n, BENCH_ALARM, NULL),
        LUT_OK);
    fclose(out);
    return a;
}

static void test_all_kernels_are_timed(void)
{
    static bench_timing t[BENCH_KERNELS];
    size_t n = time_kernels(t, 0), names = 0;

    for (size_t i = 0; i < n; i++)
        names += i == 0 || strcmp(t[i].kernel, t[i - 1].kernel) != 0;
    /* All members but the name; votes twice, of reals and of bits. */
    CU_ASSERT_EQUAL(names, sizeof(lut_kernels) / sizeof(void *) - 1 + 1);
}

static void test_alarm(void)
{
    static bench_timing t[BENCH_KERNELS];
    size_t n = time_kernels(t, 1);
    bench_alarms a;
    char *text;

    begin();
    CU_ASSERT_EQUAL_FATAL(bench_record(path_of("ratios"), "one cpu", t, n, NULL),
                          LUT_OK);
    a = alarms(&text, "one cpu", t, n);
    CU_ASSERT(a.known);
    CU_ASSERT_EQUAL(a.found, n);
    CU_ASSERT_EQUAL(a.n, 0);
    free(text);

    time_kernels(t, 2);
    a = alarms(&text, "one cpu", t, n);
    CU_ASSERT_EQUAL(a.n, 3);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "scalar interpolate of rank 6"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "2.00 times"));
    free(text);

    time_kernels(t, 1.45);
    CU_ASSERT_EQUAL(alarms(&text, "one cpu", t, n).n, 0);
    free(text);

    a = alarms(&text, "another cpu", t, n);
    CU_ASSERT_FALSE(a.known);
    CU_ASSERT_EQUAL(a.found + a.n, 0);
    free(text);
    drop("ratios");
    end();
}

/* A record of one CPU leaves that of another alone, and takes the place of its own. */
static void test_record_again(void)
{
    static bench_timing slow[BENCH_KERNELS], fast[BENCH_KERNELS];
    size_t n = time_kernels(slow, 2);
    char *text;

    time_kernels(fast, 1);
    begin();
    bench_record(path_of("ratios"), "one cpu", fast, n, NULL);
    bench_record(path_of("ratios"), "another cpu", slow, n, NULL);
    CU_ASSERT_EQUAL(alarms(&text, "one cpu", slow, n).n, 3);
    free(text);
    CU_ASSERT_EQUAL(alarms(&text, "another cpu", slow, n).n, 0);
    free(text);
    bench_record(path_of("ratios"), "one cpu", slow, n, NULL);
    CU_ASSERT_EQUAL(alarms(&text, "one cpu", slow, n).n, 0);
    free(text);
    CU_ASSERT_EQUAL(alarms(&text, "one cpu", slow, n).found, n);
    free(text);
    CU_ASSERT_EQUAL(alarms(&text, "another cpu", slow, n).found, n);
    free(text);
    drop("ratios");
    end();
}

/* An accident in one of two measurements is none in both. */
static void test_keep_faster(void)
{
    static bench_timing slow[BENCH_KERNELS], fast[BENCH_KERNELS];
    size_t n = time_kernels(slow, 2);

    time_kernels(fast, 1);
    bench_keep_faster(slow, fast, n);
    for (size_t i = 0; i < n; i++)
        CU_ASSERT_EQUAL(slow[i].ratio, fast[i].ratio);
}

UNIT_MAIN("bench", UNIT(test_round_trip), UNIT(test_head_is_promised),
          UNIT(test_other_columns), UNIT(test_bad_files), UNIT(test_compare),
          UNIT(test_arithmetic), UNIT(test_traffic), UNIT(test_digest),
          UNIT(test_all_kernels_are_timed), UNIT(test_alarm), UNIT(test_record_again),
          UNIT(test_keep_faster))
