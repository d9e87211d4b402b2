/* --reproduce: a sample of the trials of a file, trained again. */
#include "analysis/reproduce.h"
#include "drivers/cli.h"
#include "drivers/folders.h"
#include "drivers/lutreport.h"
#include "sweep/units.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double default_budget = 1800; /* seconds */

/* ---- while it runs ---- */

/* "4.2 s", "3.1 min" */
static const char *duration(char buf[32], double seconds)
{
    if (seconds < 100)
        snprintf(buf, 32, "%.1f s", seconds);
    else
        snprintf(buf, 32, "%.1f min", seconds / 60);
    return buf;
}

static void show(void *arg, const reproduce_job *job, size_t i, bool done, double left)
{
    const reproduce_row *row = &job->row[i];
    char took[32], more[32];

    (void)arg;
    if (!done)
        return;
    fprintf(stderr, "lutreport: row %zu of %zu %s", i + 1, job->n,
            reproduce_names[row->verdict]);
    if (!isnan(row->seconds))
        fprintf(stderr, " (%s)", duration(took, row->seconds));
    fprintf(stderr, ", about %s left\n", duration(more, left));
}

/* ---- the table ---- */

static lut_status add_columns(sheet *s, lut_err *err)
{
    static const sheet_column column[] = {
        { .name = "key", .doc = "the trial" },
        { .name = "dataset" },
        { .name = "parametrization" },
        { .name = "lut_rank", .kind = SHEET_EXACT },
        { .name = "layers" },
        { .name = "seed", .kind = SHEET_EXACT },
        { .name = "verdict",
          .doc = "agrees: row, history and network have the stored bytes" },
        { .name = "test_accuracy",
          .head = "stored",
          .unit = "percent",
          .doc = "test accuracy in the file",
          .kind = SHEET_PERCENT },
        { .name = "test_accuracy_again",
          .head = "again",
          .unit = "percent",
          .doc = "test accuracy of the repetition",
          .kind = SHEET_PERCENT },
        { .name = "seconds_expected",
          .head = "expected",
          .unit = "s",
          .doc = "by the times in the file and these threads",
          .kind = SHEET_REAL },
        { .name = "seconds", .unit = "s", .doc = "that it took", .kind = SHEET_REAL },
        { .name = "why", .doc = "the first difference, or why there is none" },
    };

    for (size_t i = 0; i < LUT_COUNT(column); i++)
        LUT_TRY(sheet_add_column(s, &column[i], err));
    return LUT_OK;
}

static lut_status add_row(sheet *s, const reproduce_row *row, sweep_store *store,
                          lut_err *err)
{
    sweep_result r;
    lut_status st;

    LUT_TRY(sweep_store_get(store, row->row, &r, err));
    const sheet_cell cell[] = { { .text = r.row.key },
                                { .text = r.row.trial.dataset },
                                { .text = r.row.trial.parametrization },
                                { .number = r.row.trial.lut_rank },
                                { .text = r.row.trial.layers },
                                { .number = r.row.trial.seed },
                                { .text = reproduce_names[row->verdict] },
                                { .number = r.row.test_accuracy },
                                { .number = row->recomputed },
                                { .number = row->expected },
                                { .number = row->seconds },
                                { .text = row->why[0] ? row->why : NULL } };
    st = sheet_add_row(s, cell, err);
    if (st == LUT_OK)
        st = sheet_add_key(s, r.row.key, err);
    sweep_result_fini(&r);
    return st;
}

static lut_status add_verdict(sheet *s, const reproduce_job *job, lut_err *err)
{
    const size_t agree = job->count[REPRODUCE_AGREES],
                 deviate = job->count[REPRODUCE_DEVIATES];
    char others[96];

    snprintf(others, sizeof others, "%zu not possible, %zu not run",
             job->count[REPRODUCE_IMPOSSIBLE], job->count[REPRODUCE_LATE]);
    if (deviate)
        return sheet_add_note(s, err,
                              "verdict: deviates: %zu of %zu rows trained again; %s",
                              deviate, agree + deviate, others);
    if (agree)
        return sheet_add_note(s, err,
                              "verdict: agrees: %zu of %zu rows trained again have the "
                              "stored bytes; %s",
                              agree, agree, others);
    return sheet_add_note(s, err, "verdict: nothing was repeated; %s", others);
}

static lut_status fill(sheet *s, const reproduce_job *job, sweep_store *store,
                       const char *path, lut_err *err)
{
    LUT_TRY(sheet_init(s, "reproduce", err, "Trials of %s, trained again", path));
    LUT_TRY(
        sheet_add_about(s, err,
                        "%zu of %zu trials that ended ok, from %zu of %zu strata (data "
                        "set, parametrization, rank, cheap or dear)",
                        job->n, job->candidates, job->covered, job->strata));
    LUT_TRY(
        sheet_add_about(s, err,
                        "compared: every column of the row, history, and network where "
                        "it is kept, bit by bit; same numerics epoch and data only"));
    LUT_TRY(add_columns(s, err));
    for (size_t i = 0; i < job->n; i++)
        LUT_TRY(add_row(s, &job->row[i], store, err));
    return add_verdict(s, job, err);
}

/* ---- options ---- */

static lut_status read_count(long *out, const char *option, const char *text, long most,
                             lut_err *err)
{
    char *end;

    if (!text)
        return LUT_OK;
    *out = strtol(text, &end, 10);
    if (end == text || *end || *out < 1 || *out > most)
        return lut_fail(err, LUT_EINVAL, "--%s=%s: want a whole number from 1 to %ld",
                        option, text, most);
    return LUT_OK;
}

static lut_status read_options(reproduce_job *job, const lutreport_options *o,
                               lut_err *err)
{
    long threads = 1, sample = 0;

    if (o->npaths != 1)
        return lut_fail(err, LUT_EINVAL, "--reproduce: want one FILE, not %zu",
                        o->npaths);
    LUT_TRY(read_count(&threads, "threads", o->threads, 256, err));
    LUT_TRY(read_count(&sample, "sample", o->sample, 1000000000, err));
    job->budget = default_budget;
    if (o->budget && sweep_duration_read(&job->budget, o->budget, err) != LUT_OK)
        return lut_err_wrap(err, "--budget");
    job->exec.threads = (unsigned)threads;
    job->sample = (size_t)sample;
    return LUT_OK;
}

/* ---- the verb ---- */

lut_status lutreport_reproduce(lutreport_made *out, const report_data *d,
                               const lutreport_options *o, lut_err *err)
{
    const char *folder[SWEEP_FOLDERS];
    reproduce_job job = { .folder = folder,
                          .kernels = getenv("LUT_KERNELS"),
                          .run = sweep_run,
                          .tell = show };
    sweep_store *store;
    lut_status st;

    LUT_TRY(read_options(&job, o, err));
    folders_of(folder, o->data);
    store = report_data_store(d, 0);
    st = reproduce_rows(&job, store, err);
    if (st == LUT_OK)
        st = fill(&out->sheet[0], &job, store, o->path[0], err);
    out->n = 1;
    out->code = job.count[REPRODUCE_DEVIATES] ? CLI_FAILED
                : job.count[REPRODUCE_AGREES] ? CLI_OK
                                              : CLI_USAGE;
    reproduce_fini(&job);
    return st;
}
