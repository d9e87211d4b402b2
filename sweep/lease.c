#include "sweep/lease.h"
#include "lib/base/check.h"
#include "lib/base/rng.h"

#include <stdlib.h>
#include <string.h>

/* Attempts of a trial in one run, by the cause that ended them; 0: no limit. */
static const uint32_t attempts_allowed[SWEEP_CAUSES] = {
    [SWEEP_CRASHED] = 2, [SWEEP_TIMEOUT] = 1, [SWEEP_OUT_OF_MEMORY] = 1, [SWEEP_ERROR] = 1,
};

typedef struct ranked {
    double weight;
    size_t i;
} ranked;

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

static int heavier_first(const void *a, const void *b)
{
    const ranked *x = a, *y = b;

    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return x->i < y->i ? -1 : x->i > y->i;
}

static lut_status make_order(sweep_leases *l, const double *cost, sweep_order order,
                             uint64_t seed)
{
    lut_rng rng = lut_rng_make(seed, LUT_RNG_SHUFFLE, 0);
    ranked *r = malloc((l->n + 1) * sizeof *r);

    if (!r)
        return LUT_ENOMEM;
    for (size_t i = 0; i < l->n; i++) {
        r[i] = (ranked){ .i = i };
        if (order == SWEEP_LONGEST)
            r[i].weight = cost[i];
        else if (order == SWEEP_RANDOM)
            r[i].weight = lut_rng_uniform(&rng);
    }
    qsort(r, l->n, sizeof *r, heavier_first);
    for (size_t p = 0; p < l->n; p++) {
        l->order[p] = r[p].i;
        l->lease[r[p].i].place = p;
    }
    free(r);
    return LUT_OK;
}

lut_status sweep_leases_init(sweep_leases *l, const double *cost, size_t n,
                             sweep_order order, uint64_t seed, lut_err *err)
{
    *l = (sweep_leases){ .n = n, .waiting = n };
    l->lease = calloc(n + 1, sizeof *l->lease);
    l->order = calloc(n + 1, sizeof *l->order);
    if (l->lease && l->order && make_order(l, cost, order, seed) == LUT_OK)
        return LUT_OK;
    sweep_leases_fini(l);
    return lut_fail(err, LUT_ENOMEM, "no memory for %zu trials", n);
}

void sweep_leases_fini(sweep_leases *l)
{
    free(l->lease);
    free(l->order);
    *l = (sweep_leases){ 0 };
}

static void move(sweep_leases *l, sweep_lease *t, sweep_lease_state to)
{
    size_t *const count[] = { &l->waiting, &l->leased, &l->done, &l->failed };

    *count[t->state] -= 1;
    *count[to] += 1;
    t->state = to;
    if (to == SWEEP_WAITING && t->place < l->front)
        l->front = t->place;
}

void sweep_leases_restore(sweep_leases *l, size_t i, sweep_lease_state state,
                          sweep_cause cause, uint32_t attempts)
{
    LUT_CHECK(i < l->n && state != SWEEP_LEASED);
    l->lease[i].attempt = attempts;
    l->lease[i].cause = cause;
    move(l, &l->lease[i], state);
}

bool sweep_leases_next(sweep_leases *l, size_t *i, int rank)
{
    sweep_lease *t;

    if (l->waiting == 0)
        return false;
    while (l->lease[l->order[l->front]].state != SWEEP_WAITING)
        l->front++;
    *i = l->order[l->front];
    t = &l->lease[*i];
    t->rank = rank;
    t->attempt++;
    move(l, t, SWEEP_LEASED);
    return true;
}

sweep_verdict sweep_leases_done(sweep_leases *l, size_t i, uint64_t hash)
{
    sweep_lease *t = &l->lease[i];

    LUT_CHECK(i < l->n);
    if (t->state == SWEEP_DONE) {
        if (t->hash && t->hash != hash)
            return SWEEP_DIFFERENT;
        return SWEEP_REPEATED;
    }
    t->hash = hash;
    move(l, t, SWEEP_DONE);
    return SWEEP_ACCEPTED;
}

sweep_verdict sweep_leases_fail(sweep_leases *l, size_t i, uint32_t attempt,
                                sweep_cause cause)
{
    sweep_lease *t = &l->lease[i];
    uint32_t allowed;

    LUT_CHECK(i < l->n && cause > SWEEP_FINE && cause < SWEEP_CAUSES);
    if (t->state != SWEEP_LEASED || t->attempt != attempt)
        return SWEEP_REPEATED;
    allowed = attempts_allowed[cause];
    t->failures[cause]++;
    if (cause != SWEEP_CANCELLED)
        t->cause = cause;
    if (allowed && t->failures[cause] >= allowed) {
        move(l, t, SWEEP_FAILED);
        return SWEEP_ACCEPTED;
    }
    move(l, t, SWEEP_WAITING);
    return SWEEP_RETRIED;
}

size_t sweep_leases_gone(sweep_leases *l, int rank)
{
    size_t n = 0;

    for (size_t i = 0; i < l->n; i++)
        if (l->lease[i].state == SWEEP_LEASED && l->lease[i].rank == rank) {
            sweep_leases_fail(l, i, l->lease[i].attempt, SWEEP_LOST);
            n++;
        }
    return n;
}
