#include "sweep/network_digest.h"
#include "sweep/digest.h"

#include <stdlib.h>
#include <string.h>

/* Bytes one after the other; NULL to find out how many. */
static size_t append(unsigned char *to, size_t at, const void *bytes, size_t n)
{
    if (to && n)
        memcpy(to + at, bytes, n);
    return at + n;
}

static size_t append_number(unsigned char *to, size_t at, uint64_t v)
{
    unsigned char byte[8];

    for (size_t i = 0; i < sizeof byte; i++)
        byte[i] = (unsigned char)(v >> (8 * i));
    return append(to, at, byte, sizeof byte);
}

static size_t append_network(unsigned char *to, const sweep_result *r)
{
    const lut_encoder *e = &r->encoder;
    const lut_circuit *c = &r->circuit;
    size_t at = append(to, 0, e->kind, strlen(e->kind));

    at = append_number(to, at, e->features);
    at = append_number(to, at, e->thresholds);
    at = append_number(to, at, e->bits);
    at = append_number(to, at, e->input.width);
    at = append_number(to, at, (uint64_t)(int64_t)e->input.frac);
    at = append_number(to, at, e->input.is_signed);
    at = append(to, at, e->threshold,
                e->features * e->thresholds * sizeof *e->threshold);
    at = append(to, at, e->codes, (e->thresholds + 1) * e->bits);
    at = append_number(to, at, c->classes);
    for (uint32_t l = 0; l < c->nlayers; l++) {
        const lut_circuit_layer *layer = &c->layer[l];

        at = append_number(to, at, layer->luts);
        at = append_number(to, at, layer->k);
        at = append(to, at, layer->wire,
                    (size_t)layer->luts * layer->k * sizeof *layer->wire);
        at = append(to, at, layer->tt,
                    layer->luts * lut_table_words(layer->k) * sizeof *layer->tt);
    }
    return at;
}

lut_status sweep_network_digest(char digest[SWEEP_DIGEST], const sweep_result *r,
                                lut_err *err)
{
    size_t n = append_network(NULL, r);
    unsigned char *bytes = malloc(n);
    char hex[SWEEP_SHA256];

    if (!bytes)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu bytes of a network", n);
    append_network(bytes, r);
    sweep_sha256(hex, bytes, n);
    free(bytes);
    memcpy(digest, hex, 16);
    digest[16] = 0;
    return LUT_OK;
}
