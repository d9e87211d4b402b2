/* lutreport: tables from results files. */
#include "config.h"
#include "analysis/origin.h"
#include "analysis/table.h"
#include "analysis/verify.h"
#include "drivers/cli.h"
#include "drivers/folders.h"
#include "sweep/replace.h"
#include "sweep/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct options {
    const char *where, *by, *metric, *sort, *best, *format, *output;
    const char *verify, *sample, *data;
} options;

static lut_status load(report_data **d, char *const *path, size_t n, lut_err *err)
{
    lut_status st = report_data_create(d, err);

    for (size_t i = 0; i < n && st == LUT_OK; i++)
        st = report_data_add(*d, path[i], err);
    return st;
}

static bool to_stdout(const options *o)
{
    return !o->output || strcmp(o->output, "-") == 0;
}

static lut_status choose_format(const report_format **f, const options *o, lut_err *err)
{
    *f = &report_formats[0];
    if (o->format)
        return report_format_named(f, o->format, err);
    return to_stdout(o) ? LUT_OK : report_format_of(f, o->output, err);
}

static lut_status finish(FILE *out, const char *name, lut_err *err)
{
    bool bad = ferror(out) != 0;

    if ((out == stdout ? fflush(out) : fclose(out)) != 0 || bad)
        return lut_fail(err, LUT_EIO, "%s: cannot be written: %s", name,
                        strerror(errno));
    return LUT_OK;
}

/* A file of that name is there whole or not at all. */
static lut_status write_file(const report_format *f, const report *r, const char *path,
                             const char *origin, lut_err *err)
{
    sweep_replace file = { 0 };
    FILE *out;
    lut_status st;

    LUT_TRY(sweep_replace_begin(&file, path, err));
    out = fopen(file.temp, "w");
    if (!out)
        st = lut_fail(err, LUT_EIO, "%s: %s", file.temp, strerror(errno));
    else {
        f->write(out, r, origin);
        st = finish(out, path, err);
    }
    if (st == LUT_OK)
        st = sweep_replace_commit(&file, err);
    sweep_replace_abort(&file);
    return st;
}

static lut_status print(const report_format *f, const report *r, const options *o,
                        int argc, char *const *argv, lut_err *err)
{
    char *origin;
    lut_status st;

    if (to_stdout(o)) {
        if (f->bare)
            report_progress(stderr, r, "lutreport: ");
        if (f->bare)
            report_notes(stderr, r, "lutreport: ");
        f->write(stdout, r, NULL);
        return finish(stdout, "standard output", err);
    }
    LUT_TRY(report_origin(&origin, r->data,
                          "lutreport " PACKAGE_VERSION " (" LUT_REVISION ")", argc,
                          argv, err));
    st = write_file(f, r, o->output, origin, err);
    free(origin);
    return st;
}

/* Nothing that was computed is overwritten by a table of it, nor takes the name that a sweep
 * has for its results. */
static lut_status spare_inputs(const options *o, char *const *path, size_t n,
                               lut_err *err)
{
    sweep_state out, in;

    if (to_stdout(o))
        return LUT_OK;
    LUT_TRY(sweep_state_name(&out, o->output, err));
    for (size_t i = 0; i < n; i++) {
        LUT_TRY(sweep_state_name(&in, path[i], err));
        if (sweep_state_same(&out, &in))
            return lut_fail(err, LUT_EINVAL,
                            "-o %s: is a results file to be read, want another name",
                            o->output);
    }
    if (!sweep_state_exists(&out))
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL,
                    "-o %s: is the name of a sweep's results, whose folder is %s: want "
                    "another name",
                    o->output, out.root);
}

/* argc, argv: the command as given, for the origin. */
static int run(const options *o, char *const *path, size_t n, int argc,
               char *const *argv)
{
    report_query query = { o->where, o->by, o->metric, o->sort, 0 };
    const report_format *format;
    report_data *data = NULL;
    report table = { 0 };
    lut_err err;
    lut_status st;
    long best = 0;

    if (o->best && !cli_number(&best, "best", o->best, 1, 1000000000))
        return CLI_USAGE;
    query.best = (size_t)best;
    st = choose_format(&format, o, &err);
    if (st == LUT_OK)
        st = spare_inputs(o, path, n, &err);
    if (st == LUT_OK)
        st = load(&data, path, n, &err);
    if (st == LUT_OK)
        st = report_build(&table, data, &query, &err);
    if (st == LUT_OK)
        st = print(format, &table, o, argc, argv, &err);
    report_fini(&table);
    report_data_destroy(data);
    return st == LUT_OK ? CLI_OK : cli_fail(&err);
}

/* ---- --verify ---- */

static void print_difference(void *arg, verify_kind kind, const char *key,
                             const char *column, const char *stored,
                             const char *recomputed)
{
    (void)arg;
    printf("%s: %s  %s: stored %s, recomputed %s\n", verify_names[kind], key, column,
           stored, recomputed);
}

static void print_check(const verify_job *job, verify_kind kind)
{
    const verify_check *c = &job->check[kind];

    printf("checked: %-10s %7zu ", verify_names[kind], c->checked);
    if (c->differ)
        printf("%zu differ", c->differ);
    else
        printf("%s", c->checked ? "ok" : "-");
    printf("  (%s)\n", verify_docs[kind]);
    if (c->skipped)
        printf("  skipped: %zu: %s\n", c->skipped, c->why);
}

/* Sampled networks; all: SIZE_MAX. */
static bool sample_size(size_t *sample, const char *text)
{
    const long most = 1000000000;
    long n = 32;

    if (text && !strcmp(text, "all")) {
        *sample = SIZE_MAX;
        return true;
    }
    if (text && !cli_number(&n, "sample", text, 0, most))
        return false;
    *sample = (size_t)n;
    return true;
}

static int verify_one(verify_job *job, const char *path)
{
    lut_err err;
    size_t differ = 0;

    printf("%s\n", path);
    if (report_verify(job, path, &err) != LUT_OK)
        return cli_fail(&err);
    for (verify_kind k = 0; k < VERIFY_KINDS; k++) {
        print_check(job, k);
        differ += job->check[k].differ;
    }
    return job->damaged ? CLI_USAGE : differ ? CLI_FAILED : CLI_OK;
}

/* Of several files the one that is worst off decides. */
static int verify(const options *o, char *const *path, size_t n)
{
    const char *folder[SWEEP_FOLDERS];
    verify_job job = { .folder = folder,
                       .exec = { .threads = 1 },
                       .fn = print_difference };
    int code = CLI_OK;

    folders_of(folder, o->data);
    if (!sample_size(&job.sample, o->sample))
        return CLI_USAGE;
    for (size_t i = 0; i < n; i++) {
        const int one = verify_one(&job, path[i]);

        code = code == CLI_OK || one == CLI_USAGE ? one : code;
    }
    return cli_printed(code);
}

/* ---- the command ---- */

/* What of the options is for the other of the two jobs; NULL: nothing. */
static const char *out_of_place(const options *o)
{
    const struct {
        const char *name, *value;
        bool of_verify;
    } table[] = {
        { "--where", o->where, false },   { "--by", o->by, false },
        { "--metric", o->metric, false }, { "--sort", o->sort, false },
        { "--best", o->best, false },     { "--format", o->format, false },
        { "-o", o->output, false },       { "--sample", o->sample, true },
        { "--data", o->data, true },
    };

    for (size_t i = 0; i < LUT_COUNT(table); i++)
        if (table[i].value && table[i].of_verify != (o->verify != NULL))
            return table[i].name;
    return NULL;
}

/* argc, argv: the command as given; first: of its files. */
static int obey(const options *o, int first, int argc, char **argv, char *const *given)
{
    const char *const wrong = out_of_place(o);
    const size_t n = (size_t)(argc - first);

    if (wrong)
        return cli_complain(CLI_USAGE, "%s: %s --verify", wrong,
                            o->verify ? "not with" : "only with");
    return o->verify ? verify(o, argv + first, n)
                     : run(o, argv + first, n, argc, given);
}

int main(int argc, char **argv)
{
    options o = { 0 };
    const cli_option option[] = {
        { "where", 0, "CONDITION", "only these trials: \"lut_rank = 6 and depth > 1\"",
          &o.where },
        { "by", 0, "A,B", "a row for each value of these columns", &o.by },
        { "metric", 0, "A,B", "columns to summarise", &o.metric },
        { "sort", 0, "COLUMN", "order of the rows, -COLUMN for descending", &o.sort },
        { "best", 0, "N", "only the best rows by validation accuracy", &o.best },
        { "format", 0, "FORMAT", "text, markdown or csv", &o.format },
        { "output-file", 'o', "FILE", "write to FILE: .txt, .md or .csv; -: stdout",
          &o.output },
        { "verify", 0, NULL, "compute again what can be, and compare: exit code 3",
          &o.verify },
        { "sample", 0, "N", "networks that --verify evaluates, or all (32)",
          &o.sample },
        { "data", 0, "PATH", "where --verify finds data sets, besides LUTSWEEP_DATA",
          &o.data },
    };
    const cli_program program = {
        .name = "lutreport",
        .usage = "FILE...",
        .purpose =
            "Tables from results files: rows pooled over seeds, with mean, sd and n.",
        .option = option,
        .noptions = LUT_COUNT(option),
        .examples =
            "  lutreport quickstart.h5\n"
            "  lutreport quickstart.h5 --by parametrization,lut_rank --metric "
            "test_accuracy\n"
            "  lutreport a.h5 b.h5 --where \"width <= 600\" --best 10 -o best.csv\n"
            "  lutreport --verify quickstart.h5\n",
    };
    char **given = malloc((size_t)argc * sizeof *given); /* parsing reorders argv */
    int first, code;

    cli_start("lutreport", LUT_WARN);
    if (!given)
        return cli_complain(CLI_INTERNAL, "out of memory");
    memcpy(given, argv, (size_t)argc * sizeof *given);
    code = cli_parse(&program, argc, argv, &first);
    if (code < 0 && first == argc)
        code = cli_complain(CLI_USAGE, "no FILE given; try --help");
    if (code < 0)
        code = obey(&o, first, argc, argv, given);
    free(given);
    return code;
}
