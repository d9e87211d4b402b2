/* lib/optim and training: optimizers, schedules, what is learnt, which epoch is kept. */
#include "lib/circuit/packed.h"
#include "tests/support/nets.h"

#include <math.h>
#include <stdlib.h>

static const lut_backend *best(void)
{
    return lut_backend_find(NULL);
}

static bool has_weights(lut_net *net, const float *w)
{
    size_t n;
    const float *own = lut_net_weights(net, &n);

    return memcmp(own, w, n * sizeof *w) == 0;
}

/* ---- optimizers and schedules ---- */

static void adam_against_slow(const lut_backend *be, const char *options, double lr,
                              double b1, double b2, double epsilon)
{
    enum { N = 3, STEPS = 50 };
    const lut_optim_ops *adam = be->optim[lut_optim_find("adam")];
    double cfg[32], w[N * 16], m[N * 16] = { 0 }, v[N * 16] = { 0 }, error = 0;
    lut_f tile[N], grad[N], state[2 * N];
    lut_opt_step step = { .power = { 1, 1 } };
    lut_rng r = lut_rng_make(1, LUT_RNG_TEST, 1);

    net_options(cfg, options, "adam", adam->fields, adam->nfields);
    memset(state, 0, sizeof state);
    for (size_t i = 0; i < N * 16; i++)
        w[i] = (double)(((float *)tile)[i] = (float)lut_rng_normal(&r));
    for (int t = 1; t <= STEPS; t++) {
        step.lr = t > 25 ? lr / 10 : lr;
        lut_opt_advance(&step, adam, cfg);
        for (size_t i = 0; i < N * 16; i++) {
            float scale = i % 3 == 0 ? 1e-6f : i % 3 == 1 ? 1 : 1e4f;
            double g = (double)(((float *)grad)[i] = scale * (float)lut_rng_normal(&r));

            m[i] = b1 * m[i] + (1 - b1) * g;
            v[i] = b2 * v[i] + (1 - b2) * g * g;
            w[i] -= step.lr * (m[i] / (1 - pow(b1, t))) /
                    (sqrt(v[i] / (1 - pow(b2, t))) + epsilon);
        }
        adam->tile(cfg, &step, tile, state, grad, N);
    }
    for (size_t i = 0; i < N * 16; i++)
        error =
            fmax(error, fabs((double)((float *)tile)[i] - w[i]) / fmax(1, fabs(w[i])));
    CU_ASSERT_EQUAL(step.t, STEPS);
    CU_ASSERT(error < 1e-5);
}

static void test_optimizers(void)
{
    for (const lut_backend *const *be = lut_backends(); *be; be++) {
        const lut_optim_ops *sgd = (*be)->optim[lut_optim_find("sgd")];
        lut_f w = lut_set1(1), g = lut_set1(-3);

        adam_against_slow(*be, "", 0.01, 0.9, 0.999, 1e-8);
        adam_against_slow(*be, "adam.beta1 0.5 adam.beta2 0.9 adam.epsilon 0.001", 0.1,
                          0.5, 0.9, 1e-3);
        /* no memory: m + (g - m) is not quite g, hence the smaller steps */
        adam_against_slow(*be, "adam.beta1 0 adam.beta2 0", 0.001, 0, 0, 1e-8);
        sgd->tile(NULL, &(lut_opt_step){ .lr = 0.25, .t = 1 }, &w, NULL, &g, 1);
        CU_ASSERT_EQUAL(*(float *)&w, 1.75f);
    }
    CU_ASSERT_EQUAL(lut_optim_find("adamw"), SIZE_MAX);
}

static void test_schedules(void)
{
    const lut_schedule_ops *step = lut_schedule_find("step");
    const lut_schedule_ops *constant = lut_schedule_find("constant");
    double cfg[32];

    CU_ASSERT_PTR_NULL(lut_schedule_find("cosine"));
    CU_ASSERT_EQUAL(constant->lr(NULL, 0.3, 99, 100), 0.3);
    net_options(cfg, "", "step", step->fields, step->nfields);
    CU_ASSERT_EQUAL(step->lr(cfg, 1, 0, 30), 1);
    CU_ASSERT_EQUAL(step->lr(cfg, 1, 13, 30), 1);
    CU_ASSERT(fabs(step->lr(cfg, 1, 14, 30) - 0.1) < 1e-15);
    CU_ASSERT(fabs(step->lr(cfg, 1, 28, 30) - 0.01) < 1e-15);
    net_options(cfg, "step.size 1 step.gamma 0.5", "step", step->fields, step->nfields);
    CU_ASSERT_EQUAL(step->lr(cfg, 8, 3, 30), 1);
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
    CU_ASSERT_EQUAL(lut_circuit_accuracy(&percent, NULL, &c, s, &(lut_exec){ 1 }, NULL),
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

    CU_ASSERT_EQUAL(
        lut_train(net, &result, &cfg, &(lut_exec){ 1 }, &x, &x, NULL, NULL, NULL),
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

/* Everything that an epoch said, and the weights it had. */
typedef struct journal {
    lut_net *net;
    size_t n, stop;
    lut_epoch e[40];
    float *weights[40];
} journal;

static int note(void *arg, const lut_epoch *e)
{
    journal *j = arg;
    size_t n;
    const float *w = lut_net_weights(j->net, &n);

    j->e[j->n] = *e;
    j->weights[j->n] = malloc(n * sizeof *w);
    memcpy(j->weights[j->n++], w, n * sizeof *w);
    return j->n == j->stop;
}

static void forget(journal *j)
{
    for (size_t i = 0; i < j->n; i++)
        free(j->weights[i]);
    lut_net_destroy(j->net);
}

static lut_train_result run(journal *j, size_t valid, double lr)
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
    cfg.schedule = lut_schedule_find("constant");
    j->net = net_make(&s, best(), 8);
    CU_ASSERT_EQUAL(
        lut_train(j->net, &result, &cfg, &(lut_exec){ 2 }, &x, &v, note, j, NULL),
        LUT_OK);
    if (valid && result.best_epoch)
        CU_ASSERT_EQUAL(hard_accuracy(j->net, &v),
                        j->e[result.best_epoch - 1].valid_accuracy);
    return result;
}

static void test_best_epoch(void)
{
    journal j = { .stop = 99 }, k = { .stop = 99 }, l = { .stop = 5 };
    lut_train_result r = run(&j, 100, 0.3);
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
    CU_ASSERT(has_weights(j.net, j.weights[most]));
    CU_ASSERT(!has_weights(j.net, j.weights[j.n - 1]));
    forget(&j);
    r = run(&k, 0, 0.3); /* nothing to select on: the last */
    CU_ASSERT_EQUAL(r.best_epoch, 12);
    CU_ASSERT(isnan(k.e[0].valid_accuracy) && isnan(k.e[0].valid_loss));
    CU_ASSERT(has_weights(k.net, k.weights[11]));
    forget(&k);
    r = run(&l, 100, 0.3);
    CU_ASSERT_EQUAL(r.end, LUT_END_STOPPED);
    CU_ASSERT_EQUAL(r.epochs_run, 5);
    forget(&l);
}

/* Weights that are no numbers: the squash hides them from the loss, not from us. */
static void test_divergence(void)
{
    static const char *const params[] = { "light", "warp", "difflogic" };
    static const char *const optims[] = { "adam", "sgd" };

    for (size_t i = 0; i < LUT_COUNT(params); i++)
        for (size_t o = 0; o < LUT_COUNT(optims); o++) {
            net_spec s = { .inputs = 8,
                           .classes = 3,
                           .luts = { 30, 15 },
                           .k = 2,
                           .param = params[i],
                           .first = o ? "learnable" : "random",
                           .rest = "random",
                           .optim = optims[o] };
            lut_samples x = net_samples(100, 8, net_modulo3);
            lut_train_cfg cfg = plan(1e300, 5, 50);
            lut_net *net = net_make(&s, best(), 1);
            lut_train_result r;

            CU_ASSERT_EQUAL(
                lut_train(net, &r, &cfg, &(lut_exec){ 1 }, &x, &x, NULL, NULL, NULL),
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
        CU_ASSERT_EQUAL(
            lut_train(net, &r, &cfg, &(lut_exec){ 3 }, &x, &x, NULL, NULL, NULL),
            LUT_OK);
        CU_ASSERT_EQUAL(r.epochs_run, 2);
    }
    none.n = 0;
    CU_ASSERT_EQUAL(
        lut_train(net, &r, &cfg, &(lut_exec){ 1 }, &none, &x, NULL, NULL, &err),
        LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, "no training rows");
    x.n = 1;
    CU_ASSERT_EQUAL(
        lut_train(net, &r, &cfg, &(lut_exec){ 1 }, &x, &none, NULL, NULL, NULL),
        LUT_OK);
    CU_ASSERT_EQUAL(r.best_epoch, 2);
    lut_net_destroy(net);
}

UNIT_MAIN("train", UNIT(test_optimizers), UNIT(test_schedules), UNIT(test_learns),
          UNIT(test_best_epoch), UNIT(test_divergence), UNIT(test_batches))
