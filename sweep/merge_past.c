/* Failures and provenance of all sources, each once. */
#include "sweep/merge_impl.h"

#include <stdlib.h>
#include <string.h>

static int by_number(uint32_t a, uint32_t b)
{
    return (a > b) - (a < b);
}

/* All of it: attempts are numbered by each file for itself, and conflicts of one key are told
 * apart by what they say. */
static int by_attempt(const void *a, const void *b)
{
    const sweep_failure *x = a, *y = b;
    int order = strcmp(x->key, y->key);

    if (!order)
        order = by_number(x->attempt, y->attempt);
    if (!order)
        order = strcmp(x->cause, y->cause);
    if (!order)
        order = by_number((uint32_t)x->signal, (uint32_t)y->signal);
    if (!order)
        order = by_number((uint32_t)x->exit_code, (uint32_t)y->exit_code);
    if (!order)
        order = by_number(x->epoch, y->epoch);
    return order ? order : strcmp(x->log, y->log);
}

/* The list stays sorted, whatever rank or file its rows are from. */
static lut_status take_failures(sweep_merge_job *m, const sweep_failure *f, size_t n,
                                lut_err *err)
{
    const size_t known = m->nfailures;

    for (size_t i = 0; i < n; i++) {
        if (known && bsearch(&f[i], m->failure, known, sizeof *f, by_attempt))
            continue;
        LUT_TRY(sweep_merge_grow(&m->failure, m->nfailures, &m->failure_room,
                                 sizeof *m->failure, err));
        m->failure[m->nfailures++] = f[i];
    }
    if (m->nfailures > known)
        qsort(m->failure, m->nfailures, sizeof *f, by_attempt);
    return LUT_OK;
}

lut_status sweep_merge_failure(sweep_merge_job *m, const sweep_failure *f, lut_err *err)
{
    return take_failures(m, f, 1, err);
}

void sweep_merge_forget_verdict(sweep_merge_job *m, const char *key)
{
    size_t n = 0;

    for (size_t i = 0; i < m->nfailures; i++)
        if (strcmp(m->failure[i].cause, SWEEP_STORE_HARDWARE) != 0 ||
            strcmp(m->failure[i].key, key) != 0)
            m->failure[n++] = m->failure[i];
    m->nfailures = n;
}

static void take_runs(sweep_merge_job *m, const sweep_provenance *r, size_t n)
{
    const size_t known = m->nruns;

    for (size_t i = 0; i < n; i++) {
        bool seen = false;

        for (size_t j = 0; j < known && !seen; j++)
            seen = !strcmp(m->run[j].started, r[i].started) &&
                   !strcmp(m->run[j].command, r[i].command);
        if (!seen)
            m->run[m->nruns++] = r[i];
    }
}

static lut_status take_past(sweep_merge_job *m, const sweep_merge_source *s,
                            lut_err *err)
{
    const sweep_failure *f;
    const sweep_provenance *r;
    size_t n;

    LUT_TRY(take_failures(m, s->past.failure, s->past.nfailures, err));
    take_runs(m, s->past.run, s->past.nruns);
    if (!s->store)
        return LUT_OK;
    f = sweep_store_failures(s->store, &n);
    LUT_TRY(take_failures(m, f, n, err));
    r = sweep_store_provenance(s->store, &n);
    take_runs(m, r, n);
    return LUT_OK;
}

static int by_start(const void *a, const void *b)
{
    return strcmp(((const sweep_provenance *)a)->started,
                  ((const sweep_provenance *)b)->started);
}

lut_status sweep_merge_past(sweep_merge_job *m, lut_err *err)
{
    size_t runs = 1, n;

    for (size_t s = 0; s < m->nsources; s++) {
        runs += m->source[s].past.nruns;
        if (!m->source[s].store)
            continue;
        sweep_store_provenance(m->source[s].store, &n);
        runs += n;
    }
    m->run = malloc(runs * sizeof *m->run);
    if (!m->run)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu runs", runs);
    for (size_t s = 0; s < m->nsources; s++)
        LUT_TRY(take_past(m, &m->source[s], err));
    qsort(m->run, m->nruns, sizeof *m->run, by_start);
    return LUT_OK;
}
