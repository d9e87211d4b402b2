/* DWN: a look-up at the address of the input bits x > input_threshold.  Two dialects of the
 * entries V: `clamped`, V[a] = w[a], held in [-1, 1] after each step (torch-dwn), and
 * `sigmoid`, V[a] = sigmoid(w[a]) (BitLogic DwnLUT, DiffLUT dwn_stable).  Out is the bit
 * 1[w[a] > 0] with a straight-through gradient (ste), or V[a] itself.
 *
 * dV[a*] = g gradient_scale at the address a*.  The input gradient is the extended finite
 * difference (EFD): with d the Hamming distance of a and a* without bit l,
 *     dx_l = g gradient_scale sum_a (a_l ? 1 : -1) V[a] c(d),
 *     c(d) = alpha beta^d, alpha / (d + 1), or alpha [d = 0],
 * which is the plain difference of a smoothed copy of the table: math.md 7.4.  Bacellar et
 * al. 2024, "Differentiable Weightless Neural Networks" (linear decay; the exponential one
 * is their released code's).
 *
 * Published versions: torch-dwn x > 0, LSB-first, as `clamped` here with its defaults;
 * BitLogic binarizes at 0.5, its other defaults are not known; DiffLUT's dwn means to clamp
 * to [0, 1] and does not; dwn_stable is `sigmoid` with real outputs, the linear decay and
 * gradient_scale 1.25, starts at 0.1 N(0, 1) as `sigmoid` does here, and takes a logit of 0
 * for a 1. */
#include "lib/param/init.h"
#include "lib/param/param.h"

typedef struct dwn_cfg {
    char efd[16], entries[16]; /* choices of `fields`: first letters tell them apart */
    double alpha, beta, gradient_scale, input_threshold;
    int8_t ste, clamp_luts;
} dwn_cfg;

static const lut_field fields[] = {
    LUT_OPTION_TEXT(dwn_cfg, efd, "exponential|linear|difference", "exponential",
                    "decay of the input gradient with Hamming distance d: beta^d, "
                    "1/(d+1), or d = 0 only"),
    LUT_OPTION_F64(
        dwn_cfg, alpha, "", 0, 100, "0",
        "scale of the input gradient; 0: 0.5 * 0.75^(lut_rank-1), linear: 1"),
    LUT_OPTION_F64(dwn_cfg, beta, "", 0, 0.99, "0.3333333333333333",
                   "decay per flipped bit, exponential only"),
    LUT_OPTION_TEXT(dwn_cfg, entries, "clamped|sigmoid", "clamped",
                    "table entries: the weights, or their sigmoid"),
    LUT_OPTION_BOOL(dwn_cfg, ste, "true",
                    "out is a bit, with a straight-through gradient; false: the entry"),
    LUT_OPTION_BOOL(dwn_cfg, clamp_luts, "true",
                    "hold weights in [-1, 1]; entries = clamped only"),
    LUT_OPTION_F64(
        dwn_cfg, gradient_scale, "", 0, 100, "1",
        "gradients of a LUT are multiplied by it, but those of penalties on tables"),
    LUT_OPTION_F64(
        dwn_cfg, input_threshold, "", -1, 1, "-1",
        "a real input is a 1 where it is larger; -1: 0 with clamped entries, "
        "0.5 with sigmoid ones"),
};

static bool sigmoid_entries(const dwn_cfg *cfg)
{
    return cfg->entries[0] == 's';
}

static void adapt(const void *cfg, lut_form *form)
{
    const dwn_cfg *c = cfg;

    form->samplings = 1 << (c->ste ? LUT_HARD : LUT_SOFT);
    form->plain = !sigmoid_entries(c) && c->gradient_scale == 1;
    form->input_threshold = (float)c->input_threshold;
    if (!(c->input_threshold > -1))
        form->input_threshold = sigmoid_entries(c) ? 0.5f : 0;
}

/* The soft reading of a weight is sigmoid(w), whatever the temperature. */
static void init_sigmoid(unsigned k, float *w, lut_rng *rng, const lut_init *how)
{
    lut_init plain = *how;

    plain.temperature = 1;
    lut_init_logits(w, k, 0.1, rng, &plain);
}

/* Clamped: random ones uniform in (-1, 1), as published; residual ones by (L + 1) / 2 = p. */
static void init(const void *cfg, unsigned k, float *w, lut_rng *rng,
                 const lut_init *how)
{
    size_t n = (size_t)1 << k;

    if (sigmoid_entries(cfg)) {
        init_sigmoid(k, w, rng, how);
        return;
    }
    if (how->residual)
        lut_init_identity(w, k, 2 * how->probability - 1, how->noise, rng);
    for (size_t a = 0; a < n && !how->residual; a++)
        w[a] = (float)(2 * lut_rng_uniform(rng) - 1);
    for (size_t a = 0; a < n; a++)
        w[a] = w[a] > 1 ? 1 : w[a] < -1 ? -1 : w[a];
}

static void tables(const lut_tile *t, lut_f *q, lut_f *saved, const lut_f *w)
{
    size_t n = (size_t)1 << t->k;

    (void)saved;
    if (!sigmoid_entries(t->cfg)) {
        memcpy(q, w, n * sizeof *q);
        return;
    }
    for (size_t a = 0; a < n; a++)
        q[a] = lut_sigmoid(w[a]);
}

static void tables_backward(const lut_tile *t, lut_f *dw, const lut_f *dq,
                            const lut_f *saved, const lut_f *w)
{
    const dwn_cfg *cfg = t->cfg;
    float scale = t->penalty ? 1 : (float)cfg->gradient_scale;
    size_t n = (size_t)1 << t->k;

    (void)saved;
    for (size_t a = 0; a < n; a++)
        dw[a] = lut_set1(scale) * dq[a];
    for (size_t a = 0; sigmoid_entries(cfg) && a < n; a++) {
        lut_f s = lut_sigmoid(w[a]);

        dw[a] *= s * (1.0f - s);
    }
}

/* u and v by [[1, beta], [beta, 1]]. */
LUT_INLINE void mix(lut_f *u, lut_f *v, lut_f beta)
{
    lut_f x = *u;

    *u = lut_fma(beta, *v, x);
    *v = lut_fma(beta, x, *v);
}

/* Three levels of them at once. */
LUT_INLINE void mix_registers(lut_f r[8], lut_f beta)
{
#pragma GCC unroll 4
    for (size_t i = 0; i < 8; i += 2)
        mix(&r[i], &r[i + 1], beta);
#pragma GCC unroll 4
    for (size_t i = 0; i < 4; i++)
        mix(&r[i + i / 2 * 2], &r[i + i / 2 * 2 + 2], beta);
#pragma GCC unroll 4
    for (size_t i = 0; i < 4; i++)
        mix(&r[i], &r[i + 4], beta);
}

/* The same of s[0], s[h] .. s[7 h]. */
LUT_INLINE void mix_eight(lut_f *s, size_t h, lut_f beta)
{
    lut_f r[8];

#pragma GCC unroll 8
    for (size_t i = 0; i < 8; i++)
        r[i] = s[i * h];
    mix_registers(r, beta);
#pragma GCC unroll 8
    for (size_t i = 0; i < 8; i++)
        s[i * h] = r[i];
}

/* s = K s with K the k-fold tensor power of [[1, beta], [beta, 1]]. */
static void smooth(unsigned k, lut_f *s, lut_f beta)
{
    size_t n = (size_t)1 << k, h = 1;

    for (; 8 * h <= n; h *= 8)
        for (size_t from = 0; from < n; from += 8 * h)
            for (size_t a = from; a < from + h; a++)
                mix_eight(s + a, h, beta);
    for (; h < n; h *= 2)
        for (size_t from = 0; from < n; from += 2 * h)
            for (size_t a = from; a < from + h; a++)
                mix(&s[a], &s[a + h], beta);
}

/* As add_smoothed, of tables of 64 entries: from registers to registers twice. */
LUT_INLINE void add_smoothed6(lut_f *m, const lut_f *q, float middle, lut_f beta,
                              lut_f scale, bool fresh)
{
    lut_f s[64], r[8];

    for (size_t a = 0; a < 64; a += 8) {
#pragma GCC unroll 8
        for (size_t i = 0; i < 8; i++)
            r[i] = q[a + i] - middle;
        mix_registers(r, beta);
#pragma GCC unroll 8
        for (size_t i = 0; i < 8; i++)
            s[a + i] = r[i];
    }
    for (size_t a = 0; a < 8; a++) {
#pragma GCC unroll 8
        for (size_t i = 0; i < 8; i++)
            r[i] = s[a + 8 * i];
        mix_registers(r, beta);
#pragma GCC unroll 8
        for (size_t i = 0; i < 8; i++)
            m[a + 8 * i] = lut_fma(scale, r[i], fresh ? (lut_f){ 0 } : m[a + 8 * i]);
    }
}

/* m += scale * K (q - middle); fresh: m is 0 before, whatever it holds. */
static void add_smoothed(unsigned k, lut_f *m, const lut_f *q, float middle,
                         double beta, double scale, bool fresh)
{
    size_t n = (size_t)1 << k;
    lut_f s[1 << LUT_MAX_K], c = lut_set1((float)scale);

    if (k == 6 && fresh) {
        add_smoothed6(m, q, middle, lut_set1((float)beta), c, true);
        return;
    }
    if (k == 6) {
        add_smoothed6(m, q, middle, lut_set1((float)beta), c, false);
        return;
    }
    if (fresh)
        memset(m, 0, n * sizeof *m);
    for (size_t a = 0; a < n; a++)
        s[a] = q[a] - middle;
    smooth(k, s, lut_set1((float)beta));
    for (size_t a = 0; a < n; a++)
        m[a] = lut_fma(c, s[a], m[a]);
}

/* 1 / (d + 1) is the integral of beta^d over [0, 1]; Gauss and Legendre's rule with
 * ceil(k / 2) nodes is exact for the degrees that occur. */
static void slopes_linear(unsigned k, lut_f *m, const lut_f *q, float middle,
                          double alpha)
{
    static const double node[4][4] = {
        { 0.5 },
        { 0.21132486540518713, 0.78867513459481287 },
        { 0.11270166537925831, 0.5, 0.88729833462074170 },
        { 0.069431844202973714, 0.33000947820757187, 0.66999052179242813,
          0.93056815579702623 },
    };
    static const double weight[4][4] = {
        { 1 },
        { 0.5, 0.5 },
        { 0.27777777777777779, 0.44444444444444442, 0.27777777777777779 },
        { 0.17392742256872692, 0.32607257743127307, 0.32607257743127307,
          0.17392742256872692 },
    };
    unsigned n = (k + 1) / 2;

    for (unsigned i = 0; i < n; i++) {
        double beta = node[n - 1][i];

        add_smoothed(k, m, q, middle, beta, alpha * weight[n - 1][i] / (1 - beta),
                     i == 0);
    }
}

static void slopes(const lut_tile *t, lut_f *m, const lut_f *q)
{
    const dwn_cfg *cfg = t->cfg;
    bool linear = cfg->efd[0] == 'l';
    double alpha = cfg->alpha, beta = cfg->efd[0] == 'd' ? 0 : cfg->beta;
    /* What all entries have in common adds nothing to differences, only rounding. */
    float middle = sigmoid_entries(cfg) ? 0.5f : 0;

    if (!(alpha > 0)) {
        alpha = linear ? 1 : 0.5;
        for (unsigned i = 1; i < t->k && !linear; i++)
            alpha *= 0.75;
    }
    alpha *= cfg->gradient_scale;
    if (linear)
        slopes_linear(t->k, m, q, middle, alpha);
    else
        add_smoothed(t->k, m, q, middle, beta, alpha / (1 - beta), true);
}

static void project(const lut_tile *t, lut_f *w)
{
    const dwn_cfg *cfg = t->cfg;

    if (sigmoid_entries(cfg) || !cfg->clamp_luts)
        return;
    for (size_t a = 0, n = (size_t)1 << t->k; a < n; a++)
        w[a] = lut_max(lut_set1(-1), lut_min(lut_set1(1), w[a])); /* NaN stays NaN */
}

const lut_param_ops LUT_PARAM(dwn) = {
    .name = "dwn",
    .doc = "table look-up of bits with extended finite differences",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(dwn_cfg),
    .min_k = 1,
    .max_k = LUT_MAX_K,
    .no_temperature = true,
    .form = { .forward = LUT_LOOKUP,
              .gradient = LUT_BY_SLOPES,
              .squash = LUT_NO_SQUASH,
              .samplings = 1 << LUT_HARD },
    .adapt = adapt,
    .nweights = lut_param_entries,
    .nsaved = lut_param_none,
    .init = init,
    .tables = tables,
    .tables_backward = tables_backward,
    .slopes = slopes,
    .project = project,
};
