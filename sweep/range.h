/* A key's values as a range that configurations are drawn from: "0.001..0.1 log",
 * "100..2000 step 100".  Pure functions. */
#ifndef SWEEP_RANGE_H
#define SWEEP_RANGE_H

#include "lib/base/field.h"

typedef struct sweep_range {
    double lo, hi; /* inclusive */
    double step;   /* from lo on; 0: any real number; whole numbers: 1 where not said */
    bool log;      /* uniform in the logarithm; lo > 0 */
} sweep_range;

/* Two points in a row are in no number. */
bool sweep_range_is(const char *text);

/* Text to range.  Both ends must be values of the field, a number; a refusal says what was
 * expected, without the field's name. */
lut_status sweep_range_parse(sweep_range *r, const char *text, const lut_field *f,
                             lut_err *err);

/* Value at u in [0, 1): canonical text, within the range.  Real numbers are rounded to 4
 * significant digits, or as many as tell 500 values of a narrow range apart.  The same on
 * every machine. */
char *sweep_range_at(char text[32], const sweep_range *r, double u);

#endif
