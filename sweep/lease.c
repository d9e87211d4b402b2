#include "sweep/lease.h"
#include "lib/base/check.h"

#include <stdlib.h>
#include <string.h>

/* Attempts of a trial in one run, by the cause that ended them; 0: no limit. */
static const uint32_t attempts_allowed[SWEEP_CAUSES] = {
    [SWEEP_CRASHED] = 2, [SWEEP_TIMEOUT] = 1, [SWEEP_OUT_OF_MEMORY] = 1,
    [SWEEP_LOST] = 5,    [SWEEP_ERROR] = 1,   [SWEEP_CONFLICT] = 1,
};

/* ---- the heap ---- */

static bool before(const sweep_leases *l, size_t a, size_t b)
{
    const sweep_lease *x = &l->lease[a], *y = &l->lease[b];

    if (x->first != y->first)
        return x->first;
    if (x->weight != y->weight)
        return x->weight > y->weight;
    return a < b;
}

static void put(sweep_leases *l, size_t place, size_t i)
{
    l->heap[place] = i;
    l->lease[i].at = place;
}

static void rise(sweep_leases *l, size_t place)
{
    const size_t i = l->heap[place];

    while (place > 0 && before(l, i, l->heap[(place - 1) / 2])) {
        put(l, place, l->heap[(place - 1) / 2]);
        place = (place - 1) / 2;
    }
    put(l, place, i);
}

static void sink(sweep_leases *l, size_t place)
{
    const size_t i = l->heap[place];

    for (;;) {
        size_t child = 2 * place + 1;

        if (child + 1 < l->nheap && before(l, l->heap[child + 1], l->heap[child]))
            child++;
        if (child >= l->nheap || !before(l, l->heap[child], i))
            break;
        put(l, place, l->heap[child]);
        place = child;
    }
    put(l, place, i);
}

static void push(sweep_leases *l, size_t i)
{
    put(l, l->nheap++, i);
    rise(l, l->nheap - 1);
}

static void take_out(sweep_leases *l, size_t i)
{
    const size_t place = l->lease[i].at, last = l->heap[l->nheap - 1];

    l->lease[i].at = SIZE_MAX;
    l->nheap--;
    if (last == i)
        return;
    put(l, place, last);
    rise(l, place);
    sink(l, l->lease[last].at);
}

static bool can_start(const sweep_lease *t)
{
    return t->state == SWEEP_WAITING && !t->after;
}

static bool is_work(sweep_lease_state s)
{
    return s == SWEEP_WAITING || s == SWEEP_LEASED;
}

void sweep_leases_sort(sweep_leases *l)
{
    l->nheap = 0;
    l->seconds = 0;
    for (size_t i = 0; i < l->n; i++) {
        l->lease[i].at = SIZE_MAX;
        if (is_work(l->lease[i].state))
            l->seconds += l->lease[i].seconds;
        if (can_start(&l->lease[i]))
            put(l, l->nheap++, i);
    }
    for (size_t place = l->nheap / 2; place-- > 0;)
        sink(l, place);
}

/* ---- states ---- */

lut_status sweep_leases_init(sweep_leases *l, size_t n, int ranks, lut_err *err)
{
    *l = (sweep_leases){ .n = n, .waiting = n, .ranks = ranks };
    l->lease = calloc(n + 1, sizeof *l->lease);
    l->heap = calloc(n + 1, sizeof *l->heap);
    l->held = calloc((size_t)ranks, sizeof *l->held);
    if (l->lease && l->heap && l->held) {
        sweep_leases_sort(l);
        return LUT_OK;
    }
    sweep_leases_fini(l);
    return lut_fail(err, LUT_ENOMEM, "no memory for %zu trials", n);
}

void sweep_leases_fini(sweep_leases *l)
{
    free(l->lease);
    free(l->heap);
    free(l->held);
    *l = (sweep_leases){ 0 };
}

static void move(sweep_leases *l, size_t i, sweep_lease_state to)
{
    size_t *const count[SWEEP_LEASE_STATES] = { &l->waiting, &l->leased, &l->paused,
                                                &l->done, &l->failed };
    sweep_lease *t = &l->lease[i];

    *count[t->state] -= 1;
    *count[to] += 1;
    l->seconds += t->seconds * (is_work(to) - is_work(t->state));
    l->held[t->rank] -= t->state == SWEEP_LEASED;
    l->held[t->rank] += to == SWEEP_LEASED;
    if (t->after)
        l->blocked += (size_t)(to == SWEEP_WAITING) - (t->state == SWEEP_WAITING);
    t->state = to;
    if (to != SWEEP_WAITING && t->at != SIZE_MAX)
        take_out(l, i);
    else if (can_start(t) && t->at == SIZE_MAX)
        push(l, i);
}

void sweep_leases_follow(sweep_leases *l, size_t i, size_t of)
{
    sweep_lease *t = &l->lease[i], *to = &l->lease[of];

    LUT_CHECK(i != of && t->state == SWEEP_WAITING && !t->after && !t->follower);
    t->after = of + 1;
    t->sibling = to->follower;
    to->follower = i + 1;
    l->blocked++;
    if (t->at != SIZE_MAX)
        take_out(l, i);
}

void sweep_leases_release(sweep_leases *l, size_t of)
{
    sweep_lease *to = &l->lease[of];

    while (to->follower) {
        const size_t i = to->follower - 1;
        sweep_lease *t = &l->lease[i];

        to->follower = t->sibling;
        t->after = t->sibling = 0;
        l->blocked -= t->state == SWEEP_WAITING;
        if (can_start(t) && t->at == SIZE_MAX)
            push(l, i);
    }
}

bool sweep_leases_abandon(sweep_leases *l, size_t *i, size_t of)
{
    sweep_lease *to = &l->lease[of];

    while (to->follower) {
        sweep_lease *t = &l->lease[ *i = to->follower - 1];

        to->follower = t->sibling;
        l->blocked -= t->state == SWEEP_WAITING;
        t->after = t->sibling = 0;
        if (t->state != SWEEP_WAITING)
            continue;
        t->attempt++;
        t->cause = to->cause;
        move(l, *i, SWEEP_FAILED);
        return true;
    }
    return false;
}

void sweep_leases_restore(sweep_leases *l, size_t i, sweep_lease_state state,
                          sweep_cause cause, uint32_t attempts)
{
    LUT_CHECK(i < l->n && state != SWEEP_LEASED);
    l->lease[i].attempt = attempts;
    l->lease[i].cause = cause;
    move(l, i, state);
}

bool sweep_leases_next(sweep_leases *l, size_t *i, int rank, double now, double most)
{
    sweep_lease *t;

    while (l->nheap && !l->lease[l->heap[0]].carried &&
           l->lease[l->heap[0]].seconds > most)
        take_out(l, l->heap[0]);
    if (l->nheap == 0)
        return false;
    *i = l->heap[0];
    t = &l->lease[*i];
    LUT_CHECK(rank < l->ranks);
    t->rank = rank;
    t->since = now;
    t->attempt++;
    move(l, *i, SWEEP_LEASED);
    return true;
}

/* What a second report of the same says.  A difference is told once, also where the report
 * comes again. */
static sweep_verdict compare(sweep_lease *t, uint64_t hash)
{
    const bool differs = t->hash && t->hash != hash;

    t->hash = hash;
    return differs ? SWEEP_DIFFERENT : SWEEP_REPEATED;
}

sweep_verdict sweep_leases_done(sweep_leases *l, size_t i, uint64_t hash)
{
    sweep_lease *t = &l->lease[i];

    LUT_CHECK(i < l->n);
    if (t->state == SWEEP_DONE)
        return compare(t, hash);
    t->hash = hash;
    move(l, i, SWEEP_DONE);
    sweep_leases_release(l, i);
    return SWEEP_ACCEPTED;
}

sweep_verdict sweep_leases_pause(sweep_leases *l, size_t i, uint32_t rung,
                                 uint64_t hash)
{
    sweep_lease *t = &l->lease[i];

    LUT_CHECK(i < l->n);
    if (t->state == SWEEP_PAUSED && t->rung == rung)
        return compare(t, hash);
    if ((t->state != SWEEP_WAITING && t->state != SWEEP_LEASED) || t->rung != rung)
        return SWEEP_REPEATED;
    t->hash = hash;
    move(l, i, SWEEP_PAUSED);
    return SWEEP_ACCEPTED;
}

void sweep_leases_promote(sweep_leases *l, size_t i)
{
    LUT_CHECK(l->lease[i].state == SWEEP_PAUSED);
    l->lease[i].rung++;
    l->lease[i].hash = 0;
    move(l, i, SWEEP_WAITING);
}

void sweep_leases_prune(sweep_leases *l, size_t i)
{
    LUT_CHECK(l->lease[i].state == SWEEP_PAUSED);
    l->lease[i].hash = 0; /* its record says the same otherwise: not to be compared */
    move(l, i, SWEEP_DONE);
}

void sweep_leases_spoil(sweep_leases *l, size_t i)
{
    LUT_CHECK(l->lease[i].state == SWEEP_DONE);
    l->lease[i].cause = SWEEP_LOST;
    move(l, i, SWEEP_FAILED);
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
        move(l, i, SWEEP_FAILED);
        return SWEEP_ACCEPTED;
    }
    move(l, i, SWEEP_WAITING);
    return SWEEP_RETRIED;
}
