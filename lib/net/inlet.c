#include "lib/net/inlet.h"

#include "lib/base/check.h"
#include "lib/net/meet.h"

static size_t values_of(const lut_inlet *in)
{
    return in->learnt.sets * in->learnt.count;
}

/* Which threshold makes input row i: those of a feature are next to each other. */
static size_t threshold_of(const lut_inlet *in, size_t row)
{
    return in->learnt.sets == 1 ? row % in->learnt.count : row;
}

/* ---- creation ---- */

void lut_inlet_shape(lut_inlet *in, const lut_inlet_cfg *cfg)
{
    if (!cfg)
        return;
    LUT_CHECK(cfg->learnt.sets == 1 || cfg->learnt.sets == cfg->features);
    LUT_CHECK(cfg->learnt.count > 0 && cfg->features > 0);
    in->learnt = cfg->learnt;
    in->features = cfg->features;
    in->input = cfg->input;
    in->padded = lut_round_up(values_of(in), LUT_LANES);
}

void lut_inlet_place(lut_inlet *in, lut_arena *a, size_t nstate)
{
    size_t sets = in->learnt.sets, n = values_of(in), vectors = in->padded / LUT_LANES;

    if (!sets)
        return;
    in->state = lut_arena_take(a, vectors * nstate, sizeof *in->state);
    in->grad = lut_arena_take(a, vectors, sizeof *in->grad);
    in->sum = lut_arena_take(a, n, sizeof *in->sum);
    in->threshold = lut_arena_take(a, n, sizeof *in->threshold);
    in->edge = lut_arena_take(a, n, sizeof *in->edge);
    in->learnt.origin = lut_arena_take(a, sets, sizeof *in->learnt.origin);
    in->learnt.scale = lut_arena_take(a, sets, sizeof *in->learnt.scale);
}

void lut_inlet_start(lut_inlet *in, const lut_inlet_cfg *cfg)
{
    size_t size = in->learnt.sets * sizeof(double);

    if (!in->learnt.sets)
        return;
    memcpy((double *)in->learnt.origin, cfg->learnt.origin, size);
    memcpy((double *)in->learnt.scale, cfg->learnt.scale, size);
    lut_learnt_invert(&in->learnt, in->d, cfg->threshold);
}

void lut_inlet_refresh(lut_inlet *in)
{
    if (!in->learnt.sets)
        return;
    lut_learnt_thresholds(&in->learnt, in->threshold, in->d);
    for (size_t i = 0; i < values_of(in); i++)
        in->edge[i] = lut_fixed_edge(&in->input, in->threshold[i]);
}

/* ---- what others see ---- */

bool lut_net_has_inlet(const lut_net *net)
{
    return net->inlet.learnt.sets > 0;
}

void lut_net_thresholds(const lut_net *net, float *threshold)
{
    const lut_inlet *in = &net->inlet;

    LUT_CHECK(in->learnt.sets > 0);
    for (size_t i = 0; i < in->features * in->learnt.count; i++)
        threshold[i] = in->threshold[threshold_of(in, i)];
}

typedef struct encode_job {
    const lut_inlet *in;
    uint64_t *x;
    const lut_samples *s;
} encode_job;

static void encode_sample(void *arg, size_t sample)
{
    const encode_job *job = arg;
    const lut_inlet *in = job->in;
    const float *value = job->s->value + sample * in->features;
    uint64_t *x = job->x + sample * job->s->ld;

    memset(x, 0, job->s->ld * sizeof *x);
    for (size_t i = 0; i < in->features * in->learnt.count; i++)
        x[i / 64] |=
            (uint64_t)(value[i / in->learnt.count] > in->edge[threshold_of(in, i)])
            << i % 64;
}

void lut_net_encode(const lut_net *net, const lut_exec *exec, uint64_t *x,
                    const lut_samples *s)
{
    encode_job job = { &net->inlet, x, s };

    LUT_CHECK(s->value && s->features == net->inlet.features);
    LUT_CHECK(s->ld * 64 >= s->inputs && s->inputs == net->inputs);
    lut_for(exec, s->n, encode_sample, &job);
}

/* ---- a batch ---- */

typedef struct load_job {
    const lut_net *net;
    lut_ws *ws;
    const lut_samples *s;
    const uint32_t *rows;
    size_t first, n;
} load_job;

static void load_feature(void *arg, size_t f)
{
    const load_job *job = arg;
    const lut_inlet *in = &job->net->inlet;
    const lut_bits *out = &job->ws->input;
    float *value = job->ws->value + f * job->ws->capacity;
    size_t n = job->n, count = in->learnt.count;

    for (size_t i = 0; i < n; i++) {
        size_t sample = job->rows ? job->rows[i] : job->first + i;

        value[i] = job->s->value[sample * in->features + f];
    }
    memset(value + n, 0, (lut_round_up(n, LUT_BLOCK) - n) * sizeof *value);
    for (size_t i = f * count; i < (f + 1) * count; i++)
        job->net->backend->kern->binarize(out->p + i * out->ld, value,
                                          in->edge[threshold_of(in, i)], n);
}

void lut_inlet_load(const lut_net *net, lut_ws *ws, const lut_samples *s,
                    const uint32_t *rows, size_t first, size_t n)
{
    load_job job = { net, ws, s, rows, first, n };

    LUT_CHECK(s->value && s->features == net->inlet.features);
    lut_for(&ws->exec, net->inlet.features, load_feature, &job);
}

void lut_inlet_backward(const lut_net *net, const lut_ws *ws, const float *dx,
                        size_t first, size_t n)
{
    const lut_inlet *in = &net->inlet;
    size_t count = in->learnt.count;

    LUT_ASSERT(!ws->tight);
    for (size_t i = 0; i < in->features * count; i++) {
        size_t at = threshold_of(in, i);

        net->backend->kern->threshold_backward(
            &ws->dthreshold[i], dx + i * ws->row,
            ws->value + i / count * ws->capacity + first, in->threshold[at],
            lut_learnt_slope(&in->learnt, at / count), n);
    }
}

void lut_inlet_update(lut_net *net, const lut_ws *ws, const lut_opt_step *step)
{
    lut_inlet *in = &net->inlet;

    if (!in->learnt.sets)
        return;
    memset(in->sum, 0, values_of(in) * sizeof *in->sum);
    for (size_t i = 0; i < in->features * in->learnt.count; i++)
        in->sum[threshold_of(in, i)] += ws->dthreshold[i];
    lut_learnt_backward(&in->learnt, (float *)in->grad, in->sum, in->d);
    lut_optim_plain(net->optim)(net->optim_cfg, step, (lut_f *)in->d, in->state,
                                in->grad, NULL, in->padded / LUT_LANES);
    lut_inlet_refresh(in);
}
