/* Kernels by themselves: one LUT, rows in the first cache, beside multiply-adds of the same
 * set that are timed in turn with them, so that a ratio outlives a change of the clock's
 * frequency. */
#include "drivers/lutbench_kernels.h"

#include <string.h>

enum {
    SAMPLES = 128, /* of a row */
    WORDS = SAMPLES / 64,
    ROWS = 10, /* of votes, and classes */
    MANY = 16, /* LUTs of kernels for many */
    REPEATS = 5
};

/* What kernels read and write: whole lines of the cache, wherever the stack begins, and rows
 * that are read not 4096 bytes from those that are written, which some CPUs take for one
 * another. */
typedef struct arrays {
    _Alignas(4096) float x[LUT_MAX_K][SAMPLES];
    float g[SAMPLES], dx[LUT_MAX_K][SAMPLES], y[SAMPLES];
    float rows[ROWS][SAMPLES], table[1 << LUT_MAX_K], slope[1 << LUT_MAX_K],
        grad[1 << LUT_MAX_K];
    _Alignas(64) uint64_t bits[LUT_MAX_K][WORDS];
    uint64_t out[WORDS], votes[ROWS][WORDS], tt[4];
    double loss[SAMPLES / LUT_LOSS_BLOCK];
    _Alignas(64) float tables[MANY << LUT_MAX_K], grads[MANY << LUT_MAX_K];
    float ys[MANY][SAMPLES], gs[MANY][SAMPLES];
    uint64_t outs[MANY][WORDS], samples[SAMPLES], inputs[64][WORDS];
    uint32_t wire[MANY * LUT_MAX_K];
    uint16_t label[SAMPLES];
    const float *in[LUT_MAX_K];
    float *din[LUT_MAX_K];
    const uint64_t *bin[LUT_MAX_K];
} arrays;

static void fill(arrays *a)
{
    lut_rng r = lut_rng_make(1, LUT_RNG_TEST, 0);

    memset(a, 0, sizeof *a);
    for (size_t s = 0; s < SAMPLES; s++) {
        a->g[s] = (float)lut_rng_normal(&r);
        a->label[s] = (uint16_t)lut_rng_below(&r, ROWS);
    }
    for (unsigned j = 0; j < LUT_MAX_K; j++) {
        a->in[j] = a->x[j];
        a->din[j] = a->dx[j];
        a->bin[j] = a->bits[j];
        for (size_t s = 0; s < SAMPLES; s++)
            a->x[j][s] = (float)lut_rng_uniform(&r);
        for (size_t w = 0; w < WORDS; w++)
            a->bits[j][w] = lut_rng_next(&r);
    }
    for (size_t e = 0; e < 1 << LUT_MAX_K; e++)
        a->table[e] = a->slope[e] = (float)lut_rng_normal(&r);
    for (size_t i = 0; i < ROWS; i++)
        for (size_t w = 0; w < WORDS; w++)
            a->votes[i][w] = lut_rng_next(&r);
    for (size_t w = 0; w < 4; w++)
        a->tt[w] = lut_rng_next(&r);
    for (size_t s = 0; s < SAMPLES; s++)
        a->samples[s] = lut_rng_next(&r);
    for (size_t e = 0; e < MANY << LUT_MAX_K; e++)
        a->tables[e] = (float)lut_rng_normal(&r);
    for (size_t m = 0; m < MANY; m++)
        memcpy(a->gs[m], a->g, sizeof a->g);
    for (size_t i = 0; i < MANY * LUT_MAX_K; i++)
        a->wire[i] = (uint32_t)(i % LUT_MAX_K);
}

/* Gradients that are added up again and again would leave the range of floats, and squashed
 * values end at fixed points, some of them denormal: slow on every machine. */
static void renew(arrays *a)
{
    memset(a->dx, 0, sizeof a->dx);
    memset(a->grad, 0, sizeof a->grad);
    memset(a->grads, 0, sizeof a->grads);
    for (size_t s = 0; s < SAMPLES; s++)
        a->y[s] = a->g[s];
    for (size_t i = 0; i < ROWS; i++)
        memcpy(a->rows[i], a->g, sizeof a->g);
}

/* ---- each kernel ---- */

static const lut_output soft = { .squash = LUT_SIGMOID,
                                 .sampling = LUT_SOFT,
                                 .temperature = 1 };

static void interpolate(const lut_kernels *f, arrays *a, unsigned k)
{
    f->interpolate(a->y, a->in, k, a->table, SAMPLES);
}

static void interpolate_backward(const lut_kernels *f, arrays *a, unsigned k)
{
    f->interpolate_backward(a->grad, a->din, a->g, a->in, k, a->table, SAMPLES);
}

static void lookup(const lut_kernels *f, arrays *a, unsigned k)
{
    f->lookup(a->y, a->bin, k, a->table, SAMPLES);
}

static void lookup_bits(const lut_kernels *f, arrays *a, unsigned k)
{
    f->lookup_bits(a->out, a->bin, k, a->tt, SAMPLES);
}

static void lookup_backward(const lut_kernels *f, arrays *a, unsigned k)
{
    f->lookup_backward(a->grad, a->din, a->g, a->bin, k, a->slope, NULL, SAMPLES);
}

static void squash(const lut_kernels *f, arrays *a, unsigned k)
{
    (void)k;
    f->squash(a->y, 1, SAMPLES);
}

static void squash_backward(const lut_kernels *f, arrays *a, unsigned k)
{
    (void)k;
    f->squash_backward(a->y, a->g, a->x[0], 1, SAMPLES);
}

static void sample(const lut_kernels *f, arrays *a, unsigned k)
{
    (void)k;
    f->sample(a->y, NULL, &soft, SAMPLES);
}

static void sample_backward(const lut_kernels *f, arrays *a, unsigned k)
{
    (void)k;
    f->sample_backward(a->y, a->g, &soft, SAMPLES);
}

static void expand(const lut_kernels *f, arrays *a, unsigned k)
{
    (void)k;
    f->expand(a->y, a->bits[0], SAMPLES);
}

static void binarize(const lut_kernels *f, arrays *a, unsigned k)
{
    (void)k;
    f->binarize(a->out, a->x[0], 0.5f, SAMPLES);
}

static void gather_word(const lut_kernels *f, arrays *a, unsigned k)
{
    lut_samples samples = { .x = a->samples, .ld = 1, .inputs = 64, .n = SAMPLES };
    lut_bits to = { .p = a->inputs[0], .rows = 64, .ld = WORDS };

    (void)k;
    f->gather_word(&to, &samples, NULL, 0, SAMPLES, 0);
}

static void threshold_backward(const lut_kernels *f, arrays *a, unsigned k)
{
    (void)k;
    f->threshold_backward(a->grad, a->g, a->x[0], 0.5f, 4, SAMPLES);
}

static void vote(const lut_kernels *f, arrays *a, unsigned k)
{
    lut_signal rows = { .f = a->x[0], .ld = SAMPLES };

    (void)k;
    f->vote(a->y, &rows, 0, LUT_MAX_K, 1, 0, SAMPLES);
}

static void vote_bits(const lut_kernels *f, arrays *a, unsigned k)
{
    lut_signal rows = { .b = a->votes[0], .ld = WORDS };

    (void)k;
    f->vote(a->y, &rows, 0, ROWS, 1, 0, SAMPLES);
}

static void softmax(const lut_kernels *f, arrays *a, unsigned k)
{
    (void)k;
    f->softmax(a->rows[0], SAMPLES, ROWS, a->loss, a->label, 1, SAMPLES);
}

/* ---- many LUTs at once ---- */

static lut_walk walk_of(arrays *a, unsigned k, bool bits)
{
    lut_walk w = { .k = k,
                   .luts = MANY,
                   .ahead = MANY,
                   .end = MANY,
                   .n = SAMPLES,
                   .wire = a->wire,
                   .table = a->tables,
                   .tt = (const uint64_t *)a->tables,
                   .g = a->gs[0],
                   .g_ld = SAMPLES,
                   .grad = a->grads,
                   .dx = a->dx[0],
                   .dx_ld = SAMPLES,
                   .dx_row = a->wire,
                   .rise = a->tables };

    w.in = bits ? (lut_signal){ .b = a->bits[0], .ld = WORDS }
                : (lut_signal){ .f = a->x[0], .ld = SAMPLES };
    w.out = (lut_signal){ .f = a->ys[0], .ld = SAMPLES };
    return w;
}

static void interpolate_luts(const lut_kernels *f, arrays *a, unsigned k)
{
    lut_walk w = walk_of(a, k, false);

    f->interpolate_luts(&w);
}

static void interpolate_backward_luts(const lut_kernels *f, arrays *a, unsigned k)
{
    lut_walk w = walk_of(a, k, false);

    f->interpolate_backward_luts(&w);
}

static void lookup_luts(const lut_kernels *f, arrays *a, unsigned k)
{
    lut_walk w = walk_of(a, k, true);

    f->lookup_luts(&w);
}

static void lookup_bits_luts(const lut_kernels *f, arrays *a, unsigned k)
{
    lut_walk w = walk_of(a, k, true);

    w.out = (lut_signal){ .b = a->outs[0], .ld = WORDS };
    f->lookup_bits_luts(&w);
}

static void lookup_backward_luts(const lut_kernels *f, arrays *a, unsigned k)
{
    lut_walk w = walk_of(a, k, true);

    f->lookup_backward_luts(&w);
}

static const struct kernel {
    const char *name;
    void (*call)(const lut_kernels *f, arrays *a, unsigned k);
    bool ranked;
    unsigned luts; /* of a call; 0: one */
} kernels[] = {
    { "interpolate_luts", interpolate_luts, true, MANY },
    { "interpolate_backward_luts", interpolate_backward_luts, true, MANY },
    { "lookup_luts", lookup_luts, true, MANY },
    { "lookup_bits_luts", lookup_bits_luts, true, MANY },
    { "lookup_backward_luts", lookup_backward_luts, true, MANY },
    { "interpolate", interpolate, true, 0 },
    { "interpolate_backward", interpolate_backward, true, 0 },
    { "lookup", lookup, true, 0 },
    { "lookup_bits", lookup_bits, true, 0 },
    { "lookup_backward", lookup_backward, true, 0 },
    { "squash", squash, false, 0 },
    { "squash_backward", squash_backward, false, 0 },
    { "sample", sample, false, 0 },
    { "sample_backward", sample_backward, false, 0 },
    { "expand", expand, false, 0 },
    { "binarize", binarize, false, 0 },
    { "gather_word", gather_word, false, 0 },
    { "threshold_backward", threshold_backward, false, 0 },
    { "vote", vote, false, 0 },
    { "vote_bits", vote_bits, false, 0 },
    { "softmax", softmax, false, 0 },
};

/* ---- timing ---- */

typedef struct bench {
    const lut_kernels *f;
    const lut_probe *probe;
    const bench_clock *clock;
    arrays a;
} bench;

static double now(const bench *b)
{
    return b->clock->now(b->clock->arg);
}

static double calls(bench *b, const struct kernel *kernel, unsigned k, size_t times)
{
    double start;

    renew(&b->a);
    start = now(b);
    for (size_t i = 0; i < times; i++)
        kernel->call(b->f, &b->a, k);
    return now(b) - start;
}

/* Seconds of a multiply-add of one float. */
static double multiply_add(const bench *b, size_t rounds)
{
    float sink[LUT_LANES];
    double start = now(b);
    size_t n = b->probe->fma(sink, rounds);

    return (now(b) - start) / (double)n;
}

/* A rank that means nothing is written as 0. */
static void time_kernel(bench_timing *out, bench *b, const struct kernel *kernel,
                        unsigned k)
{
    const double enough = 5e-4;
    const size_t most = (size_t)1 << 20;
    double seconds[REPEATS], ratio[REPEATS];
    size_t times = 1;

    while (calls(b, kernel, k, times) < enough && times < most)
        times *= 2;
    for (int i = 0; i < REPEATS; i++) {
        seconds[i] = calls(b, kernel, k, times) / (double)times / SAMPLES;
        if (kernel->luts)
            seconds[i] /= kernel->luts;
        ratio[i] = seconds[i] / multiply_add(b, 20000);
    }
    snprintf(out->kernel, sizeof out->kernel, "%s", kernel->name);
    snprintf(out->set, sizeof out->set, "%s", b->f->name);
    out->rank = kernel->ranked ? k : 0;
    out->ns = 1e9 * bench_median(seconds, REPEATS);
    out->ratio = bench_median(ratio, REPEATS);
}

size_t bench_kernels(bench_timing out[BENCH_KERNELS], const lut_kernels *f,
                     const lut_probe *probe, const bench_clock *clock)
{
    static const unsigned rank[] = { 2, 4, 6 };
    bench b = { .f = f, .probe = probe, .clock = clock };
    size_t n = 0;

    fill(&b.a);
    for (size_t i = 0; i < LUT_COUNT(kernels); i++)
        for (size_t r = 0; r < (kernels[i].ranked ? LUT_COUNT(rank) : 1); r++)
            time_kernel(&out[n++], &b, &kernels[i], rank[r]);
    return n;
}

/* ---- layers ---- */

enum { LUTS = 1000, INPUTS = 512, BATCH = 128, CLASSES = 10 };

typedef struct layers {
    lut_net *net;
    lut_ws *ws;
    lut_samples samples;
    lut_opt_step step;
    lut_score score;
} layers;

static const lut_exec one = { .threads = 1 };

static void do_step(layers *l)
{
    lut_net_step(l->net, l->ws, &l->score, &l->samples, NULL, BATCH, &l->step);
}

/* Of one sample: what is left is a pass over all weights. */
static void do_update(layers *l)
{
    lut_net_step(l->net, l->ws, &l->score, &l->samples, NULL, 1, &l->step);
}

static void do_forward(layers *l)
{
    lut_net_score(l->net, l->ws, &l->score, &l->samples, NULL, 0, BATCH);
}

static void do_tables(layers *l)
{
    lut_net_refresh(l->net, &one);
}

static const struct pass {
    const char *name, *unit;
    void (*call)(layers *);
    double samples; /* that a call is divided by */
} passes[] = {
    { "step", "ns per LUT and sample", do_step, BATCH },
    { "forward", "ns per LUT and sample", do_forward, BATCH },
    { "update", "ns per LUT", do_update, 1 },
    { "tables", "ns per LUT", do_tables, 1 },
};

static double time_pass(layers *l, const struct pass *p, const bench_clock *clock)
{
    const double enough = 2e-3;
    double v[REPEATS];
    size_t times = 1;

    for (double spent = 0; spent < enough && times < 4096; times *= 2) {
        double start = clock->now(clock->arg);

        for (size_t i = 0; i < times; i++)
            p->call(l);
        spent = clock->now(clock->arg) - start;
        if (spent >= enough)
            break;
    }
    for (int r = 0; r < REPEATS; r++) {
        double start = clock->now(clock->arg);

        for (size_t i = 0; i < times; i++)
            p->call(l);
        v[r] = clock->now(clock->arg) - start;
    }
    return bench_median(v, REPEATS) / (double)times / p->samples / (2.0 * LUTS);
}

/* Options of a plug-in, all at their defaults. */
typedef union defaults {
    double align;
    char bytes[2048];
} defaults;

static const void *defaults_of(defaults *d, const lut_field *field, size_t n,
                               size_t size)
{
    LUT_CHECK(size <= sizeof *d);
    memset(d, 0, sizeof *d);
    lut_fields_default(field, n, d);
    return d;
}

/* Two layers of one kind: the first on bits, the second on what the first gives. */
static lut_status open_layers(layers *l, const lut_backend *be, size_t param,
                              unsigned k, lut_err *err)
{
    const lut_param_ops *p = lut_param_table_scalar[param];
    const lut_map_ops *map = lut_map_find("random");
    size_t adam = lut_optim_find("adam");
    const lut_optim_ops *o = lut_optim_table_scalar[adam];
    defaults param_cfg, map_cfg, optim_cfg;
    lut_layer_cfg layer = {
        .luts = LUTS,
        .k = k,
        .param = param,
        .map = map,
        .param_cfg = defaults_of(&param_cfg, p->fields, p->nfields, p->cfg_size),
        .map_cfg = defaults_of(&map_cfg, map->fields, map->nfields, map->cfg_size)
    };
    lut_layer_cfg both[2] = { layer, layer };
    lut_net_cfg cfg = { .inputs = INPUTS,
                        .classes = CLASSES,
                        .nlayers = 2,
                        .layer = both,
                        .tau = 10,
                        .temperature = 1,
                        .grad_factor = 1,
                        .init = { false, 0.951, 1, 0.1 },
                        .optim = adam };

    cfg.optim_cfg = defaults_of(&optim_cfg, o->fields, o->nfields, o->cfg_size);
    LUT_TRY(lut_net_create(&l->net, &cfg, be, 1, err));
    l->step = (lut_opt_step){ .lr = 1e-3, .power = { 1, 1 } };
    return lut_ws_create(&l->ws, l->net, BATCH, &one, err);
}

static void close_layers(layers *l)
{
    lut_ws_destroy(l->ws);
    lut_net_destroy(l->net);
}

static lut_samples make_samples(uint64_t *bits, uint16_t *label)
{
    lut_rng r = lut_rng_make(2, LUT_RNG_TEST, 0);

    for (size_t i = 0; i < BATCH * INPUTS / 64; i++)
        bits[i] = lut_rng_next(&r);
    for (size_t i = 0; i < BATCH; i++)
        label[i] = (uint16_t)lut_rng_below(&r, CLASSES);
    return (lut_samples){
        .x = bits, .ld = INPUTS / 64, .inputs = INPUTS, .label = label, .n = BATCH
    };
}

lut_status bench_layers(bench_pass_timing out[BENCH_PASSES], const lut_backend *be,
                        size_t param, unsigned k, const bench_clock *clock,
                        lut_err *err)
{
    uint64_t bits[BATCH * INPUTS / 64];
    uint16_t label[BATCH];
    layers l = { .samples = make_samples(bits, label) };
    lut_status st = open_layers(&l, be, param, k, err);

    for (size_t i = 0; i < LUT_COUNT(passes) && st == LUT_OK; i++)
        out[i] = (bench_pass_timing){ passes[i].name, passes[i].unit,
                                      1e9 * time_pass(&l, &passes[i], clock) };
    close_layers(&l);
    return st;
}
