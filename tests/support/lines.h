/* Results files of made-up rows: settings and accuracies as a test wants them. */
#ifndef TESTS_SUPPORT_LINES_H
#define TESTS_SUPPORT_LINES_H

#include "analysis/data.h"
#include "tests/support/fake_result.h"
#include "tests/support/unit.h"

#include <math.h>
#include <string.h>

enum { LINES = 400 };

typedef struct line {
    char dataset[32], parametrization[16], status[16], options[64];
    uint32_t lut_rank, seed;
    double width, tau, valid, test, lut6;
} line;

/* Rows of a file that is made. */
static line lines[LINES];
static size_t nlines;

static inline line *add(const char *parametrization, uint32_t lut_rank, double width,
                        double tau, uint32_t seed, double valid)
{
    line *l = &lines[nlines++];

    *l = (line){ .lut_rank = lut_rank,
                 .seed = seed,
                 .width = width,
                 .tau = tau,
                 .valid = valid,
                 .test = valid - 1,
                 .lut6 = (double)NAN };
    strcpy(l->dataset, "optdigits");
    strcpy(l->status, "ok");
    snprintf(l->parametrization, sizeof l->parametrization, "%s", parametrization);
    snprintf(l->options, sizeof l->options, "%s.x 1", parametrization);
    return l;
}

static inline lut_status get_line(void *arg, size_t i, sweep_result *out, lut_err *err)
{
    const line *l = (const line *)arg + i;
    sweep_row *row = &out->row;

    (void)err;
    sweep_result_init(out);
    strcpy(row->trial.dataset, l->dataset);
    strcpy(row->trial.parametrization, l->parametrization);
    strcpy(row->trial.options, l->options);
    row->trial.lut_rank = l->lut_rank;
    row->trial.seed = l->seed;
    row->trial.width = l->width;
    row->trial.tau = l->tau;
    snprintf(row->trial.layers, sizeof row->trial.layers, "%.0f-%.0f", l->width,
             l->width);
    snprintf(row->key, sizeof row->key, "%08x%08x", (unsigned)(l->valid * 1e6),
             (unsigned)i);
    strcpy(row->status, l->status);
    row->test_accuracy = l->test;
    row->valid_accuracy = l->valid;
    row->lut6 = l->lut6;
    return LUT_OK;
}

/* Of the files that are written next. */
static const char *config_text = "a = 1;\nb = 2; # two\n";

static inline void write_lines(const char *path)
{
    const sweep_store_input in = {
        .name = "s", .config = config_text, .n = nlines, .get = get_line, .arg = lines
    };

    CU_ASSERT_EQUAL_FATAL(sweep_store_write(path, &in, NULL), LUT_OK);
}

static inline report_data *data_of(const char *path)
{
    report_data *d;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL_FATAL(report_data_create(&d, NULL), LUT_OK);
    report_data_add(d, path, &err);
    CU_ASSERT_STRING_EQUAL(err.text, "");
    return d;
}

static inline report_data *data(void)
{
    const char *path = fake_path("a.h5");

    write_lines(path);
    return data_of(path);
}

#endif
