/* A sheet as a table of Markdown, its heading as a list. */
#include "analysis/sheet_impl.h"

/* A bar would end the cell. */
static void put_cell(FILE *out, const char *text)
{
    fputs("| ", out);
    for (; *text; text++) {
        if (*text == '|')
            fputc('\\', out);
        fputc(*text, out);
    }
    fputc(' ', out);
}

static void put_table(FILE *out, const sheet *s, const size_t *col, size_t n)
{
    char buf[SHEET_NUMBER];

    for (size_t i = 0; i < n; i++)
        put_cell(out, sheet_head(&s->column[col[i]]));
    fputs("|\n", out);
    for (size_t i = 0; i < n; i++)
        fputs(s->column[col[i]].kind == SHEET_TEXT ? "| --- " : "| ---: ", out);
    fputs("|\n", out);
    for (size_t row = 0; row < s->nrows; row++) {
        for (size_t i = 0; i < n; i++)
            put_cell(out, sheet_cell_text(buf, s, row, col[i], false, "-"));
        fputs("|\n", out);
    }
}

void sheet_write_markdown(FILE *out, const sheet *s, size_t n, const char *origin)
{
    if (origin) {
        fputs("<!--\n", out);
        sheet_put_lines(out, origin, "");
        fputs("-->\n", out);
    }
    for (size_t i = 0; i < n; i++) {
        size_t col[SHEET_COLUMNS], nshown = sheet_shown(col, &s[i], false);

        if (i)
            fputc('\n', out);
        sheet_put_heading(out, &s[i], "- ");
        fputc('\n', out);
        put_table(out, &s[i], col, nshown);
    }
}
