/* Expected seconds of trials, learnt from those that finished.
 *
 * log(seconds) = a + b * log(cost) for each group (a parametrization), fitted by least
 * squares with a prior that holds b near 1 and a near that of all groups together while a
 * group has few trials.  Plain data; no locks; one process.
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

/* A finished trial: cost > 0 of sweep_trial_cost, seconds > 0; others are ignored. */
void sweep_cost_learn(sweep_cost *c, unsigned group, double cost, double seconds);

/* Expected seconds; the cost itself while nothing is known. */
double sweep_cost_seconds(const sweep_cost *c, unsigned group, double cost);

/* Standard deviation of log(seconds / expected) over what was learnt; 0.25 while fewer than
 * three trials are known. */
double sweep_cost_spread(const sweep_cost *c);

#endif
