#include "lib/data/text.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN = 40 }; /* characters of a bad cell in a message */

text_cursor text_start(const lut_file *f, const text_form *form)
{
    const char *bytes = f->bytes, *limit = bytes + f->size;
    bool mark = f->size >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0;

    /* tabs that separate stand for empty cells */
    while (limit > bytes &&
           memchr("\r\n \t", limit[-1], form->separator == '\t' ? 2 : 4))
        limit--;
    return (text_cursor){
        .f = f, .form = *form, .next = bytes + (mark ? 3 : 0), .limit = limit
    };
}

static bool blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_comment(const text_cursor *c)
{
    size_t n = strlen(c->form.comment);

    return n && (size_t)(c->end - c->at) >= n && memcmp(c->at, c->form.comment, n) == 0;
}

bool text_line(text_cursor *c)
{
    do {
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
    } while (is_comment(c));
    if (c->form.separator == ' ') /* blanks at the ends separate nothing */
        while (c->at < c->end && blank(*c->at))
            c->at++;
    return true;
}

static const char *end_of_cell(const text_cursor *c, const char *p)
{
    const char *stop = c->end;

    if (c->form.separator != ' ') {
        stop = memchr(p, c->form.separator, (size_t)(c->end - p));
        return stop ? stop : c->end;
    }
    while (p < c->end && !blank(*p))
        p++;
    return p;
}

/* Start of the cell behind the one that ends at `stop`; NULL when that was the last. */
static const char *after(const text_cursor *c, const char *stop)
{
    if (c->form.separator != ' ')
        return stop < c->end ? stop + 1 : NULL;
    while (stop < c->end && blank(*stop))
        stop++;
    return stop < c->end ? stop : NULL;
}

/* The quote that closes the one at p, if nothing but blanks stands between it and the end
 * of the cell; NULL: the quote is an ordinary character. */
static const char *closing(const text_cursor *c, const char *p)
{
    for (const char *q = p + 1; q < c->end; q++) {
        const char *rest = q + 1;

        if (*q != *p || q[-1] == '\\')
            continue;
        while (rest < c->end && blank(*rest) && c->form.separator != '\t')
            rest++;
        if (rest == c->end || *rest == c->form.separator ||
            (c->form.separator == ' ' && rest > q + 1))
            return q;
    }
    return NULL;
}

bool text_next(text_cursor *c, text_cell *out)
{
    const char *p = c->at, *stop, *quote;

    if (!p)
        return false;
    while (p < c->end && blank(*p) && *p != c->form.separator)
        p++;
    quote = p < c->end && *p && strchr(c->form.quotes, *p) ? closing(c, p) : NULL;
    stop = end_of_cell(c, quote ? quote + 1 : p);
    c->at = after(c, stop);
    c->column++;
    if (quote) {
        *out = (text_cell){ .p = p + 1, .n = (size_t)(quote - p - 1) };
        return true;
    }
    while (p < stop && blank(stop[-1]))
        stop--;
    *out = (text_cell){ .p = p, .n = (size_t)(stop - p) };
    return true;
}

size_t text_count_cells(text_cursor c)
{
    text_cell unused;
    size_t n = 0;

    while (text_next(&c, &unused))
        n++;
    return n;
}

size_t text_count_lines(text_cursor c)
{
    size_t n = 0;

    while (text_line(&c))
        n++;
    return n;
}

bool text_same(const text_cell *c, const char *text)
{
    return strlen(text) == c->n && memcmp(text, c->p, c->n) == 0;
}

/* Short runs of digits, nearly every cell there is, without strtod. */
bool text_number(const text_cell *c, double *out)
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

lut_status text_bad(const text_cursor *c, const text_cell *found, const char *want,
                    lut_err *err)
{
    int n = (int)(found->n < SHOWN ? found->n : SHOWN);

    return lut_fail(err, LUT_EFORMAT, "%s:%zu:%zu: found \"%.*s\", want %s", c->f->path,
                    c->line, c->column, n, found->p, want);
}

/* One "A" or "A-B" off the front of *list; false where there is none. */
static bool next_range(const char **list, size_t *lo, size_t *hi)
{
    size_t digits = strspn(*list, "0123456789");

    if (digits < 1 || digits > 6)
        return false;
    *lo = *hi = strtoul(*list, NULL, 10);
    *list += digits;
    if (**list == '-') {
        ++*list;
        digits = strspn(*list, "0123456789");
        if (digits < 1 || digits > 6)
            return false;
        *hi = strtoul(*list, NULL, 10);
        *list += digits;
    }
    return *lo >= 1 && *hi >= *lo;
}

bool text_list_valid(const char *list)
{
    size_t lo, hi;

    while (next_range(&list, &lo, &hi)) {
        if (!*list)
            return true;
        if (*list++ != ',')
            return false;
    }
    return false;
}

size_t text_list_top(const char *list)
{
    size_t lo, hi, top = 0;

    while (next_range(&list, &lo, &hi)) {
        top = hi > top ? hi : top;
        list += *list == ',';
    }
    return top;
}

bool text_list_has(const char *list, size_t number)
{
    size_t lo, hi;

    while (next_range(&list, &lo, &hi)) {
        if (number >= lo && number <= hi)
            return true;
        list += *list == ',';
    }
    return false;
}
