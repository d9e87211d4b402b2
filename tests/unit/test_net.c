/* lib/net, lib/map, lib/optim: creation, wiring, learnable mappings, optimizers, training. */
#include "lib/circuit/packed.h"
#include "lib/net/private.h"
#include "tests/support/nets.h"

#include <math.h>
#include <stdlib.h>

/* ---- allocations of the library, counted by the linker's --wrap ---- */

void *__real_malloc(size_t size);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *p);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *p);

static size_t heap_calls;

void *__wrap_malloc(size_t size)
{
    heap_calls++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t n, size_t size)
{
    heap_calls++;
    return __real_calloc(n, size);
}

void *__wrap_realloc(void *p, size_t size)
{
    heap_calls++;
    return __real_realloc(p, size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    heap_calls++;
    return __real_aligned_alloc(alignment, size);
}

void __wrap_free(void *p)
{
    heap_calls++;
    __real_free(p);
}

/* ---- data ---- */

enum { MOST_ROWS = 700, WORDS = 2 };

static uint64_t words[MOST_ROWS * WORDS];
static uint16_t labels[MOST_ROWS];

typedef uint16_t (*rule)(uint64_t x);

static uint16_t parity(uint64_t x)
{
    return (uint16_t)__builtin_parityll(x & 15);
}

static uint16_t either(uint64_t x)
{
    return (uint16_t)((x ^ x >> 1) & 1);
}

static uint16_t three(uint64_t x)
{
    return (uint16_t)(x % 3);
}

static lut_samples samples(size_t n, size_t inputs, rule label)
{
    lut_rng r = lut_rng_make(inputs, LUT_RNG_TEST, n);

    for (size_t i = 0; i < n; i++)
        for (size_t w = 0; w < WORDS; w++) {
            size_t bits = inputs > 64 * w ? inputs - 64 * w : 0;
            uint64_t x = lut_rng_next(&r);

            words[i * WORDS + w] = bits < 64 ? x & (((uint64_t)1 << bits) - 1) : x;
            if (w == 0)
                labels[i] = label(words[i * WORDS]);
        }
    return (lut_samples){ words, WORDS, inputs, labels, n };
}

static const lut_backend *best(void)
{
    return lut_backend_find(NULL);
}

/* ---- creation ---- */

static void refused(const net_spec *s, const char *message)
{
    lut_err err = { 0 };
    lut_net *net = (lut_net *)&err;

    CU_ASSERT_EQUAL(net_try(&net, s, best(), 1, &err), LUT_EINVAL);
    CU_ASSERT_PTR_NULL(net);
    CU_ASSERT_STRING_EQUAL(err.text, message);
}

static void test_refusals(void)
{
    net_spec s = { .inputs = 9, .classes = 2, .luts = { 8, 4 }, .k = 3,
                   .param = "difflogic", .first = "random", .rest = "random",
                   .optim = "adam" };
    lut_param_ops odd = *lut_param_table_scalar[lut_param_find("dwn")];
    const lut_param_ops *table[16] = { NULL };
    lut_backend be = *best();
    size_t n = 0;
    lut_layer_cfg layer[2] = { { 8, 3, lut_param_find("light"), NULL,
                                 lut_map_find("random"), NULL },
                               { 8, 3, lut_param_find("dwn"), NULL,
                                 lut_map_find("random"), NULL } };
    lut_net_cfg cfg = { .inputs = 9, .classes = 2, .nlayers = 2, .layer = layer, .tau = 1,
                        .temperature = 1, .init = { false, 0.9, 1 },
                        .optim = lut_optim_find("sgd") };
    lut_net *net = NULL;
    lut_err err;

    refused(&s, "layer 0: 8 LUTs of rank 3: \"difflogic\" takes rank 2..2");
    s.param = "light";
    s.k = 9;
    refused(&s, "layer 0: 8 LUTs of rank 9: \"light\" takes rank 1..8");
    s.k = 0;
    refused(&s, "layer 0: 8 LUTs of rank 0: \"light\" takes rank 1..8");
    layer[1].luts = 0;
    CU_ASSERT_EQUAL(lut_net_create(&net, &cfg, best(), 1, &err), LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text,
                           "layer 1: 0 LUTs of rank 3: \"dwn\" takes rank 1..8");
    layer[1].luts = 8;
    CU_ASSERT_EQUAL(lut_net_create(&net, &cfg, best(), 1, &err), LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, "layer 1: \"dwn\" needs a layer of bits below");
    CU_ASSERT_PTR_NULL(net);
    /* after bits it is welcome */
    cfg.sampling = LUT_HARD;
    odd.cfg_size = 0;
    odd.nfields = 0;
    odd.slopes = NULL;
    for (; be.param[n]; n++)
        table[n] = n == layer[1].param ? &odd : be.param[n];
    be.param = table;
    odd.gradient = LUT_BY_INTERPOLATION;
    CU_ASSERT_EQUAL(lut_net_create(&net, &cfg, &be, 1, &err), LUT_OK);
    lut_net_destroy(net);
    lut_net_destroy(NULL);
    lut_ws_destroy(NULL);
}

static void test_parameters(void)
{
    net_spec s = { .inputs = 9, .classes = 2, .luts = { 7, 5 }, .k = 3, .param = "light",
                   .first = "learnable", .rest = "learnable", .optim = "adam",
                   .options = "learnable.candidates 6" };
    lut_net *net = net_make(&s, best(), 1);
    size_t n;

    /* 12 LUTs of 8 entries; 21 slots of 6 candidates, 15 slots of 6 of the 7 below */
    CU_ASSERT_EQUAL(lut_net_parameters(net), 12 * 8 + 21 * 6 + 15 * 6);
    lut_net_weights(net, &n);
    CU_ASSERT_EQUAL(n, 2 * 16 * 8 + 36 * 16);
    lut_net_destroy(net);
    s.options = "learnable.candidates 1024";
    net = net_make(&s, best(), 1);
    CU_ASSERT_EQUAL(lut_net_parameters(net), 12 * 8 + 21 * 9 + 15 * 7);
    lut_net_destroy(net);
    s.param = "difflogic";
    s.k = 2;
    s.first = s.rest = "arange";
    s.options = NULL;
    net = net_make(&s, best(), 1);
    CU_ASSERT_EQUAL(lut_net_parameters(net), 12 * 16);
    lut_net_destroy(net);
}

static bool has_weights(lut_net *net, const float *w)
{
    size_t n;
    const float *own = lut_net_weights(net, &n);

    return memcmp(own, w, n * sizeof *w) == 0;
}

/* Weights go in and come out LUT by LUT; a seed gives one network. */
static void test_weights(void)
{
    net_spec s = { .inputs = 9, .classes = 2, .luts = { 21, 18 }, .k = 4, .param = "warp",
                   .first = "random", .rest = "random", .optim = "adam" };
    lut_net *a = net_make(&s, best(), 1), *b = net_make(&s, lut_backends()[0], 1);
    lut_net *c = net_make(&s, best(), 2);
    float w[16], back[16];
    size_t n;

    CU_ASSERT(has_weights(a, lut_net_weights(b, &n)));
    CU_ASSERT(!has_weights(a, lut_net_weights(c, &n)));
    CU_ASSERT(memcmp(lut_net_wires(a, 1), lut_net_wires(b, 1), 18 * 4 * 4) == 0);
    CU_ASSERT(memcmp(lut_net_wires(a, 1), lut_net_wires(c, 1), 18 * 4 * 4) != 0);
    for (int e = 0; e < 16; e++)
        w[e] = (float)e;
    lut_net_lut_weights(a, 1, 16, back);
    lut_net_set_lut_weights(a, 1, 17, w);
    CU_ASSERT_EQUAL(lut_net_lut_weights(a, 1, 17, w), 16);
    for (int e = 0; e < 16; e++)
        CU_ASSERT_EQUAL(w[e], (float)e);
    CU_ASSERT_EQUAL(lut_net_lut_weights(a, 1, 16, w), 16);
    CU_ASSERT(memcmp(w, back, sizeof w) == 0);
    lut_net_destroy(a);
    lut_net_destroy(b);
    lut_net_destroy(c);
}

/* ---- heads ---- */

static unsigned table_bit(const lut_circuit_layer *l, size_t m, unsigned a)
{
    return l->tt[m * lut_table_words(l->k) + a / 64] >> (a % 64) & 1;
}

/* Votes of a circuit by the slow road. */
static void slow_votes(unsigned *votes, const lut_circuit *c, const uint64_t *x)
{
    unsigned char bit[2][128];
    uint32_t group = lut_circuit_group(c->layer[c->nlayers - 1].luts, c->classes);

    for (uint32_t i = 0; i < c->inputs; i++)
        bit[0][i] = x[i / 64] >> (i % 64) & 1;
    for (uint32_t l = 0; l < c->nlayers; l++) {
        const lut_circuit_layer *layer = &c->layer[l];

        for (uint32_t m = 0; m < layer->luts; m++) {
            unsigned a = 0;

            for (uint32_t j = 0; j < layer->k; j++)
                a = 2 * a + bit[l % 2][layer->wire[m * layer->k + j]];
            bit[(l + 1) % 2][m] = (unsigned char)table_bit(layer, m, a);
        }
    }
    memset(votes, 0, c->classes * sizeof *votes);
    for (uint32_t m = 0; m < c->layer[c->nlayers - 1].luts; m++)
        votes[m / group] += bit[c->nlayers % 2][m];
}

/* Logits, score and circuit of a network of bits say the same, whatever the padding. */
static void heads_of(const net_spec *s)
{
    enum { N = 100, LD = 128 };
    lut_samples x = samples(N, s->inputs, three);
    lut_net *net = net_make(s, best(), 4);
    lut_ws *ws = net_space(net, 64, 1), *all = net_space(net, N, 2);
    lut_circuit c = { 0 };
    lut_score score = { 0 };
    static float logits[8 * LD];
    unsigned votes[8];
    size_t correct = 0;
    double loss = 0, accuracy;

    CU_ASSERT_EQUAL_FATAL(lut_net_harden(&c, net, NULL), LUT_OK);
    CU_ASSERT_EQUAL(lut_circuit_check(&c, NULL), LUT_OK);
    lut_net_logits(net, all, logits, LD, &x, 0, N);
    for (size_t i = 0; i < N; i++) {
        double sum = 0;
        uint32_t most = 0;

        slow_votes(votes, &c, x.x + i * x.ld);
        for (uint32_t k = 0; k < s->classes; k++) {
            if (fabs((double)(logits[k * LD + i] * s->tau) - votes[k]) > 1e-5)
                CU_FAIL("logits are not votes over tau");
            sum += exp(votes[k] / (double)s->tau);
            most = votes[k] > votes[most] ? k : most;
        }
        correct += most == labels[i];
        loss += log(sum) - votes[labels[i]] / (double)s->tau;
    }
    lut_net_score(net, ws, &score, &x, NULL, 0, N);
    CU_ASSERT_EQUAL(score.samples, N);
    CU_ASSERT_EQUAL(score.correct, correct);
    CU_ASSERT(fabs(score.loss - loss) < 1e-5 * loss);
    CU_ASSERT_EQUAL(lut_circuit_accuracy(&accuracy, NULL, &c, &x, &(lut_exec){ 1 }, NULL),
                    LUT_OK);
    CU_ASSERT_EQUAL(accuracy, (double)correct);
    lut_circuit_fini(&c);
    lut_ws_destroy(ws);
    lut_ws_destroy(all);
    lut_net_destroy(net);
}

static void test_heads(void)
{
    static const uint32_t last[] = { 12, 11, 5, 3, 17 };
    net_spec s = { .inputs = 70, .classes = 4, .luts = { 20, 12 }, .k = 4, .param = "dwn",
                   .first = "random", .rest = "learnable", .optim = "adam", .tau = 3 };

    for (size_t i = 0; i < LUT_COUNT(last); i++) {
        s.luts[1] = last[i];
        heads_of(&s);
    }
    s.param = "warp";
    s.sampling = LUT_HARD;
    heads_of(&s);
    s.param = "light";
    s.k = 7;
    heads_of(&s);
}

/* A class without outputs takes no gradient and harms nobody. */
static void test_empty_class(void)
{
    net_spec s = { .inputs = 8, .classes = 4, .luts = { 20, 5 }, .k = 3, .param = "light",
                   .first = "random", .rest = "random", .optim = "sgd" };
    lut_samples x = samples(90, 8, three);
    lut_net *net = net_make(&s, best(), 1);
    lut_ws *ws = net_space(net, 90, 1);
    lut_opt_step step = { .lr = 1, .power = { 1, 1 } };
    lut_score first = { 0 }, last = { 0 };

    for (int i = 0; i < 100; i++)
        lut_net_step(net, ws, i ? &last : &first, &x, NULL, 90, &step);
    CU_ASSERT(last.loss / 99 < first.loss);
    CU_ASSERT_EQUAL(step.t, 100);
    lut_ws_destroy(ws);
    lut_net_destroy(net);
}

/* ---- mappings ---- */

static void covered(const uint32_t *wire, size_t slots, size_t inputs)
{
    size_t count[256] = { 0 }, least = slots, most = 0;

    for (size_t s = 0; s < slots; s++) {
        CU_ASSERT_FATAL(wire[s] < inputs);
        count[wire[s]]++;
    }
    for (size_t i = 0; i < inputs; i++) {
        least = count[i] < least ? count[i] : least;
        most = count[i] > most ? count[i] : most;
    }
    CU_ASSERT(most - least <= 1);
}

static void test_coverage(void)
{
    static const size_t inputs[] = { 1, 2, 7, 60, 61, 200 };
    static const char *const maps[] = { "random", "arange" };

    for (size_t i = 0; i < LUT_COUNT(inputs); i++)
        for (size_t m = 0; m < LUT_COUNT(maps); m++) {
            net_spec s = { .inputs = inputs[i], .classes = 2, .luts = { 20, 13 }, .k = 3,
                           .param = "dwn", .first = maps[m], .rest = maps[m],
                           .optim = "sgd" };
            lut_net *net = net_make(&s, best(), i);

            covered(lut_net_wires(net, 0), 60, inputs[i]);
            covered(lut_net_wires(net, 1), 39, 20);
            for (size_t k = 0; m == 1 && k < 60; k++)
                CU_ASSERT_EQUAL(lut_net_wires(net, 0)[k], k % inputs[i]);
            lut_net_destroy(net);
        }
}

/* Candidates are spread evenly, and a slot reads the one of the largest weight. */
static void test_candidates(void)
{
    static const size_t inputs[] = { 3, 17, 60 };

    for (size_t i = 0; i < LUT_COUNT(inputs); i++) {
        net_spec s = { .inputs = inputs[i], .classes = 2, .luts = { 20 }, .k = 3,
                       .param = "light", .first = "learnable", .rest = "arange",
                       .optim = "sgd", .options = "learnable.candidates 18" };
        lut_net *net = net_make(&s, best(), i);
        const lut_choice *c = &net->layer[0].choice;

        CU_ASSERT_EQUAL(c->candidates, inputs[i] < 18 ? inputs[i] : 18);
        CU_ASSERT_EQUAL(c->padded, c->candidates > 16 ? 32 : 16);
        covered(c->candidate, 60 * c->candidates, inputs[i]);
        for (size_t slot = 0; slot < 60; slot++) {
            const float *w = c->weight + slot * c->padded;
            size_t most = 0;

            for (size_t k = 0; k < c->padded; k++) {
                CU_ASSERT(k < c->candidates ? w[k] > 0 && w[k] < 1 : w[k] == 0);
                most = k < c->candidates && w[k] > w[most] ? k : most;
            }
            CU_ASSERT_EQUAL(lut_net_wires(net, 0)[slot],
                            c->candidate[slot * c->candidates + most]);
        }
        lut_net_destroy(net);
    }
}

enum { SLOTS = 3, CANDIDATES = 48, LD = 128, INPUTS = 40 };

/* An optimizer that keeps the gradient and leaves the weights. */
static void keep(const void *cfg, const lut_opt_step *now, lut_f *w, lut_f *state,
                 const lut_f *g, size_t n)
{
    (void)cfg;
    (void)now;
    (void)w;
    memcpy(state, g, n * sizeof *g);
}

static void learn_once(const lut_backend *be, size_t candidates, size_t n, bool bits)
{
    static float weight[SLOTS * CANDIDATES] __attribute__((aligned(64)));
    static float grad[SLOTS * CANDIDATES] __attribute__((aligned(64)));
    static float share[SLOTS * CANDIDATES] __attribute__((aligned(64)));
    static float dslot[SLOTS * LD], x[INPUTS * LD];
    static uint64_t b[INPUTS * LD / 64];
    static const lut_optim_ops ops = { .name = "keep", .nstate = 1, .tile = keep };
    uint32_t candidate[SLOTS * CANDIDATES], wire[SLOTS];
    size_t padded = lut_round_up(candidates, LUT_LANES);
    lut_bits bit_rows = { b, INPUTS, LD / 64 };
    lut_rows float_rows = { x, INPUTS, LD };
    lut_choice c = { candidates, padded, candidate, weight, grad, share, wire, 0.2f,
                     bits ? &bit_rows : NULL, bits ? NULL : &float_rows, dslot, LD, n };
    lut_opt_step step = { .t = 1 };
    lut_tiles_update u = { .optim = &ops, .step = &step };
    lut_rng r = lut_rng_make(candidates, LUT_RNG_TEST, n);
    double error = 0, total = 0;

    memset(dslot, 0, sizeof dslot);
    memset(b, 0, sizeof b);
    memset(weight, 0, sizeof weight);
    for (size_t s = 0; s < n; s++) {
        for (size_t k = 0; k < SLOTS; k++)
            dslot[k * LD + s] = (float)lut_rng_normal(&r);
        for (size_t i = 0; i < INPUTS; i++) {
            uint64_t bit = lut_rng_below(&r, 2);

            b[i * (LD / 64) + s / 64] |= bit << (s % 64);
            x[i * LD + s] = bits ? (float)bit : (float)lut_rng_uniform(&r);
        }
    }
    for (size_t k = 0; k < SLOTS; k++)
        for (size_t i = 0; i < candidates; i++) {
            candidate[k * candidates + i] = (uint32_t)lut_rng_below(&r, INPUTS);
            weight[k * padded + i] = (float)lut_rng_below(&r, 3) / 4; /* many ties */
        }
    be->learn(&c, &u, 0, SLOTS);
    for (size_t k = 0; k < SLOTS; k++) {
        const float *w = weight + k * padded;
        size_t most = 0;
        double sum = 0;

        for (size_t i = 0; i < candidates; i++) {
            double g = 0;

            for (size_t s = 0; s < n; s++)
                g += (2 * (double)x[candidate[k * candidates + i] * LD + s] - 1) *
                     (double)dslot[k * LD + s];
            error = fmax(error, fabs(g - (double)grad[k * padded + i]));
            most = w[i] > w[most] ? i : most;
            sum += exp((double)w[i] / 0.2);
        }
        CU_ASSERT_EQUAL(wire[k], candidate[k * candidates + most]);
        for (size_t i = 0; i < padded; i++) {
            double p = i < candidates ? exp((double)w[i] / 0.2) / sum : 0;

            error = fmax(error, fabs(p - (double)share[k * padded + i]));
            total += (double)share[k * padded + i];
        }
    }
    CU_ASSERT(error < 1e-5);
    CU_ASSERT(fabs(total - SLOTS) < 1e-5);
}

static void test_learning(void)
{
    static const size_t counts[] = { 1, 2, 5, 15, 16, 17, 33, 48 };

    for (const lut_backend *const *be = lut_backends(); *be; be++)
        for (size_t i = 0; i < LUT_COUNT(counts); i++) {
            learn_once(*be, counts[i], 100, true);
            learn_once(*be, counts[i], 77, false);
        }
}

/* A share that cannot matter is exactly 0, so that it costs nothing. */
static void test_tiny_shares(void)
{
    net_spec s = { .inputs = 20, .classes = 2, .luts = { 20, 8 }, .k = 3, .param = "light",
                   .first = "random", .rest = "learnable", .optim = "sgd" };
    lut_net *net = net_make(&s, best(), 1);
    const lut_choice *c = &net->layer[1].choice;
    size_t some = 0;

    for (size_t i = 0; i < 24 * c->padded; i++)
        some += c->share[i] > 0;
    CU_ASSERT(some >= 24 && some < 24 * 5); /* of 16 each, 0.069 apart at most */
    lut_net_destroy(net);
}

/* What one step of descent does to layer 0, as doubles. */
static size_t first_layer_step(double *delta, const net_spec *s, const uint32_t *wires,
                               bool same_luts)
{
    lut_samples x = samples(150, s->inputs, three);
    lut_net *net = net_make(s, best(), 6);
    lut_ws *ws = net_space(net, 150, 1);
    lut_opt_step step = { .lr = 1000, .power = { 1, 1 } };
    lut_score score = { 0 };
    float w[256];
    size_t n = 0;

    if (wires)
        memcpy(lut_net_wires(net, 1), wires, s->luts[1] * s->k * sizeof *wires);
    for (uint32_t m = 0; same_luts && m < s->luts[0]; m++) {
        lut_net_lut_weights(net, 0, 0, w);
        lut_net_set_lut_weights(net, 0, m, w);
        for (unsigned j = 0; j < s->k; j++)
            lut_net_wires(net, 0)[m * s->k + j] = j;
    }
    for (uint32_t m = 0; m < s->luts[0]; m++) {
        n = lut_net_lut_weights(net, 0, m, w);
        for (size_t e = 0; e < n; e++)
            delta[m * n + e] = -(double)w[e];
    }
    if (same_luts)
        lut_net_refresh(net, &(lut_exec){ 1 });
    lut_net_step(net, ws, &score, &x, NULL, 150, &step);
    for (uint32_t m = 0; m < s->luts[0]; m++) {
        lut_net_lut_weights(net, 0, m, w);
        for (size_t e = 0; e < n; e++)
            delta[m * n + e] += (double)w[e];
    }
    lut_ws_destroy(ws);
    lut_net_destroy(net);
    return n;
}

static double far_apart(const double *a, const double *b, size_t n)
{
    double most = 0, error = 0;

    for (size_t i = 0; i < n; i++) {
        most = fmax(most, fabs(a[i]));
        error = fmax(error, fabs(a[i] - b[i]));
    }
    CU_ASSERT(most > 0);
    return error / most;
}

/* The gradient that a learnable mapping hands down.  With a small temperature it is that
 * of its present wires; with a large one every candidate takes the same; whatever it is,
 * nothing gets lost on the way. */
static void shares_of(const char *param, lut_sampling sampling)
{
    enum { LUTS = 24 };
    static double fixed[LUTS * 8], learnt[LUTS * 8];
    net_spec a = { .inputs = 20, .classes = 3, .luts = { LUTS, 12 }, .k = 3, .param = param,
                   .first = "random", .rest = "learnable", .optim = "sgd", .tau = 2,
                   .sampling = sampling,
                   .options = "learnable.candidates 24 learnable.lm_tau 1e-6" };
    net_spec b = a;
    uint32_t wires[12 * 3];
    lut_net *net = net_make(&a, best(), 6);
    double sum[8] = { 0 }, kept[8] = { 0 };
    size_t n;

    memcpy(wires, lut_net_wires(net, 1), sizeof wires);
    lut_net_destroy(net);
    b.rest = "arange";
    n = first_layer_step(fixed, &b, wires, false);
    CU_ASSERT_EQUAL(n, 8);
    first_layer_step(learnt, &a, NULL, false);
    CU_ASSERT(far_apart(fixed, learnt, LUTS * n) < 1e-5);
    if (strcmp(param, "dwn") == 0) /* entries would be clamped by such steps */
        return;
    first_layer_step(fixed, &b, wires, true);
    a.options = "learnable.candidates 24 learnable.lm_tau 1e6";
    first_layer_step(learnt, &a, NULL, true);
    for (size_t i = 0; i < LUTS * n; i++) {
        sum[i % n] += fixed[i];
        kept[i % n] += learnt[i];
        CU_ASSERT(fabs(learnt[i] - learnt[i % n]) < 1e-3);
    }
    CU_ASSERT(far_apart(sum, kept, n) < 1e-4);
    a.options = "learnable.candidates 9 learnable.lm_tau 0.3";
    memset(kept, 0, sizeof kept);
    net = net_make(&a, best(), 6);
    memcpy(wires, lut_net_wires(net, 1), sizeof wires);
    lut_net_destroy(net);
    memset(sum, 0, sizeof sum);
    first_layer_step(fixed, &b, wires, true);
    first_layer_step(learnt, &a, NULL, true);
    for (size_t i = 0; i < LUTS * n; i++) {
        sum[i % n] += fixed[i];
        kept[i % n] += learnt[i];
    }
    CU_ASSERT(far_apart(sum, kept, n) < 1e-4);
}

static void test_shares(void)
{
    shares_of("light", LUT_SOFT);
    shares_of("warp", LUT_SOFT);
    shares_of("light", LUT_HARD);
    shares_of("dwn", LUT_SOFT);
}

/* ---- optimizers and schedules ---- */

static void adam_against_slow(const lut_backend *be, const char *options, double lr,
                              double b1, double b2, double epsilon)
{
    enum { N = 3, STEPS = 50 };
    const lut_optim_ops *adam = be->optim[lut_optim_find("adam")];
    double cfg[32], w[N * 16], m[N * 16] = { 0 }, v[N * 16] = { 0 }, error = 0;
    lut_f tile[N], grad[N], state[2 * N];
    lut_opt_step step = { .power = { 1, 1 } };
    lut_rng r = lut_rng_make(1, LUT_RNG_TEST, 1);

    net_options(cfg, options, "adam", adam->fields, adam->nfields);
    memset(state, 0, sizeof state);
    for (size_t i = 0; i < N * 16; i++)
        w[i] = (double)(((float *)tile)[i] = (float)lut_rng_normal(&r));
    for (int t = 1; t <= STEPS; t++) {
        step.lr = t > 25 ? lr / 10 : lr;
        lut_opt_advance(&step, adam, cfg);
        for (size_t i = 0; i < N * 16; i++) {
            float scale = i % 3 == 0 ? 1e-6f : i % 3 == 1 ? 1 : 1e4f;
            double g = (double)(((float *)grad)[i] = scale * (float)lut_rng_normal(&r));

            m[i] = b1 * m[i] + (1 - b1) * g;
            v[i] = b2 * v[i] + (1 - b2) * g * g;
            w[i] -= step.lr * (m[i] / (1 - pow(b1, t))) /
                    (sqrt(v[i] / (1 - pow(b2, t))) + epsilon);
        }
        adam->tile(cfg, &step, tile, state, grad, N);
    }
    for (size_t i = 0; i < N * 16; i++)
        error = fmax(error, fabs((double)((float *)tile)[i] - w[i]) / fmax(1, fabs(w[i])));
    CU_ASSERT_EQUAL(step.t, STEPS);
    CU_ASSERT(error < 1e-5);
}

static void test_optimizers(void)
{
    for (const lut_backend *const *be = lut_backends(); *be; be++) {
        const lut_optim_ops *sgd = (*be)->optim[lut_optim_find("sgd")];
        lut_f w = lut_set1(1), g = lut_set1(-3);

        adam_against_slow(*be, "", 0.01, 0.9, 0.999, 1e-8);
        adam_against_slow(*be, "adam.beta1 0.5 adam.beta2 0.9 adam.epsilon 0.001", 0.1, 0.5,
                          0.9, 1e-3);
        /* no memory: m + (g - m) is not quite g, hence the smaller steps */
        adam_against_slow(*be, "adam.beta1 0 adam.beta2 0", 0.001, 0, 0, 1e-8);
        sgd->tile(NULL, &(lut_opt_step){ .lr = 0.25, .t = 1 }, &w, NULL, &g, 1);
        CU_ASSERT_EQUAL(*(float *)&w, 1.75f);
    }
    CU_ASSERT_EQUAL(lut_optim_find("adamw"), SIZE_MAX);
}

static void test_schedules(void)
{
    const lut_schedule_ops *step = lut_schedule_find("step");
    const lut_schedule_ops *constant = lut_schedule_find("constant");
    double cfg[32];

    CU_ASSERT_PTR_NULL(lut_schedule_find("cosine"));
    CU_ASSERT_EQUAL(constant->lr(NULL, 0.3, 99, 100), 0.3);
    net_options(cfg, "", "step", step->fields, step->nfields);
    CU_ASSERT_EQUAL(step->lr(cfg, 1, 0, 30), 1);
    CU_ASSERT_EQUAL(step->lr(cfg, 1, 13, 30), 1);
    CU_ASSERT(fabs(step->lr(cfg, 1, 14, 30) - 0.1) < 1e-15);
    CU_ASSERT(fabs(step->lr(cfg, 1, 28, 30) - 0.01) < 1e-15);
    net_options(cfg, "step.size 1 step.gamma 0.5", "step", step->fields, step->nfields);
    CU_ASSERT_EQUAL(step->lr(cfg, 8, 3, 30), 1);
}

/* ---- training ---- */

static lut_train_cfg plan(double lr, uint32_t epochs, uint32_t batch)
{
    return (lut_train_cfg){ .schedule = lut_schedule_find("constant"), .lr = lr,
                            .epochs = epochs, .batch = batch, .seed = 3 };
}

static double hard_accuracy(const lut_net *net, const lut_samples *s)
{
    lut_circuit c = { 0 };
    double percent = 0;

    CU_ASSERT_EQUAL(lut_net_harden(&c, net, NULL), LUT_OK);
    CU_ASSERT_EQUAL(lut_circuit_accuracy(&percent, NULL, &c, s, &(lut_exec){ 1 }, NULL),
                    LUT_OK);
    lut_circuit_fini(&c);
    return percent;
}

static void learns(const net_spec *s, rule label, double lr)
{
    lut_samples x = samples(320, s->inputs, label);
    lut_train_cfg cfg = plan(lr, 30, 32);
    lut_train_result result;
    lut_net *net = net_make(s, best(), 5);
    double percent;

    CU_ASSERT_EQUAL(lut_train(net, &result, &cfg, &(lut_exec){ 1 }, &x, &x, NULL, NULL,
                              NULL),
                    LUT_OK);
    CU_ASSERT_EQUAL(result.end, LUT_END_EPOCHS);
    CU_ASSERT_EQUAL(result.epochs_run, 30);
    percent = hard_accuracy(net, &x);
    if (percent < 100)
        fprintf(stderr, "\n%s, %s: %g %%", s->param, s->sampling ? "hard" : "soft", percent);
    CU_ASSERT_EQUAL(percent, 100);
    lut_net_destroy(net);
}

static void test_learns(void)
{
    net_spec s = { .inputs = 4, .classes = 2, .luts = { 16 }, .k = 4, .param = "light",
                   .first = "arange", .rest = "random", .optim = "adam", .tau = 2 };

    learns(&s, parity, 0.1);
    s.sampling = LUT_HARD;
    learns(&s, parity, 0.1);
    s.param = "warp";
    learns(&s, parity, 0.1);
    s.sampling = LUT_SOFT;
    learns(&s, parity, 0.1);
    s.param = "dwn";
    learns(&s, parity, 0.1);
    s.param = "difflogic";
    s.k = 2;
    s.luts[0] = 32;
    s.luts[1] = 16;
    learns(&s, either, 0.1);
    s.sampling = LUT_HARD;
    learns(&s, either, 0.1);
    /* parity of 4 of 12 inputs: the mapping has to find them */
    s = (net_spec){ .inputs = 12, .classes = 2, .luts = { 32, 16 }, .k = 4, .param = "dwn",
                    .first = "learnable", .rest = "learnable", .optim = "adam", .tau = 2 };
    learns(&s, either, 0.05);
    s.param = "light";
    s.residual = true;
    learns(&s, either, 0.05);
}

/* Everything that an epoch said, and the weights it had. */
typedef struct journal {
    lut_net *net;
    size_t n, stop;
    lut_epoch e[40];
    float *weights[40];
} journal;

static int note(void *arg, const lut_epoch *e)
{
    journal *j = arg;
    size_t n;
    const float *w = lut_net_weights(j->net, &n);

    j->e[j->n] = *e;
    j->weights[j->n] = malloc(n * sizeof *w);
    memcpy(j->weights[j->n++], w, n * sizeof *w);
    return j->n == j->stop;
}

static void forget(journal *j)
{
    for (size_t i = 0; i < j->n; i++)
        free(j->weights[i]);
    lut_net_destroy(j->net);
}

static lut_train_result run(journal *j, size_t valid, double lr)
{
    net_spec s = { .inputs = 20, .classes = 3, .luts = { 30, 18 }, .k = 4, .param = "light",
                   .first = "learnable", .rest = "random", .optim = "adam", .tau = 2 };
    lut_samples x = samples(MOST_ROWS, 20, three), v = x;
    lut_train_cfg cfg = plan(lr, 12, 64);
    lut_train_result result;

    x.n = 250;
    v.x += 250 * v.ld;
    v.label += 250;
    v.n = valid;
    cfg.schedule = lut_schedule_find("constant");
    j->net = net_make(&s, best(), 8);
    CU_ASSERT_EQUAL(lut_train(j->net, &result, &cfg, &(lut_exec){ 2 }, &x, &v, note, j, NULL),
                    LUT_OK);
    if (valid && result.best_epoch)
        CU_ASSERT_EQUAL(hard_accuracy(j->net, &v),
                        j->e[result.best_epoch - 1].valid_accuracy);
    return result;
}

static void test_best_epoch(void)
{
    journal j = { .stop = 99 }, k = { .stop = 99 }, l = { .stop = 5 };
    lut_train_result r = run(&j, 100, 0.3);
    size_t most = 0;

    CU_ASSERT_EQUAL(j.n, 12);
    CU_ASSERT_EQUAL(r.end, LUT_END_EPOCHS);
    CU_ASSERT_EQUAL(r.epochs_run, 12);
    for (size_t i = 0; i < j.n; i++) {
        most = j.e[i].valid_accuracy > j.e[most].valid_accuracy ? i : most;
        CU_ASSERT_EQUAL(j.e[i].epoch, i + 1);
        CU_ASSERT_EQUAL(j.e[i].lr, 0.3);
        CU_ASSERT(isfinite(j.e[i].train_loss) && isfinite(j.e[i].valid_loss));
    }
    CU_ASSERT(most + 1 < j.n); /* else the test shows nothing */
    CU_ASSERT_EQUAL(r.best_epoch, most + 1);
    CU_ASSERT(has_weights(j.net, j.weights[most]));
    CU_ASSERT(!has_weights(j.net, j.weights[j.n - 1]));
    forget(&j);
    r = run(&k, 0, 0.3); /* nothing to select on: the last */
    CU_ASSERT_EQUAL(r.best_epoch, 12);
    CU_ASSERT(isnan(k.e[0].valid_accuracy) && isnan(k.e[0].valid_loss));
    CU_ASSERT(has_weights(k.net, k.weights[11]));
    forget(&k);
    r = run(&l, 100, 0.3);
    CU_ASSERT_EQUAL(r.end, LUT_END_STOPPED);
    CU_ASSERT_EQUAL(r.epochs_run, 5);
    forget(&l);
}

/* Weights that are no numbers: the squash hides them from the loss, not from us. */
static void test_divergence(void)
{
    static const char *const params[] = { "light", "warp", "difflogic" };
    static const char *const optims[] = { "adam", "sgd" };

    for (size_t i = 0; i < LUT_COUNT(params); i++)
        for (size_t o = 0; o < LUT_COUNT(optims); o++) {
            net_spec s = { .inputs = 8, .classes = 3, .luts = { 30, 15 }, .k = 2,
                           .param = params[i], .first = o ? "learnable" : "random",
                           .rest = "random", .optim = optims[o] };
            lut_samples x = samples(100, 8, three);
            lut_train_cfg cfg = plan(1e300, 5, 50);
            lut_net *net = net_make(&s, best(), 1);
            lut_train_result r;

            CU_ASSERT_EQUAL(lut_train(net, &r, &cfg, &(lut_exec){ 1 }, &x, &x, NULL, NULL,
                                      NULL),
                            LUT_OK);
            CU_ASSERT_EQUAL(r.end, LUT_END_DIVERGED);
            CU_ASSERT_EQUAL(r.epochs_run, 1);
            CU_ASSERT_EQUAL(r.best_epoch, 0);
            lut_net_destroy(net);
        }
}

/* Batches larger than the data, of one row, and that do not divide it. */
static void test_batches(void)
{
    static const uint32_t batch[] = { 1, 7, 64, 65, 100000 };
    net_spec s = { .inputs = 20, .classes = 3, .luts = { 9 }, .k = 2, .param = "light",
                   .first = "random", .rest = "random", .optim = "sgd" };
    lut_samples x = samples(66, 20, three), none = x;
    lut_err err;
    lut_train_result r;
    lut_net *net = net_make(&s, best(), 1);
    lut_train_cfg cfg = plan(0.1, 2, 8);

    for (size_t i = 0; i < LUT_COUNT(batch); i++) {
        cfg.batch = batch[i];
        CU_ASSERT_EQUAL(lut_train(net, &r, &cfg, &(lut_exec){ 3 }, &x, &x, NULL, NULL, NULL),
                        LUT_OK);
        CU_ASSERT_EQUAL(r.epochs_run, 2);
    }
    none.n = 0;
    CU_ASSERT_EQUAL(lut_train(net, &r, &cfg, &(lut_exec){ 1 }, &none, &x, NULL, NULL, &err),
                    LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, "no training rows");
    x.n = 1;
    CU_ASSERT_EQUAL(lut_train(net, &r, &cfg, &(lut_exec){ 1 }, &x, &none, NULL, NULL, NULL),
                    LUT_OK);
    CU_ASSERT_EQUAL(r.best_epoch, 2);
    lut_net_destroy(net);
}

static void test_no_heap(void)
{
    static const char *const params[] = { "light", "dwn" };

    for (size_t i = 0; i < LUT_COUNT(params); i++) {
        net_spec s = { .inputs = 20, .classes = 3, .luts = { 40, 30 }, .k = 4,
                       .param = params[i], .first = "learnable", .rest = "learnable",
                       .optim = "adam" };
        lut_samples x = samples(300, 20, three);
        size_t before = heap_calls;
        lut_net *net = net_make(&s, best(), 1);
        lut_ws *ws = net_space(net, 300, 3);
        lut_opt_step step = { .lr = 0.01, .power = { 1, 1 } };
        lut_score score = { 0 };

        CU_ASSERT(heap_calls > before); /* the counting counts */
        before = heap_calls;
        for (int t = 0; t < 5; t++)
            lut_net_step(net, ws, &score, &x, NULL, 300, &step);
        lut_net_score(net, ws, &score, &x, NULL, 0, 300);
        lut_net_refresh(net, &(lut_exec){ 2 });
        CU_ASSERT_EQUAL(heap_calls, before);
        lut_ws_destroy(ws);
        lut_net_destroy(net);
    }
}

UNIT_MAIN("net", UNIT(test_refusals), UNIT(test_parameters), UNIT(test_weights),
          UNIT(test_heads), UNIT(test_empty_class), UNIT(test_coverage),
          UNIT(test_candidates), UNIT(test_learning), UNIT(test_tiny_shares), UNIT(test_shares),
          UNIT(test_optimizers), UNIT(test_schedules), UNIT(test_learns),
          UNIT(test_best_epoch), UNIT(test_divergence), UNIT(test_batches),
          UNIT(test_no_heap))
