/* Random designs to export: data, a fitted encoder on fixed-point inputs, and a circuit with
 * what training leaves behind, constants, wires and repetitions. */
#ifndef TESTS_SUPPORT_DESIGNS_H
#define TESTS_SUPPORT_DESIGNS_H

#include "lib/base/rng.h"
#include "lib/export/export.h"

#include <stdlib.h>
#include <string.h>

typedef struct design_shape {
    const char *encoder;
    size_t features, bits, rows;
    lut_fixed input;
    uint32_t nlayers, classes;
    uint32_t luts[4], k[4];
    uint64_t seed;
} design_shape;

typedef struct random_design {
    lut_dataset data;
    lut_encoder encoder;
    lut_circuit circuit;
    lut_export_vectors vectors;
    lut_export_design design;
} random_design;

/* Values over twice the range of the inputs where it is small, so that some saturate. */
static inline void design_fill_data(lut_dataset *d, const lut_fixed *q, lut_rng *rng)
{
    double unit = 1, range;

    for (int32_t i = 0; i < q->frac; i++)
        unit /= 2;
    range = unit * (double)((uint64_t)1 << (q->width ? q->width : 8));
    for (size_t i = 0; i < d->samples * d->features; i++) {
        double u = (double)lut_rng_below(rng, 1 << 20) / (1 << 20);

        d->x[i] = (float)((u * 1.2 - (q->is_signed ? 0.6 : 0)) * range);
    }
    for (size_t i = 0; i < d->samples; i++)
        d->label[i] = 0;
    d->classes = 1;
}

static inline void design_fill_circuit(lut_circuit *c, lut_rng *rng)
{
    uint32_t below = c->inputs;

    for (uint32_t l = 0; l < c->nlayers; l++) {
        lut_circuit_layer *layer = &c->layer[l];
        size_t words = lut_table_words(layer->k);
        uint64_t used = layer->k < 6 ? ((uint64_t)1 << (1u << layer->k)) - 1 : UINT64_MAX;

        for (size_t i = 0; i < (size_t)layer->luts * layer->k; i++)
            layer->wire[i] = (uint32_t)lut_rng_below(rng, below);
        for (size_t i = 0; i < layer->luts * words; i++) {
            uint64_t pick = lut_rng_below(rng, 12);

            layer->tt[i] = pick == 0   ? 0
                           : pick == 1 ? used
                           : pick == 2 ? 0xaaaaaaaaaaaaaaaa & used
                           : pick == 3 ? 0x5555555555555555 & used
                                       : lut_rng_next(rng) & used;
        }
        below = layer->luts;
    }
}

static inline lut_status design_fit(random_design *r, const design_shape *s, lut_err *err)
{
    const lut_encode_ops *ops = NULL;
    double options[128] = { 0 };
    lut_encode_data in = { .d = &r->data, .n = r->data.samples, .set = "set" };
    lut_encoder_cfg cfg = { .cfg = options, .bits = s->bits, .input = s->input,
                            .sign = s->input.is_signed ? LUT_SIGNED : LUT_UNSIGNED };

    for (size_t i = 0; lut_encode_table[i]; i++)
        if (strcmp(lut_encode_table[i]->name, s->encoder) == 0)
            ops = lut_encode_table[i];
    if (!ops)
        return lut_fail(err, LUT_ENOENT, "no encoder %s", s->encoder);
    lut_fields_default(ops->fields, ops->nfields, options);
    cfg.ops = ops;
    return lut_encoder_fit(&r->encoder, &cfg, &in, err);
}

static inline lut_status design_make(random_design *r, const design_shape *s, lut_err *err)
{
    static const char *const note[] = { "a random network", "two lines of notes" };
    lut_rng rng = lut_rng_make(s->seed, LUT_RNG_TEST, 0);

    memset(r, 0, sizeof *r);
    LUT_TRY(lut_dataset_alloc(&r->data, s->rows, s->features, err));
    design_fill_data(&r->data, &s->input, &rng);
    LUT_TRY(design_fit(r, s, err));
    LUT_TRY(lut_circuit_alloc(&r->circuit, (uint32_t)(s->features * r->encoder.bits), s->classes,
                              s->nlayers, s->luts, s->k, err));
    design_fill_circuit(&r->circuit, &rng);
    r->vectors = (lut_export_vectors){ .data = &r->data, .n = s->rows };
    r->design = (lut_export_design){ .name = "net",
                              .digest = "0123456789abcdef",
                              .note = note,
                              .nnotes = 2,
                              .circuit = &r->circuit,
                              .encoder = &r->encoder,
                              .vectors = &r->vectors };
    return lut_export_check(&r->design, err);
}

static inline void design_free(random_design *r)
{
    lut_dataset_fini(&r->data);
    lut_encoder_fini(&r->encoder);
    lut_circuit_fini(&r->circuit);
}

#endif
