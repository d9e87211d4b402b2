/* Learnable mappings over one batch: what choose.c gives to the back end of its set. */
#ifndef LUT_NET_CHOOSE_H
#define LUT_NET_CHOOSE_H

#include "lib/net/backend.h"

/* The members of lut_backend of the same names. */
void LUT_OF_SET(lut_choose)(const lut_choice *c, size_t begin, size_t end);
void LUT_OF_SET(lut_square)(const lut_choice *c, size_t begin, size_t end, double *sum);
void LUT_OF_SET(lut_learn)(const lut_choice *c, const lut_tiles_update *u, size_t begin,
                           size_t end);
void LUT_OF_SET(lut_mix)(const lut_choice *c, size_t slot, float *y, size_t n);
void LUT_OF_SET(lut_spread)(const lut_choice *c, size_t slot, float *below, size_t ld,
                            const float *d, size_t n);

#endif
