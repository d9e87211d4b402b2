/* Sheets into the file or to the stream that was asked for. */
#include "analysis/emit.h"
#include "analysis/origin.h"
#include "drivers/cli.h"
#include "drivers/lutreport.h"
#include "sweep/build.h"
#include "sweep/replace.h"
#include "sweep/state.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool to_stdout(const lutreport_options *o)
{
    return !o->output_file || strcmp(o->output_file, "-") == 0;
}

static bool is_quiet(const lutreport_options *o)
{
    return o->output && strcmp(o->output, "quiet") == 0;
}

/* ---- what was asked for ---- */

/* --output says text or json, which are formats, or quiet. */
static lut_status check_output(const lutreport_options *o, lut_err *err)
{
    if (!o->output)
        return LUT_OK;
    if (strcmp(o->output, "text") != 0 && strcmp(o->output, "json") != 0 &&
        !is_quiet(o))
        return lut_fail(err, LUT_EINVAL, "--output=%s: want text, json or quiet",
                        o->output);
    if (o->format)
        return lut_fail(err, LUT_EINVAL, "--output=%s: not with --format", o->output);
    if (is_quiet(o) && !to_stdout(o))
        return lut_fail(err, LUT_EINVAL, "--output=quiet: not with -o %s",
                        o->output_file);
    return LUT_OK;
}

static lut_status choose_format(const sheet_format **f, const lutreport_options *o,
                                lut_err *err)
{
    LUT_TRY(check_output(o, err));
    *f = &sheet_formats[0];
    if (o->format)
        return sheet_format_named(f, o->format, err);
    if (o->output && !is_quiet(o))
        return sheet_format_named(f, o->output, err);
    return to_stdout(o) ? LUT_OK : sheet_format_of(f, o->output_file, err);
}

lut_status lutreport_spare_inputs(const lutreport_options *o, lut_err *err)
{
    sweep_state out, in;

    if (to_stdout(o))
        return LUT_OK;
    LUT_TRY(sweep_state_name(&out, o->output_file, err));
    for (size_t i = 0; i < o->npaths; i++) {
        LUT_TRY(sweep_state_name(&in, o->path[i], err));
        if (sweep_state_same(&out, &in))
            return lut_fail(err, LUT_EINVAL,
                            "-o %s: is a results file to be read, want another name",
                            o->output_file);
    }
    if (!sweep_state_exists(&out))
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL,
                    "-o %s: is the name of a sweep's results, whose folder is %s: want "
                    "another name",
                    o->output_file, out.root);
}

lut_status lutreport_load(report_data **d, const lutreport_options *o, lut_err *err)
{
    lut_status st = report_data_create(d, err);

    for (size_t i = 0; i < o->npaths && st == LUT_OK; i++)
        st = report_data_add(*d, o->path[i], err);
    return st;
}

lut_status lutreport_origin(char **text, const report_data *d,
                            const lutreport_options *o, lut_err *err)
{
    char program[128];

    snprintf(program, sizeof program, "lutreport %s", sweep_version());
    return report_origin(text, d, program, o->argc, o->argv, err);
}

/* ---- writing ---- */

lut_status lutreport_finish(FILE *out, const char *name, lut_err *err)
{
    const bool bad = ferror(out) != 0;

    if ((out == stdout ? fflush(out) : fclose(out)) != 0 || bad)
        return lut_fail(err, LUT_EIO, "%s: cannot be written: %s", name,
                        strerror(errno));
    return LUT_OK;
}

lut_status lutreport_put_file(const char *path, const char *text, size_t n,
                              lut_err *err)
{
    sweep_replace file = { 0 };
    FILE *out;
    lut_status st;

    LUT_TRY(sweep_replace_begin(&file, path, err));
    out = fopen(file.temp, "w");
    if (!out)
        st = lut_fail(err, LUT_EIO, "%s: %s", file.temp, strerror(errno));
    else {
        fwrite(text, 1, n, out);
        st = lutreport_finish(out, path, err);
    }
    if (st == LUT_OK)
        st = sweep_replace_commit(&file, err);
    sweep_replace_abort(&file);
    return st;
}

lut_status lutreport_put_text(const char *path, lutreport_writer writer,
                              const void *arg, lut_err *err)
{
    char *text = NULL;
    size_t n;
    FILE *out = open_memstream(&text, &n);
    lut_status st = LUT_ENOMEM;

    if (out) {
        writer(out, arg);
        st = fclose(out) == 0 && text ? LUT_OK : LUT_ENOMEM;
    }
    if (st == LUT_OK)
        st = lutreport_put_file(path, text, n, err);
    else
        lut_fail(err, st, "out of memory");
    free(text);
    return st;
}

typedef struct written {
    const sheet_format *format;
    const lutreport_made *made;
    const char *origin;
} written;

static void write_sheets(FILE *out, const void *arg)
{
    const written *w = arg;

    w->format->write(out, w->made->sheet, w->made->n, w->origin);
}

static lut_status print_keys(const lutreport_made *made, lut_err *err)
{
    size_t n = 0;

    for (size_t i = 0; i < made->n; i++)
        for (size_t k = 0; k < made->sheet[i].nkeys; k++, n++)
            printf("%s\n", made->sheet[i].key[k]);
    if (!n)
        fprintf(stderr, "lutreport: --output=quiet: no trial was chosen\n");
    return lutreport_finish(stdout, "standard output", err);
}

static lut_status put(const sheet_format *f, const lutreport_made *made,
                      const report_data *d, const lutreport_options *o, lut_err *err)
{
    char *origin;
    lut_status st;

    if (is_quiet(o))
        return print_keys(made, err);
    if (to_stdout(o)) {
        for (size_t i = 0; f->bare && i < made->n; i++)
            sheet_put_notes(stderr, &made->sheet[i], "lutreport: ");
        f->write(stdout, made->sheet, made->n, NULL);
        return lutreport_finish(stdout, "standard output", err);
    }
    LUT_TRY(lutreport_origin(&origin, d, o, err));
    st = lutreport_put_text(o->output_file, write_sheets, &(written){ f, made, origin },
                            err);
    free(origin);
    return st;
}

/* Who asked for JSON reads nothing else. */
static int fail(const sheet_format *f, const lut_err *err)
{
    emit_json j = { .out = stdout };

    if (f && strcmp(f->name, "json") == 0) {
        emit_open(&j, NULL, '{');
        emit_number(&j, "version", 1);
        emit_text(&j, "error", err->text);
        emit_number(&j, "exit_code", cli_exit_code(err->code));
        emit_close(&j, '}');
        fflush(stdout);
    }
    return cli_fail(err);
}

int lutreport_sheets(const lutreport_verb *v, const lutreport_options *o)
{
    lutreport_made *made = calloc(1, sizeof *made);
    const sheet_format *f = NULL;
    report_data *data = NULL;
    lut_err err;
    lut_status st;
    int code;

    if (!made)
        return cli_complain(CLI_INTERNAL, "out of memory");
    st = choose_format(&f, o, &err);
    if (st == LUT_OK)
        st = lutreport_spare_inputs(o, &err);
    if (st == LUT_OK)
        st = lutreport_load(&data, o, &err);
    if (st == LUT_OK)
        st = v->make(made, data, o, &err);
    if (st == LUT_OK)
        st = put(f, made, data, o, &err);
    code = made->code;
    for (size_t i = 0; i < LUTREPORT_SHEETS; i++)
        sheet_fini(&made->sheet[i]);
    free(made);
    report_data_destroy(data);
    return st == LUT_OK ? code : fail(f, &err);
}
