/* Adam: lib/optim/adam.h. */
#include "lib/optim/adam.h"

static const lut_field fields[] = { LUT_ADAM_OPTIONS };

static void tile(const void *cfg, const lut_opt_step *now, lut_f *w, lut_f *state,
                 const lut_f *g, const float *anchor, size_t n)
{
    lut_adam_step s;

    (void)anchor;
    lut_adam_prepare(&s, cfg, now);
    for (size_t i = 0; i < n; i++)
        lut_adam_update(&s, &w[i], &state[2 * i], g[i]);
}

const lut_optim_ops LUT_OPTIM(adam) = {
    .name = "adam",
    .doc = "Adam with bias correction",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(lut_adam),
    .nstate = 2,
    .betas = lut_adam_betas,
    .tile = tile,
    .kept = lut_adam_kept,
};
