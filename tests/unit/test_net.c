/* lib/net: creation, weights, heads, and that steps never allocate. */
#include "lib/circuit/packed.h"
#include "tests/support/nets.h"

#include <math.h>

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

/* ---- creation ---- */

static const lut_backend *best(void)
{
    return lut_backend_find(NULL);
}

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
    net_spec s = { .inputs = 9,
                   .classes = 2,
                   .luts = { 8, 4 },
                   .k = 3,
                   .param = "difflogic",
                   .first = "random",
                   .rest = "random",
                   .optim = "adam" };
    const lut_param_ops *dwn = lut_param_table_scalar[lut_param_find("dwn")];
    lut_param_ops odd = *dwn;
    double options[128];
    const lut_param_ops *table[16] = { NULL };
    lut_backend be = *best();
    size_t n = 0;
    lut_layer_cfg layer[2] = {
        { 8, 3, lut_param_find("light"), NULL, lut_map_find("random"), NULL },
        { 8, 3, lut_param_find("dwn"),
          net_options(options, "", "dwn", dwn->fields, dwn->nfields),
          lut_map_find("random"), NULL }
    };
    lut_net_cfg cfg = { .inputs = 9,
                        .classes = 2,
                        .nlayers = 2,
                        .layer = layer,
                        .tau = 1,
                        .temperature = 1,
                        .grad_factor = 1,
                        .init = { false, 0.9, 1, 0.1 },
                        .optim = lut_optim_find("sgd"),
                        .optim_cfg = (double[4]){ 0 } };
    lut_net *net = NULL;
    lut_err err;

    refused(&s, "layer 1: 8 LUTs of rank 3: \"difflogic\" takes rank 2..2");
    s.param = "light";
    s.k = 9;
    refused(&s, "layer 1: 8 LUTs of rank 9: \"light\" takes rank 1..8");
    s.k = 0;
    refused(&s, "layer 1: 8 LUTs of rank 0: \"light\" takes rank 1..8");
    layer[1].luts = 0;
    CU_ASSERT_EQUAL(lut_net_create(&net, &cfg, best(), 1, &err), LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text,
                           "layer 2: 0 LUTs of rank 3: \"dwn\" takes rank 1..8");
    layer[1].luts = 8;
    /* a look-up above reals makes its bits itself */
    odd.slopes = NULL;
    for (; be.param[n]; n++)
        table[n] = n == layer[1].param ? &odd : be.param[n];
    be.param = table;
    odd.form.gradient = LUT_BY_INTERPOLATION;
    CU_ASSERT_EQUAL(lut_net_create(&net, &cfg, &be, 1, &err), LUT_OK);
    lut_net_destroy(net);
    cfg.sampling = LUT_HARD;
    CU_ASSERT_EQUAL(lut_net_create(&net, &cfg, &be, 1, &err), LUT_OK);
    lut_net_destroy(net);
    lut_net_destroy(NULL);
    lut_ws_destroy(NULL);
}

static void test_parameters(void)
{
    net_spec s = { .inputs = 9,
                   .classes = 2,
                   .luts = { 7, 5 },
                   .k = 3,
                   .param = "light",
                   .first = "learnable",
                   .rest = "learnable",
                   .optim = "adam",
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
    net_spec s = { .inputs = 9,
                   .classes = 2,
                   .luts = { 21, 18 },
                   .k = 4,
                   .param = "warp",
                   .first = "random",
                   .rest = "random",
                   .optim = "adam" };
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
    lut_samples x = net_samples(N, s->inputs, net_modulo3);
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
            if (fabs((double)(logits[k * LD + i] * s->tau - s->offset) - votes[k]) >
                1e-5)
                CU_FAIL("logits are not votes and offset over tau");
            sum += exp(votes[k] / (double)s->tau);
            most = votes[k] > votes[most] ? k : most;
        }
        correct += most == x.label[i];
        loss += log(sum) - votes[x.label[i]] / (double)s->tau;
    }
    lut_net_score(net, ws, &score, &x, NULL, 0, N);
    CU_ASSERT_EQUAL(score.samples, N);
    CU_ASSERT_EQUAL(score.correct, correct);
    CU_ASSERT(fabs(score.loss - loss) < 1e-5 * loss);
    CU_ASSERT_EQUAL(lut_circuit_accuracy(&accuracy, NULL, &c, &x,
                                         &(lut_exec){ .threads = 1 }, NULL),
                    LUT_OK);
    CU_ASSERT_EQUAL(accuracy, (double)correct);
    lut_circuit_fini(&c);
    lut_ws_destroy(ws);
    lut_ws_destroy(all);
    lut_net_destroy(net);
}

/* With a class for each output of the last layer, logits are values and votes are bits. */
static void differ_of(const net_spec *s, bool expect_some)
{
    enum { N = 700, LD = 768, CLASSES = 10 };
    lut_samples x = net_samples(N, s->inputs, net_modulo3);
    lut_net *net = net_make(s, best(), 4);
    lut_ws *all = net_space(net, N, 1);
    lut_circuit c = { 0 };
    static float logits[CLASSES * LD];
    double share[3] = { -1, -1, -1 };
    unsigned votes[CLASSES];
    size_t differ = 0;

    CU_ASSERT_EQUAL_FATAL(lut_net_harden(&c, net, NULL), LUT_OK);
    lut_net_set_mode(net, &(lut_exec){ .threads = 1 }, &(lut_mode){ .temperature = 1 });
    lut_net_logits(net, all, logits, LD, &x, 0, N);
    for (size_t i = 0; i < N; i++) {
        slow_votes(votes, &c, x.x + i * x.ld);
        for (uint32_t k = 0; k < CLASSES; k++)
            differ += (logits[k * LD + i] > 0.5f) != votes[k];
    }
    CU_ASSERT_EQUAL(
        lut_net_differ(share, net, &c, &x, &(lut_exec){ .threads = 2 }, NULL), LUT_OK);
    CU_ASSERT(share[0] == 0 || s->half); /* of bits: the table itself, or its halves */
    CU_ASSERT_EQUAL(share[2], (double)differ / (N * CLASSES));
    CU_ASSERT((share[1] > 0 && share[2] > 0) == expect_some);
    x.n = 0;
    CU_ASSERT_EQUAL(
        lut_net_differ(share, net, &c, &x, &(lut_exec){ .threads = 1 }, NULL), LUT_OK);
    CU_ASSERT(isnan(share[2]));
    lut_circuit_fini(&c);
    lut_ws_destroy(all);
    lut_net_destroy(net);
}

static void test_differ(void)
{
    net_spec s = { .inputs = 70,
                   .classes = 10,
                   .luts = { 40, 30, 10 },
                   .k = 4,
                   .param = "light",
                   .first = "random",
                   .rest = "random",
                   .optim = "adam",
                   .tau = 1 };

    differ_of(&s, true);
    s.rest = "learnable";
    differ_of(&s, true);
    s.half = true;
    s.rest = "random";
    differ_of(&s, true);
    s.half = false;
    s.param = "dwn"; /* looks bits up: nothing is relaxed */
    differ_of(&s, false);
}

static void test_heads(void)
{
    static const uint32_t last[] = { 12, 11, 5, 3, 17 };
    net_spec s = { .inputs = 70,
                   .classes = 4,
                   .luts = { 20, 12 },
                   .k = 4,
                   .param = "dwn",
                   .first = "random",
                   .rest = "learnable",
                   .optim = "adam",
                   .tau = 3 };

    for (size_t i = 0; i < LUT_COUNT(last); i++) {
        s.luts[1] = last[i];
        heads_of(&s);
    }
    s.param = "warp";
    s.sampling = LUT_HARD;
    s.offset = -4.5f;
    heads_of(&s);
    s.param = "light";
    s.k = 7;
    heads_of(&s);
}

/* A class without outputs takes no gradient and harms nobody. */
static void test_empty_class(void)
{
    net_spec s = { .inputs = 8,
                   .classes = 4,
                   .luts = { 20, 5 },
                   .k = 3,
                   .param = "light",
                   .first = "random",
                   .rest = "random",
                   .optim = "sgd" };
    lut_samples x = net_samples(90, 8, net_modulo3);
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

/* ---- memory ---- */

static void test_no_heap(void)
{
    static const char *const params[] = { "light", "dwn" };

    for (size_t i = 0; i < LUT_COUNT(params); i++) {
        net_spec s = { .inputs = 20,
                       .classes = 3,
                       .luts = { 40, 30 },
                       .k = 4,
                       .param = params[i],
                       .first = "learnable",
                       .rest = "learnable",
                       .optim = "adam" };
        lut_samples x = net_samples(300, 20, net_modulo3);
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
        lut_net_refresh(net, &(lut_exec){ .threads = 2 });
        CU_ASSERT_EQUAL(heap_calls, before);
        lut_ws_destroy(ws);
        lut_net_destroy(net);
    }
}

UNIT_MAIN("net", UNIT(test_refusals), UNIT(test_parameters), UNIT(test_weights),
          UNIT(test_heads), UNIT(test_differ), UNIT(test_empty_class),
          UNIT(test_no_heap))
