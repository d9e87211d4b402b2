/* Networks whose thresholds are learnt: the same as others while the thresholds stay, with
 * the gradients of the definition when they move, and whatever the machine. */
#include "lib/circuit/packed.h"
#include "lib/net/cell.h"
#include "lib/net/checkpoint.h"
#include "lib/net/private.h"
#include "tests/support/nets.h"

#include <math.h>
#include <stdlib.h>

enum { FEATURES = 4, COUNT = 3, INPUTS = FEATURES * COUNT, ROWS = 210 };

static const double origin[FEATURES] = { 0, -10, 5, 0 },
                    scale[FEATURES] = { 1, 20, 2, 100 };
static const float start[INPUTS] = { 0.25f, 0.5f, 0.75f, -5, 0,  5,
                                     5.5f,  6,    6.5f,  25, 50, 75 };
static float values[ROWS * FEATURES];
static uint16_t labels[ROWS];
static uint64_t words[ROWS];

static lut_samples samples(void)
{
    lut_rng rng = lut_rng_make(1, LUT_RNG_TEST, 0);

    for (size_t s = 0; s < ROWS; s++) {
        for (size_t f = 0; f < FEATURES; f++)
            values[s * FEATURES + f] =
                (float)(origin[f] + scale[f] * (double)lut_rng_below(&rng, 1000) / 999);
        labels[s] = values[s * FEATURES] > 0.6f;
    }
    return (lut_samples){ .x = words,
                          .ld = 1,
                          .inputs = INPUTS,
                          .label = labels,
                          .n = ROWS,
                          .value = values,
                          .features = FEATURES };
}

static lut_inlet_cfg inlet(void)
{
    return (lut_inlet_cfg){ .learnt = { .sets = FEATURES,
                                        .count = COUNT,
                                        .softness = 0.01,
                                        .temperature = 0.1,
                                        .origin = origin,
                                        .scale = scale },
                            .features = FEATURES,
                            .threshold = start };
}

static net_spec spec(const lut_inlet_cfg *in)
{
    return (net_spec){ .inputs = INPUTS,
                       .classes = 2,
                       .luts = { 16 },
                       .k = 2,
                       .param = "light",
                       .first = "random",
                       .rest = "random",
                       .optim = "sgd",
                       .tau = 2,
                       .inlet = in };
}

static const lut_backend *best(void)
{
    return lut_backend_find(NULL);
}

/* ---- bits ---- */

static void test_same_as_plain(void)
{
    lut_inlet_cfg in = inlet();
    net_spec with = spec(&in), without = spec(NULL);
    lut_net *a = net_make(&with, best(), 1), *b = net_make(&without, best(), 1);
    lut_ws *wa = net_space(a, 70, 2), *wb = net_space(b, 70, 1);
    lut_samples s = samples();
    float x[2 * 128] = { 0 }, y[2 * 128] = { 0 };

    CU_ASSERT_TRUE(lut_net_has_inlet(a));
    CU_ASSERT_FALSE(lut_net_has_inlet(b));
    CU_ASSERT_EQUAL(lut_net_parameters(a), lut_net_parameters(b) + INPUTS);
    memset(words, 0xff, sizeof words);
    lut_net_logits(a, wa, x, 128, &s, 5,
                   70); /* bits of the samples are not looked at */
    lut_net_encode(a, &(lut_exec){ .threads = 2 }, words, &s);
    lut_net_logits(b, wb, y, 128, &s, 5, 70);
    CU_ASSERT_EQUAL(memcmp(x, y, sizeof x), 0);
    for (size_t r = 0; r < ROWS; r++)
        for (size_t i = 0; i < 64; i++)
            CU_ASSERT_EQUAL(words[r] >> i & 1,
                            i < INPUTS && values[r * FEATURES + i / COUNT] > start[i]);
    lut_ws_destroy(wa);
    lut_ws_destroy(wb);
    lut_net_destroy(a);
    lut_net_destroy(b);
}

/* ---- gradients ---- */

/* Gradients of the encoded bits, from one neuron at a time. */
static void input_gradients(long double dx[INPUTS][ROWS], lut_net *net,
                            const lut_samples *s, uint32_t luts)
{
    static float bit[2][256], y[16][256], dw[4], back[2][256], g[256];
    const uint32_t *wire = lut_net_wires(net, 0);
    lut_cell *cell[16];
    lut_cell_cfg cfg = { .k = 2,
                         .param = lut_param_find("light"),
                         .sampling = LUT_SOFT,
                         .temperature = 1,
                         .bits = true,
                         .capacity = 256 };

    memset(dx, 0, sizeof(long double) * INPUTS * ROWS);
    for (uint32_t m = 0; m < luts; m++) {
        float w[4];

        CU_ASSERT_FATAL(lut_cell_create(&cell[m], &cfg, best(), NULL) == LUT_OK);
        lut_net_lut_weights(net, 0, m, w);
        lut_cell_set(cell[m], w);
        for (size_t j = 0; j < 2; j++)
            for (size_t r = 0; r < ROWS; r++)
                bit[j][r] = (float)(s->x[r] >> wire[2 * m + j] & 1);
        lut_cell_forward(cell[m], y[m], bit[0], 256, ROWS);
    }
    for (uint32_t m = 0; m < luts; m++) {
        memset(g, 0, sizeof g);
        for (size_t r = 0; r < ROWS; r++) {
            double vote[2] = { 0 };

            for (uint32_t i = 0; i < luts; i++)
                vote[i / (luts / 2)] += (double)y[i][r];
            vote[1] = 1 / (1 + exp((vote[0] - vote[1]) / 2)); /* softmax, tau 2 */
            vote[0] = 1 - vote[1];
            g[r] = (float)((vote[m / (luts / 2)] - (s->label[r] == m / (luts / 2))) /
                           2 / ROWS);
        }
        for (size_t j = 0; j < 2; j++)
            for (size_t r = 0; r < ROWS; r++)
                bit[j][r] = (float)(s->x[r] >> wire[2 * m + j] & 1);
        lut_cell_backward(cell[m], dw, back[0], g, bit[0], 256, ROWS);
        for (size_t j = 0; j < 2; j++)
            for (size_t r = 0; r < ROWS; r++)
                dx[wire[2 * m + j]][r] += back[j][r];
        lut_cell_destroy(cell[m]);
    }
}

/* Of d, by the chain rule of math.md 8.7 in long double. */
static void parameter_gradients(long double *dd, const float *d,
                                long double dx[INPUTS][ROWS])
{
    for (size_t f = 0; f < FEATURES; f++) {
        long double above = 0;

        for (size_t t = COUNT; t-- > 0;) {
            size_t i = f * COUNT + t;
            long double theta = ((long double)start[i] - origin[f]) / scale[f];

            for (size_t r = 0; r < ROWS; r++) {
                long double u =
                    ((long double)values[r * FEATURES + f] - origin[f]) / scale[f];
                long double y = 1 / (1 + expl((theta - u) / 0.1L));

                above -= dx[i][r] * y * (1 - y) / 0.1L;
            }
            dd[i] = t ? above / (1 + expl(-(long double)d[i] / 0.01L)) : above;
        }
    }
}

static void test_step(void)
{
    static long double dx[INPUTS][ROWS];
    lut_inlet_cfg in = inlet();
    net_spec with = spec(&in);
    lut_net *net = net_make(&with, best(), 3);
    lut_ws *ws = net_space(net, ROWS, 2);
    lut_samples s = samples();
    lut_opt_step step = { .lr = 0.5, .power = { 1, 1 } };
    lut_score score = { 0 };
    long double dd[INPUTS], most = 0;
    float before[INPUTS];
    const float *d;
    size_t n;

    d = lut_net_weights(net, &n) + n - 16; /* the last ones, padded to 16 */
    n = n - 16;
    memcpy(before, d, sizeof before);
    lut_net_encode(net, &(lut_exec){ .threads = 1 }, words, &s);
    input_gradients(dx, net, &s, 16);
    parameter_gradients(dd, before, dx);
    lut_net_step(net, ws, &score, &s, NULL, ROWS, &step);
    for (size_t i = 0; i < INPUTS; i++)
        most = fabsl(dd[i]) > most ? fabsl(dd[i]) : most;
    CU_ASSERT(most > 1e-4L);
    for (size_t i = 0; i < INPUTS; i++)
        CU_ASSERT(fabsl((long double)(before[i] - d[i]) - 0.5L * dd[i]) <=
                  2e-4L * most + 1e-7L);
    for (size_t i = INPUTS; i < 16; i++)
        CU_ASSERT_EQUAL(d[i], 0);
    lut_ws_destroy(ws);
    lut_net_destroy(net);
}

/* ---- the same bytes everywhere ---- */

static float *trained(const net_spec *s, const lut_backend *be, unsigned threads,
                      size_t *n)
{
    lut_net *net = net_make(s, be, 5);
    lut_ws *ws = net_space(net, ROWS, threads);
    lut_samples x = samples();
    lut_opt_step step = { .lr = 0.05, .power = { 1, 1 } };
    lut_score score = { 0 };
    float *copy;

    for (int i = 0; i < 6; i++)
        lut_net_step(net, ws, &score, &x, NULL, ROWS - (size_t)i, &step);
    lut_net_weights(net, n);
    copy = malloc(*n * sizeof *copy);
    CU_ASSERT_PTR_NOT_NULL_FATAL(copy);
    memcpy(copy, lut_net_weights(net, n), *n * sizeof *copy);
    lut_ws_destroy(ws);
    lut_net_destroy(net);
    return copy;
}

/* Learnable first layers hand their shares down; a shared set adds up its features. */
static void test_sets(void)
{
    for (int variant = 0; variant < 3; variant++) {
        lut_inlet_cfg in = inlet();
        net_spec s = spec(&in);
        const lut_backend *const *be = lut_backends();
        size_t n, m;
        float *first;

        s.luts[1] = 10;
        s.optim = "adam";
        s.first = variant == 1 ? "learnable" : "random";
        s.sampling = variant == 2 ? LUT_HARD : LUT_SOFT;
        in.learnt.sets = variant == 2 ? 1 : FEATURES;
        in.learnt.clip = variant == 0 ? 0.001 : 0;
        in.input = (lut_fixed){ variant == 2 ? 8 : 0, 3, true };
        first = trained(&s, be[0], 1, &n);
        CU_ASSERT(isfinite(first[n - 16]));
        for (size_t i = 0; be[i]; i++) {
            float *other = trained(&s, be[i], 3, &m);

            CU_ASSERT_EQUAL(n, m);
            CU_ASSERT_EQUAL(memcmp(first, other, n * sizeof *first), 0);
            free(other);
        }
        free(first);
    }
}

/* A loss without gradients leaves thresholds and mapping weights alone, whatever decays. */
static void test_no_decay(void)
{
    lut_inlet_cfg in = inlet();
    net_spec s = spec(&in);
    lut_samples x = samples();
    lut_opt_step step = { .lr = 0.5, .power = { 1, 1 } };
    lut_score score = { 0 };
    float slot[2][INPUTS], t[2][INPUTS], w[2][4];
    lut_net *net;
    lut_ws *ws;

    s.classes = 1; /* the loss is 0 whatever the net does */
    s.optim = "adamw";
    s.first = "learnable";
    s.options = "adamw.decay 0.5 learnable.candidates 0";
    memset(labels, 0, sizeof labels);
    net = net_make(&s, best(), 1);
    ws = net_space(net, ROWS, 1);
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(lut_net_slot_weights(net, 0, 3, slot[i]), INPUTS);
        lut_net_thresholds(net, t[i]);
        lut_net_lut_weights(net, 0, 0, w[i]);
        lut_net_step(net, ws, &score, &x, NULL, ROWS, &step);
    }
    CU_ASSERT_EQUAL(memcmp(slot[0], slot[1], sizeof *slot), 0);
    CU_ASSERT_EQUAL(memcmp(t[0], t[1], sizeof *t), 0);
    CU_ASSERT(memcmp(w[0], w[1], sizeof *w) != 0); /* decay is at work */
    lut_ws_destroy(ws);
    lut_net_destroy(net);
}

/* Thresholds that features share have one sum, however many samples walk together. */
static void test_shared_planes(void)
{
    enum { MANY = 600 };
    lut_inlet_cfg in = inlet();
    net_spec s = spec(&in);
    uint32_t rows[MANY];
    float sum[2][4][COUNT];

    in.learnt.sets = 1;
    in.learnt.temperature = 20; /* every feature has a share */
    for (uint32_t i = 0; i < MANY; i++)
        rows[i] = i % ROWS;
    for (size_t i = 0; i < 2; i++) {
        lut_net *net = net_make(&s, best(), 5);
        lut_ws *ws = net_space_planes(net, MANY, (1 + 2 * i) * LUT_BLOCK, 1);
        lut_samples x = samples();
        lut_opt_step step = { .lr = 1, .power = { 1, 1 } };
        lut_score score = { 0 };

        for (size_t k = 0; k < 4; k++) {
            lut_net_step(net, ws, &score, &x, rows, MANY - 10 * (uint32_t)k, &step);
            memcpy(sum[i][k], net->inlet.sum, sizeof sum[i][k]);
        }
        lut_ws_destroy(ws);
        lut_net_destroy(net);
    }
    CU_ASSERT_EQUAL(memcmp(sum[0], sum[1], sizeof *sum), 0);
}

/* A checkpoint has the optimizer's memory of the thresholds as well. */
static void test_checkpoint(void)
{
    lut_inlet_cfg in = inlet();
    net_spec s = spec(&in);
    lut_samples x = samples();
    lut_net *net[2];
    lut_ws *ws[2];
    lut_progress p = { .step = { .lr = 0.05, .power = { 1, 1 } } }, q = { 0 };
    lut_score score = { 0 };
    size_t n, size;
    void *bytes;

    s.optim = "adam";
    for (size_t i = 0; i < 2; i++) {
        net[i] = net_make(&s, best(), 1 + i);
        ws[i] = net_space(net[i], ROWS, 1);
    }
    lut_net_weights(net[0], &n);
    p.best = calloc(1, lut_net_kept_size(net[0]));
    q.best = calloc(1, lut_net_kept_size(net[0]));
    for (int i = 0; i < 3; i++)
        lut_net_step(net[0], ws[0], &score, &x, NULL, ROWS, &p.step);
    size = lut_checkpoint_size(net[0], &p);
    bytes = malloc(size);
    CU_ASSERT_FATAL(p.best && q.best && bytes);
    lut_checkpoint_pack(bytes, net[0], &p, "key");
    CU_ASSERT_EQUAL(lut_checkpoint_unpack(net[1], &q, bytes, size, "key", 0, NULL),
                    LUT_OK);
    memcpy(lut_net_wires(net[1], 0), lut_net_wires(net[0], 0), 32 * sizeof(uint32_t));
    lut_net_refresh(net[1], &(lut_exec){ .threads = 1 });
    lut_net_step(net[0], ws[0], &score, &x, NULL, ROWS, &p.step);
    lut_net_step(net[1], ws[1], &score, &x, NULL, ROWS, &q.step);
    CU_ASSERT_EQUAL(memcmp(lut_net_weights(net[0], &n), lut_net_weights(net[1], &n),
                           n * sizeof(float)),
                    0);
    for (size_t i = 0; i < 2; i++) {
        lut_ws_destroy(ws[i]);
        lut_net_destroy(net[i]);
    }
    free(p.best);
    free(q.best);
    free(bytes);
}

/* ---- training ---- */

/* One threshold a feature, at the wrong place: it moves to where the classes part, and the
 * circuit over the learnt thresholds has the accuracy that validation saw. */
static void test_training(void)
{
    const float wrong[FEATURES] = { 0.3f, 0, 6, 50 };
    lut_inlet_cfg in = inlet();
    net_spec s = spec(&in);
    lut_net *net;
    lut_samples x = samples();
    lut_train_cfg cfg = { .schedule = lut_schedule_find("constant"),
                          .lr = 0.02,
                          .temperature = { LUT_CONSTANT, 1, 1 },
                          .epochs = 60,
                          .batch = 32,
                          .seed = 1 };
    lut_train_result r;
    lut_circuit c;
    double accuracy;
    float learnt[FEATURES];

    in.learnt.count = 1;
    in.threshold = wrong;
    s.inputs = FEATURES;
    s.optim = "adam";
    x.inputs = FEATURES;
    net = net_make(&s, best(), 2);
    CU_ASSERT_EQUAL(
        lut_train(net, &r, &cfg, &(lut_exec){ .threads = 2 }, &x, &x, NULL, NULL, NULL),
        LUT_OK);
    lut_net_thresholds(net, learnt);
    CU_ASSERT(fabsf(learnt[0] - 0.6f) < 0.05f);
    lut_net_encode(net, &(lut_exec){ .threads = 1 }, words, &x);
    CU_ASSERT_EQUAL_FATAL(lut_net_harden(&c, net, NULL), LUT_OK);
    CU_ASSERT_EQUAL(lut_circuit_accuracy(&accuracy, NULL, &c, &x,
                                         &(lut_exec){ .threads = 1 }, NULL),
                    LUT_OK);
    CU_ASSERT(accuracy > 95); /* with the threshold at 0.3: about 70 */
    lut_circuit_fini(&c);
    lut_net_destroy(net);
}

UNIT_MAIN("inlet", UNIT(test_same_as_plain), UNIT(test_step), UNIT(test_sets),
          UNIT(test_no_decay), UNIT(test_shared_planes), UNIT(test_checkpoint),
          UNIT(test_training))
