#include "sweep/run.h"
#include "lib/base/log.h"
#include "lib/circuit/cost.h"
#include "lib/circuit/packed.h"
#include "lib/net/train.h"
#include "sweep/checkpoint.h"
#include "sweep/encoded.h"
#include "sweep/learnt.h"
#include "sweep/options.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* What one trial holds while it runs. */
typedef struct job {
    const sweep_lab *lab;
    const sweep_trial *trial;
    sweep_result *out;
    sweep_epoch_fn fn;
    void *arg;
    const lut_exec *exec; /* of the team */
    lut_status st;        /* of what the team does */
    lut_err *err;
    bool no_memory; /* for the history */
    sweep_encoded data;
    sweep_learnt learnt;
    const lut_backend *backend;
    lut_net *net;
    void *cfg[5];                  /* options of plug-ins: owned */
    void *regul_cfg[SWEEP_LISTED]; /* the same of regularisers */
} job;

enum { PARAM, FIRST, REST, OPTIM, SCHEDULE };

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- plug-ins and their options ---- */

/* The plug-in that a field of the trial names, with its options in j->cfg[which]. */
static lut_status plug_in(job *j, sweep_plugin *out, int which, const char *field,
                          lut_err *err)
{
    LUT_TRY(sweep_trial_plugin(out, j->trial, field, err));
    j->cfg[which] = sweep_plugin_cfg(out, j->trial->options, err);
    return j->cfg[which] ? LUT_OK : err ? err->code : LUT_ENOMEM;
}

static lut_status layer_configs(job *j, lut_layer_cfg *layer, uint32_t *n, lut_err *err)
{
    const sweep_trial *t = j->trial;
    uint32_t width[LUT_MAX_LAYERS];
    sweep_plugin param, map[2];

    LUT_TRY(plug_in(j, &param, PARAM, "parametrization", err));
    LUT_TRY(plug_in(j, &map[0], FIRST, "mapping_first", err));
    LUT_TRY(plug_in(j, &map[1], REST, "mapping_rest", err));
    *n = sweep_trial_layers(width, t->layers);
    if (*n == 0)
        return lut_fail(err, LUT_EINVAL, "layers = \"%s\": no widths", t->layers);
    for (uint32_t i = 0; i < *n; i++)
        layer[i] = (lut_layer_cfg){ .luts = width[i],
                                    .k = t->lut_rank,
                                    .param = lut_param_find(param.name),
                                    .param_cfg = j->cfg[PARAM],
                                    .map = map[i > 0].ops,
                                    .map_cfg = j->cfg[i ? REST : FIRST] };
    return LUT_OK;
}

static lut_status regularisers(job *j, lut_regul_use *use, size_t *n, lut_err *err)
{
    sweep_trial t = *j->trial;
    sweep_plugin p[SWEEP_LISTED];

    LUT_TRY(sweep_trial_plugins(p, n, &t, "regulariser", err));
    for (size_t i = 0; i < *n; i++) {
        j->regul_cfg[i] = sweep_plugin_cfg(&p[i], t.options, err);
        if (!j->regul_cfg[i])
            return err ? err->code : LUT_ENOMEM;
        use[i] = (lut_regul_use){ lut_regul_find(p[i].name), j->regul_cfg[i] };
    }
    return LUT_OK;
}

/* Place of a word that is known to be in the list. */
static size_t choice(const char *const *names, const char *word)
{
    size_t i = 0;

    while (names[i] && strcmp(names[i], word) != 0)
        i++;
    return i;
}

static lut_status make_net(job *j, lut_err *err)
{
    const sweep_trial *t = j->trial;
    lut_layer_cfg layer[LUT_MAX_LAYERS];
    lut_regul_use regul[SWEEP_LISTED];
    sweep_plugin optim;
    lut_net_cfg cfg = { .inputs = j->data.train.inputs,
                        .classes = j->data.classes,
                        .layer = layer,
                        .tau = (float)t->tau,
                        .offset = (float)t->offset,
                        .sampling =
                            (lut_sampling)choice(lut_sampling_names, t->sampling),
                        .temperature = (float)t->temperature,
                        .grad_factor = (float)t->grad_factor,
                        .anchor_init = t->anchor_init,
                        .regul = regul,
                        .clip_norm = (float)t->clip_norm };

    cfg.inlet = t->encoder_learn ? &j->learnt.cfg : NULL;
    cfg.init = (lut_init){ strcmp(t->weight_init, "residual") == 0,
                           t->residual_probability, t->temperature, 0.1 };
    LUT_TRY(plug_in(j, &optim, OPTIM, "optimizer", err));
    cfg.optim = lut_optim_find(optim.name);
    cfg.optim_cfg = j->cfg[OPTIM];
    cfg.half = strcmp(t->activations, "half") == 0;
    cfg.moments = (lut_moments)choice(lut_moments_names, t->moments);
    LUT_TRY(layer_configs(j, layer, &cfg.nlayers, err));
    LUT_TRY(regularisers(j, regul, &cfg.nregul, err));
    return lut_net_create(&j->net, &cfg, j->backend, t->seed, err);
}

/* ---- training ---- */

static int keep_epoch(void *arg, const lut_epoch *e)
{
    job *j = arg;
    sweep_result *out = j->out;
    sweep_epoch *more = realloc(out->history, (out->nhistory + 1) * sizeof *more);

    if (!more) {
        j->no_memory = true;
        return 1;
    }
    out->history = more;
    more += out->nhistory++;
    *more = (sweep_epoch){ .epoch = e->epoch,
                           .lr = e->lr,
                           .train_loss = e->train_loss,
                           .train_accuracy = e->train_accuracy,
                           .valid_loss = e->valid_loss,
                           .valid_accuracy_soft = e->valid_accuracy_soft,
                           .valid_accuracy = e->valid_accuracy };
    return j->fn ? j->fn(j->arg, more, &out->row) : 0;
}

static void note_end(job *j, const lut_train_result *r, double elapsed)
{
    static const char *const status[] = { [LUT_END_EPOCHS] = "ok",
                                          [LUT_END_STOPPED] = "stopped",
                                          [LUT_END_DIVERGED] = "diverged",
                                          [LUT_END_PAUSED] = "paused" };
    sweep_row *row = &j->out->row;
    sweep_timing *t = &j->out->timing;
    double now = r->epochs_run - r->epochs_before; /* trained here */

    strcpy(row->status, status[r->end]);
    row->epochs_run = r->epochs_run;
    if (r->end != LUT_END_DIVERGED)
        row->best_epoch = r->best_epoch;
    t->train_seconds = elapsed;
    if (now > 0) {
        t->epoch_seconds = elapsed / now;
        t->train_samples_per_second = (double)j->data.train.n * now / elapsed;
    }
}

static lut_anneal anneal(const sweep_trial *t)
{
    static const char *const kinds[] = { "constant", "linear", "exponential", NULL };

    return (lut_anneal){ (lut_anneal_kind)choice(kinds, t->temperature_schedule),
                         t->temperature, t->temperature_end };
}

static bool wants_pause(void *arg, uint32_t epochs_run)
{
    const sweep_lab *lab = arg;

    return (lab->until && epochs_run >= lab->until) || (lab->leave && *lab->leave);
}

/* Train, from the checkpoint where there is one. */
static lut_status train_from(job *j, lut_train_result *r, lut_train_cfg *cfg,
                             sweep_checkpoint *c, lut_err *err)
{
    lut_status st;

    cfg->tag = j->out->row.key;
    cfg->save = c->path[0] ? sweep_checkpoint_save : NULL;
    cfg->save_arg = c;
    cfg->save_every = j->lab->checkpoint_every;
    cfg->pause = wants_pause;
    cfg->pause_arg = (void *)j->lab;
    cfg->resume = c->bytes;
    cfg->nresume = c->n;
    st = lut_train(j->net, r, cfg, j->exec, &j->data.train, &j->data.valid, keep_epoch,
                   j, err);
    if (st != LUT_EFORMAT || !c->bytes)
        return st;
    lut_err_wrap(err, "%s", c->path);
    if (!c->own)
        return st;
    lut_log(LUT_WARN, "%s; starting anew", err ? err->text : c->path);
    unlink(c->path);
    cfg->resume = NULL;
    return lut_train(j->net, r, cfg, j->exec, &j->data.train, &j->data.valid,
                     keep_epoch, j, err);
}

/* The row as it was at `until`: a checkpoint may be from beyond, and what a trial is judged
 * by must not depend on how often it was interrupted. */
static void note_pause(job *j)
{
    sweep_result *out = j->out;
    sweep_row *row = &out->row;

    if (out->nhistory > j->lab->until)
        out->nhistory = j->lab->until;
    row->epochs_run = (double)out->nhistory;
    sweep_best_until(out, j->lab->until, &row->valid_accuracy, &row->best_epoch);
}

static lut_status end_training(job *j, const lut_train_result *r, double elapsed,
                               lut_err *err)
{
    const uint32_t until = j->lab->until;

    if (j->no_memory)
        return lut_fail(err, LUT_ENOMEM, "no memory for the history");
    if (r->end == LUT_END_PAUSED && (!until || r->epochs_run < until))
        return lut_fail(err, LUT_ESTOP, "left after epoch %u of %u",
                        (unsigned)r->epochs_run, (unsigned)j->trial->epochs);
    note_end(j, r, elapsed);
    if (r->end == LUT_END_PAUSED)
        note_pause(j);
    return LUT_OK;
}

static lut_status train(job *j, lut_err *err)
{
    const sweep_trial *t = j->trial;
    sweep_plugin schedule;
    lut_train_cfg cfg = { .lr = t->lr,
                          .warmup = t->warmup,
                          .epochs = t->epochs,
                          .patience = t->patience,
                          .batch = t->batch,
                          .seed = t->seed };
    lut_train_result r;
    sweep_checkpoint checkpoint;
    double start = seconds();
    lut_status st;

    cfg.temperature = anneal(t);
    LUT_TRY(plug_in(j, &schedule, SCHEDULE, "schedule", err));
    cfg.schedule = schedule.ops;
    cfg.schedule_cfg = j->cfg[SCHEDULE];
    LUT_TRY(sweep_checkpoint_open(&checkpoint, j->lab, j->out->row.key, err));
    st = train_from(j, &r, &cfg, &checkpoint, err);
    sweep_checkpoint_close(&checkpoint);
    LUT_TRY(st);
    return end_training(j, &r, seconds() - start, err);
}

/* ---- evaluation: the discrete network; the test split is read here and nowhere else ---- */

static lut_status soft_accuracy(job *j, double *percent, const lut_samples *s,
                                lut_err *err)
{
    lut_score score = { 0 };
    lut_ws *ws;

    LUT_TRY(lut_ws_create(&ws, j->net, LUT_EVAL_SAMPLES, j->exec, err));
    lut_net_score(j->net, ws, &score, s, NULL, 0, s->n);
    lut_ws_destroy(ws);
    *percent = 100.0 * (double)score.correct / (double)s->n;
    return LUT_OK;
}

static void fill_confusion(sweep_result *out, const lut_samples *s,
                           const uint16_t *predicted)
{
    for (size_t i = 0; i < s->n; i++) {
        bool right = predicted[i] == s->label[i];

        out->confusion[s->label[i] * out->classes + predicted[i]]++;
        out->correct[i / 8] |= (uint8_t)(right << (7 - i % 8));
    }
}

static lut_status test_split(job *j, lut_err *err)
{
    sweep_result *out = j->out;
    const lut_samples *s = &j->data.test;
    uint16_t *predicted = malloc((s->n + 1) * sizeof *predicted);
    lut_exec one = { .threads = 1 };
    double start = seconds();
    lut_status st;

    out->classes = j->data.classes;
    out->ntest = s->n;
    out->confusion =
        calloc((size_t)out->classes * out->classes, sizeof *out->confusion);
    out->correct = calloc((s->n + 7) / 8 + 1, 1);
    if (!predicted || !out->confusion || !out->correct) {
        st = lut_fail(err, LUT_ENOMEM, "no memory for %zu predictions", s->n);
        goto out;
    }
    st = lut_circuit_accuracy_on(&out->row.test_accuracy, predicted, &out->circuit, s,
                                 lut_net_kernels(j->net), &one, err);
    out->timing.infer_samples_per_second = (double)s->n / (seconds() - start);
    if (st == LUT_OK)
        fill_confusion(out, s, predicted);
out:
    free(predicted);
    return st;
}

static lut_status copy_encoder(lut_encoder *to, const lut_encoder *from, lut_err *err)
{
    size_t nt = from->features * from->thresholds;
    size_t nc = (from->thresholds + 1) * from->bits;

    *to = *from;
    to->column = NULL;
    to->outputs = from->features * from->bits;
    to->threshold = malloc((nt + 1) * sizeof *to->threshold);
    to->codes = malloc(nc);
    to->name = malloc(from->features * sizeof *to->name);
    if (!to->threshold || !to->codes || !to->name)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu thresholds", nt);
    memcpy(to->threshold, from->threshold, nt * sizeof *to->threshold);
    memcpy(to->codes, from->codes, nc);
    memcpy(to->name, from->name, from->features * sizeof *to->name);
    return LUT_OK;
}

/* What is kept numbers the encoded bits of all features: the file needs no list of those
 * that this network was offered. */
static void read_all_columns(sweep_result *out, const lut_encoder *enc)
{
    lut_circuit *c = &out->circuit;
    size_t wires = (size_t)c->layer[0].luts * c->layer[0].k;

    c->inputs = (uint32_t)(enc->features * enc->bits);
    for (size_t i = 0; enc->column && i < wires; i++)
        c->layer[0].wire[i] = enc->column[c->layer[0].wire[i]];
}

/* Saturation loses nothing only where no threshold lies beyond the ends. */
static lut_status note_constant_bits(sweep_result *out, lut_err *err)
{
    const lut_encoder *enc = &out->encoder;
    size_t n = enc->features * enc->thresholds, beyond = 0;
    char text[200];

    for (size_t i = 0; i < n; i++)
        beyond += fabsf(enc->threshold[i]) < FLT_MAX &&
                  isinf(lut_fixed_edge(&enc->input, enc->threshold[i]));
    if (beyond == 0)
        return LUT_OK;
    snprintf(text, sizeof text,
             "input_width = %u, input_frac = %d: %zu of %zu thresholds are beyond the "
             "range of the inputs, their bits never change\n",
             (unsigned)enc->input.width, (int)enc->input.frac, beyond, n);
    out->log = strdup(text);
    return out->log ? LUT_OK : lut_fail(err, LUT_ENOMEM, "no memory for the log");
}

static lut_status add_to_log(sweep_result *out, const char *line, lut_err *err)
{
    const char *before = out->log ? out->log : "";
    char *text = malloc(strlen(before) + strlen(line) + 2);

    if (!text)
        return lut_fail(err, LUT_ENOMEM, "no memory for the log");
    sprintf(text, "%s%s\n", before, line);
    free(out->log);
    out->log = text;
    return LUT_OK;
}

static lut_status cost_of(lut_cost *cost, const sweep_result *out, lut_err *err)
{
    lut_pipeline pipeline;
    lut_design d;
    lut_status st;

    lut_pipeline_default(&pipeline, out->circuit.nlayers);
    LUT_TRY(lut_design_make(&d, &out->circuit, &out->encoder, &pipeline, err));
    st = lut_cost_of(cost, &d, err);
    lut_design_fini(&d);
    return st;
}

/* What the network takes as hardware.  Real inputs have no comparators of a known size:
 * what needs them stays missing.  So does all of it of a network that is no design: that is
 * no fault of its training. */
static lut_status note_hardware(sweep_result *out, lut_err *err)
{
    sweep_row *row = &out->row;
    lut_cost cost;
    lut_err why;
    const lut_status st = cost_of(&cost, out, &why);

    if (st == LUT_EINVAL)
        return add_to_log(out, why.text, err);
    if (st != LUT_OK)
        return lut_fail(err, st, "%s", why.text);
    row->lut6_core = lut_cost_luts(&cost, true);
    if (cost.knows_encoder)
        row->lut6 = lut_cost_luts(&cost, false);
    row->lut_levels = lut_cost_levels(&cost);
    row->latency_cycles = cost.latency;
    row->flip_flops = lut_cost_flip_flops(&cost);
    return LUT_OK;
}

static lut_status discrete_accuracy(job *j, double *percent, const lut_samples *s,
                                    lut_err *err)
{
    return lut_circuit_accuracy_on(percent, NULL, &j->out->circuit, s,
                                   lut_net_kernels(j->net), j->exec, err);
}

static lut_status note_differences(job *j, lut_err *err)
{
    lut_samples s = j->data.test;

    if (!j->lab->differ)
        return LUT_OK;
    s.n = s.n < SWEEP_DIFFER_ROWS ? s.n : SWEEP_DIFFER_ROWS;
    return lut_net_differ(j->lab->differ, j->net, &j->out->circuit, &s, j->exec, err);
}

static lut_status evaluate(job *j, lut_err *err)
{
    sweep_result *out = j->out;
    sweep_row *row = &out->row;

    LUT_TRY(lut_net_harden(&out->circuit, j->net, err));
    LUT_TRY(copy_encoder(&out->encoder, &j->data.encoder, err));
    out->has_network = true;
    LUT_TRY(sweep_learnt_encode(&j->learnt, &j->data, j->net, j->exec, err));
    if (lut_net_has_inlet(j->net))
        lut_net_thresholds(j->net, out->encoder.threshold);
    LUT_TRY(discrete_accuracy(j, &row->train_accuracy, &j->data.train, err));
    LUT_TRY(discrete_accuracy(j, &row->valid_accuracy, &j->data.valid, err));
    LUT_TRY(test_split(j, err));
    LUT_TRY(soft_accuracy(j, &row->test_accuracy_soft, &j->data.test, err));
    LUT_TRY(note_differences(j, err));
    read_all_columns(out, &j->data.encoder);
    LUT_TRY(note_constant_bits(out, err));
    LUT_TRY(note_hardware(out, err));
    row->discretization_gap = row->test_accuracy_soft - row->test_accuracy;
    return LUT_OK;
}

/* ---- the whole ---- */

static void note_start(job *j)
{
    sweep_timing *t = &j->out->timing;
    time_t now = time(NULL);
    struct tm utc;

    gmtime_r(&now, &utc);
    strftime(t->started, sizeof t->started, "%Y-%m-%dT%H:%M:%SZ", &utc);
    gethostname(t->host, sizeof t->host - 1);
    t->threads = j->lab->exec.threads;
    strncpy(t->kernels, j->backend->name, sizeof t->kernels - 1);
}

static void note_size(job *j)
{
    uint32_t width[LUT_MAX_LAYERS], n = sweep_trial_layers(width, j->trial->layers);
    sweep_row *row = &j->out->row;

    row->parameters = (double)lut_net_parameters(j->net);
    row->luts = 0;
    for (uint32_t i = 0; i < n; i++)
        row->luts += width[i];
}

static void note_memory(job *j)
{
    struct rusage usage;

    if (getrusage(RUSAGE_SELF, &usage) == 0)
        j->out->timing.peak_memory = 1024.0 * (double)usage.ru_maxrss;
}

static bool has_ended_well(const sweep_row *row)
{
    return strcmp(row->status, "diverged") != 0 && strcmp(row->status, "paused") != 0;
}

static void train_and_evaluate(void *arg, const lut_exec *inside)
{
    job *j = arg;

    j->exec = inside;
    j->st = train(j, j->err);
    if (j->st == LUT_OK && has_ended_well(&j->out->row))
        j->st = evaluate(j, j->err);
}

static lut_status run(job *j, const char *digest, lut_err *err)
{
    if (j->lab->until && !(j->lab->checkpoint && *j->lab->checkpoint))
        return lut_fail(err, LUT_EINVAL, "pause after epoch %u: nowhere to keep it",
                        (unsigned)j->lab->until);
    j->backend = lut_backend_find(j->lab->kernels);
    if (!j->backend)
        return lut_fail(err, LUT_ENOENT,
                        "kernel set \"%s\" is not in this build or not of "
                        "this machine",
                        j->lab->kernels);
    note_start(j);
    LUT_TRY(sweep_encoded_open(&j->data, j->lab, j->trial, digest, err));
    LUT_TRY(sweep_learnt_open(&j->learnt, j->trial, &j->data, err));
    LUT_TRY(make_net(j, err));
    note_size(j);
    j->err = err;
    lut_team_run(&j->lab->exec, train_and_evaluate, j);
    LUT_TRY(j->st);
    note_memory(j);
    return LUT_OK;
}

lut_status sweep_run(const sweep_lab *lab, sweep_result *out, const sweep_trial *trial,
                     const char *key, const char *digest, sweep_epoch_fn fn, void *arg,
                     lut_err *err)
{
    job j = { .lab = lab, .trial = trial, .out = out, .fn = fn, .arg = arg };
    lut_status st;

    sweep_result_init(out);
    out->row.trial = *trial;
    memcpy(out->row.key, key, SWEEP_KEY);
    st = run(&j, digest, err);
    lut_net_destroy(j.net);
    sweep_learnt_close(&j.learnt);
    sweep_encoded_close(&j.data);
    for (size_t i = 0; i < LUT_COUNT(j.cfg); i++)
        free(j.cfg[i]);
    for (size_t i = 0; i < LUT_COUNT(j.regul_cfg); i++)
        free(j.regul_cfg[i]);
    if (st != LUT_OK) {
        sweep_result_fini(out);
        out->row.trial = *trial;
        memcpy(out->row.key, key, SWEEP_KEY);
    }
    return st;
}
