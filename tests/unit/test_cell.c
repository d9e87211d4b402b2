/* One LUT by itself, sampling modes, and what they cost nobody in evaluation. */
#include "lib/net/cell.h"
#include "lib/base/mathx.h"
#include "lib/net/anneal.h"
#include "tests/support/nets.h"

#include <math.h>

enum { SAMPLES = 4096 };

static const lut_backend *best(void)
{
    return lut_backend_find(NULL);
}

static lut_cell *cell_of(const char *param, lut_sampling sampling, float temperature,
                         uint64_t noise, bool bits)
{
    lut_cell_cfg cfg = { .k = 2,
                         .param = lut_param_find(param),
                         .sampling = sampling,
                         .temperature = temperature,
                         .noise = noise,
                         .bits = bits,
                         .capacity = SAMPLES };
    lut_cell *c = NULL;

    CU_ASSERT_EQUAL_FATAL(lut_cell_create(&c, &cfg, best(), NULL), LUT_OK);
    return c;
}

static float x[2 * SAMPLES], y[SAMPLES], z[SAMPLES], dx[2 * SAMPLES], g[SAMPLES];

static void fill(void)
{
    lut_rng rng = lut_rng_make(3, LUT_RNG_TEST, 0);

    for (size_t i = 0; i < 2 * SAMPLES; i++)
        x[i] = (float)lut_rng_below(&rng, 2);
    for (size_t i = 0; i < SAMPLES; i++)
        g[i] = 1;
}

static double mean(const float *v, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += (double)v[i];
    return sum / (double)n;
}

static double sigmoid(double v)
{
    return 1 / (1 + exp(-v));
}

/* Corner logits 0.7 everywhere: warp's constant coefficient. */
static const float same_everywhere[] = { 0.7f, 0, 0, 0 };

/* Outputs of warp: drawn for every sample, 1 with probability sigmoid(z) whatever the
 * temperature with gumbel, sigmoid(z / temperature) with bernoulli. */
static void test_output_noise(void)
{
    const struct {
        lut_sampling mode;
        float temperature;
        double want;
    } t[] = { { LUT_GUMBEL_HARD, 1, sigmoid(0.7) },
              { LUT_GUMBEL_HARD, 5, sigmoid(0.7) },
              { LUT_BERNOULLI_HARD, 1, sigmoid(0.7) },
              { LUT_BERNOULLI_HARD, 5, sigmoid(0.7 / 5) } };

    fill();
    for (size_t i = 0; i < 2 * LUT_COUNT(t); i++) {
        lut_cell *c = cell_of("warp", t[i / 2].mode, t[i / 2].temperature, 11, i % 2);

        lut_cell_set(c, same_everywhere);
        lut_cell_forward(c, y, x, SAMPLES, SAMPLES);
        for (size_t s = 0; s < SAMPLES; s++)
            CU_ASSERT(fabsf(y[s]) < 1e-9f || fabsf(y[s] - 1) < 1e-9f);
        CU_ASSERT(fabs(mean(y, SAMPLES) - t[i / 2].want) < 4 * 0.5 / sqrt(SAMPLES));
        lut_cell_destroy(c);
    }
}

/* Entries of light: one draw for all samples of a step. */
static void test_entry_noise(void)
{
    const float w[] = { 0.7f, 0.7f, 0.7f, 0.7f };
    size_t ones = 0, steps = 2000;

    for (uint64_t step = 0; step < steps; step++) {
        lut_cell *c = cell_of("light", LUT_GUMBEL_HARD, 3, step * 7919 + 1, true);
        float first[4] = { -1, -1, -1, -1 };

        lut_cell_set(c, w);
        lut_cell_forward(c, y, x, SAMPLES, 64);
        for (size_t s = 0; s < 64; s++) {
            float *seen = &first[(size_t)(2 * x[s] + x[SAMPLES + s])];

            CU_ASSERT(*seen < 0 || fabsf(*seen - y[s]) < 1e-9f);
            *seen = y[s];
        }
        ones += first[1] > 0.5f;
        lut_cell_destroy(c);
    }
    CU_ASSERT(fabs((double)ones / (double)steps - sigmoid(0.7)) < 0.045);
}

/* gumbel_soft: the logistic distribution, by its mean of sigmoid and its spread. */
static void test_gumbel_soft(void)
{
    lut_cell *c = cell_of("warp", LUT_GUMBEL_SOFT, 1, 5, true);
    double logit = 0, square = 0;

    lut_cell_set(c, same_everywhere);
    lut_cell_forward(c, y, x, SAMPLES, SAMPLES);
    for (size_t s = 0; s < SAMPLES; s++) {
        double l = log((double)y[s] / (1 - (double)y[s]));

        logit += l / SAMPLES;
        square += l * l / SAMPLES;
    }
    /* mean z, variance pi^2 / 3 */
    CU_ASSERT(fabs(logit - 0.7) < 0.12);
    CU_ASSERT(fabs(square - logit * logit - 3.29) < 0.35);
    lut_cell_destroy(c);
}

/* The backward pass sees the same noise: for every sample dy/dz = y (1 - y) in gumbel_soft,
 * and warp's constant coefficient has dz/dw = 1. */
static void test_noise_backward(void)
{
    for (int bits = 0; bits < 2; bits++) {
        lut_cell *c = cell_of("warp", LUT_GUMBEL_SOFT, 1, 5, bits);
        double want = 0;
        float dw[4];

        lut_cell_set(c, same_everywhere);
        lut_cell_forward(c, y, x, SAMPLES, SAMPLES);
        for (size_t s = 0; s < SAMPLES; s++)
            want += (double)y[s] * (1 - (double)y[s]);
        lut_cell_backward(c, dw, dx, g, x, SAMPLES, SAMPLES);
        CU_ASSERT(fabs((double)dw[0] - want) < 1e-4 * want);
        lut_cell_destroy(c);
    }
}

/* Another step draws other numbers; the same step the same. */
static void test_steps_differ(void)
{
    lut_cell *a = cell_of("warp", LUT_GUMBEL_HARD, 1, 1, true);
    lut_cell *b = cell_of("warp", LUT_GUMBEL_HARD, 1, 2, true);
    size_t differ = 0;

    lut_cell_set(a, same_everywhere);
    lut_cell_set(b, same_everywhere);
    lut_cell_forward(a, y, x, SAMPLES, SAMPLES);
    lut_cell_forward(b, z, x, SAMPLES, SAMPLES);
    for (size_t s = 0; s < SAMPLES; s++)
        differ += fabsf(y[s] - z[s]) > 0.5f;
    CU_ASSERT(differ > SAMPLES / 4);
    lut_cell_forward(a, z, x, SAMPLES, SAMPLES);
    CU_ASSERT_EQUAL(memcmp(y, z, sizeof y), 0);
    lut_cell_destroy(a);
    lut_cell_destroy(b);
}

/* A DWN layer above reals makes bits of them by its threshold. */
static void test_real_look_up(void)
{
    static const float in[] = { -0.5f, 0, 0.25f, 1, 0.1f, 0.1f, -1, 0 };
    const float w[] = { -0.1f, 0.2f, 0.3f, -0.4f };
    const lut_param_ops *p = lut_param_table_scalar[lut_param_find("dwn")];
    double options[128];
    lut_cell_cfg cfg = { .k = 2,
                         .param = lut_param_find("dwn"),
                         .param_cfg =
                             net_options(options, "", "dwn", p->fields, p->nfields),
                         .temperature = 1,
                         .capacity = 4 };
    lut_cell *c = NULL;
    uint64_t tt[4];

    CU_ASSERT_EQUAL_FATAL(lut_cell_create(&c, &cfg, best(), NULL), LUT_OK);
    lut_cell_set(c, w);
    lut_cell_forward(c, y, in, 4, 4);
    for (size_t s = 0; s < 4; s++) {
        size_t a = 2 * (in[s] > 0) + (in[4 + s] > 0);

        CU_ASSERT((y[s] > 0.5f) == (w[a] > 0));
    }
    lut_cell_table(c, tt);
    CU_ASSERT_EQUAL(tt[0], 6);
    lut_cell_destroy(c);
}

/* Evaluation is free of noise, and coming back to training gives the step's noise again. */
static void test_modes(void)
{
    net_spec s = { .inputs = 8,
                   .classes = 2,
                   .luts = { 8, 8 },
                   .k = 3,
                   .param = "warp",
                   .first = "random",
                   .rest = "random",
                   .optim = "adam",
                   .sampling = LUT_GUMBEL_SOFT };
    static uint64_t rows[64];
    static uint16_t label[64];
    lut_samples in = { .x = rows, .ld = 1, .inputs = 8, .label = label, .n = 64 };
    lut_exec one = { .threads = 1 };
    lut_mode eval = { false, 1, 0 }, train = { true, 1, 0 }, later = { true, 1, 5 };
    float a[2 * 64], b[2 * 64];
    lut_net *net = net_make(&s, best(), 4), *quiet;
    lut_ws *ws = net_space(net, 64, 1);

    for (size_t i = 0; i < 64; i++)
        rows[i] = i * 37 % 256;
    s.sampling = LUT_SOFT;
    quiet = net_make(&s, best(), 4);
    lut_net_logits(net, ws, a, 64, &in, 0, 64);
    lut_net_set_mode(net, &one, &later);
    lut_net_logits(net, ws, b, 64, &in, 0, 64);
    CU_ASSERT_NOT_EQUAL(memcmp(a, b, sizeof a), 0);
    lut_net_set_mode(net, &one, &train);
    lut_net_logits(net, ws, b, 64, &in, 0, 64);
    CU_ASSERT_EQUAL(memcmp(a, b, sizeof a), 0);
    lut_net_set_mode(net, &one, &eval);
    lut_net_logits(net, ws, a, 64, &in, 0, 64);
    lut_net_logits(quiet, ws, b, 64, &in, 0, 64);
    CU_ASSERT_EQUAL(memcmp(a, b, sizeof a), 0);
    lut_ws_destroy(ws);
    lut_net_destroy(net);
    lut_net_destroy(quiet);
}

static void test_anneal(void)
{
    lut_anneal a = { LUT_EXPONENTIAL, 2, 0.02 };

    CU_ASSERT_DOUBLE_EQUAL(lut_anneal_at(&a, 0, 11), 2, 0);
    CU_ASSERT_DOUBLE_EQUAL(lut_anneal_at(&a, 5, 11), 0.2, 1e-14);
    CU_ASSERT_DOUBLE_EQUAL(lut_anneal_at(&a, 10, 11), 0.02, 0);
    CU_ASSERT_DOUBLE_EQUAL(lut_anneal_at(&a, 0, 1), 2, 0);
    a.kind = LUT_LINEAR;
    CU_ASSERT_DOUBLE_EQUAL(lut_anneal_at(&a, 5, 11), 1.01, 1e-14);
    a.kind = LUT_CONSTANT;
    CU_ASSERT_DOUBLE_EQUAL(lut_anneal_at(&a, 5, 11), 2, 0);
    for (double v = -699; v < 700; v += 0.37)
        CU_ASSERT(fabs(lut_exp(v) - exp(v)) <= 1e-14 * exp(v));
    CU_ASSERT(lut_exp(-1e9) <= 0 && isinf(lut_exp(1e9)) && isnan(lut_exp((double)NAN)));
}

/* Weights of the two layers' LUTs, and of a learnable mapping above the first. */
typedef struct factor_weights {
    float lut[2][8][8], slot[24][8];
} factor_weights;

static void read_weights(factor_weights *w, const lut_net *net)
{
    memset(w, 0, sizeof *w);
    for (uint32_t m = 0; m < 8; m++)
        for (uint32_t l = 0; l < 2; l++)
            lut_net_lut_weights(net, l, m, w->lut[l][m]);
    for (size_t slot = 0; slot < 24; slot++)
        lut_net_slot_weights(net, 1, slot, w->slot[slot]);
}

static double moved(const float *from, const float *to, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += fabs((double)to[i] - (double)from[i]);
    return sum;
}

/* With factor f on the gradients, layer 0 of two learns f times as fast under plain sgd, and
 * layer 1 as before, with the weights of its mapping. */
static void factor_reaches_below(const char *map)
{
    net_spec s = { .inputs = 8,
                   .classes = 2,
                   .luts = { 8, 8 },
                   .k = 3,
                   .param = "light",
                   .first = "random",
                   .rest = map,
                   .optim = "sgd",
                   .options = "learnable.candidates 0 learnable.lm_tau 0.5" };
    static uint64_t rows[64];
    static uint16_t label[64];
    lut_samples in = { .x = rows, .ld = 1, .inputs = 8, .label = label, .n = 64 };
    factor_weights start, after[2];
    double once, twice;

    for (size_t i = 0; i < 64; i++) {
        rows[i] = i * 73 % 256;
        label[i] = i % 2;
    }
    for (size_t i = 0; i < 2; i++) {
        lut_opt_step step = { .lr = 1, .power = { 1, 1 } };
        lut_score score = { 0 };
        lut_net *net;
        lut_ws *ws;

        s.grad_factor = i ? 2 : 1;
        net = net_make(&s, best(), 4);
        ws = net_space(net, 64, 1);
        read_weights(&start, net);
        lut_net_step(net, ws, &score, &in, NULL, 64, &step);
        read_weights(&after[i], net);
        lut_ws_destroy(ws);
        lut_net_destroy(net);
    }
    once = moved(start.lut[0][0], after[0].lut[0][0], 64);
    twice = moved(start.lut[0][0], after[1].lut[0][0], 64);
    CU_ASSERT(once > 1e-5);
    CU_ASSERT(fabs(twice - 2 * once) < 1e-2 * once);
    CU_ASSERT(moved(start.lut[1][0], after[0].lut[1][0], 64) > 1e-5);
    CU_ASSERT_EQUAL(memcmp(after[0].lut[1], after[1].lut[1], sizeof start.lut[1]), 0);
    CU_ASSERT_EQUAL(memcmp(after[0].slot, after[1].slot, sizeof start.slot), 0);
    if (strcmp(map, "random") != 0)
        CU_ASSERT(moved(start.slot[0], after[0].slot[0], 192) > 1e-5);
}

static void test_grad_factor(void)
{
    factor_reaches_below("random");
    factor_reaches_below("learnable");
    factor_reaches_below("soft");
}

UNIT_MAIN("cell", UNIT(test_output_noise), UNIT(test_entry_noise),
          UNIT(test_gumbel_soft), UNIT(test_noise_backward), UNIT(test_steps_differ),
          UNIT(test_real_look_up), UNIT(test_modes), UNIT(test_anneal),
          UNIT(test_grad_factor))
