/* Whole networks are trained to the same bytes whatever number of samples walks together and
 * of threads shares the work, on all sets: each parametrization in each mode, with mappings,
 * widths, batches and what else changes the way through a layer taking turns. */
#include "tests/support/nets.h"

#include <math.h>
#include <stdlib.h>

enum {
    FEATURES = 10,
    COUNT = 7,
    INPUTS = FEATURES * COUNT,
    SAMPLES = 280,
    STEPS = 3,
    CANDIDATES = 20000
};

/* ---- samples: bits, and values for networks that make their own of them ---- */

static lut_samples samples(void)
{
    static float values[SAMPLES * FEATURES];
    lut_samples s = net_samples(SAMPLES, INPUTS, net_modulo3);
    lut_rng r = lut_rng_make(2, LUT_RNG_TEST, 0);

    for (size_t i = 0; i < SAMPLES * FEATURES; i++)
        values[i] = (float)lut_rng_uniform(&r);
    s.value = values;
    s.features = FEATURES;
    return s;
}

/* Thresholds that are learnt: of each feature, or (sets 1) the same for all. */
static lut_inlet_cfg inlet(size_t sets)
{
    static double origin[FEATURES], scale[FEATURES];
    static float start[INPUTS];

    for (size_t f = 0; f < FEATURES; f++)
        scale[f] = 1;
    for (size_t i = 0; i < INPUTS; i++)
        start[i] = (float)(i % COUNT + 1) / (COUNT + 1);
    return (lut_inlet_cfg){ .learnt = { .sets = sets,
                                        .count = COUNT,
                                        .softness = 0.02,
                                        .temperature = 0.1,
                                        .origin = origin,
                                        .scale = scale },
                            .features = FEATURES,
                            .threshold = start };
}

/* ---- one training ---- */

typedef struct plan {
    net_spec net;
    size_t batch;
} plan;

/* Where it runs. */
typedef struct place {
    const lut_backend *backend;
    size_t plane; /* 0: chosen */
    unsigned threads;
} place;

typedef struct outcome {
    float *weights;
    size_t n, ncandidates;
    uint32_t candidates[CANDIDATES];
    lut_score score, last;
} outcome;

/* Samples that any plane of this network holds a multiple of: blocks of its sums; words of
 * bits and the kernels of one LUT want LUT_BLOCK (lib/net/space.c). */
static size_t unit_of(const lut_net *net)
{
    size_t unit = net->inlet.learnt.sets || net->nflips ? LUT_BLOCK : 1;

    for (uint32_t i = 0; i < net->nlayers; i++) {
        const lut_layer *l = &net->layer[i];
        bool whole = l->bits_out || l->candidates || !lut_layer_is_quick(l);
        size_t block =
            whole && lut_block(l->k) < LUT_BLOCK ? LUT_BLOCK : lut_block(l->k);

        unit = block > unit ? block : unit;
    }
    return unit;
}

static void copy_state(outcome *out, lut_net *net)
{
    const float *w = lut_net_weights(net, &out->n);
    const uint32_t *c = lut_net_candidates(net, &out->ncandidates);

    out->weights = malloc(out->n * sizeof *w);
    CU_ASSERT_PTR_NOT_NULL_FATAL(out->weights);
    memcpy(out->weights, w, out->n * sizeof *w);
    CU_ASSERT_FATAL(out->ncandidates <= CANDIDATES);
    if (out->ncandidates)
        memcpy(out->candidates, c, out->ncandidates * sizeof *c);
}

static void take_steps(const plan *p, lut_net *net, lut_ws *ws, outcome *out)
{
    lut_samples s = samples();
    lut_opt_step step = { .lr = 0.02, .power = { 1, 1 } };
    uint32_t rows[SAMPLES];

    for (uint32_t i = 0; i < SAMPLES; i++)
        rows[i] = i * 7 % SAMPLES;
    for (size_t i = 0; i < STEPS; i++) /* the last batch is short */
        lut_net_step(net, ws, &out->score, &s, rows + 11 * i,
                     i == 2 && p->batch > 13 ? p->batch - 13 : p->batch, &step);
    lut_net_set_mode(net, &ws->exec, &(lut_mode){ .temperature = p->net.temperature });
    lut_net_score(net, ws, &out->last, &s, NULL, 0, SAMPLES);
}

/* A training, inside the team that is to do it. */
typedef struct job {
    const plan *plan;
    const place *at;
    lut_net *net;
    outcome *out;
} job;

/* Trainings whose threads took planes whole, and whose slots learnt along with tiles. */
static size_t whole, at_once;

static void run_job(void *arg, const lut_exec *inside)
{
    const job *j = arg;
    lut_ws *ws = NULL;

    CU_ASSERT_FATAL(lut_ws_create_planes(&ws, j->net, j->plan->batch, j->at->plane,
                                         inside, NULL) == LUT_OK);
    whole += ws->nmates > 0;
    at_once += ws->tile_row != NULL;
    take_steps(j->plan, j->net, ws, j->out);
    lut_ws_destroy(ws);
}

/* Trainings with layers whose outputs are halves. */
static size_t halved;

static void count_halves(const lut_net *net)
{
    bool any = false;

    for (uint32_t i = 0; i < net->nlayers; i++)
        any |= net->layer[i].half_out;
    halved += any;
}

/* False: the network's sums do not allow these planes, or a batch does not fill them. */
static bool train(outcome *out, const plan *p, const place *at)
{
    lut_net *net = net_make(&p->net, at->backend, 11);
    bool fits =
        at->plane % unit_of(net) == 0 && at->plane <= lut_round_up(p->batch, LUT_BLOCK);
    job j = { p, at, net, out };

    memset(out, 0, sizeof *out);
    count_halves(net);
    if (fits) {
        lut_team_run(&(lut_exec){ .threads = at->threads }, run_job, &j);
        copy_state(out, net);
    }
    lut_net_destroy(net);
    return fits;
}

static bool same(const outcome *a, const outcome *b)
{
    return a->n == b->n && a->ncandidates == b->ncandidates &&
           memcmp(a->weights, b->weights, a->n * sizeof *a->weights) == 0 &&
           memcmp(a->candidates, b->candidates, sizeof a->candidates) == 0 &&
           memcmp(&a->score, &b->score, sizeof a->score) == 0 &&
           memcmp(&a->last, &b->last, sizeof a->last) == 0;
}

static void describe(const plan *p, const place *at)
{
    const net_spec *n = &p->net;

    fprintf(
        stderr,
        "\n%s, rank %u, %s, %s, %s, %s%s%s, %u-%u-%u LUTs, batch %zu, clip %g, grad x "
        "%g: %s, planes of %zu, %u threads",
        n->param, n->k, lut_sampling_names[n->sampling], n->first, n->rest,
        n->half ? "halves, " : "", n->inlet ? "thresholds, " : "",
        n->regul[0] ? n->regul[0] : "no penalty", n->luts[0], n->luts[1], n->luts[2],
        p->batch, (double)n->clip_norm, (double)n->grad_factor, at->backend->name,
        at->plane, at->threads);
}

/* How often planes of each size were walked. */
static size_t walked[193];

static void compare(const plan *p, const outcome *first, const place *at)
{
    static outcome other;

    if (!train(&other, p, at))
        return;
    walked[at->plane]++;
    if (!same(first, &other)) {
        describe(p, at);
        CU_FAIL("not the same bytes");
    }
    free(other.weights);
}

static const lut_backend *set_of_turn(unsigned turn)
{
    size_t sets = 0;

    while (lut_backends()[sets])
        sets++;
    return lut_backends()[sets - 1 - turn % sets];
}

/* All planes on the last set; the other sets take one each, and threads the sets in turns. */
static void check_plan(const plan *p, unsigned turn)
{
    static const size_t planes[] = { 0, 32, 64, 128, 192 };
    static const unsigned threads[] = { 2, 3, 5 };
    static outcome first;

    train(&first, p, &(place){ lut_backends()[0], 0, 1 });
    CU_ASSERT(isfinite(first.score.loss) && first.score.loss > 0);
    for (size_t i = 0; i < LUT_COUNT(planes); i++)
        compare(p, &first, &(place){ lut_backend_find(NULL), planes[i], 1 });
    for (const lut_backend *const *b = lut_backends(); *b; b++)
        compare(p, &first, &(place){ *b, p->batch > 64 ? 128 : 64, 1 });
    for (size_t t = 0; t < LUT_COUNT(threads); t++) {
        compare(p, &first, &(place){ set_of_turn(turn), 0, threads[t] });
        compare(p, &first,
                &(place){ set_of_turn(turn), 32u << (turn + t) % 3, threads[t] });
    }
    free(first.weights);
}

/* ---- which networks ---- */

/* Those that take turns have numbers of turns with no common factor with the modes' or each
 * other's, as far as may be. */
static plan plan_of(const lut_param_ops *param, lut_sampling sampling, unsigned turn)
{
    static const uint32_t luts[][3] = { { 13, 13, 13 }, { 23, 70, 9 }, { 45, 37, 24 } };
    static const char *const maps[] = { "random", "random", "learnable", "random",
                                        "soft",   "arange", "cyclic" };
    static const size_t batches[] = { 100, 17, 129, 1, 250 };
    /* those that are not tables take their time */
    unsigned most = param->form.forward == LUT_FIELD ? 3 : param->max_k;
    unsigned ranks = most - param->min_k + 1;
    const uint32_t *width = luts[turn % LUT_COUNT(luts)];

    return (plan){
        .net = { .inputs = INPUTS,
                 .classes = 3,
                 .luts = { width[0], width[1], width[2] },
                 .k = param->min_k + (turn * 3 + turn / 4) % ranks,
                 .param = param->name,
                 .first = maps[turn % LUT_COUNT(maps)],
                 .rest = maps[(turn / 2 + 3) % LUT_COUNT(maps)],
                 .optim = turn % 4 == 3 ? "sgd" : "adam",
                 .sampling = sampling,
                 .moments = turn % 5 == 2 ? LUT_MOMENTS_BFLOAT16 : LUT_MOMENTS_FLOAT,
                 .tau = 2,
                 .temperature = 0.9f,
                 .grad_factor = turn % 3 == 1 ? 0.7f : 1 },
        .batch = batches[turn % LUT_COUNT(batches)],
    };
}

enum {
    ALL_MODES = (1 << LUT_SAMPLINGS) - 1,
    SOFT_AND_HARD = 1 << LUT_SOFT | 1 << LUT_HARD,
};

/* These modes of each parametrization, so many turns each; `change` makes something of the
 * plan. */
static void each(unsigned modes, unsigned turns, void (*change)(plan *p, unsigned turn))
{
    unsigned turn = 0;

    for (size_t i = 0; lut_param_table_scalar[i]; i++) {
        const lut_param_ops *param = lut_param_table_scalar[i];

        for (unsigned s = 0; s < LUT_SAMPLINGS * turns; s++) {
            lut_sampling sampling = (lut_sampling)(s % LUT_SAMPLINGS);
            plan p;

            if (!(param->form.samplings & modes & 1 << sampling))
                continue;
            p = plan_of(param, sampling, turn);
            change(&p, turn);
            check_plan(&p, turn++);
        }
    }
    CU_ASSERT(turn > 15);
}

static void plain(plan *p, unsigned turn)
{
    (void)p;
    (void)turn;
}

/* Halves do not go with mappings that learn, which must show nowhere. */
static void with_halves(plan *p, unsigned turn)
{
    p->net.half = true;
    p->net.rest = turn % 4 ? "random" : p->net.rest;
    p->net.clip_norm = turn % 4 == 1 ? 0.05f : 0;
}

static void with_penalties(plan *p, unsigned turn)
{
    bool outputs = turn % 2;

    p->net.clip_norm = turn % 3 ? 0.05f : 0;
    p->net.regul[0] = outputs ? "bit_flip_sensitivity" : "weight_decay";
    p->net.regul[1] = outputs ? "weight_decay" : NULL;
}

/* Small tables, and more planes than some of the threads. */
static void with_planes_to_share(plan *p, unsigned turn)
{
    p->net.k = p->net.k > 4 ? 4 : p->net.k;
    p->net.first = turn % 2 ? "random" : "arange";
    p->net.rest = "random";
    p->net.clip_norm = turn % 4 == 1 ? 0.05f : 0;
    p->net.regul[0] = turn % 4 == 2 ? "weight_decay" : NULL;
    p->net.half = turn % 5 == 3;
    p->batch = turn % 3 ? 250 : 129;
}

/* Slots of the first layer that learn along with tiles where a batch is one plane, and after
 * them where it is not; candidates of one vector and of two, that stay and that change. */
static void with_slots(plan *p, unsigned turn)
{
    static const char *const options[] = {
        "learnable.candidates 13 learnable.redraw_every 2 learnable.redraw_pool 9",
        "learnable.candidates 16 learnable.redraw 0",
        "learnable.candidates 20 learnable.redraw_every 1 learnable.redraw_margin 0",
        "learnable.candidates 0",
    };

    unsigned most = lut_param_table_scalar[lut_param_find(p->net.param)]->max_k;

    p->net.k = most < 5 ? most : 5 + turn % 2;
    p->net.first = "learnable";
    p->net.rest = turn % 3 ? "random" : "learnable";
    p->net.options = options[turn % LUT_COUNT(options)];
    p->batch = turn % 5 ? p->batch : 192;
}

static lut_inlet_cfg own, shared;

static void with_thresholds(plan *p, unsigned turn)
{
    p->net.inlet = turn % 2 ? &own : &shared;
    p->net.half = turn % 3 == 0;
    p->net.clip_norm = turn % 4 == 1 ? 0.05f : 0;
}

static void test_plain(void)
{
    each(ALL_MODES, 1, plain);
    CU_ASSERT(walked[32] > 0 && walked[64] > 0 && walked[128] > 0 && walked[192] > 0);
}

static void test_halves(void)
{
    halved = 0;
    each(1 << LUT_SOFT, 4, with_halves);
    CU_ASSERT(halved > 200);
}

static void test_whole_planes(void)
{
    whole = 0;
    each(SOFT_AND_HARD, 2, with_planes_to_share);
    CU_ASSERT(whole > 50);
}

static void test_slots(void)
{
    at_once = 0;
    each(SOFT_AND_HARD, 2, with_slots);
    CU_ASSERT(at_once > 100);
}

static void test_penalties(void)
{
    each(SOFT_AND_HARD | 1 << LUT_GUMBEL_HARD, 1, with_penalties);
}

static void test_thresholds(void)
{
    own = inlet(FEATURES);
    shared = inlet(1);
    each(SOFT_AND_HARD | 1 << LUT_GUMBEL_SOFT, 1, with_thresholds);
}

UNIT_MAIN("planes", UNIT(test_plain), UNIT(test_halves), UNIT(test_whole_planes),
          UNIT(test_slots), UNIT(test_penalties), UNIT(test_thresholds))
