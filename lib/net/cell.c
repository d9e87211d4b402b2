#include "lib/net/cell.h"

#include "lib/base/check.h"
#include "lib/net/meet.h"

#include <stdlib.h>

struct lut_cell {
    lut_arena arena;
    const lut_backend *backend;
    lut_step now;
    lut_layer layer;
    lut_scratch scratch;
    size_t ld; /* samples, a multiple of LUT_BLOCK */
    float *x[LUT_MAX_K], *dx[LUT_MAX_K], *g, *y, *grad;
    uint64_t *bits[LUT_MAX_K], *out;
};

static void place(lut_cell *c, const lut_cell_cfg *cfg)
{
    lut_arena *a = &c->arena;
    lut_layer *l = &c->layer;

    lut_meet_place(l, a, cfg->param_cfg);
    lut_scratch_place(&c->scratch, a, c->ld);
    l->tiles.w = lut_arena_take(a, l->tiles.nweights, sizeof(lut_f));
    for (unsigned j = 0; j < l->k; j++) {
        c->x[j] = lut_arena_take(a, c->ld, sizeof(float));
        c->dx[j] = lut_arena_take(a, c->ld, sizeof(float));
        c->bits[j] = lut_arena_take(a, c->ld / 64, sizeof(uint64_t));
    }
    c->g = lut_arena_take(a, c->ld, sizeof(float));
    c->y = lut_arena_take(a, c->ld, sizeof(float));
    c->out = lut_arena_take(a, c->ld / 64, sizeof(uint64_t));
    c->grad = lut_arena_take(a, l->grad_width, sizeof(float));
}

static lut_status check(const lut_cell_cfg *cfg, const lut_param_ops *p, lut_err *err)
{
    if (cfg->k < p->min_k || cfg->k > p->max_k)
        return lut_fail(err, LUT_EINVAL, "rank %u: \"%s\" takes rank %u..%u", cfg->k,
                        p->name, p->min_k, p->max_k);
    if (p->check)
        LUT_TRY(p->check(cfg->param_cfg, cfg->k, err));
    if (p->nweights(cfg->param_cfg, cfg->k) > LUT_MAX_WEIGHTS)
        return lut_fail(err, LUT_EINVAL, "%zu weights, at most %d",
                        p->nweights(cfg->param_cfg, cfg->k), LUT_MAX_WEIGHTS);
    return LUT_OK;
}

lut_status lut_cell_create(lut_cell **out, const lut_cell_cfg *cfg,
                           const lut_backend *backend, lut_err *err)
{
    const lut_param_ops *p = backend->param[cfg->param];
    lut_cell *c;
    lut_status st;

    *out = NULL;
    LUT_TRY(check(cfg, p, err));
    c = calloc(1, sizeof *c);
    if (!c)
        return lut_fail(err, LUT_ENOMEM, "no memory for a cell");
    c->backend = backend;
    c->now = (lut_step){ cfg->temperature, cfg->sampling, cfg->noise };
    c->ld = lut_round_up(cfg->capacity, LUT_BLOCK);
    c->layer.luts = 1;
    c->layer.k = cfg->k;
    c->layer.tiles.now = &c->now;
    lut_meet_shape(&c->layer, p, cfg->param_cfg, cfg->sampling, cfg->bits, true, false);
    place(c, cfg);
    st = lut_arena_alloc(&c->arena, err);
    if (st == LUT_OK) {
        place(c, cfg);
        *out = c;
    } else {
        lut_cell_destroy(c);
    }
    return st;
}

void lut_cell_destroy(lut_cell *c)
{
    if (!c)
        return;
    lut_arena_fini(&c->arena);
    free(c);
}

size_t lut_cell_nweights(const lut_cell *c)
{
    return c->layer.tiles.nweights;
}

void lut_cell_set(lut_cell *c, const float *w)
{
    for (size_t e = 0; e < c->layer.tiles.nweights; e++)
        lut_first_weight(&c->layer, 0)[e * LUT_LANES] = w[e];
    c->backend->refresh(&c->layer.tiles, 0);
}

/* Inputs in the form of the layer; zero past n. */
static void load(lut_cell *c, lut_wires *in, const float *x, size_t ld, size_t n)
{
    for (unsigned j = 0; j < c->layer.k; j++) {
        memset(c->x[j], 0, c->ld * sizeof *c->x[j]);
        memcpy(c->x[j], x + j * ld, n * sizeof *x);
        c->backend->kern->binarize(c->bits[j], c->x[j], 0.5f, n);
        if (c->layer.bits_in)
            in->b[j] = c->bits[j];
        else
            in->f[j] = c->x[j];
    }
}

static lut_meeting meeting(lut_cell *c, size_t n)
{
    LUT_CHECK(n > 0 && n <= c->ld);
    return lut_meet_start(c->backend, &c->layer, &c->scratch, 0, n);
}

void lut_cell_forward(lut_cell *c, float *y, const float *x, size_t ld, size_t n)
{
    lut_meeting t = meeting(c, n);
    lut_wires in;

    load(c, &in, x, ld, n);
    lut_meet_forward(&t, c->y, c->out, &in);
    if (c->layer.bits_out)
        c->backend->kern->expand(c->y, c->out, n);
    memcpy(y, c->y, n * sizeof *y);
}

/* From the gradient of tables to that of the weights. */
static void finish(lut_cell *c, float *dw)
{
    lut_tile_gradient g = { .loss = c->grad };
    lut_f d[LUT_MAX_WEIGHTS];

    c->backend->gradient(&c->layer.tiles, &g, 0, d);
    for (size_t e = 0; e < c->layer.tiles.nweights; e++)
        dw[e] = ((const float *)d)[e * LUT_LANES];
}

static void clear_gradients(lut_cell *c)
{
    memset(c->grad, 0, c->layer.grad_width * sizeof *c->grad);
    for (unsigned j = 0; j < c->layer.k; j++)
        memset(c->dx[j], 0, c->ld * sizeof *c->dx[j]);
}

static void give_gradients(lut_cell *c, float *dw, float *dx, size_t ld, size_t n)
{
    for (unsigned j = 0; j < c->layer.k; j++)
        memcpy(dx + j * ld, c->dx[j], n * sizeof *dx);
    finish(c, dw);
}

void lut_cell_backward(lut_cell *c, float *dw, float *dx, const float *g,
                       const float *x, size_t ld, size_t n)
{
    lut_meeting t = meeting(c, n);
    lut_wires in;

    load(c, &in, x, ld, n);
    lut_meet_forward(&t, c->y, c->out, &in);
    clear_gradients(c);
    memset(c->g, 0, c->ld * sizeof *c->g);
    memcpy(c->g, g, n * sizeof *g);
    lut_meet_backward(&t, c->grad, c->dx, c->g, c->y, &in);
    give_gradients(c, dw, dx, ld, n);
}

double lut_cell_flip(lut_cell *c, const lut_regul_use *regul, float *dw, float *dx,
                     const float *x, size_t ld, size_t n)
{
    lut_penalty p = { .ops = c->backend->regul[regul->regul], .cfg = regul->cfg };
    lut_meeting t = meeting(c, n);
    lut_wires in;
    double value = 0;

    LUT_CHECK(p.ops->on == LUT_ON_OUTPUTS);
    load(c, &in, x, ld, n);
    clear_gradients(c);
    lut_meet_flip(&t, &p, n, &value, c->grad, c->dx, &in);
    give_gradients(c, dw, dx, ld, n);
    return value;
}

void lut_cell_table(const lut_cell *c, uint64_t tt[4])
{
    memset(tt, 0, 4 * sizeof *tt);
    lut_meet_harden(c->backend, &c->layer, 0, tt);
}
