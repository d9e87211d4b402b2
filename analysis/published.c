#include "analysis/published.h"
#include "analysis/settings.h"
#include "analysis/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- which rows there are ---- */

static bool has_row(const sweep_baselines *b, const sweep_baseline *row)
{
    for (size_t i = 0; i < b->n; i++)
        if (!strcmp(b->row[i].source, row->source) &&
            !strcmp(b->row[i].name, row->name) &&
            !strcmp(b->row[i].method, row->method) &&
            !strcmp(b->row[i].dataset, row->dataset) &&
            !strcmp(b->row[i].place, row->place))
            return true;
    return false;
}

static lut_status add_rows(sweep_baselines *out, const sweep_baselines *b, bool all,
                           lut_err *err)
{
    void *more = realloc(out->row, (out->n + b->n + 1) * sizeof *out->row);

    if (!more)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu published rows", b->n);
    out->row = more;
    for (size_t i = 0; i < b->n; i++)
        if (all || !has_row(out, &b->row[i]))
            out->row[out->n++] = b->row[i];
    if (!out->digest[0])
        memcpy(out->digest, b->digest, sizeof out->digest);
    return LUT_OK;
}

lut_status report_published_rows(sweep_baselines *out, bool *own, const report_data *d,
                                 const sweep_baselines *installed, lut_err *err)
{
    lut_status st = LUT_OK;

    *out = (sweep_baselines){ 0 };
    for (size_t i = 0; i < report_data_files(d) && st == LUT_OK; i++)
        st = add_rows(out, sweep_store_published(report_data_store(d, i)), i == 0, err);
    *own = out->n > 0;
    if (st == LUT_OK && !*own && installed)
        st = add_rows(out, installed, true, err);
    if (st != LUT_OK)
        sweep_baselines_fini(out);
    return st;
}

/* ---- lines ---- */

enum { TEST, VALID, LUT6, CORE, METRICS };
static const char metrics[] = "test_accuracy,valid_accuracy,lut6,lut6_core";

typedef struct line {
    const char *dataset;
    const sweep_baseline *b; /* NULL: ours */
    const report_group *g;   /* of ours */
    bool core;               /* ours among LUTs: which of the two */
    bool apart;              /* does not compare: behind those that do */
    double accuracy, luts;
    char model[256];
} line;

typedef struct work {
    const report *r;
    const sweep_baselines *b;
    line *line;                /* [n]; owned */
    size_t n, set;             /* set: column */
    const report_group **best; /* [r->nsets] of each data set; owned */
    double alpha;
} work;

static const char *set_of(const work *w, const report_group *g)
{
    return report_data_value(w->r->data, g->row, w->set).text;
}

static double mean_of(const report_group *g, size_t metric)
{
    return g->metric[metric].mean;
}

/* Whether both have the same values in the columns that lines are for. */
static bool same_outer(const report *r, const report_group *a, const report_group *b)
{
    for (size_t i = 0; i < r->nouter; i++)
        if (report_compare(report_data_value(r->data, a->row, r->by[i]),
                           report_data_value(r->data, b->row, r->by[i])) != 0)
            return false;
    return true;
}

/* Of its likes no other has a higher validation accuracy, or an equal one before it. */
static bool is_chosen(const report *r, size_t i)
{
    const report_group *g = &r->group[i];

    if (isnan(g->valid.mean))
        return true;
    for (size_t j = 0; j < r->ngroups; j++) {
        const report_group *other = &r->group[j];

        if (!same_outer(r, g, other))
            continue;
        if (other->valid.mean > g->valid.mean ||
            (j < i && other->valid.mean >= g->valid.mean))
            return false;
    }
    return true;
}

/* "lut_rank 6, layers 600-600": what tells settings apart. */
static void describe(char *out, size_t size, const report *r, const report_group *g)
{
    const report_column *column;
    size_t n, used = 0;

    out[0] = 0;
    column = report_data_columns(r->data, &n);
    for (size_t i = r->nouter; i < r->nby && used < size; i++) {
        const report_column *c = &column[r->by[i]];
        const sweep_value v = report_data_value(r->data, g->row, r->by[i]);
        char number[32];

        if (report_is_missing(v))
            continue;
        used += (size_t)snprintf(out + used, size - used, "%s%s %s", used ? ", " : "",
                                 c->name,
                                 c->is_text ? v.text : lut_real_text(number, v.number));
    }
    if (!out[0] && (n = report_data_find(r->data, "layers")) != SIZE_MAX)
        snprintf(out, size, "layers %s", report_data_value(r->data, g->row, n).text);
}

static void add_ours(work *w, const report_group *g)
{
    line *l = &w->line[w->n++];

    *l = (line){ .dataset = set_of(w, g),
                 .g = g,
                 .accuracy = mean_of(g, TEST),
                 .luts = mean_of(g, LUT6) };
    describe(l->model, sizeof l->model, w->r, g);
}

/* Of several settings without validation rows none is the best. */
static const report_group *find_best(const work *w, const char *set)
{
    const report_group *best = NULL;
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++) {
        const report_group *g = w->line[i].g;

        if (!g || strcmp(set_of(w, g), set) != 0)
            continue;
        n++;
        if (!best || isnan(best->valid.mean) || g->valid.mean > best->valid.mean)
            best = g;
    }
    return n == 1 || (best && !isnan(best->valid.mean)) ? best : NULL;
}

/* Another figure, as auc, is no accuracy to stand among them. */
static bool is_accuracy(const sweep_baseline *b)
{
    return strcmp(b->metric, "test_accuracy") == 0;
}

static bool is_set(const report *r, const char *name)
{
    for (size_t s = 0; s < r->nsets; s++)
        if (!strcmp(r->set[s].name, name))
            return true;
    return false;
}

static lut_status collect(work *w, lut_err *err)
{
    const report *r = w->r;

    w->line = calloc(r->ngroups + w->b->n + 1, sizeof *w->line);
    w->best = calloc(r->nsets + 1, sizeof *w->best);
    if (!w->line || !w->best)
        return lut_fail(err, LUT_ENOMEM, "no memory for published rows");
    for (size_t i = 0; i < r->ngroups; i++)
        if (is_chosen(r, i))
            add_ours(w, &r->group[i]);
    for (size_t s = 0; s < r->nsets; s++)
        w->best[s] = find_best(w, r->set[s].name);
    for (size_t i = 0; i < w->b->n; i++)
        if (is_set(r, w->b->row[i].dataset))
            w->line[w->n++] =
                (line){ .dataset = w->b->row[i].dataset,
                        .b = &w->b->row[i],
                        .apart = strcmp(w->b->row[i].comparable, "yes") != 0,
                        .accuracy = is_accuracy(&w->b->row[i]) ? w->b->row[i].value
                                                               : (double)NAN,
                        .luts = w->b->row[i].luts };
    return LUT_OK;
}

static const report_group *best_of(const work *w, const char *dataset)
{
    for (size_t s = 0; s < w->r->nsets; s++)
        if (!strcmp(w->r->set[s].name, dataset))
            return w->best[s];
    return NULL;
}

/* ---- order ---- */

static int by_number(double a, double b)
{
    if (isnan(a) || isnan(b))
        return isnan(a) - isnan(b);
    return (a > b) - (a < b);
}

static int by_place(const line *x, const line *y)
{
    const int order = strcmp(x->dataset, y->dataset);

    return order ? order : x->apart - y->apart;
}

/* What is equal stays in the order that there was. */
static int by_address(const line *x, const line *y)
{
    const uintptr_t a = (uintptr_t)x->b, b = (uintptr_t)y->b;

    return (a > b) - (a < b);
}

static int by_accuracy(const void *a, const void *b)
{
    const line *x = a, *y = b;
    int order = by_place(x, y);

    if (!order)
        order = isnan(x->accuracy) || isnan(y->accuracy)
                    ? by_number(x->accuracy, y->accuracy)
                    : by_number(y->accuracy, x->accuracy);
    if (!order)
        order = by_number(x->luts, y->luts);
    return order ? order : by_address(x, y);
}

static int by_luts(const void *a, const void *b)
{
    const line *x = a, *y = b;
    int order = by_place(x, y);

    if (!order)
        order = by_number(x->luts, y->luts);
    return order ? order : by_address(x, y);
}

/* ---- sheets ---- */

enum {
    C_DATASET,
    C_WHO,
    C_METHOD,
    C_MODEL,
    C_ACCURACY,
    C_HALF,
    C_SPREAD,
    C_N,
    C_DIFFERENCE,
    C_SELECTION,
    C_LUTS,
    C_COUNTS,
    C_OURS,
    C_LATENCY,
    C_AREA_DELAY,
    C_GATES,
    C_KIND,
    C_DEVICE,
    C_VARIANT,
    C_STATE,
    C_COMPARABLE,
    C_WHY,
    C_SOURCE,
    C_PLACE,
    COLUMNS
};

/* clang-format off */
static const sheet_column columns[COLUMNS] = {
    [C_DATASET] = { .name = "dataset" },
    [C_WHO] = { .name = "who", .doc = "ours or published" },
    [C_METHOD] = { .name = "method" },
    [C_MODEL] = { .name = "model" },
    [C_ACCURACY] = { .name = "test_accuracy", .unit = "percent", .kind = SHEET_PERCENT,
                     .doc = "test split: mean over our trials, or as published" },
    [C_HALF] = { .name = "half", .head = "\xc2\xb1", .unit = "percentage points", .kind = SHEET_PERCENT,
                 .doc = "half of the interval of our mean" },
    [C_SPREAD] = { .name = "sd", .unit = "percentage points", .kind = SHEET_PERCENT, .machine = true,
                   .doc = "of our trials, or as published" },
    [C_N] = { .name = "n", .kind = SHEET_WHOLE, .doc = "our trials" },
    [C_DIFFERENCE] = { .name = "difference", .unit = "percentage points", .kind = SHEET_PERCENT,
                       .doc = "our best by validation minus this, on the test split" },
    [C_SELECTION] = { .name = "selection", .doc = "what chose the epoch, and of ours the setting" },
    [C_LUTS] = { .name = "luts", .unit = "LUTs", .kind = SHEET_WHOLE, .doc = "6-input LUTs" },
    [C_COUNTS] = { .name = "counts", .doc = "what these compare to: lut6 (whole design), lut6_core (without encoder)" },
    [C_OURS] = { .name = "our_luts", .unit = "LUTs", .kind = SHEET_WHOLE,
                 .doc = "of our best by validation, counted likewise, by our own mapping" },
    [C_LATENCY] = { .name = "latency_ns", .unit = "ns", .kind = SHEET_REAL, .machine = true },
    [C_AREA_DELAY] = { .name = "area_delay", .unit = "LUT ns", .kind = SHEET_REAL, .machine = true },
    [C_GATES] = { .name = "gates", .unit = "nodes", .kind = SHEET_WHOLE, .machine = true },
    [C_KIND] = { .name = "kind", .machine = true },
    [C_DEVICE] = { .name = "device", .machine = true },
    [C_VARIANT] = { .name = "variant", .machine = true, .doc = "of the data set" },
    [C_STATE] = { .name = "state", .doc = "published: current, reproduction (by others) or superseded" },
    [C_COMPARABLE] = { .name = "comparable" },
    [C_WHY] = { .name = "why", .doc = "why not, or what to know" },
    [C_SOURCE] = { .name = "source" },
    [C_PLACE] = { .name = "place", .machine = true },
};
/* clang-format on */

static const char *or_none(const char *text)
{
    return text[0] ? text : NULL;
}

static void put_ours(sheet_cell *c, const line *l, const work *w)
{
    const report_stats *test = &l->g->metric[TEST];
    const size_t param = report_data_find(w->r->data, "parametrization");

    c[C_WHO].text = "ours";
    if (param != SIZE_MAX)
        c[C_METHOD].text = report_data_value(w->r->data, l->g->row, param).text;
    c[C_MODEL].text = l->model;
    c[C_HALF].number = report_half(test, w->alpha);
    c[C_SPREAD].number = test->sd;
    c[C_N].number = (double)test->n;
    c[C_SELECTION].text = isnan(l->g->valid.mean) ? "none" : "validation";
    if (!isnan(l->luts))
        c[C_COUNTS].text = l->core ? "lut6_core" : "lut6";
    c[C_COMPARABLE].text = "yes";
}

static const char *counts_of(const sweep_baseline *b)
{
    if (!strcmp(b->convention, "design"))
        return "lut6";
    return !strcmp(b->convention, "core") ? "lut6_core" : NULL;
}

static void put_published(sheet_cell *c, const line *l, const work *w)
{
    const sweep_baseline *b = l->b;
    const report_group *best = best_of(w, l->dataset);

    c[C_WHO].text = "published";
    c[C_METHOD].text = b->method;
    c[C_MODEL].text = or_none(b->name);
    if (is_accuracy(b))
        c[C_SPREAD].number = b->spread;
    if (!l->apart && best && is_accuracy(b))
        c[C_DIFFERENCE].number = mean_of(best, TEST) - b->value;
    c[C_SELECTION].text = b->selection;
    c[C_COUNTS].text = counts_of(b);
    if (!l->apart && best && c[C_COUNTS].text)
        c[C_OURS].number =
            mean_of(best, strcmp(c[C_COUNTS].text, "lut6") ? CORE : LUT6);
    c[C_LATENCY].number = b->latency_ns;
    c[C_AREA_DELAY].number = b->area_delay;
    c[C_GATES].number = b->gates;
    c[C_KIND].text = b->kind;
    c[C_DEVICE].text = or_none(b->device);
    c[C_VARIANT].text = or_none(b->variant);
    c[C_STATE].text = b->state;
    c[C_COMPARABLE].text = b->comparable;
    c[C_WHY].text = or_none(l->apart ? b->why_not : b->caveat);
    c[C_SOURCE].text = b->source;
    c[C_PLACE].text = or_none(b->place);
}

static lut_status put_lines(sheet *s, const line *l, size_t n, const work *w,
                            lut_err *err)
{
    for (size_t i = 0; i < COLUMNS; i++)
        LUT_TRY(sheet_add_column(s, &columns[i], err));
    for (size_t i = 0; i < n; i++) {
        sheet_cell cell[COLUMNS];

        for (size_t c = 0; c < COLUMNS; c++)
            cell[c] = (sheet_cell){ .number = (double)NAN };
        cell[C_DATASET].text = l[i].dataset;
        cell[C_ACCURACY].number = l[i].accuracy;
        cell[C_LUTS].number = l[i].luts;
        if (l[i].b)
            put_published(cell, &l[i], w);
        else
            put_ours(cell, &l[i], w);
        LUT_TRY(sheet_add_row(s, cell, err));
    }
    return LUT_OK;
}

/* Each of ours twice, as published ones count the one or the other. */
static size_t keep_counted(line *to, const work *w)
{
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++) {
        const line *l = &w->line[i];

        if (l->b ? counts_of(l->b) != NULL : !isnan(l->luts))
            to[n++] = *l;
        if (l->b || isnan(mean_of(l->g, CORE)))
            continue;
        to[n] = *l;
        to[n].core = true;
        to[n++].luts = mean_of(l->g, CORE);
    }
    return n;
}

static lut_status add_notes(sheet *s, const work *w, lut_err *err)
{
    for (size_t i = 0; i < w->r->nsets; i++) {
        const report_set *set = &w->r->set[i];
        size_t n = 0;

        for (size_t l = 0; l < w->n; l++)
            n += w->line[l].b && !strcmp(w->line[l].dataset, set->name);
        if (!n)
            LUT_TRY(sheet_add_note(
                s, err, "data set %s: no published results known here", set->name));
        if (set->note)
            LUT_TRY(sheet_add_note(s, err, "data set %s: %s%s", set->name, set->note,
                                   set->partial ? "; compares with nothing published"
                                                : ""));
        if (set->unselected)
            LUT_TRY(
                sheet_add_note(s, err,
                               "data set %s: %zu trials without validation rows: last "
                               "epoch, and no setting was chosen",
                               set->name, set->unselected));
    }
    return LUT_OK;
}

static lut_status by_accuracy_sheet(sheet *s, work *w, lut_err *err)
{
    LUT_TRY(sheet_init(s, "baselines", err, "Ours and published, by test accuracy"));
    LUT_TRY(
        sheet_add_about(s, err,
                        "ours: the setting with the best mean validation accuracy; its "
                        "mean test accuracy with an interval of %g %%",
                        100 * (1 - w->alpha)));
    LUT_TRY(sheet_add_about(
        s, err,
        "published figures that do not compare stand last in their data "
        "set, with the reason, and enter no difference"));
    LUT_TRY(report_about_splits(s, w->r, err));
    LUT_TRY(report_note_twice(s, w->r->twice, err));
    LUT_TRY(add_notes(s, w, err));
    qsort(w->line, w->n, sizeof *w->line, by_accuracy);
    return put_lines(s, w->line, w->n, w, err);
}

static lut_status by_luts_sheet(sheet *s, const work *w, lut_err *err)
{
    line *l = calloc(2 * w->n + 1, sizeof *l);
    size_t n;
    lut_status st;

    if (!l)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu lines", w->n);
    n = keep_counted(l, w);
    qsort(l, n, sizeof *l, by_luts);
    st = sheet_init(s, "baselines_luts", err, "Ours and published, by 6-input LUTs");
    if (st == LUT_OK)
        st = sheet_add_about(
            s, err,
            "ours are counted from a mapped netlist, published ones mostly "
            "by Vivado; compare lut6 with lut6, lut6_core with lut6_core");
    if (st == LUT_OK)
        st = put_lines(s, l, n, w, err);
    free(l);
    return st;
}

static lut_status fill(sheet out[PUBLISHED_SHEETS], work *w, lut_err *err)
{
    w->set = report_data_find(w->r->data, "dataset");
    if (w->set == SIZE_MAX)
        return lut_fail(err, LUT_EFORMAT, "results without a column dataset");
    LUT_TRY(collect(w, err));
    LUT_TRY(by_accuracy_sheet(&out[0], w, err));
    return by_luts_sheet(&out[1], w, err);
}

lut_status report_published(sheet out[PUBLISHED_SHEETS], const report_data *d,
                            const report_query *q, const sweep_baselines *b,
                            lut_err *err)
{
    const char *const by = q->by ? q->by : "parametrization";
    const double alpha = q->alpha > 0 ? q->alpha : REPORT_ALPHA;
    char outer[1024];
    report r = { 0 };
    work w = { .r = &r, .b = b, .alpha = alpha };
    const report_query own = {
        .where = q->where,
        .outer = outer,
        .one_file = true,
        .chooses = true,
        .metric = metrics,
        .alpha = q->alpha,
    };
    lut_status st;

    if (strlen(by) + sizeof "dataset," > sizeof outer)
        return lut_fail(err, LUT_EINVAL, "--by: too long");
    snprintf(outer, sizeof outer, "%s%s", strstr(by, "dataset") ? "" : "dataset,", by);
    st = report_build(&r, d, &own, err);
    if (st == LUT_OK)
        st = fill(out, &w, err);
    report_fini(&r);
    free(w.line);
    free(w.best);
    return st;
}
