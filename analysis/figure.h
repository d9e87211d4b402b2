/* Figures of results: each answers one question, is drawn by gnuplot, and has its numbers as a
 * sheet and the command that makes it beside it.
 *
 * A figure that cannot say anything about the rows it gets is not drawn and says why.  The same
 * method has the same colour and the same mark in all figures.  One thread. */
#ifndef ANALYSIS_FIGURE_H
#define ANALYSIS_FIGURE_H

#include "analysis/ranks.h"
#include "analysis/settings.h"
#include "analysis/sheet.h"

/* What a figure is made from.  All of it is borrowed. */
typedef struct figure_source {
    const report_data *data;
    const report_rows *rows;     /* chosen; of one data set, or of more (figure_scope) */
    const char *where;           /* the condition that chose them; NULL: none */
    const char *files;           /* as words of a shell, for the command */
    const report_levels *method; /* by which colours are given; n = 0: all rows are alike */
    double alpha;
    /* Options that only some figures read (figure_ops.takes). */
    const char *by;              /* column; NULL: that of the methods, or the first that does */
    const char *metric;          /* NULL: test_accuracy */
    const char *compare;         /* values of `by`, the last is what the others are held
                                    against; one: all others are; NULL: see figure_rivals.c */
    bool all, nemenyi;           /* see ranks_query */
} figure_source;

typedef struct figure {
    const char *name; /* "front": of its file and of --figure; static */
    char id[48];      /* its own on a page; the name unless changed */
    char *title, *caption, *command; /* for people, one line each; owned */
    char *script;     /* for gnuplot, without terminal and output; owned; NULL: not drawn */
    char why[200];    /* why it is not drawn */
    unsigned height;  /* in pixels, of a width of 760 */
    sheet data;       /* what is drawn; owned */
} figure;

/* What rows a figure is of. */
typedef enum figure_scope {
    FIGURE_SET,  /* those of one data set */
    FIGURE_SETS, /* those of several: it is about them */
    FIGURE_RUN   /* all */
} figure_scope;

typedef struct figure_ops {
    const char *name;
    const char *question; /* that it answers: heading and help */
    figure_scope scope;
    const char *takes;    /* options of its own, with spaces around: " by metric " */
    lut_status (*make)(figure *f, const figure_source *s, lut_err *err);
} figure_ops;

extern const figure_ops figure_table[]; /* ended by name NULL; the order of the page */

/* LUT_EINVAL lists what there is. */
lut_status figure_find(const figure_ops **ops, const char *name, lut_err *err);

/* Column whose values are the methods of all figures: the parametrization, or where all rows of
 * the files have the same the first of a few others that differ.  Conditions change no colour.
 * *levels is owned: report_levels_fini. */
lut_status figure_methods(report_levels *levels, const report_data *d, lut_err *err);

/* What the figure of ranks asks; false: all rows are of one method. */
bool figure_ranks_query(ranks_query *q, const figure_source *s);

/* Whether the figure of these ranks is drawn: methods can be told apart, and are not too many. */
bool figure_ranks_drawn(const ranks *r);

/* "lutreport FILE --figure NAME ... -o NAME.svg", with the options that the figure reads; owned
 * (free). */
lut_status figure_command(char **text, const figure_ops *ops, const figure_source *s,
                          lut_err *err);

/* *f is zeroed first; owned (figure_fini), also after an error.  LUT_ENOMEM, what reading the
 * files says, or LUT_ENOENT, LUT_EINVAL for an option of its own. */
lut_status figure_make(figure *f, const figure_ops *ops, const figure_source *s, lut_err *err);
void figure_fini(figure *f);

/* How a figure is drawn: "svg" (for a page: ids are its own, text and axes take the colour of
 * the text around), "pdf", "png". */
typedef enum figure_kind { FIGURE_SVG, FIGURE_PDF, FIGURE_PNG } figure_kind;

/* Runs gnuplot.  *text is owned (free), *n bytes and a 0 behind them.  LUT_ENOENT: there is no
 * gnuplot (the message names the package); LUT_EINTERNAL: it failed, with what it said. */
lut_status figure_draw(char **text, size_t *n, const figure *f, figure_kind kind, lut_err *err);

#endif
