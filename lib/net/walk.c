/* A layer and the samples of a plane: kernels of whole layers where the layer is quick, LUT by
 * LUT where it is not.
 *
 * Threads that share out a plane never share a sum.  Going up, and for gradients of tables, they share out the LUTs;
 * gradients of inputs, which LUTs have in common, they share out by samples.  So every sum
 * runs in one order, for any number of threads.  Kernels read small tables to the end of a
 * vector, so the last LUTs of a share may see those of the next one change: numbers that
 * nobody uses. */
#include "lib/net/inlet.h"
#include "lib/net/meet.h"

#include "lib/base/check.h"

/* ---- which kernels ---- */

bool lut_layer_is_quick(const lut_layer *l)
{
    return !l->tiles.field && !l->sampled && (l->bits_in || !l->looks_up) &&
           l->tiles.form.squash != LUT_CLAMP;
}

/* Slope of the sigmoid that a layer's kernel puts on top of its interpolation; 0: none. */
static float top_slope(const lut_net *net, uint32_t layer)
{
    const lut_layer *l = &net->layer[layer];

    return l->tiles.form.squash == LUT_SIGMOID && !l->looks_up
               ? 1 / net->step.temperature
               : 0;
}

static lut_signal at_sample(lut_signal r, size_t first)
{
    if (r.b) {
        r.b += (r.shift + first) / 64;
        r.shift = (unsigned)((r.shift + first) % 64);
    }
    if (r.f)
        r.f += first;
    if (r.h)
        r.h += first;
    return r;
}

/* Rows of numbers are as long as the plane needs them: short ones lie close together. */
static lut_signal in_plane(const lut_plane *p, lut_signal r)
{
    if (!r.b)
        r.ld = p->row;
    return r;
}

lut_signal lut_plane_rows(const lut_plane *p, int layer)
{
    const lut_ws *ws = p->ws;

    if (layer < 0)
        return at_sample((lut_signal){ .b = ws->input.p, .ld = ws->input.ld },
                         p->first);
    if (lut_rows_are_kept(p->net, (uint32_t)layer))
        return at_sample(ws->kept[layer + 1].out, p->first);
    return in_plane(p, ws->out[layer]);
}

/* A layer of a plane, and what is shared out. */
typedef struct walk_job {
    const lut_plane *p;
    uint32_t index;
    const lut_layer *l;
    lut_signal in, out;
    size_t chunks;
    /* Backward: */
    const float *above; /* NULL: the logits' gradients */
    float *below;       /* NULL: nobody wants them */
    lut_tile_fn fn;
    void *arg;
} walk_job;

static walk_job make_job(const lut_plane *p, uint32_t index)
{
    const lut_ws *ws = p->ws;
    walk_job job = { .p = p, .index = index, .l = &p->net->layer[index] };

    job.in = lut_plane_rows(p, (int)index - 1);
    job.out = lut_plane_rows(p, (int)index);
    if (job.l->choice.kind == LUT_MAP_MIX)
        job.in = (lut_signal){ .f = ws->mixed[index], .ld = p->row };
    job.chunks = ws->ndesks;
    return job;
}

/* Of a mixture: rows of its slots. */
static const uint32_t *wires_of(const lut_layer *l)
{
    return l->choice.kind == LUT_MAP_MIX ? l->own : l->wire;
}

/* The further away rows are, the earlier they have to be asked for; measured. */
static size_t ahead_of(const walk_job *job)
{
    const size_t near = 4 * 1024 * 1024;
    size_t bytes = job->l->inputs * job->p->row * sizeof(float);

    return lut_ceil_div(bytes < near ? 16 : 48, job->l->k);
}

static lut_walk make_walk(const walk_job *job)
{
    const lut_tiles *t = &job->l->tiles;

    return (lut_walk){ .k = job->l->k,
                       .luts = job->l->luts,
                       .ahead = ahead_of(job),
                       .end = job->l->luts,
                       .n = job->p->n,
                       .in = job->in,
                       .out = job->out,
                       .wire = wires_of(job->l),
                       .table = job->l->bits_in ? t->value : t->coef,
                       .tt = t->tt,
                       .slope = top_slope(job->p->net, job->index) };
}

/* Share `chunk` of n things, in whole tiles. */
static void share_of(size_t *begin, size_t *end, size_t n, size_t chunk, size_t chunks)
{
    size_t tiles = lut_ceil_div(n, LUT_LANES);

    *begin = tiles * chunk / chunks * LUT_LANES;
    *end = tiles * (chunk + 1) / chunks * LUT_LANES;
    *end = *end < n ? *end : n;
}

static void connect(lut_wires *x, const lut_signal *in, const uint32_t *wire,
                    unsigned k)
{
    for (unsigned j = 0; j < k; j++)
        if (in->b)
            x->b[j] = in->b + wire[j] * in->ld;
        else
            x->f[j] = in->f + wire[j] * in->ld;
}

/* ---- forward ---- */

static void forward_quickly(const walk_job *job, size_t begin, size_t end)
{
    const lut_kernels *kern = job->p->net->backend->kern;
    lut_walk w = make_walk(job);

    w.begin = begin;
    w.end = end;
    if (job->l->bits_out)
        kern->lookup_bits_luts(&w);
    else if (job->l->bits_in)
        kern->lookup_luts(&w);
    else
        kern->interpolate_luts(&w);
}

static void forward_slowly(const walk_job *job, size_t chunk, size_t begin, size_t end)
{
    const lut_plane *p = job->p;
    lut_meeting t = lut_meet_start(p->net->backend, job->l, &p->ws->desk[chunk].scratch,
                                   p->first, p->n);
    const lut_signal *out = &job->out;
    lut_wires x;

    for (t.m = begin; t.m < end; t.m++) {
        connect(&x, &job->in, wires_of(job->l) + t.m * job->l->k, job->l->k);
        lut_meet_forward(&t, out->f ? out->f + t.m * out->ld : NULL,
                         out->b ? out->b + t.m * out->ld : NULL, &x);
    }
}

static void forward_chunk(void *arg, size_t chunk)
{
    const walk_job *job = arg;
    size_t begin, end;

    share_of(&begin, &end, job->l->luts, chunk, job->chunks);
    if (lut_layer_is_quick(job->l))
        forward_quickly(job, begin, end);
    else
        forward_slowly(job, chunk, begin, end);
}

/* What each slot of a mixture reads: in evaluation the heaviest candidate alone. */
static void mix_layer(const lut_plane *p, uint32_t index)
{
    const lut_backend *be = p->net->backend;
    const lut_layer *l = &p->net->layer[index];
    lut_signal in = lut_plane_rows(p, (int)index - 1);
    lut_bits bits = { in.b, l->inputs, in.ld };
    lut_rows rows = { in.f, l->inputs, in.ld };
    lut_choice c = l->choice;

    c.bits = in.b ? &bits : NULL;
    c.rows = in.f ? &rows : NULL;
    for (size_t slot = 0; slot < l->slots; slot++) {
        float *y = p->ws->mixed[index] + slot * p->row;

        if (p->net->training)
            be->mix(&c, slot, y, p->n);
        else if (in.b)
            be->kern->expand(y, in.b + l->wire[slot] * in.ld, p->n);
        else
            memcpy(y, in.f + l->wire[slot] * in.ld,
                   lut_round_up(p->n, LUT_LANES) * sizeof *y);
    }
}

void lut_plane_forward(const lut_plane *p)
{
    for (uint32_t i = 0; i < p->net->nlayers; i++) {
        walk_job job = make_job(p, i);

        if (job.l->choice.kind == LUT_MAP_MIX)
            mix_layer(p, i);
        lut_for(&p->ws->exec, job.chunks, forward_chunk, &job);
    }
}

/* ---- backward ---- */

/* Penalties on outputs meet samples LUT by LUT. */
static bool comes_back_quickly(const walk_job *job)
{
    return lut_layer_is_quick(job->l) && job->p->net->nflips == 0;
}

/* Whether gradients of slots are written, where each slot has a row of its own, instead of
 * added to zeros. */
static bool is_fresh(const walk_job *job)
{
    return job->l->candidates && job->l->bits_in && comes_back_quickly(job);
}

/* Whether slots are updated along with tiles; their gradients are fresh then, too. */
static bool learns_at_once(const walk_job *job)
{
    return job->l->candidates && !job->p->ws->kept[job->index].dslot;
}

/* Rows that take the gradients of a LUT's inputs: those of its slots where the mapping is
 * learnable, of the whole layer or of a tile, those of its inputs otherwise. */
static lut_walk make_backward_walk(const walk_job *job, size_t chunk)
{
    const lut_plane *p = job->p;
    const lut_ws *ws = p->ws;
    lut_walk w = make_walk(job);

    w.g = job->above ? job->above : ws->logits;
    w.g_ld = p->row;
    w.g_row = job->above ? NULL : p->net->vote;
    w.gain = job->l->tiles.gain;
    w.rise = job->l->tiles.slope;
    if (learns_at_once(job)) {
        w.dx = ws->desk[chunk].dslot;
        w.dx_ld = ws->most;
        w.fresh = true;
        w.dx_row = ws->tile_row;
    } else if (job->l->candidates) {
        w.dx = ws->kept[job->index].dslot + p->first;
        w.dx_ld = ws->most;
        w.fresh = is_fresh(job);
        w.dx_row = job->l->own;
    } else {
        w.dx = job->below;
        w.dx_ld = p->row;
        w.dx_row = job->l->wire;
    }
    return w;
}

static void backward_quickly(const walk_job *job, const lut_walk *w)
{
    const lut_kernels *kern = job->p->net->backend->kern;

    if (job->l->bits_in)
        kern->lookup_backward_luts(w);
    else
        kern->interpolate_backward_luts(w);
}

static void backward_slowly(const walk_job *job, const lut_walk *w, size_t chunk,
                            size_t first, float *flip)
{
    const lut_plane *p = job->p;
    const lut_layer *l = job->l;
    lut_meeting t = lut_meet_start(p->net->backend, l, &p->ws->desk[chunk].scratch,
                                   p->first + first, w->n);
    lut_wires x;
    float *dx[LUT_MAX_K];

    for (t.m = w->begin; t.m < w->end; t.m++) {
        const float *g = w->g + (w->g_row ? w->g_row[t.m] : t.m) * w->g_ld;
        float *grad = w->grad ? w->grad + t.m * l->grad_width : NULL;

        connect(&x, &w->in, w->wire + t.m * l->k, l->k);
        for (unsigned j = 0; w->dx && j < l->k; j++)
            dx[j] = w->dx + w->dx_row[t.m * l->k + j] * w->dx_ld;
        lut_meet_backward(&t, grad, w->dx ? dx : NULL, g,
                          w->out.f ? w->out.f + t.m * w->out.ld : NULL, &x);
        for (size_t i = 0; i < p->net->nflips; i++)
            lut_meet_flip(&t, &p->net->flip[i], p->batch, NULL,
                          flip ? flip + t.m * l->grad_width : NULL, w->dx ? dx : NULL,
                          &x);
    }
}

/* flip: of the layer, or NULL: gradients of tables are not asked for. */
static void backward_luts(const walk_job *job, const lut_walk *w, size_t chunk,
                          size_t first, float *flip)
{
    if (comes_back_quickly(job))
        backward_quickly(job, w);
    else
        backward_slowly(job, w, chunk, first, flip);
}

/* Share at .. end - 1, in sixteenths, of n vectors.  In line, and so is its caller: GCC takes
 * a function that only prefetches for one without effects, and drops calls of it. */
LUT_INLINE void prefetch(const lut_f *p, size_t n, size_t at, size_t end)
{
    for (size_t i = n * at / LUT_LANES; i < n * end / LUT_LANES; i++)
        __builtin_prefetch(p + i, 1, 3);
}

/* What the update of a tile will read, on its way while the samples are walked. */
LUT_INLINE void prefetch_tile(const walk_job *job, size_t tile, size_t at, size_t end)
{
    const lut_layer *l = job->l;
    const lut_net *net = job->p->net;
    size_t n = l->tiles.nweights;
    size_t state = n * lut_moments_lines(net->moments, net->optim->nstate);

    prefetch(l->tiles.w + tile * n, n, at, end);
    prefetch(l->state + tile * state, state, at, end);
    prefetch(l->tiles.saved + tile * l->tiles.nsaved, l->tiles.nsaved, at, end);
}

/* Few weights are read soon after those before them, which a machine foresees; few samples are
 * over before anything arrives, and look-ups, which take a tile at once, would have all of it
 * asked for at once: measured, slower. */
static bool wants_prefetch(const walk_job *job)
{
    return !job->l->bits_in && job->l->tiles.nweights >= 2 * LUT_LANES &&
           job->p->n >= LUT_BLOCK;
}

/* LUTs of the tile that begins at LUT m.  Weights are asked for along with some LUTs at a time,
 * as all at once would hold up what samples need. */
static void backward_tile(const walk_job *job, lut_walk *w, size_t m)
{
    const bool ask = wants_prefetch(job);
    const size_t step = ask ? 4 : LUT_LANES;

    for (size_t at = 0; at < LUT_LANES && m + at < job->l->luts; at += step) {
        size_t left = job->l->luts - m - at;

        if (ask)
            prefetch_tile(job, m / LUT_LANES, at, at + step);
        w->begin = m + at;
        w->end = w->begin + (left < step ? left : step);
        backward_quickly(job, w);
    }
}

static void zero_rows(float *p, size_t rows, size_t ld, size_t n)
{
    if (n == ld)
        memset(p, 0, rows * ld * sizeof *p);
    for (size_t r = 0; n < ld && r < rows; r++)
        memset(p + r * ld, 0, n * sizeof *p);
}

/* Gradients of slots from sample `first` of the plane on, to where mappings read. */
static void zero_behind(const walk_job *job, float *dslot, size_t slots, size_t first)
{
    const lut_ws *ws = job->p->ws;
    size_t end = lut_round_up(job->p->n, LUT_BLOCK);

    end = job->p->first + end < ws->most ? end : ws->most - job->p->first;
    if (first < end)
        zero_rows(dslot + first, slots, ws->most, end - first);
}

/* Tile by tile: the gradient never leaves the cache. */
static void backward_tiles(const walk_job *job, lut_walk *w, size_t chunk)
{
    const size_t width = job->l->grad_width, end = w->end;
    float *grad = job->p->ws->desk[chunk].grad;

    if (learns_at_once(job))
        zero_behind(job, w->dx, LUT_LANES * job->l->k,
                    lut_round_up(job->p->n, LUT_LANES));
    for (size_t m = w->begin; m < end; m += LUT_LANES) {
        w->grad_first = m;
        w->grad = grad;
        memset(grad, 0, LUT_LANES * width * sizeof *grad);
        backward_tile(job, w, m);
        job->fn(job->arg, job->index, m / LUT_LANES, grad,
                learns_at_once(job) ? w->dx : NULL);
    }
}

/* A share of the LUTs: gradients of tables and, where no other share wants the same rows, of
 * inputs. */
static void backward_chunk(void *arg, size_t chunk)
{
    const walk_job *job = arg;
    const lut_ws *ws = job->p->ws;
    lut_walk w = make_backward_walk(job, chunk);

    share_of(&w.begin, &w.end, job->l->luts, chunk, job->chunks);
    if (job->chunks > 1 && !job->l->candidates)
        w.dx = NULL;
    w.grad = ws->grad[job->index];
    if (job->fn && !w.grad)
        backward_tiles(job, &w, chunk);
    else
        backward_luts(job, &w, chunk, 0, ws->flip[job->index]);
}

/* A share of the samples: gradients of inputs. */
static void backward_slice(void *arg, size_t slice)
{
    const walk_job *job = arg;
    size_t n = job->p->n, unit = n > 64 ? 64 : LUT_LANES, units = lut_ceil_div(n, unit);
    size_t first = units * slice / job->chunks * unit;
    size_t end = units * (slice + 1) / job->chunks * unit;
    lut_walk w = make_backward_walk(job, slice);

    if (!comes_back_quickly(job)) {
        first = lut_round_up(first, LUT_BLOCK); /* slow kernels need whole blocks */
        end = lut_round_up(end, LUT_BLOCK);
    }
    end = end < n ? end : n;
    if (first >= end)
        return;
    w.n = end - first;
    w.in = at_sample(w.in, first);
    w.out = at_sample(w.out, first);
    w.g += first;
    w.dx += first;
    backward_luts(job, &w, slice, first, NULL);
}

static void zero_chunk(void *arg, size_t chunk)
{
    const walk_job *job = arg;
    size_t rows = job->l->inputs, begin = rows * chunk / job->chunks;
    size_t row = job->p->row, n = lut_round_up(job->p->n, LUT_BLOCK);

    n = n < row ? n : row; /* a tail of less than a block has no more */
    zero_rows(job->below + begin * row, rows * (chunk + 1) / job->chunks - begin, row,
              n);
}

/* Gradients of slots, before they are added to. */
static void zero_slots(const walk_job *job)
{
    const lut_ws *ws = job->p->ws;
    size_t n = job->p->n;

    zero_behind(job, ws->kept[job->index].dslot + job->p->first, job->l->slots,
                is_fresh(job) ? lut_round_up(n, LUT_LANES) : 0);
}

static void scale_rows(float *p, size_t rows, size_t ld, size_t n, float factor)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t s = 0; s < n; s++)
            p[r * ld + s] *= factor;
}

/* Gradient of the inputs of a learnable mapping: each candidate takes its share. */
static void share_gradient(const walk_job *job)
{
    const lut_plane *p = job->p;
    const lut_layer *l = job->l;

    for (size_t slot = 0; slot < l->slots; slot++)
        p->net->backend->spread(
            &l->choice, slot, job->below, p->row,
            p->ws->kept[job->index].dslot + slot * p->ws->most + p->first, p->n);
}

static void backward_layer(walk_job *job)
{
    const lut_plane *p = job->p;
    const lut_exec *exec = &p->ws->exec;
    const lut_layer *l = job->l;

    if (job->below)
        lut_for(exec, job->chunks, zero_chunk, job);
    if (l->candidates && !learns_at_once(job))
        zero_slots(job);
    if (job->below && job->chunks > 1 && !l->candidates)
        lut_for(exec, job->chunks, backward_slice, job);
    lut_for(exec, job->chunks, backward_chunk, job);
    if (job->below && l->candidates)
        share_gradient(job);
    if (job->below && p->net->grad_factor != 1)
        scale_rows(job->below, job->l->inputs, p->row, p->n, p->net->grad_factor);
}

void lut_plane_backward(const lut_plane *p, lut_tile_fn fn, void *arg)
{
    const float *above = NULL;

    for (uint32_t i = p->net->nlayers; i-- > 0;) {
        walk_job job = make_job(p, i);

        job.above = above;
        job.below = lut_has_below(p->net, i) ? p->ws->dx[i % 2] : NULL;
        job.fn = fn;
        job.arg = arg;
        backward_layer(&job);
        above = job.below;
    }
    if (lut_has_below(p->net, 0))
        lut_inlet_backward(p->net, p->ws, above, p->first, p->n);
}
