/* Probabilistic: as "light", with the other rule at a logit of exactly 0: it is a 1.
 * Entry a is sigmoid(w[a] / temperature), interpolated; table bit 1[w[a] >= 0].  math.md 2
 * and 8.1; DiffLUT's node of this name (LSB-first there), which knows soft sampling only and
 * compares the sigmoid with 1/2. */
#include "lib/param/init.h"
#include "lib/param/param.h"

static void tables(const lut_tile *t, lut_f *q, lut_f *saved, const lut_f *w)
{
    for (size_t a = 0; a < (size_t)1 << t->k; a++)
        q[a] = lut_sample_or_one(t, a, w[a], &saved[a]);
}

const lut_param_ops LUT_PARAM(probabilistic) = {
    .name = "probabilistic",
    .doc = "as light, but an entry's logit of 0 is a 1",
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
    .harden = lut_param_harden_or_one,
};
