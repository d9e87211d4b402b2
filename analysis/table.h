/* A report as text, Markdown or CSV.  Pure: everything goes to the stream given. */
#ifndef ANALYSIS_TABLE_H
#define ANALYSIS_TABLE_H

#include "analysis/report.h"

#include <stdio.h>

typedef struct report_format {
    const char *name, *suffix; /* "csv", ".csv" */
    /* origin: lines on where the table comes from, or NULL; printed as comments. */
    void (*write)(FILE *out, const report *r, const char *origin);
    bool bare; /* without origin the table alone, without notes */
} report_format;

/* What must be known of a data set before its numbers are compared with others, a line
 * each; a CSV stream without origin has no place for it. */
void report_notes(FILE *out, const report *r, const char *mark);

/* The same of sweeps that are not finished: how far they are. */
void report_progress(FILE *out, const report *r, const char *mark);

extern const report_format
    report_formats[]; /* ended by name NULL; the first is the default */

/* By name, or by the suffix of a file name; LUT_EINVAL lists what there is. */
lut_status report_format_named(const report_format **f, const char *name, lut_err *err);
lut_status report_format_of(const report_format **f, const char *path, lut_err *err);

#endif
