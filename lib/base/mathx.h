/* The few functions of libm that decide results, written so that they give the same bits
 * with every C library.  Double precision, relative error below 1e-14 (tested). */
#ifndef LUT_BASE_MATHX_H
#define LUT_BASE_MATHX_H

double lut_ln(double x);             /* natural logarithm; x > 0, normal; NaN and infinity
                                         come back as they are */
double lut_expd(double x);             /* -700 <= x <= 700; clamped beyond */
double lut_normal_quantile(double p); /* inverse of the normal distribution; 0 < p < 1.
                                         Wichura 1988, algorithm AS 241 (PPND16) */

#endif
