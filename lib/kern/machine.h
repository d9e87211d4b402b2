/* Which kernel sets this machine runs, of those that are in the build. */
#ifndef LUT_KERN_MACHINE_H
#define LUT_KERN_MACHINE_H

#include "lib/base/base.h"

bool lut_has_avx2(void);
bool lut_has_avx512(void);

#endif
