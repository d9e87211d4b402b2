#include "drivers/emit.h"
#include "lib/base/check.h"
#include "lib/base/field.h"

#include <math.h>
#include <string.h>

static void put_text(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;

        if (c == '"' || c == '\\')
            fputc('\\', out);
        if (c < ' ')
            fprintf(out, "\\u%04x", c);
        else
            fputc(c, out);
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
        put_text(j->out, key);
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
        put_text(j->out, value);
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
    if (!strpbrk(text, " \t\n\"'$&|;<>()*?[]{}#!~`\\")) {
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
