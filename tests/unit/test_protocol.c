/* sweep/coordinator against ranks that are models, over a transport that delays, loses and
 * doubles messages while ranks die, stop and come back: each trial ends exactly once, and the
 * sweep ends.  SCHEDULES=N runs other than the default number of random schedules. */
#include "lib/base/log.h"
#include "lib/base/rng.h"
#include "sweep/coordinator.h"
#include "sweep/worker.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RANKS = 5, TRIALS = 8, HELD = 64, LETTERS = 4096 };
static const double tick = 0.5, beat_every = 1, patience = 2 * SWEEP_BEATS;

/* ---- the network ---- */

typedef struct letter {
    double due;
    uint64_t order;
    int from, to;
    bool up;
    sweep_message m;
} letter;

/* A rank: runs up to `slots` trials, says everything again until it is answered. */
typedef struct model {
    bool dead, gone, heard, released, alone;
    double stopped_until, beaten, silence;
    int stop;
    uint32_t slots;
    sweep_message task[HELD]; /* waiting first come first served; the first `slots` run */
    double end[HELD];         /* of those that run; 0: has not started */
    size_t ntasks;
    sweep_message sent[HELD];
    size_t nsent;
} model;

typedef struct world {
    sweep_transport base;
    lut_rng rng;
    double now, loss, twice, delay;
    letter *letter[LETTERS];
    size_t nletters;
    uint64_t order;
    model rank[RANKS];
    double length[TRIALS];   /* seconds */
    unsigned crashes[TRIALS]; /* attempts that crash before one goes well */
    unsigned runs[TRIALS];
    bool on_disk[TRIALS];
    bool unsteady;           /* results differ from run to run */
    bool calm;               /* nobody dies or stops: only messages are lost */
} world;

static double chance(world *w)
{
    return lut_rng_uniform(&w->rng);
}

static void post(world *w, int from, int to, bool up, const sweep_message *m)
{
    letter *l = malloc(sizeof *l);

    CU_ASSERT_FATAL(l != NULL && w->nletters < LETTERS);
    *l = (letter){ .due = w->now + w->delay * chance(w), .order = w->order++,
                   .from = from, .to = to, .up = up };
    memcpy(&l->m, m, m->length);
    w->letter[w->nletters++] = l;
}

/* A rank's word to itself is safe: it never leaves the process. */
static void carry(world *w, int from, int to, bool up, const sweep_message *m)
{
    const bool safe = from == to;

    if (!safe && chance(w) < w->loss)
        return;
    post(w, from, to, up, m);
    if (!safe && chance(w) < w->twice)
        post(w, from, to, up, m);
}

/* The first letter that is due there, by chance of delays not the first that was sent. */
static bool fetch(world *w, int to, bool up, int *from, sweep_message *m)
{
    size_t best = SIZE_MAX;

    for (size_t i = 0; i < w->nletters; i++) {
        const letter *l = w->letter[i];

        if (l->to == to && l->up == up && l->due <= w->now &&
            (best == SIZE_MAX || l->due < w->letter[best]->due))
            best = i;
    }
    if (best == SIZE_MAX)
        return false;
    *from = w->letter[best]->from;
    memcpy(m, &w->letter[best]->m, w->letter[best]->m.length);
    free(w->letter[best]);
    w->letter[best] = w->letter[--w->nletters];
    return true;
}

static lut_status world_send(sweep_transport *t, int to, bool up, const void *bytes,
                             lut_err *err)
{
    (void)err;
    carry(t->state, 0, to, up, bytes);
    return LUT_OK;
}

static lut_status world_poll(sweep_transport *t, bool up, int *from, void *bytes,
                             lut_err *err)
{
    (void)err;
    *from = -1;
    fetch(t->state, 0, up, from, bytes);
    return LUT_OK;
}

static double world_now(sweep_transport *t)
{
    return ((world *)t->state)->now;
}

/* ---- a rank ---- */

static void say(world *w, int rank, sweep_message_type type, sweep_message *m)
{
    m->type = type;
    sweep_message_pack(m);
    carry(w, rank, 0, true, m);
}

static void keep_and_say(world *w, int rank, sweep_message_type type, sweep_message *m)
{
    model *r = &w->rank[rank];

    CU_ASSERT_FATAL(r->nsent < HELD);
    say(w, rank, type, m);
    r->sent[r->nsent++] = *m;
}

static sweep_message about(const sweep_message *task)
{
    sweep_message m = { .number = task->number, .attempt = task->attempt,
                        .rung = task->rung };

    memcpy(m.key, task->key, sizeof m.key);
    return m;
}

static void end_task(world *w, int rank, size_t i)
{
    model *r = &w->rank[rank];
    sweep_message m = about(&r->task[i]);
    const uint32_t n = m.number;

    w->runs[n]++;
    m.valid_accuracy = n;
    m.seconds = w->length[n];
    if (!w->on_disk[n] && w->runs[n] <= w->crashes[n]) {
        m.cause = SWEEP_CRASHED;
        keep_and_say(w, rank, SWEEP_MSG_FAIL, &m);
    } else {
        w->on_disk[n] = true;
        m.hash = 1000 + n + (w->unsteady ? w->runs[n] * 100 : 0);
        keep_and_say(w, rank, SWEEP_MSG_DONE, &m);
    }
    r->ntasks--;
    memmove(&r->task[i], &r->task[i + 1], (r->ntasks - i) * sizeof *r->task);
    memmove(&r->end[i], &r->end[i + 1], (r->ntasks - i) * sizeof *r->end);
}

static void stop_rank(world *w, int rank, int level)
{
    model *r = &w->rank[rank];

    r->stop = level > r->stop ? level : r->stop;
    for (size_t i = r->ntasks; i-- > 0;) {
        sweep_message m = about(&r->task[i]);

        if (r->stop < 0 || (r->end[i] > 0 && r->stop < SWEEP_STOP_SAVE))
            continue;
        m.cause = SWEEP_CANCELLED;
        keep_and_say(w, rank, SWEEP_MSG_FAIL, &m);
        r->ntasks--;
        memmove(&r->task[i], &r->task[i + 1], (r->ntasks - i) * sizeof *r->task);
        memmove(&r->end[i], &r->end[i + 1], (r->ntasks - i) * sizeof *r->end);
    }
}

static void hear(world *w, int rank, const sweep_message *m)
{
    model *r = &w->rank[rank];

    r->heard = true;
    r->silence = 0;
    CU_ASSERT_EQUAL_FATAL(sweep_message_check(m, NULL), LUT_OK);
    if (m->type == SWEEP_MSG_RELEASE)
        r->released = true;
    if (m->type == SWEEP_MSG_STOP || m->type == SWEEP_MSG_HEARD)
        stop_rank(w, rank, m->level);
    if (m->type == SWEEP_MSG_ACK)
        for (size_t i = 0; i < r->nsent; i++)
            if (r->sent[i].number == m->number && r->sent[i].attempt == m->attempt) {
                r->sent[i] = r->sent[--r->nsent];
                break;
            }
    if (m->type != SWEEP_MSG_ASSIGN || r->gone)
        return;
    for (size_t i = 0; i < r->ntasks; i++)
        if (r->task[i].number == m->number)
            return;
    CU_ASSERT_FATAL(r->ntasks < HELD);
    r->end[r->ntasks] = 0;
    memcpy(&r->task[r->ntasks++], m, m->length);
    stop_rank(w, rank, r->stop);
}

static void add_holding(sweep_message *m, const sweep_message *task)
{
    const sweep_holding h = { task->number, task->attempt };

    memcpy(m->text + m->bytes, &h, sizeof h);
    m->bytes += sizeof h;
    m->held++;
}

static void say_again(world *w, int rank)
{
    model *r = &w->rank[rank];
    sweep_message m = { .slots = r->slots };

    r->beaten = w->now;
    if (!r->heard) {
        strcpy(m.text, sweep_build());
        say(w, rank, SWEEP_MSG_HELLO, &m);
        return;
    }
    for (size_t i = 0; i < r->nsent; i++)
        carry(w, rank, 0, true, &r->sent[i]);
    if (r->gone) {
        say(w, rank, SWEEP_MSG_BYE, &m);
        return;
    }
    for (size_t i = 0; i < r->ntasks; i++)
        add_holding(&m, &r->task[i]);
    for (size_t i = 0; i < r->nsent; i++)
        add_holding(&m, &r->sent[i]);
    say(w, rank, SWEEP_MSG_BEAT, &m);
}

static void step_rank(world *w, int rank)
{
    model *r = &w->rank[rank];
    sweep_message m;
    int from;

    if (r->dead || r->released || r->alone || w->now < r->stopped_until)
        return;
    while (fetch(w, rank, false, &from, &m))
        hear(w, rank, &m);
    for (size_t i = r->ntasks; i-- > 0;)
        if (r->end[i] > 0 && r->end[i] <= w->now)
            end_task(w, rank, i);
    for (size_t i = 0; i < r->ntasks && i < r->slots; i++)
        if (r->end[i] <= 0)
            r->end[i] = w->now + w->length[r->task[i].number];
    if (!r->gone && r->stop >= 0 && r->ntasks == 0 && r->nsent == 0)
        r->gone = true;
    r->silence += tick;
    r->alone = rank != 0 && r->silence > patience;
    if (w->now - r->beaten >= beat_every)
        say_again(w, rank);
}

/* ---- a schedule ---- */

static lut_status give_trial(void *arg, sweep_trial *t, char digest[SWEEP_DIGEST],
                             size_t i, lut_err *err)
{
    (void)arg, (void)i, (void)err;
    memset(t, 0, sizeof *t);
    strcpy(digest, "feedfeedfeedfeed");
    return LUT_OK;
}

static void set_out(world *w, uint64_t seed, size_t *n)
{
    memset(w, 0, sizeof *w);
    w->rng = lut_rng_make(seed, LUT_RNG_SHUFFLE, 7);
    w->base = (sweep_transport){ .rank = 0, .size = 1 + (int)(RANKS * chance(w)),
                                 .state = w, .send = world_send, .poll = world_poll,
                                 .now = world_now };
    w->loss = chance(w) < 0.5 ? 0 : 0.2 * chance(w);
    w->twice = chance(w) < 0.5 ? 0 : 0.3 * chance(w);
    w->delay = 3 * chance(w);
    w->calm = chance(w) < 0.5;
    *n = 1 + (size_t)(TRIALS * chance(w));
    for (size_t i = 0; i < *n; i++) {
        w->length[i] = 10 * chance(w) + 0.1;
        w->crashes[i] = chance(w) < 0.1 ? 3 : chance(w) < 0.1;
    }
    for (int r = 0; r < w->base.size; r++) {
        w->rank[r].slots = 1 + (uint32_t)(2 * chance(w));
        w->rank[r].stop = -1;
        w->rank[r].beaten = -chance(w);
    }
}

/* Rank 0 is the sweep itself; the others may go at any time, for good or for a while. */
static void strike(world *w)
{
    for (int r = 1; r < w->base.size && !w->calm; r++) {
        const double u = chance(w);

        if (u < 0.002)
            w->rank[r].dead = true;
        else if (u < 0.006)
            w->rank[r].stopped_until = w->now + 40 * chance(w);
    }
}

/* Runs until the coordinator lets go; returns whether it did in time. */
static bool play(world *w, sweep_coordinator *c)
{
    for (int step = 0; step < 4000 && !c->over; step++) {
        bool busy = false;

        w->now += tick;
        strike(w);
        CU_ASSERT_EQUAL_FATAL(sweep_coordinator_step(c, &busy, NULL), LUT_OK);
        for (int r = 0; r < w->base.size; r++)
            step_rank(w, r);
    }
    return c->over;
}

static void forget_letters(world *w)
{
    for (size_t i = 0; i < w->nletters; i++)
        free(w->letter[i]);
}

static void check(const world *w, const sweep_leases *l, const sweep_outcome *out)
{
    CU_ASSERT_EQUAL(l->done + l->failed, l->n);
    CU_ASSERT_EQUAL(out->done, l->done);
    CU_ASSERT_EQUAL(out->failed, l->failed);
    for (size_t i = 0; i < l->n; i++) {
        /* Acknowledged is on the disk; and only what keeps failing is given up. */
        if (l->lease[i].state == SWEEP_DONE)
            CU_ASSERT(w->on_disk[i]);
        if (l->lease[i].state == SWEEP_FAILED && l->lease[i].cause == SWEEP_CRASHED)
            CU_ASSERT(w->crashes[i] >= 2);
    }
    if (!w->unsteady)
        CU_ASSERT_EQUAL(out->disagreements, 0);
}

static void run_schedule(world *w, uint64_t seed, bool unsteady, size_t *disagreements)
{
    static const double cost[TRIALS] = { 3, 1, 4, 1, 5, 9, 2, 6 };
    static const char key[TRIALS][SWEEP_KEY] = { "0", "1", "2", "3",
                                                 "4", "5", "6", "7" };
    sweep_leases leases;
    sweep_coordinator c;
    sweep_plan plan = { .key = key, .trial = give_trial, .leases = &leases,
                        .seconds = INFINITY, .beat = beat_every, .max_fails = SIZE_MAX,
                        .best = NAN };
    size_t n;

    set_out(w, seed, &n);
    w->unsteady = unsteady;
    plan.schedule = (sweep_schedule_cfg){ .n = n, .cost = cost,
                                          .job_seconds = INFINITY };
    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&leases, n, w->base.size, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_coordinator_init(&c, &plan, &w->base, NULL, NULL),
                          LUT_OK);
    if (!play(w, &c)) {
        printf("schedule %llu does not end\n", (unsigned long long)seed);
        CU_FAIL("a sweep that does not end");
    } else {
        check(w, &leases, &c.out);
    }
    *disagreements += c.out.disagreements;
    sweep_coordinator_fini(&c);
    sweep_leases_fini(&leases);
    forget_letters(w);
}

static size_t schedules(void)
{
    const char *n = getenv("SCHEDULES");

    return n ? strtoul(n, NULL, 10) : getenv("LUT_QUICK") ? 2000 : 20000;
}

static void test_schedules(void)
{
    static world w;
    size_t disagreements = 0;

    for (size_t i = 0; i < schedules(); i++)
        run_schedule(&w, i, false, &disagreements);
    CU_ASSERT_EQUAL(disagreements, 0);
}

/* Where a trial ran twice with different results somebody must notice. */
static void test_unsteady(void)
{
    static world w;
    size_t disagreements = 0;

    for (size_t i = 0; i < schedules() / 10; i++)
        run_schedule(&w, i, true, &disagreements);
    CU_ASSERT(disagreements > 0);
}

static void be_quiet(void *arg, lut_log_level level, const char *line)
{
    (void)arg, (void)level, (void)line;
}

static void be_silent(void)
{
    lut_log_sink(LUT_WARN, be_quiet, NULL);
}

UNIT_MAIN("protocol", UNIT(be_silent), UNIT(test_schedules), UNIT(test_unsteady))
