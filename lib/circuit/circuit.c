#include "lib/circuit/circuit.h"

#include <stdlib.h>
#include <string.h>

static lut_status check_sizes(uint32_t inputs, uint32_t classes, uint32_t nlayers,
                              lut_err *err)
{
    if (inputs == 0)
        return lut_fail(err, LUT_EINVAL, "0 inputs, want at least one");
    if (classes < 1 || classes > LUT_MAX_CLASSES)
        return lut_fail(err, LUT_EINVAL, "%u classes, want 1..%d", classes,
                        LUT_MAX_CLASSES);
    if (nlayers < 1 || nlayers > LUT_MAX_LAYERS)
        return lut_fail(err, LUT_EINVAL, "%u layers, want 1..%d", nlayers,
                        LUT_MAX_LAYERS);
    return LUT_OK;
}

static lut_status check_layer_size(uint32_t l, uint32_t luts, uint32_t k, lut_err *err)
{
    if (luts == 0)
        return lut_fail(err, LUT_EINVAL, "layer %u: 0 LUTs, want at least one", l);
    if (k < 1 || k > LUT_MAX_K)
        return lut_fail(err, LUT_EINVAL, "layer %u: LUTs of %u inputs, want 1..%d", l,
                        k, LUT_MAX_K);
    return LUT_OK;
}

static lut_status alloc_layer(lut_circuit_layer *layer, uint32_t l, uint32_t luts,
                              uint32_t k, lut_err *err)
{
    LUT_TRY(check_layer_size(l, luts, k, err));
    layer->luts = luts;
    layer->k = k;
    layer->wire = calloc(luts, k * sizeof *layer->wire);
    layer->tt = calloc(luts, lut_table_words(k) * sizeof *layer->tt);
    if (!layer->wire || !layer->tt)
        return lut_fail(err, LUT_ENOMEM, "layer %u: no memory for %u LUTs of %u inputs",
                        l, luts, k);
    return LUT_OK;
}

lut_status lut_circuit_alloc(lut_circuit *c, uint32_t inputs, uint32_t classes,
                             uint32_t nlayers, const uint32_t *luts, const uint32_t *k,
                             lut_err *err)
{
    lut_status st;

    *c = (lut_circuit){ .inputs = inputs, .classes = classes };
    LUT_TRY(check_sizes(inputs, classes, nlayers, err));
    c->layer = calloc(nlayers, sizeof *c->layer);
    if (!c->layer)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u layers", nlayers);
    c->nlayers = nlayers;
    for (uint32_t l = 0; l < nlayers; l++) {
        st = alloc_layer(&c->layer[l], l, luts[l], k[l], err);
        if (st != LUT_OK) {
            lut_circuit_fini(c);
            return st;
        }
    }
    return LUT_OK;
}

lut_status lut_circuit_copy(lut_circuit *to, const lut_circuit *c, lut_err *err)
{
    uint32_t luts[LUT_MAX_LAYERS], k[LUT_MAX_LAYERS];

    for (uint32_t l = 0; l < c->nlayers; l++) {
        luts[l] = c->layer[l].luts;
        k[l] = c->layer[l].k;
    }
    LUT_TRY(lut_circuit_alloc(to, c->inputs, c->classes, c->nlayers, luts, k, err));
    for (uint32_t l = 0; l < c->nlayers; l++) {
        const lut_circuit_layer *from = &c->layer[l];

        memcpy(to->layer[l].wire, from->wire,
               (size_t)from->luts * from->k * sizeof *from->wire);
        memcpy(to->layer[l].tt, from->tt,
               from->luts * lut_table_words(from->k) * sizeof *from->tt);
    }
    return LUT_OK;
}

static lut_status check_wires(const lut_circuit_layer *layer, uint32_t l,
                              uint32_t below, lut_err *err)
{
    size_t slots = (size_t)layer->luts * layer->k;

    for (size_t i = 0; i < slots; i++)
        if (layer->wire[i] >= below)
            return lut_fail(err, LUT_EINVAL,
                            "layer %u: LUT %zu, input %zu reads output %u of the layer "
                            "before, want 0..%u",
                            l, i / layer->k, i % layer->k, layer->wire[i], below - 1);
    return LUT_OK;
}

static lut_status check_tables(const lut_circuit_layer *layer, uint32_t l, lut_err *err)
{
    unsigned entries = 1u << layer->k;

    for (uint32_t m = 0; entries < 64 && m < layer->luts; m++)
        if (layer->tt[m] >> entries)
            return lut_fail(err, LUT_EINVAL,
                            "layer %u: LUT %u: table has bits beyond its %u entries", l,
                            m, entries);
    return LUT_OK;
}

lut_status lut_circuit_check(const lut_circuit *c, lut_err *err)
{
    uint32_t below = c->inputs;

    LUT_TRY(check_sizes(c->inputs, c->classes, c->nlayers, err));
    for (uint32_t l = 0; l < c->nlayers; l++) {
        const lut_circuit_layer *layer = &c->layer[l];

        LUT_TRY(check_layer_size(l, layer->luts, layer->k, err));
        LUT_TRY(check_wires(layer, l, below, err));
        LUT_TRY(check_tables(layer, l, err));
        below = layer->luts;
    }
    return LUT_OK;
}

void lut_circuit_fini(lut_circuit *c)
{
    for (uint32_t l = 0; l < c->nlayers; l++) {
        free(c->layer[l].wire);
        free(c->layer[l].tt);
    }
    free(c->layer);
    *c = (lut_circuit){ 0 };
}
