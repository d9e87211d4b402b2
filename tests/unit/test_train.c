/* lib/optim and training: optimizers, schedules, what is learnt, which epoch is kept. */
#include "lib/circuit/packed.h"
#include "tests/support/nets.h"

#include <math.h>
#include <stdlib.h>

static const lut_backend *best(void)
{
    return lut_backend_find(NULL);
}

/* What the network keeps; owned. */
static void *kept_by(const lut_net *net)
{
    void *kept = malloc(lut_net_kept_size(net));

    CU_ASSERT_PTR_NOT_NULL_FATAL(kept);
    lut_net_keep(net, kept);
    return kept;
}

static bool keeps(const lut_net *net, const void *kept)
{
    void *own = kept_by(net);
    bool same = memcmp(own, kept, lut_net_kept_size(net)) == 0;

    free(own);
    return same;
}

/* ---- optimizers and schedules ---- */

enum { OPT_N = 3, OPT_STEPS = 200, OPT_W = OPT_N * 16 };

/* One weight in double, by PyTorch's definitions; m, v: what the optimizer remembers. */
typedef struct slow {
    double w, m, v;
} slow;

typedef void (*slow_fn)(slow *s, const double *o, double lr, int t, double g,
                        double to);

/* o: beta1, beta2, epsilon, decay. */
static void slow_adam(slow *s, const double *o, double lr, int t, double g, double to)
{
    s->w -= lr * o[3] * (s->w - to);
    s->m = o[0] * s->m + (1 - o[0]) * g;
    s->v = o[1] * s->v + (1 - o[1]) * g * g;
    s->w -= lr * (s->m / (1 - pow(o[0], t))) / (sqrt(s->v / (1 - pow(o[1], t))) + o[2]);
}

/* o: momentum, nesterov. */
static void slow_sgd(slow *s, const double *o, double lr, int t, double g, double to)
{
    (void)to;
    s->m = t == 1 ? g : o[0] * s->m + g;
    s->w -= lr * (o[1] > 0 ? g + o[0] * s->m : s->m);
}

/* Largest error after many steps of very different gradients, the rate falling. */
static double against_slow(const lut_backend *be, const char *name, const char *options,
                           double lr, slow_fn fn, const double *o, bool anchored)
{
    const lut_optim_ops *ops = be->optim[lut_optim_find(name)];
    const float anchor[OPT_N] = { 0.5f, -2, 1 };
    double cfg[128], error = 0;
    slow s[OPT_W] = { { 0 } };
    lut_f tile[OPT_N], grad[OPT_N], state[2 * OPT_N];
    lut_opt_step step = { .power = { 1, 1 } };
    lut_rng r = lut_rng_make(1, LUT_RNG_TEST, 1);

    net_options(cfg, options, name, ops->fields, ops->nfields);
    CU_ASSERT_FATAL(ops->nstate <= 2);
    memset(state, 0, sizeof state);
    for (size_t i = 0; i < OPT_W; i++)
        s[i].w = (double)(((float *)tile)[i] = (float)lut_rng_normal(&r));
    for (int t = 1; t <= OPT_STEPS; t++) {
        step.lr = t > 25 ? lr / 10 : lr;
        lut_opt_advance(&step, ops, cfg);
        for (size_t i = 0; i < OPT_W; i++) {
            float scale = i % 3 == 0 ? 1e-6f : i % 3 == 1 ? 1 : 1e4f;
            double g = (double)(((float *)grad)[i] = scale * (float)lut_rng_normal(&r));

            fn(&s[i], o, step.lr, t, g, anchored ? (double)anchor[i / 16] : 0);
        }
        ops->tile(cfg, &step, tile, state, grad, anchored ? anchor : NULL, OPT_N);
    }
    CU_ASSERT_EQUAL(step.t, OPT_STEPS);
    for (size_t i = 0; i < OPT_W; i++)
        error = fmax(error,
                     fabs((double)((float *)tile)[i] - s[i].w) / fmax(1, fabs(s[i].w)));
    return error;
}

static void test_adam(void)
{
    const double plain[] = { 0.9, 0.999, 1e-8, 0 }, other[] = { 0.5, 0.9, 1e-3, 0 },
                 none[] = { 0, 0, 1e-8, 0 };

    for (const lut_backend *const *be = lut_backends(); *be; be++) {
        CU_ASSERT(against_slow(*be, "adam", "", 0.01, slow_adam, plain, false) < 1e-5);
        CU_ASSERT(against_slow(*be, "adam",
                               "adam.beta1 0.5 adam.beta2 0.9 adam.epsilon 0.001", 0.1,
                               slow_adam, other, true) < 1e-5);
        /* no memory: m + (g - m) is not quite g, hence the smaller steps */
        CU_ASSERT(against_slow(*be, "adam", "adam.beta1 0 adam.beta2 0", 0.001,
                               slow_adam, none, false) < 1e-5);
    }
}

static void test_adamw(void)
{
    const double plain[] = { 0.9, 0.999, 1e-8, 0.01 }, strong[] = { 0.9, 0.9, 1e-8, 5 },
                 none[] = { 0.9, 0.999, 1e-8, 0 };

    for (const lut_backend *const *be = lut_backends(); *be; be++) {
        CU_ASSERT(against_slow(*be, "adamw", "", 0.01, slow_adam, plain, false) < 1e-5);
        CU_ASSERT(against_slow(*be, "adamw", "adamw.beta2 0.9 adamw.decay 5", 0.01,
                               slow_adam, strong, false) < 1e-5);
        CU_ASSERT(against_slow(*be, "adamw", "adamw.beta2 0.9 adamw.decay 5", 0.01,
                               slow_adam, strong, true) < 1e-5);
        CU_ASSERT(against_slow(*be, "adamw", "adamw.decay 0", 0.01, slow_adam, none,
                               true) < 1e-5);
    }
}

/* The same to the bit as operation by operation, also where gradients have stopped, moments
 * have shrunk to subnormal numbers, and weights are of any size down to 2^-least. */
static void against_exact(const lut_backend *be, double lr, double epsilon, int least)
{
    char options[64];
    const lut_optim_ops *ops = be->optim[lut_optim_find("adam")];
    double cfg[128];
    lut_f tile[OPT_N], grad[OPT_N] = { { 0 } }, state[2 * OPT_N] = { { 0 } };
    float w[OPT_W], m[OPT_W] = { 0 }, v[OPT_W] = { 0 }, *g = (float *)grad;
    lut_opt_step step = { .lr = lr, .power = { 1, 1 } };
    lut_rng r = lut_rng_make(1, LUT_RNG_TEST, 2);

    snprintf(options, sizeof options, "adam.beta2 0.99 adam.epsilon %g", epsilon);
    net_options(cfg, options, "adam", ops->fields, ops->nfields);
    for (size_t i = 0; i < OPT_W; i++)
        w[i] = ldexpf(1 + (float)lut_rng_uniform(&r), -(int)(11 * i % (size_t)least));
    memcpy(tile, w, sizeof w);
    for (int t = 1; t <= 1200; t++) {
        lut_opt_advance(&step, ops, cfg);
        for (size_t i = 0; i < OPT_W; i++) {
            bool some = t < 20 || (i % 16 < 2 && t % 400 == 0);

            g[i] = some ? ldexpf((float)lut_rng_normal(&r), -(int)(7 * i % 140)) : 0;
            m[i] = fmaf((float)(1 - 0.9), g[i] - m[i], m[i]);
            v[i] = fmaf((float)(1 - 0.99), g[i] * g[i] - v[i], v[i]);
            w[i] -=
                (float)(lr / (1 - step.power[0])) * m[i] /
                fmaf(sqrtf(v[i]), (float)(1 / sqrt(1 - step.power[1])), (float)epsilon);
        }
        ops->tile(cfg, &step, tile, state, grad, NULL, OPT_N);
    }
    CU_ASSERT_EQUAL(memcmp(tile, w, sizeof w), 0);
    for (size_t i = 0; i < OPT_N; i++) {
        CU_ASSERT_EQUAL(memcmp(&state[2 * i], m + 16 * i, sizeof *state), 0);
        CU_ASSERT_EQUAL(memcmp(&state[2 * i + 1], v + 16 * i, sizeof *state), 0);
    }
    CU_ASSERT(m[5] != 0 && fabsf(m[5]) < 0x1p-126f);
}

static void test_adam_fades(void)
{
    const double epsilon[] = { 1e-30, 1e-8, 1 };

    for (const lut_backend *const *be = lut_backends(); *be; be++)
        for (double lr = 1e-12; lr < 1e13; lr *= 1000)
            for (int i = 0; i < 3; i++) {
                /* Vectors without small weights, whose tiny moments are left out, and with
                 * some, which keep them all. */
                against_exact(*be, lr, epsilon[i], 63);
                against_exact(*be, lr, epsilon[i], 100);
            }
}

/* Without decay it is adam, to the bit. */
static void test_plain(void)
{
    for (const lut_backend *const *be = lut_backends(); *be; be++) {
        const lut_optim_ops *adam = (*be)->optim[lut_optim_find("adam")];
        const lut_optim_ops *adamw = (*be)->optim[lut_optim_find("adamw")];
        double cfg[128];
        lut_f w[2] = { lut_set1(3), lut_set1(3) }, state[4];
        lut_f g = lut_set1(0);
        lut_opt_step step = { .lr = 0.5, .power = { 1, 1 } };

        net_options(cfg, "adamw.decay 0.5", "adamw", adamw->fields, adamw->nfields);
        memset(state, 0, sizeof state);
        for (int t = 0; t < 3; t++) {
            lut_opt_advance(&step, adamw, cfg);
            lut_optim_plain(adamw)(cfg, &step, &w[0], state, &g, NULL, 1);
            lut_optim_plain(adam)(cfg, &step, &w[1], state + 2, &g, NULL, 1);
            if (t == 0)
                CU_ASSERT_EQUAL(*(float *)w, 3); /* no gradient, no decay */
            g = lut_set1(0.1f);
        }
        CU_ASSERT_EQUAL(memcmp(&w[0], &w[1], sizeof w[0]), 0);
        CU_ASSERT(*(float *)w < 3);
    }
}

static void test_sgd(void)
{
    const double plain[] = { 0, 0 }, momentum[] = { 0.9, 0 }, nesterov[] = { 0.9, 1 };

    for (const lut_backend *const *be = lut_backends(); *be; be++) {
        CU_ASSERT(against_slow(*be, "sgd", "", 0.01, slow_sgd, plain, true) < 1e-5);
        CU_ASSERT(against_slow(*be, "sgd", "sgd.nesterov true", 0.01, slow_sgd, plain,
                               false) < 1e-5);
        CU_ASSERT(against_slow(*be, "sgd", "sgd.momentum 0.9", 0.01, slow_sgd, momentum,
                               false) < 1e-5);
        CU_ASSERT(against_slow(*be, "sgd", "sgd.momentum 0.9 sgd.nesterov true", 0.01,
                               slow_sgd, nesterov, false) < 1e-5);
    }
    CU_ASSERT_EQUAL(lut_optim_find("adamx"), SIZE_MAX);
}

static void test_schedules(void)
{
    const lut_schedule_ops *step = lut_schedule_find("step");
    const lut_schedule_ops *constant = lut_schedule_find("constant");
    double cfg[128];

    CU_ASSERT_PTR_NULL(lut_schedule_find("cosin"));
    CU_ASSERT_EQUAL(constant->lr(NULL, 0.3, 99, 100), 0.3);
    net_options(cfg, "", "step", step->fields, step->nfields);
    CU_ASSERT_EQUAL(step->lr(cfg, 1, 0, 30), 1);
    CU_ASSERT_EQUAL(step->lr(cfg, 1, 13, 30), 1);
    CU_ASSERT(fabs(step->lr(cfg, 1, 14, 30) - 0.1) < 1e-15);
    CU_ASSERT(fabs(step->lr(cfg, 1, 28, 30) - 0.01) < 1e-15);
    net_options(cfg, "step.size 1 step.gamma 0.5", "step", step->fields, step->nfields);
    CU_ASSERT_EQUAL(step->lr(cfg, 8, 3, 30), 1);
}

/* PyTorch's formulas: CosineAnnealingLR(T_max, eta_min), LinearLR before it. */
static void test_cosine(void)
{
    const lut_schedule_ops *cosine = lut_schedule_find("cosine");
    const double pi = 3.14159265358979323846;
    double cfg[128];

    net_options(cfg, "cosine.min_lr 0.001", "cosine", cosine->fields, cosine->nfields);
    for (uint32_t warmup = 0; warmup < 8; warmup += 7)
        for (uint32_t e = 0; e < 30; e++) {
            double start = 1.0 / (warmup + 1), want;

            if (e < warmup)
                want = 0.2 * (start + (1 - start) * e / warmup);
            else
                want = 0.001 +
                       (0.2 - 0.001) * (1 + cos(pi * (e - warmup) / (30 - warmup))) / 2;
            CU_ASSERT(fabs(lut_schedule_lr(cosine, cfg, 0.2, warmup, e, 30) - want) <
                      1e-15);
        }
    CU_ASSERT_EQUAL(cosine->lr(cfg, 0.2, 0, 1), 0.2);
}

/* Nothing but warm-up: no schedule is asked for epochs that are not there. */
static void test_warmup(void)
{
    const lut_schedule_ops *step = lut_schedule_find("step");
    double cfg[128];

    net_options(cfg, "step.size 2 step.gamma 0.5", "step", step->fields, step->nfields);
    for (uint32_t e = 0; e < 5; e++)
        CU_ASSERT_EQUAL(lut_schedule_lr(step, cfg, 1, 7, e, 5), (e + 1) / 8.0);
    CU_ASSERT_EQUAL(lut_schedule_lr(step, cfg, 1, 3, 4, 9), 1);
    CU_ASSERT_EQUAL(lut_schedule_lr(step, cfg, 1, 3, 5, 9), 0.5);
}

/* ---- clipping ---- */

/* What a step of gradient descent at rate 1 adds to the weights, mappings included. */
static size_t one_step(double *moved, const lut_backend *be, float clip_norm)
{
    net_spec s = { .inputs = 20,
                   .classes = 3,
                   .luts = { 37, 18 },
                   .k = 4,
                   .param = "light",
                   .first = "learnable",
                   .rest = "learnable",
                   .optim = "sgd",
                   .clip_norm = clip_norm,
                   .regul = { "spectral_parseval" },
                   .options = "spectral_parseval.weight 0.1" };
    lut_samples x = net_samples(200, 20, net_modulo3);
    lut_net *net = net_make(&s, be, 5);
    lut_ws *ws = net_space(net, 200, 2);
    lut_opt_step step = { .lr = 1, .power = { 1, 1 } };
    lut_score score = { 0 };
    size_t n;
    const float *w = lut_net_weights(net, &n);

    for (size_t i = 0; i < n; i++)
        moved[i] = -(double)w[i];
    lut_net_step(net, ws, &score, &x, NULL, 200, &step);
    for (size_t i = 0; i < n; i++)
        moved[i] += (double)w[i];
    lut_ws_destroy(ws);
    lut_net_destroy(net);
    return n;
}

static void test_clipping(void)
{
    static double plain[20000], clipped[20000];

    for (const lut_backend *const *be = lut_backends(); *be; be++) {
        size_t n = one_step(plain, *be, 0);
        double norm = 0, error = 0;

        CU_ASSERT_FATAL(n <= 20000);
        for (size_t i = 0; i < n; i++)
            norm += plain[i] * plain[i];
        norm = sqrt(norm);
        CU_ASSERT(norm > 1e-3);
        one_step(clipped, *be, (float)(1.001 * norm));
        CU_ASSERT_EQUAL(memcmp(plain, clipped, n * sizeof *plain), 0);
        one_step(clipped, *be, (float)(norm / 3));
        for (size_t i = 0; i < n; i++)
            error = fmax(error, fabs(clipped[i] - plain[i] / 3));
        CU_ASSERT(error < 1e-6 * norm);
        CU_ASSERT(memcmp(plain, clipped, n * sizeof *plain) != 0);
    }
}

/* ---- training ---- */

static lut_train_cfg plan(double lr, uint32_t epochs, uint32_t batch)
{
    return (lut_train_cfg){ .temperature = { LUT_CONSTANT, 1, 1 },
                            .schedule = lut_schedule_find("constant"),
                            .lr = lr,
                            .epochs = epochs,
                            .batch = batch,
                            .seed = 3 };
}

static double hard_accuracy(const lut_net *net, const lut_samples *s)
{
    lut_circuit c = { 0 };
    double percent = 0;

    CU_ASSERT_EQUAL(lut_net_harden(&c, net, NULL), LUT_OK);
    CU_ASSERT_EQUAL(
        lut_circuit_accuracy(&percent, NULL, &c, s, &(lut_exec){ .threads = 1 }, NULL),
        LUT_OK);
    lut_circuit_fini(&c);
    return percent;
}

static void learns(const net_spec *s, net_rule label, double lr)
{
    lut_samples x = net_samples(320, s->inputs, label);
    lut_train_cfg cfg = plan(lr, 30, 32);
    lut_train_result result;
    lut_net *net = net_make(s, best(), 5);
    double percent;

    CU_ASSERT_EQUAL(lut_train(net, &result, &cfg, &(lut_exec){ .threads = 1 }, &x, &x,
                              NULL, NULL, NULL),
                    LUT_OK);
    CU_ASSERT_EQUAL(result.end, LUT_END_EPOCHS);
    CU_ASSERT_EQUAL(result.epochs_run, 30);
    percent = hard_accuracy(net, &x);
    if (percent < 100)
        fprintf(stderr, "\n%s, %s: %g %%", s->param, s->sampling ? "hard" : "soft",
                percent);
    CU_ASSERT_EQUAL(percent, 100);
    lut_net_destroy(net);
}

static void test_learns(void)
{
    net_spec s = { .inputs = 4,
                   .classes = 2,
                   .luts = { 16 },
                   .k = 4,
                   .param = "light",
                   .first = "arange",
                   .rest = "random",
                   .optim = "adam",
                   .tau = 2 };

    learns(&s, net_parity4, 0.1);
    s.sampling = LUT_HARD;
    learns(&s, net_parity4, 0.1);
    s.param = "warp";
    learns(&s, net_parity4, 0.1);
    s.sampling = LUT_SOFT;
    learns(&s, net_parity4, 0.1);
    s.param = "dwn";
    learns(&s, net_parity4, 0.1);
    s.param = "difflogic";
    s.k = 2;
    s.luts[0] = 32;
    s.luts[1] = 16;
    learns(&s, net_either, 0.1);
    s.sampling = LUT_HARD;
    learns(&s, net_either, 0.1);
    /* parity of 4 of 12 inputs: the mapping has to find them */
    s = (net_spec){ .inputs = 12,
                    .classes = 2,
                    .luts = { 32, 16 },
                    .k = 4,
                    .param = "dwn",
                    .first = "learnable",
                    .rest = "learnable",
                    .optim = "adam",
                    .tau = 2 };
    learns(&s, net_either, 0.05);
    s.param = "light";
    s.residual = true;
    learns(&s, net_either, 0.05);
}

/* Everything that an epoch said, and what its network kept. */
typedef struct journal {
    lut_net *net;
    size_t n, stop;
    lut_epoch e[40];
    void *kept[40];
} journal;

static int note(void *arg, const lut_epoch *e)
{
    journal *j = arg;

    j->e[j->n] = *e;
    j->kept[j->n++] = kept_by(j->net);
    return j->n == j->stop;
}

static void forget(journal *j)
{
    for (size_t i = 0; i < j->n; i++)
        free(j->kept[i]);
    lut_net_destroy(j->net);
}

static lut_train_result run(journal *j, size_t valid, double lr, uint32_t patience)
{
    net_spec s = { .inputs = 20,
                   .classes = 3,
                   .luts = { 30, 18 },
                   .k = 4,
                   .param = "light",
                   .first = "learnable",
                   .rest = "random",
                   .optim = "adam",
                   .tau = 2 };
    lut_samples x = net_samples(NET_ROWS, 20, net_modulo3), v = x;
    lut_train_cfg cfg = plan(lr, 12, 64);
    lut_train_result result;

    x.n = 250;
    v.x += 250 * v.ld;
    v.label += 250;
    v.n = valid;
    cfg.patience = patience;
    j->net = net_make(&s, best(), 8);
    CU_ASSERT_EQUAL(lut_train(j->net, &result, &cfg, &(lut_exec){ .threads = 2 }, &x,
                              &v, note, j, NULL),
                    LUT_OK);
    if (valid && result.best_epoch)
        CU_ASSERT_EQUAL(hard_accuracy(j->net, &v),
                        j->e[result.best_epoch - 1].valid_accuracy);
    return result;
}

static void test_best_epoch(void)
{
    journal j = { .stop = 99 }, k = { .stop = 99 }, l = { .stop = 5 };
    lut_train_result r = run(&j, 100, 0.3, 0);
    size_t most = 0;

    CU_ASSERT_EQUAL(j.n, 12);
    CU_ASSERT_EQUAL(r.end, LUT_END_EPOCHS);
    CU_ASSERT_EQUAL(r.epochs_run, 12);
    for (size_t i = 0; i < j.n; i++) {
        most = j.e[i].valid_accuracy > j.e[most].valid_accuracy ? i : most;
        CU_ASSERT_EQUAL(j.e[i].epoch, i + 1);
        CU_ASSERT_EQUAL(j.e[i].lr, 0.3);
        CU_ASSERT(isfinite(j.e[i].train_loss) && isfinite(j.e[i].valid_loss));
    }
    CU_ASSERT(most + 1 < j.n); /* else the test shows nothing */
    CU_ASSERT_EQUAL(r.best_epoch, most + 1);
    CU_ASSERT(keeps(j.net, j.kept[most]));
    CU_ASSERT(!keeps(j.net, j.kept[j.n - 1]));
    forget(&j);
    r = run(&k, 0, 0.3, 0); /* nothing to select on: the last */
    CU_ASSERT_EQUAL(r.best_epoch, 12);
    CU_ASSERT(isnan(k.e[0].valid_accuracy) && isnan(k.e[0].valid_loss));
    CU_ASSERT(keeps(k.net, k.kept[11]));
    forget(&k);
    r = run(&l, 100, 0.3, 0);
    CU_ASSERT_EQUAL(r.end, LUT_END_STOPPED);
    CU_ASSERT_EQUAL(r.epochs_run, 5);
    forget(&l);
}

/* Votes of all samples, without noise. */
static void votes(lut_net *net, lut_ws *ws, float *logits, const lut_samples *s)
{
    lut_net_set_mode(net, &(lut_exec){ .threads = 1 },
                     &(lut_mode){ .temperature = 1, .steps = 0 });
    lut_net_logits(net, ws, logits, 128, s, 0, s->n);
}

static void steps(lut_net *net, lut_ws *ws, const lut_samples *s, lut_opt_step *step)
{
    lut_score score = { 0 };

    lut_net_set_mode(net, &(lut_exec){ .threads = 1 }, &(lut_mode){ true, 1, step->t });
    for (int i = 0; i < 30; i++)
        lut_net_step(net, ws, &score, s, NULL, s->n, step);
}

/* A network that went on, its candidates redrawn, or to weights that are no numbers, gives the
 * votes of before once it takes back what it kept; one that votes otherwise is seen. */
static void take_back(const char *map, const char *options, bool spoil)
{
    static float before[3 * 128], after[3 * 128];
    const lut_exec one = { .threads = 1 };
    net_spec s = { .inputs = 20,
                   .classes = 3,
                   .luts = { 30, 18 },
                   .k = 4,
                   .param = "light",
                   .first = map,
                   .rest = map,
                   .optim = "adam",
                   .tau = 2,
                   .options = options };
    lut_samples x = net_samples(128, 20, net_modulo3);
    lut_opt_step step = { .lr = 0.3, .power = { 1, 1 } };
    lut_net *net = net_make(&s, best(), 8);
    lut_ws *ws = net_space(net, 128, 1);
    size_t n;
    float *w = lut_net_weights(net, &n);
    void *kept;

    steps(net, ws, &x, &step);
    kept = kept_by(net);
    votes(net, ws, before, &x);
    steps(net, ws, &x, &step);
    CU_ASSERT(!keeps(net, kept));
    votes(net, ws, after, &x);
    CU_ASSERT(memcmp(before, after, sizeof before) != 0);
    for (size_t i = 0; spoil && i < n; i += 3)
        w[i] = NAN;
    lut_net_take_back(net, kept, &one);
    CU_ASSERT(keeps(net, kept));
    votes(net, ws, after, &x);
    CU_ASSERT(memcmp(before, after, sizeof before) == 0);
    lut_net_refresh(net, &one);
    CU_ASSERT(keeps(net, kept));
    free(kept);
    lut_ws_destroy(ws);
    lut_net_destroy(net);
}

static void test_take_back(void)
{
    static const char *const redrawn =
        "learnable.candidates 5 learnable.redraw 0.6 learnable.redraw_every 1 "
        "learnable.redraw_margin 0";

    take_back("learnable", redrawn, false);
    take_back("learnable", redrawn, true);
    take_back("learnable", "learnable.candidates 0", true);
    take_back("soft", "soft.candidates 0", false);
    take_back("soft", "soft.candidates 7", true);
    take_back("random", NULL, true);
}

/* Ends where the rule, applied to the epochs of a run without it, says so. */
static void test_patience(void)
{
    journal all = { .stop = 99 };
    lut_train_result r = run(&all, 100, 0.3, 0);
    size_t early = 0;

    for (uint32_t patience = 1; patience <= 4; patience++) {
        journal j = { .stop = 99 };
        size_t best = 0, end = 0;

        while (end < all.n && end - best < patience)
            if (++end < all.n)
                best =
                    all.e[end].valid_accuracy > all.e[best].valid_accuracy ? end : best;
        end = end < all.n ? end + 1 : all.n;
        r = run(&j, 100, 0.3, patience);
        CU_ASSERT_EQUAL(r.end, LUT_END_EPOCHS);
        CU_ASSERT_EQUAL(r.epochs_run, end);
        CU_ASSERT_EQUAL(r.best_epoch, best + 1);
        CU_ASSERT(keeps(j.net, all.kept[best]));
        early += end < all.n;
        forget(&j);
    }
    CU_ASSERT(early > 0);
    forget(&all);
    all = (journal){ .stop = 99 };
    r = run(&all, 0, 0.3, 1); /* no validation rows: nothing to lose patience with */
    CU_ASSERT_EQUAL(r.epochs_run, 12);
    forget(&all);
}

/* Weights that are no numbers: the squash hides them from the loss, not from us. */
static void test_divergence(void)
{
    static const char *const optims[] = { "adam", "sgd" };

    for (size_t i = 0; lut_param_table_scalar[i]; i++)
        for (size_t o = 0; o < LUT_COUNT(optims); o++) {
            net_spec s = { .inputs = 8,
                           .classes = 3,
                           .luts = { 30, 15 },
                           .k = 2,
                           .param = lut_param_table_scalar[i]->name,
                           .first = o ? "learnable" : "random",
                           .rest = "random",
                           .optim = optims[o] };
            lut_samples x = net_samples(100, 8, net_modulo3);
            lut_train_cfg cfg = plan(1e300, 5, 50);
            lut_net *net = net_make(&s, best(), 1);
            lut_train_result r;

            CU_ASSERT_EQUAL(lut_train(net, &r, &cfg, &(lut_exec){ .threads = 1 }, &x,
                                      &x, NULL, NULL, NULL),
                            LUT_OK);
            CU_ASSERT_EQUAL(r.end, LUT_END_DIVERGED);
            CU_ASSERT_EQUAL(r.epochs_run, 1);
            CU_ASSERT_EQUAL(r.best_epoch, 0);
            lut_net_destroy(net);
        }
}

/* Batches larger than the data, of one row, and that do not divide it. */
static void test_batches(void)
{
    static const uint32_t batch[] = { 1, 7, 64, 65, 100000 };
    net_spec s = { .inputs = 20,
                   .classes = 3,
                   .luts = { 9 },
                   .k = 2,
                   .param = "light",
                   .first = "random",
                   .rest = "random",
                   .optim = "sgd" };
    lut_samples x = net_samples(66, 20, net_modulo3), none = x;
    lut_err err;
    lut_train_result r;
    lut_net *net = net_make(&s, best(), 1);
    lut_train_cfg cfg = plan(0.1, 2, 8);

    for (size_t i = 0; i < LUT_COUNT(batch); i++) {
        cfg.batch = batch[i];
        CU_ASSERT_EQUAL(lut_train(net, &r, &cfg, &(lut_exec){ .threads = 3 }, &x, &x,
                                  NULL, NULL, NULL),
                        LUT_OK);
        CU_ASSERT_EQUAL(r.epochs_run, 2);
    }
    none.n = 0;
    CU_ASSERT_EQUAL(lut_train(net, &r, &cfg, &(lut_exec){ .threads = 1 }, &none, &x,
                              NULL, NULL, &err),
                    LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, "no training rows");
    x.n = 1;
    CU_ASSERT_EQUAL(lut_train(net, &r, &cfg, &(lut_exec){ .threads = 1 }, &x, &none,
                              NULL, NULL, NULL),
                    LUT_OK);
    CU_ASSERT_EQUAL(r.best_epoch, 2);
    lut_net_destroy(net);
}

UNIT_MAIN("train", UNIT(test_adam), UNIT(test_adam_fades), UNIT(test_adamw),
          UNIT(test_plain), UNIT(test_sgd), UNIT(test_schedules), UNIT(test_cosine),
          UNIT(test_warmup), UNIT(test_clipping), UNIT(test_learns),
          UNIT(test_best_epoch), UNIT(test_take_back), UNIT(test_patience),
          UNIT(test_divergence), UNIT(test_batches))
