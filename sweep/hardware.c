#include "sweep/hardware.h"
#include "lib/circuit/cost.h"
#include "lib/circuit/packed.h"
#include "sweep/encoded.h"
#include "sweep/evaluate.h"
#include "sweep/options.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- the fields ---- */

bool sweep_hardware_quantises(const sweep_trial *t)
{
    return t->hw_input_width > 0 || t->hw_input_smallest;
}

lut_status sweep_hardware_pipeline(lut_pipeline *p, const sweep_trial *t,
                                   uint32_t nlayers, lut_err *err)
{
    p->adder_tree = t->adder_tree;
    return lut_pipeline_stages(p, nlayers, t->pipeline_stages, err);
}

/* The fault as it was said. */
static const char *said(char text[64], const sweep_trial *t)
{
    if (t->hw_input_smallest)
        snprintf(text, 64, "hw_input_smallest = true");
    else
        snprintf(text, 64, "hw_input_width = %u", (unsigned)t->hw_input_width);
    return text;
}

static lut_status check_inputs(const sweep_trial *t, lut_err *err)
{
    char text[64];

    if (t->input_width)
        return lut_fail(err, LUT_EINVAL,
                        "%s: the network is trained on inputs of input_width = %u "
                        "bits, which stay; want input_width = 0",
                        said(text, t), (unsigned)t->input_width);
    if (lut_encode_rule(t->encoder))
        return lut_fail(err, LUT_EINVAL,
                        "%s: \"%s\" has no thresholds that could be quantised",
                        said(text, t), t->encoder);
    if (t->hw_input_smallest && !(t->validation > 0))
        return lut_fail(err, LUT_EINVAL,
                        "%s: validation = 0 leaves no rows to choose the width by",
                        said(text, t));
    return LUT_OK;
}

lut_status sweep_hardware_resolve(sweep_trial *t, lut_err *err)
{
    const uint32_t places = lut_pipeline_places(t->depth);

    if (t->hw_input_smallest)
        t->hw_input_width = 0;
    else
        t->hw_tolerance = 0;
    if (t->pipeline_stages > places)
        return lut_fail(err, LUT_EINVAL,
                        "pipeline_stages = %u: a network of %u layer%s has %u places "
                        "for registers",
                        (unsigned)t->pipeline_stages, (unsigned)t->depth,
                        t->depth > 1 ? "s" : "", (unsigned)places);
    return sweep_hardware_quantises(t) ? check_inputs(t, err) : LUT_OK;
}

/* ---- accuracies by rows as they are ---- */

typedef struct gauge {
    sweep_result *r;
    const char *kernels;
    const lut_exec *exec;
    sweep_rows rows;
} gauge;

/* Closed by sweep_rows_close. */
static lut_status open_gauge(gauge *g, const sweep_lab *lab, sweep_result *r,
                             const char *digest, const lut_exec *exec, lut_err *err)
{
    const lut_backend *backend = sweep_lab_backend(lab, err);

    if (!backend)
        return LUT_ENOENT;
    *g = (gauge){ .r = r, .kernels = lut_backend_kernels(backend), .exec = exec };
    return sweep_rows_open(&g->rows, lab, &r->row.trial, digest, err);
}

/* Bits and labels of some rows, by the encoder of the result; owned: free_samples. */
static lut_status make_samples(lut_samples *s, const gauge *g, const lut_dataset *d,
                               const uint32_t *rows, size_t n, lut_err *err)
{
    const lut_encoder *e = &g->r->encoder;
    const size_t ld = lut_ceil_div(e->outputs, 64);
    uint64_t *x = malloc((n * ld + 1) * sizeof *x);
    uint16_t *label = malloc((n + 1) * sizeof *label);

    if (!x || !label) {
        free(x);
        free(label);
        return lut_fail(err, LUT_ENOMEM, "no memory for the bits of %zu rows", n);
    }
    lut_encoder_apply(e, x, ld, d, rows, n);
    for (size_t i = 0; i < n; i++)
        label[i] = d->label[rows ? rows[i] : i];
    *s =
        (lut_samples){ .x = x, .ld = ld, .inputs = e->outputs, .label = label, .n = n };
    return LUT_OK;
}

static void free_samples(lut_samples *s)
{
    free((void *)(uintptr_t)s->x);
    free((void *)(uintptr_t)s->label);
}

static lut_status part_accuracy(double *percent, const gauge *g, size_t first, size_t n,
                                lut_err *err)
{
    lut_samples s;
    lut_status st;

    LUT_TRY(make_samples(&s, g, &g->rows.data.train, g->rows.row + first, n, err));
    st = lut_circuit_accuracy_on(percent, NULL, &g->r->circuit, &s, g->kernels, g->exec,
                                 err);
    free_samples(&s);
    return st;
}

static lut_status valid_accuracy(double *percent, const gauge *g, lut_err *err)
{
    return part_accuracy(percent, g, g->rows.ntrain, g->rows.nvalid, err);
}

static lut_status evaluate(const gauge *g, lut_err *err)
{
    sweep_row *row = &g->r->row;
    lut_samples s;
    lut_status st;

    LUT_TRY(part_accuracy(&row->train_accuracy, g, 0, g->rows.ntrain, err));
    LUT_TRY(valid_accuracy(&row->valid_accuracy, g, err));
    LUT_TRY(
        make_samples(&s, g, &g->rows.data.test, NULL, g->rows.data.test.samples, err));
    st = sweep_evaluate_test(g->r, &s, g->kernels, err);
    free_samples(&s);
    return st;
}

/* ---- the width ---- */

static lut_fixed input_of(const lut_encoder *e, uint32_t width)
{
    return lut_fixed_fit(width, e->threshold, e->features * e->thresholds);
}

/* row->valid_accuracy is still that on the inputs of the training. */
static lut_status choose_smallest(const gauge *g, lut_err *err)
{
    const sweep_row *row = &g->r->row;
    const double wanted = row->valid_accuracy - row->trial.hw_tolerance;
    char line[120];

    for (uint32_t width = 1; width <= LUT_MAX_INPUT_WIDTH; width++) {
        double found;

        g->r->encoder.input = input_of(&g->r->encoder, width);
        LUT_TRY(valid_accuracy(&found, g, err));
        if (found >= wanted)
            return LUT_OK;
    }
    snprintf(line, sizeof line,
             "hw_input_smallest: no width keeps a validation accuracy of %.4f %%, %u "
             "bits are taken",
             wanted, (unsigned)LUT_MAX_INPUT_WIDTH);
    return sweep_note_line(g->r, line, err);
}

static lut_status quantise(const gauge *g, lut_err *err)
{
    const sweep_trial *t = &g->r->row.trial;

    if (t->hw_input_smallest)
        LUT_TRY(choose_smallest(g, err));
    else
        g->r->encoder.input = input_of(&g->r->encoder, t->hw_input_width);
    return evaluate(g, err);
}

/* ---- what the network takes ---- */

/* Saturation loses nothing only where no threshold lies beyond the ends. */
static lut_status note_constant_bits(sweep_result *r, lut_err *err)
{
    const lut_encoder *enc = &r->encoder;
    size_t n = enc->features * enc->thresholds, beyond = 0;
    char text[200];

    for (size_t i = 0; i < n; i++)
        beyond += fabsf(enc->threshold[i]) < FLT_MAX &&
                  isinf(lut_fixed_edge(&enc->input, enc->threshold[i]));
    if (beyond == 0)
        return LUT_OK;
    snprintf(text, sizeof text,
             "input_width = %u, input_frac = %d: %zu of %zu thresholds are beyond the "
             "range of the inputs, their bits never change",
             (unsigned)enc->input.width, (int)enc->input.frac, beyond, n);
    return sweep_note_line(r, text, err);
}

static lut_status cost_of(lut_cost *cost, const sweep_result *r, lut_err *err)
{
    lut_pipeline pipeline;
    lut_design d;
    lut_status st;

    LUT_TRY(sweep_hardware_pipeline(&pipeline, &r->row.trial, r->circuit.nlayers, err));
    LUT_TRY(lut_design_make(&d, &r->circuit, &r->encoder, &pipeline, err));
    st = lut_cost_of(cost, &d, err);
    lut_design_fini(&d);
    return st;
}

/* What the network takes as hardware.  Real inputs have no comparators of a known size:
 * what needs them stays missing.  So does all of it of a network that is no design: that is
 * no fault of its training. */
static lut_status note_cost(sweep_result *r, lut_err *err)
{
    sweep_row *row = &r->row;
    lut_cost cost;
    lut_err why;
    const lut_status st = cost_of(&cost, r, &why);

    if (st == LUT_EINVAL)
        return sweep_note_line(r, why.text, err);
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

static void note_inputs(sweep_result *r)
{
    const lut_fixed *q = &r->encoder.input;

    if (q->width == 0)
        return;
    r->row.hw_input_bits = q->width;
    r->row.hw_input_frac = q->frac;
}

static lut_status quantise_rows(const sweep_lab *lab, sweep_result *r,
                                const char *digest, const lut_exec *exec, lut_err *err)
{
    gauge g;
    lut_status st;

    LUT_TRY(open_gauge(&g, lab, r, digest, exec, err));
    st = quantise(&g, err);
    sweep_rows_close(&g.rows);
    return st;
}

lut_status sweep_hardware_finish(const sweep_lab *lab, sweep_result *r,
                                 const char *digest, const lut_exec *exec, lut_err *err)
{
    if (sweep_hardware_quantises(&r->row.trial))
        LUT_TRY(quantise_rows(lab, r, digest, exec, err));
    note_inputs(r);
    LUT_TRY(note_constant_bits(r, err));
    LUT_TRY(note_cost(r, err));
    r->row.discretization_gap = r->row.test_accuracy_soft - r->row.test_accuracy;
    return LUT_OK;
}

/* ---- out of another result ---- */

bool sweep_derives(const sweep_result *from, const char training_key[SWEEP_KEY])
{
    const char *const status = from->row.status;

    return !strcmp(from->row.training_key, training_key) &&
           sweep_status_final(status) &&
           (from->has_network || !strcmp(status, "diverged") ||
            !strcmp(status, "pruned"));
}

/* What the hardware fields of the other one made of its network. */
static void forget_hardware(sweep_result *r)
{
    sweep_row *row = &r->row;

    row->lut6 = row->lut6_core = row->lut_levels = (double)NAN;
    row->latency_cycles = row->flip_flops = (double)NAN;
    row->hw_input_bits = row->hw_input_frac = (double)NAN;
    free(r->log);
    r->log = NULL;
}

typedef struct derivation {
    const sweep_lab *lab;
    sweep_result *out;
    const char *digest;
    bool quantised; /* what it comes from was */
    lut_status st;
    lut_err *err;
} derivation;

static lut_status undo_quantising(const derivation *d, const lut_exec *exec,
                                  lut_err *err)
{
    gauge g;
    lut_status st;

    d->out->encoder.input = (lut_fixed){ .width = 0 };
    LUT_TRY(open_gauge(&g, d->lab, d->out, d->digest, exec, err));
    st = evaluate(&g, err);
    sweep_rows_close(&g.rows);
    return st;
}

static void finish(void *arg, const lut_exec *inside)
{
    derivation *d = arg;

    d->st = LUT_OK;
    if (d->quantised)
        d->st = undo_quantising(d, inside, d->err);
    if (d->st == LUT_OK)
        d->st = sweep_hardware_finish(d->lab, d->out, d->digest, inside, d->err);
}

static void name(sweep_row *row, const sweep_trial *trial, const char *key,
                 const char *digest)
{
    row->trial = *trial;
    memcpy(row->key, key, SWEEP_KEY);
    sweep_training_key(row->training_key, trial, digest);
}

lut_status sweep_derive(const sweep_lab *lab, sweep_result *out,
                        const sweep_trial *trial, const char *key, const char *digest,
                        sweep_result *from, lut_err *err)
{
    derivation d = { .lab = lab, .out = out, .digest = digest, .err = err };
    const lut_backend *backend = sweep_lab_backend(lab, err);

    d.quantised = sweep_hardware_quantises(&from->row.trial);
    *out = *from;
    memset(from, 0, sizeof *from);
    sweep_result_init(from);
    forget_hardware(out);
    name(&out->row, trial, key, digest);
    d.st = backend ? LUT_OK : LUT_ENOENT;
    if (backend)
        sweep_note_start(&out->timing, lab, backend);
    if (backend && out->has_network)
        lut_team_run(&lab->exec, finish, &d);
    sweep_note_memory(&out->timing);
    if (d.st != LUT_OK)
        sweep_result_fini(out);
    return d.st;
}
