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
    /* From prepare: how many monomials B(d, j) has, and the number of the first of degree d. */
    uint16_t head[MAX_DEGREE][LUT_MAX_K], first[MAX_DEGREE + 1];
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

/* B(d, j) picks d of k - j inputs, each as often as it likes. */
static void prepare(void *cfg_, unsigned k)
{
    poly_cfg *cfg = cfg_;

    for (unsigned d = 0; d < cfg->degree; d++) {
        for (unsigned j = 0; j < k; j++)
            cfg->head[d][j] = (uint16_t)binomial(k - j - 1 + d, d);
        cfg->first[d + 1] = (uint16_t)(cfg->first[d] + cfg->head[d][0]);
    }
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

/* Below, one part of n vectors: value v of monomial m is p[m n + v], of input j
 * x[(j ld + v) LUT_PARTS]; n is known where functions are inlined, so that sums stay in
 * registers.  The last degree, most of all monomials, is made where it is used. */
typedef struct poly_part {
    const poly_cfg *cfg;
    unsigned k;
    const lut_part *w, *x;
    size_t ld;
} poly_part;

enum {
    MAX_LOWER =
        1287, /* monomials below the last degree: LUT_MAX_WEIGHTS leave that many
                         of five inputs, degree 9 */
    MAX_TOGETHER = MAX_LOWER / LUT_ABREAST
};

LUT_INLINE void load_input(lut_part x[LUT_ABREAST], const poly_part *t, unsigned j,
                           size_t n)
{
    LUT_UNROLL_FIELD
    for (size_t v = 0; v < n; v++)
        x[v] = t->x[(j * t->ld + v) * LUT_PARTS];
}

/* All but those of the last degree. */
LUT_INLINE void lower(lut_part *p, const poly_part *t, size_t n)
{
    lut_part *to = p + n;

    for (size_t v = 0; v < n; v++)
        p[v] = (lut_part){ 0 } + 1.0f;
    for (unsigned d = 1; d < t->cfg->degree; d++)
        for (unsigned j = t->k; j-- > 0;) {
            const lut_part *from = p + t->cfg->first[d - 1] * n;
            const lut_part *end = from + t->cfg->head[d - 1][j] * n;
            lut_part x[LUT_ABREAST];

            load_input(x, t, j, n);
            for (; from < end; from += n, to += n) {
                LUT_UNROLL_FIELD
                for (size_t v = 0; v < n; v++)
                    to[v] = x[v] * from[v];
            }
        }
}

LUT_INLINE void values(lut_part *z, const poly_part *t, size_t n)
{
    const unsigned last = t->cfg->degree;
    const lut_part *w = t->w, *stop = w + t->cfg->first[last] * LUT_PARTS;
    lut_part p[MAX_LOWER + LUT_ABREAST], sum[LUT_ABREAST], *at = p;

    lower(p, t, n);
    LUT_UNROLL_FIELD
    for (size_t v = 0; v < n; v++)
        sum[v] = *w;
    for (w += LUT_PARTS, at += n; w < stop; w += LUT_PARTS, at += n) {
        LUT_UNROLL_FIELD
        for (size_t v = 0; v < n; v++)
            sum[v] = lut_fma_part(*w, at[v], sum[v]);
    }
    for (unsigned j = t->k; j-- > 0;) {
        lut_part x[LUT_ABREAST];

        load_input(x, t, j, n);
        at = p + t->cfg->first[last - 1] * n;
        stop = w + t->cfg->head[last - 1][j] * LUT_PARTS;
        for (; w < stop; w += LUT_PARTS, at += n) {
            LUT_UNROLL_FIELD
            for (size_t v = 0; v < n; v++)
                sum[v] = lut_fma_part(*w, x[v] * at[v], sum[v]);
        }
    }
    LUT_UNROLL_FIELD
    for (size_t v = 0; v < n; v++)
        z[v * LUT_PARTS] = sum[v];
}

/* Of lower degrees: dw, and the part of dp that is the weight's own. */
LUT_INLINE void lower_backward(lut_part *dw, lut_part *dp, const poly_part *t,
                               const lut_part *p, const lut_part dz[LUT_ABREAST],
                               size_t n)
{
    for (size_t m = 0; m < t->cfg->first[t->cfg->degree]; m++) {
        lut_part sum = dw ? dw[m * LUT_PARTS] : (lut_part){ 0 };

        LUT_UNROLL_FIELD
        for (size_t v = 0; v < n; v++) {
            sum = lut_fma_part(dz[v], p[m * n + v], sum);
            dp[m * n + v] = dz[v] * t->w[m * LUT_PARTS];
        }
        if (dw)
            dw[m * LUT_PARTS] = sum;
    }
}

/* What it takes to go back from monomials of degree d to those below. */
typedef struct poly_back {
    lut_part *dw, *dx; /* may be NULL */
    lut_part *dp;      /* of lower degrees */
    const lut_part *p, *dz;
    unsigned d;
} poly_back;

/* Those of degree d that are x_j times another, from the last to the first, which is number
 * `at`; `last`, known where this is inlined: d is the last degree. */
LUT_INLINE void times_input_backward(const poly_part *t, const poly_back *b, unsigned j,
                                     size_t at, bool last, size_t n)
{
    const size_t below = t->cfg->first[b->d - 1];
    lut_part x[LUT_ABREAST], dx[LUT_ABREAST], dz[LUT_ABREAST];

    load_input(x, t, j, n);
    LUT_UNROLL_FIELD
    for (size_t v = 0; v < n; v++) {
        dx[v] = b->dx ? b->dx[(j * t->ld + v) * LUT_PARTS] : (lut_part){ 0 };
        dz[v] = b->dz[v];
    }
    for (size_t i = t->cfg->head[b->d - 1][j]; i-- > 0;) {
        const lut_part *p = b->p + (below + i) * n;
        lut_part *dp = b->dp + (below + i) * n, g[LUT_ABREAST];

        LUT_UNROLL_FIELD
        for (size_t v = 0; v < n; v++)
            if (last)
                g[v] = dz[v] * t->w[(at + i) * LUT_PARTS];
            else
                g[v] = b->dp[(at + i) * n + v];
        if (last && b->dw) {
            lut_part sum = b->dw[(at + i) * LUT_PARTS];

            LUT_UNROLL_FIELD
            for (size_t v = 0; v < n; v++)
                sum = lut_fma_part(dz[v], x[v] * p[v], sum);
            b->dw[(at + i) * LUT_PARTS] = sum;
        }
        LUT_UNROLL_FIELD
        for (size_t v = 0; v < n; v++) {
            dx[v] = lut_fma_part(g[v], p[v], dx[v]);
            dp[v] = lut_fma_part(g[v], x[v], dp[v]);
        }
    }
    for (size_t v = 0; b->dx && v < n; v++)
        b->dx[(j * t->ld + v) * LUT_PARTS] = dx[v];
}

/* All of degree d. */
LUT_INLINE void degree_backward(const poly_part *t, const poly_back *b, bool last,
                                size_t n)
{
    size_t at = t->cfg->first[b->d];

    for (unsigned j = t->k; j-- > 0;)
        at += t->cfg->head[b->d - 1][j];
    for (unsigned j = 0; j < t->k; j++) {
        at -= t->cfg->head[b->d - 1][j];
        times_input_backward(t, b, j, at, last, n);
    }
}

/* From the last monomial to the first: dp of what was made from another is complete when
 * its turn comes. */
LUT_INLINE void gradients(lut_part *dw, lut_part *dx, const poly_part *t,
                          const lut_part *from, size_t n)
{
    lut_part p[MAX_LOWER + LUT_ABREAST], dp[MAX_LOWER + LUT_ABREAST], dz[LUT_ABREAST];
    poly_back b = { dw, dx, dp, p, dz, t->cfg->degree };

    LUT_UNROLL_FIELD
    for (size_t v = 0; v < n; v++)
        dz[v] = from[v * LUT_PARTS];
    for (unsigned j = 0; dx && j < t->k; j++)
        for (size_t v = 0; v < n; v++)
            dx[(j * t->ld + v) * LUT_PARTS] = (lut_part){ 0 };
    lower(p, t, n);
    lower_backward(dw, dp, t, p, dz, n);
    degree_backward(t, &b, true, n);
    for (b.d--; b.d >= 1 && dx; b.d--)
        degree_backward(t, &b, false, n);
}

/* Whether vectors go together, as far as there is room. */
static bool together(const poly_cfg *cfg)
{
    return cfg->first[cfg->degree] <= MAX_TOGETHER;
}

static void field(const lut_tile *t, lut_f *z, const lut_f *w, const lut_f *x, size_t n)
{
    const poly_cfg *cfg = t->cfg;

    for (size_t part = 0; part < LUT_PARTS; part++) {
        poly_part o = { cfg, t->k, (const lut_part *)w + part,
                        (const lut_part *)x + part, n };
        lut_part *to = (lut_part *)z + part;

        if (n == 4 && together(cfg))
            values(to, &o, 4);
        else if (n == 3 && together(cfg))
            values(to, &o, 3);
        else
            for (size_t v = 0; v < n; v++, o.x += LUT_PARTS)
                values(to + v * LUT_PARTS, &o, 1);
    }
}

static void field_backward(const lut_tile *t, lut_f *dw, lut_f *dx, const lut_f *dz,
                           const lut_f *w, const lut_f *x, size_t n)
{
    const poly_cfg *cfg = t->cfg;

    for (size_t part = 0; part < LUT_PARTS; part++) {
        poly_part o = { cfg, t->k, (const lut_part *)w + part,
                        (const lut_part *)x + part, n };
        const lut_part *g = (const lut_part *)dz + part;
        lut_part *to_w = dw ? (lut_part *)dw + part : NULL;
        lut_part *to_x = dx ? (lut_part *)dx + part : NULL;

        if (n == 4 && together(cfg))
            gradients(to_w, to_x, &o, g, 4);
        else if (n == 3 && together(cfg))
            gradients(to_w, to_x, &o, g, 3);
        else
            for (size_t v = 0; v < n; v++, o.x += LUT_PARTS)
                gradients(to_w, to_x ? to_x + v * LUT_PARTS : NULL, &o,
                          g + v * LUT_PARTS, 1);
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
    .prepare = prepare,
    .nweights = nweights,
    .nsaved = lut_param_none,
    .init = init,
    .field = field,
    .field_backward = field_backward,
};
