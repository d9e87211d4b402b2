/* lib/encode: laws and refusals; tests/equiv/test_encode_vectors.c has published numbers. */
#include "lib/encode/sort.h"
#include "tests/support/encoders.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

/* ---- bits from thresholds and codes ---- */

/* Encoded bit i of a value, from the definition: count the passed thresholds, look up. */
static bool defined_bit(const lut_encoder *enc, size_t i, float v)
{
    const float *threshold = enc->threshold + i / enc->bits * enc->thresholds;
    const lut_fixed *q = &enc->input;
    size_t passed = 0;

    if (enc->thresholds == 0) {
        double whole = q->width ? (double)lut_fixed_value(q, v) : floor((double)v);

        return fmod(floor(whole / exp2((double)(i % enc->bits))), 2) != 0;
    }
    for (size_t t = 0; t < enc->thresholds; t++)
        passed += q->width ? (double)lut_fixed_value(q, v) >
                                 floor((double)threshold[t] * exp2(q->frac))
                           : v > threshold[t];
    return enc->codes[passed * enc->bits + i % enc->bits] != 0;
}

static void check_apply(const lut_encoder *enc, const lut_dataset *d,
                        const uint32_t *rows, size_t n, size_t ld)
{
    uint64_t *x = malloc(n * ld * sizeof *x + 8);
    size_t wrong = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(x);
    memset(x, 0xa5, n * ld * sizeof *x + 8);
    lut_encoder_apply(enc, x, ld, d, rows, n);
    for (size_t s = 0; s < n; s++)
        for (size_t i = 0; i < ld * 64; i++) {
            bool want = false;

            if (i < enc->outputs) {
                size_t at = enc->column ? enc->column[i] : i;

                want = defined_bit(
                    enc, at, d->x[at / enc->bits * d->samples + (rows ? rows[s] : s)]);
            }
            wrong += encoder_bit(x, ld, s, i) != want;
        }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(x[n * ld], 0xa5a5a5a5a5a5a5a5u);
    free(x);
}

static void test_apply(void)
{
    static const size_t bits[] = { 1, 3, 7, 33, 64, 255 };
    lut_dataset d = encoder_data(300, 5);
    uint32_t rows[300];
    lut_encoder enc;

    for (uint32_t i = 0; i < 300; i++)
        rows[i] = 299 - i;
    for (size_t i = 0; i < LUT_COUNT(bits); i++) {
        size_t ld = lut_ceil_div(bits[i] * 5, 64);

        encoder_make(&enc, &(encoder_spec){ .name = "uniform", .bits = bits[i] }, &d);
        check_apply(&enc, &d, NULL, 300, ld);
        check_apply(&enc, &d, rows, 257, ld + 1);
        check_apply(&enc, &d, rows, 1, ld);
        check_apply(&enc, &d, rows, 0, ld);
        lut_encoder_fini(&enc);
    }
    lut_dataset_fini(&d);
}

/* Any code table, not only the staircase: here Gray code with a set bit for nothing. */
static void test_codes(void)
{
    lut_dataset d = encoder_data(70, 3);
    lut_encoder enc;
    uint8_t gray[8 * 3];

    encoder_make(
        &enc, &(encoder_spec){ .name = "distributive", .bits = 7, .scope = LUT_GLOBAL },
        &d);
    for (unsigned n = 0; n < 8; n++)
        for (unsigned b = 0; b < 3; b++)
            gray[n * 3 + b] = ((n ^ n >> 1) >> (2 - b) & 1) ^ 1;
    memcpy(enc.codes, gray, sizeof gray);
    enc.bits = 3;
    enc.outputs = 9;
    check_apply(&enc, &d, NULL, 70, 1);
    lut_encoder_fini(&enc);
    lut_dataset_fini(&d);
}

/* ---- every encoder ---- */

/* Whole numbers 0..15, which every encoder takes with 4 bits (nonzero: 1). */
static lut_dataset whole_data(size_t n, size_t features)
{
    lut_dataset d;
    lut_rng rng = lut_rng_make(4, LUT_RNG_TEST, n);

    CU_ASSERT_EQUAL_FATAL(lut_dataset_alloc(&d, n, features, NULL), LUT_OK);
    for (size_t i = 0; i < n * features; i++)
        d.x[i] = (float)lut_rng_below(&rng, 16);
    return d;
}

static encoder_spec any_spec(const lut_encode_ops *ops)
{
    encoder_spec s = { .name = ops->name, .bits = ops->max_bits == 1 ? 1 : 4 };

    if (strcmp(ops->name, "given") == 0)
        s.options = "given.thresholds -1,0.5,3,9.25";
    return s;
}

static void test_all_apply(void)
{
    lut_dataset d = whole_data(300, 5);
    lut_encoder enc;

    for (int f = 0; f < 300; f++)
        d.x[300 + f] = d.x[300 + f] > 7; /* feature 1 is a bit */
    for (size_t i = 0; lut_encode_table[i]; i++)
        for (int single = 0; single < 2; single++)
            for (int fixed = 0; fixed < 3; fixed++) {
                encoder_spec s = any_spec(lut_encode_table[i]);

                s.single = single;
                s.input = (lut_fixed){ fixed ? 4 : 0, fixed == 2 ? 1 : 0, false };
                encoder_make(&enc, &s, &d);
                CU_ASSERT_EQUAL(enc.outputs, (single ? 4 : 5) * s.bits + single);
                check_apply(&enc, &d, NULL, 300, 1);
                lut_encoder_fini(&enc);
            }
    lut_dataset_fini(&d);
}

static void check_ascending(const lut_encoder *enc, lut_scope scope)
{
    size_t count = enc->thresholds;

    for (size_t i = 0; i < enc->features * count; i++) {
        CU_ASSERT(isfinite(enc->threshold[i]));
        if (i % count)
            CU_ASSERT(enc->threshold[i] >= enc->threshold[i - 1]);
        if (scope == LUT_GLOBAL)
            CU_ASSERT_EQUAL(enc->threshold[i], enc->threshold[i % count]);
    }
}

static void test_fit_rows(void)
{
    lut_dataset d = whole_data(100, 2), part;
    uint32_t rows[40];
    lut_encoder a, b;

    CU_ASSERT_EQUAL_FATAL(lut_dataset_alloc(&part, 40, 2, NULL), LUT_OK);
    for (uint32_t i = 0; i < 40; i++) {
        rows[i] = (i * 37 + 5) % 100;
        for (size_t f = 0; f < 2; f++)
            part.x[f * 40 + i] = d.x[f * 100 + rows[i]];
    }
    strcpy(d.name[1], "height");
    for (size_t i = 0; lut_encode_table[i]; i++)
        for (int scope = LUT_FEATURE_WISE; scope <= LUT_GLOBAL; scope++) {
            encoder_spec s = any_spec(lut_encode_table[i]);

            if (scope == LUT_GLOBAL && lut_encode_table[i]->place)
                continue;
            s.scope = scope;
            CU_ASSERT_EQUAL(encoder_try(&a, &s, &d, rows, 40, NULL), LUT_OK);
            CU_ASSERT_EQUAL(encoder_try(&b, &s, &part, NULL, 40, NULL), LUT_OK);
            CU_ASSERT_EQUAL(
                memcmp(a.threshold, b.threshold, 2 * a.thresholds * sizeof(float)), 0);
            CU_ASSERT_STRING_EQUAL(a.name[1], "height");
            check_ascending(&a, scope);
            lut_encoder_fini(&a);
            lut_encoder_fini(&b);
        }
    lut_dataset_fini(&d);
    lut_dataset_fini(&part);
}

/* The encoders with the staircase that fit: a constant feature has its own value T times
 * and sets no bit; values at the ends of float. */
static void test_fit_edges(void)
{
    const float constant[] = { 0.1f, -3e38f, 1e-40f, 16777217.0f };
    const float wide[] = { -FLT_MAX, -FLT_MAX, FLT_MAX };
    float t[255];
    int fitted = 0;

    for (size_t i = 0; lut_encode_table[i]; i++) {
        const lut_encode_ops *ops = lut_encode_table[i];

        if (!ops->fit)
            continue;
        for (size_t v = 0; v < LUT_COUNT(constant) && !ops->codes; v++)
            for (size_t n = 1; n <= 1000; n = n * 3 + 1) {
                float sorted[1000];

                for (size_t s = 0; s < n; s++)
                    sorted[s] = constant[v];
                ops->fit(NULL, t, 7, sorted, n);
                for (size_t j = 0; j < 7; j++)
                    CU_ASSERT_EQUAL(t[j], constant[v]);
            }
        ops->fit(NULL, t, 255, wide, 3);
        for (size_t j = 0; j < 255; j++)
            CU_ASSERT(isfinite(t[j]) && (j == 0 || t[j] >= t[j - 1]));
        fitted++;
    }
    CU_ASSERT_EQUAL(fitted, 8);
}

/* ---- codes against their formulas ---- */

static float random_float(lut_rng *rng)
{
    return (float)ldexp(lut_rng_normal(rng), (int)lut_rng_below(rng, 60) - 30);
}

typedef struct range {
    double lo, hi, most; /* of the fitted values, and their largest magnitude */
} range;

static unsigned steps(double u, size_t bits)
{
    return (unsigned)floor(fmax(0, fmin(1, u)) * (exp2((double)bits) - 1));
}

static unsigned code_binary(const range *r, size_t bits, double x)
{
    return r->hi > r->lo ? steps((x - r->lo) / (r->hi - r->lo), bits) : 0;
}

static unsigned code_gray(const range *r, size_t bits, double x)
{
    unsigned v = code_binary(r, bits, x);

    return v ^ v / 2;
}

static unsigned code_sign(const range *r, size_t bits, double x)
{
    unsigned m = x == 0 ? 0 : steps(fabs(x) / r->most, bits - 1);

    return (x < 0 ? 1u << (bits - 1) : 0) | m;
}

/* The bin's bit: bin 0 is the first of b. */
static unsigned code_one_hot(const range *r, size_t bits, double x)
{
    unsigned below = 0;

    for (size_t i = 1; i < bits; i++)
        below += x > r->lo + (r->hi - r->lo) * (double)i / (double)bits;
    return 1u << (bits - 1 - below);
}

static const struct formula {
    const char *name;
    unsigned (*code)(const range *r, size_t bits, double x);
} formulas[] = { { "binary", code_binary },
                 { "gray", code_gray },
                 { "sign_magnitude", code_sign },
                 { "one_hot", code_one_hot } };

/* The code of one value, its first bit as the highest digit. */
static unsigned applied_code(const lut_encoder *enc, float v)
{
    lut_dataset one = { .samples = 1, .features = 1, .x = &v };
    uint64_t word;
    unsigned code = 0;

    lut_encoder_apply(enc, &word, 1, &one, NULL, 1);
    for (size_t b = 0; b < enc->bits; b++)
        code = code << 1 | (word >> b & 1);
    return code;
}

/* On the fitted values, on others, and on both sides of every threshold. */
static void check_formula(const struct formula *f, const lut_dataset *d, size_t bits)
{
    range r = { (double)d->x[0], (double)d->x[0], 0 };
    lut_rng rng = lut_rng_make(8, LUT_RNG_TEST, bits);
    lut_encoder enc;
    size_t wrong = 0;

    for (size_t i = 0; i < d->samples; i++) {
        r.lo = fmin(r.lo, (double)d->x[i]);
        r.hi = fmax(r.hi, (double)d->x[i]);
    }
    r.most = fmax(fabs(r.lo), fabs(r.hi));
    encoder_make(&enc, &(encoder_spec){ .name = f->name, .bits = bits }, d);
    for (size_t i = 0; i < d->samples + 1000; i++) {
        float v = i < d->samples ? d->x[i] : random_float(&rng);

        wrong += applied_code(&enc, v) != f->code(&r, bits, (double)v);
    }
    for (size_t t = 0; t < enc.thresholds; t++) {
        float at = enc.threshold[t], above = nextafterf(at, INFINITY);

        wrong += applied_code(&enc, at) != f->code(&r, bits, (double)at);
        if (isfinite(above))
            wrong += applied_code(&enc, above) != f->code(&r, bits, (double)above);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    lut_encoder_fini(&enc);
}

static void test_formulas(void)
{
    lut_rng rng = lut_rng_make(7, LUT_RNG_TEST, 0);

    for (size_t f = 0; f < LUT_COUNT(formulas); f++)
        for (size_t kind = 0; kind < 6; kind++)
            for (size_t bits = 2; bits <= 8; bits += 3) {
                lut_dataset d;

                CU_ASSERT_EQUAL_FATAL(lut_dataset_alloc(&d, 40, 1, NULL), LUT_OK);
                for (size_t i = 0; i < 40; i++)
                    d.x[i] = kind == 0   ? (float)lut_rng_below(&rng, 256)
                             : kind == 1 ? 3.25f
                             : kind == 2 ? 0.0f
                             : kind == 3 ? (float)lut_rng_below(&rng, 9) * 0.1f - 0.7f
                             : kind == 4 ? -1.0f - (float)i
                                         : random_float(&rng);
                check_formula(&formulas[f], &d, bits);
                lut_dataset_fini(&d);
            }
}

/* The logarithm is our own, so its codes are checked against libm's where that decides
 * nothing by rounding, and at powers of two. */
static void test_logarithmic(void)
{
    const float x[] = { 0, 1, 2, 4, 64, 1024 };
    const unsigned want[] = { 0, 10, 11, 11, 13, 15 };
    const float other[] = { -1, 1e-9f, 1e9f };
    const unsigned other_want[] = { 0, 0, 15 };
    lut_dataset d = { .samples = 6, .features = 1, .x = (float[6]){ 0 } };
    char name[1][LUT_FEATURE_NAME] = { "x" };
    lut_encoder enc;

    memcpy(d.x, x, sizeof x);
    d.name = name;
    encoder_make(&enc, &(encoder_spec){ .name = "logarithmic", .bits = 4 }, &d);
    for (size_t i = 0; i < 6; i++) {
        double lo = log2(1e-8), hi = log2(1024 + 1e-8);
        double u = (log2((double)x[i] + 1e-8) - lo) / (hi - lo);

        CU_ASSERT_EQUAL(applied_code(&enc, x[i]), want[i]);
        CU_ASSERT_EQUAL(want[i], floor(u * 15));
    }
    for (size_t i = 0; i < 3; i++)
        CU_ASSERT_EQUAL(applied_code(&enc, other[i]), other_want[i]);
    lut_encoder_fini(&enc);
}

/* ---- fixed point ---- */

/* The edge gives the integers' answer for every float near it and elsewhere. */
static void test_fixed(void)
{
    lut_rng rng = lut_rng_make(9, LUT_RNG_TEST, 0);
    size_t wrong = 0;

    for (int i = 0; i < 20000; i++) {
        lut_fixed q = { 1 + (uint32_t)lut_rng_below(&rng, 32),
                        (int32_t)lut_rng_below(&rng, 65) - 32,
                        lut_rng_below(&rng, 2) != 0 };
        float t = random_float(&rng), e = lut_fixed_edge(&q, t);
        double whole = floor((double)t * exp2(q.frac));
        const float near = isfinite(e) ? e : t;
        const float x[] = { near,
                            nextafterf(near, INFINITY),
                            nextafterf(near, -INFINITY),
                            random_float(&rng),
                            -near,
                            0,
                            FLT_MAX,
                            -FLT_MAX };

        for (size_t j = 0; j < LUT_COUNT(x); j++)
            wrong += (x[j] > e) != ((double)lut_fixed_value(&q, x[j]) > whole);
    }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(lut_fixed_value(&(lut_fixed){ 8, 0, false }, -3), 0);
    CU_ASSERT_EQUAL(lut_fixed_value(&(lut_fixed){ 8, 0, false }, 1e9f), 255);
    CU_ASSERT_EQUAL(lut_fixed_value(&(lut_fixed){ 8, 4, true }, -1e9f), -128);
    CU_ASSERT_EQUAL(lut_fixed_value(&(lut_fixed){ 8, 4, true }, -0.01f), -1);
    CU_ASSERT_EQUAL(lut_fixed_value(&(lut_fixed){ 32, 0, true }, 1e10f), 2147483647);
    CU_ASSERT_EQUAL(lut_fixed_value(&(lut_fixed){ 8, -3, false }, 47), 5);
}

static bool found_sign(const float x[2], lut_sign sign)
{
    lut_dataset d = { .samples = 2, .features = 1, .x = (float[2]){ x[0], x[1] } };
    encoder_spec s = {
        .name = "uniform", .bits = 1, .input = { .width = 8 }, .sign = sign
    };
    char name[1][LUT_FEATURE_NAME] = { "x" };
    lut_encoder enc;
    bool found;

    d.name = name;
    encoder_make(&enc, &s, &d);
    found = enc.input.is_signed;
    lut_encoder_fini(&enc);
    return found;
}

static void test_sign(void)
{
    const float positive[] = { 0, 1 }, negative[] = { 1, -1 };

    CU_ASSERT_FALSE(found_sign(positive, LUT_SIGN_AUTO));
    CU_ASSERT_TRUE(found_sign(negative, LUT_SIGN_AUTO));
    CU_ASSERT_TRUE(found_sign(positive, LUT_SIGNED));
    CU_ASSERT_FALSE(found_sign(negative, LUT_UNSIGNED));
}

/* ---- features that are bits ---- */

/* One output, the feature itself, whatever the encoder; global thresholds don't see it. */
static void test_single(void)
{
    lut_dataset d = whole_data(50, 3), rest = whole_data(50, 3);
    lut_encoder enc, without;

    for (size_t s = 0; s < 50; s++)
        d.x[50 + s] = s % 9 == 0;
    rest.features = 2;
    memcpy(rest.x, d.x, 50 * sizeof *d.x);
    memcpy(rest.x + 50, d.x + 100, 50 * sizeof *d.x);
    for (size_t i = 0; lut_encode_table[i]; i++) {
        encoder_spec s = any_spec(lut_encode_table[i]);
        uint64_t x[50];

        s.single = true;
        s.scope = lut_encode_table[i]->place ? LUT_FEATURE_WISE : LUT_GLOBAL;
        encoder_make(&enc, &s, &d);
        encoder_make(&without, &s, &rest);
        CU_ASSERT_EQUAL_FATAL(enc.outputs, 2 * s.bits + 1);
        CU_ASSERT_EQUAL(enc.column[s.bits] / s.bits, 1);
        lut_encoder_apply(&enc, x, 1, &d, NULL, 50);
        for (size_t n = 0; n < 50; n++)
            CU_ASSERT_EQUAL(encoder_bit(x, 1, n, s.bits), n % 9 == 0);
        CU_ASSERT_EQUAL(
            memcmp(enc.threshold, without.threshold, enc.thresholds * sizeof(float)),
            0);
        lut_encoder_fini(&enc);
        lut_encoder_fini(&without);
    }
    lut_dataset_fini(&d);
    lut_dataset_fini(&rest);
}

/* ---- thresholds from outside ---- */

static void test_fixed_rules(void)
{
    const float pixel[] = { 0, 1, 63, 64, 127, 128, 191, 192, 255 };
    const unsigned nonzero[] = { 0, 1, 1, 1, 1, 1, 1, 1, 1 };
    const unsigned round[] = { 0, 0, 0, 0, 0, 1, 1, 1, 1 };
    const unsigned quarters[] = { 0, 0, 0, 4, 4, 6, 6, 7, 7 };
    lut_dataset d = whole_data(9, 1);
    lut_encoder a, b, c, e;

    encoder_make(&a, &(encoder_spec){ .name = "nonzero", .bits = 1 }, &d);
    encoder_make(&b, &(encoder_spec){ .name = "levels", .bits = 1 }, &d);
    encoder_make(&c, &(encoder_spec){ .name = "levels", .bits = 3 }, &d);
    encoder_make(&e, &(encoder_spec){ .name = "levels", .bits = 31 }, &d);
    for (size_t i = 0; i < 9; i++) {
        CU_ASSERT_EQUAL(applied_code(&a, pixel[i]), nonzero[i]);
        CU_ASSERT_EQUAL(applied_code(&b, pixel[i]), round[i]);
        CU_ASSERT_EQUAL(applied_code(&c, pixel[i]), quarters[i]);
    }
    for (unsigned p = 0; p < 256; p++)
        for (unsigned i = 0; i < 31; i++)
            CU_ASSERT_EQUAL(applied_code(&e, (float)p) >> (30 - i) & 1,
                            32 * p > 255 * (i + 1));
    lut_encoder_fini(&a);
    lut_encoder_fini(&b);
    lut_encoder_fini(&c);
    lut_encoder_fini(&e);
    lut_dataset_fini(&d);
}

/* ---- given ---- */

static void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fputs(text, f);
    fclose(f);
}

/* The message of thresholds from a file of this text; "" where they are taken. */
static const char *given_file(const char *text, const char *crc, size_t bits,
                              float *threshold, lut_err *err)
{
    const char *const folder[] = { ".", NULL };
    char options[200];
    encoder_spec s = { .name = "given", .bits = bits, .folder = folder };
    lut_dataset d = whole_data(4, 2);
    lut_encoder enc;

    *err = (lut_err){ 0 };
    s.options = options;
    snprintf(options, sizeof options, "given.file test_encode.tmp given.crc %s", crc);
    write_file("test_encode.tmp", text);
    if (encoder_try(&enc, &s, &d, NULL, 4, err) == LUT_OK)
        memcpy(threshold, enc.threshold, 2 * bits * sizeof *threshold);
    lut_encoder_fini(&enc);
    lut_dataset_fini(&d);
    remove("test_encode.tmp");
    return err->text;
}

static void test_given_file(void)
{
    const float each[] = { 1, 2.5f, -3, 7 }, all[] = { 1, 2.5f, 1, 2.5f };
    float t[4];
    lut_err err;

    CU_ASSERT_STRING_EQUAL(
        given_file("# two\n1 2.5\n\n -3,\t7\n", "eec424d3", 2, t, &err), "");
    CU_ASSERT_EQUAL(memcmp(t, each, sizeof t), 0);
    CU_ASSERT_STRING_EQUAL(given_file("1, 2.5", "a0bce461", 2, t, &err), "");
    CU_ASSERT_EQUAL(memcmp(t, all, sizeof t), 0);
    CU_ASSERT_STRING_EQUAL(
        given_file("1 2.5\n", "-", 2, t, &err),
        "given.crc = \"-\": that of ./test_encode.tmp is \"95302ac7\", "
        "which has to be said so that another file is another trial");
    CU_ASSERT_STRING_EQUAL(
        given_file("1 2\n3 4\n5 6\n", "0c38ed48", 2, t, &err),
        "./test_encode.tmp has 3 lines of thresholds, want 1 or 2, one "
        "a feature");
    CU_ASSERT_STRING_EQUAL(given_file("1 2\n3 2\n", "378ca7d1", 2, t, &err),
                           "./test_encode.tmp:2: \"2\" is less than the number before");
}

/* ---- refusals ---- */

static void refused(const encoder_spec *s, size_t n, const char *message)
{
    lut_dataset d = encoder_data(4, 2);
    lut_encoder enc;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL(encoder_try(&enc, s, &d, NULL, n, &err), LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, message);
    if (strcmp(err.text, message) != 0)
        fprintf(stderr, "\nfound: %s", err.text);
    CU_ASSERT_PTR_NULL(enc.threshold);
    lut_encoder_fini(&enc);
    lut_dataset_fini(&d);
}

/* The first whole number that the bits have no room for. */
static void test_too_large(void)
{
    float x[2] = { 15, 16 };
    char name[1][LUT_FEATURE_NAME] = { "x" };
    lut_dataset d = { .samples = 2, .features = 1, .x = x, .name = name };
    encoder_spec s = { .name = "bits", .bits = 4 };
    lut_encoder enc;

    CU_ASSERT_EQUAL(encoder_try(&enc, &s, &d, NULL, 1, NULL), LUT_OK);
    lut_encoder_fini(&enc);
    CU_ASSERT_EQUAL(encoder_try(&enc, &s, &d, NULL, 2, NULL), LUT_EINVAL);
}

static void test_refused(void)
{
    refused(&(encoder_spec){ .name = "gaussian", .bits = 0 }, 4,
            "0 bits a feature, \"gaussian\" takes 1..255");
    refused(&(encoder_spec){ .name = "gaussian", .bits = 256 }, 4,
            "256 bits a feature, \"gaussian\" takes 1..255");
    refused(&(encoder_spec){ .name = "gaussian", .bits = 3 }, 0,
            "0 rows of 2 features, want at least one to fit an encoder");
    refused(&(encoder_spec){ .name = "gray", .bits = 13 }, 4,
            "13 bits a feature, \"gray\" takes 1..12 (codes of b bits are stored with "
            "2^b - "
            "1 thresholds)");
    refused(&(encoder_spec){ .name = "one_hot", .bits = 1 }, 4,
            "1 bits a feature, \"one_hot\" takes 2..255");
    refused(&(encoder_spec){ .name = "nonzero", .bits = 2 }, 4,
            "2 bits a feature, \"nonzero\" takes 1");
    refused(&(encoder_spec){ .name = "levels", .bits = 2, .scope = LUT_GLOBAL }, 4,
            "\"levels\" fits nothing to the values, so it has no global scope");
    refused(&(encoder_spec){ .name = "given", .bits = 2 }, 4,
            "given.thresholds = \"-\", given.file = \"-\": want one of them");
    refused(&(encoder_spec){ .name = "given",
                             .options = "given.thresholds 1,2 given.file f",
                             .bits = 2 },
            4, "given.thresholds = \"1,2\", given.file = \"f\": want one of them");
    refused(&(encoder_spec){ .name = "given",
                             .options = "given.thresholds 1,2",
                             .bits = 3 },
            4, "given.thresholds: 2 thresholds, want 3, one a bit");
    refused(&(encoder_spec){ .name = "given",
                             .options = "given.thresholds 1,2,3",
                             .bits = 2 },
            4, "given.thresholds: 3 thresholds, want 2, one a bit");
    refused(&(encoder_spec){ .name = "given",
                             .options = "given.thresholds 1,x",
                             .bits = 2 },
            4, "given.thresholds: \"x\" is no finite number");
    refused(&(encoder_spec){ .name = "given",
                             .options = "given.thresholds 1,-0.5",
                             .bits = 2 },
            4, "given.thresholds: \"-0.5\" is less than the number before");
    refused(
        &(encoder_spec){ .name = "bits", .bits = 4 }, 4,
        "x0 has the value -4, \"bits\" with 4 of them takes whole numbers 0..15 (or "
        "fixed-point inputs)");
    refused(&(encoder_spec){ .name = "bits", .bits = 4, .input = { .width = 6 } }, 4,
            "4 bits a feature, \"bits\" takes all 6 of a fixed-point input");
}

/* No threshold becomes a constant, and with one bit more behind the point one would. */
static void test_fixed_fit(void)
{
    lut_rng rng = lut_rng_make(7, LUT_RNG_TEST, 0);
    lut_fixed q;
    size_t wrong = 0;

    for (int n = 0; n < 20000; n++) {
        float t[3] = { (float)(lut_rng_normal(&rng) * exp2(n % 24 - 12)), 0, FLT_MAX };
        uint32_t width = 1 + (uint32_t)lut_rng_below(&rng, LUT_MAX_INPUT_WIDTH);
        lut_fixed more;

        width += width == 1; /* which may be nothing but a sign */
        t[1] = (float)lut_rng_uniform(&rng) * (n & 1 ? t[0] : -t[0]);
        q = more = lut_fixed_fit(width, t, 3);
        more.frac++;
        wrong += q.width != width || q.is_signed != (t[0] < 0 || t[1] < 0);
        for (int i = 0; i < 2; i++)
            wrong += isinf(lut_fixed_edge(&q, t[i]));
        wrong += q.frac < LUT_MAX_INPUT_FRAC && !isinf(lut_fixed_edge(&more, t[0])) &&
                 !isinf(lut_fixed_edge(&more, t[1]));
    }
    CU_ASSERT_EQUAL(wrong, 0);
    q = lut_fixed_fit(8, (const float[]){ 0.5f, 254.9f }, 2);
    CU_ASSERT(q.frac == 0 && !q.is_signed); /* pixels as they are */
    q = lut_fixed_fit(8, (const float[]){ 0.5f, 255 }, 2);
    CU_ASSERT_EQUAL(q.frac, -1);
    q = lut_fixed_fit(8, (const float[]){ -1, 1 }, 2);
    CU_ASSERT(q.frac == 6 && q.is_signed);
    q = lut_fixed_fit(8, (const float[]){ 0, -FLT_MAX }, 2);
    CU_ASSERT(q.frac == 0 && !q.is_signed);
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;

    return (x > y) - (x < y);
}

static void test_sort(void)
{
    static const size_t sizes[] = { 0, 1, 2, 64, 65, 3000 };
    static float v[3000], w[3000], scratch[3000];
    lut_rng rng = lut_rng_make(5, LUT_RNG_TEST, 0);

    for (size_t i = 0; i < LUT_COUNT(sizes); i++)
        for (int scale = -300; scale <= 300;
             scale += 60) { /* all exponents, both signs */
            for (size_t s = 0; s < sizes[i]; s++)
                v[s] = w[s] = (float)(lut_rng_normal(&rng) * exp2(scale / 3));
            lut_sort_floats(v, scratch, sizes[i]);
            qsort(w, sizes[i], sizeof *w, by_value);
            CU_ASSERT_EQUAL(memcmp(v, w, sizes[i] * sizeof *v), 0);
        }
}

UNIT_MAIN("encode", UNIT(test_apply), UNIT(test_codes), UNIT(test_all_apply),
          UNIT(test_fit_rows), UNIT(test_fit_edges), UNIT(test_formulas),
          UNIT(test_logarithmic), UNIT(test_fixed), UNIT(test_fixed_fit),
          UNIT(test_sign), UNIT(test_single), UNIT(test_fixed_rules),
          UNIT(test_given_file), UNIT(test_refused), UNIT(test_too_large),
          UNIT(test_sort))
