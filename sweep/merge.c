#include "lib/base/log.h"
#include "sweep/merge_impl.h"

#include <math.h>
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

/* What is wrong is told in /failures; the row is as good as before. */
static lut_status tell_verdict(sweep_merge_job *m, const sweep_verilog *v,
                               const sweep_result *r, lut_err *err)
{
    sweep_failure f = { .cause = SWEEP_STORE_HARDWARE,
                        .attempt = (uint32_t)fmax(1, r->timing.attempts) };

    m->out->unequal++;
    lut_log(LUT_ERROR, "trial %s: Verilog is %s: %.200s", r->row.key, v->verdict,
            v->checks);
    memcpy(f.key, r->row.key, sizeof f.key);
    snprintf(f.log, sizeof f.log, "%s: %.230s", v->verdict, v->checks);
    for (char *c = f.log; *c; c++)
        *c = *c == '\n' ? '|' : *c;
    LUT_TRY(sweep_merge_failure(m, &f, err));
    m->in.failure = m->failure;
    m->in.nfailures = m->nfailures;
    return LUT_OK;
}

static lut_status emit(void *arg, sweep_verilog *out, const sweep_result *r, bool check,
                       lut_err *err)
{
    sweep_merge_job *m = arg;

    m->emitter.check = check && !strcmp(m->in.hw.verify, "simulate");
    LUT_TRY(sweep_emit(&m->emitter, out, r, err));
    if (!check || !strcmp(out->verdict, "unverified"))
        return LUT_OK;
    sweep_merge_forget_verdict(m, r->row.key);
    m->in.nfailures = m->nfailures;
    return strcmp(out->verdict, "equal") ? tell_verdict(m, out, r, err) : LUT_OK;
}

static sweep_hardware_rule rule_of(const sweep_merge_source *s)
{
    return s->past.hw.emit[0] || !s->store ? s->past.hw
                                           : *sweep_store_hardware(s->store);
}

static bool emits(const sweep_hardware_rule *hw)
{
    return hw->emit[0] && strcmp(hw->emit, "none") != 0;
}

static bool same_rules(const sweep_hardware_rule *a, const sweep_hardware_rule *b)
{
    return !strcmp(a->emit, b->emit) && !strcmp(a->verify, b->verify) &&
           a->rows == b->rows;
}

/* Of the first source that emits anything: what one file has is not to be lost for being named
 * behind another. */
static sweep_hardware_rule choose_rule(const sweep_merge_job *m)
{
    sweep_hardware_rule chosen = rule_of(&m->source[0]);

    for (size_t i = 1; i < m->nsources; i++) {
        const sweep_hardware_rule other = rule_of(&m->source[i]);

        if (!emits(&chosen) && emits(&other))
            chosen = other;
        else if (emits(&other) && !same_rules(&chosen, &other))
            lut_log(LUT_WARN,
                    "%s: hw.emit = %s, verify = %s, rows = %u; those of a file before "
                    "it are taken: %s, %s, %u",
                    m->source[i].state.file, other.emit, other.verify,
                    (unsigned)other.rows, chosen.emit, chosen.verify,
                    (unsigned)chosen.rows);
    }
    return chosen;
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
                                 .hw = choose_rule(m),
                                 .emit = emit,
                                 .failure = m->failure,
                                 .nfailures = m->nfailures,
                                 .provenance = m->run,
                                 .nprovenance = m->nruns,
                                 .baselines = baselines_of(m) };
    m->emitter.sweep = m->in.name;
    m->emitter.folder = m->with.folder;
    m->emitter.rows = m->in.hw.rows;
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
    sweep_emitter_fini(&m->emitter);
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
    m.in.emit = NULL;   /* and what is known of Verilog stays as it is */
    if (st == LUT_OK)
        st = sweep_store_view(view, file, &m.in, err);
    out->conflicts = count_conflicts(&m);
    dismiss(&m);
    return st;
}
