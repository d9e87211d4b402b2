/* The non-dominated rows of a report by the means of some metrics, and how sure that is.
 *
 * A row dominates another of the same data set when it is no worse in any mean and better in
 * one.  Rows without a value are in no front. */
#ifndef ANALYSIS_FRONT_H
#define ANALYSIS_FRONT_H

#include "analysis/axis.h"

enum { REPORT_DRAWS = 1000 };

typedef struct report_front {
    bool *on;      /* [ngroups] on the front */
    double *share; /* [ngroups] of REPORT_DRAWS draws of trials with replacement, within each
                      row, in which it is on the front; the same for the same report */
    size_t n;      /* rows on the front */
    size_t missing; /* rows without a value */
} report_front;

/* axis[i].metric: a metric of the report. */
lut_status report_front_make(report_front *f, const report *r, const report_axis *axis,
                             size_t naxes, lut_err *err);
void report_front_fini(report_front *f); /* accepts a zeroed struct */

#endif
