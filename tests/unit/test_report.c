/* analysis: rows are chosen, pooled, summarised, ordered and printed as asked. */
#include "analysis/origin.h"
#include "analysis/table.h"
#include "tests/support/fake_result.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Eight trials: parametrization and seed vary; accuracies are easy to sum up. */
typedef struct line {
    const char *dataset, *parametrization, *status;
    uint32_t seed;
    double width, test, valid, luts;
} line;

static const line lines[] = {
    { "optdigits", "light", "ok", 1, 300, 90, 91, 600 },
    { "optdigits", "light", "ok", 2, 300, 94, 93, 600 },
    { "optdigits", "dwn", "ok", 1, 300, 96, 95.5, 300 },
    { "optdigits", "dwn", "ok", 2, 300, 98, 97.5, 300 },
    { "optdigits", "dwn", "diverged", 3, 300, 10, 10, 300 },
    { "optdigits", "dwn", "ok", 1, 600, 99, 96, 600 },
    { "optdigits", "warp", "crashed", 1, 300, (double)NAN, (double)NAN, (double)NAN },
    { "optdigits", "dwn", "ok", 2, 600, 97, 96, 600 },
};

static lut_status get_line(void *arg, size_t i, sweep_result *out, lut_err *err)
{
    const line *l = (const line *)arg + i;
    sweep_row *row = &out->row;

    (void)err;
    sweep_result_init(out);
    strcpy(row->trial.dataset, l->dataset);
    strcpy(row->trial.parametrization, l->parametrization);
    row->trial.seed = l->seed;
    row->trial.width = l->width;
    snprintf(row->trial.layers, sizeof row->trial.layers, "%.0f", l->width);
    snprintf(row->trial.options, sizeof row->trial.options, "%s.x 1",
             l->parametrization);
    snprintf(row->key, sizeof row->key, "%016zx", i);
    strcpy(row->status, l->status);
    row->test_accuracy = l->test;
    row->valid_accuracy = l->valid;
    row->luts = l->luts;
    return LUT_OK;
}

static const char *put_lines(const char *name, const line *l, size_t n)
{
    static line copy[LUT_COUNT(lines)];
    const char *path = fake_path(name);
    sweep_store_input in = {
        .name = "quick", .config = "", .n = n, .get = get_line, .arg = copy
    };

    memcpy(copy, l, n * sizeof *copy);
    CU_ASSERT_EQUAL_FATAL(sweep_store_write(path, &in, NULL), LUT_OK);
    return path;
}

/* Rows whose options are the text in `dataset`. */
static lut_status get_options(void *arg, size_t i, sweep_result *out, lut_err *err)
{
    const line *l = arg;

    LUT_TRY(get_line(arg, i, out, err));
    snprintf(out->row.trial.options, sizeof out->row.trial.options, "%s", l[i].dataset);
    return LUT_OK;
}

static report_data *data_of(const char *name, const line *l, size_t n)
{
    report_data *d;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL_FATAL(report_data_create(&d, NULL), LUT_OK);
    report_data_add(d, put_lines(name, l, n), &err);
    CU_ASSERT_STRING_EQUAL(err.text, "");
    return d;
}

static report_data *data(void)
{
    return data_of("a.h5", lines, LUT_COUNT(lines));
}

static report built(const report_data *d, report_query q)
{
    report r;
    lut_err err = { 0 };

    report_build(&r, d, &q, &err);
    CU_ASSERT_STRING_EQUAL(err.text, "");
    return r;
}

static const char *text_of(const report *r, size_t group, size_t by)
{
    return report_data_value(r->data, r->group[group].row, r->by[by]).text;
}

static double number_of(const report *r, size_t group, size_t by)
{
    return report_data_value(r->data, r->group[group].row, r->by[by]).number;
}

static void test_summary(void)
{
    const double v[] = { 4, (double)NAN, 7, 1 };
    report_stats s = report_summary(v, 4);

    CU_ASSERT_EQUAL(s.n, 3);
    CU_ASSERT_DOUBLE_EQUAL(s.mean, 4, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(s.sd, 3, 1e-12);
    CU_ASSERT_EQUAL(s.min, 1);
    CU_ASSERT_EQUAL(s.max, 7);
    s = report_summary(v, 1);
    CU_ASSERT_EQUAL(s.mean, 4);
    CU_ASSERT(isnan(s.sd));
    s = report_summary(v + 1, 1);
    CU_ASSERT_EQUAL(s.n, 0);
    CU_ASSERT(isnan(s.mean) && isnan(s.min) && isnan(s.max));
    CU_ASSERT_EQUAL(report_summary(NULL, 0).n, 0);
}

/* Without options: what varies apart from the seed, best validation accuracy first. */
static void test_defaults(void)
{
    report_data *d = data();
    report r = built(d, (report_query){ 0 });

    CU_ASSERT_EQUAL_FATAL(r.nby, 2);
    CU_ASSERT_EQUAL(r.by[0], report_data_find(d, "parametrization"));
    CU_ASSERT_EQUAL(r.by[1], report_data_find(d, "width"));
    CU_ASSERT_EQUAL_FATAL(r.nmetrics, 4);
    CU_ASSERT_EQUAL(r.selected, LUT_COUNT(lines));
    CU_ASSERT_EQUAL_FATAL(r.ngroups, 4);
    CU_ASSERT_STRING_EQUAL(text_of(&r, 0, 0),
                           "dwn"); /* valid 96.5: the diverged is out */
    CU_ASSERT_EQUAL(number_of(&r, 0, 1), 300);
    CU_ASSERT_DOUBLE_EQUAL(r.group[0].valid.mean, 96.5, 1e-12);
    CU_ASSERT_EQUAL(number_of(&r, 1, 1), 600);
    CU_ASSERT_STRING_EQUAL(text_of(&r, 2, 0), "light");
    CU_ASSERT_STRING_EQUAL(text_of(&r, 3, 0), "warp"); /* nothing known: last */
    CU_ASSERT_EQUAL(r.group[3].metric[0].n, 0);
    CU_ASSERT_DOUBLE_EQUAL(r.group[2].metric[0].sd, sqrt(8), 1e-12);
    report_fini(&r);
    report_data_destroy(d);
}

static void test_status(void)
{
    report_data *d = data();
    report r = built(d, (report_query){ .by = "parametrization" });

    CU_ASSERT(r.only_ok);
    CU_ASSERT_EQUAL_FATAL(r.nstatus, 3);
    CU_ASSERT_STRING_EQUAL(r.status[0].status, "ok");
    CU_ASSERT_EQUAL(r.status[0].n, 6);
    report_fini(&r);
    r = built(d, (report_query){ .by = "status", .metric = "test_accuracy" });
    CU_ASSERT_FALSE(r.only_ok);
    CU_ASSERT_EQUAL(r.ngroups, 3);
    CU_ASSERT_STRING_EQUAL(text_of(&r, 1, 0), "diverged");
    CU_ASSERT_EQUAL(r.group[1].metric[0].mean, 10);
    report_fini(&r);
    r = built(d, (report_query){ .by = "seed", .where = "status = diverged" });
    CU_ASSERT_EQUAL(r.ngroups, 1);
    CU_ASSERT_EQUAL(r.group[0].metric[0].n, 1);
    report_fini(&r);
    report_data_destroy(d);
}

static void test_where(void)
{
    report_data *d = data();
    report r =
        built(d, (report_query){ .where = "parametrization = dwn and width > 300",
                                 .by = "parametrization",
                                 .metric = "test_accuracy" });

    CU_ASSERT_EQUAL(r.selected, 2);
    CU_ASSERT_EQUAL_FATAL(r.ngroups, 1);
    CU_ASSERT_EQUAL(r.group[0].metric[0].mean, 98);
    report_fini(&r);
    r = built(d, (report_query){ .where = "width > 9999" });
    CU_ASSERT_EQUAL(r.selected, 0);
    CU_ASSERT_EQUAL(r.ngroups, 0);
    report_fini(&r);
    report_data_destroy(d);
}

static void order(const char *sort, size_t best, const char *expected)
{
    report_data *d = data();
    report r = built(d, (report_query){ .by = "parametrization",
                                        .metric = "luts,test_accuracy",
                                        .sort = sort,
                                        .best = best });
    char found[200] = "";

    for (size_t g = 0; g < r.ngroups; g++) {
        strcat(found, g ? " " : "");
        strcat(found, text_of(&r, g, 0));
    }
    CU_ASSERT_STRING_EQUAL(found, expected);
    report_fini(&r);
    report_data_destroy(d);
}

static void test_order(void)
{
    order(NULL, 0, "dwn light warp");
    order("parametrization", 0, "dwn light warp");
    order("-parametrization", 0, "warp light dwn");
    order("luts", 0, "dwn light warp");
    order("-luts", 0, "light dwn warp"); /* nothing known is last either way */
    order("-luts_n", 0, "dwn light warp");
    order("test_accuracy_min", 0, "light dwn warp");
    order(NULL, 1, "dwn");
    order("-luts", 2, "light dwn"); /* the best two, then the order asked for */
    order(NULL, 99, "dwn light warp");
}

static void refused(report_query q, lut_status want, const char *message)
{
    report_data *d = data();
    report r;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL(report_build(&r, d, &q, &err), want);
    if (!strstr(err.text, message))
        fprintf(stderr, "got: %s\n", err.text);
    CU_ASSERT(strstr(err.text, message) != NULL);
    report_data_destroy(d);
}

/* Two of the rows have `learnable`; a mode has values of which not all are numbers. */
static const line optional[] = {
    { "learnable.candidates 8 x.mode 1", "dwn", "ok", 1, 300, 90, 91, 600 },
    { "learnable.candidates 16 x.mode b", "dwn", "ok", 1, 300, 80, 91, 600 },
    { "learnable.candidates 16 x.mode 1", "dwn", "ok", 2, 300, 70, 91, 600 },
    { "x.mode 1", "dwn", "ok", 1, 300, 60, 91, 600 },
};

static report_data *data_of_options(void)
{
    const char *path = fake_path("options.h5");
    line copy[LUT_COUNT(optional)];
    sweep_store_input in = { .name = "quick",
                             .config = "",
                             .n = LUT_COUNT(optional),
                             .get = get_options,
                             .arg = copy };
    report_data *d;

    memcpy(copy, optional, sizeof copy);
    CU_ASSERT_EQUAL_FATAL(sweep_store_write(path, &in, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(report_data_create(&d, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(report_data_add(d, path, NULL), LUT_OK);
    return d;
}

static void test_options_by(void)
{
    report_data *d = data_of_options();
    report r = built(d, (report_query){ .by = "learnable.candidates,x.mode",
                                        .metric = "test_accuracy",
                                        .sort = "-learnable.candidates" });

    CU_ASSERT_EQUAL_FATAL(r.ngroups, 4);
    CU_ASSERT_EQUAL(number_of(&r, 0, 0), 16);
    CU_ASSERT_STRING_EQUAL(text_of(&r, 0, 1), "1");
    CU_ASSERT_EQUAL(r.group[0].metric[0].mean, 70);
    CU_ASSERT_STRING_EQUAL(text_of(&r, 1, 1), "b");
    CU_ASSERT_EQUAL(number_of(&r, 2, 0), 8);
    CU_ASSERT(isnan(number_of(&r, 3, 0))); /* this row has no such option */
    CU_ASSERT_EQUAL(r.group[3].metric[0].mean, 60);
    report_fini(&r);
    report_data_destroy(d);
}

static void test_options_where(void)
{
    report_data *d = data_of_options();
    report r = built(d, (report_query){ .where = "learnable.candidates > 8",
                                        .by = "lut_rank",
                                        .metric = "learnable.candidates",
                                        .sort = "learnable.candidates_max" });

    CU_ASSERT_EQUAL(r.selected, 2);
    CU_ASSERT_EQUAL_FATAL(r.ngroups, 1);
    CU_ASSERT_EQUAL(r.group[0].metric[0].mean, 16);
    report_fini(&r);
    r = built(d, (report_query){ .where = "x.mode = b", .by = "seed" });
    CU_ASSERT_EQUAL(r.selected, 1);
    report_fini(&r);
    /* A file without the option; a name that none has. */
    CU_ASSERT_EQUAL(report_data_add(d, put_lines("a.h5", lines, 2), NULL), LUT_OK);
    r = built(d, (report_query){ .by = "file", .metric = "learnable.candidates" });
    CU_ASSERT_EQUAL_FATAL(r.ngroups, 2);
    CU_ASSERT_EQUAL(r.group[0].metric[0].n + r.group[1].metric[0].n, 3);
    report_fini(&r);
    report_data_destroy(d);
}

static void test_bad_queries(void)
{
    refused((report_query){ .by = "witdh" }, LUT_ENOENT,
            "--by: no column witdh (did you mean width?)");
    refused((report_query){ .metric = "test_acuracy" }, LUT_ENOENT,
            "--metric: no column test_acuracy (did you mean test_accuracy?)");
    refused((report_query){ .metric = "dataset" }, LUT_EINVAL,
            "--metric: dataset is text, want a number");
    refused((report_query){ .where = "lut_rnk = 6" }, LUT_ENOENT,
            "--where: no column lut_rnk (did you mean lut_rank?)");
    refused((report_query){ .by = "dwn.y" }, LUT_ENOENT,
            "--by: no column dwn.y (did you mean dwn.x?)");
    refused((report_query){ .where = "width >" }, LUT_EINVAL, "--where: ");
    refused((report_query){ .by = "width,,depth" }, LUT_EINVAL, "--by: \",depth\"");
    refused((report_query){ .sort = "qqqqqqqqqqqq" }, LUT_ENOENT, "--sort: no column");
    refused((report_query){ .where = "test_accuracy > 60", .best = 1 }, LUT_EINVAL,
            "--where: test_accuracy is of the test split");
    refused((report_query){ .by = "seed", .sort = "tau" }, LUT_EINVAL,
            "--sort: tau is no column of this table");
}

static void test_two_files(void)
{
    report_data *d = data(), *again = data();
    report r;
    lut_err err;

    CU_ASSERT_EQUAL(report_data_add(d, put_lines("b.h5", lines, 2), NULL), LUT_OK);
    CU_ASSERT_EQUAL(report_data_rows(d), LUT_COUNT(lines) + 2);
    CU_ASSERT_EQUAL(report_data_rows(again), LUT_COUNT(lines));
    CU_ASSERT_EQUAL(report_data_add(again, fake_path("a.h5"), &err), LUT_EINVAL);
    CU_ASSERT(strstr(err.text, "a.h5: the same file was given before") != NULL);
    report_data_destroy(again);
    r = built(d, (report_query){ .where = "parametrization = light" });
    CU_ASSERT_EQUAL_FATAL(r.nby, 1);
    CU_ASSERT_EQUAL(r.by[0], report_data_find(d, "file"));
    CU_ASSERT_EQUAL_FATAL(r.ngroups, 2);
    CU_ASSERT(strstr(text_of(&r, 0, 0), "/a.h5") != NULL);
    CU_ASSERT(strstr(text_of(&r, 1, 0), "/b.h5") != NULL);
    CU_ASSERT_EQUAL(r.group[1].metric[0].mean, 92);
    report_fini(&r);
    report_data_destroy(d);
}

static void test_missing_file(void)
{
    report_data *d;
    lut_err err;
    const char *path = fake_path("later.h5");

    CU_ASSERT_EQUAL_FATAL(report_data_create(&d, NULL), LUT_OK);
    CU_ASSERT_EQUAL(report_data_add(d, path, &err), LUT_ENOENT);
    CU_ASSERT(strstr(err.text, "No such file") != NULL);
    report_data_destroy(d);
    /* A sweep that has begun and finished nothing. */
    CU_ASSERT_EQUAL(mkdir(fake_path("later.h5.run"), 0777), 0);
    CU_ASSERT_EQUAL_FATAL(report_data_create(&d, NULL), LUT_OK);
    CU_ASSERT_EQUAL(report_data_add(d, path, &err), LUT_OK);
    CU_ASSERT_EQUAL(report_data_rows(d), 0);
    CU_ASSERT(report_data_in_memory(d, 0));
    report_data_destroy(d);
}

static char *written(const report *r, const char *format, const char *origin)
{
    const sheet_format *f;
    sheet s;
    char *text;
    size_t n;
    FILE *out = open_memstream(&text, &n);

    CU_ASSERT_EQUAL_FATAL(sheet_format_named(&f, format, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(report_sheet(&s, r, "groups", NULL, 0, NULL), LUT_OK);
    f->write(out, &s, 1, origin);
    fclose(out);
    sheet_fini(&s);
    return text;
}

static char *printed_of(report_data *d, const char *format, report_query q,
                        const char *origin)
{
    report r = built(d, q);
    char *text = written(&r, format, origin);

    report_fini(&r);
    report_data_destroy(d);
    return text;
}

static char *printed(const char *format, report_query q, const char *origin)
{
    return printed_of(data(), format, q, origin);
}

static void has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fprintf(stderr, "\nnot in the output: %s\n%s\n", part, text);
    CU_ASSERT(strstr(text, part) != NULL);
}

/* The heading is public; t intervals of 96, 98, 97, 99 computed with SciPy 1.17.1. */
static void test_csv(void)
{
    static const char start[] =
        "parametrization,test_accuracy_mean,test_accuracy_sd,test_accuracy_min,"
        "test_accuracy_max,test_accuracy_n,test_accuracy_lo,test_accuracy_hi,luts_mean,"
        "luts_sd,luts_min,luts_max,luts_n,luts_lo,luts_hi\n"
        "dwn,97.5,1.2909944487358056,96,99,4,";
    const report_query q = { .by = "parametrization", .metric = "test_accuracy,luts" };
    char *text = printed("csv", q, NULL), *end;

    CU_ASSERT_EQUAL_FATAL(strncmp(text, start, sizeof start - 1), 0);
    CU_ASSERT_DOUBLE_EQUAL(strtod(text + sizeof start - 1, &end), 95.44573974323949,
                           1e-9);
    CU_ASSERT_EQUAL_FATAL(*end, ',');
    CU_ASSERT_DOUBLE_EQUAL(strtod(end + 1, &end), 99.55426025676051, 1e-9);
    CU_ASSERT_EQUAL(strncmp(end, ",450,173.20508075688772,300,600,4,", 34), 0);
    has(text, ",600,0,600,600,2,600,600\n");
    has(text, "\nwarp,,,,,0,,,,,,,0,,\n");
    free(text);
    text = printed("csv", q, "one\ntwo\n");
    CU_ASSERT_EQUAL(strncmp(text, "# one\n# two\nparametrization,", 28), 0);
    free(text);
}

/* Halves of intervals computed with SciPy 1.17.1. */
static void test_half(void)
{
    const double v[] = { 1.5, 2.25, 4, (double)NAN, -3, 7.125 };
    report_stats s = report_summary(v, LUT_COUNT(v));

    CU_ASSERT_DOUBLE_EQUAL(report_half(&s, 0.05), 4.598978295730212, 1e-10);
    CU_ASSERT_DOUBLE_EQUAL(report_half(&s, 0.01), 7.626346490763033, 1e-10);
    CU_ASSERT_DOUBLE_EQUAL(report_half(&s, 0.32), 1.8790450807131287, 1e-10);
    s = report_summary(v, 1);
    CU_ASSERT(isnan(report_half(&s, 0.05)));
    s = report_summary((double[]){ 3, 3 }, 2);
    CU_ASSERT_EQUAL(report_half(&s, 0.05), 0);
}

static void test_text(void)
{
    char *text = printed("text",
                         (report_query){ .by = "parametrization",
                                         .metric = "test_accuracy,luts",
                                         .best = 2 },
                         NULL);

    has(text, "# 8 of 8 trials: 6 ok, 1 crashed, 1 diverged\n");
    has(text, "name status in --where");
    has(text, "the best 2 of 3 rows by validation accuracy\n");
    has(text, "# test_accuracy [percent]: discrete network on the test split\n");
    has(text,
        ", \xc2\xb1 half the 95 % interval of the mean (Student's t); the best 2");
    has(text, "# trials of a row differ in more than the seed in 1 of 3 rows");
    has(text,
        "parametrization  test_accuracy      \xc2\xb1    sd  luts      \xc2\xb1     "
        "sd  n\n"
        "dwn                      97.50   2.05  1.29   450  275.6  173.2  4\n"
        "light                    92.00  25.41  2.83   600      0      0  2\n");
    free(text);
}

static void test_text_of_one(void)
{
    char *text =
        printed("text", (report_query){ .by = "seed", .where = "width = 600" }, NULL);

    has(text,
        "seed  test_accuracy  sd  n  valid_accuracy  sd  n  discretization_gap  sd  n"
        "  luts  sd  n\n"
        "   1          99.00   -  1           96.00   -  1                   -   -  0"
        "   600   -  1\n");
    free(text);
    text =
        printed("text",
                (report_query){
                    .by = "seed", .where = "width = 600", .metric = "test_accuracy" },
                NULL);
    has(text, "   1          99.00   -  1\n");
    free(text);
}

/* Two sets without a validation split among one that has it. */
static const line small[] = {
    { "monks-1", "dwn", "ok", 1, 300, 99, (double)NAN, 300 },
    { "monks-1", "dwn", "ok", 2, 300, 97, (double)NAN, 300 },
    { "monks-1", "dwn", "diverged", 3, 300, (double)NAN, (double)NAN, 300 },
    { "iris", "dwn", "ok", 1, 300, 100, (double)NAN, 300 },
    { "optdigits", "dwn", "ok", 1, 300, 90, 91, 300 },
};

static void prints(size_t first, size_t n, report_query q, const char *part,
                   bool whether)
{
    char *text = printed_of(data_of("small.h5", small + first, n), "text", q, NULL);

    if ((strstr(text, part) != NULL) != whether)
        fprintf(stderr, "\n%s: %s\n%s\n", whether ? "not there" : "there", part, text);
    CU_ASSERT_EQUAL(strstr(text, part) != NULL, whether);
    free(text);
}

/* What nothing was selected for is named, comes last, and is not called ranked. */
static void test_no_validation(void)
{
    const report_query q = { .by = "dataset", .metric = "test_accuracy" };
    report_query sorted = q, best = q;

    sorted.sort = "test_accuracy";
    prints(
        0, 5, q,
        "# no validation split, last epoch, no selection: 1 of 1 trials of iris, 2 of "
        "3 trials of monks-1; rows not ranked, at the end: 2\n",
        true);
    prints(0, 5, q, "\noptdigits          90.00      -     -  1\niris", true);
    prints(0, 5, sorted, "2 of 3 trials of monks-1\n", true);
    prints(0, 4, q, "3 trials of monks-1; rows are not ranked\n", true);
    prints(4, 1, q, "no selection", false);
    best.best = 2; /* only one of the three can be chosen */
    prints(0, 5, best, "; the best 1 of 3 rows by validation accuracy\n", true);
    prints(0, 5, best, "\niris", false);
    prints(0, 5, best, "not ranked", false);
    best.best = 3;
    prints(0, 5, best, "all 3 rows, 3 were asked for\n", true);
}

/* monks-1 and iris have no validation rows: --each has nothing to choose by. */
static void test_each(void)
{
    report_query each = { .outer = "dataset",
                          .by = "seed",
                          .metric = "test_accuracy",
                          .best = 1,
                          .best_each = true };

    prints(0, 5, each,
           "left out by --each, with no validation accuracy to choose by: 2 (iris, "
           "monks-1)\n",
           true);
    prints(0, 5, each, "the best 1 of each kind, of ", true);
    prints(4, 1, each, "left out by", false);
    prints(4, 1, each, "; all 1 rows, there are no more than 1 of each kind\n", true);
    each.outer = "dataset,parametrization";
    prints(2, 3, each, "choose by: 2 (iris dwn, monks-1 dwn)\n", true);
}

/* Nothing to summarise is said, in formats for machines too. */
static void test_nothing(void)
{
    static const line failed[] = {
        { "iris", "dwn", "crashed", 1, 300, (double)NAN, (double)NAN, (double)NAN },
        { "iris", "dwn", "lost", 2, 300, (double)NAN, (double)NAN, (double)NAN },
    };
    const report_query all = { 0 }, none = { .where = "width > 1e6" };
    char *text = printed_of(data_of("small.h5", failed, 2), "text", all, NULL);

    has(text, "# 2 of 2 trials: 1 crashed, 1 lost\n");
    has(text,
        "# no trial is ok, so there is nothing to summarise: \"lutsweep --status");
    has(text, "\n            -   -               -   -");
    free(text);
    text = printed_of(data_of("small.h5", failed, 0), "csv", all, "x\n");
    has(text, "# there are no trials yet\n");
    free(text);
    text = printed_of(data_of("small.h5", failed, 2), "csv", none, "x\n");
    has(text, "# no trial meets the condition\n");
    free(text);
    text =
        printed_of(data_of("small.h5", failed, 2), "text",
                   (report_query){ .by = "status", .metric = "test_accuracy" }, NULL);
    CU_ASSERT_PTR_NULL(strstr(text, "no trial is ok"));
    free(text);
}

/* A set that is known to be half of what was published. */
static void test_note_of_known(void)
{
    static const line half[] = { { "unsw-nb15", "dwn", "ok", 1, 300, 90, 91, 300 } };
    char *text = printed_of(data_of("small.h5", half, 1), "text",
                            (report_query){ .by = "dataset" }, NULL);

    has(text, "# data set unsw-nb15: half of the published set");
    has(text, "; not comparable with published numbers\n");
    free(text);
}

/* Notes of data sets stand in every heading, in CSV where there is one. */
static void test_notes(void)
{
    static const char *const format[] = { "text", "markdown", "csv" };
    report_data *d = data_of("small.h5", small, LUT_COUNT(small));

    for (size_t i = 0; i < LUT_COUNT(format); i++) {
        report r = built(d, (report_query){ .by = "dataset" });
        char *text;

        CU_ASSERT_EQUAL_FATAL(r.nsets, 3);
        CU_ASSERT_STRING_EQUAL(r.set[2].name, "optdigits");
        CU_ASSERT_PTR_NULL(r.set[2].note);
        r.set[2].note = "half of it";
        r.set[2].partial = true;
        text = written(&r, format[i], "origin\n");
        has(text, i == 1 ? "\n- data set optdigits: half of it; not comparable with "
                           "published numbers\n"
                         : "\n# data set optdigits: half of it; not comparable with "
                           "published numbers\n");
        has(text, "no selection: 1 of 1 trials of iris");
        free(text);
        report_fini(&r);
    }
    report_data_destroy(d);
}

static void test_none_to_choose(void)
{
    report_data *d = data_of("small.h5", small, 4);
    report r;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL(
        report_build(&r, d, &(report_query){ .by = "dataset", .best = 1 }, &err),
        LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text,
                           "--best=1: none of the 2 rows has a validation accuracy to "
                           "choose by; leave it out to see them all");
    CU_ASSERT_EQUAL(report_build(&r, d,
                                 &(report_query){ .outer = "dataset",
                                                  .by = "width",
                                                  .best = 1,
                                                  .best_each = true },
                                 &err),
                    LUT_EINVAL);
    CU_ASSERT(!strncmp(err.text, "--each: none of the 2 rows has", 30));
    report_data_destroy(d);
}

static void test_markdown(void)
{
    char *text = printed(
        "markdown",
        (report_query){ .by = "parametrization", .metric = "test_accuracy" }, "x\n");

    CU_ASSERT_EQUAL(strncmp(text, "<!--\nx\n-->\n", 11), 0);
    has(text, "\n\n| parametrization | test_accuracy | \xc2\xb1 | sd | n |\n"
              "| --- | ---: | ---: | ---: | ---: |\n"
              "| dwn | 97.50 | 2.05 | 1.29 | 4 |\n");
    free(text);
}

static void test_origin(void)
{
    report_data *d = data();
    char program[] = "lutreport", by[] = "a b'c", *argv[] = { program, by };
    char *text;

    CU_ASSERT_EQUAL_FATAL(report_origin(&text, d, "lutreport 1", 2, argv, NULL),
                          LUT_OK);
    has(text, "lutreport 1\ncommand: lutreport 'a b'\\''c'\ninput: ");
    has(text, "/a.h5, sweep quick, 8 trials, sha256 ");
    free(text);
    report_data_destroy(d);
    fake_folder_remove();
}

/* The lines of b.h5 have the keys of a.h5's first: no mean counts them twice, and of a trial that
 * failed in one file the row of the other stays. */
static void test_twins(void)
{
    line later[LUT_COUNT(lines)];
    report_data *d = data();
    report r;
    char *text;

    memcpy(later, lines, sizeof later);
    later[4].status = "ok";
    CU_ASSERT_EQUAL(report_data_add(d, put_lines("b.h5", later, 6), NULL), LUT_OK);
    r = built(d, (report_query){ .by = "parametrization" });
    CU_ASSERT_EQUAL(r.twice, 6);
    CU_ASSERT_EQUAL(r.selected, LUT_COUNT(lines));
    for (size_t g = 0; g < r.ngroups; g++)
        if (!strcmp(text_of(&r, g, 0), "dwn"))
            CU_ASSERT_EQUAL(r.group[g].metric[0].n, 5);
    report_fini(&r);
    r = built(d, (report_query){ .by = "file" });
    CU_ASSERT_EQUAL(r.twice, 0);
    report_fini(&r);
    r = built(d, (report_query){ .one_file = true });
    CU_ASSERT(r.nby == 2 && r.twice == 6); /* parametrization, width */
    report_fini(&r);
    text = printed_of(d, "text", (report_query){ .by = "parametrization" }, NULL);
    has(text, "left out: 6 trials that are in another file too");
    free(text);
}

/* Three draws of two seeds; the options stand in `dataset`. */
static const line drawn[] = {
    { "iris.test_seed 1 x.y 1", "dwn", "ok", 1, 300, 90, 91, 600 },
    { "iris.test_seed 1 x.y 1", "dwn", "ok", 2, 300, 92, 91, 600 },
    { "iris.test_seed 2 x.y 1", "dwn", "ok", 1, 300, 80, 91, 600 },
    { "iris.test_seed 2 x.y 1", "dwn", "ok", 2, 300, 82, 91, 600 },
    { "iris.test_seed 3 x.y 1", "dwn", "ok", 1, 300, 70, 91, 600 },
    { "iris.test_seed 3 x.y 1", "dwn", "ok", 2, 300, 72, 91, 600 },
    { "iris.test_seed 3 x.y 2", "dwn", "ok", 1, 300, 99, 95, 600 },
    { "iris.test_seed 3 x.y 2", "dwn", "ok", 2, 300, 99, 95, 600 },
};

static lut_status get_drawn(void *arg, size_t i, sweep_result *out, lut_err *err)
{
    LUT_TRY(get_options(arg, i, out, err));
    strcpy(out->row.trial.dataset, "iris");
    return LUT_OK;
}

/* Draws tell no rows apart, and the interval is that of their means 91, 81, 71: sd 10 of 3, not
 * of the six trials. */
static void test_drawn_splits(void)
{
    const char *path = fake_path("drawn.h5");
    line copy[LUT_COUNT(drawn)];
    const sweep_store_input in = { .name = "quick",
                                   .config = "",
                                   .n = LUT_COUNT(drawn),
                                   .get = get_drawn,
                                   .arg = copy };
    report_data *d;
    report r;
    char *text;

    memcpy(copy, drawn, sizeof copy);
    CU_ASSERT_EQUAL_FATAL(sweep_store_write(path, &in, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(report_data_create(&d, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(report_data_add(d, path, NULL), LUT_OK);
    r = built(d, (report_query){ .sort = "test_accuracy" });
    CU_ASSERT_EQUAL(r.mixed, 0);
    CU_ASSERT_EQUAL_FATAL(r.nby, 1);
    CU_ASSERT_EQUAL(r.by[0], report_data_find(d, "x.y"));
    CU_ASSERT_EQUAL_FATAL(r.ngroups, 2);
    CU_ASSERT_EQUAL(r.group[0].splits, 3);
    CU_ASSERT_EQUAL(r.group[0].metric[0].n, 6);
    CU_ASSERT_EQUAL(r.group[0].metric[0].units, 3);
    CU_ASSERT_DOUBLE_EQUAL(r.group[0].metric[0].mean, 81, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(r.group[0].metric[0].unit_sd, 10, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(report_half(&r.group[0].metric[0], 0.05),
                           4.302652729911275 * 10 / sqrt(3), 1e-9);
    CU_ASSERT_EQUAL(r.group[1].splits, 1);
    CU_ASSERT_EQUAL(r.group[1].metric[0].units, 2);
    report_fini(&r);
    text = printed_of(d, "text", (report_query){ .by = "x.y" }, NULL);
    has(text, "takes the mean of each split as one number");
    free(text);
}

UNIT_MAIN("report", UNIT(test_summary), UNIT(test_defaults), UNIT(test_status),
          UNIT(test_where), UNIT(test_order), UNIT(test_bad_queries),
          UNIT(test_options_by), UNIT(test_options_where), UNIT(test_two_files),
          UNIT(test_missing_file), UNIT(test_csv), UNIT(test_half), UNIT(test_text),
          UNIT(test_text_of_one), UNIT(test_no_validation), UNIT(test_each),
          UNIT(test_notes), UNIT(test_nothing), UNIT(test_note_of_known),
          UNIT(test_none_to_choose), UNIT(test_markdown), UNIT(test_origin),
          UNIT(test_twins), UNIT(test_drawn_splits))
