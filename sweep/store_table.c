#include "sweep/store_table.h"
#include "lib/base/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 256 << 10 };

void sweep_table_init(sweep_table *t, const char *name, const char *doc)
{
    *t = (sweep_table){ .name = name, .doc = doc, .set = -1, .type = -1 };
}

static bool is_text(const sweep_member *m)
{
    return m->kind == SWEEP_KIND_TEXT || m->kind == SWEEP_KIND_POINTER;
}

void sweep_table_add(sweep_table *t, const sweep_member *member, size_t n)
{
    static const size_t width[] = { [SWEEP_KIND_U32] = 4,
                                    [SWEEP_KIND_F64] = 8,
                                    [SWEEP_KIND_BOOL] = 1,
                                    [SWEEP_KIND_TEXT] = 1,
                                    [SWEEP_KIND_POINTER] = 1 };

    LUT_CHECK(t->n + n <= SWEEP_MEMBERS);
    for (size_t i = 0; i < n; i++) {
        t->member[t->n] = member[i];
        t->member[t->n++].width = width[member[i].kind];
    }
}

void sweep_table_add_fields(sweep_table *t, const lut_field *field, size_t n,
                            size_t base)
{
    static const sweep_kind kind[] = { [LUT_U32] = SWEEP_KIND_U32,
                                       [LUT_F64] = SWEEP_KIND_F64,
                                       [LUT_WHOLE] = SWEEP_KIND_F64,
                                       [LUT_BOOL] = SWEEP_KIND_BOOL,
                                       [LUT_TEXT] = SWEEP_KIND_TEXT };

    for (size_t i = 0; i < n; i++) {
        const sweep_member m = { .name = field[i].name,
                                 .unit = field[i].unit,
                                 .doc = field[i].doc,
                                 .kind = kind[field[i].type],
                                 .offset = base + field[i].offset,
                                 .size = field[i].size };

        sweep_table_add(t, &m, 1);
    }
}

/* Text of a member and its length; never reads past the member. */
static const char *member_text(const sweep_member *m, const void *row, size_t *n)
{
    const char *p = (const char *)row + m->offset;

    if (m->kind == SWEEP_KIND_POINTER) {
        const char *text = *(char *const *)(const void *)p;

        *n = text ? strlen(text) : 0;
        return text ? text : "";
    }
    *n = strnlen(p, m->size - 1);
    return p;
}

void sweep_table_measure(sweep_table *t, const void *row)
{
    for (size_t i = 0; i < t->n; i++) {
        sweep_member *m = &t->member[i];
        size_t n;

        if (!is_text(m))
            continue;
        member_text(m, row, &n);
        m->width = n > m->width ? n : m->width;
    }
}

static hid_t member_type(const sweep_member *m, bool in_file)
{
    switch (m->kind) {
    case SWEEP_KIND_U32:
        return H5Tcopy(in_file ? H5T_STD_U32LE : H5T_NATIVE_UINT32);
    case SWEEP_KIND_F64:
        return H5Tcopy(in_file ? H5T_IEEE_F64LE : H5T_NATIVE_DOUBLE);
    case SWEEP_KIND_BOOL:
        return H5Tcopy(in_file ? H5T_STD_I8LE : H5T_NATIVE_INT8);
    case SWEEP_KIND_TEXT:
    case SWEEP_KIND_POINTER:
        break;
    }
    return sweep_h5_text_type(m->width, true);
}

static hid_t row_type(const sweep_table *t, bool in_file)
{
    hid_t type = H5Tcreate(H5T_COMPOUND, t->row_size);

    for (size_t i = 0; i < t->n; i++) {
        hid_t member = member_type(&t->member[i], in_file);

        H5Tinsert(type, t->member[i].name, t->member[i].at, member);
        H5Tclose(member);
    }
    return type;
}

/* "lr: base learning rate" a line, for those who only look with h5dump -A. */
static char *describe(const sweep_table *t)
{
    size_t room = strlen(t->doc) + 2, used;
    char *text;

    for (size_t i = 0; i < t->n; i++)
        room += strlen(t->member[i].name) + strlen(t->member[i].unit) +
                strlen(t->member[i].doc) + 8;
    text = malloc(room);
    if (!text)
        return NULL;
    used = (size_t)snprintf(text, room, "%s", t->doc);
    for (size_t i = 0; i < t->n; i++) {
        const sweep_member *m = &t->member[i];

        used += (size_t)snprintf(text + used, room - used, "\n%s%s%s%s: %s", m->name,
                                 m->unit[0] ? " [" : "", m->unit, m->unit[0] ? "]" : "",
                                 m->doc);
    }
    return text;
}

static lut_status create_set(sweep_table *t, hid_t file, lut_err *err)
{
    const hsize_t rows = t->rows;
    hid_t space = H5Screate_simple(1, &rows, NULL), type = row_type(t, true);
    hid_t dcpl = sweep_h5_layout(1, &rows, t->row_size, CHUNK_BYTES);
    lut_status st = LUT_OK;

    t->set = H5Dcreate2(file, t->name, type, space, H5P_DEFAULT, dcpl, H5P_DEFAULT);
    if (t->set < 0)
        st = sweep_h5_fail(err, LUT_EIO, "/%s cannot be created", t->name);
    H5Pclose(dcpl);
    H5Tclose(type);
    H5Sclose(space);
    return st;
}

lut_status sweep_table_create(sweep_table *t, hid_t file, size_t rows, lut_err *err)
{
    char *doc;
    lut_status st;

    t->row_size = 0;
    for (size_t i = 0; i < t->n; i++) {
        t->member[i].at = t->row_size;
        t->row_size += t->member[i].width;
    }
    t->rows = rows;
    t->room = CHUNK_BYTES / t->row_size ? CHUNK_BYTES / t->row_size : 1; /* one chunk */
    t->buffer = malloc(t->room * t->row_size);
    doc = describe(t);
    t->type = row_type(t, false);
    if (!t->buffer || !doc)
        st = lut_fail(err, LUT_ENOMEM, "/%s: out of memory", t->name);
    else
        st = create_set(t, file, err);
    if (st == LUT_OK)
        st = sweep_h5_put_note(t->set, "doc", doc, err);
    free(doc);
    return st;
}

static lut_status flush(sweep_table *t, lut_err *err)
{
    const hsize_t start = t->done, count = t->used;
    hid_t space, memory;
    lut_status st = LUT_OK;

    if (count == 0)
        return LUT_OK;
    space = H5Dget_space(t->set);
    memory = H5Screate_simple(1, &count, NULL);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, &start, NULL, &count, NULL);
    if (H5Dwrite(t->set, t->type, memory, space, H5P_DEFAULT, t->buffer) < 0)
        st = sweep_h5_fail(err, LUT_EIO, "/%s cannot be written", t->name);
    H5Sclose(memory);
    H5Sclose(space);
    t->done += t->used;
    t->used = 0;
    return st;
}

/* Not a number has one pattern and zero no sign: equal rows are equal bytes. */
static void pack_number(unsigned char *out, const sweep_member *m, const void *p)
{
    double v;

    if (m->kind != SWEEP_KIND_F64) {
        memcpy(out, p, m->width);
        return;
    }
    memcpy(&v, p, sizeof v);
    v = isnan(v) ? (double)NAN : v + 0.0;
    memcpy(out, &v, sizeof v);
}

lut_status sweep_table_append(sweep_table *t, const void *row, lut_err *err)
{
    unsigned char *out = t->buffer + t->used * t->row_size;

    if (t->done + t->used == t->rows)
        return lut_fail(err, LUT_EIO, "/%s: there are more rows than were counted",
                        t->name);
    for (size_t i = 0; i < t->n; i++) {
        const sweep_member *m = &t->member[i];
        const char *text;
        size_t n;

        if (!is_text(m)) {
            pack_number(out + m->at, m, (const char *)row + m->offset);
            continue;
        }
        text = member_text(m, row, &n);
        if (n > m->width)
            return lut_fail(err, LUT_EIO, "/%s: %s changed while it was written",
                            t->name, m->name);
        memset(out + m->at, 0, m->width);
        memcpy(out + m->at, text, n);
    }
    return ++t->used == t->room ? flush(t, err) : LUT_OK;
}

lut_status sweep_table_finish(sweep_table *t, lut_err *err)
{
    lut_status st = flush(t, err);

    if (st != LUT_OK)
        return st;
    if (t->done != t->rows)
        return lut_fail(err, LUT_EIO, "/%s: %zu rows where %zu were counted", t->name,
                        t->done, t->rows);
    if (H5Dclose(t->set) < 0)
        st = sweep_h5_fail(err, LUT_EIO, "/%s cannot be written", t->name);
    t->set = -1;
    return st;
}

void sweep_table_fini(sweep_table *t)
{
    if (t->set >= 0)
        H5Dclose(t->set);
    if (t->type >= 0)
        H5Tclose(t->type);
    free(t->buffer);
    t->buffer = NULL;
    t->set = t->type = -1;
}
