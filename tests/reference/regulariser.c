/* kind = regulariser: penalties on tables, on weights and on outputs. */
#include "lib/net/cell.h"
#include "lib/net/net.h"
#include "tests/reference/case.h"

#include <stdio.h>
#include <string.h>

enum { MOST_TABLES = 1 << 16, MOST_SAMPLES = 1 << 16 };

typedef struct penalty {
    lut_regul_use use;
    const lut_regul_ops *ops;
    unsigned k;
    size_t entries;
    double tolerance, value;
} penalty;

/* The regulariser of that name with its whole weight. */
static bool penalty_read(vec_case *c, penalty *p)
{
    char text[2 * VEC_TEXT];
    int at;

    p->k = (unsigned)vec_whole(c, "rank", 1, LUT_MAX_K);
    p->entries = (size_t)1 << p->k;
    p->tolerance = vec_number(c, "tolerance");
    p->value = vec_number(c, "value");
    p->use.regul = lut_regul_find(c->variant);
    if (p->use.regul == SIZE_MAX) {
        vec_problem(c, "the library has no regulariser \"%s\"", c->variant);
        return false;
    }
    p->ops = lut_regul_table_scalar[p->use.regul];
    at = snprintf(text, sizeof text, "%s.weight 1", c->variant);
    if (vec_has(c, "p"))
        snprintf(text + at, sizeof text - (size_t)at, " %s.p %zu", c->variant,
                 vec_whole(c, "p", 1, 64));
    p->use.cfg = vec_options(c, text, c->variant, p->ops->fields, p->ops->nfields,
                             p->ops->cfg_size);
    return vec_ok(c);
}

static void compare_value(vec_case *c, const penalty *p, double value)
{
    vec_compare(c, "value", &value, &p->value, 1, VEC_RELATIVE, p->tolerance);
}

/* ---- on tables and weights ---- */

/* A layer of those tables: with dwn entries are the weights, and penalties on weights say
 * themselves whose.  One class, so that the loss has no gradient. */
static lut_net *tables_net(vec_case *c, const penalty *p, const lut_backend *be,
                           const float *table, size_t luts)
{
    const char *name = p->ops->param ? p->ops->param : "dwn";
    size_t param = lut_param_find(name), optim = lut_optim_find("sgd");
    const lut_param_ops *o = lut_param_table_scalar[param];
    const lut_optim_ops *sgd = lut_optim_table_scalar[optim];
    const lut_map_ops *map = lut_map_find("random");
    lut_layer_cfg layer = { .luts = (uint32_t)luts,
                            .k = p->k,
                            .param = param,
                            .param_cfg = vec_options(c, "", name, o->fields, o->nfields,
                                                     o->cfg_size),
                            .map = map,
                            .map_cfg = vec_options(c, "", map->name, map->fields,
                                                   map->nfields, map->cfg_size) };
    lut_net_cfg cfg = {
        .inputs = p->k,
        .classes = 1,
        .nlayers = 1,
        .layer = &layer,
        .tau = 1,
        .temperature = 1,
        .grad_factor = 1,
        .init = { .temperature = 1 },
        .optim = optim,
        .optim_cfg =
            vec_options(c, "", sgd->name, sgd->fields, sgd->nfields, sgd->cfg_size),
        .regul = &p->use,
        .nregul = 1,
    };
    lut_net *net = NULL;
    lut_err err = { 0 };

    if (!vec_ok(c))
        return NULL;
    if (lut_net_create(&net, &cfg, be, 1, &err) != LUT_OK) {
        vec_problem(c, "no such network: %s", err.text);
        return NULL;
    }
    for (uint32_t m = 0; m < luts; m++)
        lut_net_set_lut_weights(net, 0, m, table + m * p->entries);
    lut_net_refresh(net, &(lut_exec){ .threads = 1 });
    return net;
}

/* One step on one sample makes the weights the gradient. */
static void compare_gradient(vec_case *c, const penalty *p, lut_net *net,
                             const double *r, size_t luts)
{
    static const uint64_t word;
    static const uint16_t label;
    const lut_samples s = {
        .x = &word, .ld = 1, .inputs = p->k, .label = &label, .n = 1
    };
    lut_opt_step step = { .lr = 1, .power = { 1, 1 } };
    float *a = vec_room(c, luts * p->entries, sizeof *a);
    lut_score score = { 0 };
    lut_err err = { 0 };
    lut_ws *ws = NULL;

    if (lut_ws_create(&ws, net, 1, &(lut_exec){ .threads = 1 }, &err) != LUT_OK) {
        vec_problem(c, "no work space: %s", err.text);
        return;
    }
    lut_net_step(net, ws, &score, &s, NULL, 1, &step);
    for (uint32_t m = 0; m < luts; m++)
        lut_net_lut_weights(net, 0, m, a + m * p->entries);
    vec_compare_floats(c, "gradient", a, r, luts * p->entries, VEC_RELATIVE,
                       p->tolerance);
    lut_ws_destroy(ws);
}

static void on_tables(vec_case *c, const penalty *p)
{
    size_t luts = vec_whole(c, "tables", 1, MOST_TABLES);
    const float *table = vec_floats(c, "table", VEC_SHAPE(luts, p->entries));
    const double *r = vec_array(c, "gradient", VEC_SHAPE(luts, p->entries));
    lut_net *net = NULL;

    if (vec_ok(c))
        net = tables_net(c, p, vec_taking(c, c->be), table, luts);
    if (!net)
        return;
    compare_value(c, p, lut_net_penalty(net, &(lut_exec){ .threads = 1 }));
    compare_gradient(c, p, net, r, luts);
    lut_net_destroy(net);
}

/* ---- on outputs ---- */

typedef struct outputs {
    size_t n, ld;
    float *x, *w; /* x: [k][ld] */
    const double *rdw, *rdx;
    bool bits;
} outputs;

static bool outputs_read(vec_case *c, const penalty *p, outputs *o)
{
    const float *x;

    o->n = vec_whole(c, "batch", 1, MOST_SAMPLES);
    o->ld = lut_round_up(o->n, LUT_BLOCK);
    x = vec_floats(c, "x", VEC_SHAPE(p->k, o->n));
    o->w = vec_floats(c, "w", VEC_SHAPE(p->entries));
    o->rdw = vec_array(c, "dw", VEC_SHAPE(p->entries));
    o->rdx = vec_array(c, "dx", VEC_SHAPE(p->k, o->n));
    if (!vec_ok(c))
        return false;
    o->x = vec_room(c, p->k * o->ld, sizeof *o->x);
    o->bits = true;
    for (size_t i = 0; i < p->k * o->n; i++) {
        o->x[i / o->n * o->ld + i % o->n] = x[i];
        o->bits = o->bits && (x[i] == 0 || x[i] == 1);
    }
    return true;
}

static void flip(vec_case *c, const penalty *p, const outputs *o, bool bits)
{
    size_t param = lut_param_find("light");
    const lut_param_ops *ops = lut_param_table_scalar[param];
    lut_cell_cfg cfg = { .k = p->k,
                         .param = param,
                         .param_cfg = vec_options(c, "", ops->name, ops->fields,
                                                  ops->nfields, ops->cfg_size),
                         .sampling = LUT_SOFT,
                         .temperature = 1,
                         .bits = bits,
                         .capacity = o->n };
    float *dw = vec_room(c, p->entries, sizeof *dw);
    float *dx = vec_room(c, p->k * o->ld, sizeof *dx);
    lut_cell *cell = NULL;
    lut_err err = { 0 };

    c->path = bits ? "bits" : "reals";
    if (lut_cell_create(&cell, &cfg, c->be, &err) != LUT_OK) {
        vec_problem(c, "no such neuron: %s", err.text);
        return;
    }
    lut_cell_set(cell, o->w);
    compare_value(c, p, lut_cell_flip(cell, &p->use, dw, dx, o->x, o->ld, o->n));
    vec_compare_floats(c, "dw", dw, o->rdw, p->entries, VEC_RELATIVE, p->tolerance);
    for (size_t j = 1; j < p->k; j++)
        memmove(dx + j * o->n, dx + j * o->ld, o->n * sizeof *dx);
    vec_compare_floats(c, "dx", dx, o->rdx, p->k * o->n, VEC_RELATIVE, p->tolerance);
    lut_cell_destroy(cell);
}

static void on_outputs(vec_case *c, const penalty *p)
{
    outputs o = { .n = 0 };

    if (!outputs_read(c, p, &o))
        return;
    if (o.bits)
        flip(c, p, &o, true);
    flip(c, p, &o, false);
}

void vec_regulariser(vec_case *c)
{
    penalty p = { .k = 0 };

    if (!penalty_read(c, &p))
        return;
    if (p.ops->on == LUT_ON_OUTPUTS)
        on_outputs(c, &p);
    else
        on_tables(c, &p);
}
