/* Text files of numbers and categories, a row a line. */
#include "lib/data/cut.h"
#include "lib/data/dataset.h"
#include "lib/data/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct csv_cfg {
    char train[128], test[128], label[8], classes[512], categorical[64], drop[64];
    char missing[16], mark[16], header[8], separator[16], comment[16], trim[8];
    uint32_t bins, train_rows, test_seed;
    double test_share;
} csv_cfg;

static const lut_field csv_fields[] = {
    LUT_OPTION_TEXT(csv_cfg, train, NULL, "-", "file of the training part"),
    LUT_OPTION_TEXT(csv_cfg, test, NULL, "-",
                    "file of the test part; -: cut from the training file"),
    LUT_OPTION_TEXT(csv_cfg, label, NULL, "last", TABLE_LABEL_DOC),
    LUT_OPTION_TEXT(
        csv_cfg, classes, NULL, "number",
        "classes are a number 0, 1, ...; text, those of the training file in the "
        "order of the bytes; or "
        "a list \"a,b|c,*\" (b and c are one class, * is any other text)"),
    LUT_OPTION_TEXT(
        csv_cfg, categorical, NULL, "none",
        "columns of texts, which become a feature 0 or 1 for each value in "
        "the training file: none, auto (a cell is no number), or a list 2,4-6"),
    LUT_OPTION_U32(
        csv_cfg, bins, "", 0, TABLE_CUTS, "0",
        "cut columns of numbers at so many quantiles of the training part, each a "
        "feature 0 or 1; 0: keep the numbers"),
    LUT_OPTION_TEXT(csv_cfg, drop, NULL, "none", TABLE_DROP_DOC),
    LUT_OPTION_TEXT(csv_cfg, missing, TABLE_MISSING, "refuse", TABLE_MISSING_DOC),
    LUT_OPTION_TEXT(csv_cfg, mark, NULL, "?", "a missing cell, as is an empty one"),
    LUT_OPTION_TEXT(
        csv_cfg, header, "true|false|auto", "auto",
        "the first line has names; auto: when none of its cells is a number"),
    LUT_OPTION_TEXT(csv_cfg, separator, "comma|semicolon|tab|blank", "comma",
                    "what stands between two cells; blank: any number of blanks"),
    LUT_OPTION_TEXT(csv_cfg, comment, NULL, "none",
                    "lines that start with this are skipped"),
    LUT_OPTION_TEXT(csv_cfg, trim, NULL, "none", "cut off the end of a class"),
    LUT_OPTION_U32(csv_cfg, train_rows, "", 0, UINT32_MAX, "0",
                   "the first rows are the training part, the others the test part"),
    LUT_OPTION_F64(
        csv_cfg, test_share, "", 0, 0.9, "0",
        "share of the rows cut off as test part where there is no test file"),
    LUT_OPTION_U32(csv_cfg, test_seed, "", 0, UINT32_MAX, "1", "seed of that cut"),
};

static text_form form_of(const csv_cfg *cfg)
{
    /* the choices were checked when the options were parsed */
    text_form form = { .separator = cfg->separator[0] == 'c'   ? ','
                                    : cfg->separator[0] == 's' ? ';'
                                    : cfg->separator[0] == 't' ? '\t'
                                                               : ' ',
                       .quotes = "\"" };

    strcpy(form.comment, table_given(cfg->comment));
    return form;
}

static bool has_number(text_cursor c)
{
    text_cell found;
    double v;

    while (text_next(&c, &found))
        if (text_number(&found, &v))
            return true;
    return false;
}

typedef struct opened {
    text_cursor c; /* before the first row; on the header's line where there is one */
    size_t cells;  /* of a row */
    bool header;
} opened;

/* columns: that the training file has; 0: this is the training file. */
static lut_status open_rows(opened *o, const csv_cfg *cfg, const lut_file *f,
                            size_t columns, lut_err *err)
{
    text_form form = form_of(cfg);
    text_cursor c = text_start(f, &form);

    o->c = c;
    if (!text_line(&c))
        return lut_fail(err, LUT_EFORMAT, "%s: empty, want rows of numbers", f->path);
    o->cells = text_count_cells(c);
    o->header = cfg->header[0] == 't' || (cfg->header[0] == 'a' && !has_number(c));
    if (o->cells < 2)
        return lut_fail(err, LUT_EFORMAT,
                        "%s:%zu: 1 cell, want a class and at least one number", f->path,
                        c.line);
    if (columns && o->cells != columns)
        return lut_fail(err, LUT_EFORMAT, "%s:%zu: %zu cells, want %zu as in %s",
                        f->path, c.line, o->cells, columns, cfg->train);
    if (!o->header)
        return LUT_OK;
    o->c = c;
    if (!text_line(&c))
        return lut_fail(err, LUT_EFORMAT, "%s: no rows after the header", f->path);
    return LUT_OK;
}

/* ---- columns ---- */

static void default_names(table *t)
{
    size_t f = 0;

    for (size_t i = 0; i < t->columns; i++)
        if (i != t->label)
            snprintf(t->column[i].name, LUT_FEATURE_NAME, "x%zu", f++);
}

/* Names from the line that the cursor is on. */
static void read_names(table *t, text_cursor c)
{
    text_cell found;

    while (text_next(&c, &found))
        table_name(t->column[c.column - 1].name, &found);
}

static lut_status set_label(table *t, const csv_cfg *cfg, lut_err *err)
{
    column *k = &t->column[t->label];

    t->text_label = strcmp(cfg->classes, "number") != 0;
    if (!t->text_label || strcmp(cfg->classes, "text") == 0)
        return LUT_OK;
    values_fini(&k->value);
    k->declared = true;
    if (values_parse(&k->value, cfg->classes, strlen(cfg->classes), err) != LUT_OK)
        return lut_err_wrap(err, "csv.classes");
    if (k->value.codes < 2)
        return lut_fail(err, LUT_EINVAL,
                        "csv.classes = \"%s\": want number, text, or two classes or "
                        "more",
                        cfg->classes);
    return LUT_OK;
}

static lut_status set_categorical(table *t, const char *list, const char *path,
                                  lut_err *err)
{
    bool either = strcmp(list, "auto") == 0;

    if (!either)
        LUT_TRY(table_check_list(t, path, "categorical", table_given(list), err));
    for (size_t i = 0; i < t->columns; i++) {
        column *k = &t->column[i];

        if (k->kind == COLUMN_NUMBER && either)
            k->kind = COLUMN_EITHER;
        else if (k->kind == COLUMN_NUMBER && text_list_has(list, i + 1))
            k->kind = COLUMN_CATEGORY;
    }
    return LUT_OK;
}

static lut_status set_columns(table *t, const csv_cfg *cfg, const opened *o,
                              const char *set, lut_err *err)
{
    const lut_known *known = lut_known_find(set);
    const char *path = o->c.f->path;

    LUT_TRY(table_select(t, "csv", path, cfg->label, cfg->drop, err));
    default_names(t);
    if (o->header)
        read_names(t, o->c);
    if (known && known->columns && table_describe(t, known->columns, err) != LUT_OK)
        return lut_err_wrap(err, "%s", path);
    LUT_TRY(set_categorical(t, cfg->categorical, path, err));
    return set_label(t, cfg, err);
}

static void set_missing(table *t, const csv_cfg *cfg)
{
    t->missing = table_missing_of(cfg->missing);
    memcpy(t->mark, cfg->mark, sizeof t->mark);
    strcpy(t->trim, table_given(cfg->trim));
}

/* ---- parts ---- */

/* A test part that is cut from the same file has no say in where numbers are cut. */
static lut_status bin(table *t, const lut_dataset *d, const csv_cfg *cfg,
                      const data_cut *cut, lut_err *err)
{
    uint32_t *rows;
    size_t train;
    lut_status st;

    LUT_TRY(data_cut_rows(&rows, &train, cut, d->samples, err));
    st = table_bin(t, d, rows, train, cfg->bins, err);
    free(rows);
    return st;
}

static lut_status read_train(lut_dataset *d, table *t, const csv_cfg *cfg,
                             const data_cut *cut, const lut_file *f, const char *set,
                             lut_err *err)
{
    opened o;

    LUT_TRY(open_rows(&o, cfg, f, 0, err));
    LUT_TRY(table_alloc(t, o.cells, err));
    set_missing(t, cfg);
    t->header = cfg->header[0] == 'a' ? 1 : 0;
    LUT_TRY(set_columns(t, cfg, &o, set, err));
    LUT_TRY(table_survey(t, &o.c, err));
    LUT_TRY(table_read(d, t, &o.c, err));
    if (cfg->bins) {
        LUT_TRY(bin(t, d, cfg, cut, err));
        lut_dataset_fini(d);
        LUT_TRY(table_survey(t, &o.c, err));
        LUT_TRY(table_read(d, t, &o.c, err));
    }
    t->train = cfg->train;
    return LUT_OK;
}

static lut_status read_test(lut_dataset *d, table *t, const csv_cfg *cfg,
                            const lut_file *f, lut_err *err)
{
    opened o;

    LUT_TRY(open_rows(&o, cfg, f, t->columns, err));
    return table_read(d, t, &o.c, err);
}

static lut_status read(const void *cfg_, lut_data *out, const char *set,
                       const char *const *folder, lut_err *err)
{
    const csv_cfg *cfg = cfg_;
    data_cut cut = { .rows = cfg->train_rows,
                     .share = cfg->test_share,
                     .seed = cfg->test_seed,
                     .name = "csv",
                     .file = cfg->train,
                     .test = cfg->test };
    lut_file train = { .size = 0 }, test = { .size = 0 };
    table t = { .columns = 0 };
    lut_status st;

    LUT_TRY(data_cut_check(&cut, err));
    st = lut_file_load(&train, set, cfg->train, folder, err);
    if (st == LUT_OK)
        st = read_train(&out->train, &t, cfg, &cut, &train, set, err);
    if (st == LUT_OK && strcmp(cfg->test, "-") != 0) {
        st = lut_file_load(&test, set, cfg->test, folder, err);
        if (st == LUT_OK)
            st = read_test(&out->test, &t, cfg, &test, err);
    }
    table_fini(&t);
    lut_file_fini(&train);
    lut_file_fini(&test);
    return st == LUT_OK ? data_cut_apply(out, &cut, err) : st;
}

const lut_reader_ops lut_reader_csv = {
    .name = "csv",
    .doc = "text files of numbers or categories, a row a line, a column with the class",
    .fields = csv_fields,
    .nfields = LUT_COUNT(csv_fields),
    .cfg_size = sizeof(csv_cfg),
    .read = read,
};
