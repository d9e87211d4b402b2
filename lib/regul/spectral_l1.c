/* R = (1/N) sum of |t_S|: few terms of the spectrum stay.  The derivative of |0| is 0. */
#include "lib/regul/regul.h"

static const lut_field fields[] = { LUT_REGUL_WEIGHT("0.0001") };

static void part(const lut_regul_part *p, lut_f *s, lut_f *d, const lut_f *v,
                 lut_f scale)
{
    lut_f t[1 << LUT_MAX_K], sum = { 0 };
    lut_f share = lut_set1(1.0f / (float)p->n);

    memcpy(t, v, p->n * sizeof *t);
    lut_walsh(t, p->n);
    for (size_t a = 0; a < p->n; a++) {
        lut_f sign = lut_sign_of(t[a]);

        sum = lut_fma(sign, t[a], sum);
        t[a] = sign;
    }
    *s = sum * share;
    if (!d)
        return;
    lut_walsh_back(t, p->n);
    for (size_t a = 0; a < p->n; a++)
        d[a] = lut_fma(scale * share, t[a], d[a]);
}

const lut_regul_ops LUT_REGUL(spectral_l1) = {
    .name = "spectral_l1",
    .doc = "Walsh spectra, sum of absolute values",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(lut_regul_cfg),
    .on = LUT_ON_TABLES,
    .of = LUT_MEAN,
    .part = part,
};
