/* Columns that no file has: numbers of a row that follow from others of it. */
#ifndef ANALYSIS_DERIVED_H
#define ANALYSIS_DERIVED_H

#include <stddef.h>

typedef struct report_derived {
    const char *name, *unit;
    const char *doc;         /* with the formula */
    const char *of[2];       /* the columns that it follows from */
    double (*fn)(double a, double b); /* NaN where one of them is */
} report_derived;

extern const report_derived report_derived_columns[]; /* ended by name NULL */

#endif
