/* lib/map, and the passes of lib/net that learn mappings. */
#include "lib/net/private.h"
#include "tests/support/nets.h"

#include <math.h>

static const lut_backend *best(void)
{
    return lut_backend_find(NULL);
}

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
            net_spec s = { .inputs = inputs[i],
                           .classes = 2,
                           .luts = { 20, 13 },
                           .k = 3,
                           .param = "dwn",
                           .first = maps[m],
                           .rest = maps[m],
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
        net_spec s = { .inputs = inputs[i],
                       .classes = 2,
                       .luts = { 20 },
                       .k = 3,
                       .param = "light",
                       .first = "learnable",
                       .rest = "arange",
                       .optim = "sgd",
                       .options = "learnable.candidates 18" };
        lut_net *net = net_make(&s, best(), i);
        const lut_choice *c = &net->layer[0].choice;

        CU_ASSERT_EQUAL(c->candidates, inputs[i] < 18 ? inputs[i] : 18);
        CU_ASSERT_EQUAL(c->padded, c->candidates > 16 ? 32 : 16);
        CU_ASSERT_EQUAL(c->candidate == NULL, inputs[i] < 18);
        if (c->candidate)
            covered(c->candidate, 60 * c->candidates, inputs[i]);
        for (size_t slot = 0; slot < 60; slot++) {
            const float *w = c->weight + slot * c->padded;
            size_t most = 0;

            for (size_t k = 0; k < c->padded; k++) {
                CU_ASSERT(k < c->candidates ? w[k] > 0 && w[k] < 1 : w[k] == 0);
                most = k < c->candidates && w[k] > w[most] ? k : most;
            }
            CU_ASSERT_EQUAL(lut_net_wires(net, 0)[slot],
                            lut_choice_input(c, slot, most));
        }
        lut_net_destroy(net);
    }
}

/* ---- one update, against sums in double precision ---- */

enum { SLOTS = 6, INPUTS = 1100, CANDIDATES = 1104, LD = 320 };

/* An optimizer that keeps the gradient and leaves the weights. */
static void keep(const void *cfg, const lut_opt_step *now, lut_f *w, lut_f *state,
                 const lut_f *g, const float *anchor, size_t n)
{
    (void)anchor;
    (void)cfg;
    (void)now;
    (void)w;
    memcpy(state, g, n * sizeof *g);
}

typedef struct update {
    lut_map_kind kind;
    size_t inputs, candidates, n; /* samples */
    bool bits;
} update;

static float weight[SLOTS * CANDIDATES] __attribute__((aligned(64)));
static float grad[SLOTS * CANDIDATES] __attribute__((aligned(64)));
static float share[SLOTS * CANDIDATES] __attribute__((aligned(64)));
static float dslot[SLOTS * LD], real[INPUTS * LD], y[LD], below[INPUTS * LD];
static uint64_t words[INPUTS * LD / 64];
static uint32_t candidate[SLOTS * CANDIDATES], wire[SLOTS];
static lut_bits bit_rows = { words, INPUTS, LD / 64 };
static lut_rows float_rows = { real, INPUTS, LD };

static const float before = 0.3f, after = 0.2f; /* temperatures */

static lut_choice drawn(const update *u)
{
    lut_choice c = { .kind = u->kind,
                     .inputs = u->inputs,
                     .candidates = u->candidates,
                     .padded = lut_round_up(u->candidates, LUT_LANES),
                     .candidate = u->candidates < u->inputs ? candidate : NULL,
                     .weight = weight,
                     .state = grad,
                     .share = share,
                     .wire = wire,
                     .temperature = before,
                     .next_temperature = after,
                     .bits = u->bits ? &bit_rows : NULL,
                     .rows = u->bits ? NULL : &float_rows,
                     .dslot = dslot,
                     .ld = LD,
                     .n = u->n };
    lut_rng r = lut_rng_make(u->candidates, LUT_RNG_TEST, u->n);

    memset(dslot, 0, sizeof dslot);
    memset(words, 0, sizeof words);
    memset(real, 0, sizeof real);
    memset(weight, 0, sizeof weight);
    for (size_t s = 0; s < u->n; s++) {
        for (size_t k = 0; k < SLOTS; k++)
            dslot[k * LD + s] = (float)lut_rng_normal(&r);
        for (size_t i = 0; i < u->inputs; i++) {
            uint64_t bit = lut_rng_below(&r, 2);

            words[i * (LD / 64) + s / 64] |= bit << (s % 64);
            real[i * LD + s] = u->bits ? (float)bit : (float)lut_rng_uniform(&r);
        }
    }
    for (size_t k = 0; k < SLOTS; k++)
        for (size_t i = 0; i < u->candidates; i++) {
            candidate[k * u->candidates + i] = (uint32_t)lut_rng_below(&r, u->inputs);
            weight[k * c.padded + i] = (float)lut_rng_below(&r, 3) / 4; /* many ties */
        }
    return c;
}

/* Softmax of a slot's weights; the first of the heaviest. */
static size_t slow_softmax(double *p, const lut_choice *c, size_t slot,
                           double temperature)
{
    const float *w = c->weight + slot * c->padded;
    double sum = 0;
    size_t most = 0;

    for (size_t i = 0; i < c->candidates; i++) {
        most = w[i] > w[most] ? i : most;
        sum += p[i] = exp((double)w[i] / temperature);
    }
    for (size_t i = 0; i < c->candidates; i++)
        p[i] /= sum;
    return most;
}

static double slow_correlation(const lut_choice *c, size_t slot, size_t i)
{
    const float *row = real + lut_choice_input(c, slot, i) * LD;
    double sum = 0;

    for (size_t s = 0; s < c->n; s++)
        sum += (2 * (double)row[s] - 1) * (double)dslot[slot * LD + s];
    return sum;
}

/* The largest error of the slot's gradients, which learn has left. */
static double gradient_error(const lut_choice *c, size_t slot)
{
    static double p[CANDIDATES], r[CANDIDATES];
    const float *g = grad + slot * c->padded;
    double mean = 0, error = 0;

    slow_softmax(p, c, slot, (double)before);
    for (size_t i = 0; i < c->candidates; i++) {
        r[i] = slow_correlation(c, slot, i);
        mean += p[i] * r[i];
    }
    for (size_t i = 0; i < c->candidates; i++) {
        double want =
            c->kind == LUT_MAP_MIX ? p[i] * (r[i] - mean) / (2 * (double)before) : r[i];

        error = fmax(error, fabs(want - (double)g[i]));
    }
    for (size_t i = c->candidates; i < c->padded; i++)
        error = fmax(error, fabs((double)g[i]));
    return error;
}

/* Wire and shares, which learn has left for the next step. */
static double share_error(const lut_choice *c, size_t slot)
{
    static double p[CANDIDATES];
    size_t most = slow_softmax(p, c, slot, (double)after);
    double error = 0;

    CU_ASSERT_EQUAL(wire[slot], lut_choice_input(c, slot, most));
    for (size_t i = 0; i < c->padded; i++) {
        double want = i < c->candidates ? p[i] : 0;

        error = fmax(error, fabs(want - (double)share[slot * c->padded + i]));
    }
    return error;
}

/* The mixture that a slot reads, and the gradient it hands down. */
static double mixture_error(const lut_backend *be, const lut_choice *c, size_t slot)
{
    static double p[CANDIDATES], sum[INPUTS];
    double error = 0;

    slow_softmax(p, c, slot, (double)after);
    memset(below, 0, sizeof below);
    be->mix(c, slot, y, c->n);
    be->spread(c, slot, below, LD, dslot + slot * LD, c->n);
    for (size_t s = 0; s < c->n; s++) {
        double mix = 0, g = (double)dslot[slot * LD + s];

        memset(sum, 0, sizeof sum);
        for (size_t i = 0; i < c->candidates; i++) {
            uint32_t input = lut_choice_input(c, slot, i);

            mix += p[i] * (double)real[input * LD + s];
            sum[input] += p[i] * g;
        }
        error = fmax(error, fabs(mix - (double)y[s]));
        for (size_t i = 0; i < c->inputs; i++)
            error = fmax(error, fabs(sum[i] - (double)below[i * LD + s]));
    }
    return error;
}

static void update_once(const lut_backend *be, const update *u)
{
    static const lut_optim_ops ops = { .name = "keep", .nstate = 1, .tile = keep };
    lut_choice c = drawn(u);
    lut_opt_step step = { .t = 1 };
    lut_tiles_update up = { .optim = &ops, .step = &step };
    double error = 0;

    c.next_temperature = before; /* the shares of the forward pass */
    be->choose(&c, 0, SLOTS);
    c.next_temperature = after;
    be->learn(&c, &up, 0, SLOTS);
    for (size_t k = 0; k < SLOTS; k++) {
        error = fmax(error, gradient_error(&c, k) / sqrt((double)u->n));
        error = fmax(error, share_error(&c, k));
    }
    error = fmax(error, mixture_error(be, &c, SLOTS - 1));
    if (!(error < 1e-5))
        fprintf(stderr, "\n%s, kind %d, %zu of %zu inputs, %zu samples: %g", be->name,
                (int)u->kind, u->candidates, u->inputs, u->n, error);
    CU_ASSERT(error < 1e-5);
}

/* Lists and all inputs, around the sizes of vectors, tiles, words and chunks. */
static void test_updates(void)
{
    static const struct {
        size_t inputs, candidates, n;
    } shapes[] = { { 40, 1, 100 },    { 40, 2, 1 },       { 40, 5, 32 },
                   { 40, 15, 33 },    { 40, 16, 64 },     { 40, 17, 77 },
                   { 40, 33, 256 },   { 40, 40, 257 },    { 17, 17, 300 },
                   { 1, 1, 50 },      { 1024, 1024, 20 }, { 1100, 1100, 63 },
                   { 1100, 1030, 40 } };

    for (const lut_backend *const *be = lut_backends(); *be; be++)
        for (size_t i = 0; i < LUT_COUNT(shapes); i++)
            for (int kind = 0; kind < 4; kind++)
                update_once(*be, &(update){ kind % 2 ? LUT_MAP_MIX : LUT_MAP_CHOICE,
                                            shapes[i].inputs, shapes[i].candidates,
                                            shapes[i].n, kind / 2 });
}

/* A share that cannot matter is exactly 0, so that it costs nothing. */
static void test_tiny_shares(void)
{
    net_spec s = { .inputs = 20,
                   .classes = 2,
                   .luts = { 20, 8 },
                   .k = 3,
                   .param = "light",
                   .first = "random",
                   .rest = "learnable",
                   .optim = "sgd" };
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
    lut_samples x = net_samples(150, s->inputs, net_modulo3);
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
    net_spec a = { .inputs = 20,
                   .classes = 3,
                   .luts = { LUTS, 12 },
                   .k = 3,
                   .param = param,
                   .first = "random",
                   .rest = "learnable",
                   .optim = "sgd",
                   .tau = 2,
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

UNIT_MAIN("map", UNIT(test_coverage), UNIT(test_candidates), UNIT(test_updates),
          UNIT(test_tiny_shares), UNIT(test_shares))
