/* Reading a results file: everything but networks and histories at once. */
#include "sweep/store_impl.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sweep_store {
    bool ours;          /* by signature and format: what is wrong with it is damage */
    hid_t file, trials; /* trials: the group /trial */
    char *name, *config;
    sweep_hardware_rule hw;
    sweep_view view[2]; /* /trials, /timing */
    sweep_view history; /* read when first asked for */
    size_t *first;      /* [rows + 1] row of the history where each trial starts */
    sweep_column *column;
    size_t ncolumns, rows;
    sweep_failure *failure;
    size_t nfailures;
    sweep_provenance *provenance;
    size_t nprovenance;
    sweep_baselines baselines;
};

static lut_status check_format(hid_t file, lut_err *err)
{
    char *format;
    uint64_t version = 0;
    bool ours;

    if (sweep_h5_get_note(file, "format", &format, NULL) != LUT_OK)
        return lut_fail(err, LUT_EFORMAT,
                        "an HDF5 file, but no results file of lutsweep: it has no "
                        "attribute format = \"" SWEEP_STORE_FORMAT "\"");
    ours = strcmp(format, SWEEP_STORE_FORMAT) == 0;
    free(format);
    if (!ours)
        return lut_fail(err, LUT_EFORMAT,
                        "an HDF5 file of another program: its attribute "
                        "format is not \"" SWEEP_STORE_FORMAT "\"");
    LUT_TRY(sweep_h5_get_number(file, "format_version", &version, err));
    if (version < 1 || version > SWEEP_STORE_VERSION)
        return lut_fail(
            err, LUT_EFORMAT,
            "format_version is %llu, this program reads up to %d: use a newer "
            "lutsweep",
            (unsigned long long)version, SWEEP_STORE_VERSION);
    return LUT_OK;
}

/* What HDF5 says of a file that it does not open, in words that help. */
static lut_status check_signature(const char *path, lut_err *err)
{
    if (access(path, R_OK) != 0)
        return lut_fail(err, errno == ENOENT ? LUT_ENOENT : LUT_EIO, "%s",
                        strerror(errno));
    if (H5Fis_hdf5(path) > 0)
        return LUT_OK;
    return lut_fail(err, LUT_EFORMAT, "no HDF5 file, or its start is damaged");
}

static lut_status open_file(sweep_store *s, const char *path, lut_err *err)
{
    LUT_TRY(check_signature(path, err));
    s->file = sweep_h5_open(path);
    s->ours = s->file < 0;
    if (s->file < 0)
        return sweep_h5_fail(err, LUT_EFORMAT, "damaged or cut short, HDF5 refuses it");
    LUT_TRY(check_format(s->file, err));
    s->ours = true;
    return LUT_OK;
}

static lut_status get_word(hid_t file, const char *name, char *out, size_t size,
                           lut_err *err)
{
    char *text;

    LUT_TRY(sweep_h5_get_note(file, name, &text, err));
    snprintf(out, size, "%s", text);
    free(text);
    return LUT_OK;
}

/* Where nothing was emitted there is none. */
static lut_status read_rule(sweep_store *s, lut_err *err)
{
    uint64_t rows;

    if (H5Aexists(s->file, "hw_emit") <= 0)
        return LUT_OK;
    LUT_TRY(get_word(s->file, "hw_emit", s->hw.emit, sizeof s->hw.emit, err));
    LUT_TRY(get_word(s->file, "hw_verify", s->hw.verify, sizeof s->hw.verify, err));
    LUT_TRY(sweep_h5_get_number(s->file, "hw_rows", &rows, err));
    s->hw.rows = rows < UINT32_MAX ? (uint32_t)rows : UINT32_MAX;
    return LUT_OK;
}

static lut_status read_texts(sweep_store *s, lut_err *err)
{
    LUT_TRY(read_rule(s, err));
    LUT_TRY(sweep_h5_get_note(s->file, "sweep_name", &s->name, err));
    LUT_TRY(sweep_h5_get_text(s->file, "config", &s->config, err));
    s->trials = H5Gopen2(s->file, "trial", H5P_DEFAULT);
    if (s->trials < 0)
        return sweep_h5_fail(err, LUT_EFORMAT, "/trial cannot be read");
    return LUT_OK;
}

static lut_status column_text(sweep_column *c, const sweep_view *v, size_t col,
                              lut_err *err)
{
    const size_t size = v->column[col].size + 1;
    char *text;

    c->text = malloc((v->rows ? v->rows : 1) * sizeof *c->text);
    if (!c->text)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    text = malloc((v->rows ? v->rows : 1) * size); /* one block, owned by text[0] */
    if (!text) {
        free(c->text);
        c->text = NULL;
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    }
    c->text[0] = text;
    for (size_t i = 0; i < v->rows; i++) {
        c->text[i] = text + i * size;
        sweep_view_text(v, i, col, c->text[i], size);
    }
    return LUT_OK;
}

static lut_status column_values(sweep_column *c, const sweep_view *v, size_t col,
                                lut_err *err)
{
    memcpy(c->name, v->column[col].name, sizeof c->name);
    c->is_text = v->column[col].is_text;
    if (c->is_text)
        return column_text(c, v, col, err);
    c->number = malloc((v->rows ? v->rows : 1) * sizeof *c->number);
    if (!c->number)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    for (size_t i = 0; i < v->rows; i++)
        c->number[i] = sweep_view_number(v, i, col);
    return LUT_OK;
}

static lut_status build_columns(sweep_store *s, lut_err *err)
{
    s->column = calloc(s->view[0].n + s->view[1].n, sizeof *s->column);
    if (!s->column)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    for (size_t t = 0; t < LUT_COUNT(s->view); t++)
        for (size_t i = 0; i < s->view[t].n; i++)
            LUT_TRY(column_values(&s->column[s->ncolumns++], &s->view[t], i, err));
    return LUT_OK;
}

/* They name groups and files. */
static lut_status check_keys(const sweep_store *s, lut_err *err)
{
    const sweep_column *key = sweep_store_text(s, "key", err);

    if (!key || !sweep_store_text(s, "status", err))
        return lut_err_wrap(err, "/trials");
    for (size_t i = 0; i < s->rows; i++)
        if (!sweep_is_key(key->text[i]))
            return lut_fail(err, LUT_EFORMAT,
                            "/trials: row %zu: key \"%.40s\", want 16 hex digits", i,
                            key->text[i]);
    return LUT_OK;
}

static lut_status read_rows(sweep_store *s, lut_err *err)
{
    LUT_TRY(sweep_view_read(&s->view[0], s->file, "trials", err));
    LUT_TRY(sweep_view_read(&s->view[1], s->file, "timing", err));
    s->rows = s->view[0].rows;
    if (s->view[1].rows != s->rows)
        return lut_fail(err, LUT_EFORMAT, "/timing has %zu rows, /trials %zu",
                        s->view[1].rows, s->rows);
    LUT_TRY(build_columns(s, err));
    return check_keys(s, err);
}

/* Unit and meaning from the file itself: it may be older or newer than the program. */
static lut_status read_docs(sweep_store *s, lut_err *err)
{
    sweep_view v;
    size_t name, unit, doc;

    LUT_TRY(sweep_view_read(&v, s->file, "columns", err));
    name = sweep_view_find(&v, "name");
    unit = sweep_view_find(&v, "unit");
    doc = sweep_view_find(&v, "doc");
    for (size_t i = 0; i < s->ncolumns && i < v.rows; i++) {
        sweep_column *c = &s->column[i]; /* /columns has them in the same order */
        char text[64];

        if (name == SIZE_MAX || unit == SIZE_MAX || doc == SIZE_MAX)
            break;
        sweep_view_text(&v, i, name, text, sizeof text);
        if (strcmp(text, c->name) != 0)
            continue;
        sweep_view_text(&v, i, unit, c->unit, sizeof c->unit);
        sweep_view_text(&v, i, doc, c->doc, sizeof c->doc);
    }
    sweep_view_fini(&v);
    return LUT_OK;
}

/* Rows of a small table as structs of that size; *out is owned (free), also on failure. */
static lut_status read_structs(hid_t file, const sweep_table *t, void **out,
                               size_t size, size_t *n, lut_err *err)
{
    sweep_view v;
    lut_status st = LUT_OK;

    LUT_TRY(sweep_view_read(&v, file, t->name, err));
    *out = calloc(v.rows ? v.rows : 1, size);
    if (!*out)
        st = lut_fail(err, LUT_ENOMEM, "/%s: out of memory", t->name);
    for (size_t i = 0; i < v.rows && st == LUT_OK; i++) {
        *n = i + 1;
        st = sweep_view_row(&v, i, t, (char *)*out + i * size, err);
    }
    sweep_view_fini(&v);
    return st;
}

static lut_status read_runs(sweep_store *s, lut_err *err)
{
    sweep_table failure, runs;
    void *rows = NULL;
    lut_status st;

    sweep_store_failure(&failure);
    sweep_store_runs(&runs);
    st = read_structs(s->file, &failure, &rows, sizeof *s->failure, &s->nfailures, err);
    s->failure = rows;
    rows = NULL;
    if (st == LUT_OK)
        st = read_structs(s->file, &runs, &rows, sizeof *s->provenance, &s->nprovenance,
                          err);
    s->provenance = rows;
    for (size_t i = 0; i < s->nprovenance; i++)
        if (!(s->provenance[i].memory > 0)) /* a file without the column */
            s->provenance[i].memory = (double)NAN;
    return st;
}

static lut_status read_all(sweep_store *s, lut_err *err)
{
    LUT_TRY(read_texts(s, err));
    LUT_TRY(read_rows(s, err));
    LUT_TRY(read_docs(s, err));
    LUT_TRY(read_runs(s, err));
    return sweep_store_get_baselines(&s->baselines, s->file, err);
}

/* A damaged file is never overwritten; how its rows come back. */
static void advise(const char *path, lut_err *err)
{
    size_t used;
    char *folder;

    if (!err || asprintf(&folder, "%s.run", path) < 0)
        return;
    used = strlen(err->text);
    if (access(folder, F_OK) == 0)
        snprintf(err->text + used, sizeof err->text - used,
                 "; move it away and make it again: lutsweep --merge %s", path);
    else
        snprintf(err->text + used, sizeof err->text - used,
                 "; take a copy of it, or move it away and run the sweep again");
    free(folder);
}

static sweep_store *new_store(void)
{
    sweep_store *s = calloc(1, sizeof *s);

    if (s)
        s->file = s->trials = -1;
    return s;
}

/* *s: what came of opening it with that status. */
static lut_status opened(sweep_store **s, const char *path, lut_status st, lut_err *err)
{
    if (st == LUT_OK)
        return st;
    lut_err_wrap(err, "%s", path);
    if (st == LUT_EFORMAT && (*s)->ours)
        advise(path, err);
    sweep_store_close(*s);
    *s = NULL;
    return st;
}

lut_status sweep_store_open(sweep_store **s, const char *path, lut_err *err)
{
    lut_status st;

    *s = new_store();
    if (!*s)
        return lut_fail(err, LUT_ENOMEM, "%s: out of memory", path);
    sweep_h5_quiet();
    st = open_file(*s, path, err);
    if (st == LUT_OK)
        st = read_all(*s, err);
    return opened(s, path, st, err);
}

lut_status sweep_store_adopt(sweep_store **s, hid_t file, const char *path,
                             lut_err *err)
{
    *s = new_store();
    if (!*s) {
        H5Fclose(file);
        return lut_fail(err, LUT_ENOMEM, "%s: out of memory", path);
    }
    (*s)->file = file;
    return opened(s, path, read_all(*s, err), err);
}

void sweep_store_close(sweep_store *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->ncolumns; i++) {
        if (s->column[i].text)
            free(s->column[i].text[0]);
        free(s->column[i].text);
        free(s->column[i].number);
    }
    for (size_t i = 0; i < s->nprovenance; i++) {
        free(s->provenance[i].digests);
        free(s->provenance[i].command);
        free(s->provenance[i].config);
    }
    free(s->column);
    free(s->failure);
    free(s->provenance);
    sweep_baselines_fini(&s->baselines);
    free(s->first);
    free(s->name);
    free(s->config);
    sweep_view_fini(&s->view[0]);
    sweep_view_fini(&s->view[1]);
    sweep_view_fini(&s->history);
    if (s->trials >= 0)
        H5Gclose(s->trials);
    if (s->file >= 0)
        H5Fclose(s->file);
    free(s);
}

size_t sweep_store_rows(const sweep_store *s)
{
    return s->rows;
}

const char *sweep_store_name(const sweep_store *s)
{
    return s->name;
}

const sweep_hardware_rule *sweep_store_hardware(const sweep_store *s)
{
    return &s->hw;
}

const char *sweep_store_config(const sweep_store *s)
{
    return s->config;
}

const sweep_column *sweep_store_columns(const sweep_store *s, size_t *n)
{
    *n = s->ncolumns;
    return s->column;
}

const sweep_column *sweep_store_find(const sweep_store *s, const char *name)
{
    for (size_t i = 0; i < s->ncolumns; i++)
        if (strcmp(s->column[i].name, name) == 0)
            return &s->column[i];
    return NULL;
}

const sweep_column *sweep_store_text(const sweep_store *s, const char *name,
                                     lut_err *err)
{
    const sweep_column *c = sweep_store_find(s, name);

    if (c && c->is_text)
        return c;
    lut_fail(err, LUT_EFORMAT, "results file without a text column %s", name);
    return NULL;
}

const sweep_failure *sweep_store_failures(const sweep_store *s, size_t *n)
{
    *n = s->nfailures;
    return s->failure;
}

const sweep_provenance *sweep_store_provenance(const sweep_store *s, size_t *n)
{
    *n = s->nprovenance;
    return s->provenance;
}

const sweep_baselines *sweep_store_published(const sweep_store *s)
{
    return &s->baselines;
}

/* Where each trial's epochs start; they stand in the order of the rows. */
static lut_status index_history(sweep_store *s, lut_err *err)
{
    size_t col = sweep_view_find(&s->history, "trial"), at = 0;

    s->first = calloc(s->rows + 1, sizeof *s->first);
    if (!s->first)
        return lut_fail(err, LUT_ENOMEM, "/history: out of memory");
    for (size_t i = 0; i < s->rows; i++) {
        s->first[i] = at;
        while (col != SIZE_MAX && at < s->history.rows &&
               fabs(sweep_view_number(&s->history, at, col) - (double)i) < 0.5)
            at++;
    }
    s->first[s->rows] = at;
    if (at == s->history.rows)
        return LUT_OK;
    free(s->first);
    s->first = NULL;
    return lut_fail(err, LUT_EFORMAT,
                    "/history: row %zu is not in the order of /trials", at);
}

static lut_status get_history(sweep_store *s, size_t i, sweep_result *out, lut_err *err)
{
    sweep_table history;
    size_t n;

    if (!s->history.column)
        LUT_TRY(sweep_view_read(&s->history, s->file, "history", err));
    if (!s->first)
        LUT_TRY(index_history(s, err));
    n = s->first[i + 1] - s->first[i];
    if (n == 0)
        return LUT_OK;
    out->history = calloc(n, sizeof *out->history);
    if (!out->history)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    out->nhistory = n;
    sweep_store_history(&history);
    for (size_t e = 0; e < n; e++) {
        sweep_store_epoch row = { 0 };
        size_t nfields;
        const lut_field *field = sweep_epoch_fields(&nfields);

        lut_fields_default(field, nfields, &row.epoch);
        LUT_TRY(sweep_view_row(&s->history, s->first[i] + e, &history, &row, err));
        out->history[e] = row.epoch;
    }
    return LUT_OK;
}

static lut_status get_row(sweep_store *s, size_t i, sweep_result *out, lut_err *err)
{
    sweep_table trials, timing;
    bool kept;

    sweep_store_trials(&trials);
    sweep_store_timing(&timing);
    LUT_TRY(sweep_view_row(&s->view[0], i, &trials, &out->row, err));
    LUT_TRY(sweep_view_row(&s->view[1], i, &timing, &out->timing, err));
    LUT_TRY(get_history(s, i, out, err));
    if (!out->row.key[0])
        return LUT_OK;
    LUT_TRY(sweep_h5_exists(s->trials, out->row.key, &kept, err));
    return kept ? sweep_store_get_trial(s->trials, out, err) : LUT_OK;
}

lut_status sweep_store_epochs(sweep_store *s, size_t i, sweep_result *out, lut_err *err)
{
    sweep_result_init(out);
    if (i >= s->rows)
        return lut_fail(err, LUT_EINVAL, "row %zu of %zu", i, s->rows);
    return get_history(s, i, out, err);
}

lut_status sweep_store_get(sweep_store *s, size_t i, sweep_result *out, lut_err *err)
{
    lut_status st;

    sweep_result_init(out);
    if (i >= s->rows)
        return lut_fail(err, LUT_EINVAL, "row %zu of %zu", i, s->rows);
    st = get_row(s, i, out, err);
    if (st == LUT_OK)
        sweep_result_complete(out);
    else
        sweep_result_fini(out);
    return st;
}

static const char *key_of(const sweep_store *s, size_t i)
{
    const sweep_column *key = sweep_store_find(s, "key");

    return key && key->text && i < s->rows ? key->text[i] : "";
}

bool sweep_store_has_network(const sweep_store *s, size_t i)
{
    const char *key = key_of(s, i);
    bool kept = false;

    return key[0] && sweep_h5_exists(s->trials, key, &kept, NULL) == LUT_OK && kept;
}

lut_status sweep_store_trial_config(const sweep_store *s, size_t i, char **text,
                                    lut_err *err)
{
    char name[SWEEP_KEY + 8];

    snprintf(name, sizeof name, "%.16s/config", key_of(s, i));
    return sweep_h5_get_text(s->trials, name, text, err);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

lut_status sweep_store_networks(const sweep_store *s, char (**name)[SWEEP_NETWORK],
                                size_t *n, lut_err *err)
{
    H5G_info_t info;

    *name = NULL;
    *n = 0;
    if (H5Gget_info(s->trials, &info) < 0)
        return sweep_h5_fail(err, LUT_EFORMAT, "/trial cannot be read");
    *name = calloc((size_t)info.nlinks + 1, sizeof **name);
    if (!*name)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu names",
                        (size_t)info.nlinks);
    for (; *n < info.nlinks; ++*n)
        if (H5Lget_name_by_idx(s->trials, ".", H5_INDEX_NAME, H5_ITER_INC, *n,
                               (*name)[*n], sizeof **name, H5P_DEFAULT) < 0) {
            free(*name);
            *name = NULL;
            return sweep_h5_fail(err, LUT_EFORMAT, "/trial: a name cannot be read");
        }
    if (*n)
        qsort(*name, *n, sizeof **name, by_name);
    return LUT_OK;
}
