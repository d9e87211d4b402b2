/* R = sqrt(sum of t_S^2 over all LUTs of a layer and subsets S): the norm of which
 * spectral_parseval has the mean square. */
#include "lib/regul/regul.h"

static const lut_field fields[] = { LUT_REGUL_WEIGHT("0.0001") };

const lut_regul_ops LUT_REGUL(spectral_parseval_norm) = {
    .name = "spectral_parseval_norm",
    .doc = "norm of the tables' Walsh spectra",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(lut_regul_cfg),
    .on = LUT_ON_TABLES,
    .of = LUT_ROOT,
    .part = lut_energy_part,
};
