/* Fixed-point inputs: what a device with integer inputs sees of a real value.
 *
 * One rule for software and hardware: x_int = floor(x 2^frac), saturated to the width;
 * threshold_int = floor(threshold 2^frac), not saturated; bit = x_int > threshold_int.
 * Both are exact integers, so an accuracy measured here is the device's.  Pure functions.
 */
#ifndef LUT_ENCODE_FIXED_H
#define LUT_ENCODE_FIXED_H

#include "lib/base/base.h"

enum { LUT_MAX_INPUT_WIDTH = 32, LUT_MAX_INPUT_FRAC = 32 };

typedef struct lut_fixed {
    uint32_t width; /* bits, sign included; 0: inputs stay real */
    int32_t frac;   /* of them behind the point; negative: the unit is 2^-frac */
    bool is_signed; /* two's complement, -2^(width-1) .. 2^(width-1) - 1; else 0 .. 2^width - 1 */
} lut_fixed;

/* x_int of a finite x; width > 0. */
int64_t lut_fixed_value(const lut_fixed *q, float x);

/* The float e for which x > e says, of every finite x, whether x_int > threshold_int: so
 * quantised comparisons cost what real ones do.  +-INFINITY where the answer is always the
 * same.  The threshold itself when width is 0. */
float lut_fixed_edge(const lut_fixed *q, float threshold);

/* threshold_int; +1 or -1, and nothing in *t, where x_int > threshold_int never or always
 * holds.  For width > 0 and a threshold that is a number. */
int lut_fixed_threshold(const lut_fixed *q, float threshold, int64_t *t);

/* Fixed-point inputs of `width` bits, 1 .. LUT_MAX_INPUT_WIDTH, for thresholds that were found
 * on real ones: signed where a threshold is negative, and as many bits behind the point as
 * leave each of the n thresholds within the rails, so that no comparison becomes a constant:
 * the largest frac with lowest <= floor(T 2^frac) < highest for all T.  Saturated inputs are
 * then beyond all thresholds.  Thresholds of +-FLT_MAX are none.  frac stays within
 * +-LUT_MAX_INPUT_FRAC, is the least where none will do (one bit that is a sign), and 0 where
 * there are no thresholds but 0. */
lut_fixed lut_fixed_fit(uint32_t width, const float *threshold, size_t n);

#endif
