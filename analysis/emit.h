/* What machines read on stdout: JSON with commas where they belong, cells of CSV. */
#ifndef ANALYSIS_EMIT_H
#define ANALYSIS_EMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Texts are taken as UTF-8; numbers are written so that they read back the same, NaN as
 * null. */
typedef struct emit_json {
    FILE *out;
    unsigned depth;
    bool more[8]; /* something stands before, at each depth */
} emit_json;

/* key: NULL in a list and at the top.  kind: '{' or '['; at most 7 deep. */
void emit_open(emit_json *j, const char *key, char kind);
void emit_close(emit_json *j, char kind); /* '}' or ']'; a newline after the outermost */
void emit_text(emit_json *j, const char *key, const char *value); /* NULL: null */
void emit_number(emit_json *j, const char *key, double value);
void emit_bool(emit_json *j, const char *key, bool value);

/* One text of JSON, for what is too long for a line each. */
void emit_json_text(FILE *out, const char *text);

/* Whether all of it is UTF-8. */
bool emit_is_utf8(const char *text);

/* One cell, quoted where it has to be; NULL: empty. */
void emit_cell(FILE *out, const char *text);

/* One word of a shell's command, quoted where it has to be. */
void emit_word(FILE *out, const char *text);

#endif
