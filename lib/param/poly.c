/* Poly: y = sigmoid(z / temperature), z = sum_m w[m] prod_j x_j^e[m][j] over all exponents
 * of total degree 0 .. degree, with 0^0 = 1.  Order of the weights: by total degree, inside
 * one degree ascending by (e_0, e_1, ...), so degree 1 starts with the last input.  math.md
 * 5; BitLogic PolyLUT (default degree not known), DiffLUT "polylut" (the same order, no
 * temperature, a logit of 0 is a 1), and Andronic and Constantinides 2023, "PolyLUT"
 * (constant apart, inputs of several bits).  On bits x^e = x: many weights do the same.
 *
 * The monomials of degree d are made from those of degree d - 1, without a list of
 * exponents.  Let B(d, j) be those of degree d in inputs j, j + 1, ..., in order.  The ones
 * without x_j come first, the others are x_j times all of degree d - 1:
 *     B(d, j) = B(d, j + 1), x_j B(d - 1, j),
 * and so B(d - 1, j) is the head of B(d - 1, 0). */
#include "lib/param/init.h"
#include "lib/param/param.h"

enum { MAX_DEGREE = 10 };

typedef struct poly_cfg {
    uint32_t degree;
} poly_cfg;

static const lut_field fields[] = {
    LUT_OPTION_U32(poly_cfg, degree, "", 1, MAX_DEGREE, "2",
                   "largest total degree of a monomial"),
};

static double binomial(unsigned n, unsigned r)
{
    double c = 1;

    for (unsigned i = 1; i <= r; i++)
        c = c * (n - r + i) / i; /* exact: whole numbers all along */
    return c;
}

static size_t nweights(const void *cfg, unsigned k)
{
    return (size_t)binomial(k + ((const poly_cfg *)cfg)->degree, k);
}

static lut_status check(const void *cfg, unsigned k, lut_err *err)
{
    return lut_param_check_size("degree", ((const poly_cfg *)cfg)->degree, k,
                                nweights(cfg, k), err);
}

/* Scaled so that corner logits have a mean square of 1.  At the corners a monomial in s
 * inputs is 1 with probability 2^-s, and C(degree, s) monomials share its inputs. */
static double corner_scale(unsigned degree, unsigned k)
{
    double sum = 0, half = 1;

    for (unsigned s = 0; s <= k && s <= degree; s++, half /= 2)
        sum += binomial(k, s) * binomial(degree, s) * half;
    return 1 / sqrt(sum);
}

static void init(const void *cfg, unsigned k, float *w, lut_rng *rng,
                 const lut_init *how)
{
    double scale = corner_scale(((const poly_cfg *)cfg)->degree, k);
    double c = lut_init_logit(how);

    if (how->residual)
        scale *= how->noise * how->temperature;
    lut_init_normal(w, nweights(cfg, k), scale, rng);
    if (how->residual) {
        w[0] += (float)-c;
        w[k] += (float)(2 * c); /* x_0 */
    }
}

/* heads[d][j]: number of monomials in B(d, j). */
typedef size_t poly_heads[MAX_DEGREE][LUT_MAX_K];

/* All monomials p[nweights]; returns where the last degree starts. */
static size_t monomials(lut_f *p, poly_heads heads, unsigned degree, unsigned k,
                        const lut_f *x)
{
    size_t below = 0, first = 1;

    p[0] = lut_set1(1);
    for (unsigned j = 0; j < k; j++)
        heads[0][j] = 1;
    for (unsigned d = 1; d <= degree; d++) {
        size_t at = first;

        for (unsigned j = k; j-- > 0;) {
            for (size_t i = 0; i < heads[d - 1][j]; i++)
                p[at++] = x[j] * p[below + i];
            if (d < degree)
                heads[d][j] = at - first;
        }
        below = first;
        first = at;
    }
    return below;
}

static void field(const lut_tile *t, lut_f *z, const lut_f *w, const lut_f *x)
{
    const poly_cfg *cfg = t->cfg;
    size_t n = nweights(cfg, t->k);
    lut_f p[LUT_MAX_WEIGHTS], sum = w[0];
    poly_heads heads;

    monomials(p, heads, cfg->degree, t->k, x);
    for (size_t m = 1; m < n; m++)
        sum = lut_fma(w[m], p[m], sum);
    *z = sum;
}

/* From the last monomial to the first: dp of what was made from `below` is complete when
 * its turn comes. */
static void field_backward(const lut_tile *t, lut_f *dw, lut_f *dx, const lut_f *dz,
                           const lut_f *w, const lut_f *x)
{
    const poly_cfg *cfg = t->cfg;
    size_t n = nweights(cfg, t->k), first, at = n;
    lut_f p[LUT_MAX_WEIGHTS], dp[LUT_MAX_WEIGHTS];
    poly_heads heads;

    first = monomials(p, heads, cfg->degree, t->k, x);
    for (size_t m = 0; m < n; m++) {
        dw[m] = lut_fma(*dz, p[m], dw[m]);
        dp[m] = *dz * w[m];
    }
    memset(dx, 0, t->k * sizeof *dx);
    for (unsigned d = cfg->degree; d >= 1; d--) {
        size_t below = first - heads[d - 1][0];

        for (unsigned j = 0; j < t->k; j++)
            for (size_t i = heads[d - 1][j]; i-- > 0;) {
                at--;
                dx[j] = lut_fma(dp[at], p[below + i], dx[j]);
                dp[below + i] = lut_fma(dp[at], x[j], dp[below + i]);
            }
        first = below;
    }
}

const lut_param_ops LUT_PARAM(poly) = {
    .name = "poly",
    .doc = "sigmoid of a polynomial of the inputs",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(poly_cfg),
    .min_k = 1,
    .max_k = LUT_MAX_K,
    .form = { .forward = LUT_FIELD,
              .squash = LUT_SIGMOID,
              .samplings = LUT_ANY_SAMPLING },
    .check = check,
    .nweights = nweights,
    .nsaved = lut_param_none,
    .init = init,
    .field = field,
    .field_backward = field_backward,
};
