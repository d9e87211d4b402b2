/* Warp: Walsh-Hadamard coefficients.  z = sum_S w[S] prod_{j in S} (2 x_j - 1), out
 * sigmoid(z / temperature).  z is multilinear, so the kernel interpolates its values at the
 * corners and squashes afterwards.  math.md 3; BitLogic WarpLUT, torchlogix "warp", DiffLUT
 * "warp".
 *
 * Published versions: torchlogix's basis is 1 - 2x and its squash is of -z, which turns w[S]
 * into -(-1)^|S| w[S]; DiffLUT's subsets are LSB-first.  torchlogix starts at N(0, 1),
 * DiffLUT at 0.1 N(0, 1), for any rank. */
#include "lib/param/init.h"
#include "lib/param/param.h"

static double root_of_half_power(unsigned k) /* 2^(-k/2) */
{
    double x = k % 2 ? 0x1.6a09e667f3bcdp-1 : 1;

    for (unsigned i = 0; i < k / 2; i++)
        x *= 0.5;
    return x;
}

/* Scaled so that the corner logits have deviation 1 (or 0.1) for every k: with plain
 * N(0, 1) coefficients rank 6 starts saturated. */
static void init(const void *cfg, unsigned k, float *w, lut_rng *rng,
                 const lut_init *how)
{
    double scale = root_of_half_power(k);

    (void)cfg;
    if (!how->residual) {
        lut_init_normal(w, (size_t)1 << k, scale, rng);
        return;
    }
    lut_init_normal(w, (size_t)1 << k, how->noise * how->temperature * scale, rng);
    w[(size_t)1 << (k - 1)] += (float)lut_init_logit(how);
}

/* Values at the corners, in place: an input at 0 contributes -1, at 1 it contributes +1. */
static void transform(lut_f *q, unsigned k)
{
    size_t n = (size_t)1 << k;

    for (size_t h = n / 2; h; h /= 2)
        for (size_t a = 0; a < n; a++)
            if (!(a & h)) {
                lut_f without = q[a], with = q[a + h];

                q[a] = without - with;
                q[a + h] = without + with;
            }
}

static void corners(const lut_tile *t, lut_f *q, lut_f *saved, const lut_f *w)
{
    (void)saved;
    memcpy(q, w, ((size_t)1 << t->k) * sizeof *q);
    transform(q, t->k);
}

static void corners_backward(const lut_tile *t, lut_f *dw, const lut_f *dq,
                             const lut_f *saved, const lut_f *w)
{
    size_t n = (size_t)1 << t->k;

    (void)saved;
    (void)w;
    memcpy(dw, dq, n * sizeof *dw);
    for (size_t h = n / 2; h; h /= 2)
        for (size_t a = 0; a < n; a++)
            if (!(a & h)) {
                lut_f zero = dw[a], one = dw[a + h];

                dw[a] = zero + one;
                dw[a + h] = one - zero;
            }
}

/* Thresholding the coefficients would be wrong; thresholding the transform is right. */
static void harden(const void *cfg, unsigned k, uint64_t tt[4], const float *w)
{
    size_t n = (size_t)1 << k;
    lut_f z[1 << LUT_MAX_K], zero = lut_set1(0);

    (void)cfg;
    for (size_t a = 0; a < n; a++)
        z[a] = lut_set1(w[a]);
    transform(z, k);
    for (size_t a = 0; a < n; a++)
        tt[a / 64] |= (uint64_t)(lut_unmask(lut_greater(z[a], zero)) & 1) << (a % 64);
}

const lut_param_ops LUT_PARAM(warp) = {
    .name = "warp",
    .doc = "Walsh-Hadamard coefficients, sigmoid of their multilinear series",
    .min_k = 1,
    .max_k = LUT_MAX_K,
    .form = { .forward = LUT_INTERPOLATE,
              .gradient = LUT_BY_INTERPOLATION,
              .squash = LUT_SIGMOID,
              .samplings = LUT_ANY_SAMPLING },
    .nweights = lut_param_entries,
    .nsaved = lut_param_none,
    .init = init,
    .tables = corners,
    .tables_backward = corners_backward,
    .harden = harden,
};
