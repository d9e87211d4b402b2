#include "analysis/ranks.h"
#include "analysis/axis.h"
#include "analysis/signs.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct maker {
    ranks *r;
    const report_data *d;
    const ranks_query *q;
    size_t method, metric, valid, dataset; /* columns; valid: SIZE_MAX, there is none */
    report_settings s;
    uint32_t *in_set, *in_method; /* [settings] */
    lut_err *err;
} maker;

static lut_status no_memory(lut_err *err)
{
    return lut_fail(err, LUT_ENOMEM, "out of memory");
}

static const char *option_of(const maker *m)
{
    return m->q->option ? m->q->option : "--ranks";
}

/* ---- which setting counts ---- */

/* Mean over the seeds; NaN where one is missing, as a mean of fewer is another figure. */
static double mean_of(const maker *m, size_t setting, size_t col)
{
    const report_settings *s = &m->s;
    double sum = 0;

    for (size_t i = s->start[setting]; i < s->start[setting + 1]; i++)
        sum += report_data_value(m->d, s->run[i].row, col).number;
    return sum / (double)(s->start[setting + 1] - s->start[setting]);
}

/* All settings count alike. */
static void add_mean(const maker *m, ranks_figure *f, size_t setting)
{
    const double n = (double)++f->settings, value = report_setting_mean(&m->s, setting);

    f->value = n > 1 ? f->value + (value - f->value) / n : value;
    f->row = SIZE_MAX;
}

/* best: validation of the one chosen so far; of equal ones the first. */
static void add_best(const maker *m, ranks_figure *f, double *best, size_t setting)
{
    const report_settings *s = &m->s;
    const double valid =
        m->valid == SIZE_MAX ? (double)NAN : mean_of(m, setting, m->valid);

    f->settings++;
    if (f->settings > 1 && !(valid > *best) && !(isnan(*best) && !isnan(valid)))
        return;
    *best = valid;
    f->value = report_setting_mean(s, setting);
    f->seeds = s->start[setting + 1] - s->start[setting];
    f->row = s->run[s->start[setting]].row;
}

/* A choice without a validation accuracy would be one by the test split, or by chance. */
static void drop_unchosen(maker *m, const double *best)
{
    ranks *r = m->r;

    for (size_t i = 0; i < r->sets * r->methods; i++) {
        ranks_figure *f = &r->figure[i];

        if (r->all || f->settings < 2 || !isnan(best[i]))
            continue;
        r->unchosen++;
        f->value = (double)NAN;
        f->row = SIZE_MAX;
    }
}

static lut_status choose(maker *m)
{
    ranks *r = m->r;
    const size_t n = r->sets * r->methods;
    double *best = malloc((n + 1) * sizeof *best);

    r->figure = calloc(n + 1, sizeof *r->figure);
    if (!best || !r->figure) {
        free(best);
        return no_memory(m->err);
    }
    for (size_t i = 0; i < n; i++) {
        best[i] = (double)NAN;
        r->figure[i] = (ranks_figure){ .value = (double)NAN, .row = SIZE_MAX };
    }
    for (size_t i = 0; i < m->s.n; i++) {
        const size_t at = m->in_set[i] * r->methods + m->in_method[i];

        if (r->all)
            add_mean(m, &r->figure[at], i);
        else
            add_best(m, &r->figure[at], &best[at], i);
    }
    drop_unchosen(m, best);
    free(best);
    return LUT_OK;
}

/* ---- ranks ---- */

static bool is_complete(const ranks *r, size_t set)
{
    for (size_t j = 0; j < r->methods; j++)
        if (isnan(r->figure[set * r->methods + j].value))
            return false;
    return true;
}

/* Larger is better.  Means that differ by the order of their sums alone are equal, which single
 * precision sees to. */
static double merit_of(const ranks *r, const ranks_figure *f)
{
    const double value = (double)(float)f->value;

    return r->up ? value : -value;
}

static void rank_set(ranks *r, size_t set)
{
    double merit[RANKS_METHODS], *rank = r->rank + set * r->methods;

    if (!is_complete(r, set)) {
        for (size_t j = 0; j < r->methods; j++)
            rank[j] = (double)NAN;
        return;
    }
    for (size_t j = 0; j < r->methods; j++)
        merit[j] = merit_of(r, &r->figure[set * r->methods + j]);
    friedman_ranks(rank, merit, r->methods);
    r->complete++;
    for (size_t j = 0; j < r->methods; j++) {
        size_t better = 0;

        for (size_t k = 0; k < r->methods; k++)
            better += merit[k] > merit[j];
        r->first[j] += better == 0;
        r->mean[j] += rank[j];
    }
}

static lut_status rank_all(maker *m)
{
    ranks *r = m->r;

    r->rank = malloc((r->sets * r->methods + 1) * sizeof *r->rank);
    if (!r->rank)
        return no_memory(m->err);
    for (size_t i = 0; i < r->sets; i++)
        rank_set(r, i);
    for (size_t j = 0; j < r->methods; j++)
        r->mean[j] = r->complete ? r->mean[j] / (double)r->complete : (double)NAN;
    return LUT_OK;
}

/* ---- tests ---- */

static lut_status test_all(maker *m)
{
    ranks *r = m->r;
    double *rank = malloc((r->complete * r->methods + 1) * sizeof *rank);
    size_t n = 0;

    if (!rank)
        return no_memory(m->err);
    for (size_t i = 0; i < r->sets; i++)
        if (is_complete(r, i))
            memcpy(rank + n++ * r->methods, r->rank + i * r->methods,
                   r->methods * sizeof *rank);
    r->test = friedman(rank, n, r->methods);
    r->tested = r->test.least <= r->alpha;
    free(rank);
    return LUT_OK;
}

static lut_status test_pair(maker *m, ranks_pair *p, double *d)
{
    const ranks *r = m->r;
    signs_ranks w;
    size_t n = 0;

    for (size_t i = 0; i < r->sets; i++) {
        const ranks_figure *f = r->figure + i * r->methods;

        if (!is_complete(r, i))
            continue;
        d[n] = f[p->a].value - f[p->b].value;
        p->difference += d[n] / (double)r->complete;
        p->a_wins += merit_of(r, &f[p->a]) > merit_of(r, &f[p->b]);
        p->b_wins += merit_of(r, &f[p->a]) < merit_of(r, &f[p->b]);
        n++;
    }
    p->ties = n - p->a_wins - p->b_wins;
    LUT_TRY(signs_wilcoxon(&w, d, n, m->err));
    p->p = w.p;
    return LUT_OK;
}

static lut_status correct(ranks *r, lut_err *err)
{
    double *p = malloc((r->npairs + 1) * sizeof *p);
    lut_status st;

    if (!p)
        return no_memory(err);
    for (size_t i = 0; i < r->npairs; i++)
        p[i] = r->pair[i].p;
    st = signs_holm(p, r->npairs, err);
    for (size_t i = 0; i < r->npairs; i++)
        r->pair[i].holm = p[i];
    free(p);
    return st;
}

static int by_p(const void *pa, const void *pb)
{
    const ranks_pair *a = pa, *b = pb;

    if (a->p < b->p || a->p > b->p)
        return a->p < b->p ? -1 : 1;
    return a->a != b->a ? (a->a > b->a) - (a->a < b->a) : (a->b > b->b) - (a->b < b->b);
}

static lut_status test_pairs(maker *m)
{
    ranks *r = m->r;
    double *d = malloc((r->complete + 1) * sizeof *d);
    lut_status st = d ? LUT_OK : no_memory(m->err);

    r->pair = calloc(r->methods * (r->methods - 1) / 2 + 1, sizeof *r->pair);
    if (!r->pair)
        st = no_memory(m->err);
    for (size_t a = 0; a < r->methods && st == LUT_OK; a++)
        for (size_t b = a + 1; b < r->methods && st == LUT_OK; b++) {
            const bool better = r->mean[a] <= r->mean[b];

            r->pair[r->npairs] =
                (ranks_pair){ .a = better ? a : b, .b = better ? b : a };
            st = test_pair(m, &r->pair[r->npairs++], d);
        }
    free(d);
    if (st == LUT_OK)
        st = correct(r, m->err);
    if (st == LUT_OK)
        qsort(r->pair, r->npairs, sizeof *r->pair, by_p);
    return st;
}

/* ---- names ---- */

/* Codes of a column for each setting, and the names of its values. */
static lut_status name_values(maker *m, uint32_t *code, char (**name)[RANKS_NAME],
                              size_t *n, size_t col)
{
    size_t *row = malloc((m->s.n + 1) * sizeof *row);
    report_levels l;
    lut_status st;

    if (!row)
        return no_memory(m->err);
    for (size_t i = 0; i < m->s.n; i++)
        row[i] = m->s.run[m->s.start[i]].row;
    st = report_code_values(&l, code, m->d, col, row, m->s.n, m->err);
    free(row);
    if (st != LUT_OK)
        return st;
    *n = l.n;
    *name = calloc(l.n + 1, sizeof **name);
    for (size_t i = 0; *name && i < l.n; i++)
        report_value_text((*name)[i], l.value[i]);
    report_levels_fini(&l);
    return *name ? LUT_OK : no_memory(m->err);
}

static lut_status name_all(maker *m)
{
    ranks *r = m->r;

    m->in_set = malloc((m->s.n + 1) * sizeof *m->in_set);
    m->in_method = malloc((m->s.n + 1) * sizeof *m->in_method);
    if (!m->in_set || !m->in_method)
        return no_memory(m->err);
    LUT_TRY(name_values(m, m->in_set, &r->set, &r->sets, m->dataset));
    LUT_TRY(name_values(m, m->in_method, &r->name, &r->methods, m->method));
    if (r->methods > RANKS_METHODS)
        return lut_fail(m->err, LUT_EINVAL, "%s: %s has %zu values, more than %d",
                        option_of(m), r->method, r->methods, RANKS_METHODS);
    return LUT_OK;
}

/* ---- for readers ---- */

void ranks_why(char why[RANKS_WHY], const ranks *r)
{
    why[0] = 0;
    if (r->methods < 2 || r->complete < 2)
        snprintf(why, RANKS_WHY,
                 "%zu methods on %zu data sets: nothing can be tested, want 2 and 2 at "
                 "least",
                 r->methods, r->complete);
    else if (!r->npairs)
        snprintf(why, RANKS_WHY,
                 "no two of %zu methods can be told apart on %zu data sets at %g: the "
                 "signed-rank test with Holm's correction needs %zu",
                 r->methods, r->complete, r->alpha,
                 friedman_sets_needed(r->methods, r->alpha));
}

typedef struct place {
    double mean;
    size_t method;
} place;

static int by_mean(const void *pa, const void *pb)
{
    const place *a = pa, *b = pb;

    if (a->mean < b->mean || a->mean > b->mean)
        return a->mean < b->mean ? -1 : 1;
    return (a->method > b->method) - (a->method < b->method);
}

void ranks_order(size_t order[RANKS_METHODS], const ranks *r)
{
    place p[RANKS_METHODS];

    for (size_t j = 0; j < r->methods; j++)
        p[j] = (place){ r->mean[j], j };
    qsort(p, r->methods, sizeof *p, by_mean);
    for (size_t j = 0; j < r->methods; j++)
        order[j] = p[j].method;
}

/* ---- all of it ---- */

static lut_status check_method(const maker *m)
{
    if (m->method == m->dataset)
        return lut_fail(m->err, LUT_EINVAL,
                        "%s: dataset is what methods are ranked over, want another "
                        "setting, such as parametrization",
                        option_of(m));
    if (!report_is_setting(m->d, m->method))
        return lut_fail(m->err, LUT_EINVAL,
                        "%s: %s is no setting of a trial, want one such as "
                        "parametrization",
                        option_of(m), m->q->method);
    return LUT_OK;
}

static lut_status find_columns(maker *m)
{
    const char *metric = m->q->metric ? m->q->metric : "test_accuracy";
    const report_column *column;
    size_t n;

    LUT_TRY(report_data_column(m->d, &m->method, option_of(m), m->q->method, m->err));
    LUT_TRY(report_data_column(m->d, &m->metric, "--metric", metric, m->err));
    LUT_TRY(report_data_column(m->d, &m->dataset, option_of(m), "dataset", m->err));
    m->valid = report_data_find(m->d, "valid_accuracy");
    column = report_data_columns(m->d, &n);
    if (column[m->metric].is_text)
        return lut_fail(m->err, LUT_EINVAL, "--metric: %s is text, want a number",
                        metric);
    LUT_TRY(check_method(m));
    m->r->up = report_larger_is_better(&column[m->metric]);
    memcpy(m->r->method, column[m->method].name, sizeof m->r->method);
    memcpy(m->r->metric, column[m->metric].name, sizeof m->r->metric);
    memcpy(m->r->unit, column[m->metric].unit, sizeof m->r->unit);
    return LUT_OK;
}

static lut_status make(maker *m)
{
    ranks *r = m->r;
    report_rows chosen;
    lut_status st;

    LUT_TRY(find_columns(m));
    LUT_TRY(report_select(&chosen, m->d, "--where", m->q->where, m->err));
    st = report_refuse_test(&chosen, m->d, "--where", m->err);
    if (st == LUT_OK)
        st = report_settings_make(&m->s, m->d, &chosen, m->metric, REPORT_SPLITS_RUNS,
                                  m->err);
    report_rows_fini(&chosen);
    if (st != LUT_OK)
        return st;
    LUT_TRY(name_all(m));
    LUT_TRY(choose(m));
    LUT_TRY(rank_all(m));
    if (r->complete < 2 || r->methods < 2)
        return LUT_OK;
    LUT_TRY(test_all(m));
    if (m->q->nemenyi)
        r->nemenyi = friedman_nemenyi(r->methods, r->complete, r->alpha);
    return r->complete < friedman_sets_needed(r->methods, r->alpha) ? LUT_OK
                                                                    : test_pairs(m);
}

lut_status ranks_make(ranks *r, const report_data *d, const ranks_query *q,
                      lut_err *err)
{
    maker m = { .r = r, .d = d, .q = q, .err = err };
    lut_status st;

    *r = (ranks){ .data = d, .alpha = q->alpha, .all = q->all, .nemenyi = (double)NAN };
    st = make(&m);
    report_settings_fini(&m.s);
    free(m.in_set);
    free(m.in_method);
    if (st != LUT_OK)
        ranks_fini(r);
    return st;
}

void ranks_fini(ranks *r)
{
    free(r->name);
    free(r->set);
    free(r->figure);
    free(r->rank);
    free(r->pair);
    *r = (ranks){ 0 };
}
