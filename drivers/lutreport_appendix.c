/* --appendix: the check-list of an artifact evaluation. */
#include "analysis/appendix.h"
#include "analysis/choice.h"
#include "drivers/cli.h"
#include "drivers/lutreport.h"
#include "sweep/build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef void (*writer)(const appendix *a, FILE *out);

/* By the suffix; "-" is Markdown on stdout. */
static lut_status choose(writer *w, const char *path, lut_err *err)
{
    const char *dot = strrchr(path, '.');

    if (!strcmp(path, "-") || (dot && !strcasecmp(dot, ".md")))
        *w = appendix_markdown;
    else if (dot && !strcasecmp(dot, ".tex"))
        *w = appendix_latex;
    else
        return lut_fail(err, LUT_EINVAL,
                        "--appendix=%s: want a name that ends in .md or .tex, or -",
                        path);
    return LUT_OK;
}

static lut_status count_rows(size_t *rows, const report_data *d, lut_err *err)
{
    const report_query q = { 0 };
    report r;

    LUT_TRY(report_build(&r, d, &q, err));
    *rows = r.ngroups;
    report_fini(&r);
    return LUT_OK;
}

/* Where there is nothing to choose from, as before any trial has validation rows, there is
 * no front: 0 rows. */
static size_t count_front(const report_data *d)
{
    const report_query q = { 0 };
    sheet s = { 0 };
    size_t rows = 0;

    if (report_pareto(&s, d, &q, "lut6_core,valid_accuracy", NULL) == LUT_OK)
        rows = s.nrows;
    sheet_fini(&s);
    return rows;
}

static lut_status make(appendix **a, const report_data *d, lut_err *err)
{
    appendix_claim claim[] = {
        { "all settings, pooled over seeds", "lutreport FILE", 0 },
        { "front of size and accuracy",
          "lutreport FILE --pareto lut6_core,valid_accuracy", 0 },
    };
    char program[128];
    const appendix_facts facts = { .program = program,
                                   .claim = claim,
                                   .nclaims = LUT_COUNT(claim) };

    snprintf(program, sizeof program, "lutreport %s", sweep_version());
    LUT_TRY(count_rows(&claim[0].rows, d, err));
    claim[1].rows = count_front(d);
    return appendix_create(a, d, &facts, err);
}

typedef struct written {
    const appendix *appendix;
    writer writer;
} written;

static void write_appendix(FILE *out, const void *arg)
{
    const written *w = arg;

    w->writer(w->appendix, out);
}

static lut_status write_file(const appendix *a, writer w, const char *path,
                             lut_err *err)
{
    if (strcmp(path, "-") != 0)
        return lutreport_put_text(path, write_appendix, &(written){ a, w }, err);
    w(a, stdout);
    return lutreport_finish(stdout, "standard output", err);
}

static lut_status run(const lutreport_options *o, report_data **d, appendix **a,
                      lut_err *err)
{
    lutreport_options out = *o;
    writer w = NULL;

    out.output_file = o->appendix;
    LUT_TRY(choose(&w, o->appendix, err));
    LUT_TRY(lutreport_spare_inputs(&out, err));
    LUT_TRY(lutreport_load(d, o, err));
    LUT_TRY(make(a, *d, err));
    return write_file(*a, w, o->appendix, err);
}

int lutreport_appendix(const lutreport_options *o)
{
    report_data *d = NULL;
    appendix *a = NULL;
    lut_err err;
    const lut_status st = run(o, &d, &a, &err);

    appendix_destroy(a);
    report_data_destroy(d);
    return st == LUT_OK ? CLI_OK : cli_fail(&err);
}
