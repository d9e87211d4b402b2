/* lib/net/checkpoint: a run that goes on from any of its checkpoints comes out the same;
 * what is no checkpoint of it is refused and changes nothing. */
#include "lib/net/checkpoint.h"
#include "tests/support/nets.h"

#include <stdlib.h>

enum { EPOCHS = 9 };

/* Everything that a run left. */
typedef struct trace {
    lut_net *net;
    lut_train_result result;
    lut_epoch e[EPOCHS];
    size_t n;
    struct {
        void *bytes;
        size_t n;
    } saved[EPOCHS];
    size_t nsaved;
} trace;

static int note(void *arg, const lut_epoch *e)
{
    trace *t = arg;

    CU_ASSERT_FATAL(t->n < EPOCHS);
    t->e[t->n++] = *e;
    return 0;
}

static lut_status keep(void *arg, const void *bytes, size_t n, lut_err *err)
{
    trace *t = arg;

    (void)err;
    CU_ASSERT_FATAL(t->nsaved < EPOCHS);
    t->saved[t->nsaved].bytes = malloc(n);
    t->saved[t->nsaved].n = n;
    memcpy(t->saved[t->nsaved++].bytes, bytes, n);
    return LUT_OK;
}

static void forget(trace *t)
{
    for (size_t i = 0; i < t->nsaved; i++)
        free(t->saved[i].bytes);
    lut_net_destroy(t->net);
}

static const net_spec everything = { .inputs = 20,
                                     .classes = 3,
                                     .luts = { 37, 18 },
                                     .k = 4,
                                     .param = "light",
                                     .first = "learnable",
                                     .rest = "learnable",
                                     .optim = "adam",
                                     .tau = 2 };

static lut_train_cfg plan(double schedule_cfg[128])
{
    const lut_schedule_ops *cosine = lut_schedule_find("cosine");

    net_options(schedule_cfg, "", "cosine", cosine->fields, cosine->nfields);
    return (lut_train_cfg){ .schedule = cosine,
                            .schedule_cfg = schedule_cfg,
                            .lr = 0.1,
                            .warmup = 2,
                            .temperature = { LUT_EXPONENTIAL, 1, 0.3 },
                            .epochs = EPOCHS,
                            .batch = 64,
                            .seed = 3,
                            .patience = 5,
                            .tag = "the run" };
}

/* Random values for all rows; storage of the program. */
static const float *values_of(size_t rows, size_t features)
{
    static float value[NET_ROWS * 4];
    lut_rng rng = lut_rng_make(9, LUT_RNG_TEST, 1);

    CU_ASSERT_FATAL(rows * features <= LUT_COUNT(value));
    for (size_t i = 0; i < rows * features; i++)
        value[i] = (float)lut_rng_uniform(&rng);
    return value;
}

/* Train with what the caller added to the plan; the net is made from `seed`. */
static lut_status train(trace *t, const net_spec *s, const lut_train_cfg *cfg,
                        const lut_backend *be, unsigned threads, uint64_t seed,
                        lut_err *err)
{
    lut_samples x = net_samples(NET_ROWS, s->inputs, net_modulo3), v = x;

    x.n = 250;
    v.x += 250 * v.ld;
    v.label += 250;
    v.n = 100;
    if (s->inlet) {
        x.features = v.features = s->inlet->features;
        x.value = values_of(NET_ROWS, x.features);
        v.value = x.value + 250 * v.features;
    }
    t->net = net_make(s, be, seed);
    return lut_train(t->net, &t->result, cfg, &(lut_exec){ .threads = threads }, &x, &v,
                     note, t, err);
}

static void same(const trace *a, const trace *b)
{
    size_t n, m;
    const float *w = lut_net_weights(a->net, &n), *v = lut_net_weights(b->net, &m);

    CU_ASSERT_EQUAL_FATAL(n, m);
    CU_ASSERT_EQUAL(memcmp(w, v, n * sizeof *w), 0);
    CU_ASSERT_EQUAL(a->result.end, b->result.end);
    CU_ASSERT_EQUAL(a->result.epochs_run, b->result.epochs_run);
    CU_ASSERT_EQUAL(a->result.best_epoch, b->result.best_epoch);
    CU_ASSERT_EQUAL_FATAL(a->n, b->n);
    CU_ASSERT_EQUAL(memcmp(a->e, b->e, a->n * sizeof *a->e), 0);
    for (uint32_t i = 0; i < 2; i++)
        CU_ASSERT_EQUAL(memcmp(lut_net_wires(a->net, i), lut_net_wires(b->net, i),
                               everything.luts[i] * everything.k * sizeof(uint32_t)),
                        0);
}

/* Every checkpoint of a run, on another kernel set and number of threads; the new network
 * is one of `seed`: with another one it starts from other weights, so that what is missing
 * in the checkpoint shows. */
static void goes_on(const net_spec *s, uint64_t seed)
{
    double schedule_cfg[128];
    lut_train_cfg cfg = plan(schedule_cfg);
    trace all = { .n = 0 };
    const lut_backend *other = lut_backends()[0];

    cfg.save = keep;
    cfg.save_arg = &all;
    cfg.save_every = 1;
    CU_ASSERT_EQUAL(train(&all, s, &cfg, lut_backend_find(NULL), 2, 8, NULL), LUT_OK);
    CU_ASSERT_EQUAL(all.nsaved + 1, all.n); /* not after the last epoch */
    CU_ASSERT(all.n > 4);
    cfg.save = NULL;
    for (size_t i = 0; i < all.nsaved; i++) {
        trace again = { .n = 0 };

        cfg.resume = all.saved[i].bytes;
        cfg.nresume = all.saved[i].n;
        CU_ASSERT_EQUAL(train(&again, s, &cfg, other, 1 + i % 3, seed, NULL), LUT_OK);
        same(&all, &again);
        CU_ASSERT_EQUAL(again.result.epochs_before, i + 1);
        forget(&again);
    }
    forget(&all);
}

static void test_goes_on(void)
{
    static const char *const optims[] = { "adam", "sgd", "adamw" };
    net_spec s = everything;

    for (size_t i = 0; i < LUT_COUNT(optims); i++) {
        s.optim = optims[i];
        s.options = "sgd.momentum 0.9";
        s.sampling = i == 2 ? LUT_HARD : LUT_SOFT;
        goes_on(&s, 99);
    }
    s.moments = LUT_MOMENTS_BFLOAT16; /* of adamw */
    goes_on(&s, 99);
    s.moments = LUT_MOMENTS_FLOAT;
    s.rest = "soft"; /* its temperature goes by the number of steps */
    s.options = "learnable.redraw 0.5 learnable.redraw_every 3 soft.tau_decay 0.9";
    s.regul[0] = "spectral_sigma_max";
    s.regul[1] = "bit_flip_sensitivity";
    s.clip_norm = 0.05f;
    goes_on(&s, 99);
    s.sampling = LUT_GUMBEL_SOFT; /* noise goes by seed and number of steps */
    goes_on(&s, 8);
}

/* Learnt thresholds, of features or shared, with what the optimizer remembers of them. */
static void test_goes_on_learnt(void)
{
    static const double origin[4] = { 0, 0, 0, 0 }, scale[4] = { 1, 1, 1, 1 };
    float start[20];
    lut_inlet_cfg in = { .learnt = { .count = 5,
                                     .softness = 0.01,
                                     .temperature = 0.1,
                                     .origin = origin,
                                     .scale = scale },
                         .features = 4,
                         .threshold = start };
    net_spec s = everything;

    for (size_t i = 0; i < 20; i++)
        start[i] = (float)(i % 5 + 1) / 6;
    s.inlet = &in;
    s.inputs = 20;
    for (in.learnt.sets = 1; in.learnt.sets <= 4; in.learnt.sets += 3) {
        s.optim = in.learnt.sets == 1 ? "adam" : "adamw";
        goes_on(&s, 99);
    }
}

/* Fixed wires come from the seed, not from the checkpoint. */
static void test_fixed_wires(void)
{
    double schedule_cfg[128];
    lut_train_cfg cfg = plan(schedule_cfg);
    net_spec s = everything;
    trace all = { .n = 0 }, again = { .n = 0 };

    s.first = s.rest = "random";
    cfg.save = keep;
    cfg.save_arg = &all;
    cfg.save_every = 4;
    cfg.patience = 0;
    CU_ASSERT_EQUAL(train(&all, &s, &cfg, lut_backend_find(NULL), 1, 8, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(all.nsaved, 2);
    cfg.save = NULL;
    cfg.resume = all.saved[1].bytes;
    cfg.nresume = all.saved[1].n;
    CU_ASSERT_EQUAL(train(&again, &s, &cfg, lut_backend_find(NULL), 1, 8, NULL),
                    LUT_OK);
    same(&all, &again);
    forget(&again);
    forget(&all);
}

/* ---- refusals ---- */

static void refused(const net_spec *s, lut_train_cfg cfg, const void *bytes, size_t n,
                    const char *why)
{
    trace t = { .n = 0 };
    lut_net *fresh = net_make(s, lut_backend_find(NULL), 8);
    lut_err err = { 0 };
    size_t m;
    const float *w = lut_net_weights(fresh, &m);

    cfg.resume = bytes;
    cfg.nresume = n;
    CU_ASSERT_EQUAL(train(&t, s, &cfg, lut_backend_find(NULL), 1, 8, &err),
                    LUT_EFORMAT);
    CU_ASSERT_STRING_EQUAL(err.text, why);
    CU_ASSERT_EQUAL(t.n, 0);
    CU_ASSERT_EQUAL(memcmp(w, lut_net_weights(t.net, &m), m * sizeof *w), 0);
    lut_net_destroy(fresh);
    forget(&t);
}

static void test_refusals(void)
{
    double schedule_cfg[128];
    lut_train_cfg cfg = plan(schedule_cfg), other = cfg, shorter = cfg;
    net_spec wider = everything;
    trace t = { .n = 0 };
    unsigned char *b;
    char text[200];
    size_t n;

    cfg.save = keep;
    cfg.save_arg = &t;
    cfg.save_every = 3;
    CU_ASSERT_EQUAL(train(&t, &everything, &cfg, lut_backend_find(NULL), 1, 8, NULL),
                    LUT_OK);
    CU_ASSERT_FATAL(t.nsaved > 0);
    cfg.save = NULL;
    b = t.saved[0].bytes;
    n = t.saved[0].n;
    refused(&everything, cfg, b, 5, "no checkpoint of a training run");
    refused(&everything, cfg,
            "LUTCKPX, and more than a header has, which takes some "
            "more characters than one should think",
            80, "no checkpoint of a training run");
    snprintf(text, sizeof text, "checkpoint of %zu bytes, want %zu: damaged", n - 1, n);
    refused(&everything, cfg, b, n - 1, text);
    for (size_t at = 70; at < n; at += n / 23) {
        b[at] ^= 0x10;
        refused(&everything, cfg, b, n, "checksum of the checkpoint is wrong: damaged");
        b[at] ^= 0x10;
    }
    b[8]++;
    refused(&everything, cfg, b, n, "checkpoint of version 3, want 2");
    b[8]--;
    other.tag = "another one";
    refused(&everything, other, b, n, "checkpoint of the run, want another one");
    wider.luts[0]++;
    refused(&wider, cfg, b, n,
            "checkpoint of another network, or of more than 9 epochs");
    shorter.epochs = 2;
    refused(&everything, shorter, b, n,
            "checkpoint of another network, or of more than 2 epochs");
    forget(&t);
}

static lut_status full(void *arg, const void *bytes, size_t n, lut_err *err)
{
    (void)arg;
    (void)bytes;
    return lut_fail(err, LUT_EIO, "no room for %s", n ? "it" : "nothing");
}

/* A checkpoint that cannot be written ends the run. */
static void test_cannot_save(void)
{
    double schedule_cfg[128];
    lut_train_cfg cfg = plan(schedule_cfg);
    trace t = { .n = 0 };
    lut_err err = { 0 };

    cfg.save = full;
    cfg.save_every = 2;
    CU_ASSERT_EQUAL(train(&t, &everything, &cfg, lut_backend_find(NULL), 1, 8, &err),
                    LUT_EIO);
    CU_ASSERT_STRING_EQUAL(err.text, "no room for it");
    CU_ASSERT_EQUAL(t.n, 2);
    forget(&t);
}

UNIT_MAIN("checkpoint", UNIT(test_goes_on), UNIT(test_goes_on_learnt),
          UNIT(test_fixed_wires), UNIT(test_refusals), UNIT(test_cannot_save))
