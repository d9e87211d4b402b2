#include "analysis/verify_impl.h"
#include "sweep/record.h"
#include "sweep/state.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const verify_names[VERIFY_KINDS] = {
    [VERIFY_KEYS] = "keys",         [VERIFY_ROWS] = "rows",
    [VERIFY_HISTORY] = "history",   [VERIFY_TIMING] = "timing",
    [VERIFY_NETWORKS] = "networks", [VERIFY_ACCURACIES] = "accuracies",
    [VERIFY_RECORDS] = "records",   [VERIFY_JOURNALS] = "journals",
};

const char *const verify_docs[VERIFY_KINDS] = {
    [VERIFY_KEYS] = "from the fields of each row and the digest of its data",
    [VERIFY_ROWS] = "ranges, statuses, widths, gaps",
    [VERIFY_HISTORY] = "epochs, against best_epoch and valid_accuracy",
    [VERIFY_TIMING] = "ranges",
    [VERIFY_NETWORKS] = "shapes, confusion and correct against test_accuracy",
    [VERIFY_ACCURACIES] = "of a sample, from thresholds, wiring, tables and the data",
    [VERIFY_RECORDS] = "of the folder, against the rows",
    [VERIFY_JOURNALS] = "of the folder: damaged lines",
};

typedef struct work {
    verify_job *job;
    sweep_store *store;
    sweep_state state;
    verify_data data;
    bool has_folder;
    size_t kept, seen; /* networks in the file, looked at so far */
    size_t records;    /* that belong to rows */
} work;

/* What cannot be read is told like a difference, and remembered. */
static void unreadable(verify_job *job, verify_kind kind, const char *key,
                       const lut_err *why)
{
    job->damaged = true;
    job->check[kind].checked++;
    job->check[kind].differ++;
    job->fn(job->arg, kind, key, "all of it", why->text, "it can be read");
}

/* ---- records ---- */

/* A network that the file did not keep tells nothing. */
static void compare(verify_job *job, sweep_result *record, sweep_result *stored)
{
    verify_row row = verify_begin(job, VERIFY_RECORDS, record);
    const bool kept = stored->has_network;
    char text[2][VERIFY_TEXT];

    record->has_network = stored->has_network = record->has_network && kept;
    snprintf(text[0], VERIFY_TEXT, "result %016llx",
             (unsigned long long)sweep_result_hash(stored));
    snprintf(text[1], VERIFY_TEXT, "result %016llx",
             (unsigned long long)sweep_result_hash(record));
    stored->has_network = kept;
    verify_text(&row, "all of it", text[0], text[1]);
    verify_end(&row);
}

/* The row's record, where there is one. */
static lut_status check_record(work *w, sweep_result *stored, lut_err *err)
{
    const char *key = stored->row.key;
    char path[SWEEP_PATH];
    sweep_result r;
    lut_err why;
    lut_status st =
        sweep_record_read(&r, sweep_state_record(&w->state, path, key), &why);

    if (st == LUT_OK) {
        compare(w->job, &r, stored);
        sweep_result_fini(&r);
        w->records++;
        return LUT_OK;
    }
    if (st == LUT_ENOMEM)
        return lut_fail(err, st, "%s", why.text);
    if (st != LUT_ENOENT) {
        w->records++;
        w->job->check[VERIFY_RECORDS].checked++;
        w->job->check[VERIFY_RECORDS].differ++;
        w->job->fn(w->job->arg, VERIFY_RECORDS, key, "all of it", why.text,
                   "a whole record");
    }
    return LUT_OK;
}

/* Those that are no rows yet. */
static lut_status count_others(work *w, lut_err *err)
{
    char(*key)[SWEEP_KEY];
    size_t n;

    LUT_TRY(sweep_state_keys(&w->state, &key, &n, err));
    for (size_t i = w->records; i < n; i++)
        verify_skip(w->job, VERIFY_RECORDS,
                    "not in the file yet; lutsweep --merge %.160s makes it again",
                    w->state.file);
    free(key);
    return LUT_OK;
}

/* ---- rows ---- */

/* Evenly over the file, the same every time. */
static bool in_sample(work *w)
{
    const size_t most = w->job->sample, n = w->seen++;

    if (most >= w->kept)
        return true;
    return (n + 1) * most / w->kept > n * most / w->kept;
}

static lut_status check_network(work *w, size_t i, const sweep_result *r, lut_err *err)
{
    char *config;
    lut_err why;
    lut_status st = sweep_store_trial_config(w->store, i, &config, &why);

    if (st == LUT_ENOMEM)
        return lut_fail(err, st, "%s", why.text);
    if (st != LUT_OK) {
        unreadable(w->job, VERIFY_NETWORKS, r->row.key, &why);
        return LUT_OK;
    }
    verify_network(w->job, r, config);
    free(config);
    return in_sample(w) ? verify_accuracies(w->job, r, &w->data, err) : LUT_OK;
}

static lut_status check_result(work *w, size_t i, sweep_result *r, lut_err *err)
{
    verify_key(w->job, r, w->store, &w->data);
    verify_fields(w->job, r);
    verify_history(w->job, r);
    verify_timing(w->job, r);
    if (r->has_network)
        LUT_TRY(check_network(w, i, r, err));
    return w->has_folder ? check_record(w, r, err) : LUT_OK;
}

static lut_status check_row(work *w, size_t i, lut_err *err)
{
    const sweep_column *key = sweep_store_text(w->store, "key", err);
    sweep_result r;
    lut_err why;
    lut_status st;

    if (!key)
        return LUT_EFORMAT;
    st = sweep_store_get(w->store, i, &r, &why);
    if (st == LUT_ENOMEM)
        return lut_fail(err, st, "%s", why.text);
    if (st != LUT_OK) {
        unreadable(w->job, VERIFY_ROWS, key->text[i], &why);
        return LUT_OK;
    }
    st = check_result(w, i, &r, err);
    sweep_result_fini(&r);
    return st;
}

static lut_status check_rows(work *w, lut_err *err)
{
    for (size_t i = 0; i < sweep_store_rows(w->store); i++)
        w->kept += sweep_store_has_network(w->store, i);
    for (size_t i = 0; i < sweep_store_rows(w->store); i++)
        LUT_TRY(check_row(w, i, err));
    return LUT_OK;
}

/* ---- journals ---- */

static lut_status pass(void *arg, const sweep_entry *e, lut_err *err)
{
    (void)arg;
    (void)e;
    (void)err;
    return LUT_OK;
}

static void check_journal(work *w, const char *name)
{
    verify_check *c = &w->job->check[VERIFY_JOURNALS];
    char path[SWEEP_PATH], text[VERIFY_TEXT];
    size_t damaged;

    sweep_state_path(&w->state, path, "journal", name);
    if (sweep_journal_replay(path, &damaged, pass, NULL, NULL) != LUT_OK)
        return;
    c->checked++;
    c->differ += damaged > 0;
    snprintf(text, sizeof text, "%zu damaged", damaged);
    if (damaged)
        w->job->fn(w->job->arg, VERIFY_JOURNALS, name, "lines", text, "none");
}

static void check_journals(work *w)
{
    char path[SWEEP_PATH];
    DIR *d = opendir(sweep_state_path(&w->state, path, "journal", ""));
    const struct dirent *e;

    while (d && (e = readdir(d)))
        if (e->d_name[0] != '.')
            check_journal(w, e->d_name);
    if (d)
        closedir(d);
}

static lut_status check_folder(work *w, lut_err *err)
{
    if (w->has_folder) {
        check_journals(w);
        return count_others(w, err);
    }
    verify_skip(w->job, VERIFY_RECORDS, "no folder %.200s", w->state.root);
    verify_skip(w->job, VERIFY_JOURNALS, "no folder %.200s", w->state.root);
    return LUT_OK;
}

lut_status report_verify(verify_job *job, const char *path, lut_err *err)
{
    work w = { .job = job, .data = { .folder = job->folder } };
    lut_status st;

    memset(job->check, 0, sizeof job->check);
    job->damaged = false;
    LUT_TRY(sweep_state_name(&w.state, path, err));
    LUT_TRY(sweep_store_open(&w.store, path, err));
    w.has_folder = sweep_state_exists(&w.state);
    st = check_rows(&w, err);
    if (st == LUT_OK)
        st = check_folder(&w, err);
    verify_data_fini(&w.data);
    sweep_store_close(w.store);
    return st;
}
