#include "sweep/store_netcdf.h"
#include "lib/base/check.h"
#include "sweep/store_h5.h"

#include <hdf5_hl.h>
#include <stdlib.h>
#include <string.h>

enum { TABLES = 32, CHUNK = 1 << 18 };

struct sweep_netcdf {
    hid_t file;
    hid_t scale[SWEEP_NETCDF_DIMENSIONS];
    hsize_t n[SWEEP_NETCDF_DIMENSIONS];
    int ndimensions;
    hid_t table[TABLES];
    hsize_t columns[TABLES];
    size_t ntables;
};

lut_status sweep_netcdf_create(sweep_netcdf **f, const char *path, lut_err *err)
{
    *f = calloc(1, sizeof **f);
    if (!*f)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    sweep_h5_quiet();
    (*f)->file = sweep_h5_create(path);
    return (*f)->file < 0 ? sweep_h5_fail(err, LUT_EIO, "cannot be created") : LUT_OK;
}

lut_status sweep_netcdf_close(sweep_netcdf *f, lut_status st, lut_err *err)
{
    if (!f)
        return st;
    if (f->file >= 0)
        st = sweep_h5_close(f->file, st, err);
    free(f);
    return st;
}

lut_status sweep_netcdf_note(sweep_netcdf *f, const char *name, const char *text,
                             lut_err *err)
{
    return sweep_h5_put_note(f->file, name, text, err);
}

static lut_status describe(hid_t set, const sweep_netcdf_name *name, lut_err *err)
{
    if (name->unit[0])
        LUT_TRY(sweep_h5_put_note(set, "units", name->unit, err));
    if (name->doc[0])
        LUT_TRY(sweep_h5_put_note(set, "long_name", name->doc, err));
    return LUT_OK;
}

/* A new data set; closed with its file after a failure. */
static lut_status make(sweep_netcdf *f, const sweep_netcdf_name *name, hid_t type,
                       int rank, const hsize_t *dims, hid_t dcpl, hid_t *set,
                       lut_err *err)
{
    const hid_t space = H5Screate_simple(rank, dims, NULL);

    *set = H5Dcreate2(f->file, name->name, type, space, H5P_DEFAULT, dcpl, H5P_DEFAULT);
    if (*set < 0)
        return sweep_h5_fail(err, LUT_EIO, "%s cannot be made", name->name);
    H5Sclose(space);
    H5Pclose(dcpl);
    return describe(*set, name, err);
}

static lut_status write_all(hid_t set, const char *name, hid_t type, const void *data,
                            lut_err *err)
{
    if (H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0)
        return sweep_h5_fail(err, LUT_EIO, "%s cannot be written", name);
    return LUT_OK;
}

static lut_status attach(sweep_netcdf *f, hid_t set, const char *name, int axis,
                         int dim, lut_err *err)
{
    LUT_CHECK(dim >= 0 && dim < f->ndimensions);
    if (H5DSattach_scale(set, f->scale[dim], (unsigned)axis) < 0)
        return sweep_h5_fail(err, LUT_EIO, "%s cannot be given a dimension", name);
    return LUT_OK;
}

/* A dimension without coordinates has data that nobody reads; the
 * netCDF-4 format marks it by this name, followed by its length in 10 characters. */
lut_status sweep_netcdf_dimension(sweep_netcdf *f, const sweep_netcdf_name *name,
                                  size_t n, const double *values, lut_err *err)
{
    char mark[96];
    const hsize_t dims = n;
    hid_t set;

    LUT_CHECK(f->ndimensions < SWEEP_NETCDF_DIMENSIONS && n > 0);
    snprintf(mark, sizeof mark,
             "This is a netCDF dimension but not a netCDF variable.%10zu", n);
    LUT_TRY(make(f, name, values ? H5T_IEEE_F64LE : H5T_IEEE_F32BE, 1, &dims,
                 sweep_h5_layout(1, &dims, 8, 0), &set, err));
    if (values)
        LUT_TRY(write_all(set, name->name, H5T_NATIVE_DOUBLE, values, err));
    if (H5DSset_scale(set, values ? name->name : mark) < 0)
        return sweep_h5_fail(err, LUT_EIO, "%s cannot be a dimension", name->name);
    f->n[f->ndimensions] = n;
    f->scale[f->ndimensions++] = set;
    return LUT_OK;
}

lut_status sweep_netcdf_texts(sweep_netcdf *f, const sweep_netcdf_name *name, int dim,
                              const char *const *text, lut_err *err)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    hid_t set;

    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    LUT_TRY(make(f, name, type, 1, &f->n[dim], sweep_h5_layout(1, &f->n[dim], 16, 0),
                 &set, err));
    LUT_TRY(attach(f, set, name->name, 0, dim, err));
    LUT_TRY(write_all(set, name->name, type, text, err));
    H5Tclose(type);
    H5Dclose(set);
    return LUT_OK;
}

lut_status sweep_netcdf_numbers(sweep_netcdf *f, const sweep_netcdf_name *name, int dim,
                                const double *number, lut_err *err)
{
    hid_t set;

    LUT_TRY(make(f, name, H5T_IEEE_F64LE, 1, &f->n[dim],
                 sweep_h5_layout(1, &f->n[dim], 8, CHUNK), &set, err));
    LUT_TRY(attach(f, set, name->name, 0, dim, err));
    LUT_TRY(write_all(set, name->name, H5T_NATIVE_DOUBLE, number, err));
    H5Dclose(set);
    return LUT_OK;
}

lut_status sweep_netcdf_table(sweep_netcdf *f, const sweep_netcdf_name *name, int dim,
                              int dim2, size_t rows, size_t *id, lut_err *err)
{
    const hsize_t dims[2] = { f->n[dim], f->n[dim2] };
    hid_t set;

    LUT_CHECK(f->ntables < TABLES);
    LUT_TRY(make(f, name, H5T_IEEE_F64LE, 2, dims,
                 sweep_h5_layout(2, dims, 8, rows * dims[1] * 8), &set, err));
    LUT_TRY(attach(f, set, name->name, 0, dim, err));
    LUT_TRY(attach(f, set, name->name, 1, dim2, err));
    f->table[f->ntables] = set;
    f->columns[f->ntables] = dims[1];
    *id = f->ntables++;
    return LUT_OK;
}

lut_status sweep_netcdf_put(sweep_netcdf *f, size_t id, size_t first, size_t rows,
                            const double *number, lut_err *err)
{
    const hsize_t start[2] = { first, 0 }, count[2] = { rows, f->columns[id] };
    const hid_t file = H5Dget_space(f->table[id]),
                memory = H5Screate_simple(2, count, NULL);
    lut_status st = LUT_OK;

    H5Sselect_hyperslab(file, H5S_SELECT_SET, start, NULL, count, NULL);
    if (H5Dwrite(f->table[id], H5T_NATIVE_DOUBLE, memory, file, H5P_DEFAULT, number) <
        0)
        st = sweep_h5_fail(err, LUT_EIO, "rows %zu and on cannot be written", first);
    H5Sclose(file);
    H5Sclose(memory);
    return st;
}
