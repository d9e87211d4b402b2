/* R = mean over LUTs of (1 - |sum_S w_S|)^2 (torchlogix), on our coefficients: the published
 * ones differ from them in signs, which this penalty sees. */
#include "lib/regul/regul.h"

static const lut_field fields[] = { LUT_REGUL_WEIGHT("0.0001") };

static void part(const lut_regul_part *p, lut_f *s, lut_f *d, const lut_f *v,
                 lut_f scale)
{
    lut_f sum = { 0 }, sign, off;

    for (size_t a = 0; a < p->n; a++)
        sum += v[a];
    sign = lut_sign_of(sum);
    off = 1.0f - sign * sum;
    *s = off * off;
    for (size_t a = 0; d && a < p->n; a++)
        d[a] -= 2.0f * scale * off * sign;
}

const lut_regul_ops LUT_REGUL(warp_abs_sum) = {
    .name = "warp_abs_sum",
    .doc = "warp: sum of the coefficients to 1 or -1",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(lut_regul_cfg),
    .on = LUT_ON_WEIGHTS,
    .of = LUT_MEAN,
    .param = "warp",
    .part = part,
};
