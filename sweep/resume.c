#include "sweep/resume.h"
#include "sweep/hardware.h"
#include "sweep/record.h"
#include "sweep/store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static lut_status import_row(const sweep_state *s, sweep_store *store, size_t i,
                             lut_err *err)
{
    sweep_result r;
    lut_status st;

    LUT_TRY(sweep_store_get(store, i, &r, err));
    st = sweep_state_write(s, &r, err);
    sweep_result_fini(&r);
    return st;
}

static lut_status read_row(const sweep_state *s, sweep_store *store, size_t i,
                           lut_err *err)
{
    sweep_result r;
    lut_status st = sweep_store_get(store, i, &r, err);

    if (st == LUT_OK)
        sweep_result_fini(&r);
    else if (st == LUT_EFORMAT)
        lut_err_wrap(err, "%s: damaged, move it away and run the sweep again", s->file);
    return st;
}

typedef lut_status (*row_fn)(const sweep_state *s, sweep_store *store, size_t i,
                             lut_err *err);

/* One that was pruned and stands at its rung again, as was asked for, has no record either. */
static bool is_known(const sweep_state *s, const char *key, const char *status)
{
    char record[SWEEP_PATH], rung[SWEEP_PATH];

    sweep_state_record(s, record, key);
    sweep_state_rung(s, rung, key);
    return access(record, F_OK) == 0 ||
           (strcmp(status, "pruned") == 0 && access(rung, F_OK) == 0);
}

/* Rows that have no record. */
static lut_status new_rows(const sweep_state *s, sweep_store *store, row_fn fn,
                           lut_err *err)
{
    const sweep_column *key = sweep_store_text(store, "key", err);
    const sweep_column *status = sweep_store_text(store, "status", err);

    if (!key || !status)
        return lut_err_wrap(err, "%s", s->file);
    for (size_t i = 0; i < sweep_store_rows(store); i++) {
        if (sweep_status_final(status->text[i]) &&
            !is_known(s, key->text[i], status->text[i]))
            LUT_TRY(fn(s, store, i, err));
    }
    return LUT_OK;
}

static lut_status other_sweep(const char *path, const char *found, const char *name,
                              lut_err *err)
{
    return lut_fail(err, LUT_EBUSY,
                    "%s: belongs to sweep \"%s\", this is \"%s\": choose another file "
                    "with -o",
                    path, found, name);
}

static lut_status open_own(sweep_store **store, const sweep_state *s, const char *name,
                           lut_err *err)
{
    lut_status st = sweep_store_open(store, s->file, err);

    if (st != LUT_OK || !strcmp(sweep_store_name(*store), name))
        return st;
    st = other_sweep(s->file, sweep_store_name(*store), name, err);
    sweep_store_close(*store);
    return st;
}

lut_status sweep_check(const sweep_state *s, const char *name, lut_err *err)
{
    sweep_store *store;
    lut_status st = open_own(&store, s, name, err);

    if (st == LUT_ENOENT)
        return LUT_OK;
    if (st != LUT_OK)
        return st;
    st = new_rows(s, store, read_row, err);
    sweep_store_close(store);
    return st;
}

lut_status sweep_import(const sweep_state *s, const sweep_past *past, const char *name,
                        lut_err *err)
{
    sweep_store *store;
    lut_status st;

    if (past->name[0] && strcmp(past->name, name) != 0)
        return other_sweep(s->root, past->name, name, err);
    st = open_own(&store, s, name, err);
    if (st == LUT_ENOENT)
        return LUT_OK;
    if (st != LUT_OK)
        return st;
    st = new_rows(s, store, import_row, err);
    sweep_store_close(store);
    return st;
}

/* What a run is to go on from. */
typedef struct resume {
    sweep_leases *l;
    sweep_known *known;
    const sweep_state *s;
    const sweep_past *past;
    unsigned retry;
    sweep_rungs_fn rungs;
    void *arg;
} resume;

/* Best validation accuracy of a trial as it stands at a rung; NaN: it does not.  One that
 * ended by itself stands at all that follow, too. */
static double best_at(const sweep_result *r, uint32_t rung)
{
    const char *const status = r->row.status;
    double best;

    if (!strcmp(status, "diverged") && rung >= r->row.epochs_run)
        return NAN;
    if ((!strcmp(status, "pruned") || !strcmp(status, "paused")) &&
        rung > r->row.epochs_run)
        return NAN;
    sweep_best_until(r, rung, &best, NULL);
    return best;
}

/* Of the whole training: one that was done in legs was timed in its last leg alone. */
static double training_seconds(const sweep_result *r)
{
    const double epoch = r->timing.epoch_seconds;

    return isfinite(epoch) ? epoch * r->row.epochs_run : r->timing.train_seconds;
}

static void note(const resume *m, size_t i, const sweep_result *r)
{
    sweep_known *k = &m->known[i];
    uint32_t rung[SWEEP_RUNGS];
    const size_t n = m->rungs ? m->rungs(m->arg, rung, i) : 0;

    k->epochs = (uint32_t)r->row.epochs_run;
    k->seconds = training_seconds(r);
    for (size_t j = 0; j < n; j++)
        k->best[j] = best_at(r, rung[j]);
}

/* Its row is final. */
static void note_final(const resume *m, size_t i, const sweep_result *r,
                       uint32_t attempts)
{
    note(m, i, r);
    m->known[i].final = true;
    m->known[i].pruned = strcmp(r->row.status, "pruned") == 0;
    sweep_leases_restore(m->l, i, SWEEP_DONE, SWEEP_FINE, attempts);
}

/* It stands at a rung, or has not begun, or failed. */
static lut_status note_open(const resume *m, size_t i, const char *key,
                            const sweep_past_trial *t, lut_err *err)
{
    const uint32_t attempts = t ? t->attempts : 0;
    sweep_cause cause = SWEEP_FINE;
    sweep_result r;
    lut_status st = sweep_state_read_rung(m->s, &r, key, err);

    if (st == LUT_OK) {
        note(m, i, &r);
        m->known[i].seconds = NAN;
        sweep_result_fini(&r);
    } else if (st != LUT_ENOENT) {
        return st;
    }
    if (t && t->failure != SIZE_MAX)
        cause = sweep_cause_find(m->past->failure[t->failure].cause);
    if (cause != SWEEP_FINE && cause != SWEEP_CAUSES && !(m->retry & 1u << cause))
        sweep_leases_restore(m->l, i, SWEEP_FAILED, cause, attempts);
    else
        sweep_leases_restore(m->l, i, SWEEP_WAITING, cause, attempts);
    return LUT_OK;
}

/* Its final record, but for one that was pruned and is asked for again. */
static lut_status read_final(const resume *m, sweep_result *r, const char *key,
                             lut_err *err)
{
    LUT_TRY(sweep_state_read(m->s, r, key, err));
    if (!(m->retry & SWEEP_RETRY_PRUNED) || strcmp(r->row.status, "pruned") != 0)
        return LUT_OK;
    sweep_result_fini(r);
    LUT_TRY(sweep_state_unprune(m->s, key, err));
    return lut_fail(err, LUT_ENOENT, "trial %s: pruned, tried again", key);
}

/* Rungs of today that lie below an epoch: a trial that was let pass there, or that stands
 * beyond them, has passed them, whatever the rungs were then. */
static uint32_t rungs_passed(const resume *m, size_t i, double below)
{
    uint32_t rung[SWEEP_RUNGS], passed = 0;
    const size_t n = m->rungs ? m->rungs(m->arg, rung, i) : 0;

    while (passed < n && rung[passed] < below)
        passed++;
    return passed;
}

static lut_status resume_one(const resume *m, size_t i, const char *key, double *valid,
                             lut_err *err)
{
    const sweep_past_trial *t = sweep_past_find(m->past, key);
    sweep_result r;
    lut_status st = read_final(m, &r, key, err);

    *valid = NAN;
    m->known[i] = (sweep_known){ .seconds = NAN };
    if (st == LUT_ENOENT) {
        LUT_TRY(note_open(m, i, key, t, err));
        m->known[i].promoted = rungs_passed(
            m, i, fmax(t && t->promoted ? t->promoted + 0.5 : 0, m->known[i].epochs));
        return LUT_OK;
    }
    if (st != LUT_OK)
        return st;
    *valid = r.row.valid_accuracy;
    note_final(m, i, &r, t ? t->attempts : 0);
    sweep_result_fini(&r);
    return LUT_OK;
}

lut_status sweep_resume(sweep_leases *l, sweep_known *known, const sweep_state *s,
                        const sweep_past *past, const char (*key)[SWEEP_KEY],
                        unsigned retry, sweep_rungs_fn rungs, void *arg, double *best,
                        char best_key[SWEEP_KEY], lut_err *err)
{
    const resume m = { l, known, s, past, retry, rungs, arg };

    *best = NAN;
    best_key[0] = 0;
    for (size_t i = 0; i < l->n; i++) {
        double valid;

        LUT_TRY(resume_one(&m, i, key[i], &valid, err));
        if (isnan(valid) || (!isnan(*best) && valid <= *best))
            continue;
        *best = valid;
        memcpy(best_key, key[i], SWEEP_KEY);
    }
    return LUT_OK;
}

/* ---- one training for several trials ---- */

/* A record of another configuration. */
typedef struct foreign {
    char training[SWEEP_KEY], key[SWEEP_KEY];
} foreign;

typedef struct kinship {
    const resume *m;
    const sweep_sharing *sh;
    size_t *first, *next; /* 1 + members of each primary's family but itself; owned */
    foreign *foreign;     /* [nforeign] by training key; owned */
    size_t nforeign;
    bool looked; /* for foreign ones */
} kinship;

static int by_key(const void *a, const void *b)
{
    return strcmp(a, b);
}

static int by_training(const void *a, const void *b)
{
    const foreign *x = a, *y = b;
    const int order = strcmp(x->training, y->training);

    return order ? order : strcmp(x->key, y->key);
}

/* Families as chains, in the order of their numbers. */
static lut_status make_chains(kinship *k, lut_err *err)
{
    const size_t n = k->m->l->n;

    k->first = calloc(n + 1, sizeof *k->first);
    k->next = calloc(n + 1, sizeof *k->next);
    if (!k->first || !k->next)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu trials", n);
    for (size_t i = n; i-- > 0;) {
        const size_t p = k->sh->primary[i];

        if (p == i)
            continue;
        k->next[i] = k->first[p];
        k->first[p] = i + 1;
    }
    return LUT_OK;
}

static lut_status note_foreign(kinship *k, const char *key, lut_err *err)
{
    sweep_result r;
    lut_status st = sweep_state_read(k->m->s, &r, key, err);

    if (st != LUT_OK)
        return st == LUT_ENOENT ? LUT_OK : st;
    if (r.row.training_key[0] && sweep_derives(&r, r.row.training_key)) {
        foreign *f = &k->foreign[k->nforeign++];

        memcpy(f->training, r.row.training_key, SWEEP_KEY);
        memcpy(f->key, key, SWEEP_KEY);
    }
    sweep_result_fini(&r);
    return LUT_OK;
}

/* Each record that is not of this configuration is opened, once, and only where a family has
 * nothing else to go by. */
static lut_status look_for_foreign(kinship *k, lut_err *err)
{
    const size_t n = k->m->l->n;
    char(*key)[SWEEP_KEY] = NULL, (*own)[SWEEP_KEY] = NULL;
    size_t nkeys = 0;
    lut_status st;

    k->looked = true;
    st = sweep_state_keys(k->m->s, &key, &nkeys, err);
    if (st == LUT_OK) {
        own = malloc((n + 1) * sizeof *own);
        k->foreign = malloc((nkeys + 1) * sizeof *k->foreign);
        if (!own || !k->foreign)
            st = lut_fail(err, LUT_ENOMEM, "no memory for %zu keys", nkeys);
    }
    if (st == LUT_OK && n) {
        memcpy(own, k->sh->key, n * sizeof *own);
        qsort(own, n, sizeof *own, by_key);
    }
    for (size_t i = 0; st == LUT_OK && i < nkeys; i++)
        if (!bsearch(key[i], own, n, sizeof *own, by_key))
            st = note_foreign(k, key[i], err);
    if (st == LUT_OK && k->nforeign)
        qsort(k->foreign, k->nforeign, sizeof *k->foreign, by_training);
    free(own);
    free(key);
    return st;
}

/* *found: that record has the family's training, and is pruned or not, as wanted; *r is owned
 * then. */
static lut_status try_base(const kinship *k, bool *found, sweep_result *r, size_t p,
                           const char *key, bool pruned, lut_err *err)
{
    lut_status st = sweep_state_read(k->m->s, r, key, err);

    *found = false;
    if (st != LUT_OK)
        return st == LUT_ENOENT ? LUT_OK : st;
    *found = sweep_derives(r, k->sh->training[p]) &&
             (strcmp(r->row.status, "pruned") == 0) == pruned;
    if (!*found)
        sweep_result_fini(r);
    return LUT_OK;
}

static lut_status try_members(const kinship *k, bool *found, sweep_result *r, size_t p,
                              bool pruned, lut_err *err)
{
    for (size_t i = p + 1; i && !*found; i = i == p + 1 ? k->first[p] : k->next[i - 1])
        if (k->m->l->lease[i - 1].state == SWEEP_DONE)
            LUT_TRY(try_base(k, found, r, p, k->sh->key[i - 1], pruned, err));
    return LUT_OK;
}

/* What was pruned was so among the trials of its run: it says how today's end only where it is
 * one of them, and where today's are ranked at all. */
static lut_status try_pruned(const kinship *k, bool *found, sweep_result *r, size_t p,
                             lut_err *err)
{
    uint32_t rung[SWEEP_RUNGS];

    if (!k->m->rungs || k->m->rungs(k->m->arg, rung, p) == 0)
        return LUT_OK;
    return try_members(k, found, r, p, true, err);
}

static lut_status try_foreign(kinship *k, bool *found, sweep_result *r, size_t p,
                              lut_err *err)
{
    if (!k->looked)
        LUT_TRY(look_for_foreign(k, err));
    for (size_t i = 0; i < k->nforeign && !*found; i++)
        if (!strcmp(k->foreign[i].training, k->sh->training[p]))
            LUT_TRY(try_base(k, found, r, p, k->foreign[i].key, false, err));
    return LUT_OK;
}

static lut_status find_base(kinship *k, bool *found, sweep_result *r, size_t p,
                            lut_err *err)
{
    *found = false;
    LUT_TRY(try_members(k, found, r, p, false, err));
    if (!*found)
        LUT_TRY(try_pruned(k, found, r, p, err));
    if (!*found) /* the row whose hardware fields are all at their defaults */
        LUT_TRY(try_base(k, found, r, p, k->sh->training[p], false, err));
    return *found ? LUT_OK : try_foreign(k, found, r, p, err);
}

static bool waits(const kinship *k, size_t i)
{
    return k->m->l->lease[i].state == SWEEP_WAITING;
}

static void take_from(kinship *k, size_t p, const sweep_result *r)
{
    for (size_t i = p + 1; i; i = i == p + 1 ? k->first[p] : k->next[i - 1])
        if (waits(k, i - 1))
            memcpy(k->sh->base[i - 1], r->row.key, SWEEP_KEY);
    if (!waits(k, p))
        return;
    note(k->m, p, r);
    k->m->known[p].trained = true;
    k->m->known[p].pruned = strcmp(r->row.status, "pruned") == 0;
}

static void follow_one(kinship *k, size_t p)
{
    const sweep_lease_state state = k->m->l->lease[p].state;
    size_t trainer = p;

    for (size_t i = k->first[p]; i && trainer == p && state == SWEEP_DONE;
         i = k->next[i - 1])
        if (waits(k, i - 1))
            trainer = i - 1;
    k->sh->derived[trainer] = false;
    for (size_t i = k->first[p]; i; i = k->next[i - 1])
        if (i - 1 != trainer && waits(k, i - 1)) {
            sweep_leases_follow(k->m->l, i - 1, trainer);
            memcpy(k->sh->base[i - 1], k->sh->key[trainer], SWEEP_KEY);
        }
}

static lut_status share_one(kinship *k, size_t p, lut_err *err)
{
    bool any = waits(k, p), found;
    sweep_result r;

    for (size_t i = k->first[p]; i; i = k->next[i - 1])
        any |= waits(k, i - 1);
    if (!any)
        return LUT_OK;
    LUT_TRY(find_base(k, &found, &r, p, err));
    if (!found) {
        follow_one(k, p);
        return LUT_OK;
    }
    take_from(k, p, &r);
    sweep_result_fini(&r);
    return LUT_OK;
}

lut_status sweep_resume_sharing(sweep_leases *l, sweep_known *known,
                                const sweep_state *s, const sweep_sharing *sharing,
                                sweep_rungs_fn rungs, void *arg, lut_err *err)
{
    const resume m = { .l = l, .known = known, .s = s, .rungs = rungs, .arg = arg };
    kinship k = { .m = &m, .sh = sharing };
    lut_status st = make_chains(&k, err);

    memset(sharing->base, 0, l->n * sizeof *sharing->base);
    for (size_t i = 0; st == LUT_OK && i < l->n; i++)
        if (sharing->primary[i] == i)
            st = share_one(&k, i, err);
    free(k.first);
    free(k.next);
    free(k.foreign);
    return st;
}
