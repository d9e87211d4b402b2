/* Whether results files say what is true. */
#include "analysis/verify.h"
#include "drivers/cli.h"
#include "drivers/folders.h"
#include "drivers/lutreport.h"

#include <stdio.h>
#include <string.h>

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
int lutreport_verify(const lutreport_options *o)
{
    const char *folder[SWEEP_FOLDERS];
    verify_job job = { .folder = folder,
                       .exec = { .threads = 1 },
                       .fn = print_difference };
    int code = CLI_OK;

    folders_of(folder, o->data);
    if (!sample_size(&job.sample, o->sample))
        return CLI_USAGE;
    for (size_t i = 0; i < o->npaths; i++) {
        const int one = verify_one(&job, o->path[i]);

        code = code == CLI_OK || one == CLI_USAGE ? one : code;
    }
    return cli_printed(code);
}
