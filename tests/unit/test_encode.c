/* lib/encode: thresholds and bits against the published encoders, laws, refusals. */
#include "lib/base/rng.h"
#include "lib/encode/encode.h"
#include "lib/encode/sort.h"
#include "tests/support/unit.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const lut_encode_ops *find(const char *name)
{
    for (size_t i = 0; lut_encode_table[i]; i++)
        if (strcmp(lut_encode_table[i]->name, name) == 0)
            return lut_encode_table[i];
    CU_FAIL_FATAL("no such encoder");
    return NULL;
}

static bool bit(const uint64_t *x, size_t ld, size_t sample, size_t i)
{
    return x[sample * ld + i / 64] >> (i % 64) & 1;
}

/* ---- reference vectors ---- */

typedef struct reference {
    char name[64], kind[32], scope[16];
    size_t bits, features, n, n2;
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

static void compare_bits(FILE *f, const char *title, const lut_encoder *enc,
                         const lut_dataset *d)
{
    uint64_t x[40 * 2];
    size_t ld = 2, wrong = 0;

    expect_word(f, title);
    CU_ASSERT_FATAL(d->samples <= 40 && enc->features * enc->bits <= 128);
    lut_encoder_apply(enc, x, ld, d, NULL, d->samples);
    for (size_t s = 0; s < d->samples; s++)
        for (size_t i = 0; i < enc->features * enc->bits; i++)
            wrong += bit(x, ld, s, i) != (next_number(f) != 0);
    CU_ASSERT_EQUAL(wrong, 0);
}

static void check_reference(FILE *f, const reference *r)
{
    lut_scope scope = strcmp(r->scope, "global") == 0 ? LUT_GLOBAL : LUT_FEATURE_WISE;
    lut_dataset d = read_values(f, "x", r->n, r->features), d2;
    lut_encoder enc;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL_FATAL(lut_encoder_fit(&enc, find(r->kind), NULL, r->bits, scope, &d,
                                          NULL, r->n, &err),
                          LUT_OK);
    CU_ASSERT_STRING_EQUAL(enc.kind, r->kind);
    compare_thresholds(f, &enc);
    compare_bits(f, "bits", &enc, &d);
    d2 = read_values(f, "x2", r->n2, r->features);
    compare_bits(f, "bits2", &enc, &d2);
    lut_encoder_fini(&enc);
    lut_dataset_fini(&d);
    lut_dataset_fini(&d2);
}

static void test_reference(void)
{
    FILE *f = fopen(TEST_DATA "/encoder.txt", "r");
    reference r;
    int cases = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fscanf(f, "#%*[^\n]"), 0);
    while (fscanf(f, " case %63s %31s %15s %zu %zu %zu %zu", r.name, r.kind, r.scope,
                  &r.bits, &r.features, &r.n, &r.n2) == 7) {
        check_reference(f, &r);
        cases++;
    }
    CU_ASSERT_EQUAL(cases, 16);
    fclose(f);
}

/* ---- laws ---- */

static lut_dataset random_data(size_t n, size_t features)
{
    lut_dataset d;
    lut_rng rng = lut_rng_make(3, LUT_RNG_TEST, n);

    CU_ASSERT_EQUAL_FATAL(lut_dataset_alloc(&d, n, features, NULL), LUT_OK);
    for (size_t i = 0; i < n * features; i++) /* ties and both signs */
        d.x[i] = (float)lut_rng_below(&rng, 41) * 0.25f - 5.0f;
    return d;
}

/* Bit by bit from the definition: count the passed thresholds, look up the code. */
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
            size_t f = i / enc->bits, passed = 0;
            bool want = false;

            if (f < enc->features) {
                float v = d->x[f * d->samples + (rows ? rows[s] : s)];

                for (size_t t = 0; t < enc->thresholds; t++)
                    passed += v > enc->threshold[f * enc->thresholds + t];
                want = enc->codes[passed * enc->bits + i % enc->bits] != 0;
            }
            wrong += bit(x, ld, s, i) != want;
        }
    CU_ASSERT_EQUAL(wrong, 0);
    CU_ASSERT_EQUAL(x[n * ld], 0xa5a5a5a5a5a5a5a5u);
    free(x);
}

static void test_apply(void)
{
    static const size_t bits[] = { 1, 3, 7, 33, 64, 255 };
    lut_dataset d = random_data(300, 5);
    uint32_t rows[300];
    lut_encoder enc;

    for (uint32_t i = 0; i < 300; i++)
        rows[i] = 299 - i;
    for (size_t i = 0; i < LUT_COUNT(bits); i++) {
        size_t ld = lut_ceil_div(bits[i] * 5, 64);

        CU_ASSERT_EQUAL_FATAL(lut_encoder_fit(&enc, find("uniform"), NULL, bits[i],
                                              LUT_FEATURE_WISE, &d, NULL, 300, NULL),
                              LUT_OK);
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
    lut_dataset d = random_data(70, 3);
    lut_encoder enc;
    uint8_t gray[8 * 3];

    CU_ASSERT_EQUAL_FATAL(lut_encoder_fit(&enc, find("distributive"), NULL, 7,
                                          LUT_GLOBAL, &d, NULL, 70, NULL),
                          LUT_OK);
    for (unsigned n = 0; n < 8; n++)
        for (unsigned b = 0; b < 3; b++)
            gray[n * 3 + b] = ((n ^ n >> 1) >> (2 - b) & 1) ^ 1;
    memcpy(enc.codes, gray, sizeof gray);
    enc.bits = 3;
    check_apply(&enc, &d, NULL, 70, 1);
    lut_encoder_fini(&enc);
    lut_dataset_fini(&d);
}

static void test_fit_rows(void)
{
    lut_dataset d = random_data(100, 2), part;
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
            CU_ASSERT_EQUAL(lut_encoder_fit(&a, lut_encode_table[i], NULL, 5, scope, &d,
                                            rows, 40, NULL),
                            LUT_OK);
            CU_ASSERT_EQUAL(lut_encoder_fit(&b, lut_encode_table[i], NULL, 5, scope,
                                            &part, NULL, 40, NULL),
                            LUT_OK);
            CU_ASSERT_EQUAL(memcmp(a.threshold, b.threshold, 10 * sizeof(float)), 0);
            CU_ASSERT_STRING_EQUAL(a.name[1], "height");
            for (size_t t = 0; t < 10; t++) /* ascending; global: the same twice */
                CU_ASSERT(scope == LUT_GLOBAL && t >= 5
                              ? a.threshold[t] == a.threshold[t - 5]
                              : t % 5 == 0 || a.threshold[t] >= a.threshold[t - 1]);
            lut_encoder_fini(&a);
            lut_encoder_fini(&b);
        }
    lut_dataset_fini(&d);
    lut_dataset_fini(&part);
}

/* A constant feature: its own value T times, no bit set; values at the ends of float. */
static void test_fit_edges(void)
{
    const float constant[] = { 0.1f, -3e38f, 1e-40f, 16777217.0f };
    const float wide[] = { -FLT_MAX, -FLT_MAX, FLT_MAX };
    float t[255];

    for (size_t i = 0; lut_encode_table[i]; i++) {
        for (size_t v = 0; v < LUT_COUNT(constant); v++)
            for (size_t n = 1; n <= 1000; n = n * 3 + 1) {
                float sorted[1000];

                for (size_t s = 0; s < n; s++)
                    sorted[s] = constant[v];
                lut_encode_table[i]->fit(NULL, t, 7, sorted, n);
                for (size_t j = 0; j < 7; j++)
                    CU_ASSERT_EQUAL(t[j], constant[v]);
            }
        lut_encode_table[i]->fit(NULL, t, 255, wide, 3);
        for (size_t j = 0; j < 255; j++)
            CU_ASSERT(isfinite(t[j]) && (j == 0 || t[j] >= t[j - 1]));
    }
}

static void fit_refused(size_t bits, size_t n, const char *message)
{
    lut_dataset d = random_data(4, 2);
    lut_encoder enc;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL(lut_encoder_fit(&enc, find("gaussian"), NULL, bits, LUT_GLOBAL, &d,
                                    NULL, n, &err),
                    LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, message);
    CU_ASSERT_PTR_NULL(enc.threshold);
    lut_encoder_fini(&enc);
    lut_dataset_fini(&d);
}

static void test_refused(void)
{
    fit_refused(0, 4, "0 bits a feature, want 1..255");
    fit_refused(256, 4, "256 bits a feature, want 1..255");
    fit_refused(3, 0, "0 rows of 2 features, want at least one to fit an encoder");
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
        for (int range = -300; range <= 300;
             range += 60) { /* all exponents, both signs */
            for (size_t s = 0; s < sizes[i]; s++)
                v[s] = w[s] = (float)(lut_rng_normal(&rng) * exp2(range / 3));
            lut_sort_floats(v, scratch, sizes[i]);
            qsort(w, sizes[i], sizeof *w, by_value);
            CU_ASSERT_EQUAL(memcmp(v, w, sizes[i] * sizeof *v), 0);
        }
}

UNIT_MAIN("encode", UNIT(test_reference), UNIT(test_apply), UNIT(test_codes),
          UNIT(test_fit_rows), UNIT(test_fit_edges), UNIT(test_refused),
          UNIT(test_sort))
