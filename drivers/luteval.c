/* luteval: a stored network on test rows: accuracy, confusion, speed, predictions. */
#include "drivers/luteval.h"
#include "drivers/cli.h"
#include "analysis/emit.h"
#include "drivers/folders.h"
#include "sweep/replace.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { TEXT, JSON, QUIET };
static const char *const output_name[] = {
    [TEXT] = "text", [JSON] = "json", [QUIET] = "quiet"
};

typedef struct options {
    const char *data, *predictions, *output, *threads;
} options;

/* ---- predictions ---- */

static void print_predictions(FILE *out, const eval *e)
{
    const uint32_t classes = e->net.result.circuit.classes;

    fprintf(out, "row,predicted,label");
    for (uint32_t c = 0; c < classes; c++)
        fprintf(out, ",score_%u", (unsigned)c);
    fputc('\n', out);
    for (size_t i = 0; i < e->test.n; i++) {
        fprintf(out, "%zu,%u,%u", i, e->predicted[i], e->test.label[i]);
        for (uint32_t c = 0; c < classes; c++)
            fprintf(out, ",%u", (unsigned)e->votes[i * classes + c]);
        fputc('\n', out);
    }
}

/* A file of that name is there whole or not at all. */
static lut_status write_predictions(const eval *e, const char *path, lut_err *err)
{
    sweep_replace file = { 0 };
    FILE *out;
    lut_status st = LUT_OK;

    LUT_TRY(sweep_replace_begin(&file, path, err));
    out = fopen(file.temp, "w");
    if (!out) {
        st = lut_fail(err, LUT_EIO, "%s: %s", file.temp, strerror(errno));
    } else {
        bool bad;

        print_predictions(out, e);
        bad = ferror(out) != 0;
        if (fclose(out) != 0 || bad)
            st = lut_fail(err, LUT_EIO, "%s: cannot be written: %s", path,
                          strerror(errno));
    }
    if (st == LUT_OK)
        st = sweep_replace_commit(&file, err);
    sweep_replace_abort(&file);
    return st;
}

/* By whatever names: a path with dots, a symbolic link and a hard link lead there too. */
static bool same_file(const char *a, const char *b)
{
    struct stat x, y;

    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev &&
           x.st_ino == y.st_ino;
}

/* Before any work: there is a place to write, and nothing that is read is lost. */
static lut_status check_predictions(const char *path, const char *store, lut_err *err)
{
    sweep_replace probe = { 0 };
    lut_status st;

    if (same_file(path, store))
        return lut_fail(err, LUT_EINVAL,
                        "--predictions=%s: is the results file, want another name",
                        path);
    st = sweep_replace_begin(&probe, path, err);
    sweep_replace_abort(&probe);
    return st;
}

/* ---- text ---- */

static uint32_t sum_of(const uint32_t *count, uint32_t n)
{
    uint32_t sum = 0;

    for (uint32_t i = 0; i < n; i++)
        sum += count[i];
    return sum;
}

/* Percent of the rows of class t that are found; NaN: there are none. */
static double class_accuracy(const eval *e, uint32_t t)
{
    const uint32_t classes = e->net.result.circuit.classes;
    const uint32_t *row = e->confusion + t * classes;

    return 100.0 * row[t] / sum_of(row, classes);
}

static bool agrees(const eval *e)
{
    return !e->same_data || e->accuracy == e->net.result.row.test_accuracy;
}

static void print_confusion(const eval *e)
{
    const uint32_t classes = e->net.result.circuit.classes;

    printf("\n%8s", "true");
    for (uint32_t c = 0; c < classes; c++)
        printf(" %6u", (unsigned)c);
    printf("  predicted  right %%\n");
    for (uint32_t t = 0; t < classes; t++) {
        printf("%8u", (unsigned)t);
        for (uint32_t c = 0; c < classes; c++)
            printf(" %6u", (unsigned)e->confusion[t * classes + c]);
        if (isnan(class_accuracy(e, t)))
            printf("  %18s\n", "-");
        else
            printf("  %18.2f\n", class_accuracy(e, t));
    }
}

static void print_text(const eval *e)
{
    const sweep_row *row = &e->net.result.row;
    const lut_packed_size size = lut_packed_look(e->packed);

    printf("%s %s: %s rank %u, %s\n", row->key, row->trial.dataset,
           row->trial.parametrization, row->trial.lut_rank, row->trial.layers);
    printf("%.0f LUTs, of which %zu are left: %zu of up to three inputs, %zu larger\n",
           row->luts, size.gates + size.luts, size.gates, size.luts);
    printf("test accuracy %.4f %% of %zu rows: ", e->accuracy, e->test.n);
    if (!e->same_data)
        printf("other data than the trial's (%.4f %%)\n", row->test_accuracy);
    else if (agrees(e))
        printf("as stored\n");
    else
        printf("differs from what is stored, %.17g\n", row->test_accuracy);
    print_confusion(e);
    printf("\n%.3g samples/s packed in, %.3g bools in, packing counted (%s%s, %u "
           "thread%s, %s "
           "time)\n",
           e->packed_speed, e->bools_speed, size.kernels,
           size.code ? ", generated code" : "", e->threads, e->threads == 1 ? "" : "s",
           e->threads == 1 ? "CPU" : "wall");
}

/* ---- JSON ---- */

static void emit_confusion(emit_json *j, const eval *e)
{
    const uint32_t classes = e->net.result.circuit.classes;

    emit_open(j, "confusion", '[');
    for (uint32_t t = 0; t < classes; t++) {
        emit_open(j, NULL, '[');
        for (uint32_t c = 0; c < classes; c++)
            emit_number(j, NULL, e->confusion[t * classes + c]);
        emit_close(j, ']');
    }
    emit_close(j, ']');
}

static void emit_classes(emit_json *j, const eval *e)
{
    emit_open(j, "class_accuracy", '[');
    for (uint32_t t = 0; t < e->net.result.circuit.classes; t++)
        emit_number(j, NULL, class_accuracy(e, t));
    emit_close(j, ']');
}

static void print_json(const eval *e)
{
    emit_json j = { .out = stdout };
    const lut_packed_size size = lut_packed_look(e->packed);

    emit_open(&j, NULL, '{');
    emit_number(&j, "format_version", 1);
    emit_text(&j, "key", e->net.result.row.key);
    emit_text(&j, "dataset", e->net.result.row.trial.dataset);
    emit_number(&j, "samples", (double)e->test.n);
    emit_number(&j, "accuracy", e->accuracy);
    emit_number(&j, "stored_accuracy", e->net.result.row.test_accuracy);
    emit_bool(&j, "same_data", e->same_data);
    emit_bool(&j, "agrees", agrees(e));
    emit_confusion(&j, e);
    emit_classes(&j, e);
    emit_number(&j, "luts", e->net.result.row.luts);
    emit_number(&j, "luts_left", (double)(size.gates + size.luts));
    emit_text(&j, "kernels", size.kernels);
    emit_number(&j, "code_bytes", (double)size.code);
    emit_number(&j, "threads", e->threads);
    emit_text(&j, "clock", e->threads == 1 ? "cpu" : "wall");
    emit_number(&j, "packed_samples_per_second", e->packed_speed);
    emit_number(&j, "bools_samples_per_second", e->bools_speed);
    emit_close(&j, '}');
}

/* ---- the whole ---- */

typedef struct request {
    const char *const *file; /* [files] */
    size_t files;
    const char *key;
    int output;
} request;

static lut_status work(eval *e, const options *o, const request *r, lut_err *err)
{
    const char *folder[SWEEP_FOLDERS];
    size_t at;

    folders_of(folder, o->data);
    for (size_t i = 0; o->predictions && i < r->files; i++)
        LUT_TRY(check_predictions(o->predictions, r->file[i], err));
    LUT_TRY(stored_open_any(&e->net, &at, r->file, r->files, r->key, err));
    LUT_TRY(eval_load(e, folder, o->data != NULL, err));
    LUT_TRY(eval_run(e, getenv("LUT_KERNELS"), err));
    if (r->output != QUIET)
        LUT_TRY(eval_measure(e, err));
    return o->predictions ? write_predictions(e, o->predictions, err) : LUT_OK;
}

static int print(const eval *e, int output)
{
    if (output == JSON)
        print_json(e);
    else if (output == TEXT)
        print_text(e);
    else
        printf("%.17g\n", e->accuracy);
    return cli_printed(agrees(e) ? CLI_OK : CLI_FAILED);
}

static int run(const options *o, request *r)
{
    eval e = { 0 };
    lut_err err;
    long threads = 1;
    int code;

    r->output = TEXT;
    while (o->output && r->output <= QUIET &&
           strcmp(o->output, output_name[r->output]) != 0)
        r->output++;
    if (r->output > QUIET)
        return cli_complain(CLI_USAGE, "--output=%s: want text, json or quiet",
                            o->output);
    if (o->threads && !cli_number(&threads, "threads", o->threads, 1, 256))
        return CLI_USAGE;
    e.threads = (unsigned)threads;
    code = work(&e, o, r, &err) == LUT_OK ? print(&e, r->output) : cli_fail(&err);
    eval_fini(&e);
    return code;
}

int main(int argc, char **argv)
{
    options o = { 0 };
    const cli_option option[] = {
        { "data", 0, "PATH", "folder of data sets, looked in first; other data will do",
          &o.data },
        { "predictions", 0, "FILE", "write row,predicted,label and scores as CSV",
          &o.predictions },
        { "threads", 't', "T", "threads, 1..256; results don't depend on it (1)",
          &o.threads },
        { "output", 0, "FORMAT", "text, json or quiet: the accuracy alone", &o.output },
    };
    const cli_program program = {
        .name = "luteval",
        .usage = "FILE... KEY",
        .purpose = "Evaluate a stored network on the test split, and time it.",
        .option = option,
        .noptions = LUT_COUNT(option),
        .examples = "  lutreport quickstart.h5 --by key --best 1     # the KEY\n"
                    "  luteval quickstart.h5 KEY --predictions best.csv\n",
        .more =
            "KEY may be cut to its first digits, 4 or more; of several files one has "
            "to "
            "have it.\n"
            "Environment: LUTSWEEP_DATA, folders of data sets; LUT_KERNELS, scalar, "
            "avx2 or avx512.\n",
    };
    int first, code;

    cli_start("luteval", LUT_WARN);
    code = cli_parse(&program, argc, argv, &first);
    if (code >= 0)
        return code;
    if (argc - first < 2)
        return cli_complain(CLI_USAGE, "want a results file and a KEY; try --help");
    return run(&o, &(request){ .file = (const char *const *)argv + first,
                               .files = (size_t)(argc - first - 1),
                               .key = argv[argc - 1] });
}
