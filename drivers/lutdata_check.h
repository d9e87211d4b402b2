/* What lutdata check found, and how it is printed. */
#ifndef DRIVERS_LUTDATA_CHECK_H
#define DRIVERS_LUTDATA_CHECK_H

#include "drivers/lutdata.h"
#include "lib/data/inspect.h"
#include "sweep/trial.h"

enum { LUTDATA_WARNINGS = 16, LUTDATA_WARNING = 400 };

typedef struct lutdata_findings {
    const char *name;
    const lut_known *known; /* NULL: a bare reader */
    const char *options;    /* as given; those not given have their defaults */
    char digest[SWEEP_DIGEST];
    const lut_data *data;   /* borrowed, as all else */
    lut_data_inspection seen;
    char warning[LUTDATA_WARNINGS][LUTDATA_WARNING];
    size_t nwarnings;
} lutdata_findings;

/* What should be known before a number is reported: fills warning. */
void lutdata_warn(lutdata_findings *f);

/* verbose: every column, in text; the other formats have them anyway. */
void lutdata_print(const lutdata_findings *f, lutdata_output output, bool verbose);

#endif
