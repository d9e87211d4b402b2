/* analysis: effects, comparisons and ranks from results files: which rows count, what is paired
 * with what, and that the numbers are those of the statistics that test_student and test_anova
 * check. */
#include "analysis/compare.h"
#include "analysis/effects.h"
#include "analysis/ranks.h"
#include "analysis/signs.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/lines.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Noise of a row: any fixed numbers. */
static double noise(size_t i)
{
    return (double)(i * 37 % 23) / 23 - 0.5;
}

/* ---- effects ---- */

static const char *const param[] = { "dwn", "light" };

/* 2 x 2 x 2 settings of three seeds; tau in three values at one of them, of which one seed is
 * missing; a setting alone; a row that diverged. */
static void blocks_of_rows(void)
{
    nlines = 0;
    for (uint32_t i = 0; i < 8; i++)
        for (uint32_t seed = 1; seed <= 3; seed++)
            add(param[i & 1], i & 2 ? 6 : 4, i & 4 ? 600 : 300, 10, seed,
                90 - (i & 1) * 2.0 + (i & 2) + (i & 4) * 0.1 + noise(nlines));
    for (uint32_t seed = 1; seed <= 2; seed++)
        add("dwn", 6, 300, 5, seed, 88 + noise(nlines));
    for (uint32_t seed = 2; seed <= 3; seed++)
        add("dwn", 6, 300, 20, seed, 93 + noise(nlines));
    add("poly", 3, 123, 7, 1, 50);
    strcpy(add("dwn", 6, 300, 40, 1, 10)->status, "diverged");
}

static effects effects_of(const report_data *d, effects_query q)
{
    effects e;
    lut_err err = { 0 };

    q.alpha = 0.05;
    CU_ASSERT_EQUAL(effects_make(&e, d, &q, &err), LUT_OK);
    CU_ASSERT_STRING_EQUAL(err.text, "");
    return e;
}

/* Sheets can be written, and have no column twice. */
static void check_sheets(sheet *s, size_t n)
{
    FILE *out = fopen("/dev/null", "w");

    CU_ASSERT_FATAL(out != NULL);
    for (const sheet_format *f = sheet_formats; f->name; f++)
        f->write(out, s, n, "origin");
    fclose(out);
    for (size_t i = 0; i < n; i++) {
        for (size_t a = 0; a < s[i].ncolumns; a++)
            for (size_t b = 0; b < a; b++)
                CU_ASSERT(strcmp(s[i].column[a].name, s[i].column[b].name) != 0);
        sheet_fini(&s[i]);
    }
}

static void check_effects_sheets(const effects *e, size_t want)
{
    sheet s[EFFECTS_SHEETS] = { 0 };
    size_t n;

    CU_ASSERT_EQUAL(effects_sheets(s, &n, e, NULL), LUT_OK);
    CU_ASSERT_EQUAL(n, want);
    check_sheets(s, n);
}

static void test_blocks(void)
{
    report_data *d;
    effects e;

    blocks_of_rows();
    d = data();
    e = effects_of(d, (effects_query){ 0 });
    CU_ASSERT_EQUAL_FATAL(e.nblocks, 2);
    CU_ASSERT_EQUAL(e.settings, 11);
    CU_ASSERT_EQUAL(e.alone, 1);
    CU_ASSERT_EQUAL(e.failed, 1);
    CU_ASSERT_EQUAL(e.rows, nlines - 1);
    CU_ASSERT_EQUAL(e.block[0].settings, 8);
    CU_ASSERT_EQUAL(e.block[0].seeds, 3);
    CU_ASSERT_EQUAL_FATAL(e.block[0].nknobs, 3);
    CU_ASSERT_STRING_EQUAL(e.block[0].knob[0].name, "parametrization");
    CU_ASSERT_STRING_EQUAL(e.block[0].knob[1].name, "lut_rank");
    CU_ASSERT_STRING_EQUAL(e.block[0].knob[2].level[1].name, "600");
    CU_ASSERT_EQUAL(e.block[1].settings, 3);
    CU_ASSERT_EQUAL(e.block[1].seeds, 1); /* seed 2 alone is in all three */
    CU_ASSERT_STRING_EQUAL(e.block[1].knob[0].name, "tau");
    CU_ASSERT_EQUAL(e.nlinks, 0);
    check_effects_sheets(&e, 3 + (e.block[0].npairs > 0));
    effects_fini(&e);
    report_data_destroy(d);
}

/* A trial that two files have counts once. */
static void test_twice(void)
{
    const char *copy = fake_path("copy.h5");
    report_data *d;
    effects e, both;

    blocks_of_rows();
    write_lines(copy);
    d = data();
    e = effects_of(d, (effects_query){ 0 });
    CU_ASSERT_EQUAL(report_data_add(d, copy, NULL), LUT_OK);
    both = effects_of(d, (effects_query){ 0 });
    CU_ASSERT_EQUAL(both.twice, e.rows);
    CU_ASSERT_EQUAL(both.rows, e.rows);
    CU_ASSERT_EQUAL(both.repeated, 0);
    CU_ASSERT_EQUAL(both.block[0].bar[0].share, e.block[0].bar[0].share);
    effects_fini(&e);
    effects_fini(&both);
    report_data_destroy(d);
}

/* The bars are those of anova_make() on the same numbers. */
static void test_bars(void)
{
    double value[24], sum = 0;
    const anova_design design = { 3, 8, 3, { 2, 2, 2 }, value };
    report_data *d;
    effects e;
    anova a;

    blocks_of_rows();
    for (size_t i = 0; i < 8; i++) /* the first knob runs slowest there, fastest here */
        memcpy(value + ((i & 1) * 4 + (i & 2) + (i & 4) / 4) * 3,
               (double[]){ lines[i * 3].valid, lines[i * 3 + 1].valid,
                           lines[i * 3 + 2].valid },
               3 * sizeof *value);
    d = data();
    e = effects_of(d, (effects_query){ .where = "tau = 10" });
    CU_ASSERT_EQUAL_FATAL(e.nblocks, 1);
    CU_ASSERT_EQUAL_FATAL(e.block[0].nbars, 8);
    CU_ASSERT_EQUAL(anova_make(&a, &design, 0.05, NULL), LUT_OK);
    for (size_t i = 0; i < 7; i++) {
        const effects_bar *b = &e.block[0].bar[i];
        const anova_effect *want = &a.higher;

        for (size_t k = 0; k < a.n; k++)
            if (a.effect[k].a == b->a && a.effect[k].b == b->b)
                want = &a.effect[k];
        CU_ASSERT_DOUBLE_EQUAL(b->share, want->share, 1e-12);
        CU_ASSERT_EQUAL(b->seen, anova_seen(want));
        sum += b->share;
    }
    CU_ASSERT_DOUBLE_EQUAL(sum, 1, 1e-12);
    CU_ASSERT_EQUAL(e.block[0].bar[0].kind, EFFECTS_KNOB);
    CU_ASSERT(e.block[0].bar[0].share >= e.block[0].bar[1].share);
    CU_ASSERT_EQUAL(e.block[0].bar[6].kind, EFFECTS_REST);
    CU_ASSERT_EQUAL(e.block[0].bar[7].kind, EFFECTS_SEEDS);
    CU_ASSERT_DOUBLE_EQUAL(e.block[0].bar[7].share, a.noise, 1e-12);
    anova_fini(&a);
    effects_fini(&e);
    report_data_destroy(d);
}

/* Means of a level are those of its rows; the best quarter of 8 settings are 2. */
static void test_levels(void)
{
    const effects_level *l;
    double sum = 0;
    size_t top = 0;
    report_data *d;
    effects e;

    blocks_of_rows();
    for (size_t i = 0; i < 24; i++)
        sum += lines[i].lut_rank == 6 ? lines[i].valid : 0;
    d = data();
    e = effects_of(d, (effects_query){ .where = "tau = 10" });
    l = e.block[0].knob[1].level;
    CU_ASSERT_DOUBLE_EQUAL(l[1].mean, sum / 12, 1e-10);
    CU_ASSERT(l[1].lo < l[1].mean && l[1].mean < l[1].hi);
    CU_ASSERT_EQUAL(l[1].settings, 4);
    for (size_t i = 0; i < 2; i++)
        top += l[i].top;
    CU_ASSERT_EQUAL(top, 2);
    effects_fini(&e);
    report_data_destroy(d);
}

/* Settings drawn at random: no block, but what goes with the number. */
static void test_cloud(void)
{
    report_data *d;
    effects e;

    nlines = 0;
    for (uint32_t i = 0; i < 30; i++) {
        const double tau = 1 + i * 7 % 30 + 0.5, width = 100 + i * 11 % 30;

        add(i % 3 ? "dwn" : "light", 2 + i % 4, width, tau, i % 3 + 1, 50 + tau);
    }
    d = data();
    e = effects_of(d, (effects_query){ 0 });
    CU_ASSERT_EQUAL(e.nblocks, 0);
    CU_ASSERT_EQUAL(e.alone, 30);
    CU_ASSERT_EQUAL_FATAL(e.nlinks, 4);
    CU_ASSERT_STRING_EQUAL(e.link[0].name, "tau");
    CU_ASSERT_DOUBLE_EQUAL(e.link[0].link.value, 1, 1e-12);
    CU_ASSERT_EQUAL(e.link[0].link.n, 30);
    for (size_t i = 0; i < 4; i++)
        CU_ASSERT_EQUAL(e.link[i].groups, !strcmp(e.link[i].name, "parametrization"));
    check_effects_sheets(&e, 2);
    effects_fini(&e);
    report_data_destroy(d);
}

/* Widths that differ by layer: `layers` tells them apart, where width does not. */
static void test_nothing(void)
{
    report_data *d;
    effects e;
    effects_query q = { .metric = "valid_acuracy", .alpha = 0.05 };
    lut_err err;

    nlines = 0;
    d = data();
    e = effects_of(d, (effects_query){ 0 });
    CU_ASSERT(e.nblocks == 0 && e.settings == 0 && e.nlinks == 0);
    check_effects_sheets(&e, 1);
    effects_fini(&e);
    CU_ASSERT_EQUAL(effects_make(&e, d, &q, &err), LUT_ENOENT);
    CU_ASSERT(strstr(err.text, "did you mean valid_accuracy?") != NULL);
    q.metric = "dataset";
    CU_ASSERT_EQUAL(effects_make(&e, d, &q, &err), LUT_EINVAL);
    report_data_destroy(d);
    add("dwn", 6, 300, 10, 1, 90);
    d = data();
    e = effects_of(d, (effects_query){ 0 });
    CU_ASSERT(e.nblocks == 0 && e.settings == 1 && e.alone == 1);
    effects_fini(&e);
    report_data_destroy(d);
}

/* ---- groups ---- */

static compare_groups groups_of(const report_data *d, compare_query q)
{
    compare_groups c;
    lut_err err = { 0 };

    q.alpha = 0.05;
    CU_ASSERT_EQUAL(compare_groups_make(&c, d, &q, &err), LUT_OK);
    CU_ASSERT_STRING_EQUAL(err.text, "");
    return c;
}

/* Mean difference of dwn and light over the rows of lut_rank and width, and their seeds. */
static double difference(uint32_t lut_rank, double width, uint32_t seed)
{
    double v[2] = { 0, 0 };

    for (size_t i = 0; i < 24; i++)
        if (lines[i].lut_rank == lut_rank && lines[i].width <= width &&
            lines[i].width >= width && lines[i].seed == seed)
            v[!strcmp(lines[i].parametrization, "light")] = lines[i].valid;
    return v[0] - v[1];
}

static void test_groups(void)
{
    report_data *d;
    compare_groups c;
    sheet s[2] = { 0 };
    double by_setting[4], seeds[3];
    student_interval want;

    blocks_of_rows();
    for (uint32_t i = 0; i < 4; i++) {
        for (uint32_t k = 0; k < 3; k++)
            seeds[k] = difference(i & 1 ? 6 : 4, i & 2 ? 600 : 300, k + 1);
        by_setting[i] = (seeds[0] + seeds[1] + seeds[2]) / 3;
    }
    d = data();
    c = groups_of(d,
                  (compare_query){ .by = "parametrization", .a = "dwn", .b = "light" });
    CU_ASSERT_EQUAL_FATAL(c.nmetrics, 2);
    CU_ASSERT_EQUAL_FATAL(c.metric[0].n, 4);
    CU_ASSERT_EQUAL(c.metric[0].alone[0], 2); /* tau 5 and 20 */
    CU_ASSERT_EQUAL(c.metric[0].alone[1], 0);
    CU_ASSERT_EQUAL(c.metric[0].setting[0].pairs.difference.n, 3);
    CU_ASSERT_EQUAL(c.metric[0].higher[0], 4);
    want = student_mean(by_setting, 4, 0.05);
    CU_ASSERT_EQUAL(c.metric[0].pooled.pairs.difference.n, 4);
    CU_ASSERT_DOUBLE_EQUAL(c.metric[0].pooled.pairs.difference.mean, want.mean, 1e-10);
    CU_ASSERT_DOUBLE_EQUAL(c.metric[0].pooled.pairs.difference.lo, want.lo, 1e-10);
    CU_ASSERT_DOUBLE_EQUAL(c.metric[1].pooled.pairs.difference.mean, want.mean, 1e-10);
    CU_ASSERT(isnan(c.metric[0].pooled.exact)); /* 4 pairs cannot */
    CU_ASSERT_STRING_EQUAL(c.also, "");
    CU_ASSERT_STRING_EQUAL(c.variants, "");
    CU_ASSERT_EQUAL(compare_groups_sheets(s, &c, NULL), LUT_OK);
    CU_ASSERT_EQUAL(s[0].nrows, 2);
    CU_ASSERT_EQUAL(s[1].nrows, 8);
    check_sheets(s, 2);
    compare_groups_fini(&c);
    report_data_destroy(d);
}

/* The other way round is the same with the other sign; by conditions the same as by values. */
static void test_groups_turned(void)
{
    report_data *d;
    compare_groups a, b;

    blocks_of_rows();
    d = data();
    a = groups_of(d, (compare_query){ .by = "lut_rank",
                                      .a = "4",
                                      .b = "6",
                                      .metric = "valid_accuracy",
                                      .where = "tau = 10" });
    b = groups_of(d, (compare_query){ .a = "lut_rank = 6 and tau = 10",
                                      .b = "lut_rank = 4 and tau = 10",
                                      .metric = "valid_accuracy" });
    CU_ASSERT_EQUAL_FATAL(a.metric[0].n, 4);
    CU_ASSERT_EQUAL_FATAL(b.metric[0].n, 4);
    CU_ASSERT_DOUBLE_EQUAL(a.metric[0].pooled.pairs.difference.lo,
                           -b.metric[0].pooled.pairs.difference.hi, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(a.metric[0].pooled.pairs.p, b.metric[0].pooled.pairs.p,
                           1e-12);
    compare_groups_fini(&a);
    compare_groups_fini(&b);
    report_data_destroy(d);
}

/* tau goes with one of them throughout; the other has an option in two values. */
static void test_groups_told(void)
{
    report_data *d;
    compare_groups c;

    nlines = 0;
    for (uint32_t seed = 1; seed <= 7; seed++) {
        strcpy(add("dwn", 6, 300, 10, seed, 92 + noise(nlines))->options,
               "dwn.alpha 0.1");
        strcpy(add("dwn", 6, 300, 10, seed, 94 + noise(nlines))->options,
               "dwn.alpha 0.2");
        add("light", 6, 300, 5, seed, 90 + noise(nlines));
    }
    add("light", 6, 300, 5, 8, 90);
    d = data();
    c = groups_of(d, (compare_query){ .by = "parametrization",
                                      .a = "dwn",
                                      .b = "light",
                                      .metric = "valid_accuracy" });
    CU_ASSERT_STRING_EQUAL(c.also, "tau (10 against 5)");
    CU_ASSERT_STRING_EQUAL(c.variants, "dwn.alpha");
    CU_ASSERT_EQUAL_FATAL(c.metric[0].n, 1);
    CU_ASSERT_EQUAL(c.metric[0].pooled.pairs.difference.n, 7);
    CU_ASSERT_DOUBLE_EQUAL(c.metric[0].pooled.exact, signs_least(7), 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(c.metric[0].pooled.a,
                           (lines[0].valid + lines[1].valid + lines[3].valid +
                            lines[4].valid + lines[6].valid + lines[7].valid +
                            lines[9].valid + lines[10].valid + lines[12].valid +
                            lines[13].valid + lines[15].valid + lines[16].valid +
                            lines[18].valid + lines[19].valid) /
                               14,
                           1e-10);
    compare_groups_fini(&c);
    report_data_destroy(d);
}

static void refused(const report_data *d, compare_query q, const char *message)
{
    compare_groups c;
    lut_err err = { 0 };

    q.alpha = 0.05;
    CU_ASSERT(compare_groups_make(&c, d, &q, &err) != LUT_OK);
    if (!strstr(err.text, message))
        fprintf(stderr, "got: %s\n", err.text);
    CU_ASSERT(strstr(err.text, message) != NULL);
}

static void test_groups_refused(void)
{
    report_data *d;
    char *a, *b;

    blocks_of_rows();
    d = data();
    refused(
        d, (compare_query){ .by = "parametrization", .a = "dwm", .b = "light" },
        "--compare: no row has parametrization = dwm (there are: dwn, light, poly)");
    refused(d, (compare_query){ .a = "lut_rank > 3", .b = "lut_rank > 4" },
            "is in both groups");
    refused(d, (compare_query){ .a = "width > 3000", .b = "width > 4" },
            "no row has width > 3000");
    refused(d, (compare_query){ .by = "witdh", .a = "1", .b = "2" },
            "did you mean width?");
    refused(d, (compare_query){ .a = "wdth = 3", .b = "width = 4" },
            "did you mean width?");
    refused(
        d, (compare_query){ .by = "lut_rank", .a = "4", .b = "6", .metric = "dataset" },
        "dataset is text");
    report_data_destroy(d);
    CU_ASSERT_EQUAL(compare_cut(&a, &b, "x = \"a,b\",y = 2", NULL), LUT_OK);
    CU_ASSERT_STRING_EQUAL(a, "x = \"a,b\"");
    CU_ASSERT_STRING_EQUAL(b, "y = 2");
    free(a);
    free(b);
    CU_ASSERT_EQUAL(compare_cut(&a, &b, "a,b,c", NULL), LUT_EINVAL);
    CU_ASSERT_EQUAL(compare_cut(&a, &b, "ab", NULL), LUT_EINVAL);
    CU_ASSERT_EQUAL(compare_cut(&a, &b, "a,", NULL), LUT_EINVAL);
}

/* ---- networks ---- */

static const char *const digest[] = { "0123456789abcdef", "fedcba9876543210" };

/* Networks 0 and 1 on the same rows, 2 on others, 3 without bits. */
static lut_status get_network(void *arg, size_t i, sweep_result *out, lut_err *err)
{
    (void)arg;
    (void)err;
    for (uint64_t seed = 1;; seed++) {
        fake_result(out, seed);
        if (out->has_network)
            break;
        sweep_result_fini(out);
    }
    strcpy(out->row.trial.dataset, "optdigits");
    out->row.trial.seed = (uint32_t)i;
    out->row.trial.parametrization[0] = (char)('a' + i);
    sweep_trial_key(out->row.key, &out->row.trial, digest[i == 2]);
    free(out->correct);
    out->ntest = 24;
    out->correct = calloc(3, 1);
    memcpy(out->correct, i == 1 ? "\x0f\xff\x00" : "\xff\xff\x80", 3);
    if (i < 3)
        return LUT_OK;
    sweep_trial_key(out->row.key, &out->row.trial, "1111111111111111");
    return LUT_OK;
}

static report_data *networks(char (*key)[SWEEP_KEY])
{
    static char none[] = "",
                noted[] = "optdigits:0123456789abcdef optdigits:fedcba9876543210";
    const char *path = fake_path("networks.h5");
    const sweep_provenance run = { .digests = noted, .command = none, .config = none };
    const sweep_store_input in = { .name = "n",
                                   .config = "",
                                   .n = 4,
                                   .get = get_network,
                                   .keep = "all",
                                   .provenance = &run,
                                   .nprovenance = 1 };

    CU_ASSERT_EQUAL_FATAL(sweep_store_write(path, &in, NULL), LUT_OK);
    for (size_t i = 0; i < 4; i++) {
        sweep_result r;

        get_network(NULL, i, &r, NULL);
        memcpy(key[i], r.row.key, SWEEP_KEY);
        sweep_result_fini(&r);
    }
    return data_of(path);
}

static void test_networks(void)
{
    char key[4][SWEEP_KEY];
    report_data *d = networks(key);
    compare_networks c;
    lut_err err = { 0 };
    sheet s = { 0 };

    CU_ASSERT_EQUAL(compare_networks_make(&c, d, key[0], key[1], 0.05, &err), LUT_OK);
    CU_ASSERT_STRING_EQUAL(err.text, "");
    CU_ASSERT_EQUAL(c.rows, 24);
    CU_ASSERT_EQUAL(c.test.both, 12);
    CU_ASSERT_EQUAL(c.test.only_a, 5);
    CU_ASSERT_EQUAL(c.test.only_b, 0);
    CU_ASSERT_EQUAL(c.test.neither, 7);
    CU_ASSERT_DOUBLE_EQUAL(c.test.p, 0.0625, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(c.accuracy[0], 1700.0 / 24, 1e-10);
    CU_ASSERT_STRING_EQUAL(c.digest, digest[0]);
    CU_ASSERT_EQUAL(compare_networks_sheet(&s, &c, NULL), LUT_OK);
    check_sheets(&s, 1);
    CU_ASSERT_EQUAL(compare_networks_make(&c, d, key[0], key[2], 0.05, &err),
                    LUT_EINVAL);
    CU_ASSERT(strstr(err.text, "different contents of optdigits") != NULL);
    CU_ASSERT_EQUAL(compare_networks_make(&c, d, key[3], key[0], 0.05, &err),
                    LUT_EINVAL);
    CU_ASSERT(strstr(err.text, "no run noted which optdigits") != NULL);
    CU_ASSERT_EQUAL(compare_networks_make(&c, d, key[0], "0123", 0.05, &err),
                    LUT_ENOENT);
    CU_ASSERT(strstr(err.text, "no trial 0123 in") != NULL);
    report_data_destroy(d);
    blocks_of_rows();
    d = data();
    CU_ASSERT_EQUAL(compare_networks_make(
                        &c, d, report_data_value(d, 0, report_data_find(d, "key")).text,
                        key[0], 0.05, &err),
                    LUT_ENOENT);
    CU_ASSERT(strstr(err.text, "is not kept") != NULL);
    report_data_destroy(d);
}

/* ---- files ---- */

static void test_files(void)
{
    const char *path = fake_path("b.h5");
    sheet s[COMPARE_FILE_SHEETS] = { 0 };
    compare_files c;
    report_data *d;
    size_t n;

    blocks_of_rows();
    d = data();
    CU_ASSERT_EQUAL(compare_files_sheets(&c, s, &n, d, 0.05, NULL), LUT_EINVAL);
    lines[0].test += 1;          /* no part of the made-up key */
    lines[5].valid += 1;         /* another key, the same setting and seed */
    add("dwn", 2, 77, 1, 1, 60); /* only there */
    write_lines(path);
    CU_ASSERT_EQUAL(report_data_add(d, path, NULL), LUT_OK);
    CU_ASSERT_EQUAL(compare_files_sheets(&c, s, &n, d, 0.05, NULL), LUT_OK);
    CU_ASSERT_EQUAL(n, 4);
    CU_ASSERT_EQUAL(c.both, nlines - 2);
    CU_ASSERT_EQUAL(c.differ, 1);
    CU_ASSERT_EQUAL(c.only[0], 1);
    CU_ASSERT_EQUAL(c.only[1], 2);
    CU_ASSERT_EQUAL(s[0].nrows, 4);
    CU_ASSERT_EQUAL(s[1].nrows, 0); /* the configurations are the same */
    CU_ASSERT(s[2].nrows > 5);
    check_sheets(s, n);
    report_data_destroy(d);
}

/* How many lines two configurations do not share. */
static size_t lines_apart(const char *a, const char *b)
{
    const char *path = fake_path("b.h5"), *usual = config_text;
    sheet s[COMPARE_FILE_SHEETS] = { 0 };
    compare_files c;
    report_data *d;
    size_t n, rows;

    blocks_of_rows();
    config_text = a;
    d = data();
    config_text = b;
    write_lines(path);
    config_text = usual;
    CU_ASSERT_EQUAL_FATAL(report_data_add(d, path, NULL), LUT_OK);
    CU_ASSERT_EQUAL(compare_files_sheets(&c, s, &n, d, 0.05, NULL), LUT_OK);
    rows = s[1].nrows;
    check_sheets(s, n);
    report_data_destroy(d);
    return rows;
}

static void test_configurations(void)
{
    char a[700], b[700];

    snprintf(a, sizeof a, "widths = (%0600d);\n", 1);
    snprintf(b, sizeof b, "widths = (%0600d);\n", 2);
    CU_ASSERT_EQUAL(lines_apart(a, a), 0);
    CU_ASSERT_EQUAL(lines_apart(a, b), 2);
    CU_ASSERT_EQUAL(lines_apart("p = \"x#1\";", "p = \"x#2\";"), 2);
    CU_ASSERT_EQUAL(lines_apart("p = \"//a\";", "p = \"//b\"; // b"), 2);
    CU_ASSERT_EQUAL(lines_apart("p = \"\\\"#1\";", "p = \"\\\"#2\";"), 2);
    CU_ASSERT_EQUAL(lines_apart("a = 1; /* one\n \" two */\nb = 2;",
                                "/**/a = 1; \r\n\n  b = 2; // \"\n# /* more"),
                    0);
    CU_ASSERT_EQUAL(lines_apart("a = 1; /* b */ c = 2;", "a = 1; /* b */ c = 3;"), 2);
    CU_ASSERT_EQUAL(lines_apart("a = 1;\na = 1;", "a = 1;"), 1);
}

/* ---- ranks ---- */

/* Methods on data sets of two widths: the wider is better on validation and on the test split
 * for dwn, for light it is better on validation alone. */
static void add_set(size_t set, const char *method, double figure, bool valid)
{
    for (uint32_t i = 0; i < 4; i++) {
        const double width = i & 1 ? 600 : 300;
        line *l = add(method, 6, width, 10, 1 + i / 2, 0);

        snprintf(l->dataset, sizeof l->dataset, "set%zu", set);
        l->valid = valid ? 80 + width / 100 + (i / 2) * 0.1 : (double)NAN;
        l->test = figure +
                  (i & 1                      ? 0
                   : !strcmp(method, "light") ? 30
                                              : -30) +
                  (i / 2) * 0.2 - 0.1;
    }
}

static ranks ranks_of(const report_data *d, ranks_query q)
{
    ranks r;
    lut_err err = { 0 };

    q.alpha = 0.05;
    q.method = "parametrization";
    CU_ASSERT_EQUAL(ranks_make(&r, d, &q, &err), LUT_OK);
    CU_ASSERT_STRING_EQUAL(err.text, "");
    return r;
}

static void check_ranks_sheets(const ranks *r, size_t want)
{
    sheet s[RANKS_SHEETS] = { 0 };
    size_t n;

    CU_ASSERT_EQUAL(ranks_sheets(s, &n, r, NULL), LUT_OK);
    CU_ASSERT_EQUAL(n, want);
    check_sheets(s, n);
}

/* scipy.stats.wilcoxon of 1 .. 8 with one sign: 2 / 2^8; three methods need 7 sets. */
static void test_ranks(void)
{
    report_data *d;
    ranks r;

    nlines = 0;
    for (size_t i = 0; i < 8; i++) {
        add_set(i, "dwn", 60 + (double)i, true);
        add_set(i, "light", 59 - (double)i * 0.5, true);
        if (i != 7)
            add_set(i, "poly", i % 2 ? 61.5 : 58, true);
    }
    d = data();
    r = ranks_of(d, (ranks_query){ .nemenyi = true });
    CU_ASSERT_EQUAL_FATAL(r.sets, 8);
    CU_ASSERT_EQUAL_FATAL(r.methods, 3);
    CU_ASSERT_EQUAL(r.complete, 7); /* poly is not on the last */
    CU_ASSERT_DOUBLE_EQUAL(r.figure[0].value, 60, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(r.figure[1].value, 59,
                           1e-12); /* 89 were chosen by the test split */
    CU_ASSERT_EQUAL(r.figure[0].settings, 2);
    CU_ASSERT_EQUAL(r.figure[0].seeds, 2);
    CU_ASSERT(isnan(r.rank[7 * 3]));
    CU_ASSERT(r.tested);
    CU_ASSERT_EQUAL_FATAL(r.npairs, 3);
    CU_ASSERT_STRING_EQUAL(r.name[r.pair[0].a], "dwn");
    CU_ASSERT_STRING_EQUAL(r.name[r.pair[0].b], "light");
    CU_ASSERT_EQUAL(r.pair[0].p, signs_least(7));
    CU_ASSERT_EQUAL(r.pair[0].holm, 3 * signs_least(7));
    CU_ASSERT_EQUAL(r.pair[0].a_wins, 7);
    CU_ASSERT_DOUBLE_EQUAL(r.nemenyi, friedman_nemenyi(3, 7, 0.05), 1e-12);
    check_ranks_sheets(&r, 4);
    ranks_fini(&r);
    r = ranks_of(d, (ranks_query){ .all = true });
    CU_ASSERT_DOUBLE_EQUAL(r.figure[0].value, 45, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(r.figure[1].value, 74, 1e-12);
    ranks_fini(&r);
    report_data_destroy(d);
}

/* Too few sets: the table, and no test. */
static void test_few_sets(void)
{
    report_data *d;
    ranks r;

    nlines = 0;
    for (size_t i = 0; i < 2; i++) {
        add_set(i, "dwn", 60, true);
        add_set(i, "light", 50, true);
        add_set(i, "poly", 40, i == 0);
    }
    d = data();
    r = ranks_of(d, (ranks_query){ 0 });
    CU_ASSERT_EQUAL(r.unchosen, 1); /* two widths, and nothing to choose by */
    CU_ASSERT_EQUAL(r.complete, 1);
    CU_ASSERT(!r.tested && r.npairs == 0);
    check_ranks_sheets(&r, 3);
    ranks_fini(&r);
    r = ranks_of(d, (ranks_query){ .where = "parametrization != poly" });
    CU_ASSERT_EQUAL(r.complete, 2);
    CU_ASSERT(!r.tested &&
              r.npairs == 0); /* chi-square of 2 sets, 2 methods: p >= 0.157 */
    CU_ASSERT_EQUAL(friedman_needed(2, 0.05), 4);
    check_ranks_sheets(&r, 3);
    ranks_fini(&r);
    report_data_destroy(d);
}

static bool about_says(const sheet *s, const char *what)
{
    bool said = false;

    for (size_t i = 0; i < s->nabout; i++)
        said |= strstr(s->about[i], what) != NULL;
    return said;
}

/* Of LUTs the fewest are the best. */
static void test_ranks_of_costs(void)
{
    report_data *d;
    sheet s[RANKS_SHEETS] = { 0 };
    size_t n = 0;
    ranks r;

    nlines = 0;
    for (size_t i = 0; i < 16; i++) {
        line *l = add(i % 2 ? "light" : "dwn", 6, 300, 10, 1, 90);

        snprintf(l->dataset, sizeof l->dataset, "set%zu", i / 2);
        l->lut6 = i % 2 ? 100 : 150 + (double)i;
    }
    d = data();
    r = ranks_of(d, (ranks_query){ .metric = "lut6" });
    CU_ASSERT_EQUAL_FATAL(r.npairs, 1);
    CU_ASSERT_EQUAL(r.mean[0], 2);
    CU_ASSERT_EQUAL(r.first[1], 8);
    CU_ASSERT_STRING_EQUAL(r.name[r.pair[0].a], "light");
    CU_ASSERT_EQUAL(r.pair[0].a_wins, 8);
    CU_ASSERT_EQUAL(r.pair[0].b_wins, 0);
    CU_ASSERT_DOUBLE_EQUAL(r.pair[0].difference, -57, 1e-12);
    CU_ASSERT_EQUAL(ranks_sheets(s, &n, &r, NULL), LUT_OK);
    CU_ASSERT(about_says(&s[0], "rank 1 is the lowest"));
    CU_ASSERT_STRING_EQUAL(s[3].column[8].name, "better");
    CU_ASSERT_STRING_EQUAL(s[3].cell[8].text, "a");
    for (size_t i = 0; i < n; i++)
        sheet_fini(&s[i]);
    ranks_fini(&r);
    r = ranks_of(d, (ranks_query){ 0 });
    CU_ASSERT_EQUAL(ranks_sheets(s, &n, &r, NULL), LUT_OK);
    CU_ASSERT(about_says(&s[0], "rank 1 is the highest"));
    for (size_t i = 0; i < n; i++)
        sheet_fini(&s[i]);
    ranks_fini(&r);
    report_data_destroy(d);
}

/* Three seeds of 0.1, 0.2, 0.3 for one method and 0.3, 0.2, 0.1 for the other have means whose
 * sums round differently, and share a rank. */
static void test_ranks_tie(void)
{
    static const double test[2][3] = { { 0.1, 0.2, 0.3 }, { 0.3, 0.2, 0.1 } };
    report_data *d;
    ranks r;

    CU_ASSERT_NOT_EQUAL((test[0][0] + test[0][1]) + test[0][2],
                        (test[1][0] + test[1][1]) + test[1][2]);
    nlines = 0;
    for (uint32_t i = 0; i < 48; i++) {
        line *l = add(i % 2 ? "light" : "dwn", 6, 300, 10, 1 + i / 2 % 3, 90);

        snprintf(l->dataset, sizeof l->dataset, "set%u", i / 6);
        l->test = test[i % 2][i / 2 % 3];
    }
    d = data();
    r = ranks_of(d, (ranks_query){ 0 });
    CU_ASSERT_EQUAL_FATAL(r.complete, 8);
    CU_ASSERT_NOT_EQUAL(r.figure[0].value, r.figure[1].value);
    CU_ASSERT_EQUAL(r.mean[0], 1.5);
    CU_ASSERT_EQUAL(r.mean[1], 1.5);
    CU_ASSERT_EQUAL(r.first[0], 8);
    CU_ASSERT_EQUAL(r.first[1], 8);
    ranks_fini(&r);
    report_data_destroy(d);
}

/* Five draws of the test split, on which light is luckier by far once: of a method's draws none
 * is chosen, and the mean of all counts. */
static void test_drawn_splits(void)
{
    report_data *d;
    ranks r;

    nlines = 0;
    for (uint32_t i = 0; i < 20; i++) {
        const char *method = i % 2 ? "light" : "dwn";
        const uint32_t split = 1 + i / 4;
        line *l =
            add(method, 6, 300, 10, 1 + i / 2 % 2, i % 2 ? (split == 3 ? 99 : 80) : 90);

        snprintf(l->options, sizeof l->options, "iris.test_seed %u", split);
        strcpy(l->dataset, "iris");
    }
    d = data();
    r = ranks_of(d, (ranks_query){ 0 });
    CU_ASSERT_EQUAL_FATAL(r.methods, 2);
    CU_ASSERT_EQUAL(r.figure[0].settings, 1);
    CU_ASSERT_EQUAL(r.figure[1].settings, 1);
    CU_ASSERT_EQUAL(r.figure[1].seeds, 10);
    CU_ASSERT_DOUBLE_EQUAL(r.figure[0].value, 89, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(r.figure[1].value, (4 * 79 + 98) / 5., 1e-12);
    ranks_fini(&r);
    report_data_destroy(d);
}

static void test_ranks_refuse_test(void)
{
    const ranks_query q = { .method = "parametrization",
                            .where = "test_accuracy > 60",
                            .alpha = 0.05 };
    report_data *d;
    lut_err err = { 0 };
    ranks r;

    blocks_of_rows();
    d = data();
    CU_ASSERT_EQUAL(ranks_make(&r, d, &q, &err), LUT_EINVAL);
    CU_ASSERT(strstr(err.text, "--where: test_accuracy is of the test split") != NULL);
    report_data_destroy(d);
}

/* Two pairs that differ by the same: t would be sure. */
static void test_alike(void)
{
    report_data *d;
    compare_groups c;
    sheet s = { 0 };
    bool said = false;

    nlines = 0;
    for (uint32_t seed = 1; seed <= 2; seed++) {
        add("dwn", 6, 300, 10, seed, 90.1 + seed);
        add("light", 6, 300, 10, seed, 89.8 + seed);
    }
    d = data();
    c = groups_of(d,
                  (compare_query){ .by = "parametrization", .a = "dwn", .b = "light" });
    CU_ASSERT(isnan(c.metric[0].pooled.pairs.p));
    CU_ASSERT_EQUAL(compare_groups_sheet(&s, &c, NULL), LUT_OK);
    for (size_t i = 0; i < s.nnotes; i++)
        said |= strstr(s.note[i], "all pairs differ alike, by 0.3 in 2 seeds") != NULL;
    CU_ASSERT(said);
    sheet_fini(&s);
    compare_groups_fini(&c);
    report_data_destroy(d);
}

/* ---- memory ---- */

static void test_no_memory(void)
{
    report_data *d;
    size_t refused_ones = 0;
    const effects_query eq = { .alpha = 0.05 };
    const compare_query cq = { .by = "lut_rank", .a = "4", .b = "6", .alpha = 0.05 };
    const ranks_query rq = { .method = "parametrization", .alpha = 0.05 };

    blocks_of_rows();
    d = data();
    for (long i = 0; i < 250; i += 1 + i / 50) {
        effects e;
        compare_groups c;
        ranks r;

        fail_alloc_at(i);
        if (effects_make(&e, d, &eq, NULL) != LUT_OK)
            refused_ones++;
        effects_fini(&e);
        fail_alloc_at(i);
        if (compare_groups_make(&c, d, &cq, NULL) != LUT_OK)
            refused_ones++;
        compare_groups_fini(&c);
        fail_alloc_at(i);
        if (ranks_make(&r, d, &rq, NULL) != LUT_OK)
            refused_ones++;
        ranks_fini(&r);
        fail_alloc_at(-1);
    }
    CU_ASSERT(refused_ones > 150);
    report_data_destroy(d);
    fake_folder_remove();
}

UNIT_MAIN("effects", UNIT(test_blocks), UNIT(test_twice), UNIT(test_bars),
          UNIT(test_levels), UNIT(test_cloud), UNIT(test_nothing), UNIT(test_groups),
          UNIT(test_groups_turned), UNIT(test_groups_told), UNIT(test_groups_refused),
          UNIT(test_networks), UNIT(test_files), UNIT(test_configurations),
          UNIT(test_ranks), UNIT(test_few_sets), UNIT(test_ranks_of_costs),
          UNIT(test_ranks_tie), UNIT(test_drawn_splits), UNIT(test_ranks_refuse_test),
          UNIT(test_alike), UNIT(test_no_memory))
