#include "analysis/sheet_impl.h"
#include "lib/base/check.h"
#include "lib/base/field.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static lut_status no_memory(lut_err *err)
{
    return lut_fail(err, LUT_ENOMEM, "out of memory");
}

lut_status sheet_init(sheet *s, const char *name, lut_err *err, const char *title, ...)
{
    va_list ap;
    int n;

    *s = (sheet){ 0 };
    snprintf(s->name, sizeof s->name, "%s", name);
    va_start(ap, title);
    n = vasprintf(&s->title, title, ap);
    va_end(ap);
    if (n >= 0)
        return LUT_OK;
    s->title = NULL;
    return no_memory(err);
}

/* Takes the text, which may be NULL. */
static lut_status take_line(char ***line, size_t *n, char *text, lut_err *err)
{
    char **more = text ? realloc(*line, (*n + 1) * sizeof *more) : NULL;

    if (!more) {
        free(text);
        return no_memory(err);
    }
    *line = more;
    more[(*n)++] = text;
    return LUT_OK;
}

lut_status sheet_retitle(sheet *s, lut_err *err, const char *fmt, ...)
{
    char *title, *old;
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = vasprintf(&title, fmt, ap);
    va_end(ap);
    if (n < 0)
        return no_memory(err);
    old = s->title;
    s->title = title;
    if (!old)
        return LUT_OK;
    LUT_TRY(take_line(&s->about, &s->nabout, old, err));
    memmove(s->about + 1, s->about, (s->nabout - 1) * sizeof(char *));
    s->about[0] = old;
    return LUT_OK;
}

static void free_lines(char **line, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free(line[i]);
    free(line);
}

void sheet_fini(sheet *s)
{
    for (size_t i = 0; i < s->nrows * s->ncolumns; i++)
        free((char *)s->cell[i].text);
    free(s->cell);
    free(s->column);
    free_lines(s->about, s->nabout);
    free_lines(s->note, s->nnotes);
    free_lines(s->key, s->nkeys);
    free(s->title);
    *s = (sheet){ 0 };
}

lut_status sheet_add_column(sheet *s, const sheet_column *c, lut_err *err)
{
    sheet_column *more = realloc(s->column, (s->ncolumns + 1) * sizeof *more);

    LUT_CHECK(!s->nrows);
    if (!more)
        return no_memory(err);
    s->column = more;
    if (s->ncolumns == SHEET_COLUMNS)
        return lut_fail(err, LUT_EINVAL, "a table of more than %d columns",
                        SHEET_COLUMNS);
    s->column[s->ncolumns++] = *c;
    return LUT_OK;
}

/* Room is doubled: rows are powers of two apart. */
static lut_status make_room(sheet *s, lut_err *err)
{
    const size_t n = s->nrows ? 2 * s->nrows : 1;
    sheet_cell *more;
    size_t bytes;

    if (s->nrows & (s->nrows - 1))
        return LUT_OK;
    if (__builtin_mul_overflow(n, s->ncolumns * sizeof *more, &bytes))
        return no_memory(err);
    more = realloc(s->cell, bytes ? bytes : 1);
    if (!more)
        return no_memory(err);
    s->cell = more;
    return LUT_OK;
}

lut_status sheet_add_row(sheet *s, const sheet_cell *cell, lut_err *err)
{
    sheet_cell *row;

    LUT_TRY(make_room(s, err));
    row = s->cell + s->nrows * s->ncolumns;
    for (size_t i = 0; i < s->ncolumns; i++) {
        const bool is_text = s->column[i].kind == SHEET_TEXT;

        row[i] = (sheet_cell){ .number = is_text ? (double)NAN : cell[i].number };
        if (!is_text || !cell[i].text)
            continue;
        row[i].text = strdup(cell[i].text);
        if (row[i].text)
            continue;
        while (i-- > 0)
            free((char *)row[i].text);
        return no_memory(err);
    }
    s->nrows++;
    return LUT_OK;
}

static lut_status add_line(char ***line, size_t *n, lut_err *err, const char *fmt,
                           va_list ap)
{
    char *text;

    return take_line(line, n, vasprintf(&text, fmt, ap) < 0 ? NULL : text, err);
}

lut_status sheet_add_key(sheet *s, const char *key, lut_err *err)
{
    return take_line(&s->key, &s->nkeys, strdup(key), err);
}

lut_status sheet_add_note(sheet *s, lut_err *err, const char *fmt, ...)
{
    va_list ap;
    lut_status st;

    va_start(ap, fmt);
    st = add_line(&s->note, &s->nnotes, err, fmt, ap);
    va_end(ap);
    return st;
}

lut_status sheet_add_about(sheet *s, lut_err *err, const char *fmt, ...)
{
    va_list ap;
    lut_status st;

    va_start(ap, fmt);
    st = add_line(&s->about, &s->nabout, err, fmt, ap);
    va_end(ap);
    return st;
}

/* ---- what formats share ---- */

/* A double that is whole has at most 309 digits; those beyond 2^53 tell nothing. */
static void exact_number(char buf[SHEET_NUMBER], double v)
{
    if (fabs(v) < 1e15 && floor(v) >= v)
        snprintf(buf, SHEET_NUMBER, "%.0f", v);
    else
        lut_real_text(buf, v);
}

static void short_number(char buf[SHEET_NUMBER], double v, sheet_kind kind)
{
    switch (kind) {
    case SHEET_WHOLE:
        snprintf(buf, SHEET_NUMBER, "%.0f", v);
        break;
    case SHEET_PERCENT:
        snprintf(buf, SHEET_NUMBER, "%.2f", v);
        break;
    case SHEET_REAL:
        snprintf(buf, SHEET_NUMBER, "%.4g", v);
        break;
    case SHEET_EXACT:
    case SHEET_TEXT:
        exact_number(buf, v);
        break;
    }
}

const char *sheet_cell_text(char buf[SHEET_NUMBER], const sheet *s, size_t row,
                            size_t col, bool machine, const char *missing)
{
    const sheet_cell *cell = &s->cell[row * s->ncolumns + col];
    const sheet_column *c = &s->column[col];

    if (c->kind == SHEET_TEXT)
        return cell->text && cell->text[0] ? cell->text : missing;
    if (isnan(cell->number))
        return missing;
    if (machine)
        exact_number(buf, cell->number);
    else
        short_number(buf, cell->number, c->kind);
    return buf;
}

const char *sheet_head(const sheet_column *c)
{
    return c->head[0] ? c->head : c->name;
}

size_t sheet_shown(size_t col[SHEET_COLUMNS], const sheet *s, bool machine)
{
    size_t n = 0;

    for (size_t i = 0; i < s->ncolumns; i++)
        if (machine ? !s->column[i].people : !s->column[i].machine)
            col[n++] = i;
    return n;
}

void sheet_put_lines(FILE *out, const char *text, const char *mark)
{
    while (text && *text) {
        const size_t n = strcspn(text, "\n");

        fprintf(out, "%s%.*s\n", mark, (int)n, text);
        text += n + (text[n] == '\n');
    }
}

void sheet_put_notes(FILE *out, const sheet *s, const char *mark)
{
    for (size_t i = 0; i < s->nnotes; i++)
        sheet_put_lines(out, s->note[i], mark);
}

/* What each number is, so that nobody takes one split for another. */
void sheet_put_meanings(FILE *out, const sheet *s, const char *mark)
{
    for (size_t i = 0; i < s->ncolumns; i++) {
        const sheet_column *c = &s->column[i];

        if (c->doc[0] && !c->machine)
            fprintf(out, "%s%s%s%s%s: %s\n", mark, sheet_head(c),
                    c->unit[0] ? " [" : "", c->unit, c->unit[0] ? "]" : "", c->doc);
    }
}

void sheet_put_heading(FILE *out, const sheet *s, const char *mark)
{
    sheet_put_lines(out, s->title, mark);
    for (size_t i = 0; i < s->nabout; i++)
        sheet_put_lines(out, s->about[i], mark);
    sheet_put_notes(out, s, mark);
    sheet_put_meanings(out, s, mark);
}

/* ---- the formats ---- */

const sheet_format sheet_formats[] = {
    { "text", ".txt", false, false, sheet_write_text },
    { "markdown", ".md", false, false, sheet_write_markdown },
    { "csv", ".csv", true, true, sheet_write_csv },
    { "json", ".json", true, false, sheet_write_json },
    { "latex", ".tex", false, false, sheet_write_latex },
    { NULL, NULL, false, false, NULL },
};

/* "text, markdown or csv": names, or suffixes, of all formats. */
static const char *list_formats(char buf[128], bool suffixes)
{
    size_t at = 0;

    for (const sheet_format *f = sheet_formats; f->name; f++)
        at += (size_t)snprintf(buf + at, 128 - at, "%s%s",
                               f == sheet_formats ? ""
                               : f[1].name        ? ", "
                                                  : " or ",
                               suffixes ? f->suffix : f->name);
    return buf;
}

lut_status sheet_format_named(const sheet_format **f, const char *name, lut_err *err)
{
    char list[128];

    for (*f = sheet_formats; (*f)->name; ++*f)
        if (strcmp((*f)->name, name) == 0)
            return LUT_OK;
    *f = NULL;
    return lut_fail(err, LUT_EINVAL, "--format=%s: want %s", name,
                    list_formats(list, false));
}

lut_status sheet_format_of(const sheet_format **f, const char *path, lut_err *err)
{
    const char *dot = strrchr(path, '.');
    char list[128];

    for (*f = sheet_formats; dot && (*f)->name; ++*f)
        if (strcasecmp(dot, (*f)->suffix) == 0)
            return LUT_OK;
    *f = NULL;
    return lut_fail(err, LUT_EINVAL,
                    "-o %s: the name must end in %s, or --format must be given", path,
                    list_formats(list, true));
}
