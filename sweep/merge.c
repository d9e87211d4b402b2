#include "sweep/merge.h"
#include "lib/base/log.h"
#include "sweep/past.h"
#include "sweep/record.h"
#include "sweep/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where a row can come from, the best first. */
typedef enum origin { RECORD, ROW, FAILURE, FAILED_ROW } origin;

typedef struct item {
    char key[SWEEP_KEY];
    origin from;
    uint32_t source;
    size_t index; /* of the row, or of the failure */
    size_t place; /* in the configurations' order; SIZE_MAX: in none */
} item;

typedef struct source {
    sweep_state state;
    bool has_state;
    sweep_store *store; /* NULL: no file */
    sweep_past past;
} source;

typedef struct merge {
    source *source;
    size_t nsources;
    item *item;
    size_t n, room;
    item *place; /* keys of the orders with their places */
    size_t nplaces, place_room;
    sweep_failure *failure;
    size_t nfailures;
    sweep_provenance *run; /* texts borrowed from the sources */
    size_t nruns;
} merge;

/* ---- sources ---- */

static lut_status open_source(source *s, const char *file, lut_err *err)
{
    lut_status st;

    LUT_TRY(sweep_state_name(&s->state, file, err));
    s->has_state = sweep_state_exists(&s->state);
    st = sweep_store_open(&s->store, file, err);
    if (st == LUT_ENOENT) {
        s->store = NULL;
        if (!s->has_state)
            return lut_fail(err, LUT_ENOENT, "%s: no such results file", file);
        st = LUT_OK;
    }
    if (st == LUT_OK && s->has_state)
        st = sweep_past_read(&s->past, &s->state, err);
    return st;
}

static void close_source(source *s)
{
    if (s->store)
        sweep_store_close(s->store);
    sweep_past_fini(&s->past);
}

static const char *name_of(const source *s)
{
    return s->past.name[0] || !s->store ? s->past.name : sweep_store_name(s->store);
}

static const char *config_of(const source *s)
{
    if (s->past.nruns && s->past.run[s->past.nruns - 1].config[0])
        return s->past.run[s->past.nruns - 1].config;
    return s->store ? sweep_store_config(s->store) : "";
}

static lut_status same_names(const merge *m, lut_err *err)
{
    for (size_t i = 1; i < m->nsources; i++)
        if (strcmp(name_of(&m->source[i]), name_of(&m->source[0])) != 0)
            return lut_fail(err, LUT_EBUSY, "%s belongs to sweep \"%s\", %s to \"%s\"",
                            m->source[i].state.file, name_of(&m->source[i]),
                            m->source[0].state.file, name_of(&m->source[0]));
    return LUT_OK;
}

/* ---- rows ---- */

static lut_status add(item **list, size_t *n, size_t *room, const item *what,
                      lut_err *err)
{
    if (*n == *room) {
        size_t more = *room ? 2 * *room : 256;
        item *p = realloc(*list, more * sizeof *p);

        if (!p)
            return lut_fail(err, LUT_ENOMEM, "no memory for %zu rows", more);
        *list = p;
        *room = more;
    }
    (*list)[(*n)++] = *what;
    return LUT_OK;
}

static lut_status add_row(merge *m, uint32_t s, const char *key, origin from,
                          size_t index, lut_err *err)
{
    item i = { .from = from, .source = s, .index = index, .place = SIZE_MAX };

    snprintf(i.key, sizeof i.key, "%.16s", key);
    return add(&m->item, &m->n, &m->room, &i, err);
}

static lut_status add_place(merge *m, const char *key, lut_err *err)
{
    item i = { .place = m->nplaces };

    snprintf(i.key, sizeof i.key, "%.16s", key);
    return add(&m->place, &m->nplaces, &m->place_room, &i, err);
}

static lut_status add_records(merge *m, uint32_t s, lut_err *err)
{
    const sweep_state *state = &m->source[s].state;
    char(*key)[SWEEP_KEY];
    size_t n;
    lut_status st;

    LUT_TRY(sweep_state_keys(state, &key, &n, err));
    st = LUT_OK;
    for (size_t i = 0; st == LUT_OK && i < n; i++) {
        sweep_result r;

        st = sweep_state_read(state, &r, key[i], err);
        if (st == LUT_OK) {
            sweep_result_fini(&r);
            st = add_row(m, s, key[i], RECORD, i, err);
        } else if (st == LUT_ENOENT) {
            st = LUT_OK; /* damaged: said so already */
        }
    }
    free(key);
    return st;
}

/* A row that only another version of the program can make must not keep the others out. */
static bool has_trial(const sweep_past *p, const sweep_past_trial *t)
{
    sweep_trial trial;
    lut_err why;

    if (t->failure == SIZE_MAX || !p->text[t->failure][0])
        return false;
    if (sweep_trial_parse(&trial, p->text[t->failure], &why) == LUT_OK)
        return true;
    lut_log(LUT_WARN, "trial %s failed and has no row: %s", t->key, why.text);
    return false;
}

static lut_status add_failures(merge *m, uint32_t s, lut_err *err)
{
    const sweep_past *p = &m->source[s].past;

    for (size_t i = 0; i < p->ntrials; i++) {
        const sweep_past_trial *t = &p->trial[i];

        if (has_trial(p, t))
            LUT_TRY(add_row(m, s, t->key, FAILURE, i, err));
    }
    return LUT_OK;
}

static lut_status add_stored(merge *m, uint32_t s, lut_err *err)
{
    const source *src = &m->source[s];
    const sweep_column *key = sweep_store_text(src->store, "key", err);
    const sweep_column *status = sweep_store_text(src->store, "status", err);

    if (!key || !status)
        return lut_err_wrap(err, "%s", src->state.file);
    for (size_t i = 0; i < sweep_store_rows(src->store); i++) {
        const bool ended = sweep_status_final(status->text[i]);

        LUT_TRY(add_row(m, s, key->text[i], ended ? ROW : FAILED_ROW, i, err));
        if (!src->past.last[0])
            LUT_TRY(add_place(m, key->text[i], err));
    }
    return LUT_OK;
}

static lut_status add_order(merge *m, const source *s, lut_err *err)
{
    char name[SWEEP_STAMP + 8], *text, *save = NULL;
    lut_status st;

    if (!s->past.last[0])
        return LUT_OK;
    snprintf(name, sizeof name, "%s.order", s->past.last);
    st = sweep_state_get(&s->state, name, &text, err);
    if (st != LUT_OK)
        return st == LUT_ENOENT ? LUT_OK : st;
    for (char *key = strtok_r(text, "\n", &save); st == LUT_OK && key;
         key = strtok_r(NULL, "\n", &save))
        st = add_place(m, key, err);
    free(text);
    return st;
}

static lut_status collect(merge *m, lut_err *err)
{
    for (uint32_t s = 0; s < m->nsources; s++) {
        if (m->source[s].has_state) {
            LUT_TRY(add_order(m, &m->source[s], err));
            LUT_TRY(add_records(m, s, err));
            LUT_TRY(add_failures(m, s, err));
        }
        if (m->source[s].store)
            LUT_TRY(add_stored(m, s, err));
    }
    return LUT_OK;
}

static int by_key(const void *a, const void *b)
{
    const item *x = a, *y = b;
    int order = strcmp(x->key, y->key);

    if (order)
        return order;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->source != y->source)
        return x->source < y->source ? -1 : 1;
    return x->place < y->place ? -1 : x->place > y->place;
}

static int by_place(const void *a, const void *b)
{
    const item *x = a, *y = b;

    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return strcmp(x->key, y->key);
}

static int key_only(const void *key, const void *place)
{
    return strcmp(key, ((const item *)place)->key);
}

static lut_status get(void *arg, size_t i, sweep_result *out, lut_err *err);

static bool final(const item *i)
{
    return i->from == RECORD || i->from == ROW;
}

/* Both results of one key from different sources.  A network that one of them did not keep
 * tells nothing. */
static lut_status differ(merge *m, size_t a, size_t b, bool *different, lut_err *err)
{
    sweep_result x, y;
    lut_status st;

    LUT_TRY(get(m, a, &x, err));
    st = get(m, b, &y, err);
    if (st == LUT_OK) {
        x.has_network = y.has_network = x.has_network && y.has_network;
        *different = sweep_result_hash(&x) != sweep_result_hash(&y);
        sweep_result_fini(&y);
    }
    sweep_result_fini(&x);
    return st;
}

/* Keep the best row of every key; compare what two sources both have. */
static lut_status unite(merge *m, sweep_merged *out, lut_err *err)
{
    size_t n = 0;

    for (size_t i = 0; i < m->n; i++) {
        bool different = false;

        if (n == 0 || strcmp(m->item[n - 1].key, m->item[i].key) != 0) {
            m->item[n++] = m->item[i];
            continue;
        }
        if (final(&m->item[i]) && m->item[i].source != m->item[n - 1].source)
            LUT_TRY(differ(m, n - 1, i, &different, err));
        out->conflicts += different;
        if (different)
            lut_log(LUT_ERROR, "trial %s: results of %s and %s differ", m->item[i].key,
                    m->source[m->item[n - 1].source].state.file,
                    m->source[m->item[i].source].state.file);
    }
    m->n = n;
    return LUT_OK;
}

static void put_in_order(merge *m)
{
    if (m->nplaces)
        qsort(m->place, m->nplaces, sizeof *m->place, by_key);
    for (size_t i = 0; i < m->n && m->nplaces; i++) {
        const item *p =
            bsearch(m->item[i].key, m->place, m->nplaces, sizeof *m->place, key_only);

        while (p && p > m->place && !strcmp(p[-1].key, p->key))
            p--; /* listed twice: the first place */
        m->item[i].place = p ? p->place : SIZE_MAX;
    }
    if (m->n)
        qsort(m->item, m->n, sizeof *m->item, by_place);
}

static lut_status failed_result(const source *s, const sweep_past_trial *t,
                                sweep_result *out, lut_err *err)
{
    const sweep_failure *f = &s->past.failure[t->failure];
    sweep_cause cause = sweep_cause_find(f->cause);

    sweep_result_init(out);
    LUT_TRY(sweep_trial_parse(&out->row.trial, s->past.text[t->failure], err));
    snprintf(out->row.key, sizeof out->row.key, "%s", t->key);
    snprintf(out->row.status, sizeof out->row.status, "%s", sweep_cause_status(cause));
    out->timing.attempts = t->attempts;
    return LUT_OK;
}

static lut_status get(void *arg, size_t i, sweep_result *out, lut_err *err)
{
    const merge *m = arg;
    const item *it = &m->item[i];
    source *s = &m->source[it->source];

    switch (it->from) {
    case RECORD:
        return sweep_state_read(&s->state, out, it->key, err);
    case FAILURE:
        return failed_result(s, &s->past.trial[it->index], out, err);
    default:
        return sweep_store_get(s->store, it->index, out, err);
    }
}

/* ---- failures and provenance of all sources, each once ---- */

static int by_attempt(const void *a, const void *b)
{
    const sweep_failure *x = a, *y = b;
    int order = strcmp(x->key, y->key);

    if (order || x->attempt == y->attempt)
        return order ? order : strcmp(x->cause, y->cause);
    return x->attempt < y->attempt ? -1 : 1;
}

/* The list stays sorted, whatever rank or file its rows are from. */
static void take_failures(merge *m, const sweep_failure *f, size_t n)
{
    const size_t known = m->nfailures;

    for (size_t i = 0; i < n; i++)
        if (!known || !bsearch(&f[i], m->failure, known, sizeof *f, by_attempt))
            m->failure[m->nfailures++] = f[i];
    if (m->nfailures)
        qsort(m->failure, m->nfailures, sizeof *f, by_attempt);
}

static void take_runs(merge *m, const sweep_provenance *r, size_t n)
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

static void take_past(merge *m, const source *s)
{
    const sweep_failure *f;
    const sweep_provenance *r;
    size_t n;

    take_failures(m, s->past.failure, s->past.nfailures);
    take_runs(m, s->past.run, s->past.nruns);
    if (!s->store)
        return;
    f = sweep_store_failures(s->store, &n);
    take_failures(m, f, n);
    r = sweep_store_provenance(s->store, &n);
    take_runs(m, r, n);
}

static int by_start(const void *a, const void *b)
{
    return strcmp(((const sweep_provenance *)a)->started,
                  ((const sweep_provenance *)b)->started);
}

static lut_status gather_past(merge *m, lut_err *err)
{
    size_t failures = 1, runs = 1, n;

    for (size_t s = 0; s < m->nsources; s++) {
        failures += m->source[s].past.nfailures;
        runs += m->source[s].past.nruns;
        if (!m->source[s].store)
            continue;
        sweep_store_failures(m->source[s].store, &n);
        failures += n;
        sweep_store_provenance(m->source[s].store, &n);
        runs += n;
    }
    m->failure = malloc(failures * sizeof *m->failure);
    m->run = malloc(runs * sizeof *m->run);
    if (!m->failure || !m->run)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu failures", failures);
    for (size_t s = 0; s < m->nsources; s++)
        take_past(m, &m->source[s]);
    qsort(m->run, m->nruns, sizeof *m->run, by_start);
    return LUT_OK;
}

static lut_status write_out(merge *m, sweep_merged *out, const char *path, lut_err *err)
{
    const source *first = &m->source[0];
    const sweep_store_input in = { .name = name_of(first),
                                   .config = config_of(first),
                                   .n = m->n,
                                   .get = get,
                                   .arg = m,
                                   .keep = first->past.keep,
                                   .failure = m->failure,
                                   .nfailures = m->nfailures,
                                   .provenance = m->run,
                                   .nprovenance = m->nruns };

    out->rows = m->n;
    for (size_t i = 0; i < m->n; i++)
        out->failed += !final(&m->item[i]);
    return sweep_store_write(path, &in, err);
}

lut_status sweep_merge(sweep_merged *out, const char *path, const char *const *file,
                       size_t n, lut_err *err)
{
    merge m = { .source = calloc(n + 1, sizeof *m.source), .nsources = n };
    lut_status st = m.source ? LUT_OK : lut_fail(err, LUT_ENOMEM, "no memory to merge");

    *out = (sweep_merged){ 0 };
    for (size_t i = 0; st == LUT_OK && i < n; i++)
        st = open_source(&m.source[i], file[i], err);
    if (st == LUT_OK)
        st = same_names(&m, err);
    if (st == LUT_OK)
        st = collect(&m, err);
    if (st == LUT_OK && m.n)
        qsort(m.item, m.n, sizeof *m.item, by_key);
    if (st == LUT_OK)
        st = unite(&m, out, err);
    if (st == LUT_OK) {
        put_in_order(&m);
        st = gather_past(&m, err);
    }
    if (st == LUT_OK)
        st = write_out(&m, out, path, err);
    for (size_t i = 0; m.source && i < n; i++)
        close_source(&m.source[i]);
    free(m.source);
    free(m.item);
    free(m.place);
    free(m.failure);
    free(m.run);
    return st;
}
