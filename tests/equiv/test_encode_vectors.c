/* lib/encode against the published encoders: every encoder case of the reference vectors. */
#include "tests/support/encoders.h"

#include <math.h>
#include <stdlib.h>

typedef struct reference {
    char name[64], kind[32], scope[16];
    size_t bits, features, n, n2;
    lut_fixed input;
} reference;

static void expect_word(FILE *f, const char *word)
{
    char found[64];

    CU_ASSERT_EQUAL_FATAL(fscanf(f, "%63s", found), 1);
    CU_ASSERT_STRING_EQUAL_FATAL(found, word);
}

static double next_number(FILE *f)
{
    double v;

    CU_ASSERT_EQUAL_FATAL(fscanf(f, "%lf", &v), 1);
    return v;
}

static lut_dataset read_values(FILE *f, const char *title, size_t n, size_t features)
{
    lut_dataset d;

    expect_word(f, title);
    CU_ASSERT_EQUAL_FATAL(lut_dataset_alloc(&d, n, features, NULL), LUT_OK);
    for (size_t s = 0; s < n; s++)
        for (size_t j = 0; j < features; j++)
            d.x[j * n + s] = (float)next_number(f);
    return d;
}

static void compare_thresholds(FILE *f, const lut_encoder *enc)
{
    expect_word(f, "thresholds");
    for (size_t i = 0; i < enc->features * enc->thresholds; i++) {
        double want = next_number(f);

        CU_ASSERT(fabs((double)enc->threshold[i] - want) <= 2e-6 * (1 + fabs(want)));
    }
}

static void compare_whole_thresholds(FILE *f, const lut_encoder *enc)
{
    expect_word(f, "threshold_int");
    for (size_t i = 0; i < enc->features * enc->thresholds; i++)
        CU_ASSERT_EQUAL(floor(ldexp((double)enc->threshold[i], enc->input.frac)),
                        next_number(f));
}

static void compare_whole(FILE *f, const char *title, const lut_fixed *input,
                          const lut_dataset *d)
{
    size_t wrong = 0;

    expect_word(f, title);
    for (size_t s = 0; s < d->samples; s++)
        for (size_t j = 0; j < d->features; j++)
            wrong += (double)lut_fixed_value(input, d->x[j * d->samples + s]) !=
                     next_number(f);
    CU_ASSERT_EQUAL(wrong, 0);
}

static void compare_bits(FILE *f, const char *title, const lut_encoder *enc,
                         const lut_dataset *d)
{
    const size_t ld = lut_ceil_div(enc->outputs, 64);
    uint64_t *x = calloc(d->samples * ld, sizeof *x);
    size_t wrong = 0;

    expect_word(f, title);
    CU_ASSERT_PTR_NOT_NULL_FATAL(x);
    CU_ASSERT_EQUAL(enc->outputs, enc->features * enc->bits);
    lut_encoder_apply(enc, x, ld, d, NULL, d->samples);
    for (size_t s = 0; s < d->samples; s++)
        for (size_t i = 0; i < enc->outputs; i++)
            wrong += encoder_bit(x, ld, s, i) != (next_number(f) != 0);
    CU_ASSERT_EQUAL(wrong, 0);
    if (wrong)
        fprintf(stderr, "\n%s: %zu bits differ", enc->kind, wrong);
    free(x);
}

static void check_encoder(FILE *f, const reference *r)
{
    lut_dataset d = read_values(f, "x", r->n, r->features), d2;
    encoder_spec spec = { .name = r->kind,
                          .bits = r->bits,
                          .scope = strcmp(r->scope, "global") == 0 ? LUT_GLOBAL
                                                                   : LUT_FEATURE_WISE,
                          .input = r->input,
                          .sign = r->input.is_signed ? LUT_SIGNED : LUT_UNSIGNED };
    lut_encoder enc;

    encoder_make(&enc, &spec, &d);
    CU_ASSERT_STRING_EQUAL(enc.kind, r->kind);
    compare_thresholds(f, &enc);
    if (r->input.width) {
        compare_whole_thresholds(f, &enc);
        compare_whole(f, "x_int", &r->input, &d);
    }
    compare_bits(f, "bits", &enc, &d);
    d2 = read_values(f, "x2", r->n2, r->features);
    if (r->input.width)
        compare_whole(f, "x2_int", &r->input, &d2);
    compare_bits(f, "bits2", &enc, &d2);
    lut_encoder_fini(&enc);
    lut_dataset_fini(&d);
    lut_dataset_fini(&d2);
}

static void test_encoders(FILE *f)
{
    reference r;
    unsigned is_signed;
    int cases = 0, frac;

    while (fscanf(f, " case %63s %31s %15s %zu %zu %zu %zu %u %d %u", r.name, r.kind,
                  r.scope, &r.bits, &r.features, &r.n, &r.n2, &r.input.width, &frac,
                  &is_signed) == 10) {
        r.input.frac = frac;
        r.input.is_signed = is_signed != 0;
        check_encoder(f, &r);
        cases++;
    }
    CU_ASSERT_EQUAL(cases, 47);
}

static void check_code(FILE *f, const reference *r)
{
    lut_dataset d = read_values(f, "x", r->n, r->features);
    encoder_spec spec = { .name = r->kind, .bits = r->bits };
    lut_encoder enc;

    encoder_make(&enc, &spec, &d);
    compare_bits(f, "bits", &enc, &d);
    lut_encoder_fini(&enc);
    lut_dataset_fini(&d);
}

static void test_codes(FILE *f)
{
    reference r;
    int cases = 0;

    while (fscanf(f, " digits %63s %31s %zu %zu %zu", r.name, r.kind, &r.bits,
                  &r.features, &r.n) == 5) {
        check_code(f, &r);
        cases++;
    }
    CU_ASSERT_EQUAL(cases, 14);
}

static void test_reference(void)
{
    FILE *f = fopen(TEST_DATA "/encoder.txt", "r");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fscanf(f, "#%*[^\n]"), 0);
    test_encoders(f);
    test_codes(f);
    fclose(f);
}

UNIT_MAIN("encode_vectors", UNIT(test_reference))
