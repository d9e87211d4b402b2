#include "sweep/decisions.h"
#include "lib/base/log.h"

#include <stdio.h>
#include <stdlib.h>

static lut_status write_down(const sweep_decisions *s, const sweep_decision *d,
                             lut_err *err)
{
    const sweep_schedule_cfg *cfg = &s->plan->schedule;
    uint32_t rung[SWEEP_RUNGS];
    sweep_fields f = { 0 };

    /* An earlier run has written it. */
    if (!s->journal || (cfg->known && !d->prune && cfg->known[d->i].promoted > d->rung))
        return LUT_OK;
    sweep_strategy_rungs(cfg->strategy, rung, d->i);
    sweep_fields_number(&f, "rung", (double)d->rung);
    sweep_fields_number(&f, "epoch", rung[d->rung]);
    LUT_TRY(sweep_journal_add(s->journal, d->prune ? "PRUNE" : "PROMOTE",
                              s->plan->key[d->i], 0, &f, err));
    if (sweep_strategy_ordered(cfg->strategy))
        return LUT_OK;
    return sweep_journal_sync(s->journal, err);
}

static lut_status spare(sweep_decisions *s, size_t i, lut_err *err)
{
    if (s->n == s->room) {
        const size_t room = s->room ? 2 * s->room : 64;
        size_t *more = realloc(s->spared, room * sizeof *more);

        if (!more)
            return lut_fail(err, LUT_ENOMEM, "no memory for %zu trials", room);
        s->spared = more;
        s->room = room;
    }
    s->spared[s->n++] = i;
    return LUT_OK;
}

lut_status sweep_decisions_take(void *arg, const sweep_decision *d, lut_err *err)
{
    sweep_decisions *s = arg;

    LUT_TRY(write_down(s, d, err));
    if (!d->prune)
        return LUT_OK;
    if (s->plan->prune)
        return spare(s, d->i, err);
    sweep_leases_release(s->plan->leases, d->i);
    return LUT_OK;
}

lut_status sweep_decisions_failure(const sweep_decisions *s, size_t i,
                                   sweep_cause cause, const char *why, lut_err *err)
{
    const sweep_plan *p = s->plan;
    char digest[SWEEP_DIGEST], *text;
    sweep_fields f = { 0 };
    sweep_trial trial;

    if (!s->journal)
        return LUT_OK;
    LUT_TRY(p->trial(p->trial_arg, &trial, digest, i, err));
    text = sweep_trial_text(&trial);
    sweep_fields_text(&f, "cause", sweep_cause_name(cause));
    sweep_fields_text(&f, "log", why);
    sweep_fields_text(&f, "trial", text ? text : "");
    free(text);
    LUT_TRY(sweep_journal_add(s->journal, "FAIL", p->key[i],
                              p->leases->lease[i].attempt, &f, err));
    return sweep_journal_sync(s->journal, err);
}

lut_status sweep_decisions_followers(sweep_decisions *s, size_t of, lut_err *err)
{
    sweep_leases *l = s->plan->leases;
    char why[80];
    size_t i;

    snprintf(why, sizeof why, "the training that it shares failed: trial %.16s",
             s->plan->key[of]);
    while (l->lease[of].state == SWEEP_FAILED && sweep_leases_abandon(l, &i, of)) {
        s->abandoned++;
        LUT_TRY(sweep_decisions_failure(s, i, l->lease[i].cause, why, err));
    }
    return LUT_OK;
}

static lut_status prune(sweep_decisions *s, size_t i, lut_err *err)
{
    const char *key = s->plan->key[i];
    lut_status st = s->plan->prune(s->plan->prune_arg, key, err);

    if (st == LUT_OK) /* its final record is there to derive others from */
        sweep_leases_release(s->plan->leases, i);
    if (st != LUT_ENOENT)
        return st;
    lut_log(LUT_WARN,
            "trial %s: its record at the rung is gone: the next run trains it again",
            key);
    sweep_leases_spoil(s->plan->leases, i);
    return sweep_decisions_followers(s, i, err);
}

lut_status sweep_decisions_carry_out(sweep_decisions *s, sweep_transport *t, bool *busy,
                                     lut_err *err)
{
    const double moment = 0.02, begun = t->now(t); /* seconds */

    while (s->n && t->now(t) - begun < moment) {
        *busy = true;
        LUT_TRY(prune(s, s->spared[--s->n], err));
    }
    return LUT_OK;
}

void sweep_decisions_fini(sweep_decisions *s)
{
    free(s->spared);
    *s = (sweep_decisions){ 0 };
}
