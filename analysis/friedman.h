/* Methods over data sets, after Demsar (2006, JMLR 7, 1-30): mean ranks, Friedman's test, and
 * how many data sets would be needed before anything can be said.  Distributions are GSL's.
 * Pure functions. */
#ifndef ANALYSIS_FRIEDMAN_H
#define ANALYSIS_FRIEDMAN_H

#include "lib/base/base.h"

/* Ranks of k figures, the highest first: 1 is the best, equal ones share the mean of theirs.
 * No NaN. */
void friedman_ranks(double *rank, const double *figure, size_t k);

typedef struct friedman_test {
    size_t sets, methods;
    double chi2, p;      /* Friedman 1937, corrected for ties, methods - 1 degrees of freedom */
    double f, f_p;       /* Iman and Davenport 1980: (N - 1) chi2 / (N (k - 1) - chi2) with
                            k - 1 and (k - 1) (N - 1); infinite where all sets agree */
    double least;        /* the smallest p of chi2 that so many sets can give */
} friedman_test;

/* rank[sets][methods], sets and methods >= 2; all ranks equal: chi2 = 0, p = 1. */
friedman_test friedman(const double *rank, size_t sets, size_t methods);

/* Data sets from which `least` of so many methods is at most alpha. */
size_t friedman_needed(size_t methods, double alpha);

/* Data sets from which the exact signed-rank test of some pair of k methods can fall below
 * alpha after Holm's correction: the smallest N with 2 / 2^N <= alpha / (k (k - 1) / 2). */
size_t friedman_sets_needed(size_t methods, double alpha);

/* P(range of k normal numbers <= q), any k >= 2: the studentised range with infinitely many
 * degrees of freedom, k times the integral of phi(z) (Phi(z) - Phi(z - q))^(k - 1). */
double friedman_range(double q, size_t k);

/* Nemenyi 1963: mean ranks of two of k methods that are further apart differ; the quantile of
 * the range, divided by sqrt(2), times sqrt(k (k + 1) / (6 N)). */
double friedman_nemenyi(size_t methods, size_t sets, double alpha);

#endif
