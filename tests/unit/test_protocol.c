/* sweep/coordinator against ranks that are models, over a transport that delays, loses,
 * damages and doubles messages while ranks (and rank 0) die, stand still and come back, refuse
 * trials, cannot go on, are told to stop, or run out of time: each trial ends exactly once,
 * what is acknowledged is on the disk, and the sweep ends, if need be after some more runs.
 * SCHEDULES=N runs other than the default number of random schedules: 100000 by hand. */
#include "lib/base/log.h"
#include "lib/base/rng.h"
#include "sweep/build.h"
#include "sweep/coordinator.h"
#include "sweep/worker.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { RANKS = 5, TRIALS = 8, HELD = 64, LETTERS = 4096, RUNS = 60 };
enum { EPOCHS = 8, RUNGS = 3, DIVERGES = 3 }; /* rungs after 1, 2, 4 epochs */
static const double tick = 0.5, beat_every = 1, patience = 2 * SWEEP_BEATS;
static const char key[TRIALS][SWEEP_KEY] = { "0", "1", "2", "3", "4", "5", "6", "7" };

/* ---- the network ---- */

typedef struct letter {
    double due;
    uint64_t order;
    int from, to;
    bool up;
    sweep_message m;
} letter;

/* A trial on its way: an ASSIGN, and how far it is. */
typedef struct task {
    sweep_message m;
    double begun, end; /* of its training; end 0: it waits */
    uint32_t from, to; /* epochs */
} task;

/* Trained, and not yet on the disk. */
typedef struct ending {
    task t;
    uint64_t hash;
    double due; /* when it will be */
} ending;

/* A rank: runs up to `slots` trials, says everything again until it is answered. */
typedef struct model {
    bool dead, gone, heard, released, alone;
    double stopped_until, beaten, silence;
    int stop;
    uint32_t slots;
    task task[HELD]; /* first come, first served */
    size_t ntasks;
    ending ended[HELD];
    size_t nended;
    sweep_message sent[HELD];
    size_t nsent;
    uint64_t said[TRIALS]; /* of which attempts (modulo 64) the end was reported */
} model;

/* What is on the disk of a trial: a checkpoint, and the record in force. */
typedef struct record {
    uint32_t checkpoint, epochs; /* epochs 0: no record */
    bool final, pruned;
    uint64_t hash;
} record;

typedef struct world {
    sweep_transport base;
    lut_rng rng;
    double now, loss, twice, delay, damage, prune_takes;
    letter *letter[LETTERS];
    size_t nletters;
    uint64_t order;
    model rank[RANKS];
    size_t n, ranked;         /* those behind `ranked` need the result of one before */
    const char *strategy;     /* NULL: none */
    double length[TRIALS];    /* seconds */
    unsigned crashes[TRIALS]; /* attempts that crash before one goes well */
    bool diverges[TRIALS];
    unsigned runs[TRIALS];
    record disk[TRIALS];
    uint32_t promoted[TRIALS]; /* as the journal would have it */
    sweep_lease left[TRIALS];  /* when the last run ended */
    uint64_t first[TRIALS]
                  [RUNGS + 1]; /* results as rank 0 has heard them in this run */
    bool must[TRIALS], noticed[TRIALS]; /* that they differ */
    bool zero_silent;                   /* rank 0 took itself for dead */
    size_t pruned;                      /* in this run */
    double frozen_until;                /* rank 0 stands still */
    const sweep_leases *leases;
    bool unsteady; /* results differ from run to run */
    bool blind;    /* a rank does not see the others' records */
    bool calm;     /* nobody dies or stands still: only messages are lost */
    bool stops, limits, refuses, breaks; /* signals; time; LOST at once; FATAL */
} world;

static world *watched; /* whose log lines these are */

static double chance(world *w)
{
    return lut_rng_uniform(&w->rng);
}

static void post(world *w, int from, int to, bool up, const sweep_message *m)
{
    letter *l = malloc(sizeof *l);

    CU_ASSERT_FATAL(l != NULL && w->nletters < LETTERS);
    *l = (letter){ .due = w->now + w->delay * chance(w),
                   .order = w->order++,
                   .from = from,
                   .to = to,
                   .up = up };
    memcpy(&l->m, m, m->length);
    if (up && from != to && chance(w) < w->damage)
        ((uint8_t *)&l->m)[sizeof l->m.magic * 4 + lut_rng_below(&w->rng, 64)] ^= 0x10;
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

static size_t rung_of(const sweep_message *m)
{
    return m->until ? m->rung : RUNGS;
}

/* Rank 0 knows the first result still, so it has to notice another one. */
static bool is_open(const world *w, const sweep_message *m)
{
    const sweep_lease *l = &w->leases->lease[m->number];

    if (m->until)
        return l->state == SWEEP_PAUSED && l->rung == m->rung;
    return l->state == SWEEP_DONE && !w->disk[m->number].pruned;
}

static void note_report(world *w, const sweep_message *m)
{
    uint64_t *first = &w->first[m->number][rung_of(m)];

    if (m->cause == SWEEP_CONFLICT || (*first && *first != m->hash && is_open(w, m)))
        w->must[m->number] = true;
    if (!*first)
        *first = m->hash;
}

static bool is_about(const sweep_message *a, const sweep_message *b)
{
    return a->number == b->number && a->attempt == b->attempt;
}

/* Nothing is acknowledged that was not reported, or is not on the disk, or that rank 0 does
 * not know itself. */
static void check_ack(const world *w, int to, const sweep_message *ack)
{
    const model *r = &w->rank[to];
    const sweep_lease *l = &w->leases->lease[ack->number];

    CU_ASSERT(r->said[ack->number] >> (ack->attempt % 64) & 1);
    for (size_t i = 0; i < r->nsent; i++) {
        const sweep_message *m = &r->sent[i];
        const record *d = &w->disk[m->number];

        if (!is_about(m, ack) || m->type != SWEEP_MSG_DONE)
            continue;
        CU_ASSERT(d->final || (m->until && d->epochs >= m->until));
        CU_ASSERT_FALSE(l->state == SWEEP_LEASED && l->rank == to &&
                        l->attempt == ack->attempt);
    }
}

static lut_status world_send(sweep_transport *t, int to, bool up, const void *bytes,
                             lut_err *err)
{
    const sweep_message *m = bytes;

    (void)err;
    if (m->type == SWEEP_MSG_ACK)
        check_ack(t->state, to, m);
    carry(t->state, 0, to, up, m);
    return LUT_OK;
}

static lut_status world_poll(sweep_transport *t, bool up, int *from, void *bytes,
                             lut_err *err)
{
    const sweep_message *m = bytes;

    (void)err;
    *from = -1;
    if (fetch(t->state, 0, up, from, bytes) && m->type == SWEEP_MSG_DONE &&
        sweep_message_check(m, NULL) == LUT_OK)
        note_report(t->state, m);
    return LUT_OK;
}

static double world_now(sweep_transport *t)
{
    return ((world *)t->state)->now;
}

/* ---- trials ---- */

/* Of the best epoch so far; whoever is ahead changes from rung to rung. */
static double accuracy(const world *w, size_t i, uint32_t epochs)
{
    if (w->diverges[i] && epochs >= DIVERGES)
        return NAN;
    return 8.0 * epochs + (double)((i * 5 + epochs * 3) % TRIALS);
}

/* Whose training a trial has. */
static size_t primary(const world *w, size_t i)
{
    return i % w->ranked;
}

static uint64_t result(const world *w, size_t i, uint32_t epochs)
{
    return 1000 + 100 * i + epochs + (w->unsteady ? 10000 * w->runs[i] : 0);
}

static bool is_final(const world *w, size_t i, uint32_t epochs)
{
    return epochs >= EPOCHS || (w->diverges[i] && epochs >= DIVERGES);
}

static void put_record(record *d, uint32_t epochs, bool final, uint64_t hash)
{
    d->epochs = epochs;
    d->final = final;
    d->pruned = false;
    d->hash = hash;
    if (epochs > d->checkpoint)
        d->checkpoint = epochs;
}

/* As sweep/attempt.c: what is there stays, and what comes second must be the same, unless it
 * is behind.  False: it is not. */
static bool write_record(world *w, const ending *e)
{
    const uint32_t n = e->t.m.number, epochs = e->t.to;
    const bool final = is_final(w, n, epochs);
    record *d = &w->disk[n];

    if (d->epochs == 0 || (final && !d->final) || (!d->final && d->epochs < epochs)) {
        put_record(d, epochs, final, e->hash);
        return true;
    }
    return d->hash == e->hash || (!final && (d->final || d->epochs > epochs));
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
    r->said[m->number] |= UINT64_C(1) << (m->attempt % 64);
}

static sweep_message about(const sweep_message *assign)
{
    sweep_message m = { .number = assign->number,
                        .attempt = assign->attempt,
                        .rung = assign->rung };

    memcpy(m.key, assign->key, sizeof m.key);
    return m;
}

static void drop_task(model *r, size_t i)
{
    r->ntasks--;
    memmove(&r->task[i], &r->task[i + 1], (r->ntasks - i) * sizeof *r->task);
}

static void fail_task(world *w, int rank, size_t i, sweep_cause cause)
{
    sweep_message m = about(&w->rank[rank].task[i].m);

    m.cause = (int32_t)cause;
    drop_task(&w->rank[rank], i);
    keep_and_say(w, rank, SWEEP_MSG_FAIL, &m);
}

/* Its training is over; its record is written some steps later. */
static void end_task(world *w, int rank, size_t i)
{
    model *r = &w->rank[rank];
    const uint32_t n = r->task[i].m.number;

    w->runs[n]++;
    if (!w->disk[n].final && w->runs[n] <= w->crashes[n]) {
        fail_task(w, rank, i, SWEEP_CRASHED);
        return;
    }
    CU_ASSERT_FATAL(r->nended < HELD);
    r->ended[r->nended++] = (ending){ .t = r->task[i],
                                      .hash = result(w, n, r->task[i].to),
                                      .due = w->now + 3 * tick * chance(w) };
    drop_task(r, i);
}

/* The record is on the disk: only now is it reported, as what the disk has. */
static void commit(world *w, int rank, const ending *e)
{
    sweep_message m = about(&e->t.m);
    const record *d = &w->disk[m.number];
    const bool same = write_record(w, e);
    const uint32_t epochs = w->blind ? e->t.to : d->epochs;

    m.until = (w->blind ? is_final(w, m.number, epochs) : d->final) ? 0 : e->t.m.until;
    m.cause = w->blind || same ? SWEEP_FINE : SWEEP_CONFLICT;
    m.hash = w->blind ? e->hash : d->hash;
    m.valid_accuracy = accuracy(w, m.number, m.until ? m.until : epochs);
    m.seconds = w->now - e->t.begun;
    keep_and_say(w, rank, SWEEP_MSG_DONE, &m);
}

static void commit_all(world *w, int rank)
{
    model *r = &w->rank[rank];

    for (size_t i = r->nended; i-- > 0;)
        if (r->ended[i].due <= w->now) {
            commit(w, rank, &r->ended[i]);
            r->ended[i] = r->ended[--r->nended];
        }
}

static void save(world *w, const task *t)
{
    record *d = &w->disk[t->m.number];
    const double part = (w->now - t->begun) / (t->end - t->begun + 1e-9);
    const uint32_t at = t->from + (uint32_t)(fmin(part, 0.99) * (t->to - t->from));

    if (at > d->checkpoint)
        d->checkpoint = at;
}

static void stop_rank(world *w, int rank, int level)
{
    model *r = &w->rank[rank];

    r->stop = level > r->stop ? level : r->stop;
    for (size_t i = r->ntasks; i-- > 0;) {
        const task *t = &r->task[i];

        if (r->stop < 0 || (t->end > 0 && r->stop < SWEEP_STOP_SAVE))
            continue;
        if (t->end > 0 && r->stop == SWEEP_STOP_SAVE)
            save(w, t);
        fail_task(w, rank, i, SWEEP_CANCELLED);
    }
}

static bool has(const model *r, const sweep_message *m)
{
    for (size_t i = 0; i < r->ntasks; i++)
        if (is_about(&r->task[i].m, m))
            return true;
    for (size_t i = 0; i < r->nended; i++)
        if (is_about(&r->ended[i].t.m, m))
            return true;
    for (size_t i = 0; i < r->nsent; i++)
        if (is_about(&r->sent[i], m))
            return true;
    return false;
}

static void take(world *w, int rank, const sweep_message *m)
{
    model *r = &w->rank[rank];

    if (r->gone || has(r, m))
        return;
    CU_ASSERT_FATAL(r->ntasks < HELD);
    r->task[r->ntasks] = (task){ .end = 0 };
    memcpy(&r->task[r->ntasks++].m, m, m->length);
    stop_rank(w, rank, r->stop);
}

static void forget(model *r, const sweep_message *ack)
{
    for (size_t i = 0; i < r->nsent; i++)
        if (is_about(&r->sent[i], ack)) {
            r->sent[i] = r->sent[--r->nsent];
            break;
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
        forget(r, m);
    if (m->type == SWEEP_MSG_ASSIGN)
        take(w, rank, m);
}

static void add_holding(sweep_message *m, const sweep_message *held)
{
    const sweep_holding h = { held->number, held->attempt };

    memcpy(m->text + m->bytes, &h, sizeof h);
    m->bytes += sizeof h;
    m->held++;
}

static void say_beat(world *w, int rank)
{
    const model *r = &w->rank[rank];
    sweep_message m = { .slots = r->slots };

    for (size_t i = 0; i < r->ntasks; i++)
        add_holding(&m, &r->task[i].m);
    for (size_t i = 0; i < r->nended; i++)
        add_holding(&m, &r->ended[i].t.m);
    for (size_t i = 0; i < r->nsent; i++)
        add_holding(&m, &r->sent[i]);
    say(w, rank, SWEEP_MSG_BEAT, &m);
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
    if (r->gone)
        say(w, rank, SWEEP_MSG_BYE, &m);
    else
        say_beat(w, rank);
}

static bool is_running(const model *r, uint32_t number)
{
    for (size_t i = 0; i < r->ntasks; i++)
        if (r->task[i].end > 0 && r->task[i].m.number == number)
            return true;
    return false;
}

/* From its checkpoint to its rung.  A trial that was promoted has a record of the rung. */
static void start(world *w, task *t)
{
    const uint32_t n = t->m.number;
    const record *d = &w->disk[n];

    CU_ASSERT(n < w->ranked || w->disk[primary(w, n)].final);
    if (t->m.rung)
        CU_ASSERT(d->epochs >= 1u << (t->m.rung - 1));
    t->to = t->m.until ? t->m.until : EPOCHS;
    if (w->diverges[n] && t->to > DIVERGES)
        t->to = DIVERGES;
    t->from = d->checkpoint < t->to ? d->checkpoint : t->to;
    t->begun = w->now;
    t->end = w->now + w->length[n] * (t->to - t->from) / EPOCHS + 1e-6;
}

static void start_waiting(world *w, int rank)
{
    model *r = &w->rank[rank];
    uint32_t free = r->slots;

    for (size_t i = 0; i < r->ntasks; i++)
        free -= r->task[i].end > 0;
    for (size_t i = 0; i < r->ntasks && free > 0; i++) {
        task *t = &r->task[i];

        if (t->end > 0 || is_running(r, t->m.number))
            continue;
        if (w->refuses && chance(w) < 0.05) {
            fail_task(w, rank, i--, SWEEP_LOST);
            continue;
        }
        start(w, t);
        free--;
    }
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
    commit_all(w, rank);
    for (size_t i = r->ntasks; i-- > 0;)
        if (r->task[i].end > 0 && r->task[i].end <= w->now)
            end_task(w, rank, i);
    start_waiting(w, rank);
    if (!r->gone && r->stop >= 0 && r->ntasks == 0 && r->nended == 0 && r->nsent == 0)
        r->gone = true;
    r->silence += tick;
    r->alone = rank != 0 && r->silence > patience;
    if (w->now - r->beaten >= beat_every)
        say_again(w, rank);
}

/* ---- what befalls it ---- */

static void signal_rank(world *w, int rank, int level)
{
    sweep_message m = { .level = level };

    if (w->rank[rank].gone)
        return;
    stop_rank(w, rank, level);
    say(w, rank, SWEEP_MSG_SIGNAL, &m);
}

/* As sweep_worker_fail. */
static void break_rank(world *w, int rank)
{
    model *r = &w->rank[rank];
    sweep_message m = { .code = LUT_EIO, .text = "broken" };

    if (r->gone)
        return;
    r->gone = true;
    r->ntasks = r->nended = r->nsent = 0;
    say(w, rank, SWEEP_MSG_FATAL, &m);
}

/* Rank 0 is the sweep itself, and can but stand still; the others may go at any time, for
 * good or for a while. */
static void strike(world *w)
{
    const double often = w->unsteady ? 0.03 : 0.006;

    if (!w->calm && chance(w) < 0.003)
        w->frozen_until = w->now + 30 * chance(w);
    for (int r = 1; r < w->base.size && !w->calm; r++) {
        const double u = chance(w);

        if (u < 0.002)
            w->rank[r].dead = true;
        else if (u < often)
            w->rank[r].stopped_until = w->now + 40 * chance(w);
    }
}

static void interfere(world *w)
{
    const int r = (int)(w->base.size * chance(w));
    const model *m = &w->rank[r];

    if (m->dead || m->alone || m->released || w->now < m->stopped_until)
        return;
    if (w->stops && chance(w) < 0.02)
        signal_rank(w, r, SWEEP_STOP_DRAIN + (int)(3 * chance(w)));
    if (w->breaks && chance(w) < 0.005)
        break_rank(w, r);
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

/* The record changes its name and its status, and so its hash. */
static lut_status prune_trial(void *arg, const char *name, lut_err *err)
{
    world *w = arg;
    record *d = &w->disk[name[0] - '0'];

    (void)err;
    CU_ASSERT(d->epochs > 0 && !d->final);
    d->final = d->pruned = true;
    d->hash += 5000;
    w->pruned++;
    w->now += w->prune_takes;
    return LUT_OK;
}

static void choose_troubles(world *w)
{
    w->loss = chance(w) < 0.5 ? 0 : 0.2 * chance(w);
    w->twice = chance(w) < 0.5 ? 0 : 0.3 * chance(w);
    w->delay = 3 * chance(w);
    w->damage = chance(w) < 0.8 ? 0 : 0.1 * chance(w);
    w->prune_takes = chance(w) < 0.5 ? 0 : 0.1 * chance(w);
    w->calm = chance(w) < 0.5;
    w->stops = chance(w) < 0.3;
    w->limits = chance(w) < 0.2;
    w->refuses = chance(w) < 0.1;
    w->breaks = chance(w) < 0.1;
}

static void set_out(world *w, uint64_t seed)
{
    static const char *const strategies[] = { NULL, "halving", "asha" };

    memset(w, 0, sizeof *w);
    w->rng = lut_rng_make(seed, LUT_RNG_SHUFFLE, 7);
    w->base = (sweep_transport){ .rank = 0,
                                 .size = 1 + (int)(RANKS * chance(w)),
                                 .state = w,
                                 .send = world_send,
                                 .poll = world_poll,
                                 .now = world_now };
    w->strategy = strategies[lut_rng_below(&w->rng, 3)];
    choose_troubles(w);
    w->n = 1 + (size_t)(TRIALS * chance(w));
    for (size_t i = 0; i < w->n; i++) {
        w->length[i] = 10 * chance(w) + 0.1;
        w->crashes[i] = chance(w) < 0.1 ? 3 : chance(w) < 0.1;
        w->diverges[i] = chance(w) < 0.1;
    }
    w->ranked = chance(w) < 0.5 ? w->n : 1 + (size_t)((double)w->n * chance(w));
    for (size_t i = w->ranked; i < w->n; i++) {
        w->length[i] = 0.1;
        w->crashes[i] = 0;
        w->diverges[i] = w->diverges[primary(w, i)];
    }
}

static void forget_letters(world *w)
{
    for (size_t i = 0; i < w->nletters; i++)
        free(w->letter[i]);
    w->nletters = 0;
}

/* All processes are new; the disk is as it was.  The first runs alone have troubles of their
 * own, so that the sweep ends. */
static void set_up_run(world *w, unsigned run)
{
    forget_letters(w);
    memset(w->rank, 0, sizeof w->rank);
    memset(w->first, 0, sizeof w->first);
    w->frozen_until = 0;
    w->pruned = 0;
    if (run >= 4)
        w->stops = w->limits = w->breaks = false;
    for (int r = 0; r < w->base.size; r++) {
        w->rank[r].slots = 1 + (uint32_t)(2 * chance(w));
        w->rank[r].stop = -1;
        w->rank[r].beaten = w->now - chance(w);
    }
}

static bool is_spared(const sweep_coordinator *c, size_t i)
{
    for (size_t k = 0; k < c->decisions.n; k++)
        if (c->decisions.spared[k] == i)
            return true;
    return false;
}

/* What is finished is on the disk already when rank 0 knows of it, but for what it is to
 * prune itself. */
static void check_disk(const world *w, const sweep_coordinator *c)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->leases->lease[i].state == SWEEP_DONE)
            CU_ASSERT(w->disk[i].final || is_spared(c, i));
}

/* Runs until the coordinator lets go; returns whether it did in time. */
static bool play(world *w, sweep_coordinator *c)
{
    for (int step = 0; step < 4000 && !c->over; step++) {
        bool busy = false;

        w->now += tick;
        strike(w);
        interfere(w);
        if (w->now >= w->frozen_until) {
            CU_ASSERT_EQUAL_FATAL(sweep_coordinator_step(c, &busy, NULL), LUT_OK);
            check_disk(w, c);
            CU_ASSERT(c->level >= 0 || w->now - c->begun < c->plan->seconds);
            step_rank(w, 0);
        }
        for (int r = 1; r < w->base.size; r++)
            step_rank(w, r);
    }
    return c->over;
}

/* What a run finds of those before it. */
static void take_up(world *w, sweep_leases *l, sweep_known *known)
{
    for (size_t i = 0; i < w->n; i++) {
        const record *d = &w->disk[i];
        const sweep_lease *t = &w->left[i];

        known[i] = (sweep_known){ .final = d->final,
                                  .pruned = d->pruned,
                                  .epochs = d->epochs,
                                  .promoted = w->promoted[i],
                                  .seconds = NAN };
        for (uint32_t r = 0; r < RUNGS; r++)
            known[i].best[r] = accuracy(w, i, 1u << r);
        if (d->final)
            sweep_leases_restore(l, i, SWEEP_DONE, SWEEP_FINE, t->attempt);
        else if (t->state == SWEEP_FAILED)
            sweep_leases_restore(l, i, SWEEP_FAILED, t->cause, t->attempt);
        else if (t->attempt)
            sweep_leases_restore(l, i, SWEEP_WAITING, SWEEP_FINE, t->attempt);
    }
    for (size_t i = w->ranked; i < w->n; i++)
        if (l->lease[i].state == SWEEP_WAITING &&
            l->lease[primary(w, i)].state != SWEEP_DONE)
            sweep_leases_follow(l, i, primary(w, i));
}

static void hand_down(world *w, const sweep_leases *l)
{
    for (size_t i = 0; i < w->n; i++) {
        w->left[i] = l->lease[i];
        if (l->lease[i].rung > w->promoted[i])
            w->promoted[i] = l->lease[i].rung;
    }
}

static void check_run(const world *w, const sweep_coordinator *c, size_t done)
{
    const sweep_leases *l = w->leases;

    CU_ASSERT_EQUAL(l->leased, 0);
    CU_ASSERT_EQUAL(c->out.done + w->pruned + c->decisions.n + done, l->done);
    CU_ASSERT_EQUAL(c->out.failed + c->decisions.abandoned, l->failed - c->failed);
    if (c->out.reason == SWEEP_COMPLETE && c->fatal.code == LUT_OK)
        CU_ASSERT(l->done + l->failed == l->n && c->decisions.n == 0);
    if (!w->stops && !w->limits && !w->breaks) {
        CU_ASSERT_EQUAL(c->out.reason, SWEEP_COMPLETE);
        CU_ASSERT_EQUAL(c->fatal.code, LUT_OK);
    }
    for (size_t i = 0; i < l->n; i++) /* only what keeps failing is given up */
        if (l->lease[i].state == SWEEP_FAILED && l->lease[i].cause == SWEEP_CRASHED)
            CU_ASSERT(w->crashes[primary(w, i)] >= 2);
    CU_ASSERT_FALSE(w->zero_silent);
    if (!w->unsteady)
        CU_ASSERT_EQUAL(c->out.disagreements, 0);
}

static sweep_strategy *make_strategy(const world *w)
{
    static const uint32_t epochs[TRIALS] = { EPOCHS, EPOCHS, EPOCHS, EPOCHS,
                                             EPOCHS, EPOCHS, EPOCHS, EPOCHS };
    const sweep_strategy_cfg cfg = { .name = w->strategy,
                                     .eta = 2,
                                     .min_epochs = 1,
                                     .n = w->ranked,
                                     .epochs = epochs,
                                     .key = key };
    sweep_strategy *s = NULL;

    if (w->strategy)
        CU_ASSERT_EQUAL_FATAL(sweep_strategy_create(&s, &cfg, NULL), LUT_OK);
    return s;
}

/* Whether nothing is left to do. */
static bool run_once(world *w, sweep_plan *plan, uint64_t seed)
{
    sweep_known known[TRIALS];
    sweep_leases leases;
    sweep_coordinator c;
    size_t done;
    bool complete;

    CU_ASSERT_EQUAL_FATAL(sweep_leases_init(&leases, w->n, w->base.size, NULL), LUT_OK);
    take_up(w, &leases, known);
    done = leases.done;
    w->leases = plan->leases = &leases;
    plan->schedule.known = known;
    plan->schedule.strategy = make_strategy(w);
    CU_ASSERT_EQUAL_FATAL(sweep_coordinator_init(&c, plan, &w->base, NULL, NULL),
                          LUT_OK);
    if (play(w, &c)) {
        check_run(w, &c, done);
    } else {
        printf("schedule %llu does not end\n", (unsigned long long)seed);
        CU_FAIL("a sweep that does not end");
    }
    complete =
        !c.over || (leases.done + leases.failed == leases.n && c.decisions.n == 0);
    hand_down(w, &leases);
    sweep_coordinator_fini(&c);
    sweep_leases_fini(&leases);
    sweep_strategy_destroy(plan->schedule.strategy);
    return complete;
}

/* Who goes on at a rung, by the definition: of those that came, half, the best ones. */
static void climb(const world *w, bool here[TRIALS], uint32_t rung)
{
    const uint32_t epochs = 1u << rung;
    bool goes[TRIALS] = { false };
    size_t came = 0;

    for (size_t i = 0; i < w->ranked; i++)
        came += here[i];
    for (size_t k = 0; k < (came < 2 ? 1 : came / 2); k++) {
        size_t best = TRIALS;

        for (size_t i = 0; i < w->ranked; i++)
            if (here[i] && !goes[i] && !isnan(accuracy(w, i, epochs)) &&
                (best == TRIALS || accuracy(w, i, epochs) > accuracy(w, best, epochs)))
                best = i;
        if (best < TRIALS)
            goes[best] = true;
    }
    memcpy(here, goes, sizeof goes);
}

/* Decisions of halving do not depend on what happened. */
static void check_halving(const world *w)
{
    bool here[TRIALS];

    memset(here, true, sizeof here);
    for (uint32_t r = 0; r < RUNGS; r++) {
        bool before[TRIALS];

        memcpy(before, here, sizeof here);
        climb(w, here, r);
        for (size_t i = 0; i < w->ranked; i++)
            if (before[i] && !here[i] && !isnan(accuracy(w, i, 1u << r))) {
                CU_ASSERT(w->disk[i].pruned);
                CU_ASSERT_EQUAL(w->disk[i].epochs, 1u << r);
            }
    }
    for (size_t i = 0; i < w->ranked; i++)
        CU_ASSERT(!here[i] || (w->disk[i].final && !w->disk[i].pruned));
}

static void check_sweep(const world *w)
{
    size_t failed = 0;

    for (size_t i = 0; i < w->n; i++) {
        const record *d = &w->disk[i];

        failed += w->left[i].state == SWEEP_FAILED;
        CU_ASSERT(d->final || w->left[i].state == SWEEP_FAILED);
        if (d->final && !d->pruned)
            CU_ASSERT_EQUAL(d->epochs, w->diverges[i] ? DIVERGES : EPOCHS);
        CU_ASSERT(!w->must[i] || w->noticed[i]);
    }
    if (failed == 0 && w->strategy && !strcmp(w->strategy, "halving"))
        check_halving(w);
}

static void run_schedule(world *w, uint64_t seed, bool unsteady)
{
    static const double cost[TRIALS] = { 3, 1, 4, 1, 5, 9, 2, 6 };
    static const uint32_t epochs[TRIALS] = { EPOCHS, EPOCHS, EPOCHS, EPOCHS,
                                             EPOCHS, EPOCHS, EPOCHS, EPOCHS };
    sweep_plan plan = { .key = key,
                        .trial = give_trial,
                        .prune = prune_trial,
                        .prune_arg = w,
                        .beat = beat_every,
                        .max_fails = SIZE_MAX,
                        .best = NAN };
    bool derived[TRIALS];
    unsigned run = 0;

    set_out(w, seed);
    w->unsteady = unsteady;
    w->calm &= !unsteady;
    w->blind = chance(w) < 0.5;
    do {
        set_up_run(w, run);
        plan.seconds = w->limits ? 2 + 30 * chance(w) : INFINITY;
        plan.schedule = (sweep_schedule_cfg){
            .n = w->n, .cost = cost, .epochs = epochs, .job_seconds = plan.seconds
        };
        plan.schedule.ranked = w->ranked;
        plan.schedule.derived = derived;
        for (size_t i = 0; i < TRIALS; i++)
            derived[i] = i >= w->ranked;
    } while (!run_once(w, &plan, seed) && ++run < RUNS);
    CU_ASSERT(run < RUNS);
    check_sweep(w);
    forget_letters(w);
}

static size_t schedules(void)
{
    const char *n = getenv("SCHEDULES");

    return n ? strtoul(n, NULL, 10) : getenv("LUT_QUICK") ? 2000 : 20000;
}

/* Says which schedule was the first one that failed. */
static void run_schedules(size_t n, bool unsteady, size_t *must)
{
    static world w;

    watched = &w;
    for (size_t i = 0; i < n; i++) {
        const unsigned failures = CU_get_number_of_failures();

        run_schedule(&w, i, unsteady);
        for (size_t k = 0; k < w.n; k++)
            *must += w.must[k];
        if (CU_get_number_of_failures() != failures) {
            printf("schedule %zu fails\n", i);
            break;
        }
    }
}

static void test_schedules(void)
{
    size_t must = 0;

    run_schedules(schedules(), false, &must);
    CU_ASSERT_EQUAL(must, 0);
}

/* Every trial that was reported with two results is noticed; there are some. */
static void test_unsteady(void)
{
    size_t must = 0;

    run_schedules(schedules() / 10, true, &must);
    CU_ASSERT(must > schedules() / 400);
}

static void note_line(void *arg, lut_log_level level, const char *line)
{
    unsigned trial;
    int read = 0;

    (void)arg, (void)level;
    if (!watched)
        return;
    if (sscanf(line, "trial %1u ran twice with different results%n", &trial, &read) ==
            1 &&
        read > 0 && trial < TRIALS)
        watched->noticed[trial] = true;
    if (!strncmp(line, "rank 0 has been silent", 22))
        watched->zero_silent = true;
}

static void be_silent(void)
{
    lut_log_sink(LUT_WARN, note_line, NULL);
}

UNIT_MAIN("protocol", UNIT(be_silent), UNIT(test_schedules), UNIT(test_unsteady))
