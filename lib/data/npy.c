/* Arrays as numpy.save writes them: the magic "\x93NUMPY", version, length of the header,
 * a header "{'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28, 28), }", values.
 * Versions 1 to 3 differ in the length's width and the header's character set
 * (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). */
#include "lib/data/cut.h"
#include "lib/data/dataset.h"
#include "lib/data/file.h"
#include "lib/data/table.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_AXES = 8, MAX_HEADER = 65536 };

typedef struct npy_cfg {
    char train[128], train_labels[128], test[128], test_labels[128];
    uint32_t train_rows, test_seed;
    double test_share;
} npy_cfg;

static const lut_field npy_fields[] = {
    LUT_OPTION_TEXT(npy_cfg, train, NULL, "-",
                    "file with the features of the training part, samples first"),
    LUT_OPTION_TEXT(npy_cfg, train_labels, NULL, "-", "file with its classes"),
    LUT_OPTION_TEXT(npy_cfg, test, NULL, "-",
                    "file with the features of the test part; -: cut from the training "
                    "files"),
    LUT_OPTION_TEXT(npy_cfg, test_labels, NULL, "-", "file with its classes"),
    LUT_OPTION_U32(npy_cfg, train_rows, "", 0, UINT32_MAX, "0",
                   "the first rows are the training part, the others the test part"),
    LUT_OPTION_F64(
        npy_cfg, test_share, "", 0, 0.9, "0",
        "share of the rows cut off as test part where there is no test file"),
    LUT_OPTION_U32(npy_cfg, test_seed, "", 0, UINT32_MAX, "1", "seed of that cut"),
};

typedef struct array {
    lut_file file;
    const unsigned char *values; /* in file */
    char type;                   /* 'b', 'i', 'u', 'f' */
    size_t width;                /* bytes of a value */
    bool big, fortran;           /* big-endian; first axis fastest */
    size_t axes, shape[MAX_AXES];
    size_t rows, columns; /* the first axis, and the product of the others */
} array;

/* ---- header ---- */

static lut_status bad_header(const array *a, const char *want, lut_err *err)
{
    return lut_fail(err, LUT_EFORMAT, "%s: header of the npy format: want %s",
                    a->file.path, want);
}

/* What stands behind 'KEY': in the header; NULL. */
static const char *behind(const char *header, const char *key)
{
    const char *p = strstr(header, key);

    if (!p)
        return NULL;
    p += strlen(key);
    p += strspn(p, " ");
    if (*p++ != ':')
        return NULL;
    return p + strspn(p, " ");
}

static lut_status read_type(array *a, const char *header, lut_err *err)
{
    const char *p = behind(header, "'descr'");
    static const char *const known[] = { "b1", "i1", "i2", "i4", "i8", "u1",
                                         "u2", "u4", "u8", "f4", "f8" };

    if (p && *p == '\'' && p[1] && strchr("<>|=", p[1]))
        for (size_t i = 0; i < LUT_COUNT(known); i++)
            if (strncmp(p + 2, known[i], 2) == 0 && p[4] == '\'') {
                a->type = p[2];
                a->width = (size_t)(p[3] - '0');
                a->big = p[1] == '>';
                return LUT_OK;
            }
    return bad_header(
        a,
        "'descr' of b1, i1, i2, i4, i8, u1, u2, u4, u8, f4 or f8, after <, > "
        "or |",
        err);
}

static lut_status read_order(array *a, const char *header, lut_err *err)
{
    const char *p = behind(header, "'fortran_order'");

    a->fortran = p && strncmp(p, "True", 4) == 0;
    if (a->fortran || (p && strncmp(p, "False", 5) == 0))
        return LUT_OK;
    return bad_header(a, "'fortran_order' True or False", err);
}

static lut_status read_shape(array *a, const char *header, lut_err *err)
{
    const char *p = behind(header, "'shape'");

    if (p && *p++ == '(')
        while (a->axes < MAX_AXES && *p >= '0' && *p <= '9') {
            char *end;
            unsigned long long n = strtoull(p, &end, 10);

            if (n == 0 || n > UINT32_MAX)
                return bad_header(a, "sizes of 1..4294967295 in 'shape'", err);
            a->shape[a->axes++] = (size_t)n;
            p = end + strspn(end, " ");
            p += *p == ',';
            p += strspn(p, " ");
        }
    if (p && a->axes && *p == ')')
        return LUT_OK;
    return bad_header(a, "'shape' of 1..8 sizes", err);
}

/* The header's text with a 0 behind it, and where the values start. */
static lut_status find_header(array *a, char text[MAX_HEADER + 1], lut_err *err)
{
    const unsigned char *p = (const unsigned char *)a->file.bytes;
    size_t size = a->file.size, start, length;

    if (size < 10 || memcmp(p, "\x93NUMPY", 6) != 0)
        return lut_fail(err, LUT_EFORMAT,
                        "%s: byte 0: no npy file, want \\x93NUMPY and a header",
                        a->file.path);
    if (p[6] < 1 || p[6] > 3)
        return lut_fail(err, LUT_EFORMAT, "%s: byte 6: version %u, want 1..3",
                        a->file.path, p[6]);
    start = p[6] == 1 ? 10 : 12;
    length = size < start ? 0 : p[8] | (size_t)p[9] << 8;
    if (p[6] > 1 && size >= start)
        length |= (size_t)p[10] << 16 | (size_t)p[11] << 24;
    if (size < start || length > MAX_HEADER || length > size - start)
        return lut_fail(
            err, LUT_EFORMAT,
            "%s: byte 8: header of %zu bytes in a file of %zu, want at most "
            "%d and all of it",
            a->file.path, length, size, MAX_HEADER);
    memcpy(text, p + start, length);
    text[length] = 0;
    a->values = p + start + length;
    return LUT_OK;
}

static lut_status check_size(array *a, lut_err *err)
{
    size_t bytes,
        have = a->file.size - (size_t)((const char *)a->values - a->file.bytes);
    bool fits = true;

    a->rows = a->shape[0];
    a->columns = 1;
    for (size_t i = 1; i < a->axes; i++)
        fits &= !__builtin_mul_overflow(a->columns, a->shape[i], &a->columns);
    fits &= !__builtin_mul_overflow(a->columns, a->rows, &bytes);
    fits &= !__builtin_mul_overflow(bytes, a->width, &bytes);
    if (fits && bytes == have)
        return LUT_OK;
    return lut_fail(
        err, LUT_EFORMAT,
        "%s: %zu bytes of values, want %zu x %zu of %zu bytes by its header",
        a->file.path, have, a->rows, a->columns, a->width);
}

static lut_status load(array *a, const char *set, const char *name,
                       const char *const *folder, lut_err *err)
{
    char *text;
    lut_status st;

    LUT_TRY(lut_file_load(&a->file, set, name, folder, err));
    text = malloc(MAX_HEADER + 1);
    if (!text)
        return lut_fail(err, LUT_ENOMEM, "%s: no memory for its header", a->file.path);
    st = find_header(a, text, err);
    if (st == LUT_OK)
        st = read_type(a, text, err);
    if (st == LUT_OK)
        st = read_order(a, text, err);
    if (st == LUT_OK)
        st = read_shape(a, text, err);
    free(text);
    return st == LUT_OK ? check_size(a, err) : st;
}

/* ---- values ---- */

/* Bytes of value i as a number, least significant first in memory or last. */
static uint64_t bits_of(const array *a, size_t i)
{
    const unsigned char *p = a->values + i * a->width;
    uint64_t v = 0;

    for (size_t b = 0; b < a->width; b++)
        v |= (uint64_t)p[a->big ? a->width - 1 - b : b] << 8 * b;
    return v;
}

static double number(const array *a, size_t i)
{
    uint64_t v = bits_of(a, i), sign = (uint64_t)1 << (8 * a->width - 1);
    double real;
    uint32_t low = (uint32_t)v;
    float single;

    if (a->type == 'f' && a->width == 4) {
        memcpy(&single, &low, sizeof single);
        return (double)single;
    }
    if (a->type == 'f') {
        memcpy(&real, &v, sizeof real);
        return real;
    }
    if (a->type == 'i' && (v & sign)) /* v - 2^bits, without overflow */
        return -(double)((sign - 1 - (v & (sign - 1))) + 1);
    return (double)v;
}

/* Feature c of row r.  In Fortran's order the first axis runs fastest, and the features
 * are still numbered in C's order of the other axes. */
static size_t place(const array *a, size_t r, size_t c)
{
    size_t at = 0, stride = a->rows, left = a->columns;

    if (!a->fortran)
        return r * a->columns + c;
    for (size_t axis = 1; axis < a->axes; axis++) {
        left /= a->shape[axis];
        at += c / left * stride;
        c %= left;
        stride *= a->shape[axis];
    }
    return r + at;
}

static lut_status bad_value(const array *a, size_t i, const char *want, lut_err *err)
{
    return lut_fail(err, LUT_EFORMAT, "%s: byte %zu: value %g, want %s", a->file.path,
                    (size_t)((const char *)a->values - a->file.bytes) + i * a->width,
                    number(a, i), want);
}

static lut_status copy_features(lut_dataset *d, const array *x, lut_err *err)
{
    for (size_t c = 0; c < d->features; c++)
        for (size_t s = 0; s < d->samples; s++) {
            size_t i = place(x, s, c);
            double v = number(x, i);

            if (!(fabs(v) <= (double)FLT_MAX))
                return bad_value(x, i, "a finite number within +-3.4e38", err);
            d->x[c * d->samples + s] = (float)v + 0.0f;
        }
    return LUT_OK;
}

/* classes: labels are less than this. */
static lut_status copy_labels(lut_dataset *d, const array *y, uint32_t classes,
                              lut_err *err)
{
    for (size_t s = 0; s < d->samples; s++) {
        double v = number(y, s);

        if (!(v >= 0 && v < classes && v == floor(v)))
            return bad_value(y, s,
                             classes == LUT_MAX_CLASSES
                                 ? "a class, a whole number 0..1023"
                                 : "a class of the training part",
                             err);
        d->label[s] = (uint16_t)v;
        if (d->label[s] >= d->classes)
            d->classes = d->label[s] + 1u;
    }
    return LUT_OK;
}

/* ---- parts ---- */

/* A set known by name may say what its columns are. */
static void name_features(lut_dataset *d, const char *set)
{
    const lut_known *known = lut_known_find(set);
    const char *p = known ? known->columns : NULL;

    for (size_t f = 0; p && *p && f < d->features; f++) {
        size_t length = strcspn(p, ";");

        table_name(d->name[f], &(text_cell){ p, length });
        p += length + (p[length] != 0);
    }
}

/* features, classes: of the training part; features 0 in itself. */
static lut_status fill(lut_dataset *d, const array *x, const array *y, size_t features,
                       uint32_t classes, lut_err *err)
{
    if (x->axes < 2)
        return lut_fail(err, LUT_EFORMAT, "%s: one axis, want samples x features",
                        x->file.path);
    if (features && x->columns != features)
        return lut_fail(err, LUT_EFORMAT,
                        "%s: %zu features, want %zu as in the training part",
                        x->file.path, x->columns, features);
    if (y->rows != x->rows || y->columns != 1)
        return lut_fail(err, LUT_EFORMAT,
                        "%s: %zu x %zu labels, want %zu as there are samples in %s",
                        y->file.path, y->rows, y->columns, x->rows, x->file.path);
    LUT_TRY(lut_dataset_alloc(d, x->rows, x->columns, err));
    LUT_TRY(copy_features(d, x, err));
    return copy_labels(d, y, classes, err);
}

static lut_status read_part(lut_dataset *d, const char *x_name, const char *y_name,
                            const char *set, const char *const *folder, size_t features,
                            uint32_t classes, lut_err *err)
{
    array x = { .axes = 0 }, y = { .axes = 0 };
    lut_status st = load(&x, set, x_name, folder, err);

    if (st == LUT_OK)
        st = load(&y, set, y_name, folder, err);
    if (st == LUT_OK)
        st = fill(d, &x, &y, features, classes, err);
    if (st == LUT_OK)
        name_features(d, set);
    lut_file_fini(&x.file);
    lut_file_fini(&y.file);
    return st;
}

static lut_status check_names(const npy_cfg *cfg, lut_err *err)
{
    if (strcmp(cfg->train_labels, "-") == 0)
        return lut_fail(err, LUT_EINVAL,
                        "npy.train_labels is not set, want the name of a file");
    if ((strcmp(cfg->test, "-") == 0) != (strcmp(cfg->test_labels, "-") == 0))
        return lut_fail(
            err, LUT_EINVAL,
            "npy.test = \"%s\", npy.test_labels = \"%s\": want both or none", cfg->test,
            cfg->test_labels);
    return LUT_OK;
}

static lut_status read(const void *cfg_, lut_data *out, const char *set,
                       const char *const *folder, lut_err *err)
{
    const npy_cfg *cfg = cfg_;
    data_cut cut = { .rows = cfg->train_rows,
                     .share = cfg->test_share,
                     .seed = cfg->test_seed,
                     .name = "npy",
                     .file = cfg->train,
                     .test = cfg->test };

    LUT_TRY(data_cut_check(&cut, err));
    LUT_TRY(check_names(cfg, err));
    LUT_TRY(read_part(&out->train, cfg->train, cfg->train_labels, set, folder, 0,
                      LUT_MAX_CLASSES, err));
    if (out->train.classes < 2)
        return lut_fail(err, LUT_EFORMAT,
                        "%s: all labels are 0, want two classes or more",
                        cfg->train_labels);
    if (strcmp(cfg->test, "-") == 0)
        return data_cut_apply(out, &cut, err);
    LUT_TRY(read_part(&out->test, cfg->test, cfg->test_labels, set, folder,
                      out->train.features, out->train.classes, err));
    out->test.classes = out->train.classes;
    return LUT_OK;
}

const lut_reader_ops lut_reader_npy = {
    .name = "npy",
    .doc = "arrays of numpy.save: features, samples first, and classes 0, 1, ...",
    .fields = npy_fields,
    .nfields = LUT_COUNT(npy_fields),
    .cfg_size = sizeof(npy_cfg),
    .read = read,
};
