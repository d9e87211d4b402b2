#include "analysis/labelled.h"
#include "analysis/report.h"
#include "lib/base/log.h"
#include "sweep/replace.h"
#include "sweep/store_netcdf.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TRIAL, EPOCH, CLASS };      /* dimensions */
enum { BLOCK = 64, HISTORY = 16 }; /* rows written at a time; columns of a history */

typedef struct writer {
    const report_data *d;
    const size_t *row; /* [n] of d */
    size_t n;
    sweep_netcdf *file;
    size_t epochs, classes; /* the most of any row */
    const lut_field *field; /* [nfields] of a history; the first is its epoch */
    size_t nfields;
    size_t history[HISTORY], class; /* tables of the file */
    double *block; /* [BLOCK][nfields][epochs], then [BLOCK][classes] */
} writer;

/* ---- columns ---- */

/* The format's names have no points. */
static void plain_name(char out[80], const char *name)
{
    snprintf(out, 80, "%s", name);
    for (char *p = out; *p; p++)
        if (*p == '.' || *p == '-' || *p == ' ')
            *p = '_';
}

static lut_status put_column(writer *w, size_t col, const report_column *c, void *room,
                             lut_err *err)
{
    char name[80];
    const sweep_netcdf_name what = { name, c->unit, c->doc };
    const char **text = room;
    double *number = room;

    plain_name(name, c->name);
    for (size_t i = 0; i < w->n; i++) {
        const sweep_value v = report_data_value(w->d, w->row[i], col);

        if (c->is_text)
            text[i] = v.text;
        else
            number[i] = v.number;
    }
    return c->is_text ? sweep_netcdf_texts(w->file, &what, TRIAL, text, err)
                      : sweep_netcdf_numbers(w->file, &what, TRIAL, number, err);
}

static lut_status put_columns(writer *w, lut_err *err)
{
    size_t n;
    const report_column *c = report_data_columns(w->d, &n);
    void *room = malloc(
        w->n * (sizeof(double) > sizeof(char *) ? sizeof(double) : sizeof(char *)));
    lut_status st =
        room ? LUT_OK : lut_fail(err, LUT_ENOMEM, "no memory for %zu rows", w->n);

    for (size_t i = 0; i < n && st == LUT_OK; i++)
        st = put_column(w, i, &c[i], room, err);
    free(room);
    return st;
}

/* ---- histories and classes ---- */

static lut_status measure(writer *w, lut_err *err)
{
    for (size_t i = 0; i < w->n; i++) {
        sweep_result r;

        LUT_TRY(report_data_result(w->d, w->row[i], &r, err));
        w->epochs = r.nhistory > w->epochs ? r.nhistory : w->epochs;
        if (r.has_network && r.classes > w->classes)
            w->classes = r.classes;
        sweep_result_fini(&r);
    }
    return LUT_OK;
}

static lut_status put_dimension(writer *w, const char *name, const char *doc, size_t n,
                                double first, lut_err *err)
{
    const sweep_netcdf_name what = { name, "", doc };
    double *v = malloc(n * sizeof *v);
    lut_status st;

    if (!v)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu numbers", n);
    for (size_t i = 0; i < n; i++)
        v[i] = first + (double)i;
    st = sweep_netcdf_dimension(w->file, &what, n, v, err);
    free(v);
    return st;
}

/* A dimension that nothing lies along is not there; classes come behind epochs. */
static lut_status put_dimensions(writer *w, lut_err *err)
{
    const sweep_netcdf_name trial = { "trial", "", "row of the selection" };

    LUT_TRY(sweep_netcdf_dimension(w->file, &trial, w->n, NULL, err));
    w->epochs += !w->epochs;
    w->classes += !w->classes;
    LUT_TRY(put_dimension(w, "epoch", "epoch of training, from 1", w->epochs, 1, err));
    return put_dimension(w, "class", "class of the data set, from 0", w->classes, 0,
                         err);
}

static lut_status make_tables(writer *w, lut_err *err)
{
    const sweep_netcdf_name class = { "class_accuracy", "percent",
                                      "test rows of a class that are predicted right, "
                                      "discrete network; missing without a network" };

    for (size_t i = 1; i < w->nfields; i++) {
        char name[96];
        const sweep_netcdf_name what = { name, w->field[i].unit, w->field[i].doc };

        snprintf(name, sizeof name, "history_%s", w->field[i].name);
        LUT_TRY(sweep_netcdf_table(w->file, &what, TRIAL, EPOCH, BLOCK, &w->history[i],
                                   err));
    }
    return sweep_netcdf_table(w->file, &class, TRIAL, CLASS, BLOCK, &w->class, err);
}

/* Row `at` of a block; in front of the call all of it is NaN. */
static void fill_history(writer *w, size_t at, const sweep_result *r)
{
    for (size_t i = 1; i < w->nfields; i++)
        for (size_t e = 0; e < r->nhistory; e++)
            w->block[(i * BLOCK + at) * w->epochs + e] =
                lut_field_number(&w->field[i], &r->history[e]);
}

static void fill_classes(writer *w, size_t at, const sweep_result *r)
{
    double *out = w->block + w->nfields * BLOCK * w->epochs + at * w->classes;

    for (uint32_t c = 0; r->has_network && c < r->classes; c++) {
        double rows = 0;

        for (uint32_t p = 0; p < r->classes; p++)
            rows += r->confusion[c * r->classes + p];
        if (rows > 0)
            out[c] = 100.0 * r->confusion[c * r->classes + c] / rows;
    }
}

static lut_status put_block(writer *w, size_t first, size_t rows, lut_err *err)
{
    const size_t cells = w->nfields * BLOCK * w->epochs;

    for (size_t i = 0; i < cells + BLOCK * w->classes; i++)
        w->block[i] = (double)NAN;
    for (size_t i = 0; i < rows; i++) {
        sweep_result r;

        LUT_TRY(report_data_result(w->d, w->row[first + i], &r, err));
        fill_history(w, i, &r);
        fill_classes(w, i, &r);
        sweep_result_fini(&r);
    }
    for (size_t i = 1; i < w->nfields; i++)
        LUT_TRY(sweep_netcdf_put(w->file, w->history[i], first, rows,
                                 w->block + i * BLOCK * w->epochs, err));
    return sweep_netcdf_put(w->file, w->class, first, rows, w->block + cells, err);
}

static lut_status put_tables(writer *w, lut_err *err)
{
    lut_status st = make_tables(w, err);

    w->block = malloc((w->nfields * w->epochs + w->classes) * BLOCK * sizeof *w->block);
    if (!w->block)
        st = lut_fail(err, LUT_ENOMEM, "no memory for %zu epochs", w->epochs);
    for (size_t at = 0; at < w->n && st == LUT_OK; at += BLOCK)
        st = put_block(w, at, w->n - at < BLOCK ? w->n - at : BLOCK, err);
    free(w->block);
    return st;
}

/* ---- the file ---- */

static lut_status put_notes(writer *w, const char *origin, lut_err *err)
{
    LUT_TRY(sweep_netcdf_note(w->file, "Conventions", "CF-1.8", err));
    LUT_TRY(sweep_netcdf_note(w->file, "title",
                              sweep_store_name(report_data_store(w->d, 0)), err));
    return sweep_netcdf_note(w->file, "history", origin, err);
}

static lut_status fill(writer *w, const char *origin, lut_err *err)
{
    LUT_TRY(put_notes(w, origin, err));
    LUT_TRY(put_dimensions(w, err));
    LUT_TRY(put_columns(w, err));
    return put_tables(w, err);
}

static lut_status write_file(writer *w, const char *path, const char *origin,
                             lut_err *err)
{
    sweep_replace file = { 0 };
    lut_status st;

    w->field = sweep_epoch_fields(&w->nfields);
    if (w->nfields > HISTORY)
        w->nfields = HISTORY;
    LUT_TRY(measure(w, err));
    LUT_TRY(sweep_replace_begin(&file, path, err));
    st = sweep_netcdf_create(&w->file, file.temp, err);
    if (st == LUT_OK)
        st = fill(w, origin, err);
    st = sweep_netcdf_close(w->file, st, err);
    if (st != LUT_OK)
        lut_err_wrap(err, "%s", path);
    else
        st = sweep_replace_commit(&file, err);
    sweep_replace_abort(&file);
    return st;
}

lut_status report_labelled(const char *path, const report_data *d, const char *where,
                           const char *origin, lut_err *err)
{
    writer w = { .d = d };
    size_t *row, twice;
    lut_status st;

    LUT_TRY(report_choose(&row, &w.n, &twice, d, where, err));
    if (twice)
        lut_log(LUT_WARN, "left out: %zu trials that are in another file too", twice);
    w.row = row;
    st = w.n ? write_file(&w, path, origin, err)
             : lut_fail(err, LUT_EINVAL, "%s: no trials to be written", path);
    free(row);
    return st;
}
