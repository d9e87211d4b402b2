/* Batches: samples in, planes through the layers, votes and losses out; one step. */
#include "lib/net/inlet.h"
#include "lib/net/meet.h"

#include "lib/base/check.h"

typedef struct batch {
    lut_net *net;
    lut_ws *ws;
    size_t n, correct;
    float *logits; /* or NULL */
    size_t ld;
    lut_update *update; /* NULL: no learning */
} batch;

/* ---- samples in ---- */

typedef struct load_job {
    const lut_kernels *kern;
    lut_ws *ws;
    const lut_samples *s;
    const uint32_t *rows;
    size_t first, n;
} load_job;

static void load_word(void *arg, size_t word)
{
    const load_job *job = arg;

    job->kern->gather_word(&job->ws->input, job->s, job->rows, job->first, job->n,
                           word);
}

/* Rows of a shuffled epoch are anywhere in memory: all of a batch are asked for at once.  In
 * line, for GCC drops calls of a function that only prefetches. */
LUT_INLINE void call_samples(const lut_samples *s, const uint32_t *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const uint64_t *x = s->x + rows[i] * s->ld;

        for (size_t word = 0; word < s->ld; word += 64 / sizeof *x)
            __builtin_prefetch(x + word);
    }
}

void lut_batch_load(const lut_net *net, lut_ws *ws, const lut_samples *s,
                    const uint32_t *rows, size_t first, size_t n)
{
    load_job job = { net->backend->kern, ws, s, rows, first, n };

    LUT_CHECK(n > 0 && n <= ws->most);
    if (lut_net_has_inlet(net))
        lut_inlet_load(net, ws, s, rows, first, n);
    else {
        if (rows)
            call_samples(s, rows, n);
        lut_for(&ws->exec, lut_ceil_div(s->inputs, 64), load_word, &job);
    }
    for (size_t i = 0; i < n; i++)
        ws->label[i] = s->label[rows ? rows[i] : first + i];
}

/* ---- votes ---- */

typedef struct vote_job {
    const lut_plane *p;
    float *logits;
    size_t ld;
} vote_job;

static void vote_class(void *arg, size_t c)
{
    const vote_job *job = arg;
    const lut_net *net = job->p->net;
    lut_signal y = lut_plane_rows(job->p, (int)net->nlayers - 1);
    size_t luts = net->layer[net->nlayers - 1].luts;
    size_t begin = c * net->group, end = begin + net->group;

    begin = begin < luts ? begin : luts;
    end = end < luts ? end : luts;
    net->backend->kern->vote(job->logits + c * job->ld, &y, begin, end, 1 / net->tau,
                             net->offset, job->p->n);
}

static void vote(const lut_plane *p, float *logits, size_t ld)
{
    vote_job job = { p, logits, ld };

    lut_for(&p->ws->exec, p->net->classes, vote_class, &job);
}

/* ---- planes ---- */

static void run_plane(batch *b, const lut_plane *p)
{
    const lut_net *net = b->net;
    lut_ws *ws = b->ws;
    float scale = 1 / ((float)b->n * net->tau);

    lut_plane_forward(p);
    if (b->logits) {
        vote(p, b->logits + p->first, b->ld);
        return;
    }
    vote(p, ws->logits, p->row);
    b->correct += net->backend->kern->softmax(ws->logits, p->row, net->classes,
                                              ws->loss + p->first / LUT_LOSS_BLOCK,
                                              ws->label + p->first, scale, p->n);
    if (b->update)
        lut_plane_backward(p, ws->at_once ? lut_update_tile : NULL, b->update);
}

static void zero_gradients(const batch *b)
{
    const lut_ws *ws = b->ws;

    for (uint32_t i = 0; i < b->net->nlayers; i++) {
        const lut_layer *l = &b->net->layer[i];
        size_t size = l->ntiles * LUT_LANES * l->grad_width * sizeof(float);

        if (ws->grad[i])
            memset(ws->grad[i], 0, size);
        if (ws->flip[i])
            memset(ws->flip[i], 0, size);
    }
    if (lut_net_has_inlet(b->net))
        memset(ws->dthreshold, 0, b->net->inputs * sizeof *ws->dthreshold);
}

static void run_batch(batch *b)
{
    size_t plane = b->ws->plane;

    if (b->update)
        zero_gradients(b);
    for (size_t first = 0; first < b->n; first += plane) {
        size_t left = b->n - first;
        size_t n = left < plane ? left : plane;
        lut_plane p = { b->net, b->ws, first, n, b->n, lut_plane_row(b->ws, n) };

        run_plane(b, &p);
    }
}

static void add_score(lut_score *score, const batch *b)
{
    for (size_t i = 0; i < lut_ceil_div(b->n, LUT_LOSS_BLOCK); i++)
        score->loss += b->ws->loss[i];
    score->correct += b->correct;
    score->samples += b->n;
}

void lut_net_score(const lut_net *net, lut_ws *ws, lut_score *score,
                   const lut_samples *s, const uint32_t *rows, size_t first, size_t n)
{
    for (size_t done = 0; done < n; done += ws->most) {
        batch b = { .net = (lut_net *)net, .ws = ws };

        b.n = n - done < ws->most ? n - done : ws->most;
        lut_batch_load(net, ws, s, rows ? rows + done : NULL, first + done, b.n);
        run_batch(&b);
        add_score(score, &b);
    }
}

void lut_net_logits(const lut_net *net, lut_ws *ws, float *logits, size_t ld,
                    const lut_samples *s, size_t first, size_t n)
{
    batch b = { .net = (lut_net *)net, .ws = ws, .n = n, .logits = logits, .ld = ld };

    LUT_CHECK(ld >= lut_round_up(n, LUT_BLOCK));
    lut_batch_load(net, ws, s, NULL, first, n);
    run_batch(&b);
}

void lut_net_step(lut_net *net, lut_ws *ws, lut_score *score, const lut_samples *s,
                  const uint32_t *rows, size_t n, lut_opt_step *step)
{
    lut_update update = { .net = net, .ws = ws, .n = n, .step = step };
    batch b = { .net = net, .ws = ws, .n = n, .update = &update };

    lut_opt_advance(step, net->optim, net->optim_cfg);
    lut_batch_load(net, ws, s, rows, 0, n);
    run_batch(&b);
    add_score(score, &b);
    lut_update_rest(&update);
}
