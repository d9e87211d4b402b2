/* Unbound probabilistic: logits at the 2^k corners, interpolated before they are squashed:
 * y = sigmoid(sum_a w[a] prod_j (a_j ? x_j : 1 - x_j) / temperature).  The same functions as
 * "warp" in another basis; training differs, since Adam does not commute with a change of
 * basis.  math.md 0.3 and 8.1; a node of DiffLUT's early history, without temperature. */
#include "lib/param/init.h"
#include "lib/param/param.h"

static void corners(const lut_tile *t, lut_f *q, lut_f *saved, const lut_f *w)
{
    (void)saved;
    memcpy(q, w, ((size_t)1 << t->k) * sizeof *q);
}

static void corners_backward(const lut_tile *t, lut_f *dw, const lut_f *dq,
                             const lut_f *saved, const lut_f *w)
{
    (void)saved;
    (void)w;
    memcpy(dw, dq, ((size_t)1 << t->k) * sizeof *dw);
}

const lut_param_ops LUT_PARAM(unbound_probabilistic) = {
    .name = "unbound_probabilistic",
    .doc = "logits at the corners, interpolated, then the sigmoid",
    .min_k = 1,
    .max_k = LUT_MAX_K,
    .form = { .forward = LUT_INTERPOLATE,
              .gradient = LUT_BY_INTERPOLATION,
              .squash = LUT_SIGMOID,
              .samplings = LUT_ANY_SAMPLING },
    .nweights = lut_param_entries,
    .nsaved = lut_param_none,
    .init = lut_init_unit_logits,
    .tables = corners,
    .tables_backward = corners_backward,
};
