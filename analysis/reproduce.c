#include "analysis/reproduce.h"
#include "analysis/identity.h"
#include "analysis/verify_impl.h"
#include "sweep/record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

const char *const reproduce_names[REPRODUCE_VERDICTS] = {
    [REPRODUCE_AGREES] = "agrees",
    [REPRODUCE_DEVIATES] = "deviates",
    [REPRODUCE_IMPOSSIBLE] = "not possible",
    [REPRODUCE_LATE] = "not run",
};

typedef struct work {
    reproduce_job *job;
    sweep_store *store;
    verify_data data;
    double begun, expected, took; /* expected and took: of the rows that ran */
} work;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- one row ---- */

static void impossible(reproduce_row *row, const char *fmt, const char *a,
                       const char *b)
{
    row->verdict = REPRODUCE_IMPOSSIBLE;
    snprintf(row->why, sizeof row->why, fmt, a, b);
}

/* The key is made of the fields, the digest of the data and the numerics epoch: which of
 * these is another one here? */
static bool check_key(work *w, reproduce_row *row, const sweep_result *want)
{
    const sweep_trial *t = &want->row.trial;
    char key[SWEEP_KEY], noted[SWEEP_DIGEST];

    if (!verify_data_of(&w->data, t)) {
        impossible(row, "%.200s%s", w->data.why.text, "");
        return false;
    }
    sweep_trial_key(key, t, w->data.digest);
    if (!strcmp(key, want->row.key))
        return true;
    if (report_identity(noted, key, want, w->store))
        impossible(row, "data set %.64s here has other contents (digest %.16s)",
                   t->dataset, w->data.digest);
    else
        impossible(
            row,
            "the key is not that of its fields: another numerics epoch than this "
            "program's, or a row that was changed%s%s",
            "", "");
    return false;
}

/* Counts that rows of older programs do not have are no difference. */
static void forget_unstored(sweep_result *got, const sweep_result *want)
{
    static const char *const later[] = { "lut6", "lut6_core", "lut_levels",
                                         "latency_cycles", "flip_flops" };
    size_t n;
    const lut_field *field = sweep_row_fields(&n);

    for (size_t i = 0; i < LUT_COUNT(later); i++) {
        const lut_field *f = lut_field_find(field, n, later[i]);
        const double none = (double)NAN;

        if (f && isnan(lut_field_number(f, &want->row)))
            memcpy((char *)&got->row + f->offset, &none, sizeof none);
    }
}

/* The first column that differs, in words. */
static void tell_difference(reproduce_row *row, const sweep_result *want,
                            const sweep_result *got)
{
    size_t n, first;
    const lut_field *field = sweep_row_fields(&n);
    char a[LUT_FIELD_TEXT], b[LUT_FIELD_TEXT];

    sweep_trial_fields(&first);
    for (size_t i = first; i < n; i++) {
        lut_field_text(&field[i], a, &want->row);
        lut_field_text(&field[i], b, &got->row);
        if (strcmp(a, b) != 0) {
            snprintf(row->why, sizeof row->why, "%s: stored %.60s, recomputed %.60s",
                     field[i].name, a, b);
            return;
        }
    }
    snprintf(row->why, sizeof row->why,
             "all columns agree, the history or the network does not");
}

static void compare(reproduce_row *row, const sweep_result *want, sweep_result *got)
{
    row->stored = want->row.test_accuracy;
    row->recomputed = got->row.test_accuracy;
    forget_unstored(got, want);
    if (sweep_result_same(want, got, NULL)) {
        row->verdict = REPRODUCE_AGREES;
        return;
    }
    row->verdict = REPRODUCE_DEVIATES;
    tell_difference(row, want, got);
}

static lut_status run_row(work *w, reproduce_row *row, const sweep_result *want,
                          lut_err *err)
{
    const reproduce_job *job = w->job;
    sweep_lab lab = { .kernels = job->kernels, .exec = job->exec };
    const double begun = now();
    sweep_result got;
    lut_err why;
    lut_status st;

    for (size_t i = 0; i + 1 < SWEEP_FOLDERS && job->folder[i]; i++)
        lab.folder[i] = job->folder[i];
    st = job->run(&lab, &got, &want->row.trial, want->row.key, w->data.digest, NULL,
                  NULL, &why);
    if (st == LUT_ENOMEM)
        return lut_fail(err, st, "%s", why.text);
    if (st != LUT_OK) {
        impossible(row, "%.200s%s", why.text, "");
        return LUT_OK;
    }
    row->seconds = now() - begun;
    compare(row, want, &got);
    sweep_result_fini(&got);
    w->expected += row->expected;
    w->took += row->seconds;
    return LUT_OK;
}

static lut_status check_row(work *w, reproduce_row *row, lut_err *err)
{
    sweep_result want;
    lut_err why;
    lut_status st = sweep_store_get(w->store, row->row, &want, &why);

    if (st == LUT_ENOMEM)
        return lut_fail(err, st, "%s", why.text);
    if (st != LUT_OK) {
        impossible(row, "%.200s%s", why.text, "");
        return LUT_OK;
    }
    if (check_key(w, row, &want))
        st = run_row(w, row, &want, err);
    sweep_result_fini(&want);
    return st;
}

/* ---- all of them ---- */

/* How much longer things take here than the file says. */
static double slowness(const work *w)
{
    return w->expected > 0 ? w->took / w->expected : 1;
}

static double left(const work *w, size_t from)
{
    double sum = 0;

    for (size_t i = from; i < w->job->n; i++)
        sum += w->job->row[i].expected;
    return sum * slowness(w);
}

/* Where things are slower here than there, the last ones are left out. */
static bool is_late(const work *w, const reproduce_row *row)
{
    return w->job->budget > 0 && w->expected > 0 &&
           now() - w->begun + row->expected * slowness(w) > w->job->budget;
}

static void tell(const work *w, size_t i, bool done)
{
    if (w->job->tell)
        w->job->tell(w->job->arg, w->job, i, done, left(w, i + done));
}

lut_status reproduce_rows(reproduce_job *job, sweep_store *s, lut_err *err)
{
    work w = {
        .job = job, .store = s, .data = { .folder = job->folder }, .begun = now()
    };
    lut_status st;

    memset(job->count, 0, sizeof job->count);
    st = reproduce_plan(job, s, err);
    for (size_t i = 0; i < job->n && st == LUT_OK; i++) {
        if (is_late(&w, &job->row[i])) {
            snprintf(job->row[i].why, sizeof job->row[i].why, "the time was up");
        } else {
            tell(&w, i, false);
            st = check_row(&w, &job->row[i], err);
            if (st == LUT_OK)
                tell(&w, i, true);
        }
        job->count[job->row[i].verdict]++;
    }
    verify_data_fini(&w.data);
    return st;
}

void reproduce_fini(reproduce_job *job)
{
    free(job->row);
    job->row = NULL;
    job->n = 0;
}
