/* Columns that rows are chosen by, and which way is better.  Nothing is chosen by the test
 * split.  Pure functions. */
#ifndef ANALYSIS_AXIS_H
#define ANALYSIS_AXIS_H

#include "analysis/report.h"
#include "analysis/select.h"

enum { REPORT_AXES = 4, REPORT_NAME = 64 };

typedef struct report_axis {
    char name[REPORT_NAME];
    bool up;       /* larger is better */
    size_t metric; /* of the report */
} report_axis;

/* Accuracies and speeds are better when larger, all others when smaller. */
bool report_larger_is_better(const report_column *c);

/* Whether its numbers come from the test split, apart from times. */
bool report_is_test(const report_column *c);

/* LUT_EINVAL: the condition names such a column; rows that are chosen by the test split are no
 * longer measured by it. */
lut_status report_refuse_test(const report_rows *r, const report_data *d, const char *option,
                              lut_err *err);

/* "lut6" by its nature, "-lut6" the other way.  LUT_ENOENT, LUT_EINVAL: the message begins
 * with the option. */
lut_status report_axis_read(report_axis *a, const report_data *d, const char *option,
                            const char *name, size_t length, lut_err *err);

/* The value as small is better. */
double report_axis_cost(const report_axis *a, double value);

/* Metrics of a report that is chosen by these axes: they come first, the test accuracy beside
 * them, then those that were asked for (NULL: none).  Owned (free), NULL without memory. */
char *report_axis_metrics(const report_axis *a, size_t n, const report_data *d,
                          const char *metric);

/* 0, 1, ...: the data set of each group of the report, where these are told apart; they are
 * never compared with each other.  class of ngroups. */
void report_set_classes(size_t *class, const report *r);

#endif
