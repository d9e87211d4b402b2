/* analysis/appendix, trainings: nothing that a file says is cut, and a training that rows share
 * or that went on from a checkpoint is counted once and whole. */
#include "analysis/appendix.h"
#include "analysis/trainings.h"
#include "tests/support/fake_result.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS = 60, RUNS = 60, DRAWS = 40 };

/* Three rows in a row share a training; that of the first three went on from a checkpoint. */
static lut_status get(void *arg, size_t i, sweep_result *out, lut_err *err)
{
    (void)arg;
    (void)err;
    fake_result(out, 7 * i);
    snprintf(out->row.trial.dataset, sizeof out->row.trial.dataset, "set");
    snprintf(out->row.trial.parametrization, sizeof out->row.trial.parametrization,
             "a-name-of-many-letters-%02zu", i);
    snprintf(out->row.key, sizeof out->row.key, "%016zx", i);
    snprintf(out->row.training_key, sizeof out->row.training_key, "%016zx", i / 3);
    out->row.epochs_run = 10;
    out->timing.epoch_seconds = i < 3 ? 100 : 1;
    out->timing.train_seconds = 20;
    out->timing.threads = 2;
    return LUT_OK;
}

static report_data *data(void)
{
    static char digests[RUNS][50 * DRAWS], none[] = "";
    sweep_provenance run[RUNS] = { { .host = "" } };
    const sweep_store_input in = { .name = "s",
                                   .config = "",
                                   .n = ROWS,
                                   .get = get,
                                   .keep = "none",
                                   .provenance = run,
                                   .nprovenance = RUNS };
    const char *path = fake_path("a.h5");
    report_data *d;
    lut_err err = { 0 };

    for (size_t i = 0; i < RUNS; i++) {
        char *end = digests[i];

        for (size_t k = 0; k < DRAWS; k++)
            end += sprintf(end, "set:abcd%012zx other-set:ef01%012zx ", k, 1000 + k);
        snprintf(run[i].compiler, sizeof run[i].compiler, "compiler %050zu", i);
        run[i].digests = digests[i];
        run[i].command = run[i].config = none;
    }
    sweep_store_write(path, &in, &err);
    CU_ASSERT_STRING_EQUAL_FATAL(err.text, "");
    CU_ASSERT_EQUAL_FATAL(report_data_create(&d, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(report_data_add(d, path, NULL), LUT_OK);
    return d;
}

static void test_spent(void)
{
    static const size_t some[] = { 2, 5, 4, 3 };
    report_data *d = data();
    report_spent s;

    CU_ASSERT_EQUAL(report_spent_by(&s, d, NULL, ROWS, NULL), LUT_OK);
    CU_ASSERT_EQUAL(s.trainings, ROWS / 3);
    CU_ASSERT_DOUBLE_EQUAL(s.wall, 1000 + 19 * 20, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(s.core, 2 * s.wall, 1e-9);
    CU_ASSERT_DOUBLE_EQUAL(s.longest, 1000, 1e-9);
    CU_ASSERT_EQUAL(report_spent_by(&s, d, some, 4, NULL), LUT_OK);
    CU_ASSERT_EQUAL(s.trainings, 2);
    CU_ASSERT_DOUBLE_EQUAL(s.wall, 1020, 1e-9);
    report_data_destroy(d);
}

static size_t count(const char *text, const char *what)
{
    size_t n = 0;

    for (; (text = strstr(text, what)); text += strlen(what))
        n++;
    return n;
}

static void test_nothing_is_cut(void)
{
    const appendix_facts facts = { .program = "lutreport" };
    report_data *d = data();
    appendix *a;
    char *text, word[80];
    size_t size;
    FILE *out = open_memstream(&text, &size);

    CU_ASSERT_EQUAL_FATAL(appendix_create(&a, d, &facts, NULL), LUT_OK);
    appendix_markdown(a, out);
    fclose(out);
    for (size_t i = 0; i < ROWS; i++) {
        snprintf(word, sizeof word, "a-name-of-many-letters-%02zu", i);
        CU_ASSERT_EQUAL(count(text, word), 1);
        snprintf(word, sizeof word, "compiler %050zu", i);
        CU_ASSERT_EQUAL(count(text, word), 1);
    }
    for (size_t k = 0; k < DRAWS; k++) {
        snprintf(word, sizeof word, "abcd%012zx", k);
        CU_ASSERT_EQUAL(count(text, word), 1);
        snprintf(word, sizeof word, "ef01%012zx", 1000 + k); /* of another set */
        CU_ASSERT_EQUAL(count(text, word), 0);
    }
    free(text);
    appendix_destroy(a);
    report_data_destroy(d);
    fake_folder_remove();
}

UNIT_MAIN("appendix", UNIT(test_spent), UNIT(test_nothing_is_cut))
