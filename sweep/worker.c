#include "sweep/worker.h"
#include "lib/base/log.h"
#include "sweep/build.h"
#include "sweep/fault.h"
#include "sweep/place.h"
#include "sweep/record.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Ends are synced together: the first of them waits so long at most, and so many do. */
static const double commit_within = 0.05;
enum { COMMIT = 64 };

/* Now and then a line in the journal says how far a trial is: after half a minute, then less
 * and less often, so that the journals of many ranks stay small. */
static const double write_first = 30,
                    write_last = 600; /* seconds from one to the next */

/* A rank that cannot start trials would take and fail all there are in moments.  It waits a
 * beat, then twice as long from try to try; after so many it is of no use. */
enum { TRIES = 5 };

struct sweep_slot {
    bool busy;
    sweep_child child;
    sweep_worker *worker;
    sweep_message task; /* the ASSIGN */
    sweep_attempt job;
    double started; /* monotonic */
    double from;    /* epochs that had been trained when it paused at its last rung */
};

/* ---- how trials end ---- */

static lut_status say(sweep_worker *w, sweep_message_type type, sweep_message *m,
                      lut_err *err)
{
    m->type = type;
    return sweep_message_send(w->t, 0, true, m, err);
}

static sweep_message about(const sweep_message *task)
{
    sweep_message m = { .number = task->number,
                        .attempt = task->attempt,
                        .rung = task->rung };

    memcpy(m.key, task->key, sizeof m.key);
    return m;
}

static void forget_empty_log(const sweep_slot *s)
{
    struct stat st;

    if (stat(s->child.log, &st) == 0 && st.st_size == 0)
        unlink(s->child.log);
}

/* Epochs of the result that this leg of the trial had not to train. */
static double epochs_before(const sweep_result *r)
{
    const double trained = r->timing.train_seconds / r->timing.epoch_seconds;

    return trained > 0 && isfinite(trained) ? r->row.epochs_run - round(trained)
                                            : (double)NAN;
}

static lut_status report_done(sweep_slot *s, const sweep_result *r, sweep_message *m,
                              lut_err *err)
{
    const double from = epochs_before(r);
    sweep_fields f = { 0 };
    char hash[17];

    m->type = SWEEP_MSG_DONE;
    m->until = sweep_status_final(r->row.status) ? 0 : s->task.until;
    m->valid_accuracy = r->row.valid_accuracy;
    if (m->until)
        sweep_best_until(r, m->until, &m->valid_accuracy, NULL);
    m->hash = sweep_result_hash(r);
    snprintf(hash, sizeof hash, "%016" PRIx64, m->hash);
    sweep_fields_text(&f, "hash", hash);
    sweep_fields_text(&f, "status", r->row.status);
    sweep_fields_number(&f, "valid_accuracy", m->valid_accuracy);
    sweep_fields_number(&f, "epoch", r->row.epochs_run);
    if (!isnan(from))
        sweep_fields_number(&f, "from", from);
    sweep_fields_number(&f, "seconds", m->seconds);
    if (s->job.base[0])
        sweep_fields_text(&f, "base", s->job.base);
    if (from > s->from || from < s->from)
        m->seconds = (double)NAN; /* of another part than that between two rungs: says
                                     nothing of how long that takes */
    return sweep_journal_add(s->worker->journal, m->until ? "PAUSE" : "DONE",
                             s->job.key, s->task.attempt, &f, err);
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
    char *text = sweep_trial_text(&s->job.trial);
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
    sweep_fields_number(&f, "peak_memory", end->peak_memory);
    sweep_fields_text(&f, "log", end->log);
    sweep_fields_text(&f, "trial", text ? text : "");
    free(text);
    st = sweep_journal_add(s->worker->journal, is_cancelled(end) ? "CANCEL" : "FAIL",
                           s->job.key, s->task.attempt, &f, err);
    return st;
}

/* The child is gone: its record decides, also where it was killed behind its work. */
static lut_status conclude(sweep_slot *s, sweep_end *end, sweep_message *m,
                           lut_err *err)
{
    sweep_worker *w = s->worker;
    sweep_result r;
    lut_err why = { .text = "" };
    lut_status st = LUT_OK;

    *m = about(&s->task);
    m->seconds = w->t->now(w->t) - s->started;
    s->busy = false;
    w->running--;
    if (end->status == sweep_attempt_conflict) {
        end->cause = SWEEP_CONFLICT;
        st = report_failure(s, end, m, err);
    }
    if (st == LUT_OK && sweep_attempt_result(&s->job, &r, &why) == LUT_OK) {
        st = report_done(s, &r, m, err);
        forget_empty_log(s);
        sweep_result_fini(&r);
        return st;
    }
    if (st != LUT_OK)
        return st;
    if (end->cause == SWEEP_ERROR && sweep_attempt_lacks_base(&s->job, end->status))
        end->cause = SWEEP_LOST;
    if (end->cause == SWEEP_FINE) {
        end->cause = SWEEP_ERROR;
        snprintf(end->log, sizeof end->log, "no usable record: %.230s", why.text);
    }
    return report_failure(s, end, m, err);
}

static lut_status add_ended(sweep_worker *w, const sweep_message *m, lut_err *err)
{
    if (w->ended.n == 0)
        w->oldest = w->t->now(w->t);
    return sweep_mail_keep(&w->ended, m, err);
}

/* What keeps a trial from being started is journalled like any other failure. */
static lut_status refuse(sweep_slot *s, sweep_cause cause, const lut_err *why,
                         lut_err *err)
{
    sweep_end end = { .cause = cause, .status = why->code };
    sweep_message m = about(&s->task);

    snprintf(end.log, sizeof end.log, "%.*s", SWEEP_TAIL - 1, why->text);
    LUT_TRY(report_failure(s, &end, &m, err));
    return add_ended(s->worker, &m, err);
}

/* ---- starting them ---- */

static sweep_slot *free_slot(sweep_worker *w)
{
    for (unsigned i = 0; i < w->crew->slots; i++)
        if (!w->slot[i].busy)
            return &w->slot[i];
    return NULL;
}

static void prepare(sweep_slot *s, const sweep_message *m)
{
    sweep_attempt *job = &s->job;
    sweep_result r;

    s->task = *m;
    s->started = s->worker->t->now(s->worker->t);
    s->from = 0;
    job->attempt = m->attempt;
    job->until = m->until;
    snprintf(job->key, sizeof job->key, "%.16s", m->key);
    snprintf(job->digest, sizeof job->digest, "%.16s", m->digest);
    snprintf(job->base, sizeof job->base, "%.16s", m->base);
    job->needs_base = m->needs_base != 0;
    if (!m->rung || sweep_state_read_rung(job->state, &r, job->key, NULL) != LUT_OK)
        return;
    s->from = r.row.epochs_run;
    sweep_result_fini(&r);
}

/* An earlier attempt that was given up may have come to its end all the same. */
static lut_status report_earlier(sweep_slot *s, bool *there, lut_err *err)
{
    sweep_message m = about(&s->task);
    sweep_result r;
    lut_err why;
    lut_status st;

    *there = s->task.attempt > 1 && sweep_attempt_result(&s->job, &r, &why) == LUT_OK;
    if (!*there)
        return LUT_OK;
    m.seconds = r.timing.train_seconds;
    st = report_done(s, &r, &m, err);
    m.seconds = (double)NAN; /* another rank's, and known there */
    sweep_result_fini(&r);
    return st == LUT_OK ? add_ended(s->worker, &m, err) : st;
}

/* The machine's fault, not the trial's. */
static lut_status wait_longer(sweep_worker *w, const lut_err *why, lut_err *err)
{
    const double wait = w->crew->beat * (double)(1u << w->refused);

    if (++w->refused == TRIES)
        return lut_fail(err, why->code, "no trial can be started here: %s", why->text);
    w->not_before = w->t->now(w->t) + wait;
    lut_log(LUT_WARN, "rank %d: no trial can be started, tried again in %g s: %s",
            w->t->rank, wait, why->text);
    return LUT_OK;
}

/* *kept: it has to wait. */
static lut_status start(sweep_slot *s, const sweep_message *m, bool *kept, lut_err *err)
{
    sweep_worker *w = s->worker;
    sweep_attempt *job = &s->job;
    bool there;
    lut_err why;

    *kept = false;
    prepare(s, m);
    LUT_TRY(report_earlier(s, &there, err));
    if (there)
        return LUT_OK;
    if (sweep_trial_parse(&job->trial, m->text, &why) != LUT_OK)
        return refuse(s, SWEEP_ERROR, &why, err);
    if (!w->refused) /* it is said once */
        LUT_TRY(
            sweep_journal_add(w->journal, "START", job->key, m->attempt, NULL, err));
    if (sweep_attempt_start(&s->child, job, &w->crew->limits, w->crew->isolate,
                            s->started, &why) != LUT_OK) {
        *kept = true;
        return wait_longer(w, &why, err);
    }
    w->refused = 0;
    s->busy = true;
    w->running++;
    return LUT_OK;
}

/* An older attempt of it, given up elsewhere, runs here: both would write one checkpoint. */
static bool is_running(const sweep_worker *w, const sweep_message *m)
{
    for (unsigned i = 0; i < w->crew->slots; i++)
        if (w->slot[i].busy && w->slot[i].task.number == m->number)
            return true;
    return false;
}

/* Of a rank that had nothing to do, the next trial is a new one to follow. */
static void expect_progress(sweep_worker *w)
{
    if (w->running)
        return;
    w->written = w->t->now(w->t);
    w->write_every = write_first;
}

static lut_status start_waiting(sweep_worker *w, bool *busy, lut_err *err)
{
    sweep_slot *s;
    size_t i = 0;

    if (w->refused && w->t->now(w->t) < w->not_before)
        return LUT_OK;
    while (i < w->waiting.n && (s = free_slot(w))) {
        bool kept = is_running(w, &w->waiting.m[i]);

        if (kept) {
            i++;
            continue;
        }
        *busy = true;
        expect_progress(w);
        LUT_TRY(start(s, &w->waiting.m[i], &kept, err));
        if (kept)
            return LUT_OK;
        sweep_mail_drop(&w->waiting, i);
    }
    return LUT_OK;
}

static lut_status reap(sweep_worker *w, bool *busy, lut_err *err)
{
    sweep_message m;
    sweep_end end;

    for (unsigned i = 0; i < w->crew->slots; i++) {
        sweep_slot *s = &w->slot[i];

        if (!s->busy || !sweep_child_poll(&s->child, &end, w->t->now(w->t)))
            continue;
        *busy = true;
        LUT_TRY(conclude(s, &end, &m, err));
        LUT_TRY(add_ended(w, &m, err));
    }
    return LUT_OK;
}

/* Nobody hears of an end before it is on the disk.  While slots are busy a few ends share
 * one sync. */
static lut_status commit(sweep_worker *w, bool *busy, lut_err *err)
{
    if (w->ended.n == 0 || (w->ended.n < COMMIT && w->running == w->crew->slots &&
                            w->t->now(w->t) - w->oldest < commit_within))
        return LUT_OK;
    *busy = true;
    LUT_TRY(sweep_journal_sync(w->journal, err));
    for (size_t i = 0; i < w->ended.n; i++) {
        LUT_TRY(sweep_message_send(w->t, 0, true, &w->ended.m[i], err));
        LUT_TRY(sweep_mail_keep(&w->sent, &w->ended.m[i], err));
    }
    w->ended.n = 0;
    return LUT_OK;
}

/* ---- stopping ---- */

/* What waits goes back: it never ran here. */
static lut_status give_back(sweep_worker *w, lut_err *err)
{
    for (size_t i = 0; i < w->waiting.n; i++) {
        sweep_message m = about(&w->waiting.m[i]);

        m.type = SWEEP_MSG_FAIL;
        m.cause = SWEEP_CANCELLED;
        LUT_TRY(add_ended(w, &m, err));
    }
    w->waiting.n = 0;
    return LUT_OK;
}

static void stop_children(sweep_worker *w, int level)
{
    for (unsigned i = 0; i < w->crew->slots; i++) {
        sweep_child *c = &w->slot[i].child;

        if (!w->slot[i].busy)
            continue;
        if (level >= SWEEP_STOP_KILL)
            sweep_child_cancel(c);
        else if (level == SWEEP_STOP_SAVE)
            sweep_child_save(c, w->crew->grace, w->t->now(w->t));
    }
}

static lut_status stop(sweep_worker *w, int level, lut_err *err)
{
    if (level <= w->stopped)
        return LUT_OK;
    w->stopped = level;
    stop_children(w, level);
    return give_back(w, err);
}

/* A signal to this rank stops the whole sweep: the coordinator must know. */
static lut_status pass_signal(sweep_worker *w, lut_err *err)
{
    int level = (int)*w->crew->stop;
    sweep_message m = { .level = level };

    if (level <= w->level)
        return LUT_OK;
    w->level = level;
    LUT_TRY(stop(w, level, err));
    return say(w, SWEEP_MSG_SIGNAL, &m, err);
}

/* ---- hearing ---- */

/* This attempt is here, or has ended here and that is said until it is known. */
static bool holds(const sweep_worker *w, const sweep_message *m)
{
    const sweep_mail *const box[] = { &w->waiting, &w->ended, &w->sent };

    for (size_t b = 0; b < LUT_COUNT(box); b++)
        if (sweep_mail_find(box[b], m) < box[b]->n)
            return true;
    for (unsigned i = 0; i < w->crew->slots; i++)
        if (w->slot[i].busy && w->slot[i].task.number == m->number &&
            w->slot[i].task.attempt >= m->attempt)
            return true;
    return false;
}

static lut_status take(sweep_worker *w, const sweep_message *m, lut_err *err)
{
    if (w->gone || holds(w, m)) /* said twice */
        return LUT_OK;
    LUT_TRY(sweep_mail_keep(&w->waiting, m, err));
    return w->stopped >= 0 || w->alone ? give_back(w, err) : LUT_OK;
}

static void forget(sweep_worker *w, const sweep_message *m)
{
    const size_t i = sweep_mail_find(&w->sent, m);

    if (i < w->sent.n)
        sweep_mail_drop(&w->sent, i);
}

static lut_status hear(sweep_worker *w, const sweep_message *m, lut_err *err)
{
    w->heard = true;
    w->silence = 0;
    switch (m->type) {
    case SWEEP_MSG_HEARD:
    case SWEEP_MSG_STOP:
        return m->level >= 0 ? stop(w, m->level, err) : LUT_OK;
    case SWEEP_MSG_ASSIGN:
        return take(w, m, err);
    case SWEEP_MSG_ACK:
        forget(w, m);
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
    while (!w->released) { /* what comes after that is not the farm's */
        sweep_message m;
        int from;

        LUT_TRY(w->t->poll(w->t, false, &from, &m, err));
        if (from < 0)
            return LUT_OK;
        *busy = true;
        LUT_TRY(sweep_message_check(&m, err));
        LUT_TRY(hear(w, &m, err));
    }
    return LUT_OK;
}

/* ---- signs of life ---- */

static void add_holding(sweep_message *beat, const sweep_message *task)
{
    const sweep_holding h = { task->number, task->attempt };

    if (beat->held++ >= SWEEP_HOLDINGS)
        return;
    memcpy(beat->text + beat->bytes, &h, sizeof h);
    beat->bytes += sizeof h;
}

static lut_status say_hello(sweep_worker *w, lut_err *err)
{
    sweep_message hello = { .slots = w->crew->slots };
    char text[SWEEP_PLACE_TEXT];
    sweep_place place;

    LUT_TRY(SWEEP_FAULT_CHECK("hello", err));
    sweep_place_here(&place, w->crew->state->root, w->crew->lab->kernels);
    sweep_place_text(text, &place);
    snprintf(hello.text, sizeof hello.text, "%s\n%s", sweep_build(), text);
    return say(w, SWEEP_MSG_HELLO, &hello, err);
}

static lut_status say_beat(sweep_worker *w, lut_err *err)
{
    const sweep_mail *const box[] = { &w->waiting, &w->ended, &w->sent };
    sweep_message beat = { .text = "" };

    for (size_t b = 0; b < LUT_COUNT(box); b++)
        for (size_t i = 0; i < box[b]->n; i++)
            add_holding(&beat, &box[b]->m[i]);
    for (unsigned i = 0; i < w->crew->slots; i++)
        if (w->slot[i].busy)
            add_holding(&beat, &w->slot[i].task);
    return say(w, SWEEP_MSG_BEAT, &beat, err);
}

/* Everything that was not answered may have been lost. */
static lut_status say_again(sweep_worker *w, lut_err *err)
{
    sweep_message bye = { .text = "" };

    if (!w->heard)
        return say_hello(w, err);
    for (size_t i = 0; i < w->sent.n; i++)
        LUT_TRY(sweep_message_send(w->t, 0, true, &w->sent.m[i], err));
    return w->gone ? say(w, SWEEP_MSG_BYE, &bye, err) : say_beat(w, err);
}

static lut_status write_progress(sweep_worker *w, double now, lut_err *err)
{
    if (now - w->written < w->write_every)
        return LUT_OK;
    w->written = now;
    w->write_every = fmin(2 * w->write_every, write_last);
    for (unsigned i = 0; i < w->crew->slots; i++) {
        const sweep_slot *s = &w->slot[i];
        sweep_fields f = { 0 };

        if (!s->busy)
            continue;
        sweep_fields_number(&f, "epoch", s->child.epoch);
        sweep_fields_number(&f, "valid_accuracy", s->child.valid_accuracy);
        sweep_fields_number(&f, "seconds", now - s->started);
        LUT_TRY(sweep_journal_add(w->journal, "EPOCH", s->job.key, s->task.attempt, &f,
                                  err));
    }
    return LUT_OK;
}

/* Time that this rank did not see go by (it was stopped, or its machine slept) is no silence
 * of rank 0's: a step counts for a beat at most. */
static lut_status beat(sweep_worker *w, lut_err *err)
{
    const double now = w->t->now(w->t), step = now - w->seen;

    w->seen = now;
    w->silence += step < w->crew->beat ? step : w->crew->beat;
    if (w->silence > 2 * SWEEP_BEATS * w->crew->beat)
        w->alone = true;
    LUT_TRY(write_progress(w, now, err));
    if (now - w->beaten < w->crew->beat)
        return LUT_OK;
    w->beaten = now;
    return say_again(w, err);
}

/* Rank 0 is given up: what runs here is finished first, its record is the truth. */
static lut_status leave_alone(sweep_worker *w, lut_err *err)
{
    if (w->running)
        return LUT_OK;
    LUT_TRY(sweep_journal_sync(w->journal, err));
    return lut_fail(err, LUT_ESTOP,
                    "rank %d has heard nothing from rank 0 for %.0f s: it leaves; what "
                    "is finished is saved, and the same command goes on",
                    w->t->rank, w->silence);
}

/* ---- the whole ---- */

static lut_status leave(sweep_worker *w, bool *busy, lut_err *err)
{
    sweep_message bye = { .text = "" };

    if (w->stopped < 0 || w->running || w->waiting.n || w->ended.n || w->sent.n)
        return LUT_OK;
    w->gone = true;
    *busy = true;
    return say(w, SWEEP_MSG_BYE, &bye, err);
}

lut_status sweep_worker_step(sweep_worker *w, bool *busy, lut_err *err)
{
    if (!w->gone)
        LUT_TRY(pass_signal(w, err));
    LUT_TRY(hear_all(w, busy, err));
    if (w->released)
        return LUT_OK;
    LUT_TRY(beat(w, err));
    if (w->gone) /* listening only, so that no message is left on its way */
        return w->alone ? leave_alone(w, err) : LUT_OK;
    LUT_TRY(reap(w, busy, err));
    if (w->alone)
        return leave_alone(w, err);
    LUT_TRY(start_waiting(w, busy, err));
    LUT_TRY(commit(w, busy, err));
    return leave(w, busy, err);
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
    *w = (sweep_worker){ .crew = crew, .t = t, .journal = journal, .stopped = -1 };
    w->seen = w->beaten = w->written = t->now(t);
    w->write_every = write_first;
    w->slot = calloc(crew->slots + 1, sizeof *w->slot);
    if (!w->slot)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u slots", crew->slots);
    for (unsigned i = 0; i < crew->slots; i++) {
        w->slot[i].worker = w;
        w->slot[i].job = (sweep_attempt){
            .state = crew->state, .lab = crew->lab, .run = crew->run, .rank = t->rank
        };
    }
    return say_hello(w, err);
}

static void end_all(sweep_worker *w)
{
    sweep_end end;

    stop_children(w, SWEEP_STOP_KILL);
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

    if (w->gone || w->alone)
        return lut_fail(err, why->code, "%s", why->text);
    end_all(w);
    w->gone = true;
    w->sent.n = 0;
    snprintf(m.text, sizeof m.text, "%s", why->text);
    LUT_TRY(say(w, SWEEP_MSG_FATAL, &m, err));
    return say(w, SWEEP_MSG_BYE, &bye, err);
}

void sweep_worker_fini(sweep_worker *w)
{
    if (w->slot)
        end_all(w);
    free(w->slot);
    free(w->waiting.m);
    free(w->ended.m);
    free(w->sent.m);
    *w = (sweep_worker){ 0 };
}
