/* R = (1/N) sum of |S| t_S^2: high degrees cost more.  For tables of -1 and 1 this is their
 * total influence. */
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
        lut_f weighted = (float)__builtin_popcountll(a) * (t[a] * share);

        sum = lut_fma(weighted, t[a] * share, sum);
        t[a] = weighted;
    }
    *s = sum;
    if (!d)
        return;
    lut_walsh_back(t, p->n);
    for (size_t a = 0; a < p->n; a++)
        d[a] = lut_fma(2.0f * scale * share, t[a], d[a]);
}

const lut_regul_ops LUT_REGUL(spectral_degree) = {
    .name = "spectral_degree",
    .doc = "Walsh spectra, energy times degree",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(lut_regul_cfg),
    .on = LUT_ON_TABLES,
    .of = LUT_MEAN,
    .part = part,
};
