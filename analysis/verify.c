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
    const char **key;  /* [rows] sorted, borrowed from the store; owned */
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

static void compare(verify_job *job, const sweep_result *record,
                    const sweep_result *stored)
{
    verify_row row = verify_begin(job, VERIFY_RECORDS, record);
    char text[2][VERIFY_TEXT];
    uint64_t hash[2];

    sweep_result_same(stored, record, hash);
    for (size_t i = 0; i < 2; i++)
        snprintf(text[i], VERIFY_TEXT, "result %016llx", (unsigned long long)hash[i]);
    verify_text(&row, "all of it", text[0], text[1]);
    verify_end(&row);
}

static void not_yet(work *w)
{
    verify_skip(w->job, VERIFY_RECORDS,
                "not in the file yet; lutsweep --merge %.160s makes it again",
                w->state.file);
}

/* A trial may go on when its row is written: one that failed, or was ended early. */
static void check_against(work *w, const sweep_result *record,
                          const sweep_result *stored)
{
    const int order = sweep_status_final(stored->row.status)
                          ? sweep_row_order(&stored->row, &record->row)
                          : 1;

    if (order > 0)
        not_yet(w);
    else if (order == 0)
        compare(w->job, record, stored);
}

/* stored: NULL where there is no row of that record. */
static lut_status check_record(work *w, const char *key, const sweep_result *stored,
                               lut_err *err)
{
    char path[SWEEP_PATH];
    sweep_result r;
    lut_err why;
    lut_status st =
        sweep_record_read(&r, sweep_state_record(&w->state, path, key), &why);

    if (st == LUT_OK) {
        if (stored)
            check_against(w, &r, stored);
        else
            not_yet(w);
        sweep_result_fini(&r);
        return LUT_OK;
    }
    if (st == LUT_ENOMEM)
        return lut_fail(err, st, "%s", why.text);
    if (st != LUT_ENOENT) {
        w->job->check[VERIFY_RECORDS].checked++;
        w->job->check[VERIFY_RECORDS].differ++;
        w->job->fn(w->job->arg, VERIFY_RECORDS, key, "all of it", why.text,
                   "a whole record");
    }
    return LUT_OK;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool is_row(const work *w, const char *key)
{
    return bsearch(&key, w->key, sweep_store_rows(w->store), sizeof key, by_text);
}

/* Those that are no rows yet. */
static lut_status check_others(work *w, lut_err *err)
{
    char(*key)[SWEEP_KEY];
    size_t n;
    lut_status st = sweep_state_keys(&w->state, &key, &n, err);

    for (size_t i = 0; st == LUT_OK && i < n; i++)
        if (!is_row(w, key[i]))
            st = check_record(w, key[i], NULL, err);
    free(key);
    return st;
}

/* ---- the file as a whole ---- */

static void tell(work *w, verify_kind kind, const char *key, const char *column,
                 const char *stored, const char *want)
{
    w->job->check[kind].differ++;
    w->job->fn(w->job->arg, kind, key, column, stored, want);
}

/* A row written over another one shows in its key being there twice. */
static lut_status check_keys(work *w, lut_err *err)
{
    const sweep_column *key = sweep_store_text(w->store, "key", err);
    const size_t n = sweep_store_rows(w->store);

    if (!key)
        return LUT_EFORMAT;
    w->key = malloc((n + 1) * sizeof *w->key);
    if (!w->key)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu keys", n);
    memcpy(w->key, key->text, n * sizeof *w->key);
    qsort(w->key, n, sizeof *w->key, by_text);
    for (size_t i = 1; i < n; i++)
        if (!strcmp(w->key[i - 1], w->key[i]))
            tell(w, VERIFY_KEYS, w->key[i], "key", "in two rows", "in one row");
    return LUT_OK;
}

/* Of a trial that was lost its last rank could not say what it was, for a row. */
static void check_failures(work *w)
{
    size_t n;
    const sweep_failure *f = sweep_store_failures(w->store, &n);

    for (size_t i = 0; i < n; i++)
        if (!is_row(w, f[i].key) && strcmp(f[i].cause, "lost") != 0)
            tell(w, VERIFY_KEYS, f[i].key, "failures.key", "of no row", "of a row");
}

/* Whether the configuration says anywhere that no network is kept. */
static bool keeps_none(const work *w)
{
    const char *at = sweep_store_config(w->store);

    while ((at = strstr(at, "keep")) != NULL) {
        at += strlen("keep");
        if (!strncmp(at + strspn(at, " \t\n=:"), "\"none\"", strlen("\"none\"")))
            return true;
    }
    return false;
}

/* Of those that were kept not one may be of no row; and any other rule keeps at least the
 * best. */
static lut_status check_groups(work *w, lut_err *err)
{
    const sweep_column *status = sweep_store_text(w->store, "status", err);
    char(*name)[SWEEP_NETWORK];
    size_t n, ok = 0;
    lut_err why;

    if (sweep_store_networks(w->store, &name, &n, &why) != LUT_OK) {
        unreadable(w->job, VERIFY_NETWORKS, "/trial", &why);
        return LUT_OK;
    }
    for (size_t i = 0; i < n; i++)
        if (!is_row(w, name[i]))
            tell(w, VERIFY_NETWORKS, name[i], "/trial", "a group of no row",
                 "no group");
    free(name);
    for (size_t i = 0; status && i < sweep_store_rows(w->store); i++)
        ok += !strcmp(status->text[i], "ok");
    if (ok && !n && !keeps_none(w))
        tell(w, VERIFY_NETWORKS, "all", "/trial", "no network",
             "some, as keep is not \"none\"");
    return LUT_OK;
}

static lut_status check_file(work *w, lut_err *err)
{
    LUT_TRY(check_keys(w, err));
    check_failures(w);
    return check_groups(w, err);
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

static lut_status check_result(work *w, size_t i, const sweep_result *r, lut_err *err)
{
    verify_key(w->job, r, w->store, &w->data);
    verify_fields(w->job, r);
    verify_history(w->job, r);
    verify_timing(w->job, r);
    if (r->has_network)
        LUT_TRY(check_network(w, i, r, err));
    return w->has_folder ? check_record(w, r->row.key, r, err) : LUT_OK;
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
    lut_err why;

    sweep_state_path(&w->state, path, "journal", name);
    if (sweep_journal_replay(path, &damaged, pass, NULL, &why) != LUT_OK) {
        unreadable(w->job, VERIFY_JOURNALS, name, &why);
        return;
    }
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
        return check_others(w, err);
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
    st = check_file(&w, err);
    if (st == LUT_OK)
        st = check_rows(&w, err);
    if (st == LUT_OK)
        st = check_folder(&w, err);
    verify_data_fini(&w.data);
    free(w.key);
    sweep_store_close(w.store);
    return st;
}
