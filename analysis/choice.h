/* Reports that choose: the Pareto front, and the smallest that is good enough.  Both choose
 * by means over the trials of a row and by validation, and print the test figure beside. */
#ifndef ANALYSIS_CHOICE_H
#define ANALYSIS_CHOICE_H

#include "analysis/report.h"
#include "analysis/sheet.h"

/* axes: "lut6,valid_accuracy"; "lut6" alone is the same; at most REPORT_AXES.  The query's
 * sort and best are not used.  Its metrics come behind the axes. */
lut_status report_pareto(sheet *s, const report_data *d, const report_query *q,
                         const char *axes, lut_err *err);

/* Of all settings (rows of equal trial columns apart from the seed) with equal values of the
 * query's `by` columns, the one with the smallest mean of the column ("-column": the largest)
 * among those whose mean reaches at ("valid_accuracy=98"); where none does, the nearest.
 * Data sets are always told apart. */
lut_status report_smallest(sheet *s, const report_data *d, const report_query *q,
                           const char *column, const char *at, lut_err *err);

#endif
