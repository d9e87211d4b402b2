/* Durations and sizes as people write them. */
#ifndef SWEEP_UNITS_H
#define SWEEP_UNITS_H

#include "lib/base/status.h"

/* "90", "90s", "30m", "2h", "1d" to seconds. */
lut_status sweep_duration_read(double *seconds, const char *text, lut_err *err);

/* "1048576", "64K", "512M", "4G", "1T" to bytes; K is 1024. */
lut_status sweep_size_read(double *bytes, const char *text, lut_err *err);

#endif
