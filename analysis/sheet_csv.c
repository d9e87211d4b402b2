/* A sheet as CSV (RFC 4180, lines ended by a newline alone).  A stream starts with its
 * heading; a file starts with lines that start with '#'. */
#include "analysis/emit.h"
#include "analysis/sheet_impl.h"

static void put_table(FILE *out, const sheet *s, const size_t *col, size_t n)
{
    char buf[SHEET_NUMBER];

    for (size_t i = 0; i < n; i++) {
        fputs(i ? "," : "", out);
        emit_cell(out, s->column[col[i]].name);
    }
    fputc('\n', out);
    for (size_t row = 0; row < s->nrows; row++) {
        for (size_t i = 0; i < n; i++) {
            fputs(i ? "," : "", out);
            emit_cell(out, sheet_cell_text(buf, s, row, col[i], true, ""));
        }
        fputc('\n', out);
    }
}

void sheet_write_csv(FILE *out, const sheet *s, size_t n, const char *origin)
{
    sheet_put_lines(out, origin, "# ");
    for (size_t i = 0; i < n; i++) {
        size_t col[SHEET_COLUMNS], nshown = sheet_shown(col, &s[i], true);

        fputs(i ? "\n" : "", out);
        if (n > 1)
            fprintf(out, "# table: %s\n", s[i].name);
        if (origin)
            sheet_put_notes(out, &s[i], "# ");
        put_table(out, &s[i], col, nshown);
    }
}
