/* R = mean over LUTs, samples and inputs of |y - y with that input flipped|^p (DiffLUT's
 * functional regulariser, on the batch's own inputs and divided by the rank once).  The
 * gradient runs through both terms. */
#include "lib/regul/regul.h"

typedef struct flip_cfg {
    double weight;
    uint32_t p;
} flip_cfg;

static const lut_field fields[] = {
    LUT_REGUL_WEIGHT("0.0001"),
    LUT_OPTION_U32(flip_cfg, p, "", 1, 8, "2", "power of the difference"),
};

static void flip(const void *cfg, float *s, float *g, const float *f, size_t n)
{
    const flip_cfg *c = cfg;

    for (size_t i = 0; i < n; i += LUT_LANES) {
        lut_f v = lut_load(f + i), sign = lut_sign_of(v), size = sign * v;
        lut_f power = sign * sign; /* 0 has slope 0, whatever p is */

        for (uint32_t p = 1; p < c->p; p++)
            power *= size;
        lut_store(s + i, power * size);
        lut_store(g + i, (float)c->p * sign * power);
    }
}

const lut_regul_ops LUT_REGUL(bit_flip_sensitivity) = {
    .name = "bit_flip_sensitivity",
    .doc = "change of outputs where one input is flipped",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(flip_cfg),
    .on = LUT_ON_OUTPUTS,
    .flip = flip,
};
