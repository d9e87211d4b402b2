/* Sorting columns of values: fitting thresholds is mostly this. */
#ifndef LUT_ENCODE_SORT_H
#define LUT_ENCODE_SORT_H

#include "lib/base/base.h"

/* Finite values ascending, in time linear in n.  scratch: [n], overwritten. */
void lut_sort_floats(float *v, float *scratch, size_t n);

#endif
