/* Weights and wiring: creation, initial values, hardening. */
#include "lib/net/inlet.h"
#include "lib/net/meet.h"

#include "lib/base/check.h"

#include <stdlib.h>

static size_t layer_weights(const lut_layer *l)
{
    return l->ntiles * l->tiles.nweights * LUT_LANES + l->slots * l->choice.padded;
}

/* Sizes of a layer that follow from the configuration. */
static lut_status shape_layer(lut_layer *l, const lut_net *net, uint32_t index,
                              const lut_layer_cfg *c, size_t inputs, bool bits_in,
                              lut_err *err)
{
    l->luts = c->luts;
    l->k = c->k;
    l->inputs = inputs;
    l->slots = (size_t)c->luts * c->k;
    l->tiles.now = &net->step;
    l->tiles.layer = index;
    if (lut_wiring_shape(l, c, err) != LUT_OK)
        return lut_err_wrap(err, "layer %u: mapping \"%s\"", index + 1, c->map->name);
    lut_meet_shape(l, net->backend->param[c->param], c->param_cfg, net->sampling,
                   bits_in && l->choice.kind != LUT_MAP_MIX,
                   lut_has_below(net, index) || l->candidates, net->nflips == 0);
    return LUT_OK;
}

/* Memory of a layer; run twice, first with a planning arena. */
static void place_layer(lut_layer *l, lut_arena *a, bool below, const lut_layer_cfg *c,
                        size_t lines, bool anchored)
{
    lut_tiles *t = &l->tiles;

    lut_meet_place(l, a, c->param_cfg);
    l->state = lut_arena_take(a, l->ntiles * t->nweights * lines, sizeof(lut_f));
    if (anchored)
        t->anchor = lut_arena_take(a, t->nweights, sizeof *t->anchor);
    lut_wiring_place(l, a, below, c, lines);
}

static void place_candidates(lut_net *net)
{
    uint32_t *next = lut_arena_take(&net->arena, net->ncandidates, sizeof *next);

    net->candidates = next;
    for (uint32_t i = 0; next && i < net->nlayers; i++) {
        size_t n = lut_wiring_listed(&net->layer[i]);

        net->layer[i].choice.candidate = n ? next : NULL;
        next += n;
    }
}

static void place_votes(lut_net *net)
{
    size_t luts = net->layer[net->nlayers - 1].luts;

    net->vote = lut_arena_take(&net->arena, luts, sizeof *net->vote);
    for (size_t m = 0; net->vote && m < luts; m++)
        net->vote[m] = (uint32_t)(m / net->group);
}

static void place_net(lut_net *net, const lut_net_cfg *cfg)
{
    lut_arena *a = &net->arena;
    size_t lines = lut_moments_lines(net->moments, net->optim->nstate);
    float *next;

    net->optim_cfg = lut_arena_copy(a, cfg->optim_cfg, net->optim->cfg_size);
    for (uint32_t i = 0; i < net->nlayers; i++)
        place_layer(&net->layer[i], a, lut_has_below(net, i), &cfg->layer[i], lines,
                    cfg->init.residual && cfg->anchor_init);
    lut_penalties_place(net, cfg);
    lut_inlet_place(&net->inlet, a, net->optim->nstate);
    net->weights = next = lut_arena_take(a, net->nweights, sizeof(float));
    for (uint32_t i = 0; next && i < net->nlayers; i++) {
        lut_layer *l = &net->layer[i];

        l->tiles.w = (lut_f *)next;
        l->choice.weight = next + l->ntiles * l->tiles.nweights * LUT_LANES;
        next += layer_weights(l);
    }
    place_candidates(net);
    net->inlet.d = next;
    place_votes(net);
}

size_t lut_net_lut_weights(const lut_net *net, uint32_t layer, uint32_t lut, float *w)
{
    const lut_layer *l = &net->layer[layer];

    LUT_CHECK(layer < net->nlayers && lut < l->luts);
    for (size_t e = 0; e < l->tiles.nweights; e++)
        w[e] = lut_first_weight(l, lut)[e * LUT_LANES];
    return l->tiles.nweights;
}

void lut_net_set_lut_weights(lut_net *net, uint32_t layer, uint32_t lut, const float *w)
{
    const lut_layer *l = &net->layer[layer];

    LUT_CHECK(layer < net->nlayers && lut < l->luts);
    for (size_t e = 0; e < l->tiles.nweights; e++)
        lut_first_weight(l, lut)[e * LUT_LANES] = w[e];
}

size_t lut_net_slot_weights(const lut_net *net, uint32_t layer, size_t slot, float *w)
{
    const lut_layer *l = &net->layer[layer];

    LUT_CHECK(layer < net->nlayers && slot < l->slots);
    memcpy(w, l->choice.weight + slot * l->choice.padded, l->candidates * sizeof *w);
    return l->candidates;
}

void lut_net_set_slot_weights(lut_net *net, uint32_t layer, size_t slot, const float *w)
{
    const lut_layer *l = &net->layer[layer];

    LUT_CHECK(layer < net->nlayers && slot < l->slots);
    memcpy(l->choice.weight + slot * l->choice.padded, w, l->candidates * sizeof *w);
}

static void init_layer(lut_net *net, const lut_net_cfg *cfg, uint32_t index,
                       uint64_t seed)
{
    const lut_layer *l = &net->layer[index];
    lut_rng layer = lut_rng_make(seed, LUT_RNG_INIT, index);
    float w[LUT_MAX_WEIGHTS];

    if (l->tiles.anchor) {
        lut_init still = cfg->init;
        lut_rng rng = layer;

        still.noise = 0;
        l->param->init(l->tiles.param_cfg, l->k, (float *)l->tiles.anchor, &rng,
                       &still);
    }
    for (uint32_t m = 0; m < l->luts; m++) {
        lut_rng rng = lut_rng_sub(&layer, m);

        l->param->init(l->tiles.param_cfg, l->k, w, &rng, &cfg->init);
        lut_net_set_lut_weights(net, index, m, w);
    }
}

/* LUTs of layer i that may change places among themselves: of one class in the last layer, and
 * below a mapping that goes by where its inputs stand none at all. */
static size_t alike(const lut_net *net, uint32_t i)
{
    const lut_layer *above = &net->layer[i + 1];

    if (i + 1 == net->nlayers)
        return net->group;
    return above->map->kind != LUT_MAP_FIXED || above->map->any_inputs
               ? net->layer[i].luts
               : 1;
}

static lut_status init_net(lut_net *net, const lut_net_cfg *cfg, uint64_t seed,
                           lut_err *err)
{
    net->seed = seed;
    for (uint32_t i = 0; i < net->nlayers; i++) {
        LUT_TRY(lut_wiring_init(&net->layer[i], i, seed, alike(net, i), err));
        init_layer(net, cfg, i, seed);
    }
    lut_inlet_start(&net->inlet, cfg->inlet);
    lut_net_refresh(net, &(lut_exec){ .threads = 1 });
    return LUT_OK;
}

static lut_status check_layer(const lut_net *net, const lut_layer_cfg *c, uint32_t i,
                              const lut_net_cfg *cfg, lut_err *err)
{
    const lut_param_ops *p = net->backend->param[c->param];
    lut_form form = lut_param_form(p, c->param_cfg);

    if (c->k < p->min_k || c->k > p->max_k || c->luts == 0)
        return lut_fail(err, LUT_EINVAL,
                        "layer %u: %u LUTs of rank %u: \"%s\" takes rank "
                        "%u..%u",
                        i + 1, c->luts, c->k, p->name, p->min_k, p->max_k);
    if (cfg->init.residual && p->no_residual)
        return lut_fail(err, LUT_EINVAL,
                        "layer %u: \"%s\" has no residual initial weights", i + 1,
                        p->name);
    if (p->check && p->check(c->param_cfg, c->k, err) != LUT_OK)
        return lut_err_wrap(err, "layer %u: \"%s\"", i + 1, p->name);
    if (p->nweights(c->param_cfg, c->k) > LUT_MAX_WEIGHTS)
        return lut_fail(err, LUT_EINVAL, "layer %u: %zu weights a LUT, at most %d",
                        i + 1, p->nweights(c->param_cfg, c->k), LUT_MAX_WEIGHTS);
    if (__builtin_popcount(form.samplings) > 1 &&
        !(form.samplings >> cfg->sampling & 1))
        return lut_fail(err, LUT_EINVAL, "layer %u: \"%s\" has no such sampling", i + 1,
                        p->name);
    return LUT_OK;
}

/* Whether a layer's outputs may be halves for all that it is itself. */
static bool can_halve(const lut_net *net, uint32_t layer)
{
    const lut_layer *l = &net->layer[layer];

    return net->half && !l->bits_out && lut_layer_is_quick(l) &&
           !lut_rows_are_kept(net, layer);
}

/* Kernels of whole layers interpolate from halves to halves or from floats to floats: layers
 * that follow each other have halves all, from the one that reads bits to the last, or none. */
static void choose_halves(lut_net *net)
{
    for (uint32_t i = net->nlayers; i-- > 0;) {
        lut_layer *l = &net->layer[i];

        l->half_out = can_halve(net, i) && (i + 1 == net->nlayers || l[1].half_out);
    }
    for (uint32_t i = 0; i < net->nlayers; i++) {
        lut_layer *l = &net->layer[i];

        l->half_out &= l->bits_in || (i > 0 && l[-1].half_out);
    }
}

static lut_status shape_net(lut_net *net, const lut_net_cfg *cfg, lut_err *err)
{
    bool bits = true;
    size_t inputs = cfg->inputs;

    for (uint32_t i = 0; i < net->nlayers; i++) {
        LUT_TRY(check_layer(net, &cfg->layer[i], i, cfg, err));
        LUT_TRY(shape_layer(&net->layer[i], net, i, &cfg->layer[i], inputs, bits, err));
        net->ncandidates += lut_wiring_listed(&net->layer[i]);
        net->nweights += layer_weights(&net->layer[i]);
        bits = net->layer[i].bits_out;
        inputs = net->layer[i].luts;
    }
    net->nweights += net->inlet.padded;
    choose_halves(net);
    return LUT_OK;
}

/* Penalties on outputs meet samples LUT by LUT. */
static size_t count_flips(const lut_net_cfg *cfg, const lut_backend *backend)
{
    size_t n = 0;

    for (size_t i = 0; i < cfg->nregul; i++)
        n += backend->regul[cfg->regul[i].regul]->on == LUT_ON_OUTPUTS;
    return n;
}

/* What follows from the configuration alone, without its plug-ins. */
static void copy_settings(lut_net *net, const lut_net_cfg *cfg,
                          const lut_backend *backend, uint64_t seed)
{
    net->backend = backend;
    net->optim = backend->optim[cfg->optim];
    net->moments = cfg->moments;
    net->sampling = cfg->sampling;
    net->training = true;
    net->step =
        (lut_step){ .temperature = cfg->temperature, .sampling = cfg->sampling };
    net->seed = seed;
    lut_net_next_noise(net, 0);
    net->inputs = cfg->inputs;
    net->classes = cfg->classes;
    net->nlayers = cfg->nlayers;
    net->tau = cfg->tau;
    net->offset = cfg->offset;
    net->clip_norm = cfg->clip_norm;
    net->nflips = count_flips(cfg, backend);
    net->half = cfg->half && net->nflips == 0;
    net->grad_factor = cfg->grad_factor;
    net->group = lut_circuit_group(cfg->layer[cfg->nlayers - 1].luts, cfg->classes);
}

/* A net with room for its layers; NULL: no memory. */
static lut_net *new_net(const lut_net_cfg *cfg)
{
    lut_net *net = calloc(1, sizeof *net);

    if (!net)
        return NULL;
    net->layer = calloc(cfg->nlayers, sizeof *net->layer);
    if (net->layer)
        return net;
    free(net);
    return NULL;
}

/* Sizes, then memory, then values. */
static lut_status build_net(lut_net *net, const lut_net_cfg *cfg, uint64_t seed,
                            lut_err *err)
{
    lut_inlet_shape(&net->inlet, cfg->inlet);
    LUT_TRY(shape_net(net, cfg, err));
    LUT_TRY(lut_penalties_check(net, cfg, err));
    place_net(net, cfg);
    LUT_TRY(lut_arena_alloc(&net->arena, err));
    place_net(net, cfg);
    return init_net(net, cfg, seed, err);
}

lut_status lut_net_create(lut_net **out, const lut_net_cfg *cfg,
                          const lut_backend *backend, uint64_t seed, lut_err *err)
{
    lut_net *net;
    lut_status st;

    *out = NULL;
    LUT_CHECK(cfg->nlayers >= 1 && cfg->nlayers <= LUT_MAX_LAYERS && cfg->inputs > 0);
    LUT_CHECK(cfg->classes >= 1 && cfg->classes <= LUT_MAX_CLASSES);
    LUT_CHECK(backend->optim[cfg->optim]->nstate <= LUT_MAX_STATE);
    LUT_CHECK(cfg->tau > 0 && cfg->temperature > 0 && cfg->grad_factor > 0);
    net = new_net(cfg);
    if (!net)
        return lut_fail(err, LUT_ENOMEM, "no memory for a network");
    copy_settings(net, cfg, backend, seed);
    st = build_net(net, cfg, seed, err);
    if (st == LUT_OK)
        *out = net;
    else
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

const char *lut_net_kernels(const lut_net *net)
{
    return lut_backend_kernels(net->backend);
}

size_t lut_net_parameters(const lut_net *net)
{
    size_t n = net->inlet.learnt.sets * net->inlet.learnt.count;

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

uint32_t *lut_net_candidates(lut_net *net, size_t *n)
{
    *n = net->ncandidates;
    return net->candidates;
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
    lut_inlet_refresh(&net->inlet);
    for (uint32_t i = 0; i < net->nlayers; i++) {
        refresh_job job = { net, &net->layer[i] };

        lut_for(exec, job.l->ntiles, refresh_tile, &job);
        if (job.l->candidates)
            net->backend->choose(&job.l->choice, 0, job.l->slots);
    }
}

void lut_net_next_noise(lut_net *net, uint64_t steps)
{
    if (lut_sampling_noisy(net->step.sampling))
        net->step.noise = lut_rng_make(net->seed, LUT_RNG_NOISE, steps).key;
}

/* Of the learnable mappings; whether one changed. */
static bool set_temperatures(lut_net *net, uint64_t steps)
{
    bool changed = false;

    for (uint32_t i = 0; i < net->nlayers; i++) {
        lut_choice *c = &net->layer[i].choice;
        float before = c->temperature;

        if (c->kind == LUT_MAP_FIXED)
            continue;
        c->temperature = lut_wiring_temperature(&net->layer[i], steps);
        changed |= c->temperature < before || c->temperature > before;
    }
    return changed;
}

void lut_net_set_mode(lut_net *net, const lut_exec *exec, const lut_mode *mode)
{
    lut_step before = net->step;
    lut_step *now = &net->step;

    net->training = mode->training;
    now->sampling = mode->training ? net->sampling : lut_sampling_quiet(net->sampling);
    now->temperature = mode->temperature;
    lut_net_next_noise(net, mode->steps);
    if (set_temperatures(net, mode->steps) || now->sampling != before.sampling ||
        now->noise != before.noise || now->temperature < before.temperature ||
        now->temperature > before.temperature)
        lut_net_refresh(net, exec);
}

lut_status lut_net_harden(lut_circuit *c, const lut_net *net, lut_err *err)
{
    uint32_t luts[LUT_MAX_LAYERS], k[LUT_MAX_LAYERS];

    for (uint32_t i = 0; i < net->nlayers; i++) {
        luts[i] = net->layer[i].luts;
        k[i] = net->layer[i].k;
    }
    LUT_TRY(lut_circuit_alloc(c, (uint32_t)net->inputs, net->classes, net->nlayers,
                              luts, k, err));
    for (uint32_t i = 0; i < net->nlayers; i++) {
        const lut_layer *l = &net->layer[i];

        memcpy(c->layer[i].wire, l->wire, l->slots * sizeof *l->wire);
        for (size_t tile = 0; tile < l->ntiles; tile++)
            lut_meet_harden(net->backend, l, tile,
                            c->layer[i].tt + tile * LUT_LANES * lut_table_words(l->k));
    }
    return LUT_OK;
}
