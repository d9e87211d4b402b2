/* Fourier: a bounded cosine series, y = min(max(z, 0), 1) with
 *     z = bias + sum_f A'_f cos(2 pi <kappa_f, x> + phase_f),
 *     A'_f = max_amplitude A_f / (sum_g A_g + 1e-8),
 * kappa_f in {0, 1/2}^k: at the corners the phases are multiples of pi away from phase_f, so
 * there it is a Walsh series with coefficients A'_f cos(phase_f).  Weights: amplitudes A,
 * phases, bias.  Table bit 1[z > 1/2].  math.md 8.1; DiffLUT's node of this name.
 *
 * There frequencies are drawn with replacement, min(2^k, 32) of them, unless use_all takes
 * each one once, in the order of the bits of 2 kappa (input 0 highest); `terms` names them by
 * those numbers instead, in any order and number.  Here the first one drawn is input 0's own,
 * so that every series can start close to it.  There amplitudes may turn negative, and then
 * neither their sum nor z is bounded; here they are held at 0, and their sum at 0.001 or
 * more.  Its penalty on amplitudes is not part of this.  Random start as there: amplitudes
 * uniform in (0, 0.1), phases in (-pi, pi), bias 1/2. */
#include "lib/param/init.h"
#include "lib/param/param.h"

static const double pi = 3.14159265358979323846;

enum { MAX_FREQUENCIES = 1 << LUT_MAX_K };

typedef struct fourier_cfg {
    uint32_t frequencies, seed;
    double max_amplitude;
    int8_t use_all;
    char terms[512];
    /* From prepare: */
    uint16_t count; /* terms of the series, ... */
    uint8_t
        inputs[MAX_FREQUENCIES]; /* ... and which inputs take part: bit j is input j */
} fourier_cfg;

static const lut_field fields[] = {
    LUT_OPTION_U32(
        fourier_cfg, frequencies, "", 1, MAX_FREQUENCIES, "32",
        "terms of the series, if there are as many frequencies (2^lut_rank)"),
    LUT_OPTION_BOOL(fourier_cfg, use_all, "false",
                    "every frequency once, instead of random ones"),
    LUT_OPTION_TEXT(fourier_cfg, terms, NULL, "-",
                    "frequencies by the number of their bits, \"4-2-1\"; overrides the "
                    "rest; -: none"),
    LUT_OPTION_U32(fourier_cfg, seed, "", 0, 4294967295, "42",
                   "of the random frequencies, the same for all LUTs"),
    LUT_OPTION_F64(fourier_cfg, max_amplitude, "", 1e-6, 100, "1",
                   "sum of the amplitudes"),
};

static bool listed(const fourier_cfg *cfg)
{
    return cfg->terms[0] != '-';
}

/* Numbers of the text, at most MAX_FREQUENCIES of them, each at most 2^k - 1; bits may be
 * NULL.  0: it is no such list. */
static size_t named(const char *text, unsigned k, unsigned *bits)
{
    size_t n = 0, digits = 0, v = 0;

    for (;; text++) {
        if (*text >= '0' && *text <= '9') {
            v = 10 * v + (size_t)(*text - '0');
            if (++digits > 3)
                return 0;
            continue;
        }
        if (!digits || v >> k || n == MAX_FREQUENCIES || (*text && *text != '-'))
            return 0;
        if (bits)
            bits[n] = (unsigned)v;
        n++;
        if (!*text)
            return n;
        digits = v = 0;
    }
}

static lut_status check(const void *cfg_, unsigned k, lut_err *err)
{
    const fourier_cfg *cfg = cfg_;

    if (!listed(cfg) || named(cfg->terms, k, NULL))
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL,
                    "terms = \"%.60s\": want numbers 0..%u with - between", cfg->terms,
                    (1u << k) - 1);
}

static size_t terms(const fourier_cfg *cfg, unsigned k)
{
    size_t all = (size_t)1 << k;

    if (listed(cfg))
        return named(cfg->terms, k, NULL);
    return cfg->use_all || cfg->frequencies > all ? all : cfg->frequencies;
}

/* Inputs that take part in each term, as address bits. */
static void draw(const fourier_cfg *cfg, unsigned k, unsigned bits[MAX_FREQUENCIES])
{
    lut_rng rng = lut_rng_make(cfg->seed, LUT_RNG_WIRING, k);
    size_t n = terms(cfg, k), all = (size_t)1 << k;

    if (listed(cfg)) {
        named(cfg->terms, k, bits);
        return;
    }
    for (size_t f = 0; f < n; f++)
        bits[f] = (unsigned)(cfg->use_all ? f : lut_rng_at(&rng, f) & (all - 1));
    if (!cfg->use_all)
        bits[0] = 1u << (k - 1);
}

static void prepare(void *cfg_, unsigned k)
{
    fourier_cfg *cfg = cfg_;
    unsigned bits[MAX_FREQUENCIES];

    draw(cfg, k, bits);
    cfg->count = (uint16_t)terms(cfg, k);
    for (size_t f = 0; f < cfg->count; f++) {
        cfg->inputs[f] = 0;
        for (unsigned j = 0; j < k; j++)
            cfg->inputs[f] |= (uint8_t)((bits[f] >> (k - 1 - j) & 1) << j);
    }
}

static size_t nweights(const void *cfg, unsigned k)
{
    return 2 * terms(cfg, k) + 1;
}

/* Which term is input 0's own; the first one where a list leaves it out. */
static size_t own_term(const fourier_cfg *cfg, unsigned k, size_t n)
{
    unsigned bits[MAX_FREQUENCIES];
    size_t own = 0;

    draw(cfg, k, bits);
    while (own < n && bits[own] != 1u << (k - 1))
        own++;
    return own < n ? own : 0;
}

/* Input 0's term is p - 1/2 times -cos(pi x_0), or all there is; the rest of the amplitude
 * goes to the others in equal parts, with phases that make them 0 at the corners.  Noise is
 * on the phases.  A series of one term has its whole amplitude there. */
static void init_residual(const fourier_cfg *cfg, unsigned k, float *w, lut_rng *rng,
                          const lut_init *how)
{
    size_t n = terms(cfg, k), own = own_term(cfg, k, n);
    double share = (how->probability - 0.5) / cfg->max_amplitude;

    if (share > 1 || n == 1)
        share = 1;
    for (size_t f = 0; f < n; f++) {
        w[f] = (float)(f == own ? share : (1 - share) / (double)(n - 1));
        w[n + f] = (float)((f == own ? pi : pi / 2) + how->noise * lut_rng_normal(rng));
    }
}

static void init(const void *cfg, unsigned k, float *w, lut_rng *rng,
                 const lut_init *how)
{
    size_t n = terms(cfg, k);

    w[2 * n] = 0.5f;
    if (how->residual) {
        init_residual(cfg, k, w, rng, how);
        return;
    }
    for (size_t f = 0; f < n; f++)
        w[f] = (float)(0.1 * lut_rng_uniform(rng));
    for (size_t f = 0; f < n; f++)
        w[n + f] = (float)(pi * (2 * lut_rng_uniform(rng) - 1));
}

/* Below n, the number of vectors, is known where functions are inlined; those of term f are
 * f n, f n + 1, ... */

typedef lut_f fourier_terms[MAX_FREQUENCIES * LUT_ABREAST];

/* max_amplitude / (sum of A + 1e-8). */
static lut_f scale_of(const fourier_cfg *cfg, const lut_f *w)
{
    lut_f sum = lut_set1(0);

    for (size_t f = 0; f < cfg->count; f++)
        sum += w[f];
    return (float)cfg->max_amplitude / (sum + 1e-8f);
}

/* Sine and cosine of the angle of term f. */
LUT_INLINE void angle(const fourier_cfg *cfg, lut_f *sine, lut_f *cosine, size_t f,
                      const lut_f *w, const lut_f *x, size_t n)
{
    lut_f turns[LUT_ABREAST];

    LUT_UNROLL_FIELD
    for (size_t v = 0; v < n; v++)
        turns[v] = lut_set1(0);
    for (unsigned left = cfg->inputs[f]; left; left &= left - 1) {
        const lut_f *in = x + (unsigned)__builtin_ctz(left) * n;

        LUT_UNROLL_FIELD
        for (size_t v = 0; v < n; v++)
            turns[v] += in[v];
    }
    LUT_UNROLL_FIELD
    for (size_t v = 0; v < n; v++)
        lut_sincos(&sine[v], &cosine[v],
                   lut_fma(lut_set1((float)pi), turns[v], w[cfg->count + f]));
}

LUT_INLINE void values(const fourier_cfg *cfg, lut_f *z, const lut_f *w, const lut_f *x,
                       size_t n)
{
    lut_f scale = scale_of(cfg, w), sum[LUT_ABREAST], sine[LUT_ABREAST],
          cosine[LUT_ABREAST];

    LUT_UNROLL_FIELD
    for (size_t v = 0; v < n; v++)
        sum[v] = lut_set1(0);
    for (size_t f = 0; f < cfg->count; f++) {
        angle(cfg, sine, cosine, f, w, x, n);
        LUT_UNROLL_FIELD
        for (size_t v = 0; v < n; v++)
            sum[v] = lut_fma(w[f], cosine[v], sum[v]);
    }
    LUT_UNROLL_FIELD
    for (size_t v = 0; v < n; v++)
        z[v] = lut_fma(scale, sum[v], w[2 * cfg->count]);
}

/* What input j takes part in, turn being the gradients of the angles. */
LUT_INLINE void input_gradient(const fourier_cfg *cfg, lut_f *dx, unsigned j,
                               const lut_f *turn, size_t n)
{
    lut_f sum[LUT_ABREAST];

    LUT_UNROLL_FIELD
    for (size_t v = 0; v < n; v++)
        sum[v] = lut_set1(0);
    for (size_t f = 0; f < cfg->count; f++)
        if (cfg->inputs[f] >> j & 1) {
            LUT_UNROLL_FIELD
            for (size_t v = 0; v < n; v++)
                sum[v] = lut_fma(turn[f * n + v], lut_set1((float)pi), sum[v]);
        }
    LUT_UNROLL_FIELD
    for (size_t v = 0; v < n; v++)
        dx[j * n + v] = sum[v];
}

/* With C = sum A cos / (sum A + 1e-8): dz/dA_f = scale (cos_f - C).  Sines become gradients
 * of the angles. */
LUT_INLINE void term_gradients(const fourier_cfg *cfg, lut_f *dw, lut_f *sine,
                               const lut_f *cosine, const lut_f *dz, const lut_f *w,
                               const lut_f *series, size_t n)
{
    const lut_f scale = scale_of(cfg, w);
    lut_f g[LUT_ABREAST], mean[LUT_ABREAST];

    LUT_UNROLL_FIELD
    for (size_t v = 0; v < n; v++) {
        g[v] = dz[v] * scale;
        mean[v] = series[v] * scale / (float)cfg->max_amplitude;
    }
    for (size_t f = 0; f < cfg->count; f++) {
        lut_f amplitude = dw ? dw[f] : lut_set1(0);
        lut_f phase = dw ? dw[cfg->count + f] : lut_set1(0);

        LUT_UNROLL_FIELD
        for (size_t v = 0; v < n; v++) {
            lut_f turn = -g[v] * w[f] * sine[f * n + v];

            amplitude = lut_fma(g[v], cosine[f * n + v] - mean[v], amplitude);
            phase += turn;
            sine[f * n + v] = turn;
        }
        if (dw) {
            dw[f] = amplitude;
            dw[cfg->count + f] = phase;
        }
    }
    for (size_t v = 0; dw && v < n; v++)
        dw[2 * cfg->count] += dz[v];
}

LUT_INLINE void gradients(const lut_tile *t, lut_f *dw, lut_f *dx, const lut_f *dz,
                          const lut_f *w, const lut_f *x, size_t n)
{
    const fourier_cfg *cfg = t->cfg;
    fourier_terms sine, cosine;
    lut_f series[LUT_ABREAST];

    LUT_UNROLL_FIELD
    for (size_t v = 0; v < n; v++)
        series[v] = lut_set1(0);
    for (size_t f = 0; f < cfg->count; f++) {
        angle(cfg, sine + f * n, cosine + f * n, f, w, x, n);
        LUT_UNROLL_FIELD
        for (size_t v = 0; v < n; v++)
            series[v] = lut_fma(w[f], cosine[f * n + v], series[v]);
    }
    term_gradients(cfg, dw, sine, cosine, dz, w, series, n);
    for (unsigned j = 0; dx && j < t->k; j++)
        input_gradient(cfg, dx, j, sine, n);
}

static void field(const lut_tile *t, lut_f *z, const lut_f *w, const lut_f *x, size_t n)
{
    if (n == 4)
        values(t->cfg, z, w, x, 4);
    else if (n == 3)
        values(t->cfg, z, w, x, 3);
    else if (n == 2)
        values(t->cfg, z, w, x, 2);
    else
        values(t->cfg, z, w, x, 1);
}

static void field_backward(const lut_tile *t, lut_f *dw, lut_f *dx, const lut_f *dz,
                           const lut_f *w, const lut_f *x, size_t n)
{
    if (n == 4)
        gradients(t, dw, dx, dz, w, x, 4);
    else if (n == 3)
        gradients(t, dw, dx, dz, w, x, 3);
    else if (n == 2)
        gradients(t, dw, dx, dz, w, x, 2);
    else
        gradients(t, dw, dx, dz, w, x, 1);
}

/* Whole turns off a phase that ran far: lut_sincos is for small angles.  Nearer ones stay as
 * they are, for decay and its anchor would see a turn as a jump.  Bounds: phases so large
 * that their turns have no fraction must end up somewhere. */
static lut_f unwound(lut_f phase)
{
    const lut_f far = lut_set1(1000), half = lut_set1((float)pi);
    const lut_f magic = lut_set1(0x1.8p23f); /* adding it rounds to an integer */
    lut_f turns = (phase * (float)(0.5 / pi) + magic) - magic;
    lut_f near = lut_fma(turns, lut_set1((float)(-2 * pi)), phase);

    near = lut_max(-half, lut_min(half, near)); /* in this order NaN stays NaN */
    return lut_select(lut_greater(phase, far) | lut_greater(-far, phase), near, phase);
}

/* Amplitudes that are all 0 would have neither a series nor, their sum being what they are
 * divided by, gradients of a sensible size: the first one makes up what the sum lacks. */
static void project(const lut_tile *t, lut_f *w)
{
    const lut_f least = lut_set1(1e-3f), zero = lut_set1(0);
    size_t n = ((const fourier_cfg *)t->cfg)->count;
    lut_f sum = zero;

    for (size_t f = 0; f < n; f++) {
        w[f] = lut_max(zero, w[f]); /* in this order NaN stays NaN */
        w[n + f] = unwound(w[n + f]);
        sum += w[f];
    }
    w[0] += lut_max(zero, least - sum);
}

const lut_param_ops LUT_PARAM(fourier) = {
    .name = "fourier",
    .doc = "a cosine series of bounded amplitude, clamped to [0, 1]",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(fourier_cfg),
    .min_k = 1,
    .max_k = LUT_MAX_K,
    .no_temperature = true,
    .form = { .forward = LUT_FIELD, .squash = LUT_CLAMP, .samplings = LUT_NOISELESS },
    .check = check,
    .prepare = prepare,
    .nweights = nweights,
    .nsaved = lut_param_none,
    .init = init,
    .field = field,
    .field_backward = field_backward,
    .project = project,
};
