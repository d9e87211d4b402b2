/* Attribute-relation files of Weka and OpenML
 * (https://waikato.github.io/weka-wiki/formats_and_processing/arff_stable/): a header with
 * a type for each column, then rows as in csv. */
#include "lib/data/cut.h"
#include "lib/data/dataset.h"
#include "lib/data/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

typedef struct arff_cfg {
    char train[128], test[128], label[8], drop[64], missing[16];
    uint32_t train_rows, test_seed;
    double test_share;
} arff_cfg;

static const lut_field arff_fields[] = {
    LUT_OPTION_TEXT(arff_cfg, train, NULL, "-", "file of the training part"),
    LUT_OPTION_TEXT(arff_cfg, test, NULL, "-",
                    "file of the test part; -: cut from the training file"),
    LUT_OPTION_TEXT(arff_cfg, label, NULL, "last", TABLE_LABEL_DOC),
    LUT_OPTION_TEXT(arff_cfg, drop, NULL, "none", TABLE_DROP_DOC),
    LUT_OPTION_TEXT(arff_cfg, missing, TABLE_MISSING, "refuse", TABLE_MISSING_DOC),
    LUT_OPTION_U32(arff_cfg, train_rows, "", 0, UINT32_MAX, "0",
                   "the first rows are the training part, the others the test part"),
    LUT_OPTION_F64(
        arff_cfg, test_share, "", 0, 0.9, "0",
        "share of the rows cut off as test part where there is no test file"),
    LUT_OPTION_U32(arff_cfg, test_seed, "", 0, UINT32_MAX, "1", "seed of that cut"),
};

static const text_form form = { .separator = ',', .quotes = "'\"", .comment = "%" };

/* ---- header ---- */

static lut_status bad_line(const text_cursor *c, const char *want, lut_err *err)
{
    size_t left = c->at ? (size_t)(c->end - c->at) : 0;
    int n = (int)(left < 40 ? left : 40);

    return lut_fail(err, LUT_EFORMAT, "%s:%zu: found \"%.*s\", want %s", c->f->path,
                    c->line, n, n ? c->at : "", want);
}

static void pass_blanks(text_cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t'))
        c->at++;
}

/* A word up to a blank, the keyword's letters in any case. */
static bool keyword(text_cursor *c, const char *word)
{
    size_t n = strlen(word);

    if ((size_t)(c->end - c->at) < n || strncasecmp(c->at, word, n) != 0)
        return false;
    if (c->at + n < c->end && c->at[n] != ' ' && c->at[n] != '\t' && c->at[n] != '{')
        return false;
    c->at += n;
    pass_blanks(c);
    return true;
}

/* The next line with something on it; false at the end of the file. */
static bool header_line(text_cursor *c)
{
    while (text_line(c)) {
        pass_blanks(c);
        if (c->at < c->end)
            return true;
    }
    return false;
}

/* The name of an attribute, in quotes or up to a blank. */
static text_cell attribute_name(text_cursor *c)
{
    bool quoted = c->at < c->end && (*c->at == '\'' || *c->at == '"');
    const char *p = c->at + quoted, *stop = p;

    while (stop < c->end && (quoted ? *stop != *c->at : *stop != ' ' && *stop != '\t'))
        stop++;
    c->at = stop + (quoted && stop < c->end);
    pass_blanks(c);
    return (text_cell){ .p = p, .n = (size_t)(stop - p) };
}

/* "{a, 'b c', d}", with the cursor on the bracket. */
static lut_status nominal(column *k, text_cursor *c, lut_err *err)
{
    text_cursor inner = *c;
    text_cell cell;

    while (inner.end > inner.at && inner.end[-1] != '}')
        inner.end--;
    if (inner.end <= inner.at + 1)
        return bad_line(c, "{VALUE, ...}", err);
    inner.at++;
    inner.end--;
    for (uint32_t code = 0; text_next(&inner, &cell); code++) {
        size_t before = k->value.n;

        if (code >= VALUES_MAX)
            return bad_line(c, "at most 1024 values", err);
        LUT_TRY(values_add(&k->value, &cell, code, err));
        if (cell.n == 0 || k->value.n == before)
            return bad_line(c, "values, each once", err);
    }
    k->declared = true;
    return LUT_OK;
}

/* Behind "@attribute". */
static lut_status attribute(column *k, text_cursor *c, lut_err *err)
{
    text_cell name = attribute_name(c);

    if (name.n == 0)
        return bad_line(c, "@attribute NAME TYPE", err);
    table_name(k->name, &name);
    if (c->at < c->end && *c->at == '{') {
        k->kind = COLUMN_CATEGORY;
        return nominal(k, c, err);
    }
    if (keyword(c, "numeric") || keyword(c, "real") || keyword(c, "integer"))
        return LUT_OK;
    return bad_line(c, "numeric, real, integer or {VALUE, ...}", err);
}

/* Number of attributes of the header behind the cursor. */
static size_t count_attributes(text_cursor c)
{
    size_t n = 0;

    while (header_line(&c) && !keyword(&c, "@data"))
        n += keyword(&c, "@attribute");
    return n;
}

/* Columns of t from the header; *c is left on the line "@data". */
static lut_status read_header(table *t, text_cursor *c, lut_err *err)
{
    size_t n = count_attributes(*c), i = 0;

    if (n < 2)
        return lut_fail(err, LUT_EFORMAT,
                        "%s: %zu lines \"@attribute NAME TYPE\" before \"@data\", want "
                        "two or more",
                        c->f->path, n);
    LUT_TRY(table_alloc(t, n, err));
    while (header_line(c)) {
        if (keyword(c, "@data"))
            return LUT_OK;
        if (keyword(c, "@attribute"))
            LUT_TRY(attribute(&t->column[i++], c, err));
        else if (!keyword(c, "@relation"))
            return bad_line(c, "@relation, @attribute or @data", err);
    }
    return lut_fail(err, LUT_EFORMAT, "%s: no line \"@data\"", c->f->path);
}

static lut_status check_rows(text_cursor c, lut_err *err)
{
    if (!text_line(&c))
        return lut_fail(err, LUT_EFORMAT, "%s: no rows behind \"@data\"", c.f->path);
    pass_blanks(&c);
    if (c.at < c.end && *c.at == '{')
        return bad_line(&c, "a value for each attribute: sparse rows are not read",
                        err);
    return LUT_OK;
}

/* A nominal class may have values that no row has, but one alone teaches nothing. */
static lut_status check_classes(const lut_dataset *d, const table *t, const char *path,
                                lut_err *err)
{
    for (size_t s = 1; s < d->samples; s++)
        if (d->label[s] != d->label[0])
            return LUT_OK;
    return lut_fail(err, LUT_EFORMAT,
                    "%s: attribute %s: all rows are of class %u, want two or more",
                    path, t->column[t->label].name, d->label[0]);
}

/* ---- parts ---- */

static lut_status read_train(lut_dataset *d, table *t, const arff_cfg *cfg,
                             const lut_file *f, lut_err *err)
{
    text_cursor c = text_start(f, &form);

    LUT_TRY(read_header(t, &c, err));
    t->missing = table_missing_of(cfg->missing);
    LUT_TRY(table_select(t, "arff", f->path, cfg->label, cfg->drop, err));
    t->text_label = t->column[t->label].declared;
    if (t->text_label && t->column[t->label].value.codes < 2)
        return lut_fail(err, LUT_EFORMAT,
                        "%s: attribute %s has one value, want classes", f->path,
                        t->column[t->label].name);
    LUT_TRY(check_rows(c, err));
    LUT_TRY(table_survey(t, &c, err));
    LUT_TRY(table_read(d, t, &c, err));
    LUT_TRY(check_classes(d, t, f->path, err));
    t->train = cfg->train;
    return LUT_OK;
}

/* The test part's attributes are the training part's, in the same order. */
static lut_status check_same(const table *t, const table *own, const char *path,
                             lut_err *err)
{
    if (own->columns != t->columns)
        return lut_fail(err, LUT_EFORMAT, "%s: %zu attributes, want %zu as in %s", path,
                        own->columns, t->columns, t->train);
    for (size_t i = 0; i < t->columns; i++) {
        const column *a = &own->column[i], *b = &t->column[i];

        if (strcmp(a->name, b->name) != 0 || a->declared != b->declared)
            return lut_fail(err, LUT_EFORMAT,
                            "%s: attribute %zu is %s (%s), want %s (%s) as in %s", path,
                            i + 1, a->name, a->declared ? "nominal" : "numeric",
                            b->name, b->declared ? "nominal" : "numeric", t->train);
    }
    return LUT_OK;
}

static lut_status read_test(lut_dataset *d, table *t, const lut_file *f, lut_err *err)
{
    text_cursor c = text_start(f, &form);
    table own = { .columns = 0 };
    lut_status st = read_header(&own, &c, err);

    if (st == LUT_OK)
        st = check_same(t, &own, f->path, err);
    if (st == LUT_OK)
        st = check_rows(c, err);
    if (st == LUT_OK)
        st = table_read(d, t, &c, err);
    table_fini(&own);
    return st;
}

static lut_status read(const void *cfg_, lut_data *out, const char *set,
                       const char *const *folder, lut_err *err)
{
    const arff_cfg *cfg = cfg_;
    data_cut cut = { .rows = cfg->train_rows,
                     .share = cfg->test_share,
                     .seed = cfg->test_seed,
                     .name = "arff",
                     .file = cfg->train,
                     .test = cfg->test };
    lut_file train = { .size = 0 }, test = { .size = 0 };
    table t = { .columns = 0 };
    lut_status st;

    LUT_TRY(data_cut_check(&cut, err));
    st = lut_file_load(&train, set, cfg->train, folder, err);
    if (st == LUT_OK)
        st = read_train(&out->train, &t, cfg, &train, err);
    if (st == LUT_OK && strcmp(cfg->test, "-") != 0) {
        st = lut_file_load(&test, set, cfg->test, folder, err);
        if (st == LUT_OK)
            st = read_test(&out->test, &t, &test, err);
    }
    table_fini(&t);
    lut_file_fini(&train);
    lut_file_fini(&test);
    return st == LUT_OK ? data_cut_apply(out, &cut, err) : st;
}

const lut_reader_ops lut_reader_arff = {
    .name = "arff",
    .doc =
        "attribute-relation files of Weka and OpenML, numeric and nominal attributes",
    .fields = arff_fields,
    .nfields = LUT_COUNT(arff_fields),
    .cfg_size = sizeof(arff_cfg),
    .read = read,
};
