#include "analysis/settings.h"
#include "analysis/report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static lut_status no_memory(lut_err *err)
{
    return lut_fail(err, LUT_ENOMEM, "out of memory");
}

/* ---- columns ---- */

bool report_is_split(const report_column *c)
{
    const size_t n = strlen(c->name), end = strlen(".test_seed");

    return !strcmp(c->name, "split_seed") ||
           (c->is_option && n > end && !strcmp(c->name + n - end, ".test_seed"));
}

report_split_columns report_splits_of(const report_data *d)
{
    report_split_columns s = { .n = 0 };
    size_t n;
    const report_column *column = report_data_columns(d, &n);

    for (size_t i = 0; i < n && s.n < REPORT_SPLITS; i++)
        if (report_is_split(&column[i]))
            s.col[s.n++] = i;
    return s;
}

int report_compare_splits(const report_data *d, const report_split_columns *s,
                          size_t row, size_t other)
{
    int order = 0;

    for (size_t i = 0; i < s->n && !order; i++)
        order = report_compare(report_data_value(d, row, s->col[i]),
                               report_data_value(d, other, s->col[i]));
    return order;
}

bool report_is_missing(sweep_value v)
{
    return v.text ? !v.text[0] : isnan(v.number);
}

bool report_is_setting(const report_data *d, size_t col)
{
    size_t n;
    const report_column *column = &report_data_columns(d, &n)[col];
    const lut_field *field = sweep_trial_fields(&n);

    if (report_is_split(column))
        return false;
    if (column->is_option)
        return true;
    if (!strcmp(column->name, "seed") || !strcmp(column->name, "options"))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!strcmp(field[i].name, column->name))
            return true;
    return false;
}

/* Widths that are all equal are told by width and depth. */
static bool is_said(const report_data *d, size_t row)
{
    const size_t width = report_data_find(d, "width");

    return width != SIZE_MAX && !isnan(report_data_value(d, row, width).number);
}

sweep_value report_setting(const report_data *d, size_t row, size_t col)
{
    size_t n;

    if (!strcmp(report_data_columns(d, &n)[col].name, "layers") && is_said(d, row))
        return (sweep_value){ .text = "" };
    return report_data_value(d, row, col);
}

const char *report_value_text(char text[REPORT_VALUE], sweep_value v)
{
    if (v.text)
        snprintf(text, REPORT_VALUE, "%s", v.text[0] ? v.text : "-");
    else if (isnan(v.number))
        snprintf(text, REPORT_VALUE, "-");
    else
        lut_real_text(text, v.number);
    return text;
}

typedef struct place {
    sweep_value value;
    size_t at;
} place;

static int by_value(const void *pa, const void *pb)
{
    const place *a = pa, *b = pb;

    return report_compare(a->value, b->value);
}

typedef sweep_value (*getter)(const report_data *d, size_t row, size_t col);

static lut_status code_by(getter get, report_levels *l, uint32_t *code,
                          const report_data *d, size_t col, const size_t *row,
                          size_t rows, lut_err *err)
{
    place *p = malloc((rows + 1) * sizeof *p);

    *l = (report_levels){ .col = col, .value = malloc((rows + 1) * sizeof *l->value) };
    if (!p || !l->value) {
        free(p);
        report_levels_fini(l);
        return no_memory(err);
    }
    for (size_t i = 0; i < rows; i++)
        p[i] = (place){ get(d, row[i], col), i };
    qsort(p, rows, sizeof *p, by_value);
    for (size_t i = 0; i < rows; i++) {
        if (i == 0 || by_value(&p[i - 1], &p[i]) != 0)
            l->value[l->n++] = p[i].value;
        code[p[i].at] = (uint32_t)(l->n - 1);
    }
    free(p);
    return LUT_OK;
}

lut_status report_code(report_levels *l, uint32_t *code, const report_data *d,
                       size_t col, const size_t *row, size_t rows, lut_err *err)
{
    return code_by(report_setting, l, code, d, col, row, rows, err);
}

lut_status report_code_values(report_levels *l, uint32_t *code, const report_data *d,
                              size_t col, const size_t *row, size_t rows, lut_err *err)
{
    return code_by(report_data_value, l, code, d, col, row, rows, err);
}

void report_levels_fini(report_levels *l)
{
    free(l->value);
    *l = (report_levels){ 0 };
}

lut_status report_follows(bool *yes, const report_levels *a, const uint32_t *in_a,
                          const uint32_t *in_b, size_t rows, lut_err *err)
{
    uint32_t *seen = malloc((a->n + 1) * sizeof *seen);

    if (!seen)
        return no_memory(err);
    memset(seen, 0xff, a->n * sizeof *seen);
    *yes = true;
    for (size_t i = 0; i < rows && *yes; i++) {
        *yes = seen[in_a[i]] == UINT32_MAX || seen[in_a[i]] == in_b[i];
        seen[in_a[i]] = in_b[i];
    }
    free(seen);
    return LUT_OK;
}

/* ---- rows ---- */

typedef struct twin {
    sweep_value key;
    size_t row;
    bool failed;
} twin;

static int by_key(const void *pa, const void *pb)
{
    const twin *a = pa, *b = pb;
    int order = report_compare(a->key, b->key);

    if (!order)
        order = a->failed - b->failed;
    return order ? order : (a->row > b->row) - (a->row < b->row);
}

static int by_row(const void *pa, const void *pb)
{
    const size_t a = *(const size_t *)pa, b = *(const size_t *)pb;

    return (a > b) - (a < b);
}

static bool is_ok(const report_data *d, size_t status, size_t row)
{
    return status == SIZE_MAX || !strcmp(report_data_value(d, row, status).text, "ok");
}

lut_status report_once(size_t *row, size_t *n, size_t *twice, const report_data *d,
                       lut_err *err)
{
    const size_t key = report_data_find(d, "key"), rows = *n,
                 status = report_data_find(d, "status");
    twin *t;

    *twice = 0;
    if (report_data_files(d) < 2 || key == SIZE_MAX)
        return LUT_OK;
    t = malloc((rows + 1) * sizeof *t);
    if (!t)
        return no_memory(err);
    for (size_t i = 0; i < rows; i++)
        t[i] = (twin){ report_data_value(d, row[i], key), row[i],
                       !is_ok(d, status, row[i]) };
    qsort(t, rows, sizeof *t, by_key);
    *n = 0;
    for (size_t i = 0; i < rows; i++)
        if (i == 0 || report_compare(t[i - 1].key, t[i].key) != 0)
            row[(*n)++] = t[i].row;
    *twice = rows - *n;
    qsort(row, *n, sizeof *row, by_row);
    free(t);
    return LUT_OK;
}

lut_status report_count_rows(report_counted *c, const report_data *d,
                             const report_rows *chosen, size_t metric, lut_err *err)
{
    const size_t status = report_data_find(d, "status");
    lut_status st;

    *c = (report_counted){ .row = malloc((chosen->n + 1) * sizeof *c->row) };
    if (!c->row)
        return no_memory(err);
    for (size_t i = 0; i < chosen->n; i++) {
        const size_t row = chosen->row[i];

        if (!is_ok(d, status, row))
            c->failed++;
        else if (isnan(report_data_value(d, row, metric).number))
            c->missing++;
        else
            c->row[c->n++] = row;
    }
    st = report_once(c->row, &c->n, &c->twice, d, err);
    if (st != LUT_OK)
        report_counted_fini(c);
    return st;
}

void report_counted_fini(report_counted *c)
{
    free(c->row);
    *c = (report_counted){ 0 };
}

/* ---- knobs ---- */

/* Codes of all knobs so far, knob after knob. */
typedef struct coded {
    report_settings *s;
    uint32_t *code;  /* [columns][rows] */
    size_t distinct; /* settings */
    report_splits_are splits;
    lut_err *err;
} coded;

static lut_status add_follower(coded *c, size_t col, size_t knob, bool decided)
{
    report_settings *s = c->s;
    report_follower *more = realloc(s->follower, (s->nfollowers + 1) * sizeof *more);

    if (!more)
        return no_memory(c->err);
    s->follower = more;
    s->follower[s->nfollowers++] = (report_follower){ col, knob, decided };
    return LUT_OK;
}

bool report_is_decided(const report_data *d, const report_levels *l)
{
    size_t n, there = 0;
    const report_column *column = &report_data_columns(d, &n)[l->col];

    for (size_t i = 0; i < l->n; i++)
        there +=
            l->value[i].text ? l->value[i].text[0] != 0 : !isnan(l->value[i].number);
    return column->is_option ? there == 1 : !strcmp(column->name, "sampling");
}

/* Drawn numbers are all different, so that each seems to follow from any other: a column
 * follows only from levels that come in several settings each. */
static bool may_follow(const coded *c, const report_levels *a, const report_levels *b)
{
    return report_is_decided(c->s->data, b) || c->distinct >= 2 * a->n;
}

/* The knobs so far keep their places; l is the next, or follows from one of them. */
static lut_status place_column(coded *c, report_levels *l, const uint32_t *code)
{
    report_settings *s = c->s;
    const size_t rows = s->counted.n;

    for (size_t j = 0; j < s->nknobs; j++) {
        bool yes = false;

        if (may_follow(c, &s->knob[j], l))
            LUT_TRY(report_follows(&yes, &s->knob[j], c->code + j * rows, code, rows,
                                   c->err));
        if (!yes)
            continue;
        LUT_TRY(add_follower(c, l->col, j, report_is_decided(s->data, l)));
        report_levels_fini(l);
        return LUT_OK;
    }
    memmove(c->code + s->nknobs * rows, code, rows * sizeof *code);
    s->knob[s->nknobs] = *l;
    if (l != &s->knob[s->nknobs])
        *l = (report_levels){ 0 };
    s->nknobs++;
    return LUT_OK;
}

static bool may_be_knob(const coded *c, size_t col)
{
    size_t n;
    const report_column *column = report_data_columns(c->s->data, &n);

    return report_is_setting(c->s->data, col) ||
           (c->splits == REPORT_SPLITS_APART && report_is_split(&column[col]));
}

/* Columns that vary, with their codes. */
static lut_status code_columns(coded *c)
{
    report_settings *s = c->s;
    size_t columns, settings = 0;

    report_data_columns(s->data, &columns);
    for (size_t col = 0; col < columns; col++)
        settings += may_be_knob(c, col);
    s->knob = calloc(settings + 1, sizeof *s->knob);
    c->code = malloc((settings + 1) * (s->counted.n + 1) * sizeof *c->code);
    if (!s->knob || !c->code)
        return no_memory(c->err);
    for (size_t col = 0; col < columns; col++) {
        report_levels *l = &s->knob[s->nknobs];

        if (!may_be_knob(c, col))
            continue;
        LUT_TRY(report_code(l, c->code + s->nknobs * s->counted.n, s->data, col,
                            s->counted.row, s->counted.n, c->err));
        if (l->n > 1)
            s->nknobs++;
        else
            report_levels_fini(l);
    }
    return LUT_OK;
}

static lut_status drop_followers(coded *c)
{
    report_settings *s = c->s;
    const size_t n = s->nknobs;
    lut_status st = LUT_OK;

    s->nknobs = 0;
    for (size_t j = 0; j < n && st == LUT_OK; j++)
        st = place_column(c, &s->knob[j], c->code + j * s->counted.n);
    for (size_t j = s->nknobs; j < n; j++) /* those behind a failure */
        report_levels_fini(&s->knob[j]);
    return st;
}

/* ---- settings ---- */

typedef struct entry {
    const coded *c;
    report_run run;
    size_t at; /* in counted */
} entry;

static uint32_t code_of(const coded *c, size_t knob, size_t at)
{
    return c->code[knob * c->s->counted.n + at];
}

static int by_levels(const entry *a, const entry *b)
{
    for (size_t j = 0; j < a->c->s->nknobs; j++) {
        const uint32_t x = code_of(a->c, j, a->at), y = code_of(b->c, j, b->at);

        if (x != y)
            return x < y ? -1 : 1;
    }
    return 0;
}

static int by_split(const entry *a, const entry *b)
{
    const report_settings *s = a->c->s;

    return report_compare_splits(s->data, &s->split, a->run.row, b->run.row);
}

static int by_seed(const void *pa, const void *pb)
{
    const entry *a = pa, *b = pb;
    int order = by_levels(a, b);

    if (order == 0)
        order = by_split(a, b);
    if (order == 0)
        order = (a->run.seed > b->run.seed) - (a->run.seed < b->run.seed);
    return order ? order : (a->at > b->at) - (a->at < b->at);
}

static void fill_entries(entry *e, const coded *c)
{
    const report_settings *s = c->s;
    const size_t seed = report_data_find(s->data, "seed");

    for (size_t i = 0; i < s->counted.n; i++) {
        const size_t row = s->counted.row[i];

        e[i] = (entry){
            .c = c,
            .run = { .seed = seed == SIZE_MAX
                                 ? 0
                                 : report_data_value(s->data, row, seed).number,
                     .value = report_data_value(s->data, row, s->metric).number,
                     .row = row },
            .at = i,
        };
    }
}

/* Settings, told apart by all columns that vary. */
static lut_status count_settings(coded *c)
{
    const size_t rows = c->s->counted.n;
    entry *e = malloc((rows + 1) * sizeof *e);

    if (!e)
        return no_memory(c->err);
    fill_entries(e, c);
    qsort(e, rows, sizeof *e, by_seed);
    for (size_t i = 0; i < rows; i++)
        c->distinct += i == 0 || by_levels(&e[i - 1], &e[i]) != 0;
    free(e);
    return LUT_OK;
}

static void put_entries(const entry *e, report_settings *s)
{
    size_t runs = 0;

    for (size_t i = 0; i < s->counted.n; i++) {
        const bool starts = i == 0 || by_levels(&e[i - 1], &e[i]) != 0;

        if (!starts && by_split(&e[i - 1], &e[i]) == 0 &&
            !(e[i].run.seed > e[i - 1].run.seed)) {
            s->repeated++;
            continue;
        }
        if (starts) {
            for (size_t j = 0; j < s->nknobs; j++)
                s->level[s->n * s->nknobs + j] = code_of(e[i].c, j, e[i].at);
            s->start[s->n++] = runs;
        }
        s->run[runs++] = e[i].run;
    }
    s->start[s->n] = runs;
}

static lut_status group(coded *c)
{
    report_settings *s = c->s;
    const size_t rows = s->counted.n;
    entry *e = malloc((rows + 1) * sizeof *e);

    s->level = malloc((rows * s->nknobs + 1) * sizeof *s->level);
    s->run = malloc((rows + 1) * sizeof *s->run);
    s->start = calloc(rows + 1, sizeof *s->start);
    if (e && s->level && s->run && s->start) {
        fill_entries(e, c);
        qsort(e, rows, sizeof *e, by_seed);
        put_entries(e, s);
    }
    free(e);
    return e && s->level && s->run && s->start ? LUT_OK : no_memory(c->err);
}

lut_status report_settings_make(report_settings *s, const report_data *d,
                                const report_rows *chosen, size_t metric,
                                report_splits_are splits, lut_err *err)
{
    coded c = { .s = s, .splits = splits, .err = err };
    lut_status st;

    *s = (report_settings){ .data = d, .metric = metric };
    if (splits == REPORT_SPLITS_RUNS)
        s->split = report_splits_of(d);
    st = report_count_rows(&s->counted, d, chosen, metric, err);
    if (st == LUT_OK)
        st = code_columns(&c);
    if (st == LUT_OK)
        st = count_settings(&c);
    if (st == LUT_OK)
        st = drop_followers(&c);
    if (st == LUT_OK)
        st = group(&c);
    free(c.code);
    if (st != LUT_OK)
        report_settings_fini(s);
    return st;
}

void report_settings_fini(report_settings *s)
{
    for (size_t j = 0; s->knob && j < s->nknobs; j++)
        report_levels_fini(&s->knob[j]);
    report_counted_fini(&s->counted);
    free(s->knob);
    free(s->follower);
    free(s->level);
    free(s->run);
    free(s->start);
    *s = (report_settings){ 0 };
}

double report_setting_mean(const report_settings *s, size_t setting)
{
    const size_t first = s->start[setting], end = s->start[setting + 1];
    double sum = 0;

    for (size_t i = first; i < end; i++)
        sum += s->run[i].value;
    return sum / (double)(end - first);
}

size_t report_setting_units(double *v, const report_settings *s, size_t setting)
{
    const size_t end = s->start[setting + 1];
    size_t n = 0, splits = 0;

    for (size_t i = s->start[setting], from; i < end; splits++) {
        double sum = 0;

        for (from = i;
             i < end && !report_compare_splits(s->data, &s->split, s->run[from].row,
                                               s->run[i].row);
             i++)
            sum += s->run[i].value;
        v[splits] = sum / (double)(i - from);
    }
    if (splits > 1)
        return splits;
    for (size_t i = s->start[setting]; i < end; i++)
        v[n++] = s->run[i].value;
    return n;
}
