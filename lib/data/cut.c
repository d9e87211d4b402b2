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

static lut_status split(lut_data *out, const lut_dataset *all, const data_cut *cut,
                        size_t test, lut_err *err)
{
    lut_rng rng = lut_rng_make(cut->seed, LUT_RNG_DATA, 0);
    size_t n = all->samples;
    uint32_t *rows = malloc(n * sizeof *rows);
    lut_status st;

    if (!rows)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu row numbers", n);
    for (size_t i = 0; i < n; i++)
        rows[i] = (uint32_t)i;
    if (!cut->rows)
        lut_rng_shuffle(&rng, rows, n);
    st = copy_rows(&out->train, all, rows, n - test, err);
    if (st == LUT_OK)
        st = copy_rows(&out->test, all, rows + n - test, test, err);
    out->train.dropped = all->dropped;
    out->train.gaps = all->gaps;
    free(rows);
    return st;
}

lut_status data_cut_apply(lut_data *out, const data_cut *cut, lut_err *err)
{
    lut_dataset all = out->train;
    size_t n = all.samples, test = (size_t)floor((double)n * cut->share + 0.5);
    lut_status st;

    if (!cut->rows && cut->share == 0)
        return LUT_OK;
    if (cut->rows && cut->rows >= n)
        return lut_fail(err, LUT_EINVAL,
                        "%s.train_rows = %u: %s has %zu rows, want fewer for training",
                        cut->name, cut->rows, cut->file, n);
    if (cut->rows)
        test = n - cut->rows;
    if (test == 0 || test == n)
        return lut_fail(err, LUT_EINVAL,
                        "%s.test_share: %g of the %zu rows of %s leaves a part empty",
                        cut->name, cut->share, n, cut->file);
    out->train = (lut_dataset){ .samples = 0 };
    st = split(out, &all, cut, test, err);
    lut_dataset_fini(&all);
    return st;
}
