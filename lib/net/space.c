/* Work space: where the activations and gradients of a batch live. */
#include "lib/net/meet.h"

#include "lib/base/check.h"

#include <stdlib.h>
#include <unistd.h>

/* Planes start where every sum's block starts; rows of bits and slow kernels want more. */
static size_t plane_unit(const lut_net *net)
{
    size_t unit = net->inlet.learnt.sets || net->nflips ? LUT_BLOCK : 0;

    for (uint32_t i = 0; i < net->nlayers; i++) {
        const lut_layer *l = &net->layer[i];
        size_t block = lut_block(l->k);

        if (block < LUT_BLOCK &&
            (l->bits_out || l->candidates || !lut_layer_is_quick(l)))
            block = LUT_BLOCK;
        unit = block > unit ? block : unit;
    }
    return unit;
}

/* The second-level cache of a core, or what is usual. */
static size_t cache_size(void)
{
    const long most = 2 * 1024 * 1024;
    long size = sysconf(_SC_LEVEL2_CACHE_SIZE);

    if (size < 128 * 1024)
        return 512 * 1024;
    return size < most ? (size_t)size : most; /* virtual machines boast */
}

/* Whether no kernel runs that wants whole blocks. */
static bool is_quick(const lut_net *net)
{
    bool quick = net->nflips == 0 && !net->inlet.learnt.sets;

    for (uint32_t i = 0; i < net->nlayers; i++)
        quick &= lut_layer_is_quick(&net->layer[i]);
    return quick;
}

/* Whether all tables are small. */
static bool has_few(const lut_net *net)
{
    bool few = true;

    for (uint32_t i = 0; i < net->nlayers; i++)
        few &= lut_is_few(net->layer[i].k);
    return few;
}

/* Samples that walk through the layers together: as many as keep the rows of the widest layer
 * in the second-level cache.  Small tables soon have what they need from the first cache, and
 * short rows kernels of known lengths: measured, more than LUT_BLOCK samples gain nothing
 * there.  Changes speed only: sums run in fixed blocks. */
static size_t choose_plane(const lut_net *net, size_t capacity)
{
    size_t widest = 1, unit = plane_unit(net), plane;

    for (uint32_t i = 0; i < net->nlayers; i++) {
        const lut_layer *l = &net->layer[i];
        size_t bytes = l->luts * (l->half_out ? sizeof(uint16_t) : sizeof(float));

        widest = bytes > widest ? bytes : widest;
    }
    plane = cache_size() / widest / unit * unit;
    if (plane < unit)
        plane = unit;
    if (plane > LUT_BLOCK)
        plane =
            is_quick(net) && has_few(net) ? LUT_BLOCK : plane / LUT_BLOCK * LUT_BLOCK;
    return plane < capacity ? plane : capacity;
}

/* Samples of a block of every sum over samples, and of the least plane; 0: there is no such
 * number, or a layer keeps rows of the whole batch. */
static size_t common_block(const lut_net *net)
{
    size_t block = lut_block(net->layer[0].k);
    bool common = is_quick(net) && has_few(net) && plane_unit(net) == block;

    for (uint32_t i = 0; i < net->nlayers; i++)
        common &= lut_block(net->layer[i].k) == block && !net->layer[i].candidates;
    return common ? block : 0;
}

/* Of one sample, in a work space that does not share them. */
static size_t row_bytes(const lut_net *net)
{
    size_t all = net->classes, widest = 0;

    for (uint32_t i = 0; i < net->nlayers; i++) {
        all += net->layer[i].luts;
        widest = net->layer[i].luts > widest ? net->layer[i].luts : widest;
    }
    return sizeof(float) * (all + 2 * widest);
}

/* Threads take planes whole where a batch of so many samples has one for each. */
static void choose_mates(lut_ws *ws, const lut_net *net, size_t samples, bool fixed)
{
    const size_t most = (size_t)256 << 20;
    size_t threads = ws->exec.threads, block = common_block(net);

    if (threads < 2 || threads > LUT_MAX_THREADS || block == 0 ||
        (fixed && ws->plane != block) || lut_ceil_div(samples, block) < threads ||
        row_bytes(net) * block * threads > most)
        return;
    ws->plane = block;
    ws->nmates = threads;
}

/* Room of a row: whole blocks where slow kernels run, else no more than samples need. */
static size_t row_length(const lut_ws *ws, size_t capacity)
{
    size_t least = lut_round_up(capacity, LUT_LOSS_BLOCK);

    return ws->tight && least < ws->plane ? least : ws->plane;
}

size_t lut_plane_row(const lut_ws *ws, size_t n)
{
    return ws->tight ? lut_round_up(n, LUT_LANES) : ws->row;
}

static lut_signal take_rows(lut_arena *a, const lut_layer *l, size_t samples)
{
    lut_signal r = { .ld = samples };

    if (l->bits_out) {
        r.ld = samples / 64;
        r.b = lut_arena_take(a, l->luts * r.ld, sizeof *r.b);
    } else if (l->half_out) {
        r.h = lut_arena_take(a, l->luts * r.ld, sizeof *r.h);
    } else {
        r.f = lut_arena_take(a, l->luts * r.ld, sizeof *r.f);
    }
    return r;
}

/* Whether tiles are updated as soon as their gradients are there: noise of the next step,
 * norms and penalties need all of them first. */
static bool works_at_once(const lut_net *net, const lut_ws *ws)
{
    bool at_once = ws->capacity <= ws->plane && net->nflips == 0 &&
                   !(net->clip_norm > 0) && !lut_sampling_noisy(net->sampling);

    for (uint32_t i = 0; i < net->nlayers; i++)
        at_once &= net->layer[i].tiles.npenalties == 0;
    return at_once;
}

/* Outputs of the last layer that are floats and of which nobody asks any more once votes are
 * counted.  Then gradients of its inputs may have their place. */
static bool is_only_counted(const lut_net *net, uint32_t i)
{
    const lut_layer *l = &net->layer[i];

    return i + 1 == net->nlayers && lut_layer_is_quick(l) && !l->bits_out &&
           !l->half_out && (l->looks_up || l->tiles.form.squash == LUT_NO_SQUASH) &&
           net->nflips == 0;
}

/* Whether gradients of tables wait for the end of the pass.  Those of small tables are few:
 * measured, passes over samples and over tiles run better one after the other. */
static bool keeps_gradients(const lut_ws *ws, const lut_layer *l)
{
    return !ws->at_once || !lut_layer_is_quick(l) || lut_is_few(l->k);
}

/* Whether slots of a learnable mapping are updated with the tile that reads them: nobody below
 * wants gradients, which go by the weights before the step. */
static bool learns_at_once(const lut_ws *ws, const lut_net *net, uint32_t i)
{
    const lut_layer *l = &net->layer[i];

    return l->choice.kind == LUT_MAP_CHOICE && !lut_has_below(net, i) &&
           !keeps_gradients(ws, l);
}

static void place_layer(lut_ws *ws, lut_arena *a, const lut_net *net, uint32_t i)
{
    const lut_layer *l = &net->layer[i];

    if (!lut_rows_are_kept(net, i) && !is_only_counted(net, i))
        ws->out[i] = take_rows(a, l, l->bits_out ? ws->plane : ws->row);
    if (keeps_gradients(ws, l))
        ws->grad[i] =
            lut_arena_take(a, l->ntiles * LUT_LANES * l->grad_width, sizeof(float));
    if (l->choice.kind == LUT_MAP_MIX)
        ws->mixed[i] = lut_arena_take(a, l->slots * ws->row, sizeof(float));
    if (net->nflips)
        ws->flip[i] =
            lut_arena_take(a, l->ntiles * LUT_LANES * l->grad_width, sizeof(float));
}

static void place_desks(lut_ws *ws, lut_arena *a, const lut_net *net)
{
    lut_desk *desk = lut_arena_take(a, ws->ndesks, sizeof *desk);
    size_t width = 0;
    size_t slots = learns_at_once(ws, net, 0) ? LUT_LANES * net->layer[0].k : 0;

    for (uint32_t i = 0; i < net->nlayers; i++)
        width = net->layer[i].grad_width > width ? net->layer[i].grad_width : width;
    ws->desk = desk;
    for (size_t i = 0; i < ws->ndesks; i++) {
        lut_desk here = { 0 };

        lut_scratch_place(&here.scratch, a, lut_round_up(ws->plane, LUT_BLOCK));
        here.grad = lut_arena_take(a, LUT_LANES * width, sizeof(float));
        here.dslot = lut_arena_take(a, slots * ws->most, sizeof(float));
        if (desk)
            desk[i] = here;
    }
}

static void place_rows(lut_ws *ws, lut_arena *a, const lut_net *net)
{
    size_t rows = net->inlet.learnt.sets ? net->inputs : 0, widest = rows;

    for (uint32_t i = 0; i < net->nlayers; i++) {
        const lut_layer *l = &net->layer[i];

        place_layer(ws, a, net, i);
        if (i + 1 < net->nlayers || is_only_counted(net, i))
            widest = l->luts > widest ? l->luts : widest;
    }
    for (int i = 0; i < 2; i++)
        ws->dx[i] = lut_arena_take(a, widest * ws->row, sizeof(float));
    if (is_only_counted(net, net->nlayers - 1))
        ws->out[net->nlayers - 1] =
            (lut_signal){ .f = ws->dx[(net->nlayers - 1) % 2], .ld = ws->row };
    ws->logits = lut_arena_take(a, net->classes * ws->row, sizeof(float));
    ws->dthreshold = lut_arena_take(a, rows, sizeof *ws->dthreshold);
    place_desks(ws, a, net);
}

/* The others work while this one's threads do nothing else. */
static void place_mates(lut_ws *ws, const lut_net *net)
{
    lut_ws *mate = lut_arena_take(&ws->arena, ws->nmates, sizeof *mate);

    ws->mate = mate;
    for (size_t i = 0; i < ws->nmates; i++) {
        lut_ws one = *ws;

        one.exec = (lut_exec){ .threads = 1 };
        one.ndesks = 1;
        one.mate = NULL;
        one.nmates = 0;
        if (i > 0)
            place_rows(&one, &ws->arena, net);
        if (mate)
            mate[i] = one;
    }
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

static void place_tile_rows(lut_ws *ws, const lut_layer *l)
{
    ws->tile_row = lut_arena_take(&ws->arena, l->slots, sizeof *ws->tile_row);
    for (size_t slot = 0; ws->tile_row && slot < l->slots; slot++)
        ws->tile_row[slot] = (uint32_t)(slot % (LUT_LANES * l->k));
}

static void place_ws(lut_ws *ws, const lut_net *net)
{
    lut_arena *a = &ws->arena;

    ws->input = (lut_bits){ .rows = net->inputs, .ld = ws->capacity / 64 };
    ws->input.p = lut_arena_take(a, net->inputs * ws->input.ld, sizeof(uint64_t));
    ws->value =
        lut_arena_take(a, net->inlet.features * ws->capacity, sizeof *ws->value);
    ws->label = lut_arena_take(a, ws->capacity, sizeof *ws->label);
    ws->loss = lut_arena_take(a, ws->capacity / LUT_LOSS_BLOCK, sizeof *ws->loss);
    if (net->clip_norm > 0)
        ws->square = lut_arena_take(a, most_squares(net), sizeof *ws->square);
    ws->word = lut_arena_take(a, most_words(net, ws->capacity), sizeof *ws->word);
    for (uint32_t i = 0; i < net->nlayers; i++) {
        const lut_layer *l = &net->layer[i];

        if (l->candidates && i > 0)
            ws->kept[i].out = take_rows(a, &net->layer[i - 1], ws->capacity);
        if (l->candidates && !learns_at_once(ws, net, i))
            ws->kept[i].dslot = lut_arena_take(a, l->slots * ws->most, sizeof(float));
    }
    if (learns_at_once(ws, net, 0))
        place_tile_rows(ws, &net->layer[0]);
    place_rows(ws, a, net);
    place_mates(ws, net);
}

lut_status lut_ws_create(lut_ws **out, const lut_net *net, size_t capacity,
                         const lut_exec *exec, lut_err *err)
{
    return lut_ws_create_planes(out, net, capacity, 0, exec, err);
}

lut_status lut_ws_create_planes(lut_ws **out, const lut_net *net, size_t capacity,
                                size_t plane, const lut_exec *exec, lut_err *err)
{
    lut_ws *ws = calloc(1, sizeof *ws);
    lut_status st;

    *out = NULL;
    if (!ws)
        return lut_fail(err, LUT_ENOMEM, "no memory for a work space");
    ws->exec = *exec;
    ws->capacity = lut_round_up(capacity ? capacity : 1, LUT_BLOCK);
    LUT_CHECK(plane == 32 || plane % LUT_BLOCK == 0);
    LUT_CHECK(plane < ws->capacity ? plane % plane_unit(net) == 0
                                   : plane == ws->capacity);
    ws->plane = plane ? plane : choose_plane(net, ws->capacity);
    choose_mates(ws, net, capacity, plane > 0);
    ws->ndesks = exec->threads > 1 ? 2 * exec->threads : 1;
    ws->tight = is_quick(net);
    ws->row = row_length(ws, capacity ? capacity : 1);
    ws->most = ws->plane < ws->capacity ? ws->capacity : ws->row;
    ws->at_once = works_at_once(net, ws);
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
