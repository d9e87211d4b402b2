/* What the formats of a sheet share. */
#ifndef ANALYSIS_SHEET_IMPL_H
#define ANALYSIS_SHEET_IMPL_H

#include "analysis/sheet.h"

/* Cells of numbers for people are at most that long; text can be longer. */
enum { SHEET_NUMBER = 336 };

/* What a cell says: its text, or its number in buf; in full where a machine reads it, and
 * "missing" where there is none.  Valid while both are. */
const char *sheet_cell_text(char buf[SHEET_NUMBER], const sheet *s, size_t row, size_t col,
                            bool machine, const char *missing);

/* Heading for people. */
const char *sheet_head(const sheet_column *c);

/* Columns of a kind of reader, in order; their number. */
size_t sheet_shown(size_t col[SHEET_COLUMNS], const sheet *s, bool machine);

/* Lines of text, each with the mark in front; NULL: none. */
void sheet_put_lines(FILE *out, const char *text, const char *mark);

/* Title, lines that explain, notes, and what columns mean, a line each. */
void sheet_put_heading(FILE *out, const sheet *s, const char *mark);

/* "lut6 [LUTs]: meaning" of a column that needs one. */
void sheet_put_meanings(FILE *out, const sheet *s, const char *mark);

/* Text with what TeX takes for its own escaped. */
void sheet_put_tex(FILE *out, const char *text);

void sheet_write_text(FILE *out, const sheet *s, size_t n, const char *origin);
void sheet_write_markdown(FILE *out, const sheet *s, size_t n, const char *origin);
void sheet_write_csv(FILE *out, const sheet *s, size_t n, const char *origin);
void sheet_write_json(FILE *out, const sheet *s, size_t n, const char *origin);
void sheet_write_latex(FILE *out, const sheet *s, size_t n, const char *origin);

#endif
