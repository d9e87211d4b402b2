#include "config.h"
#include "sweep/worker.h"
#include "sweep/checkpoint.h"
#include "sweep/fault.h"
#include "sweep/message.h"
#include "sweep/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct sweep_slot {
    bool busy;
    sweep_child child;
    sweep_worker *worker;
    uint32_t number, attempt, told_epoch;
    double started, told; /* monotonic */
    char key[SWEEP_KEY], digest[SWEEP_DIGEST];
    sweep_trial trial;
    int out; /* in the child: where progress goes */
};

const char *sweep_build(void)
{
    return PACKAGE_VERSION " " LUT_REVISION;
}

/* ---- in the child ---- */

/* Short epochs would keep the rank awake: a few words a second are enough. */
static int tell_epoch(void *arg, const sweep_epoch *e, const sweep_row *row)
{
    const double beat_every = 0.25; /* seconds */
    sweep_slot *s = arg;
    const double now = s->worker->t->now(s->worker->t);

    (void)row;
    (void)SWEEP_FAULT("child-epoch");
    if (s->told_epoch && now - s->told < beat_every)
        return 0;
    s->told_epoch = e->epoch;
    s->told = now;
    sweep_child_beat(s->out, e->epoch, e->valid_accuracy);
    return 0;
}

static lut_status run_trial(void *arg, int out, lut_err *err)
{
    sweep_slot *s = arg;
    const sweep_crew *crew = s->worker->crew;
    sweep_result r;
    lut_status st;

    s->out = out;
    LUT_TRY(SWEEP_FAULT_CHECK("child-start", err));
    LUT_TRY(sweep_state_make_room(crew->state, s->key, err)); /* before the work */
    LUT_TRY(crew->run(crew->lab, &r, &s->trial, s->key, s->digest, tell_epoch, s, err));
    r.timing.rank = s->worker->t->rank;
    r.timing.threads = crew->lab->exec.threads;
    r.timing.attempts = s->attempt;
    st = sweep_state_write(crew->state, &r, err);
    if (st == LUT_OK)
        sweep_checkpoint_remove(crew->lab, s->key);
    sweep_result_fini(&r);
    return st == LUT_OK ? SWEEP_FAULT_CHECK("child-end", err) : st;
}

/* ---- in the rank ---- */

static lut_status say(sweep_worker *w, sweep_message_type type, sweep_message *m,
                      lut_err *err)
{
    m->type = type;
    return sweep_message_send(w->t, 0, true, m, err);
}

static sweep_message about(const sweep_slot *s)
{
    sweep_message m = { .number = s->number, .attempt = s->attempt };

    memcpy(m.key, s->key, sizeof s->key);
    return m;
}

static void forget_empty_log(const sweep_slot *s)
{
    struct stat st;

    if (stat(s->child.log, &st) == 0 && st.st_size == 0)
        unlink(s->child.log);
}

static lut_status report_done(sweep_slot *s, const sweep_result *r, sweep_message *m,
                              lut_err *err)
{
    sweep_fields f = { 0 };

    m->type = SWEEP_MSG_DONE;
    m->valid_accuracy = r->row.valid_accuracy;
    m->hash = sweep_result_hash(r);
    sweep_fields_text(&f, "status", r->row.status);
    sweep_fields_number(&f, "valid_accuracy", r->row.valid_accuracy);
    sweep_fields_number(&f, "seconds", m->seconds);
    forget_empty_log(s);
    return sweep_journal_add(s->worker->journal, "DONE", s->key, s->attempt, &f, err);
}

/* Not the trial's doing: the user stopped it, or the disk is full. */
static bool is_cancelled(const sweep_end *end)
{
    return end->cause == SWEEP_CANCELLED ||
           (end->cause == SWEEP_ERROR && end->status == LUT_EIO);
}

static lut_status report_failure(sweep_slot *s, const sweep_end *end, sweep_message *m,
                                 lut_err *err)
{
    sweep_fields f = { 0 };
    char *text = sweep_trial_text(&s->trial);
    lut_status st;

    m->type = SWEEP_MSG_FAIL;
    m->cause = (int32_t)end->cause;
    m->code = (int32_t)end->status;
    snprintf(m->text, sizeof m->text, "%s", end->log);
    sweep_fields_text(&f, "cause", sweep_cause_name(end->cause));
    sweep_fields_number(&f, "signal", end->signal);
    sweep_fields_number(&f, "exit", end->exit_code);
    sweep_fields_number(&f, "epoch", end->epoch);
    sweep_fields_number(&f, "seconds", m->seconds);
    sweep_fields_text(&f, "log", end->log);
    sweep_fields_text(&f, "trial", text ? text : "");
    free(text);
    st = sweep_journal_add(s->worker->journal, is_cancelled(end) ? "CANCEL" : "FAIL",
                           s->key, s->attempt, &f, err);
    return st;
}

/* The child is gone: its record decides, also where it was killed behind its work. */
static lut_status conclude(sweep_slot *s, sweep_end *end, sweep_message *m,
                           lut_err *err)
{
    sweep_worker *w = s->worker;
    sweep_result r;
    lut_err why = { .text = "" };
    lut_status st;

    *m = about(s);
    m->seconds = w->t->now(w->t) - s->started;
    s->busy = false;
    w->running--;
    if (sweep_state_read(w->crew->state, &r, s->key, &why) == LUT_OK) {
        st = report_done(s, &r, m, err);
        sweep_result_fini(&r);
        return st;
    }
    if (end->cause == SWEEP_FINE) {
        end->cause = SWEEP_ERROR;
        snprintf(end->log, sizeof end->log, "no usable record: %.230s", why.text);
    }
    return report_failure(s, end, m, err);
}

/* What keeps a trial from being started is journalled like any other failure. */
static lut_status refuse(sweep_slot *s, sweep_cause cause, const lut_err *why,
                         lut_err *err)
{
    sweep_worker *w = s->worker;
    sweep_end end = { .cause = cause, .status = why->code };
    sweep_message m = about(s);

    snprintf(end.log, sizeof end.log, "%.*s", SWEEP_TAIL - 1, why->text);
    LUT_TRY(report_failure(s, &end, &m, err));
    LUT_TRY(sweep_journal_sync(w->journal, err));
    w->unacknowledged++;
    return sweep_message_send(w->t, 0, true, &m, err);
}

static sweep_slot *free_slot(sweep_worker *w)
{
    for (unsigned i = 0; i < w->crew->slots; i++)
        if (!w->slot[i].busy)
            return &w->slot[i];
    return NULL;
}

static lut_status start(sweep_worker *w, const sweep_message *m, lut_err *err)
{
    sweep_slot *s = free_slot(w);
    char log[SWEEP_PATH];
    lut_err why;

    if (!s)
        return lut_fail(err, LUT_EINVAL, "trial %.16s: no slot is free", m->key);
    s->number = m->number;
    s->attempt = m->attempt;
    s->told_epoch = 0;
    snprintf(s->key, sizeof s->key, "%.16s", m->key);
    s->started = w->t->now(w->t);
    snprintf(s->digest, sizeof s->digest, "%.16s", m->digest);
    if (sweep_trial_parse(&s->trial, m->text, &why) != LUT_OK)
        return refuse(s, SWEEP_ERROR, &why, err);
    LUT_TRY(sweep_journal_add(w->journal, "START", s->key, s->attempt, NULL, err));
    if (sweep_child_start(&s->child, sweep_state_log(w->crew->state, log, s->key),
                          &w->crew->limits, w->crew->isolate, run_trial, s, s->started,
                          &why) != LUT_OK)
        return refuse(s, SWEEP_LOST, &why, err); /* the machine's fault */
    s->busy = true;
    w->running++;
    return LUT_OK;
}

/* Ends are journalled one by one and synced together before anybody hears of them. */
static lut_status reap(sweep_worker *w, bool *busy, lut_err *err)
{
    enum { TOGETHER = 64 };
    sweep_message ended[TOGETHER];
    size_t n = 0;
    sweep_end end;

    for (unsigned i = 0; i < w->crew->slots && n < TOGETHER; i++) {
        sweep_slot *s = &w->slot[i];

        if (!s->busy)
            continue;
        if (sweep_child_poll(&s->child, &end, w->t->now(w->t)))
            LUT_TRY(conclude(s, &end, &ended[n++], err));
    }
    if (n == 0)
        return LUT_OK;
    *busy = true;
    LUT_TRY(sweep_journal_sync(w->journal, err));
    for (size_t i = 0; i < n; i++) {
        LUT_TRY(sweep_message_send(w->t, 0, true, &ended[i], err));
        w->unacknowledged++;
    }
    return LUT_OK;
}

static void cancel_all(sweep_worker *w)
{
    for (unsigned i = 0; i < w->crew->slots; i++)
        if (w->slot[i].busy)
            sweep_child_cancel(&w->slot[i].child);
}

static lut_status hear(sweep_worker *w, const sweep_message *m, lut_err *err)
{
    switch (m->type) {
    case SWEEP_MSG_ASSIGN:
        return w->gone ? LUT_OK : start(w, m, err);
    case SWEEP_MSG_ACK:
        w->unacknowledged--;
        return LUT_OK;
    case SWEEP_MSG_STOP:
        w->stopping = true;
        if (m->level >= 2)
            cancel_all(w);
        return LUT_OK;
    case SWEEP_MSG_RELEASE:
        w->released = true;
        return LUT_OK;
    default:
        return lut_fail(err, LUT_EFORMAT, "message of type %u from rank 0", m->type);
    }
}

static lut_status hear_all(sweep_worker *w, bool *busy, lut_err *err)
{
    for (;;) {
        sweep_message m;
        int from;

        LUT_TRY(w->t->poll(w->t, false, &from, &m, err));
        if (from < 0)
            return LUT_OK;
        *busy = true;
        LUT_TRY(sweep_message_check(&m, err));
        LUT_TRY(hear(w, &m, err));
    }
}

/* A signal to this rank stops the whole sweep: the coordinator must know. */
static lut_status pass_signal(sweep_worker *w, lut_err *err)
{
    int level = (int)*w->crew->stop;
    sweep_message m = { .level = level };

    if (level <= w->level)
        return LUT_OK;
    w->level = level;
    if (level >= 2)
        cancel_all(w);
    return say(w, SWEEP_MSG_SIGNAL, &m, err);
}

lut_status sweep_worker_step(sweep_worker *w, bool *busy, lut_err *err)
{
    sweep_message bye = { .text = "" };

    if (!w->gone)
        LUT_TRY(pass_signal(w, err));
    LUT_TRY(hear_all(w, busy, err));
    if (w->gone)
        return LUT_OK; /* listening only, so that no message is left on its way */
    LUT_TRY(reap(w, busy, err));
    if (!w->stopping || w->running || w->unacknowledged)
        return LUT_OK;
    w->gone = true;
    *busy = true;
    return say(w, SWEEP_MSG_BYE, &bye, err);
}

nfds_t sweep_worker_fds(const sweep_worker *w, struct pollfd *fd, nfds_t max)
{
    nfds_t n = 0;

    for (unsigned i = 0; i < w->crew->slots && n < max; i++)
        if (w->slot[i].busy && w->slot[i].child.pipe >= 0)
            fd[n++] = (struct pollfd){ .fd = w->slot[i].child.pipe, .events = POLLIN };
    return n;
}

lut_status sweep_worker_init(sweep_worker *w, const sweep_crew *crew,
                             sweep_transport *t, sweep_journal *journal, lut_err *err)
{
    sweep_message hello = { .slots = crew->slots };

    *w = (sweep_worker){ .crew = crew, .t = t, .journal = journal };
    w->slot = calloc(crew->slots, sizeof *w->slot);
    if (!w->slot)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u slots", crew->slots);
    for (unsigned i = 0; i < crew->slots; i++)
        w->slot[i].worker = w;
    snprintf(hello.text, sizeof hello.text, "%s", sweep_build());
    LUT_TRY(SWEEP_FAULT_CHECK("hello", err));
    return say(w, SWEEP_MSG_HELLO, &hello, err);
}

static void end_all(sweep_worker *w)
{
    sweep_end end;

    cancel_all(w);
    for (unsigned i = 0; i < w->crew->slots; i++) {
        while (w->slot[i].busy && !sweep_child_poll(&w->slot[i].child, &end, 0))
            poll(NULL, 0, 1);
        w->slot[i].busy = false;
    }
    w->running = 0;
}

lut_status sweep_worker_fail(sweep_worker *w, const lut_err *why, lut_err *err)
{
    sweep_message m = { .code = (int32_t)why->code }, bye = { .text = "" };

    if (w->gone)
        return lut_fail(err, why->code, "%s", why->text);
    end_all(w);
    w->gone = true;
    snprintf(m.text, sizeof m.text, "%s", why->text);
    LUT_TRY(say(w, SWEEP_MSG_FATAL, &m, err));
    return say(w, SWEEP_MSG_BYE, &bye, err);
}

void sweep_worker_fini(sweep_worker *w)
{
    if (w->slot)
        end_all(w);
    free(w->slot);
    *w = (sweep_worker){ 0 };
}
