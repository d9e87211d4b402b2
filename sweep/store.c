/* Writing a results file.  Two walks over the results: the first measures texts, counts
 * epochs and chooses the networks to keep, the second writes; so memory does not grow with
 * the size of networks and histories. */
#include "config.h"
#include "sweep/fault.h"
#include "sweep/replace.h"
#include "sweep/store_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TRIALS, TIMING, HISTORY, FAILURES, BASELINES, PROVENANCE, TABLES };

typedef struct writer {
    const sweep_store_input *in;
    sweep_table table[TABLES];
    sweep_candidate *candidate; /* [in->n]; owned */
    bool *keep, *absent;        /* [in->n]; owned */
    size_t rows, epochs;        /* rows: without the absent ones */
    size_t baselines;
    sweep_store_sets sets;
    bool counted;               /* the first walk is over */
    hid_t file, trials;         /* trials: the group /trial */
} writer;

typedef lut_status (*result_fn)(writer *w, size_t i, const sweep_result *r,
                                lut_err *err);

static void init_tables(writer *w)
{
    sweep_store_trials(&w->table[TRIALS]);
    sweep_store_timing(&w->table[TIMING]);
    sweep_store_history(&w->table[HISTORY]);
    sweep_store_failure(&w->table[FAILURES]);
    sweep_store_baselines(&w->table[BASELINES]);
    sweep_store_runs(&w->table[PROVENANCE]);
}

static lut_status measure(writer *w, size_t i, const sweep_result *r, lut_err *err)
{
    sweep_candidate *c = &w->candidate[i];

    sweep_table_measure(&w->table[TRIALS], &r->row);
    sweep_table_measure(&w->table[TIMING], &r->timing);
    w->epochs += r->nhistory;
    c->has_network = r->has_network;
    c->valid_accuracy = r->row.valid_accuracy;
    c->luts = r->row.luts;
    c->bytes = sweep_store_bytes(r);
    memcpy(c->key, r->row.key, sizeof c->key);
    return sweep_store_note_set(&w->sets, r->row.trial.dataset, err);
}

static lut_status each_result(writer *w, result_fn fn, lut_err *err)
{
    size_t row = 0;

    for (size_t i = 0; i < w->in->n; i++) {
        sweep_result r;
        lut_status st;

        if (w->absent[i])
            continue;
        st = w->in->get(w->in->arg, i, &r, err);
        if (st == LUT_ENOENT && !w->counted) {
            w->absent[i] = true;
            continue;
        }
        if (st != LUT_OK)
            return st;
        st = fn(w, row++, &r, err);
        sweep_result_fini(&r);
        if (st != LUT_OK)
            return st;
    }
    w->rows = row;
    return LUT_OK;
}

static lut_status plan(writer *w, lut_err *err)
{
    const sweep_store_input *in = w->in;

    w->candidate = calloc(in->n ? in->n : 1, sizeof *w->candidate);
    w->keep = calloc(in->n ? in->n : 1, sizeof *w->keep);
    w->absent = calloc(in->n ? in->n : 1, sizeof *w->absent);
    if (!w->candidate || !w->keep || !w->absent)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu rows", in->n);
    init_tables(w);
    LUT_TRY(each_result(w, measure, err));
    w->counted = true;
    for (size_t i = 0; i < in->nfailures; i++)
        sweep_table_measure(&w->table[FAILURES], &in->failure[i]);
    for (size_t i = 0; i < in->nprovenance; i++)
        sweep_table_measure(&w->table[PROVENANCE], &in->provenance[i]);
    w->baselines =
        sweep_store_measure_baselines(&w->table[BASELINES], &w->sets, in->baselines);
    return sweep_store_keep(w->keep, w->candidate, w->rows, in->keep, err);
}

static const char doc[] =
    "Results of a lutsweep sweep.  /trials: a row per trial, configuration and "
    "results; "
    "/timing: the same rows, what differs from run to run; /history: epochs; /columns: "
    "every column with unit and meaning; /trial/<key>: the networks that were kept.  "
    "Python: pandas.read_hdf(FILE, \"trials\"), or with h5py df = "
    "pandas.DataFrame(f[\"trials\"][:]).apply(lambda c: c.str.decode(\"utf-8\") if "
    "c.dtype "
    "== object else c).";

static lut_status put_root(writer *w, lut_err *err)
{
    char now[24];
    time_t t = time(NULL);
    struct tm utc;

    strftime(now, sizeof now, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&t, &utc));
    LUT_TRY(sweep_h5_put_note(w->file, "format", SWEEP_STORE_FORMAT, err));
    LUT_TRY(sweep_h5_put_number(w->file, "format_version", SWEEP_STORE_VERSION, err));
    LUT_TRY(sweep_h5_put_note(w->file, "program_version", PACKAGE_VERSION, err));
    LUT_TRY(sweep_h5_put_note(w->file, "created", now, err));
    LUT_TRY(sweep_h5_put_note(w->file, "sweep_name", w->in->name, err));
    LUT_TRY(sweep_h5_put_note(w->file, "doc", doc, err));
    return sweep_h5_put_text(w->file, "config", w->in->config, err);
}

static lut_status create_tables(writer *w, lut_err *err)
{
    const size_t rows[TABLES] = { [TRIALS] = w->rows,
                                  [TIMING] = w->rows,
                                  [HISTORY] = w->epochs,
                                  [FAILURES] = w->in->nfailures,
                                  [BASELINES] = w->baselines,
                                  [PROVENANCE] = w->in->nprovenance };
    const sweep_table *table[TABLES];

    for (size_t i = 0; i < TABLES; i++) {
        LUT_TRY(sweep_table_create(&w->table[i], w->file, rows[i], err));
        table[i] = &w->table[i];
    }
    LUT_TRY(sweep_store_put_columns(w->file, table, TABLES, err));
    w->trials = sweep_h5_group(w->file, "trial", 0);
    if (w->trials < 0)
        return sweep_h5_fail(err, LUT_EIO, "/trial cannot be created");
    return LUT_OK;
}

static lut_status put_result(writer *w, size_t i, const sweep_result *r, lut_err *err)
{
    LUT_TRY(SWEEP_FAULT_CHECK("merge-write", err));
    LUT_TRY(sweep_table_append(&w->table[TRIALS], &r->row, err));
    LUT_TRY(sweep_table_append(&w->table[TIMING], &r->timing, err));
    for (size_t e = 0; e < r->nhistory; e++) {
        const sweep_store_epoch row = { (uint32_t)i, r->history[e] };

        LUT_TRY(sweep_table_append(&w->table[HISTORY], &row, err));
    }
    return w->keep[i] ? sweep_store_put_trial(w->trials, r, err) : LUT_OK;
}

static lut_status put_all(writer *w, lut_err *err)
{
    const sweep_store_input *in = w->in;

    LUT_TRY(put_root(w, err));
    LUT_TRY(create_tables(w, err));
    LUT_TRY(each_result(w, put_result, err));
    for (size_t i = 0; i < in->nfailures; i++)
        LUT_TRY(sweep_table_append(&w->table[FAILURES], &in->failure[i], err));
    for (size_t i = 0; i < in->nprovenance; i++)
        LUT_TRY(sweep_table_append(&w->table[PROVENANCE], &in->provenance[i], err));
    LUT_TRY(sweep_store_put_baselines(&w->table[BASELINES], &w->sets, in->baselines,
                                      err));
    for (size_t i = 0; i < TABLES; i++)
        LUT_TRY(sweep_table_finish(&w->table[i], err));
    return LUT_OK;
}

/* Fill a file that is open and empty. */
static lut_status fill(writer *w, lut_err *err)
{
    lut_status st = put_all(w, err);

    if (w->trials >= 0)
        H5Gclose(w->trials);
    for (size_t i = 0; i < TABLES; i++)
        sweep_table_fini(&w->table[i]);
    return st;
}

static lut_status write_file(writer *w, const char *path, lut_err *err)
{
    w->file = sweep_h5_create(path);
    if (w->file < 0)
        return sweep_h5_fail(err, LUT_EIO, "cannot be created");
    return sweep_h5_close(w->file, fill(w, err), err);
}

static void dismiss(writer *w)
{
    free(w->candidate);
    free(w->keep);
    free(w->absent);
    free(w->sets.name);
}

lut_status sweep_store_write(const char *path, const sweep_store_input *in,
                             lut_err *err)
{
    writer w = { .in = in, .file = -1, .trials = -1 };
    sweep_replace file = { 0 };
    lut_status st;

    sweep_h5_quiet();
    st = plan(&w, err);
    if (st == LUT_OK)
        st = sweep_replace_begin(&file, path, err);
    if (st == LUT_OK && (st = write_file(&w, file.temp, err)) != LUT_OK)
        lut_err_wrap(err, "%s", path);
    if (st == LUT_OK)
        st = sweep_replace_commit(&file, err);
    sweep_replace_abort(&file);
    dismiss(&w);
    return st;
}

lut_status sweep_store_view(sweep_store **s, const char *path,
                            const sweep_store_input *in, lut_err *err)
{
    writer w = { .in = in, .file = -1, .trials = -1 };
    lut_status st;

    *s = NULL;
    sweep_h5_quiet();
    st = plan(&w, err);
    if (st == LUT_OK) {
        w.file = sweep_h5_memory(path);
        st = w.file < 0 ? sweep_h5_fail(err, LUT_ENOMEM, "no room for a view")
                        : fill(&w, err);
    }
    dismiss(&w);
    if (st == LUT_OK)
        return sweep_store_adopt(s, w.file, path, err);
    if (w.file >= 0)
        H5Fclose(w.file);
    return lut_err_wrap(err, "%s", path);
}
