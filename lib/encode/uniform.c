/* Thresholds at equal distances between the smallest and the largest value (math.md 9.1;
 * the thermometer of torch-dwn, DiffLUT and torchlogix). */
#include "lib/encode/encode.h"

static void fit(const void *cfg, float *threshold, size_t count, const float *sorted,
                size_t n)
{
    double lo = sorted[0], step = ((double)sorted[n - 1] - lo) / (double)(count + 1);

    (void)cfg;
    for (size_t t = 0; t < count; t++)
        threshold[t] = (float)(lo + (double)(t + 1) * step);
}

const lut_encode_ops lut_encode_uniform = {
    .name = "uniform",
    .doc = "thresholds at equal distances from the smallest to the largest value",
    .fit = fit,
};
