/* Thresholds at quantiles of the normal distribution with the values' mean and deviation
 * (math.md 9.1). */
#include "lib/encode/encode.h"
#include "lib/base/mathx.h"

#include <float.h>
#include <math.h>

/* Mean and deviation (n - 1), from differences to a value of the set: a constant feature
 * has exactly its own value as mean and 0 as deviation. */
static void moments(double *mean, double *deviation, const float *v, size_t n)
{
    double origin = v[n / 2], sum = 0, squares = 0;

    for (size_t i = 0; i < n; i++)
        sum += v[i] - origin;
    *mean = origin + sum / (double)n;
    for (size_t i = 0; i < n; i++)
        squares += (v[i] - *mean) * (v[i] - *mean);
    *deviation = n > 1 ? sqrt(squares / (double)(n - 1)) : 0;
}

static void fit(const void *cfg, float *threshold, size_t count, const float *sorted,
                size_t n)
{
    double mean, deviation;

    (void)cfg;
    moments(&mean, &deviation, sorted, n);
    for (size_t t = 0; t < count; t++) {
        double p = (double)(t + 1) / (double)(count + 1);
        double v = mean + deviation * lut_normal_quantile(p);

        threshold[t] = (float)fmax(fmin(v, FLT_MAX), -FLT_MAX); /* always finite */
    }
}

const lut_encode_ops lut_encode_gaussian = {
    .name = "gaussian",
    .doc = "thresholds at quantiles of a normal distribution with the values' moments",
    .fit = fit,
};
