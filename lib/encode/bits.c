/* The bits of whole numbers, the lowest first, for inputs that are integers of few bits
 * already (math.md 9.5; CICADA): bit b of the code is floor(x / 2^b) mod 2.  With fixed-point
 * inputs they are the input wires themselves, and real values are welcome. */
#include "lib/encode/encode.h"

#include <math.h>
#include <string.h>

enum { MAX_BITS = LUT_MAX_INPUT_WIDTH };

static size_t no_thresholds(size_t bits)
{
    (void)bits;
    return 0;
}

static void codes(uint8_t *out, size_t bits)
{
    memset(out, 0, bits);
}

static lut_status check(const void *cfg, size_t bits, const lut_fixed *input,
                        lut_err *err)
{
    (void)cfg;
    if (input->width == 0 || input->width == bits)
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL,
                    "%zu bits a feature, \"bits\" takes all %u of a fixed-point input",
                    bits, (unsigned)input->width);
}

/* Nothing to place; values that would lose something are refused. */
static lut_status place(const void *cfg, lut_encoder *enc, const lut_encode_data *in,
                        lut_err *err)
{
    const double end = ldexp(1, (int)enc->bits);

    (void)cfg;
    for (size_t f = 0; f < enc->features && enc->input.width == 0; f++)
        for (size_t i = 0; i < in->n; i++) {
            double v = in->d->x[f * in->d->samples + (in->rows ? in->rows[i] : i)];

            if (v < 0 || v >= end || v != floor(v))
                return lut_fail(
                    err, LUT_EINVAL,
                    "%.31s has the value %g, \"bits\" with %zu of them takes "
                    "whole numbers 0..%.0f (or fixed-point inputs)",
                    in->d->name[f], v, enc->bits, end - 1);
        }
    return LUT_OK;
}

const lut_encode_ops lut_encode_bits = {
    .name = "bits",
    .doc = "the bits of whole numbers or of fixed-point inputs, low bit first",
    .rule =
        "bit b of a feature is floor(v / 2^b) mod 2, v = floor(x), or the quantised "
        "input where input_width is not 0",
    .max_bits = MAX_BITS,
    .check = check,
    .thresholds = no_thresholds,
    .codes = codes,
    .place = place,
};
