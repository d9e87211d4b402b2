/* Laws that every parametrization obeys, on every kernel set and for every rank. */
#include "tests/support/lone.h"

#include <math.h>

enum { REAL_SAMPLES = 24, BIT_SAMPLES = 100, MAX_PICKS = 10 };

/* What a law is tried on. */
typedef struct setting {
    const lut_backend *be;
    size_t param;
    const lut_param_ops *p;
    unsigned k;
} setting;

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
    if (!(error <= bound))
        fprintf(stderr, "\n%s, %s, rank %u: %s: %g > %g", t->p->name, t->be->name, t->k,
                law, error, bound);
    CU_ASSERT(error <= bound);
}

static const lut_step soft = { 0.8f, LUT_SOFT, 0 }, hard = { 0.8f, LUT_HARD, 0 };
static const lut_init at_random = { false, 0.951, 0.8, 0.1 };

static bool is(const setting *t, const char *name)
{
    return strcmp(t->p->name, name) == 0;
}

static lone a_lone, another;

/* Rows of inputs, upstream gradient and results of one LUT. */
typedef struct rows {
    float x[LUT_MAX_K][LONE_ROW], g[LONE_ROW], y[LONE_ROW], dx[LUT_MAX_K][LONE_ROW];
    uint64_t b[LUT_MAX_K][LONE_ROW / 64];
    float *to[LUT_MAX_K];
    lone_x in;
} rows;

static rows a_rows, b_rows;

static void link_rows(rows *r)
{
    for (unsigned j = 0; j < LUT_MAX_K; j++) {
        r->in.f[j] = r->x[j];
        r->in.b[j] = r->b[j];
        r->to[j] = r->dx[j];
    }
}

/* Samples past n: gradient 0, bits 0. */
static void fill_rows(rows *r, size_t n, bool bits, uint64_t seed)
{
    lut_rng rng = lut_rng_make(seed, LUT_RNG_TEST, 0);

    memset(r, 0, sizeof *r);
    link_rows(r);
    for (size_t s = 0; s < n; s++) {
        r->g[s] = (float)lut_rng_normal(&rng);
        for (unsigned j = 0; j < LUT_MAX_K; j++) {
            uint64_t bit = lut_rng_below(&rng, 2);

            r->x[j][s] = bits ? (float)bit : (float)lut_rng_uniform(&rng);
            r->b[j][s / 64] |= bit << (s % 64);
        }
    }
}

/* Every address once, then again. */
static size_t fill_corners(rows *r, unsigned k)
{
    size_t n = (size_t)1 << k;

    memset(r, 0, sizeof *r);
    link_rows(r);
    for (size_t a = 0; a < n; a++)
        for (unsigned j = 0; j < k; j++) {
            r->x[j][a] = (float)(a >> (k - 1 - j) & 1);
            r->b[j][a / 64] |= (uint64_t)(a >> (k - 1 - j) & 1) << (a % 64);
        }
    return n;
}

static double objective(lone *l, size_t m, rows *r, size_t n)
{
    double sum = 0;

    lone_forward(l, m, r->y, &r->in, n);
    for (size_t s = 0; s < n; s++)
        sum += (double)r->g[s] * (double)r->y[s];
    return sum;
}

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

/* Backward of the given LUTs; their gradients of weights in l->grad. */
static void gradients(lone *l, rows *r, size_t m, size_t n)
{
    static float dtable[LUT_LANES * LONE_ENTRIES];

    memset(dtable, 0, sizeof dtable);
    memset(r->dx, 0, sizeof r->dx);
    lone_forward(l, m, r->y, &r->in, n);
    lone_backward(l, m, dtable + m * l->entries, r->to, r->g, r->y, &r->in, n);
    lone_gradient(l, dtable);
}

/* ---- gradients of the relaxed network ---- */

/* Derivative by four values at -2h, -h, h, 2h. */
static double slope_of(const double v[4], double h)
{
    return (8 * (v[2] - v[1]) - (v[3] - v[0])) / (12 * h);
}

static void weights_against_differences(const setting *t)
{
    static const double at[4] = { -2, -1, 1, 2 };
    static const size_t which[] = { 0, 6, 15 };
    const double h = 1.0 / 32;
    lone *l = &a_lone;
    rows *r = &a_rows;
    size_t stride;

    if (t->p->form.forward != LUT_INTERPOLATE)
        return;
    lone_open(l, t->be, t->param, "", t->k, &soft, true);
    lone_init(l, &at_random, t->k);
    fill_rows(r, REAL_SAMPLES, false, t->k);
    stride = l->nweights > MAX_PICKS ? l->nweights / MAX_PICKS + 1 : 1;
    for (size_t i = 0; i < LUT_COUNT(which); i++) {
        size_t m = which[i];
        float dw[LONE_ENTRIES];
        double most = 0, error = 0;

        gradients(l, r, m, REAL_SAMPLES);
        for (size_t e = 0; e < l->nweights; e++)
            most = fmax(most, fabs((double)(dw[e] = *lone_at(l->grad, m, e))));
        for (size_t e = i; e < l->nweights; e += stride) {
            float *w = lone_at(l->w, m, e), before = *w;
            double v[4];

            for (int q = 0; q < 4; q++) {
                *w = before + (float)(at[q] * h);
                l->be->refresh(&l->t, 0);
                v[q] = objective(l, m, r, REAL_SAMPLES);
            }
            *w = before;
            error = fmax(error, fabs(slope_of(v, h) - (double)dw[e]));
        }
        l->be->refresh(&l->t, 0);
        CU_ASSERT(most > 1e-4);
        worst(t, "weight gradient", error, 5e-5 + 2e-3 * most);
    }
}

static void inputs_against_differences(const setting *t)
{
    static const double at[4] = { -2, -1, 1, 2 };
    const double h = 1.0 / 16;
    lone *l = &a_lone;
    rows *r = &a_rows;

    if (t->p->form.forward != LUT_INTERPOLATE)
        return;
    lone_open(l, t->be, t->param, "", t->k, &soft, true);
    lone_init(l, &at_random, 10 + t->k);
    fill_rows(r, REAL_SAMPLES, false, t->k);
    for (size_t m = 0; m < LUT_LANES; m += 5) {
        double error = 0, most = 0;

        gradients(l, r, m, REAL_SAMPLES);
        for (unsigned j = 0; j < t->k; j++) {
            float before[LONE_ROW], y[4][LONE_ROW];

            memcpy(before, r->x[j], sizeof before);
            for (int q = 0; q < 4; q++) {
                for (size_t s = 0; s < REAL_SAMPLES; s++)
                    r->x[j][s] = before[s] + (float)(at[q] * h);
                lone_forward(l, m, y[q], &r->in, REAL_SAMPLES);
            }
            memcpy(r->x[j], before, sizeof before);
            for (size_t s = 0; s < REAL_SAMPLES; s++) {
                double v[4];

                for (int q = 0; q < 4; q++)
                    v[q] = (double)y[q][s] * (double)r->g[s];
                error = fmax(error, fabs(slope_of(v, h) - (double)r->dx[j][s]));
                most = fmax(most, fabs((double)r->dx[j][s]));
            }
        }
        CU_ASSERT(most > 1e-4);
        worst(t, "input gradient", error, 2e-5 + 1e-3 * most);
    }
}

static void test_differences(void)
{
    everywhere(weights_against_differences);
    everywhere(inputs_against_differences);
}

/* A look-up of bits is the interpolation at the corners, gradients included. */
static void look_up_is_interpolation(const setting *t)
{
    lone *l = &a_lone, *b = &another;
    rows *r = &a_rows, *q = &b_rows;

    if (t->p->form.forward != LUT_INTERPOLATE)
        return;
    lone_open(l, t->be, t->param, "", t->k, &soft, true);
    lone_open(b, t->be, t->param, "", t->k, &soft, false);
    lone_init(l, &at_random, 20 + t->k);
    lone_init(b, &at_random, 20 + t->k);
    fill_rows(r, BIT_SAMPLES, true, 3);
    fill_rows(q, BIT_SAMPLES, true, 3);
    for (size_t m = 0; m < LUT_LANES; m += 3) {
        float one[LONE_ENTRIES], two[LONE_ENTRIES];

        gradients(l, r, m, BIT_SAMPLES);
        gradients(b, q, m, BIT_SAMPLES);
        for (size_t e = 0; e < l->nweights; e++) {
            one[e] = *lone_at(l->grad, m, e);
            two[e] = *lone_at(b->grad, m, e);
        }
        worst(t, "value of bits", distance(r->y, q->y, BIT_SAMPLES), 2e-6);
        worst(t, "weight gradient of bits", distance(one, two, l->nweights),
              1e-5 * largest(one, l->nweights));
        for (unsigned j = 0; j < t->k; j++)
            worst(t, "input gradient of bits",
                  distance(r->dx[j], q->dx[j], BIT_SAMPLES), 3e-5);
    }
}

/* Straight through: the discrete forward passes weights the gradient of the soft one. */
static void hard_passes_straight_through(const setting *t)
{
    lone *l = &a_lone, *b = &another;
    rows *r = &a_rows;

    if (t->p->form.samplings == 1 << LUT_HARD)
        return;
    lone_open(l, t->be, t->param, "", t->k, &soft, false);
    lone_open(b, t->be, t->param, "", t->k, &hard, false);
    lone_init(l, &at_random, 30 + t->k);
    lone_init(b, &at_random, 30 + t->k);
    fill_rows(r, BIT_SAMPLES, true, 4);
    gradients(l, r, 5, BIT_SAMPLES);
    gradients(b, r, 5, BIT_SAMPLES);
    CU_ASSERT(largest((float *)l->grad, l->nweights * LUT_LANES) > 0);
    CU_ASSERT(memcmp(l->grad, b->grad, l->nweights * sizeof *l->grad) == 0);
}

static void test_bits(void)
{
    everywhere(look_up_is_interpolation);
    everywhere(hard_passes_straight_through);
}

/* ---- truth tables ---- */

static void tables_agree(const setting *t)
{
    lone *l = &a_lone, *b = &another;
    rows *r = &a_rows;
    size_t n = fill_corners(r, t->k), words = lut_table_words(t->k), ones = 0;

    lone_open(l, t->be, t->param, "", t->k, &hard, false);
    lone_init(l, &at_random, 40 + t->k);
    lone_open(b, t->be, t->param, "", t->k, &soft, false);
    lone_init(b, &at_random, 40 + t->k);
    for (size_t m = 0; m < LUT_LANES; m++) {
        uint64_t tt[4];
        float y[LONE_ROW];

        lone_harden(l, m, tt);
        CU_ASSERT(memcmp(tt, l->tt + m * words, words * sizeof *tt) == 0);
        for (size_t w = words; w < 4; w++)
            CU_ASSERT_EQUAL(tt[w], 0);
        if (t->k < 6)
            CU_ASSERT_EQUAL(tt[0] >> n, 0);
        lone_forward(l, m, r->y, &r->in, n);
        lone_forward(b, m, y, &r->in, n);
        for (size_t a = 0; a < n; a++) {
            bool bit = tt[a / 64] >> (a % 64) & 1;

            ones += bit;
            if (r->y[a] != (float)bit)
                CU_FAIL("the discrete value at a corner is not the table's");
            /* the gate chosen is not the threshold of the mixture */
            if (!is(t, "difflogic") && (y[a] > 0.5f) != bit)
                CU_FAIL("the soft value at a corner is on the other side");
        }
    }
    CU_ASSERT(ones > 0 && ones < n * LUT_LANES);
}

/* Weights that realise a Boolean function, for parametrizations we know. */
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

static const struct realiser {
    const char *name;
    void (*fn)(float *w, unsigned k, unsigned f);
} realisers[] = { { "light", by_entries },
                  { "dwn", by_entries },
                  { "warp", by_transform },
                  { "difflogic", by_gate } };

static size_t realised;

static void every_function(const setting *t)
{
    lone *l = &a_lone;
    float w[LONE_ENTRIES];
    const struct realiser *how = NULL;

    for (size_t i = 0; i < LUT_COUNT(realisers); i++)
        how = is(t, realisers[i].name) ? &realisers[i] : how;
    if (!how || t->k > 3)
        return;
    lone_open(l, t->be, t->param, "", t->k, &hard, false);
    for (unsigned first = 0; first < 1u << (1u << t->k); first += LUT_LANES) {
        for (unsigned m = 0; m < LUT_LANES; m++) {
            how->fn(w, t->k, first + m);
            lone_set(l, m, w);
        }
        l->be->refresh(&l->t, 0);
        for (unsigned m = 0; m < LUT_LANES && first + m < 1u << (1u << t->k); m++) {
            uint64_t tt[4];

            lone_harden(l, m, tt);
            if (tt[0] != first + m || l->tt[m] != first + m)
                CU_FAIL("weights of a function harden to another one");
            realised++;
        }
    }
}

static void test_tables(void)
{
    size_t sets = 0;

    for (const lut_backend *const *b = lut_backends(); *b; b++)
        sets++;
    realised = 0;
    everywhere(tables_agree);
    everywhere(every_function);
    CU_ASSERT_EQUAL(realised, sets * (3 * (4 + 16 + 256) + 16));
}

/* A logit of exactly zero is a 0, a gate that ties with another is the first. */
static void zero_is_no_one(const setting *t)
{
    lone *l = &a_lone;

    lone_open(l, t->be, t->param, "", t->k, &hard, false);
    memset(l->w, 0, sizeof l->w);
    l->be->refresh(&l->t, 0);
    for (size_t m = 0; m < LUT_LANES; m++) {
        uint64_t tt[4], none[4] = { 0 };

        lone_harden(l, m, tt);
        CU_ASSERT(memcmp(tt, none, sizeof tt) == 0);
        CU_ASSERT(memcmp(l->tt + m * lut_table_words(t->k), none,
                         lut_table_words(t->k) * sizeof *tt) == 0);
    }
}

static void test_ties(void)
{
    everywhere(zero_is_no_one);
}

/* ---- initial weights ---- */

static void residual_is_identity(const setting *t)
{
    static const double temperature[] = { 0.5, 1, 3 };
    lone *l = &a_lone;
    rows *r = &a_rows;
    size_t n = fill_corners(r, t->k);

    for (size_t i = 0; i < LUT_COUNT(temperature); i++) {
        lut_init how = { true, 0.951, temperature[i], 0.1 };
        lut_step now = { (float)temperature[i], LUT_SOFT, 0 };
        double agreement = 0;

        lone_open(l, t->be, t->param, "", t->k, &now, false);
        lone_init(l, &how, i);
        for (size_t m = 0; m < LUT_LANES; m++) {
            uint64_t tt[4];

            lone_harden(l, m, tt);
            lone_forward(l, m, r->y, &r->in, n);
            for (size_t a = 0; a < n; a++) {
                bool high = a >= n / 2;

                if ((tt[a / 64] >> (a % 64) & 1) != high)
                    CU_FAIL("a residual table is not the identity of input 0");
                agreement += (double)(high ? r->y[a] : 1 - r->y[a]) / (double)(n * 16);
            }
        }
        if (t->p->form.samplings != 1 << LUT_HARD)
            worst(t, "residual agreement", fabs(agreement - 0.951), 0.02);
    }
}

static void random_does_not_saturate(const setting *t)
{
    lut_init how = { false, 0.951, 1, 0.1 };
    lut_step now = { 1, LUT_SOFT, 0 };
    lone *l = &a_lone;
    rows *r = &a_rows;
    size_t n = fill_corners(r, t->k);
    double slope = 0, mean = 0;

    if (t->p->form.samplings == 1 << LUT_HARD)
        return;
    lone_open(l, t->be, t->param, "", t->k, &now, false);
    lone_init(l, &how, 1);
    for (size_t m = 0; m < LUT_LANES; m++) {
        lone_forward(l, m, r->y, &r->in, n);
        for (size_t a = 0; a < n; a++) {
            slope += (double)(r->y[a] * (1 - r->y[a])) / (double)(n * LUT_LANES);
            mean += (double)r->y[a] / (double)(n * LUT_LANES);
        }
    }
    CU_ASSERT(slope > 0.15); /* 0.207 for logits of deviation 1, 0.1 for deviation 3 */
    CU_ASSERT(fabs(mean - 0.5) < 0.2);
}

static void test_init(void)
{
    everywhere(residual_is_identity);
    everywhere(random_does_not_saturate);
}

/* ---- dwn ---- */

/* The defining double sum: entries weighted by how far they are from the address. */
static double extended_difference(const float *w, unsigned k, size_t address,
                                  unsigned j, char efd, double alpha, double beta)
{
    size_t bit = (size_t)1 << (k - 1 - j);
    double sum = 0;

    for (size_t a = 0; a < (size_t)1 << k; a++) {
        int d = __builtin_popcountll((a ^ address) & ~bit);
        double c = efd == 'l' ? 1.0 / (d + 1) : efd == 'd' ? d == 0 : pow(beta, d);

        sum += (a & bit ? 1 : -1) * (double)w[a] * alpha * c;
    }
    return sum;
}

static void slopes_of(const setting *t, const char *options, char efd, double alpha,
                      double beta)
{
    lone *l = &a_lone;
    rows *r = &a_rows;
    size_t n = fill_corners(r, t->k);
    float w[LONE_ENTRIES];
    double error = 0, most = 0;

    lone_open(l, t->be, t->param, options, t->k, &soft, false);
    lone_init(l, &at_random, 50 + t->k);
    for (size_t a = 0; a < n; a++)
        r->g[a] = 1;
    gradients(l, r, 9, n);
    lone_get(l, 9, w);
    for (unsigned j = 0; j < t->k; j++)
        for (size_t a = 0; a < n; a++) {
            double e = extended_difference(w, t->k, a, j, efd, alpha, beta);

            most = fmax(most, fabs(e));
            error = fmax(error, fabs((double)r->dx[j][a] - e));
        }
    CU_ASSERT(most > 0);
    worst(t, options, error, 5e-6 * fmax(most, 1));
    for (size_t a = 0; a < n; a++) /* straight through to the entry at the address */
        CU_ASSERT_EQUAL(*lone_at(l->grad, 9, a), 1);
}

static void extended_differences(const setting *t)
{
    double alpha = 0.5 * pow(0.75, t->k - 1);

    if (!is(t, "dwn"))
        return;
    slopes_of(t, "", 'e', alpha, 1.0 / 3);
    slopes_of(t, "dwn.efd difference", 'd', alpha, 0);
    slopes_of(t, "dwn.efd linear", 'l', 1, 0);
    slopes_of(t, "dwn.efd linear dwn.alpha 0.25", 'l', 0.25, 0);
    slopes_of(t, "dwn.alpha 1.5 dwn.beta 0.75", 'e', 1.5, 0.75);
    slopes_of(t, "dwn.alpha 1 dwn.beta 0", 'e', 1, 0);
}

static void entries_are_clamped(const setting *t)
{
    static const float in[] = { -2, -1, -0.5f, -0.0f, 0, 0.5f, 1, 1.5f, 1e30f, -1e30f };
    static const float out[] = { -1, -1, -0.5f, -0.0f, 0, 0.5f, 1, 1, 1, -1 };
    lone *l = &a_lone;
    lut_tile view;

    if (!is(t, "dwn"))
        return;
    lone_open(l, t->be, t->param, "", t->k, &soft, false);
    view = (lut_tile){ .cfg = l->cfg, .now = &l->now, .k = t->k };
    for (size_t e = 0; e < l->nweights; e++)
        for (size_t m = 0; m < LUT_LANES; m++)
            *lone_at(l->w, m, e) = in[(e + m) % LUT_COUNT(in)];
    CU_ASSERT_PTR_NOT_NULL_FATAL(t->p->project);
    t->p->project(&view, l->w);
    for (size_t e = 0; e < l->nweights; e++)
        for (size_t m = 0; m < LUT_LANES; m++)
            if (*lone_at(l->w, m, e) != out[(e + m) % LUT_COUNT(in)])
                CU_FAIL("an entry is not clamped to [-1, 1]");
}

static void test_dwn(void)
{
    everywhere(extended_differences);
    everywhere(entries_are_clamped);
}

/* ---- rows ---- */

/* Garbage past the samples changes nothing, and nothing is written past the last vector. */
static void rows_end_at_n(const setting *t)
{
    static const size_t counts[] = { 1, 15, 16, 17, 63, 64, 65, 100 };
    lone *l = &a_lone;
    bool real = t->p->form.forward == LUT_INTERPOLATE;
    rows *r = &a_rows, *q = &b_rows;

    lone_open(l, t->be, t->param, "", t->k, &soft, real);
    lone_init(l, &at_random, 60 + t->k);
    for (size_t i = 0; i < LUT_COUNT(counts); i++) {
        size_t n = counts[i], end = lut_round_up(n, LUT_LANES);
        float plain[LONE_ENTRIES] = { 0 }, dirty[LONE_ENTRIES] = { 0 };

        fill_rows(r, n, !real, n);
        fill_rows(q, n, !real, n);
        for (size_t s = n; s < LONE_ROW; s++) {
            q->y[s] = (float)NAN;
            q->g[s] = s < end ? 0 : (float)NAN;
            for (unsigned j = 0; j < t->k; j++) {
                q->x[j][s] = s < end ? 1e3f : (float)NAN;
                q->dx[j][s] = s < end ? 0 : (float)NAN;
                q->b[j][s / 64] |= (uint64_t)(s >= lut_round_up(n, 64)) << (s % 64);
            }
        }
        lone_forward(l, 4, r->y, &r->in, n);
        lone_forward(l, 4, q->y, &q->in, n);
        lone_backward(l, 4, plain, r->to, r->g, r->y, &r->in, n);
        lone_backward(l, 4, dirty, q->to, q->g, q->y, &q->in, n);
        CU_ASSERT(memcmp(r->y, q->y, n * sizeof *r->y) == 0);
        CU_ASSERT(distance(plain, dirty, l->entries) == 0);
        for (unsigned j = 0; j < t->k; j++) {
            CU_ASSERT(memcmp(r->dx[j], q->dx[j], n * sizeof *r->y) == 0);
            for (size_t s = end; s < LONE_ROW; s++)
                if (!isnan(q->dx[j][s]) || !isnan(q->y[s]))
                    CU_FAIL("written past the last vector");
        }
    }
}

/* A signal on two slots gets both gradients, and what was in the rows stays. */
static void gradients_add_up(const setting *t)
{
    lone *l = &a_lone;
    bool real = t->p->form.forward == LUT_INTERPOLATE;
    rows *r = &a_rows, *q = &b_rows;
    unsigned last = t->k - 1;
    float once[LONE_ENTRIES] = { 0 }, twice[LONE_ENTRIES] = { 0 };
    const size_t n = BIT_SAMPLES;

    lone_open(l, t->be, t->param, "", t->k, &soft, real);
    lone_init(l, &at_random, 70 + t->k);
    fill_rows(r, n, !real, 5);
    fill_rows(q, n, !real, 5);
    r->in.f[last] = r->in.f[0];
    r->in.b[last] = r->in.b[0];
    q->in = r->in;
    lone_forward(l, 2, r->y, &r->in, n);
    lone_backward(l, 2, once, r->to, r->g, r->y, &r->in, n); /* a row for each slot */
    q->to[last] = q->dx[0];                                  /* one row for both */
    for (unsigned j = 0; j < t->k; j++)
        for (size_t s = 0; s < n; s++)
            q->dx[j][s] = 0.5f;
    for (int pass = 0; pass < 2; pass++)
        lone_backward(l, 2, twice, q->to, q->g, r->y, &r->in, n);
    for (size_t e = 0; e < l->entries; e++)
        once[e] *= 2;
    worst(t, "second backward", distance(once, twice, l->entries),
          1e-6 * largest(once, l->entries));
    for (unsigned j = 0; j < (last ? last : 1); j++)
        for (size_t s = 0; s < n; s++) {
            float one = r->dx[j][s] + (j == 0 && last ? r->dx[last][s] : 0);

            r->dx[j][s] = 0.5f + 2 * one;
        }
    for (unsigned j = 0; j < (last ? last : 1); j++)
        worst(t, "shared row", distance(r->dx[j], q->dx[j], n), 2e-5);
    memset(twice, 0, sizeof twice); /* without rows the table's gradient is the same */
    lone_backward(l, 2, twice, NULL, q->g, r->y, &r->in, n);
    lone_backward(l, 2, twice, NULL, q->g, r->y, &r->in, n);
    CU_ASSERT(distance(once, twice, l->entries) <= 1e-6 * largest(once, l->entries));
}

static void test_rows(void)
{
    everywhere(rows_end_at_n);
    everywhere(gradients_add_up);
}

UNIT_MAIN("param", UNIT(test_differences), UNIT(test_bits), UNIT(test_tables),
          UNIT(test_ties), UNIT(test_init), UNIT(test_dwn), UNIT(test_rows))
