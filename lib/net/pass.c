/* Activations: forward, backward and update over planes of samples. */
#include "lib/net/inlet.h"
#include "lib/net/meet.h"

#include "lib/base/check.h"

#include <math.h>

/* ---- one plane ---- */

/* Where a plane is in the batch, and whose scratch it uses. */
typedef struct plane {
    const lut_net *net;
    const lut_ws *ws;
    lut_part *p;
    size_t first, n; /* samples */
    size_t batch;    /* of all planes */
} plane;

static lut_plane_rows at_sample(lut_plane_rows r, size_t first)
{
    if (r.b)
        r.b += first / 64;
    if (r.f)
        r.f += first;
    return r;
}

/* Outputs of layer `layer`; -1: the network's inputs. */
static lut_plane_rows rows_of(const plane *pl, int layer)
{
    const lut_ws *ws = pl->ws;

    if (layer < 0)
        return at_sample((lut_plane_rows){ .b = ws->input.p, .ld = ws->input.ld },
                         pl->first);
    if (lut_rows_are_kept(pl->net, (uint32_t)layer))
        return at_sample(ws->kept[layer + 1].out, pl->first);
    return pl->p->out[layer];
}

static void connect(lut_wires *x, const lut_plane_rows *in, const uint32_t *wire,
                    unsigned k)
{
    for (unsigned j = 0; j < k; j++)
        if (in->b)
            x->b[j] = in->b + wire[j] * in->ld;
        else
            x->f[j] = in->f + wire[j] * in->ld;
}

static lut_meeting meeting(const plane *pl, uint32_t index)
{
    return lut_meet_start(pl->net->backend, &pl->net->layer[index], &pl->p->scratch,
                          pl->first, pl->n);
}

/* Input rows of a LUT: those of its slots where they are mixtures, else those its wires
 * name. */
static void inputs_of(lut_wires *x, const plane *pl, uint32_t index, size_t m,
                      const lut_plane_rows *in)
{
    const lut_layer *l = &pl->net->layer[index];

    if (l->choice.kind != LUT_MAP_MIX) {
        connect(x, in, l->wire + m * l->k, l->k);
        return;
    }
    for (unsigned j = 0; j < l->k; j++)
        x->f[j] = pl->p->mixed[index] + (m * l->k + j) * pl->ws->plane;
}

/* What each slot of a mixture reads: in evaluation the heaviest candidate alone. */
static void mix_layer(const plane *pl, uint32_t index)
{
    const lut_backend *be = pl->net->backend;
    const lut_layer *l = &pl->net->layer[index];
    lut_plane_rows in = rows_of(pl, (int)index - 1);
    lut_bits bits = { in.b, l->inputs, in.ld };
    lut_rows rows = { in.f, l->inputs, in.ld };
    lut_choice c = l->choice;

    c.bits = in.b ? &bits : NULL;
    c.rows = in.f ? &rows : NULL;
    for (size_t slot = 0; slot < l->slots; slot++) {
        float *y = pl->p->mixed[index] + slot * pl->ws->plane;

        if (pl->net->training)
            be->mix(&c, slot, y, pl->n);
        else if (in.b)
            be->kern->expand(y, in.b + l->wire[slot] * in.ld, pl->n);
        else
            memcpy(y, in.f + l->wire[slot] * in.ld,
                   lut_round_up(pl->n, LUT_LANES) * sizeof *y);
    }
}

static void forward_layer(const plane *pl, uint32_t index)
{
    lut_meeting t = meeting(pl, index);
    lut_plane_rows in = rows_of(pl, (int)index - 1), out = rows_of(pl, (int)index);
    lut_wires x;

    if (t.l->choice.kind == LUT_MAP_MIX)
        mix_layer(pl, index);
    for (t.m = 0; t.m < t.l->luts; t.m++) {
        inputs_of(&x, pl, index, t.m, &in);
        lut_meet_forward(&t, out.f ? out.f + t.m * out.ld : NULL,
                         out.b ? out.b + t.m * out.ld : NULL, &x);
    }
}

static void vote(const plane *pl, float *logits, size_t ld)
{
    const lut_net *net = pl->net;
    const lut_kernels *kern = net->backend->kern;
    const lut_layer *last = &net->layer[net->nlayers - 1];
    lut_plane_rows y = rows_of(pl, (int)net->nlayers - 1);
    float scale = 1 / net->tau;

    for (uint32_t c = 0; c < net->classes; c++) {
        size_t from =
            (size_t)c * net->group < last->luts ? (size_t)c * net->group : last->luts;
        size_t m = last->luts - from < net->group ? last->luts - from : net->group;

        if (y.b)
            kern->vote_bits(logits + c * ld, y.b + from * y.ld, y.ld, m, scale,
                            net->offset, pl->n);
        else
            kern->vote(logits + c * ld, y.f + from * y.ld, y.ld, m, scale, net->offset,
                       pl->n);
    }
}

static void forward(const plane *pl)
{
    for (uint32_t i = 0; i < pl->net->nlayers; i++)
        forward_layer(pl, i);
}

static void zero_rows(float *p, size_t rows, size_t ld, size_t n)
{
    for (size_t r = 0; r < rows; r++)
        memset(p + r * ld, 0, n * sizeof *p);
}

static void scale_rows(float *p, size_t rows, size_t ld, size_t n, float factor)
{
    for (size_t r = 0; r < rows; r++)
        for (size_t s = 0; s < n; s++)
            p[r * ld + s] *= factor;
}

/* Rows that take the input gradients of a LUT: those of its slots where the mapping is
 * learnable, those of its inputs otherwise; false: nobody wants them. */
static bool gradient_rows(float *dx[LUT_MAX_K], const plane *pl, uint32_t index,
                          size_t m, float *below)
{
    const lut_layer *l = &pl->net->layer[index];
    const lut_ws *ws = pl->ws;

    for (unsigned j = 0; j < l->k; j++) {
        size_t slot = m * l->k + j;

        if (l->candidates)
            dx[j] = ws->kept[index].dslot + slot * ws->capacity + pl->first;
        else
            dx[j] = below + l->wire[slot] * ws->plane;
    }
    return l->candidates || lut_has_below(pl->net, index);
}

/* What a layer reads and writes. */
typedef struct layer_rows {
    lut_plane_rows in, out;
} layer_rows;

static void backward_lut(lut_meeting *t, const plane *pl, uint32_t index,
                         const layer_rows *r, const float *g, float *below)
{
    const lut_layer *l = t->l;
    float *rows[LUT_MAX_K];
    float *const *dx = gradient_rows(rows, pl, index, t->m, below) ? rows : NULL;
    lut_wires x;

    inputs_of(&x, pl, index, t->m, &r->in);
    lut_meet_backward(t, pl->p->grad[index] + t->m * l->grad_width, dx, g,
                      r->out.f ? r->out.f + t->m * r->out.ld : NULL, &x);
    for (size_t i = 0; i < pl->net->nflips; i++)
        lut_meet_flip(t, &pl->net->flip[i], pl->batch, NULL,
                      pl->p->flip[index] + t->m * l->grad_width, dx, &x);
}

/* Gradient of the inputs of a learnable mapping: each candidate takes its share. */
static void share_gradient(const plane *pl, uint32_t index, float *below)
{
    const lut_layer *l = &pl->net->layer[index];

    for (size_t slot = 0; slot < l->slots; slot++)
        pl->net->backend->spread(
            &l->choice, slot, below, pl->ws->plane,
            pl->ws->kept[index].dslot + slot * pl->ws->capacity + pl->first, pl->n);
}

static void backward_layer(const plane *pl, uint32_t index, const float *above,
                           float *below)
{
    const lut_net *net = pl->net;
    const lut_layer *l = &net->layer[index];
    lut_meeting t = meeting(pl, index);
    layer_rows r = { rows_of(pl, (int)index - 1), rows_of(pl, (int)index) };
    size_t padded = lut_round_up(pl->n, LUT_BLOCK), ld = pl->ws->plane;

    if (lut_has_below(net, index))
        zero_rows(below, l->inputs, ld, padded);
    if (l->candidates)
        zero_rows(pl->ws->kept[index].dslot + pl->first, l->slots, pl->ws->capacity,
                  padded);
    for (t.m = 0; t.m < l->luts; t.m++) {
        const float *g =
            above ? above + t.m * ld : pl->p->logits + t.m / net->group * ld;

        backward_lut(&t, pl, index, &r, g, below);
    }
    if (lut_has_below(net, index) && l->candidates)
        share_gradient(pl, index, below);
    if (lut_has_below(net, index) && net->grad_factor != 1)
        scale_rows(below, l->inputs, ld, pl->n, net->grad_factor);
}

static void backward(const plane *pl)
{
    const float *above = NULL;

    for (uint32_t i = pl->net->nlayers; i-- > 0;) {
        float *below = pl->p->dx[i % 2];

        backward_layer(pl, i, above, below);
        above = below;
    }
    if (lut_has_below(pl->net, 0))
        lut_inlet_backward(pl->net, pl->ws, pl->p, above, pl->first, pl->n);
}

/* ---- a batch: parts, each a fixed share of its blocks ---- */

typedef struct batch {
    const lut_net *net;
    lut_ws *ws;
    size_t n, nparts;
    bool learn;
    float *logits; /* or NULL */
    size_t ld;
} batch;

static void zero_gradients(const batch *b, lut_part *p)
{
    for (uint32_t i = 0; b->learn && i < b->net->nlayers; i++) {
        const lut_layer *l = &b->net->layer[i];

        memset(p->grad[i], 0, l->luts * l->grad_width * sizeof(float));
        if (b->net->nflips)
            memset(p->flip[i], 0, l->luts * l->grad_width * sizeof(float));
    }
    if (b->learn && lut_net_has_inlet(b->net))
        memset(p->dthreshold, 0, b->net->inputs * sizeof *p->dthreshold);
}

static void run_plane(const batch *b, const plane *pl)
{
    lut_ws *ws = b->ws;
    float scale = 1 / ((float)b->n * b->net->tau);

    forward(pl);
    if (b->logits) {
        vote(pl, b->logits + pl->first, b->ld);
        return;
    }
    vote(pl, pl->p->logits, ws->plane);
    pl->p->correct += b->net->backend->kern->softmax(
        pl->p->logits, ws->plane, b->net->classes, ws->loss + pl->first / LUT_BLOCK,
        ws->label + pl->first, scale, pl->n);
    if (b->learn)
        backward(pl);
}

static void run_part(void *arg, size_t index)
{
    const batch *b = arg;
    size_t blocks = lut_ceil_div(b->n, LUT_BLOCK);
    size_t first = blocks * index / b->nparts * LUT_BLOCK;
    size_t end = blocks * (index + 1) / b->nparts * LUT_BLOCK;
    lut_part *p = &b->ws->part[index];

    end = end < b->n ? end : b->n;
    p->correct = 0;
    zero_gradients(b, p);
    for (; first < end; first += b->ws->plane) {
        plane pl = { b->net, b->ws, p, first, end - first, b->n };

        if (pl.n > b->ws->plane)
            pl.n = b->ws->plane;
        run_plane(b, &pl);
    }
}

static void run_batch(batch *b)
{
    size_t blocks = lut_ceil_div(b->n, LUT_BLOCK);

    b->nparts = blocks < LUT_MAX_PARTS ? blocks : LUT_MAX_PARTS;
    lut_for(&b->ws->exec, b->nparts, run_part, b);
}

static void load_batch(const lut_net *net, lut_ws *ws, const lut_samples *s,
                       const uint32_t *rows, size_t first, size_t n)
{
    LUT_CHECK(n > 0 && n <= ws->capacity);
    if (lut_net_has_inlet(net))
        lut_inlet_load(net, ws, s, rows, first, n);
    else
        lut_bits_gather(&ws->input, s, rows, first, n);
    for (size_t i = 0; i < n; i++)
        ws->label[i] = s->label[rows ? rows[i] : first + i];
}

static void add_score(lut_score *score, const batch *b)
{
    for (size_t i = 0; i < lut_ceil_div(b->n, LUT_BLOCK); i++)
        score->loss += b->ws->loss[i];
    for (size_t i = 0; i < b->nparts; i++)
        score->correct += b->ws->part[i].correct;
    score->samples += b->n;
}

void lut_net_score(const lut_net *net, lut_ws *ws, lut_score *score,
                   const lut_samples *s, const uint32_t *rows, size_t first, size_t n)
{
    for (size_t done = 0; done < n; done += ws->capacity) {
        batch b = { .net = net, .ws = ws };

        b.n = n - done < ws->capacity ? n - done : ws->capacity;
        load_batch(net, ws, s, rows ? rows + done : NULL, first + done, b.n);
        run_batch(&b);
        add_score(score, &b);
    }
}

void lut_net_logits(const lut_net *net, lut_ws *ws, float *logits, size_t ld,
                    const lut_samples *s, size_t first, size_t n)
{
    batch b = { .net = net, .ws = ws, .n = n, .logits = logits, .ld = ld };

    LUT_CHECK(ld >= lut_round_up(n, LUT_BLOCK));
    load_batch(net, ws, s, NULL, first, n);
    run_batch(&b);
}

/* ---- update ---- */

enum { CHUNK_TILES = 4, CHUNK_SLOTS = 64 };

typedef struct update_job {
    const lut_net *net;
    const lut_layer *l;
    lut_tiles_update u;
    const float *grad[LUT_MAX_PARTS], *flip[LUT_MAX_PARTS]; /* what u names */
    lut_choice choice;
    lut_redraw redraw; /* what choice.redraw names */
    lut_bits bits;     /* what choice.bits or ... */
    lut_rows rows;     /* ... choice.rows names */
    double *square;
} update_job;

static void update_chunk(void *arg, size_t chunk)
{
    const update_job *job = arg;
    size_t end = (chunk + 1) * CHUNK_TILES;

    end = end < job->l->ntiles ? end : job->l->ntiles;
    for (size_t tile = chunk * CHUNK_TILES; tile < end; tile++)
        job->net->backend->update(&job->l->tiles, &job->u, tile);
}

static void learn_chunk(void *arg, size_t chunk)
{
    const update_job *job = arg;
    size_t end = (chunk + 1) * CHUNK_SLOTS;

    end = end < job->l->slots ? end : job->l->slots;
    job->net->backend->learn(&job->choice, &job->u, chunk * CHUNK_SLOTS, end);
}

/* The slots of a learnable mapping with their batch. */
static void load_wires(update_job *job, const lut_ws *ws, uint32_t index, size_t n)
{
    lut_plane_rows in = ws->kept[index].out;

    job->bits = (lut_bits){ .p = in.b, .rows = job->l->inputs, .ld = in.ld };
    job->rows = (lut_rows){ .p = in.f, .rows = job->l->inputs, .ld = in.ld };
    job->choice = job->l->choice;
    if (index == 0)
        job->choice.bits = &ws->input;
    else if (in.b)
        job->choice.bits = &job->bits;
    else
        job->choice.rows = &job->rows;
    job->choice.dslot = ws->kept[index].dslot;
    job->choice.ld = ws->capacity;
    job->choice.n = n;
    job->choice.word = ws->word;
    lut_choice_words(&job->choice);
    job->choice.next_temperature = lut_wiring_temperature(job->l, job->u.step->t);
    if (lut_wiring_redraw(&job->redraw, job->l, index, job->net->seed, job->u.step))
        job->choice.redraw = &job->redraw;
}

static void load_update(update_job *job, const batch *b, uint32_t index,
                        const lut_opt_step *step)
{
    const lut_net *net = b->net;

    job->net = net;
    job->l = &net->layer[index];
    for (size_t i = 0; i < b->nparts; i++) {
        job->grad[i] = b->ws->part[i].grad[index];
        job->flip[i] = b->ws->part[i].flip[index];
    }
    job->u = (lut_tiles_update){ .optim = net->optim,
                                 .optim_cfg = net->optim_cfg,
                                 .step = step,
                                 .moments = net->moments,
                                 .state = job->l->state,
                                 .grad = job->grad,
                                 .flips = net->nflips ? job->flip : NULL,
                                 .ngrad = b->nparts };
    if (job->l->candidates)
        load_wires(job, b->ws, index, b->n);
}

/* ---- clipping: the norm of all gradients, tile by tile and slot by slot ---- */

static void square_tile(void *arg, size_t tile)
{
    const update_job *job = arg;
    lut_f dw[LUT_MAX_WEIGHTS];
    const float *d = (const float *)dw;
    double sum = 0;

    job->net->backend->gradient(&job->l->tiles, &job->u, tile, dw);
    for (size_t i = 0; i < job->l->tiles.nweights * LUT_LANES; i++)
        sum += (double)d[i] * (double)d[i];
    job->square[tile] = sum;
}

static void square_chunk(void *arg, size_t chunk)
{
    const update_job *job = arg;
    size_t end = (chunk + 1) * CHUNK_SLOTS;

    end = end < job->l->slots ? end : job->l->slots;
    job->net->backend->square(&job->choice, chunk * CHUNK_SLOTS, end, job->square);
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
static float clip_factor(const batch *b, const lut_opt_step *step)
{
    const double tiny = 1e-6;
    double sum = 0, factor;

    for (uint32_t i = 0; i < b->net->nlayers; i++) {
        update_job job;

        load_update(&job, b, i, step);
        job.square = b->ws->square;
        lut_for(&b->ws->exec, job.l->ntiles, square_tile, &job);
        sum += sum_of(job.square, job.l->ntiles);
        if (!job.l->candidates)
            continue;
        lut_for(&b->ws->exec, lut_ceil_div(job.l->slots, CHUNK_SLOTS), square_chunk,
                &job);
        sum += sum_of(job.square, job.l->slots);
    }
    factor = (double)b->net->clip_norm / (sqrt(sum) + tiny);
    return factor < 1 ? (float)factor : 1;
}

static void update_layer(const batch *b, uint32_t index, const lut_opt_step *step,
                         const float *clip)
{
    update_job job;

    load_update(&job, b, index, step);
    job.u.clip = clip;
    lut_for(&b->ws->exec, lut_ceil_div(job.l->ntiles, CHUNK_TILES), update_chunk, &job);
    if (!job.l->candidates)
        return;
    lut_for(&b->ws->exec, lut_ceil_div(job.l->slots, CHUNK_SLOTS), learn_chunk, &job);
    b->net->layer[index].choice.temperature = job.choice.next_temperature;
}

void lut_net_step(lut_net *net, lut_ws *ws, lut_score *score, const lut_samples *s,
                  const uint32_t *rows, size_t n, lut_opt_step *step)
{
    batch b = { .net = net, .ws = ws, .n = n, .learn = true };
    float clip = 1;

    lut_opt_advance(step, net->optim, net->optim_cfg);
    load_batch(net, ws, s, rows, 0, n);
    run_batch(&b);
    add_score(score, &b);
    lut_penalties_prepare(net, &ws->exec);
    if (net->clip_norm > 0)
        clip = clip_factor(&b, step);
    lut_net_next_noise(net, step->t);
    for (uint32_t i = 0; i < net->nlayers; i++)
        update_layer(&b, i, step, clip < 1 ? &clip : NULL);
    lut_inlet_update(net, ws, b.nparts, step);
}
