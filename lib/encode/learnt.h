/* Thermometers whose thresholds are trained (math.md 8.7; torchlogix, LearnableThermometer).
 *
 * Thresholds of one set, in units of the values' range and from its lower end, grow from
 * parameters d[T]:
 *     theta_1 = d_1,   theta_t = theta_(t-1) + kappa softplus(d_t / kappa)
 * so they ascend whatever d is; threshold_t = origin + scale theta_t, rounded once to the
 * float that both training and evaluation compare with.  (torchlogix leaves out the softplus
 * in evaluation, so its thresholds differ there, right after the start already.)  A set is a
 * feature, or all of them with global scope.
 *
 * Bits are hard, 1[x > threshold]; their gradient is that of sigmoid((u - theta) / tau), u
 * being x in those units (straight-through).  With g the gradient of a bit, the gradient of
 * theta_t is -(1/tau) sum over samples of g s (1 - s); of d_1 the sum of those of all t, of
 * d_t the sum from t on times sigmoid(d_t / kappa).  The whole gradient is shortened to the
 * norm `clip` (torchlogix: 0.001).
 *
 * How training calls it.  A step gathers the raw values of its rows, feature by feature,
 * makes input row f T + t by lut_kernels.binarize(values of f, lut_fixed_edge(threshold)),
 * and has the first layer give input gradients.  Each row's gradient goes through
 * lut_kernels.threshold_backward(slope = lut_learnt_slope) into a partial sum for each part
 * of the batch; the parts are added as ((0 + 1) + (2 + 3)), the rows of a shared set in
 * order, lut_learnt_backward turns them into the gradient of d, the optimizer's tile updates
 * d (without decay), and lut_learnt_thresholds ends the step.  d lies among the network's
 * weights, so that the best epoch keeps its thresholds; validation, the circuit's evaluation
 * and the result file use lut_learnt_thresholds of it.
 *
 * Double precision and functions of our own: the same on every machine.  Pure functions.
 */
#ifndef LUT_ENCODE_LEARNT_H
#define LUT_ENCODE_LEARNT_H

#include "lib/base/base.h"

typedef struct lut_learnt {
    size_t sets, count;   /* count: T, thresholds of a set */
    double softness;      /* kappa, 1e-6 .. 1: of the softplus, in units of the range; more
                             would push starting thresholds apart: lut_learnt_invert */
    double temperature;   /* tau > 0: of the bits' gradient, in the same units */
    double clip;          /* longest gradient of d; 0: any */
    const double *origin; /* [sets] */
    const double *scale;  /* [sets], > 0 */
} lut_learnt;

/* d that gives these thresholds.  Distances below kappa / 1000 of the range become that, with
 * the largest kappa a thousandth of the range: equal thresholds, which have no d, come apart
 * by what integers do not notice. */
void lut_learnt_invert(
    const lut_learnt *l,
    float *d,              /* [sets][count] */
    const float *threshold /* [sets][count], ascending */
);

void lut_learnt_thresholds(
    const lut_learnt *l,
    float *threshold,      /* [sets][count], ascending */
    const float *d         /* [sets][count] */
);

/* For lut_kernels.threshold_backward: what x - threshold is multiplied by. */
float lut_learnt_slope(const lut_learnt *l, size_t set);

/* Gradient of d.  sum: of g s (1 - s) over the samples, as threshold_backward adds it. */
void lut_learnt_backward(
    const lut_learnt *l,
    float *dd,             /* [sets][count] */
    const float *sum,      /* [sets][count] */
    const float *d         /* [sets][count] */
);

#endif
