/* Text files of numbers, a row a line, the class first or last. */
#include "lib/data/csv.h"
#include "lib/base/rng.h"
#include "lib/data/dataset.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct csv_cfg {
    char train[128], test[128], label[8], header[8], separator[16];
    double test_share;
    uint32_t test_seed;
} csv_cfg;

static const lut_field csv_fields[] = {
    LUT_OPTION_TEXT(csv_cfg, train, NULL, "-", "file of the training part"),
    LUT_OPTION_TEXT(csv_cfg, test, NULL, "-",
                    "file of the test part; -: cut from the training file"),
    LUT_OPTION_TEXT(csv_cfg, label, "first|last", "last", "column of the class"),
    LUT_OPTION_TEXT(
        csv_cfg, header, "true|false|auto", "auto",
        "the first line has names; auto: when none of its cells is a number"),
    LUT_OPTION_TEXT(csv_cfg, separator, "comma|semicolon|tab", "comma",
                    "what stands between two cells"),
    LUT_OPTION_F64(
        csv_cfg, test_share, "", 0, 0.9, "0",
        "share of the rows cut off as test part where there is no test file"),
    LUT_OPTION_U32(csv_cfg, test_seed, "", 0, UINT32_MAX, "1", "seed of that cut"),
};

static csv_form form_of(const csv_cfg *cfg)
{
    /* the choices were checked when the options were parsed */
    return (csv_form){
        .separator = cfg->separator[0] == 'c'   ? ','
                     : cfg->separator[0] == 's' ? ';'
                                                : '\t',
        .label_first = cfg->label[0] == 'f',
        .header = cfg->header[0] == 't'   ? CSV_HEADER
                  : cfg->header[0] == 'f' ? CSV_NO_HEADER
                                          : CSV_AUTO,
        .classes = LUT_MAX_CLASSES,
    };
}

/* One part from its file. */
static lut_status read_part(lut_dataset *d, const csv_form *form, const char *set,
                            const char *name, const char *const *folder, lut_err *err)
{
    lut_file f;
    lut_status st;

    LUT_TRY(lut_file_load(&f, set, name, folder, err));
    st = csv_parse(d, form, &f, err);
    lut_file_fini(&f);
    return st;
}

static lut_status copy_rows(lut_dataset *out, const lut_dataset *d,
                            const uint32_t *rows, size_t n, lut_err *err)
{
    LUT_TRY(lut_dataset_alloc(out, n, d->features, err));
    out->classes = d->classes;
    memcpy(out->name, d->name, d->features * sizeof *d->name);
    for (size_t f = 0; f < d->features; f++)
        for (size_t i = 0; i < n; i++)
            out->x[f * n + i] = d->x[f * d->samples + rows[i]];
    for (size_t i = 0; i < n; i++)
        out->label[i] = d->label[rows[i]];
    return LUT_OK;
}

/* The last share of a permutation becomes the test part. */
static lut_status cut(lut_data *out, const lut_dataset *all, const csv_cfg *cfg,
                      lut_err *err)
{
    lut_rng rng = lut_rng_make(cfg->test_seed, LUT_RNG_DATA, 0);
    size_t n = all->samples;
    size_t test = (size_t)floor((double)n * cfg->test_share + 0.5);
    uint32_t *rows;
    lut_status st;

    if (test == 0 || test == n)
        return lut_fail(err, LUT_EINVAL,
                        "csv.test_share: %g of the %zu rows of %s leaves a part empty",
                        cfg->test_share, n, cfg->train);
    rows = malloc(n * sizeof *rows);
    if (!rows)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu row numbers", n);
    for (size_t i = 0; i < n; i++)
        rows[i] = (uint32_t)i;
    lut_rng_shuffle(&rng, rows, n);
    st = copy_rows(&out->train, all, rows, n - test, err);
    if (st == LUT_OK)
        st = copy_rows(&out->test, all, rows + n - test, test, err);
    free(rows);
    return st;
}

static lut_status check(const csv_cfg *cfg, lut_err *err)
{
    bool has_test = strcmp(cfg->test, "-") != 0;

    if (strcmp(cfg->train, "-") == 0)
        return lut_fail(err, LUT_EINVAL,
                        "csv.train is not set, want the name of a file");
    if (!has_test && cfg->test_share == 0)
        return lut_fail(err, LUT_EINVAL,
                        "csv.test is not set, want the name of a file, or "
                        "csv.test_share > 0");
    if (has_test && cfg->test_share > 0)
        return lut_fail(err, LUT_EINVAL,
                        "csv.test = \"%s\" and csv.test_share = %g: want one of them",
                        cfg->test, cfg->test_share);
    return LUT_OK;
}

static lut_status read(const void *cfg_, lut_data *out, const char *set,
                       const char *const *folder, lut_err *err)
{
    const csv_cfg *cfg = cfg_;
    csv_form form = form_of(cfg);
    lut_status st;

    LUT_TRY(check(cfg, err));
    LUT_TRY(read_part(&out->train, &form, set, cfg->train, folder, err));
    if (cfg->test_share > 0) {
        lut_dataset all = out->train;

        out->train = (lut_dataset){ 0 };
        st = cut(out, &all, cfg, err);
        lut_dataset_fini(&all);
        return st;
    }
    form.classes = out->train.classes;
    form.features = out->train.features;
    form.other = cfg->train;
    LUT_TRY(read_part(&out->test, &form, set, cfg->test, folder, err));
    out->test.classes = out->train.classes;
    return LUT_OK;
}

const lut_reader_ops lut_reader_csv = {
    .name = "csv",
    .doc = "text files of numbers, a row a line, a column with the class 0, 1, ...",
    .fields = csv_fields,
    .nfields = LUT_COUNT(csv_fields),
    .cfg_size = sizeof(csv_cfg),
    .read = read,
};
