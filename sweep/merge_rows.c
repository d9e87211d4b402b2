/* Which of the results that there are for a key becomes its row. */
#include "lib/base/log.h"
#include "sweep/merge_impl.h"
#include "sweep/record.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int by_key(const void *a, const void *b)
{
    const sweep_merge_item *x = a, *y = b;
    int order = strcmp(x->key, y->key);

    if (order)
        return order;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    return (x->source > y->source) - (x->source < y->source);
}

/* A key that several orders list has the first of its places. */
static int by_listing(const void *a, const void *b)
{
    const sweep_merge_place *x = a, *y = b;
    int order = strcmp(x->key, y->key);

    return order ? order : (x->place > y->place) - (x->place < y->place);
}

static size_t unite_places(sweep_merge_place *p, size_t n)
{
    size_t kept = 0;

    if (n)
        qsort(p, n, sizeof *p, by_listing);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || strcmp(p[kept - 1].key, p[i].key) != 0)
            p[kept++] = p[i];
    return kept;
}

/* Groups stand by key before that, so equal places keep that order by their items. */
static int by_place(const void *a, const void *b)
{
    const sweep_merge_group *x = a, *y = b;

    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return (x->first > y->first) - (x->first < y->first);
}

/* The items' groups, in the order of the rows.  Items and places both stand by key. */
lut_status sweep_merge_groups(sweep_merge_job *m, lut_err *err)
{
    size_t p = 0;

    if (m->n)
        qsort(m->item, m->n, sizeof *m->item, by_key);
    m->nplaces = unite_places(m->place, m->nplaces);
    m->group = malloc((m->n + 1) * sizeof *m->group);
    if (!m->group)
        return lut_fail(err, LUT_ENOMEM, "no memory to merge %zu rows", m->n);
    for (size_t i = 0; i < m->n; i++) {
        sweep_merge_group *g = m->ngroups ? &m->group[m->ngroups - 1] : NULL;

        if (g && !strcmp(m->item[g->first].key, m->item[i].key)) {
            g->n++;
            continue;
        }
        while (p < m->nplaces && strcmp(m->place[p].key, m->item[i].key) < 0)
            p++;
        g = &m->group[m->ngroups++];
        *g = (sweep_merge_group){
            .first = i, .n = 1, .place = SIZE_MAX, .chosen = SIZE_MAX
        };
        if (p < m->nplaces && !strcmp(m->place[p].key, m->item[i].key))
            g->place = m->place[p].place;
    }
    if (m->ngroups)
        qsort(m->group, m->ngroups, sizeof *m->group, by_place);
    return LUT_OK;
}

/* ---- the row of a key ---- */

static bool final(const sweep_merge_item *i)
{
    return i->from == SWEEP_FROM_RECORD || i->from == SWEEP_FROM_ROW;
}

static lut_status failed_result(const sweep_merge_source *s, const sweep_past_trial *t,
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

static lut_status read_item(const sweep_merge_job *m, const sweep_merge_item *i,
                            sweep_result *out, lut_err *err)
{
    sweep_merge_source *s = &m->source[i->source];

    switch (i->from) {
    case SWEEP_FROM_RECORD:
        return sweep_state_read(&s->state, out, i->key, err);
    case SWEEP_FROM_FAILURE:
        return failed_result(s, &s->past.trial[i->index], out, err);
    default:
        return sweep_store_get(s->store, i->index, out, err);
    }
}

/* hash: of what was compared, which leaves out a network that the other one lacks. */
static lut_status tell_conflict(sweep_merge_job *m, const sweep_merge_item *i,
                                const sweep_result *r, uint64_t hash, lut_err *err)
{
    const char *file = m->source[i->source].state.file;
    const size_t length = strlen(file), most = 100;
    sweep_failure f = { .cause = SWEEP_STORE_CONFLICT,
                        .attempt = (uint32_t)fmax(1, r->timing.attempts),
                        .epoch = (uint32_t)fmax(0, r->row.epochs_run) };

    memcpy(f.key, i->key, sizeof f.key);
    snprintf(f.log, sizeof f.log,
             "%s%s: %s, valid_accuracy %.17g, test_accuracy %.17g, result %016" PRIx64,
             length > most ? "..." : "", length > most ? file + length - most : file,
             r->row.status, r->row.valid_accuracy, r->row.test_accuracy, hash);
    return sweep_merge_failure(m, &f, err);
}

/* The row of the first source stays; what both say is told. */
static lut_status conflict(sweep_merge_job *m, const sweep_merge_item *a,
                           const sweep_result *x, const sweep_merge_item *b,
                           const sweep_result *y, const uint64_t hash[2], lut_err *err)
{
    lut_log(LUT_ERROR, "trial %s: results of %s and %s differ", a->key,
            m->source[a->source].state.file, m->source[b->source].state.file);
    LUT_TRY(tell_conflict(m, a, x, hash[0], err));
    return tell_conflict(m, b, y, hash[1], err);
}

/* *out is the result of item a: it stays, or gives way to that of item b. */
static lut_status weigh(sweep_merge_job *m, size_t *a, sweep_result *out, size_t b,
                        lut_err *err)
{
    const sweep_merge_item *x = &m->item[*a], *y = &m->item[b];
    sweep_result other;
    uint64_t hash[2];
    lut_status st;
    int order;

    if (!final(y) || (x->source == y->source && !sweep_status_early(out->row.status)))
        return LUT_OK;
    st = read_item(m, y, &other, err);
    if (st != LUT_OK)
        return st == LUT_ENOENT ? LUT_OK : st;
    order = sweep_row_order(&out->row, &other.row);
    if (order > 0) {
        const sweep_result was = *out;

        *out = other;
        other = was;
        *a = b;
    } else if (order == 0 && x->source != y->source &&
               !sweep_result_same(out, &other, hash)) {
        st = conflict(m, x, out, y, &other, hash, err);
    }
    sweep_result_fini(&other);
    return st;
}

/* The best result of a key; LUT_ENOENT where none can be used. */
static lut_status choose(sweep_merge_job *m, sweep_merge_group *g, sweep_result *out,
                         lut_err *err)
{
    const size_t end = g->first + g->n;
    size_t best = SIZE_MAX;

    for (size_t i = g->first; i < end; i++) {
        lut_status st = best == SIZE_MAX ? read_item(m, &m->item[i], out, err)
                                         : weigh(m, &best, out, i, err);

        if (st == LUT_OK && best == SIZE_MAX)
            best = i;
        if (st == LUT_OK || (st == LUT_ENOENT && best == SIZE_MAX))
            continue;
        if (best != SIZE_MAX)
            sweep_result_fini(out);
        return st;
    }
    if (best == SIZE_MAX)
        return lut_fail(err, LUT_ENOENT, "trial %s has no result",
                        m->item[g->first].key);
    g->chosen = best;
    m->out->rows++;
    m->out->failed += !final(&m->item[best]);
    return LUT_OK;
}

/* Without its network, which is much, and of no use to who remembers rows. */
static lut_status remember(sweep_merge_group *g, sweep_result *r, lut_err *err)
{
    const bool has_network = r->has_network;
    lut_status st;

    r->has_network = false;
    st = sweep_record_pack(&g->bytes, &g->nbytes, r, err);
    r->has_network = has_network;
    if (st != LUT_OK)
        sweep_result_fini(r);
    return st;
}

static lut_status recall(sweep_merge_group *g, sweep_result *out, lut_err *err)
{
    lut_status st = sweep_record_unpack(out, g->bytes, g->nbytes, err);

    free(g->bytes);
    g->bytes = NULL;
    return st;
}

lut_status sweep_merge_get(void *arg, size_t i, sweep_result *out, lut_err *err)
{
    sweep_merge_job *m = arg;
    sweep_merge_group *g = &m->group[i];
    lut_status st;

    if (m->with.alive)
        m->with.alive(m->with.arg);
    if (g->bytes)
        return recall(g, out, err);
    if (g->chosen != SIZE_MAX)
        return read_item(m, &m->item[g->chosen], out, err);
    st = choose(m, g, out, err);
    m->in.failure = m->failure;
    m->in.nfailures = m->nfailures;
    return st == LUT_OK && m->remember ? remember(g, out, err) : st;
}
