#include "sweep/simulate.h"
#include "lib/base/check.h"
#include "sweep/build.h"
#include "sweep/coordinator.h"
#include "sweep/worker.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A message that is on its way to rank 0. */
typedef struct event {
    double time;
    uint64_t sequence; /* ties: first sent, first heard */
    sweep_message_type type;
    int rank;
    uint32_t number, attempt, rung, until;
    double seconds, valid_accuracy;
} event;

typedef struct world {
    sweep_transport t; /* first: sweep_transport.state is the world */
    const sweep_plan *plan;
    const sweep_simulation_cfg *cfg;
    double now;
    event *event; /* [nevents] heap, the earliest in front */
    size_t nevents, room;
    uint64_t sequence;
    double *free_at;   /* [ranks] */
    double *taken;     /* [trials] seconds so far */
    uint32_t *trained; /* [trials] epochs so far */
    double first, last, last_start;
    double second, in_second; /* messages of the current one */
    bool stopping;
    sweep_simulation out;
} world;

/* ---- events ---- */

static bool is_before(const event *a, const event *b)
{
    return a->time < b->time || (a->time == b->time && a->sequence < b->sequence);
}

static lut_status make_room(world *w, lut_err *err)
{
    const size_t room = w->room ? 2 * w->room : 1024;
    event *e;

    if (w->nevents < w->room)
        return LUT_OK;
    e = realloc(w->event, room * sizeof *e);
    if (!e)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu events", room);
    w->event = e;
    w->room = room;
    return LUT_OK;
}

static lut_status expect(world *w, event e, lut_err *err)
{
    size_t place = w->nevents;

    LUT_TRY(make_room(w, err));
    e.sequence = w->sequence++;
    w->nevents++;
    while (place > 0 && is_before(&e, &w->event[(place - 1) / 2])) {
        w->event[place] = w->event[(place - 1) / 2];
        place = (place - 1) / 2;
    }
    w->event[place] = e;
    return LUT_OK;
}

static event take_first(world *w)
{
    const event first = w->event[0], last = w->event[--w->nevents];
    size_t place = 0, child;

    while ((child = 2 * place + 1) < w->nevents) {
        if (child + 1 < w->nevents && is_before(&w->event[child + 1], &w->event[child]))
            child++;
        if (!is_before(&w->event[child], &last))
            break;
        w->event[place] = w->event[child];
        place = child;
    }
    w->event[place] = last;
    return first;
}

/* ---- messages ---- */

/* The first second is the start of all ranks, the last the end: neither says what a running
 * sweep needs. */
static void count(world *w, sweep_message_type type)
{
    w->out.messages++;
    if (w->stopping || type == SWEEP_MSG_HELLO || type == SWEEP_MSG_HEARD)
        return;
    w->out.mean++;
    if (floor(w->now) != w->second) {
        w->second = floor(w->now);
        w->in_second = 0;
    }
    w->in_second++;
    if (w->second >= 1)
        w->out.peak = fmax(w->out.peak, w->in_second);
}

static lut_status start(world *w, int rank, const sweep_message *m, lut_err *err)
{
    const double begin = fmax(w->now + w->cfg->delay, w->free_at[rank]);
    event e = { .type = SWEEP_MSG_DONE,
                .rank = rank,
                .number = m->number,
                .attempt = m->attempt,
                .rung = m->rung,
                .until = m->until };
    const uint32_t to = m->until ? m->until : w->plan->schedule.epochs[m->number];

    w->cfg->leg(w->cfg->leg_arg, &e.seconds, &e.valid_accuracy, m->number,
                w->trained[m->number], m->until);
    e.seconds += w->cfg->overhead;
    w->free_at[rank] = begin + e.seconds;
    w->first = fmin(w->first, begin);
    w->last = fmax(w->last, w->free_at[rank]);
    w->last_start = fmax(w->last_start, begin);
    w->out.busy += e.seconds;
    w->taken[m->number] += e.seconds;
    w->out.longest = fmax(w->out.longest, w->taken[m->number]);
    w->out.epochs += to - w->trained[m->number];
    w->trained[m->number] = to;
    w->out.legs++;
    e.time = w->free_at[rank] + w->cfg->delay;
    return expect(w, e, err);
}

static lut_status leave(world *w, int rank, lut_err *err)
{
    const double when = fmax(w->now + w->cfg->delay, w->free_at[rank]);

    w->stopping = true;
    return expect(
        w, (event){ .type = SWEEP_MSG_BYE, .rank = rank, .time = when + w->cfg->delay },
        err);
}

static lut_status hear(sweep_transport *t, int to, bool up, const void *bytes,
                       lut_err *err)
{
    world *w = t->state;
    const sweep_message *m = bytes;

    LUT_CHECK(!up && to >= 0 && to < t->size);
    count(w, m->type);
    if (m->type == SWEEP_MSG_ASSIGN)
        return start(w, to, m, err);
    if (m->type == SWEEP_MSG_STOP)
        return leave(w, to, err);
    return LUT_OK;
}

static void write_message(const world *w, sweep_message *m, const event *e)
{
    *m = (sweep_message){ .type = e->type, .slots = 1 };
    snprintf(m->text, sizeof m->text, "%s\nsimulated",
             e->type == SWEEP_MSG_HELLO ? sweep_build() : "");
    if (e->type == SWEEP_MSG_DONE) {
        m->number = e->number;
        m->attempt = e->attempt;
        m->rung = e->rung;
        m->until = e->until;
        m->seconds = e->seconds;
        m->valid_accuracy = e->valid_accuracy;
        m->hash = 1;
        m->text[0] = 0;
        memcpy(m->key, w->plan->key[e->number], SWEEP_KEY);
    }
    sweep_message_pack(m);
}

static lut_status speak(sweep_transport *t, bool up, int *from, void *bytes,
                        lut_err *err)
{
    world *w = t->state;
    event e;

    (void)err;
    LUT_CHECK(up);
    *from = -1;
    if (w->nevents == 0 || w->event[0].time > w->now)
        return LUT_OK;
    e = take_first(w);
    *from = e.rank;
    count(w, e.type);
    write_message(w, bytes, &e);
    return LUT_OK;
}

static double now(sweep_transport *t)
{
    return ((world *)t->state)->now;
}

/* ---- the whole ---- */

static double cpu(void)
{
    struct timespec s;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &s);
    return (double)s.tv_sec + 1e-9 * (double)s.tv_nsec;
}

static lut_status run(world *w, sweep_coordinator *c, lut_err *err)
{
    while (!c->over) {
        const double begun = cpu();
        bool busy = false;

        if (w->nevents == 0)
            return lut_fail(err, LUT_EINVAL, "the sweep hangs at %.0f s", w->now);
        w->now = fmax(w->now, w->event[0].time);
        LUT_TRY(sweep_coordinator_step(c, &busy, err));
        w->out.cpu_seconds += cpu() - begun;
    }
    if (c->fatal.code != LUT_OK)
        return lut_fail(err, c->fatal.code, "%s", c->fatal.text);
    return LUT_OK;
}

static void sum_up(sweep_simulation *s, double ranks)
{
    s->bound = fmax(s->busy / ranks, s->longest);
    s->idle = s->makespan > 0 ? 1 - s->busy / (ranks * s->makespan) : 0;
    s->mean = s->makespan > 0 ? s->mean / s->makespan : 0;
}

static lut_status open_world(world *w, const sweep_plan *plan,
                             const sweep_simulation_cfg *cfg, lut_err *err)
{
    const size_t n = plan->schedule.n;

    *w = (world){ .plan = plan, .cfg = cfg, .first = (double)INFINITY };
    w->t = (sweep_transport){
        .size = (int)cfg->ranks, .state = w, .send = hear, .poll = speak, .now = now
    };
    w->free_at = calloc(cfg->ranks, sizeof *w->free_at);
    w->taken = calloc(n + 1, sizeof *w->taken);
    w->trained = calloc(n + 1, sizeof *w->trained);
    if (!w->free_at || !w->taken || !w->trained)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u ranks", cfg->ranks);
    for (uint32_t r = 0; r < cfg->ranks; r++)
        LUT_TRY(expect(
            w, (event){ .type = SWEEP_MSG_HELLO, .rank = (int)r, .time = cfg->delay },
            err));
    return LUT_OK;
}

static void close_world(world *w)
{
    free(w->event);
    free(w->free_at);
    free(w->taken);
    free(w->trained);
}

static lut_status simulate(world *w, const sweep_plan *plan, lut_err *err)
{
    sweep_coordinator c;
    lut_status st = sweep_coordinator_init(&c, plan, &w->t, NULL, err);

    if (st == LUT_OK)
        st = run(w, &c, err);
    w->out.ended = plan->leases->done;
    w->out.pruned = c.schedule.pruned;
    sweep_coordinator_fini(&c);
    return st;
}

lut_status sweep_simulate(sweep_simulation *out, const sweep_plan *plan,
                          const sweep_simulation_cfg *cfg, lut_err *err)
{
    sweep_plan quiet = *plan;
    world w;
    lut_status st;

    LUT_CHECK(cfg->ranks >= 1 && cfg->ranks <= INT32_MAX && plan->schedule.epochs);
    quiet.beat = quiet.seconds = (double)INFINITY;
    quiet.max_fails = SIZE_MAX;
    quiet.show = NULL;
    quiet.alive = NULL;
    quiet.prune = NULL;
    quiet.tell = NULL;
    st = open_world(&w, &quiet, cfg, err);
    if (st == LUT_OK)
        st = simulate(&w, &quiet, err);
    *out = w.out;
    if (w.out.legs) {
        out->makespan = w.last - w.first;
        out->last_start = w.last_start - w.first;
    }
    sum_up(out, cfg->ranks);
    close_world(&w);
    return st;
}

void sweep_simulate_static(sweep_simulation *out, size_t n,
                           const sweep_simulation_cfg *cfg)
{
    *out = (sweep_simulation){ .legs = n, .ended = n };
    for (uint32_t r = 0; r < cfg->ranks && r < n; r++) {
        double end = 0;

        for (size_t i = r; i < n; i += cfg->ranks) {
            double seconds, valid;

            cfg->leg(cfg->leg_arg, &seconds, &valid, i, 0, 0);
            seconds += cfg->overhead;
            out->last_start = fmax(out->last_start, end);
            end += seconds;
            out->busy += seconds;
            out->longest = fmax(out->longest, seconds);
        }
        out->makespan = fmax(out->makespan, end);
    }
    sum_up(out, cfg->ranks);
}
