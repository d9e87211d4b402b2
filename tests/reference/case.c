#include "tests/reference/case.h"
#include "lib/circuit/circuit.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void vec_problem(vec_case *c, const char *fmt, ...)
{
    size_t room = sizeof c->first;
    va_list ap;
    int at;

    if (c->problems++)
        return;
    at = snprintf(c->first, room, "%s%s", c->path, c->path[0] ? ": " : "");
    va_start(ap, fmt);
    vsnprintf(c->first + at, room - (size_t)at, fmt, ap);
    va_end(ap);
}

/* ---- memory ---- */

typedef struct block {
    struct block *next;
} block;

enum { HEAD = 64 };

void *vec_room(vec_case *c, size_t n, size_t size)
{
    size_t bytes;
    block *b = NULL;

    if (!__builtin_mul_overflow(n, size, &bytes) && bytes < SIZE_MAX / 2)
        b = aligned_alloc(HEAD, HEAD + lut_round_up(bytes, HEAD));
    if (!b) {
        fprintf(stderr, "vectors: %s: no memory for %zu * %zu bytes\n", c->name, n,
                size);
        exit(2);
    }
    memset(b, 0, HEAD + lut_round_up(bytes, HEAD));
    b->next = c->owned;
    c->owned = b;
    return (char *)b + HEAD;
}

void vec_release(vec_case *c)
{
    for (block *b = c->owned, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    c->owned = NULL;
}

/* ---- attributes ---- */

bool vec_has(const vec_case *c, const char *name)
{
    return H5Aexists(c->group, name) > 0;
}

static hid_t open_attribute(vec_case *c, const char *name, H5T_class_t *class)
{
    hid_t a, type, space;

    *class = H5T_NO_CLASS;
    if (!vec_has(c, name)) {
        vec_problem(c, "no attribute %s", name);
        return -1;
    }
    a = H5Aopen(c->group, name, H5P_DEFAULT);
    type = a < 0 ? -1 : H5Aget_type(a);
    space = a < 0 ? -1 : H5Aget_space(a);
    if (type >= 0 && space >= 0 && H5Sget_simple_extent_npoints(space) == 1)
        *class = H5Tget_class(type);
    H5Tclose(type);
    H5Sclose(space);
    return a;
}

const char *vec_text(vec_case *c, const char *name)
{
    char *text = vec_room(c, 1, VEC_TEXT + 1);
    H5T_class_t class;
    hid_t a = open_attribute(c, name, &class), type;

    if (a < 0)
        return text;
    type = H5Aget_type(a);
    if (class != H5T_STRING || H5Tis_variable_str(type) > 0 ||
        H5Tget_size(type) > VEC_TEXT)
        vec_problem(c, "attribute %s is no text of at most %d characters", name,
                    VEC_TEXT);
    else if (H5Aread(a, type, text) < 0)
        vec_problem(c, "attribute %s cannot be read", name);
    for (size_t n = strlen(text); n > 0 && text[n - 1] == ' ';) /* padded by blanks */
        text[--n] = 0;
    H5Tclose(type);
    H5Aclose(a);
    return text;
}

double vec_number(vec_case *c, const char *name)
{
    double v = 0;
    H5T_class_t class;
    hid_t a = open_attribute(c, name, &class);

    if (a < 0)
        return 0;
    if (class != H5T_INTEGER && class != H5T_FLOAT)
        vec_problem(c, "attribute %s is no number", name);
    else if (H5Aread(a, H5T_NATIVE_DOUBLE, &v) < 0)
        vec_problem(c, "attribute %s cannot be read", name);
    else if (!isfinite(v))
        vec_problem(c, "attribute %s is %g", name, v);
    H5Aclose(a);
    return v;
}

size_t vec_whole(vec_case *c, const char *name, size_t lo, size_t hi)
{
    size_t before = c->problems;
    double v = vec_number(c, name);

    if (c->problems > before)
        return lo;
    if (v >= (double)lo && v <= (double)hi && v == floor(v))
        return (size_t)v;
    vec_problem(c, "attribute %s is %g, want a whole number in %zu..%zu", name, v, lo,
                hi);
    return lo;
}

/* ---- arrays ---- */

bool vec_has_array(const vec_case *c, const char *name)
{
    return H5Lexists(c->group, name, H5P_DEFAULT) > 0;
}

/* Rank, or 0 after a problem. */
static size_t shape_of(vec_case *c, hid_t set, const char *name, size_t *shape)
{
    hid_t space = H5Dget_space(set);
    hsize_t dims[H5S_MAX_RANK] = { 0 };
    int rank = space < 0 ? -1 : H5Sget_simple_extent_dims(space, dims, NULL);

    H5Sclose(space);
    if (rank < 1 || rank > VEC_MOST_DIMS) {
        vec_problem(c, "array %s has rank %d", name, rank);
        return 0;
    }
    for (int i = 0; i < rank; i++)
        shape[i] = (size_t)dims[i];
    return (size_t)rank;
}

size_t vec_shape(vec_case *c, const char *name, size_t shape[VEC_MOST_DIMS])
{
    hid_t set = vec_has_array(c, name) ? H5Dopen2(c->group, name, H5P_DEFAULT) : -1;
    size_t rank = 0;

    if (set < 0)
        vec_problem(c, "no array %s", name);
    else
        rank = shape_of(c, set, name, shape);
    H5Dclose(set);
    return rank;
}

static char *shape_text(char *text, size_t size, size_t rank, const size_t *shape)
{
    size_t at = 0;

    text[0] = 0;
    for (size_t i = 0; i < rank && at < size; i++)
        at += (size_t)snprintf(text + at, size - at, "[%zu]", shape[i]);
    return text;
}

static bool is_number(hid_t set)
{
    hid_t type = H5Dget_type(set);
    H5T_class_t class = H5Tget_class(type);

    H5Tclose(type);
    return class == H5T_INTEGER || class == H5T_FLOAT;
}

static void read_array(vec_case *c, hid_t set, const char *name, size_t rank,
                       const size_t *shape, double *v)
{
    char found[256], wanted[256];
    size_t has[VEC_MOST_DIMS], n = shape_of(c, set, name, has);

    if (n == 0)
        return;
    if (n != rank || memcmp(has, shape, rank * sizeof *shape) != 0)
        vec_problem(c, "array %s is %s, want %s", name,
                    shape_text(found, sizeof found, n, has),
                    shape_text(wanted, sizeof wanted, rank, shape));
    else if (!is_number(set))
        vec_problem(c, "array %s holds no numbers", name);
    else if (H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, v) < 0) {
        vec_problem(c, "array %s cannot be read: the file is damaged", name);
        c->damaged = true;
    }
}

const double *vec_array(vec_case *c, const char *name, size_t rank, const size_t *shape)
{
    size_t n = 1, before = c->problems;
    double *v;
    hid_t set;

    if (!vec_has_array(c, name)) {
        vec_problem(c, "no array %s", name);
        return NULL;
    }
    for (size_t i = 0; i < rank; i++)
        n *= shape[i];
    v = vec_room(c, n, sizeof *v);
    set = H5Dopen2(c->group, name, H5P_DEFAULT);
    if (set < 0)
        vec_problem(c, "%s is no array", name);
    else
        read_array(c, set, name, rank, shape, v);
    H5Dclose(set);
    for (size_t i = 0; i < n && c->problems == before; i++)
        if (!isfinite(v[i]))
            vec_problem(c, "array %s holds %g at %zu", name, v[i], i);
    return c->problems == before ? v : NULL;
}

float *vec_floats(vec_case *c, const char *name, size_t rank, const size_t *shape)
{
    const double *v = vec_array(c, name, rank, shape);
    size_t n = 1;
    float *f;

    if (!v)
        return NULL;
    for (size_t i = 0; i < rank; i++)
        n *= shape[i];
    f = vec_room(c, n, sizeof *f);
    for (size_t i = 0; i < n; i++)
        f[i] = (float)v[i];
    return f;
}

const double *vec_wholes(vec_case *c, const char *name, size_t lo, size_t hi,
                         size_t rank, const size_t *shape)
{
    const double *v = vec_array(c, name, rank, shape);
    size_t n = 1;

    for (size_t i = 0; i < rank; i++)
        n *= shape[i];
    for (size_t i = 0; v && i < n; i++)
        if (!(v[i] >= (double)lo && v[i] <= (double)hi && v[i] == floor(v[i]))) {
            vec_problem(c, "array %s holds %g, want whole numbers in %zu..%zu", name,
                        v[i], lo, hi);
            return NULL;
        }
    return v;
}

/* ---- comparison ---- */

static double bound_of(const double *r, size_t n, vec_measure how, double tolerance)
{
    double most = 1e-3;

    if (how == VEC_EXACT)
        return 0;
    for (size_t i = 0; i < n && how == VEC_RELATIVE; i++)
        most = fmax(most, fabs(r[i]));
    return how == VEC_RELATIVE ? tolerance * most : tolerance;
}

/* In tolerances; infinite for anything that is no number. */
static double error_of(double a, double r, vec_measure how, double bound)
{
    double d = fabs(a - r);

    if (d == 0)
        return 0;
    if (how == VEC_EACH)
        bound *= 1 + fabs(r);
    return bound > 0 && isfinite(d) ? d / bound : INFINITY;
}

void vec_compare(vec_case *c, const char *what, const double *a, const double *r,
                 size_t n, vec_measure how, double tolerance)
{
    double bound = bound_of(r, n, how, tolerance);
    size_t at = 0;
    double most = 0;

    for (size_t i = 0; i < n; i++) {
        double e = error_of(a[i], r[i], how, bound);

        at = e > most ? i : at;
        most = e > most ? e : most;
    }
    if (most > c->worst || !c->where[0]) {
        c->worst = most;
        snprintf(c->where, sizeof c->where, "%s", what);
    }
    if (most > 1)
        vec_problem(
            c, "%s: element %zu of %zu is %.9g, want %.9g: %.3g times the tolerance",
            what, at, n, a[at], r[at], most);
}

void vec_compare_floats(vec_case *c, const char *what, const float *a, const double *r,
                        size_t n, vec_measure how, double tolerance)
{
    double *wide = vec_room(c, n, sizeof *wide);

    for (size_t i = 0; i < n; i++)
        wide[i] = (double)a[i];
    vec_compare(c, what, wide, r, n, how, tolerance);
}

void vec_tables(vec_case *c, const char *what, const uint64_t *tt, const double *r,
                unsigned k, size_t luts)
{
    size_t entries = (size_t)1 << k, words = lut_table_words(k);
    double *a = vec_room(c, luts * entries, sizeof *a);

    for (size_t m = 0; m < luts; m++)
        for (size_t e = 0; e < entries; e++)
            a[m * entries + e] = (double)(tt[m * words + e / 64] >> (e % 64) & 1);
    vec_compare(c, what, a, r, luts * entries, VEC_EXACT, 0);
}

const void *vec_options(vec_case *c, const char *text, const char *name,
                        const lut_field *fields, size_t n, size_t size)
{
    void *cfg = vec_room(c, 1, size);
    lut_err err = { 0 };

    if (lut_options_parse(cfg, text, name, fields, n, &err) == LUT_OK)
        return cfg;
    vec_problem(c, "%s: %s", name, err.text);
    return NULL;
}
