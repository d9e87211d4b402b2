#include "sweep/coordinator.h"
#include "lib/base/log.h"
#include "sweep/build.h"
#include "sweep/fault.h"
#include "sweep/worker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double look_every = 0.5; /* seconds */

/* Trials shorter than this are handed out ahead of time, so many at most to a slot: the time
 * from the end of one to the start of the next would show. */
static const double short_trial = 1; /* seconds */
enum { AHEAD = 8 };

/* ---- sending ---- */

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
    return stop_all(c, SWEEP_STOP_KILL, err);
}

/* ---- handing out ---- */

static lut_status assign(sweep_coordinator *c, int rank, size_t i, lut_err *err)
{
    const sweep_plan *p = c->plan;
    const sweep_lease *l = &p->leases->lease[i];
    sweep_message m = { .number = (uint32_t)i,
                        .attempt = l->attempt,
                        .rung = l->rung,
                        .until = sweep_schedule_until(&c->schedule, i),
                        .seconds = l->seconds };
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
    if (p->base)
        memcpy(m.base, p->base[i], SWEEP_KEY);
    m.needs_base = m.base[0] && p->schedule.strategy;
    LUT_TRY(SWEEP_FAULT_CHECK("assign", err));
    return tell(c, rank, SWEEP_MSG_ASSIGN, &m, err);
}

/* Trials that a slot is given besides the one it runs.  They end together with the sweep, so
 * nobody gets more than a share of what is left. */
static uint32_t ahead(const sweep_coordinator *c)
{
    const sweep_leases *l = c->plan->leases;
    const size_t share = c->slots ? l->nheap / (2 * (size_t)c->slots) : 0;
    double seconds;

    if (l->nheap == 0 || !c->schedule.learnt)
        return 0;
    seconds = l->lease[l->heap[0]].seconds;
    if (!(seconds < short_trial))
        return 0;
    return share < AHEAD ? (uint32_t)share : AHEAD;
}

static double time_left(const sweep_coordinator *c, double now)
{
    return c->plan->seconds - (now - c->begun);
}

static lut_status fill_rank(sweep_coordinator *c, int rank, lut_err *err)
{
    sweep_peer *p = &c->peer[rank];
    const double now = c->t->now(c->t);
    const uint32_t most = p->slots * (1 + ahead(c));
    size_t i;

    while (c->level < 0 && p->here && !p->gone && !p->silent &&
           c->plan->leases->held[rank] < most &&
           sweep_schedule_next(&c->schedule, &i, rank, now, time_left(c, now)))
        LUT_TRY(assign(c, rank, i, err));
    return LUT_OK;
}

/* What came back may be work for a rank that has nothing to do. */
static lut_status fill_all(sweep_coordinator *c, lut_err *err)
{
    if (!c->refill)
        return LUT_OK;
    c->refill = false;
    for (int r = 0; r < c->t->size && c->plan->leases->nheap; r++)
        LUT_TRY(fill_rank(c, r, err));
    return LUT_OK;
}

/* ---- hearing ---- */

static lut_status answer(sweep_coordinator *c, int to, lut_err *err)
{
    sweep_message m = { .level = c->level };

    return tell(c, to, SWEEP_MSG_HEARD, &m, err);
}

/* A rank that was set up badly should be noticed before it has worked for a day; of many a
 * few are enough. */
static void warn_of(sweep_coordinator *c, int from, const char *host, const char *wrong)
{
    enum { MOST = 4 };

    if (++c->warned <= MOST)
        lut_log(LUT_WARN, "rank %d on %s: %s", from, host, wrong);
    else if (c->warned == MOST + 1)
        lut_log(LUT_WARN, "more ranks like these: see the journal");
}

static lut_status hear_place(sweep_coordinator *c, int from, const sweep_message *m,
                             const char *text, lut_err *err)
{
    const sweep_plan *p = c->plan;
    char wrong[SWEEP_PLACE_TEXT];
    sweep_fields f = { 0 };
    sweep_place place;

    sweep_place_parse(&place, text);
    sweep_place_judge(wrong, &place, m->slots, p->threads, (double)p->memory);
    if (wrong[0])
        warn_of(c, from, place.host, wrong);
    if (!c->journal)
        return LUT_OK;
    sweep_fields_number(&f, "rank", from);
    sweep_fields_number(&f, "slots", m->slots);
    sweep_fields_text(&f, "place", text);
    sweep_fields_text(&f, "wrong", wrong);
    return sweep_journal_add(c->journal, "HELLO", NULL, 0, &f, err);
}

static lut_status hear_hello(sweep_coordinator *c, int from, const sweep_message *m,
                             lut_err *err)
{
    const size_t n = strcspn(m->text, "\n");
    char text[256];

    if (!c->peer[from].here) {
        c->slots += m->slots;
        LUT_TRY(hear_place(c, from, m, m->text + n + (m->text[n] != 0), err));
    }
    c->peer[from].here = true;
    c->peer[from].slots = m->slots;
    if (n != strlen(sweep_build()) || memcmp(m->text, sweep_build(), n) != 0) {
        snprintf(text, sizeof text,
                 "rank %d runs %.*s, rank 0 runs %.80s: all ranks must run one build",
                 from, n < 80 ? (int)n : 80, m->text, sweep_build());
        LUT_TRY(give_up(c, LUT_EINVAL, text, err));
    }
    LUT_TRY(answer(c, from, err));
    return fill_rank(c, from, err);
}

static bool holds(const sweep_message *m, size_t number, uint32_t attempt)
{
    for (size_t i = 0; i < m->bytes / sizeof(sweep_holding); i++) {
        sweep_holding h;

        memcpy(&h, m->text + i * sizeof h, sizeof h);
        if (h.number == number && h.attempt == attempt)
            return true;
    }
    return false;
}

static lut_status lose_trial(sweep_coordinator *c, size_t i, lut_err *err)
{
    sweep_verdict v;

    LUT_TRY(sweep_schedule_failed(&c->schedule, &v, i,
                                  c->plan->leases->lease[i].attempt, SWEEP_LOST, err));
    c->refill = true;
    if (v != SWEEP_ACCEPTED)
        return LUT_OK;
    LUT_TRY(sweep_decisions_failure(&c->decisions, i, SWEEP_LOST,
                                    "its ranks fell silent or left, once too often",
                                    err));
    return sweep_decisions_followers(&c->decisions, i, err);
}

/* Leased to the rank long ago, and it knows nothing of it: the message was lost. */
static lut_status take_back(sweep_coordinator *c, int from, const sweep_message *m,
                            double before, lut_err *err)
{
    const sweep_leases *l = c->plan->leases;

    for (size_t i = 0; i < l->n; i++) {
        const sweep_lease *t = &l->lease[i];

        if (t->state == SWEEP_LEASED && t->rank == from && t->since <= before &&
            !holds(m, i, t->attempt))
            LUT_TRY(lose_trial(c, i, err));
    }
    return LUT_OK;
}

static lut_status hear_beat(sweep_coordinator *c, int from, const sweep_message *m,
                            lut_err *err)
{
    const double now = c->awake, patience = SWEEP_BEATS * c->plan->beat;
    sweep_peer *p = &c->peer[from];

    LUT_TRY(answer(c, from, err));
    /* What is under way explains a short difference; lists that were cut say nothing. */
    if (m->held == c->plan->leases->held[from] || m->held > SWEEP_HOLDINGS) {
        p->apart = 0;
    } else if (p->apart <= 0) {
        p->apart = now;
    } else if (now - p->apart > patience) {
        p->apart = 0;
        LUT_TRY(take_back(c, from, m, c->t->now(c->t) - patience, err));
    }
    return fill_rank(c, from, err);
}

static void note_best(sweep_progress *p, const char *key, double valid_accuracy)
{
    if (isnan(valid_accuracy) || (!isnan(p->best) && valid_accuracy <= p->best))
        return;
    p->best = valid_accuracy;
    snprintf(p->best_key, sizeof p->best_key, "%.16s", key);
}

static lut_status acknowledge(sweep_coordinator *c, int from, const sweep_message *m,
                              lut_err *err)
{
    sweep_message ack = { .number = m->number, .attempt = m->attempt };

    memcpy(ack.key, m->key, sizeof ack.key);
    LUT_TRY(SWEEP_FAULT_CHECK("ack", err));
    return tell(c, from, SWEEP_MSG_ACK, &ack, err);
}

static lut_status count_result(sweep_coordinator *c, const sweep_message *m,
                               sweep_verdict *v, lut_err *err)
{
    if (m->until)
        return sweep_schedule_paused(&c->schedule, v, m->number, m->rung, m->hash,
                                     m->valid_accuracy, m->seconds, err);
    return sweep_schedule_done(&c->schedule, v, m->number, m->hash, m->valid_accuracy,
                               m->seconds, err);
}

static lut_status hear_done(sweep_coordinator *c, int from, const sweep_message *m,
                            lut_err *err)
{
    const size_t ready = c->plan->leases->nheap;
    sweep_verdict v;

    LUT_TRY(count_result(c, m, &v, err));
    if (v == SWEEP_ACCEPTED) {
        c->out.done += !m->until;
        c->progress.here++;
        c->ended = c->t->now(c->t);
        c->worried = false;
        note_best(&c->progress, m->key, m->valid_accuracy);
    }
    if (v == SWEEP_DIFFERENT || m->cause == SWEEP_CONFLICT) {
        c->out.disagreements++;
        lut_log(LUT_ERROR, "trial %.16s ran twice with different results: %s", m->key,
                m->text);
    }
    c->refill |= c->plan->leases->nheap > ready;
    LUT_TRY(acknowledge(c, from, m, err));
    return fill_rank(c, from, err);
}

/* The disk's fault, not the trial's: it waits for the next run. */
static lut_status hear_full_disk(sweep_coordinator *c, const sweep_message *m,
                                 lut_err *err)
{
    char text[SWEEP_TAIL + 32];
    sweep_verdict v;

    LUT_TRY(sweep_schedule_failed(&c->schedule, &v, m->number, m->attempt,
                                  SWEEP_CANCELLED, err));
    snprintf(text, sizeof text, "trial %.16s: %.250s", m->key, m->text);
    return give_up(c, LUT_EIO, text, err);
}

static lut_status hear_fail(sweep_coordinator *c, int from, const sweep_message *m,
                            lut_err *err)
{
    const sweep_cause cause = (sweep_cause)m->cause;
    sweep_verdict v;

    LUT_TRY(acknowledge(c, from, m, err));
    if (cause == SWEEP_ERROR && m->code == LUT_EIO)
        return hear_full_disk(c, m, err);
    LUT_TRY(sweep_schedule_failed(&c->schedule, &v, m->number, m->attempt, cause, err));
    if (cause != SWEEP_CANCELLED && v != SWEEP_REPEATED)
        lut_log(LUT_WARN, "trial %.16s: %s%s%.250s", m->key, sweep_cause_name(cause),
                m->text[0] ? ": " : "", m->text);
    c->refill = true;
    return sweep_decisions_followers(&c->decisions, m->number, err);
}

/* Also those count that were lost with their ranks once too often.  What ended with the training
 * that it shares is no failure more. */
static lut_status count_failures(sweep_coordinator *c, lut_err *err)
{
    c->out.failed = c->plan->leases->failed - c->failed - c->decisions.abandoned;
    if (c->out.failed <= c->plan->max_fails || c->level >= 0)
        return LUT_OK;
    c->out.reason = SWEEP_TOO_MANY;
    return stop_all(c, SWEEP_STOP_DRAIN, err);
}

static lut_status stop_early(sweep_coordinator *c, int level, const char *why,
                             lut_err *err)
{
    static const char *const what[] = {
        [SWEEP_STOP_DRAIN] = "trials that run are finished first; once more to save "
                             "them and stop",
        [SWEEP_STOP_SAVE] = "trials that run save where they are",
        [SWEEP_STOP_KILL] = "now"
    };

    if (level <= c->level)
        return LUT_OK;
    if (c->level < 0)
        c->out.reason = SWEEP_STOPPED;
    lut_log(LUT_WARN, "%s: stopping: %s", why, what[level]);
    return stop_all(c, level, err);
}

static lut_status hear_fatal(sweep_coordinator *c, int from, const sweep_message *m,
                             lut_err *err)
{
    char text[LUT_ERR_TEXT];

    snprintf(text, sizeof text, "rank %d: %.900s", from, m->text);
    return give_up(c, (lut_status)m->code, c->t->size > 1 ? text : m->text, err);
}

static lut_status lose(sweep_coordinator *c, int rank, lut_err *err)
{
    const sweep_leases *l = c->plan->leases;

    for (size_t i = 0; i < l->n && l->held[rank]; i++)
        if (l->lease[i].state == SWEEP_LEASED && l->lease[i].rank == rank)
            LUT_TRY(lose_trial(c, i, err));
    return LUT_OK;
}

static lut_status hear_bye(sweep_coordinator *c, int from, lut_err *err)
{
    if (!c->peer[from].gone) {
        c->gone++;
        c->slots -= c->peer[from].slots;
    }
    c->peer[from].gone = true;
    return lose(c, from, err);
}

static void hear_again(sweep_peer *p, int rank, sweep_coordinator *c)
{
    p->heard = c->awake;
    if (!p->silent)
        return;
    lut_log(LUT_WARN, "rank %d is back", rank);
    p->silent = false;
    c->slots += p->slots;
}

static lut_status hear(sweep_coordinator *c, int from, const sweep_message *m,
                       lut_err *err)
{
    hear_again(&c->peer[from], from, c);
    switch (m->type) {
    case SWEEP_MSG_HELLO:
        return hear_hello(c, from, m, err);
    case SWEEP_MSG_BEAT:
        return hear_beat(c, from, m, err);
    case SWEEP_MSG_DONE:
        return hear_done(c, from, m, err);
    case SWEEP_MSG_FAIL:
        return hear_fail(c, from, m, err);
    case SWEEP_MSG_SIGNAL:
        return stop_early(c, m->level < SWEEP_STOP_KILL ? m->level : SWEEP_STOP_KILL,
                          "signal", err);
    case SWEEP_MSG_FATAL:
        return hear_fatal(c, from, m, err);
    case SWEEP_MSG_BYE:
        return hear_bye(c, from, err);
    default:
        return lut_fail(err, LUT_EFORMAT, "message of type %u from rank %d", m->type,
                        from);
    }
}

static bool names_a_trial(const sweep_message *m)
{
    return m->type == SWEEP_MSG_DONE || m->type == SWEEP_MSG_FAIL;
}

/* What cannot be read is as good as lost: it is said again, or its rank is silent. */
static bool is_sound(sweep_coordinator *c, int from, const sweep_message *m)
{
    lut_err why;

    if (sweep_message_check(m, &why) == LUT_OK && names_a_trial(m) &&
        (m->number >= c->plan->schedule.n ||
         memcmp(m->key, c->plan->key[m->number], SWEEP_KEY) != 0))
        lut_fail(&why, LUT_EFORMAT, "trial number %u of %zu, %.16s", m->number,
                 c->plan->schedule.n, m->key);
    else if (sweep_message_check(m, &why) == LUT_OK)
        return true;
    if (!c->peer[from].garbled)
        lut_log(LUT_ERROR, "rank %d: %s: ignored", from, why.text);
    c->peer[from].garbled = true;
    return false;
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
        if (is_sound(c, from, &m))
            LUT_TRY(hear(c, from, &m, err));
    }
}

/* ---- the clock ---- */

static lut_status find_silent(sweep_coordinator *c, lut_err *err)
{
    for (int r = 0; r < c->t->size; r++) {
        sweep_peer *p = &c->peer[r];

        /* This rank is here: what it says to itself waits behind this very step. */
        if (r == c->t->rank || p->gone || p->silent ||
            c->awake - p->heard <= SWEEP_BEATS * c->plan->beat)
            continue;
        p->silent = true;
        if (p->here)
            c->slots -= p->slots;
        lut_log(LUT_WARN,
                "rank %d has been silent for %.0f s: its %u trials go to others", r,
                c->awake - p->heard, c->plan->leases->held[r]);
        LUT_TRY(lose(c, r, err));
    }
    return LUT_OK;
}

static lut_status look(sweep_coordinator *c, lut_err *err)
{
    const sweep_leases *l = c->plan->leases;
    const double now = c->t->now(c->t);

    if (c->plan->tell && *c->plan->tell) {
        *c->plan->tell = 0;
        sweep_coordinator_tell(c, now);
    }
    if (time_left(c, now) <= 0)
        LUT_TRY(stop_early(c, SWEEP_STOP_SAVE, "time limit", err));
    /* Some wait, none of them for long enough a time. */
    if (c->level < 0 && l->leased == 0 && l->waiting > l->blocked && l->nheap == 0)
        LUT_TRY(stop_early(c, SWEEP_STOP_DRAIN,
                           "no trial that is left can finish within the time limit",
                           err));
    if (now - c->looked < look_every)
        return LUT_OK;
    c->looked = now;
    sweep_coordinator_worry(c, now);
    return find_silent(c, err);
}

/* ---- the whole ---- */

static lut_status release_all(sweep_coordinator *c, lut_err *err)
{
    c->out.together = true;
    for (int r = 0; r < c->t->size; r++) {
        sweep_message m = { .level = c->level };

        c->out.together &= c->peer[r].gone;
        LUT_TRY(tell(c, r, SWEEP_MSG_RELEASE, &m, err));
    }
    c->over = true;
    return LUT_OK;
}

static bool everybody_left(const sweep_coordinator *c)
{
    int left = c->gone;

    if (c->level < 0)
        return false;
    for (int r = 0; left < c->t->size && r < c->t->size; r++)
        left += c->peer[r].silent && !c->peer[r].gone;
    return left == c->t->size;
}

/* Time that this process did not see go by (it was stopped, or its machine slept) is nobody's
 * silence: a step counts for a beat at most. */
static void stay_awake(sweep_coordinator *c)
{
    const double now = c->t->now(c->t), step = now - c->seen;

    c->seen = now;
    c->awake += step < c->plan->beat ? step : c->plan->beat;
}

lut_status sweep_coordinator_step(sweep_coordinator *c, bool *busy, lut_err *err)
{
    const sweep_leases *l = c->plan->leases;

    if (c->over)
        return LUT_OK;
    stay_awake(c);
    if (c->fatal.code != LUT_OK)
        LUT_TRY(stop_all(c, SWEEP_STOP_KILL, err));
    LUT_TRY(hear_all(c, busy, err));
    c->refill |= c->decisions.n > 0; /* others follow what is pruned */
    LUT_TRY(sweep_decisions_carry_out(&c->decisions, c->t, busy, err));
    LUT_TRY(look(c, err));
    LUT_TRY(count_failures(c, err));
    if (c->level < 0 && l->waiting == l->blocked && l->leased == 0 &&
        c->decisions.n == 0) {
        LUT_TRY(sweep_schedule_settle(&c->schedule, err));
        c->refill = true;
        if (l->waiting == l->blocked && c->decisions.n == 0)
            LUT_TRY(stop_all(c, SWEEP_STOP_OVER, err));
    }
    LUT_TRY(fill_all(c, err));
    sweep_coordinator_show(c, c->t->now(c->t));
    if (everybody_left(c))
        return release_all(c, err);
    return LUT_OK;
}

lut_status sweep_coordinator_fail(sweep_coordinator *c, const lut_err *why,
                                  lut_err *err)
{
    return give_up(c, why->code, why->text, err);
}

lut_status sweep_coordinator_init(sweep_coordinator *c, const sweep_plan *plan,
                                  sweep_transport *t, sweep_journal *journal,
                                  lut_err *err)
{
    sweep_schedule_cfg schedule = plan->schedule;
    lut_err why;

    *c = (sweep_coordinator){
        .plan = plan, .t = t, .journal = journal, .level = -1, .begun = t->now(t)
    };
    c->alive = c->shown = c->looked = c->ended = c->seen = c->begun;
    c->progress.total = schedule.n;
    c->failed = plan->leases->failed;
    c->progress.best = plan->best;
    snprintf(c->progress.best_key, sizeof c->progress.best_key, "%s", plan->best_key);
    c->peer = calloc((size_t)t->size, sizeof *c->peer);
    if (!c->peer)
        return lut_fail(err, LUT_ENOMEM, "no memory for %d ranks", t->size);
    schedule.decided = sweep_decisions_take;
    schedule.decided_arg = &c->decisions;
    c->decisions = (sweep_decisions){ .plan = plan, .journal = journal };
    /* The other ranks must hear of it. */
    if (sweep_schedule_init(&c->schedule, &schedule, plan->leases, &why) != LUT_OK)
        lut_fail(&c->fatal, why.code, "%s", why.text);
    for (size_t i = 0; i < schedule.n; i++) /* of trainings that are not tried again */
        LUT_TRY(sweep_decisions_followers(&c->decisions, i, err));
    return LUT_OK;
}

void sweep_coordinator_fini(sweep_coordinator *c)
{
    free(c->peer);
    sweep_decisions_fini(&c->decisions);
    *c = (sweep_coordinator){ 0 };
}
