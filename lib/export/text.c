#include "lib/export/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void flush(lut_text *t)
{
    if (t->st == LUT_OK && t->n)
        t->st = t->out->sink(t->out->arg, t->buf, t->n);
    t->n = 0;
}

void lut_text_bytes(lut_text *t, const void *bytes, size_t n)
{
    const char *from = bytes;

    while (n) {
        size_t some = sizeof t->buf - t->n;

        some = some < n ? some : n;
        memcpy(t->buf + t->n, from, some);
        t->n += some;
        from += some;
        n -= some;
        if (t->n == sizeof t->buf)
            flush(t);
    }
}

static void count_columns(lut_text *t, const char *text, size_t n)
{
    const char *line = memrchr(text, '\n', n);

    t->column = line ? (size_t)(text + n - line) - 1 : t->column + n;
}

/* Pieces are short: what is longer than the room is cut, which no caller does. */
static void put(lut_text *t, const char *text, int n)
{
    size_t length = n < 0 ? 0 : (size_t)n;

    lut_text_bytes(t, text, length);
    count_columns(t, text, length);
}

enum { PIECE = 1024 };

static int format(char text[PIECE], const char *fmt, va_list ap)
{
    int n = vsnprintf(text, PIECE, fmt, ap);

    return n < PIECE ? n : PIECE - 1;
}

void lut_text_put(lut_text *t, const char *fmt, ...)
{
    char text[PIECE];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = format(text, fmt, ap);
    va_end(ap);
    put(t, text, n);
}

void lut_text_word(lut_text *t, const char *separator, const char *wrap,
                   const char *fmt, ...)
{
    char text[PIECE];
    va_list ap;
    int n;

    va_start(ap, fmt);
    n = format(text, fmt, ap);
    va_end(ap);
    if (t->column + strlen(separator) + (size_t)(n < 0 ? 0 : n) > LUT_LINE - 2)
        put(t, wrap, (int)strlen(wrap));
    else if (t->column)
        put(t, separator, (int)strlen(separator));
    put(t, text, n);
}

void lut_text_file(lut_text *t, const lut_export_out *out, const char *fmt, ...)
{
    char name[PIECE];
    va_list ap;

    flush(t);
    t->out = out;
    t->column = 0;
    va_start(ap, fmt);
    format(name, fmt, ap);
    va_end(ap);
    if (t->st == LUT_OK)
        t->st = out->file(out->arg, name);
}

static char harmless(char c)
{
    return c < ' ' || c > '~' ? '?' : c;
}

/* "*" followed by "/" would end a comment, a "\" at a line's end would go on with it. */
static void comment(lut_text *t, const char *before, const char *text,
                    const char *after)
{
    lut_text_put(t, "%s", before);
    for (char last = 0; *text; last = *text++) {
        bool ends = (*text == '/' && last == '*') || (*text == '*' && last == '/') ||
                    (*text == '\\' && !text[1]);

        lut_text_put(t, "%c", ends ? '?' : harmless(*text));
    }
    lut_text_put(t, "%s\n", after);
}

void lut_text_head(lut_text *t, const lut_export_design *d, const char *before,
                   const char *after)
{
    char line[LUT_DESIGN_NAME + LUT_DESIGN_DIGEST + 16];

    snprintf(line, sizeof line, "%s, network %s", d->name, d->digest);
    comment(t, before, line, after);
    for (size_t i = 0; i < d->nnotes; i++)
        comment(t, before, d->note[i], after);
}

lut_status lut_text_end(lut_text *t, lut_err *err)
{
    flush(t);
    if (t->st == LUT_OK)
        return LUT_OK;
    return lut_fail(err, t->st, "export: the text was not taken: %s",
                    lut_status_name(t->st));
}

void lut_text_quoted(lut_text *t, const char *text)
{
    lut_text_put(t, "\"");
    for (; *text; text++)
        lut_text_put(t, *text == '"' || *text == '\\' ? "\\%c" : "%c", harmless(*text));
    lut_text_put(t, "\"");
}
