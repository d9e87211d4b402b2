/* Cells of a CSV text as in RFC 4180, cut out of the text itself.  One thread. */
#ifndef SWEEP_CSV_H
#define SWEEP_CSV_H

#include "lib/base/status.h"

typedef struct sweep_csv {
    char *at;          /* in the text, which cells are cut out of */
    int line;          /* at hand, from 1; the caller counts ends of rows */
    const char *wrong; /* NULL, or what is */
} sweep_csv;

/* The cell at hand, unquoted and ended by 0, and what stood behind it: ',', '\n' or 0 at
 * the end.  NULL: r->wrong. */
char *sweep_csv_cell(sweep_csv *r, char *end);

/* *text: all of the file, ended by 0, *n bytes before that; owned (free).  NULL with LUT_OK:
 * *why says what is wrong with it. */
lut_status sweep_csv_file(char **text, size_t *n, const char **why, const char *path,
                          lut_err *err);

#endif
