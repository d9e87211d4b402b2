/* Adam with bias correction: Kingma and Ba 2015.  m = b1 m + (1 - b1) g, v = b2 v +
 * (1 - b2) g^2, w -= lr m/(1 - b1^t) / (sqrt(v/(1 - b2^t)) + eps).  True square root and
 * division: estimates would differ between instruction sets. */
#include "lib/optim/optim.h"

#include <math.h>

typedef struct adam_cfg {
    double beta1, beta2, epsilon;
} adam_cfg;

static const lut_field fields[] = {
    LUT_OPTION_F64(adam_cfg, beta1, "", 0, 0.999999, "0.9",
                   "decay of the mean gradient"),
    LUT_OPTION_F64(adam_cfg, beta2, "", 0, 0.999999, "0.999", "decay of its square"),
    LUT_OPTION_F64(adam_cfg, epsilon, "", 1e-30, 1, "1e-08",
                   "added to the square root"),
};

static void betas(const void *cfg, double beta[2])
{
    const adam_cfg *c = cfg;

    beta[0] = c->beta1;
    beta[1] = c->beta2;
}

static void tile(const void *cfg, const lut_opt_step *now, lut_f *w, lut_f *state,
                 const lut_f *g, size_t n)
{
    const adam_cfg *c = cfg;
    lut_f one1 = lut_set1((float)(1 - c->beta1)),
          one2 = lut_set1((float)(1 - c->beta2));
    lut_f rate = lut_set1((float)(now->lr / (1 - now->power[0])));
    lut_f scale = lut_set1((float)(1 / sqrt(1 - now->power[1])));
    lut_f epsilon = lut_set1((float)c->epsilon);

    for (size_t i = 0; i < n; i++) {
        lut_f m = state[2 * i], v = state[2 * i + 1];

        m = lut_fma(one1, g[i] - m, m);
        v = lut_fma(one2, g[i] * g[i] - v, v);
        state[2 * i] = m;
        state[2 * i + 1] = v;
        w[i] -= rate * m / lut_fma(lut_sqrt(v), scale, epsilon);
    }
}

const lut_optim_ops LUT_OPTIM(adam) = {
    .name = "adam",
    .doc = "Adam with bias correction",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(adam_cfg),
    .nstate = 2,
    .betas = betas,
    .tile = tile,
};
