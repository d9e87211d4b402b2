/* What a core does at most: loops that do one thing each, for bounds to measure against.
 *
 * Compiled once per kernel set, on the widest vectors that the set has, so that a bound is
 * about the machine as that set can use it.  Thread-safe: no state.
 */
#ifndef LUT_KERN_PROBE_H
#define LUT_KERN_PROBE_H

#include "lib/base/base.h"

enum { LUT_PROBE_STEP = 128 }; /* floats: arrays are multiples of it, aligned to 64 bytes */

typedef struct lut_probe {
    const char *name; /* of the set */

    /* Fused multiply-adds, each on one float, in independent chains; returns how many. */
    size_t (*fma)(float *sink, size_t rounds);

    /* All of x[n] read `times` times. */
    void (*read)(float *sink, const float *x, size_t n, size_t times);

    /* All of x[n] read and y[n] written `times` times: 8 n bytes each. */
    void (*copy)(float *y, const float *x, size_t n, size_t times);
} lut_probe;

extern const lut_probe lut_probe_scalar, lut_probe_avx2, lut_probe_avx512;

/* Of a set by name, NULL: not in this build.  Whether the machine runs it says
 * lut_backend_find. */
const lut_probe *lut_probe_find(const char *set);

#endif
