#include "lib/encode/learnt.h"
#include "lib/base/mathx.h"

#include <math.h>

/* ln(1 + e), 0 <= e <= 1, without losing a small e: 2 atanh(e / (2 + e)). */
static double ln_above_one(double e)
{
    double s = e / (2 + e), z = s * s, sum = 0;

    if (e > 0.25)
        return lut_ln(1 + e);
    for (int i = 21; i >= 1; i -= 2)
        sum = sum * z + 1.0 / i;
    return 2 * s * sum;
}

static double softplus(double z)
{
    return (z > 0 ? z : 0) + ln_above_one(lut_exp(-fabs(z)));
}

/* ln(e^y - 1), y > 0: y + ln(1 - e^-y). */
static double softplus_inverse(double y)
{
    return y + lut_ln(1 - lut_exp(-y));
}

static double sigmoid(double z)
{
    return 1 / (1 + lut_exp(-z));
}

void lut_learnt_invert(const lut_learnt *l, float *d, const float *threshold)
{
    for (size_t i = 0; i < l->sets * l->count; i++) {
        size_t set = i / l->count;
        double at = threshold[i], step;

        if (i % l->count == 0) {
            d[i] = (float)((at - l->origin[set]) / l->scale[set]);
            continue;
        }
        step = (at - (double)threshold[i - 1]) / l->scale[set] / l->softness;
        d[i] = (float)(l->softness * softplus_inverse(fmax(step, 1e-3)));
    }
}

void lut_learnt_thresholds(const lut_learnt *l, float *threshold, const float *d)
{
    double theta = 0;

    for (size_t i = 0; i < l->sets * l->count; i++) {
        size_t set = i / l->count;

        if (i % l->count == 0)
            theta = d[i];
        else
            theta += l->softness * softplus((double)d[i] / l->softness);
        threshold[i] = (float)(l->origin[set] + l->scale[set] * theta) + 0.0f;
    }
}

float lut_learnt_slope(const lut_learnt *l, size_t set)
{
    return (float)(1 / (l->temperature * l->scale[set]));
}

/* As torch.nn.utils.clip_grad_norm_ does it. */
static double shortening(const lut_learnt *l, const float *dd)
{
    double squares = 0, factor;

    for (size_t i = 0; i < l->sets * l->count; i++)
        squares += (double)dd[i] * (double)dd[i];
    factor = l->clip / (sqrt(squares) + 1e-6);
    return l->clip > 0 && factor < 1 ? factor : 1;
}

void lut_learnt_backward(const lut_learnt *l, float *dd, const float *sum,
                         const float *d)
{
    double above = 0, factor; /* above: gradients of theta from t on, summed */

    for (size_t i = l->sets * l->count; i-- > 0;) {
        bool first = i % l->count == 0;

        above -= (double)sum[i] / l->temperature;
        dd[i] = (float)(first ? above : above * sigmoid((double)d[i] / l->softness));
        if (first)
            above = 0;
    }
    factor = shortening(l, dd);
    for (size_t i = 0; factor < 1 && i < l->sets * l->count; i++)
        dd[i] = (float)(factor * (double)dd[i]);
}
