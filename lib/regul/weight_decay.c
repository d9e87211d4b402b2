/* R = 1/2 sum of (w - anchor)^2 over all weights of the LUTs: adds weight * (w - anchor) to
 * the gradient, as PyTorch's optimizers do with weight_decay, moments included; the decay of
 * adamw stays outside of them. */
#include "lib/regul/regul.h"

static const lut_field fields[] = { LUT_REGUL_WEIGHT("0.0001") };

static void part(const lut_regul_part *p, lut_f *s, lut_f *d, const lut_f *v,
                 lut_f scale)
{
    lut_f sum = { 0 };

    for (size_t a = 0; a < p->n; a++) {
        lut_f away = v[a] - (p->anchor ? p->anchor[a] : 0);

        sum = lut_fma(away, away, sum);
        if (d)
            d[a] = lut_fma(scale, away, d[a]);
    }
    *s = 0.5f * sum;
}

const lut_regul_ops LUT_REGUL(weight_decay) = {
    .name = "weight_decay",
    .doc = "squares of the weights, in the gradient",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(lut_regul_cfg),
    .on = LUT_ON_WEIGHTS,
    .of = LUT_SUM,
    .part = part,
};
