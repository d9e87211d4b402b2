/* Hybrid: a look-up at the bits x > input_threshold forward, interpolation backward.  Out
 * is the entry sigmoid(w[a] / temperature) of the address; the gradients are those that
 * "probabilistic" has at the real inputs.  Table bit 1[w[a] >= 0].  math.md 8.1; DiffLUT's
 * node of this name, which has soft sampling and no temperature, takes an input of exactly
 * 1/2 for a 1, starts at 0.1 N(0, 1) as here, and at inputs that are exactly 0 or 1 returns
 * no input gradient (here: the difference of neighbouring entries). */
#include "lib/param/init.h"
#include "lib/param/param.h"

typedef struct hybrid_cfg {
    double input_threshold;
} hybrid_cfg;

static const lut_field fields[] = {
    LUT_OPTION_F64(hybrid_cfg, input_threshold, "", 0, 1, "0.5",
                   "a real input is a 1 where it is larger"),
};

static void adapt(const void *cfg, lut_form *form)
{
    form->input_threshold = (float)((const hybrid_cfg *)cfg)->input_threshold;
}

static void init(const void *cfg, unsigned k, float *w, lut_rng *rng,
                 const lut_init *how)
{
    (void)cfg;
    lut_init_logits(w, k, 0.1, rng, how);
}

static void tables(const lut_tile *t, lut_f *q, lut_f *saved, const lut_f *w)
{
    lut_f unused = lut_set1(0.5f);

    for (size_t a = 0; a < (size_t)1 << t->k; a++)
        q[a] = lut_sampled(LUT_SOFT, t->now->temperature, w[a], unused, &saved[a]);
}

const lut_param_ops LUT_PARAM(hybrid) = {
    .name = "hybrid",
    .doc = "look-up of sigmoid entries forward, interpolation backward",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(hybrid_cfg),
    .min_k = 1,
    .max_k = LUT_MAX_K,
    .form = { .forward = LUT_LOOKUP,
              .gradient = LUT_BY_INTERPOLATION,
              .squash = LUT_NO_SQUASH,
              .samplings = 1 << LUT_SOFT,
              .input_threshold = 0.5f },
    .adapt = adapt,
    .nweights = lut_param_entries,
    .nsaved = lut_param_entries,
    .init = init,
    .tables = tables,
    .tables_backward = lut_slopes_backward,
    .harden = lut_param_harden_or_one,
};
