/* A report as text, Markdown or CSV.  Pure: everything goes to the stream given. */
#ifndef ANALYSIS_TABLE_H
#define ANALYSIS_TABLE_H

#include "analysis/report.h"

#include <stdio.h>

typedef struct report_format {
    const char *name, *suffix; /* "csv", ".csv" */
    /* origin: lines on where the table comes from, or NULL; printed as comments. */
    void (*write)(FILE *out, const report *r, const char *origin);
} report_format;

extern const report_format
    report_formats[]; /* ended by name NULL; the first is the default */

/* By name, or by the suffix of a file name; LUT_EINVAL lists what there is. */
lut_status report_format_named(const report_format **f, const char *name, lut_err *err);
lut_status report_format_of(const report_format **f, const char *path, lut_err *err);

#endif
