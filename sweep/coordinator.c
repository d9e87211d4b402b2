#include "sweep/coordinator.h"
#include "lib/base/log.h"
#include "sweep/fault.h"
#include "sweep/worker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double show_every = 0.2, beat_every = 5; /* seconds */

static lut_status tell(sweep_coordinator *c, int to, sweep_message_type type,
                       sweep_message *m, lut_err *err)
{
    m->type = type;
    return sweep_message_send(c->t, to, false, m, err);
}

/* No more work for anybody; a higher level may follow a lower one. */
static lut_status stop_all(sweep_coordinator *c, int level, lut_err *err)
{
    if (level <= c->level)
        return LUT_OK;
    c->level = level;
    for (int r = 0; r < c->t->size; r++) {
        sweep_message m = { .level = level };

        if (c->peer[r].here && !c->peer[r].gone)
            LUT_TRY(tell(c, r, SWEEP_MSG_STOP, &m, err));
    }
    return LUT_OK;
}

static lut_status give_up(sweep_coordinator *c, lut_status code, const char *text,
                          lut_err *err)
{
    if (c->fatal.code == LUT_OK)
        lut_fail(&c->fatal, code == LUT_OK ? LUT_EINVAL : code, "%s", text);
    return stop_all(c, 2, err);
}

static lut_status assign(sweep_coordinator *c, int rank, size_t i, lut_err *err)
{
    const sweep_plan *p = c->plan;
    sweep_message m = { .number = (uint32_t)i, .attempt = p->leases->lease[i].attempt };
    sweep_trial trial;
    char *text;
    size_t n;

    LUT_TRY(p->trial(p->trial_arg, &trial, m.digest, i, err));
    text = sweep_trial_text(&trial);
    if (!text)
        return lut_fail(err, LUT_ENOMEM, "no memory for trial %s", p->key[i]);
    n = strlen(text);
    if (n < sizeof m.text)
        memcpy(m.text, text, n + 1);
    free(text);
    if (n >= sizeof m.text)
        return lut_fail(err, LUT_EINVAL,
                        "trial %s: its text has %zu bytes, at most %zu", p->key[i], n,
                        sizeof m.text - 1);
    memcpy(m.key, p->key[i], SWEEP_KEY);
    LUT_TRY(SWEEP_FAULT_CHECK("assign", err));
    c->peer[rank].held++;
    return tell(c, rank, SWEEP_MSG_ASSIGN, &m, err);
}

static lut_status fill_rank(sweep_coordinator *c, int rank, lut_err *err)
{
    sweep_peer *p = &c->peer[rank];
    size_t i;

    while (c->level < 0 && p->here && !p->gone && p->held < p->slots &&
           sweep_leases_next(c->plan->leases, &i, rank))
        LUT_TRY(assign(c, rank, i, err));
    return LUT_OK;
}

/* What was given back may be work for a rank that has nothing to do. */
static lut_status fill_all(sweep_coordinator *c, lut_err *err)
{
    for (int r = 0; r < c->t->size && c->plan->leases->waiting; r++)
        LUT_TRY(fill_rank(c, r, err));
    return LUT_OK;
}

static lut_status hear_hello(sweep_coordinator *c, int from, const sweep_message *m,
                             lut_err *err)
{
    sweep_message stop = { .level = c->level };
    char text[256];

    c->peer[from].here = true;
    c->peer[from].slots = m->slots;
    if (strcmp(m->text, sweep_build()) != 0) {
        snprintf(text, sizeof text,
                 "rank %d runs %.80s, rank 0 runs %.80s: all ranks must "
                 "run one build",
                 from, m->text, sweep_build());
        LUT_TRY(give_up(c, LUT_EINVAL, text, err));
    }
    if (c->level >= 0) /* it came too late to hear it with the others */
        return tell(c, from, SWEEP_MSG_STOP, &stop, err);
    return LUT_OK;
}

static void note_best(sweep_progress *p, const char *key, double valid_accuracy)
{
    if (isnan(valid_accuracy) || (!isnan(p->best) && valid_accuracy <= p->best))
        return;
    p->best = valid_accuracy;
    snprintf(p->best_key, sizeof p->best_key, "%.16s", key);
}

static void ended(sweep_coordinator *c, size_t i)
{
    c->progress.here++;
    c->progress.cost_here += c->plan->cost[i];
    c->progress.cost_left -= c->plan->cost[i];
}

static lut_status release_slot(sweep_coordinator *c, int from, const sweep_message *m,
                               lut_err *err)
{
    sweep_message ack = { .number = m->number, .attempt = m->attempt };

    if (c->peer[from].held)
        c->peer[from].held--;
    memcpy(ack.key, m->key, sizeof ack.key);
    LUT_TRY(SWEEP_FAULT_CHECK("ack", err));
    return tell(c, from, SWEEP_MSG_ACK, &ack, err);
}

static lut_status hear_done(sweep_coordinator *c, int from, const sweep_message *m,
                            lut_err *err)
{
    switch (sweep_leases_done(c->plan->leases, m->number, m->hash)) {
    case SWEEP_ACCEPTED:
        c->out.done++;
        ended(c, m->number);
        note_best(&c->progress, m->key, m->valid_accuracy);
        break;
    case SWEEP_DIFFERENT:
        c->out.disagreements++;
        lut_log(LUT_ERROR, "trial %.16s ran twice with different results", m->key);
        break;
    default:
        break;
    }
    return release_slot(c, from, m, err);
}

static lut_status hear_fail(sweep_coordinator *c, int from, const sweep_message *m,
                            lut_err *err)
{
    const sweep_cause cause = (sweep_cause)m->cause;
    char text[SWEEP_TAIL + 32];

    LUT_TRY(release_slot(c, from, m, err));
    if (cause == SWEEP_ERROR && m->code == LUT_EIO) {
        /* The disk's fault, not the trial's: it waits for the next run. */
        sweep_leases_fail(c->plan->leases, m->number, m->attempt, SWEEP_CANCELLED);
        snprintf(text, sizeof text, "trial %.16s: %.250s", m->key, m->text);
        return give_up(c, LUT_EIO, text, err);
    }
    if (cause != SWEEP_CANCELLED)
        lut_log(LUT_WARN, "trial %.16s: %s%s%.250s", m->key, sweep_cause_name(cause),
                m->text[0] ? ": " : "", m->text);
    if (sweep_leases_fail(c->plan->leases, m->number, m->attempt, cause) ==
        SWEEP_ACCEPTED) {
        c->out.failed++;
        ended(c, m->number);
    }
    if (c->out.failed <= c->plan->max_fails || c->level >= 0)
        return LUT_OK;
    c->out.reason = SWEEP_TOO_MANY;
    return stop_all(c, 1, err);
}

static lut_status hear_signal(sweep_coordinator *c, const sweep_message *m,
                              lut_err *err)
{
    if (c->level < 0)
        c->out.reason = SWEEP_STOPPED;
    if (c->level < 1 && m->level == 1)
        lut_log(LUT_WARN,
                "stopping: trials that run are finished first; once more to stop "
                "them");
    return stop_all(c, m->level, err);
}

static lut_status hear_fatal(sweep_coordinator *c, int from, const sweep_message *m,
                             lut_err *err)
{
    char text[LUT_ERR_TEXT];

    snprintf(text, sizeof text, "rank %d: %.900s", from, m->text);
    return give_up(c, (lut_status)m->code, c->t->size > 1 ? text : m->text, err);
}

static lut_status hear_bye(sweep_coordinator *c, int from)
{
    if (!c->peer[from].gone)
        c->gone++;
    c->peer[from].gone = true;
    sweep_leases_gone(c->plan->leases, from);
    return LUT_OK;
}

static lut_status hear(sweep_coordinator *c, int from, const sweep_message *m,
                       lut_err *err)
{
    switch (m->type) {
    case SWEEP_MSG_HELLO:
        return hear_hello(c, from, m, err);
    case SWEEP_MSG_DONE:
        return hear_done(c, from, m, err);
    case SWEEP_MSG_FAIL:
        return hear_fail(c, from, m, err);
    case SWEEP_MSG_SIGNAL:
        return hear_signal(c, m, err);
    case SWEEP_MSG_FATAL:
        return hear_fatal(c, from, m, err);
    case SWEEP_MSG_BYE:
        return hear_bye(c, from);
    default:
        return lut_fail(err, LUT_EFORMAT, "message of type %u from rank %d", m->type,
                        from);
    }
}

static bool names_a_trial(const sweep_message *m)
{
    return m->type == SWEEP_MSG_DONE || m->type == SWEEP_MSG_FAIL;
}

static lut_status hear_all(sweep_coordinator *c, bool *busy, lut_err *err)
{
    for (;;) {
        sweep_message m;
        int from;

        LUT_TRY(c->t->poll(c->t, true, &from, &m, err));
        if (from < 0)
            return LUT_OK;
        *busy = true;
        LUT_TRY(sweep_message_check(&m, err));
        if (names_a_trial(&m) && m.number >= c->plan->n)
            return lut_fail(err, LUT_EFORMAT, "rank %d: trial number %u of %zu", from,
                            m.number, c->plan->n);
        LUT_TRY(hear(c, from, &m, err));
    }
}

static void show(sweep_coordinator *c, double now)
{
    const sweep_plan *p = c->plan;

    if (p->beat && now - c->beaten >= beat_every) {
        c->beaten = now;
        p->beat(p->beat_arg);
    }
    if (!p->show || now - c->shown < show_every)
        return;
    c->shown = now;
    c->progress.finished = p->leases->done;
    c->progress.failed = p->leases->failed;
    c->progress.running = p->leases->leased;
    c->progress.elapsed = now - c->begun;
    p->show(p->show_arg, &c->progress);
}

static lut_status release_all(sweep_coordinator *c, lut_err *err)
{
    for (int r = 0; r < c->t->size; r++) {
        sweep_message m = { .level = c->level };

        LUT_TRY(tell(c, r, SWEEP_MSG_RELEASE, &m, err));
    }
    c->over = true;
    return LUT_OK;
}

lut_status sweep_coordinator_step(sweep_coordinator *c, bool *busy, lut_err *err)
{
    const sweep_leases *l = c->plan->leases;

    if (c->over)
        return LUT_OK;
    LUT_TRY(hear_all(c, busy, err));
    LUT_TRY(fill_all(c, err));
    if (c->level < 0 && l->waiting == 0 && l->leased == 0)
        LUT_TRY(stop_all(c, 0, err));
    show(c, c->t->now(c->t));
    if (c->gone == c->t->size)
        return release_all(c, err);
    return LUT_OK;
}

lut_status sweep_coordinator_fail(sweep_coordinator *c, const lut_err *why,
                                  lut_err *err)
{
    return give_up(c, why->code, why->text, err);
}

lut_status sweep_coordinator_init(sweep_coordinator *c, const sweep_plan *plan,
                                  sweep_transport *t, lut_err *err)
{
    const sweep_leases *l = plan->leases;

    *c = (sweep_coordinator){ .plan = plan, .t = t, .level = -1, .begun = t->now(t) };
    c->beaten = c->shown = c->begun;
    c->progress.total = plan->n;
    c->progress.best = plan->best;
    snprintf(c->progress.best_key, sizeof c->progress.best_key, "%s", plan->best_key);
    for (size_t i = 0; i < plan->n; i++)
        if (l->lease[i].state == SWEEP_WAITING)
            c->progress.cost_left += plan->cost[i];
    c->peer = calloc((size_t)t->size, sizeof *c->peer);
    if (!c->peer)
        return lut_fail(err, LUT_ENOMEM, "no memory for %d ranks", t->size);
    return LUT_OK;
}

void sweep_coordinator_fini(sweep_coordinator *c)
{
    free(c->peer);
    *c = (sweep_coordinator){ 0 };
}
