/* Codes of bits: encoders whose published form is an integer code of the value. */
#ifndef LUT_ENCODE_CODE_H
#define LUT_ENCODE_CODE_H

#include "lib/base/base.h"

enum { LUT_MAX_CODE_BITS = 12 }; /* 2^b - 1 thresholds have to fit LUT_MAX_THRESHOLDS */

size_t lut_code_thresholds(size_t bits); /* 2^bits - 1, which is also the top code */

/* Digits of v, most significant first. */
void lut_code_digits(uint8_t *out, unsigned v, size_t bits);

/* Thresholds between the codes of a formula, so that thresholds and codes give the formula
 * bit for bit on every float: threshold c is the largest float x with rank(arg, x) <= c,
 * found by bisection over the floats.  rank: not decreasing in x, 0 at -FLT_MAX.  A rank
 * that no float reaches gets FLT_MAX, which nothing finite passes. */
void lut_code_place(float *threshold, size_t count,
                    double (*rank)(const void *arg, double x), const void *arg);

/* floor(u (2^b - 1)), u = (x - lo) / (hi - lo) clamped to 0 .. 1; 0 where hi is lo.  Divided
 * before it is multiplied, so that hi reaches the top code. */
typedef struct lut_code_range {
    double lo, hi;
    unsigned top; /* 2^b - 1 */
} lut_code_range;

double lut_code_rank(const lut_code_range *r, double x);

/* The binary code and its thresholds, which other codes share: see binary.c. */
void lut_code_binary_codes(uint8_t *codes, size_t bits);
void lut_code_binary_fit(const void *cfg, float *threshold, size_t count,
                         const float *sorted, size_t n);

#endif
