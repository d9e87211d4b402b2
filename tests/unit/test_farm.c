/* sweep/farm on the local transport with a stand-in for training: trials that misbehave in
 * every way end as rows of their own and harm nobody. */
#include "sweep/cover.h"
#include "sweep/decisions.h"
#include "sweep/farm.h"
#include "sweep/lock.h"
#include "sweep/merge.h"
#include "sweep/past.h"
#include "sweep/record.h"
#include "sweep/resume.h"
#include "sweep/store.h"
#include "tests/support/unit.h"

#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { N = 12 };

/* What a trial does is in its seed. */
typedef enum deed {
    WELL,
    SEGV,
    EXIT3,
    NO_MEMORY,
    KILLED_ONCE,
    KILLED,
    KILLED_LATE,
    DISK_FULL,
    HANG,
    DIVERGE
} deed;

static char folder[] = "/tmp/test_farm.XXXXXX";
static sweep_state state;
static char key[N][SWEEP_KEY];
static double cost[N];
static volatile sig_atomic_t no_stop;

static lut_status misbehave(deed what, const char *k, lut_err *err)
{
    char mark[SWEEP_PATH];

    switch (what) {
    case SEGV:
        raise(SIGSEGV);
        return LUT_OK;
    case EXIT3:
        _exit(3);
    case NO_MEMORY:
        return lut_fail(err, LUT_ENOMEM, "no memory for a billion LUTs");
    case DISK_FULL:
        return lut_fail(err, LUT_EIO, "disk: No space left on device");
    case KILLED_ONCE:
        snprintf(mark, sizeof mark, "%s/%s.killed", folder, k);
        if (mkdir(mark, 0700) == 0)
            raise(SIGKILL);
        return LUT_OK;
    case KILLED:
        raise(SIGKILL);
        return LUT_OK;
    case HANG:
        for (;;)
            pause();
    default:
        return LUT_OK;
    }
}

static lut_status fake_run(const sweep_lab *lab, sweep_result *out,
                           const sweep_trial *trial, const char *k, const char *digest,
                           sweep_epoch_fn fn, void *arg, lut_err *err)
{
    const deed what = (deed)(trial->seed / 100);
    sweep_epoch e = { .epoch = 1, .valid_accuracy = 50 };

    (void)lab;
    CU_ASSERT_STRING_EQUAL(digest, "feedfeedfeedfeed");
    sweep_result_init(out);
    fn(arg, &e, &out->row);
    LUT_TRY(misbehave(what, k, err));
    out->row.trial = *trial;
    snprintf(out->row.key, sizeof out->row.key, "%s", k);
    strcpy(out->row.status, what == DIVERGE ? "diverged" : "ok");
    out->row.valid_accuracy = trial->seed % 100;
    if (what == KILLED_LATE && sweep_state_write(&state, out, err) == LUT_OK)
        raise(SIGKILL);
    return LUT_OK;
}

static lut_status give_trial(void *arg, sweep_trial *t, char digest[SWEEP_DIGEST],
                             size_t i, lut_err *err)
{
    const deed *deeds = arg;
    sweep_result r;

    (void)err;
    sweep_result_init(&r);
    *t = r.row.trial;
    t->seed = (uint32_t)(100 * (unsigned)deeds[i] + 10 + i);
    strcpy(digest, "feedfeedfeedfeed");
    return LUT_OK;
}

typedef struct run {
    sweep_leases leases;
    sweep_outcome out;
    sweep_past past;
    lut_err err;
    lut_status st;
    double best;
    char best_key[SWEEP_KEY];
} run;

static void put_order(const char *stamp)
{
    char text[N * SWEEP_KEY + 1] = "", name[SWEEP_STAMP + 8];

    for (size_t i = 0; i < N; i++) {
        strcat(text, key[i]);
        strcat(text, "\n");
    }
    snprintf(name, sizeof name, "%s.order", stamp);
    CU_ASSERT_EQUAL(sweep_state_put(&state, name, text, NULL), LUT_OK);
}

/* One run over all trials; r->leases stays for the caller. */
static void run_farm(run *r, const deed *deeds, unsigned retry, size_t max_fails,
                     double seconds, const volatile sig_atomic_t *stop)
{
    char stamp[SWEEP_STAMP];
    sweep_fields fields = { 0 };
    sweep_known known[N];
    sweep_lab lab = { .exec = { .threads = 1 } };
    sweep_crew crew = { .state = &state,
                        .stamp = stamp,
                        .lab = &lab,
                        .run = fake_run,
                        .slots = 3,
                        .isolate = SWEEP_ISOLATE_FORK,
                        .limits = { .seconds = seconds },
                        .beat = 5,
                        .grace = 1,
                        .stop = stop };
    sweep_plan plan = { .schedule = { .n = N, .cost = cost, .job_seconds = INFINITY },
                        .seconds = INFINITY,
                        .beat = 5,
                        .key = (const char(*)[SWEEP_KEY])key,
                        .trial = give_trial,
                        .trial_arg = (void *)(uintptr_t)deeds,
                        .leases = &r->leases,
                        .max_fails = max_fails,
                        .best = NAN,
                        .run = &fields };
    sweep_transport *t;

    CU_ASSERT_EQUAL_FATAL(sweep_past_read(&r->past, &state, &r->err), LUT_OK);
    sweep_state_stamp(stamp);
    sweep_fields_text(&fields, "stamp", stamp);
    sweep_fields_text(&fields, "name", "farm");
    put_order(stamp);
    CU_ASSERT_EQUAL_FATAL(
        sweep_leases_init(&r->leases, N, 1, &r->err), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_resume(&r->leases, known, &state, &r->past, plan.key,
                                       retry, NULL, NULL, &r->best, r->best_key,
                                       &r->err),
                          LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_transport_local(&t, &r->err), LUT_OK);
    r->st = sweep_farm(&r->out, t, &crew, &plan, &r->err);
    t->close(t);
    sweep_past_fini(&r->past);
}

static void fresh(void)
{
    char file[SWEEP_ROOT];
    lut_err err;

    snprintf(file, sizeof file, "%s/farm.h5", folder);
    CU_ASSERT_EQUAL_FATAL(sweep_state_name(&state, file, &err), LUT_OK);
    if (sweep_state_exists(&state))
        CU_ASSERT_EQUAL_FATAL(sweep_state_remove(&state, &err), LUT_OK);
    unlink(file);
    CU_ASSERT_EQUAL_FATAL(sweep_state_create(&state, &err), LUT_OK);
    for (size_t i = 0; i < N; i++) {
        /* Keys descend while numbers ascend: the two orders differ. */
        snprintf(key[i], sizeof key[i], "%016llx", 0xabcdef0000000000ull - i);
        cost[i] = 1.0 + (double)(i * 7 % N);
    }
}

static const sweep_column *column(const sweep_store *s, const char *name)
{
    size_t n;
    const sweep_column *c = sweep_store_columns(s, &n);

    for (size_t i = 0; i < n; i++)
        if (!strcmp(c[i].name, name))
            return &c[i];
    CU_FAIL_FATAL("no such column");
    return NULL;
}

static const deed mixed[N] = { WELL, SEGV, EXIT3, NO_MEMORY, KILLED_ONCE, DIVERGE,
                               WELL, WELL, WELL,  WELL,      WELL,        WELL };
static const char *const mixed_status[N] = {
    "ok", "crashed", "crashed", "out_of_memory", "ok", "diverged", "ok", "ok", "ok",
    "ok", "ok",      "ok"
};
static const unsigned mixed_attempts[N] = { 1, 2, 1, 1, 2, 1, 1, 1, 1, 1, 1, 1 };

static void check_file(const char *const *status)
{
    sweep_store *s;
    sweep_merged m;
    lut_err err;
    const char *file = state.file;

    CU_ASSERT_EQUAL_FATAL(sweep_merge(&m, file, &file, 1, &err), LUT_OK);
    CU_ASSERT_EQUAL(m.rows, N);
    CU_ASSERT_EQUAL(m.conflicts, 0);
    CU_ASSERT_EQUAL_FATAL(sweep_store_open(&s, file, &err), LUT_OK);
    for (size_t i = 0; i < N; i++) {
        CU_ASSERT_STRING_EQUAL(column(s, "key")->text[i], key[i]);
        CU_ASSERT_STRING_EQUAL(column(s, "status")->text[i], status[i]);
        CU_ASSERT_EQUAL(isnan(column(s, "valid_accuracy")->number[i]),
                        !sweep_status_final(status[i]));
    }
    sweep_store_close(s);
}

static void test_mixed(void)
{
    run r;
    sweep_past past;

    fresh();
    run_farm(&r, mixed, ~0u, SIZE_MAX, 0, &no_stop);
    CU_ASSERT_EQUAL(r.st, LUT_OK);
    CU_ASSERT_EQUAL(r.out.reason, SWEEP_COMPLETE);
    CU_ASSERT_EQUAL(r.out.done, 9);
    CU_ASSERT_EQUAL(r.out.failed, 3);
    CU_ASSERT_EQUAL(r.leases.done, 9);
    CU_ASSERT_EQUAL(r.leases.failed, 3);
    sweep_leases_fini(&r.leases);
    CU_ASSERT_EQUAL_FATAL(sweep_past_read(&past, &state, &r.err), LUT_OK);
    CU_ASSERT_EQUAL(past.nfailures, 5);
    for (size_t i = 0; i < N; i++) {
        const sweep_past_trial *t = sweep_past_find(&past, key[i]);

        CU_ASSERT_PTR_NOT_NULL_FATAL(t);
        CU_ASSERT_EQUAL(t->attempts, mixed_attempts[i]);
    }
    for (size_t i = 0; i < past.nfailures; i++)
        if (!strcmp(past.failure[i].cause, "out_of_memory"))
            CU_ASSERT_STRING_EQUAL(past.failure[i].log, "no memory for a billion LUTs");
    sweep_past_fini(&past);
    check_file(mixed_status);
}

/* The next run tries failures again, or not; what is done stays done. */
static void test_retry(void)
{
    static const deed healed[N] = { 0 };
    static const char *const all_ok[N] = { "ok", "ok", "ok", "ok", "ok", "diverged",
                                           "ok", "ok", "ok", "ok", "ok", "ok" };
    run r;

    run_farm(&r, healed, 0, SIZE_MAX, 0, &no_stop);
    CU_ASSERT_EQUAL(r.out.done, 0);
    CU_ASSERT_EQUAL(r.leases.failed, 3);
    sweep_leases_fini(&r.leases);
    run_farm(&r, healed, 1u << SWEEP_CRASHED, SIZE_MAX, 0, &no_stop);
    CU_ASSERT_EQUAL(r.out.done, 1);
    CU_ASSERT_EQUAL(r.leases.lease[1].attempt, 3);
    sweep_leases_fini(&r.leases);
    run_farm(&r, healed, ~0u, SIZE_MAX, 0, &no_stop);
    CU_ASSERT_EQUAL(r.out.done, 2);
    CU_ASSERT_EQUAL(r.leases.done, N);
    sweep_leases_fini(&r.leases);
    /* The file still has the failed rows: its directory holds what it lacks. */
    CU_ASSERT_EQUAL(sweep_covered(&state, &r.err), LUT_EINVAL);
    check_file(all_ok);
    /* Without the directory the file is enough. */
    CU_ASSERT_EQUAL(sweep_covered(&state, &r.err), LUT_OK);
    CU_ASSERT_EQUAL(sweep_state_remove(&state, &r.err), LUT_OK);
    CU_ASSERT_EQUAL(sweep_state_create(&state, &r.err), LUT_OK);
    CU_ASSERT_EQUAL(sweep_past_read(&r.past, &state, &r.err), LUT_OK);
    CU_ASSERT_EQUAL(sweep_import(&state, &r.past, "other", &r.err), LUT_EBUSY);
    CU_ASSERT_EQUAL(sweep_import(&state, &r.past, "farm", &r.err), LUT_OK);
    sweep_past_fini(&r.past);
    run_farm(&r, healed, ~0u, SIZE_MAX, 0, &no_stop);
    CU_ASSERT_EQUAL(r.leases.done, N);
    CU_ASSERT_EQUAL(r.out.done, 0);
    sweep_leases_fini(&r.leases);
    check_file(all_ok);
}

static size_t failures(void)
{
    sweep_past past;
    size_t n;

    CU_ASSERT_EQUAL_FATAL(sweep_past_read(&past, &state, NULL), LUT_OK);
    n = past.nfailures;
    sweep_past_fini(&past);
    return n;
}

/* Killed from outside: with its record on the disk it is done, else tried again, a few
 * times. */
static void test_killed(void)
{
    static const deed deeds[N] = { [1] = KILLED_LATE, [2] = KILLED };
    static const deed well[N] = { 0 };
    run r;

    fresh();
    run_farm(&r, deeds, ~0u, SIZE_MAX, 0, &no_stop);
    CU_ASSERT_EQUAL(r.out.done, N - 1);
    CU_ASSERT_EQUAL(r.leases.lease[1].attempt, 1);
    CU_ASSERT_EQUAL(r.leases.lease[2].attempt, 5);
    CU_ASSERT_EQUAL(r.leases.lease[2].state, SWEEP_FAILED);
    CU_ASSERT_EQUAL(r.leases.lease[2].cause, SWEEP_LOST);
    sweep_leases_fini(&r.leases);
    CU_ASSERT_EQUAL(failures(), 5);
    run_farm(&r, well, ~0u, SIZE_MAX, 0, &no_stop);
    CU_ASSERT_EQUAL(r.leases.done, N);
    sweep_leases_fini(&r.leases);
}

static void test_disk_full(void)
{
    static const deed deeds[N] = { [3] = DISK_FULL };
    static const deed well[N] = { 0 };
    run r;

    fresh();
    run_farm(&r, deeds, ~0u, SIZE_MAX, 0, &no_stop);
    CU_ASSERT_EQUAL(r.st, LUT_EIO);
    CU_ASSERT_PTR_NOT_NULL(strstr(r.err.text, "No space left on device"));
    CU_ASSERT_EQUAL(r.leases.failed, 0);
    sweep_leases_fini(&r.leases);
    CU_ASSERT_EQUAL(failures(), 0); /* no fault of the trial's */
    run_farm(&r, well, 0, SIZE_MAX, 0,
             &no_stop); /* even where nothing is tried again */
    CU_ASSERT_EQUAL(r.st, LUT_OK);
    sweep_leases_fini(&r.leases);
}

static void test_too_many(void)
{
    static const deed deeds[N] = { EXIT3, EXIT3, EXIT3, EXIT3, EXIT3, EXIT3,
                                   EXIT3, EXIT3, EXIT3, EXIT3, EXIT3, EXIT3 };
    run r;

    fresh();
    run_farm(&r, deeds, ~0u, 2, 0, &no_stop);
    CU_ASSERT_EQUAL(r.out.reason, SWEEP_TOO_MANY);
    CU_ASSERT(r.out.failed >= 3 && r.out.failed <= 5);
    sweep_leases_fini(&r.leases);
}

static void test_limits_and_stop(void)
{
    static const deed deeds[N] = { HANG, WELL, HANG };
    static const deed hang[N] = { HANG, HANG, HANG, HANG, HANG, HANG,
                                  HANG, HANG, HANG, HANG, HANG, HANG };
    static volatile sig_atomic_t stop = SWEEP_STOP_KILL;
    run r;

    fresh();
    run_farm(&r, deeds, ~0u, SIZE_MAX, 0.3, &no_stop);
    CU_ASSERT_EQUAL(r.out.failed, 2);
    CU_ASSERT_EQUAL(r.leases.lease[0].cause, SWEEP_TIMEOUT);
    sweep_leases_fini(&r.leases);
    fresh();
    run_farm(&r, hang, ~0u, SIZE_MAX, 0, &stop);
    CU_ASSERT_EQUAL(r.out.reason, SWEEP_STOPPED);
    CU_ASSERT_EQUAL(r.out.failed, 0);
    CU_ASSERT_EQUAL(r.leases.failed, 0);
    sweep_leases_fini(&r.leases);
}

static void test_lock(void)
{
    sweep_lock lock;
    char path[SWEEP_PATH], who[128];
    int status = 0;
    lut_err err;

    fresh();
    sweep_state_path(&state, path, "lock", "");
    CU_ASSERT_FALSE(sweep_lock_held(path, who, sizeof who));
    CU_ASSERT_EQUAL_FATAL(sweep_lock_take(&lock, path, &err), LUT_OK);
    if (fork() == 0) { /* its own process: record locks do not exclude their owner */
        sweep_lock second;
        bool busy = sweep_lock_take(&second, path, &err) == LUT_EBUSY &&
                    sweep_lock_held(path, who, sizeof who);

        _exit(busy ? 0 : 1);
    }
    wait(&status);
    CU_ASSERT_EQUAL(status, 0);
    sweep_lock_release(&lock);
    sweep_lock_release(&lock);
    CU_ASSERT_EQUAL_FATAL(sweep_lock_take(&lock, path, &err), LUT_OK);
    sweep_lock_release(&lock);
}

static lut_status prune_nothing(void *arg, const char *k, lut_err *err)
{
    (void)arg;
    return lut_fail(err, LUT_ENOENT, "no rung of %s", k);
}

/* What shares the training of a trial whose record is gone has a row that says so. */
static void test_gone_at_its_rung(void)
{
    static const deed deeds[N] = { WELL };
    sweep_leases leases;
    sweep_journal journal;
    const sweep_plan plan = { .key = (const char(*)[SWEEP_KEY])key,
                              .trial = give_trial,
                              .trial_arg = (void *)(uintptr_t)deeds,
                              .leases = &leases,
                              .prune = prune_nothing };
    sweep_decisions d = { .plan = &plan,
                          .journal = &journal,
                          .spared = calloc(1, sizeof *d.spared),
                          .n = 1,
                          .room = 1 };
    char path[SWEEP_PATH];
    sweep_transport *t;
    const sweep_past_trial *told;
    sweep_past past;
    bool busy;
    lut_err err;

    fresh();
    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&leases, N, 1, &err), LUT_OK);
    sweep_leases_follow(&leases, 1, 0);
    sweep_leases_restore(&leases, 0, SWEEP_DONE, SWEEP_FINE, 1);
    sweep_state_path(&state, path, "journal", "one.jl");
    CU_ASSERT_EQUAL_FATAL(sweep_journal_open(&journal, path, &err), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_transport_local(&t, &err), LUT_OK);
    CU_ASSERT_EQUAL(sweep_decisions_carry_out(&d, t, &busy, &err), LUT_OK);
    t->close(t);
    sweep_journal_close(&journal);
    CU_ASSERT(leases.failed == 2 && d.abandoned == 1);
    CU_ASSERT_EQUAL_FATAL(sweep_past_read(&past, &state, &err), LUT_OK);
    told = sweep_past_find(&past, key[1]);
    CU_ASSERT_FATAL(told && told->failure != SIZE_MAX);
    CU_ASSERT_STRING_EQUAL(past.failure[told->failure].cause, "lost");
    CU_ASSERT_PTR_NOT_NULL(strstr(past.failure[told->failure].log, key[0]));
    sweep_past_fini(&past);
    sweep_decisions_fini(&d);
    sweep_leases_fini(&leases);
}

static void test_tidy(void)
{
    lut_err err;
    sweep_state whole;

    snprintf(whole.root, sizeof whole.root, "%s", folder);
    CU_ASSERT_EQUAL(sweep_state_remove(&whole, &err), LUT_OK);
}

int main(void)
{
    static const unit_test tests[] = { UNIT(test_mixed),           UNIT(test_retry),
                                       UNIT(test_killed),          UNIT(test_disk_full),
                                       UNIT(test_too_many),        UNIT(test_lock),
                                       UNIT(test_limits_and_stop),
                                       UNIT(test_gone_at_its_rung), UNIT(test_tidy) };

    if (!mkdtemp(folder))
        return 99;
    return unit_run("farm", tests, sizeof tests / sizeof tests[0]);
}
