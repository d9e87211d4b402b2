/* Expected seconds of trials, learnt from those that finished.
 *
 * log(seconds) = a + b * log(cost) for each group (a parametrization).  The slope b of a
 * group is held near that of all groups together, which is held near 1; the level of a
 * group is held near that of all.  What holds them weighs as much as a few trials, so a
 * group with many goes its own way (ridge regression: A. Hoerl, R. Kennard, Technometrics
 * 12 (1970)).  Plain data; no locks; one process.
 */
#ifndef SWEEP_COST_H
#define SWEEP_COST_H

#include "lib/base/base.h"

enum { SWEEP_COST_GROUPS = 32 };

/* Sums over (x, y) = (log cost, log seconds). */
typedef struct sweep_cost_sums {
    double n, x, y, xx, xy, yy;
} sweep_cost_sums;

typedef struct sweep_cost {
    sweep_cost_sums group[SWEEP_COST_GROUPS], all;
} sweep_cost; /* starts zeroed */

/* A finished trial: cost > 0 of sweep_trial_cost, seconds > 0; others are ignored.  Groups
 * are numbered modulo SWEEP_COST_GROUPS. */
void sweep_cost_learn(sweep_cost *c, unsigned group, double cost, double seconds);

/* Expected seconds; the cost itself while nothing is known, or where it is not above 0.
 * Within a group a larger cost never gives fewer seconds. */
double sweep_cost_seconds(const sweep_cost *c, unsigned group, double cost);

/* log(seconds) = a + b * log(cost) of a group, as sweep_cost_seconds uses it. */
void sweep_cost_line(const sweep_cost *c, double *a, double *b, unsigned group);

/* Standard deviation of log(seconds / expected) over what was learnt; 0.25, the prior,
 * counts as three trials. */
double sweep_cost_spread(const sweep_cost *c);

#endif
