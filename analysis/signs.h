/* Exact tests of paired differences: which of all 2^n ways to give them signs are as extreme as
 * the one that was seen?  They assume nothing of the numbers' distribution, and with few pairs
 * cannot reach a small p: 2 / 2^n at best.  Pure functions but for memory. */
#ifndef ANALYSIS_SIGNS_H
#define ANALYSIS_SIGNS_H

#include "lib/base/status.h"

/* Above it no sum of ranks is counted, and all signs are tried for fewer still. */
enum { SIGNS_PAIRS = 1000, SIGNS_FLIPS = 20 };

/* The smallest two-sided p that n pairs can give, 2^(1 - n); 1 for n = 0. */
double signs_least(size_t n);

/* The fewest pairs with signs_least(n) <= alpha; 0 < alpha <= 1. */
size_t signs_needed(double alpha);

/* Two-sided p of the sum of d under all signs, n <= SIGNS_FLIPS, else NaN.  NaN among d: NaN. */
double signs_flip(const double *d, size_t n);

typedef struct signs_ranks {
    size_t n;            /* differences that are not 0 */
    double plus, minus;  /* sums of the ranks of the positive and the negative ones */
    double p;            /* two-sided; 1 for n = 0 */
} signs_ranks;

/* Wilcoxon's signed ranks (1945): differences of 0 are left out, equal ones share the mean of
 * their ranks; p from the distribution of the sum over all signs of just these ranks, by
 * adding one rank at a time, so it is exact with ties too.  LUT_EINVAL: n > SIGNS_PAIRS. */
lut_status signs_wilcoxon(signs_ranks *r, const double *d, size_t n, lut_err *err);

/* Holm 1979: p[i] for m tests at once, made no smaller and at most 1, in place. */
lut_status signs_holm(double *p, size_t m, lut_err *err);

#endif
