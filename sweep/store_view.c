/* Tables as they are read: by name, tolerant of columns and number types that another
 * version of the program wrote. */
#include "lib/base/check.h"
#include "sweep/store_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* HDF5 follows a damaged offset out of its own buffers. */
static bool inside_row(hid_t type, hid_t member, unsigned i)
{
    const size_t row = H5Tget_size(type), size = H5Tget_size(member);
    const size_t at = H5Tget_member_offset(type, i);

    return size <= row && at <= row - size;
}

static lut_status view_column(sweep_view *v, hid_t type, unsigned i, lut_err *err)
{
    sweep_view_column *c = &v->column[i];
    char *name = H5Tget_member_name(type, i);
    hid_t member = H5Tget_member_type(type, i);
    H5T_class_t class = H5Tget_class(member);
    lut_status st = LUT_OK;

    snprintf(c->name, sizeof c->name, "%s", name ? name : "");
    c->is_text = class == H5T_STRING;
    c->size = c->is_text ? H5Tget_size(member) : sizeof(double);
    c->at = v->row_size;
    v->row_size += c->size;
    if (!name || (class != H5T_STRING && class != H5T_INTEGER && class != H5T_FLOAT) ||
        H5Tis_variable_str(member) > 0)
        st = lut_fail(err, LUT_EFORMAT, "column %s is neither a number nor text",
                      c->name);
    else if (!inside_row(type, member, i))
        st = lut_fail(err, LUT_EFORMAT, "column %s is not inside its row: damaged",
                      c->name);
    H5free_memory(name);
    H5Tclose(member);
    return st;
}

/* Memory type: doubles, and text as it is in the file. */
static hid_t view_type(const sweep_view *v, hid_t file_type)
{
    hid_t type = H5Tcreate(H5T_COMPOUND, v->row_size);

    for (unsigned i = 0; i < v->n; i++) {
        const sweep_view_column *c = &v->column[i];
        hid_t member =
            c->is_text ? H5Tget_member_type(file_type, i) : H5Tcopy(H5T_NATIVE_DOUBLE);
        char *name = H5Tget_member_name(file_type, i);

        H5Tinsert(type, name, c->at, member);
        H5free_memory(name);
        H5Tclose(member);
    }
    return type;
}

static lut_status view_columns(sweep_view *v, hid_t type, lut_err *err)
{
    int n = H5Tget_class(type) == H5T_COMPOUND ? H5Tget_nmembers(type) : 0;

    if (n <= 0)
        return lut_fail(err, LUT_EFORMAT, "it is no table");
    v->n = (size_t)n;
    v->column = calloc(v->n, sizeof *v->column);
    if (!v->column)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    for (unsigned i = 0; i < v->n; i++)
        LUT_TRY(view_column(v, type, i, err));
    return LUT_OK;
}

/* Deflate packs a thousand bytes into one at best: a damaged count is not worth a try. */
static bool too_many_rows(const sweep_view *v, hid_t set)
{
    const size_t most = 2000;

    return v->rows > SIZE_MAX / v->row_size / 2 ||
           v->rows / most > H5Dget_storage_size(set);
}

static lut_status view_data(sweep_view *v, hid_t set, hid_t type, lut_err *err)
{
    hid_t memory;
    lut_status st = LUT_OK;

    if (too_many_rows(v, set))
        return lut_fail(err, LUT_EFORMAT, "%zu rows cannot be right: damaged", v->rows);
    v->data = malloc(v->rows ? v->rows * v->row_size : 1);
    if (!v->data)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu rows of %zu bytes", v->rows,
                        v->row_size);
    memory = view_type(v, type);
    if (v->rows && H5Dread(set, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, v->data) < 0)
        st = sweep_h5_fail(err, LUT_EFORMAT, "it cannot be read");
    H5Tclose(memory);
    return st;
}

lut_status sweep_view_read(sweep_view *v, hid_t file, const char *name, lut_err *err)
{
    hsize_t rows = 0;
    hid_t set, type;
    lut_status st;

    *v = (sweep_view){ 0 };
    st = sweep_h5_dims(file, name, 1, &rows, err);
    if (st != LUT_OK)
        return st;
    v->rows = (size_t)rows;
    set = H5Dopen2(file, name, H5P_DEFAULT);
    type = H5Dget_type(set);
    st = view_columns(v, type, err);
    if (st == LUT_OK)
        st = view_data(v, set, type, err);
    if (st != LUT_OK) {
        sweep_view_fini(v);
        lut_err_wrap(err, "/%s", name);
    }
    H5Tclose(type);
    H5Dclose(set);
    return st;
}

void sweep_view_fini(sweep_view *v)
{
    free(v->column);
    free(v->data);
    *v = (sweep_view){ 0 };
}

size_t sweep_view_find(const sweep_view *v, const char *name)
{
    for (size_t i = 0; i < v->n; i++)
        if (strcmp(v->column[i].name, name) == 0)
            return i;
    return SIZE_MAX;
}

double sweep_view_number(const sweep_view *v, size_t row, size_t col)
{
    double number = (double)NAN;

    if (!v->column[col].is_text)
        memcpy(&number, v->data + row * v->row_size + v->column[col].at, sizeof number);
    return number;
}

size_t sweep_view_text(const sweep_view *v, size_t row, size_t col, char *out,
                       size_t size)
{
    const sweep_view_column *c = &v->column[col];
    const char *p = (const char *)v->data + row * v->row_size + c->at;
    size_t n = c->is_text ? strnlen(p, c->size) : 0;
    size_t kept = n < size ? n : size - 1;

    memcpy(out, p, kept);
    out[kept] = 0;
    return n;
}

static lut_status row_text(const sweep_view *v, size_t row, size_t col,
                           const sweep_member *m, void *p, lut_err *err)
{
    size_t n = v->column[col].size;
    char *copy;

    if (m->kind == SWEEP_KIND_TEXT) {
        memset(p, 0, m->size);
        if (sweep_view_text(v, row, col, p, m->size) < m->size)
            return LUT_OK;
        return lut_fail(err, LUT_EFORMAT, "row %zu: %s is too long", row, m->name);
    }
    copy = malloc(n + 1);
    if (!copy)
        return lut_fail(err, LUT_ENOMEM, "out of memory");
    sweep_view_text(v, row, col, copy, n + 1);
    memcpy(p, &copy, sizeof copy);
    return LUT_OK;
}

static lut_status row_number(double v, size_t row, const sweep_member *m, void *p,
                             lut_err *err)
{
    const double limit = m->kind == SWEEP_KIND_U32 ? UINT32_MAX : 1;

    if (m->kind == SWEEP_KIND_F64) {
        memcpy(p, &v, sizeof v);
        return LUT_OK;
    }
    if (!(v >= 0 && v <= limit && floor(v) >= v))
        return lut_fail(err, LUT_EFORMAT, "row %zu: %s = %g is out of range", row,
                        m->name, v);
    if (m->kind == SWEEP_KIND_U32)
        *(uint32_t *)p = (uint32_t)v;
    else
        *(int8_t *)p = (int8_t)v;
    return LUT_OK;
}

lut_status sweep_view_row(const sweep_view *v, size_t row, const sweep_table *t,
                          void *object, lut_err *err)
{
    LUT_CHECK(row < v->rows);
    for (size_t i = 0; i < t->n; i++) {
        const sweep_member *m = &t->member[i];
        size_t col = sweep_view_find(v, m->name);
        void *p = (char *)object + m->offset;
        bool text = m->kind == SWEEP_KIND_TEXT || m->kind == SWEEP_KIND_POINTER;

        if (col == SIZE_MAX)
            continue;
        if (v->column[col].is_text != text)
            return lut_fail(err, LUT_EFORMAT, "/%s: column %s is %s", t->name, m->name,
                            text ? "a number, want text" : "text, want a number");
        if (text)
            LUT_TRY(row_text(v, row, col, m, p, err));
        else
            LUT_TRY(row_number(sweep_view_number(v, row, col), row, m, p, err));
    }
    return LUT_OK;
}
