/* Text for the sink of an export: formatted, buffered, lines of a limited length. */
#ifndef LUT_EXPORT_TEXT_H
#define LUT_EXPORT_TEXT_H

#include "lib/export/export.h"

enum { LUT_LINE = 100 }; /* characters: what all readers take and people can read */

/* On the stack of a writer.  The first failure stays in st, what follows does nothing. */
typedef struct lut_text {
    const lut_export_out *out;
    lut_status st;
    size_t column;     /* characters of the line so far */
    size_t n;
    char buf[16384];
} lut_text;

/* Start a file of that name ("%s.blif"); ends the one before it. */
void lut_text_file(lut_text *t, const lut_export_out *out, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

void lut_text_put(lut_text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Bytes as they are: binary formats. */
void lut_text_bytes(lut_text *t, const void *bytes, size_t n);

/* A word of a list: `separator` in front where something stands on the line already, or
 * `wrap` (which ends the line and starts the next) where the word would go beyond LUT_LINE. */
void lut_text_word(lut_text *t, const char *separator, const char *wrap, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Name, digest and notes of the design, a line each: `before` and `after` make a comment of
 * it.  Characters that could end the comment, or are not ASCII, become '?'. */
void lut_text_head(lut_text *t, const lut_export_design *d, const char *before, const char *after);

/* What is buffered goes to the sink.  The end of every writer: its status, with a message in
 * *err. */
lut_status lut_text_end(lut_text *t, lut_err *err);

/* Write names and other text into a string literal of C, Verilog and JSON alike: quotes and
 * backslashes escaped, what is not printable ASCII as '?'. */
void lut_text_quoted(lut_text *t, const char *text);

#endif
