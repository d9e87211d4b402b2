/* R = mean over LUTs of exp(-w_last), the coefficient of the product of all inputs
 * (torchlogix), on our sign: the published one has the other for even ranks. */
#include "lib/regul/regul.h"

static const lut_field fields[] = { LUT_REGUL_WEIGHT("0.0001") };

static void part(const lut_regul_part *p, lut_f *s, lut_f *d, const lut_f *v,
                 lut_f scale)
{
    *s = lut_expf(-v[p->n - 1]);
    if (d)
        d[p->n - 1] -= scale * *s;
}

const lut_regul_ops LUT_REGUL(warp_last) = {
    .name = "warp_last",
    .doc = "warp: makes the coefficient of all inputs large",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(lut_regul_cfg),
    .on = LUT_ON_WEIGHTS,
    .of = LUT_MEAN,
    .param = "warp",
    .part = part,
};
