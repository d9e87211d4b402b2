/* Functional analysis of variance of a complete grid: how much of what varies is due to each
 * knob, to each pair of them, to more of them together, and to the seeds.
 *
 * With m(c) the mean over seeds of cell c and f the mean of all: the main effect of knob j is
 * the variance over its levels of the means m_j, the effect of a pair the variance of the means
 * m_jk less the two main effects, and so on; the sum over all sets of knobs is the variance V
 * of m (Hoeffding 1948; Hooker 2004).  All are exact; shares are of V.
 *
 * The noise: with s2 the variance within cells, pooled, and n seeds, a mean has the variance
 * s2 / n, and of C cells V contains (C - 1) / C s2 / n on average without any effect; an effect
 * with d degrees of freedom contains d / C s2 / n.  An effect is seen where its ratio to that
 * is above the quantile of F with d and C (n - 1), the ordinary test of a balanced design.
 * Numbers are taken as normal with one deviation in all cells.
 *
 * Intervals are of the shares that there would be without noise: Student's t over the
 * pseudo-values of a jackknife, one seed left out in all cells.  On made-up 4 x 3 x 4 x 3 grids
 * with 2 to 10 seeds 92 to 97 % of them hold the truth where 95 % should, for a noise of up to
 * 15 % of V; 77 to 92 % for 20 to 40 %.  Percentiles of seeds drawn with replacement, which add
 * the noise a second time, hold it in 0 to 93 %.  Pure functions but for memory. */
#ifndef ANALYSIS_ANOVA_H
#define ANALYSIS_ANOVA_H

#include "lib/base/status.h"

enum { ANOVA_KNOBS = 16 };

typedef struct anova_design {
    size_t knobs, cells, seeds;
    size_t levels[ANOVA_KNOBS]; /* [knobs], each >= 2; cells is their product */
    const double *value;        /* [cells][seeds], the last knob runs fastest; no NaN */
} anova_design;

typedef struct anova_effect {
    size_t a, b;   /* the knob, twice; or the two, a < b */
    double share;  /* of V */
    double lo, hi; /* without noise; NaN with one seed */
    double floor;  /* up to here it is not seen; NaN with one seed */
    double p;      /* of no effect; NaN with one seed */
} anova_effect;

typedef struct anova {
    double mean, variance; /* of the cells' means; V */
    double sd;             /* over seeds within a cell; NaN with one seed */
    double noise;          /* share of V that the seeds alone would make, on average */
    anova_effect *effect;  /* [n]: the knobs, then the pairs; owned */
    size_t n;
    anova_effect higher;   /* all sets of three and more: a = b = SIZE_MAX */
} anova;

/* V = 0: shares are NaN.  LUT_ENOMEM. */
lut_status anova_make(anova *r, const anova_design *d, double alpha, lut_err *err);
void anova_fini(anova *r); /* accepts a zeroed struct */

/* Whether it is above its floor; with one seed that cannot be said: true. */
bool anova_seen(const anova_effect *e);

/* What F with df and rest degrees of freedom is above with the chance alpha. */
double anova_quantile(double alpha, double df, double rest);

size_t anova_level(const anova_design *d, size_t cell, size_t knob);

/* Means over the cells at each level of a (a = b), or [levels of a][levels of b]; of one seed,
 * or of all: SIZE_MAX. */
void anova_means(double *mean, const anova_design *d, size_t a, size_t b, size_t seed);

#endif
