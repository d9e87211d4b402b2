/* Adam with decoupled decay (Loshchilov and Hutter 2019): w -= lr decay (w - anchor), then
 * Adam's step, whose moments never see the decay. */
#include "lib/optim/adam.h"

static const lut_field fields[] = {
    LUT_ADAM_OPTIONS,
    LUT_OPTION_F64(lut_adam, decay, "", 0, 1e3, "0.01",
                   "share of a weight that a step takes away, times lr"),
};

static void plain(const void *cfg, const lut_opt_step *now, lut_f *w, lut_f *state,
                  const lut_f *g, const float *anchor, size_t n)
{
    lut_adam_step s;

    (void)anchor;
    lut_adam_prepare(&s, cfg, now);
    for (size_t i = 0; i < n; i++)
        lut_adam_update(&s, &w[i], &state[2 * i], g[i]);
}

static void tile(const void *cfg, const lut_opt_step *now, lut_f *w, lut_f *state,
                 const lut_f *g, const float *anchor, size_t n)
{
    const lut_adam *c = cfg;
    lut_f less = lut_set1((float)-(now->lr * c->decay));

    for (size_t i = 0; i < n; i++)
        w[i] = lut_fma(less, w[i] - (anchor ? anchor[i] : 0), w[i]);
    plain(cfg, now, w, state, g, NULL, n);
}

const lut_optim_ops LUT_OPTIM(adamw) = {
    .name = "adamw",
    .doc = "Adam with decoupled weight decay",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(lut_adam),
    .nstate = 2,
    .betas = lut_adam_betas,
    .tile = tile,
    .plain = plain,
    .kept = lut_adam_kept,
};
