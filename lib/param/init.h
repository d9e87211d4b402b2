/* Initial weights shared by parametrizations: math.md 0.6. */
#ifndef LUT_PARAM_INIT_H
#define LUT_PARAM_INIT_H

#include "lib/param/param.h"

/* Logit that the soft reading maps to `probability`: temperature ln(p / (1 - p)). */
double lut_init_logit(const lut_init *how);

/* n normal numbers of the given deviation. */
void lut_init_normal(float *w, size_t n, double deviation, lut_rng *rng);

/* 2^k values: -c where input 0 is 0, +c where it is 1, plus normal noise. */
void lut_init_identity(float *w, unsigned k, double c, double noise, lut_rng *rng);

/* 2^k logits of entries: residual ones, or normal numbers of the given deviation. */
void lut_init_logits(float *w, unsigned k, double deviation, lut_rng *rng,
                     const lut_init *how);

/* For lut_param_ops.init: the same of deviation 1. */
void lut_init_unit_logits(const void *cfg, unsigned k, float *w, lut_rng *rng,
                          const lut_init *how);

#endif
