/* Gradients to weights: tiles and slots, clipping, what is updated at once and what later. */
#include "lib/net/inlet.h"
#include "lib/net/meet.h"

#include <math.h>

enum { CHUNK_TILES = 4, CHUNK_SLOTS = 64 };

typedef struct update_job {
    const lut_update *u;
    uint32_t index;
    const lut_layer *l;
    lut_tiles_update how;
    lut_slots slots;
    double *square;
} update_job;

static lut_tiles_update how_of(const lut_update *u, const lut_layer *l)
{
    return (lut_tiles_update){ .optim = u->net->optim,
                               .optim_cfg = u->net->optim_cfg,
                               .step = u->step,
                               .moments = u->net->moments,
                               .state = l->state,
                               .clip = u->clip };
}

/* Gradients of a tile that the backward pass left in the work space. */
static lut_tile_gradient kept_gradient(const lut_update *u, uint32_t index, size_t tile)
{
    const lut_layer *l = &u->net->layer[index];
    size_t at = tile * LUT_LANES * l->grad_width;
    const float *flip = u->ws->flip[index];

    return (lut_tile_gradient){ .loss = u->ws->grad[index] + at,
                                .flip = flip ? flip + at : NULL };
}

static bool learn_early(const lut_update *u, uint32_t index)
{
    return index == 0 && u->ws->tile_row;
}

static void load_slots(lut_slots *s, const lut_update *u, uint32_t index)
{
    const lut_ws *ws = u->ws;
    const lut_layer *l = &u->net->layer[index];
    lut_signal in = ws->kept[index].out;

    s->bits = (lut_bits){ .p = in.b, .rows = l->inputs, .ld = in.ld };
    s->rows = (lut_rows){ .p = in.f, .rows = l->inputs, .ld = in.ld };
    s->choice = l->choice;
    if (index == 0)
        s->choice.bits = &ws->input;
    else if (in.b)
        s->choice.bits = &s->bits;
    else
        s->choice.rows = &s->rows;
    s->choice.dslot = ws->kept[index].dslot;
    s->choice.ld = ws->most;
    s->choice.n = u->n;
    s->choice.word = ws->word;
    lut_choice_words(&s->choice);
    s->choice.next_temperature = lut_wiring_temperature(l, u->step->t);
    if (lut_wiring_redraw(&s->redraw, l, index, u->net->seed, u->step))
        s->choice.redraw = &s->redraw;
}

void lut_update_begin(lut_update *u)
{
    if (learn_early(u, 0))
        load_slots(&u->slots, u, 0);
}

/* Slots of the tile's LUTs. */
static void learn_tile(const lut_update *u, const lut_layer *l,
                       const lut_tiles_update *how, size_t tile, const float *dslot)
{
    size_t slots = LUT_LANES * l->k, begin = tile * slots, end = begin + slots;
    lut_choice choice = u->slots.choice;

    choice.dslot = dslot;
    choice.dslot_first = begin;
    u->net->backend->learn(&choice, how, begin, end < l->slots ? end : l->slots);
}

void lut_update_tile(void *arg, uint32_t layer, size_t tile, const float *grad,
                     const float *dslot)
{
    const lut_update *u = arg;
    const lut_layer *l = &u->net->layer[layer];
    lut_tiles_update how = how_of(u, l);
    lut_tile_gradient g = { .loss = grad };

    u->net->backend->update(&l->tiles, &how, tile, &g);
    if (dslot)
        learn_tile(u, l, &how, tile, dslot);
}

static void update_chunk(void *arg, size_t chunk)
{
    const update_job *job = arg;
    size_t end = (chunk + 1) * CHUNK_TILES;

    end = end < job->l->ntiles ? end : job->l->ntiles;
    for (size_t tile = chunk * CHUNK_TILES; tile < end; tile++) {
        lut_tile_gradient g = kept_gradient(job->u, job->index, tile);

        job->u->net->backend->update(&job->l->tiles, &job->how, tile, &g);
    }
}

static void learn_chunk(void *arg, size_t chunk)
{
    const update_job *job = arg;
    size_t end = (chunk + 1) * CHUNK_SLOTS;

    end = end < job->l->slots ? end : job->l->slots;
    job->u->net->backend->learn(&job->slots.choice, &job->how, chunk * CHUNK_SLOTS,
                                end);
}

static void load_update(update_job *job, const lut_update *u, uint32_t index)
{
    job->u = u;
    job->index = index;
    job->l = &u->net->layer[index];
    job->how = how_of(u, job->l);
    job->square = u->ws->square;
    if (!job->l->candidates)
        return;
    if (learn_early(u, index))
        job->slots = u->slots;
    else
        load_slots(&job->slots, u, index);
}

/* ---- clipping: the norm of all gradients, tile by tile and slot by slot ---- */

static void square_tile(void *arg, size_t tile)
{
    const update_job *job = arg;
    lut_tile_gradient g = kept_gradient(job->u, job->index, tile);
    lut_f dw[LUT_MAX_WEIGHTS];
    const float *d = (const float *)dw;
    double sum = 0;

    job->u->net->backend->gradient(&job->l->tiles, &g, tile, dw);
    for (size_t i = 0; i < job->l->tiles.nweights * LUT_LANES; i++)
        sum += (double)d[i] * (double)d[i];
    job->square[tile] = sum;
}

static void square_chunk(void *arg, size_t chunk)
{
    const update_job *job = arg;
    size_t end = (chunk + 1) * CHUNK_SLOTS;

    end = end < job->l->slots ? end : job->l->slots;
    job->u->net->backend->square(&job->slots.choice, chunk * CHUNK_SLOTS, end,
                                 job->square);
}

static double sum_of(const double *v, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += v[i];
    return sum;
}

/* Factor of all gradients; PyTorch's clip_grad_norm_.  A norm that is no number is left to
 * the weights to show. */
static float clip_factor(const lut_update *u)
{
    const double tiny = 1e-6;
    const lut_exec *exec = &u->ws->exec;
    double sum = 0, factor;

    for (uint32_t i = 0; i < u->net->nlayers; i++) {
        update_job job = { 0 };

        load_update(&job, u, i);
        lut_for(exec, job.l->ntiles, square_tile, &job);
        sum += sum_of(job.square, job.l->ntiles);
        if (!job.l->candidates)
            continue;
        lut_for(exec, lut_ceil_div(job.l->slots, CHUNK_SLOTS), square_chunk, &job);
        sum += sum_of(job.square, job.l->slots);
    }
    factor = (double)u->net->clip_norm / (sqrt(sum) + tiny);
    return factor < 1 ? (float)factor : 1;
}

static void update_layer(const lut_update *u, uint32_t index)
{
    const lut_exec *exec = &u->ws->exec;
    update_job job = { 0 };

    load_update(&job, u, index);
    if (u->ws->grad[index])
        lut_for(exec, lut_ceil_div(job.l->ntiles, CHUNK_TILES), update_chunk, &job);
    if (!job.l->candidates)
        return;
    if (!learn_early(u, index))
        lut_for(exec, lut_ceil_div(job.l->slots, CHUNK_SLOTS), learn_chunk, &job);
    u->net->layer[index].choice.temperature = job.slots.choice.next_temperature;
}

void lut_update_rest(lut_update *u)
{
    lut_net *net = u->net;
    float clip = 1;

    lut_penalties_prepare(net, &u->ws->exec);
    if (net->clip_norm > 0)
        clip = clip_factor(u);
    u->clip = clip < 1 ? &clip : NULL;
    lut_net_next_noise(net, u->step->t);
    for (uint32_t i = 0; i < net->nlayers; i++)
        update_layer(u, i);
    lut_inlet_update(net, u->ws, u->step);
    u->clip = NULL;
}
