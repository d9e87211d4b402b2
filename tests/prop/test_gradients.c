/* A step of gradient descent on a whole network against differences of its loss, whichever way
 * samples take through its layers: kernels of whole layers, planes and tiles updated at once,
 * LUT by LUT, with noise, through mixtures. */
#include "tests/support/nets.h"

#include <math.h>
#include <stdlib.h>

enum { INPUTS = 14, SAMPLES = 130, MAX_WEIGHTS = 8192 };

typedef struct law {
    const char *param;
    unsigned k;
    const char *options,
        *rest; /* rest: mapping of layers above the first; NULL: random */
    const char *penalty;
    lut_sampling sampling;
    unsigned layers; /* 0: three */
    bool last_alone; /* look-ups of reals: below them there are no derivatives */
    bool slow;       /* some layer takes its samples LUT by LUT */
} law;

static const lut_exec alone = { .threads = 1 };
static const float temperature = 0.8f;

static net_spec spec_of(const law *l)
{
    static const uint32_t luts[] = { 13, 11, 9 };
    const uint32_t *from = l->layers ? luts + 3 - l->layers : luts;

    return (net_spec){ .inputs = INPUTS,
                       .classes = 3,
                       .luts = { from[0], from < luts + 2 ? from[1] : 0,
                                 from < luts + 1 ? from[2] : 0 },
                       .k = l->k,
                       .param = l->param,
                       .first = "random",
                       .rest = l->rest ? l->rest : "random",
                       .options = l->options,
                       .optim = "sgd",
                       .sampling = l->sampling,
                       .tau = 0.5f,
                       .temperature = temperature,
                       .regul = { l->penalty } };
}

/* Weights that a step of differences moves without rounding them. */
static void round_weights(lut_net *net)
{
    size_t n;
    float *w = lut_net_weights(net, &n);

    CU_ASSERT_FATAL(n <= MAX_WEIGHTS);
    for (size_t i = 0; i < n; i++)
        w[i] = rintf(w[i] * 0x1p12f) * 0x1p-12f;
    lut_net_refresh(net, &alone);
}

/* Mean loss with weight i moved by so much; in training, before its first step. */
static double loss_at(lut_net *net, lut_ws *ws, size_t i, float by)
{
    lut_samples s = net_samples(SAMPLES, INPUTS, net_modulo3);
    lut_score score = { 0 };
    size_t n;
    float *w = lut_net_weights(net, &n), was = w[i];

    w[i] += by;
    lut_net_refresh(net, &alone);
    lut_net_score(net, ws, &score, &s, NULL, 0, SAMPLES);
    w[i] = was;
    return score.loss / SAMPLES;
}

/* Error of the fourth order in h. */
static double difference(lut_net *net, lut_ws *ws, size_t i)
{
    const float h = 0x1p-4f;

    return (8 * (loss_at(net, ws, i, h) - loss_at(net, ws, i, -h)) -
            (loss_at(net, ws, i, 2 * h) - loss_at(net, ws, i, -2 * h))) /
           (12 * (double)h);
}

static void descend(lut_net *net, lut_ws *ws, double *gradient)
{
    const double rate = 16;
    lut_samples s = net_samples(SAMPLES, INPUTS, net_modulo3);
    lut_opt_step step = { .lr = rate, .power = { 1, 1 } };
    lut_score score = { 0 };
    static float start[MAX_WEIGHTS];
    size_t n;
    float *w = lut_net_weights(net, &n);

    memcpy(start, w, n * sizeof *w);
    lut_net_step(net, ws, &score, &s, NULL, SAMPLES, &step);
    for (size_t i = 0; i < n; i++)
        gradient[i] = ((double)start[i] - (double)w[i]) / rate;
    memcpy(w, start, n * sizeof *w);
    lut_net_set_mode(net, &alone, &(lut_mode){ true, temperature, 0 });
    lut_net_refresh(net, &alone);
}

static bool is_quick(const lut_net *net)
{
    bool quick = net->nflips == 0;

    for (uint32_t i = 0; i < net->nlayers; i++)
        quick &= lut_layer_is_quick(&net->layer[i]);
    return quick;
}

/* Losses are means of sums of floats, of some 2^-24 each, divided by a step of 2^-4. */
static const double noise = 1e-6;

static void check_law(const law *l)
{
    static double gradient[MAX_WEIGHTS], again[MAX_WEIGHTS];
    net_spec spec = spec_of(l);
    lut_net *net = net_make(&spec, lut_backend_find(NULL), 8);
    lut_ws *ws = net_space(net, SAMPLES, 1),
           *other = net_space_planes(net, SAMPLES, 128, 2);
    size_t n, first = 0, wrong = 0;
    float *w = lut_net_weights(net, &n);
    double most = 0;

    if (l->last_alone)
        first = (size_t)((float *)net->layer[net->nlayers - 1].tiles.w - w);
    CU_ASSERT_EQUAL(is_quick(net), !l->slow);
    round_weights(net);
    descend(net, ws, gradient);
    descend(net, other, again);
    CU_ASSERT(memcmp(gradient, again, n * sizeof *again) == 0);
    for (size_t i = first; i < n; i++) {
        double want = difference(net, ws, i);

        most = fmax(most, fabs(want));
        wrong += !(fabs(gradient[i] - want) <= 1e-3 * fabs(want) + noise);
    }
    if (wrong)
        fprintf(stderr, "\n%s, rank %u, %s: %zu of %zu gradients", l->param, l->k,
                lut_sampling_names[l->sampling], wrong, n - first);
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(most > 300 * noise);
    lut_ws_destroy(ws);
    lut_ws_destroy(other);
    lut_net_destroy(net);
}

/* A penalty on outputs that weighs nothing: all layers are slow, nothing else changes. */
#define NOTHING \
    "bit_flip_sensitivity", .options = "bit_flip_sensitivity.weight 0", .slow = true
#define OPEN "dwn.ste false dwn.clamp_luts false dwn.gradient_scale 1"

static const law laws[] = {
    { .param = "light", .k = 2 },
    { .param = "light", .k = 4 },
    { .param = "light", .k = 6 },
    { .param = "light", .k = 4, .penalty = NOTHING },
    { .param = "light", .k = 3, .rest = "soft" },
    { .param = "light", .k = 3, .sampling = LUT_GUMBEL_SOFT },
    { .param = "warp", .k = 3 },
    { .param = "warp", .k = 5 },
    { .param = "warp", .k = 3, .penalty = NOTHING },
    { .param = "warp", .k = 4, .rest = "soft" },
    { .param = "warp", .k = 3, .sampling = LUT_GUMBEL_SOFT, .slow = true },
    { .param = "difflogic", .k = 2 },
    { .param = "difflogic", .k = 2, .penalty = NOTHING },
    { .param = "difflogic", .k = 2, .sampling = LUT_GUMBEL_SOFT },
    { .param = "linear", .k = 4 },
    { .param = "linear", .k = 5, .penalty = NOTHING },
    { .param = "linear", .k = 2, .sampling = LUT_GUMBEL_SOFT, .slow = true },
    { .param = "poly", .k = 3, .slow = true },
    { .param = "poly", .k = 2, .rest = "soft", .slow = true },
    { .param = "dwn", .k = 4, .options = OPEN, .layers = 1 },
    { .param = "dwn", .k = 6, .options = OPEN " dwn.entries sigmoid", .layers = 1 },
    { .param = "dwn", .k = 4, .options = OPEN, .last_alone = true, .slow = true },
};

static void test_laws(void)
{
    for (size_t i = 0; i < LUT_COUNT(laws); i++)
        check_law(&laws[i]);
}

/* Halves have eleven digits, and sums of activations of them are as far off. */
static void test_halves(void)
{
    static double exact[MAX_WEIGHTS], rough[MAX_WEIGHTS];
    static const law halves[] = { { .param = "light", .k = 4 },
                                  { .param = "warp", .k = 3 },
                                  { .param = "difflogic", .k = 2 } };

    for (size_t i = 0; i < LUT_COUNT(halves); i++) {
        double most = 0, worst = 0;
        size_t n = 0;

        for (int half = 0; half < 2; half++) {
            net_spec spec = spec_of(&halves[i]);
            lut_net *net;
            lut_ws *ws;

            spec.half = half;
            net = net_make(&spec, lut_backend_find(NULL), 8);
            ws = net_space(net, SAMPLES, 1);
            round_weights(net);
            descend(net, ws, half ? rough : exact);
            lut_net_weights(net, &n);
            lut_ws_destroy(ws);
            lut_net_destroy(net);
        }
        for (size_t e = 0; e < n; e++) {
            most = fmax(most, fabs(exact[e]));
            worst = fmax(worst, fabs(exact[e] - rough[e]));
        }
        CU_ASSERT(worst > 0);
        CU_ASSERT(worst < 4e-3 * most);
    }
}

static void gradient_of(const law *l, double *gradient, size_t *n)
{
    net_spec spec = spec_of(l);
    lut_net *net = net_make(&spec, lut_backend_find(NULL), 8);
    lut_ws *ws = net_space(net, SAMPLES, 1);

    CU_ASSERT_EQUAL(is_quick(net), !l->slow);
    round_weights(net);
    descend(net, ws, gradient);
    lut_net_weights(net, n);
    lut_ws_destroy(ws);
    lut_net_destroy(net);
}

/* Where outputs are bits, gradients are no derivatives: they are those of the other way. */
static void test_paths(void)
{
    static double quick[MAX_WEIGHTS], slow[MAX_WEIGHTS];
    static const law laws_of_bits[] = {
        { .param = "light", .k = 4, .sampling = LUT_HARD },
        { .param = "warp", .k = 3, .sampling = LUT_HARD },
        { .param = "warp", .k = 6, .sampling = LUT_HARD, .rest = "learnable" },
        { .param = "difflogic", .k = 2, .sampling = LUT_HARD },
        { .param = "linear", .k = 5, .sampling = LUT_HARD },
        { .param = "dwn", .k = 4, .sampling = LUT_HARD },
        { .param = "dwn", .k = 6, .sampling = LUT_HARD, .rest = "learnable" },
        { .param = "light", .k = 2, .sampling = LUT_SOFT, .rest = "learnable" },
    };

    for (size_t i = 0; i < LUT_COUNT(laws_of_bits); i++) {
        law other = laws_of_bits[i];
        double most = 0, worst = 0;
        size_t n = 0;

        other.penalty = "bit_flip_sensitivity";
        other.options = "bit_flip_sensitivity.weight 0";
        other.slow = true;
        gradient_of(&laws_of_bits[i], quick, &n);
        gradient_of(&other, slow, &n);
        for (size_t e = 0; e < n; e++) {
            most = fmax(most, fabs(slow[e]));
            worst = fmax(worst, fabs(quick[e] - slow[e]));
        }
        CU_ASSERT(most > 1e-4);
        CU_ASSERT(worst < 1e-4 * most);
    }
}

UNIT_MAIN("gradients", UNIT(test_laws), UNIT(test_halves), UNIT(test_paths))
