/* The options of plug-ins that rows hold as text ("dwn.alpha 0.2 adam.beta1 0.9"), one by
 * one: so that a report has a column for each.  Pure functions. */
#ifndef ANALYSIS_OPTIONS_H
#define ANALYSIS_OPTIONS_H

#include "lib/base/status.h"

/* Names and values in turn, each ended by 0, an empty name behind the last; owned (free).
 * NULL without memory. */
char *report_options_cut(const char *options);

/* The first name and its value; the next ones; false behind the last. */
typedef struct report_option {
    const char *name, *value; /* borrowed from what was cut */
} report_option;
bool report_options_next(report_option *o, const char **at);

/* Value of a name, of several the last, as where options are read; "": not there. */
const char *report_options_get(const char *cut, const char *name);

/* Whether all of the text is a number, and which. */
bool report_options_number(double *v, const char *text);

#endif
