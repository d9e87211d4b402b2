/* R = largest singular value of the layer's [LUTs][2^k] entries q: with its right singular
 * vector v, R = sqrt(sum over LUTs of (q v)^2), and the gradient (q v) v / R is that of v
 * held fast, since v is where the maximum is. */
#include "lib/regul/regul.h"

static const lut_field fields[] = { LUT_REGUL_WEIGHT("0.0001") };

static void part(const lut_regul_part *p, lut_f *s, lut_f *d, const lut_f *v,
                 lut_f scale)
{
    lut_f sum = { 0 };

    for (size_t a = 0; a < p->n; a++)
        sum = lut_fma(v[a], lut_set1(p->direction[a]), sum);
    *s = sum * sum;
    for (size_t a = 0; d && a < p->n; a++)
        d[a] = lut_fma(2.0f * scale * sum, lut_set1(p->direction[a]), d[a]);
}

const lut_regul_ops LUT_REGUL(spectral_sigma_max) = {
    .name = "spectral_sigma_max",
    .doc = "largest singular value of a layer's tables",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(lut_regul_cfg),
    .on = LUT_ON_TABLES,
    .of = LUT_ROOT,
    .principal = true,
    .part = part,
};
