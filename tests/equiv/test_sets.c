/* All kernel sets give the bytes of the scalar one; threads, planes and the capacity of the
 * work space change nothing either. */
#include "lib/net/meet.h"
#include "tests/support/lone.h"
#include "tests/support/nets.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_N = 130, ROW = 192, WORDS = ROW / 64, CLASSES = 20 };

static const lut_backend *const *others(void)
{
    return lut_backends() + 1;
}

/* ---- kernels ---- */

/* Everything a kernel may read or write; filled alike for both sets. */
typedef struct arrays {
    float x[LUT_MAX_K][ROW], dx[LUT_MAX_K][ROW], g[ROW], y[ROW], h[ROW];
    float coef[LONE_ENTRIES], slope[LONE_ENTRIES], gain[LONE_ENTRIES],
        grad[LONE_ENTRIES];
    uint64_t b[LUT_MAX_K][WORDS], bits[WORDS], tt[4];
    float logits[CLASSES][ROW];
    double loss[ROW / LUT_LOSS_BLOCK];
    uint16_t label[ROW];
    size_t correct;
} arrays;

static arrays start, one, two;

typedef enum kind { PLAIN, EXTREME } kind;

/* Logits: moderate, or at both ends of what floats hold. */
static float logit(lut_rng *r, kind k)
{
    static const float odd[] = { 50,    -50,    1e30f, -1e30f, 1e-40f, -1e-40f, 0,
                                 -0.0f, 1e-38f, 88,    -87.5f, 17,     3e38f };

    if (k == EXTREME && lut_rng_below(r, 3) == 0)
        return odd[lut_rng_below(r, LUT_COUNT(odd))];
    return (float)(4 * lut_rng_normal(r));
}

static void fill(kind k, size_t n, uint64_t seed)
{
    lut_rng r = lut_rng_make(seed, LUT_RNG_TEST, n);

    memset(&start, 0, sizeof start);
    for (size_t s = 0; s < ROW; s++) {
        start.y[s] = logit(&r, k);
        start.h[s] = (float)lut_rng_uniform(&r);
        start.g[s] =
            s < n ? (float)(lut_rng_normal(&r) * (k == EXTREME ? 1e-20 : 1)) : 0;
        start.label[s] = (uint16_t)lut_rng_below(&r, CLASSES);
        for (unsigned j = 0; j < LUT_MAX_K; j++) {
            start.x[j][s] =
                k == EXTREME ? (float)lut_rng_below(&r, 2) : (float)lut_rng_uniform(&r);
            start.dx[j][s] = (float)lut_rng_normal(&r);
            if (s < n)
                start.b[j][s / 64] |= lut_rng_below(&r, 2) << (s % 64);
        }
        for (unsigned c = 0; c < CLASSES; c++)
            start.logits[c][s] = c && s % 7 == 0 ? start.logits[0][s] : logit(&r, k);
    }
    for (size_t e = 0; e < LONE_ENTRIES; e++) {
        start.coef[e] = k == EXTREME ? (float)(1e30 * lut_rng_normal(&r))
                                     : (float)lut_rng_normal(&r);
        start.slope[e] = (float)lut_rng_normal(&r);
        start.gain[e] = k == EXTREME ? 1e-39f : (float)lut_rng_uniform(&r);
        start.grad[e] = (float)lut_rng_normal(&r);
    }
    for (int w = 0; w < 4; w++)
        start.tt[w] = lut_rng_next(&r);
}

typedef void (*use)(const lut_kernels *kern, arrays *a, unsigned k, size_t n);

/* Inputs of a LUT, as floats and as bits. */
typedef struct rows_in {
    const float *f[LUT_MAX_K];
    const uint64_t *b[LUT_MAX_K];
} rows_in;

static rows_in inputs(const arrays *a)
{
    rows_in x;

    for (unsigned j = 0; j < LUT_MAX_K; j++) {
        x.f[j] = a->x[j];
        x.b[j] = a->b[j];
    }
    return x;
}

static void outputs(float *dx[LUT_MAX_K], arrays *a)
{
    for (unsigned j = 0; j < LUT_MAX_K; j++)
        dx[j] = a->dx[j];
}

static void use_interpolate(const lut_kernels *kern, arrays *a, unsigned k, size_t n)
{
    rows_in x = inputs(a);

    kern->interpolate(a->y, x.f, k, a->coef, n);
}

static void use_interpolate_backward(const lut_kernels *kern, arrays *a, unsigned k,
                                     size_t n)
{
    rows_in x = inputs(a);
    float *dx[LUT_MAX_K];

    outputs(dx, a);
    kern->interpolate_backward(a->grad, dx, a->g, x.f, k, a->coef, n);
}

static void use_lookup(const lut_kernels *kern, arrays *a, unsigned k, size_t n)
{
    rows_in x = inputs(a);

    kern->lookup(a->y, x.b, k, a->coef, n);
}

static void use_lookup_bits(const lut_kernels *kern, arrays *a, unsigned k, size_t n)
{
    rows_in x = inputs(a);

    kern->lookup_bits(a->bits, x.b, k, a->tt, n);
    if (n % 64)
        CU_ASSERT_EQUAL(a->bits[n / 64] >> (n % 64), 0);
}

static void use_lookup_backward(const lut_kernels *kern, arrays *a, unsigned k,
                                size_t n)
{
    rows_in x = inputs(a);
    float *dx[LUT_MAX_K];

    outputs(dx, a);
    kern->lookup_backward(a->grad, dx, a->g, x.b, k, a->slope, NULL, n);
    kern->lookup_backward(a->grad, n % 2 ? dx : NULL, a->g, x.b, k, a->slope, a->gain,
                          n);
}

static void use_squash(const lut_kernels *kern, arrays *a, unsigned k, size_t n)
{
    float slope = k % 3 == 0 ? 1 : k % 3 == 1 ? 1000 : 1.0f / 7;

    kern->squash(a->y, slope, n);
    kern->squash_backward(a->h, a->g, a->y, slope, n);
}

/* One mode a row; both squashes over the ranks. */
static lut_output output_of(unsigned k, size_t n, int mode)
{
    return (lut_output){ .squash = k / 2 % 2 ? LUT_SIGMOID : LUT_CLAMP,
                         .sampling = (lut_sampling)mode,
                         .temperature = k % 3 == 0 ? 0.3f : 2,
                         .noise = k * 0x123456789u,
                         .first = n * 64 };
}

static void use_sample(const lut_kernels *kern, arrays *a, unsigned k, size_t n)
{
    for (int mode = 0; mode < LUT_SAMPLINGS; mode++) {
        lut_output o = output_of(k, n, mode);

        memcpy(a->x[mode], a->y, sizeof a->y);
        kern->sample(a->x[mode], NULL, &o, n);
        memcpy(a->dx[mode], a->y, sizeof a->y);
        if (lut_sampling_hard(o.sampling))
            kern->sample(a->dx[mode], a->b[mode], &o, n);
    }
}

static void use_sample_backward(const lut_kernels *kern, arrays *a, unsigned k,
                                size_t n)
{
    for (int mode = 0; mode < LUT_SAMPLINGS; mode++) {
        lut_output o = output_of(k, n, mode);

        memcpy(a->x[mode], a->y, sizeof a->y);
        kern->sample_backward(a->x[mode], a->g, &o, n);
    }
}

static void use_expand(const lut_kernels *kern, arrays *a, unsigned k, size_t n)
{
    kern->expand(a->h, a->b[k - 1], n);
}

static void use_binarize(const lut_kernels *kern, arrays *a, unsigned k, size_t n)
{
    kern->binarize(a->bits, a->y, k % 2 ? 0 : 0.3f, n);
    kern->binarize(a->b[0], a->x[k - 1], 0.5f, n);
}

static void use_threshold_backward(const lut_kernels *kern, arrays *a, unsigned k,
                                   size_t n)
{
    kern->threshold_backward(&a->grad[0], a->g, a->h, 0.3f, (float)k, n);
    kern->threshold_backward(&a->grad[1], a->g, a->y, -2, 1 / (float)k, n);
}

static void use_vote(const lut_kernels *kern, arrays *a, unsigned k, size_t n)
{
    lut_signal reals = { .f = a->x[0], .ld = ROW },
               bits = { .b = a->b[0], .ld = WORDS };

    kern->vote(a->y, &reals, k / 3, k, 1.0f / 3, 0.3f, n);
    kern->vote(a->h, &bits, k / 3, k, 1.0f / 3, 0.3f, n);
}

static void use_softmax(const lut_kernels *kern, arrays *a, unsigned k, size_t n)
{
    size_t classes = k == 1 ? 1 : (size_t)k * 5 / 2;

    for (size_t s = 0; s < n; s++)
        a->label[s] = (uint16_t)(a->label[s] % classes);
    a->correct =
        kern->softmax(a->logits[0], ROW, classes, a->loss, a->label, 0.125f, n);
}

static void compare(const char *name, use fn, kind what, unsigned first_k)
{
    for (size_t n = 1; n <= MAX_N; n += what == EXTREME ? 7 : 1)
        for (unsigned k = first_k + (unsigned)(n % 2); k <= LUT_MAX_K; k += 2) {
            fill(what, n, k);
            memcpy(&one, &start, sizeof one);
            fn(&lut_kernels_scalar, &one, k, n);
            for (const lut_backend *const *b = others(); *b; b++) {
                memcpy(&two, &start, sizeof two);
                fn((*b)->kern, &two, k, n);
                if (memcmp(&one, &two, sizeof one) == 0)
                    continue;
                fprintf(stderr, "\n%s: %s, rank %u, %zu samples", (*b)->name, name, k,
                        n);
                CU_FAIL("bytes differ from the scalar set");
            }
        }
}

static void test_kernels(void)
{
    static const struct {
        const char *name;
        use fn;
    } kernels[] = {
        { "interpolate", use_interpolate },
        { "interpolate_backward", use_interpolate_backward },
        { "lookup", use_lookup },
        { "lookup_bits", use_lookup_bits },
        { "lookup_backward", use_lookup_backward },
        { "squash", use_squash },
        { "sample", use_sample },
        { "sample_backward", use_sample_backward },
        { "expand", use_expand },
        { "binarize", use_binarize },
        { "threshold_backward", use_threshold_backward },
        { "vote", use_vote },
        { "softmax", use_softmax },
    };

    for (size_t i = 0; i < LUT_COUNT(kernels); i++)
        for (kind what = PLAIN; what <= EXTREME; what++)
            compare(kernels[i].name, kernels[i].fn, what, 1);
    CU_ASSERT(strcmp(lut_backends()[0]->name, "scalar") == 0);
}

/* Samples' bits to inputs' bits, against the transposition of words. */
static void check_gather(const lut_samples *s, const uint32_t *rows, size_t first,
                         size_t n)
{
    enum { F = 200, LD = 3 };
    static uint64_t want[F * LD], got[F * LD];
    lut_bits to = { .p = want, .rows = F, .ld = LD };

    memset(want, 0xa5, sizeof want);
    lut_bits_gather(&to, s, rows, first, n);
    to.p = got;
    for (const lut_backend *const *b = lut_backends(); *b; b++) {
        memset(got, 0xa5, sizeof got);
        for (size_t word = 0; word < lut_ceil_div(s->inputs, 64); word++)
            (*b)->kern->gather_word(&to, s, rows, first, n, word);
        CU_ASSERT_EQUAL(memcmp(want, got, sizeof want), 0);
    }
}

static void test_gather(void)
{
    static const size_t lengths[] = { 1, 16, 31, 32, 33, 63, 64, 65, 100, 128, 129 };
    enum { N = 300, LD = 4, F = 200 };
    static uint64_t x[N * LD];
    uint32_t rows[N];
    lut_samples s = { .x = x, .ld = LD, .inputs = F, .n = N };
    lut_rng r = lut_rng_make(5, LUT_RNG_TEST, 0);

    for (size_t i = 0; i < N * LD; i++)
        x[i] = lut_rng_next(&r);
    for (uint32_t i = 0; i < N; i++)
        rows[i] = (uint32_t)lut_rng_below(&r, N);
    for (size_t i = 0; i < LUT_COUNT(lengths); i++) {
        check_gather(&s, rows, 0, lengths[i]);
        check_gather(&s, NULL, 7 * i, lengths[i]);
    }
}

/* The numbers themselves: the exponential and what is made of it. */
static void test_squash(void)
{
    static float x[ROW], y[ROW];

    for (int q = 0; q < 200; q++) {
        for (int s = 0; s < ROW; s++)
            x[s] = y[s] = (float)((q * ROW + s - 100 * ROW) * (86.0 / (100 * ROW)));
        lut_kernels_scalar.squash(y, 1, ROW);
        for (int s = 0; s < ROW; s++) {
            double exact = 1 / (1 + exp(-(double)x[s]));

            if (fabs((double)y[s] - exact) > 4e-7 * exact)
                CU_FAIL("the sigmoid is off");
        }
    }
}

static void test_softmax(void)
{
    enum { N = 70, C = 5 };
    static float logits[C][ROW], was[C][ROW];
    uint16_t label[N];
    double loss[3], expected[3] = { 0 };
    size_t correct = 0;
    lut_rng r = lut_rng_make(3, LUT_RNG_TEST, 0);

    for (size_t s = 0; s < N; s++)
        label[s] = (uint16_t)lut_rng_below(&r, C);
    for (size_t c = 0; c < C; c++)
        for (size_t s = 0; s < ROW; s++)
            was[c][s] = logits[c][s] = (float)lut_rng_below(&r, 4); /* with ties */
    for (size_t s = 0; s < N; s++) {
        size_t best = 0;
        double sum = 0;

        for (size_t c = 0; c < C; c++) {
            best = was[c][s] > was[best][s] ? c : best;
            sum += exp((double)was[c][s]);
        }
        correct += best == label[s];
        expected[s / LUT_LOSS_BLOCK] += log(sum) - (double)was[label[s]][s];
    }
    CU_ASSERT_EQUAL(
        lut_kernels_scalar.softmax(logits[0], ROW, C, loss, label, 0.25f, N), correct);
    for (int i = 0; i < 3; i++)
        CU_ASSERT(fabs(loss[i] - expected[i]) < 1e-5 * expected[i]);
    for (size_t s = 0; s < 80; s++) {
        double sum = 0;

        for (size_t c = 0; c < C; c++)
            sum += exp((double)was[c][s]);
        for (size_t c = 0; c < C && s < N; c++) {
            double g = 0.25 * (exp((double)was[c][s]) / sum - (c == label[s]));

            if (fabs((double)logits[c][s] - g) > 1e-7)
                CU_FAIL("gradient of the head");
        }
        for (size_t c = 0; c < C && s >= N; c++)
            CU_ASSERT_EQUAL(logits[c][s], 0);
    }
}

/* ---- tiles ---- */

static lone tile_one, tile_two;

/* Tiles keep nothing from their tables to their gradients. */
static bool remade;

static void tile_steps(lone *l, const lut_backend *be, size_t param, unsigned k,
                       const lut_step *now, bool real, kind what)
{
    lut_rng r = lut_rng_make(k, LUT_RNG_TEST, 2);
    static float grad[2][LUT_LANES * LONE_ENTRIES] __attribute__((aligned(64)));
    static lut_f state[2 * LONE_ENTRIES];
    size_t adam = lut_optim_find("adam");
    double cfg[8];
    lut_opt_step step = { .lr = 0.05, .power = { 1, 1 } };

    lone_open(l, be, param, "", k, now, real);
    l->t.luts = 13; /* a tile that is not full */
    l->t.nsaved = remade ? 0 : l->t.nsaved;
    lut_fields_default(be->optim[adam]->fields, be->optim[adam]->nfields, cfg);
    memset(state, 0, sizeof state);
    for (size_t e = 0; e < l->nweights; e++)
        for (size_t m = 0; m < 13; m++)
            *lone_at(l->w, m, e) = logit(&r, what);
    be->refresh(&l->t, 0);
    for (size_t t = 0; t < 4; t++) {
        lut_tiles_update u = {
            .optim = be->optim[adam], .optim_cfg = cfg, .step = &step, .state = state
        };
        lut_tile_gradient g = { grad[0], t % 2 ? grad[1] : NULL };

        l->t.in_lanes = t == 2;
        for (int i = 0; i < 2; i++)
            for (size_t e = 0; e < LUT_LANES * LONE_ENTRIES; e++)
                grad[i][e] = (float)lut_rng_normal(&r);
        lut_opt_advance(&step, u.optim, cfg);
        be->update(&l->t, &u, 0, &g);
    }
}

/* Bits of the same numbers, or NaN of any kind: which one comes out of extreme weights depends
 * on the order of an instruction's operands. */
static bool same_floats(const void *a, const void *b, size_t size)
{
    const float *v = a, *w = b;

    for (size_t i = 0; i < size / sizeof *v; i++)
        if (memcmp(&v[i], &w[i], sizeof *v) != 0 && !(isnan(v[i]) && isnan(w[i])))
            return false;
    return true;
}

static bool same_tile(const lone *a, const lone *b)
{
    return same_floats(a->w, b->w, sizeof a->w) &&
           same_floats(a->saved, b->saved, sizeof a->saved) &&
           same_floats(a->coef, b->coef, sizeof a->coef) &&
           same_floats(a->value, b->value, sizeof a->value) &&
           same_floats(a->slope, b->slope, sizeof a->slope) &&
           same_floats(a->gain, b->gain, sizeof a->gain) &&
           memcmp(a->tt, b->tt, sizeof a->tt) == 0;
}

/* What a field makes of rows of samples. */
typedef struct field_rows {
    float z[ROW], dx[LUT_MAX_K][ROW], grad[LUT_MAX_WEIGHTS];
} field_rows;

/* From the rows of `start`. */
static void run_field(field_rows *f, const lone *l, size_t n)
{
    const float *x[LUT_MAX_K];
    float *dx[LUT_MAX_K];

    memset(f, 0, sizeof *f);
    for (unsigned j = 0; j < l->k; j++) {
        x[j] = start.x[j];
        dx[j] = f->dx[j];
    }
    l->be->field(&l->t, 5, f->z, x, n);
    l->be->field_backward(&l->t, 5, f->grad, dx, start.g, x, n);
    l->be->field_backward(&l->t, 12, f->grad, NULL, start.g, x, n);
}

static bool same_fields(const lone *a, const lone *b)
{
    static field_rows one_rows, two_rows;

    if (!a->p->field)
        return true;
    for (size_t n = 61; n <= MAX_N; n += 23) {
        fill(PLAIN, n, a->k);
        run_field(&one_rows, a, n);
        run_field(&two_rows, b, n);
        if (!same_floats(&one_rows, &two_rows, sizeof one_rows))
            return false;
    }
    return true;
}

static void compare_tiles(size_t param, unsigned k, lut_sampling sampling, bool real,
                          kind what)
{
    lut_step now = { 0.7f, sampling, 77 };

    tile_steps(&tile_one, lut_backends()[0], param, k, &now, real, what);
    for (const lut_backend *const *b = others(); *b; b++) {
        tile_steps(&tile_two, *b, param, k, &now, real, what);
        if (same_tile(&tile_one, &tile_two) && same_fields(&tile_one, &tile_two))
            continue;
        fprintf(stderr, "\n%s: %s, rank %u, %s%s", (*b)->name, tile_one.p->name, k,
                lut_sampling_names[sampling], real ? ", reals" : "");
        CU_FAIL("tiles differ from the scalar set");
    }
}

/* Every mode that the parametrization has. */
static void compare_samplings(size_t param, unsigned k)
{
    lut_form form;

    lone_open(&tile_one, lut_backends()[0], param, "", k, &(lut_step){ 1, LUT_SOFT, 0 },
              false);
    form = tile_one.t.form;
    for (int s = 0; s < LUT_SAMPLINGS; s++)
        for (kind what = PLAIN; what <= EXTREME && form.samplings >> s & 1; what++) {
            compare_tiles(param, k, (lut_sampling)s, false, what);
            if (form.forward == LUT_INTERPOLATE)
                compare_tiles(param, k, (lut_sampling)s, true, what);
        }
}

static void test_tiles(void)
{
    for (size_t i = 0; lut_param_table_scalar[i]; i++) {
        const lut_param_ops *p = lut_param_table_scalar[i];

        for (unsigned k = p->min_k; k <= p->max_k; k++)
            compare_samplings(i, k);
    }
}

static void check_remade(size_t param, lut_sampling sampling, bool real)
{
    const lut_step now = { 0.7f, sampling, 77 };
    unsigned k = lut_param_table_scalar[param]->min_k;

    for (const lut_backend *const *b = lut_backends(); *b; b++) {
        tile_steps(&tile_one, *b, param, k, &now, real, PLAIN);
        remade = true;
        tile_steps(&tile_two, *b, param, k, &now, real, PLAIN);
        remade = false;
        CU_ASSERT(tile_one.t.nsaved > 0);
        memcpy(tile_two.saved, tile_one.saved, sizeof tile_one.saved);
        CU_ASSERT(same_tile(&tile_one, &tile_two));
    }
}

static size_t saved_of_layer(size_t param, uint32_t luts, lut_sampling sampling)
{
    const lut_param_ops *p = lut_param_table_scalar[param];
    lut_layer l = { .luts = luts, .k = p->min_k };

    lut_meet_shape(&l, p, NULL, sampling, false, true, true);
    return l.tiles.nsaved;
}

/* What a parametrization says it can make again comes out as what was kept, and layers choose
 * by their width and noise. */
static void test_remade(void)
{
    size_t found = 0;

    for (size_t i = 0; lut_param_table_scalar[i]; i++) {
        const lut_param_ops *p = lut_param_table_scalar[i];

        if (!p->remakes)
            continue;
        found++;
        CU_ASSERT_FATAL(p->cfg_size == 0);
        for (int s = 0; s < LUT_SAMPLINGS; s++) {
            lut_sampling sampling = (lut_sampling)s;
            bool noisy = lut_sampling_noisy(sampling);

            CU_ASSERT(saved_of_layer(i, 1000, sampling) > 0);
            CU_ASSERT((saved_of_layer(i, 1000000, sampling) > 0) == noisy);
            for (int real = 0; real < 2 && !noisy; real++)
                check_remade(i, sampling, real);
        }
    }
    CU_ASSERT(found > 0);
}

/* ---- whole training ---- */

enum { INPUTS = 70, TRAIN = 640, STEPS = 4, MANY = 40000 };

typedef struct plan {
    net_spec net;
    size_t batch;
} plan;

/* Candidates that change while the network is trained. */
#define REDRAW                                                               \
    "learnable.redraw 0.2 learnable.redraw_every 2 learnable.redraw_pool 9 " \
    "learnable.redraw_margin 3"

/* Rank, parametrization, mappings, their options, optimizer, sampling, batch. */
#define PLAN(rank, name, one_, two_, text, opt, how, samples) \
    {                                                         \
        .net = { .inputs = INPUTS,                            \
                 .classes = 3,                                \
                 .luts = { 45, 37, 24 },                      \
                 .k = rank,                                   \
                 .param = name,                               \
                 .first = one_,                               \
                 .rest = two_,                                \
                 .options = text,                             \
                 .optim = opt,                                \
                 .sampling = how,                             \
                 .tau = 2,                                    \
                 .temperature = 0.9f },                       \
        .batch = samples                                      \
    }

/* The same with more: regularisers, clipping, an anchor. */
#define PLAN_WITH(rank, name, one_, two_, text, opt, how, ...) \
    {                                                          \
        .net = { .inputs = INPUTS,                             \
                 .classes = 3,                                 \
                 .luts = { 45, 37, 24 },                       \
                 .k = rank,                                    \
                 .param = name,                                \
                 .first = one_,                                \
                 .rest = two_,                                 \
                 .options = text,                              \
                 .optim = opt,                                 \
                 .sampling = how,                              \
                 .tau = 2,                                     \
                 .temperature = 0.9f,                          \
                 __VA_ARGS__ },                                \
        .batch = 300                                           \
    }

static const plan plans[] = {
    PLAN(4, "light", "random", "random", NULL, "adam", LUT_SOFT, 300),
    PLAN(6, "light", "learnable", "arange", NULL, "adam", LUT_HARD, 256),
    PLAN(2, "light", "learnable", "learnable", REDRAW, "sgd", LUT_SOFT, 300),
    PLAN(4, "warp", "random", "random", NULL, "adam", LUT_SOFT, 257),
    PLAN(3, "warp", "learnable", "random", NULL, "adam", LUT_HARD, 300),
    PLAN(7, "warp", "arange", "learnable", NULL, "sgd", LUT_SOFT, 300),
    PLAN(2, "difflogic", "random", "random", NULL, "adam", LUT_SOFT, 320),
    PLAN(2, "difflogic", "random", "learnable", NULL, "adam", LUT_HARD, 300),
    PLAN(6, "dwn", "learnable", "random", NULL, "adam", LUT_SOFT, 300),
    PLAN(5, "dwn", "learnable", "learnable", REDRAW, "sgd", LUT_SOFT, 640),
    PLAN(8, "dwn", "random", "random", NULL, "adam", LUT_SOFT, 130),
    PLAN(6, "dwn", "learnable", "learnable", "learnable.candidates 0", "adam", LUT_SOFT,
         300),
    PLAN(3, "light", "soft", "soft", NULL, "adam", LUT_SOFT, 300),
    PLAN(2, "light", "unique", "soft", "soft.candidates 5", "sgd", LUT_HARD, 260),
    PLAN(4, "dwn", "soft", "learnable", REDRAW, "adam", LUT_SOFT, 300),
    PLAN(3, "probabilistic", "random", "random", NULL, "adam", LUT_GUMBEL_HARD, 300),
    PLAN(4, "light", "random", "random", NULL, "adam", LUT_GUMBEL_SOFT, 300),
    PLAN(4, "unbound_probabilistic", "random", "random", NULL, "adam", LUT_GUMBEL_SOFT,
         300),
    PLAN(4, "warp", "random", "learnable", NULL, "adam", LUT_BERNOULLI_HARD, 300),
    PLAN(5, "linear", "random", "random", NULL, "adam", LUT_GUMBEL_HARD, 300),
    PLAN(3, "poly", "random", "random", NULL, "adam", LUT_SOFT, 300),
    PLAN(4, "poly", "learnable", "random", NULL, "adam", LUT_GUMBEL_SOFT, 200),
    PLAN(3, "neural", "random", "random", NULL, "adam", LUT_SOFT, 300),
    PLAN(2, "neural", "random", "random", NULL, "adam", LUT_GUMBEL_HARD, 200),
    PLAN(4, "fourier", "random", "random", NULL, "adam", LUT_SOFT, 300),
    PLAN(3, "fourier", "random", "learnable", NULL, "sgd", LUT_HARD, 200),
    PLAN(4, "hybrid", "random", "learnable", NULL, "adam", LUT_SOFT, 300),
    PLAN(2, "difflogic", "random", "random", NULL, "adam", LUT_GUMBEL_SOFT, 300),
    PLAN(2, "difflogic", "random", "random", NULL, "adam", LUT_BERNOULLI_HARD, 300),
    PLAN_WITH(4, "light", "random", "learnable", "adamw.decay 0.3", "adamw", LUT_SOFT,
              .residual = true, .anchor = true, .clip_norm = 0.1f,
              .regul = { "spectral_degree", "spectral_l1", "weight_decay",
                         "bit_flip_sensitivity" }),
    PLAN_WITH(
        4, "warp", "learnable", "random",
        "sgd.momentum 0.9 sgd.nesterov true bit_flip_sensitivity.p 3", "sgd", LUT_SOFT,
        .clip_norm = 0.2f,
        .regul = { "warp_l2", "warp_abs_sum", "warp_last", "bit_flip_sensitivity" }),
    PLAN_WITH(6, "dwn", "learnable", "soft", REDRAW, "adam", LUT_SOFT,
              .clip_norm = 0.05f, .offset = -3,
              .regul = { "spectral_sigma_max", "spectral_parseval_norm",
                         "spectral_parseval", "bit_flip_sensitivity" }),
    PLAN_WITH(5, "dwn", "learnable", "learnable", REDRAW, "adam", LUT_SOFT,
              .moments = LUT_MOMENTS_BFLOAT16),
    PLAN_WITH(4, "light", "learnable", "soft", "learnable.candidates 0", "adamw",
              LUT_SOFT, .moments = LUT_MOMENTS_BFLOAT16, .clip_norm = 0.05f),
    PLAN_WITH(3, "warp", "learnable", "random", "sgd.momentum 0.9", "sgd", LUT_SOFT,
              .moments = LUT_MOMENTS_BFLOAT16),
    PLAN_WITH(3, "light", "learnable", "random", NULL, "adamw", LUT_GUMBEL_HARD,
              .clip_norm = 0.3f,
              .regul = { "spectral_sigma_max", "bit_flip_sensitivity" }),
    PLAN_WITH(3, "poly", "learnable", "random", NULL, "adamw", LUT_SOFT,
              .clip_norm = 0.3f, .regul = { "spectral_l1", "bit_flip_sensitivity" }),
};

static uint64_t sample_words[TRAIN * 2];
static uint16_t sample_labels[TRAIN];

static lut_samples training_set(void)
{
    lut_rng r = lut_rng_make(5, LUT_RNG_TEST, 9);

    for (size_t i = 0; i < TRAIN; i++) {
        sample_words[2 * i] = lut_rng_next(&r);
        sample_words[2 * i + 1] = lut_rng_next(&r) & 63;
        sample_labels[i] = (uint16_t)(sample_words[2 * i] % 3);
    }
    return (lut_samples){
        .x = sample_words, .ld = 2, .inputs = INPUTS, .label = sample_labels, .n = TRAIN
    };
}

typedef struct outcome {
    float *weights;
    size_t n;
    uint32_t wires[45 * 8]; /* of the first layer */
    lut_score score, last;
} outcome;

/* Train a few steps with a work space of the given capacity. */
static outcome train(const plan *p, const lut_backend *be, unsigned threads,
                     size_t capacity)
{
    lut_samples s = training_set();
    lut_net *net = net_make(&p->net, be, 11);
    lut_ws *ws = net_space(net, capacity, threads);
    lut_opt_step step = { .lr = 0.02, .power = { 1, 1 } };
    uint32_t rows[TRAIN];
    outcome out = { 0 };
    const float *w;

    for (uint32_t i = 0; i < TRAIN; i++)
        rows[i] = i * 7 % TRAIN;
    for (int i = 0; i < STEPS; i++)
        lut_net_step(net, ws, &out.score, &s, rows + i * 3 % (TRAIN - p->batch + 1),
                     p->batch - (size_t)(i == 2 ? 13 : 0), &step);
    lut_net_set_mode(net, &(lut_exec){ .threads = threads },
                     &(lut_mode){ .temperature = p->net.temperature });
    lut_net_score(net, ws, &out.last, &s, NULL, 0, TRAIN);
    w = lut_net_weights(net, &out.n);
    out.weights = malloc(out.n * sizeof *w);
    CU_ASSERT_PTR_NOT_NULL_FATAL(out.weights);
    memcpy(out.weights, w, out.n * sizeof *w);
    memcpy(out.wires, lut_net_wires(net, 0), 45 * p->net.k * sizeof *out.wires);
    lut_ws_destroy(ws);
    lut_net_destroy(net);
    return out;
}

static void same_outcome(const plan *p, const outcome *a, outcome b, const char *what)
{
    bool same = a->n == b.n &&
                memcmp(a->weights, b.weights, a->n * sizeof(float)) == 0 &&
                memcmp(a->wires, b.wires, sizeof b.wires) == 0 &&
                memcmp(&a->score, &b.score, sizeof b.score) == 0 &&
                memcmp(&a->last, &b.last, sizeof b.last) == 0;

    if (!same)
        fprintf(stderr, "\n%s, rank %u, %s, %s: %s", p->net.param, p->net.k,
                p->net.first, p->net.rest, what);
    CU_ASSERT(same);
    free(b.weights);
}

static void test_training_sets(void)
{
    for (size_t i = 0; i < LUT_COUNT(plans); i++) {
        const plan *p = &plans[i];
        outcome a = train(p, lut_backends()[0], 1, p->batch);

        CU_ASSERT(isfinite(a.score.loss) && a.score.loss > 0);
        for (const lut_backend *const *b = others(); *b; b++)
            same_outcome(p, &a, train(p, *b, 1, p->batch), (*b)->name);
        free(a.weights);
    }
}

/* Neither threads nor how much of a score is loaded at a time changes a bit of it. */
static void test_training_threads(void)
{
    static const unsigned threads[] = { 2, 3, 7 };

    for (size_t i = 0; i < LUT_COUNT(plans); i++) {
        const plan *p = &plans[i];
        outcome a = train(p, lut_backend_find(NULL), 1, p->batch);

        for (size_t t = 0; t < LUT_COUNT(threads); t++)
            same_outcome(p, &a, train(p, lut_backend_find(NULL), threads[t], p->batch),
                         "threads");
        same_outcome(p, &a, train(p, lut_backend_find(NULL), 2, 5 * p->batch),
                     "capacity");
        free(a.weights);
    }
}

/* One step of gradient descent from the same start on n rows. */
static void wide(double *weights, size_t *n, size_t capacity, size_t first,
                 size_t count)
{
    static const net_spec spec = { .inputs = INPUTS,
                                   .classes = 3,
                                   .luts = { 1024, 30, 30 },
                                   .k = 2,
                                   .param = "light",
                                   .first = "learnable",
                                   .rest = "learnable",
                                   .optim = "sgd",
                                   .tau = 2,
                                   .regul = { "bit_flip_sensitivity" },
                                   .options = "bit_flip_sensitivity.weight 10" };
    lut_samples s = training_set();
    lut_net *net = net_make(&spec, lut_backend_find(NULL), 3);
    lut_ws *ws = net_space(net, capacity, 2);
    lut_opt_step step = { .lr = 100, .power = { 1, 1 } };
    lut_score score = { 0 };
    uint32_t rows[TRAIN];
    const float *w;

    for (uint32_t i = 0; i < TRAIN; i++)
        rows[i] = TRAIN - 1 - i;
    w = lut_net_weights(net, n);
    CU_ASSERT_FATAL(*n <= MANY);
    for (size_t i = 0; i < *n; i++)
        weights[i] = -(double)w[i];
    lut_net_step(net, ws, &score, &s, rows + first, count, &step);
    for (size_t i = 0; i < *n; i++)
        weights[i] += (double)w[i];
    lut_ws_destroy(ws);
    lut_net_destroy(net);
}

/* A row of 1024 LUTs gives planes of 64 samples: a batch of 600 is walked in ten of them,
 * and its gradient is the mean of those of small batches. */
static void test_planes(void)
{
    static double all[MANY], same[MANY], block[MANY], sum[MANY];
    size_t n, m;
    double error = 0, most = 0;

    wide(all, &n, 600, 0, 600);
    wide(same, &m, 64 * 40, 0, 600);
    CU_ASSERT_EQUAL(n, m);
    CU_ASSERT(memcmp(all, same, n * sizeof *all) == 0);
    memset(sum, 0, sizeof sum);
    for (size_t first = 0; first < 600; first += 40) {
        wide(block, &m, 40, first, 40);
        for (size_t i = 0; i < n; i++)
            sum[i] += block[i] * 40 / 600;
    }
    for (size_t i = 0; i < n; i++) {
        error = fmax(error, fabs(sum[i] - all[i]));
        most = fmax(most, fabs(all[i]));
    }
    CU_ASSERT(most > 0.01);
    CU_ASSERT(error < 1e-4 * most);
}

/* ---- learnable mappings ---- */

enum { CAND_INPUTS = 33, CAND_SLOTS = 35, CAND_MAX = 48 };

typedef struct choosing {
    float weight[CAND_SLOTS * CAND_MAX] __attribute__((aligned(64)));
    float state[CAND_SLOTS * CAND_MAX * 2] __attribute__((aligned(64)));
    float share[CAND_SLOTS * CAND_MAX] __attribute__((aligned(64)));
    float mixed[ROW], below[CAND_INPUTS * ROW];
    uint32_t candidate[CAND_SLOTS * CAND_MAX], wire[CAND_SLOTS];
} choosing;

static void choose_and_learn(choosing *c, const lut_backend *be, lut_map_kind how,
                             size_t candidates, size_t n, bool bits, size_t split)
{
    static float dslot[CAND_SLOTS * ROW], x[CAND_INPUTS * ROW];
    static uint64_t words[CAND_INPUTS * WORDS];
    static uint32_t halves[2 * WORDS * (CAND_INPUTS + 15)];
    lut_rng r = lut_rng_make(candidates, LUT_RNG_TEST, n);
    lut_bits b = { words, CAND_INPUTS, WORDS };
    lut_rows f = { x, CAND_INPUTS, ROW };
    lut_choice choice = { .kind = how,
                          .inputs = CAND_INPUTS,
                          .candidates = candidates,
                          .padded = lut_round_up(candidates, LUT_LANES),
                          .candidate = candidates == CAND_INPUTS ? NULL : c->candidate,
                          .weight = c->weight,
                          .state = c->state,
                          .share = c->share,
                          .wire = c->wire,
                          .temperature = 0.05f,
                          .next_temperature = 0.05f,
                          .bits = bits ? &b : NULL,
                          .rows = bits ? NULL : &f,
                          .word = halves,
                          .dslot = dslot,
                          .ld = ROW,
                          .n = n };
    lut_redraw redraw = { .count = 2, .pool = 7, .margin = 0.1f, .rng = { .key = n } };
    size_t adam = lut_optim_find("adam");
    double cfg[8];
    lut_opt_step step = { .lr = 0.05, .power = { 1, 1 } };
    lut_tiles_update u = { .optim = be->optim[adam], .optim_cfg = cfg, .step = &step };

    memset(c, 0, sizeof *c);
    memset(dslot, 0, sizeof dslot);
    memset(words, 0, sizeof words);
    lut_fields_default(be->optim[adam]->fields, be->optim[adam]->nfields, cfg);
    for (size_t s = 0; s < n; s++) {
        for (size_t i = 0; i < CAND_SLOTS; i++)
            dslot[i * ROW + s] = (float)lut_rng_normal(&r);
        for (size_t i = 0; i < CAND_INPUTS; i++) {
            x[i * ROW + s] = (float)lut_rng_uniform(&r);
            words[i * WORDS + s / 64] |= lut_rng_below(&r, 2) << (s % 64);
        }
    }
    for (size_t i = 0; i < CAND_SLOTS * candidates; i++)
        c->candidate[i] = (uint32_t)lut_rng_below(&r, CAND_INPUTS);
    for (size_t slot = 0; slot < CAND_SLOTS; slot++)
        for (size_t i = 0; i < candidates; i++)
            c->weight[slot * choice.padded + i] = (float)lut_rng_uniform(&r);
    lut_choice_words(&choice);
    be->choose(&choice, 0, CAND_SLOTS);
    for (int t = 0; t < 3; t++) {
        lut_opt_advance(&step, u.optim, cfg);
        choice.redraw = t == 1 && choice.candidate ? &redraw : NULL;
        be->learn(&choice, &u, 0, split);
        be->learn(&choice, &u, split, CAND_SLOTS);
    }
    be->mix(&choice, 3, c->mixed, n);
    be->spread(&choice, 3, c->below, ROW, dslot, n);
}

static void test_choices(void)
{
    static const size_t counts[] = { 1, 2, 15, 16, 17, 33, 48 };
    static choosing a, c;

    for (size_t i = 0; i < LUT_COUNT(counts); i++)
        for (size_t n = 1; n <= MAX_N; n += 43)
            for (int bits = 0; bits < 4; bits++) {
                lut_map_kind how = bits / 2 ? LUT_MAP_MIX : LUT_MAP_CHOICE;

                choose_and_learn(&a, lut_backends()[0], how, counts[i], n, bits % 2, 4);
                for (const lut_backend *const *b = lut_backends(); *b; b++) {
                    choose_and_learn(&c, *b, how, counts[i], n, bits % 2, 1);
                    CU_ASSERT(memcmp(&a, &c, sizeof a) == 0);
                }
            }
}

UNIT_MAIN("sets", UNIT(test_kernels), UNIT(test_gather), UNIT(test_squash),
          UNIT(test_softmax), UNIT(test_tiles), UNIT(test_remade), UNIT(test_choices),
          UNIT(test_training_sets), UNIT(test_training_threads), UNIT(test_planes))
