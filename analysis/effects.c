#include "analysis/effects.h"
#include "analysis/blocks.h"
#include "analysis/report.h"
#include "analysis/student.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct maker {
    effects *e;
    const report_data *d;
    report_settings s;
    blocks b;
    lut_err *err;
} maker;

static lut_status no_memory(lut_err *err)
{
    return lut_fail(err, LUT_ENOMEM, "out of memory");
}

/* ---- names ---- */

/* Whether a column differs among the settings of a block. */
static bool varies(const maker *m, const blocks_one *b, size_t col)
{
    const report_settings *s = &m->s;
    const size_t first = s->run[s->start[b->cell[0]]].row;

    for (size_t i = 1; i < b->cells; i++)
        if (report_compare(
                report_setting(m->d, first, col),
                report_setting(m->d, s->run[s->start[b->cell[i]]].row, col)) != 0)
            return true;
    return false;
}

static void append(char name[EFFECTS_NAME], const char *text)
{
    const size_t n = strlen(name);

    snprintf(name + n, EFFECTS_NAME - n, "%s", text);
}

/* "parametrization (with tau)": what nobody could tell apart from it. */
static void name_knob(char name[EFFECTS_NAME], const maker *m, const blocks_one *b,
                      size_t knob)
{
    size_t n, listed = 0;
    const report_column *column = report_data_columns(m->d, &n);

    snprintf(name, EFFECTS_NAME, "%s", column[m->s.knob[knob].col].name);
    for (size_t i = 0; i < m->s.nfollowers; i++) {
        const report_follower *f = &m->s.follower[i];

        if (f->knob != knob || f->decided || !varies(m, b, f->col))
            continue;
        append(name, listed++ ? ", " : " (with ");
        append(name, column[f->col].name);
    }
    append(name, listed ? ")" : "");
}

/* ---- seeds ---- */

static double value_at(const report_settings *s, size_t setting, double seed)
{
    for (size_t i = s->start[setting]; i < s->start[setting + 1]; i++)
        if (s->run[i].seed >= seed)
            return s->run[i].seed <= seed ? s->run[i].value : (double)NAN;
    return (double)NAN;
}

/* Seeds of the first setting that all others have too; *seed is owned. */
static lut_status common_seeds(double **seed, size_t *n, const maker *m,
                               const blocks_one *b)
{
    const report_settings *s = &m->s;
    const report_run *run = s->run + s->start[b->cell[0]];
    const size_t runs = s->start[b->cell[0] + 1] - s->start[b->cell[0]];

    *n = 0;
    *seed = malloc((runs + 1) * sizeof **seed);
    if (!*seed)
        return no_memory(m->err);
    for (size_t i = 0; i < runs; i++) {
        bool all = true;

        for (size_t c = 1; c < b->cells && all; c++)
            all = !isnan(value_at(s, b->cell[c], run[i].seed));
        if (all)
            (*seed)[(*n)++] = run[i].seed;
    }
    return LUT_OK;
}

/* ---- a block ---- */

/* Knobs of a block are those of several levels. */
static lut_status lay_out(effects_block *out, const maker *m, const blocks_one *b)
{
    size_t n = 0;

    for (size_t j = 0; j < m->s.nknobs; j++)
        n += b->levels[j] > 1;
    out->knob = calloc(n + 1, sizeof *out->knob);
    if (!out->knob)
        return no_memory(m->err);
    for (size_t j = 0, of = 0; j < m->s.nknobs; of += b->levels[j++]) {
        effects_knob *k = &out->knob[out->nknobs];

        if (b->levels[j] < 2)
            continue;
        k->level = calloc(b->levels[j], sizeof *k->level);
        if (!k->level)
            return no_memory(m->err);
        k->n = b->levels[j];
        name_knob(k->name, m, b, j);
        for (size_t i = 0; i < k->n; i++)
            report_value_text(k->level[i].name, m->s.knob[j].value[b->level[of + i]]);
        if (out->nknobs < ANOVA_KNOBS)
            out->design.levels[out->nknobs] = k->n;
        out->nknobs++;
    }
    return LUT_OK;
}

static lut_status take_values(effects_block *out, const maker *m, const blocks_one *b)
{
    double *seed, *value;
    size_t n;

    LUT_TRY(common_seeds(&seed, &n, m, b));
    out->seeds = n;
    value = malloc((b->cells * n + 1) * sizeof *value);
    for (size_t c = 0; value && c < b->cells; c++)
        for (size_t i = 0; i < n; i++)
            value[c * n + i] = value_at(&m->s, b->cell[c], seed[i]);
    free(seed);
    out->design.value = value;
    out->design.knobs = out->nknobs;
    out->design.cells = b->cells;
    out->design.seeds = n;
    return value ? LUT_OK : no_memory(m->err);
}

static int larger_bar(const void *pa, const void *pb)
{
    const effects_bar *a = pa, *b = pb;

    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->share < b->share || a->share > b->share)
        return a->share > b->share ? -1 : 1;
    return a->a != b->a ? (a->a > b->a) - (a->a < b->a) : (a->b > b->b) - (a->b < b->b);
}

static effects_bar bar_of(const effects_block *b, const anova_effect *f)
{
    effects_bar bar = { .kind = f->a == SIZE_MAX ? EFFECTS_REST
                                : f->a == f->b   ? EFFECTS_KNOB
                                                 : EFFECTS_PAIR,
                        .a = f->a,
                        .b = f->b,
                        .share = f->share,
                        .lo = f->lo,
                        .hi = f->hi,
                        .floor = f->floor,
                        .p = f->p,
                        .seen = anova_seen(f) };

    if (bar.kind == EFFECTS_REST)
        snprintf(bar.name, sizeof bar.name, "not explained");
    else if (bar.kind == EFFECTS_KNOB)
        snprintf(bar.name, sizeof bar.name, "%s", b->knob[f->a].name);
    else
        snprintf(bar.name, sizeof bar.name, "%s x %s", b->knob[f->a].name,
                 b->knob[f->b].name);
    return bar;
}

static lut_status draw_bars(effects_block *out, const anova *a, lut_err *err)
{
    const bool higher = out->nknobs > 2;

    out->bar = calloc(a->n + 2, sizeof *out->bar);
    if (!out->bar)
        return no_memory(err);
    for (size_t i = 0; i < a->n; i++)
        out->bar[out->nbars++] = bar_of(out, &a->effect[i]);
    if (higher)
        out->bar[out->nbars++] = bar_of(out, &a->higher);
    out->bar[out->nbars++] = (effects_bar){ .kind = EFFECTS_SEEDS,
                                            .name = "seeds",
                                            .a = SIZE_MAX,
                                            .b = SIZE_MAX,
                                            .share = a->noise,
                                            .lo = (double)NAN,
                                            .hi = (double)NAN,
                                            .floor = (double)NAN,
                                            .p = (double)NAN };
    qsort(out->bar, out->nbars, sizeof *out->bar, larger_bar);
    for (size_t i = 0; i < out->nbars && out->npairs < EFFECTS_PAIRS; i++)
        if (out->bar[i].kind == EFFECTS_PAIR && out->bar[i].seen)
            out->pair[out->npairs++] = i;
    return LUT_OK;
}

/* ---- levels ---- */

static int falling(const void *pa, const void *pb)
{
    const double a = *(const double *)pa, b = *(const double *)pb;

    return (a < b) - (a > b);
}

/* Mean from which a setting is in the best quarter, equal ones included; cell: their means. */
static lut_status quarter(double *from, const double *cell, size_t n, lut_err *err)
{
    double *sorted = malloc(n * sizeof *sorted);

    if (!sorted)
        return no_memory(err);
    memcpy(sorted, cell, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, falling);
    *from = sorted[(n + 3) / 4 - 1];
    free(sorted);
    return LUT_OK;
}

static lut_status count_top(effects_block *b, lut_err *err)
{
    const anova_design *d = &b->design;
    double *cell = calloc(d->cells, sizeof *cell), from = 0;
    lut_status st;

    if (!cell)
        return no_memory(err);
    for (size_t c = 0; c < d->cells; c++)
        for (size_t i = 0; i < d->seeds; i++)
            cell[c] += d->value[c * d->seeds + i];
    st = quarter(&from, cell, d->cells, err);
    for (size_t c = 0; st == LUT_OK && c < d->cells; c++)
        for (size_t j = 0; j < d->knobs; j++)
            b->knob[j].level[anova_level(d, c, j)].top += cell[c] >= from;
    free(cell);
    return st;
}

/* Of each level the mean of every seed: these are as many numbers as there are seeds. */
static lut_status fill_levels(effects_block *b, size_t knob, double alpha, lut_err *err)
{
    const anova_design *d = &b->design;
    effects_knob *k = &b->knob[knob];
    double *mean = malloc(k->n * sizeof *mean),
           *of = malloc(k->n * d->seeds * sizeof *of);

    for (size_t s = 0; mean && of && s < d->seeds; s++) {
        anova_means(mean, d, knob, knob, s);
        for (size_t i = 0; i < k->n; i++)
            of[i * d->seeds + s] = mean[i];
    }
    for (size_t i = 0; mean && of && i < k->n; i++) {
        const student_interval t = student_mean(of + i * d->seeds, d->seeds, alpha);

        k->level[i].mean = t.mean;
        k->level[i].lo = t.lo;
        k->level[i].hi = t.hi;
        k->level[i].settings = d->cells / k->n;
    }
    free(mean);
    free(of);
    return mean && of ? LUT_OK : no_memory(err);
}

static lut_status take_apart(effects_block *out, const effects *e, lut_err *err)
{
    anova a;
    lut_status st = anova_make(&a, &out->design, e->alpha, err);

    if (st == LUT_OK)
        st = draw_bars(out, &a, err);
    out->mean = a.mean;
    out->sd = a.sd;
    anova_fini(&a);
    for (size_t j = 0; j < out->nknobs && st == LUT_OK; j++)
        st = fill_levels(out, j, e->alpha, err);
    return st == LUT_OK && e->has_top ? count_top(out, err) : st;
}

static lut_status make_block(effects_block *out, const maker *m, const blocks_one *b)
{
    out->settings = b->cells;
    out->mean = out->sd = (double)NAN;
    LUT_TRY(lay_out(out, m, b));
    if (out->nknobs > ANOVA_KNOBS) {
        snprintf(out->why, sizeof out->why, "%zu knobs, more than %d", out->nknobs,
                 ANOVA_KNOBS);
        return LUT_OK;
    }
    LUT_TRY(take_values(out, m, b));
    if (!out->seeds) {
        snprintf(out->why, sizeof out->why, "its settings have no seed in common");
        return LUT_OK;
    }
    return take_apart(out, m->e, m->err);
}

/* ---- settings that are in no block ---- */

/* Knobs of these settings: x and y [n], codes [n]. */
typedef struct cloud {
    size_t *setting, n;
    double *x, *y;
    uint32_t *code, *name;
} cloud;

static lut_status gather(cloud *c, const maker *m)
{
    const size_t n = m->s.n + 1;

    *c = (cloud){ .setting = malloc(n * sizeof *c->setting),
                  .x = malloc(n * sizeof *c->x),
                  .y = malloc(n * sizeof *c->y),
                  .code = malloc(n * sizeof *c->code),
                  .name = malloc(n * sizeof *c->name) };
    if (!c->setting || !c->x || !c->y || !c->code || !c->name)
        return no_memory(m->err);
    for (size_t i = 0; i < m->s.n; i++)
        if (!m->b.covered[i]) {
            c->y[c->n] = report_setting_mean(&m->s, i);
            c->setting[c->n++] = i;
        }
    return LUT_OK;
}

static void scatter(cloud *c)
{
    free(c->setting);
    free(c->x);
    free(c->y);
    free(c->code);
    free(c->name);
}

/* Codes of the levels that are there, from 0; name[levels] is for that. */
static size_t renumber(cloud *c, size_t levels)
{
    size_t groups = 0;

    memset(c->name, 0xff, levels * sizeof *c->name);
    for (size_t i = 0; i < c->n; i++) {
        uint32_t *name = &c->name[c->code[i]];

        if (*name == UINT32_MAX)
            *name = (uint32_t)groups++;
        c->code[i] = *name;
    }
    return groups;
}

/* Numbers are correlated where all are there, else their levels are names. */
static lut_status link_knob(effects_link *l, cloud *c, const maker *m, size_t knob)
{
    const report_levels *k = &m->s.knob[knob];
    size_t n, groups;

    snprintf(l->name, sizeof l->name, "%s", report_data_columns(m->d, &n)[k->col].name);
    for (size_t i = 0; i < c->n; i++) {
        c->code[i] = m->s.level[c->setting[i] * m->s.nknobs + knob];
        c->x[i] = k->value[c->code[i]].number;
        l->groups |= k->value[c->code[i]].text || isnan(c->x[i]);
    }
    if (!l->groups)
        return association_ranks(&l->link, c->x, c->y, c->n, m->e->alpha, m->err);
    groups = renumber(c, k->n);
    return association_groups(&l->link, c->code, groups, c->y, c->n, m->err);
}

static int stronger(const void *pa, const void *pb)
{
    const effects_link *a = pa, *b = pb;
    const double x = fabs(a->link.value), y = fabs(b->link.value);

    return x > y || x < y ? (x < y) - (x > y) : strcmp(a->name, b->name);
}

static lut_status link_knobs(maker *m, cloud *c)
{
    effects *e = m->e;

    e->link = calloc(m->s.nknobs + 1, sizeof *e->link);
    if (!e->link)
        return no_memory(m->err);
    for (size_t j = 0; j < m->s.nknobs; j++) {
        effects_link *l = &e->link[e->nlinks];

        *l = (effects_link){ 0 };
        LUT_TRY(link_knob(l, c, m, j));
        e->nlinks += !isnan(l->link.value);
    }
    qsort(e->link, e->nlinks, sizeof *e->link, stronger);
    return LUT_OK;
}

static lut_status link_alone(maker *m)
{
    cloud c;
    lut_status st = gather(&c, m);

    if (st == LUT_OK && c.n >= ASSOCIATION_LEAST)
        st = link_knobs(m, &c);
    scatter(&c);
    return st;
}

/* ---- all of it ---- */

static lut_status choose_metric(maker *m, const effects_query *q, size_t *col)
{
    const char *name = q->metric ? q->metric : "valid_accuracy";
    const report_column *column;
    size_t n;

    LUT_TRY(report_data_column(m->d, col, "--effects", name, m->err));
    column = &report_data_columns(m->d, &n)[*col];
    if (column->is_text)
        return lut_fail(m->err, LUT_EINVAL, "--effects: %s is text, want a number",
                        name);
    memcpy(m->e->metric, column->name, sizeof m->e->metric);
    memcpy(m->e->unit, column->unit, sizeof m->e->unit);
    m->e->has_top = strstr(column->name, "accuracy") != NULL;
    return LUT_OK;
}

static void count(effects *e, const report_settings *s)
{
    e->settings = s->n;
    e->rows = s->counted.n;
    e->failed = s->counted.failed;
    e->missing = s->counted.missing;
    e->twice = s->counted.twice;
    e->repeated = s->repeated;
}

static lut_status make(maker *m, const effects_query *q)
{
    report_rows chosen;
    size_t metric;
    lut_status st;

    LUT_TRY(choose_metric(m, q, &metric));
    LUT_TRY(report_select(&chosen, m->d, "--where", q->where, m->err));
    st =
        report_settings_make(&m->s, m->d, &chosen, metric, REPORT_SPLITS_APART, m->err);
    report_rows_fini(&chosen);
    if (st != LUT_OK)
        return st;
    count(m->e, &m->s);
    LUT_TRY(blocks_find(&m->b, m->s.level, m->s.n, m->s.nknobs, m->err));
    m->e->alone = m->b.alone;
    m->e->block = calloc(m->b.n + 1, sizeof *m->e->block);
    if (!m->e->block)
        return no_memory(m->err);
    for (size_t i = 0; i < m->b.n; i++) {
        m->e->nblocks++;
        LUT_TRY(make_block(&m->e->block[i], m, &m->b.block[i]));
    }
    return link_alone(m);
}

lut_status effects_make(effects *e, const report_data *d, const effects_query *q,
                        lut_err *err)
{
    maker m = { .e = e, .d = d, .err = err };
    lut_status st;

    *e = (effects){ .alpha = q->alpha };
    st = make(&m, q);
    report_settings_fini(&m.s);
    blocks_fini(&m.b);
    if (st != LUT_OK)
        effects_fini(e);
    return st;
}

static void free_block(effects_block *b)
{
    for (size_t j = 0; b->knob && j < b->nknobs; j++)
        free(b->knob[j].level);
    free(b->knob);
    free(b->bar);
    free((double *)b->design.value);
}

void effects_fini(effects *e)
{
    for (size_t i = 0; i < e->nblocks; i++)
        free_block(&e->block[i]);
    free(e->block);
    free(e->link);
    *e = (effects){ 0 };
}
