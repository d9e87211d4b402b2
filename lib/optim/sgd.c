/* Plain gradient descent: the reference member of the family. */
#include "lib/optim/optim.h"

static void tile(const void *cfg, const lut_opt_step *now, lut_f *w, lut_f *state,
                 const lut_f *g, size_t n)
{
    lut_f rate = lut_set1((float)-now->lr);

    (void)cfg;
    (void)state;
    for (size_t i = 0; i < n; i++)
        w[i] = lut_fma(rate, g[i], w[i]);
}

const lut_optim_ops LUT_OPTIM(sgd) = {
    .name = "sgd",
    .doc = "gradient descent without momentum",
    .tile = tile,
};
