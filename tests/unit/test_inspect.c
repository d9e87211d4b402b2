/* lib/data/inspect: against counts that compare every pair of rows and columns. */
#include "lib/base/rng.h"
#include "lib/data/inspect.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

static lut_dataset make(size_t samples, size_t features, uint32_t classes)
{
    lut_dataset d;

    CU_ASSERT_EQUAL_FATAL(lut_dataset_alloc(&d, samples, features, NULL), LUT_OK);
    d.classes = classes;
    return d;
}

/* Few values, so that rows and columns come again; some columns are copies or constant. */
static void fill(lut_dataset *d, lut_rng *rng, const uint64_t *kind, unsigned values)
{
    for (size_t f = 0; f < d->features; f++)
        for (size_t i = 0; i < d->samples; i++) {
            float *x = d->x + f * d->samples + i;

            *x = (float)lut_rng_below(rng, values) - 1;
            if (kind[f] == 0)
                *x = 7;
            else if (kind[f] == 1 && f > 0)
                *x = d->x[(f - 1) * d->samples + i];
        }
    for (size_t i = 0; i < d->samples; i++)
        d->label[i] = (uint16_t)lut_rng_below(rng, d->classes);
}

static bool same_rows(const lut_dataset *a, size_t i, const lut_dataset *b, size_t j)
{
    for (size_t f = 0; f < a->features; f++)
        if (a->x[f * a->samples + i] < b->x[f * b->samples + j] ||
            a->x[f * a->samples + i] > b->x[f * b->samples + j])
            return false;
    return true;
}

/* Rows of `in` that equal row i of d: how many, and how many of them have that label. */
static size_t equal_rows(const lut_dataset *d, size_t i, const lut_dataset *in,
                         size_t end, unsigned label, size_t *labelled)
{
    size_t n = 0;

    *labelled = 0;
    for (size_t j = 0; j < end; j++)
        if (same_rows(d, i, in, j)) {
            n++;
            *labelled += in->label[j] == label;
        }
    return n;
}

static void check_part(const lut_part_facts *facts, const lut_dataset *d)
{
    size_t repeated = 0, disputed = 0, reachable = 0, labelled, before;

    for (size_t i = 0; i < d->samples; i++) {
        size_t n = equal_rows(d, i, d, d->samples, d->label[i], &labelled), most = 0;

        disputed += labelled < n;
        before = equal_rows(d, i, d, i, 0, &labelled);
        repeated += before > 0;
        for (uint32_t c = 0; c < d->classes && !before; c++) {
            equal_rows(d, i, d, d->samples, c, &labelled);
            most = labelled > most ? labelled : most;
        }
        reachable += most;
    }
    CU_ASSERT_EQUAL(facts->rows, d->samples);
    CU_ASSERT_EQUAL(facts->repeated, repeated);
    CU_ASSERT_EQUAL(facts->disputed, disputed);
    CU_ASSERT_EQUAL(facts->reachable, reachable);
    for (uint32_t c = 0; c < d->classes; c++) {
        size_t n = 0;

        for (size_t i = 0; i < d->samples; i++)
            n += d->label[i] == c;
        CU_ASSERT_EQUAL(facts->count[c], n);
    }
}

static void check_parts(const lut_data_inspection *found, const lut_data *d)
{
    size_t shared = 0, contested = 0, covered = 0, labelled;

    for (size_t i = 0; i < d->test.samples; i++) {
        size_t n = equal_rows(&d->test, i, &d->train, d->train.samples,
                              d->test.label[i], &labelled);

        shared += n > 0;
        contested += labelled < n;
    }
    for (size_t i = 0; i < d->train.samples; i++)
        covered +=
            equal_rows(&d->train, i, &d->test, d->test.samples, 0, &labelled) > 0;
    CU_ASSERT_EQUAL(found->shared, shared);
    CU_ASSERT_EQUAL(found->contested, contested);
    CU_ASSERT_EQUAL(found->covered, covered);
}

static bool same_columns(const lut_dataset *d, size_t f, size_t g)
{
    return memcmp(d->x + f * d->samples, d->x + g * d->samples,
                  d->samples * sizeof *d->x) == 0;
}

static void check_columns(const lut_data_inspection *found, const lut_data *d)
{
    size_t constants = 0, copies = 0;

    for (size_t f = 0; f < d->train.features; f++) {
        const float *x = d->train.x + f * d->train.samples;
        float low = x[0], high = x[0];
        size_t first = 0;

        for (size_t i = 0; i < d->train.samples; i++) {
            low = x[i] < low ? x[i] : low;
            high = x[i] > high ? x[i] : high;
        }
        while (!same_columns(&d->train, first, f) || !same_columns(&d->test, first, f))
            first++;
        CU_ASSERT_EQUAL(found->same[f], first);
        CU_ASSERT_EQUAL(found->part[LUT_TRAIN].low[f], low);
        CU_ASSERT_EQUAL(found->part[LUT_TRAIN].high[f], high);
        constants += low >= high;
        copies += first < f && low < high;
    }
    CU_ASSERT_EQUAL(found->constant, constants);
    CU_ASSERT_EQUAL(found->copies, copies);
}

static void test_pairs(void)
{
    lut_rng rng = lut_rng_make(5, LUT_RNG_DATA, 0);

    for (unsigned round = 0; round < 60; round++) {
        const size_t features = 1 + lut_rng_below(&rng, 6);
        const uint32_t classes = 2 + (uint32_t)lut_rng_below(&rng, 3);
        const unsigned values = 2 + (unsigned)lut_rng_below(&rng, 2);
        lut_data d = { make(1 + lut_rng_below(&rng, 60), features, classes),
                       make(1 + lut_rng_below(&rng, 60), features, classes) };
        lut_data_inspection found;
        uint64_t kind[8];

        for (size_t f = 0; f < features; f++)
            kind[f] = lut_rng_below(&rng, 5);
        fill(&d.train, &rng, kind, values);
        fill(&d.test, &rng, kind, values);
        CU_ASSERT_EQUAL_FATAL(lut_data_inspect(&found, &d, NULL), LUT_OK);
        CU_ASSERT(found.classes == classes && found.features == features);
        check_part(&found.part[LUT_TRAIN], &d.train);
        check_part(&found.part[LUT_TEST], &d.test);
        check_parts(&found, &d);
        check_columns(&found, &d);
        lut_data_inspection_fini(&found);
        lut_data_inspection_fini(&found);
        lut_data_fini(&d);
    }
}

/* Zeros in front must count: rows 0 0 1 and 0 1 0 are not the same. */
static void test_zeros(void)
{
    lut_data d = { make(2, 40, 2), make(1, 40, 2) };
    lut_data_inspection found;

    d.train.x[38 * 2] = 1;
    d.train.x[39 * 2 + 1] = 1;
    CU_ASSERT_EQUAL_FATAL(lut_data_inspect(&found, &d, NULL), LUT_OK);
    CU_ASSERT_EQUAL(found.part[LUT_TRAIN].repeated, 0);
    CU_ASSERT_EQUAL(found.shared, 0);
    CU_ASSERT_EQUAL(found.constant, 38);
    CU_ASSERT_EQUAL(found.copies, 0);
    CU_ASSERT_EQUAL(found.same[39], 39);
    CU_ASSERT_EQUAL(found.same[37], 0);
    lut_data_inspection_fini(&found);
    lut_data_fini(&d);
}

/* Facts that are known of the published set. */
static void test_optdigits(void)
{
    static const char *const folder[] = { SOURCE_DATA, NULL };
    lut_data d;
    lut_data_inspection found;

    CU_ASSERT_EQUAL_FATAL(lut_data_load(&d, "optdigits", NULL, folder, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(lut_data_inspect(&found, &d, NULL), LUT_OK);
    CU_ASSERT_EQUAL(found.part[LUT_TRAIN].rows, 3823);
    CU_ASSERT_EQUAL(found.part[LUT_TRAIN].count[0], 376);
    CU_ASSERT_EQUAL(found.part[LUT_TEST].count[8], 174);
    CU_ASSERT_EQUAL(found.part[LUT_TEST].high[2], 16);
    CU_ASSERT_EQUAL(found.part[LUT_TRAIN].reachable, 3823);
    CU_ASSERT_EQUAL(found.constant, 2);
    CU_ASSERT_EQUAL(found.shared, 0);
    lut_data_inspection_fini(&found);
    lut_data_fini(&d);
}

/* What the table says of a set is what its reader makes of it, where the files are. */
static void test_shapes(void)
{
    const char *const folder[] = { SOURCE_DATA, getenv("LUTSWEEP_DATA"), NULL };
    unsigned seen = 0;

    for (const lut_known *k = lut_known_table; k->name; k++) {
        lut_data d;

        if (getenv("LUT_QUICK") && k->shape.train > 5000)
            continue;
        if (lut_data_load(&d, k->name, NULL, folder, NULL) != LUT_OK)
            continue;
        seen++;
        CU_ASSERT(!k->shape.train || d.train.samples == k->shape.train);
        CU_ASSERT(!k->shape.test || d.test.samples == k->shape.test);
        CU_ASSERT_EQUAL(d.train.features, k->shape.features);
        CU_ASSERT_EQUAL(d.train.classes, k->shape.classes);
        lut_data_fini(&d);
    }
    CU_ASSERT(seen > 0); /* optdigits comes with the sources */
}

UNIT_MAIN("inspect", UNIT(test_pairs), UNIT(test_zeros), UNIT(test_optdigits),
          UNIT(test_shapes))
