/* The relaxed network beside the discrete one, layer by layer. */
#include "lib/circuit/direct.h"
#include "lib/net/private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct pair {
    const lut_net *net;
    lut_ws *ws;
    const lut_circuit *c;
    lut_slice *bits;  /* of the inputs, then of layer after layer */
    uint64_t *differ; /* [layers] */
} pair;

/* Bits of layer l of the discrete network; -1: inputs. */
static lut_slice *bits_of(const pair *d, int l)
{
    lut_slice *at = d->bits;

    for (int i = 0; i <= l; i++)
        at += i ? d->c->layer[i - 1].luts : d->c->inputs;
    return at;
}

/* Outputs of a layer of which the values above it are rounded to 1. */
static float middle_of(const lut_layer *l)
{
    return l->tiles.form.forward == LUT_LOOKUP ? l->tiles.form.input_threshold : 0.5f;
}

/* Halves are shares (lut_layer.half_out), and those above 0.5 their greater numbers. */
static bool rounded(const lut_signal *y, size_t row, size_t s, float middle)
{
    const uint16_t half = 0x3800;

    if (y->b)
        return y->b[row * y->ld + (y->shift + s) / 64] >> ((y->shift + s) % 64) & 1;
    if (y->h)
        return y->h[row * y->ld + s] > half && y->h[row * y->ld + s] < 0x8000;
    return y->f[row * y->ld + s] > middle;
}

static void compare_layer(const pair *d, const lut_plane *p, uint32_t l)
{
    const lut_signal y = lut_plane_rows(p, (int)l);
    const lut_slice *bit = bits_of(d, (int)l);
    const float middle = middle_of(&d->net->layer[l]);

    for (size_t m = 0; m < d->net->layer[l].luts; m++)
        for (size_t s = 0; s < p->n; s++) {
            size_t at = p->first + s;

            d->differ[l] +=
                rounded(&y, m, s, middle) != (bit[m].word[at / 64] >> (at % 64) & 1);
        }
}

static void run_discrete(const pair *d, size_t n)
{
    const lut_bits *in = &d->ws->input;

    for (uint32_t i = 0; i < d->c->inputs; i++)
        memcpy(d->bits[i].word, in->p + i * in->ld, 8 * lut_ceil_div(n, 64));
    for (uint32_t l = 0; l < d->c->nlayers; l++)
        lut_direct_layer(&d->c->layer[l], bits_of(d, (int)l), bits_of(d, (int)l - 1));
}

static void compare_batch(const pair *d, const lut_samples *s, size_t first, size_t n)
{
    lut_batch_load(d->net, d->ws, s, NULL, first, n);
    run_discrete(d, n);
    for (size_t at = 0; at < n; at += d->ws->plane) {
        size_t some = n - at < d->ws->plane ? n - at : d->ws->plane;
        lut_plane p = { d->net, d->ws, at, some, n, lut_plane_row(d->ws, some) };

        lut_plane_forward(&p);
        for (uint32_t l = 0; l < d->net->nlayers; l++)
            compare_layer(d, &p, l);
    }
}

static lut_status prepare(pair *d, const lut_exec *exec, lut_err *err)
{
    size_t rows = d->c->inputs;

    for (uint32_t l = 0; l < d->c->nlayers; l++)
        rows += d->c->layer[l].luts;
    d->bits = aligned_alloc(sizeof(lut_slice), rows * sizeof(lut_slice));
    d->differ = calloc(d->c->nlayers, sizeof *d->differ);
    if (!d->bits || !d->differ)
        return lut_fail(err, LUT_ENOMEM, "no memory for bits of %zu LUTs", rows);
    memset(d->bits, 0, rows * sizeof(lut_slice));
    return lut_ws_create(&d->ws, d->net, LUT_SLICE, exec, err);
}

lut_status lut_net_differ(double *share, const lut_net *net, const lut_circuit *c,
                          const lut_samples *s, const lut_exec *exec, lut_err *err)
{
    pair d = { .net = net, .c = c };
    lut_status st = prepare(&d, exec, err);

    if (st == LUT_OK) {
        for (size_t at = 0; at < s->n; at += LUT_SLICE)
            compare_batch(&d, s, at, s->n - at < LUT_SLICE ? s->n - at : LUT_SLICE);
        for (uint32_t l = 0; l < c->nlayers; l++)
            share[l] = s->n ? (double)d.differ[l] / ((double)s->n * c->layer[l].luts)
                            : (double)NAN;
    }
    lut_ws_destroy(d.ws);
    free(d.bits);
    free(d.differ);
    return st;
}
