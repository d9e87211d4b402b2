/* Sixteen LUTs of one parametrization with no network around them: a tile and its tables.
 * `real` tiles read rows of floats, others rows of bits, as layers do. */
#ifndef TESTS_SUPPORT_LONE_H
#define TESTS_SUPPORT_LONE_H

#include "lib/circuit/circuit.h"
#include "lib/net/backend.h"
#include "tests/support/unit.h"

#include <string.h>

enum { LONE_ENTRIES = 1 << LUT_MAX_K };

typedef struct lone {
    const lut_backend *be;
    const lut_param_ops *p;
    lut_step now;
    lut_tiles t;
    unsigned k;
    size_t entries, nweights;
    bool real, bits_out;
    double cfg[128]; /* storage of the options */
    lut_f w[LONE_ENTRIES], saved[LONE_ENTRIES];
    float coef[LUT_LANES * LONE_ENTRIES], value[LUT_LANES * LONE_ENTRIES];
    float slope[LUT_LANES * LONE_ENTRIES], gain[LUT_LANES * LONE_ENTRIES];
    uint64_t tt[LUT_LANES * 4];
} lone;

/* Tables as a layer with these inputs has them (lib/net/meet.c). */
static inline void lone_open(lone *l, const lut_backend *be, size_t param,
                             const char *options, unsigned k, const lut_step *now,
                             bool real)
{
    const lut_param_ops *p = be->param[param];
    bool noisy;
    lut_err err;

    memset(l, 0, sizeof *l);
    l->be = be;
    l->p = p;
    l->now = *now;
    l->k = k;
    l->entries = (size_t)1 << k;
    l->real = real;
    CU_ASSERT_FATAL(p->cfg_size <= sizeof l->cfg);
    if (lut_options_parse(l->cfg, options, p->name, p->fields, p->nfields, &err) != LUT_OK)
        CU_FAIL_FATAL("options of a parametrization");
    lut_param_prepare(p, l->cfg, k);
    l->nweights = p->nweights(l->cfg, k);
    CU_ASSERT_FATAL(l->nweights <= LUT_COUNT(l->w));
    l->t = (lut_tiles){ .param = p, .param_cfg = l->cfg,
                        .form = lut_param_form(p, l->cfg), .now = &l->now, .k = k,
                        .luts = LUT_LANES, .nweights = l->nweights,
                        .nsaved = p->nsaved(l->cfg, k), .w = l->w, .saved = l->saved };
    l->bits_out = !real && lut_sampling_hard(now->sampling);
    noisy = l->t.form.squash != LUT_NO_SQUASH && lut_sampling_noisy(now->sampling);
    l->t.coef = real ? l->coef : NULL;
    l->t.value = real || (l->bits_out && !noisy) ? NULL : l->value;
    l->t.slope = real ? NULL : l->slope;
    l->t.gain = !real && l->t.form.squash != LUT_NO_SQUASH ? l->gain : NULL;
    l->t.tt = l->bits_out ? l->tt : NULL;
}

/* Weight e of LUT m. */
static inline float *lone_at(lut_f *v, size_t m, size_t e)
{
    return (float *)(v + e) + m;
}

#endif
