#include "lib/data/csv.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN = 40 }; /* characters of a bad cell in a message */

/* Where we are in a file: the line of `at`, and the cell handed out last. */
typedef struct cursor {
    const lut_file *f;
    const char *at, *end; /* rest of this line */
    const char *next;     /* start of the next line */
    const char *limit;    /* of the file, without blank lines at its end */
    size_t line, column;  /* from 1 */
    char separator;
} cursor;

typedef struct cell {
    const char *p;
    size_t n;
} cell;

static cursor start(const lut_file *f, char separator)
{
    const char *bytes = f->bytes, *limit = bytes + f->size;
    bool mark = f->size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0;

    while (limit > bytes && memchr("\r\n \t", limit[-1], 4))
        limit--;
    return (cursor){
        .f = f, .next = bytes + (mark ? 3 : 0), .limit = limit, .separator = separator
    };
}

/* Go to the next line; false at the end. */
static bool next_line(cursor *c)
{
    const char *stop;

    if (c->next >= c->limit)
        return false;
    c->at = c->next;
    stop = memchr(c->at, '\n', (size_t)(c->limit - c->at));
    c->end = stop ? stop : c->limit;
    c->next = c->end + 1;
    if (c->end > c->at && c->end[-1] == '\r')
        c->end--;
    c->line++;
    c->column = 0;
    return true;
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

/* The next cell of the line without the blanks around it; false after the last. */
static bool next_cell(cursor *c, cell *out)
{
    const char *p = c->at, *stop;

    if (!p)
        return false;
    stop = memchr(p, c->separator, (size_t)(c->end - p));
    c->at = stop ? stop + 1 : NULL;
    stop = stop ? stop : c->end;
    while (p < stop && blank(*p))
        p++;
    while (p < stop && blank(stop[-1]))
        stop--;
    *out = (cell){ .p = p, .n = (size_t)(stop - p) };
    c->column++;
    return true;
}

/* All of the cell as a number.  Short runs of digits, nearly every cell there is, without
 * strtod. */
static bool number(const cell *c, double *out)
{
    char text[64], *end;
    uint32_t whole = 0;
    size_t i = 0;

    while (i < c->n && i < 9 && c->p[i] >= '0' && c->p[i] <= '9')
        whole = whole * 10 + (uint32_t)(c->p[i++] - '0');
    *out = whole;
    if (i == c->n)
        return c->n > 0;
    if (c->n >= sizeof text)
        return false;
    memcpy(text, c->p, c->n);
    text[c->n] = 0;
    if (strspn(text, "0123456789+-.eE") != c->n) /* no nan, inf, hexadecimal, NUL */
        return false;
    *out = strtod(text, &end);
    return *end == 0;
}

static lut_status bad_cell(const cursor *c, const cell *found, const char *want,
                           lut_err *err)
{
    int n = (int)(found->n < SHOWN ? found->n : SHOWN);

    return lut_fail(err, LUT_EFORMAT, "%s:%zu:%zu: found \"%.*s\", want %s", c->f->path,
                    c->line, c->column, n, found->p, want);
}

static size_t count_cells(cursor c)
{
    cell unused;
    size_t n = 0;

    while (next_cell(&c, &unused))
        n++;
    return n;
}

static size_t count_lines(cursor c)
{
    size_t n = 0;

    while (next_line(&c))
        n++;
    return n;
}

static bool has_number(cursor c)
{
    cell found;
    double v;

    while (next_cell(&c, &found))
        if (number(&found, &v))
            return true;
    return false;
}

/* A heading as a feature name: printable, no blanks, no quotes, cut to fit. */
static void set_name(char name[LUT_FEATURE_NAME], const cell *c)
{
    size_t n = 0;

    for (size_t i = 0; i < c->n && n < LUT_FEATURE_NAME - 1; i++) {
        unsigned char ch = (unsigned char)c->p[i];

        if (ch != '"')
            name[n++] = (char)(ch > ' ' && ch < 127 ? ch : '_');
    }
    if (n)
        name[n] = 0;
}

static void read_names(lut_dataset *d, const csv_form *form, cursor c)
{
    cell found;

    while (next_cell(&c, &found)) {
        size_t f = c.column - 1 - (form->label_first ? 1 : 0);

        if (f < d->features)
            set_name(d->name[f], &found);
    }
}

static lut_status read_label(uint16_t *label, const csv_form *form, const cursor *c,
                             const cell *found, lut_err *err)
{
    char want[256];
    double v;

    if (number(found, &v) && v >= 0 && v < form->classes && v == floor(v)) {
        *label = (uint16_t)v;
        return LUT_OK;
    }
    snprintf(want, sizeof want, "a class, a whole number 0..%u%s%s", form->classes - 1,
             form->other ? " as in " : "", form->other ? form->other : "");
    return bad_cell(c, found, want, err);
}

static lut_status read_value(float *x, const csv_form *form, const cursor *c,
                             const cell *found, lut_err *err)
{
    double v;

    if (!number(found, &v))
        return bad_cell(c, found,
                        c->line == 1 && form->header == CSV_AUTO
                            ? "a finite number (or csv.header = true)"
                            : "a finite number",
                        err);
    if (!(fabs(v) <= FLT_MAX))
        return bad_cell(c, found, "a number within +-3.4e38", err);
    *x = (float)v + 0.0f; /* no negative zero */
    return LUT_OK;
}

/* The line the cursor is on as sample s. */
static lut_status read_row(lut_dataset *d, const csv_form *form, cursor *c, size_t s,
                           lut_err *err)
{
    size_t cells = d->features + 1, label = form->label_first ? 1 : cells;
    size_t count = count_cells(*c);
    cell found;

    if (count != cells)
        return lut_fail(err, LUT_EFORMAT, "%s:%zu: %zu cell%s, want %zu", c->f->path,
                        c->line, count, count == 1 ? "" : "s", cells);
    while (next_cell(c, &found)) {
        size_t f = c->column - 1 - (form->label_first ? 1 : 0);

        if (c->column == label)
            LUT_TRY(read_label(&d->label[s], form, c, &found, err));
        else
            LUT_TRY(read_value(&d->x[f * d->samples + s], form, c, &found, err));
    }
    return LUT_OK;
}

/* Shape of the file from its first line: allocates d. */
static lut_status measure(lut_dataset *d, const csv_form *form, cursor c, bool *header,
                          lut_err *err)
{
    size_t lines = count_lines(c), cells;

    if (!next_line(&c))
        return lut_fail(err, LUT_EFORMAT, "%s: empty, want rows of numbers", c.f->path);
    cells = count_cells(c);
    *header =
        form->header == CSV_HEADER || (form->header == CSV_AUTO && !has_number(c));
    if (cells < 2)
        return lut_fail(err, LUT_EFORMAT,
                        "%s:1: 1 cell, want a class and at least one number",
                        c.f->path);
    if (form->features && cells != form->features + 1)
        return lut_fail(err, LUT_EFORMAT, "%s:1: %zu cells, want %zu as in %s",
                        c.f->path, cells, form->features + 1, form->other);
    if (lines == (*header ? 1 : 0))
        return lut_fail(err, LUT_EFORMAT, "%s: no rows after the header", c.f->path);
    LUT_TRY(lut_dataset_alloc(d, lines - (*header ? 1 : 0), cells - 1, err));
    if (*header)
        read_names(d, form, c);
    return LUT_OK;
}

lut_status csv_parse(lut_dataset *d, const csv_form *form, const lut_file *f,
                     lut_err *err)
{
    cursor c = start(f, form->separator);
    uint16_t top = 0;
    bool header = false;

    LUT_TRY(measure(d, form, c, &header, err));
    if (header)
        next_line(&c);
    for (size_t s = 0; next_line(&c); s++) {
        LUT_TRY(read_row(d, form, &c, s, err));
        top = d->label[s] > top ? d->label[s] : top;
    }
    d->classes = top + 1u;
    if (top == 0 && !form->other)
        return lut_fail(err, LUT_EFORMAT,
                        "%s: all rows are of class 0, want two or more", f->path);
    return LUT_OK;
}
