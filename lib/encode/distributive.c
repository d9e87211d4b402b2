/* Thresholds at quantiles: every step is taken by the same number of values (math.md 9.1;
 * Bacellar et al. 2024, DWN). */
#include "lib/encode/encode.h"

static void fit(const void *cfg, float *threshold, size_t count, const float *sorted,
                size_t n)
{
    (void)cfg;
    for (size_t t = 0; t < count; t++)
        threshold[t] = sorted[n * (t + 1) / (count + 1)];
}

const lut_encode_ops lut_encode_distributive = {
    .name = "distributive",
    .doc = "thresholds at quantiles, without interpolation",
    .fit = fit,
};
