#include "lib/net/train.h"
#include "lib/base/check.h"
#include "lib/circuit/packed.h"

#include <math.h>
#include <stdlib.h>

/* Everything a training run holds. */
typedef struct run {
    lut_net *net;
    const lut_train_cfg *cfg;
    const lut_exec *exec;
    const lut_samples *train, *valid;
    lut_ws *ws, *eval; /* work spaces of steps and of validation */
    uint32_t *rows;
    float *best; /* weights of the best epoch */
    double best_accuracy;
    lut_opt_step step;
} run;

static lut_status discrete_accuracy(double *percent, const run *r, lut_err *err)
{
    lut_circuit c = { 0 };
    lut_status st = lut_net_harden(&c, r->net, err);

    if (st == LUT_OK)
        st = lut_circuit_accuracy(percent, NULL, &c, r->valid, r->exec, err);
    lut_circuit_fini(&c);
    return st;
}

static void shuffle(const run *r, uint32_t epoch)
{
    lut_rng rng = lut_rng_make(r->cfg->seed, LUT_RNG_SHUFFLE, epoch);

    for (size_t i = 0; i < r->train->n; i++)
        r->rows[i] = (uint32_t)i;
    lut_rng_shuffle(&rng, r->rows, r->train->n);
}

/* Mean of a sum over n samples.  A NaN comes back as the one NaN: its sign is whatever the
 * compiler's order of operands made of it, and bytes of a result must not depend on that. */
static double mean_loss(double sum, size_t n)
{
    double mean = sum / (double)n;

    return isnan(mean) ? (double)NAN : mean;
}

static void set_mode(const run *r, bool training, uint32_t epoch)
{
    double t = lut_anneal_at(&r->cfg->temperature, epoch - 1, r->cfg->epochs);

    lut_net_set_mode(r->net, r->exec, &(lut_mode){ training, (float)t, r->step.t });
}

static void train_epoch(run *r, lut_epoch *e)
{
    const lut_train_cfg *cfg = r->cfg;
    lut_score score = { 0 };
    size_t n = r->train->n;

    e->lr = cfg->schedule->lr(cfg->schedule_cfg, cfg->lr, e->epoch - 1, cfg->epochs);
    r->step.lr = e->lr;
    set_mode(r, true, e->epoch);
    shuffle(r, e->epoch);
    for (size_t first = 0; first < n; first += cfg->batch) {
        size_t count = n - first < cfg->batch ? n - first : cfg->batch;

        lut_net_step(r->net, r->ws, &score, r->train, r->rows + first, count, &r->step);
    }
    e->train_loss = mean_loss(score.loss, n);
    e->train_accuracy = 100.0 * (double)score.correct / (double)n;
}

static lut_status validate(const run *r, lut_epoch *e, lut_err *err)
{
    lut_score score = { 0 };
    size_t n = r->valid->n;

    e->valid_loss = e->valid_accuracy_soft = e->valid_accuracy = (double)NAN;
    if (!n)
        return LUT_OK;
    lut_net_score(r->net, r->eval, &score, r->valid, NULL, 0, n);
    e->valid_loss = mean_loss(score.loss, n);
    e->valid_accuracy_soft = 100.0 * (double)score.correct / (double)n;
    return discrete_accuracy(&e->valid_accuracy, r, err);
}

/* A squash or a clamp can hide weights that are no numbers from the loss. */
static bool diverged(const run *r, const lut_epoch *e)
{
    size_t n;
    const float *weights = lut_net_weights(r->net, &n);
    bool finite = isfinite(e->train_loss);

    for (size_t i = 0; finite && i < n; i++)
        finite = isfinite(weights[i]);
    return !finite;
}

/* Without validation rows every epoch is better than the one before. */
static void keep_best(run *r, const lut_epoch *e, lut_train_result *out)
{
    size_t n;
    const float *weights = lut_net_weights(r->net, &n);

    if (r->valid->n && out->best_epoch && !(e->valid_accuracy > r->best_accuracy))
        return;
    r->best_accuracy = e->valid_accuracy;
    out->best_epoch = e->epoch;
    memcpy(r->best, weights, n * sizeof *weights);
}

static lut_status run_epochs(run *r, lut_train_result *out, lut_epoch_fn fn, void *arg,
                             lut_err *err)
{
    for (uint32_t epoch = 1; epoch <= r->cfg->epochs; epoch++) {
        lut_epoch e = { .epoch = epoch };

        train_epoch(r, &e);
        set_mode(r, false, epoch);
        LUT_TRY(validate(r, &e, err));
        out->epochs_run = epoch;
        if (diverged(r, &e))
            out->end = LUT_END_DIVERGED;
        else
            keep_best(r, &e, out);
        if (fn && fn(arg, &e) && out->end == LUT_END_EPOCHS)
            out->end = LUT_END_STOPPED;
        if (out->end != LUT_END_EPOCHS)
            break;
    }
    return LUT_OK;
}

static lut_status open_run(run *r, lut_err *err)
{
    size_t n, batch = r->cfg->batch < r->train->n ? r->cfg->batch : r->train->n;

    lut_net_weights(r->net, &n);
    r->rows = malloc(r->train->n * sizeof *r->rows);
    r->best = malloc(n * sizeof *r->best);
    if (!r->rows || !r->best)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu weights", n);
    LUT_TRY(lut_ws_create(&r->ws, r->net, batch, r->exec, err));
    return lut_ws_create(&r->eval, r->net, LUT_EVAL_SAMPLES, r->exec, err);
}

static void close_run(run *r)
{
    lut_ws_destroy(r->ws);
    lut_ws_destroy(r->eval);
    free(r->rows);
    free(r->best);
}

lut_status lut_train(lut_net *net, lut_train_result *out, const lut_train_cfg *cfg,
                     const lut_exec *exec, const lut_samples *train,
                     const lut_samples *valid, lut_epoch_fn fn, void *arg, lut_err *err)
{
    run r = { .net = net,
              .cfg = cfg,
              .exec = exec,
              .train = train,
              .valid = valid,
              .step = { .power = { 1, 1 } } };
    lut_status st;

    LUT_CHECK(cfg->epochs >= 1 && cfg->batch >= 1);
    LUT_CHECK(cfg->temperature.from > 0);
    *out = (lut_train_result){ .end = LUT_END_EPOCHS };
    if (train->n == 0)
        return lut_fail(err, LUT_EINVAL, "no training rows");
    st = open_run(&r, err);
    if (st == LUT_OK)
        st = run_epochs(&r, out, fn, arg, err);
    if (st == LUT_OK && out->best_epoch) {
        size_t n;
        float *weights = lut_net_weights(net, &n);

        memcpy(weights, r.best, n * sizeof *weights);
        set_mode(&r, false, out->best_epoch);
        lut_net_refresh(net, exec);
    }
    close_run(&r);
    return st;
}
