/* Small networks for tests: one parametrization, two mappings, options as text. */
#ifndef TESTS_SUPPORT_NETS_H
#define TESTS_SUPPORT_NETS_H

#include "lib/net/private.h"
#include "lib/net/train.h"
#include "tests/support/unit.h"

#include <string.h>

typedef struct net_spec {
    size_t inputs;
    uint32_t classes, luts[4]; /* widths, 0-ended */
    unsigned k;
    const char *param, *first, *rest, *optim;
    const char *options; /* "NAME.OPTION VALUE ..." of all of them; NULL: defaults */
    lut_sampling sampling;
    bool residual;
    float tau, temperature, grad_factor; /* 0: 1 */
    float offset, clip_norm;
    bool anchor;
    lut_moments moments;
    bool half;
    const char *regul[4]; /* regularisers, NULL-ended */
    const lut_inlet_cfg *inlet; /* NULL: none */
} net_spec;

/* Options of one plug-in; storage of the caller. */
static inline const void *net_options(double cfg[128], const char *text, const char *name,
                                      const lut_field *fields, size_t n)
{
    lut_err err = { 0 };

    memset(cfg, 0, 128 * sizeof *cfg);
    if (lut_options_parse(cfg, text ? text : "", name, fields, n, &err) != LUT_OK) {
        fprintf(stderr, "\n%s", err.text);
        CU_FAIL_FATAL("options");
    }
    return cfg;
}

static inline lut_status net_try(lut_net **net, const net_spec *s, const lut_backend *be,
                                 uint64_t seed, lut_err *err)
{
    double param_cfg[128], first_cfg[128], rest_cfg[128], optim_cfg[128], regul_cfg[4][128];
    const lut_map_ops *map[] = { lut_map_find(s->first), lut_map_find(s->rest) };
    size_t param = lut_param_find(s->param), optim = lut_optim_find(s->optim);
    const lut_param_ops *p = lut_param_table_scalar[param];
    const lut_optim_ops *o = lut_optim_table_scalar[optim];
    float temperature = s->temperature > 0 ? s->temperature : 1;
    lut_layer_cfg layer[4];
    lut_net_cfg cfg = { .inputs = s->inputs, .inlet = s->inlet, .classes = s->classes, .layer = layer,
                        .tau = s->tau > 0 ? s->tau : 1, .offset = s->offset,
                        .sampling = s->sampling, .temperature = temperature,
                        .grad_factor = s->grad_factor > 0 ? s->grad_factor : 1,
                        .init = { s->residual, 0.951, (double)temperature, 0.1 },
                        .anchor_init = s->anchor, .optim = optim, .moments = s->moments, .half = s->half,
                        .clip_norm = s->clip_norm };
    lut_regul_use regul[4];

    cfg.regul = regul;
    for (; cfg.nregul < 4 && s->regul[cfg.nregul]; cfg.nregul++) {
        size_t r = lut_regul_find(s->regul[cfg.nregul]);
        const lut_regul_ops *ops = lut_regul_table_scalar[r];

        regul[cfg.nregul].regul = r;
        regul[cfg.nregul].cfg = net_options(regul_cfg[cfg.nregul], s->options, ops->name,
                                            ops->fields, ops->nfields);
    }

    cfg.optim_cfg = net_options(optim_cfg, s->options, o->name, o->fields, o->nfields);
    net_options(param_cfg, s->options, p->name, p->fields, p->nfields);
    net_options(first_cfg, s->options, s->first, map[0]->fields, map[0]->nfields);
    net_options(rest_cfg, s->options, s->rest, map[1]->fields, map[1]->nfields);
    for (; cfg.nlayers < 4 && s->luts[cfg.nlayers]; cfg.nlayers++)
        layer[cfg.nlayers] = (lut_layer_cfg){ s->luts[cfg.nlayers], s->k, param, param_cfg,
                                              map[cfg.nlayers > 0],
                                              cfg.nlayers ? rest_cfg : first_cfg };
    return lut_net_create(net, &cfg, be, seed, err);
}

static inline lut_net *net_make(const net_spec *s, const lut_backend *be, uint64_t seed)
{
    lut_net *net = NULL;
    lut_err err;

    if (net_try(&net, s, be, seed, &err) != LUT_OK) {
        fprintf(stderr, "\n%s", err.text);
        CU_FAIL_FATAL("no network");
    }
    return net;
}

/* plane: samples that walk together; 0: as many as the library chooses. */
static inline lut_ws *net_space_planes(const lut_net *net, size_t capacity, size_t plane,
                                       unsigned threads)
{
    lut_ws *ws = NULL;
    lut_exec exec = { .threads = threads };

    CU_ASSERT_FATAL(lut_ws_create_planes(&ws, net, capacity, plane, &exec, NULL) == LUT_OK);
    return ws;
}

static inline lut_ws *net_space(const lut_net *net, size_t capacity, unsigned threads)
{
    return net_space_planes(net, capacity, 0, threads);
}

/* ---- samples ---- */

enum { NET_ROWS = 700, NET_WORDS = 2 };

typedef uint16_t (*net_rule)(uint64_t x);

static inline uint16_t net_parity4(uint64_t x)
{
    return (uint16_t)__builtin_parityll(x & 15);
}

static inline uint16_t net_either(uint64_t x)
{
    return (uint16_t)((x ^ x >> 1) & 1);
}

static inline uint16_t net_modulo3(uint64_t x)
{
    return (uint16_t)(x % 3);
}

/* n random samples, labelled by their first word; storage of the program, made anew. */
static inline lut_samples net_samples(size_t n, size_t inputs, net_rule label)
{
    static uint64_t words[NET_ROWS * NET_WORDS];
    static uint16_t labels[NET_ROWS];
    lut_rng r = lut_rng_make(inputs, LUT_RNG_TEST, n);

    for (size_t i = 0; i < n; i++)
        for (size_t w = 0; w < NET_WORDS; w++) {
            size_t bits = inputs > 64 * w ? inputs - 64 * w : 0;
            uint64_t x = lut_rng_next(&r);

            words[i * NET_WORDS + w] = bits < 64 ? x & (((uint64_t)1 << bits) - 1) : x;
            if (w == 0)
                labels[i] = label(words[i * NET_WORDS]);
        }
    return (lut_samples){ .x = words, .ld = NET_WORDS, .inputs = inputs, .label = labels, .n = n };
}

#endif
