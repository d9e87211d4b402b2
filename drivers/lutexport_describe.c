/* NAME.json: what is in the folder, with fixed keys: what there is not is null.  Figures of
 * the three sources stand apart, since they must never be mixed up: estimated is ours,
 * synthesised is yosys's, implemented is the vendor's after place and route. */
#include "config.h"
#include "drivers/emit.h"
#include "drivers/lutexport.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void put_network(emit_json *j, const export_job *job)
{
    const sweep_result *r = &job->net.result;
    const sweep_trial *t = &r->row.trial;

    emit_open(j, "network", '{');
    emit_text(j, "dataset", t->dataset);
    emit_text(j, "parametrization", t->parametrization);
    emit_number(j, "lut_rank", t->lut_rank);
    emit_text(j, "layers", t->layers);
    emit_number(j, "seed", t->seed);
    emit_number(j, "classes", r->circuit.classes);
    emit_number(j, "group",
                lut_circuit_group(r->circuit.layer[r->circuit.nlayers - 1].luts,
                                  r->circuit.classes));
    emit_number(j, "test_accuracy", r->row.test_accuracy);
    emit_number(j, "valid_accuracy", r->row.valid_accuracy);
    emit_close(j, '}');
}

static void put_encoder(emit_json *j, const export_job *job)
{
    const lut_encoder *e = &job->net.result.encoder;
    const lut_export_facts *f = &job->facts;

    emit_open(j, "encoder", '{');
    emit_text(j, "kind", e->kind);
    emit_number(j, "features", (double)e->features);
    emit_number(j, "bits_per_feature", (double)e->bits);
    emit_number(j, "bits", (double)f->bits);
    emit_number(j, "bits_used", (double)f->used);
    emit_number(j, "input_width",
                e->input.width ? (double)e->input.width : (double)NAN);
    emit_number(j, "input_frac", e->input.width ? (double)e->input.frac : (double)NAN);
    emit_bool(j, "input_signed", e->input.is_signed);
    emit_number(j, "thresholds", (double)f->thresholds);
    emit_number(j, "thresholds_beyond_range", (double)f->beyond);
    emit_number(j, "thresholds_that_collide", (double)f->collide);
    emit_close(j, '}');
}

/* One source of figures with all its keys. */
static void put_stage(emit_json *j, const char *key, const export_cost *c)
{
    emit_open(j, key, '{');
    emit_text(j, "tool", c->tool[0] ? c->tool : NULL);
    emit_text(j, "tool_version", c->version[0] ? c->version : NULL);
    emit_text(j, "part", c->part);
    emit_text(j, "strategy", NULL);
    emit_text(j, "registers", c->registers);
    emit_open(j, "luts", '{');
    emit_number(j, "encoder", c->encoder);
    emit_number(j, "layers", c->layers);
    emit_number(j, "popcount", c->popcount);
    emit_number(j, "argmax", c->argmax);
    emit_number(j, "core", c->core);
    emit_number(j, "total", c->total);
    emit_close(j, '}');
    emit_number(j, "flip_flops", c->flip_flops);
    emit_number(j, "bram", c->bram);
    emit_number(j, "dsp", c->dsp);
    emit_number(j, "levels", c->levels);
    emit_number(j, "stage_levels", c->stage_levels);
    emit_number(j, "latency_cycles", c->latency);
    emit_number(j, "interval_cycles", c->interval);
    emit_number(j, "clock_ns", (double)NAN);
    emit_number(j, "slack_ns", (double)NAN);
    emit_number(j, "area_levels", c->area_levels);
    emit_number(j, "area_cycles", c->area_cycles);
    emit_close(j, '}');
}

static void put_files(emit_json *j, const export_folder *f)
{
    emit_open(j, "files", '[');
    for (size_t i = 0; i < f->nfiles; i++) {
        if (!f->file[i].format)
            continue;
        emit_open(j, NULL, '{');
        emit_text(j, "name", f->file[i].name);
        emit_text(j, "format", f->file[i].format);
        emit_close(j, '}');
    }
    emit_close(j, ']');
}

static void put_checks(emit_json *j, const export_checks *checks)
{
    static const char *const word[] = { [EXPORT_EQUAL] = "equal",
                                        [EXPORT_DIFFERENT] = "different",
                                        [EXPORT_SKIPPED] = "skipped" };

    emit_open(j, "verified", '[');
    for (size_t i = 0; i < checks->n; i++) {
        const export_check *c = &checks->check[i];

        emit_open(j, NULL, '{');
        emit_text(j, "format", c->format);
        emit_text(j, "what", c->what);
        emit_text(j, "tool", c->tool[0] ? c->tool : NULL);
        emit_text(j, "verdict", word[c->verdict]);
        emit_bool(j, "all_inputs", c->proof);
        emit_number(j, "samples", c->cases);
        emit_text(j, "note", c->note[0] ? c->note : NULL);
        emit_close(j, '}');
    }
    emit_close(j, ']');
}

static void describe(FILE *out, const export_job *job, const export_cost *cost)
{
    const export_cost none = export_cost_none();
    emit_json j = { .out = out };

    emit_open(&j, NULL, '{');
    emit_text(&j, "format", "lutexport");
    emit_number(&j, "format_version", 1);
    emit_text(&j, "version", PACKAGE_VERSION);
    emit_text(&j, "revision", LUT_REVISION);
    emit_text(&j, "name", job->name);
    emit_text(&j, "digest", job->digest);
    emit_text(&j, "sweep", job->net.sweep);
    emit_text(&j, "key", job->net.result.row.key);
    put_network(&j, job);
    put_encoder(&j, job);
    put_stage(&j, "estimated", cost);
    put_stage(&j, "synthesised", &job->synthesised);
    put_stage(&j, "implemented", &none);
    put_files(&j, &job->folder);
    put_checks(&j, &job->checks);
    emit_close(&j, '}');
}

/* Of the design that is written, where one is. */
static lut_status estimate(export_cost *cost, const export_job *j, lut_err *err)
{
    for (size_t i = 0; i < j->nformats; i++)
        if (strcmp(j->ops[i]->name, "verilog") == 0)
            return export_cost_emitted(cost, j->cfg[i], &j->design, err);
    return export_cost_of(cost, j->design.circuit, j->design.encoder, err);
}

lut_status export_describe(export_job *j, lut_err *err)
{
    lut_export_out out = export_folder_out(&j->folder);
    char file[LUT_DESIGN_NAME + 8];
    export_cost cost;

    LUT_TRY(estimate(&cost, j, err));
    snprintf(file, sizeof file, "%s.json", j->name);
    j->folder.format = NULL; /* it does not list itself */
    if (out.file(out.arg, file) != LUT_OK)
        return *err = j->folder.err, j->folder.err.code;
    describe(j->folder.open, j, &cost);
    return export_folder_close(&j->folder, err);
}
