/* Batches: samples in, planes through the layers, votes and losses out; one step.
 *
 * Threads work on one plane together (walk.c), or on as many planes as there are threads, each
 * in a work space of its own (lut_ws.mate). */
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

/* Returns how many are right where classes are asked for. */
static size_t run_plane(const batch *b, const lut_plane *p)
{
    const lut_net *net = b->net;
    const lut_ws *ws = p->ws;
    float scale = 1 / ((float)b->n * net->tau);
    size_t correct;

    lut_plane_forward(p);
    if (b->logits) {
        vote(p, b->logits + p->first, b->ld);
        return 0;
    }
    vote(p, ws->logits, p->row);
    correct = net->backend->kern->softmax(ws->logits, p->row, net->classes,
                                          ws->loss + p->first / LUT_LOSS_BLOCK,
                                          ws->label + p->first, scale, p->n);
    if (b->update)
        lut_plane_backward(p, ws->at_once ? lut_update_tile : NULL, b->update);
    return correct;
}

static size_t gradient_values(const lut_layer *l)
{
    return l->ntiles * LUT_LANES * l->grad_width;
}

static void zero_gradients(const batch *b, const lut_ws *ws)
{
    for (uint32_t i = 0; i < b->net->nlayers; i++) {
        size_t size = gradient_values(&b->net->layer[i]) * sizeof(float);

        if (ws->grad[i])
            memset(ws->grad[i], 0, size);
        if (ws->flip[i])
            memset(ws->flip[i], 0, size);
    }
    if (lut_net_has_inlet(b->net))
        memset(ws->dthreshold, 0, b->net->inputs * sizeof *ws->dthreshold);
}

static lut_plane plane_at(const batch *b, const lut_ws *ws, size_t first)
{
    size_t left = b->n - first, n = left < ws->plane ? left : ws->plane;

    return (lut_plane){ b->net, ws, first, n, b->n, lut_plane_row(ws, n) };
}

/* ---- planes that threads take whole ---- */

/* Planes of as many mates, from sample `first` on. */
typedef struct round_job {
    const batch *b;
    size_t first, planes;
    size_t *correct; /* [planes] */
    uint32_t layer;  /* whose gradients are added */
    size_t shares;
} round_job;

static void run_mate(void *arg, size_t i)
{
    const round_job *job = arg;
    const lut_ws *mate = &job->b->ws->mate[i];
    lut_plane p = plane_at(job->b, mate, job->first + i * mate->plane);

    if (job->b->update && i > 0) /* mate 0 goes on with what is there */
        zero_gradients(job->b, mate);
    job->correct[i] = run_plane(job->b, &p);
}

/* Mate by mate, as their planes follow each other. */
static void add_share(void *arg, size_t share)
{
    const round_job *job = arg;
    const lut_ws *ws = job->b->ws;
    size_t n = gradient_values(&job->b->net->layer[job->layer]);
    size_t begin = n * share / job->shares, end = n * (share + 1) / job->shares;
    float *sum = ws->grad[job->layer];

    for (size_t m = 1; m < job->planes; m++) {
        const float *more = ws->mate[m].grad[job->layer];

        for (size_t j = begin; j < end; j++)
            sum[j] += more[j];
    }
}

/* A plane for each of so many threads. */
static void run_round(batch *b, size_t first, size_t planes)
{
    const lut_exec *exec = &b->ws->exec;
    size_t correct[LUT_MAX_THREADS];
    round_job job = { .b = b, .first = first, .planes = planes, .correct = correct };

    job.shares = b->ws->ndesks;
    lut_for(exec, planes, run_mate, &job);
    for (size_t i = 0; i < planes; i++)
        b->correct += correct[i];
    for (; b->update && job.layer < b->net->nlayers; job.layer++)
        lut_for(exec, job.shares, add_share, &job);
}

static void run_batch(batch *b)
{
    const lut_ws *ws = b->ws;

    if (b->update)
        zero_gradients(b, ws);
    for (size_t first = 0; first < b->n;) {
        size_t planes = lut_ceil_div(b->n - first, ws->plane);

        if (planes > ws->nmates / 2 && ws->nmates > 0) {
            planes = planes < ws->nmates ? planes : ws->nmates;
            run_round(b, first, planes);
        } else { /* all threads on one plane */
            lut_plane p = plane_at(b, ws, first);

            b->correct += run_plane(b, &p);
            planes = 1;
        }
        first += planes * ws->plane;
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
    lut_update_begin(&update);
    run_batch(&b);
    add_score(score, &b);
    lut_update_rest(&update);
}
