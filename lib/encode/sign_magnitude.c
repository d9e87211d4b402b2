/* The sign, then the magnitude as a binary number (math.md 9.4; DiffLUT): [x < 0], then the
 * b - 1 bits of floor(|x| / max|x| (2^(b-1) - 1)), high bit first.  From the most negative
 * code upward the magnitudes first fall, then rise: that order counts the thresholds. */
#include "lib/encode/code.h"
#include "lib/encode/encode.h"

#include <math.h>

/* Largest magnitude of `count` thresholds. */
static unsigned most(size_t count)
{
    return (unsigned)(count / 2);
}

static void codes(uint8_t *out, size_t bits)
{
    const size_t count = lut_code_thresholds(bits);
    const unsigned top = most(count);

    for (unsigned n = 0; n <= count; n++, out += bits) {
        out[0] = n <= top;
        lut_code_digits(out + 1, n <= top ? top - n : n - top - 1, bits - 1);
    }
}

/* A feature of nothing but zeros: anything else is as large as can be. */
static double rank(const void *arg, double x)
{
    const lut_code_range *r = arg;
    double m = x == 0 ? 0 : floor(fmin(1, fabs(x) / r->hi) * r->top);

    return x < 0 ? r->top - m : r->top + 1 + m;
}

static void fit(const void *cfg, float *threshold, size_t count, const float *sorted,
                size_t n)
{
    const lut_code_range r = { .hi = fmax(fabs((double)sorted[0]),
                                          fabs((double)sorted[n - 1])),
                               .top = most(count) };

    (void)cfg;
    lut_code_place(threshold, count, rank, &r);
}

const lut_encode_ops lut_encode_sign_magnitude = {
    .name = "sign_magnitude",
    .doc = "a sign bit, then the magnitude as a binary number, high bit first",
    .min_bits = 2,
    .max_bits = LUT_MAX_CODE_BITS,
    .thresholds = lut_code_thresholds,
    .codes = codes,
    .fit = fit,
};
