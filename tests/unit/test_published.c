/* analysis/published: ours are chosen by validation, differences are of what compares, LUTs
 * meet those that count the same. */
#include "analysis/published.h"
#include "tests/support/fake_result.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Two settings of a parametrization, two seeds each: the second is better on validation and
 * worse on test. */
static const struct {
    const char *param, *set;
    uint32_t rank, seed;
    double valid, test, lut6, core;
} rows[] = {
    { "dwn", "optdigits", 4, 1, 90, 96, 700, 500 },
    { "dwn", "optdigits", 4, 2, 90, 98, 700, 500 },
    { "dwn", "optdigits", 6, 1, 92, 94, 900, 600 },
    { "dwn", "optdigits", 6, 2, 94, 95, 900, 600 },
    { "light", "optdigits", 6, 1, 80, 85, (double)NAN, 400 },
    { "light", "optdigits", 6, 2, 80, 87, (double)NAN, 400 },
    { "dwn", "iris", 4, 1, (double)NAN, 99, 10, 8 },
    { "dwn", "iris", 6, 1, (double)NAN, 97, 10, 8 },
};

/* Everything else is alike. */
static lut_status get(void *arg, size_t i, sweep_result *out, lut_err *err)
{
    (void)arg;
    (void)err;
    fake_result(out, 0);
    strcpy(out->row.trial.parametrization, rows[i].param);
    strcpy(out->row.trial.dataset, rows[i].set);
    strcpy(out->row.trial.options, i % 2 ? "iris.test_seed 1" : "iris.test_seed 2");
    out->row.trial.lut_rank = rows[i].rank;
    out->row.trial.seed = rows[i].seed;
    snprintf(out->row.key, sizeof out->row.key, "%016zx", i + 1);
    out->row.valid_accuracy = rows[i].valid;
    out->row.test_accuracy = rows[i].test;
    out->row.lut6 = rows[i].lut6;
    out->row.lut6_core = rows[i].core;
    return LUT_OK;
}

static sweep_baseline make(const char *set, const char *name, double value, double luts,
                           const char *convention, const char *why_not)
{
    sweep_baseline b;
    size_t n;
    const lut_field *field = sweep_baseline_fields(&n);

    memset(&b, 0, sizeof b);
    lut_fields_default(field, n, &b);
    strcpy(b.dataset, set);
    strcpy(b.method, "M");
    strcpy(b.name, name);
    strcpy(b.source, "S");
    b.value = value;
    b.luts = luts;
    strcpy(b.convention, convention);
    strcpy(b.why_not, why_not);
    strcpy(b.comparable, why_not[0] ? "no" : "yes");
    return b;
}

enum { ABOVE, APART, BELOW, CORE, ELSEWHERE, SMALL, AREA, PUBLISHED };

static void fill(sweep_baseline b[PUBLISHED])
{
    b[ABOVE] = make("optdigits", "above", 97, 800, "design", "");
    b[APART] = make("optdigits", "apart", 99, 10, "design", "other rows");
    b[BELOW] = make("optdigits", "below", 90, 300, "unknown", "");
    b[CORE] = make("optdigits", "core", 93, 550, "core", "");
    b[ELSEWHERE] = make("mnist", "elsewhere", 98, 1, "design", "");
    b[AREA] = make("optdigits", "area", 99.5, 850, "design", "");
    strcpy(b[AREA].metric, "auc");
    b[SMALL] = make("iris", "small", 98, 20, "design", "");
}

/* ---- reading a sheet ---- */

static size_t column(const sheet *s, const char *name)
{
    size_t c = 0;

    while (c < s->ncolumns && strcmp(s->column[c].name, name) != 0)
        c++;
    CU_ASSERT_FATAL(c < s->ncolumns);
    return c;
}

static double number(const sheet *s, size_t row, const char *name)
{
    return s->cell[row * s->ncolumns + column(s, name)].number;
}

static const char *text(const sheet *s, size_t row, const char *name)
{
    const char *t = s->cell[row * s->ncolumns + column(s, name)].text;

    return t ? t : "";
}

static size_t find(const sheet *s, const char *set, const char *model)
{
    size_t i = 0;

    while (i < s->nrows &&
           (strcmp(text(s, i, "dataset"), set) || strcmp(text(s, i, "model"), model)))
        i++;
    if (i == s->nrows)
        fprintf(stderr, "no row %s %s\n", set, model);
    CU_ASSERT_FATAL(i < s->nrows);
    return i;
}

static bool has_note(const sheet *s, const char *part)
{
    for (size_t i = 0; i < s->nnotes; i++)
        if (strstr(s->note[i], part))
            return true;
    return false;
}

static sheet out[PUBLISHED_SHEETS];
static report_data *data;

static void open_data(void)
{
    const char *path = fake_path("p.h5");
    const sweep_store_input in = {
        .name = "p", .config = "", .n = LUT_COUNT(rows), .get = get, .keep = "none"
    };

    CU_ASSERT_EQUAL_FATAL(sweep_store_write(path, &in, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(report_data_create(&data, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(report_data_add(data, path, NULL), LUT_OK);
}

static void build(const report_query *q)
{
    sweep_baseline row[PUBLISHED];
    const sweep_baselines installed = { .row = row, .n = PUBLISHED };
    sweep_baselines b;
    lut_err err = { 0 };
    bool own;

    open_data();
    fill(row);
    CU_ASSERT_EQUAL_FATAL(report_published_rows(&b, &own, data, &installed, &err),
                          LUT_OK);
    CU_ASSERT(!own && b.n == PUBLISHED);
    memset(out, 0, sizeof out);
    CU_ASSERT_EQUAL(report_published(out, data, q, &b, &err), LUT_OK);
    CU_ASSERT_STRING_EQUAL(err.text, "");
    sweep_baselines_fini(&b);
}

static void close_all(void)
{
    for (size_t i = 0; i < PUBLISHED_SHEETS; i++)
        sheet_fini(&out[i]);
    report_data_destroy(data);
    fake_folder_remove();
}

static void test_accuracy(void)
{
    static const char *const order[] = { "above",      "lut_rank 6", "core", "below",
                                         "lut_rank 6", "area",       "apart" };
    const sheet *s = &out[0];
    size_t i;

    build(&(report_query){ 0 });
    /* dwn of rank 6 by validation, though rank 4 is better on the test split */
    i = find(s, "optdigits", "lut_rank 6");
    CU_ASSERT_STRING_EQUAL(text(s, i, "method"), "dwn");
    CU_ASSERT_DOUBLE_EQUAL(number(s, i, "test_accuracy"), 94.5, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(number(s, i, "n"), 2, 0);
    /* t(0.975, 1) = 12.706 (tables), sd = sqrt(0.5), n = 2 */
    CU_ASSERT_DOUBLE_EQUAL(number(s, i, "half"), 12.7062 * sqrt(0.5) / sqrt(2), 1e-3);
    for (size_t k = 0; k < LUT_COUNT(order); k++)
        CU_ASSERT_STRING_EQUAL(text(s, find(s, "optdigits", "above") + k, "model"),
                               order[k]);
    CU_ASSERT_DOUBLE_EQUAL(number(s, find(s, "optdigits", "above"), "difference"), -2.5,
                           1e-12);
    CU_ASSERT_DOUBLE_EQUAL(number(s, find(s, "optdigits", "below"), "difference"), 4.5,
                           1e-12);
    i = find(s, "optdigits", "apart");
    CU_ASSERT(isnan(number(s, i, "difference")));
    CU_ASSERT_STRING_EQUAL(text(s, i, "why"), "other rows");
    i = find(s, "optdigits", "area"); /* no accuracy */
    CU_ASSERT(isnan(number(s, i, "test_accuracy")) &&
              isnan(number(s, i, "difference")));
    for (size_t k = 0; k < s->nrows; k++)
        CU_ASSERT_STRING_NOT_EQUAL(text(s, k, "model"), "elsewhere");
    /* Nothing chose on iris: both settings, and no best. */
    find(s, "iris", "lut_rank 4");
    find(s, "iris", "lut_rank 6");
    CU_ASSERT(isnan(number(s, find(s, "iris", "small"), "difference")));
    CU_ASSERT(has_note(s, "data set iris: 2 trials without validation rows"));
    close_all();
}

static void test_luts(void)
{
    const sheet *s = &out[1];
    size_t n = 0;

    build(&(report_query){ .where = "dataset = optdigits" });
    CU_ASSERT_DOUBLE_EQUAL(number(s, find(s, "optdigits", "above"), "our_luts"), 900,
                           0);
    CU_ASSERT_STRING_EQUAL(text(s, find(s, "optdigits", "above"), "counts"), "lut6");
    CU_ASSERT_DOUBLE_EQUAL(number(s, find(s, "optdigits", "core"), "our_luts"), 600, 0);
    CU_ASSERT_STRING_EQUAL(text(s, find(s, "optdigits", "core"), "counts"),
                           "lut6_core");
    CU_ASSERT(isnan(number(s, find(s, "optdigits", "apart"), "our_luts")));
    for (size_t i = 0; i < s->nrows; i++) {
        n += !strcmp(text(s, i, "who"), "ours");
        /* what nobody knows how to count is in no ranking of sizes */
        CU_ASSERT_STRING_NOT_EQUAL(text(s, i, "model"), "below");
        if (i && !strcmp(text(s, i, "comparable"), text(s, i - 1, "comparable")))
            CU_ASSERT(number(s, i, "luts") >= number(s, i - 1, "luts"));
    }
    CU_ASSERT_EQUAL(n, 3); /* dwn in both conventions, light has no lut6 */
    CU_ASSERT_STRING_EQUAL(text(s, s->nrows - 1, "model"), "apart");
    close_all();
}

static void test_by(void)
{
    build(&(report_query){ .by = "lut_rank", .where = "parametrization = dwn" });
    for (size_t i = 0, n = 0; i < out[0].nrows; i++)
        if (!strcmp(text(&out[0], i, "who"), "ours") &&
            !strcmp(text(&out[0], i, "dataset"), "optdigits"))
            CU_ASSERT_DOUBLE_EQUAL(number(&out[0], i, "test_accuracy"), n++ ? 94.5 : 97,
                                   1e-12);
    close_all();
}

/* A file is no model: the rows of dwn, rank 6, in two files are one setting of two seeds. */
static lut_status get_rest(void *arg, size_t i, sweep_result *row, lut_err *err)
{
    return get(arg, i == 0 ? 3 : 2 * i - 2, row, err);
}

static void test_two_files(void)
{
    const sweep_baselines none = { 0 };
    lut_err err = { 0 };
    size_t i;

    CU_ASSERT_EQUAL_FATAL(report_data_create(&data, NULL), LUT_OK);
    for (size_t f = 0; f < 2; f++) {
        const sweep_store_input in = {
            .name = "p", .config = "", .n = f ? 3 : 1, .get = get_rest, .keep = "none"
        };
        const char *path = fake_path(f ? "rest.h5" : "one.h5");

        CU_ASSERT_EQUAL_FATAL(sweep_store_write(path, &in, NULL), LUT_OK);
        CU_ASSERT_EQUAL_FATAL(report_data_add(data, path, NULL), LUT_OK);
    }
    memset(out, 0, sizeof out);
    CU_ASSERT_EQUAL(report_published(out, data, &(report_query){ 0 }, &none, &err),
                    LUT_OK);
    i = find(&out[0], "optdigits", "lut_rank 6");
    CU_ASSERT_DOUBLE_EQUAL(number(&out[0], i, "n"), 2, 0);
    CU_ASSERT_DOUBLE_EQUAL(number(&out[0], i, "test_accuracy"), 94.5, 1e-12);
    CU_ASSERT(has_note(&out[0], "left out: 1 trials that are in another file too"));
    close_all();
}

static void test_where(void)
{
    const sweep_baselines none = { 0 };
    lut_err err = { 0 };

    open_data();
    memset(out, 0, sizeof out);
    CU_ASSERT_EQUAL(report_published(out, data,
                                     &(report_query){ .where = "test_accuracy > 90" },
                                     &none, &err),
                    LUT_EINVAL);
    CU_ASSERT(strstr(err.text, "--where: test_accuracy is of the test split") != NULL);
    close_all();
}

UNIT_MAIN("published", UNIT(test_accuracy), UNIT(test_luts), UNIT(test_by),
          UNIT(test_two_files), UNIT(test_where))
