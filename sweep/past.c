#include "sweep/past.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Room for one more element; doubles.  The count is the caller's to raise. */
static lut_status grow(void **array, size_t n, size_t size, lut_err *err)
{
    void *p;

    if (n & (n - 1) || (n && n < 16))
        return LUT_OK; /* full only at 0, 16, 32, 64, ... */
    p = realloc(*array, (n ? 2 * n : 16) * size);
    if (!p)
        return lut_fail(err, LUT_ENOMEM, "no memory for the journal");
    *array = p;
    return LUT_OK;
}

static lut_status add_trial(sweep_past *p, const sweep_entry *e, size_t failure,
                            lut_err *err)
{
    sweep_past_trial *t;

    LUT_TRY(grow((void **)&p->trial, p->ntrials, sizeof *p->trial, err));
    t = &p->trial[p->ntrials++];
    *t = (sweep_past_trial){ .attempts = e->attempt, .failure = failure };
    snprintf(t->key, sizeof t->key, "%s", e->key);
    return LUT_OK;
}

/* A decision of the strategy: no attempt of the trial's. */
static lut_status on_promote(sweep_past *p, const sweep_entry *e, lut_err *err)
{
    LUT_TRY(add_trial(p, e, SIZE_MAX, err));
    p->trial[p->ntrials - 1].promoted = (uint32_t)sweep_entry_number(e, "epoch", 0);
    return LUT_OK;
}

static lut_status on_start(sweep_past *p, const sweep_entry *e, lut_err *err)
{
    return add_trial(p, e, SIZE_MAX, err);
}

static lut_status on_fail(sweep_past *p, const sweep_entry *e, lut_err *err)
{
    sweep_failure *f;
    char text[SWEEP_LINE];

    LUT_TRY(grow((void **)&p->failure, p->nfailures, sizeof *p->failure, err));
    LUT_TRY(grow((void **)&p->text, p->nfailures, sizeof *p->text, err));
    f = &p->failure[p->nfailures];
    *f = (sweep_failure){ .attempt = e->attempt };
    snprintf(f->key, sizeof f->key, "%s", e->key);
    sweep_entry_text(e, "cause", f->cause, sizeof f->cause);
    sweep_entry_text(e, "log", f->log, sizeof f->log);
    f->signal = (int)sweep_entry_number(e, "signal", 0);
    f->exit_code = (int)sweep_entry_number(e, "exit", 0);
    f->epoch = (uint32_t)sweep_entry_number(e, "epoch", 0);
    sweep_entry_text(e, "trial", text, sizeof text);
    p->text[p->nfailures] = strdup(text);
    if (!p->text[p->nfailures])
        return lut_fail(err, LUT_ENOMEM, "no memory for the journal");
    p->nfailures++;
    return add_trial(p, e, p->nfailures - 1, err);
}

/* Results of a key that ended more than once must be one result. */
static lut_status on_done(sweep_past *p, const sweep_entry *e, lut_err *err)
{
    sweep_past_done *d;

    LUT_TRY(grow((void **)&p->done, p->ndone, sizeof *p->done, err));
    d = &p->done[p->ndone];
    *d = (sweep_past_done){ .attempt = e->attempt };
    if (!sweep_entry_text(e, "hash", d->hash, sizeof d->hash))
        return LUT_OK; /* journals of an older program */
    memcpy(d->key, e->key, sizeof d->key);
    sweep_entry_text(e, "status", d->status, sizeof d->status);
    if (!strcmp(d->status, "pruned"))
        return LUT_OK; /* with the training that it shares, which may go on later */
    d->valid_accuracy = sweep_entry_number(e, "valid_accuracy", (double)NAN);
    p->ndone++;
    return LUT_OK;
}

static lut_status on_run(sweep_past *p, const sweep_entry *e, lut_err *err)
{
    sweep_provenance *r;
    char text[SWEEP_LINE];

    LUT_TRY(grow((void **)&p->run, p->nruns, sizeof *p->run, err));
    r = &p->run[p->nruns];
    *r = (sweep_provenance){ .ranks = (uint32_t)sweep_entry_number(e, "ranks", 1),
                             .threads = (uint32_t)sweep_entry_number(e, "threads", 1) };
    memcpy(r->started, e->utc, sizeof r->started);
    sweep_entry_text(e, "host", r->host, sizeof r->host);
    sweep_entry_text(e, "compiler", r->compiler, sizeof r->compiler);
    sweep_entry_text(e, "mpi", r->mpi, sizeof r->mpi);
    sweep_entry_text(e, "hdf5", r->hdf5, sizeof r->hdf5);
    sweep_entry_text(e, "revision", r->revision, sizeof r->revision);
    sweep_entry_text(e, "version", r->version, sizeof r->version);
    sweep_entry_text(e, "cpu", r->cpu, sizeof r->cpu);
    sweep_entry_text(e, "system", r->system, sizeof r->system);
    r->cores = (uint32_t)sweep_entry_number(e, "cores", 0);
    r->memory = sweep_entry_number(e, "memory", (double)NAN);
    sweep_entry_text(e, "digests", text, sizeof text);
    r->digests = strdup(text);
    sweep_entry_text(e, "command", text, sizeof text);
    r->command = strdup(text);
    sweep_entry_text(e, "name", p->name, sizeof p->name);
    sweep_entry_text(e, "keep", p->keep, sizeof p->keep);
    sweep_entry_text(e, "hw_emit", p->hw.emit, sizeof p->hw.emit);
    sweep_entry_text(e, "hw_verify", p->hw.verify, sizeof p->hw.verify);
    p->hw.rows = (uint32_t)sweep_entry_number(e, "hw_rows", 0);
    sweep_entry_text(e, "stamp", p->last, sizeof p->last);
    p->trials = (size_t)fmax(0, sweep_entry_number(e, "trials", 0));
    p->workers = sweep_entry_number(e, "workers", 0);
    r->config = strdup(p->last); /* its file, read when all lines are known */
    p->nruns++;
    if (!r->digests || !r->command || !r->config)
        return lut_fail(err, LUT_ENOMEM, "no memory for the journal");
    return LUT_OK;
}

static lut_status on_end(sweep_past *p, const sweep_entry *e, lut_err *err)
{
    (void)err;
    if (p->nruns)
        memcpy(p->run[p->nruns - 1].ended, e->utc, sizeof e->utc);
    return LUT_OK;
}

lut_status sweep_past_take(void *past, const sweep_entry *e, lut_err *err)
{
    static const struct {
        const char *event;
        lut_status (*fn)(sweep_past *p, const sweep_entry *e, lut_err *err);
    } table[] = { { "START", on_start }, { "PROMOTE", on_promote }, { "DONE", on_done },
                  { "FAIL", on_fail },   { "RUN", on_run },         { "END", on_end } };

    for (size_t i = 0; i < LUT_COUNT(table); i++)
        if (!strcmp(e->event, table[i].event))
            return table[i].fn(past, e, err);
    return LUT_OK;
}

static int by_key(const void *a, const void *b)
{
    const sweep_past_trial *x = a, *y = b;
    int order = strcmp(x->key, y->key);

    if (!order && x->attempts != y->attempts)
        order = x->attempts < y->attempts ? -1 : 1;
    if (order || x->failure == y->failure)
        return order;
    return x->failure < y->failure ? -1 : 1;
}

/* One entry a key: the most attempts, the failure of the last that failed. */
static void unite(sweep_past *p)
{
    size_t n = 0;

    if (p->ntrials)
        qsort(p->trial, p->ntrials, sizeof *p->trial, by_key);
    for (size_t i = 0; i < p->ntrials; i++) {
        const sweep_past_trial *t = &p->trial[i];
        sweep_past_trial *into = n ? &p->trial[n - 1] : NULL;

        if (!into || strcmp(into->key, t->key) != 0) {
            p->trial[n++] = *t;
            continue;
        }
        into->attempts = t->attempts;
        if (t->promoted > into->promoted)
            into->promoted = t->promoted;
        if (t->failure != SIZE_MAX)
            into->failure = t->failure;
    }
    p->ntrials = n;
}

static int by_done(const void *a, const void *b)
{
    const sweep_past_done *x = a, *y = b;
    int order = strcmp(x->key, y->key);

    return order ? order : strcmp(x->hash, y->hash);
}

/* Nobody's failure to run: it has no text of a trial and counts for no key. */
static lut_status add_conflict(sweep_past *p, const sweep_past_done *d, lut_err *err)
{
    sweep_failure *f;

    LUT_TRY(grow((void **)&p->failure, p->nfailures, sizeof *p->failure, err));
    LUT_TRY(grow((void **)&p->text, p->nfailures, sizeof *p->text, err));
    f = &p->failure[p->nfailures];
    *f = (sweep_failure){ .attempt = d->attempt, .cause = SWEEP_STORE_CONFLICT };
    memcpy(f->key, d->key, sizeof f->key);
    snprintf(f->log, sizeof f->log, "attempt %u: %s, valid_accuracy %.17g, result %s",
             d->attempt, d->status, d->valid_accuracy, d->hash);
    p->text[p->nfailures] = strdup("");
    if (!p->text[p->nfailures])
        return lut_fail(err, LUT_ENOMEM, "no memory for the journal");
    p->nfailures++;
    return LUT_OK;
}

static bool one_key(const sweep_past_done *a, const sweep_past_done *b)
{
    return strcmp(a->key, b->key) == 0;
}

/* Every result of a key that has several, each once. */
static lut_status find_conflicts(sweep_past *p, lut_err *err)
{
    size_t n = 0;

    if (p->ndone)
        qsort(p->done, p->ndone, sizeof *p->done, by_done);
    for (size_t i = 0; i < p->ndone; i++)
        if (n == 0 || by_done(&p->done[n - 1], &p->done[i]) != 0)
            p->done[n++] = p->done[i];
    for (size_t i = 0; i < n; i++)
        if ((i > 0 && one_key(&p->done[i - 1], &p->done[i])) ||
            (i + 1 < n && one_key(&p->done[i], &p->done[i + 1])))
            LUT_TRY(add_conflict(p, &p->done[i], err));
    p->ndone = n;
    return LUT_OK;
}

static lut_status read_configs(sweep_past *p, const sweep_state *s, lut_err *err)
{
    for (size_t i = 0; i < p->nruns; i++) {
        char name[SWEEP_STAMP + 8], *text;
        lut_status st;

        snprintf(name, sizeof name, "%s.cfg", p->run[i].config);
        st = sweep_state_get(s, name, &text, err);
        if (st == LUT_ENOENT)
            text = strdup("");
        free(p->run[i].config);
        p->run[i].config = text;
        if (!text)
            return lut_fail(err, LUT_ENOMEM, "no memory for a configuration");
    }
    return LUT_OK;
}

lut_status sweep_past_end(sweep_past *p, const sweep_state *s, lut_err *err)
{
    unite(p);
    LUT_TRY(find_conflicts(p, err));
    return read_configs(p, s, err);
}

lut_status sweep_past_read(sweep_past *p, const sweep_state *s, lut_err *err)
{
    lut_status st;

    *p = (sweep_past){ 0 };
    st = sweep_state_replay(s, sweep_past_take, p, err);
    if (st == LUT_OK)
        st = sweep_past_end(p, s, err);
    if (st != LUT_OK)
        sweep_past_fini(p);
    return st;
}

void sweep_past_fini(sweep_past *p)
{
    for (size_t i = 0; i < p->nfailures; i++)
        free(p->text[i]);
    for (size_t i = 0; i < p->nruns; i++) {
        free(p->run[i].digests);
        free(p->run[i].command);
        free(p->run[i].config);
    }
    free(p->trial);
    free(p->done);
    free(p->failure);
    free(p->text);
    free(p->run);
    *p = (sweep_past){ 0 };
}

static int against_key(const void *key, const void *trial)
{
    return strcmp(key, ((const sweep_past_trial *)trial)->key);
}

const sweep_past_trial *sweep_past_find(const sweep_past *p, const char *key)
{
    if (!p->ntrials)
        return NULL;
    return bsearch(key, p->trial, p->ntrials, sizeof *p->trial, against_key);
}
