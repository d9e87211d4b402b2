/* A temperature that changes from the first epoch to the last one (math.md 0.5: torchlogix
 * and BitLogic leave this to a hook of the user; DiffLUT's goes by steps t and is of its
 * mixtures, max(tau_0 10^(-t/1000), 1e-4): lib/map/soft.c). */
#ifndef LUT_NET_ANNEAL_H
#define LUT_NET_ANNEAL_H

#include "lib/base/base.h"

typedef enum lut_anneal_kind {
    LUT_CONSTANT,   /* from, always */
    LUT_LINEAR,     /* from + (to - from) e / (epochs - 1) */
    LUT_EXPONENTIAL /* from (to / from)^(e / (epochs - 1)) */
} lut_anneal_kind;

typedef struct lut_anneal {
    lut_anneal_kind kind;
    double from, to; /* > 0 */
} lut_anneal;

/* Value in epoch e = 0 .. epochs - 1; from where there is one epoch only. */
double lut_anneal_at(const lut_anneal *a, uint32_t epoch, uint32_t epochs);

#endif
