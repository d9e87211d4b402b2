/* Sheets as one JSON object: a member of each sheet's name with title, notes, columns and
 * rows, which are objects; a missing cell is null. */
#include "analysis/emit.h"
#include "analysis/sheet_impl.h"

#include <string.h>

static void put_list(emit_json *j, const char *key, char *const *line, size_t n)
{
    emit_open(j, key, '[');
    for (size_t i = 0; i < n; i++)
        emit_text(j, NULL, line[i]);
    emit_close(j, ']');
}

static void put_origin(emit_json *j, const char *origin)
{
    char line[4096];

    emit_open(j, "origin", '[');
    while (*origin) {
        const size_t n = strcspn(origin, "\n");

        snprintf(line, sizeof line, "%.*s", (int)n, origin);
        emit_text(j, NULL, line);
        origin += n + (origin[n] == '\n');
    }
    emit_close(j, ']');
}

static void put_column(emit_json *j, const sheet_column *c)
{
    emit_open(j, NULL, '{');
    emit_text(j, "name", c->name);
    emit_text(j, "unit", c->unit);
    emit_text(j, "doc", c->doc);
    emit_close(j, '}');
}

static void put_row(emit_json *j, const sheet *s, size_t row, const size_t *col,
                    size_t n)
{
    emit_open(j, NULL, '{');
    for (size_t i = 0; i < n; i++) {
        const sheet_cell *cell = &s->cell[row * s->ncolumns + col[i]];
        const sheet_column *c = &s->column[col[i]];

        if (c->kind == SHEET_TEXT)
            emit_text(j, c->name, cell->text);
        else
            emit_number(j, c->name, cell->number);
    }
    emit_close(j, '}');
}

static void put_sheet(emit_json *j, const sheet *s, const size_t *col, size_t n)
{
    emit_open(j, s->name, '{');
    emit_text(j, "title", s->title);
    put_list(j, "about", s->about, s->nabout);
    put_list(j, "notes", s->note, s->nnotes);
    emit_open(j, "columns", '[');
    for (size_t i = 0; i < n; i++)
        put_column(j, &s->column[col[i]]);
    emit_close(j, ']');
    emit_open(j, "rows", '[');
    for (size_t row = 0; row < s->nrows; row++)
        put_row(j, s, row, col, n);
    emit_close(j, ']');
    emit_close(j, '}');
}

void sheet_write_json(FILE *out, const sheet *s, size_t n, const char *origin)
{
    emit_json j = { .out = out };

    emit_open(&j, NULL, '{');
    emit_number(&j, "version", 1);
    if (origin)
        put_origin(&j, origin);
    for (size_t i = 0; i < n; i++) {
        size_t col[SHEET_COLUMNS], nshown = sheet_shown(col, &s[i], true);

        put_sheet(&j, &s[i], col, nshown);
    }
    emit_close(&j, '}');
}
