/* One case of a file of reference vectors, and what has been found wrong with it.
 *
 * The getters check type and shape before they allocate, and give memory that belongs to
 * the case.  What is missing or of another shape is noted as a problem of the case; then
 * they give NULL or 0, and whoever computes with what they gave asks vec_ok first.
 */
#ifndef TESTS_REFERENCE_CASE_H
#define TESTS_REFERENCE_CASE_H

#include "lib/net/backend.h"

#include <hdf5.h>

enum { VEC_NAME = 256, VEC_TEXT = 128, VEC_MOST_DIMS = 8 };

typedef struct vec_case {
    char name[VEC_NAME], kind[VEC_TEXT], variant[VEC_TEXT];
    const lut_backend *be; /* what it runs on */
    const char *path;      /* "bits", "reals", or "": for messages */
    hid_t group;
    void *owned;           /* list of blocks */
    double worst;          /* error relative to its tolerance, infinite where exact */
    char where[VEC_TEXT];  /* the array it was seen in */
    size_t problems;
    char first[1024];      /* the first one, in words */
    bool damaged;          /* the file could not be read */
} vec_case;

/* How far a result may be from its reference. */
typedef enum vec_measure {
    VEC_RELATIVE, /* |a - r| <= tolerance * max(max|r|, 1e-3) */
    VEC_ABSOLUTE, /* |a - r| <= tolerance */
    VEC_EACH,     /* |a - r| <= tolerance * (1 + |r|) */
    VEC_EXACT
} vec_measure;

void vec_problem(vec_case *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static inline bool vec_ok(const vec_case *c)
{
    return c->problems == 0;
}

/* Zeroed memory that lives as long as the case, aligned to 64; ends the program where
 * there is none. */
void *vec_room(vec_case *c, size_t n, size_t size);
void vec_release(vec_case *c);

bool vec_has(const vec_case *c, const char *name);      /* an attribute */
bool vec_has_array(const vec_case *c, const char *name);
const char *vec_text(vec_case *c, const char *name);    /* "" when absent */
double vec_number(vec_case *c, const char *name);
size_t vec_whole(vec_case *c, const char *name, size_t lo, size_t hi); /* lo when absent */

/* An array of exactly that shape, C order: vec_array(c, "x", VEC_SHAPE(k, n)). */
#define VEC_SHAPE(...)                                                                   \
    sizeof((size_t[]){ __VA_ARGS__ }) / sizeof(size_t), (size_t[]){ __VA_ARGS__ }
const double *vec_array(vec_case *c, const char *name, size_t rank, const size_t *shape);
float *vec_floats(vec_case *c, const char *name, size_t rank, const size_t *shape);

/* Shape of an array; its rank, 0 when it is absent. */
size_t vec_shape(vec_case *c, const char *name, size_t shape[VEC_MOST_DIMS]);

/* The same with whole numbers in lo .. hi: labels, wires, bits. */
const double *vec_wholes(vec_case *c, const char *name, size_t lo, size_t hi, size_t rank,
                         const size_t *shape);

/* Results of n elements against the reference. */
void vec_compare(vec_case *c, const char *what, const double *a, const double *r, size_t n,
                 vec_measure how, double tolerance);
void vec_compare_floats(vec_case *c, const char *what, const float *a, const double *r,
                        size_t n, vec_measure how, double tolerance);

/* Options of a plug-in from text, in memory of the case; NULL after a problem. */
const void *vec_options(vec_case *c, const char *text, const char *name,
                        const lut_field *fields, size_t n, size_t size);

/* ---- kinds ---- */

void vec_bits(vec_case *c);
void vec_encoder(vec_case *c);
void vec_head(vec_case *c);
void vec_init(vec_case *c);
void vec_lut(vec_case *c);
void vec_mapping(vec_case *c);
void vec_network(vec_case *c);
void vec_regulariser(vec_case *c);

/* ---- shared by those with LUTs ---- */

/* A parametrization as a case words it. */
typedef struct vec_param {
    size_t index; /* in lut_param_table_scalar */
    const lut_param_ops *ops;
    const void *cfg;
    unsigned k;
    size_t entries, nweights;
    lut_sampling sampling;
    float temperature;
} vec_param;

/* False after a problem. */
bool vec_param_read(vec_case *c, vec_param *p);

/* The back end with an optimizer under every name that makes the weights the gradient, and
 * nothing that is done to weights after a step.  Memory of the case. */
const lut_backend *vec_taking(vec_case *c, const lut_backend *be);

/* Truth tables of LUTs against r[luts][2^k]. */
void vec_tables(vec_case *c, const char *what, const uint64_t *tt, const double *r, unsigned k,
                size_t luts);

#endif
