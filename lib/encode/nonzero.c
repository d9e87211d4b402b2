/* One bit, x > 0: what difflogic's compiled networks and torchlogix feed in for MNIST
 * (math.md 9.1).  For the other rule of the same papers, round(x / 255), see levels. */
#include "lib/encode/encode.h"

static lut_status place(const void *cfg, lut_encoder *enc, const lut_encode_data *in,
                        lut_err *err)
{
    (void)cfg, (void)in, (void)err;
    for (size_t f = 0; f < enc->features; f++)
        enc->threshold[f] = 0;
    return LUT_OK;
}

const lut_encode_ops lut_encode_nonzero = {
    .name = "nonzero",
    .doc = "one bit, x > 0",
    .max_bits = 1,
    .place = place,
};
