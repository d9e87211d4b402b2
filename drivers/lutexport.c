/* lutexport: hardware and software out of a stored network. */
#include "drivers/lutexport.h"
#include "config.h"
#include "drivers/folders.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *formats, *output, *verify, *data_path, *name;

static const cli_option options[] = {
    { "format", 'f', "LIST", "what to write, with commas between: see below",
      &formats },
    { "output-folder", 'o', "DIR", "folder to make; one that is there must be empty",
      &output },
    { "verify", 0, NULL,
      "compare what is written with the network, by what is installed", &verify },
    { "name", 0, "NAME", "prefix of files, modules and functions; SWEEP_KEY", &name },
    { "data", 0, "PATH", "a folder where the data set is looked for first",
      &data_path },
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

static lut_status take_arguments(export_job *j, int argc, char **argv, lut_err *err)
{
    if (argc < 2)
        return lut_fail(err, LUT_EINVAL, "which network? FILE KEY; try --help");
    j->path = argv[0];
    j->key = argv[1];
    j->verify = verify != NULL;
    LUT_TRY(choose_formats(j, err));
    for (int i = 2; i < argc; i++)
        LUT_TRY(set_option(j, argv[i], err));
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
        return lut_fail(err, LUT_EINVAL, "--name has %zu characters, want less than %zu",
                        strlen(name), sizeof j->name);
    if (name) {
        snprintf(j->name, sizeof j->name, "%.63s", name);
        return LUT_OK;
    }
    snprintf(text, sizeof text, "%.48s_%.8s", j->net.sweep, j->net.result.row.key);
    lut_export_name(j->name, text);
    return LUT_OK;
}

static void add_note(export_job *j, size_t i)
{
    j->note[i] = j->text[i];
    j->design.nnotes = i + 1;
}

static void describe_origin(export_job *j)
{
    const sweep_row *row = &j->net.result.row;
    const sweep_trial *t = &row->trial;

    snprintf(j->text[0], sizeof j->text[0], "made by lutexport %s (%s)",
             PACKAGE_VERSION, LUT_REVISION);
    snprintf(j->text[1], sizeof j->text[1], "trial %s of sweep %s", row->key,
             j->net.sweep);
    snprintf(j->text[2], sizeof j->text[2],
             "%s, %s rank %u, layers %.60s, encoder %s of "
             "%u bits, seed %u",
             t->dataset, t->parametrization, (unsigned)t->lut_rank, t->layers,
             t->encoder, (unsigned)t->encoder_bits, (unsigned)t->seed);
    snprintf(j->text[3], sizeof j->text[3], "test accuracy %.4f %%",
             row->test_accuracy);
    for (size_t i = 0; i < 4; i++)
        add_note(j, i);
}

static lut_status open_network(export_job *j, lut_err *err)
{
    sweep_result *r = &j->net.result;

    LUT_TRY(stored_open(&j->net, j->path, j->key, err));
    LUT_TRY(stored_digest(j->digest, r, err));
    LUT_TRY(choose_name(j, err));
    j->design = (lut_export_design){ .name = j->name,
                              .digest = j->digest,
                              .note = j->note,
                              .circuit = &r->circuit,
                              .encoder = &r->encoder };
    describe_origin(j);
    if (lut_export_check(&j->design, err) != LUT_OK)
        return lut_err_wrap(err, "%s: %s", j->path, r->row.key);
    for (size_t i = 0; i < j->nformats; i++)
        if (j->ops[i]->check && j->ops[i]->check(j->cfg[i], &j->design, err) != LUT_OK)
            return lut_err_wrap(err, "--format=%s", j->ops[i]->name);
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
    bool wants = j->verify;

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
        lut_log(LUT_WARN, "no test rows: %s", j->no_data);
        return LUT_OK;
    }
    j->has_data = true;
    n = j->data.test.samples;
    j->label = malloc(n * sizeof *j->label + 1);
    j->score = malloc(n * j->net.result.circuit.classes * sizeof *j->score + 1);
    if (!j->label || !j->score)
        return lut_fail(err, LUT_ENOMEM, "no memory for the scores of %zu rows", n);
    LUT_TRY(stored_decide(&j->net.result, &j->data.test, n, j->label, j->score, err));
    j->vectors = (lut_export_vectors){ &j->data.test, n, j->label, j->score };
    j->design.vectors = &j->vectors;
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

static int print_checks(const export_job *j)
{
    static const char *const word[] = { [EXPORT_EQUAL] = "equal",
                                        [EXPORT_DIFFERENT] = "DIFFERENT",
                                        [EXPORT_SKIPPED] = "skipped" };
    size_t different = 0;

    for (size_t i = 0; i < j->checks.n; i++) {
        const export_check *c = &j->checks.check[i];
        char how[64] = "";

        if (c->verdict != EXPORT_SKIPPED && c->proof)
            snprintf(how, sizeof how, "proved for all inputs");
        else if (c->verdict != EXPORT_SKIPPED)
            snprintf(how, sizeof how, "%.0f samples", c->cases);
        different += c->verdict == EXPORT_DIFFERENT;
        printf("%-9s %s: %s%s%s%s%s%s%s%s\n", word[c->verdict], c->format, c->what,
               how[0] ? ", " : "", how, c->tool[0] ? " (" : "", c->tool,
               c->tool[0] ? ")" : "", c->note[0] ? ": " : "", c->note);
    }
    return different ? CLI_FAILED : CLI_OK;
}

static void print_next(const export_job *j)
{
    printf("next: ");
    if (!j->verify) {
        printf("lutexport %s %.8s --format %s -o %s.verified --verify\n", j->path,
               j->net.result.row.key, formats, output);
        return;
    }
    printf("see %s/%s.json\n", output, j->name);
}

static lut_status run(export_job *j, int argc, char **argv, lut_err *err)
{
    j->synthesised = export_cost_none();
    LUT_TRY(take_arguments(j, argc, argv, err));
    LUT_TRY(open_network(j, err));
    warn(j);
    if (wants_data(j))
        LUT_TRY(load_data(j, err));
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
    if (run(&j, argc - first, argv + first, &err) == LUT_OK) {
        printf("wrote %s: %zu files of %s, network %s\n", output, j.folder.nfiles,
               j.name, j.digest);
        code = print_checks(&j);
        print_next(&j);
        code = cli_printed(code);
    } else {
        code = cli_fail(&err);
    }
    forget(&j);
    return code;
}
