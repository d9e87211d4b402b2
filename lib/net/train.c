#include "lib/net/train.h"
#include "lib/base/check.h"
#include "lib/circuit/packed.h"
#include "lib/net/checkpoint.h"

#include <math.h>
#include <stdlib.h>

/* Everything a training run holds. */
typedef struct run {
    lut_net *net;
    const lut_train_cfg *cfg;
    const lut_exec *exec;
    const lut_samples *train, *valid;
    lut_ws *ws; /* of steps and of validation */
    uint32_t *rows;
    uint64_t *bits; /* of the validation rows, where thresholds are learnt */
    lut_progress now;
    void *bytes; /* of a checkpoint */
    size_t room;
} run;

/* The validation rows as a circuit reads them: bits of the thresholds as they are. */
static lut_samples encoded_rows(const run *r)
{
    lut_samples s = *r->valid;

    if (!lut_net_has_inlet(r->net))
        return s;
    lut_net_encode(r->net, r->exec, r->bits, &s);
    s.x = r->bits;
    return s;
}

static lut_status discrete_accuracy(double *percent, const run *r, lut_err *err)
{
    lut_circuit c = { 0 };
    lut_samples s = encoded_rows(r);
    lut_status st = lut_net_harden(&c, r->net, err);

    if (st == LUT_OK)
        st = lut_circuit_accuracy_on(percent, NULL, &c, &s, lut_net_kernels(r->net),
                                     r->exec, err);
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

    lut_net_set_mode(r->net, r->exec, &(lut_mode){ training, (float)t, r->now.step.t });
}

static void train_epoch(run *r, lut_epoch *e)
{
    const lut_train_cfg *cfg = r->cfg;
    lut_score score = { 0 };
    size_t n = r->train->n;

    e->lr = lut_schedule_lr(cfg->schedule, cfg->schedule_cfg, cfg->lr, cfg->warmup,
                            e->epoch - 1, cfg->epochs);
    r->now.step.lr = e->lr;
    r->now.step.done = (double)(e->epoch - 1) / cfg->epochs;
    set_mode(r, true, e->epoch);
    shuffle(r, e->epoch);
    for (size_t first = 0; first < n; first += cfg->batch) {
        size_t count = n - first < cfg->batch ? n - first : cfg->batch;

        lut_net_step(r->net, r->ws, &score, r->train, r->rows + first, count,
                     &r->now.step);
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
    lut_net_score(r->net, r->ws, &score, r->valid, NULL, 0, n);
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
static void keep_best(run *r, const lut_epoch *e)
{
    lut_progress *p = &r->now;

    if (r->valid->n && p->best_epoch && !(e->valid_accuracy > p->best_accuracy))
        return;
    p->best_accuracy = e->valid_accuracy;
    p->best_epoch = e->epoch;
    lut_net_keep(r->net, p->best);
}

/* Without validation rows no epoch is worse than the best, so patience never ends. */
static bool is_last(const run *r)
{
    const lut_train_cfg *cfg = r->cfg;
    const lut_progress *p = &r->now;

    return p->epochs_run == cfg->epochs ||
           (cfg->patience && p->epochs_run - p->best_epoch >= cfg->patience);
}

static lut_status save(run *r, lut_err *err)
{
    const lut_train_cfg *cfg = r->cfg;
    size_t n = lut_checkpoint_size(r->net, &r->now);

    if (n > r->room) {
        free(r->bytes);
        r->room = n + cfg->epochs * sizeof *r->now.history;
        r->bytes = malloc(r->room);
        if (!r->bytes) {
            r->room = 0;
            return lut_fail(err, LUT_ENOMEM, "no memory for a checkpoint of %zu bytes",
                            n);
        }
    }
    lut_checkpoint_pack(r->bytes, r->net, &r->now, cfg->tag);
    return cfg->save(cfg->save_arg, r->bytes, n, err);
}

/* From the checkpoint to where the run was when it was written. */
static lut_status resume(run *r, lut_train_result *out, lut_epoch_fn fn, void *arg,
                         lut_err *err)
{
    const lut_train_cfg *cfg = r->cfg;

    LUT_TRY(lut_checkpoint_unpack(r->net, &r->now, cfg->resume, cfg->nresume, cfg->tag,
                                  cfg->epochs, err));
    lut_net_refresh(r->net, r->exec);
    out->epochs_before = r->now.epochs_run;
    for (uint32_t i = 0; i < r->now.epochs_run && out->end == LUT_END_EPOCHS; i++)
        if (fn && fn(arg, &r->now.history[i]))
            out->end = LUT_END_STOPPED;
    return LUT_OK;
}

static lut_status run_epoch(run *r, lut_train_result *out, lut_epoch_fn fn, void *arg,
                            lut_err *err)
{
    lut_epoch *e = &r->now.history[r->now.epochs_run];

    memset(e, 0, sizeof *e);
    e->epoch = r->now.epochs_run + 1;
    train_epoch(r, e);
    set_mode(r, false, e->epoch);
    LUT_TRY(validate(r, e, err));
    r->now.epochs_run = e->epoch;
    if (diverged(r, e))
        out->end = LUT_END_DIVERGED;
    else
        keep_best(r, e);
    if (fn && fn(arg, e) && out->end == LUT_END_EPOCHS)
        out->end = LUT_END_STOPPED;
    return LUT_OK;
}

static bool goes_on(const run *r, const lut_train_result *out)
{
    return out->end == LUT_END_EPOCHS && !is_last(r);
}

/* Only while others are to come: what has ended by itself needs no pause. */
static void ask_for_pause(const run *r, lut_train_result *out)
{
    const lut_train_cfg *cfg = r->cfg;

    if (goes_on(r, out) && cfg->pause && cfg->pause(cfg->pause_arg, r->now.epochs_run))
        out->end = LUT_END_PAUSED;
}

/* The end of a run is its network: that is not saved. */
static bool is_saved(const run *r, const lut_train_result *out)
{
    const lut_train_cfg *cfg = r->cfg;

    if (!cfg->tag || !cfg->save)
        return false;
    return out->end == LUT_END_PAUSED || (goes_on(r, out) && cfg->save_every &&
                                          r->now.epochs_run % cfg->save_every == 0);
}

static lut_status run_epochs(run *r, lut_train_result *out, lut_epoch_fn fn, void *arg,
                             lut_err *err)
{
    const lut_train_cfg *cfg = r->cfg;

    if (cfg->tag && cfg->resume) {
        LUT_TRY(resume(r, out, fn, arg, err));
        ask_for_pause(r, out); /* what it came from is saved already */
    }
    while (goes_on(r, out)) {
        LUT_TRY(run_epoch(r, out, fn, arg, err));
        ask_for_pause(r, out);
        if (is_saved(r, out))
            LUT_TRY(save(r, err));
    }
    out->epochs_run = r->now.epochs_run;
    out->best_epoch = r->now.best_epoch;
    return LUT_OK;
}

static lut_status open_run(run *r, lut_err *err)
{
    size_t batch = r->cfg->batch < r->train->n ? r->cfg->batch : r->train->n;
    lut_progress *p = &r->now;

    r->rows = malloc(r->train->n * sizeof *r->rows);
    p->best = malloc(lut_net_kept_size(r->net));
    p->history = malloc(r->cfg->epochs * sizeof *p->history);
    if (lut_net_has_inlet(r->net))
        r->bits = malloc((r->valid->n * r->valid->ld + 1) * sizeof *r->bits);
    if (!r->rows || !p->best || !p->history || (lut_net_has_inlet(r->net) && !r->bits))
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu bytes and %u epochs",
                        lut_net_kept_size(r->net), (unsigned)r->cfg->epochs);
    return lut_ws_create(&r->ws, r->net, batch, r->exec, err);
}

static void close_run(run *r)
{
    lut_ws_destroy(r->ws);
    free(r->rows);
    free(r->bits);
    free(r->now.best);
    free(r->now.history);
    free(r->bytes);
}

/* A run as the body of a team. */
typedef struct team_run {
    run r;
    lut_train_result *out;
    lut_epoch_fn fn;
    void *arg;
    lut_err *err;
    lut_status st;
} team_run;

static void run_in_team(void *arg, const lut_exec *inside)
{
    team_run *t = arg;
    run *r = &t->r;

    r->exec = inside;
    t->st = open_run(r, t->err);
    if (t->st == LUT_OK)
        t->st = run_epochs(r, t->out, t->fn, t->arg, t->err);
    if (t->st == LUT_OK && t->out->best_epoch && t->out->end != LUT_END_PAUSED) {
        set_mode(r, false, t->out->best_epoch);
        lut_net_take_back(r->net, r->now.best, r->exec);
    }
    close_run(r);
}

lut_status lut_train(lut_net *net, lut_train_result *out, const lut_train_cfg *cfg,
                     const lut_exec *exec, const lut_samples *train,
                     const lut_samples *valid, lut_epoch_fn fn, void *arg, lut_err *err)
{
    team_run t = { .r = { .net = net,
                          .cfg = cfg,
                          .train = train,
                          .valid = valid,
                          .now = { .step = { .power = { 1, 1 } } } },
                   .out = out,
                   .fn = fn,
                   .arg = arg,
                   .err = err };

    LUT_CHECK(cfg->epochs >= 1 && cfg->batch >= 1);
    LUT_CHECK(cfg->temperature.from > 0);
    *out = (lut_train_result){ .end = LUT_END_EPOCHS };
    if (train->n == 0)
        return lut_fail(err, LUT_EINVAL, "no training rows");
    lut_team_run(exec, run_in_team, &t);
    return t.st;
}
