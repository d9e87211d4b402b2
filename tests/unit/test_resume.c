/* sweep/resume, sweep/cause: what a run that goes on knows of each trial. */
#include "sweep/resume.h"
#include "sweep/merge.h"
#include "tests/support/fake_result.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { N = 6 };

static char folder[] = "test_resume.XXXXXX";
static sweep_state state;
static char key[N][SWEEP_KEY];

/* So many epochs with validation accuracies 51, 52, ... */
static void put(size_t i, const char *status, size_t epochs)
{
    static const sweep_epoch none;
    sweep_result r;
    lut_err err;

    fake_result(&r, 4);
    snprintf(r.row.key, sizeof r.row.key, "%s", key[i]);
    memset(r.row.status, 0, sizeof r.row.status);
    strcpy(r.row.status, status);
    r.row.epochs_run = (double)epochs;
    r.row.valid_accuracy = strcmp(status, "diverged") ? 50 + (double)epochs : NAN;
    r.timing.epoch_seconds = 0.5;
    r.timing.train_seconds = 1; /* of its last leg */
    free(r.history);
    r.history = calloc(epochs, sizeof *r.history);
    CU_ASSERT_PTR_NOT_NULL_FATAL(r.history);
    r.nhistory = epochs;
    for (size_t e = 0; e < epochs; e++) {
        r.history[e] = none;
        r.history[e].epoch = (uint32_t)e + 1;
        r.history[e].valid_accuracy = 51 + (double)e;
    }
    CU_ASSERT_EQUAL_FATAL(sweep_state_write(&state, &r, &err), LUT_OK);
    sweep_result_fini(&r);
}

/* The last trial has none. */
static size_t rungs(void *arg, uint32_t rung[SWEEP_RUNGS], size_t i)
{
    CU_ASSERT_PTR_EQUAL(arg, &state);
    rung[0] = 2;
    rung[1] = 4;
    rung[2] = 6;
    return i == N - 1 ? 0 : 3;
}

static void resume(sweep_leases *l, sweep_known known[N], unsigned retry, double *best)
{
    char best_key[SWEEP_KEY];
    sweep_past past;
    lut_err err = { .text = "" };

    CU_ASSERT_EQUAL_FATAL(sweep_past_read(&past, &state, &err), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(l, N, 1, &err), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_resume(l, known, &state, &past,
                                       (const char(*)[SWEEP_KEY])key, retry, rungs,
                                       &state, best, best_key, &err),
                          LUT_OK);
    sweep_past_fini(&past);
}

static void stands(const sweep_known *k, double a, double b, double c)
{
    const double expected[] = { a, b, c };

    for (size_t i = 0; i < 3; i++)
        CU_ASSERT(isnan(expected[i]) ? isnan(k->best[i]) : k->best[i] == expected[i]);
}

static void test_known(void)
{
    const double no = (double)NAN;
    sweep_known known[N];
    sweep_leases l;
    double best;

    put(0, "ok", 8);
    put(1, "ok", 5);       /* its patience ended */
    put(2, "diverged", 5); /* at its fifth epoch */
    put(3, "paused", 4);
    put(4, "pruned", 2);
    resume(&l, known, 0, &best);
    CU_ASSERT_EQUAL(best, 58);
    CU_ASSERT(known[0].final && !known[0].pruned && known[0].epochs == 8);
    CU_ASSERT_EQUAL(known[0].seconds, 4);
    stands(&known[0], 52, 54, 56);
    CU_ASSERT(known[1].final && known[1].epochs == 5 && known[1].seconds == 2.5);
    stands(&known[1], 52, 54, 55);
    CU_ASSERT(known[2].final);
    stands(&known[2], 52, 54, no);
    CU_ASSERT(!known[3].final && known[3].epochs == 4 && isnan(known[3].seconds));
    stands(&known[3], 52, 54, no);
    CU_ASSERT(known[4].final && known[4].pruned && known[4].epochs == 2);
    stands(&known[4], 52, no, no);
    CU_ASSERT(!known[5].final && known[5].epochs == 0 && isnan(known[5].seconds));
    CU_ASSERT(l.done == 4 && l.waiting == 2);
    sweep_leases_fini(&l);
}

/* Diverged where it would have paused: it did not arrive. */
static void test_diverged_at_a_rung(void)
{
    const double no = (double)NAN;
    sweep_known known[N];
    sweep_leases l;
    double best;

    put(2, "diverged", 4);
    resume(&l, known, 0, &best);
    stands(&known[2], 52, no, no);
    sweep_leases_fini(&l);
}

static void test_retry_pruned(void)
{
    const double no = (double)NAN;
    sweep_known known[N];
    sweep_result r;
    sweep_leases l;
    double best;
    unsigned set;
    lut_err err;

    CU_ASSERT(sweep_cause_set(&set, "crashed,pruned"));
    resume(&l, known, set, &best);
    CU_ASSERT(!known[4].final && !known[4].pruned && known[4].epochs == 2);
    stands(&known[4], 52, no, no);
    CU_ASSERT_EQUAL(l.lease[4].state, SWEEP_WAITING);
    CU_ASSERT(l.done == 3 && l.waiting == 3);
    sweep_leases_fini(&l);
    CU_ASSERT_EQUAL(sweep_state_read(&state, &r, key[4], &err), LUT_ENOENT);
    resume(&l, known, set, &best); /* nothing is left to take back */
    CU_ASSERT(!known[4].final && known[4].epochs == 2);
    sweep_leases_fini(&l);
}

static bool there(const char *path)
{
    return access(path, F_OK) == 0;
}

static void touch(const char *path)
{
    FILE *f = fopen(path, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fclose(f);
}

/* The results file still says pruned when a run that tries such trials again is killed. */
static void test_retry_pruned_and_killed(void)
{
    const unsigned set = SWEEP_RETRY_PRUNED;
    const char *const file = state.file;
    char rung[SWEEP_PATH], record[SWEEP_PATH];
    sweep_known known[N];
    sweep_merged merged;
    sweep_past past;
    sweep_leases l;
    double best;
    lut_err err = { .text = "" };

    put(4, "pruned", 2);
    CU_ASSERT_EQUAL_FATAL(sweep_merge(&merged, file, &file, 1, &err), LUT_OK);
    resume(&l, known, set, &best);
    sweep_leases_fini(&l);
    CU_ASSERT_EQUAL_FATAL(sweep_past_read(&past, &state, &err), LUT_OK);
    CU_ASSERT_EQUAL(sweep_import(&state, &past, "", &err), LUT_OK);
    CU_ASSERT(there(sweep_state_rung(&state, rung, key[4])));
    CU_ASSERT_FALSE(there(sweep_state_record(&state, record, key[4])));
    unlink(rung); /* without it the row is all there is */
    CU_ASSERT_EQUAL(sweep_import(&state, &past, "", &err), LUT_OK);
    CU_ASSERT(there(record));
    sweep_past_fini(&past);
    unlink(file);
}

/* Killed between the record and the removal of what it replaces. */
static void test_spent(void)
{
    char path[4][SWEEP_PATH], name[SWEEP_KEY + 8];

    put(0, "ok", 8);
    put(3, "paused", 4);
    for (size_t i = 0; i < 2; i++) {
        snprintf(name, sizeof name, "%.16s.ckpt", key[i ? 3 : 0]);
        touch(sweep_state_path(&state, path[i], "checkpoint", name));
    }
    touch(sweep_state_rung(&state, path[2], key[0]));
    sweep_state_rung(&state, path[3], key[3]);
    sweep_state_tidy(&state);
    CU_ASSERT_FALSE(there(path[0]));
    CU_ASSERT(there(path[1]));
    CU_ASSERT_FALSE(there(path[2]));
    CU_ASSERT(there(path[3]));
}

/* ---- families ---- */

/* With a training key, and a network or none. */
static void put_kin(const char *own, const char *training, const char *status,
                    bool kept)
{
    sweep_result r;
    lut_err err;

    fake_result(&r, 4);
    memcpy(r.row.key, own, SWEEP_KEY);
    memcpy(r.row.training_key, training, SWEEP_KEY);
    memset(r.row.status, 0, sizeof r.row.status);
    strcpy(r.row.status, status);
    r.has_network = kept && r.has_network;
    CU_ASSERT_EQUAL_FATAL(sweep_state_write(&state, &r, &err), LUT_OK);
    sweep_result_fini(&r);
}

static void forget(void)
{
    char path[SWEEP_PATH];

    for (size_t i = 0; i < N; i++) {
        unlink(sweep_state_record(&state, path, key[i]));
        unlink(sweep_state_rung(&state, path, key[i]));
    }
}

static const size_t primary[N] = { 0, 1, 0, 1, 0, 5 };
static char base[N][SWEEP_KEY];
static bool derived[N];

/* Trials 0, 2, 4 have the training key of trial 0, 1 and 3 that of trial 1, 5 its own. */
static void share(sweep_leases *l, sweep_known known[N])
{
    char training[N][SWEEP_KEY];
    const sweep_sharing sharing = { .key = (const char(*)[SWEEP_KEY])key,
                                    .training = (const char(*)[SWEEP_KEY])training,
                                    .primary = primary,
                                    .derived = derived,
                                    .base = base };
    double best;
    lut_err err = { .text = "" };

    for (size_t i = 0; i < N; i++) {
        memcpy(training[i], key[primary[i]], SWEEP_KEY);
        derived[i] = primary[i] != i;
    }
    resume(l, known, 0, &best);
    CU_ASSERT_EQUAL_FATAL(
        sweep_resume_sharing(l, known, &state, &sharing, rungs, &state, &err), LUT_OK);
}

static void test_families(void)
{
    sweep_known known[N];
    sweep_leases l;

    forget();
    share(&l, known);
    CU_ASSERT(l.blocked == 3 && l.nheap == 3);
    CU_ASSERT(l.lease[2].after == 1 && l.lease[4].after == 1 && l.lease[3].after == 2);
    CU_ASSERT_STRING_EQUAL(base[4], key[0]);
    CU_ASSERT_STRING_EQUAL(base[0], "");
    CU_ASSERT(!known[0].trained && derived[2] && !derived[0]);
    sweep_leases_fini(&l);
}

/* What is finished with a network trains for all, be it of another configuration. */
static void test_finished_kin(void)
{
    static const char foreign[SWEEP_KEY] = "fedcba9876543210";
    char path[SWEEP_PATH];
    sweep_known known[N];
    sweep_leases l;

    forget();
    put_kin(key[2], key[0], "ok", true);
    put_kin(foreign, key[1], "ok", true);
    share(&l, known);
    CU_ASSERT(l.blocked == 0 && l.nheap == 5);
    CU_ASSERT_STRING_EQUAL(base[0], key[2]);
    CU_ASSERT_STRING_EQUAL(base[4], key[2]);
    CU_ASSERT_STRING_EQUAL(base[1], foreign);
    CU_ASSERT_STRING_EQUAL(base[3], foreign);
    CU_ASSERT_STRING_EQUAL(base[5], "");
    CU_ASSERT(known[0].trained && known[1].trained && !known[5].trained);
    CU_ASSERT(known[0].epochs > 0 && !known[0].final);
    sweep_leases_fini(&l);
    unlink(sweep_state_record(&state, path, foreign));
}

/* A primary whose network was not kept cannot help: the next one trains. */
static void test_lost_network(void)
{
    sweep_known known[N];
    sweep_leases l;

    forget();
    put_kin(key[0], key[0], "ok", false);
    put_kin(key[1], key[1], "diverged", false);
    share(&l, known);
    CU_ASSERT_EQUAL(l.blocked, 1);
    CU_ASSERT(!derived[2] && derived[4]);
    CU_ASSERT_EQUAL(l.lease[4].after, 3);
    CU_ASSERT_STRING_EQUAL(base[2], "");
    CU_ASSERT_STRING_EQUAL(base[4], key[2]);
    CU_ASSERT_STRING_EQUAL(base[3], key[1]); /* nothing came out: that is known */
    sweep_leases_fini(&l);
    forget();
}

static void test_words(void)
{
    unsigned set, all;

    CU_ASSERT(sweep_cause_set(&all, "all") && all != 0);
    CU_ASSERT_EQUAL(all & SWEEP_RETRY_PRUNED, 0); /* no failure */
    CU_ASSERT_EQUAL(all & 1u << SWEEP_CANCELLED, 0);
    CU_ASSERT(sweep_cause_set(&set, "all,pruned") && set == (all | SWEEP_RETRY_PRUNED));
    CU_ASSERT(sweep_cause_set(&set, "pruned") && set == SWEEP_RETRY_PRUNED);
    CU_ASSERT(sweep_cause_set(&set, "none") && set == 0);
    CU_ASSERT(sweep_cause_set(&set, "timeout,lost") &&
              set == (1u << SWEEP_TIMEOUT | 1u << SWEEP_LOST));
    CU_ASSERT_FALSE(sweep_cause_set(&set, ""));
    CU_ASSERT_FALSE(sweep_cause_set(&set, "lost,"));
    CU_ASSERT_FALSE(sweep_cause_set(&set, "ok"));
    CU_ASSERT_FALSE(sweep_cause_set(&set, "cancelled"));
    CU_ASSERT_FALSE(sweep_cause_set(&set, "prune"));
    CU_ASSERT_FALSE(sweep_cause_set(&set, "none,pruned"));
}

static void test_tidy(void)
{
    CU_ASSERT_EQUAL(sweep_state_remove(&state, NULL), LUT_OK);
    CU_ASSERT_EQUAL(rmdir(folder), 0);
}

int main(void)
{
    static const unit_test tests[] = {
        UNIT(test_known),        UNIT(test_diverged_at_a_rung),
        UNIT(test_retry_pruned), UNIT(test_retry_pruned_and_killed),
        UNIT(test_spent),        UNIT(test_families),
        UNIT(test_finished_kin), UNIT(test_lost_network),
        UNIT(test_words),        UNIT(test_tidy)
    };
    char file[SWEEP_ROOT];

    if (!mkdtemp(folder))
        return 99;
    snprintf(file, sizeof file, "%s/a.h5", folder);
    if (sweep_state_name(&state, file, NULL) != LUT_OK ||
        sweep_state_create(&state, NULL) != LUT_OK)
        return 99;
    for (size_t i = 0; i < N; i++)
        snprintf(key[i], sizeof key[i], "%015x%zx", 0xabcdef, i);
    return unit_run("resume", tests, sizeof tests / sizeof tests[0]);
}
