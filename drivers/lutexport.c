/* lutexport: hardware and software out of a stored network. */
#include "drivers/lutexport.h"
#include "drivers/folders.h"
#include "sweep/build.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *formats, *output, *verify, *data_path, *name, *dont_care, *shape,
    *limit;

static const cli_option options[] = {
    { "format", 'f', "LIST", "what to write, with commas between: see below",
      &formats },
    { "output-folder", 'o', "DIR", "folder to make; one that is there must be empty",
      &output },
    { "verify", 0, NULL,
      "compare what is written with the network, by what is installed", &verify },
    { "limit", 0, "SECONDS", "that each tool of --verify may take (300)", &limit },
    { "name", 0, "NAME", "prefix of files, modules and functions; SWEEP_KEY", &name },
    { "dont-care", 0, "RULE",
      "tables simplified where nothing reaches: none, encoder, data or data:N",
      &dont_care },
    { "data", 0, "PATH", "a folder where the data set is looked for first",
      &data_path },
    { "output", 0, "FORMAT", "text, json, or quiet: the key alone", &shape },
};

static const cli_program program = {
    .name = "lutexport",
    .usage = "FILE KEY [OPTION=VALUE ...]",
    .purpose = "Write a stored network as hardware or software.",
    .option = options,
    .noptions = LUT_COUNT(options),
    .examples = "  lutreport quickstart.h5 --by key --best 1      # the KEY of the "
                "best network\n"
                "  lutexport quickstart.h5 KEY --format c -o mynet --verify\n"
                "  lutexport quickstart.h5 KEY --format blif,aiger -o layers\n",
    .more =
        "KEY: four digits are enough where one trial alone begins so.\n"
        "Formats and their options: lutexport --format list, and docs/export.md.\n"
        "Environment: LUTSWEEP_DATA, folders of data sets; CC, compiler of --verify.\n",
};

/* ---- what is asked for ---- */

static int list_formats(void)
{
    char range[LUT_FIELD_TEXT];

    for (size_t i = 0; lut_export_table[i]; i++) {
        const lut_export_ops *ops = lut_export_table[i];

        printf("%-14s %s\n", ops->name, ops->doc);
        for (size_t j = 0; j < ops->nfields; j++)
            printf("  %s.%s=%s  %s; %s\n", ops->name, ops->fields[j].name,
                   lut_field_range(&ops->fields[j], range), ops->fields[j].doc,
                   ops->fields[j].fallback);
    }
    return cli_printed(CLI_OK);
}

static lut_status refuse_format(const char *word, lut_err *err)
{
    char known[300] = "";

    for (size_t i = 0; lut_export_table[i]; i++)
        snprintf(known + strlen(known), sizeof known - strlen(known), "%s%s",
                 i ? ", " : "", lut_export_table[i]->name);
    return lut_fail(err, LUT_EINVAL, "--format=%.40s: want some of %s, or list", word,
                    known);
}

static lut_status add_format(export_job *j, const char *word, lut_err *err)
{
    const lut_export_ops *ops = lut_export_find(word);
    void *cfg;

    if (!ops || j->nformats == EXPORT_FORMATS)
        return refuse_format(word, err);
    for (size_t i = 0; i < j->nformats; i++)
        if (j->ops[i] == ops)
            return LUT_OK;
    cfg = calloc(1, ops->cfg_size + 1);
    if (!cfg)
        return lut_fail(err, LUT_ENOMEM, "no memory for options");
    lut_fields_default(ops->fields, ops->nfields, cfg);
    j->ops[j->nformats] = ops;
    j->cfg[j->nformats++] = cfg;
    return LUT_OK;
}

static lut_status choose_formats(export_job *j, lut_err *err)
{
    char list[300];

    if (!formats)
        return refuse_format("", err);
    snprintf(list, sizeof list, "%s", formats);
    for (char *word = strtok(list, ","); word; word = strtok(NULL, ","))
        LUT_TRY(add_format(j, word, err));
    return j->nformats ? LUT_OK : refuse_format("", err);
}

/* "c.words=2", or "words=2" for every format that has such an option. */
static lut_status set_option(export_job *j, const char *word, lut_err *err)
{
    const char *equals = strchr(word, '='),
               *dot = memchr(word, '.', strcspn(word, "="));
    const char *key = dot ? dot + 1 : word;
    char field[64];
    size_t set = 0;

    if (!equals)
        return lut_fail(err, LUT_EINVAL,
                        "%s: want FILE KEY and OPTION=VALUE; try --help", word);
    snprintf(field, sizeof field, "%.*s", (int)(equals - key), key);
    for (size_t i = 0; i < j->nformats; i++) {
        const lut_export_ops *ops = j->ops[i];
        const lut_field *f = lut_field_find(ops->fields, ops->nfields, field);
        bool named = !dot || (strlen(ops->name) == (size_t)(dot - word) &&
                              strncmp(ops->name, word, (size_t)(dot - word)) == 0);

        if (!f || !named)
            continue;
        if (lut_field_set_text(f, j->cfg[i], equals + 1, err) != LUT_OK)
            return lut_err_wrap(err, "%.*s", (int)(equals - word), word);
        set++;
    }
    if (set)
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL,
                    "%.*s: no such option of --format=%s (lutexport --format list)",
                    (int)(equals - word), word, formats);
}

static char **words; /* OPTION=VALUE as typed */
static int nwords;

static lut_status take_options(export_job *j, lut_err *err)
{
    for (int i = 0; i < nwords; i++)
        LUT_TRY(set_option(j, words[i], err));
    return LUT_OK;
}

/* What the row says of its hardware is what is written, unless the command line says
 * something else. */
static lut_status take_row(export_job *j, lut_err *err)
{
    char text[LUT_FIELD_TEXT];
    size_t n;
    const lut_field *row = sweep_hardware_fields(&n);

    for (size_t i = 0; i < j->nformats; i++)
        for (size_t k = 0; k < n; k++) {
            const lut_export_ops *ops = j->ops[i];
            const lut_field *f = lut_field_find(ops->fields, ops->nfields, row[k].name);

            if (!f)
                continue;
            lut_field_text(&row[k], text, &j->net.result.row.trial);
            LUT_TRY(lut_field_set_text(f, j->cfg[i], text, err));
        }
    return take_options(j, err);
}

static lut_status choose_output(export_job *j, lut_err *err)
{
    static const char *const known[] = {
        [EXPORT_TEXT] = "text", [EXPORT_JSON] = "json", [EXPORT_QUIET] = "quiet"
    };

    for (size_t i = 0; shape && i < LUT_COUNT(known); i++)
        if (strcmp(shape, known[i]) == 0)
            return j->output = (export_output)i, LUT_OK;
    if (!shape)
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL, "--output=%.40s: want text, json or quiet", shape);
}

static lut_status choose_limit(lut_err *err)
{
    char *end;
    long seconds = limit ? strtol(limit, &end, 10) : EXPORT_SECONDS;

    if (limit && (end == limit || *end || seconds < 1 || seconds > 1000000))
        return lut_fail(err, LUT_EINVAL, "--limit=%.40s: want seconds, 1..1000000",
                        limit);
    export_tool_limit((unsigned)seconds);
    return LUT_OK;
}

static lut_status take_arguments(export_job *j, int argc, char **argv, lut_err *err)
{
    LUT_TRY(choose_output(j, err));
    if (argc < 2)
        return lut_fail(err, LUT_EINVAL, "which network? FILE KEY; try --help");
    j->path = argv[0];
    j->key = argv[1];
    j->verify = verify != NULL;
    LUT_TRY(choose_formats(j, err));
    LUT_TRY(choose_limit(err));
    LUT_TRY(export_care_parse(&j->care, dont_care ? dont_care : "none", err));
    words = argv + 2;
    nwords = argc - 2;
    LUT_TRY(take_options(j, err)); /* what is wrong with them is said first */
    if (!output)
        return lut_fail(err, LUT_EINVAL, "where to? give a new folder with -o DIR");
    return LUT_OK;
}

/* ---- the network ---- */

/* A name that was cut off could be that of another network. */
static lut_status choose_name(export_job *j, lut_err *err)
{
    char text[LUT_DESIGN_NAME];

    if (name && strlen(name) >= sizeof j->name)
        return lut_fail(err, LUT_EINVAL,
                        "--name has %zu characters, want less than %zu", strlen(name),
                        sizeof j->name);
    if (name) {
        snprintf(j->name, sizeof j->name, "%.63s", name);
        return LUT_OK;
    }
    snprintf(text, sizeof text, "%.48s_%.8s", j->net.sweep, j->net.result.row.key);
    lut_export_name(j->name, text);
    return LUT_OK;
}

static void add_note(export_job *j, const char *text)
{
    size_t i = j->design.nnotes++;

    snprintf(j->text[i], sizeof j->text[i], "%s", text);
    j->note[i] = j->text[i];
}

/* What the tables agree in, where they are not those of training. */
static void describe_care(export_job *j)
{
    const export_care *care = &j->care;
    char text[300], fewest[60] = "";

    if (care->rule == EXPORT_CARE_ALL)
        return;
    if (care->fewest > 1)
        snprintf(fewest, sizeof fewest, "fewer than %u of ", (unsigned)care->fewest);
    if (care->rule == EXPORT_CARE_ENCODER)
        snprintf(text, sizeof text,
                 "don't-cares: what the encoder cannot give; equal to the trained "
                 "network on all inputs of the encoder");
    else
        snprintf(
            text, sizeof text,
            "don't-cares: what %s%zu training samples address%s; votes of %zu "
            "of them are not those of the trained network, other inputs may differ",
            *fewest ? fewest : "none of ", care->samples, *fewest ? "" : "es",
            care->differ);
    add_note(j, text);
    snprintf(text, sizeof text, "%llu of %llu entries of %u tables changed",
             (unsigned long long)care->facts.changed,
             (unsigned long long)care->facts.entries, (unsigned)care->facts.luts);
    add_note(j, text);
    if (isnan(care->after.test))
        return;
    snprintf(text, sizeof text, "test accuracy with don't-cares %.4f %%",
             care->after.test);
    add_note(j, text);
}

static void describe_origin(export_job *j)
{
    const sweep_row *row = &j->net.result.row;
    const sweep_trial *t = &row->trial;
    char text[400];

    snprintf(text, sizeof text, "made by lutexport %s", sweep_version());
    add_note(j, text);
    snprintf(text, sizeof text, "trial %s of sweep %s", row->key, j->net.sweep);
    add_note(j, text);
    snprintf(text, sizeof text,
             "%s, %s rank %u, layers %.60s, encoder %s of "
             "%u bits, seed %u",
             t->dataset, t->parametrization, (unsigned)t->lut_rank, t->layers,
             t->encoder, (unsigned)t->encoder_bits, (unsigned)t->seed);
    add_note(j, text);
    snprintf(text, sizeof text, "test accuracy %.4f %%", row->test_accuracy);
    add_note(j, text);
    describe_care(j);
}

static lut_status check_formats(const export_job *j, lut_err *err)
{
    for (size_t i = 0; i < j->nformats; i++)
        if (j->ops[i]->check && j->ops[i]->check(j->cfg[i], &j->design, err) != LUT_OK)
            return lut_err_wrap(err, "--format=%s", j->ops[i]->name);
    return LUT_OK;
}

/* Refuses before data are read, which may take long. */
static lut_status open_network(export_job *j, lut_err *err)
{
    sweep_result *r = &j->net.result;

    LUT_TRY(stored_open(&j->net, j->path, j->key, err));
    LUT_TRY(take_row(j, err));
    LUT_TRY(choose_name(j, err));
    j->design = (lut_export_design){ .name = j->name,
                                     .digest = j->digest,
                                     .note = j->note,
                                     .circuit = &r->circuit,
                                     .encoder = &r->encoder };
    if (lut_export_check(&j->design, err) != LUT_OK)
        return lut_err_wrap(err, "%s: %s", j->path, r->row.key);
    return check_formats(j, err);
}

/* Figures of the network that is written, and beside them those of the trained one. */
static lut_status describe_network(export_job *j, lut_err *err)
{
    const lut_circuit *c = j->design.circuit;
    const lut_circuit *trained = j->care.trained.nlayers ? &j->care.trained : c;
    export_plan plan;

    LUT_TRY(stored_digest(j->digest, &j->net.result, err));
    describe_origin(j);
    LUT_TRY(export_plan_of(&plan, j, err));
    LUT_TRY(export_cost_of(&j->estimated, &plan, c, j->design.encoder, err));
    LUT_TRY(export_cost_of(&j->care.was, &plan, trained, j->design.encoder, err));
    LUT_TRY(lut_circuit_layers(j->layer, trained, NULL, err));
    return lut_export_inspect(&j->facts, &j->design, err);
}

static void warn(const export_job *j)
{
    const lut_export_facts *f = &j->facts;
    const lut_fixed *in = &j->net.result.encoder.input;

    if (f->beyond)
        lut_log(
            LUT_WARN,
            "input_width = %u, input_frac = %d: %zu of %zu thresholds are beyond the "
            "range of the inputs, their bits never change",
            (unsigned)in->width, (int)in->frac, f->beyond, f->thresholds);
    if (f->collide)
        lut_log(
            LUT_WARN,
            "input_width = %u, input_frac = %d: %zu of %zu thresholds are the same as "
            "the one before once inputs are quantised",
            (unsigned)in->width, (int)in->frac, f->collide, f->thresholds);
}

/* ---- data ---- */

static bool wants_data(const export_job *j)
{
    bool wants = j->verify || j->care.rule != EXPORT_CARE_ALL;

    for (size_t i = 0; i < j->nformats; i++)
        wants |= j->ops[i]->vectors;
    return wants;
}

/* What all writers are compared with must itself be what was trained. */
static lut_status check_accuracy(const export_job *j, lut_err *err)
{
    const lut_dataset *d = &j->data.test;
    double right = 0, said = j->net.result.row.test_accuracy;

    for (size_t i = 0; i < d->samples; i++)
        right += j->label[i] == d->label[i];
    right = 100.0 * right / (double)d->samples;
    if (fabs(right - said) < 1e-9)
        return LUT_OK;
    return lut_fail(
        err, LUT_EFORMAT,
        "%s: the network of %s gives %.4f %% on the test rows, its row says "
        "%.4f: lutreport --verify %s tells more",
        j->path, j->net.result.row.key, right, said, j->path);
}

static lut_status decide(export_job *j, lut_err *err)
{
    return stored_decide(&j->net.result, &j->data.test, j->data.test.samples, j->label,
                         j->score, err);
}

static lut_status load_data(export_job *j, lut_err *err)
{
    const char *folder[SWEEP_FOLDERS];
    lut_err why;
    size_t n;

    folders_of(folder, data_path);
    if (stored_data(&j->data, &j->net, folder, &why) != LUT_OK) {
        snprintf(j->no_data, sizeof j->no_data, "%.399s", why.text);
        if (why.code == LUT_ENOMEM)
            return *err = why, LUT_ENOMEM;
        if (j->care.rule != EXPORT_CARE_DATA)
            lut_log(LUT_WARN, "no test rows: %s", j->no_data);
        return LUT_OK;
    }
    j->has_data = true;
    n = j->data.test.samples;
    j->label = malloc(n * sizeof *j->label + 1);
    j->score = malloc(n * j->net.result.circuit.classes * sizeof *j->score + 1);
    if (!j->label || !j->score)
        return lut_fail(err, LUT_ENOMEM, "no memory for the scores of %zu rows", n);
    j->vectors = (lut_export_vectors){ &j->data.test, n, j->label, j->score };
    j->design.vectors = &j->vectors;
    LUT_TRY(decide(j, err));
    return check_accuracy(j, err);
}

/* ---- writing ---- */

static lut_status write_formats(export_job *j, lut_err *err)
{
    for (size_t i = 0; i < j->nformats; i++) {
        lut_export_out out = export_folder_out(&j->folder);
        lut_status st;

        j->folder.format = j->ops[i]->name;
        st = j->ops[i]->write(j->cfg[i], &j->design, &out, err);
        if (st != LUT_OK && j->folder.err.code)
            *err = j->folder.err; /* the folder knows why the sink refused */
        LUT_TRY(st);
        LUT_TRY(export_folder_close(&j->folder, err));
    }
    return LUT_OK;
}

static lut_status fill_folder(export_job *j, lut_err *err)
{
    LUT_TRY(export_folder_begin(&j->folder, output, err));
    LUT_TRY(write_formats(j, err));
    if (j->verify)
        LUT_TRY(export_verify(j, err));
    LUT_TRY(export_describe(j, err));
    return export_folder_commit(&j->folder, err);
}

static lut_status run(export_job *j, int argc, char **argv, lut_err *err)
{
    j->synthesised = export_cost_none();
    LUT_TRY(take_arguments(j, argc, argv, err));
    LUT_TRY(open_network(j, err));
    if (wants_data(j))
        LUT_TRY(load_data(j, err));
    LUT_TRY(export_care_apply(j, err));
    if (j->has_data && j->care.rule != EXPORT_CARE_ALL)
        LUT_TRY(decide(j, err));
    LUT_TRY(describe_network(j, err));
    warn(j);
    return fill_folder(j, err);
}

static void forget(export_job *j)
{
    export_folder_abort(&j->folder);
    for (size_t i = 0; i < j->nformats; i++)
        free(j->cfg[i]);
    if (j->has_data)
        lut_data_fini(&j->data);
    free(j->label);
    free(j->score);
    lut_circuit_fini(&j->care.trained);
    stored_close(&j->net);
}

int main(int argc, char **argv)
{
    static export_job j;
    lut_err err;
    int first, code;

    cli_start("lutexport", LUT_WARN);
    code = cli_parse(&program, argc, argv, &first);
    if (code >= 0)
        return code;
    if (formats && strcmp(formats, "list") == 0)
        return list_formats();
    export_signals();
    if (run(&j, argc - first, argv + first, &err) == LUT_OK)
        code = cli_printed(export_say(&j, output, formats));
    else
        code = export_say_failure(&j, &err);
    forget(&j);
    return code;
}
