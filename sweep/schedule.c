#include "sweep/schedule.h"
#include "lib/base/check.h"
#include "lib/base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A trial starts when so many times its expected seconds are left (sweeps.md: 1.3 covers the
 * error of the estimate). */
static const double caution = 1.3;

/* A trial for which another one was trained: start of its process, mapping, its record. */
static const double derived_seconds = 0.05;

/* Results between two fits: as many as there were at the last, then some, then a share. */
enum { FIT_EVERY = 32, FIT_SHARE = 4 };

bool sweep_order_find(sweep_order *order, const char *name)
{
    static const char *const names[] = { "longest", "config", "random" };

    for (unsigned i = 0; i < LUT_COUNT(names); i++)
        if (!strcmp(names[i], name)) {
            *order = (sweep_order)i;
            return true;
        }
    return false;
}

/* ---- rungs ---- */

static bool is_ranked(const sweep_schedule *s, size_t i)
{
    return s->cfg.strategy && (!s->cfg.ranked || i < s->cfg.ranked);
}

/* Whether a result is there to derive it from, or will be. */
static bool is_derived(const sweep_schedule *s, size_t i)
{
    return (s->cfg.derived && s->cfg.derived[i]) ||
           (s->cfg.known && s->cfg.known[i].trained);
}

static size_t rungs_of(const sweep_schedule *s, uint32_t rung[SWEEP_RUNGS], size_t i)
{
    return is_ranked(s, i) ? sweep_strategy_rungs(s->cfg.strategy, rung, i) : 0;
}

uint32_t sweep_schedule_until(const sweep_schedule *s, size_t i)
{
    uint32_t rung[SWEEP_RUNGS];
    const uint32_t passed = s->l->lease[i].rung;

    if (is_derived(s, i))
        return 0;
    return passed < rungs_of(s, rung, i) ? rung[passed] : 0;
}

/* Share of the whole trial that lies between the last rung it passed and the next one. */
static double share(const sweep_schedule *s, size_t i, uint32_t passed)
{
    uint32_t rung[SWEEP_RUNGS];
    const size_t n = rungs_of(s, rung, i);
    double from, to;

    if (n == 0)
        return 1;
    from = passed ? rung[passed - 1] : 0;
    to = passed < n ? rung[passed] : s->cfg.epochs[i];
    return (to - from) / s->cfg.epochs[i];
}

/* ---- order ---- */

static double expected(const sweep_schedule *s, size_t i, uint32_t passed)
{
    if (is_derived(s, i))
        return derived_seconds;
    return sweep_cost_seconds(&s->cost, s->cfg.group ? s->cfg.group[i] : 0,
                              s->cfg.cost[i] * share(s, i, passed));
}

static double weight(const sweep_schedule *s, size_t i)
{
    lut_rng rng;

    if (s->cfg.order == SWEEP_LONGEST)
        return s->l->lease[i].seconds;
    if (s->cfg.order == SWEEP_CONFIG)
        return 0;
    rng = lut_rng_make(1, LUT_RNG_SHUFFLE, i);
    return lut_rng_uniform(&rng);
}

/* As it will be with so many rungs passed. */
static void weigh_one(sweep_schedule *s, size_t i, uint32_t passed)
{
    sweep_lease *t = &s->l->lease[i];

    t->seconds = expected(s, i, passed);
    t->carried = caution * t->seconds > s->cfg.job_seconds;
    t->weight = weight(s, i);
}

static void weigh(sweep_schedule *s)
{
    for (size_t i = 0; i < s->cfg.n; i++)
        weigh_one(s, i, s->l->lease[i].rung);
    sweep_leases_sort(s->l);
    s->sorted_at = s->learnt;
}

/* One of each stratum, the cheapest, where none of it has ended yet. */
static lut_status choose_first(sweep_schedule *s, lut_err *err)
{
    enum { STRATA = UINT16_MAX + 1 };
    size_t *best;

    if (!s->cfg.stratum || s->cfg.order != SWEEP_LONGEST)
        return LUT_OK;
    best = malloc(STRATA * sizeof *best);
    if (!best)
        return lut_fail(err, LUT_ENOMEM, "no memory for the order of trials");
    memset(best, 0xff, STRATA * sizeof *best);
    for (size_t i = 0; i < s->cfg.n; i++) {
        size_t *b = &best[s->cfg.stratum[i]];
        bool done = s->l->lease[i].state != SWEEP_WAITING;

        if (is_derived(s, i))
            continue;
        if (*b == SIZE_MAX || (s->l->lease[*b].state == SWEEP_WAITING &&
                               (done || s->cfg.cost[i] < s->cfg.cost[*b])))
            *b = i;
    }
    for (size_t k = 0; k < STRATA; k++)
        if (best[k] != SIZE_MAX)
            s->l->lease[best[k]].first = true;
    free(best);
    return LUT_OK;
}

static void learn(sweep_schedule *s, size_t i, double part, double seconds)
{
    if (!(seconds > 0) || is_derived(s, i))
        return;
    sweep_cost_learn(&s->cost, s->cfg.group ? s->cfg.group[i] : 0,
                     s->cfg.cost[i] * part, seconds);
    s->learnt++;
}

static void refit(sweep_schedule *s)
{
    const size_t news = s->learnt - s->sorted_at;
    const size_t few = s->sorted_at < FIT_EVERY ? s->sorted_at : FIT_EVERY;

    if (news > 0 && news >= few && news >= s->learnt / FIT_SHARE)
        weigh(s);
}

/* ---- decisions ---- */

static void tell_rest(sweep_schedule *s, size_t i, double valid_accuracy)
{
    uint32_t rung[SWEEP_RUNGS];
    const size_t n = is_derived(s, i) ? 0 : rungs_of(s, rung, i);

    for (size_t r = s->l->lease[i].rung; r < n; r++)
        sweep_strategy_tell(s->cfg.strategy, i, r, valid_accuracy);
}

/* What an earlier run has of the trial reaches its rung: it stands there already. */
static void arrive(sweep_schedule *s, size_t i)
{
    const sweep_known *k = s->cfg.known ? &s->cfg.known[i] : NULL;
    const uint32_t until = sweep_schedule_until(s, i), rung = s->l->lease[i].rung;

    if (!k || !until || k->final || k->trained || k->epochs < until ||
        s->l->lease[i].state != SWEEP_WAITING)
        return;
    sweep_leases_pause(s->l, i, rung, 0);
    sweep_strategy_tell(s->cfg.strategy, i, rung, k->best[rung]);
}

static lut_status apply(sweep_schedule *s, const sweep_decision *d, lut_err *err)
{
    const sweep_lease *t = &s->l->lease[d->i];

    /* Of what ended by itself meanwhile nothing is to be decided. */
    if (t->state != SWEEP_PAUSED || t->rung != d->rung)
        return LUT_OK;
    if (s->cfg.decided)
        LUT_TRY(s->cfg.decided(s->cfg.decided_arg, d, err));
    if (d->prune) {
        sweep_leases_prune(s->l, d->i);
        s->pruned++;
        return LUT_OK; /* those that follow it need its record first */
    }
    weigh_one(s, d->i, t->rung + 1); /* first, so that it finds its place */
    sweep_leases_promote(s->l, d->i);
    arrive(s, d->i);
    return LUT_OK;
}

static lut_status decide(sweep_schedule *s, lut_err *err)
{
    sweep_decision d;

    while (s->cfg.strategy && sweep_strategy_decide(s->cfg.strategy, &d))
        LUT_TRY(apply(s, &d, err));
    return LUT_OK;
}

/* A row that is final says how it did at the rungs that it passed. */
static void tell_final(sweep_schedule *s, size_t i)
{
    const sweep_known *k = &s->cfg.known[i];
    uint32_t rung[SWEEP_RUNGS];
    const size_t n = rungs_of(s, rung, i);

    /* What was pruned stays so, even where it would go on among today's trials: nobody may
     * wait for it further up. */
    for (size_t r = 0; r < n; r++)
        sweep_strategy_tell(s->cfg.strategy, i, r,
                            k->pruned && rung[r] > k->epochs ? (double)NAN
                                                             : k->best[r]);
}

static lut_status take_up(sweep_schedule *s, lut_err *err)
{
    const sweep_known *known = s->cfg.known;

    for (size_t i = 0; known && i < s->cfg.n; i++)
        if (known[i].final)
            learn(s, i, 1, known[i].pruned ? (double)NAN : known[i].seconds);
    if (!s->cfg.strategy)
        return LUT_OK;
    /* What follows from scores alone is decided anew, also where eta was another. */
    for (size_t i = 0; known && i < s->cfg.n && is_ranked(s, i); i++)
        if (!sweep_strategy_ordered(s->cfg.strategy))
            sweep_strategy_restore(s->cfg.strategy, i, known[i].promoted);
    for (size_t i = 0; i < s->cfg.n && is_ranked(s, i); i++) {
        if (known && (known[i].final || known[i].trained))
            tell_final(s, i);
        else if (s->l->lease[i].state == SWEEP_FAILED)
            tell_rest(s, i, (double)NAN);
        else
            arrive(s, i);
    }
    return decide(s, err);
}

lut_status sweep_schedule_init(sweep_schedule *s, const sweep_schedule_cfg *cfg,
                               sweep_leases *l, lut_err *err)
{
    *s = (sweep_schedule){ .cfg = *cfg, .l = l };
    LUT_TRY(take_up(s, err));
    weigh(s);
    LUT_TRY(choose_first(s, err));
    sweep_leases_sort(l);
    return LUT_OK;
}

/* ---- events ---- */

bool sweep_schedule_next(sweep_schedule *s, size_t *i, int rank, double now,
                         double left)
{
    /* Before the first result an estimate says which of two is longer, not how long. */
    const double most = s->learnt ? left / caution : (double)INFINITY;

    return sweep_leases_next(s->l, i, rank, now, most);
}

lut_status sweep_schedule_done(sweep_schedule *s, sweep_verdict *v, size_t i,
                               uint64_t hash, double valid_accuracy, double seconds,
                               lut_err *err)
{
    const double part = share(s, i, s->l->lease[i].rung);

    *v = sweep_leases_done(s->l, i, hash);
    if (*v != SWEEP_ACCEPTED)
        return LUT_OK;
    learn(s, i, part, seconds);
    tell_rest(s, i, valid_accuracy);
    LUT_TRY(decide(s, err));
    refit(s);
    return LUT_OK;
}

lut_status sweep_schedule_paused(sweep_schedule *s, sweep_verdict *v, size_t i,
                                 uint32_t rung, uint64_t hash, double valid_accuracy,
                                 double seconds, lut_err *err)
{
    const double part = share(s, i, s->l->lease[i].rung);

    *v = sweep_leases_pause(s->l, i, rung, hash);
    if (*v != SWEEP_ACCEPTED)
        return LUT_OK;
    LUT_CHECK(s->cfg.strategy);
    learn(s, i, part, seconds);
    sweep_strategy_tell(s->cfg.strategy, i, rung, valid_accuracy);
    LUT_TRY(decide(s, err));
    refit(s);
    return LUT_OK;
}

lut_status sweep_schedule_failed(sweep_schedule *s, sweep_verdict *v, size_t i,
                                 uint32_t attempt, sweep_cause cause, lut_err *err)
{
    *v = sweep_leases_fail(s->l, i, attempt, cause);
    if (*v != SWEEP_ACCEPTED)
        return LUT_OK;
    tell_rest(s, i, (double)NAN);
    return decide(s, err);
}

lut_status sweep_schedule_settle(sweep_schedule *s, lut_err *err)
{
    if (!s->cfg.strategy || s->closed)
        return LUT_OK;
    s->closed = true;
    sweep_strategy_close(s->cfg.strategy);
    return decide(s, err);
}

bool sweep_schedule_left(const sweep_schedule *s, double *seconds, double *uncertainty)
{
    const double spread = sweep_cost_spread(&s->cost);
    const double work = (double)(s->l->waiting + s->l->leased);

    if (s->learnt < 3 || work < 1)
        return false;
    *seconds = s->l->seconds;
    *uncertainty = spread * sqrt(1 / work + 1 / (double)s->learnt);
    return true;
}
