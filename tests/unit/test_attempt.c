/* sweep/attempt, and what sweep/state keeps of pauses: text and back, one attempt in each
 * kind of process, records of pauses, pruning and its inverse. */
#include "sweep/attempt.h"
#include "sweep/record.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/fake_result.h"
#include "tests/support/unit.h"

#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "test_attempt.XXXXXX";
static sweep_state state;
static sweep_lab lab = { .exec = { .threads = 3 } };
static char checkpoints[SWEEP_PATH];

static sweep_attempt make_attempt(uint64_t seed)
{
    sweep_attempt a = { .state = &state,
                        .lab = &lab,
                        .rank = 5,
                        .attempt = 2,
                        .digest = "fedcba9876543210" };
    sweep_result r;

    fake_result(&r, seed);
    a.trial = r.row.trial;
    sweep_result_fini(&r);
    snprintf(a.key, sizeof a.key, "%016llx", 0xabc0000000000000ull + seed);
    return a;
}

static long fail_behind = -1; /* this allocation after the training */

/* A result that follows from the trial; the pauses of a trial that would take 8 epochs. */
static lut_status fake_run(const sweep_lab *where, sweep_result *out,
                           const sweep_trial *trial, const char *key,
                           const char *digest, sweep_epoch_fn fn, void *arg,
                           lut_err *err)
{
    const sweep_epoch e = { .epoch = 3, .valid_accuracy = 71.5, .train_loss = 0.5 };

    (void)digest;
    if (where->exec.threads != 3 || !where->leave)
        return lut_fail(err, LUT_EINVAL, "this is not the lab");
    fake_result(out, 4);
    out->row.trial = *trial;
    memcpy(out->row.key, key, SWEEP_KEY);
    fn(arg, &e, &out->row);
    if (where->until) {
        strcpy(out->row.status, "paused");
        out->row.epochs_run = where->until;
    }
    if (fail_behind >= 0)
        fail_alloc_at(fail_behind);
    return LUT_OK;
}

static bool same_text(const char *a, const char *b)
{
    return a && b ? !strcmp(a, b) : a == b;
}

static void looks_alike(const sweep_attempt *a, const sweep_attempt *b)
{
    char *x = sweep_trial_text(&a->trial), *y = sweep_trial_text(&b->trial);

    CU_ASSERT(x && y && !strcmp(x, y));
    free(x);
    free(y);
    CU_ASSERT_STRING_EQUAL(a->state->file, b->state->file);
    CU_ASSERT_STRING_EQUAL(a->state->root, b->state->root);
    CU_ASSERT_STRING_EQUAL(a->key, b->key);
    CU_ASSERT_STRING_EQUAL(a->digest, b->digest);
    CU_ASSERT(a->rank == b->rank && a->attempt == b->attempt && a->until == b->until);
    for (size_t i = 0; i < SWEEP_FOLDERS; i++)
        CU_ASSERT(same_text(a->lab->folder[i], b->lab->folder[i]));
    CU_ASSERT(same_text(a->lab->cache, b->lab->cache));
    CU_ASSERT(same_text(a->lab->kernels, b->lab->kernels));
    CU_ASSERT(same_text(a->lab->checkpoint, b->lab->checkpoint));
    CU_ASSERT_EQUAL(a->lab->checkpoint_every, b->lab->checkpoint_every);
    CU_ASSERT_EQUAL(a->lab->exec.threads, b->lab->exec.threads);
}

static void round_trip(const sweep_attempt *a)
{
    sweep_attempt *b = NULL;
    char *text;
    lut_err err = { .text = "" };

    CU_ASSERT_EQUAL_FATAL(sweep_attempt_text(&text, a, &err), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_attempt_parse(&b, text, &err), LUT_OK);
    looks_alike(a, b);
    free(b);
    for (size_t n = strlen(text); n-- > 0;) { /* whatever is missing, it is noticed */
        text[n] = 0;
        CU_ASSERT_EQUAL(sweep_attempt_parse(&b, text, &err), LUT_EFORMAT);
        CU_ASSERT_PTR_NULL(b);
    }
    free(text);
}

static void test_text(void)
{
    sweep_state odd = state;
    sweep_lab full = { .folder = { "/data a", "b=c %41", "\xc3\xa9\n" },
                       .cache = "/c/\x01",
                       .kernels = "scalar",
                       .checkpoint = "/x y/",
                       .checkpoint_every = 7,
                       .exec = { .threads = 256 } };
    sweep_attempt a;

    for (uint64_t seed = 1; seed <= 12; seed++) {
        a = make_attempt(seed);
        a.until = (uint32_t)seed % 3;
        round_trip(&a);
    }
    a.lab = &full;
    for (size_t i = 3; i < SWEEP_FOLDERS; i++)
        full.folder[i] = "/one more";
    CU_ASSERT_EQUAL(sweep_state_name(&odd, "out of=the %ordinary\n.h5", NULL), LUT_OK);
    a.state = &odd;
    round_trip(&a);
}

static void test_too_long(void)
{
    static char name[1000];
    sweep_attempt a = make_attempt(1);
    sweep_lab wide = lab;
    char *text;
    lut_err err;

    memset(name, '%', sizeof name - 1);
    for (size_t i = 0; i < SWEEP_FOLDERS; i++)
        wide.folder[i] = name;
    a.lab = &wide;
    CU_ASSERT_EQUAL(sweep_attempt_text(&text, &a, &err), LUT_EINVAL);
    CU_ASSERT_PTR_NULL(text);
}

static sweep_end finish(sweep_child *c)
{
    sweep_end end = { .cause = SWEEP_CAUSES };

    for (int i = 0; i < 20000 && !sweep_child_poll(c, &end, 0); i++)
        poll(NULL, 0, 1);
    return end;
}

/* Runs it as told; its result is there afterwards. */
static uint64_t run_as(sweep_isolate how, const sweep_attempt *a)
{
    static const sweep_limits none;
    sweep_child c;
    sweep_end end;
    sweep_result r;
    lut_err err = { .text = "" };
    uint64_t hash;

    CU_ASSERT_EQUAL_FATAL(sweep_attempt_start(&c, a, &none, how, 0, &err), LUT_OK);
    end = finish(&c);
    CU_ASSERT_EQUAL(end.cause, SWEEP_FINE);
    CU_ASSERT_STRING_EQUAL(end.log, "");
    CU_ASSERT(c.epoch == 3 && c.valid_accuracy == 71.5 && c.loss == 0.5);
    CU_ASSERT_EQUAL_FATAL(sweep_attempt_result(a, &r, &err), LUT_OK);
    CU_ASSERT(r.timing.rank == 5 && r.timing.attempts == 2 && r.timing.threads == 3);
    hash = sweep_result_hash(&r);
    sweep_result_fini(&r);
    return hash;
}

static void touch(const char *key)
{
    char path[SWEEP_PATH + 32];
    FILE *f;

    snprintf(path, sizeof path, "%s%s.ckpt", checkpoints, key);
    f = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fclose(f);
}

static bool has_checkpoint(const char *key)
{
    char path[SWEEP_PATH + 32];

    snprintf(path, sizeof path, "%s%s.ckpt", checkpoints, key);
    return access(path, F_OK) == 0;
}

static bool has_rung(const char *key)
{
    char path[SWEEP_PATH];

    return access(sweep_state_rung(&state, path, key), F_OK) == 0;
}

static bool has_record(const char *key)
{
    char path[SWEEP_PATH];

    return access(sweep_state_record(&state, path, key), F_OK) == 0;
}

static void test_work(void)
{
    static const sweep_isolate ways[] = { SWEEP_ISOLATE_NONE, SWEEP_ISOLATE_FORK,
                                          SWEEP_ISOLATE_SPAWN };

    for (size_t i = 0; i < LUT_COUNT(ways); i++) {
        sweep_attempt a = make_attempt(20 + i);
        uint64_t hash;

        memcpy(a.trial.dataset, "same", 5);
        a.run = fake_run;
        a.until = 3;
        touch(a.key);
        run_as(ways[i], &a);
        CU_ASSERT(has_rung(a.key) && !has_record(a.key) && has_checkpoint(a.key));
        a.until = 0;
        hash = run_as(ways[i], &a);
        CU_ASSERT(!has_rung(a.key) && has_record(a.key) && !has_checkpoint(a.key));
        CU_ASSERT_EQUAL(run_as(ways[i], &a), hash);
    }
}

/* Another trial's failure to run reaches the other side from a program of its own, too. */
static void test_bad_lab(void)
{
    static const sweep_limits none;
    sweep_lab other = lab;
    sweep_attempt a = make_attempt(30);
    sweep_child c;
    sweep_end end;
    lut_err err;

    other.exec.threads = 2;
    a.lab = &other;
    a.run = fake_run;
    CU_ASSERT_EQUAL_FATAL(
        sweep_attempt_start(&c, &a, &none, SWEEP_ISOLATE_SPAWN, 0, &err), LUT_OK);
    end = finish(&c);
    CU_ASSERT_EQUAL(end.cause, SWEEP_ERROR);
    CU_ASSERT_EQUAL(end.status, LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(end.log, "this is not the lab");
}

static void put(const char *key, const char *status, double epochs)
{
    sweep_result r;
    lut_err err;

    fake_result(&r, 4);
    memcpy(r.row.key, key, SWEEP_KEY);
    memset(r.row.status, 0, sizeof r.row.status);
    strcpy(r.row.status, status);
    r.row.epochs_run = epochs;
    CU_ASSERT_EQUAL_FATAL(sweep_state_write(&state, &r, &err), LUT_OK);
    sweep_result_fini(&r);
}

static void test_rungs(void)
{
    static const char key[SWEEP_KEY] = "0123456789abcdef";
    sweep_attempt a = make_attempt(1);
    sweep_result r;
    lut_err err;
    char path[SWEEP_PATH];

    memcpy(a.key, key, SWEEP_KEY);
    CU_ASSERT_EQUAL(sweep_state_read_rung(&state, &r, key, &err), LUT_ENOENT);
    put(key, "paused", 4);
    CU_ASSERT(has_rung(key) && !has_record(key));
    CU_ASSERT_EQUAL(sweep_state_read(&state, &r, key, &err), LUT_ENOENT);
    CU_ASSERT_EQUAL_FATAL(sweep_state_read_rung(&state, &r, key, &err), LUT_OK);
    CU_ASSERT_STRING_EQUAL(r.row.status, "paused");
    sweep_result_fini(&r);
    a.until = 5; /* an earlier pause is none of this attempt's */
    CU_ASSERT_EQUAL(sweep_attempt_result(&a, &r, &err), LUT_ENOENT);
    a.until = 0;
    CU_ASSERT_EQUAL(sweep_attempt_result(&a, &r, &err), LUT_ENOENT);
    a.until = 4;
    CU_ASSERT_EQUAL_FATAL(sweep_attempt_result(&a, &r, &err), LUT_OK);
    sweep_result_fini(&r);
    put(key, "ok", 8);
    CU_ASSERT(!has_rung(key) && has_record(key));
    CU_ASSERT_EQUAL(unlink(sweep_state_record(&state, path, key)), 0);
}

/* One that was given up comes after all, when the trial has gone on. */
static void test_late(void)
{
    static const char key[SWEEP_KEY] = "3123456789abcdef";
    sweep_attempt a = make_attempt(1);
    sweep_result r;
    lut_err err;
    char path[SWEEP_PATH];

    memcpy(a.key, key, SWEEP_KEY);
    a.run = fake_run;
    put(key, "paused", 5);
    a.until = 3; /* the later pause stays */
    CU_ASSERT_EQUAL(sweep_attempt_work(&a, -1, &err), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_state_read_rung(&state, &r, key, &err), LUT_OK);
    CU_ASSERT_EQUAL(r.row.epochs_run, 5);
    sweep_result_fini(&r);
    a.until = 5; /* another result at the same place */
    CU_ASSERT_EQUAL(sweep_attempt_work(&a, -1, &err),
                    (lut_status)sweep_attempt_conflict);
    a.until = 7;
    CU_ASSERT_EQUAL(sweep_attempt_work(&a, -1, &err), LUT_OK);
    CU_ASSERT_EQUAL(sweep_attempt_work(&a, -1, &err), LUT_OK); /* the same again */
    CU_ASSERT_EQUAL_FATAL(sweep_state_read_rung(&state, &r, key, &err), LUT_OK);
    CU_ASSERT_EQUAL(r.row.epochs_run, 7);
    sweep_result_fini(&r);
    put(key, "ok", 8);
    CU_ASSERT_EQUAL(sweep_attempt_work(&a, -1, &err), LUT_OK);
    CU_ASSERT(has_record(key) && !has_rung(key));
    a.until = 0;
    CU_ASSERT_EQUAL(sweep_attempt_work(&a, -1, &err),
                    (lut_status)sweep_attempt_conflict);
    CU_ASSERT_EQUAL(unlink(sweep_state_record(&state, path, key)), 0);
}

/* What is damaged, or of another key, counts as not there. */
static void test_damaged_rung(void)
{
    static const char key[SWEEP_KEY] = "1123456789abcdef",
                      other[SWEEP_KEY] = "1123456789abcdee";
    char path[SWEEP_PATH], from[SWEEP_PATH];
    sweep_result r;
    lut_err err;

    put(other, "paused", 4);
    put(key, "paused", 4);
    CU_ASSERT_EQUAL(truncate(sweep_state_rung(&state, path, key), 100), 0);
    CU_ASSERT_EQUAL(sweep_state_read_rung(&state, &r, key, &err), LUT_ENOENT);
    CU_ASSERT_EQUAL(sweep_state_prune(&state, key, &err), LUT_ENOENT);
    CU_ASSERT_EQUAL(rename(sweep_state_rung(&state, from, other), path), 0);
    CU_ASSERT_EQUAL(sweep_state_read_rung(&state, &r, key, &err), LUT_ENOENT);
    unlink(path);
}

static void test_prune(void)
{
    static const char key[SWEEP_KEY] = "2123456789abcdef";
    sweep_result before, after;
    char path[SWEEP_PATH];
    lut_err err;

    CU_ASSERT_EQUAL(sweep_state_prune(&state, key, &err), LUT_ENOENT);
    put(key, "paused", 4);
    touch(key);
    CU_ASSERT_EQUAL_FATAL(sweep_state_read_rung(&state, &before, key, &err), LUT_OK);
    CU_ASSERT_EQUAL(sweep_state_unprune(&state, key, &err), LUT_ENOENT);
    CU_ASSERT_EQUAL(sweep_state_prune(&state, key, &err), LUT_OK);
    CU_ASSERT(has_record(key) && !has_rung(key) && !has_checkpoint(key));
    touch(key); /* as if it had been cut off before the end */
    CU_ASSERT_EQUAL(sweep_state_prune(&state, key, &err), LUT_OK);
    CU_ASSERT_FALSE(has_checkpoint(key));
    CU_ASSERT_EQUAL_FATAL(sweep_state_read(&state, &after, key, &err), LUT_OK);
    CU_ASSERT_STRING_EQUAL(after.row.status, "pruned");
    CU_ASSERT_EQUAL(after.row.epochs_run, 4);
    CU_ASSERT_EQUAL(after.nhistory, before.nhistory);
    sweep_result_fini(&after);
    CU_ASSERT_EQUAL(sweep_state_unprune(&state, key, &err), LUT_OK);
    CU_ASSERT(!has_record(key) && has_rung(key));
    CU_ASSERT_EQUAL_FATAL(sweep_state_read_rung(&state, &after, key, &err), LUT_OK);
    CU_ASSERT_EQUAL(sweep_result_hash(&after), sweep_result_hash(&before));
    sweep_result_fini(&after);
    sweep_result_fini(&before);
    put(key, "ok", 8); /* nothing to prune about it */
    CU_ASSERT_EQUAL(sweep_state_prune(&state, key, &err), LUT_ENOENT);
    CU_ASSERT_EQUAL(sweep_state_unprune(&state, key, &err), LUT_ENOENT);
    CU_ASSERT_EQUAL(unlink(sweep_state_record(&state, path, key)), 0);
}

static sweep_attempt ready; /* made while there is memory */

static lut_status write_and_read(lut_err *err)
{
    sweep_attempt *b;
    char *text;
    lut_status st;

    LUT_TRY(sweep_attempt_text(&text, &ready, err));
    st = sweep_attempt_parse(&b, text, err);
    free(text);
    if (st == LUT_OK)
        free(b);
    return st;
}

static lut_status prune_and_back(lut_err *err)
{
    LUT_TRY(sweep_state_prune(&state, "4123456789abcdef", err));
    return sweep_state_unprune(&state, "4123456789abcdef", err);
}

/* Every allocation fails once: it is said so, and nothing is lost. */
static void test_no_memory(void)
{
    lut_status (*const work[])(lut_err *) = { write_and_read, prune_and_back };

    ready = make_attempt(1);
    put("4123456789abcdef", "paused", 4);
    for (size_t i = 0; i < LUT_COUNT(work); i++) {
        lut_status st = LUT_ENOMEM;
        long n = 0;

        for (; st != LUT_OK && n < 10000; n++) {
            lut_err err = { .text = "" };

            fail_alloc_at(n);
            st = work[i](&err);
            fail_alloc_at(-1);
            CU_ASSERT(st == LUT_OK || st == LUT_ENOMEM);
            CU_ASSERT(has_rung("4123456789abcdef") || has_record("4123456789abcdef"));
        }
        CU_ASSERT(n > 3 && n < 10000);
    }
}

/* What cannot be read for want of memory is not absent: it is not written over. */
static void test_unreadable_record(void)
{
    static const char key[SWEEP_KEY] = "5123456789abcdef";
    const lut_status conflict = (lut_status)sweep_attempt_conflict;
    sweep_attempt a = make_attempt(1);
    lut_status st = LUT_OK;
    long n = 0;
    lut_err err;

    memcpy(a.key, key, SWEEP_KEY);
    a.run = fake_run;
    put(key, "ok", 5); /* another result than the one that comes */
    for (; st != conflict && n < 10000; n++) {
        fail_behind = n;
        st = sweep_attempt_work(&a, -1, &err);
        fail_alloc_at(fail_behind = -1);
        CU_ASSERT_FATAL(st == conflict || st == LUT_ENOMEM);
    }
    CU_ASSERT(n > 3 && n < 10000);
}

static void test_best_until(void)
{
    const double none = (double)NAN;
    sweep_epoch history[] = { { .epoch = 1, .valid_accuracy = 50 },
                              { .epoch = 2, .valid_accuracy = 70 },
                              { .epoch = 3, .valid_accuracy = 70 },
                              { .epoch = 4, .valid_accuracy = 71 } };
    const sweep_result r = { .history = history, .nhistory = 4 };
    double best, epoch;

    sweep_best_until(&r, 0, &best, &epoch);
    CU_ASSERT(isnan(best) && isnan(epoch));
    sweep_best_until(&r, 3, &best, &epoch);
    CU_ASSERT(best == 70 && epoch == 2);
    sweep_best_until(&r, 9, &best, NULL);
    CU_ASSERT_EQUAL(best, 71);
    for (size_t i = 0; i < LUT_COUNT(history); i++)
        history[i].valid_accuracy = none;
    sweep_best_until(&r, 3, &best, &epoch);
    CU_ASSERT(isnan(best) && epoch == 3);
}

static void test_tidy(void)
{
    CU_ASSERT_EQUAL(sweep_state_remove(&state, NULL), LUT_OK);
    CU_ASSERT_EQUAL(rmdir(folder), 0);
}

int main(int argc, char **argv)
{
    static const unit_test tests[] = {
        UNIT(test_text),         UNIT(test_too_long),
        UNIT(test_work),         UNIT(test_bad_lab),
        UNIT(test_rungs),        UNIT(test_late),
        UNIT(test_damaged_rung), UNIT(test_prune),
        UNIT(test_no_memory),    UNIT(test_unreadable_record),
        UNIT(test_best_until),   UNIT(test_tidy)
    };
    char file[SWEEP_ROOT];

    if (argc == 3 && !strcmp(argv[1], "--run-trial"))
        return sweep_attempt_serve(argv[2], fake_run);
    if (!mkdtemp(folder))
        return 99;
    snprintf(file, sizeof file, "%s/a.h5", folder);
    if (sweep_state_name(&state, file, NULL) != LUT_OK ||
        sweep_state_create(&state, NULL) != LUT_OK)
        return 99;
    snprintf(checkpoints, sizeof checkpoints, "%.900s/checkpoint/", state.root);
    lab.checkpoint = checkpoints;
    return unit_run("attempt", tests, sizeof tests / sizeof tests[0]);
}
