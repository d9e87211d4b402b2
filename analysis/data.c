#include "analysis/data.h"
#include "analysis/options.h"
#include "lib/base/check.h"
#include "sweep/guess.h"
#include "sweep/merge.h"
#include "sweep/options.h"
#include "sweep/survey.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct source {
    char *path;
    sweep_state state;
    sweep_store *store;
    bool in_memory;             /* the store is not that file, or not that alone */
    char progress[200];         /* of a sweep that is not finished, or "" */
    const sweep_column *column; /* of the store */
    size_t first, rows;
    size_t *map;    /* [columns of all] index into column, SIZE_MAX: it has none */
    char **options; /* [rows] cut; NULL: the file has no such column */
} source;

struct report_data {
    source *file;
    size_t nfiles, rows;
    report_column *column;
    size_t ncolumns;
};

lut_status report_data_create(report_data **d, lut_err *err)
{
    *d = calloc(1, sizeof **d);
    return *d ? LUT_OK : lut_fail(err, LUT_ENOMEM, "out of memory");
}

void report_data_destroy(report_data *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->nfiles; i++) {
        for (size_t row = 0; d->file[i].options && row < d->file[i].rows; row++)
            free(d->file[i].options[row]);
        free(d->file[i].options);
        free(d->file[i].path);
        free(d->file[i].map);
        sweep_store_close(d->file[i].store);
    }
    free(d->file);
    free(d->column);
    free(d);
}

/* Columns that only name files: they have no place in a store. */
static bool is_file_column(const report_data *d, size_t col)
{
    return d->nfiles > 1 && col == 0;
}

static lut_status add_column(report_data *d, const report_column *c, lut_err *err)
{
    report_column *more = realloc(d->column, (d->ncolumns + 1) * sizeof *more);

    if (!more)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    d->column = more;
    d->column[d->ncolumns++] = *c;
    return LUT_OK;
}

static lut_status add_missing_columns(report_data *d, const source *s, lut_err *err)
{
    size_t n;

    sweep_store_columns(s->store, &n);
    for (size_t i = 0; i < n; i++) {
        const sweep_column *c = &s->column[i];
        report_column new = { .is_text = c->is_text };
        size_t at = report_data_find(d, c->name);

        if (at != SIZE_MAX && d->column[at].is_text != c->is_text)
            return lut_fail(err, LUT_EFORMAT, "%s: column %s is %s, in %s it is not",
                            s->path, c->name, c->is_text ? "text" : "a number",
                            d->file[0].path);
        if (at != SIZE_MAX)
            continue;
        memcpy(new.name, c->name, sizeof new.name);
        memcpy(new.unit, c->unit, sizeof new.unit);
        memcpy(new.doc, c->doc, sizeof new.doc);
        LUT_TRY(add_column(d, &new, err));
    }
    return LUT_OK;
}

static lut_status map_columns(report_data *d, source *s, lut_err *err)
{
    size_t n;

    sweep_store_columns(s->store, &n);
    free(s->map);
    s->map = malloc((d->ncolumns + 1) * sizeof *s->map);
    if (!s->map)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    for (size_t i = 0; i < d->ncolumns; i++) {
        s->map[i] = SIZE_MAX;
        for (size_t j = 0; j < n && !is_file_column(d, i); j++)
            if (strcmp(s->column[j].name, d->column[i].name) == 0)
                s->map[i] = j;
    }
    return LUT_OK;
}

/* ---- options ---- */

static lut_status cut_options(source *s, lut_err *err)
{
    const sweep_column *c = sweep_store_find(s->store, "options");

    if (!c || !c->is_text)
        return LUT_OK;
    s->options = calloc(s->rows + 1, sizeof *s->options);
    if (!s->options)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    for (size_t row = 0; row < s->rows; row++) {
        s->options[row] = report_options_cut(c->text[row]);
        if (!s->options[row])
            return lut_fail(err, LUT_ENOMEM, "out of memory");
    }
    return LUT_OK;
}

/* Meaning and unit as this version knows them: files hold the options' text alone. */
static lut_status add_option_column(report_data *d, const char *name, lut_err *err)
{
    const lut_field *f = sweep_option_find(name);
    report_column c = { .is_option = true };

    snprintf(c.name, sizeof c.name, "%s", name);
    snprintf(c.unit, sizeof c.unit, "%s", f ? f->unit : "");
    snprintf(c.doc, sizeof c.doc, "%s", f ? f->doc : "option of a plug-in");
    return add_column(d, &c, err);
}

/* One value that is no number makes the column text. */
static lut_status note_option(report_data *d, const report_option *o, lut_err *err)
{
    size_t at = report_data_find(d, o->name);
    double number;

    if (strlen(o->name) >= sizeof d->column->name)
        return LUT_OK;
    if (at == SIZE_MAX) {
        at = d->ncolumns;
        LUT_TRY(add_option_column(d, o->name, err));
    }
    if (d->column[at].is_option && !report_options_number(&number, o->value))
        d->column[at].is_text = true;
    return LUT_OK;
}

static lut_status add_options(report_data *d, source *s, lut_err *err)
{
    const sweep_column *c = sweep_store_find(s->store, "options");

    LUT_TRY(cut_options(s, err));
    for (size_t row = 0; s->options && row < s->rows; row++) {
        const char *at = s->options[row];
        report_option o;

        /* Neighbours are mostly alike. */
        if (row && strcmp(c->text[row], c->text[row - 1]) == 0)
            continue;
        while (report_options_next(&o, &at))
            LUT_TRY(note_option(d, &o, err));
    }
    return LUT_OK;
}

static sweep_value option_value(const source *s, size_t row, const report_column *c)
{
    const char *text = s->options ? report_options_get(s->options[row], c->name) : "";
    double number;

    if (c->is_text)
        return (sweep_value){ .text = text };
    if (!report_options_number(&number, text))
        number = (double)NAN;
    return (sweep_value){ .number = number };
}

/* ---- what follows from others ---- */

static bool is_number(const report_data *d, const char *name)
{
    const size_t at = report_data_find(d, name);

    return at != SIZE_MAX && !d->column[at].is_text;
}

static lut_status add_derived(report_data *d, lut_err *err)
{
    for (const report_derived *f = report_derived_columns; f->name; f++) {
        report_column c = { .derived = f };

        if (report_data_find(d, f->name) != SIZE_MAX || !is_number(d, f->of[0]) ||
            !is_number(d, f->of[1]))
            continue;
        snprintf(c.name, sizeof c.name, "%s", f->name);
        snprintf(c.unit, sizeof c.unit, "%s", f->unit);
        snprintf(c.doc, sizeof c.doc, "%s", f->doc);
        LUT_TRY(add_column(d, &c, err));
    }
    return LUT_OK;
}

static double derived_value(const report_data *d, size_t row, const report_derived *f)
{
    const size_t a = report_data_find(d, f->of[0]), b = report_data_find(d, f->of[1]);

    return f->fn(report_data_value(d, row, a).number,
                 report_data_value(d, row, b).number);
}

/* ---- files ---- */

/* What a folder beside the file has that the file has not yet counts as well. */
static lut_status open_unmerged(source *s, lut_err *err)
{
    sweep_survey v;
    sweep_merged merged;
    lut_status st;

    LUT_TRY(sweep_survey_make(&v, s->path, err));
    sweep_survey_line(&v, s->progress, sizeof s->progress);
    s->in_memory = v.unmerged || !v.has_file;
    st = s->in_memory ? sweep_merge_view(&s->store, &merged, s->path, err)
                      : sweep_store_open(&s->store, s->path, err);
    sweep_survey_fini(&v);
    return st;
}

static lut_status open_source(source *s, const char *path, lut_err *err)
{
    size_t n;

    *s = (source){ .path = strdup(path) };
    if (!s->path)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    LUT_TRY(sweep_state_name(&s->state, path, err));
    LUT_TRY(sweep_state_exists(&s->state) ? open_unmerged(s, err)
                                          : sweep_store_open(&s->store, path, err));
    s->column = sweep_store_columns(s->store, &n);
    s->rows = sweep_store_rows(s->store);
    return LUT_OK;
}

/* Its trials would count twice. */
static lut_status refuse_twice(const report_data *d, const source *s, lut_err *err)
{
    for (const source *other = d->file; other < s; other++)
        if (sweep_state_same(&other->state, &s->state))
            return lut_fail(err, LUT_EINVAL, "%s: the same file was given before",
                            s->path);
    return LUT_OK;
}

static lut_status put_file_column(report_data *d, lut_err *err)
{
    static const report_column file = { .name = "file",
                                        .doc = "results file",
                                        .is_text = true };

    LUT_TRY(add_column(d, &file, err));
    memmove(d->column + 1, d->column, (d->ncolumns - 1) * sizeof *d->column);
    d->column[0] = file;
    return LUT_OK;
}

lut_status report_data_add(report_data *d, const char *path, lut_err *err)
{
    source *more = realloc(d->file, (d->nfiles + 1) * sizeof *more), *s;

    if (!more)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    d->file = more;
    s = &d->file[d->nfiles++];
    LUT_TRY(open_source(s, path, err));
    LUT_TRY(refuse_twice(d, s, err));
    s->first = d->rows;
    if (d->nfiles == 2)
        LUT_TRY(put_file_column(d, err));
    LUT_TRY(add_missing_columns(d, s, err));
    LUT_TRY(add_options(d, s, err));
    LUT_TRY(add_derived(d, err));
    for (size_t i = 0; i < d->nfiles; i++)
        LUT_TRY(map_columns(d, &d->file[i], err));
    d->rows += s->rows;
    return LUT_OK;
}

size_t report_data_rows(const report_data *d)
{
    return d->rows;
}

size_t report_data_files(const report_data *d)
{
    return d->nfiles;
}

const char *report_data_path(const report_data *d, size_t file)
{
    LUT_CHECK(file < d->nfiles);
    return d->file[file].path;
}

const char *report_data_progress(const report_data *d, size_t file)
{
    LUT_CHECK(file < d->nfiles);
    return d->file[file].progress;
}

bool report_data_in_memory(const report_data *d, size_t file)
{
    LUT_CHECK(file < d->nfiles);
    return d->file[file].in_memory;
}

sweep_store *report_data_store(const report_data *d, size_t file)
{
    LUT_CHECK(file < d->nfiles);
    return d->file[file].store;
}

const report_column *report_data_columns(const report_data *d, size_t *n)
{
    *n = d->ncolumns;
    return d->column;
}

size_t report_data_find(const report_data *d, const char *name)
{
    for (size_t i = 0; i < d->ncolumns; i++)
        if (strcmp(d->column[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

lut_status report_data_column(const report_data *d, size_t *col, const char *option,
                              const char *name, lut_err *err)
{
    sweep_guess guess = sweep_guess_start(name);

    *col = report_data_find(d, name);
    if (*col != SIZE_MAX)
        return LUT_OK;
    for (size_t i = 0; i < d->ncolumns; i++)
        sweep_guess_offer(&guess, d->column[i].name);
    if (guess.best[0])
        return lut_fail(err, LUT_ENOENT, "%s: no column %s (did you mean %s?)", option,
                        name, guess.best);
    return lut_fail(err, LUT_ENOENT,
                    "%s: no column %s (h5dump -d /columns %s lists all of them)",
                    option, name, d->nfiles ? d->file[0].path : "FILE");
}

sweep_value report_data_value(const report_data *d, size_t row, size_t col)
{
    const source *s = d->file;
    const bool is_text = d->column[col].is_text;
    size_t at;

    LUT_CHECK(row < d->rows && col < d->ncolumns);
    while (row >= s->first + s->rows)
        s++;
    if (is_file_column(d, col))
        return (sweep_value){ .text = s->path };
    if (d->column[col].derived)
        return (sweep_value){ .number = derived_value(d, row, d->column[col].derived) };
    if (d->column[col].is_option)
        return option_value(s, row - s->first, &d->column[col]);
    at = s->map[col];
    if (at == SIZE_MAX)
        return (sweep_value){ .number = (double)NAN, .text = is_text ? "" : NULL };
    if (is_text)
        return (sweep_value){ .text = s->column[at].text[row - s->first] };
    return (sweep_value){ .number = s->column[at].number[row - s->first] };
}

size_t report_data_file(const report_data *d, size_t row)
{
    size_t file = 0;

    LUT_CHECK(row < d->rows);
    while (row >= d->file[file].first + d->file[file].rows)
        file++;
    return file;
}

lut_status report_data_result(const report_data *d, size_t row, sweep_result *out,
                              lut_err *err)
{
    const source *s = &d->file[report_data_file(d, row)];

    return sweep_store_get(s->store, row - s->first, out, err);
}

lut_status report_data_epochs(const report_data *d, size_t row, sweep_result *out,
                              lut_err *err)
{
    const source *s = &d->file[report_data_file(d, row)];

    return sweep_store_epochs(s->store, row - s->first, out, err);
}

bool report_data_has_network(const report_data *d, size_t row)
{
    const source *s = &d->file[report_data_file(d, row)];

    return sweep_store_has_network(s->store, row - s->first);
}

