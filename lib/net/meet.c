#include "lib/net/meet.h"

#include "lib/circuit/circuit.h"

/* ---- which paths a layer takes ---- */

/* Of a parametrization that has only one mode, that one. */
static lut_sampling own_mode(const lut_form *form, lut_sampling sampling)
{
    if (form->samplings >> sampling & 1)
        return sampling;
    return (lut_sampling)__builtin_ctz(form->samplings);
}

/* Very wide layers do without what can be made again of the weights: it is as much as the weights
 * are.  Measured: a few percent slower on one core, no slower where two train. */
static size_t saved_values(const lut_layer *l, const void *cfg, lut_sampling sampling)
{
    const size_t most = 2 * 1024 * 1024;
    const lut_param_ops *param = l->param;
    size_t n = param->nsaved ? param->nsaved(cfg, l->k) : 0;
    bool remade = param->remakes && !lut_sampling_noisy(sampling);

    return remade && n * l->ntiles * sizeof(lut_f) > most ? 0 : n;
}

void lut_meet_shape(lut_layer *l, const lut_param_ops *param, const void *param_cfg,
                    lut_sampling sampling, bool bits_in, bool wants_dx, bool quick)
{
    lut_form form = lut_param_form(param, param_cfg);

    sampling = own_mode(&form, sampling);
    l->entries = (size_t)1 << l->k;
    l->ntiles = lut_ceil_div(l->luts, LUT_LANES);
    l->bits_in = bits_in;
    l->looks_up = bits_in || form.forward == LUT_LOOKUP;
    l->bits_out = lut_sampling_hard(sampling) && l->looks_up;
    l->noisy = form.squash != LUT_NO_SQUASH && lut_sampling_noisy(sampling);
    l->sampled = l->noisy || (form.squash != LUT_NO_SQUASH && lut_sampling_hard(sampling) &&
                              !l->looks_up);
    l->param = param;
    l->tiles.param = param;
    l->tiles.form = form;
    l->tiles.k = l->k;
    l->tiles.luts = l->luts;
    l->tiles.nweights = param->nweights(param_cfg, l->k);
    l->tiles.nsaved = saved_values(l, param_cfg, sampling);
    l->sinks = wants_dx;
    l->tiles.field = form.forward == LUT_FIELD && (!bits_in || wants_dx);
    l->tiles.in_lanes = quick && bits_in && lut_layer_is_quick(l);
    l->grad_width = l->tiles.field ? l->tiles.nweights : l->entries;
}

void *lut_arena_copy(lut_arena *a, const void *from, size_t size)
{
    void *to = lut_arena_take(a, 1, size);

    if (to && size)
        memcpy(to, from, size);
    return to;
}

void lut_meet_place(lut_layer *l, lut_arena *a, const void *param_cfg)
{
    lut_tiles *t = &l->tiles;
    /* Kernels read small tables to the end of a vector. */
    size_t table = l->luts * l->entries + LUT_LANES;
    bool tables = !t->field, by_coef = t->form.gradient == LUT_BY_INTERPOLATION;
    void *own;

    t->param_cfg = own = lut_arena_copy(a, param_cfg, l->param->cfg_size);
    if (own)
        lut_param_prepare(l->param, own, l->k);
    t->saved = lut_arena_take(a, l->ntiles * t->nsaved, sizeof(lut_f));
    if (l->bits_out)
        t->tt = lut_arena_take(a, l->luts * lut_table_words(l->k), sizeof(uint64_t));
    if (tables && !l->bits_in && by_coef)
        t->coef = lut_arena_take(a, table, sizeof(float));
    if (tables && l->looks_up && (!l->bits_out || l->noisy))
        t->value = lut_arena_take(a, table, sizeof(float));
    if (tables && l->looks_up && (l->bits_in || !by_coef) && (l->sinks || !t->in_lanes))
        t->slope = lut_arena_take(a, table, sizeof(float));
    if (tables && l->looks_up && t->form.squash != LUT_NO_SQUASH) {
        if (l->sinks || !t->in_lanes)
            t->gain = lut_arena_take(a, table, sizeof(float));
        if (t->in_lanes)
            t->lane_gain = lut_arena_take(a, l->ntiles * l->entries, sizeof(lut_f));
    }
}

void lut_scratch_place(lut_scratch *s, lut_arena *a, size_t plane)
{
    s->row = lut_arena_take(a, plane, sizeof *s->row);
    for (unsigned j = 0; j < LUT_MAX_K; j++) {
        s->reals[j] = lut_arena_take(a, plane, sizeof(float));
        s->bits[j] = lut_arena_take(a, plane / 64, sizeof(uint64_t));
    }
}

/* ---- inputs in the form that a path needs ---- */

static const float *const *reals(const lut_meeting *t, const lut_wires *x)
{
    if (!t->l->bits_in)
        return x->f;
    for (unsigned j = 0; j < t->l->k; j++)
        t->backend->kern->expand(t->scratch->reals[j], x->b[j], t->n);
    return (const float *const *)t->scratch->reals;
}

static const uint64_t *const *bits(const lut_meeting *t, const lut_wires *x)
{
    float threshold = t->l->tiles.form.input_threshold;

    if (t->l->bits_in)
        return x->b;
    for (unsigned j = 0; j < t->l->k; j++)
        t->backend->kern->binarize(t->scratch->bits[j], x->f[j], threshold, t->n);
    return (const uint64_t *const *)t->scratch->bits;
}

/* ---- outputs ---- */

static lut_output output_of(const lut_meeting *t)
{
    const lut_tiles *tiles = &t->l->tiles;
    lut_rng step = { .key = tiles->now->noise };
    lut_rng layer = lut_rng_sub(&step, tiles->layer);

    return (lut_output){ .squash = tiles->form.squash,
                         .sampling = own_mode(&tiles->form, tiles->now->sampling),
                         .temperature = tiles->now->temperature,
                         .noise = lut_rng_sub(&layer, ((uint64_t)1 << 32) + t->m).key,
                         .first = t->first };
}

/* What comes before the squash; of tables of bits that is squashed already, unless noise
 * is still to be added. */
static void values(const lut_meeting *t, float *z, const lut_wires *x)
{
    const lut_layer *l = t->l;
    const lut_kernels *kern = t->backend->kern;
    const lut_tiles *tiles = &l->tiles;

    if (tiles->field)
        t->backend->field(tiles, t->m, z, reals(t, x), t->n);
    else if (l->looks_up)
        kern->lookup(z, bits(t, x), l->k, tiles->value + t->m * l->entries, t->n);
    else
        kern->interpolate(z, x->f, l->k, tiles->coef + t->m * l->entries, t->n);
}

lut_meeting lut_meet_start(const lut_backend *backend, const lut_layer *l,
                           lut_scratch *scratch, size_t first, size_t n)
{
    const lut_form *form = &l->tiles.form;
    bool soft = own_mode(form, l->tiles.now->sampling) == LUT_SOFT;
    bool noisy = l->noisy && lut_sampling_noisy(l->tiles.now->sampling);
    bool table = l->looks_up && !l->tiles.field && !noisy;

    return (lut_meeting){ .backend = backend,
                          .l = l,
                          .scratch = scratch,
                          .first = first,
                          .n = n,
                          .noisy = noisy,
                          .squashed = form->squash == LUT_NO_SQUASH || table,
                          .plain =
                              form->squash == LUT_SIGMOID && !l->bits_out && soft };
}

void lut_meet_forward(const lut_meeting *t, float *y, uint64_t *b, const lut_wires *x)
{
    const lut_layer *l = t->l;
    const lut_kernels *kern = t->backend->kern;
    lut_output o;

    if (l->bits_out && !t->noisy) {
        kern->lookup_bits(b, bits(t, x), l->k,
                          l->tiles.tt + t->m * lut_table_words(l->k), t->n);
        return;
    }
    y = l->bits_out ? t->scratch->row : y;
    values(t, y, x);
    if (t->squashed)
        return;
    if (t->plain) {
        kern->squash(y, 1 / l->tiles.now->temperature, t->n);
        return;
    }
    o = output_of(t);
    kern->sample(y, l->bits_out ? b : NULL, &o, t->n);
}

/* ---- gradients ---- */

/* Gradient of what comes before the squash. */
static const float *before_squash(const lut_meeting *t, const float *g, const float *y,
                                  const lut_wires *x)
{
    const lut_kernels *kern = t->backend->kern;
    float *h = t->scratch->row;
    lut_output o;

    if (t->squashed)
        return g;
    if (t->plain) {
        kern->squash_backward(h, g, y, 1 / t->l->tiles.now->temperature, t->n);
        return h;
    }
    o = output_of(t);
    values(t, h, x);
    kern->sample_backward(h, g, &o, t->n);
    return h;
}

void lut_meet_backward(const lut_meeting *t, float *grad, float *const *dx,
                       const float *g, const float *y, const lut_wires *x)
{
    const lut_layer *l = t->l;
    const lut_kernels *kern = t->backend->kern;
    const lut_tiles *tiles = &l->tiles;
    size_t at = t->m * l->entries;

    g = before_squash(t, g, y, x);
    if (tiles->field)
        t->backend->field_backward(tiles, t->m, grad, dx, g, reals(t, x), t->n);
    else if (tiles->coef)
        kern->interpolate_backward(grad, dx, g, x->f, l->k, tiles->coef + at, t->n);
    else
        kern->lookup_backward(grad, dx, g, bits(t, x), l->k, tiles->slope + at,
                              tiles->gain && !t->noisy ? tiles->gain + at : NULL, t->n);
}

/* ---- truth tables ---- */

static void harden_weights(const lut_layer *l, size_t m, uint64_t *tt)
{
    const float *from = lut_first_weight(l, m);
    float w[LUT_MAX_WEIGHTS];
    uint64_t table[4] = { 0 };

    for (size_t e = 0; e < l->tiles.nweights; e++)
        w[e] = from[e * LUT_LANES];
    if (l->param->harden)
        l->param->harden(l->tiles.param_cfg, l->k, table, w);
    for (size_t a = 0; a < l->entries && !l->param->harden; a++)
        table[a / 64] |= (uint64_t)(w[a] > 0) << (a % 64);
    memcpy(tt, table, lut_table_words(l->k) * sizeof *tt);
}

void lut_meet_harden(const lut_backend *backend, const lut_layer *l, size_t tile,
                     uint64_t *tt)
{
    size_t words = lut_table_words(l->k), first = tile * LUT_LANES;

    if (l->param->field && !l->param->harden) {
        backend->corners(&l->tiles, tile, tt);
        return;
    }
    for (size_t i = 0; i < LUT_LANES && first + i < l->luts; i++)
        harden_weights(l, first + i, tt + i * words);
}
