/* Work space: where the activations and gradients of a batch live. */
#include "lib/net/meet.h"

#include <stdlib.h>

/* Samples that walk through the layers together: as many as keep the two widest rows in
 * the second-level cache.  Changes speed only: sums run in fixed blocks. */
static size_t choose_plane(const lut_net *net, size_t capacity)
{
    const size_t cache = 512 * 1024;
    size_t widest = 1, plane;

    for (uint32_t i = 0; i < net->nlayers; i++)
        widest = net->layer[i].luts > widest ? net->layer[i].luts : widest;
    plane = cache / (2 * sizeof(float) * widest) / LUT_BLOCK * LUT_BLOCK;
    if (plane < LUT_BLOCK)
        plane = LUT_BLOCK;
    return plane < capacity ? plane : capacity;
}

static lut_plane_rows take_rows(lut_arena *a, const lut_layer *l, size_t samples)
{
    lut_plane_rows r = { .ld = l->bits_out ? samples / 64 : samples };

    if (l->bits_out)
        r.b = lut_arena_take(a, l->luts * r.ld, sizeof *r.b);
    else
        r.f = lut_arena_take(a, l->luts * r.ld, sizeof *r.f);
    return r;
}

static void place_part(lut_part *p, lut_ws *ws, const lut_net *net)
{
    lut_arena *a = &ws->arena;
    size_t rows = net->inlet.learnt.sets ? net->inputs : 0, widest = rows;

    for (uint32_t i = 0; i < net->nlayers; i++) {
        const lut_layer *l = &net->layer[i];

        if (!lut_rows_are_kept(net, i))
            p->out[i] = take_rows(a, l, ws->plane);
        p->grad[i] = lut_arena_take(a, l->luts * l->grad_width, sizeof(float));
        if (l->choice.kind == LUT_MAP_MIX)
            p->mixed[i] = lut_arena_take(a, l->slots * ws->plane, sizeof(float));
        if (net->nflips)
            p->flip[i] = lut_arena_take(a, l->luts * l->grad_width, sizeof(float));
        widest = i + 1 < net->nlayers && l->luts > widest ? l->luts : widest;
    }
    for (int i = 0; i < 2; i++)
        p->dx[i] = lut_arena_take(a, widest * ws->plane, sizeof(float));
    p->logits = lut_arena_take(a, net->classes * ws->plane, sizeof(float));
    p->dthreshold = lut_arena_take(a, rows, sizeof *p->dthreshold);
    lut_scratch_place(&p->scratch, a, ws->plane);
}

/* Of a layer: one for each tile, then one for each slot of a learnable mapping. */
static size_t most_squares(const lut_net *net)
{
    size_t most = 0;

    for (uint32_t i = 0; i < net->nlayers; i++) {
        const lut_layer *l = &net->layer[i];
        size_t n = l->candidates && l->slots > l->ntiles ? l->slots : l->ntiles;

        most = n > most ? n : most;
    }
    return most;
}

/* Of a layer: its inputs, where a learnable mapping reads bits. */
static size_t most_words(const lut_net *net, size_t samples)
{
    size_t most = 0;

    for (uint32_t i = 0; i < net->nlayers; i++) {
        const lut_layer *l = &net->layer[i];
        bool bits = i == 0 || net->layer[i - 1].bits_out;
        size_t n = l->candidates && bits ? lut_choice_room(l->inputs, samples) : 0;

        most = n > most ? n : most;
    }
    return most;
}

static void place_ws(lut_ws *ws, const lut_net *net)
{
    lut_arena *a = &ws->arena;

    ws->input = (lut_bits){ .rows = net->inputs, .ld = ws->capacity / 64 };
    ws->input.p = lut_arena_take(a, net->inputs * ws->input.ld, sizeof(uint64_t));
    ws->value =
        lut_arena_take(a, net->inlet.features * ws->capacity, sizeof *ws->value);
    ws->label = lut_arena_take(a, ws->capacity, sizeof *ws->label);
    ws->loss = lut_arena_take(a, ws->capacity / LUT_BLOCK, sizeof *ws->loss);
    if (net->clip_norm > 0)
        ws->square = lut_arena_take(a, most_squares(net), sizeof *ws->square);
    ws->word = lut_arena_take(a, most_words(net, ws->capacity), sizeof *ws->word);
    for (uint32_t i = 0; i < net->nlayers; i++) {
        const lut_layer *l = &net->layer[i];

        if (!l->candidates)
            continue;
        if (i > 0)
            ws->kept[i].out = take_rows(a, &net->layer[i - 1], ws->capacity);
        ws->kept[i].dslot = lut_arena_take(a, l->slots * ws->capacity, sizeof(float));
    }
    for (size_t i = 0; i < ws->nparts; i++)
        place_part(&ws->part[i], ws, net);
}

lut_status lut_ws_create(lut_ws **out, const lut_net *net, size_t capacity,
                         const lut_exec *exec, lut_err *err)
{
    lut_ws *ws = calloc(1, sizeof *ws);
    lut_status st;

    *out = NULL;
    if (!ws)
        return lut_fail(err, LUT_ENOMEM, "no memory for a work space");
    ws->exec = *exec;
    ws->capacity = lut_round_up(capacity ? capacity : 1, LUT_BLOCK);
    ws->plane = choose_plane(net, ws->capacity);
    ws->nparts = ws->capacity / LUT_BLOCK;
    if (ws->nparts > LUT_MAX_PARTS)
        ws->nparts = LUT_MAX_PARTS;
    place_ws(ws, net);
    st = lut_arena_alloc(&ws->arena, err);
    if (st == LUT_OK) {
        place_ws(ws, net);
        *out = ws;
        return LUT_OK;
    }
    lut_ws_destroy(ws);
    return st;
}

void lut_ws_destroy(lut_ws *ws)
{
    if (!ws)
        return;
    lut_arena_fini(&ws->arena);
    free(ws);
}
