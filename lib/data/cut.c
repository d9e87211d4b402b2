#include "lib/data/cut.h"

#include "lib/base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

lut_status data_cut_check(const data_cut *cut, lut_err *err)
{
    bool has_test = strcmp(cut->test, "-") != 0;

    if (strcmp(cut->file, "-") == 0)
        return lut_fail(err, LUT_EINVAL, "%s.train is not set, want the name of a file",
                        cut->name);
    if (!has_test && cut->share == 0 && cut->rows == 0)
        return lut_fail(err, LUT_EINVAL,
                        "%s.test is not set, want the name of a file, or "
                        "%s.test_share > 0",
                        cut->name, cut->name);
    if (has_test && cut->share > 0)
        return lut_fail(err, LUT_EINVAL,
                        "%s.test = \"%s\" and %s.test_share = %g: want one of them",
                        cut->name, cut->test, cut->name, cut->share);
    if (cut->rows && (has_test || cut->share > 0))
        return lut_fail(err, LUT_EINVAL,
                        "%s.train_rows = %u: want no %s.test and no %s.test_share",
                        cut->name, cut->rows, cut->name, cut->name);
    return LUT_OK;
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

/* Rows of the training part; a part that would be empty is refused. */
static lut_status count_train(size_t *train, const data_cut *cut, size_t n,
                              lut_err *err)
{
    size_t test = (size_t)floor((double)n * cut->share + 0.5);

    if (cut->rows && cut->rows >= n)
        return lut_fail(err, LUT_EINVAL,
                        "%s.train_rows = %u: %s has %zu rows, want fewer for training",
                        cut->name, cut->rows, cut->file, n);
    if (cut->rows)
        test = n - cut->rows;
    if (data_cut_any(cut) && (test == 0 || test == n))
        return lut_fail(err, LUT_EINVAL,
                        "%s.test_share: %g of the %zu rows of %s leaves a part empty",
                        cut->name, cut->share, n, cut->file);
    *train = n - test;
    return LUT_OK;
}

bool data_cut_any(const data_cut *cut)
{
    return cut->rows || cut->share > 0;
}

lut_status data_cut_rows(uint32_t **out, size_t *train, const data_cut *cut, size_t n,
                         lut_err *err)
{
    lut_rng rng = lut_rng_make(cut->seed, LUT_RNG_DATA, 0);
    uint32_t *rows;

    *out = NULL;
    LUT_TRY(count_train(train, cut, n, err));
    rows = malloc(n * sizeof *rows);
    if (!rows)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu row numbers", n);
    for (size_t i = 0; i < n; i++)
        rows[i] = (uint32_t)i;
    if (cut->share > 0)
        lut_rng_shuffle(&rng, rows, n);
    *out = rows;
    return LUT_OK;
}

static lut_status split(lut_data *out, const lut_dataset *all, const data_cut *cut,
                        lut_err *err)
{
    uint32_t *rows;
    size_t train;
    lut_status st;

    LUT_TRY(data_cut_rows(&rows, &train, cut, all->samples, err));
    st = copy_rows(&out->train, all, rows, train, err);
    if (st == LUT_OK)
        st = copy_rows(&out->test, all, rows + train, all->samples - train, err);
    out->train.dropped = all->dropped;
    out->train.gaps = all->gaps;
    free(rows);
    return st;
}

lut_status data_cut_apply(lut_data *out, const data_cut *cut, lut_err *err)
{
    lut_dataset all = out->train;
    lut_status st;

    if (!data_cut_any(cut))
        return LUT_OK;
    out->train = (lut_dataset){ .samples = 0 };
    st = split(out, &all, cut, err);
    lut_dataset_fini(&all);
    return st;
}
