#include "sweep/baselines.h"
#include "sweep/csv.h"
#include "sweep/digest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BASELINE_N(type_, member, unit_, lo_, hi_, fallback_, doc_) \
    { .name = #member,                                              \
      .unit = unit_,                                                \
      .doc = doc_,                                                  \
      .type = LUT_##type_,                                          \
      .offset = offsetof(sweep_baseline, member),                   \
      .size = sizeof(double),                                       \
      .lo = lo_,                                                    \
      .hi = hi_,                                                    \
      .fallback = fallback_ },
#define BASELINE_T(size_, member, choices_, fallback_, doc_) \
    { .name = #member,                                       \
      .unit = "",                                            \
      .doc = doc_,                                           \
      .type = LUT_TEXT,                                      \
      .offset = offsetof(sweep_baseline, member),            \
      .size = size_,                                         \
      .choices = choices_,                                   \
      .fallback = fallback_ },

static const lut_field fields[] = { SWEEP_BASELINE_FIELDS(BASELINE_N, BASELINE_T) };

const lut_field *sweep_baseline_fields(size_t *n)
{
    *n = LUT_COUNT(fields);
    return fields;
}

typedef struct reader {
    sweep_csv csv;
    sweep_baselines *out;
    size_t room;
    size_t column[LUT_COUNT(fields)], n; /* index into fields */
    bool has[LUT_COUNT(fields)];
    lut_err *err;
} reader;

/* ---- columns ---- */

static lut_status add_column(reader *r, const char *name)
{
    const lut_field *f = lut_field_find(fields, LUT_COUNT(fields), name);
    const size_t i = f ? (size_t)(f - fields) : 0;

    if (!f)
        return lut_fail(r->err, LUT_EFORMAT,
                        "line 1: \"%.60s\": no such column, want those of /baselines",
                        name);
    if (r->has[i])
        return lut_fail(r->err, LUT_EFORMAT, "line 1: column %s is there twice", name);
    r->has[i] = true;
    r->column[r->n++] = i;
    return LUT_OK;
}

/* Without these a row says nothing. */
static lut_status check_columns(const reader *r)
{
    static const char *const needed[] = { "dataset", "method", "source" };

    for (size_t i = 0; i < LUT_COUNT(needed); i++)
        if (!r->has[lut_field_find(fields, LUT_COUNT(fields), needed[i]) - fields])
            return lut_fail(r->err, LUT_EFORMAT, "line 1: no column %s", needed[i]);
    return LUT_OK;
}

static lut_status read_heading(reader *r)
{
    char end = ',';

    while (end == ',') {
        const char *cell = sweep_csv_cell(&r->csv, &end);

        if (!cell)
            return LUT_OK;
        LUT_TRY(add_column(r, cell));
    }
    return check_columns(r);
}

/* ---- rows ---- */

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if (*text < ' ' || *text > '~')
            return false;
    return true;
}

/* An empty cell is the default: nothing, or not known. */
static lut_status set_cell(reader *r, sweep_baseline *row, size_t column,
                           const char *cell)
{
    const lut_field *f = &fields[column];
    lut_err why = { 0 };

    if (!*cell)
        return LUT_OK;
    if (!is_ascii(cell))
        lut_fail(&why, LUT_EFORMAT, "want printable ASCII");
    else if (lut_field_set_text(f, row, cell, &why) == LUT_OK)
        return LUT_OK;
    return lut_fail(r->err, LUT_EFORMAT, "line %d: %s = \"%.60s\": %s", r->csv.line,
                    f->name, cell, why.text);
}

/* What must be said with what. */
static lut_status check_row(reader *r, const sweep_baseline *b)
{
    const bool counted =
        !strcmp(b->convention, "design") || !strcmp(b->convention, "core");
    const char *wrong = NULL;

    if (!b->dataset[0] || !b->method[0])
        wrong = "want a dataset and a method";
    else if (!b->source[0])
        wrong = "source is empty: every row says where it is from";
    else if (!strcmp(b->comparable, "no") && !b->why_not[0])
        wrong = "why_not is empty, and comparable = no";
    else if (!strcmp(b->comparable, "yes") && b->why_not[0])
        wrong = "why_not is given, and comparable = yes";
    else if (counted && !(b->luts >= 0))
        wrong = "luts is empty, and convention says what they count";
    else if (strcmp(b->verified, "no") == 0 && strcmp(b->comparable, "no") != 0)
        wrong = "comparable = yes, and verified = no";
    else if (!strcmp(b->state, "superseded") && strcmp(b->comparable, "no") != 0)
        wrong = "comparable = yes, and state = superseded";
    return wrong ? lut_fail(r->err, LUT_EFORMAT, "line %d: %s", r->csv.line, wrong)
                 : LUT_OK;
}

/* NULL without memory. */
static sweep_baseline *add_row(reader *r)
{
    sweep_baselines *out = r->out;
    sweep_baseline *row;

    if (out->n == r->room) {
        const size_t room = r->room ? 2 * r->room : 64;
        void *more = realloc(out->row, room * sizeof *out->row);

        if (!more)
            return NULL;
        out->row = more;
        r->room = room;
    }
    row = &out->row[out->n++];
    memset(row, 0, sizeof *row);
    lut_fields_default(fields, LUT_COUNT(fields), row);
    return row;
}

static lut_status read_row(reader *r)
{
    sweep_baseline *row = add_row(r);
    size_t n = 0;
    char end = ',';

    if (!row)
        return lut_fail(r->err, LUT_ENOMEM, "no memory for %zu rows", r->out->n);
    for (; end == ','; n++) {
        const char *cell = sweep_csv_cell(&r->csv, &end);

        if (!cell)
            return LUT_OK;
        if (n < r->n)
            LUT_TRY(set_cell(r, row, r->column[n], cell));
    }
    if (n != r->n)
        return lut_fail(r->err, LUT_EFORMAT,
                        "line %d: %zu cells, want %zu as in the first line",
                        r->csv.line, n, r->n);
    return check_row(r, row);
}

static lut_status read_all(reader *r)
{
    LUT_TRY(read_heading(r));
    while (!r->csv.wrong && *r->csv.at) {
        r->csv.line++;
        LUT_TRY(read_row(r));
    }
    if (r->csv.wrong)
        return lut_fail(r->err, LUT_EFORMAT, "line %d: %s", r->csv.line, r->csv.wrong);
    return LUT_OK;
}

lut_status sweep_baselines_read(sweep_baselines *b, const char *path, lut_err *err)
{
    reader r = { .csv = { .line = 1 }, .out = b, .err = err };
    const char *why;
    size_t n;
    char *text;
    lut_status st;

    *b = (sweep_baselines){ 0 };
    if (access(path, F_OK) != 0)
        return lut_fail(err, LUT_ENOENT, "%s: no such file", path);
    LUT_TRY(sweep_csv_file(&text, &n, &why, path, err));
    if (!text)
        return lut_fail(err, LUT_EIO, "%s: %s", path, why);
    sweep_sha256(b->digest, text, n);
    r.csv.at = text;
    st = strlen(text) == n ? read_all(&r)
                           : lut_fail(err, LUT_EFORMAT, "not text: a byte of 0 in it");
    free(text);
    if (st == LUT_OK)
        return LUT_OK;
    sweep_baselines_fini(b);
    return lut_err_wrap(err, "%s", path);
}

lut_status sweep_baselines_load(sweep_baselines *b, const char *const *folder,
                                lut_err *err)
{
    *b = (sweep_baselines){ 0 };
    for (; folder && *folder; folder++) {
        char *path;
        lut_status st;

        if (asprintf(&path, "%s/baselines.csv", *folder) < 0)
            return lut_fail(err, LUT_ENOMEM, "out of memory");
        st = sweep_baselines_read(b, path, err);
        free(path);
        if (st != LUT_ENOENT)
            return st;
    }
    return LUT_OK;
}

void sweep_baselines_fini(sweep_baselines *b)
{
    free(b->row);
    *b = (sweep_baselines){ 0 };
}
