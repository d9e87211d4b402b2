/* sweep/worker against a rank 0 that is played by the test: orders that come twice or late, a
 * machine that starts no processes, and what is said of the time that a part took. */
#include "sweep/worker.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROOM = 64, BEAT = 1000 };

/* What a trial does is in its seed. */
enum { WELL = 1, GO_ON = 2, WAIT = 3 };

static char folder[] = "/tmp/test_worker.XXXXXX";
static sweep_state state;
static volatile sig_atomic_t no_stop;

/* The other end of the wire. */
typedef struct wire {
    sweep_transport base;
    sweep_message in[ROOM], out[ROOM];
    size_t nin, nout;
    double skew; /* of the clock */
} wire;

static lut_status wire_send(sweep_transport *t, int to, bool up, const void *bytes,
                            lut_err *err)
{
    wire *x = t->state;

    (void)to;
    (void)up;
    if (x->nout == ROOM)
        return lut_fail(err, LUT_EINVAL, "too much is said");
    memcpy(&x->out[x->nout++], bytes, SWEEP_MESSAGE);
    return LUT_OK;
}

static lut_status wire_poll(sweep_transport *t, bool up, int *from, void *bytes,
                            lut_err *err)
{
    wire *x = t->state;

    (void)up;
    (void)err;
    *from = x->nin ? 0 : -1;
    if (!x->nin)
        return LUT_OK;
    memcpy(bytes, x->in, SWEEP_MESSAGE);
    memmove(x->in, x->in + 1, --x->nin * sizeof *x->in);
    return LUT_OK;
}

static double wire_now(sweep_transport *t)
{
    return sweep_transport_now(t) + ((wire *)t->state)->skew;
}

static char *mark(char path[SWEEP_PATH], const char *name)
{
    snprintf(path, SWEEP_PATH, "%s/%.40s", folder, name);
    return path;
}

/* A byte for each time that the trial is run. */
static long times_run(const char *key)
{
    char path[SWEEP_PATH];
    struct stat s;

    return stat(mark(path, key), &s) == 0 ? (long)s.st_size : 0;
}

static lut_status fake_run(const sweep_lab *lab, sweep_result *out,
                           const sweep_trial *trial, const char *key,
                           const char *digest, sweep_epoch_fn fn, void *arg,
                           lut_err *err)
{
    const double epoch = 0.5;
    char path[SWEEP_PATH];
    FILE *f = fopen(mark(path, key), "a");

    (void)lab;
    (void)digest;
    (void)fn;
    (void)arg;
    if (!f || fputc('.', f) == EOF || fclose(f) != 0)
        return lut_fail(err, LUT_EIO, "%s", path);
    while (trial->seed == WAIT && access(mark(path, "go"), F_OK) != 0)
        usleep(2000);
    sweep_result_init(out);
    out->row.trial = *trial;
    snprintf(out->row.key, sizeof out->row.key, "%s", key);
    strcpy(out->row.status, "ok");
    out->row.valid_accuracy = 50;
    out->row.epochs_run = 8;
    out->timing.epoch_seconds = epoch;
    out->timing.train_seconds = (trial->seed == GO_ON ? 3 : 8) * epoch;
    return LUT_OK;
}

/* ---- one rank ---- */

typedef struct rank {
    wire wire;
    sweep_lab lab;
    sweep_crew crew;
    sweep_journal journal;
    sweep_worker w;
} rank;

static void begin(rank *r, const char *name)
{
    char path[SWEEP_PATH], file[32];
    lut_err err = { .text = "" };

    *r = (rank){ .lab = { .exec = { .threads = 1 } } };
    r->wire.base = (sweep_transport){ .rank = 1,
                                      .size = 2,
                                      .state = &r->wire,
                                      .send = wire_send,
                                      .poll = wire_poll,
                                      .now = wire_now };
    r->crew = (sweep_crew){ .state = &state,
                            .lab = &r->lab,
                            .run = fake_run,
                            .slots = 2,
                            .isolate = SWEEP_ISOLATE_FORK,
                            .beat = BEAT,
                            .grace = 1,
                            .stop = &no_stop };
    snprintf(file, sizeof file, "%s.1.jl", name);
    CU_ASSERT_EQUAL_FATAL(
        sweep_journal_open(&r->journal, sweep_state_path(&state, path, "journal", file),
                           &err),
        LUT_OK);
    CU_ASSERT_EQUAL_FATAL(
        sweep_worker_init(&r->w, &r->crew, &r->wire.base, &r->journal, &err), LUT_OK);
}

static void end(rank *r)
{
    sweep_worker_fini(&r->w);
    sweep_journal_close(&r->journal);
}

static void give_key(char key[24], uint32_t number)
{
    memset(key, 0, 24);
    snprintf(key, SWEEP_KEY, "%016x", 0xabc0u + number);
}

static void assign(rank *r, uint32_t number, uint32_t attempt, uint32_t seed)
{
    sweep_message *m = &r->wire.in[r->wire.nin++];
    sweep_result x;
    char *text;

    sweep_result_init(&x);
    x.row.trial.seed = seed;
    text = sweep_trial_text(&x.row.trial);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    *m = (sweep_message){ .type = SWEEP_MSG_ASSIGN,
                          .number = number,
                          .attempt = attempt };
    give_key(m->key, number);
    strcpy(m->digest, "feedfeedfeedfeed");
    snprintf(m->text, sizeof m->text, "%s", text);
    free(text);
    sweep_message_pack(m);
}

static size_t said(const rank *r, sweep_message_type type)
{
    size_t n = 0;

    for (size_t i = 0; i < r->wire.nout; i++)
        n += r->wire.out[i].type == type;
    return n;
}

static lut_status step(rank *r, lut_err *err)
{
    bool busy = false;
    const lut_status st = sweep_worker_step(&r->w, &busy, err);

    usleep(1000);
    return st;
}

/* Until it has said so much, 20 s at most. */
static void step_until(rank *r, sweep_message_type type, size_t n)
{
    lut_err err = { .text = "" };

    for (int i = 0; i < 20000 && said(r, type) < n; i++)
        CU_ASSERT_EQUAL_FATAL(step(r, &err), LUT_OK);
    CU_ASSERT_EQUAL(said(r, type), n);
}

static void step_on(rank *r, int n)
{
    lut_err err = { .text = "" };

    while (n-- > 0)
        CU_ASSERT_EQUAL_FATAL(step(r, &err), LUT_OK);
}

static const sweep_message *last(const rank *r, sweep_message_type type)
{
    size_t i = r->wire.nout;

    while (i > 0 && r->wire.out[i - 1].type != type)
        i--;
    CU_ASSERT_FATAL(i > 0);
    return &r->wire.out[i - 1];
}

/* ---- tests ---- */

static void test_said_twice(void)
{
    char key[24];
    rank r;

    begin(&r, "twice");
    give_key(key, 1);
    assign(&r, 1, 1, WELL);
    assign(&r, 1, 1, WELL);
    step_until(&r, SWEEP_MSG_DONE, 1);
    CU_ASSERT_EQUAL(r.w.sent.n, 1);
    assign(&r, 1, 1, WELL); /* it has ended, and nobody has answered that */
    step_on(&r, 50);
    CU_ASSERT_EQUAL(said(&r, SWEEP_MSG_DONE), 1);
    CU_ASSERT_EQUAL(times_run(key), 1);
    end(&r);
}

static void test_newer_attempt(void)
{
    char key[24], path[SWEEP_PATH];
    rank r;
    FILE *f;

    begin(&r, "newer");
    give_key(key, 2);
    assign(&r, 2, 1, WAIT);
    for (int i = 0; i < 5000 && !times_run(key); i++)
        step_on(&r, 1);
    assign(&r, 2, 2, WAIT);
    r.wire.in[r.wire.nin++] = (sweep_message){ .type = SWEEP_MSG_HEARD, .level = -1 };
    sweep_message_pack(&r.wire.in[r.wire.nin - 1]);
    step_on(&r, 20);
    CU_ASSERT_EQUAL(r.w.running, 1);
    r.wire.skew += BEAT;
    step_until(&r, SWEEP_MSG_BEAT, 1);
    CU_ASSERT_EQUAL(last(&r, SWEEP_MSG_BEAT)->held, 2);
    f = fopen(mark(path, "go"), "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fclose(f);
    step_until(&r, SWEEP_MSG_DONE, 2);
    CU_ASSERT_EQUAL(last(&r, SWEEP_MSG_DONE)->attempt, 2);
    CU_ASSERT_EQUAL(times_run(key), 1); /* its result is the other one's, too */
    end(&r);
}

static void allow_files(rlim_t n)
{
    static struct rlimit before;
    struct rlimit r;

    CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_NOFILE, &r), 0);
    if (n)
        before = r;
    r.rlim_cur = n ? n : before.rlim_cur;
    CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &r), 0);
}

static void test_refused_for_a_while(void)
{
    char key[24];
    rank r;

    begin(&r, "refused");
    give_key(key, 3);
    assign(&r, 3, 1, WELL);
    allow_files(3);
    step_on(&r, 20);
    allow_files(0);
    CU_ASSERT(r.w.refused == 1 && r.w.waiting.n == 1);
    step_on(&r, 20);
    CU_ASSERT_EQUAL(r.w.waiting.n, 1); /* not before its time */
    r.wire.skew += BEAT;
    step_until(&r, SWEEP_MSG_DONE, 1);
    CU_ASSERT_EQUAL(said(&r, SWEEP_MSG_FAIL), 0);
    CU_ASSERT_EQUAL(times_run(key), 1);
    CU_ASSERT_EQUAL(r.w.refused, 0);
    end(&r);
}

static void test_refused_for_good(void)
{
    lut_status st = LUT_OK;
    lut_err err = { .text = "" };
    double waited = 0;
    rank r;

    begin(&r, "good");
    assign(&r, 4, 1, WELL);
    allow_files(3);
    for (; st == LUT_OK && waited < 100 * BEAT; waited += BEAT) {
        st = step(&r, &err);
        r.wire.skew += BEAT;
        r.w.silence = 0; /* rank 0 is well */
    }
    allow_files(0);
    CU_ASSERT_EQUAL(st, LUT_EIO);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no trial can be started here"));
    CU_ASSERT(waited > 10 * BEAT && waited < 30 * BEAT);
    CU_ASSERT_EQUAL(said(&r, SWEEP_MSG_FAIL), 0);
    end(&r);
}

/* What went on from a checkpoint was timed in part. */
static void test_time(void)
{
    rank r;

    begin(&r, "time");
    assign(&r, 5, 1, WELL);
    step_until(&r, SWEEP_MSG_DONE, 1);
    CU_ASSERT(last(&r, SWEEP_MSG_DONE)->seconds > 0);
    assign(&r, 6, 1, GO_ON);
    step_until(&r, SWEEP_MSG_DONE, 2);
    CU_ASSERT(isnan(last(&r, SWEEP_MSG_DONE)->seconds));
    end(&r);
}

static void test_tidy(void)
{
    sweep_state whole;
    lut_err err;

    snprintf(whole.root, sizeof whole.root, "%s", folder);
    CU_ASSERT_EQUAL(sweep_state_remove(&whole, &err), LUT_OK);
}

int main(void)
{
    static const unit_test tests[] = { UNIT(test_said_twice),
                                       UNIT(test_newer_attempt),
                                       UNIT(test_refused_for_a_while),
                                       UNIT(test_refused_for_good),
                                       UNIT(test_time),
                                       UNIT(test_tidy) };
    char file[SWEEP_ROOT];

    if (!mkdtemp(folder))
        return 99;
    snprintf(file, sizeof file, "%s/w.h5", folder);
    if (sweep_state_name(&state, file, NULL) != LUT_OK ||
        sweep_state_create(&state, NULL) != LUT_OK)
        return 99;
    return unit_run("worker", tests, sizeof tests / sizeof tests[0]);
}
