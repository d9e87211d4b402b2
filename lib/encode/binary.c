/* The range of a feature in equal steps, as a binary number (math.md 9.4; DiffLUT):
 * code = floor(u (2^b - 1)), u = (x - min) / (max - min) clamped to 0 .. 1, most significant
 * bit first; 0 for a constant feature.  DiffLUT adds 1e-8 to max - min, which takes the top
 * code from the maximum of narrow features; we don't. */
#include "lib/encode/code.h"
#include "lib/encode/encode.h"

void lut_code_binary_codes(uint8_t *codes, size_t bits)
{
    for (unsigned v = 0; v <= lut_code_thresholds(bits); v++)
        lut_code_digits(codes + v * bits, v, bits);
}

static double rank(const void *range, double x)
{
    return lut_code_rank(range, x);
}

void lut_code_binary_fit(const void *cfg, float *threshold, size_t count,
                         const float *sorted, size_t n)
{
    const lut_code_range range = { (double)sorted[0], (double)sorted[n - 1],
                                   (unsigned)count };

    (void)cfg;
    lut_code_place(threshold, count, rank, &range);
}

const lut_encode_ops lut_encode_binary = {
    .name = "binary",
    .doc = "the range in 2^b - 1 equal steps, as a binary number, high bit first",
    .max_bits = LUT_MAX_CODE_BITS,
    .thresholds = lut_code_thresholds,
    .codes = lut_code_binary_codes,
    .fit = lut_code_binary_fit,
};
