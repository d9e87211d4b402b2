/* NAME.json: what is in the folder, with fixed keys: what there is not is null.  Figures of
 * the three sources stand apart, since they must never be mixed up: estimated is ours,
 * synthesised is yosys's, implemented is the vendor's after place and route. */
#include "config.h"
#include "analysis/emit.h"
#include "drivers/lutexport.h"
#include "sweep/build.h"

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

static void put_layers(emit_json *j, const export_job *job)
{
    emit_open(j, "layers", '[');
    for (uint32_t l = 0; l < job->design.circuit->nlayers; l++) {
        const lut_layer_look *k = &job->layer[l];

        emit_open(j, NULL, '{');
        emit_number(j, "luts", k->luts);
        emit_number(j, "constant", k->constant);
        emit_number(j, "wire", k->wire);
        emit_number(j, "inverter", k->inverter);
        emit_number(j, "same", k->same);
        emit_number(j, "dead", k->dead);
        emit_number(j, "left", k->left);
        emit_close(j, '}');
    }
    emit_close(j, ']');
}

static void put_accuracy(emit_json *j, const char *key, const export_accuracy *a)
{
    emit_open(j, key, '{');
    emit_number(j, "training", a->train);
    emit_number(j, "validation", a->valid);
    emit_number(j, "test", a->test);
    emit_close(j, '}');
}

/* What the tables that are written agree in with the trained ones. */
static void put_care(emit_json *j, const export_job *job)
{
    static const char *const equal[] = { [EXPORT_CARE_ALL] = "all inputs",
                                         [EXPORT_CARE_ENCODER] =
                                             "inputs of the encoder",
                                         [EXPORT_CARE_DATA] = "training samples" };
    const export_care *care = &job->care;
    bool data = care->rule == EXPORT_CARE_DATA, any = care->rule != EXPORT_CARE_ALL;

    emit_open(j, "dont_care", '{');
    emit_text(j, "rule", export_care_name(care));
    emit_text(j, "equal_on", care->fewest > 1 ? NULL : equal[care->rule]);
    emit_number(j, "fewest_samples", data ? care->fewest : (double)NAN);
    emit_number(j, "training_samples",
                any && job->has_data ? (double)care->samples : (double)NAN);
    emit_number(j, "training_samples_that_differ",
                any && job->has_data ? (double)care->differ : (double)NAN);
    emit_number(j, "entries", any ? (double)care->facts.entries : (double)NAN);
    emit_number(j, "entries_free", (double)care->facts.free);
    emit_number(j, "entries_changed", (double)care->facts.changed);
    emit_number(j, "tables_changed", care->facts.luts);
    emit_number(j, "inputs_dropped", care->facts.dropped);
    emit_number(j, "luts_merged", care->facts.merged);
    emit_number(j, "layer_luts_before", care->was.layers);
    emit_number(j, "core_luts_before", care->was.core);
    emit_number(j, "nand2_before", care->was.nand2);
    put_accuracy(j, "accuracy_before", &care->before);
    put_accuracy(j, "accuracy", &care->after);
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
    emit_text(j, "design", c->format);
    emit_text(j, "registers", c->registers[0] ? c->registers : NULL);
    emit_open(j, "luts", '{');
    emit_number(j, "encoder", c->encoder);
    emit_number(j, "layers", c->layers);
    emit_number(j, "popcount", c->popcount);
    emit_number(j, "argmax", c->argmax);
    emit_number(j, "core", c->core);
    emit_number(j, "total", c->total);
    emit_close(j, '}');
    emit_number(j, "lut_sites", c->sites);
    emit_number(j, "comparators", c->comparators);
    emit_number(j, "adder_bits", c->adders);
    emit_number(j, "nand2", c->nand2);
    emit_number(j, "flip_flops", c->flip_flops);
    emit_number(j, "bram", c->bram);
    emit_number(j, "dsp", c->dsp);
    emit_number(j, "levels", c->levels);
    emit_number(j, "stage_levels", c->stage_levels);
    emit_number(j, "latency_cycles", c->latency);
    emit_number(j, "interval_cycles", c->interval);
    emit_number(j, "clock_ns", (double)NAN);
    emit_number(j, "slack_ns", (double)NAN);
    emit_number(j, "fmax_mhz", (double)NAN);
    emit_number(j, "latency_ns", (double)NAN);
    emit_number(j, "area_levels", c->area_levels);
    emit_number(j, "area_cycles", c->area_cycles);
    emit_number(j, "area_ns", (double)NAN);
    emit_text(j, "area_of",
              isnan(c->area_cycles) ? NULL
              : c->area_core        ? "core"
                                    : "total");
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

void export_describe_to(FILE *out, const export_job *job)
{
    const export_cost none = export_cost_none();
    emit_json j = { .out = out };

    emit_open(&j, NULL, '{');
    emit_text(&j, "format", "lutexport");
    emit_number(&j, "format_version", EXPORT_VERSION);
    emit_text(&j, "version", PACKAGE_VERSION);
    emit_text(&j, "revision", sweep_revision());
    emit_text(&j, "name", job->name);
    emit_text(&j, "digest", job->digest);
    emit_text(&j, "sweep", job->net.sweep);
    emit_text(&j, "key", job->net.result.row.key);
    put_network(&j, job);
    put_layers(&j, job);
    put_encoder(&j, job);
    put_care(&j, job);
    put_stage(&j, "estimated", &job->estimated);
    put_stage(&j, "synthesised", &job->synthesised);
    put_stage(&j, "implemented", &none);
    put_files(&j, &job->folder);
    put_checks(&j, &job->checks);
    emit_close(&j, '}');
}

lut_status export_describe(export_job *j, lut_err *err)
{
    lut_export_out out = export_folder_out(&j->folder);
    char file[LUT_DESIGN_NAME + 8];

    snprintf(file, sizeof file, "%s.json", j->name);
    j->folder.format = NULL; /* it does not list itself */
    if (out.file(out.arg, file) != LUT_OK)
        return *err = j->folder.err, j->folder.err.code;
    export_describe_to(j->folder.open, j);
    return export_folder_close(&j->folder, err);
}
