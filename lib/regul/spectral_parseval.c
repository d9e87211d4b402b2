/* R = (1/N) sum of t_S^2 over all LUTs and subsets S, t_S = 2^-k sum_a q[a] prod_{j in S}
 * (2 a_j - 1).  By Parseval the sum of squares of a spectrum is the mean of squares of its
 * table: decay of the entries under another name (math.md 7.6). */
#include "lib/regul/regul.h"

static const lut_field fields[] = { LUT_REGUL_WEIGHT("0.0001") };

static void part(const lut_regul_part *p, lut_f *s, lut_f *d, const lut_f *v,
                 lut_f scale)
{
    lut_f sum = { 0 }, share = lut_set1(1.0f / (float)p->n);

    for (size_t a = 0; a < p->n; a++)
        sum = lut_fma(v[a], v[a], sum);
    *s = sum * share;
    for (size_t a = 0; d && a < p->n; a++)
        d[a] = lut_fma(2.0f * scale * share, v[a], d[a]);
}

const lut_regul_ops LUT_REGUL(spectral_parseval) = {
    .name = "spectral_parseval",
    .doc = "mean energy of the tables' Walsh spectra",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(lut_regul_cfg),
    .on = LUT_ON_TABLES,
    .of = LUT_MEAN,
    .part = part,
};
