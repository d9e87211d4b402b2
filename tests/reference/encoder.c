/* kind = encoder and kind = bits: values to bits. */
#include "lib/encode/encode.h"
#include "tests/reference/case.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_ROWS = 1 << 20, MOST_FEATURES = 1 << 16, MOST_BITS = 1 << 16 };

typedef struct coded {
    size_t n, features, bits; /* bits of a feature */
    lut_encoder_cfg cfg;
    lut_encoder enc;
} coded;

/* Names that differ from the library's. */
static const lut_encode_ops *find_encoder(vec_case *c, const char *name)
{
    static const char *const ours[][2] = { { "thermometer", "uniform" },
                                           { "integer_lsb_first", "bits" } };

    for (size_t i = 0; i < LUT_COUNT(ours); i++)
        if (strcmp(name, ours[i][0]) == 0)
            name = ours[i][1];
    for (size_t i = 0; lut_encode_table[i]; i++)
        if (strcmp(lut_encode_table[i]->name, name) == 0)
            return lut_encode_table[i];
    vec_problem(c, "the library has no encoder \"%s\"", name);
    return NULL;
}

/* x[n][features] as a data set. */
static bool dataset_of(vec_case *c, lut_dataset *d, const double *x, size_t n,
                       size_t features)
{
    lut_err err = { 0 };

    *d = (lut_dataset){ .samples = 0 };
    if (!x)
        return false;
    if (lut_dataset_alloc(d, n, features, &err) != LUT_OK) {
        vec_problem(c, "%s", err.text);
        return false;
    }
    for (size_t s = 0; s < n; s++)
        for (size_t f = 0; f < features; f++)
            d->x[f * n + s] = (float)x[s * features + f];
    return true;
}

/* Bits of the library, [n][features * bits]. */
static double *encode(vec_case *c, const coded *e, const lut_dataset *d)
{
    size_t width = e->features * e->bits, ld = lut_ceil_div(width, 64), n = d->samples;
    uint64_t *words = vec_room(c, n * ld, sizeof *words);
    double *a = vec_room(c, n * width, sizeof *a);

    lut_encoder_apply(&e->enc, words, ld, d, NULL, n);
    for (size_t s = 0; s < n; s++)
        for (size_t i = 0; i < width; i++)
            a[s * width + i] = (double)(words[s * ld + i / 64] >> (i % 64) & 1);
    return a;
}

static bool fit(vec_case *c, coded *e, const lut_dataset *d, const char *ops_name)
{
    lut_encode_data in = { .d = d, .n = d->samples };
    lut_err err = { 0 };

    e->cfg.ops = find_encoder(c, ops_name);
    if (!e->cfg.ops)
        return false;
    e->cfg.bits = e->bits;
    e->cfg.cfg = vec_options(c, "", e->cfg.ops->name, e->cfg.ops->fields,
                             e->cfg.ops->nfields, e->cfg.ops->cfg_size);
    if (lut_encoder_fit(&e->enc, &e->cfg, &in, &err) == LUT_OK)
        return true;
    vec_problem(c, "no such encoder: %s", err.text);
    return false;
}

/* ---- kind = encoder ---- */

static void read_scope(vec_case *c, coded *e)
{
    const char *scope = vec_text(c, "scope");

    e->cfg.scope = strcmp(scope, "global") == 0 ? LUT_GLOBAL : LUT_FEATURE_WISE;
    if (e->cfg.scope == LUT_FEATURE_WISE && strcmp(scope, "feature") != 0)
        vec_problem(c, "scope \"%s\" is not known", scope);
}

static void read_fixed(vec_case *c, coded *e)
{
    double frac;

    if (vec_whole(c, "quantised", 0, 1) == 0)
        return;
    frac = vec_number(c, "frac");
    if (frac != floor(frac) || fabs(frac) > LUT_MAX_INPUT_FRAC)
        vec_problem(c, "attribute frac is %g", frac);
    e->cfg.input.width = (uint32_t)vec_whole(c, "width", 1, LUT_MAX_INPUT_WIDTH);
    e->cfg.input.frac = (int32_t)frac;
    e->cfg.sign = vec_whole(c, "is_signed", 0, 1) ? LUT_SIGNED : LUT_UNSIGNED;
}

static void compare_thresholds(vec_case *c, const coded *e)
{
    size_t n = e->features * e->bits;
    const double *r = vec_array(c, "thresholds", VEC_SHAPE(e->features, e->bits));

    if (r && e->enc.thresholds != e->bits)
        vec_problem(c, "%zu thresholds a feature, want %zu", e->enc.thresholds,
                    e->bits);
    else if (r)
        vec_compare_floats(c, "thresholds", e->enc.threshold, r, n, VEC_EACH,
                           vec_number(c, "tolerance"));
}

/* The whole threshold behind an edge: the edge is the largest float below the next value.
 * Where every x, or none, is above the edge, the threshold is beyond the rails. */
static double whole_threshold(const coded *e, float threshold)
{
    float edge = lut_fixed_edge(&e->enc.input, threshold);

    return floor(ldexp((double)(isfinite(edge) ? edge : threshold), e->enc.input.frac));
}

static void compare_wholes(vec_case *c, const coded *e, const char *name,
                           const lut_dataset *d)
{
    size_t n = d->samples * e->features;
    const double *r = vec_array(c, name, VEC_SHAPE(d->samples, e->features));
    double *a = vec_room(c, n, sizeof *a);

    for (size_t s = 0; s < d->samples; s++)
        for (size_t f = 0; f < e->features; f++)
            a[s * e->features + f] =
                (double)lut_fixed_value(&e->enc.input, d->x[f * d->samples + s]);
    if (r)
        vec_compare(c, name, a, r, n, VEC_EXACT, 0);
}

static void compare_fixed(vec_case *c, const coded *e, const lut_dataset *d,
                          const lut_dataset *d2)
{
    size_t n = e->features * e->bits;
    const double *r = vec_array(c, "threshold_int", VEC_SHAPE(e->features, e->bits));
    double *a = vec_room(c, n, sizeof *a);

    compare_wholes(c, e, "x_int", d);
    compare_wholes(c, e, "x2_int", d2);
    for (size_t i = 0; i < n; i++)
        a[i] = whole_threshold(e, e->enc.threshold[i]);
    if (r)
        vec_compare(c, "threshold_int", a, r, n, VEC_EXACT, 0);
}

static void compare_bits(vec_case *c, const coded *e, const char *name,
                         const lut_dataset *d)
{
    size_t width = e->features * e->bits;
    const double *r = vec_wholes(c, name, 0, 1, VEC_SHAPE(d->samples, width));

    if (r)
        vec_compare(c, name, encode(c, e, d), r, d->samples * width, VEC_EXACT, 0);
}

static void encoder_compare(vec_case *c, coded *e, const lut_dataset *d,
                            const lut_dataset *d2)
{
    if (!fit(c, e, d, vec_text(c, "encoder")))
        return;
    compare_thresholds(c, e);
    compare_bits(c, e, "bits", d);
    compare_bits(c, e, "bits2", d2);
    if (e->cfg.input.width)
        compare_fixed(c, e, d, d2);
    lut_encoder_fini(&e->enc);
}

void vec_encoder(vec_case *c)
{
    coded e = { .n = vec_whole(c, "n", 1, MOST_ROWS),
                .features = vec_whole(c, "features", 1, MOST_FEATURES),
                .bits = vec_whole(c, "bits", 1, MOST_BITS) };
    size_t shape[VEC_MOST_DIMS] = { 0 };
    const double *x, *x2;
    lut_dataset d = { .samples = 0 }, d2 = { .samples = 0 };

    read_scope(c, &e);
    read_fixed(c, &e);
    vec_shape(c, "x2", shape);
    x = vec_array(c, "x", VEC_SHAPE(e.n, e.features));
    x2 = vec_array(c, "x2", VEC_SHAPE(shape[0], e.features));
    if (vec_ok(c) && dataset_of(c, &d, x, e.n, e.features) &&
        dataset_of(c, &d2, x2, shape[0], e.features))
        encoder_compare(c, &e, &d, &d2);
    lut_dataset_fini(&d);
    lut_dataset_fini(&d2);
}

/* ---- kind = bits ---- */

static double number_of(const double *bit, size_t bits)
{
    double v = 0;

    for (size_t b = 0; b < bits; b++)
        v = 2 * v + bit[b];
    return v;
}

static double gray_number(const double *bit, size_t bits)
{
    double v = 0, above = 0;

    for (size_t b = 0; b < bits; b++) {
        above = above == bit[b] ? 0 : 1; /* exclusive or */
        v = 2 * v + above;
    }
    return v;
}

static double magnitude(const double *bit, size_t bits)
{
    return number_of(bit + 1, bits - 1);
}

/* The only bit that is set; -1: it isn't one. */
static double position(const double *bit, size_t bits)
{
    double at = -1;

    for (size_t b = 0; b < bits; b++)
        if (bit[b] != 0 && at >= 0)
            return -1;
        else if (bit[b] != 0)
            at = (double)b;
    return at;
}

/* What the bits of the encodings say. */
static const struct {
    const char *encoding;
    double (*decode)(const double *bit, size_t bits);
} codes[] = {
    { "binary", number_of }, { "logarithmic", number_of },
    { "gray", gray_number }, { "sign_magnitude", magnitude },
    { "one_hot", position },
};

static void compare_codes(vec_case *c, const coded *e, const double *bit)
{
    const double *r = vec_array(c, "code", VEC_SHAPE(e->n, e->features));
    double *a = vec_room(c, e->n * e->features, sizeof *a);

    for (size_t i = 0; i < LUT_COUNT(codes); i++) {
        if (!r || strcmp(codes[i].encoding, c->variant) != 0)
            continue;
        for (size_t at = 0; at < e->n * e->features; at++)
            a[at] = codes[i].decode(bit + at * e->bits, e->bits);
        vec_compare(c, "code", a, r, e->n * e->features, VEC_EXACT, 0);
    }
}

/* Whole numbers of any shape: one feature of as many samples.  Bits follow each number. */
static const double *read_integers(vec_case *c, coded *e, const double **bits)
{
    size_t shape[VEC_MOST_DIMS], rank = vec_shape(c, "x_int", shape), n = 1;
    size_t dims[VEC_MOST_DIMS + 1];
    const double *x;

    if (rank == 0 || rank == VEC_MOST_DIMS)
        return NULL;
    for (size_t i = 0; i < rank; i++)
        if (__builtin_mul_overflow(n, shape[i], &n) || n > MOST_ROWS)
            vec_problem(c, "array x_int holds more than %d numbers", MOST_ROWS);
    if (n == 0)
        vec_problem(c, "array x_int is empty");
    if (!vec_ok(c))
        return NULL;
    memcpy(dims, shape, rank * sizeof *dims);
    dims[rank] = e->bits;
    x = vec_array(c, "x_int", rank, shape);
    *bits = vec_wholes(c, "bits", 0, 1, rank + 1, dims);
    e->n = n;
    e->features = 1;
    return x;
}

static const double *read_reals(vec_case *c, coded *e, const double **bits)
{
    e->n = vec_whole(c, "n", 1, MOST_ROWS);
    e->features = vec_whole(c, "features", 1, MOST_FEATURES);
    *bits = vec_wholes(c, "bits", 0, 1, VEC_SHAPE(e->n, e->features * e->bits));
    return vec_array(c, "x", VEC_SHAPE(e->n, e->features));
}

void vec_bits(vec_case *c)
{
    coded e = { .bits = vec_whole(c, "bits", 1, MOST_BITS) };
    bool integers = strcmp(c->variant, "integer_lsb_first") == 0;
    const double *r = NULL, *x, *a;
    lut_dataset d = { .samples = 0 };

    x = integers ? read_integers(c, &e, &r) : read_reals(c, &e, &r);
    if (vec_ok(c) && dataset_of(c, &d, x, e.n, e.features) &&
        fit(c, &e, &d, c->variant)) {
        a = encode(c, &e, &d);
        vec_compare(c, "bits", a, r, e.n * e.features * e.bits, VEC_EXACT, 0);
        if (!integers)
            compare_codes(c, &e, a);
        lut_encoder_fini(&e.enc);
    }
    lut_dataset_fini(&d);
}
