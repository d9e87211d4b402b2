/* Results as a netCDF-4 file for xarray: every column along `trial`, histories along `trial`
 * and `epoch`, accuracies of classes along `trial` and `class`. */
#ifndef ANALYSIS_LABELLED_H
#define ANALYSIS_LABELLED_H

#include "analysis/data.h"

/* Rows that the condition chooses (NULL: all), in their order, each trial once.  origin: lines on where the
 * file comes from.  The file is there whole or not at all.  LUT_EINVAL: no rows. */
lut_status report_labelled(const char *path, const report_data *d, const char *where,
                           const char *origin, lut_err *err);

#endif
