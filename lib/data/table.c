#include "lib/data/table.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

lut_status table_alloc(table *t, size_t columns, lut_err *err)
{
    *t = (table){ .columns = columns, .label = columns - 1, .mark = "?" };
    t->column = calloc(columns, sizeof *t->column);
    if (!t->column)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu columns", columns);
    for (size_t i = 0; i < columns; i++)
        snprintf(t->column[i].name, LUT_FEATURE_NAME, "c%zu", i);
    return LUT_OK;
}

void table_fini(table *t)
{
    for (size_t i = 0; t->column && i < t->columns; i++)
        values_fini(&t->column[i].value);
    free(t->column);
    *t = (table){ .columns = 0 };
}

/* ---- walking over rows ---- */

/* To the next row, which must have the right number of cells; *more: is there one? */
static lut_status next_row(const table *t, text_cursor *c, bool *more, lut_err *err)
{
    size_t count;

    *more = text_line(c);
    if (!*more)
        return LUT_OK;
    count = text_count_cells(*c);
    if (count == t->columns)
        return LUT_OK;
    return lut_fail(err, LUT_EFORMAT, "%s:%zu: %zu cell%s, want %zu", c->f->path,
                    c->line, count, count == 1 ? "" : "s", t->columns);
}

static bool is_missing(const table *t, const text_cell *cell)
{
    return cell->n == 0 || text_same(cell, t->mark);
}

/* Does the row on the cursor have a missing cell?  Where that is an error, reading tells. */
static bool has_gap(const table *t, text_cursor c)
{
    text_cell cell;

    if (t->missing == MISSING_REFUSE)
        return false;
    while (text_next(&c, &cell))
        if (t->column[c.column - 1].kind != COLUMN_DROPPED && is_missing(t, &cell))
            return true;
    return false;
}

static bool left_out(const table *t, text_cursor c)
{
    return t->missing == MISSING_DROP && has_gap(t, c);
}

static lut_status count_rows(const table *t, text_cursor c, size_t *rows, lut_err *err)
{
    bool more = true;

    *rows = 0;
    if (t->missing != MISSING_DROP) {
        *rows = text_count_lines(c);
        more = false;
    }
    while (more) {
        LUT_TRY(next_row(t, &c, &more, err));
        *rows += more && !left_out(t, c);
    }
    if (*rows)
        return LUT_OK;
    return lut_fail(err, LUT_EFORMAT, "%s: no rows without a missing value", c.f->path);
}

/* ---- survey ---- */

static void trim(const table *t, text_cell *cell)
{
    size_t n = strlen(t->trim);

    if (n && cell->n > n && memcmp(cell->p + cell->n - n, t->trim, n) == 0)
        cell->n -= n;
}

static lut_status decide(table *t, const text_cursor *c, lut_err *err)
{
    text_cursor row = *c;
    text_cell cell;
    double v;

    for (bool more = true; more;) {
        LUT_TRY(next_row(t, &row, &more, err));
        while (more && text_next(&row, &cell)) {
            column *k = &t->column[row.column - 1];

            if (k->kind == COLUMN_EITHER && !is_missing(t, &cell) &&
                !text_number(&cell, &v))
                k->kind = COLUMN_CATEGORY;
        }
    }
    for (size_t i = 0; i < t->columns; i++)
        if (t->column[i].kind == COLUMN_EITHER)
            t->column[i].kind = COLUMN_NUMBER;
    return LUT_OK;
}

static bool has_values(const table *t, size_t i)
{
    const column *k = &t->column[i];

    return k->kind == COLUMN_CATEGORY || (k->kind == COLUMN_LABEL && t->text_label);
}

/* One cell of a column whose values are those of the file. */
static lut_status note_value(const table *t, const text_cursor *c, column *k,
                             text_cell cell, lut_err *err)
{
    if (is_missing(t, &cell) &&
        (k->kind == COLUMN_LABEL || t->missing != MISSING_CATEGORY))
        return LUT_OK; /* refused, or dealt with, when the row is read */
    if (k->kind == COLUMN_LABEL)
        trim(t, &cell);
    LUT_TRY(values_add(&k->value, &cell, 0, err));
    if (k->value.n > VALUES_MAX)
        return lut_fail(err, LUT_EFORMAT,
                        "%s:%zu:%zu: the %zuth value of the column, want at most %d",
                        c->f->path, c->line, c->column, k->value.n, VALUES_MAX);
    return LUT_OK;
}

static lut_status collect(table *t, const text_cursor *c, lut_err *err)
{
    text_cursor row = *c;
    text_cell cell;

    for (bool more = true; more;) {
        LUT_TRY(next_row(t, &row, &more, err));
        if (!more || left_out(t, row))
            continue;
        while (text_next(&row, &cell)) {
            column *k = &t->column[row.column - 1];

            if (has_values(t, row.column - 1) && !k->declared)
                LUT_TRY(note_value(t, &row, k, cell, err));
        }
    }
    for (size_t i = 0; i < t->columns; i++)
        if (!t->column[i].declared)
            values_rank(&t->column[i].value);
    return LUT_OK;
}

static bool any_either(const table *t)
{
    for (size_t i = 0; i < t->columns; i++)
        if (t->column[i].kind == COLUMN_EITHER)
            return true;
    return false;
}

static bool any_undeclared(const table *t)
{
    for (size_t i = 0; i < t->columns; i++)
        if (has_values(t, i) && !t->column[i].declared)
            return true;
    return false;
}

static size_t width(const column *k)
{
    return k->kind == COLUMN_NUMBER     ? 1
           : k->kind == COLUMN_CATEGORY ? k->value.codes
           : k->kind == COLUMN_CUTS     ? k->ncuts
                                        : 0;
}

lut_status table_survey(table *t, const text_cursor *c, lut_err *err)
{
    if (any_either(t))
        LUT_TRY(decide(t, c, err));
    if (any_undeclared(t))
        LUT_TRY(collect(t, c, err));
    t->features = 0;
    for (size_t i = 0; i < t->columns; i++) {
        t->column[i].first = t->features;
        t->features += width(&t->column[i]);
    }
    if (t->features == 0)
        return lut_fail(err, LUT_EFORMAT, "%s: no column is left, want a feature",
                        c->f->path);
    return LUT_OK;
}

/* ---- names ---- */

void table_name(char name[LUT_FEATURE_NAME], const text_cell *text)
{
    size_t n = 0;

    for (size_t i = 0; i < text->n && n < LUT_FEATURE_NAME - 1; i++) {
        unsigned char ch = (unsigned char)text->p[i];

        if (ch != '"')
            name[n++] = (char)(ch > ' ' && ch < 127 ? ch : '_');
    }
    if (n)
        name[n] = 0;
}

/* "COLUMN=VALUE".  One that must be cut ends in its number, so that a column's names stay
 * different. */
static void name_value(char name[LUT_FEATURE_NAME], const column *k,
                       const values_entry *e)
{
    char full[2 * LUT_FEATURE_NAME] = "", value[LUT_FEATURE_NAME] = "", tail[16];
    size_t n = (size_t)snprintf(tail, sizeof tail, "~%u", e->code + 1);

    table_name(value, &e->text);
    snprintf(full, sizeof full, "%s=%s", k->name, value);
    if (strlen(full) >= LUT_FEATURE_NAME)
        memcpy(full + LUT_FEATURE_NAME - 1 - n, tail, n + 1);
    memcpy(name, full, LUT_FEATURE_NAME);
}

/* The fewest digits of two widths that read back the same: cuts of a column stay
 * different. */
static void name_cut(char name[LUT_FEATURE_NAME], const column *k, float cut)
{
    char full[2 * LUT_FEATURE_NAME] = "", number[LUT_FEATURE_NAME];
    float back;

    snprintf(number, sizeof number, "%g", (double)cut);
    back = strtof(number, NULL);
    if (back < cut || back > cut)
        snprintf(number, sizeof number, "%.9g", (double)cut);
    snprintf(full, sizeof full, "%.*s>%s", (int)(LUT_FEATURE_NAME - 2 - strlen(number)),
             k->name, number);
    memcpy(name, full, LUT_FEATURE_NAME);
}

static void name_features(lut_dataset *d, const table *t)
{
    for (size_t i = 0; i < t->columns; i++) {
        const column *k = &t->column[i];

        if (k->kind == COLUMN_NUMBER)
            memcpy(d->name[k->first], k->name, LUT_FEATURE_NAME);
        for (size_t v = k->kind == COLUMN_CATEGORY ? k->value.n : 0; v-- > 0;)
            name_value(d->name[k->first + k->value.entry[v].code], k,
                       &k->value.entry[v]);
        for (size_t b = 0; k->kind == COLUMN_CUTS && b < k->ncuts; b++)
            name_cut(d->name[k->first + b], k, k->cut[b]);
    }
}

/* ---- reading ---- */

static lut_status bad_label(const table *t, const text_cursor *c, const text_cell *cell,
                            uint32_t classes, lut_err *err)
{
    char want[300];
    const char *as_in = t->train ? " as in " : "", *train = t->train ? t->train : "";

    if (t->text_label)
        snprintf(want, sizeof want, "one of the %zu classes%s%s",
                 t->column[t->label].value.n, as_in, train);
    else
        snprintf(want, sizeof want, "a class, a whole number 0..%u%s%s", classes - 1,
                 as_in, train);
    return text_bad(c, cell, want, err);
}

static lut_status read_label(uint16_t *label, const table *t, const text_cursor *c,
                             text_cell cell, lut_err *err)
{
    uint32_t classes = t->classes ? t->classes : LUT_MAX_CLASSES, code;
    double v;

    trim(t, &cell);
    if (t->text_label && !is_missing(t, &cell) &&
        values_find(&t->column[t->label].value, &cell, &code)) {
        *label = (uint16_t)code;
        return LUT_OK;
    }
    if (!t->text_label && text_number(&cell, &v) && v >= 0 && v < classes &&
        v == floor(v)) {
        *label = (uint16_t)v;
        return LUT_OK;
    }
    return bad_label(t, c, &cell, classes, err);
}

static lut_status bad_number(const table *t, const text_cursor *c,
                             const text_cell *cell, lut_err *err)
{
    char want[100] = "a finite number";

    if (is_missing(t, cell))
        snprintf(want, sizeof want, "a finite number (or %s.missing = drop)",
                 t->reader);
    else if (c->line == t->header)
        snprintf(want, sizeof want, "a finite number (or %s.header = true)", t->reader);
    return text_bad(c, cell, want, err);
}

static lut_status read_number(float *x, const table *t, const text_cursor *c,
                              const text_cell *cell, lut_err *err)
{
    double v;

    if (!text_number(cell, &v))
        return bad_number(t, c, cell, err);
    if (!(fabs(v) <= (double)FLT_MAX))
        return text_bad(c, cell, "a number within +-3.4e38", err);
    *x = (float)v + 0.0f; /* no negative zero */
    return LUT_OK;
}

/* d->x is 0 at the start, so only ones are written. */
static lut_status read_category(lut_dataset *d, const table *t, const text_cursor *c,
                                const column *k, const text_cell *cell, size_t s,
                                lut_err *err)
{
    bool missing = is_missing(t, cell);
    uint32_t code;
    char want[300];

    if (missing && t->missing == MISSING_REFUSE)
        return text_bad(c, cell, "a value, not a missing one", err);
    if (values_find(&k->value, cell, &code))
        d->x[(k->first + code) * d->samples + s] = 1;
    else if (t->missing != MISSING_ZEROS) {
        snprintf(want, sizeof want, "one of the %zu values of column %s%s%s",
                 k->value.n, k->name, t->train ? " in " : "", t->train ? t->train : "");
        return text_bad(c, cell, want, err);
    }
    return LUT_OK;
}

static lut_status read_cuts(lut_dataset *d, const table *t, const text_cursor *c,
                            const column *k, const text_cell *cell, size_t s,
                            lut_err *err)
{
    float x = 0;

    LUT_TRY(read_number(&x, t, c, cell, err));
    for (size_t b = 0; b < k->ncuts; b++)
        d->x[(k->first + b) * d->samples + s] = x > k->cut[b];
    return LUT_OK;
}

/* The row on the cursor as sample s. */
static lut_status read_row(lut_dataset *d, const table *t, text_cursor *c, size_t s,
                           lut_err *err)
{
    text_cell cell;

    while (text_next(c, &cell)) {
        const column *k = &t->column[c->column - 1];

        if (k->kind == COLUMN_LABEL)
            LUT_TRY(read_label(&d->label[s], t, c, cell, err));
        else if (k->kind == COLUMN_CATEGORY)
            LUT_TRY(read_category(d, t, c, k, &cell, s, err));
        else if (k->kind == COLUMN_CUTS)
            LUT_TRY(read_cuts(d, t, c, k, &cell, s, err));
        else if (k->kind == COLUMN_NUMBER)
            LUT_TRY(read_number(&d->x[k->first * d->samples + s], t, c, &cell, err));
    }
    return LUT_OK;
}

static lut_status set_classes(lut_dataset *d, table *t, const text_cursor *c,
                              lut_err *err)
{
    uint32_t top = 0;

    for (size_t s = 0; s < d->samples; s++)
        top = d->label[s] > top ? d->label[s] : top;
    if (!t->classes && top == 0 && !t->column[t->label].declared)
        return lut_fail(err, LUT_EFORMAT,
                        "%s: all rows are of class 0, want two or more", c->f->path);
    if (!t->classes)
        t->classes = t->text_label ? t->column[t->label].value.codes : top + 1;
    d->classes = t->classes;
    return LUT_OK;
}

lut_status table_read(lut_dataset *d, table *t, const text_cursor *start, lut_err *err)
{
    text_cursor c = *start;
    size_t rows, s = 0;
    bool more, gap;

    *d = (lut_dataset){ .samples = 0 };
    LUT_TRY(count_rows(t, c, &rows, err));
    LUT_TRY(lut_dataset_alloc(d, rows, t->features, err));
    name_features(d, t);
    for (;;) {
        LUT_TRY(next_row(t, &c, &more, err));
        if (!more)
            return set_classes(d, t, start, err);
        gap = has_gap(t, c);
        *(t->missing == MISSING_DROP ? &d->dropped : &d->gaps) += gap;
        if (!gap || t->missing != MISSING_DROP)
            LUT_TRY(read_row(d, t, &c, s++, err));
    }
}
