/* Rows that a condition chooses, and the columns that it speaks of. */
#ifndef ANALYSIS_SELECT_H
#define ANALYSIS_SELECT_H

#include "analysis/data.h"

typedef struct report_rows {
    size_t *row; /* [n], ascending; owned */
    size_t n;
    bool *named; /* [columns of the data] whether the condition names it; owned */
} report_rows;

/* where NULL: all rows.  LUT_ENOENT, LUT_EINVAL: the message names the option. */
lut_status report_select(report_rows *r, const report_data *d, const char *option,
                         const char *where, lut_err *err);
void report_rows_fini(report_rows *r); /* accepts a zeroed struct */

#endif
