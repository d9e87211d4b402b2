/* lib/regul: every regulariser against finite differences, through the tiles and passes that
 * training uses.  tests/vectors has the published values. */
#include "lib/net/cell.h"
#include "lib/net/private.h"
#include "tests/support/nets.h"

#include <math.h>

enum { MOST = 32 << LUT_MAX_K };

static const lut_exec two = { .threads = 2 };

/* The regulariser alone, with its whole weight. */
static net_spec spec_of(const char *param, const char *regul, unsigned k, uint32_t luts)
{
    static char options[100];

    /* the scale is of the loss's gradients, not of penalties on tables */
    snprintf(options, sizeof options, "%s.weight 1 dwn.gradient_scale 1.25", regul);
    return (net_spec){ .inputs = 30,
                       .classes = 1, /* the loss is 0 whatever the net does */
                       .luts = { luts },
                       .k = k,
                       .param = param,
                       .first = "random",
                       .rest = "random",
                       .optim = "sgd",
                       .regul = { regul },
                       .options = options };
}

/* dw[luts][nweights] of the penalties alone. */
static void gradient(lut_net *net, float *dw)
{
    static const float none[MOST] __attribute__((aligned(64)));
    const lut_layer *l = &net->layer[0];
    lut_tile_gradient nothing = { .loss = none };

    lut_penalties_prepare(net, &two);
    for (size_t tile = 0; tile < l->ntiles; tile++) {
        static lut_f d[LUT_MAX_WEIGHTS];

        net->backend->gradient(&l->tiles, &nothing, tile, d);
        for (size_t i = 0; i < LUT_LANES; i++)
            for (size_t e = 0; e < l->tiles.nweights; e++) {
                size_t lut = tile * LUT_LANES + i;
                float g = ((float *)d)[e * LUT_LANES + i];

                if (lut < l->luts)
                    dw[lut * l->tiles.nweights + e] = g;
                else
                    CU_ASSERT_EQUAL(g, 0); /* lanes without a LUT stay as they are */
            }
    }
}

static lut_cell *cell_of(const char *param, const char *options, unsigned k, bool bits,
                         lut_sampling sampling, const lut_backend *be)
{
    size_t index = lut_param_find(param);
    const lut_param_ops *p = lut_param_table_scalar[index];
    static double cfg[128];
    lut_cell_cfg c = { .k = k,
                       .param = index,
                       .param_cfg = cfg,
                       .sampling = sampling,
                       .temperature = 1,
                       .bits = bits,
                       .capacity = 128 };
    lut_cell *cell = NULL;

    net_options(cfg, options, param, p->fields, p->nfields);
    CU_ASSERT_EQUAL_FATAL(lut_cell_create(&cell, &c, be, NULL), LUT_OK);
    return cell;
}

static const lut_regul_use *flips(double cfg[128], const char *options)
{
    static lut_regul_use use;
    const lut_regul_ops *ops;

    use.regul = lut_regul_find("bit_flip_sensitivity");
    ops = lut_regul_table_scalar[use.regul];
    use.cfg = net_options(cfg, options, ops->name, ops->fields, ops->nfields);
    return &use;
}

/* ---- finite differences ---- */

static double value_with(lut_net *net, uint32_t m, float *w, size_t e, double to)
{
    float was = w[e];
    double value;

    w[e] = (float)to;
    lut_net_set_lut_weights(net, 0, m, w);
    value = lut_net_penalty(net, &two);
    w[e] = was;
    lut_net_set_lut_weights(net, 0, m, w);
    return value;
}

/* Distance of a derivative from the slopes on the left and right, 0 between them: penalties
 * with an absolute value have kinks. */
static double off_slopes(double got, const double slope[2])
{
    double low = fmin(slope[0], slope[1]), high = fmax(slope[0], slope[1]);

    return fmax(0, fmax(low - got, got - high));
}

/* A few weights of a few LUTs, the last one among them. */
static void differences(const net_spec *s)
{
    static float dw[MOST];
    lut_net *net = net_make(s, lut_backend_find(NULL), 3);
    float w[LUT_MAX_WEIGHTS];
    size_t n = lut_net_lut_weights(net, 0, 0, w);
    double error = 0, most = 0;

    CU_ASSERT_FATAL(n * s->luts[0] <= MOST);
    gradient(net, dw);
    for (uint32_t m = 0; m < s->luts[0]; m += 5)
        for (size_t i = 0; i < n; i += 1 + n / 7) {
            size_t e = n - 1 - i;
            double slope[2], here = lut_net_penalty(net, &two), h;

            lut_net_lut_weights(net, 0, m, w);
            for (int side = 0; side < 2; side++) {
                float to = w[e] + (side ? 1.0f : -1.0f) / 512;

                h = (double)to - (double)w[e];
                slope[side] = (value_with(net, m, w, e, (double)to) - here) / h;
            }
            error = fmax(error, off_slopes((double)dw[m * n + e], slope));
            most = fmax(most, fabs(slope[0]));
        }
    if (!(most > 0 && error <= 1e-3 * most + 1e-4))
        fprintf(stderr, "\n%s, %s: %g of %g", s->param, s->regul[0], error, most);
    CU_ASSERT(most > 0 && error <= 1e-3 * most + 1e-4);
    lut_net_destroy(net);
}

static void test_differences(void)
{
    for (size_t r = 0; lut_regul_table_scalar[r]; r++)
        for (size_t p = 0; lut_param_table_scalar[p]; p++) {
            const lut_regul_ops *regul = lut_regul_table_scalar[r];
            const lut_param_ops *param = lut_param_table_scalar[p];
            unsigned k = param->min_k > 3   ? param->min_k
                         : param->max_k < 3 ? param->max_k
                                            : 3;
            net_spec s = spec_of(param->name, regul->name, k, 21);

            if (regul->on == LUT_ON_OUTPUTS ||
                (regul->param && strcmp(regul->param, param->name) != 0))
                continue;
            differences(&s);
            s.temperature = 0.7f;
            s.residual = !param->no_residual; /* weights pulled to where they started */
            s.anchor = s.residual;
            differences(&s);
        }
}

/* Outputs of soft parametrizations on reals: values are smooth in weights and inputs. */
static void flip_differences(const char *param, unsigned k, const char *options)
{
    enum { N = 70, LD = 128 };
    static float x[LUT_MAX_K * LD], dx[LUT_MAX_K * LD], none[LUT_MAX_K * LD];
    float w[LUT_MAX_WEIGHTS], dw[LUT_MAX_WEIGHTS], unused[LUT_MAX_WEIGHTS];
    lut_cell *cell = cell_of(param, "", k, false, LUT_SOFT, lut_backend_find(NULL));
    lut_rng r = lut_rng_make(k, LUT_RNG_TEST, 4);
    double cfg[128], error = 0, most = 0;
    const lut_regul_use *use = flips(cfg, options);
    size_t n = lut_cell_nweights(cell);
    const float h = 1.0f / 128;

    for (size_t e = 0; e < n; e++)
        w[e] = (float)lut_rng_normal(&r);
    for (size_t i = 0; i < k * LD; i++)
        x[i] = (float)lut_rng_uniform(&r);
    lut_cell_set(cell, w);
    lut_cell_flip(cell, use, dw, dx, x, LD, N);
    for (size_t i = 0; i < n + 3 * k; i++) {
        float *at = i < n ? &w[i] : &x[(i - n) % k * LD + (i - n) / k * 33];
        double got = i < n ? (double)dw[i] : (double)dx[at - x], v[2];
        float was = *at;

        for (int side = 0; side < 2; side++) {
            *at = side ? was + h : was - h;
            lut_cell_set(cell, w);
            v[side] = lut_cell_flip(cell, use, unused, none, x, LD, N);
        }
        *at = was;
        error = fmax(error, fabs(got - (v[1] - v[0]) / (2 * (double)h)));
        most = fmax(most, fabs(got));
    }
    if (!(most > 0 && error < 5e-3 * most))
        fprintf(stderr, "\n%s: flips: %g of %g", param, error, most);
    CU_ASSERT(most > 0 && error < 5e-3 * most);
    lut_cell_destroy(cell);
}

static void test_flip_differences(void)
{
    for (size_t p = 0; lut_param_table_scalar[p]; p++) {
        const lut_param_ops *param = lut_param_table_scalar[p];
        unsigned k = param->max_k < 4 ? param->max_k : 4;

        if (param->form.forward == LUT_LOOKUP ||
            !(param->form.samplings & 1 << LUT_SOFT) || param->form.squash == LUT_CLAMP)
            continue;
        flip_differences(param->name, k, "bit_flip_sensitivity.weight 1");
        flip_differences(param->name, k,
                         "bit_flip_sensitivity.weight 3 bit_flip_sensitivity.p 3");
    }
}

/* A look-up sees bits of its real inputs, and those are what is flipped: the value is that of
 * the same bits given as such.  Some inputs are at the threshold, or right below it. */
static void flips_bits(const char *param, const char *options, float threshold)
{
    enum { K = 4, N = 120, LD = 128 };
    static float x[K * LD], b[K * LD], dx[K * LD];
    float w[1 << K], dw[1 << K];
    lut_cell *real =
        cell_of(param, options, K, false, LUT_SOFT, lut_backend_find(NULL));
    lut_cell *bits = cell_of(param, options, K, true, LUT_SOFT, lut_backend_find(NULL));
    lut_rng r = lut_rng_make(7, LUT_RNG_TEST, 1);
    double cfg[128], value;
    const lut_regul_use *use = flips(cfg, "bit_flip_sensitivity.weight 1");

    for (size_t e = 0; e < 1 << K; e++)
        w[e] = (float)lut_rng_normal(&r);
    for (size_t i = 0; i < K * LD; i++) {
        x[i] = (float)(threshold + 0.8 * (2 * lut_rng_uniform(&r) - 1));
        if (i % 5 == 0)
            x[i] = i % 2 ? threshold : nextafterf(threshold, -1);
        b[i] = x[i] > threshold;
    }
    lut_cell_set(real, w);
    lut_cell_set(bits, w);
    value = lut_cell_flip(bits, use, dw, dx, b, LD, N);
    CU_ASSERT(value > 0.01);
    CU_ASSERT_EQUAL(lut_cell_flip(real, use, dw, dx, x, LD, N), value);
    lut_cell_destroy(real);
    lut_cell_destroy(bits);
}

static void test_flips_bits(void)
{
    flips_bits("hybrid", "", 0.5f);
    flips_bits("hybrid", "hybrid.input_threshold 1", 1);
    flips_bits("dwn", "", 0);
    flips_bits("dwn", "dwn.input_threshold 0.3 dwn.ste false", 0.3f);
    flips_bits("dwn", "dwn.entries sigmoid", 0.5f);
}

/* ---- in a network ---- */

static uint16_t only_class(uint64_t x)
{
    (void)x;
    return 0;
}

/* A step of gradient descent without a loss: what the cells of its LUTs say. */
static void test_flips_in_net(void)
{
    enum { N = 100, LD = 128 };
    static float x[LUT_MAX_K * LD], dx[LUT_MAX_K * LD];
    net_spec s = spec_of("light", "bit_flip_sensitivity", 4, 19);
    lut_samples rows = net_samples(N, s.inputs, only_class);
    lut_net *net = net_make(&s, lut_backend_find(NULL), 2);
    lut_ws *ws = net_space(net, N, 2);
    lut_cell *cell = cell_of("light", "", 4, true, LUT_SOFT, lut_backend_find(NULL));
    lut_opt_step step = { .lr = 1, .power = { 1, 1 } };
    lut_score score = { 0 };
    float before[19][16], after[16], dw[16];
    double cfg[128], most = 0;

    for (uint32_t m = 0; m < 19; m++)
        lut_net_lut_weights(net, 0, m, before[m]);
    lut_net_step(net, ws, &score, &rows, NULL, N, &step);
    CU_ASSERT_EQUAL(score.loss, 0); /* penalties do not enter it */
    for (uint32_t m = 0; m < 19; m++) {
        for (unsigned j = 0; j < 4; j++)
            for (size_t i = 0; i < N; i++) {
                uint32_t from = lut_net_wires(net, 0)[m * 4 + j];

                x[j * LD + i] =
                    (float)(rows.x[i * rows.ld + from / 64] >> from % 64 & 1);
            }
        lut_cell_set(cell, before[m]);
        lut_cell_flip(cell, flips(cfg, s.options), dw, dx, x, LD, N);
        lut_net_lut_weights(net, 0, m, after);
        for (size_t e = 0; e < 16; e++) {
            double moved = (double)before[m][e] - (double)after[e];

            CU_ASSERT(fabs(moved - (double)dw[e] / 19) < 2e-7);
            most = fmax(most, fabs(moved));
        }
    }
    CU_ASSERT(most > 1e-4);
    lut_cell_destroy(cell);
    lut_ws_destroy(ws);
    lut_net_destroy(net);
}

/* Neither decay to an anchor nor a projection gives weights to lanes without a LUT. */
static void test_lanes(void)
{
    for (size_t p = 0; lut_param_table_scalar[p]; p++) {
        const lut_param_ops *param = lut_param_table_scalar[p];
        net_spec s = spec_of(param->name, "weight_decay", param->max_k < 3 ? 2 : 3, 21);
        lut_samples rows = net_samples(50, s.inputs, only_class);
        lut_opt_step step = { .lr = 0.1, .power = { 1, 1 } };
        lut_score score = { 0 };
        lut_net *net;
        lut_ws *ws;

        s.optim = "adamw";
        s.residual = s.anchor = !param->no_residual;
        net = net_make(&s, lut_backend_find(NULL), 2);
        ws = net_space(net, 50, 1);
        lut_net_step(net, ws, &score, &rows, NULL, 50, &step);
        for (size_t e = 0; e < net->layer[0].tiles.nweights; e++)
            for (size_t i = 21 - LUT_LANES; i < LUT_LANES; i++) {
                size_t at = net->layer[0].tiles.nweights + e;

                CU_ASSERT_EQUAL(((float *)&net->layer[0].tiles.w[at])[i], 0);
            }
        lut_ws_destroy(ws);
        lut_net_destroy(net);
    }
}

/* Several at once are their sum. */
static void test_several(void)
{
    static float all[MOST], one[MOST], sum[MOST];
    net_spec s = spec_of("warp", "warp_l2", 4, 20);
    double value = 0;
    lut_net *net;

    s.options = "warp_l2.weight 0.5 spectral_l1.weight 2 weight_decay.weight 0.1";
    s.regul[1] = "spectral_l1";
    s.regul[2] = "weight_decay";
    net = net_make(&s, lut_backend_find(NULL), 1);
    gradient(net, all);
    for (int i = 0; i < 3; i++) {
        net_spec alone = s;
        lut_net *other;

        alone.regul[0] = s.regul[i];
        alone.regul[1] = NULL;
        other = net_make(&alone, lut_backend_find(NULL), 1);
        gradient(other, one);
        value += lut_net_penalty(other, &two);
        for (size_t e = 0; e < 320; e++)
            sum[e] += one[e];
        lut_net_destroy(other);
    }
    CU_ASSERT(fabs(lut_net_penalty(net, &two) - value) < 1e-12);
    for (size_t e = 0; e < 320; e++)
        CU_ASSERT(fabsf(all[e] - sum[e]) < 1e-5f);
    lut_net_destroy(net);
}

static void test_refused(void)
{
    net_spec s = spec_of("light", "warp_l2", 4, 20);
    lut_net *net = NULL;
    lut_err err;

    CU_ASSERT_EQUAL(net_try(&net, &s, lut_backend_find(NULL), 1, &err), LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text,
                           "layer 1: \"warp_l2\" is about \"warp\", found \"light\"");
    CU_ASSERT_EQUAL(lut_regul_find("warp_l3"), SIZE_MAX);
}

UNIT_MAIN("regul", UNIT(test_differences), UNIT(test_flip_differences),
          UNIT(test_flips_bits), UNIT(test_lanes), UNIT(test_flips_in_net),
          UNIT(test_several), UNIT(test_refused))
