/* Sixteen LUTs of one parametrization with no network around them: a tile, its tables, and
 * the kernels that a layer would call for one of its LUTs.
 *
 * `real` tiles read rows of floats, others rows of bits, as layers do.  Rows hold LONE_ROW
 * samples; gradients of weights come out of lut_backend.update by an optimizer that keeps
 * what it is given.
 */
#ifndef TESTS_SUPPORT_LONE_H
#define TESTS_SUPPORT_LONE_H

#include "lib/circuit/circuit.h"
#include "lib/net/backend.h"
#include "tests/support/unit.h"

#include <string.h>

enum { LONE_ENTRIES = 1 << LUT_MAX_K, LONE_ROW = 256 };

typedef struct lone {
    const lut_backend *be;
    const lut_param_ops *p;
    lut_step now;
    lut_tiles t;
    unsigned k;
    size_t entries, nweights;
    bool real, bits_out;
    double cfg[128]; /* storage of the options */
    lut_f w[LONE_ENTRIES], saved[LONE_ENTRIES], grad[LONE_ENTRIES];
    float coef[LUT_LANES * LONE_ENTRIES], value[LUT_LANES * LONE_ENTRIES];
    float slope[LUT_LANES * LONE_ENTRIES], gain[LUT_LANES * LONE_ENTRIES];
    uint64_t tt[LUT_LANES * 4];
} lone;

/* Inputs of a LUT, as floats and as bits. */
typedef struct lone_x {
    const float *f[LUT_MAX_K];
    const uint64_t *b[LUT_MAX_K];
} lone_x;

static inline void lone_keep(const void *cfg, const lut_opt_step *now, lut_f *w,
                             lut_f *state, const lut_f *g, const float *anchor, size_t n)
{
    (void)anchor;
    (void)cfg;
    (void)now;
    (void)w;
    memcpy(state, g, n * sizeof *g);
}

static inline void lone_open(lone *l, const lut_backend *be, size_t param,
                             const char *options, unsigned k, const lut_step *now,
                             bool real)
{
    const lut_param_ops *p = be->param[param];
    lut_err err;

    memset(l, 0, sizeof *l);
    l->be = be;
    l->p = p;
    l->now = *now;
    l->k = k;
    l->entries = (size_t)1 << k;
    l->real = real;
    l->bits_out = !real && (p->form.samplings == 1 << LUT_HARD || now->sampling == LUT_HARD);
    CU_ASSERT_FATAL(p->cfg_size <= sizeof l->cfg);
    if (lut_options_parse(l->cfg, options, p->name, p->fields, p->nfields, &err) != LUT_OK)
        CU_FAIL_FATAL("options of a parametrization");
    l->nweights = p->nweights(l->cfg, k);
    l->t = (lut_tiles){ .param = p, .param_cfg = l->cfg, 
                        .form = lut_param_form(p, l->cfg), .now = &l->now, .k = k,
                        .luts = LUT_LANES, .nweights = l->nweights,
                        .nsaved = p->nsaved(l->cfg, k), .w = l->w, .saved = l->saved };
    l->t.coef = real ? l->coef : NULL;
    l->t.value = real || l->bits_out ? NULL : l->value;
    l->t.slope = real ? NULL : l->slope;
    l->t.gain = !real && p->form.squash == LUT_SIGMOID ? l->gain : NULL;
    l->t.tt = l->bits_out ? l->tt : NULL;
}

/* Weight e of LUT m. */
static inline float *lone_at(lut_f *v, size_t m, size_t e)
{
    return (float *)(v + e) + m;
}

static inline void lone_set(lone *l, size_t m, const float *w)
{
    for (size_t e = 0; e < l->nweights; e++)
        *lone_at(l->w, m, e) = w[e];
}

static inline void lone_get(lone *l, size_t m, float *w)
{
    for (size_t e = 0; e < l->nweights; e++)
        w[e] = *lone_at(l->w, m, e);
}

/* Weights as a network would start with. */
static inline void lone_init(lone *l, const lut_init *how, uint64_t seed)
{
    lut_rng layer = lut_rng_make(seed, LUT_RNG_TEST, 7);
    float w[LONE_ENTRIES];

    for (size_t m = 0; m < LUT_LANES; m++) {
        lut_rng r = lut_rng_sub(&layer, m);

        l->p->init(l->cfg, l->k, w, &r, how);
        lone_set(l, m, w);
    }
    l->be->refresh(&l->t, 0);
}

/* Truth table of LUT m, as circuits get it. */
static inline void lone_harden(lone *l, size_t m, uint64_t tt[4])
{
    float w[LONE_ENTRIES];

    memset(tt, 0, 4 * sizeof *tt);
    lone_get(l, m, w);
    if (l->p->harden)
        l->p->harden(l->cfg, l->k, tt, w);
    for (size_t a = 0; a < l->entries && !l->p->harden; a++)
        tt[a / 64] |= (uint64_t)(w[a] > 0) << (a % 64);
}

/* y[s] of LUT m; bits come out as 0 and 1. */
static inline void lone_forward(lone *l, size_t m, float *y, const lone_x *x, size_t n)
{
    const lut_kernels *kern = l->be->kern;
    uint64_t bits[LONE_ROW / 64];

    if (l->real) {
        kern->interpolate(y, x->f, l->k, l->coef + m * l->entries, n);
        if (l->p->form.squash == LUT_SIGMOID)
            kern->squash(y, l->now.temperature, n);
    } else if (l->bits_out) {
        kern->lookup_bits(bits, x->b, l->k, l->tt + m * lut_table_words(l->k), n);
        for (size_t s = 0; s < n; s++)
            y[s] = (float)(bits[s / 64] >> (s % 64) & 1);
    } else {
        kern->lookup(y, x->b, l->k, l->value + m * l->entries, n);
    }
}

/* Adds to dtable[2^k] and to the rows dx (NULL: nobody wants them); y as forward gave it. */
static inline void lone_backward(lone *l, size_t m, float *dtable, float *const *dx,
                                 const float *g, const float *y, const lone_x *x, size_t n)
{
    const lut_kernels *kern = l->be->kern;
    float h[LONE_ROW];

    if (!l->real) {
        kern->lookup_backward(dtable, dx, g, x->b, l->k, l->slope + m * l->entries,
                              l->t.gain ? l->gain + m * l->entries : NULL, n);
        return;
    }
    if (l->p->form.squash == LUT_SIGMOID) {
        kern->squash_backward(h, g, y, l->now.temperature, n);
        g = h;
    }
    kern->interpolate_backward(dtable, dx, g, x->f, l->k, l->coef + m * l->entries, n);
}

/* From gradients of the kernels' tables, [16][2^k], to l->grad; weights stay. */
static inline void lone_gradient(lone *l, const float *dtable)
{
    static const lut_optim_ops keep = { .name = "keep", .nstate = 1, .tile = lone_keep };
    lut_opt_step step = { .t = 1 };
    lut_tiles_update u = { .optim = &keep, .step = &step, .state = l->grad,
                           .grad = &dtable, .ngrad = 1 };

    l->be->update(&l->t, &u, 0);
}

#endif
