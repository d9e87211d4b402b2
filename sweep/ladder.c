#include "sweep/ladder.h"
#include "lib/base/check.h"

#include <math.h>
#include <stdlib.h>

/* Of a member at a rung. */
enum {
    TOLD = 1,
    BEST = 2,  /* in the left heap */
    FRESH = 4, /* in the list of fresh ones */
    PRUNED = 8
};

static size_t at(const sweep_ladder *l, uint32_t rung, uint32_t i)
{
    return (size_t)rung * l->n + i;
}

/* ---- two heaps in one row ---- */

typedef struct heap {
    const double *score;
    uint32_t *item;
    ptrdiff_t step; /* 1 or -1: which way it grows */
    bool worst_first;
} heap;

static heap best_of(const sweep_ladder *l, uint32_t rung)
{
    return (heap){ &l->score[at(l, rung, 0)], &l->heap[at(l, rung, 0)], 1, true };
}

static heap rest_of(const sweep_ladder *l, uint32_t rung)
{
    return (heap){ &l->score[at(l, rung, 0)], &l->heap[at(l, rung, l->n - 1)], -1,
                   false };
}

static uint32_t *item(const heap *h, uint32_t place)
{
    return &h->item[h->step * (ptrdiff_t)place];
}

static bool is_better(const double *score, uint32_t a, uint32_t b)
{
    return score[a] > score[b] || (score[a] == score[b] && a < b);
}

/* Belongs a above b? */
static bool is_above(const heap *h, uint32_t a, uint32_t b)
{
    return a != b && is_better(h->score, a, b) != h->worst_first;
}

static void push(const heap *h, uint32_t *n, uint32_t i)
{
    uint32_t place = (*n)++;

    while (place > 0 && is_above(h, i, *item(h, (place - 1) / 2))) {
        *item(h, place) = *item(h, (place - 1) / 2);
        place = (place - 1) / 2;
    }
    *item(h, place) = i;
}

static uint32_t pop(const heap *h, uint32_t *n)
{
    const uint32_t first = *item(h, 0), last = *item(h, --*n);
    uint32_t place = 0, child;

    while ((child = 2 * place + 1) < *n) {
        if (child + 1 < *n && is_above(h, *item(h, child + 1), *item(h, child)))
            child++;
        if (!is_above(h, *item(h, child), last))
            break;
        *item(h, place) = *item(h, child);
        place = child;
    }
    *item(h, place) = last;
    return first;
}

/* ---- arrivals ---- */

static void decide(sweep_ladder *l, uint32_t rung, uint32_t i, bool prune)
{
    l->queue[l->last++] = (sweep_step){ i, (uint8_t)rung, prune };
}

static void raise_best(sweep_ladder *l, uint32_t rung)
{
    sweep_rung *r = &l->rung[rung];
    const heap best = best_of(l, rung), rest = rest_of(l, rung);
    const uint32_t i = pop(&rest, &r->rest);
    uint8_t *flags = &l->flags[at(l, rung, i)];

    push(&best, &r->top, i);
    if (!(*flags & FRESH))
        l->fresh[at(l, rung, r->fresh++)] = i;
    *flags |= BEST | FRESH;
}

static void lower_worst(sweep_ladder *l, uint32_t rung)
{
    sweep_rung *r = &l->rung[rung];
    const heap best = best_of(l, rung), rest = rest_of(l, rung);
    const uint32_t i = pop(&best, &r->top);

    push(&rest, &r->rest, i);
    l->flags[at(l, rung, i)] &= (uint8_t)~BEST;
}

static bool is_out_of_order(const sweep_ladder *l, uint32_t rung)
{
    const sweep_rung *r = &l->rung[rung];
    const heap best = best_of(l, rung), rest = rest_of(l, rung);

    return r->top && r->rest && is_better(best.score, *item(&rest, 0), *item(&best, 0));
}

/* A member that may be at the rung, and has been told there. */
static void arrive(sweep_ladder *l, uint32_t rung, uint32_t i)
{
    sweep_rung *r = &l->rung[rung];
    const heap rest = rest_of(l, rung);

    r->told++;
    if (!isnan(l->score[at(l, rung, i)]))
        push(&rest, &r->rest, i);
    if (is_out_of_order(l, rung)) {
        lower_worst(l, rung);
        raise_best(l, rung);
    }
    if (r->top < r->told / l->eta && r->rest)
        raise_best(l, rung);
    if (l->level[i] > rung) /* restored: decided long ago */
        decide(l, rung, i, false);
}

void sweep_ladder_tell(sweep_ladder *l, uint32_t i, uint32_t rung, double score)
{
    const size_t here = at(l, rung, i);

    LUT_CHECK(i < l->n && rung < l->rungs);
    if (l->flags[here] & TOLD)
        return;
    l->flags[here] |= TOLD;
    l->score[here] = score;
    if (l->level[i] >= rung)
        arrive(l, rung, i);
}

void sweep_ladder_restore(sweep_ladder *l, uint32_t i, uint32_t rungs)
{
    LUT_CHECK(i < l->n && rungs <= l->rungs);
    while (l->level[i] < rungs)
        if (++l->level[i] < l->rungs)
            l->rung[l->level[i]].due++;
}

/* ---- decisions ---- */

static void let_up(sweep_ladder *l, uint32_t rung, uint32_t i)
{
    decide(l, rung, i, false);
    l->level[i] = (uint8_t)(rung + 1);
    if (rung + 1 == l->rungs)
        return;
    l->rung[rung + 1].due++;
    if (l->flags[at(l, rung + 1, i)] & TOLD)
        arrive(l, rung + 1, i);
}

static void let_fresh_up(sweep_ladder *l, uint32_t rung)
{
    sweep_rung *r = &l->rung[rung];

    for (uint32_t k = 0; k < r->fresh; k++) {
        const uint32_t i = l->fresh[at(l, rung, k)];

        uint8_t *flags = &l->flags[at(l, rung, i)];

        *flags &= (uint8_t)~FRESH;
        if (l->level[i] == rung && (*flags & (BEST | PRUNED)) == BEST)
            let_up(l, rung, i);
    }
    r->fresh = 0;
}

static void prune(sweep_ladder *l, uint32_t rung, uint32_t i)
{
    uint8_t *flags = &l->flags[at(l, rung, i)];

    if (l->level[i] != rung || (*flags & PRUNED))
        return;
    *flags |= PRUNED;
    decide(l, rung, i, true);
}

static bool is_complete(const sweep_ladder *l, uint32_t rung)
{
    return (rung == 0 || l->rung[rung - 1].complete) &&
           l->rung[rung].told == l->rung[rung].due;
}

static void settle(sweep_ladder *l, uint32_t rung)
{
    sweep_rung *r = &l->rung[rung];
    const heap rest = rest_of(l, rung);
    const bool complete = is_complete(l, rung);

    if (r->complete || !(complete || l->eager))
        return;
    if (complete && r->top == 0 && r->rest)
        raise_best(l, rung);
    let_fresh_up(l, rung);
    for (uint32_t k = 0; complete && k < r->rest; k++)
        prune(l, rung, *item(&rest, k));
    r->complete = complete;
}

bool sweep_ladder_decide(sweep_ladder *l, sweep_decision *d)
{
    sweep_step s;

    /* Upwards: who goes on may have been told further up already. */
    for (uint32_t r = 0; r < l->rungs && l->first == l->last; r++)
        settle(l, r);
    if (l->first == l->last)
        return false;
    s = l->queue[l->first++];
    *d = (sweep_decision){ .i = s.i, .rung = s.rung, .prune = s.prune };
    return true;
}

void sweep_ladder_close(sweep_ladder *l)
{
    for (uint32_t i = 0; i < l->n; i++) {
        const uint32_t rung = l->level[i];

        if (rung < l->rungs && (l->flags[at(l, rung, i)] & TOLD) &&
            !isnan(l->score[at(l, rung, i)]))
            prune(l, rung, i);
    }
}

/* ---- memory ---- */

lut_status sweep_ladder_init(sweep_ladder *l, uint32_t n, uint32_t rungs, uint32_t eta,
                             bool eager, lut_err *err)
{
    const size_t cells = (size_t)n * rungs + 1;

    LUT_CHECK(rungs >= 1 && rungs <= SWEEP_RUNGS && eta >= 2);
    *l = (sweep_ladder){ .n = n, .rungs = rungs, .eta = eta, .eager = eager };
    l->rung[0].due = n;
    l->score = calloc(cells, sizeof *l->score);
    l->flags = calloc(cells, sizeof *l->flags);
    l->level = calloc((size_t)n + 1, sizeof *l->level);
    l->heap = calloc(cells, sizeof *l->heap);
    l->fresh = calloc(cells, sizeof *l->fresh);
    l->queue = calloc(cells, sizeof *l->queue);
    if (l->score && l->flags && l->level && l->heap && l->fresh && l->queue)
        return LUT_OK;
    sweep_ladder_fini(l);
    return lut_fail(err, LUT_ENOMEM, "no memory for %u trials on %u rungs", n, rungs);
}

void sweep_ladder_fini(sweep_ladder *l)
{
    free(l->score);
    free(l->flags);
    free(l->level);
    free(l->heap);
    free(l->fresh);
    free(l->queue);
    *l = (sweep_ladder){ 0 };
}
