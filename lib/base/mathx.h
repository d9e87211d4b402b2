/* The few functions of libm that decide results, written so that they give the same bits
 * with every C library.  Double precision, relative error below 1e-14 (tested)
 * where nothing else is said. */
#ifndef LUT_BASE_MATHX_H
#define LUT_BASE_MATHX_H

/* Natural logarithm of a normal x > 0; NaN and infinity come back as they are. */
double lut_ln(double x);

/* cos(pi x), any finite x; absolute error below 1e-15 (tested).  Exact at multiples of 1/2. */
double lut_cos_pi(double x);

/* e^x, for |x| <= 700; 0 below and infinity above; NaN comes back. */
double lut_exp(double x);

/* Inverse of the normal distribution, 0 < p < 1.  Wichura 1988, algorithm AS 241 (PPND16). */
double lut_normal_quantile(double p);

#endif
