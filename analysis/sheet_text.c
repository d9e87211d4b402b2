/* A sheet as aligned columns, its heading in lines that start with '#'. */
#include "analysis/sheet_impl.h"

/* Characters, not bytes, of UTF-8. */
static size_t characters(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static size_t width_of(const sheet *s, size_t col)
{
    size_t width = characters(sheet_head(&s->column[col]));
    char buf[SHEET_NUMBER];

    for (size_t row = 0; row < s->nrows; row++) {
        const size_t n = characters(sheet_cell_text(buf, s, row, col, false, "-"));

        width = n > width ? n : width;
    }
    return width;
}

/* Text stands left, numbers right; no spaces at the end of a line. */
static void put_padded(FILE *out, const char *text, bool left, size_t width, bool last)
{
    const int gap = (int)(width - characters(text));

    if (left)
        fprintf(out, "%s%*s", text, last ? 0 : gap, "");
    else
        fprintf(out, "%*s%s", gap, "", text);
}

static void put_table(FILE *out, const sheet *s, const size_t *col, const size_t *width,
                      size_t n)
{
    char buf[SHEET_NUMBER];

    for (size_t i = 0; i < n; i++) {
        const sheet_column *c = &s->column[col[i]];

        fputs(i ? "  " : "", out);
        put_padded(out, sheet_head(c), c->kind == SHEET_TEXT, width[i], i + 1 == n);
    }
    fputc('\n', out);
    for (size_t row = 0; row < s->nrows; row++) {
        for (size_t i = 0; i < n; i++) {
            fputs(i ? "  " : "", out);
            put_padded(out, sheet_cell_text(buf, s, row, col[i], false, "-"),
                       s->column[col[i]].kind == SHEET_TEXT, width[i], i + 1 == n);
        }
        fputc('\n', out);
    }
}

static void put_sheet(FILE *out, const sheet *s)
{
    size_t col[SHEET_COLUMNS], width[SHEET_COLUMNS], n = sheet_shown(col, s, false);

    sheet_put_heading(out, s, "# ");
    for (size_t i = 0; i < n; i++)
        width[i] = width_of(s, col[i]);
    put_table(out, s, col, width, n);
}

void sheet_write_text(FILE *out, const sheet *s, size_t n, const char *origin)
{
    sheet_put_lines(out, origin, "# ");
    for (size_t i = 0; i < n; i++) {
        if (i)
            fputc('\n', out);
        put_sheet(out, &s[i]);
    }
}
