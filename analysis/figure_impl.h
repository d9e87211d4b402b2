/* What the figures share. */
#ifndef ANALYSIS_FIGURE_IMPL_H
#define ANALYSIS_FIGURE_IMPL_H

#include "analysis/figure.h"

/* More marks than that in a figure are thinned, see figure_thin(). */
enum { FIGURE_MARKS = 2000, FIGURE_LABEL = 80 };

/* Sets title and caption once. */
lut_status figure_words(figure *f, lut_err *err, const char *title, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The figure says why it is not drawn: LUT_OK. */
lut_status figure_not(figure *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A script that grows: print to *out; ended by figure_end, which gives it to the figure. */
typedef struct figure_pen {
    FILE *out;
    char *text;
    size_t n;
} figure_pen;
lut_status figure_begin(figure_pen *pen, lut_err *err);
lut_status figure_end(figure *f, figure_pen *pen, lut_err *err);
void figure_drop(figure_pen *pen); /* without using it; accepts an ended one */

/* "text" as gnuplot reads it. */
void figure_quote(FILE *out, const char *text);

/* The same without what stands in brackets, and no longer than a label may be. */
void figure_short(FILE *out, const char *name);

/* Number for a column of an inline block: NaN as gnuplot reads it. */
void figure_number(FILE *out, double v);

/* Column of that name; false where the data has none, or no row has a number there. */
bool figure_column(size_t *col, const figure_source *s, const char *name);
double figure_value(const figure_source *s, size_t row, const char *name); /* NaN: none */

/* Column of `by`, which is there.  LUT_ENOENT, LUT_EINVAL: the option is named. */
lut_status figure_by(size_t *col, const figure_source *s, lut_err *err);

/* Rows of s that ended ok. */
bool figure_ok(const figure_source *s, size_t row);

/* Index of a row's method, and its name. */
size_t figure_method(const figure_source *s, size_t row);
size_t figure_method_count(const figure_source *s); /* at least 1 */
void figure_method_name(char name[FIGURE_LABEL], const figure_source *s, size_t method);

/* An entry of a plot for each method that is there: text with its number for @m, its colour for
 * @c and its mark for @p, and its name as the title, or none.  *comma stands before the first:
 * "" or FIGURE_AND, which it is afterwards. */
#define FIGURE_AND ", \\\n"
void figure_each_method(FILE *out, const char **comma, const figure_source *s, const char *text,
                        bool titled);

/* keep[i]: the point is drawn.  Up to FIGURE_MARKS all are; of more, one of each method in each of
 * at most that many equal cells of the plane, the first.  log_x: cells are equal on a
 * logarithmic axis; method: NULL: all are of one. */
void figure_thin(bool *keep, const double *x, const double *y, const size_t *method, size_t n,
                 bool log_x);

/* "set xrange [..]" that holds all n numbers, NaN left out, with some room even if all are the
 * same; axis: "x" or "y". */
void figure_range(FILE *out, const char *axis, const double *v, size_t n);

/* Knobs of a setting as text: "lut_rank 6, width 1000". */
void figure_setting(char *text, size_t size, const report_settings *t, size_t setting);

lut_status figure_front(figure *f, const figure_source *s, lut_err *err);
lut_status figure_effects(figure *f, const figure_source *s, lut_err *err);
lut_status figure_rivals(figure *f, const figure_source *s, lut_err *err);
lut_status figure_levels(figure *f, const figure_source *s, lut_err *err);
lut_status figure_pairs(figure *f, const figure_source *s, lut_err *err);
lut_status figure_curves(figure *f, const figure_source *s, lut_err *err);
lut_status figure_gap(figure *f, const figure_source *s, lut_err *err);
lut_status figure_parts(figure *f, const figure_source *s, lut_err *err);
lut_status figure_confusion(figure *f, const figure_source *s, lut_err *err);
lut_status figure_luck(figure *f, const figure_source *s, lut_err *err);
lut_status figure_judge(figure *f, const figure_source *s, lut_err *err);
lut_status figure_ranks(figure *f, const figure_source *s, lut_err *err);
lut_status figure_time(figure *f, const figure_source *s, lut_err *err);

#endif
