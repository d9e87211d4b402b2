/* analysis/reproduce: which rows are chosen, and what is said of those that are trained
 * again.  Results are made up; a stand-in runs them. */
#include "analysis/reproduce.h"
#include "sweep/facts.h"
#include "tests/support/fake_result.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 24 };

static const char *const folder[] = { SOURCE_DATA, NULL };
static const char *const param[] = { "dwn", "light" };
static sweep_data_facts facts;
static double scale = 1; /* of the times in the file */

/* Row i: three ranks of two parametrizations, four trials of each, 1 to 24 s. */
static void make(sweep_result *r, size_t i)
{
    fake_result(r, 7 * i); /* none of them diverged */
    strcpy(r->row.trial.parametrization, param[i % 2]);
    r->row.trial.lut_rank = 2 + 2 * (uint32_t)(i / 2 % 3);
    r->row.trial.split_seed = (uint32_t)i;
    strcpy(r->row.trial.options, "");
    sweep_trial_key(r->row.key, &r->row.trial, facts.digest);
    r->timing.train_seconds = scale * (1 + (double)i);
    r->timing.epoch_seconds = r->row.epochs_run = 0;
    r->timing.threads = 1;
}

/* What is wrong with the file: a row with another key, one that is not ok, one that does not
 * say how long it took. */
enum { OTHER_KEY = 3, NOT_OK = 5, NO_TIME = 7 };
static bool damage;

static lut_status get(void *arg, size_t i, sweep_result *out, lut_err *err)
{
    (void)arg;
    (void)err;
    make(out, i);
    if (damage && i == OTHER_KEY)
        strcpy(out->row.key, "0123456789abcdef");
    if (damage && i == NOT_OK)
        strcpy(out->row.status, "crashed");
    if (damage && i == NO_TIME)
        out->timing.train_seconds = (double)NAN;
    return LUT_OK;
}

static sweep_store *stored(void)
{
    const char *path = fake_path("r.h5");
    const sweep_store_input in = { .name = "r", .config = "", .n = ROWS, .get = get };
    sweep_store *s;

    CU_ASSERT_EQUAL_FATAL(
        sweep_facts_load((void *)folder, &facts, "optdigits", "", NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_store_write(path, &in, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_store_open(&s, path, NULL), LUT_OK);
    return s;
}

/* ---- the stand-in ---- */

enum { SOUND, WORSE, OTHER_NETWORK, NO_DATA, SLOW };
static int fault;
static size_t ran;

static lut_status run(const sweep_lab *lab, sweep_result *out, const sweep_trial *trial,
                      const char *key, const char *digest, sweep_epoch_fn fn, void *arg,
                      lut_err *err)
{
    (void)fn;
    (void)arg;
    CU_ASSERT_STRING_EQUAL(lab->folder[0], SOURCE_DATA);
    CU_ASSERT_STRING_EQUAL(digest, facts.digest);
    ran++;
    if (fault == NO_DATA)
        return lut_fail(err, LUT_EIO, "the disk is gone");
    if (fault == SLOW)
        usleep(30000);
    make(out, trial->split_seed);
    CU_ASSERT_STRING_EQUAL(out->row.key, key);
    fake_timing(out, 99);
    out->row.lut6 = 5; /* the file has none */
    if (fault == WORSE)
        out->row.train_accuracy = nextafter(out->row.train_accuracy, 0);
    if (fault == OTHER_NETWORK)
        out->correct[0] ^= 0x80;
    return LUT_OK;
}

static reproduce_job job_of(double budget, size_t sample)
{
    return (reproduce_job){ .folder = folder,
                            .exec = { .threads = 1 },
                            .budget = budget,
                            .sample = sample,
                            .run = run };
}

/* ---- the sample ---- */

static double total(const reproduce_job *job)
{
    double sum = 0;

    for (size_t i = 0; i < job->n; i++)
        sum += job->row[i].expected;
    return sum;
}

static void test_sample(void)
{
    sweep_store *s = stored();
    reproduce_job all = job_of(0, 0), some = job_of(0, 12), again = job_of(0, 12);
    bool seen[ROWS] = { false };

    CU_ASSERT_EQUAL_FATAL(reproduce_plan(&all, s, NULL), LUT_OK);
    CU_ASSERT(all.n == ROWS && all.candidates == ROWS && all.strata == 12);
    for (size_t i = 0; i < all.n; i++) {
        CU_ASSERT_FALSE(seen[all.row[i].row]);
        seen[all.row[i].row] = true;
        CU_ASSERT_DOUBLE_EQUAL(all.row[i].expected, 1 + (double)all.row[i].row, 1e-12);
    }
    CU_ASSERT_EQUAL_FATAL(reproduce_plan(&some, s, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(reproduce_plan(&again, s, NULL), LUT_OK);
    CU_ASSERT(some.n == 12 && some.covered == 12); /* one of each stratum */
    for (size_t i = 0; i < some.n; i++)
        CU_ASSERT_EQUAL(some.row[i].row, again.row[i].row);
    reproduce_fini(&all);
    reproduce_fini(&some);
    reproduce_fini(&again);
    sweep_store_close(s);
}

static void test_budget(void)
{
    sweep_store *s = stored();
    reproduce_job few = job_of(40, 0), none = job_of(0.5, 0), fast = job_of(40, 0);
    lut_err err;

    CU_ASSERT_EQUAL_FATAL(reproduce_plan(&few, s, NULL), LUT_OK);
    CU_ASSERT(few.n >= 3 && total(&few) <= 40);
    CU_ASSERT(few.covered >= 4 && few.covered + 2 >= few.n);
    fast.exec.threads = 4;
    CU_ASSERT_EQUAL_FATAL(reproduce_plan(&fast, s, NULL), LUT_OK);
    CU_ASSERT(fast.n > few.n && total(&fast) <= 40);
    CU_ASSERT_EQUAL(reproduce_plan(&none, s, &err), LUT_ENOENT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "the shortest is expected to take 1 s"));
    reproduce_fini(&few);
    reproduce_fini(&none);
    reproduce_fini(&fast);
    sweep_store_close(s);
}

/* ---- verdicts ---- */

static reproduce_job reproduced(sweep_store *s, int what)
{
    reproduce_job job = job_of(0, 0);

    fault = what;
    ran = 0;
    CU_ASSERT_EQUAL_FATAL(reproduce_rows(&job, s, NULL), LUT_OK);
    return job;
}

static void test_verdicts(void)
{
    static const struct {
        int fault;
        reproduce_verdict verdict;
        const char *why;
    } table[] = { { SOUND, REPRODUCE_AGREES, "" },
                  { WORSE, REPRODUCE_DEVIATES, "train_accuracy: stored " },
                  { OTHER_NETWORK, REPRODUCE_DEVIATES,
                    "all columns agree, the history" },
                  { NO_DATA, REPRODUCE_IMPOSSIBLE, "the disk is gone" } };
    sweep_store *s = stored();

    for (size_t i = 0; i < LUT_COUNT(table); i++) {
        reproduce_job job = reproduced(s, table[i].fault);

        CU_ASSERT_EQUAL(job.count[table[i].verdict], ROWS);
        CU_ASSERT_EQUAL(ran, ROWS);
        for (size_t j = 0; j < job.n; j++)
            CU_ASSERT(strncmp(job.row[j].why, table[i].why, strlen(table[i].why)) == 0);
        reproduce_fini(&job);
    }
    sweep_store_close(s);
}

static void test_damaged(void)
{
    sweep_store *s;
    reproduce_job job;

    damage = true;
    s = stored();
    job = reproduced(s, SOUND);
    damage = false;
    CU_ASSERT_EQUAL(job.candidates, ROWS - 2);
    CU_ASSERT_EQUAL(job.count[REPRODUCE_AGREES], ROWS - 3);
    CU_ASSERT_EQUAL(job.count[REPRODUCE_IMPOSSIBLE], 1);
    CU_ASSERT_EQUAL(ran, ROWS - 3); /* what cannot agree is not trained */
    for (size_t i = 0; i < job.n; i++)
        if (job.row[i].row == OTHER_KEY)
            CU_ASSERT_PTR_NOT_NULL(strstr(job.row[i].why, "numerics epoch"));
    reproduce_fini(&job);
    sweep_store_close(s);
}

/* Slower here than there: what no longer fits is left out, and said. */
static void test_late(void)
{
    sweep_store *s;
    reproduce_job job = job_of(0.31, 0);

    scale = 0.001;
    s = stored();
    fault = SLOW;
    ran = 0;
    CU_ASSERT_EQUAL_FATAL(reproduce_rows(&job, s, NULL), LUT_OK);
    scale = 1;
    CU_ASSERT_EQUAL(job.n, ROWS);
    CU_ASSERT(ran > 0 && ran < ROWS);
    CU_ASSERT_EQUAL(job.count[REPRODUCE_AGREES], ran);
    CU_ASSERT_EQUAL(job.count[REPRODUCE_LATE], ROWS - ran);
    CU_ASSERT_STRING_EQUAL(job.row[job.n - 1].why, "the time was up");
    reproduce_fini(&job);
    sweep_store_close(s);
    fake_folder_remove();
}

UNIT_MAIN("reproduce", UNIT(test_sample), UNIT(test_budget), UNIT(test_verdicts),
          UNIT(test_damaged), UNIT(test_late))
