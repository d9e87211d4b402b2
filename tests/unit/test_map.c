/* lib/map, and the passes of lib/net that learn mappings. */
#include "lib/kern/draw.h"
#include "lib/net/private.h"
#include "tests/support/nets.h"

#include <math.h>
#include <stdlib.h>

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

/* ---- fixed wires ---- */

static net_spec fixed_net(const char *map, const char *options, size_t inputs,
                          uint32_t luts, unsigned k)
{
    return (net_spec){ .inputs = inputs,
                       .classes = 2,
                       .luts = { luts },
                       .k = k,
                       .param = "light",
                       .first = map,
                       .rest = "random",
                       .optim = "sgd",
                       .options = options };
}

static void test_cyclic(void)
{
    static const struct {
        const char *options;
        size_t stride;
    } cases[] = { { NULL, 3 }, { "cyclic.stride 1", 1 }, { "cyclic.stride 70", 70 } };

    for (size_t i = 0; i < LUT_COUNT(cases); i++)
        for (size_t inputs = 1; inputs < 60; inputs += 13) {
            net_spec s = fixed_net("cyclic", cases[i].options, inputs, 50, 3);
            lut_net *net = net_make(&s, best(), i);

            for (size_t m = 0; m < 50; m++)
                for (size_t j = 0; j < 3; j++)
                    CU_ASSERT_EQUAL(lut_net_wires(net, 0)[m * 3 + j],
                                    (m * cases[i].stride + j) % inputs);
            lut_net_destroy(net);
        }
}

/* The pairs that difflogic takes, in its order. */
static size_t slow_pairs(uint32_t (*pair)[2], size_t inputs)
{
    size_t n = 0;

    for (uint32_t first = 0; first < 2; first++)
        for (uint32_t a = first; a + 1 < inputs; a += 2, n++)
            memcpy(pair[n], (uint32_t[2]){ a, a + 1 }, sizeof *pair);
    for (uint32_t distance = 2; distance < inputs; distance++)
        for (uint32_t a = 0; a + distance < inputs; a++, n++)
            memcpy(pair[n], (uint32_t[2]){ a, a + distance }, sizeof *pair);
    return n;
}

/* Each of the first `luts` pairs once, and not in their order. */
static void pairs_match(const uint32_t *wire, size_t luts, size_t inputs)
{
    uint32_t pair[200][2];
    size_t all = slow_pairs(pair, inputs), in_place = 0;

    CU_ASSERT_FATAL(luts <= all && all <= 200);
    for (size_t i = 0; i < luts; i++) {
        size_t found = 0;

        for (size_t m = 0; m < luts; m++)
            found += memcmp(wire + 2 * m, pair[i], sizeof *pair) == 0;
        CU_ASSERT_EQUAL(found, 1);
        in_place += memcmp(wire + 2 * i, pair[i], sizeof *pair) == 0;
    }
    CU_ASSERT(luts < 10 || in_place < luts);
}

static bool reads(const uint32_t *wire, unsigned k, uint32_t input)
{
    for (unsigned j = 0; j < k; j++)
        if (wire[j] == input)
            return true;
    return false;
}

static void sets_differ(const uint32_t *wire, size_t luts, unsigned k)
{
    for (size_t m = 0; m < luts; m++) {
        for (unsigned j = 1; j < k; j++)
            CU_ASSERT(!reads(wire + m * k, j, wire[m * k + j]));
        for (size_t o = 0; o < m; o++) {
            unsigned common = 0;

            for (unsigned j = 0; j < k; j++)
                common += reads(wire + o * k, k, wire[m * k + j]);
            CU_ASSERT(common < k);
        }
    }
}

static void test_unique(void)
{
    static const struct {
        size_t inputs;
        uint32_t luts;
        unsigned k;
        bool possible;
    } cases[] = {
        { 2, 1, 2, true },    { 5, 10, 2, true },   { 9, 3, 2, true },
        { 16, 60, 2, true },  { 20, 190, 2, true }, { 5, 11, 2, false },
        { 6, 20, 3, true },   { 6, 21, 3, false },  { 8, 1, 8, true },
        { 8, 2, 8, false },   { 5, 1, 6, false },   { 7, 7, 1, true },
        { 7, 8, 1, false },   { 50, 300, 6, true }, { 11, 300, 4, true },
        { 60, 100, 5, true },
    };

    for (size_t i = 0; i < LUT_COUNT(cases); i++) {
        size_t inputs = cases[i].inputs, luts = cases[i].luts;
        net_spec s = fixed_net("unique", NULL, inputs, cases[i].luts, cases[i].k);
        lut_net *net = NULL;
        lut_err err;
        lut_status st = net_try(&net, &s, best(), i, &err);

        CU_ASSERT_EQUAL(st, cases[i].possible ? LUT_OK : LUT_EINVAL);
        if (st == LUT_OK && cases[i].k == 2)
            pairs_match(lut_net_wires(net, 0), luts, inputs);
        else if (st == LUT_OK)
            sets_differ(lut_net_wires(net, 0), luts, cases[i].k);
        if (i == LUT_COUNT(cases) - 1) /* where sets abound, inputs are read equally */
            covered(lut_net_wires(net, 0), luts * cases[i].k, inputs);
        if (i == 5)
            CU_ASSERT_STRING_EQUAL(err.text,
                                   "layer 1: mapping \"unique\": 11 LUTs want as many "
                                   "different sets of 2 inputs; 5 inputs have 10");
        lut_net_destroy(net);
    }
}

/* Pairs m, m + 1 of LUTs of layer 0, of `luts`, whose first inputs ascend. */
static size_t ascents(lut_net *net, size_t luts, unsigned k)
{
    const uint32_t *wire = lut_net_wires(net, 0);
    size_t n = 0;

    for (size_t m = 0; m + 1 < luts; m++)
        n += wire[m * k] <= wire[(m + 1) * k];
    return n;
}

/* LUTs stand in the order of their inputs where nothing above goes by the order.  Under a
 * mapping that does, their order must be left to chance: neighbours that read the same
 * inputs tell the LUT that reads them both the same twice. */
static void test_order(void)
{
    static const struct {
        const char *below, *above;
        bool sorted;
    } cases[] = { { "random", "random", true },  { "random", "learnable", true },
                  { "random", "soft", true },    { "unique", "random", true },
                  { "random", "unique", false }, { "unique", "unique", false },
                  { "random", "arange", false }, { "random", "cyclic", false } };

    for (size_t i = 0; i < LUT_COUNT(cases); i++) {
        net_spec s = { .inputs = 400,
                       .classes = 2,
                       .luts = { 400, 400, 400 },
                       .k = 2,
                       .param = "light",
                       .first = cases[i].below,
                       .rest = cases[i].above,
                       .optim = "sgd" };
        lut_net *net = net_make(&s, best(), i);
        size_t n = ascents(net, 400, 2);

        if (cases[i].sorted)
            CU_ASSERT_EQUAL(n, 399);
        if (!cases[i].sorted) /* 200 of 399 are expected, with a deviation of 6 */
            CU_ASSERT(n > 140 && n < 260);
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

enum { SLOTS = 35, INPUTS = 1100, CANDIDATES = 1104, LD = 320 };

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
static uint32_t halves[(INPUTS + 15) / 16 * 16 * LD / 32];
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
                     .word = halves,
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
    lut_choice_words(&c);
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

/* ---- new candidates ---- */

/* Whoever stays keeps its weight; whoever comes is the best of the pool by its gradient,
 * no candidate already, and starts a margin below the heaviest. */
static void redrawn(const lut_choice *c, const uint32_t *old, const float *old_weight,
                    size_t slot, size_t count)
{
    const uint32_t *own = c->candidate + slot * c->candidates;
    const float *w = c->weight + slot * c->padded;
    double least = 0, most_refused = -1e9;
    float heaviest = old_weight[0];
    size_t changed = 0;

    for (size_t i = 1; i < c->candidates; i++)
        heaviest = old_weight[i] > heaviest ? old_weight[i] : heaviest;
    for (size_t i = 0; i < c->candidates; i++) {
        CU_ASSERT(!reads(own, (unsigned)i, own[i]));
        if (own[i] == old[i]) {
            CU_ASSERT(!(w[i] < old_weight[i]) && !(w[i] > old_weight[i]));
            least = fmin(least, (double)-w[i]);
            continue;
        }
        changed++;
        CU_ASSERT(old_weight[i] < heaviest - 0.05f);
        CU_ASSERT_DOUBLE_EQUAL((double)w[i], (double)heaviest - 0.05, 1e-6);
        most_refused = fmax(most_refused, slow_correlation(c, slot, i));
    }
    CU_ASSERT_EQUAL(changed, count);
    for (size_t i = 0; i < c->candidates; i++)
        if (own[i] == old[i])
            for (size_t o = 0; o < c->candidates; o++)
                CU_ASSERT(own[o] == old[o] || !(old_weight[o] > old_weight[i]));
    for (uint32_t input = 0; input < c->inputs; input++) {
        double g = 0;

        for (size_t s = 0; s < c->n; s++)
            g += (2 * (double)real[input * LD + s] - 1) * (double)dslot[slot * LD + s];
        CU_ASSERT(reads(own, (unsigned)c->candidates, input) ||
                  reads(old, (unsigned)c->candidates, input) ||
                  g > most_refused - 1e-4);
    }
}

/* Candidates of a vector and a tail. */
static void check_redraw(const lut_backend *be)
{
    enum { COUNT = 29 };
    static const lut_optim_ops ops = { .name = "keep", .nstate = 1, .tile = keep };
    static uint32_t old[SLOTS * CANDIDATES];
    static float old_weight[SLOTS * CANDIDATES];
    update u = { LUT_MAP_CHOICE, 60, COUNT, 90, true };
    lut_redraw redraw = { .count = 4, .pool = 60, .margin = 0.05f };
    lut_opt_step step = { .t = 1 };
    lut_tiles_update up = { .optim = &ops, .step = &step };
    lut_choice c = drawn(&u);

    for (size_t k = 0; k < SLOTS; k++)
        for (uint32_t i = 0; i < COUNT; i++) { /* distinct, all of different weights */
            candidate[k * COUNT + i] = (i * 7 + (uint32_t)k) % 60;
            weight[k * c.padded + i] = (float)((i * 5 + k) % COUNT);
        }
    memcpy(old, candidate, sizeof old);
    memcpy(old_weight, weight, sizeof old_weight);
    c.redraw = &redraw;
    be->learn(&c, &up, 0, SLOTS);
    for (size_t k = 0; k < SLOTS; k++) {
        redrawn(&c, old + k * COUNT, old_weight + k * c.padded, k, 4);
        CU_ASSERT_EQUAL(wire[k],
                        old[k * COUNT + slow_softmax((double[COUNT]){ 0 }, &c, k, 1)]);
    }
}

static void test_redraw(void)
{
    for (const lut_backend *const *be = lut_backends(); *be; be++)
        check_redraw(*be);
}

/* Numbers drawn side by side are those drawn one by one. */
static void test_draws(void)
{
    static const uint32_t ends[] = { 1, 2, 3, 2352, 1u << 31, UINT32_MAX };

    for (size_t b = 0; b < LUT_COUNT(ends); b++)
        for (size_t n = 1; n < 40; n += 6) {
            lut_rng one = lut_rng_make(b, LUT_RNG_TEST, n), many = one;
            uint32_t drawn_now[40];

            for (int again = 0; again < 2; again++) {
                lut_draw_below(drawn_now, n, &many, ends[b]);
                for (size_t i = 0; i < n; i++)
                    CU_ASSERT_EQUAL(drawn_now[i], lut_rng_below(&one, ends[b]));
            }
        }
}

/* Who comes was drawn, for its own slot. */
static void test_redraw_pool(void)
{
    static const lut_optim_ops ops = { .name = "keep", .nstate = 1, .tile = keep };
    update u = { LUT_MAP_CHOICE, 1000, 20, 50, true };
    lut_redraw redraw = { .count = 9, .pool = 37, .margin = 0.05f };
    lut_opt_step step = { .t = 1 };
    lut_tiles_update up = { .optim = &ops, .step = &step };
    uint32_t old[SLOTS * 20], pool[37];
    size_t changed = 0;

    redraw.rng = lut_rng_make(1, LUT_RNG_TEST, 2);
    for (const lut_backend *const *be = lut_backends(); *be; be++) {
        lut_choice c = drawn(&u);

        memcpy(old, candidate, sizeof old);
        c.redraw = &redraw;
        (*be)->learn(&c, &up, 0, SLOTS);
        for (size_t i = 0; i < LUT_COUNT(old); i++) {
            lut_rng rng = lut_rng_sub(&redraw.rng, i / 20);

            for (size_t p = 0; p < 37; p++)
                pool[p] = (uint32_t)lut_rng_below(&rng, 1000);
            changed += candidate[i] != old[i];
            CU_ASSERT(candidate[i] == old[i] || reads(pool, 37, candidate[i]));
        }
    }
    CU_ASSERT(changed > SLOTS);
}

static uint16_t low_bits(uint64_t x)
{
    return (uint16_t)((x & 1) + (x >> 1 & 1 & (x >> 2)));
}

/* With two candidates of sixty for a slot, the three inputs that matter are found. */
static size_t found_inputs(const char *options)
{
    net_spec s = { .inputs = 60,
                   .classes = 3,
                   .luts = { 30 },
                   .k = 3,
                   .param = "dwn",
                   .first = "learnable",
                   .rest = "random",
                   .optim = "adam",
                   .tau = 2,
                   .options = options };
    lut_samples x = net_samples(600, 60, low_bits);
    lut_net *net = net_make(&s, best(), 6);
    lut_ws *ws = net_space(net, 60, 1);
    lut_opt_step step = { .lr = 0.02, .power = { 1, 1 } };
    lut_score score = { 0 };
    uint32_t rows[600];
    size_t found = 0;

    for (uint32_t i = 0; i < 600; i++)
        rows[i] = i;
    for (int t = 0; t < 300; t++)
        lut_net_step(net, ws, &score, &x, rows + t % 10 * 60, 60, &step);
    for (size_t i = 0; i < 90; i++)
        found += lut_net_wires(net, 0)[i] < 3;
    lut_ws_destroy(ws);
    lut_net_destroy(net);
    return found;
}

static void test_redraw_finds(void)
{
    size_t never = found_inputs("learnable.candidates 2 learnable.redraw 0");
    size_t often = found_inputs("learnable.candidates 2 learnable.redraw 0.5 "
                                "learnable.redraw_every 5 learnable.redraw_pool 20");

    CU_ASSERT(never < 20);
    CU_ASSERT(often > 30);
}

/* ---- state kept as bfloat16 ---- */

/* An optimizer that keeps its weights and their negatives, nstate times by turns, ... */
static void keep_weights(const void *cfg, const lut_opt_step *now, lut_f *w,
                         lut_f *state, const lut_f *g, const float *anchor, size_t n)
{
    const size_t nstate = *(const size_t *)cfg;

    (void)now;
    (void)g;
    (void)anchor;
    for (size_t i = 0; i < n * nstate; i++)
        state[i] = i % nstate % 2 ? -w[i / nstate] : w[i / nstate];
}

/* ... and one that takes the last of them for its weights. */
static void take_last(const void *cfg, const lut_opt_step *now, lut_f *w, lut_f *state,
                      const lut_f *g, const float *anchor, size_t n)
{
    const size_t nstate = *(const size_t *)cfg;

    (void)now;
    (void)g;
    (void)anchor;
    for (size_t i = 0; i < n; i++)
        w[i] = state[i * nstate + nstate - 1];
}

static uint32_t bits_of(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Infinity as the number that would follow the largest. */
static double value_of(uint32_t bits)
{
    float x;

    memcpy(&x, &bits, sizeof x);
    return isinf(x) ? copysign(0x1p128, (double)x) : (double)x;
}

/* The nearer of the two bfloat16 around x, of equally near ones the even. */
static uint32_t slow_bfloat16(float x)
{
    uint32_t down = bits_of(x) & 0xffff0000, up = down + 0x10000;
    double to_down, to_up;

    if (isnan(x))
        return down | 0x400000;
    if (isinf(x))
        return down;
    to_down = fabs((double)x - value_of(down));
    to_up = fabs((double)x - value_of(up));
    if (to_down < to_up || (!(to_down > to_up) && down % 0x20000 == 0))
        return down;
    return up;
}

/* Exponents small and large with endings around the middle between two: zeros, the
 * smallest numbers, infinity and NaN of all kinds are among them. */
static void fill_patterns(size_t n)
{
    static const uint32_t exponents[] = { 0, 1, 2, 100, 127, 128, 253, 254, 255 };
    static const uint32_t endings[] = { 0,      1,       0x7fff,  0x8000,   0x8001,
                                        0xffff, 0x1ffff, 0x18000, 0x7fffff, 0x7f8000 };

    for (size_t i = 0; i < n; i++) {
        uint32_t bits = exponents[i / 10 % 9] << 23 | endings[i % 10];

        bits |= (uint32_t)(i / 90 % 2) << 31;
        memcpy(&weight[i], &bits, sizeof bits);
    }
}

static void kept_as_bfloat16(const lut_backend *be, size_t nstate)
{
    const lut_optim_ops keeps = { .nstate = nstate, .tile = keep_weights };
    const lut_optim_ops takes = { .nstate = nstate, .tile = take_last };
    static float kept[SLOTS * CANDIDATES * 2] __attribute__((aligned(64)));
    static float start[SLOTS * CANDIDATES];
    update u = { LUT_MAP_CHOICE, 1100, 1100, 20, true };
    lut_opt_step step = { .t = 1 };
    lut_tiles_update up = { .optim = &keeps,
                            .optim_cfg = &nstate,
                            .step = &step,
                            .moments = LUT_MOMENTS_BFLOAT16 };
    lut_choice c = drawn(&u);

    c.share = NULL;
    c.state = kept;
    fill_patterns(SLOTS * c.padded);
    memcpy(start, weight, sizeof start);
    be->learn(&c, &up, 0, SLOTS);
    up.optim = &takes;
    be->learn(&c, &up, 0, SLOTS);
    for (size_t i = 0; i < SLOTS * c.padded; i++)
        CU_ASSERT_EQUAL(bits_of(weight[i]),
                        slow_bfloat16(nstate % 2 ? start[i] : -start[i]));
}

static void test_bfloat16(void)
{
    for (const lut_backend *const *be = lut_backends(); *be; be++)
        for (size_t nstate = 1; nstate <= 4; nstate++)
            kept_as_bfloat16(*be, nstate);
}

/* Pairs of moments below 2 of all sizes, the second one positive. */
static void fill_moments(uint32_t *line, size_t n)
{
    fill_patterns(n);
    for (size_t i = 0; i < n; i++)
        line[i] = (bits_of(weight[i]) & 0x3fff0000) |
                  (bits_of(weight[i * 7 % n]) >> 16 & 0xbfff);
}

/* The optimizer's own, counted. */
static lut_optim_kept counted;
static size_t steps_kept;

static void count_kept(const void *cfg, const lut_opt_step *now, lut_f *w, lut_u *kept,
                       const lut_f *g, size_t n)
{
    steps_kept++;
    counted(cfg, now, w, kept, g, n);
}

/* Steps of an optimizer in registers and through memory: weights and state. */
static void check_kept(const lut_backend *be, const lut_optim_ops *ops)
{
    static uint32_t line[2][SLOTS * CANDIDATES] __attribute__((aligned(64)));
    static float slow[SLOTS * CANDIDATES];
    lut_optim_ops without = *ops, with = *ops;
    update u = { LUT_MAP_CHOICE, 1100, 1100, 20, true };
    double cfg[8];
    lut_opt_step step = { .lr = 0.02, .t = 5, .power = { 0.9, 0.99 } };
    lut_tiles_update up = { .optim = &without,
                            .optim_cfg = cfg,
                            .step = &step,
                            .moments = LUT_MOMENTS_BFLOAT16 };

    CU_ASSERT_FATAL(ops->cfg_size <= sizeof cfg);
    without.kept = NULL;
    with.kept = count_kept;
    counted = ops->kept;
    steps_kept = 0;
    lut_fields_default(ops->fields, ops->nfields, cfg);
    fill_moments(line[0], SLOTS * CANDIDATES);
    memcpy(line[1], line[0], sizeof line[0]);
    for (int fast = 0; fast < 2; fast++) {
        lut_choice c = drawn(&u);

        c.share = NULL;
        c.state = line[fast];
        up.optim = fast ? &with : &without;
        be->learn(&c, &up, 0, SLOTS);
        be->learn(&c, &up, 0, SLOTS);
        CU_ASSERT_EQUAL(steps_kept > 0, fast);
        if (!fast)
            memcpy(slow, weight, sizeof slow);
    }
    CU_ASSERT(memcmp(slow, weight, sizeof slow) == 0);
    CU_ASSERT(memcmp(line[0], line[1], sizeof line[0]) == 0);
}

static void test_bfloat16_kept(void)
{
    size_t found = 0;

    for (const lut_backend *const *be = lut_backends(); *be; be++)
        for (size_t i = 0; (*be)->optim[i]; i++)
            if ((*be)->optim[i]->kept) {
                found++;
                check_kept(*be, (*be)->optim[i]);
            }
    CU_ASSERT(found > 1);
}

/* Loss of the last of 200 steps over that of the first. */
static double loss_left(lut_moments moments)
{
    net_spec s = { .inputs = 40,
                   .classes = 3,
                   .luts = { 60, 30 },
                   .k = 4,
                   .param = "dwn",
                   .first = "learnable",
                   .rest = "random",
                   .optim = "adam",
                   .tau = 3,
                   .moments = moments };
    lut_samples x = net_samples(600, 40, low_bits);
    lut_net *net = net_make(&s, best(), 6);
    lut_ws *ws = net_space(net, 60, 1);
    lut_opt_step step = { .lr = 0.02, .power = { 1, 1 } };
    double first = 0, last = 0;

    for (int t = 0; t < 200; t++) {
        lut_score score = { 0 };

        lut_net_step(net, ws, &score, &x, NULL, 60, &step);
        last = score.loss;
        first = t ? first : last;
    }
    lut_ws_destroy(ws);
    lut_net_destroy(net);
    return last / first;
}

static void test_bfloat16_learns(void)
{
    double exact = loss_left(LUT_MOMENTS_FLOAT);
    double rounded = loss_left(LUT_MOMENTS_BFLOAT16);

    CU_ASSERT(exact < 0.2 && rounded < 0.2);
    CU_ASSERT(exact < rounded || exact > rounded);
    if (!(exact < 0.2 && rounded < 0.2))
        fprintf(stderr, "\nloss left: %g of floats, %g rounded", exact, rounded);
}

/* ---- mixtures ---- */

static double loss_of(lut_net *net, lut_ws *ws, const lut_samples *s)
{
    lut_score score = { 0 };

    lut_net_refresh(net, &(lut_exec){ .threads = 1 });
    lut_net_score(net, ws, &score, s, NULL, 0, s->n);
    return score.loss / (double)s->n;
}

/* A step of descent against central differences of the loss, layer by layer. */
static void mixture_gradients(const char *param, const char *options)
{
    net_spec spec = { .inputs = 20,
                      .classes = 3,
                      .luts = { 12, 9 },
                      .k = 3,
                      .param = param,
                      .first = "soft",
                      .rest = "soft",
                      .optim = "sgd",
                      .tau = 0.5f,
                      .options = options };
    lut_samples s = net_samples(120, 20, net_modulo3);
    lut_net *net = net_make(&spec, best(), 4);
    lut_ws *ws = net_space(net, 120, 1);
    lut_opt_step step = { .lr = 1, .power = { 1, 1 } };
    lut_score score = { 0 };
    double worst = 0, largest = 0;
    size_t n;
    float *w = lut_net_weights(net, &n), *start = malloc(n * sizeof *start);
    float *after_step = malloc(n * sizeof *start);

    CU_ASSERT_FATAL(start && after_step);
    memcpy(start, w, n * sizeof *w);
    lut_net_step(net, ws, &score, &s, NULL, s.n, &step);
    memcpy(after_step, w, n * sizeof *w);
    lut_net_set_mode(net, &(lut_exec){ .threads = 1 }, &(lut_mode){ true, 1, 0 });
    for (uint32_t l = 0; l < 2; l++) {
        const lut_choice *c = &net->layer[l].choice;

        for (size_t i = 0; i < net->layer[l].slots * c->padded; i += 7) {
            size_t at = (size_t)(c->weight - w) + i;
            double up, down, want;

            memcpy(w, start, n * sizeof *w);
            w[at] = start[at] + 0.02f;
            up = loss_of(net, ws, &s);
            w[at] = start[at] - 0.02f;
            down = loss_of(net, ws, &s);
            want = i % c->padded < c->candidates ? (up - down) / 0.04 : 0;
            largest = fmax(largest, fabs(want));
            worst =
                fmax(worst, fabs(want - ((double)start[at] - (double)after_step[at])));
        }
    }
    CU_ASSERT(largest > 1e-4);
    CU_ASSERT(worst < 0.01 * largest);
    free(start);
    free(after_step);
    lut_ws_destroy(ws);
    lut_net_destroy(net);
}

static void test_mixture_gradients(void)
{
    mixture_gradients("light", NULL);
    mixture_gradients("warp", "soft.candidates 6 soft.tau_start 0.4");
}

/* Evaluation reads the heaviest candidate alone: what the discrete network does. */
static void mixture_evaluation(const char *param)
{
    net_spec spec = { .inputs = 20,
                      .classes = 3,
                      .luts = { 12, 9 },
                      .k = 3,
                      .param = param,
                      .first = "soft",
                      .rest = "soft",
                      .optim = "sgd",
                      .options = "soft.tau_min 1e-6",
                      .sampling = LUT_HARD };
    lut_samples s = net_samples(120, 20, net_modulo3);
    lut_net *net = net_make(&spec, best(), 4), *same;
    lut_ws *ws = net_space(net, 120, 1), *other;
    lut_exec one = { .threads = 1 };
    double soft = loss_of(net, ws, &s), hard, fixed;

    lut_net_set_mode(net, &one, &(lut_mode){ false, 1, 0 });
    hard = loss_of(net, ws, &s);
    spec.first = spec.rest = "random";
    same = net_make(&spec, best(), 4);
    other = net_space(same, 120, 1);
    for (uint32_t l = 0; l < 2; l++) {
        memcpy(lut_net_wires(same, l), lut_net_wires(net, l),
               net->layer[l].slots * sizeof(uint32_t));
        for (uint32_t m = 0; m < net->layer[l].luts; m++) {
            float w[8];

            lut_net_lut_weights(net, l, m, w);
            lut_net_set_lut_weights(same, l, m, w);
        }
    }
    fixed = loss_of(same, other, &s);
    CU_ASSERT_DOUBLE_EQUAL(hard, fixed, 1e-6);
    CU_ASSERT(fabs(soft - hard) > 1e-3);
    lut_net_set_mode(net, &one, &(lut_mode){ true, 1, 20000 }); /* sharp by now */
    CU_ASSERT_DOUBLE_EQUAL((double)net->layer[0].choice.temperature, 1e-6, 1e-12);
    CU_ASSERT_DOUBLE_EQUAL(loss_of(net, ws, &s), fixed, 1e-3);
    lut_net_set_mode(net, &one, &(lut_mode){ true, 1, 1000 });
    CU_ASSERT_DOUBLE_EQUAL((double)net->layer[1].choice.temperature, 0.1, 1e-7);
    lut_ws_destroy(ws);
    lut_ws_destroy(other);
    lut_net_destroy(net);
    lut_net_destroy(same);
}

/* Where entries are squashed, and where outputs are. */
static void test_mixture_evaluation(void)
{
    mixture_evaluation("light");
    mixture_evaluation("warp");
    mixture_evaluation("linear");
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
        lut_net_refresh(net, &(lut_exec){ .threads = 1 });
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
    b.rest = "random"; /* any that leaves layer 0 in the same order */
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

UNIT_MAIN("map", UNIT(test_coverage), UNIT(test_cyclic), UNIT(test_unique),
          UNIT(test_order), UNIT(test_candidates), UNIT(test_updates), UNIT(test_draws),
          UNIT(test_redraw), UNIT(test_redraw_pool), UNIT(test_redraw_finds),
          UNIT(test_bfloat16), UNIT(test_bfloat16_kept), UNIT(test_bfloat16_learns),
          UNIT(test_mixture_gradients), UNIT(test_mixture_evaluation),
          UNIT(test_tiny_shares), UNIT(test_shares))
