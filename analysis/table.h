/* A report as a sheet: the --by values of each row, then mean, interval, sd and n of each
 * metric.  Pure functions of the report. */
#ifndef ANALYSIS_TABLE_H
#define ANALYSIS_TABLE_H

#include "analysis/report.h"
#include "analysis/sheet.h"

/* A column of numbers or text behind those of the report. */
typedef struct report_extra {
    sheet_column column;
    const double *number;    /* [ngroups]; NULL: text */
    const char *const *text; /* [ngroups] */
} report_extra;

/* name: of the sheet.  Its title says which rows it is of; what must be known before numbers
 * are compared with others, and how far sweeps are that are not finished, are its notes. */
lut_status report_sheet(sheet *s, const report *r, const char *name,
                        const report_extra *extra, size_t nextra, lut_err *err);

/* What ± is of where there are drawn splits; nothing where there are none. */
lut_status report_about_splits(sheet *s, const report *r, lut_err *err);

/* How many rows were left out because another file has the trial; nothing for 0. */
lut_status report_note_twice(sheet *s, size_t twice, lut_err *err);

/* Keys of the trials that the rows stand for, into the sheet. */
lut_status report_sheet_keys(sheet *s, const report *r, lut_err *err);

#endif
