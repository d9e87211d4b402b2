/* The trials of a page as columns of JSON. */
#include "analysis/axis.h"
#include "analysis/emit.h"
#include "analysis/page_interactive.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Bytes for each of 10,000 trials and more: of so many the figures and tables take 1 MB and D3
 * takes 0.26, so that the page has less than 3. */
enum { BUDGET = 130, MANY = 10000, KNOBS = 64 };

/* What came out, the most wanted first: the last ones go where room is short. */
static const char *const results[] = {
    "valid_accuracy",
    "test_accuracy",
    "lut6",
    "lut6_core",
    "luts",
    "train_seconds",
    "lut_levels",
    "latency_cycles",
    "parameters",
    "train_accuracy",
    "discretization_gap",
    "area_levels",
    "area_levels_core",
    "flip_flops",
    "best_epoch",
    "epochs_run",
    "infer_samples_per_second",
    "peak_memory",
    "lut6_per_lut",
};

/* A column with the values of its rows counted up. */
typedef struct coded {
    report_levels level;
    uint32_t *code; /* [rows] */
} coded;

typedef struct block {
    FILE *out;
    const report_data *d;
    const report_column *column;
    size_t ncolumns;
    size_t *row, n, twice; /* rows as they are told; owned */
    size_t seeds;          /* at most so many rows differ in the seed alone */
    coded knob[KNOBS];
    size_t nknobs;
    size_t size, put;      /* bytes and columns so far */
    bool out_of_room[256]; /* columns that were left out for that */
    lut_err *err;
} block;

static lut_status no_memory(lut_err *err)
{
    return lut_fail(err, LUT_ENOMEM, "out of memory");
}

/* ---- columns counted up ---- */

static void coded_fini(coded *c)
{
    report_levels_fini(&c->level);
    free(c->code);
    *c = (coded){ 0 };
}

static lut_status coded_make(coded *c, const block *b, size_t col)
{
    lut_status st;

    *c = (coded){ .code = malloc((b->n + 1) * sizeof *c->code) };
    if (!c->code)
        return no_memory(b->err);
    st = report_code(&c->level, c->code, b->d, col, b->row, b->n, b->err);
    if (st != LUT_OK)
        coded_fini(c);
    return st;
}

static bool has_value(const coded *c)
{
    for (size_t i = 0; i < c->level.n; i++)
        if (!report_is_missing(c->level.value[i]))
            return true;
    return false;
}

/* Whether an earlier knob tells it already.  Drawn numbers are all different, so that each
 * seems to follow from any other. */
static lut_status is_follower(bool *yes, const block *b, const coded *c)
{
    *yes = false;
    for (size_t i = 0; i < b->nknobs && !*yes; i++)
        if (b->n >= 2 * b->seeds * b->knob[i].level.n)
            LUT_TRY(report_follows(yes, &b->knob[i].level, b->knob[i].code, c->code,
                                   b->n, b->err));
    return LUT_OK;
}

/* ---- one column ---- */

static void put_value(FILE *out, sweep_value v)
{
    char text[32];

    if (v.text)
        emit_json_text(out, v.text);
    else
        fputs(isfinite(v.number) ? lut_real_text(text, v.number) : "null", out);
}

static void put_codes(FILE *out, const block *b, const coded *c)
{
    fputs("\"values\":[", out);
    for (size_t i = 0; i < c->level.n; i++) {
        fputs(i ? "," : "", out);
        put_value(out, c->level.value[i]);
    }
    fputs("],\"code\":[", out);
    for (size_t i = 0; i < b->n; i++)
        fprintf(out, "%s%u", i ? "," : "", (unsigned)c->code[i]);
    fputs("]", out);
}

static void put_values(FILE *out, const block *b, size_t col)
{
    fputs("\"values\":[", out);
    for (size_t i = 0; i < b->n; i++) {
        fputs(i ? "," : "", out);
        put_value(out, report_data_value(b->d, b->row[i], col));
    }
    fputs("]", out);
}

static void put_column(FILE *out, const block *b, size_t col, const char *role,
                       const coded *c)
{
    const report_column *column = &b->column[col];
    /* Levels of `layers` are not always its values: see report_setting. */
    const bool counted = c->level.n <= b->n / 2 && strcmp(column->name, "layers") != 0;

    fputs("{\"name\":", out);
    emit_json_text(out, column->name);
    fputs(",\"unit\":", out);
    emit_json_text(out, column->unit);
    fputs(",\"doc\":", out);
    emit_json_text(out, column->doc);
    fprintf(out, ",\"role\":\"%s\",\"text\":%s,", role,
            column->is_text ? "true" : "false");
    if (counted)
        put_codes(out, b, c);
    else
        put_values(out, b, col);
    fputs("}", out);
}

/* "<" stands in texts alone, where it can be written otherwise: so no text ends a script. */
static void put_safe(FILE *out, const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] == '<')
            fputs("\\u003c", out);
        else
            fputc(text[i], out);
}

/* A column that is not needed waits for room in vain. */
static lut_status add_column(block *b, size_t col, const char *role, bool needed,
                             const coded *c)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);

    if (!out)
        return no_memory(b->err);
    put_column(out, b, col, role, c);
    if (fclose(out) != 0) {
        free(text);
        return no_memory(b->err);
    }
    if (!needed && b->size + n > BUDGET * (b->n > MANY ? b->n : MANY) &&
        col < LUT_COUNT(b->out_of_room))
        b->out_of_room[col] = true;
    else {
        fputs(b->put++ ? ",\n" : "", b->out);
        put_safe(b->out, text, n);
        b->size += n;
    }
    free(text);
    return LUT_OK;
}

/* ---- which columns ---- */

typedef lut_status (*put_fn)(block *b, size_t col, coded *c);

static lut_status with_levels(block *b, size_t col, put_fn put)
{
    coded c;
    lut_status st;

    LUT_TRY(coded_make(&c, b, col));
    st = put(b, col, &c);
    coded_fini(&c);
    return st;
}

static lut_status put_identity(block *b, size_t col, coded *c)
{
    return add_column(b, col, b->column[col].name, true, c);
}

/* Where all is well nothing needs to be told of it. */
static lut_status put_status(block *b, size_t col, coded *c)
{
    const bool all_ok = c->level.n == 1 && !strcmp(c->level.value[0].text, "ok");

    return all_ok ? LUT_OK : put_identity(b, col, c);
}

/* Takes the levels of a knob. */
static lut_status put_setting(block *b, size_t col, coded *c)
{
    bool follows;

    if (c->level.n < 2 || report_is_decided(b->d, &c->level))
        return LUT_OK;
    LUT_TRY(is_follower(&follows, b, c));
    if (follows || b->nknobs == KNOBS)
        return add_column(b, col, "follows", false, c);
    LUT_TRY(add_column(b, col, "knob", !strcmp(b->column[col].name, "dataset"), c));
    b->knob[b->nknobs++] = *c;
    *c = (coded){ 0 };
    return LUT_OK;
}

static lut_status put_draw(block *b, size_t col, coded *c)
{
    return c->level.n < 2 ? LUT_OK : add_column(b, col, "draw", false, c);
}

/* What all trials have the same tells none from another. */
static lut_status put_result(block *b, size_t col, coded *c)
{
    const report_column *column = &b->column[col];
    const bool needed = !strcmp(column->name, results[0]);

    if (column->is_text || !has_value(c) || (!needed && b->n > 1 && c->level.n < 2))
        return LUT_OK;
    return add_column(b, col, report_is_test(column) ? "test" : "result", needed, c);
}

static lut_status put_named(block *b, const char *name, put_fn put)
{
    const size_t col = report_data_find(b->d, name);

    return col == SIZE_MAX ? LUT_OK : with_levels(b, col, put);
}

static lut_status put_columns(block *b)
{
    LUT_TRY(put_named(b, "key", put_identity));
    LUT_TRY(put_named(b, "file", put_identity));
    LUT_TRY(put_named(b, "status", put_status));
    LUT_TRY(put_named(b, results[0], put_result));
    for (size_t col = 0; col < b->ncolumns; col++)
        if (report_is_setting(b->d, col))
            LUT_TRY(with_levels(b, col, put_setting));
    for (size_t i = 1; i < LUT_COUNT(results); i++)
        LUT_TRY(put_named(b, results[i], put_result));
    LUT_TRY(put_named(b, "seed", put_draw));
    for (size_t col = 0; col < b->ncolumns; col++)
        if (report_is_split(&b->column[col]))
            LUT_TRY(with_levels(b, col, put_draw));
    return LUT_OK;
}

/* ---- all of it ---- */

static lut_status find_rows(block *b, const report_rows *rows)
{
    b->row = malloc((rows->n + 1) * sizeof *b->row);
    if (!b->row)
        return no_memory(b->err);
    memcpy(b->row, rows->row, rows->n * sizeof *b->row);
    b->n = rows->n;
    return report_once(b->row, &b->n, &b->twice, b->d, b->err);
}

static lut_status count_seeds(block *b)
{
    const size_t col = report_data_find(b->d, "seed");
    coded c;

    b->seeds = 1;
    if (col == SIZE_MAX)
        return LUT_OK;
    LUT_TRY(coded_make(&c, b, col));
    b->seeds = c.level.n ? c.level.n : 1;
    coded_fini(&c);
    return LUT_OK;
}

static void put_left_out(const block *b)
{
    bool more = false;

    fputs("],\n\"left_out\":[", b->out);
    for (size_t col = 0; col < b->ncolumns && col < LUT_COUNT(b->out_of_room); col++)
        if (b->out_of_room[col]) {
            fputs(more ? "," : "", b->out);
            emit_json_text(b->out, b->column[col].name);
            more = true;
        }
    fputs("]}\n", b->out);
}

static lut_status put_head(const block *b, size_t more, const page_query *q)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);

    if (!out)
        return no_memory(b->err);
    fputs("{\"files\":", out);
    emit_json_text(out, q->files);
    fputs(",\"where\":", out);
    if (q->where)
        emit_json_text(out, q->where);
    else
        fputs("null", out);
    fprintf(out, ",\"rows\":%zu,\"more\":%zu,\n\"columns\":[\n", b->n, more);
    if (fclose(out) != 0) {
        free(text);
        return no_memory(b->err);
    }
    put_safe(b->out, text, n);
    free(text);
    return LUT_OK;
}

lut_status page_trials(FILE *out, const report_data *d, const report_rows *rows,
                       const page_query *q, lut_err *err)
{
    block *b = calloc(1, sizeof *b);
    lut_status st;
    size_t more = 0;

    if (!b)
        return no_memory(err);
    *b = (block){ .out = out, .d = d, .err = err };
    b->column = report_data_columns(d, &b->ncolumns);
    st = find_rows(b, rows);
    if (st == LUT_OK && b->n > PAGE_TRIALS) {
        more = b->n - PAGE_TRIALS;
        b->n = PAGE_TRIALS;
    }
    if (st == LUT_OK)
        st = count_seeds(b);
    if (st == LUT_OK)
        st = put_head(b, more, q);
    if (st == LUT_OK)
        st = put_columns(b);
    put_left_out(b);
    for (size_t i = 0; i < b->nknobs; i++)
        coded_fini(&b->knob[i]);
    free(b->row);
    free(b);
    return st;
}
