/* What a few seeds say about a mean: Student's t, for one sample and for pairs.
 *
 * With 5 normal numbers the interval of t covers 95 % where 95 % is claimed, mean +- 1.96
 * standard errors 89 % and a percentile bootstrap 84 %.  Distributions are GSL's.  NaN is
 * skipped; n says how many numbers there were.  Pure functions. */
#ifndef ANALYSIS_STUDENT_H
#define ANALYSIS_STUDENT_H

#include "lib/base/base.h"

typedef struct student_interval {
    size_t n;
    double mean, sd; /* sd with n - 1; NaN for n < 2, the mean for n = 0 */
    double lo, hi;   /* of the mean; NaN for n < 2 */
} student_interval;

/* Half the width of the interval of a mean: t(1 - alpha / 2, n - 1) sd / sqrt(n) (Student 1908);
 * 0 < alpha < 1.  NaN for n < 2. */
double student_half(double sd, size_t n, double alpha);

/* mean -+ student_half. */
student_interval student_mean(const double *v, size_t n, double alpha);

/* The same from n numbers of that mean and deviation. */
student_interval student_of(double mean, double sd, size_t n, double alpha);

/* Two-sided p of mean = 0: t = mean sqrt(n) / sd with n - 1 degrees of freedom.  NaN for
 * n < 2; equal numbers: 1 where they are 0, else 0. */
double student_p(const student_interval *s);

typedef struct student_pairs {
    student_interval difference; /* of a[i] - b[i], pairs with a NaN left out */
    double p;                    /* two-sided, of no difference */
    size_t needed;               /* pairs, see student_needed; 0: cannot be said */
    bool alike;                  /* all differences are the same, but for rounding, and there
                                    are fewer than signs_needed: no interval, and no p unless
                                    they are 0 */
} student_pairs;

student_pairs student_paired(const double *a, const double *b, size_t n, double alpha);

/* The smallest n >= 2 whose interval would leave out 0 if mean and deviation stayed what they
 * are; 0: the mean is 0, or there are none.  A plan, no promise: at that n the chance to see
 * a true difference of this size is about one half. */
size_t student_needed(double mean, double sd, double alpha);

#endif
