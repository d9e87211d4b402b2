/* Weights and wiring: creation, initial values, hardening. */
#include "lib/net/private.h"
#include "lib/base/check.h"

#include <stdlib.h>

static size_t layer_weights(const lut_layer *l)
{
    return l->ntiles * l->tiles.nweights * LUT_LANES + l->slots * l->choice.padded;
}

static void *copied(lut_arena *a, const void *from, size_t size)
{
    void *to = lut_arena_take(a, 1, size);

    if (to && size)
        memcpy(to, from, size);
    return to;
}

/* Whether outputs are bits: hard ones, of bits or of what was made bits. */
static bool hard_outputs(const lut_form *form, lut_sampling sampling, bool bits_in)
{
    if (!(form->samplings >> sampling & 1)) /* has one mode only */
        sampling = (lut_sampling)__builtin_ctz(form->samplings);
    return lut_sampling_hard(sampling) && (bits_in || form->forward == LUT_LOOKUP);
}

/* Sizes of a layer that follow from the configuration. */
static void shape_layer(lut_layer *l, const lut_net *net, const lut_layer_cfg *c,
                        size_t inputs, bool bits_in, const lut_net_cfg *cfg)
{
    l->luts = c->luts;
    l->k = c->k;
    l->inputs = inputs;
    l->slots = (size_t)c->luts * c->k;
    l->ntiles = lut_ceil_div(c->luts, LUT_LANES);
    l->entries = (size_t)1 << c->k;
    l->bits_in = bits_in;
    l->param = net->backend->param[c->param];
    l->tiles.form = lut_param_form(l->param, c->param_cfg);
    l->bits_out = hard_outputs(&l->tiles.form, cfg->sampling, bits_in);
    l->map = c->map;
    l->candidates = c->map->candidates ? c->map->candidates(c->map_cfg, inputs) : 0;
    l->choice.candidates = l->candidates;
    l->choice.padded = lut_round_up(l->candidates, LUT_LANES);
    l->tiles.param = l->param;
    l->tiles.now = &net->step;
    l->tiles.k = c->k;
    l->tiles.luts = c->luts;
    l->tiles.nweights = l->param->nweights(c->param_cfg, c->k);
    l->tiles.nsaved = l->param->nsaved(c->param_cfg, c->k);
}

/* Memory of a layer; run twice, first with a planning arena. */
static void place_layer(lut_layer *l, lut_arena *a, uint32_t index,
                        const lut_layer_cfg *c, size_t nstate)
{
    lut_tiles *t = &l->tiles;
    size_t table = l->luts * l->entries;

    t->param_cfg = copied(a, c->param_cfg, l->param->cfg_size);
    t->saved = lut_arena_take(a, l->ntiles * t->nsaved, sizeof(lut_f));
    l->state = lut_arena_take(a, l->ntiles * t->nweights * nstate, sizeof(lut_f));
    l->wire = lut_arena_take(a, l->slots, sizeof *l->wire);
    if (!l->bits_in)
        t->coef = lut_arena_take(a, table, sizeof(float));
    if (l->bits_in && !l->bits_out)
        t->value = lut_arena_take(a, table, sizeof(float));
    if (l->bits_in)
        t->slope = lut_arena_take(a, table, sizeof(float));
    if (l->bits_in && l->tiles.form.squash == LUT_SIGMOID)
        t->gain = lut_arena_take(a, table, sizeof(float));
    if (l->bits_out)
        t->tt = lut_arena_take(a, l->luts * lut_table_words(l->k), sizeof(uint64_t));
    if (!l->candidates)
        return;
    l->choice.candidate =
        lut_arena_take(a, l->slots * l->candidates, sizeof *l->choice.candidate);
    l->choice.state =
        lut_arena_take(a, l->slots * l->choice.padded * nstate, sizeof(float));
    if (index > 0)
        l->choice.share = lut_arena_take(a, l->slots * l->choice.padded, sizeof(float));
    l->choice.wire = l->wire;
    l->choice.temperature = l->map->temperature(c->map_cfg);
}

static void place_net(lut_net *net, const lut_net_cfg *cfg)
{
    lut_arena *a = &net->arena;
    float *next;

    net->optim_cfg = copied(a, cfg->optim_cfg, net->optim->cfg_size);
    for (uint32_t i = 0; i < net->nlayers; i++)
        place_layer(&net->layer[i], a, i, &cfg->layer[i], net->optim->nstate);
    net->weights = next = lut_arena_take(a, net->nweights, sizeof(float));
    for (uint32_t i = 0; next && i < net->nlayers; i++) {
        lut_layer *l = &net->layer[i];

        l->tiles.w = (lut_f *)next;
        l->choice.weight = next + l->ntiles * l->tiles.nweights * LUT_LANES;
        next += layer_weights(l);
    }
}

/* Weights of a LUT lie one lane apart in its tile. */
static float *first_weight(const lut_layer *l, uint32_t lut)
{
    return (float *)(l->tiles.w + lut / LUT_LANES * l->tiles.nweights) +
           lut % LUT_LANES;
}

size_t lut_net_lut_weights(const lut_net *net, uint32_t layer, uint32_t lut, float *w)
{
    const lut_layer *l = &net->layer[layer];

    LUT_CHECK(layer < net->nlayers && lut < l->luts);
    for (size_t e = 0; e < l->tiles.nweights; e++)
        w[e] = first_weight(l, lut)[e * LUT_LANES];
    return l->tiles.nweights;
}

void lut_net_set_lut_weights(lut_net *net, uint32_t layer, uint32_t lut, const float *w)
{
    const lut_layer *l = &net->layer[layer];

    LUT_CHECK(layer < net->nlayers && lut < l->luts);
    for (size_t e = 0; e < l->tiles.nweights; e++)
        first_weight(l, lut)[e * LUT_LANES] = w[e];
}

static void init_map(lut_layer *l, const lut_layer_cfg *c, uint32_t *scratch,
                     uint64_t seed, uint32_t index)
{
    lut_rng rng = lut_rng_make(seed, LUT_RNG_WIRING, index);
    size_t n = l->candidates, padded = l->choice.padded;
    float *w = l->choice.weight;

    l->map->init(c->map_cfg, l->inputs, l->slots, l->wire,
                 (uint32_t *)l->choice.candidate, w, scratch, &rng);
    if (n == padded)
        return;
    for (size_t s = l->slots; s-- > 0;) /* spread the rows out, last first */
        for (size_t i = n; i-- > 0;)
            w[s * padded + i] = w[s * n + i];
    for (size_t s = 0; s < l->slots; s++)
        memset(w + s * padded + n, 0, (padded - n) * sizeof *w);
}

static void init_layer(lut_net *net, const lut_net_cfg *cfg, uint32_t index,
                       uint64_t seed)
{
    const lut_layer *l = &net->layer[index];
    lut_rng layer = lut_rng_make(seed, LUT_RNG_INIT, index);
    float w[1 << LUT_MAX_K];

    for (uint32_t m = 0; m < l->luts; m++) {
        lut_rng rng = lut_rng_sub(&layer, m);

        l->param->init(l->tiles.param_cfg, l->k, w, &rng, &cfg->init);
        lut_net_set_lut_weights(net, index, m, w);
    }
}

static lut_status init_net(lut_net *net, const lut_net_cfg *cfg, uint64_t seed,
                           lut_err *err)
{
    size_t most = net->inputs;
    uint32_t *scratch;

    for (uint32_t i = 0; i < net->nlayers; i++)
        most = net->layer[i].luts > most ? net->layer[i].luts : most;
    scratch = malloc(most * sizeof *scratch);
    if (!scratch)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu wires", most);
    for (uint32_t i = 0; i < net->nlayers; i++) {
        init_map(&net->layer[i], &cfg->layer[i], scratch, seed, i);
        init_layer(net, cfg, i, seed);
    }
    free(scratch);
    lut_net_refresh(net, &(lut_exec){ .threads = 1 });
    return LUT_OK;
}

static lut_status check_layer(const lut_net *net, const lut_layer_cfg *c, uint32_t i,
                              bool bits_in, lut_err *err)
{
    const lut_param_ops *p = net->backend->param[c->param];

    if (c->k < p->min_k || c->k > p->max_k || c->luts == 0)
        return lut_fail(err, LUT_EINVAL,
                        "layer %u: %u LUTs of rank %u: \"%s\" takes rank "
                        "%u..%u",
                        i, c->luts, c->k, p->name, p->min_k, p->max_k);
    if (lut_param_form(p, c->param_cfg).forward == LUT_LOOKUP && !bits_in)
        return lut_fail(err, LUT_EINVAL, "layer %u: \"%s\" needs a layer of bits below",
                        i, p->name);
    LUT_CHECK(p->nweights(c->param_cfg, c->k) <= 1 << LUT_MAX_K);
    return LUT_OK;
}

static lut_status shape_net(lut_net *net, const lut_net_cfg *cfg, lut_err *err)
{
    bool bits = true;
    size_t inputs = cfg->inputs;

    for (uint32_t i = 0; i < net->nlayers; i++) {
        LUT_TRY(check_layer(net, &cfg->layer[i], i, bits, err));
        shape_layer(&net->layer[i], net, &cfg->layer[i], inputs, bits, cfg);
        net->nweights += layer_weights(&net->layer[i]);
        bits = net->layer[i].bits_out;
        inputs = net->layer[i].luts;
    }
    return LUT_OK;
}

lut_status lut_net_create(lut_net **out, const lut_net_cfg *cfg,
                          const lut_backend *backend, uint64_t seed, lut_err *err)
{
    lut_net *net = calloc(1, sizeof *net);
    lut_status st;

    *out = NULL;
    LUT_CHECK(cfg->nlayers >= 1 && cfg->nlayers <= LUT_MAX_LAYERS && cfg->inputs > 0);
    LUT_CHECK(cfg->classes >= 1 && cfg->classes <= LUT_MAX_CLASSES);
    LUT_CHECK(cfg->tau > 0 && cfg->temperature > 0);
    if (net)
        net->layer = calloc(cfg->nlayers, sizeof *net->layer);
    if (!net || !net->layer) {
        st = lut_fail(err, LUT_ENOMEM, "no memory for a network");
        goto out;
    }
    net->backend = backend;
    net->optim = backend->optim[cfg->optim];
    net->step = (lut_step){ .temperature = cfg->temperature, .sampling = cfg->sampling };
    net->inputs = cfg->inputs;
    net->classes = cfg->classes;
    net->nlayers = cfg->nlayers;
    net->tau = cfg->tau;
    net->offset = cfg->offset;
    net->group = lut_circuit_group(cfg->layer[cfg->nlayers - 1].luts, cfg->classes);
    st = shape_net(net, cfg, err);
    if (st != LUT_OK)
        goto out;
    place_net(net, cfg);
    st = lut_arena_alloc(&net->arena, err);
    if (st != LUT_OK)
        goto out;
    place_net(net, cfg);
    st = init_net(net, cfg, seed, err);
    if (st == LUT_OK) {
        *out = net;
        net = NULL;
    }
out:
    lut_net_destroy(net);
    return st;
}

void lut_net_destroy(lut_net *net)
{
    if (!net)
        return;
    lut_arena_fini(&net->arena);
    free(net->layer);
    free(net);
}

size_t lut_net_parameters(const lut_net *net)
{
    size_t n = 0;

    for (uint32_t i = 0; i < net->nlayers; i++) {
        const lut_layer *l = &net->layer[i];

        n += l->luts * l->tiles.nweights + l->slots * l->candidates;
    }
    return n;
}

float *lut_net_weights(lut_net *net, size_t *n)
{
    *n = net->nweights;
    return net->weights;
}

uint32_t *lut_net_wires(lut_net *net, uint32_t layer)
{
    LUT_CHECK(layer < net->nlayers);
    return net->layer[layer].wire;
}

typedef struct refresh_job {
    const lut_net *net;
    const lut_layer *l;
} refresh_job;

static void refresh_tile(void *arg, size_t tile)
{
    refresh_job *job = arg;

    job->net->backend->refresh(&job->l->tiles, tile);
}

void lut_net_refresh(lut_net *net, const lut_exec *exec)
{
    for (uint32_t i = 0; i < net->nlayers; i++) {
        refresh_job job = { net, &net->layer[i] };

        lut_for(exec, job.l->ntiles, refresh_tile, &job);
        if (job.l->candidates)
            net->backend->choose(&job.l->choice, 0, job.l->slots);
    }
}

static void harden_lut(uint64_t *tt, const lut_layer *l, const float *w)
{
    uint64_t words[4] = { 0 };

    if (l->param->harden)
        l->param->harden(l->tiles.param_cfg, l->k, words, w);
    for (size_t a = 0; a < l->entries && !l->param->harden; a++)
        words[a / 64] |= (uint64_t)(w[a] > 0) << (a % 64);
    memcpy(tt, words, lut_table_words(l->k) * sizeof *tt);
}

lut_status lut_net_harden(lut_circuit *c, const lut_net *net, lut_err *err)
{
    uint32_t luts[LUT_MAX_LAYERS], k[LUT_MAX_LAYERS];
    float w[1 << LUT_MAX_K];

    for (uint32_t i = 0; i < net->nlayers; i++) {
        luts[i] = net->layer[i].luts;
        k[i] = net->layer[i].k;
    }
    LUT_TRY(lut_circuit_alloc(c, (uint32_t)net->inputs, net->classes, net->nlayers,
                              luts, k, err));
    for (uint32_t i = 0; i < net->nlayers; i++) {
        const lut_layer *l = &net->layer[i];

        memcpy(c->layer[i].wire, l->wire, l->slots * sizeof *l->wire);
        for (uint32_t m = 0; m < l->luts; m++) {
            lut_net_lut_weights(net, i, m, w);
            harden_lut(c->layer[i].tt + m * lut_table_words(l->k), l, w);
        }
    }
    return LUT_OK;
}
