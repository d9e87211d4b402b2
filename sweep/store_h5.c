#include "config.h"
#include "sweep/store_h5.h"
#include "sweep/store.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    REASON = 300,
    TINY = 512
}; /* TINY: below it a chunk index costs more than it saves */

/* A file that cannot be closed, because the disk is full, stays half open inside HDF5, and
 * HDF5's own exit handler then crashes on it.  We close what we open, so there is nothing
 * for that handler to do. */
void sweep_h5_quiet(void)
{
    H5dont_atexit();
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
}

/* The first of the walk upward is the innermost; what the system said is quoted in it. */
static herr_t innermost(unsigned n, const H5E_error2_t *e, void *arg)
{
    static const char key[] = "error message = '";
    const char *quoted = e->desc ? strstr(e->desc, key) : NULL;
    char *reason = arg;

    if (n > 0 || !e->desc)
        return 0;
    if (!quoted) {
        snprintf(reason, REASON, "%s", e->desc);
        return 0;
    }
    quoted += sizeof key - 1;
    snprintf(reason, REASON, "%.*s", (int)strcspn(quoted, "'"), quoted);
    return 0;
}

lut_status sweep_h5_fail(lut_err *err, lut_status code, const char *fmt, ...)
{
    char text[LUT_ERR_TEXT], reason[REASON] = "no reason given";
    va_list ap;

    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, innermost, reason);
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return lut_fail(err, code, "%.600s: %s", text, reason);
}

/* Nobody writes a results file in place, so a lock protects nothing that the rename does
 * not; on file systems without locks asking for one would only fail. */
static hid_t access_properties(bool lock)
{
    hid_t fapl = H5Pcreate(H5P_FILE_ACCESS);

    H5Pset_fclose_degree(fapl, H5F_CLOSE_STRONG);
    H5Pset_libver_bounds(fapl, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18);
#ifdef HAVE_H5PSET_FILE_LOCKING
    H5Pset_file_locking(fapl, lock, true);
#else
    (void)lock;
#endif
    return fapl;
}

static hid_t create(const char *path, hid_t fapl)
{
    hid_t fcpl = H5Pcreate(H5P_FILE_CREATE), file;

    H5Pset_istore_k(fcpl,
                    8); /* thousands of small arrays: an index of 0.7 KB, not 2.6 */
    H5Pset_obj_track_times(fcpl, false);
    file = H5Fcreate(path, H5F_ACC_TRUNC, fcpl, fapl);
    if (file >= 0) { /* closing clears the reason of a failure */
        H5Pclose(fapl);
        H5Pclose(fcpl);
    }
    return file;
}

hid_t sweep_h5_create(const char *path)
{
    return create(path, access_properties(false));
}

hid_t sweep_h5_memory(const char *name)
{
    const size_t step = (size_t)1 << 20;
    hid_t fapl = access_properties(false);

    H5Pset_fapl_core(fapl, step, false);
    return create(name, fapl);
}

lut_status sweep_h5_close(hid_t file, lut_status st, lut_err *err)
{
    if (st == LUT_OK && H5Fflush(file, H5F_SCOPE_GLOBAL) < 0)
        st = sweep_h5_fail(err, LUT_EIO, "cannot be written");
    if (H5Fclose(file) < 0 && st == LUT_OK)
        st = sweep_h5_fail(err, LUT_EIO, "cannot be closed");
    return st;
}

hid_t sweep_h5_open(const char *path)
{
    hid_t fapl = access_properties(true), file = H5Fopen(path, H5F_ACC_RDONLY, fapl);

    H5Pclose(fapl);
    if (file >= 0)
        return file;
    fapl = access_properties(false);
    file = H5Fopen(path, H5F_ACC_RDONLY, fapl);
    if (file >= 0)
        H5Pclose(fapl);
    return file;
}

hid_t sweep_h5_group(hid_t where, const char *name, unsigned members)
{
    hid_t gcpl = H5Pcreate(H5P_GROUP_CREATE), group;

    H5Pset_obj_track_times(gcpl, false);
    if (members) {
        H5Pset_link_creation_order(gcpl, H5P_CRT_ORDER_TRACKED);
        H5Pset_est_link_info(gcpl, members, 10);
    }
    group = H5Gcreate2(where, name, H5P_DEFAULT, gcpl, H5P_DEFAULT);
    if (group >= 0)
        H5Pclose(gcpl);
    return group;
}

hid_t sweep_h5_layout(int rank, const hsize_t *dims, size_t element, size_t chunk_bytes)
{
    hid_t dcpl = H5Pcreate(H5P_DATASET_CREATE);
    hsize_t chunk[4], row = element;

    H5Pset_obj_track_times(dcpl, false);
    for (int i = 0; i < rank; i++)
        chunk[i] = dims[i];
    for (int i = 1; i < rank; i++)
        row *= dims[i];
#if H5_VERSION_GE(1, 10, 5)
    H5Pset_dset_no_attrs_hint(dcpl, true); /* 0.2 KB less of each */
#endif
    if (rank == 0 || chunk_bytes == 0 || dims[0] * row < TINY)
        return dcpl;
    chunk[0] = chunk_bytes / row > 0 ? chunk_bytes / row : 1;
    if (chunk[0] > dims[0])
        chunk[0] = dims[0];
    H5Pset_chunk(dcpl, rank, chunk);
    if (element > 1)
        H5Pset_shuffle(dcpl);
    H5Pset_deflate(dcpl, 6);
    return dcpl;
}

hid_t sweep_h5_text_type(size_t size, bool ascii)
{
    hid_t type = H5Tcopy(H5T_C_S1);

    H5Tset_size(type, size);
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    H5Tset_cset(type, ascii ? H5T_CSET_ASCII : H5T_CSET_UTF8);
    return type;
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 128)
            return false;
    return true;
}

lut_status sweep_h5_put_text(hid_t where, const char *name, const char *text,
                             lut_err *err)
{
    size_t n = strlen(text);
    hid_t type = sweep_h5_text_type(n ? n : 1, is_ascii(text));
    lut_status st = sweep_h5_put_array(where, name, type, type, 0, NULL, text, err);

    H5Tclose(type);
    return st;
}

lut_status sweep_h5_put_array(hid_t where, const char *name, hid_t file_type,
                              hid_t mem_type, int rank, const hsize_t *dims,
                              const void *data, lut_err *err)
{
    const size_t chunk_bytes = (size_t)1 << 20;
    hid_t space = rank ? H5Screate_simple(rank, dims, NULL) : H5Screate(H5S_SCALAR);
    hid_t dcpl = sweep_h5_layout(rank, dims, H5Tget_size(file_type), chunk_bytes);
    hid_t set =
        H5Dcreate2(where, name, file_type, space, H5P_DEFAULT, dcpl, H5P_DEFAULT);
    lut_status st = LUT_OK;

    if (set < 0 || H5Dwrite(set, mem_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0)
        st = sweep_h5_fail(err, LUT_EIO, "%s cannot be written", name);
    if (set >= 0 && H5Dclose(set) < 0 && st == LUT_OK)
        st = sweep_h5_fail(err, LUT_EIO, "%s cannot be written", name);
    H5Pclose(dcpl);
    H5Sclose(space);
    return st;
}

static lut_status put_attribute(hid_t object, const char *name, hid_t file_type,
                                hid_t mem_type, const void *data, lut_err *err)
{
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute =
        H5Acreate2(object, name, file_type, space, H5P_DEFAULT, H5P_DEFAULT);
    lut_status st = LUT_OK;

    if (attribute < 0 || H5Awrite(attribute, mem_type, data) < 0)
        st = sweep_h5_fail(err, LUT_EIO, "attribute %s cannot be written", name);
    if (attribute >= 0)
        H5Aclose(attribute);
    H5Sclose(space);
    return st;
}

static hid_t variable_text(bool ascii)
{
    hid_t type = H5Tcopy(H5T_C_S1);

    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, ascii ? H5T_CSET_ASCII : H5T_CSET_UTF8);
    return type;
}

lut_status sweep_h5_put_note(hid_t object, const char *name, const char *text,
                             lut_err *err)
{
    hid_t type = variable_text(is_ascii(text));
    lut_status st = put_attribute(object, name, type, type, &text, err);

    H5Tclose(type);
    return st;
}

lut_status sweep_h5_put_number(hid_t object, const char *name, int64_t v, lut_err *err)
{
    return put_attribute(object, name, H5T_STD_I64LE, H5T_NATIVE_INT64, &v, err);
}

lut_status sweep_h5_get_text(hid_t where, const char *name, char **text, lut_err *err)
{
    hid_t set = H5Dopen2(where, name, H5P_DEFAULT);
    hid_t type = set >= 0 ? H5Dget_type(set) : -1;
    hid_t space = set >= 0 ? H5Dget_space(set) : -1;
    lut_status st = LUT_OK;
    size_t n;

    *text = NULL;
    if (set < 0 || type < 0 || space < 0)
        st = sweep_h5_fail(err, LUT_EFORMAT, "%s cannot be read", name);
    else if (H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) > 0 ||
             H5Sget_simple_extent_npoints(space) != 1)
        st = lut_fail(err, LUT_EFORMAT, "%s is no text of fixed length", name);
    n = st == LUT_OK ? H5Tget_size(type) : 0;
    if (st == LUT_OK && !(*text = calloc(n + 1, 1)))
        st = lut_fail(err, LUT_ENOMEM, "%s: no memory for %zu bytes", name, n);
    if (st == LUT_OK && H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, *text) < 0)
        st = sweep_h5_fail(err, LUT_EFORMAT, "%s cannot be read", name);
    if (st != LUT_OK) {
        free(*text);
        *text = NULL;
    }
    H5Sclose(space);
    H5Tclose(type);
    H5Dclose(set);
    return st;
}

lut_status sweep_h5_get_note(hid_t object, const char *name, char **text, lut_err *err)
{
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    hid_t type = attribute >= 0 ? H5Aget_type(attribute) : -1;
    hid_t space = attribute >= 0 ? H5Aget_space(attribute) : -1;
    char *read = NULL;
    lut_status st = LUT_OK;

    *text = NULL;
    if (type < 0 || H5Tget_class(type) != H5T_STRING || H5Tis_variable_str(type) <= 0 ||
        H5Sget_simple_extent_npoints(space) != 1 || H5Aread(attribute, type, &read) < 0)
        st = lut_fail(err, LUT_EFORMAT, "it has no readable attribute %s", name);
    else if (!(*text = strdup(read ? read : "")))
        st = lut_fail(err, LUT_ENOMEM, "out of memory");
    H5free_memory(read);
    H5Sclose(space);
    H5Tclose(type);
    H5Aclose(attribute);
    return st;
}

static lut_status get_attribute(hid_t object, const char *name, hid_t mem_type, void *v,
                                lut_err *err)
{
    hid_t attribute = H5Aopen(object, name, H5P_DEFAULT);
    hid_t space = attribute >= 0 ? H5Aget_space(attribute) : -1;
    lut_status st = LUT_OK;

    if (attribute < 0 || H5Sget_simple_extent_npoints(space) != 1 ||
        H5Aread(attribute, mem_type, v) < 0)
        st = lut_fail(err, LUT_EFORMAT, "it has no readable attribute %s", name);
    H5Sclose(space);
    H5Aclose(attribute);
    return st;
}

lut_status sweep_h5_get_number(hid_t object, const char *name, uint64_t *v,
                               lut_err *err)
{
    return get_attribute(object, name, H5T_NATIVE_UINT64, v, err);
}

lut_status sweep_h5_get_signed(hid_t object, const char *name, int64_t *v, lut_err *err)
{
    return get_attribute(object, name, H5T_NATIVE_INT64, v, err);
}

lut_status sweep_h5_dims(hid_t where, const char *name, int rank, hsize_t *dims,
                         lut_err *err)
{
    hid_t set = H5Dopen2(where, name, H5P_DEFAULT);
    hid_t space = set >= 0 ? H5Dget_space(set) : -1;
    lut_status st = LUT_OK;

    if (set < 0 || space < 0)
        st = sweep_h5_fail(err, LUT_EFORMAT, "%s cannot be read", name);
    else if (H5Sget_simple_extent_ndims(space) != rank)
        st = lut_fail(err, LUT_EFORMAT, "%s has %d dimensions, want %d", name,
                      H5Sget_simple_extent_ndims(space), rank);
    else
        H5Sget_simple_extent_dims(space, dims, NULL);
    H5Sclose(space);
    H5Dclose(set);
    return st;
}

lut_status sweep_h5_get_array(hid_t where, const char *name, hid_t mem_type, int rank,
                              const hsize_t *dims, void *data, lut_err *err)
{
    hsize_t found[4];
    hid_t set;
    lut_status st = LUT_OK;

    LUT_TRY(sweep_h5_dims(where, name, rank, found, err));
    for (int i = 0; i < rank; i++)
        if (found[i] != dims[i])
            return lut_fail(err, LUT_EFORMAT, "%s is %llu long, want %llu", name,
                            (unsigned long long)found[i], (unsigned long long)dims[i]);
    set = H5Dopen2(where, name, H5P_DEFAULT);
    if (set < 0 || H5Dread(set, mem_type, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) < 0)
        st = sweep_h5_fail(err, LUT_EFORMAT, "%s cannot be read", name);
    H5Dclose(set);
    return st;
}

lut_status sweep_h5_exists(hid_t where, const char *name, bool *found, lut_err *err)
{
    const htri_t there = H5Lexists(where, name, H5P_DEFAULT);

    *found = there > 0;
    return there < 0 ? sweep_h5_fail(err, LUT_EFORMAT, "%s cannot be looked for", name)
                     : LUT_OK;
}

void sweep_store_library(char version[32])
{
    unsigned major = 0, minor = 0, release = 0;

    H5get_libversion(&major, &minor, &release);
    snprintf(version, 32, "%u.%u.%u", major, minor, release);
}
