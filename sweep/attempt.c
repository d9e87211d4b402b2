#include "sweep/attempt.h"
#include "sweep/checkpoint.h"
#include "sweep/fault.h"
#include "sweep/hardware.h"
#include "sweep/journal.h"
#include "sweep/record.h"
#include "sweep/transport.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- in the child ---- */

typedef struct teller {
    int out;
    uint32_t told; /* epoch; 0: none yet */
    double when;
} teller;

/* Short epochs would keep the rank awake: a few words a second are enough. */
static int tell_epoch(void *arg, const sweep_epoch *e, const sweep_row *row)
{
    const double beat_every = 0.25; /* seconds */
    teller *t = arg;
    const double now = sweep_transport_now(NULL);

    (void)row;
    (void)SWEEP_FAULT("child-epoch");
    if (t->told && now - t->when < beat_every)
        return 0;
    t->told = (uint32_t)e->epoch;
    t->when = now;
    sweep_child_beat(t->out, t->told, e->valid_accuracy, e->train_loss);
    return 0;
}

/* Whether the trial has gone past this pause: then a late attempt has nothing to add. */
static bool is_behind(const sweep_result *r, const sweep_result *before)
{
    return !sweep_status_final(r->row.status) &&
           (sweep_status_final(before->row.status) ||
            before->row.epochs_run > r->row.epochs_run);
}

/* A result that is there already, of an attempt that was given up too early, stays: this
 * one must be the same. */
static lut_status compare(const sweep_result *before, const sweep_result *r,
                          lut_err *err)
{
    const uint64_t first = sweep_result_hash(before), second = sweep_result_hash(r);

    if (first == second || is_behind(r, before))
        return LUT_OK;
    return lut_fail(err, sweep_attempt_conflict,
                    "result %016" PRIx64 ", the first one was %016" PRIx64, second,
                    first);
}

static lut_status compare_or_write(const sweep_state *state, const sweep_result *r,
                                   lut_err *err)
{
    const bool final = sweep_status_final(r->row.status);
    sweep_result before;
    lut_status st = sweep_state_read(state, &before, r->row.key, err);

    if (st == LUT_ENOENT && !final)
        st = sweep_state_read_rung(state, &before, r->row.key, err);
    if (st == LUT_ENOENT)
        return sweep_state_write(state, r, err);
    if (st != LUT_OK)
        return st;
    if (!final && before.row.epochs_run < r->row.epochs_run &&
        !sweep_status_final(before.row.status))
        st = sweep_state_write(state, r, err); /* from one rung to the next */
    else
        st = compare(&before, r, err);
    sweep_result_fini(&before);
    return st;
}

static lut_status keep(const sweep_attempt *a, sweep_result *r, lut_err *err)
{
    r->timing.rank = a->rank;
    r->timing.threads = a->lab->exec.threads;
    r->timing.attempts = a->attempt;
    LUT_TRY(compare_or_write(a->state, r, err));
    if (sweep_status_final(r->row.status))
        sweep_checkpoint_remove(a->lab, a->key);
    return LUT_OK;
}

/* The result that this trial can be derived from, where it is there and whole. */
static bool find_base(const sweep_attempt *a, sweep_result *base)
{
    char training[SWEEP_KEY];

    if (!a->base[0] || SWEEP_FAULT("share") ||
        sweep_state_read(a->state, base, a->base, NULL) != LUT_OK)
        return false;
    sweep_training_key(training, &a->trial, a->digest);
    if (sweep_derives(base, training))
        return true;
    sweep_result_fini(base);
    return false;
}

static lut_status make(const sweep_attempt *a, const sweep_lab *lab, sweep_result *r,
                       teller *t, lut_err *err)
{
    sweep_result base;
    lut_status st;

    if (find_base(a, &base)) {
        st = sweep_derive(lab, r, &a->trial, a->key, a->digest, &base, err);
        sweep_result_fini(&base);
        return st;
    }
    if (a->needs_base)
        return lut_fail(err, LUT_ENOENT,
                        "the record of %s, whose training it shares, cannot be read",
                        a->base);
    return a->run(lab, r, &a->trial, a->key, a->digest, tell_epoch, t, err);
}

lut_status sweep_attempt_work(void *arg, int out, lut_err *err)
{
    const sweep_attempt *a = arg;
    teller t = { .out = out };
    sweep_lab lab = *a->lab;
    sweep_result r;
    lut_status st;

    lab.until = a->until;
    lab.leave = sweep_child_leave();
    LUT_TRY(SWEEP_FAULT_CHECK("child-start", err));
    LUT_TRY(sweep_state_make_room(a->state, a->key, err)); /* before the work */
    LUT_TRY(make(a, &lab, &r, &t, err));
    st = keep(a, &r, err);
    sweep_result_fini(&r);
    return st == LUT_OK ? SWEEP_FAULT_CHECK("child-end", err) : st;
}

bool sweep_attempt_lacks_base(const sweep_attempt *a, lut_status st)
{
    return a->needs_base && st == LUT_ENOENT;
}

lut_status sweep_attempt_result(const sweep_attempt *a, sweep_result *r, lut_err *err)
{
    lut_status st = sweep_state_read(a->state, r, a->key, err);

    if (st != LUT_ENOENT || !a->until)
        return st;
    LUT_TRY(sweep_state_read_rung(a->state, r, a->key, err));
    if (r->row.epochs_run >= a->until)
        return LUT_OK;
    lut_fail(err, LUT_ENOENT, "trial %s: paused after epoch %.0f, not %u", a->key,
             r->row.epochs_run, (unsigned)a->until);
    sweep_result_fini(r);
    return LUT_ENOENT;
}

/* ---- as text ---- */

/* What an attempt points to, in one piece. */
typedef struct box {
    sweep_attempt a; /* first: the box is freed by it */
    sweep_state state;
    sweep_lab lab;
    char folder[SWEEP_FOLDERS][SWEEP_PATH];
    char cache[SWEEP_PATH], kernels[64], checkpoint[SWEEP_PATH];
} box;

static void put_folders(sweep_fields *f, const sweep_lab *lab)
{
    char name[16];

    for (size_t i = 0; i < SWEEP_FOLDERS && lab->folder[i]; i++) {
        snprintf(name, sizeof name, "folder%zu", i);
        sweep_fields_text(f, name, lab->folder[i]);
    }
}

static void put_lab(sweep_fields *f, const sweep_lab *lab)
{
    put_folders(f, lab);
    if (lab->cache)
        sweep_fields_text(f, "cache", lab->cache);
    if (lab->kernels)
        sweep_fields_text(f, "kernels", lab->kernels);
    if (lab->checkpoint)
        sweep_fields_text(f, "checkpoint", lab->checkpoint);
    sweep_fields_number(f, "checkpoint_every", lab->checkpoint_every);
    sweep_fields_number(f, "threads", lab->exec.threads);
}

static void put_attempt(sweep_fields *f, const sweep_attempt *a, const char *trial)
{
    sweep_fields_text(f, "file", a->state->file);
    sweep_fields_number(f, "rank", a->rank);
    sweep_fields_number(f, "attempt", a->attempt);
    sweep_fields_number(f, "until", a->until);
    sweep_fields_text(f, "key", a->key);
    sweep_fields_text(f, "digest", a->digest);
    if (a->base[0])
        sweep_fields_text(f, "base", a->base);
    sweep_fields_number(f, "needs_base", a->needs_base);
    sweep_fields_text(f, "trial", trial);
    put_lab(f, a->lab);
    sweep_fields_text(f, "end", "end"); /* has no room where anything was cut */
}

static bool has_end(const char *text)
{
    const size_t n = strlen(text);

    return n > 8 && !strcmp(text + n - 8, " end=end");
}

lut_status sweep_attempt_text(char **text, const sweep_attempt *a, lut_err *err)
{
    sweep_fields *f = calloc(1, sizeof *f);
    char *trial = sweep_trial_text(&a->trial);
    lut_status st = LUT_OK;

    *text = NULL;
    if (!f || !trial)
        st = lut_fail(err, LUT_ENOMEM, "no memory for the text of a trial");
    if (st == LUT_OK) {
        put_attempt(f, a, trial);
        if (!has_end(f->text))
            st = lut_fail(err, LUT_EINVAL,
                          "trial %s: names of files of more than %zu characters in all",
                          a->key, sizeof f->text);
        else if (!(*text = strdup(f->text)))
            st = lut_fail(err, LUT_ENOMEM, "no memory for the text of a trial");
    }
    free(trial);
    free(f);
    return st;
}

/* A text that fills its room may have been cut. */
static lut_status get_text(const sweep_entry *e, const char *name, char *out,
                           size_t size, lut_err *err)
{
    if (!sweep_entry_text(e, name, out, size) || strlen(out) + 1 >= size)
        return lut_fail(err, LUT_EFORMAT, "order of a trial: no %s of 0 to %zu bytes",
                        name, size - 2);
    return LUT_OK;
}

static uint32_t get_number(const sweep_entry *e, const char *name)
{
    return (uint32_t)sweep_entry_number(e, name, 0);
}

/* NULL where there is none of that name. */
static lut_status get_optional(const sweep_entry *e, const char *name, char *out,
                               size_t size, const char **text, lut_err *err)
{
    *text = NULL;
    if (!sweep_entry_text(e, name, out, size))
        return LUT_OK;
    *text = out;
    return get_text(e, name, out, size, err);
}

static lut_status get_lab(box *b, const sweep_entry *e, lut_err *err)
{
    sweep_lab *lab = &b->lab;
    char name[16];

    for (size_t i = 0; i < SWEEP_FOLDERS; i++) {
        snprintf(name, sizeof name, "folder%zu", i);
        LUT_TRY(get_optional(e, name, b->folder[i], sizeof b->folder[i],
                             &lab->folder[i], err));
    }
    LUT_TRY(get_optional(e, "cache", b->cache, sizeof b->cache, &lab->cache, err));
    LUT_TRY(
        get_optional(e, "kernels", b->kernels, sizeof b->kernels, &lab->kernels, err));
    LUT_TRY(get_optional(e, "checkpoint", b->checkpoint, sizeof b->checkpoint,
                         &lab->checkpoint, err));
    lab->checkpoint_every = get_number(e, "checkpoint_every");
    lab->exec.threads = get_number(e, "threads");
    return LUT_OK;
}

static lut_status get_trial(sweep_trial *t, const sweep_entry *e, lut_err *err)
{
    const size_t size = sizeof(sweep_fields);
    char *text = malloc(size);
    lut_status st;

    if (!text)
        return lut_fail(err, LUT_ENOMEM, "no memory for the text of a trial");
    st = get_text(e, "trial", text, size, err);
    if (st == LUT_OK)
        st = sweep_trial_parse(t, text, err);
    free(text);
    return st;
}

static lut_status get_attempt(box *b, const sweep_entry *e, lut_err *err)
{
    sweep_attempt *a = &b->a;
    char file[SWEEP_ROOT], key[SWEEP_KEY + 2], digest[SWEEP_DIGEST + 2];
    char base[SWEEP_KEY + 2];
    const char *has_base;

    if (!has_end(e->fields))
        return lut_fail(err, LUT_EFORMAT, "order of a trial: no end");
    LUT_TRY(get_text(e, "file", file, sizeof file, err));
    LUT_TRY(sweep_state_name(&b->state, file, err));
    LUT_TRY(get_text(e, "key", key, sizeof key, err));
    LUT_TRY(get_text(e, "digest", digest, sizeof digest, err));
    LUT_TRY(get_optional(e, "base", base, sizeof base, &has_base, err));
    snprintf(a->key, sizeof a->key, "%.16s", key);
    snprintf(a->digest, sizeof a->digest, "%.16s", digest);
    snprintf(a->base, sizeof a->base, "%.16s", has_base ? base : "");
    LUT_TRY(get_trial(&a->trial, e, err));
    a->rank = (int)sweep_entry_number(e, "rank", 0);
    a->attempt = get_number(e, "attempt");
    a->until = get_number(e, "until");
    a->needs_base = get_number(e, "needs_base") != 0;
    return get_lab(b, e, err);
}

lut_status sweep_attempt_parse(sweep_attempt **a, const char *text, lut_err *err)
{
    const sweep_entry e = { .fields = text };
    box *b = calloc(1, sizeof *b);
    lut_status st;

    *a = NULL;
    if (!b)
        return lut_fail(err, LUT_ENOMEM, "no memory for an order");
    st = get_attempt(b, &e, err);
    if (st != LUT_OK) {
        free(b);
        return st;
    }
    b->a.state = &b->state;
    b->a.lab = &b->lab;
    *a = &b->a;
    return LUT_OK;
}

/* ---- its start ---- */

static lut_status spawn(sweep_child *c, const char *log, const sweep_attempt *a,
                        const sweep_limits *limits, double now, lut_err *err)
{
    char *text;
    lut_status st;

    LUT_TRY(sweep_attempt_text(&text, a, err));
    st = sweep_child_spawn(c, log, limits, text, now, err);
    free(text);
    return st;
}

lut_status sweep_attempt_start(sweep_child *c, const sweep_attempt *a,
                               const sweep_limits *limits, sweep_isolate how,
                               double now, lut_err *err)
{
    char log[SWEEP_PATH];

    sweep_state_log(a->state, log, a->key);
    if (how == SWEEP_ISOLATE_SPAWN)
        return spawn(c, log, a, limits, now, err);
    return sweep_child_start(c, log, limits, how, sweep_attempt_work, (void *)a, now,
                             err);
}

static lut_status follow(void *arg, const char *order, int out, lut_err *err)
{
    const sweep_run_fn *run = arg;
    sweep_attempt *a;
    lut_status st;

    LUT_TRY(sweep_attempt_parse(&a, order, err));
    a->run = *run;
    st = sweep_attempt_work(a, out, err);
    free(a);
    return st;
}

int sweep_attempt_serve(const char *operand, sweep_run_fn run)
{
    return sweep_child_serve(operand, follow, &run);
}
