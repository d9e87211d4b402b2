/* analysis: the file for xarray, read back with HDF5 alone. */
#include "analysis/labelled.h"
#include "tests/support/fake_result.h"
#include "tests/support/unit.h"

#include <hdf5.h>
#include <hdf5_hl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 70 }; /* more than one block of them */

static lut_status get_row(void *arg, size_t i, sweep_result *out, lut_err *err)
{
    (void)arg;
    (void)err;
    fake_result(out, i);
    strcpy(out->row.trial.options, "dwn.alpha 0.5");
    return LUT_OK;
}

static report_data *data(void)
{
    const sweep_store_input in = {
        .name = "all", .config = "", .n = ROWS, .get = get_row, .keep = "all"
    };
    const char *path = fake_path("all.h5");
    report_data *d;

    CU_ASSERT_EQUAL_FATAL(sweep_store_write(path, &in, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(report_data_create(&d, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(report_data_add(d, path, NULL), LUT_OK);
    return d;
}

/* All numbers of a variable; n: its extents, the second one 1 where there is none. */
static double *numbers(hid_t file, const char *name, hsize_t n[2])
{
    const hid_t set = H5Dopen2(file, name, H5P_DEFAULT), space = H5Dget_space(set);
    double *v;

    n[0] = n[1] = 1;
    CU_ASSERT_FATAL(set >= 0 && H5Sget_simple_extent_ndims(space) <= 2);
    H5Sget_simple_extent_dims(space, n, NULL);
    v = malloc(n[0] * n[1] * sizeof *v);
    CU_ASSERT_PTR_NOT_NULL_FATAL(v);
    CU_ASSERT(H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, v) >= 0);
    H5Sclose(space);
    H5Dclose(set);
    return v;
}

static bool same(double a, double b)
{
    return isnan(a) ? isnan(b) : a <= b && b <= a;
}

static bool lies_along(hid_t file, const char *name, const char *dim, unsigned axis)
{
    const hid_t set = H5Dopen2(file, name, H5P_DEFAULT),
                scale = H5Dopen2(file, dim, H5P_DEFAULT);
    const bool yes = H5DSis_attached(set, scale, axis) > 0;

    H5Dclose(set);
    H5Dclose(scale);
    return yes;
}

static void check_rows(hid_t file, const report_data *d)
{
    hsize_t n[2], m[2];
    double *test = numbers(file, "test_accuracy", n),
           *lr = numbers(file, "history_lr", m);
    const size_t column = report_data_find(d, "test_accuracy");
    size_t padded = 0, wrong = 0;

    CU_ASSERT_EQUAL(n[0], ROWS);
    CU_ASSERT_EQUAL_FATAL(m[0], ROWS);
    for (size_t i = 0; i < ROWS; i++) {
        sweep_result r;

        fake_result(&r, i);
        wrong += !same(test[i], report_data_value(d, i, column).number);
        CU_ASSERT_FATAL(r.nhistory <= m[1]);
        for (size_t e = 0; e < m[1]; e++)
            wrong +=
                !same(lr[i * m[1] + e], e < r.nhistory ? r.history[e].lr : (double)NAN);
        padded += r.nhistory < m[1];
        sweep_result_fini(&r);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT(padded > 0 && padded < ROWS);
    free(test);
    free(lr);
}

static void check_classes(hid_t file)
{
    hsize_t n[2];
    double *v = numbers(file, "class_accuracy", n);
    size_t known = 0;

    for (size_t i = 0; i < ROWS; i++) {
        sweep_result r;

        fake_result(&r, i);
        for (uint32_t c = 0; c < n[1]; c++) {
            double rows = 0, right = (double)NAN;

            for (uint32_t p = 0; r.has_network && c < r.classes && p < r.classes; p++)
                rows += r.confusion[c * r.classes + p];
            if (rows > 0)
                right = 100 * (double)r.confusion[c * r.classes + c] / rows;
            CU_ASSERT(same(v[i * n[1] + c], right));
            known += rows > 0;
        }
        sweep_result_fini(&r);
    }
    CU_ASSERT(known > ROWS);
    free(v);
}

static void check_text(hid_t file)
{
    const hid_t set = H5Dopen2(file, "parametrization", H5P_DEFAULT),
                type = H5Dget_type(set);
    char *text[ROWS];

    CU_ASSERT(H5Tis_variable_str(type) > 0);
    CU_ASSERT_EQUAL(H5Tget_cset(type), H5T_CSET_UTF8);
    CU_ASSERT_FATAL(H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, text) >= 0);
    CU_ASSERT_STRING_EQUAL(text[0], "dwn");
    CU_ASSERT_STRING_EQUAL(text[1], "light");
    for (size_t i = 0; i < ROWS; i++)
        H5free_memory(text[i]);
    H5Tclose(type);
    H5Dclose(set);
}

static void test_file(void)
{
    report_data *d = data();
    char path[300];
    hid_t file;
    hsize_t n[2];
    double *v;

    snprintf(path, sizeof path, "%s", fake_path("all.nc"));
    CU_ASSERT_EQUAL_FATAL(report_labelled(path, d, NULL, "made up\n", NULL), LUT_OK);
    file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    CU_ASSERT_FATAL(file >= 0);
    check_rows(file, d);
    check_classes(file);
    check_text(file);
    CU_ASSERT(lies_along(file, "test_accuracy", "trial", 0));
    CU_ASSERT(lies_along(file, "parametrization", "trial", 0));
    CU_ASSERT(lies_along(file, "history_train_loss", "trial", 0));
    CU_ASSERT(lies_along(file, "history_train_loss", "epoch", 1));
    CU_ASSERT(lies_along(file, "class_accuracy", "class", 1));
    v = numbers(file, "dwn_alpha", n); /* no points in names */
    CU_ASSERT_EQUAL(v[ROWS - 1], 0.5);
    free(v);
    v = numbers(file, "epoch", n);
    CU_ASSERT_EQUAL(v[0], 1);
    free(v);
    H5Fclose(file);
    report_data_destroy(d);
}

static void test_none(void)
{
    report_data *d = data();
    const char *path = fake_path("none.nc");
    lut_err err = { 0 };

    CU_ASSERT_EQUAL(report_labelled(path, d, "lut_rank > 100", "", &err), LUT_EINVAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "no trials to be written"));
    CU_ASSERT_EQUAL(report_labelled(path, d, "foo = 1", "", &err), LUT_ENOENT);
    CU_ASSERT_EQUAL(access(path, F_OK), -1);
    CU_ASSERT_EQUAL(report_labelled(fake_path("no/such.nc"), d, NULL, "", &err),
                    LUT_EIO);
    report_data_destroy(d);
    fake_folder_remove();
}

UNIT_MAIN("labelled", UNIT(test_file), UNIT(test_none))
