/* b bins of equal width, one bit each (math.md 9.4; DiffLUT): the number of inner edges
 * below x, so a value on an inner edge belongs to the lower bin. */
#include "lib/encode/code.h"
#include "lib/encode/encode.h"

#include <string.h>

static size_t edges(size_t bits)
{
    return bits - 1;
}

static void codes(uint8_t *out, size_t bits)
{
    memset(out, 0, bits * bits);
    for (size_t b = 0; b < bits; b++)
        out[b * bits + b] = 1;
}

static double rank(const void *arg, double x)
{
    const lut_code_range *r = arg;
    double n = 0;

    for (unsigned i = 1; i < r->top; i++)
        n += x > r->lo + (r->hi - r->lo) * i / r->top;
    return n;
}

static void fit(const void *cfg, float *threshold, size_t count, const float *sorted,
                size_t n)
{
    const lut_code_range r = { (double)sorted[0], (double)sorted[n - 1],
                               (unsigned)count + 1 };

    (void)cfg;
    lut_code_place(threshold, count, rank, &r);
}

const lut_encode_ops lut_encode_one_hot = {
    .name = "one_hot",
    .doc = "bins of equal width, a bit each",
    .min_bits = 2,
    .thresholds = edges,
    .codes = codes,
    .fit = fit,
};
