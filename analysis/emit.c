#include "analysis/emit.h"
#include "lib/base/check.h"
#include "lib/base/field.h"

#include <math.h>
#include <string.h>

/* Bytes of the UTF-8 character at text; 0: it is none (RFC 3629, section 4: the second byte
 * has a narrower range behind E0, ED, F0 and F4). */
static size_t character(const unsigned char *text)
{
    static const struct {
        unsigned char first, last, low, high; /* of the first byte; of the second */
        size_t length;
    } table[] = {
        { 0x00, 0x7f, 0, 0, 1 },       { 0xc2, 0xdf, 0x80, 0xbf, 2 },
        { 0xe0, 0xe0, 0xa0, 0xbf, 3 }, { 0xe1, 0xec, 0x80, 0xbf, 3 },
        { 0xed, 0xed, 0x80, 0x9f, 3 }, { 0xee, 0xef, 0x80, 0xbf, 3 },
        { 0xf0, 0xf0, 0x90, 0xbf, 4 }, { 0xf1, 0xf3, 0x80, 0xbf, 4 },
        { 0xf4, 0xf4, 0x80, 0x8f, 4 },
    };

    for (size_t i = 0; i < LUT_COUNT(table); i++) {
        const size_t n = table[i].length;

        if (text[0] < table[i].first || text[0] > table[i].last)
            continue;
        if (n > 1 && (text[1] < table[i].low || text[1] > table[i].high))
            return 0;
        for (size_t j = 2; j < n; j++)
            if ((text[j] & 0xc0) != 0x80)
                return 0;
        return n;
    }
    return 0;
}

bool emit_is_utf8(const char *text)
{
    size_t n = 1;

    for (; *text && n; text += n)
        n = character((const unsigned char *)text);
    return n > 0;
}

/* JSON is UTF-8; what is none (last words that were cut, output of other programs) becomes the
 * character that stands for that. */
void emit_json_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (size_t n; *text; text += n ? n : 1) {
        const unsigned char c = (unsigned char)*text;

        n = character((const unsigned char *)text);
        if (c == '"' || c == '\\')
            fputc('\\', out);
        if (c < ' ')
            fprintf(out, "\\u%04x", c);
        else if (n)
            fwrite(text, 1, n, out);
        else
            fputs("\xef\xbf\xbd", out);
    }
    fputc('"', out);
}

static void start(emit_json *j, const char *key)
{
    if (j->more[j->depth])
        fputc(',', j->out);
    if (j->depth)
        fprintf(j->out, "\n%*s", 2 * (int)j->depth, "");
    j->more[j->depth] = true;
    if (key) {
        emit_json_text(j->out, key);
        fputs(": ", j->out);
    }
}

void emit_open(emit_json *j, const char *key, char kind)
{
    start(j, key);
    fputc(kind, j->out);
    j->depth++;
    LUT_CHECK(j->depth < LUT_COUNT(j->more));
    j->more[j->depth] = false;
}

void emit_close(emit_json *j, char kind)
{
    bool empty = !j->more[j->depth];

    LUT_CHECK(j->depth > 0);
    j->depth--;
    if (!empty)
        fprintf(j->out, "\n%*s", 2 * (int)j->depth, "");
    fputc(kind, j->out);
    if (!j->depth)
        fputc('\n', j->out);
}

void emit_text(emit_json *j, const char *key, const char *value)
{
    start(j, key);
    if (value)
        emit_json_text(j->out, value);
    else
        fputs("null", j->out);
}

void emit_number(emit_json *j, const char *key, double value)
{
    char text[32];

    start(j, key);
    fputs(isfinite(value) ? lut_real_text(text, value) : "null", j->out);
}

void emit_bool(emit_json *j, const char *key, bool value)
{
    start(j, key);
    fputs(value ? "true" : "false", j->out);
}

void emit_cell(FILE *out, const char *text)
{
    if (!text)
        return;
    if (!strpbrk(text, ",\"\r\n#")) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

void emit_word(FILE *out, const char *text)
{
    if (text[0] && !strpbrk(text, " \t\n\"'$&|;<>()*?[]{}#!~`\\")) {
        fputs(text, out);
        return;
    }
    fputc('\'', out);
    for (; *text; text++)
        if (*text == '\'')
            fputs("'\\''", out);
        else
            fputc(*text, out);
    fputc('\'', out);
}
