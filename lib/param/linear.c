/* Linear: y = sigmoid((sum_j w[j] x_j + w[k]) / temperature), the bias in the last place.
 * An affine function is multilinear, so the kernel interpolates its values at the corners.
 * Threshold functions only: 14 of the 16 functions of two inputs, no exclusive or.  math.md
 * 4; BitLogic LinearLUT (whose rule at 0 is not known), DiffLUT "linear_lut" (no
 * temperature; a logit of 0 is a 1; weights 0.1 N(0, 1) and no bias at the start). */
#include "lib/param/init.h"
#include "lib/param/param.h"

static size_t nweights(const void *cfg, unsigned k)
{
    (void)cfg;
    return k + 1;
}

/* Scaled so that corner logits have a mean square of 1: the bias takes part in all of
 * them, each coefficient in half. */
static void init(const void *cfg, unsigned k, float *w, lut_rng *rng,
                 const lut_init *how)
{
    double scale = 1 / sqrt(1 + k / 2.0), c = lut_init_logit(how);

    (void)cfg;
    if (how->residual)
        scale *= how->noise * how->temperature;
    lut_init_normal(w, k + 1, scale, rng);
    if (how->residual) {
        w[0] += (float)(2 * c);
        w[k] += (float)-c;
    }
}

/* One sum a corner, from the corner without its highest bit. */
static void affine(lut_f *q, unsigned k, const lut_f *w)
{
    q[0] = w[k];
    for (unsigned j = k; j-- > 0;) {
        size_t h = (size_t)1 << (k - 1 - j);

        for (size_t a = 0; a < h; a++)
            q[a + h] = q[a] + w[j];
    }
}

static void corners(const lut_tile *t, lut_f *q, lut_f *saved, const lut_f *w)
{
    (void)saved;
    affine(q, t->k, w);
}

static void corners_backward(const lut_tile *t, lut_f *dw, const lut_f *dq,
                             const lut_f *saved, const lut_f *w)
{
    (void)saved;
    (void)w;
    for (unsigned j = 0; j <= t->k; j++) {
        size_t bit = j < t->k ? (size_t)1 << (t->k - 1 - j) : 0;

        dw[j] = (lut_f){ 0 };
        for (size_t a = 0; a < (size_t)1 << t->k; a++)
            if ((a & bit) == bit)
                dw[j] += dq[a];
    }
}

static void harden(const void *cfg, unsigned k, uint64_t tt[4], const float *w)
{
    lut_f z[1 << LUT_MAX_K], v[LUT_MAX_K + 1], zero = lut_set1(0);

    (void)cfg;
    for (unsigned j = 0; j <= k; j++)
        v[j] = lut_set1(w[j]);
    affine(z, k, v);
    for (size_t a = 0; a < (size_t)1 << k; a++)
        tt[a / 64] |= (uint64_t)(lut_unmask(lut_greater(z[a], zero)) & 1) << (a % 64);
}

const lut_param_ops LUT_PARAM(linear) = {
    .name = "linear",
    .doc = "sigmoid of an affine function of the inputs",
    .min_k = 1,
    .max_k = LUT_MAX_K,
    .form = { .forward = LUT_INTERPOLATE,
              .gradient = LUT_BY_INTERPOLATION,
              .squash = LUT_SIGMOID,
              .samplings = LUT_ANY_SAMPLING },
    .nweights = nweights,
    .nsaved = lut_param_none,
    .init = init,
    .tables = corners,
    .tables_backward = corners_backward,
    .harden = harden,
};
