/* As binary, of log2(x + s + 1e-8) with s = 1 - min where the smallest value is negative,
 * else 0 (math.md 9.4; DiffLUT).  What lies so far below the fitted values that it has no
 * logarithm gets code 0. */
#include "lib/base/mathx.h"
#include "lib/encode/code.h"
#include "lib/encode/encode.h"

#include <float.h>

typedef struct scale {
    double shift;
    lut_code_range range; /* of the logarithms */
} scale;

static double log2_of(double shift, double x)
{
    const double ln2 = 0x1.62e42fefa39efp-1;
    double v = x + shift + 1e-8;

    return v >= DBL_MIN ? lut_ln(v) / ln2 : -DBL_MAX;
}

static double rank(const void *arg, double x)
{
    const scale *s = arg;

    return lut_code_rank(&s->range, log2_of(s->shift, x));
}

static void fit(const void *cfg, float *threshold, size_t count, const float *sorted,
                size_t n)
{
    double lo = sorted[0], hi = sorted[n - 1];
    scale s = { .shift = lo < 0 ? 1 - lo : 0 };

    (void)cfg;
    s.range =
        (lut_code_range){ log2_of(s.shift, lo), log2_of(s.shift, hi), (unsigned)count };
    lut_code_place(threshold, count, rank, &s);
}

const lut_encode_ops lut_encode_logarithmic = {
    .name = "logarithmic",
    .doc = "the range of the logarithm in 2^b - 1 equal steps, as a binary number",
    .max_bits = LUT_MAX_CODE_BITS,
    .thresholds = lut_code_thresholds,
    .codes = lut_code_binary_codes,
    .fit = fit,
};
