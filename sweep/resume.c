#include "sweep/resume.h"
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

/* Rows that have no record. */
static lut_status new_rows(const sweep_state *s, sweep_store *store, row_fn fn,
                           lut_err *err)
{
    const sweep_column *key = sweep_store_text(store, "key", err);
    const sweep_column *status = sweep_store_text(store, "status", err);

    if (!key || !status)
        return lut_err_wrap(err, "%s", s->file);
    for (size_t i = 0; i < sweep_store_rows(store); i++) {
        char path[SWEEP_PATH];

        sweep_state_record(s, path, key->text[i]);
        if (sweep_status_final(status->text[i]) && access(path, F_OK) != 0)
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

/* ---- what is known of trials ---- */

/* What all trials are asked. */
typedef struct quest {
    sweep_leases *l;
    sweep_known *known; /* NULL: not asked */
    const sweep_state *s;
    const sweep_past *past;
    unsigned retry;
    sweep_rungs_fn rungs;
    void *rungs_arg;
} quest;

/* Best validation accuracy of a trial as it stands at a rung; NaN: it does not. */
static double best_at(const sweep_result *r, uint32_t rung)
{
    const char *const status = r->row.status;
    const bool there = rung <= r->row.epochs_run;
    double best;

    if (!strcmp(status, "diverged") && rung >= r->row.epochs_run)
        return NAN;
    if (!there && (!strcmp(status, "pruned") || !strcmp(status, "paused")))
        return NAN;
    sweep_best_until(r, rung, &best, NULL);
    return best;
}

/* A trial that was done in legs was timed in its last one alone. */
static double training_seconds(const sweep_result *r)
{
    const sweep_timing *t = &r->timing;

    return isfinite(t->epoch_seconds) ? t->epoch_seconds * r->row.epochs_run
                                      : t->train_seconds;
}

static void note_known(const quest *q, size_t i, const sweep_result *r)
{
    const bool final = sweep_status_final(r->row.status);
    sweep_known *k = &q->known[i];
    uint32_t rung[SWEEP_RUNGS];
    const size_t n = q->rungs ? q->rungs(q->rungs_arg, rung, i) : 0;

    k->final = final;
    k->pruned = !strcmp(r->row.status, "pruned");
    k->epochs = (uint32_t)r->row.epochs_run;
    k->seconds = final ? training_seconds(r) : NAN;
    for (size_t j = 0; j < SWEEP_RUNGS; j++)
        k->best[j] = j < n ? best_at(r, rung[j]) : NAN;
}

static void know_nothing(const quest *q, size_t i)
{
    q->known[i].seconds = NAN;
    for (size_t j = 0; j < SWEEP_RUNGS; j++)
        q->known[i].best[j] = NAN;
}

/* Its final record, but for one that was pruned and is asked for again. */
static lut_status read_final(const quest *q, sweep_result *r, const char *key,
                             lut_err *err)
{
    LUT_TRY(sweep_state_read(q->s, r, key, err));
    if (!(q->retry & SWEEP_RETRY_PRUNED) || strcmp(r->row.status, "pruned") != 0)
        return LUT_OK;
    sweep_result_fini(r);
    LUT_TRY(sweep_state_unprune(q->s, key, err));
    return lut_fail(err, LUT_ENOENT, "trial %s: pruned, tried again", key);
}

static lut_status note_rung(const quest *q, size_t i, const char *key, lut_err *err)
{
    sweep_result r;
    lut_status st;

    if (!q->known)
        return LUT_OK;
    know_nothing(q, i);
    st = sweep_state_read_rung(q->s, &r, key, err);
    if (st != LUT_OK)
        return st == LUT_ENOENT ? LUT_OK : st;
    note_known(q, i, &r);
    sweep_result_fini(&r);
    return LUT_OK;
}

/* Without a final record: it waits, or failed for good. */
static lut_status resume_open(const quest *q, size_t i, const char *key, lut_err *err)
{
    const sweep_past_trial *t = sweep_past_find(q->past, key);
    const uint32_t attempts = t ? t->attempts : 0;
    sweep_cause cause = SWEEP_FINE;
    bool failed;

    if (t && t->failure != SIZE_MAX)
        cause = sweep_cause_find(q->past->failure[t->failure].cause);
    failed =
        cause != SWEEP_FINE && cause != SWEEP_CAUSES && !(q->retry & 1u << cause);
    sweep_leases_restore(q->l, i, failed ? SWEEP_FAILED : SWEEP_WAITING, cause,
                         attempts);
    return note_rung(q, i, key, err);
}

static lut_status resume_one(const quest *q, size_t i, const char *key, double *valid,
                             lut_err *err)
{
    const sweep_past_trial *t = sweep_past_find(q->past, key);
    sweep_result r;
    lut_status st = read_final(q, &r, key, err);

    *valid = NAN;
    if (st == LUT_ENOENT)
        return resume_open(q, i, key, err);
    if (st != LUT_OK)
        return st;
    *valid = r.row.valid_accuracy;
    if (q->known)
        note_known(q, i, &r);
    sweep_result_fini(&r);
    sweep_leases_restore(q->l, i, SWEEP_DONE, SWEEP_FINE, t ? t->attempts : 0);
    return LUT_OK;
}

lut_status sweep_resume(sweep_leases *l, sweep_known *known, const sweep_state *s,
                        const sweep_past *past, const char (*key)[SWEEP_KEY],
                        unsigned retry, sweep_rungs_fn rungs, void *rungs_arg,
                        double *best, char best_key[SWEEP_KEY], lut_err *err)
{
    const quest q = { l, known, s, past, retry, rungs, rungs_arg };

    *best = NAN;
    best_key[0] = 0;
    for (size_t i = 0; i < l->n; i++) {
        double valid;

        LUT_TRY(resume_one(&q, i, key[i], &valid, err));
        if (isnan(valid) || (!isnan(*best) && valid <= *best))
            continue;
        *best = valid;
        memcpy(best_key, key[i], SWEEP_KEY);
    }
    return LUT_OK;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

static lut_status all_stored(const sweep_state *s, sweep_store *store,
                             char (*key)[SWEEP_KEY], size_t n, lut_err *err)
{
    const sweep_column *c = sweep_store_text(store, "key", err);
    const sweep_column *status = sweep_store_text(store, "status", err);
    size_t found = 0;

    if (!c || !status)
        return lut_err_wrap(err, "%s", s->file);
    /* A row that failed says nothing of the record that came after it. */
    for (size_t i = 0; n && i < sweep_store_rows(store); i++)
        found += sweep_status_final(status->text[i]) &&
                 bsearch(c->text[i], key, n, sizeof *key, by_text) != NULL;
    if (found == n)
        return LUT_OK;
    return lut_fail(
        err, LUT_EINVAL,
        "%s: %zu of its %zu finished trials are not in %s: lutsweep --merge %s "
        "first",
        s->root, n - found, n, s->file, s->file);
}

lut_status sweep_covered(const sweep_state *s, lut_err *err)
{
    sweep_store *store;
    char(*key)[SWEEP_KEY];
    size_t n;
    lut_status st;

    LUT_TRY(sweep_store_open(&store, s->file, err));
    st = sweep_state_keys(s, &key, &n, err);
    if (st == LUT_OK)
        st = all_stored(s, store, key, n, err);
    free(key);
    sweep_store_close(store);
    return st;
}
