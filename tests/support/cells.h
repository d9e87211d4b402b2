/* One LUT on the code that layers run: cells of any parametrization, kernel set and rank,
 * and rows of inputs for them. */
#ifndef TESTS_SUPPORT_CELLS_H
#define TESTS_SUPPORT_CELLS_H

#include "lib/net/cell.h"
#include "tests/support/unit.h"

#include <math.h>
#include <string.h>

enum { CELL_ROW = 256 };

/* What a law is tried on. */
typedef struct setting {
    const lut_backend *be;
    size_t param;
    const lut_param_ops *p;
    unsigned k;
} setting;

/* Inputs, upstream gradient and results of one LUT. */
typedef struct rows {
    float x[LUT_MAX_K * CELL_ROW], g[CELL_ROW], y[CELL_ROW], dx[LUT_MAX_K * CELL_ROW];
    float w[LUT_MAX_WEIGHTS], dw[LUT_MAX_WEIGHTS];
    size_t n, nweights;
} rows;

/* Options as text; storage of the caller. */
static inline const void *cell_options(double cfg[128], const setting *t, const char *text)
{
    lut_err err = { 0 };

    memset(cfg, 0, 128 * sizeof *cfg);
    CU_ASSERT_FATAL(t->p->cfg_size <= 128 * sizeof *cfg);
    if (lut_options_parse(cfg, text, t->p->name, t->p->fields, t->p->nfields, &err)) {
        fprintf(stderr, "\n%s", err.text);
        CU_FAIL_FATAL("options");
    }
    return cfg;
}

/* The same for a tile. */
static inline const void *cell_prepared(double cfg[128], const setting *t, const char *text)
{
    cell_options(cfg, t, text);
    lut_param_prepare(t->p, cfg, t->k);
    return cfg;
}

static inline lut_form cell_form(const setting *t, const char *options)
{
    double cfg[128];

    return lut_param_form(t->p, cell_options(cfg, t, options));
}

static inline lut_cell *cell_make(const setting *t, const char *options, lut_step now,
                                  bool bits)
{
    double storage[128];
    lut_cell_cfg cfg = { .k = t->k, .param = t->param, .sampling = now.sampling,
                         .temperature = now.temperature, .noise = now.noise, .bits = bits,
                         .capacity = CELL_ROW };
    lut_cell *c = NULL;
    lut_err err = { 0 };

    cfg.param_cfg = cell_options(storage, t, options);
    if (lut_cell_create(&c, &cfg, t->be, &err) != LUT_OK) {
        fprintf(stderr, "\n%s", err.text);
        CU_FAIL_FATAL("no cell");
    }
    return c;
}

/* Weights as a network would start with. */
static inline void cell_start(rows *r, const setting *t, const char *options,
                              const lut_init *how, uint64_t seed)
{
    double cfg[128];
    lut_rng rng = lut_rng_make(seed, LUT_RNG_TEST, 7);

    t->p->init(cell_options(cfg, t, options), t->k, r->w, &rng, how);
    r->nweights = t->p->nweights(cfg, t->k);
}

/* n random samples; bits: of 0 and 1. */
static inline void cell_fill(rows *r, size_t n, bool bits, uint64_t seed)
{
    lut_rng rng = lut_rng_make(seed, LUT_RNG_TEST, 0);

    for (size_t i = 0; i < LUT_MAX_K * CELL_ROW; i++)
        r->x[i] = (float)(bits ? (double)lut_rng_below(&rng, 2) : lut_rng_uniform(&rng));
    for (size_t s = 0; s < CELL_ROW; s++)
        r->g[s] = s < n ? (float)lut_rng_normal(&rng) : 0;
    r->n = n;
}

/* Every address once. */
static inline void cell_corners(rows *r, unsigned k)
{
    r->n = (size_t)1 << k;
    for (size_t a = 0; a < r->n; a++) {
        r->g[a] = 1;
        for (unsigned j = 0; j < k; j++)
            r->x[j * CELL_ROW + a] = (float)(a >> (k - 1 - j) & 1);
    }
}

/* Values of the rows' weights at the rows' inputs. */
static inline void cell_values(lut_cell *c, rows *r)
{
    lut_cell_set(c, r->w);
    lut_cell_forward(c, r->y, r->x, CELL_ROW, r->n);
}

/* The same and all gradients. */
static inline void cell_gradients(lut_cell *c, rows *r)
{
    cell_values(c, r);
    lut_cell_backward(c, r->dw, r->dx, r->g, r->x, CELL_ROW, r->n);
}

/* One run of a cell that is made for it. */
static inline void cell_run(rows *r, const setting *t, const char *options, lut_step now,
                            bool bits)
{
    lut_cell *c = cell_make(t, options, now, bits);

    cell_gradients(c, r);
    lut_cell_destroy(c);
}

static inline void cell_table(uint64_t tt[4], const rows *r, const setting *t,
                              const char *options)
{
    lut_cell *c = cell_make(t, options, (lut_step){ 1, LUT_HARD, 0 }, true);

    lut_cell_set(c, r->w);
    lut_cell_table(c, tt);
    lut_cell_destroy(c);
}

#endif
