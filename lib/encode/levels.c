/* Equal parts of a scale that is known beforehand, the same for all features (math.md 9.1):
 * bit t is x / scale > (t + 1) / (T + 1).  difflogic on CIFAR-10: 3 bits (quarters) or 31
 * (thirty-seconds) of pixels / 255; difflogic's evaluation on MNIST, round(x / 255): 1 bit
 * (halves go to even, so to 0). */
#include "lib/encode/encode.h"

typedef struct levels_cfg {
    double scale;
} levels_cfg;

static const lut_field levels_fields[] = {
    LUT_OPTION_F64(levels_cfg, scale, "", 1e-9, 1e9, "255",
                   "largest value of the inputs"),
};

static lut_status place(const void *cfg_, lut_encoder *enc, const lut_encode_data *in,
                        lut_err *err)
{
    const levels_cfg *cfg = cfg_;
    size_t count = enc->thresholds;

    (void)in, (void)err;
    for (size_t i = 0; i < enc->features * count; i++)
        enc->threshold[i] =
            (float)(cfg->scale * (double)(i % count + 1) / (double)(count + 1));
    return LUT_OK;
}

const lut_encode_ops lut_encode_levels = {
    .name = "levels",
    .doc = "equal parts of a known scale, the same for all features",
    .fields = levels_fields,
    .nfields = LUT_COUNT(levels_fields),
    .cfg_size = sizeof(levels_cfg),
    .place = place,
};
