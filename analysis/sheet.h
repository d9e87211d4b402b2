/* A table that is ready to be written: what every report ends in, so that each format is
 * written once and each report is made once.
 *
 * A sheet has a title, lines that explain it, lines of notes, columns and rows of cells.
 * Numbers stay numbers: formats for machines write them in full, formats for people with the
 * digits that the column asks for.  No locks; one thread.
 */
#ifndef ANALYSIS_SHEET_H
#define ANALYSIS_SHEET_H

#include "lib/base/status.h"

#include <stdio.h>

enum { SHEET_COLUMNS = 512 };

typedef enum sheet_kind {
    SHEET_TEXT,
    SHEET_EXACT,   /* in full everywhere: settings, which must not look the same */
    SHEET_WHOLE,   /* counts: no digits behind the point */
    SHEET_PERCENT, /* two digits behind the point */
    SHEET_REAL     /* four figures */
} sheet_kind;

typedef struct sheet_column {
    char name[96];   /* heading of formats for machines: unique in the sheet ("lut6_mean") */
    char head[64];   /* heading of formats for people ("lut6", "sd"); "": the name */
    char unit[32];   /* "" or "percent", ... */
    char doc[256];   /* meaning, with the split that a number is from; "": needs none */
    sheet_kind kind;
    bool machine;    /* only formats for machines have it (min, max, ...) */
    bool people;     /* only formats for people have it (half of an interval) */
} sheet_column;

typedef struct sheet_cell {
    const char *text; /* SHEET_TEXT: owned by the sheet, NULL: missing */
    double number;    /* other kinds; NaN: missing */
} sheet_cell;

typedef struct sheet {
    char name[32];     /* "trials", "pareto", "effects": member of JSON, file of a figure */
    char *title;       /* a line for people; owned */
    char **about;      /* [nabout] lines that explain the table to people; owned */
    size_t nabout;
    char **note;       /* [nnotes] lines that must not be separated from the table; owned */
    size_t nnotes;
    sheet_column *column; /* [ncolumns]; owned */
    size_t ncolumns;
    sheet_cell *cell;     /* [nrows][ncolumns]; owned */
    size_t nrows;
    char **key;           /* [nkeys] trials that the rows stand for, for shells; owned */
    size_t nkeys;
} sheet;

/* LUT_ENOMEM, and LUT_EINVAL for more than SHEET_COLUMNS, leave what sheet_fini() takes. */
lut_status sheet_init(sheet *s, const char *name, lut_err *err, const char *title, ...)
    __attribute__((format(printf, 4, 5)));
void sheet_fini(sheet *s); /* accepts a zeroed struct */

/* Another title; the present one becomes the first of the lines that explain. */
lut_status sheet_retitle(sheet *s, lut_err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Columns before rows.  Text is copied. */
lut_status sheet_add_column(sheet *s, const sheet_column *c, lut_err *err);
lut_status sheet_add_row(sheet *s, const sheet_cell *cell, lut_err *err); /* [ncolumns] */
lut_status sheet_add_note(sheet *s, lut_err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
lut_status sheet_add_about(sheet *s, lut_err *err, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
lut_status sheet_add_key(sheet *s, const char *key, lut_err *err);

/* How sheets are written: text, markdown, csv, json, latex. */
typedef struct sheet_format {
    const char *name, *suffix; /* "csv", ".csv" */
    bool machine;              /* all columns, numbers in full */
    bool bare;                 /* on stdout the table alone; notes go to stderr */
    /* origin: lines on where it comes from, or NULL; one or several sheets. */
    void (*write)(FILE *out, const sheet *s, size_t n, const char *origin);
} sheet_format;

extern const sheet_format sheet_formats[]; /* ended by name NULL; the first is the default */

/* By name, or by the suffix of a file name; LUT_EINVAL lists what there is, *f is NULL. */
lut_status sheet_format_named(const sheet_format **f, const char *name, lut_err *err);
lut_status sheet_format_of(const sheet_format **f, const char *path, lut_err *err);

/* The notes alone, a line each with the mark in front. */
void sheet_put_notes(FILE *out, const sheet *s, const char *mark);

#endif
