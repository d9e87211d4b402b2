#include "sweep/record_network.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FEATURES, THRESHOLDS, BITS, ENCODER_SHAPE }; /* encoder.shape */
enum { WIDTH, FRAC, SIGNED, ENCODER_INPUT };        /* encoder.input */
enum { INPUTS, CLASSES, LAYERS }; /* circuit.shape, then luts, k, ... */
enum { NAME = 32 };

/* Names are padded with 0, so that what lies behind their end does not count. */
static void put_feature_names(sweep_entry_sink *s, const lut_encoder *enc)
{
    sweep_entry_begin(s, "encoder.name", SWEEP_ENTRY_U8,
                      enc->features * LUT_FEATURE_NAME);
    for (size_t f = 0; f < enc->features; f++) {
        char name[LUT_FEATURE_NAME] = { 0 };

        memcpy(name, enc->name[f], strnlen(enc->name[f], sizeof name - 1));
        sweep_entry_more(s, SWEEP_ENTRY_U8, name, sizeof name);
    }
}

static void put_encoder(sweep_entry_sink *s, const lut_encoder *enc)
{
    const uint64_t shape[] = { enc->features, enc->thresholds, enc->bits };
    const double input[] = { enc->input.width, enc->input.frac, enc->input.is_signed };

    sweep_entry_put(s, "encoder.kind", SWEEP_ENTRY_U8, enc->kind,
                    strnlen(enc->kind, sizeof enc->kind - 1));
    sweep_entry_put(s, "encoder.shape", SWEEP_ENTRY_U64, shape, ENCODER_SHAPE);
    sweep_entry_put(s, "encoder.input", SWEEP_ENTRY_F64, input, ENCODER_INPUT);
    sweep_entry_put(s, "encoder.threshold", SWEEP_ENTRY_F32, enc->threshold,
                    enc->features * enc->thresholds);
    sweep_entry_put(s, "encoder.codes", SWEEP_ENTRY_U8, enc->codes,
                    (enc->thresholds + 1) * enc->bits);
    put_feature_names(s, enc);
}

static void put_circuit(sweep_entry_sink *s, const lut_circuit *c)
{
    uint32_t shape[LAYERS + 2 * LUT_MAX_LAYERS] = { c->inputs, c->classes };
    char name[NAME];

    for (uint32_t l = 0; l < c->nlayers; l++) {
        shape[LAYERS + 2 * l] = c->layer[l].luts;
        shape[LAYERS + 2 * l + 1] = c->layer[l].k;
    }
    sweep_entry_put(s, "circuit.shape", SWEEP_ENTRY_U32, shape,
                    LAYERS + 2 * c->nlayers);
    for (uint32_t l = 0; l < c->nlayers; l++) {
        const lut_circuit_layer *layer = &c->layer[l];

        snprintf(name, sizeof name, "circuit.wire.%u", (unsigned)l);
        sweep_entry_put(s, name, SWEEP_ENTRY_U32, layer->wire,
                        (size_t)layer->luts * layer->k);
        snprintf(name, sizeof name, "circuit.tt.%u", (unsigned)l);
        sweep_entry_put(s, name, SWEEP_ENTRY_U64, layer->tt,
                        layer->luts * lut_table_words(layer->k));
    }
}

void sweep_record_put_network(sweep_entry_sink *s, const sweep_result *r)
{
    const uint64_t ntest = r->ntest;

    put_encoder(s, &r->encoder);
    put_circuit(s, &r->circuit);
    sweep_entry_put(s, "confusion", SWEEP_ENTRY_U32, r->confusion,
                    (size_t)r->classes * r->classes);
    sweep_entry_put(s, "ntest", SWEEP_ENTRY_U64, &ntest, 1);
    sweep_entry_put(s, "correct", SWEEP_ENTRY_U8, r->correct, (r->ntest + 7) / 8);
}

/* Whether an entry holds count values, before memory is asked for: damaged shapes must
 * not become gigabytes. */
static lut_status expect(const sweep_entries *e, const char *name, size_t count,
                         lut_err *err)
{
    const sweep_entry *f = sweep_entries_find(e, name);

    if (!f || f->count != count)
        return lut_fail(err, LUT_EFORMAT, "%s has %zu values, want %zu", name,
                        f ? f->count : 0, count);
    return LUT_OK;
}

static void *room(size_t count, size_t size)
{
    return calloc(count ? count : 1, size);
}

static lut_status get_feature_names(lut_encoder *enc, const sweep_entries *e,
                                    lut_err *err)
{
    LUT_TRY(sweep_entries_get(e, "encoder.name", SWEEP_ENTRY_U8, enc->name,
                              enc->features * LUT_FEATURE_NAME, err));
    for (size_t f = 0; f < enc->features; f++)
        if (enc->name[f][LUT_FEATURE_NAME - 1])
            return lut_fail(err, LUT_EFORMAT, "the name of feature %zu has no end", f);
    return LUT_OK;
}

static lut_status encoder_shape(lut_encoder *enc, const sweep_entries *e, lut_err *err)
{
    uint64_t shape[ENCODER_SHAPE];

    LUT_TRY(sweep_entries_get(e, "encoder.shape", SWEEP_ENTRY_U64, shape, ENCODER_SHAPE,
                              err));
    if (shape[FEATURES] > UINT32_MAX || shape[THRESHOLDS] > UINT16_MAX ||
        shape[BITS] == 0 || shape[BITS] > LUT_MAX_ENCODER_BITS)
        return lut_fail(err, LUT_EFORMAT, "encoder.shape is out of range");
    enc->features = (size_t)shape[FEATURES];
    enc->thresholds = (size_t)shape[THRESHOLDS];
    enc->bits = (size_t)shape[BITS];
    enc->outputs = enc->features * enc->bits;
    LUT_TRY(expect(e, "encoder.name", enc->features * LUT_FEATURE_NAME, err));
    LUT_TRY(expect(e, "encoder.threshold", enc->features * enc->thresholds, err));
    return expect(e, "encoder.codes", (enc->thresholds + 1) * enc->bits, err);
}

static lut_status encoder_input(lut_fixed *input, const sweep_entries *e, lut_err *err)
{
    double v[ENCODER_INPUT];

    LUT_TRY(
        sweep_entries_get(e, "encoder.input", SWEEP_ENTRY_F64, v, ENCODER_INPUT, err));
    if (!(v[WIDTH] >= 0 && v[WIDTH] <= LUT_MAX_INPUT_WIDTH &&
          fabs(v[FRAC]) <= LUT_MAX_INPUT_FRAC))
        return lut_fail(err, LUT_EFORMAT, "encoder.input is out of range");
    *input = (lut_fixed){ (uint32_t)v[WIDTH], (int32_t)v[FRAC], v[SIGNED] != 0 };
    return LUT_OK;
}

static lut_status get_encoder(lut_encoder *enc, const sweep_entries *e, lut_err *err)
{
    const sweep_entry *kind = sweep_entries_find(e, "encoder.kind");

    if (!kind || kind->type != SWEEP_ENTRY_U8 || kind->count >= sizeof enc->kind ||
        memchr(kind->data, 0, kind->count))
        return lut_fail(err, LUT_EFORMAT, "encoder.kind is no name");
    memcpy(enc->kind, kind->data, kind->count);
    LUT_TRY(encoder_shape(enc, e, err));
    LUT_TRY(encoder_input(&enc->input, e, err));
    enc->threshold = room(enc->features * enc->thresholds, sizeof *enc->threshold);
    enc->codes = room((enc->thresholds + 1) * enc->bits, 1);
    enc->name = room(enc->features, sizeof *enc->name);
    if (!enc->threshold || !enc->codes || !enc->name)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    LUT_TRY(sweep_entries_get(e, "encoder.threshold", SWEEP_ENTRY_F32, enc->threshold,
                              enc->features * enc->thresholds, err));
    LUT_TRY(sweep_entries_get(e, "encoder.codes", SWEEP_ENTRY_U8, enc->codes,
                              (enc->thresholds + 1) * enc->bits, err));
    return get_feature_names(enc, e, err);
}

/* Shape and the size of every array, all before anything is allocated. */
static lut_status circuit_shape(uint32_t shape[LAYERS + 2 * LUT_MAX_LAYERS],
                                uint32_t *nlayers, const sweep_entries *e, lut_err *err)
{
    const sweep_entry *f = sweep_entries_find(e, "circuit.shape");
    char name[NAME];

    if (!f || f->count < LAYERS || f->count > LAYERS + 2 * LUT_MAX_LAYERS ||
        f->count % 2)
        return lut_fail(err, LUT_EFORMAT, "circuit.shape is out of range");
    LUT_TRY(
        sweep_entries_get(e, "circuit.shape", SWEEP_ENTRY_U32, shape, f->count, err));
    *nlayers = (uint32_t)(f->count - LAYERS) / 2;
    for (uint32_t l = 0; l < *nlayers; l++) {
        uint32_t luts = shape[LAYERS + 2 * l], k = shape[LAYERS + 2 * l + 1];

        if (luts == 0 || k == 0 || k > LUT_MAX_K)
            return lut_fail(err, LUT_EFORMAT, "layer %u has %u LUTs of %u inputs",
                            (unsigned)l, (unsigned)luts, (unsigned)k);
        snprintf(name, sizeof name, "circuit.wire.%u", (unsigned)l);
        LUT_TRY(expect(e, name, (size_t)luts * k, err));
        snprintf(name, sizeof name, "circuit.tt.%u", (unsigned)l);
        LUT_TRY(expect(e, name, luts * lut_table_words(k), err));
    }
    return LUT_OK;
}

static lut_status get_layer(lut_circuit_layer *layer, const sweep_entries *e,
                            uint32_t l, lut_err *err)
{
    char name[NAME];

    snprintf(name, sizeof name, "circuit.wire.%u", (unsigned)l);
    LUT_TRY(sweep_entries_get(e, name, SWEEP_ENTRY_U32, layer->wire,
                              (size_t)layer->luts * layer->k, err));
    snprintf(name, sizeof name, "circuit.tt.%u", (unsigned)l);
    return sweep_entries_get(e, name, SWEEP_ENTRY_U64, layer->tt,
                             layer->luts * lut_table_words(layer->k), err);
}

static lut_status get_circuit(lut_circuit *c, const sweep_entries *e, lut_err *err)
{
    uint32_t shape[LAYERS + 2 * LUT_MAX_LAYERS], nlayers = 0;
    uint32_t luts[LUT_MAX_LAYERS], k[LUT_MAX_LAYERS];

    LUT_TRY(circuit_shape(shape, &nlayers, e, err));
    for (uint32_t l = 0; l < nlayers; l++) {
        luts[l] = shape[LAYERS + 2 * l];
        k[l] = shape[LAYERS + 2 * l + 1];
    }
    LUT_TRY(lut_circuit_alloc(c, shape[INPUTS], shape[CLASSES], nlayers, luts, k, err));
    for (uint32_t l = 0; l < nlayers; l++)
        LUT_TRY(get_layer(&c->layer[l], e, l, err));
    return lut_circuit_check(c, err);
}

static lut_status get_evaluation(sweep_result *r, const sweep_entries *e, lut_err *err)
{
    const size_t cells = (size_t)r->classes * r->classes;
    uint64_t ntest;
    size_t bytes;

    LUT_TRY(sweep_entries_get(e, "ntest", SWEEP_ENTRY_U64, &ntest, 1, err));
    r->ntest = (size_t)ntest;
    bytes = r->ntest / 8 + (r->ntest % 8 != 0);
    LUT_TRY(expect(e, "confusion", cells, err));
    LUT_TRY(expect(e, "correct", bytes, err));
    r->confusion = room(cells, sizeof *r->confusion);
    r->correct = room(bytes, 1);
    if (!r->confusion || !r->correct)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    LUT_TRY(
        sweep_entries_get(e, "confusion", SWEEP_ENTRY_U32, r->confusion, cells, err));
    return sweep_entries_get(e, "correct", SWEEP_ENTRY_U8, r->correct, bytes, err);
}

lut_status sweep_record_get_network(sweep_result *r, const sweep_entries *e,
                                    lut_err *err)
{
    LUT_TRY(get_encoder(&r->encoder, e, err));
    LUT_TRY(get_circuit(&r->circuit, e, err));
    if (r->circuit.inputs != r->encoder.features * r->encoder.bits)
        return lut_fail(
            err, LUT_EFORMAT, "the network has %u inputs, its encoder %zu bits",
            (unsigned)r->circuit.inputs, r->encoder.features * r->encoder.bits);
    if (r->circuit.classes == 0 || r->circuit.classes > LUT_MAX_CLASSES)
        return lut_fail(err, LUT_EFORMAT, "the network has %u classes",
                        (unsigned)r->circuit.classes);
    r->classes = r->circuit.classes;
    return get_evaluation(r, e, err);
}
