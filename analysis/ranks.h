/* Methods over data sets: a figure of each on each, their ranks, and what can be said of them.
 *
 * Of a method's settings on a data set the one with the highest mean validation accuracy over
 * its seeds counts, with its mean test figure; or the mean of all settings.  Only data sets
 * on which every method has a figure are ranked.  No test is made that could not reject
 * anything: the number of data sets that it would need is told instead. */
#ifndef ANALYSIS_RANKS_H
#define ANALYSIS_RANKS_H

#include "analysis/friedman.h"
#include "analysis/settings.h"
#include "analysis/sheet.h"

enum { RANKS_METHODS = 64, RANKS_NAME = 160, RANKS_SHEETS = 4 };

typedef struct ranks_query {
    const char *where;  /* NULL: all rows */
    const char *option; /* that named the method, for messages; NULL: --ranks */
    const char *method; /* column whose values are ranked */
    const char *metric; /* NULL: test_accuracy; which way is better: report_larger_is_better */
    bool all;           /* the mean of all settings, instead of the best by validation */
    bool nemenyi;
    double alpha;
} ranks_query;

typedef struct ranks_figure {
    double value;    /* NaN: none */
    size_t settings; /* there were to choose from */
    size_t seeds;    /* trials of the one chosen, over seeds and drawn splits; of all: 0 */
    size_t row;      /* a row of the one chosen; SIZE_MAX: of none */
} ranks_figure;

typedef struct ranks_pair {
    size_t a, b;       /* methods, a with the better mean rank */
    size_t a_wins, b_wins, ties;
    double difference; /* mean over the data sets, a minus b */
    double p, holm;    /* Wilcoxon's signed ranks, exact; after Holm's correction */
} ranks_pair;

typedef struct ranks {
    const report_data *data;
    char method[64], metric[64], unit[32];
    double alpha;
    bool all;
    bool up;                  /* larger figures are better */
    char (*name)[RANKS_NAME]; /* [methods]; owned */
    size_t methods;
    char (*set)[RANKS_NAME];  /* [sets]; owned */
    size_t sets, complete;    /* complete: that every method has a figure on */
    size_t unchosen;          /* figures that are missing because several settings have no
                                 validation accuracy to choose by */
    ranks_figure *figure;     /* [sets][methods]; owned */
    double *rank;             /* the same; NaN of sets that are not complete; owned */
    double mean[RANKS_METHODS]; /* ranks over the complete sets */
    size_t first[RANKS_METHODS]; /* sets on which it is the best, or one of the best */
    friedman_test test;
    bool tested;              /* there are sets enough for the test to reject */
    ranks_pair *pair;         /* [npairs], 0 where there are too few sets; owned */
    size_t npairs;
    double nemenyi;           /* distance of mean ranks; NaN: not asked for, or no sets */
} ranks;

/* LUT_ENOENT, LUT_EINVAL: the option at fault is named. */
lut_status ranks_make(ranks *r, const report_data *d, const ranks_query *q, lut_err *err);
void ranks_fini(ranks *r); /* accepts a zeroed struct */

enum { RANKS_WHY = 200 };

/* Why no two methods are told apart, with the data sets that it would take; "" where pairs were
 * tested. */
void ranks_why(char why[RANKS_WHY], const ranks *r);

/* Methods by their mean ranks, the best first; order[methods]. */
void ranks_order(size_t order[RANKS_METHODS], const ranks *r);

/* "figures", "ranks", "tests" and, where there are sets enough, "pairs"; out[RANKS_SHEETS],
 * zeroed, the caller's also after an error. */
lut_status ranks_sheets(sheet *out, size_t *n, const ranks *r, lut_err *err);

#endif
