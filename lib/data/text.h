/* Lines and cells of a text file: what the csv and arff readers have in common. */
#ifndef LUT_DATA_TEXT_H
#define LUT_DATA_TEXT_H

#include "lib/data/file.h"

typedef struct text_cell {
    const char *p; /* into the file's bytes, or any text; borrowed */
    size_t n;
} text_cell;

/* How a file is cut up. */
typedef struct text_form {
    char separator;    /* ' ': any run of blanks and tabs */
    char quotes[3];    /* characters that enclose a cell, "" for none */
    char comment[16];  /* lines that start with it are skipped; "" for none */
} text_form;

/* Where we are: the line of `at`, and the cell handed out last.  A copy is a bookmark. */
typedef struct text_cursor {
    const lut_file *f;
    text_form form;
    const char *at, *end; /* rest of this line; at NULL behind its last cell */
    const char *next;     /* start of the next line */
    const char *limit;    /* of the file, without blank lines at its end */
    size_t line, column;  /* from 1; 0 before the first */
} text_cursor;

/* Before the first line.  A byte-order mark is passed over. */
text_cursor text_start(const lut_file *f, const text_form *form);

/* To the next line that is no comment; false at the end.  Lines end in LF or CR LF. */
bool text_line(text_cursor *c);

/* The next cell of the line, without the blanks around it and its quotes; false after the
 * last.  An empty line has one empty cell. */
bool text_next(text_cursor *c, text_cell *out);

size_t text_count_cells(text_cursor c); /* of the line */
size_t text_count_lines(text_cursor c); /* that are left */

bool text_same(const text_cell *c, const char *text);

/* All of the cell as a finite decimal number; no nan, inf or hexadecimal. */
bool text_number(const text_cell *c, double *out);

/* LUT_EFORMAT: FILE:LINE:COLUMN: found "CELL", want ...  Columns are cells, from 1. */
lut_status text_bad(const text_cursor *c, const text_cell *found, const char *want,
                    lut_err *err);

/* "1,3-5": is it such a list of numbers from 1, does it have this one, and which is the
 * largest (0: none)? */
bool text_list_valid(const char *list);
bool text_list_has(const char *list, size_t number);
size_t text_list_top(const char *list);

#endif
