#include "lib/base/log.h"
#include "sweep/merge_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- sources ---- */

static lut_status open_source(sweep_merge_source *s, const char *file, lut_err *err)
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

static void close_source(sweep_merge_source *s)
{
    if (s->store)
        sweep_store_close(s->store);
    sweep_past_fini(&s->past);
}

static const char *name_of(const sweep_merge_source *s)
{
    return s->past.name[0] || !s->store ? s->past.name : sweep_store_name(s->store);
}

static const char *config_of(const sweep_merge_source *s)
{
    if (s->past.nruns && s->past.run[s->past.nruns - 1].config[0])
        return s->past.run[s->past.nruns - 1].config;
    return s->store ? sweep_store_config(s->store) : "";
}

static lut_status same_names(const sweep_merge_job *m, lut_err *err)
{
    for (size_t i = 1; i < m->nsources; i++)
        if (strcmp(name_of(&m->source[i]), name_of(&m->source[0])) != 0)
            return lut_fail(err, LUT_EBUSY, "%s belongs to sweep \"%s\", %s to \"%s\"",
                            m->source[i].state.file, name_of(&m->source[i]),
                            m->source[0].state.file, name_of(&m->source[0]));
    return LUT_OK;
}

/* ---- what there is ---- */

static lut_status add_row(sweep_merge_job *m, uint32_t s, const char *key,
                          sweep_origin from, size_t index, lut_err *err)
{
    sweep_merge_item *i;

    LUT_TRY(sweep_merge_grow(&m->item, m->n, &m->room, sizeof *m->item, err));
    i = &m->item[m->n++];
    *i = (sweep_merge_item){ .from = from, .source = s, .index = index };
    snprintf(i->key, sizeof i->key, "%.16s", key);
    return LUT_OK;
}

static lut_status add_place(sweep_merge_job *m, const char *key, lut_err *err)
{
    sweep_merge_place *p;

    LUT_TRY(
        sweep_merge_grow(&m->place, m->nplaces, &m->place_room, sizeof *m->place, err));
    p = &m->place[m->nplaces];
    p->place = m->nplaces++;
    snprintf(p->key, sizeof p->key, "%.16s", key);
    return LUT_OK;
}

static lut_status add_records(sweep_merge_job *m, uint32_t s, lut_err *err)
{
    char(*key)[SWEEP_KEY];
    size_t n;
    lut_status st = sweep_state_keys(&m->source[s].state, &key, &n, err);

    for (size_t i = 0; st == LUT_OK && i < n; i++)
        st = add_row(m, s, key[i], SWEEP_FROM_RECORD, i, err);
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

static lut_status add_failures(sweep_merge_job *m, uint32_t s, lut_err *err)
{
    const sweep_past *p = &m->source[s].past;

    for (size_t i = 0; i < p->ntrials; i++) {
        const sweep_past_trial *t = &p->trial[i];

        if (has_trial(p, t))
            LUT_TRY(add_row(m, s, t->key, SWEEP_FROM_FAILURE, i, err));
    }
    return LUT_OK;
}

static lut_status add_stored(sweep_merge_job *m, uint32_t s, lut_err *err)
{
    const sweep_merge_source *src = &m->source[s];
    const sweep_column *key = sweep_store_text(src->store, "key", err);
    const sweep_column *status = sweep_store_text(src->store, "status", err);

    if (!key || !status)
        return lut_err_wrap(err, "%s", src->state.file);
    for (size_t i = 0; i < sweep_store_rows(src->store); i++) {
        const bool ended = sweep_status_final(status->text[i]);

        LUT_TRY(add_row(m, s, key->text[i],
                        ended ? SWEEP_FROM_ROW : SWEEP_FROM_FAILED_ROW, i, err));
        if (!src->past.last[0])
            LUT_TRY(add_place(m, key->text[i], err));
    }
    return LUT_OK;
}

static lut_status add_order(sweep_merge_job *m, const sweep_merge_source *s,
                            lut_err *err)
{
    char(*key)[SWEEP_KEY];
    size_t n;
    lut_status st;

    if (!s->past.last[0])
        return LUT_OK;
    st = sweep_state_order(&s->state, s->past.last, &key, &n, err);
    for (size_t i = 0; st == LUT_OK && i < n; i++)
        st = add_place(m, key[i], err);
    free(key);
    return st;
}

static lut_status collect(sweep_merge_job *m, lut_err *err)
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

lut_status sweep_merge_grow(void *list, size_t n, size_t *room, size_t size,
                            lut_err *err)
{
    void **p = list, *more;

    if (n < *room)
        return LUT_OK;
    more = realloc(*p, (*room ? 2 * *room : 256) * size);
    if (!more)
        return lut_fail(err, LUT_ENOMEM, "no memory to merge %zu rows", n);
    *p = more;
    *room = *room ? 2 * *room : 256;
    return LUT_OK;
}

/* Results must not wait for what they are compared with. */
static void read_baselines(sweep_merge_job *m)
{
    lut_err why;

    if (sweep_baselines_load(&m->baselines, m->with.folder, &why) != LUT_OK)
        lut_log(LUT_WARN, "published results are left as they are: %s", why.text);
}

static const sweep_baselines *baselines_of(const sweep_merge_job *m)
{
    if (m->baselines.n || !m->source[0].store)
        return &m->baselines;
    return sweep_store_published(m->source[0].store);
}

/* Everything that there is, in groups; what get() is not to find out. */
static lut_status prepare(sweep_merge_job *m, const char *const *file, size_t n,
                          lut_err *err)
{
    const sweep_merge_source *first;

    m->source = calloc(n + 1, sizeof *m->source);
    if (!m->source)
        return lut_fail(err, LUT_ENOMEM, "no memory to merge %zu files", n);
    for (; m->nsources < n; m->nsources++)
        LUT_TRY(open_source(&m->source[m->nsources], file[m->nsources], err));
    LUT_TRY(same_names(m, err));
    LUT_TRY(collect(m, err));
    LUT_TRY(sweep_merge_groups(m, err));
    LUT_TRY(sweep_merge_past(m, err));
    read_baselines(m);
    first = &m->source[0];
    m->in = (sweep_store_input){ .name = name_of(first),
                                 .config = config_of(first),
                                 .n = m->ngroups,
                                 .get = sweep_merge_get,
                                 .arg = m,
                                 .keep = first->past.keep,
                                 .failure = m->failure,
                                 .nfailures = m->nfailures,
                                 .provenance = m->run,
                                 .nprovenance = m->nruns,
                                 .baselines = baselines_of(m) };
    return LUT_OK;
}

/* The list stands by key. */
static size_t count_conflicts(const sweep_merge_job *m)
{
    const char *last = "";
    size_t n = 0;

    for (size_t i = 0; i < m->nfailures; i++) {
        const sweep_failure *f = &m->failure[i];

        if (strcmp(f->cause, SWEEP_STORE_CONFLICT) != 0 || !strcmp(f->key, last))
            continue;
        last = f->key;
        n++;
    }
    return n;
}

static void dismiss(sweep_merge_job *m)
{
    for (size_t i = 0; m->source && i < m->nsources; i++)
        close_source(&m->source[i]);
    for (size_t i = 0; i < m->ngroups; i++)
        free(m->group[i].bytes);
    free(m->source);
    free(m->item);
    free(m->group);
    free(m->place);
    free(m->failure);
    free(m->run);
    sweep_baselines_fini(&m->baselines);
}

lut_status sweep_merge(sweep_merged *out, const char *path, const char *const *file,
                       size_t n, lut_err *err)
{
    const sweep_merge_with with = { 0 };

    return sweep_merge_using(out, path, file, n, &with, err);
}

lut_status sweep_merge_using(sweep_merged *out, const char *path,
                             const char *const *file, size_t n,
                             const sweep_merge_with *with, lut_err *err)
{
    sweep_merge_job m = { .out = out, .with = *with };
    lut_status st;

    *out = (sweep_merged){ 0 };
    st = prepare(&m, file, n, err);
    if (st == LUT_OK)
        st = sweep_store_write(path, &m.in, err);
    out->conflicts = count_conflicts(&m);
    dismiss(&m);
    return st;
}

lut_status sweep_merge_view(sweep_store **view, sweep_merged *out, const char *file,
                            lut_err *err)
{
    sweep_merge_job m = { .out = out, .remember = true };
    lut_status st;

    *out = (sweep_merged){ 0 };
    *view = NULL;
    st = prepare(&m, &file, 1, err);
    m.in.keep = "none"; /* tables are what is asked for */
    if (st == LUT_OK)
        st = sweep_store_view(view, file, &m.in, err);
    out->conflicts = count_conflicts(&m);
    dismiss(&m);
    return st;
}
