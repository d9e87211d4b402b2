/* Gradient descent, with momentum as PyTorch has it (Sutskever and others 2013, the rate
 * outside of the velocity): v = mu v + g, w -= lr v, or with Nesterov's look-ahead
 * w -= lr (g + mu v). */
#include "lib/optim/optim.h"

typedef struct sgd_cfg {
    double momentum;
    int8_t nesterov;
} sgd_cfg;

static const lut_field fields[] = {
    LUT_OPTION_F64(sgd_cfg, momentum, "", 0, 0.999999, "0",
                   "share of the last step's velocity that stays"),
    LUT_OPTION_BOOL(sgd_cfg, nesterov, "false",
                    "take the gradient as of a step further; no use without momentum"),
};

static void tile(const void *cfg, const lut_opt_step *now, lut_f *w, lut_f *state,
                 const lut_f *g, const float *anchor, size_t n)
{
    const sgd_cfg *c = cfg;
    lut_f rate = lut_set1((float)-now->lr), mu = lut_set1((float)c->momentum);

    (void)anchor;
    for (size_t i = 0; i < n; i++) {
        lut_f v = g[i];

        if (c->momentum > 0) {
            v = state[i] = lut_fma(mu, state[i], g[i]);
            if (c->nesterov)
                v = lut_fma(mu, v, g[i]);
        }
        w[i] = lut_fma(rate, v, w[i]);
    }
}

const lut_optim_ops LUT_OPTIM(sgd) = {
    .name = "sgd",
    .doc = "gradient descent, with or without momentum",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(sgd_cfg),
    .nstate = 1,
    .tile = tile,
};
