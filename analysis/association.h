/* How much a number goes with another, or with names, where there is no grid to take apart:
 * by ranks, so that the scale of neither matters.  It sees one knob at a time, and no two
 * together.  Distributions are GSL's. */
#ifndef ANALYSIS_ASSOCIATION_H
#define ANALYSIS_ASSOCIATION_H

#include "lib/base/status.h"

enum { ASSOCIATION_LEAST = 6 }; /* points below which nothing is said */

typedef struct association {
    size_t n;
    double value;  /* -1 to 1; of groups 0 to 1 */
    double lo, hi; /* of value; NaN for groups */
    double p;      /* of none, two-sided */
} association;

/* Spearman's correlation of ranks, ties sharing theirs; the interval by Fisher's z with the
 * variance (1 + r^2 / 2) / (n - 3) of Bonett and Wright (2000, Psychometrika 65, 23-28), p by t
 * with n - 2 degrees of freedom.  One of them constant, or n < ASSOCIATION_LEAST: NaN. */
lut_status association_ranks(association *a, const double *x, const double *y, size_t n,
                             double alpha, lut_err *err);

/* Share of the variance of y's ranks that lies between groups, H / (n - 1) with H of Kruskal and
 * Wallis (1952), corrected for ties; p by chi-square with groups - 1 degrees of freedom.
 * group[n]: 0 .. groups - 1, none empty. */
lut_status association_groups(association *a, const uint32_t *group, size_t groups,
                              const double *y, size_t n, lut_err *err);

/* rank[n] of y, the smallest is 1, ties share the mean of theirs.  No NaN. */
lut_status association_rank(double *rank, const double *y, size_t n, lut_err *err);

#endif
