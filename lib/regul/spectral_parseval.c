/* R = (1/N) sum of t_S^2 over all LUTs and subsets S, t_S = 2^-k sum_a q[a] prod_{j in S}
 * (2 a_j - 1).  By Parseval the sum of squares of a spectrum is the mean of squares of its
 * table: decay of the entries under another name (math.md 7.6). */
#include "lib/regul/regul.h"

static const lut_field fields[] = { LUT_REGUL_WEIGHT("0.0001") };

const lut_regul_ops LUT_REGUL(spectral_parseval) = {
    .name = "spectral_parseval",
    .doc = "mean energy of the tables' Walsh spectra",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(lut_regul_cfg),
    .on = LUT_ON_TABLES,
    .of = LUT_MEAN,
    .part = lut_energy_part,
};
