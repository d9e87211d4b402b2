#include "sweep/strategy.h"
#include "lib/base/check.h"
#include "lib/base/rng.h"
#include "sweep/ladder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What tells strategies apart. */
typedef struct traits {
    const char *name;
    bool climbs;   /* has rungs */
    bool brackets; /* trials start at different ones */
    bool eager;    /* decides before a rung is complete */
} traits;

static const traits list[] = {
    { "grid", false, false, false },
    { "halving", true, false, false },
    { "hyperband", true, true, false },
    { "asha", true, false, true },
};

typedef struct place {
    uint32_t ladder, member;
    uint32_t epochs;
    uint8_t rungs; /* 0: in no ladder */
} place;

struct sweep_strategy {
    const traits *traits;
    uint32_t eta, min_epochs;
    double luts_weight;
    size_t n, nladders;
    place *place;         /* [n] */
    double *handicap;     /* [n] percentage points; NULL: none */
    uint32_t *trial;      /* [n] by ladder, then member */
    sweep_ladder *ladder; /* [nladders] */
    size_t *first;        /* [nladders] of its trials in `trial` */
    size_t next;          /* ladder that is asked first */
};

/* ---- rungs ---- */

/* ceil(epochs / eta^k), 0 where that is no rung. */
static uint32_t rung_epochs(const sweep_strategy *s, uint32_t epochs, unsigned k)
{
    uint64_t power = 1, e;

    while (k-- > 0 && power <= epochs)
        power *= s->eta;
    e = (epochs + power - 1) / power;
    return e >= s->min_epochs && e < epochs ? (uint32_t)e : 0;
}

static uint8_t most_rungs(const sweep_strategy *s, uint32_t epochs)
{
    uint8_t n = 0;
    uint32_t above = epochs, e;

    /* Rounded up, two rungs may be one: 2 / 2 and 2 / 4. */
    while (n < SWEEP_RUNGS && (e = rung_epochs(s, epochs, n + 1u)) > 0 && e < above) {
        above = e;
        n++;
    }
    return n;
}

/* ceil((s_max + 1) / (s + 1) * eta^s): trials of a bracket. */
static double bracket_size(unsigned s, unsigned s_max, uint32_t eta)
{
    return ceil((s_max + 1) * pow(eta, s) / (s + 1));
}

static uint8_t draw_bracket(const char *key, uint64_t seed, uint8_t s_max, uint32_t eta)
{
    lut_rng rng = lut_rng_make(seed, LUT_RNG_SHUFFLE, strtoull(key, NULL, 16));
    double left = 0;
    uint8_t s = s_max;

    for (unsigned k = 0; k <= s_max; k++)
        left += bracket_size(k, s_max, eta);
    left *= lut_rng_uniform(&rng);
    while (s > 0 && (left -= bracket_size(s, s_max, eta)) >= 0)
        s--;
    return s;
}

size_t sweep_strategy_rungs(const sweep_strategy *s, uint32_t rung[SWEEP_RUNGS],
                            size_t i)
{
    const place *p = &s->place[i];

    LUT_CHECK(i < s->n);
    for (unsigned k = 0; k < p->rungs; k++)
        rung[k] = rung_epochs(s, p->epochs, p->rungs - k);
    return p->rungs;
}

/* ---- making one ---- */

static void place_all(sweep_strategy *s, const sweep_strategy_cfg *cfg)
{
    for (size_t i = 0; i < s->n; i++) {
        place *p = &s->place[i];

        p->epochs = cfg->epochs[i];
        if (s->traits->climbs)
            p->rungs = most_rungs(s, p->epochs);
        if (s->traits->brackets)
            p->rungs = draw_bracket(cfg->key[i], cfg->seed, p->rungs, s->eta);
        s->trial[i] = (uint32_t)i;
    }
}

/* Those without rungs last; by number within a ladder, as ties are decided. */
static int by_ladder(const void *a, const void *b, void *strategy)
{
    const sweep_strategy *s = strategy;
    const uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    const place *p = &s->place[i], *q = &s->place[j];

    if (p->rungs != q->rungs)
        return p->rungs > q->rungs ? -1 : 1;
    if (p->epochs != q->epochs)
        return p->epochs > q->epochs ? -1 : 1;
    return i < j ? -1 : i > j;
}

static bool is_same_ladder(const sweep_strategy *s, size_t k, size_t m)
{
    const place *p = &s->place[s->trial[k]], *q = &s->place[s->trial[m]];

    return p->rungs == q->rungs && p->epochs == q->epochs;
}

/* Trials first .. last - 1 of the order are a ladder. */
static lut_status add_ladder(sweep_strategy *s, size_t first, size_t last, lut_err *err)
{
    const size_t number = s->nladders;

    for (size_t k = first; k < last; k++) {
        s->place[s->trial[k]].ladder = (uint32_t)number;
        s->place[s->trial[k]].member = (uint32_t)(k - first);
    }
    s->first[number] = first;
    LUT_TRY(sweep_ladder_init(&s->ladder[number], (uint32_t)(last - first),
                              s->place[s->trial[first]].rungs, s->eta, s->traits->eager,
                              err));
    s->nladders++;
    return LUT_OK;
}

static size_t count_ladders(const sweep_strategy *s)
{
    size_t count = 0;

    for (size_t k = 0; k < s->n; k++)
        count += k == 0 || !is_same_ladder(s, k - 1, k);
    return count;
}

static lut_status make_ladders(sweep_strategy *s, lut_err *err)
{
    size_t count;

    qsort_r(s->trial, s->n, sizeof *s->trial, by_ladder, s);
    count = count_ladders(s) + 1;
    s->ladder = calloc(count, sizeof *s->ladder);
    s->first = calloc(count, sizeof *s->first);
    if (!s->ladder || !s->first)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu trials", s->n);
    for (size_t k = 0, last; k < s->n && s->place[s->trial[k]].rungs; k = last) {
        for (last = k + 1; last < s->n && is_same_ladder(s, k, last);)
            last++;
        LUT_TRY(add_ladder(s, k, last, err));
    }
    return LUT_OK;
}

static lut_status fill(sweep_strategy *s, const sweep_strategy_cfg *cfg, lut_err *err)
{
    const bool weighs = cfg->luts_weight > 0 && cfg->luts;

    s->place = calloc(s->n + 1, sizeof *s->place);
    s->trial = calloc(s->n + 1, sizeof *s->trial);
    s->handicap = weighs ? calloc(s->n + 1, sizeof *s->handicap) : NULL;
    if (!s->place || !s->trial || (weighs && !s->handicap))
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu trials", s->n);
    for (size_t i = 0; weighs && i < s->n; i++)
        s->handicap[i] = cfg->luts_weight * log10(cfg->luts[i]);
    place_all(s, cfg);
    return make_ladders(s, err);
}

static const traits *find(const char *name)
{
    for (size_t i = 0; i < LUT_COUNT(list); i++)
        if (strcmp(list[i].name, name) == 0)
            return &list[i];
    return NULL;
}

lut_status sweep_strategy_create(sweep_strategy **s, const sweep_strategy_cfg *cfg,
                                 lut_err *err)
{
    const traits *t = find(cfg->name);
    lut_status st;

    *s = NULL;
    if (!t)
        return lut_fail(err, LUT_ENOENT,
                        "\"%s\": no such strategy (grid, halving, hyperband, asha)",
                        cfg->name);
    LUT_CHECK(cfg->eta >= 2 && cfg->min_epochs >= 1 && cfg->n < UINT32_MAX);
    *s = calloc(1, sizeof **s);
    if (!*s)
        return lut_fail(err, LUT_ENOMEM, "no memory for a strategy");
    **s = (sweep_strategy){
        .traits = t, .eta = cfg->eta, .min_epochs = cfg->min_epochs, .n = cfg->n
    };
    st = fill(*s, cfg, err);
    if (st != LUT_OK) {
        sweep_strategy_destroy(*s);
        *s = NULL;
    }
    return st;
}

void sweep_strategy_destroy(sweep_strategy *s)
{
    if (!s)
        return;
    for (size_t k = 0; k < s->nladders; k++)
        sweep_ladder_fini(&s->ladder[k]);
    free(s->place);
    free(s->handicap);
    free(s->trial);
    free(s->ladder);
    free(s->first);
    free(s);
}

/* ---- scores and decisions ---- */

bool sweep_strategy_ordered(const sweep_strategy *s)
{
    return !s->traits->eager;
}

void sweep_strategy_restore(sweep_strategy *s, size_t i, size_t rungs)
{
    const place *p = &s->place[i];

    LUT_CHECK(i < s->n && rungs <= p->rungs);
    if (s->traits->eager && p->rungs)
        sweep_ladder_restore(&s->ladder[p->ladder], p->member, (uint32_t)rungs);
}

void sweep_strategy_tell(sweep_strategy *s, size_t i, size_t rung,
                         double valid_accuracy)
{
    const place *p = &s->place[i];
    const double handicap = s->handicap ? s->handicap[i] : 0;

    LUT_CHECK(i < s->n && rung < p->rungs);
    sweep_ladder_tell(&s->ladder[p->ladder], p->member, (uint32_t)rung,
                      valid_accuracy - handicap);
}

void sweep_strategy_close(sweep_strategy *s)
{
    for (size_t k = 0; k < s->nladders; k++)
        sweep_ladder_close(&s->ladder[k]);
}

bool sweep_strategy_decide(sweep_strategy *s, sweep_decision *d)
{
    for (size_t tried = 0; tried < s->nladders; tried++) {
        if (sweep_ladder_decide(&s->ladder[s->next], d)) {
            d->i = s->trial[s->first[s->next] + d->i];
            return true;
        }
        s->next = (s->next + 1) % s->nladders;
    }
    return false;
}
