/* Laws that every parametrization obeys, on every kernel set and for every rank: of one LUT
 * on the code that layers run. */
#include "tests/support/cells.h"

#include <math.h>

enum { REAL_SAMPLES = 24, BIT_SAMPLES = 100, MAX_PICKS = 6 };

static void everywhere(void (*law)(const setting *))
{
    size_t tried = 0;

    for (size_t i = 0; lut_param_table_scalar[i]; i++)
        for (const lut_backend *const *b = lut_backends(); *b; b++) {
            const lut_param_ops *p = (*b)->param[i];

            for (unsigned k = p->min_k; k <= p->max_k; k++, tried++)
                law(&(setting){ *b, i, p, k });
        }
    CU_ASSERT(tried >= 4);
}

static void worst(const setting *t, const char *law, double error, double bound)
{
    if (error <= bound)
        return;
    fprintf(stderr, "\n%s, %s, rank %u: %s: %g > %g", t->p->name, t->be->name, t->k,
            law, error, bound);
    CU_FAIL("a law is broken");
}

static const lut_step soft = { 0.8f, LUT_SOFT, 0 }, hard = { 0.8f, LUT_HARD, 0 };
static const lut_init at_random = { false, 0.951, 0.8, 0.1 };

static bool is(const setting *t, const char *name)
{
    return strcmp(t->p->name, name) == 0;
}

static bool has(const setting *t, lut_sampling mode)
{
    return cell_form(t, "").samplings >> mode & 1;
}

/* Options that leave no kinks in the relaxed function, and more of it than the defaults. */
static const char *smooth(const setting *t)
{
    if (is(t, "neural"))
        return t->k % 2
                   ? "neural.activation sigmoid neural.depth 3 neural.skip_interval 1"
                   : "neural.activation sigmoid neural.hidden_width 5 "
                     "neural.depth 4 neural.skip two_skip";
    if (is(t, "fourier")) /* never clamped */
        return t->k % 2 ? "fourier.max_amplitude 0.45"
                        : "fourier.max_amplitude 0.3 fourier.use_all true";
    return is(t, "poly") && t->k < 6 ? "poly.degree 4" : "";
}

static rows a_rows, b_rows;

static double largest(const float *v, size_t n)
{
    double most = 0;

    for (size_t i = 0; i < n; i++)
        most = fmax(most, fabs((double)v[i]));
    return most;
}

static double distance(const float *a, const float *b, size_t n)
{
    double most = 0;

    for (size_t i = 0; i < n; i++) {
        double d = fabs((double)a[i] - (double)b[i]);

        most = d > most || isnan(d) ? d : most;
    }
    return most;
}

/* Input gradients of two runs. */
static double dx_distance(const rows *a, const rows *b, unsigned k)
{
    double most = 0;

    for (unsigned j = 0; j < k; j++)
        most = fmax(most, distance(a->dx + j * CELL_ROW, b->dx + j * CELL_ROW, a->n));
    return most;
}

static double objective(lut_cell *c, rows *r)
{
    double sum = 0;

    cell_values(c, r);
    for (size_t s = 0; s < r->n; s++)
        sum += (double)r->g[s] * (double)r->y[s];
    return sum;
}

/* ---- gradients of the relaxed function ---- */

static const double at[4] = { -2, -1, 1, 2 };

/* Derivative by four values at -2h, -h, h, 2h. */
static double slope_of(const double v[4], double h)
{
    return (8 * (v[2] - v[1]) - (v[3] - v[0])) / (12 * h);
}

/* Amplitudes of a series matter by their ratios: large ones take steps of a size fit for
 * other weights. */
static void enlarge(rows *r, const setting *t)
{
    for (size_t e = 0; is(t, "fourier") && e < r->nweights / 2; e++)
        r->w[e] *= 40;
}

static double weight_error(lut_cell *c, rows *r, size_t first, size_t stride)
{
    const double h = 1.0 / 32;
    double error = 0;

    for (size_t e = first; e < r->nweights; e += stride) {
        float before = r->w[e];
        double v[4];

        for (int q = 0; q < 4; q++) {
            r->w[e] = before + (float)(at[q] * h);
            v[q] = objective(c, r);
        }
        r->w[e] = before;
        error = fmax(error, fabs(slope_of(v, h) - (double)r->dw[e]));
    }
    return error;
}

static void weights_against_differences(const setting *t)
{
    rows *r = &a_rows;
    lut_cell *c;

    if (t->p->form.forward == LUT_LOOKUP)
        return;
    c = cell_make(t, smooth(t), soft, false);
    cell_fill(r, REAL_SAMPLES, false, t->k);
    for (size_t i = 0; i < 2; i++) {
        size_t stride;
        double most;

        cell_start(r, t, smooth(t), &at_random, t->k + 10 * i);
        enlarge(r, t);
        stride = r->nweights > MAX_PICKS ? r->nweights / MAX_PICKS + 1 : 1;
        cell_gradients(c, r);
        most = largest(r->dw, r->nweights);
        CU_ASSERT(most > 1e-4);
        worst(t, "weight gradient", weight_error(c, r, i, stride), 5e-5 + 3e-3 * most);
    }
    lut_cell_destroy(c);
}

static double input_error(lut_cell *c, rows *r, unsigned j)
{
    const double h = 1.0 / 32;
    float *x = r->x + j * CELL_ROW, before[CELL_ROW], y[4][CELL_ROW];
    double error = 0;

    memcpy(before, x, sizeof before);
    for (int q = 0; q < 4; q++) {
        for (size_t s = 0; s < r->n; s++)
            x[s] = before[s] + (float)(at[q] * h);
        cell_values(c, r);
        memcpy(y[q], r->y, sizeof y[q]);
    }
    memcpy(x, before, sizeof before);
    for (size_t s = 0; s < r->n; s++) {
        double v[4];

        for (int q = 0; q < 4; q++)
            v[q] = (double)y[q][s] * (double)r->g[s];
        error = fmax(error, fabs(slope_of(v, h) - (double)r->dx[j * CELL_ROW + s]));
    }
    return error;
}

static void inputs_against_differences(const setting *t)
{
    rows *r = &a_rows;
    lut_cell *c;

    if (t->p->form.forward == LUT_LOOKUP)
        return;
    c = cell_make(t, smooth(t), soft, false);
    cell_fill(r, REAL_SAMPLES, false, t->k);
    cell_start(r, t, smooth(t), &at_random, 20 + t->k);
    cell_gradients(c, r);
    for (unsigned j = 0; j < t->k; j++) {
        double most = largest(r->dx + j * CELL_ROW, r->n);

        CU_ASSERT(most > 1e-5);
        worst(t, "input gradient", input_error(c, r, j), 5e-5 + 2e-3 * most);
    }
    lut_cell_destroy(c);
}

static void test_differences(void)
{
    everywhere(weights_against_differences);
    everywhere(inputs_against_differences);
}

/* ---- bits, look-ups and discrete outputs ---- */

/* Bits are the reals 0 and 1, gradients included. */
static void bits_are_reals(const setting *t)
{
    rows *r = &a_rows, *q = &b_rows;

    cell_fill(r, BIT_SAMPLES, true, 3);
    cell_start(r, t, "", &at_random, 20 + t->k);
    *q = *r;
    cell_run(r, t, "", soft, false);
    cell_run(q, t, "", soft, true);
    worst(t, "value of bits", distance(r->y, q->y, r->n), 2e-6);
    worst(t, "weight gradient of bits", distance(r->dw, q->dw, r->nweights),
          1e-5 * largest(r->dw, r->nweights));
    worst(t, "input gradient of bits", dx_distance(r, q, t->k), 3e-5);
}

/* Straight through: the discrete forward passes weights the gradient of the soft one. */
static void hard_passes_straight_through(const setting *t)
{
    rows *r = &a_rows, *q = &b_rows;

    if (!has(t, LUT_HARD) || !has(t, LUT_SOFT))
        return;
    cell_fill(r, BIT_SAMPLES, true, 4);
    cell_start(r, t, "", &at_random, 30 + t->k);
    *q = *r;
    cell_run(r, t, "", soft, true);
    cell_run(q, t, "", hard, true);
    CU_ASSERT(largest(r->dw, r->nweights) > 0);
    worst(t, "straight through", distance(r->dw, q->dw, r->nweights),
          1e-6 * largest(r->dw, r->nweights));
}

/* Real inputs of a look-up are the bits x > input_threshold. */
static void look_ups_compare(const setting *t)
{
    static const char *const options[] = { "", "dwn.entries sigmoid dwn.ste false",
                                           "dwn.input_threshold 0.75" };
    rows *r = &a_rows, *q = &b_rows;

    if (t->p->form.forward != LUT_LOOKUP)
        return;
    for (size_t i = 0; i < (is(t, "dwn") ? LUT_COUNT(options) : 1); i++) {
        lut_form form = cell_form(t, options[i]);
        size_t ones = 0;

        cell_fill(r, BIT_SAMPLES, false, 5);
        for (size_t s = 0; s < CELL_ROW; s++) { /* on the threshold: 0 */
            r->x[s] = s % 3 ? 2 * r->x[s] - 0.75f : form.input_threshold;
            r->x[(t->k - 1) * CELL_ROW + s] -= 0.25f;
        }
        cell_start(r, t, options[i], &at_random, 60 + t->k);
        *q = *r;
        for (size_t j = 0; j < t->k * CELL_ROW; j++)
            ones += (q->x[j] = q->x[j] > form.input_threshold) > 0;
        CU_ASSERT(ones > 10 && ones < t->k * CELL_ROW - 10);
        cell_run(r, t, options[i], soft, false);
        cell_run(q, t, options[i], soft, true);
        worst(t, "look-up of reals", distance(r->y, q->y, r->n), 0);
        if (form.gradient == LUT_BY_INTERPOLATION)
            continue; /* another law */
        worst(t, "weights of a look-up of reals", distance(r->dw, q->dw, r->nweights),
              0);
        worst(t, "inputs of a look-up of reals", dx_distance(r, q, t->k), 0);
    }
}

/* Backward, hybrid is what probabilistic is. */
static void hybrid_interpolates_backward(const setting *t)
{
    rows *r = &a_rows, *q = &b_rows;
    setting other = *t;

    if (!is(t, "hybrid"))
        return;
    other.param = lut_param_find("probabilistic");
    other.p = t->be->param[other.param];
    cell_fill(r, BIT_SAMPLES, false, 6);
    cell_start(r, t, "", &at_random, 3);
    *q = *r;
    cell_run(r, t, "", soft, false);
    cell_run(q, &other, "", soft, false);
    worst(t, "weight gradient", distance(r->dw, q->dw, r->nweights), 0);
    worst(t, "input gradient", dx_distance(r, q, t->k), 0);
    CU_ASSERT(distance(r->y, q->y, r->n) > 1e-3);
}

/* One formula of the corner logits, three bases. */
static void bases_agree(const setting *t)
{
    rows *r = &a_rows, *q = &b_rows;
    setting warp = *t;
    size_t n = (size_t)1 << t->k;

    if (!is(t, "unbound_probabilistic"))
        return;
    warp.param = lut_param_find("warp");
    warp.p = t->be->param[warp.param];
    cell_fill(r, BIT_SAMPLES, false, 7);
    cell_start(r, &warp, "", &at_random, 4);
    *q = *r;
    for (size_t a = 0; a < n; a++) { /* the transform's definition */
        double sum = 0;

        for (size_t set = 0; set < n; set++)
            sum +=
                (__builtin_popcountll(set & ~a) % 2 ? -1.0 : 1.0) * (double)r->w[set];
        q->w[a] = (float)sum;
    }
    cell_run(r, &warp, "", soft, false);
    cell_run(q, t, "", soft, false);
    worst(t, "as warp", distance(r->y, q->y, r->n), 3e-6);
    worst(t, "input gradient as warp", dx_distance(r, q, t->k), 3e-5);
}

static void test_bits(void)
{
    everywhere(bits_are_reals);
    everywhere(hard_passes_straight_through);
    everywhere(look_ups_compare);
    everywhere(hybrid_interpolates_backward);
    everywhere(bases_agree);
}

/* ---- truth tables ---- */

static bool table_bit(const uint64_t tt[4], size_t a)
{
    return tt[a / 64] >> (a % 64) & 1;
}

static void tables_agree(const setting *t)
{
    rows *r = &a_rows, *q = &b_rows;
    const char *soft_options = is(t, "dwn") ? "dwn.ste false dwn.entries sigmoid" : "";
    float middle = 0.5f;
    uint64_t tt[4];
    size_t ones = 0, tried = 0;

    cell_corners(r, t->k);
    *q = *r;
    for (uint64_t m = 0; m < 8; m++) {
        cell_start(r, t, soft_options, &at_random, 40 + m);
        memcpy(q->w, r->w, sizeof r->w);
        q->nweights = r->nweights;
        cell_table(tt, r, t, "");
        for (size_t a = r->n; a < 256; a++)
            CU_ASSERT_FALSE(table_bit(tt, a));
        cell_run(r, t, "", hard, true);
        cell_run(q, t, soft_options, soft, true);
        for (size_t a = 0; a < r->n; a++, tried++) {
            bool bit = table_bit(tt, a);

            ones += bit;
            if (has(t, LUT_HARD) && r->y[a] != (float)bit)
                CU_FAIL("the discrete value at a corner is not the table's");
            /* the gate chosen is not the threshold of the mixture */
            if (!is(t, "difflogic") && q->y[a] != middle && (q->y[a] > middle) != bit)
                CU_FAIL("the soft value at a corner is on the other side");
        }
    }
    CU_ASSERT(ones > 0 && ones < tried);
}

/* Weights that realise a Boolean function. */
static void by_entries(float *w, unsigned k, unsigned f)
{
    for (unsigned a = 0; a < 1u << k; a++)
        w[a] = f >> a & 1 ? 0.5f : -0.5f;
}

static void by_transform(float *w, unsigned k, unsigned f)
{
    for (unsigned set = 0; set < 1u << k; set++) {
        int sum = 0;

        for (unsigned a = 0; a < 1u << k; a++)
            sum += (f >> a & 1 ? 1 : -1) * (__builtin_popcount(set & ~a) % 2 ? -1 : 1);
        w[set] = (float)sum / (float)(1u << k);
    }
}

static void by_gate(float *w, unsigned k, unsigned f)
{
    unsigned gate = 0;

    for (unsigned a = 0; a < 1u << k; a++)
        gate |= (f >> a & 1) << (3 - a);
    for (unsigned i = 0; i < 16; i++)
        w[i] = i == gate ? 0.25f : i % 3 ? 0.125f : -1.0f;
}

/* Coefficients c of the Walsh series as amplitudes |c| and phases 0 or pi. */
static void by_series(float *w, unsigned k, unsigned f)
{
    size_t n = (size_t)1 << k;
    float c[8];

    by_transform(c, k, f);
    for (size_t set = 0; set < n; set++) {
        bool odd = __builtin_popcountll(set) % 2; /* cos(pi x) is 1 - 2x */

        w[set] = fabsf(c[set]);
        w[n + set] = (c[set] < 0) != odd ? 3.14159274f : 0;
    }
    w[2 * n] = 0.5f;
}

static const struct realiser {
    const char *name, *options;
    void (*fn)(float *w, unsigned k, unsigned f);
} realisers[] = { { "light", "", by_entries },
                  { "probabilistic", "", by_entries },
                  { "unbound_probabilistic", "", by_entries },
                  { "hybrid", "", by_entries },
                  { "dwn", "", by_entries },
                  { "dwn", "dwn.entries sigmoid", by_entries },
                  { "warp", "", by_transform },
                  { "fourier", "fourier.use_all true", by_series },
                  { "difflogic", "", by_gate } };

static size_t realised;

static void every_function_by(const setting *t, const struct realiser *how)
{
    rows *r = &a_rows;

    cell_corners(r, t->k);
    for (unsigned f = 0; f < 1u << (1u << t->k); f++, realised++) {
        uint64_t tt[4];

        how->fn(r->w, t->k, f);
        cell_table(tt, r, t, how->options);
        if (tt[0] != f)
            CU_FAIL("weights of a function harden to another one");
    }
}

static void every_function(const setting *t)
{
    for (size_t i = 0; t->k <= 3 && i < LUT_COUNT(realisers); i++)
        if (is(t, realisers[i].name))
            every_function_by(t, &realisers[i]);
}

static void test_tables(void)
{
    size_t sets = 0;

    for (const lut_backend *const *b = lut_backends(); *b; b++)
        sets++;
    realised = 0;
    everywhere(tables_agree);
    everywhere(every_function);
    CU_ASSERT_EQUAL(realised, sets * (8 * (4 + 16 + 256) + 16));
}

/* A logit of exactly zero is a 0, and a 1 for those that say so; a gate that ties with
 * another is the first. */
static void zero_is_no_one(const setting *t)
{
    bool one = is(t, "probabilistic") || is(t, "hybrid");
    rows *r = &a_rows;
    uint64_t tt[4];

    memset(r->w, 0, sizeof r->w);
    cell_corners(r, t->k);
    cell_table(tt, r, t, "");
    cell_run(r, t, "", hard, true);
    for (size_t a = 0; a < r->n; a++) {
        CU_ASSERT_EQUAL(table_bit(tt, a), one);
        if (has(t, LUT_HARD))
            CU_ASSERT_EQUAL(r->y[a], one);
    }
}

static void test_ties(void)
{
    everywhere(zero_is_no_one);
}

/* ---- initial weights ---- */

static void residual_agrees(const setting *t, const char *options, const lut_init *how,
                            double bound)
{
    lut_step now = { (float)how->temperature, LUT_SOFT, 0 };
    rows *r = &a_rows;
    double agreement = 0;

    cell_corners(r, t->k);
    for (uint64_t m = 0; m < 12; m++) {
        uint64_t tt[4];

        cell_start(r, t, options, how, m);
        cell_table(tt, r, t, options);
        cell_run(r, t, options, now, true);
        for (size_t a = 0; a < r->n; a++) {
            bool high = a >= r->n / 2;

            if (table_bit(tt, a) != high)
                CU_FAIL("a residual table is not the identity of input 0");
            agreement += (double)(high ? r->y[a] : 1 - r->y[a]) / (double)(r->n * 12);
        }
    }
    if (cell_form(t, options).samplings != 1 << LUT_HARD)
        worst(t, "residual agreement", fabs(agreement - how->probability), bound);
}

/* With noise nearly, without it to the last digits. */
static void residual_is_identity(const setting *t)
{
    static const double temperature[] = { 0.5, 1, 3 };

    for (size_t i = 0; i < LUT_COUNT(temperature) && !t->p->no_residual; i++) {
        lut_init noisy = { true, 0.951, temperature[i], 0.1 };
        lut_init plain = { true, 0.9, temperature[i], 0 };

        residual_agrees(t, "", &noisy, 0.02);
        residual_agrees(t, "", &plain, 2e-6);
        if (is(t, "dwn"))
            residual_agrees(t, "dwn.entries sigmoid dwn.ste false", &plain, 2e-6);
        if (is(t, "fourier"))
            residual_agrees(t, "fourier.use_all true", &plain, 2e-6);
        if (is(t, "poly") && t->k <= 4)
            residual_agrees(t, "poly.degree 5", &plain, 2e-6);
    }
}

static void random_does_not_saturate(const setting *t)
{
    lut_init how = { false, 0.951, 1, 0.1 };
    lut_step now = { 1, LUT_SOFT, 0 };
    rows *r = &a_rows;
    double slope = 0, mean = 0, inside = 0;
    enum { LUTS = 24 };

    if (!has(t, LUT_SOFT))
        return;
    cell_corners(r, t->k);
    for (uint64_t m = 0; m < LUTS; m++) {
        cell_start(r, t, "", &how, m);
        cell_run(r, t, "", now, true);
        for (size_t a = 0; a < r->n; a++) {
            slope += (double)(r->y[a] * (1 - r->y[a])) / (double)(r->n * LUTS);
            mean += (double)r->y[a] / (double)(r->n * LUTS);
            inside += (r->y[a] > 0 && r->y[a] < 1) / (double)(r->n * LUTS);
        }
    }
    CU_ASSERT(fabs(mean - 0.5) < 0.2);
    if (t->p->form.squash ==
        LUT_CLAMP) /* inside it gradients are whole; of the two terms
                                         * of rank 1 the sum is often too large */
        worst(t, "share outside (0, 1)", 1 - inside, t->k > 1 ? 0.4 : 0.6);
    else /* 0.207 for logits of deviation 1, 0.1 for deviation 3 */
        worst(t, "saturation", 0.25 - slope, 0.25 - 0.15);
}

static void test_init(void)
{
    everywhere(residual_is_identity);
    everywhere(random_does_not_saturate);
}

/* ---- sampling modes ---- */

enum { KEYS = 1200 };

/* How often the output at each corner is 1 (or its mean), over many keys of the noise. */
static void mean_of_noise(double mean[4], const setting *t, lut_sampling mode,
                          float temperature)
{
    rows *r = &b_rows;

    memset(mean, 0, 4 * sizeof *mean);
    for (uint64_t key = 0; key < KEYS; key++) {
        lut_cell *c = cell_make(t, "", (lut_step){ temperature, mode, key }, true);

        cell_values(c, r);
        lut_cell_destroy(c);
        for (size_t a = 0; a < 4; a++)
            mean[a] += (double)r->y[a] / KEYS;
    }
}

static void expect_mean(const setting *t, const char *law, const double mean[4],
                        const float want[4])
{
    for (size_t a = 0; a < 4; a++) { /* four and a half deviations of the mean */
        double p = (double)want[a], deviation = sqrt(p * (1 - p) / KEYS);

        worst(t, law, fabs(mean[a] - p), 4.5 * deviation);
    }
}

/* gumbel_hard gives 1 with the probability that soft has at temperature 1, whatever the
 * temperature is; bernoulli_hard with the one at its own temperature. */
static void noise_has_its_probability(const setting *t)
{
    float cold[CELL_ROW], one[CELL_ROW];
    rows *r = &a_rows;
    double mean[4];

    if (t->k != 2 || !has(t, LUT_GUMBEL_HARD))
        return;
    cell_corners(r, 2);
    cell_start(r, t, "", &at_random, 9);
    cell_run(r, t, "", (lut_step){ 0.4f, LUT_SOFT, 0 }, true);
    memcpy(cold, r->y, sizeof cold);
    cell_run(r, t, "", (lut_step){ 1, LUT_SOFT, 0 }, true);
    memcpy(one, r->y, sizeof one);
    CU_ASSERT(distance(cold, one, 4) > 0.03);
    b_rows = *r;
    mean_of_noise(mean, t, LUT_GUMBEL_HARD, 1);
    expect_mean(t, "gumbel_hard", mean, one);
    mean_of_noise(mean, t, LUT_GUMBEL_HARD, 0.4f);
    expect_mean(t, "gumbel_hard, cold", mean, one);
    mean_of_noise(mean, t, LUT_BERNOULLI_HARD, 0.4f);
    expect_mean(t, "bernoulli_hard", mean, cold);
}

/* The hard value is the soft one's limit: on the same side for a sigmoid, at a low
 * temperature for a softmax. */
static void gumbel_hardens_gumbel(const setting *t)
{
    rows *r = &a_rows, *q = &b_rows;
    size_t ones = 0, tried = 0;

    if (!has(t, LUT_GUMBEL_HARD))
        return;
    cell_fill(r, BIT_SAMPLES, true, 8);
    cell_start(r, t, "", &at_random, 5);
    *q = *r;
    for (uint64_t key = 0; key < 20; key++) {
        cell_run(r, t, "", (lut_step){ 0.01f, LUT_GUMBEL_SOFT, key }, true);
        cell_run(q, t, "", (lut_step){ 0.01f, LUT_GUMBEL_HARD, key }, true);
        for (size_t s = 0; s < r->n; s++, tried++) {
            ones += q->y[s] > 0;
            CU_ASSERT(q->y[s] == 0 || q->y[s] == 1);
            if (fabs((double)r->y[s] - 0.5) > 0.3 && (r->y[s] > 0.5f) != (q->y[s] > 0))
                CU_FAIL("gumbel_hard is not gumbel_soft's limit");
        }
        worst(t, "gradient of gumbel_hard", distance(r->dw, q->dw, r->nweights),
              1e-5 * fmax(1, largest(r->dw, r->nweights)));
    }
    CU_ASSERT(ones > tried / 10 && ones < tried - tried / 10);
}

/* Entries take one number for the batch, outputs one for each sample; two steps differ. */
static void noise_is_drawn_where_it_should_be(const setting *t)
{
    bool entries = t->p->form.squash == LUT_NO_SQUASH;
    rows *r = &a_rows;
    size_t changes = 0, differ = 0;
    float first[CELL_ROW];

    if (!has(t, LUT_GUMBEL_HARD))
        return;
    cell_fill(r, 128, true, 8);
    cell_start(r, t, "", &at_random, 5);
    for (size_t j = 0; j < t->k; j++)
        for (size_t s = 0; s < 128; s++)
            r->x[j * CELL_ROW + s] = 1;
    for (uint64_t key = 0; key < 40; key++) {
        cell_run(r, t, "", (lut_step){ 1, LUT_GUMBEL_HARD, key }, true);
        for (size_t s = 1; s < 128; s++)
            changes += r->y[s] != r->y[0];
        differ += key && distance(first, r->y, 128) > 0;
        memcpy(first, r->y, sizeof first);
    }
    CU_ASSERT(entries ? changes == 0 : changes > 128);
    CU_ASSERT(differ > 4);
}

static void test_sampling(void)
{
    everywhere(noise_has_its_probability);
    everywhere(gumbel_hardens_gumbel);
    everywhere(noise_is_drawn_where_it_should_be);
}

/* ---- lanes and sets ---- */

static bool same(const lut_f *a, const lut_f *b, size_t n, unsigned lane)
{
    for (size_t e = 0; e < n; e++)
        if (memcmp((const float *)&a[e] + lane, (const float *)&b[e] + lane,
                   sizeof(float)) != 0)
            return false;
    return true;
}

static bool all_finite(const lut_f *a, size_t n)
{
    for (size_t e = 0; e < n * LUT_LANES; e++)
        if (!isfinite(((const float *)a)[e]))
            return false;
    return true;
}

/* What a tile's functions make of 16 LUTs. */
typedef struct made {
    lut_f q[1 << LUT_MAX_K], saved[1 << LUT_MAX_K], dw[LUT_MAX_WEIGHTS];
    lut_f dx[LUT_MAX_K * LUT_ABREAST], z[LUT_ABREAST];
    lut_f w[LUT_MAX_WEIGHTS];
} made;

static void make_all(made *m, const setting *t, const lut_step *now, const lut_f *w,
                     const lut_f *dq)
{
    double cfg[128];
    lut_tile tile = { .cfg = cell_prepared(cfg, t, ""), .now = now, .k = t->k };
    size_t n = t->p->nweights(cfg, t->k);

    memset(m, 0, sizeof *m);
    memcpy(m->w, w, n * sizeof *w);
    if (t->p->field) {
        t->p->field(&tile, m->z, w, dq + LUT_ABREAST, LUT_ABREAST);
        t->p->field_backward(&tile, m->dw, m->dx, dq, w, dq + LUT_ABREAST, LUT_ABREAST);
    } else {
        t->p->tables(&tile, m->q, m->saved, w);
        t->p->tables_backward(&tile, m->dw, dq, m->saved, w);
    }
    if (t->p->project)
        t->p->project(&tile, m->w);
}

/* A LUT does not see its neighbours; lanes of zeros, which fill up a tile, stay finite. */
static void lanes_are_apart(const setting *t)
{
    static made all, alone;
    static lut_f w[LUT_MAX_WEIGHTS], one[LUT_MAX_WEIGHTS], dq[1 << LUT_MAX_K];
    static lut_f d1[1 << LUT_MAX_K];
    const unsigned lane = 5;
    lut_rng rng = lut_rng_make(1, LUT_RNG_TEST, t->k);

    memset(one, 0, sizeof one);
    memset(d1, 0, sizeof d1);
    for (size_t i = 0; i < LUT_MAX_WEIGHTS * LUT_LANES; i++)
        ((float *)w)[i] = (float)lut_rng_normal(&rng);
    for (size_t i = 0; i < sizeof dq / (sizeof(float)); i++)
        ((float *)dq)[i] = (float)lut_rng_uniform(&rng);
    for (size_t e = 0; e < LUT_MAX_WEIGHTS; e++)
        ((float *)&one[e])[lane] = ((float *)&w[e])[lane];
    for (size_t e = 0; e < 1 << LUT_MAX_K; e++)
        ((float *)&d1[e])[lane] = ((float *)&dq[e])[lane];
    for (int mode = 0; mode < LUT_SAMPLINGS; mode++) {
        lut_step now = { 0.7f, (lut_sampling)mode, 77 };

        make_all(&all, t, &now, w, dq);
        make_all(&alone, t, &now, one, d1);
        CU_ASSERT(
            same((lut_f *)&all, (lut_f *)&alone, sizeof all / sizeof(lut_f), lane));
        CU_ASSERT(all_finite((lut_f *)&alone, sizeof alone / sizeof(lut_f)));
    }
}

/* Options whose loops end in the middle of what goes together, or that leave no room to go
 * together. */
static const char *uneven(const setting *t)
{
    if (is(t, "neural"))
        return "neural.activation leakyrelu neural.depth 3 neural.hidden_width 7";
    return is(t, "poly")      ? "poly.degree 5"
           : is(t, "fourier") ? "fourier.terms 1-0-1"
                              : "";
}

/* Random numbers of a field, and what it makes of n vectors. */
typedef struct abreast {
    lut_f w[LUT_MAX_WEIGHTS], x[LUT_MAX_K * LUT_ABREAST], dz[LUT_ABREAST];
    lut_f z[LUT_ABREAST], dw[LUT_MAX_WEIGHTS], dx[LUT_MAX_K * LUT_ABREAST];
} abreast;

static void fill_abreast(abreast *a)
{
    lut_rng rng = lut_rng_make(3, LUT_RNG_TEST, 1);

    memset(a, 0, sizeof *a);
    for (size_t i = 0; i < LUT_COUNT(a->w) * LUT_LANES; i++)
        ((float *)a->w)[i] = (float)lut_rng_normal(&rng);
    for (size_t i = 0; i < LUT_COUNT(a->x) * LUT_LANES; i++)
        ((float *)a->x)[i] = (float)lut_rng_uniform(&rng);
    for (size_t i = 0; i < LUT_COUNT(a->dz) * LUT_LANES; i++)
        ((float *)a->dz)[i] = (float)lut_rng_normal(&rng);
    for (size_t i = 0; i < LUT_COUNT(a->dw) * LUT_LANES; i++)
        ((float *)a->dw)[i] = (float)lut_rng_normal(&rng); /* they are added to */
}

/* The n vectors of `all` one after another. */
static void run_apart(abreast *one, const setting *t, const lut_tile *tile,
                      const abreast *all, size_t n)
{
    lut_f x[LUT_MAX_K], dx[LUT_MAX_K];

    for (size_t v = 0; v < n; v++) {
        for (unsigned j = 0; j < t->k; j++)
            x[j] = all->x[j * n + v];
        t->p->field(tile, &one->z[v], all->w, x, 1);
        t->p->field_backward(tile, one->dw, dx, &all->dz[v], all->w, x, 1);
        for (unsigned j = 0; j < t->k; j++)
            one->dx[j * n + v] = dx[j];
    }
}

static bool equal_vectors(const lut_f *a, const lut_f *b, size_t n)
{
    return memcmp(a, b, n * sizeof *a) == 0;
}

/* Fields give the same bytes for vectors that meet them together and one by one, and whether
 * or not both gradients are asked for. */
static void vectors_meet_apart(const setting *t, const char *options, size_t n)
{
    static abreast all, one, dw_only, dx_only;
    const lut_step now = { 0.7f, LUT_SOFT, 0 };
    double cfg[128];
    lut_tile tile = { .cfg = cell_prepared(cfg, t, options), .now = &now, .k = t->k };
    size_t nweights = t->p->nweights(cfg, t->k);

    fill_abreast(&all);
    one = dw_only = dx_only = all;
    run_apart(&one, t, &tile, &all, n);
    t->p->field(&tile, all.z, all.w, all.x, n);
    t->p->field_backward(&tile, all.dw, all.dx, all.dz, all.w, all.x, n);
    t->p->field_backward(&tile, dw_only.dw, NULL, all.dz, all.w, all.x, n);
    t->p->field_backward(&tile, NULL, dx_only.dx, all.dz, all.w, all.x, n);
    CU_ASSERT(equal_vectors(all.z, one.z, n));
    CU_ASSERT(equal_vectors(all.dw, one.dw, nweights));
    CU_ASSERT(equal_vectors(all.dw, dw_only.dw, nweights));
    CU_ASSERT(equal_vectors(all.dx, one.dx, t->k * n));
    CU_ASSERT(equal_vectors(all.dx, dx_only.dx, t->k * n));
}

static void vectors_are_apart(const setting *t)
{
    const char *options[] = { "", smooth(t), uneven(t) };

    for (size_t i = 0; t->p->field && i < LUT_COUNT(options); i++)
        for (size_t n = 1; n <= LUT_ABREAST; n++)
            vectors_meet_apart(t, options[i], n);
}

static bool same_rows(const rows *a, const rows *b, unsigned k)
{
    for (unsigned j = 0; j < k; j++)
        if (memcmp(a->dx + j * CELL_ROW, b->dx + j * CELL_ROW, a->n * sizeof(float)))
            return false;
    return memcmp(a->y, b->y, a->n * sizeof(float)) == 0 &&
           memcmp(a->dw, b->dw, a->nweights * sizeof(float)) == 0;
}

/* All sets give the bytes of the scalar one. */
static void sets_agree(const setting *t)
{
    const lut_backend *scalar = lut_backends()[0];
    setting other = { scalar, t->param, scalar->param[t->param], t->k };
    rows *r = &a_rows, *q = &b_rows;

    if (t->be == scalar)
        return;
    for (int mode = 0; mode < LUT_SAMPLINGS; mode++)
        for (int bits = 0; bits < 2; bits++) {
            lut_step now = { 0.9f, (lut_sampling)mode, 5 };
            const char *options = mode % 2 ? smooth(t) : "";

            if (!has(t, (lut_sampling)mode))
                continue;
            cell_fill(r, BIT_SAMPLES + 7, bits, 9);
            cell_start(r, t, options, &at_random, 8);
            *q = *r;
            cell_start(q, &other, options, &at_random, 8);
            CU_ASSERT(memcmp(r->w, q->w, r->nweights * sizeof(float)) == 0);
            cell_run(r, t, options, now, bits);
            cell_run(q, &other, options, now, bits);
            if (!same_rows(r, q, t->k))
                worst(t, "another set gives other bytes", 1, 0);
        }
}

static void test_lanes(void)
{
    everywhere(lanes_are_apart);
    everywhere(vectors_are_apart);
    everywhere(sets_agree);
}

/* ---- the series and the polynomial, by their definitions ---- */

static const char poly_options[] = "poly.degree 3";

/* Exponents in the documented order: all tuples, sorted. */
static size_t exponents(unsigned e[][LUT_MAX_K], unsigned k, unsigned degree)
{
    size_t n = 0, all = 1;

    for (unsigned j = 0; j < k; j++)
        all *= degree + 1;
    for (unsigned total = 0; total <= degree; total++)
        for (size_t i = 0; i < all; i++) { /* the first exponent is the highest digit */
            unsigned sum = 0;
            size_t rest = i;

            for (unsigned j = k; j-- > 0; rest /= degree + 1)
                sum += e[n][j] = (unsigned)(rest % (degree + 1));
            n += sum == total;
        }
    return n;
}

static void poly_is_its_sum(const setting *t)
{
    static unsigned e[200][LUT_MAX_K];
    rows *r = &a_rows;
    lut_step one = { 1, LUT_SOFT, 0 };
    double error = 0;

    if (!is(t, "poly") || t->k > 6)
        return;
    cell_fill(r, REAL_SAMPLES, false, 1);
    cell_start(r, t, poly_options, &at_random, 2);
    CU_ASSERT_EQUAL(exponents(e, t->k, 3), r->nweights);
    cell_run(r, t, poly_options, one, false);
    for (size_t s = 0; s < r->n; s++) {
        double z = 0;

        for (size_t m = 0; m < r->nweights; m++) {
            double p = (double)r->w[m];

            for (unsigned j = 0; j < t->k; j++)
                p *= pow((double)r->x[j * CELL_ROW + s], e[m][j]);
            z += p;
        }
        error = fmax(error, fabs(1 / (1 + exp(-z)) - (double)r->y[s]));
    }
    worst(t, "sum of monomials", error, 2e-6);
}

static void fourier_is_its_sum(const setting *t)
{
    static const char options[] = "fourier.use_all true fourier.max_amplitude 0.7";
    rows *r = &a_rows;
    size_t n = (size_t)1 << t->k;
    double error = 0, total = 1e-8;

    if (!is(t, "fourier"))
        return;
    cell_fill(r, REAL_SAMPLES, false, 1);
    cell_start(r, t, options, &at_random, 2);
    CU_ASSERT_EQUAL(r->nweights, 2 * n + 1);
    cell_run(r, t, options, soft, false);
    for (size_t f = 0; f < n; f++)
        total += (double)r->w[f];
    for (size_t s = 0; s < r->n; s++) {
        double z = (double)r->w[2 * n];

        for (size_t f = 0; f < n; f++) {
            double angle = (double)r->w[n + f];

            for (unsigned j = 0; j < t->k; j++)
                angle += (f >> (t->k - 1 - j) & 1 ? M_PI : 0) *
                         (double)r->x[j * CELL_ROW + s];
            z += 0.7 * (double)r->w[f] / total * cos(angle);
        }
        error = fmax(error, fabs(fmin(fmax(z, 0), 1) - (double)r->y[s]));
    }
    worst(t, "sum of cosines", error, 3e-6);
}

/* Of this compilation; other sets do the same operations. */
static void sines_from(double first, double step)
{
    double error = 0;

    for (int i = 0; i < 20000; i++) {
        lut_f x, s, c;

        for (int l = 0; l < LUT_LANES; l++)
            x[l] = (float)(first + step * (i * LUT_LANES + l));
        lut_sincos(&s, &c, x);
        for (int l = 0; l < LUT_LANES; l++) {
            error = fmax(error, fabs((double)s[l] - sin((double)x[l])));
            error = fmax(error, fabs((double)c[l] - cos((double)x[l])));
        }
    }
    CU_ASSERT(error < 1e-7);
}

static void test_sines(void)
{
    lut_f s, c;

    sines_from(-8, 5e-5);
    sines_from(-1e4, 0.0625);
    lut_sincos(&s, &c, lut_set1(0));
    CU_ASSERT(s[0] == 0 && c[0] == 1);
    lut_sincos(&s, &c, lut_set1((float)NAN));
    CU_ASSERT(isnan(s[3]) && isnan(c[3]));
}

static void test_sums(void)
{
    everywhere(poly_is_its_sum);
    everywhere(fourier_is_its_sum);
}

/* ---- dwn ---- */

/* The defining double sum: entries weighted by how far they are from the address. */
static double extended_difference(const double *v, unsigned k, size_t address,
                                  unsigned j, char efd, double alpha, double beta)
{
    size_t bit = (size_t)1 << (k - 1 - j);
    double sum = 0;

    for (size_t a = 0; a < (size_t)1 << k; a++) {
        int d = __builtin_popcountll((a ^ address) & ~bit);
        double c = efd == 'l' ? 1.0 / (d + 1) : efd == 'd' ? d == 0 : pow(beta, d);

        sum += (a & bit ? 1 : -1) * v[a] * alpha * c;
    }
    return sum;
}

static void slopes_of(const setting *t, const char *options, char efd, double alpha,
                      double beta, double scale)
{
    rows *r = &a_rows;
    double error = 0, most = 0, v[1 << LUT_MAX_K];
    bool sigmoid = strstr(options, "sigmoid") != NULL;

    cell_corners(r, t->k);
    cell_start(r, t, options, &at_random, 50 + t->k);
    cell_run(r, t, options, soft, true);
    for (size_t a = 0; a < r->n; a++) {
        double w = (double)r->w[a], s = 1 / (1 + exp(-w));

        v[a] = sigmoid ? s : w;
        error =
            fmax(error, fabs((double)r->dw[a] - scale * (sigmoid ? s * (1 - s) : 1)));
    }
    worst(t, options, error,
          sigmoid ? 1e-6 : 0); /* straight to the entry at the address */
    for (unsigned j = 0; j < t->k; j++)
        for (size_t a = 0; a < r->n; a++) {
            double e = scale * extended_difference(v, t->k, a, j, efd, alpha, beta);

            most = fmax(most, fabs(e));
            error = fmax(error, fabs((double)r->dx[j * CELL_ROW + a] - e));
        }
    CU_ASSERT(most > 0);
    worst(t, options, error, 5e-6 * fmax(most, 1));
}

static void extended_differences(const setting *t)
{
    double alpha = 0.5 * pow(0.75, t->k - 1);

    if (!is(t, "dwn"))
        return;
    slopes_of(t, "", 'e', alpha, 1.0 / 3, 1);
    slopes_of(t, "dwn.efd difference", 'd', alpha, 0, 1);
    slopes_of(t, "dwn.efd linear", 'l', 1, 0, 1);
    slopes_of(t, "dwn.efd linear dwn.alpha 0.25", 'l', 0.25, 0, 1);
    slopes_of(t, "dwn.alpha 1.5 dwn.beta 0.75", 'e', 1.5, 0.75, 1);
    slopes_of(t, "dwn.alpha 1 dwn.beta 0 dwn.gradient_scale 0.5", 'e', 1, 0, 0.5);
    slopes_of(
        t, "dwn.entries sigmoid dwn.ste false dwn.efd linear dwn.gradient_scale 1.25",
        'l', 1, 0, 1.25);
    slopes_of(t, "dwn.entries sigmoid dwn.gradient_scale 2", 'e', alpha, 1.0 / 3, 2);
}

/* Values are bits or entries, as said; both dialects test entries at w = 0. */
static void outputs_are_as_said(const setting *t)
{
    static const char *const options[] = { "", "dwn.ste false", "dwn.entries sigmoid",
                                           "dwn.entries sigmoid dwn.ste false" };
    rows *r = &a_rows;

    for (int i = 0; is(t, "dwn") && i < 4; i++) {
        cell_corners(r, t->k);
        cell_start(r, t, options[i], &at_random, 3);
        r->w[0] = 1e-30f; /* a 1, though its sigmoid is 1/2 */
        cell_run(r, t, options[i], soft, true);
        for (size_t a = 0; a < r->n; a++) {
            double w = (double)r->w[a], s = 1 / (1 + exp(-w));
            double want = i % 2 == 0 ? w > 0 : i == 1 ? w : s;

            worst(t, options[i], fabs((double)r->y[a] - want), i == 3 ? 2e-7 : 0);
        }
    }
}

static void clamp(const setting *t, const char *options, float *w, size_t n)
{
    lut_f v[LUT_MAX_WEIGHTS];
    double cfg[128];
    lut_tile view = { .cfg = cell_prepared(cfg, t, options), .now = &soft, .k = t->k };

    for (size_t e = 0; e < n; e++)
        v[e] = lut_set1(w[e]);
    t->p->project(&view, v);
    for (size_t e = 0; e < n; e++)
        w[e] = ((float *)&v[e])[3];
}

/* Far phases lose whole turns, near ones keep them; a series keeps some amplitude; NaN is
 * for the training loop to see. */
static void fourier_is_held(const setting *t)
{
    static const char options[] = "fourier.use_all true";
    static const float far[] = { 1e4f, -1e5f, 1001, -1001 };
    size_t n = (size_t)1 << t->k;
    float w[2 * (1 << LUT_MAX_K) + 1];

    if (!is(t, "fourier") || t->k > 4)
        return;
    for (size_t f = 0; f < n; f++) {
        w[f] = f ? -1 : 0;
        w[n + f] = far[f % LUT_COUNT(far)];
    }
    w[2 * n] = 0.5f;
    w[n + 1] = 999;
    clamp(t, options, w, 2 * n + 1);
    CU_ASSERT(fabsf(w[0] - 1e-3f) < 1e-9f);
    CU_ASSERT_EQUAL(w[1], 0);
    CU_ASSERT_EQUAL(w[n + 1], 999);
    for (size_t f = 0; f < n; f++) {
        if (f == 1)
            continue;
        CU_ASSERT(fabs((double)w[n + f]) <= M_PI + 1e-6);
        CU_ASSERT(fabs(cos((double)w[n + f]) - cos((double)far[f % 4])) < 0.02);
    }
    w[0] = 0.25f;
    w[n] = 1e30f;
    w[n + 1] = NAN;
    clamp(t, options, w, 2 * n + 1);
    CU_ASSERT_EQUAL(w[0], 0.25f);
    CU_ASSERT(fabs((double)w[n]) <= M_PI + 1e-6);
    CU_ASSERT(isnan(w[n + 1]));
}

static void entries_are_clamped(const setting *t)
{
    static const float in[] = { -2, -1, -0.5f, -0.0f, 0, 0.5f, 1, 1.5f, 1e30f, -1e30f };
    static const float out[] = { -1, -1, -0.5f, -0.0f, 0, 0.5f, 1, 1, 1, -1 };
    static const char *const free_ones[] = { "dwn.clamp_luts false",
                                             "dwn.entries sigmoid" };
    float w[1 << LUT_MAX_K];
    size_t n = (size_t)1 << t->k;

    if (!is(t, "dwn"))
        return;
    for (size_t i = 0; i < 3; i++) {
        for (size_t e = 0; e < n; e++)
            w[e] = in[e % LUT_COUNT(in)];
        clamp(t, i < 2 ? free_ones[i] : "", w, n);
        for (size_t e = 0; e < n; e++)
            CU_ASSERT_EQUAL(w[e], (i < 2 ? in : out)[e % LUT_COUNT(in)]);
        w[1] = NAN; /* for the training loop to see */
        clamp(t, i < 2 ? free_ones[i] : "", w, n);
        CU_ASSERT(isnan(w[1]));
    }
}

static void form_is(const char *name, const char *options, float threshold,
                    unsigned samplings)
{
    size_t i = lut_param_find(name);
    setting t = { lut_backends()[0], i, lut_param_table_scalar[i], 2 };
    lut_form form = cell_form(&t, options);

    CU_ASSERT_EQUAL(form.input_threshold, threshold);
    CU_ASSERT_EQUAL(form.samplings, samplings);
}

static void test_forms(void)
{
    form_is("dwn", "", 0, 1 << LUT_HARD);
    form_is("dwn", "dwn.ste false", 0, 1 << LUT_SOFT);
    form_is("dwn", "dwn.entries sigmoid", 0.5f, 1 << LUT_HARD);
    form_is("dwn", "dwn.entries sigmoid dwn.input_threshold 0", 0, 1 << LUT_HARD);
    form_is("dwn", "dwn.input_threshold 0.25 dwn.ste false", 0.25f, 1 << LUT_SOFT);
    form_is("hybrid", "", 0.5f, 1 << LUT_SOFT);
    form_is("hybrid", "hybrid.input_threshold 0.75", 0.75f, 1 << LUT_SOFT);
    form_is("fourier", "", 0, 1 << LUT_SOFT | 1 << LUT_HARD);
    form_is("neural", "", 0, LUT_ANY_SAMPLING);
}

static void test_dwn(void)
{
    everywhere(extended_differences);
    everywhere(outputs_are_as_said);
    everywhere(entries_are_clamped);
    everywhere(fourier_is_held);
}

/* ---- vetoes ---- */

static void refused(const char *name, const char *options, unsigned k,
                    const char *message)
{
    size_t i = lut_param_find(name);
    setting t = { lut_backends()[0], i, lut_param_table_scalar[i], k };
    double cfg[128];
    lut_err err = { 0 };

    cell_options(cfg, &t, options);
    CU_ASSERT_EQUAL(t.p->check(cfg, k, &err), message ? LUT_EINVAL : LUT_OK);
    if (message)
        CU_ASSERT_STRING_EQUAL(err.text, message);
}

static void test_vetoes(void)
{
    refused("poly", "poly.degree 5", 8, NULL);
    refused("poly", "poly.degree 6", 8,
            "degree = 6: a LUT of rank 8 would have 3003 weights, want at most 2048");
    refused("neural", "neural.skip two_skip neural.depth 4", 6, NULL);
    refused("neural", "neural.skip two_skip neural.depth 3", 6,
            "depth = 3: skip \"two_skip\" takes 4");
    refused("neural", "neural.hidden_width 64 neural.depth 3", 2,
            "hidden_width = 64: a LUT of rank 2 would have 4420 weights, want at most "
            "2048");
}

/* ---- rows ---- */

/* A call sees its samples and no others. */
static void rows_end_at_n(const setting *t)
{
    static const size_t counts[] = { 1, 15, 16, 17, 63, 64, 65, 100 };
    rows *r = &a_rows, *q = &b_rows;
    bool bits = t->k % 2;

    cell_fill(r, CELL_ROW, bits, 11);
    cell_start(r, t, "", &at_random, 60 + t->k);
    cell_run(r, t, "", soft, bits);
    *q = *r;
    for (size_t i = 0; i < LUT_COUNT(counts); i++) {
        q->n = counts[i];
        memset(q->y, 0xff, sizeof q->y);
        memset(q->dx, 0xff, sizeof q->dx);
        cell_run(q, t, "", soft, bits);
        CU_ASSERT(memcmp(r->y, q->y, q->n * sizeof *r->y) == 0);
        CU_ASSERT(isnan(q->y[q->n]));
        for (unsigned j = 0; j < t->k; j++) {
            CU_ASSERT(memcmp(r->dx + j * CELL_ROW, q->dx + j * CELL_ROW,
                             q->n * sizeof *r->dx) == 0);
            CU_ASSERT(isnan(q->dx[j * CELL_ROW + q->n]));
        }
    }
}

static void test_rows(void)
{
    everywhere(rows_end_at_n);
}

UNIT_MAIN("param", UNIT(test_differences), UNIT(test_bits), UNIT(test_tables),
          UNIT(test_ties), UNIT(test_init), UNIT(test_sampling), UNIT(test_lanes),
          UNIT(test_sines), UNIT(test_sums), UNIT(test_dwn), UNIT(test_forms),
          UNIT(test_vetoes), UNIT(test_rows))
