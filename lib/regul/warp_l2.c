/* R = mean over LUTs of (1 - sum_S w_S^2)^2 (torchlogix): by Parseval the mean square of the
 * corner logits is pulled to 1. */
#include "lib/regul/regul.h"

static const lut_field fields[] = { LUT_REGUL_WEIGHT("0.0001") };

static void part(const lut_regul_part *p, lut_f *s, lut_f *d, const lut_f *v,
                 lut_f scale)
{
    lut_f sum = { 0 }, off;

    for (size_t a = 0; a < p->n; a++)
        sum = lut_fma(v[a], v[a], sum);
    off = 1.0f - sum;
    *s = off * off;
    for (size_t a = 0; d && a < p->n; a++)
        d[a] = lut_fma(-4.0f * scale * off, v[a], d[a]);
}

const lut_regul_ops LUT_REGUL(warp_l2) = {
    .name = "warp_l2",
    .doc = "warp: sum of squares of the coefficients to 1",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(lut_regul_cfg),
    .on = LUT_ON_WEIGHTS,
    .of = LUT_MEAN,
    .param = "warp",
    .part = part,
};
