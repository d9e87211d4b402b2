/* Light: the logits of the 2^k table entries.  Entry a is sigmoid(w[a] / temperature); the
 * kernel interpolates: y = sum_a entry[a] prod_j (a_j ? x_j : 1 - x_j).  math.md 2; BitLogic
 * LightLUT, torchlogix "light", DiffLUT "probabilistic".
 *
 * Published versions differ at a logit of 0 (here and torchlogix 0; DiffLUT 1: see
 * "probabilistic") and in the random start: torchlogix draws from [0, 1), which makes every
 * table constant 1; here it is N(0, 1).  Its residual start ignores the probability. */
#include "lib/param/init.h"
#include "lib/param/param.h"

static void tables(const lut_tile *t, lut_f *q, lut_f *saved, const lut_f *w)
{
    for (size_t a = 0; a < (size_t)1 << t->k; a++)
        q[a] = lut_sample(t, a, w[a], &saved[a]);
}

const lut_param_ops LUT_PARAM(light) = {
    .name = "light",
    .doc = "sigmoid of each table entry, interpolated linearly in every input",
    .min_k = 1,
    .max_k = LUT_MAX_K,
    .form = { .forward = LUT_INTERPOLATE,
              .gradient = LUT_BY_INTERPOLATION,
              .squash = LUT_NO_SQUASH,
              .samplings = LUT_ANY_SAMPLING },
    .nweights = lut_param_entries,
    .nsaved = lut_param_entries,
    .init = lut_init_unit_logits,
    .tables = tables,
    .tables_backward = lut_slopes_backward,
};
