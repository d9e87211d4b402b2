/* Sets known by name on their real files: rows, features and the rows of each class, as
 * the publishers count them.  Those that come with the sources are always there, others
 * are looked for in the folders of LUTSWEEP_DATA. */
#include "lib/data/dataset.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *folder[16];

static void find_folders(void)
{
    static char list[4096];
    const char *variable = getenv("LUTSWEEP_DATA");
    size_t n = 0;

    if (variable && strlen(variable) < sizeof list)
        for (char *p = strtok(strcpy(list, variable), ":"); p && n < 12;
             p = strtok(NULL, ":"))
            folder[n++] = p;
    folder[n++] = SOURCE_DATA;
    folder[n++] = "/usr/share/datasets";
    folder[n] = NULL;
}

typedef struct expected {
    const char *set, *options;
    bool shipped;
    size_t train, test, features;
    const char *train_rows, *test_rows; /* of each class; NULL: parts are drawn, */
    const char *all_rows;               /* and these are the rows of both */
} expected;

static const expected sets[] = {
    { "adult", NULL, false, 30162, 15060, 116, "22654 7508", "11360 3700", NULL },
    { "breast-cancer", NULL, true, 214, 72, 51, NULL, NULL, "201 85" },
    { "breast-cancer", "breast-cancer.test_share 0.5 breast-cancer.test_seed 9", true,
      143, 143, 51, NULL, NULL, "201 85" },
    { "cifar-10-subset", NULL, false, 10000, 1000, 3072,
      "1005 974 1032 1016 999 937 1030 1001 1025 981",
      "103 89 100 103 90 86 112 102 106 109", NULL },
    { "fashion-mnist", NULL, false, 60000, 10000, 784,
      "6000 6000 6000 6000 6000 6000 6000 6000 6000 6000",
      "1000 1000 1000 1000 1000 1000 1000 1000 1000 1000", NULL },
    { "iris", NULL, true, 105, 45, 4, NULL, NULL, "50 50 50" },
    { "letter", NULL, true, 16000, 4000, 16, NULL, NULL,
      "789 766 736 805 768 775 773 734 755 747 739 761 792 783 753 803 783 758 748 796 "
      "813 764 752 787 786 734" },
    { "mnist", NULL, false, 60000, 10000, 784,
      "5923 6742 5958 6131 5842 5421 5918 6265 5851 5949",
      "980 1135 1032 1010 982 892 958 1028 974 1009", NULL },
    { "monks-1", NULL, true, 124, 432, 17, "62 62", "216 216", NULL },
    { "monks-2", NULL, true, 169, 432, 17, "105 64", "290 142", NULL },
    { "monks-3", NULL, true, 122, 432, 17, "62 60", "204 228", NULL },
    { "nsl-kdd", NULL, false, 125973, 22544, 122, "67343 58630", "9711 12833", NULL },
    { "nsl-kdd-5", NULL, false, 125973, 22544, 122, "67343 45927 11656 995 52",
      "9711 7458 2421 2754 200", NULL },
    { "nsl-kdd-5", "nsl-kdd-5.test KDDTest-21.txt", false, 125973, 11850, 122,
      "67343 45927 11656 995 52", "2152 4342 2402 2754 200", NULL },
    { "nsl-kdd", "nsl-kdd.bins 4", false, 125973, 22544, 145, "67343 58630",
      "9711 12833", NULL },
    { "optdigits", NULL, true, 3823, 1797, 64,
      "376 389 380 389 387 376 377 387 380 382",
      "178 182 177 183 181 182 181 179 174 180", NULL },
    { "unsw-nb15", NULL, false, 61749, 20583, 190, NULL, NULL, "37000 45332" },
    { "wdbc", NULL, true, 427, 142, 30, NULL, NULL, "357 212" },
};

/* Rows of each class in one part, or two. */
static const char *count(const lut_dataset *a, const lut_dataset *b)
{
    static char text[512];
    size_t n[64] = { 0 };

    CU_ASSERT_FATAL(a->classes <= LUT_COUNT(n));
    for (size_t s = 0; s < a->samples; s++)
        n[a->label[s]]++;
    for (size_t s = 0; b && s < b->samples; s++)
        n[b->label[s]]++;
    text[0] = 0;
    for (size_t c = 0; c < a->classes; c++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%zu", c ? " " : "",
                 n[c]);
    return text;
}

static void check_counts(const char *found, const char *want)
{
    if (strcmp(found, want) != 0)
        fprintf(stderr, "\n  found: %s\n  want:  %s\n", found, want);
    CU_ASSERT_STRING_EQUAL(found, want);
}

static void check_set(const lut_data *d, const expected *e)
{
    CU_ASSERT_EQUAL(d->train.samples, e->train);
    CU_ASSERT_EQUAL(d->test.samples, e->test);
    CU_ASSERT_EQUAL(d->train.features, e->features);
    CU_ASSERT_EQUAL(d->test.features, e->features);
    CU_ASSERT_EQUAL(d->train.classes, d->test.classes);
    for (size_t i = 0; i < d->train.samples * d->train.features; i++)
        CU_ASSERT_FATAL(isfinite(d->train.x[i]));
    if (e->all_rows) {
        check_counts(count(&d->train, &d->test), e->all_rows);
        return;
    }
    check_counts(count(&d->train, NULL), e->train_rows);
    check_counts(count(&d->test, NULL), e->test_rows);
}

static void test_sets(void)
{
    for (size_t i = 0; i < LUT_COUNT(sets); i++) {
        const expected *e = &sets[i];
        lut_data d;
        lut_err err = { 0 };
        lut_status st = lut_data_load(&d, e->set, e->options, folder, &err);

        if (st == LUT_ENOENT && !e->shipped) {
            printf("\n  %s: not here", e->set);
            continue;
        }
        if (st != LUT_OK)
            fprintf(stderr, "\n  %s\n", err.text);
        CU_ASSERT_EQUAL_FATAL(st, LUT_OK);
        printf("\n  %s: %s rows in the training part", e->set, count(&d.train, NULL));
        check_set(&d, e);
        lut_data_fini(&d);
    }
}

/* ---- what the columns mean ---- */

static lut_data load(const char *set)
{
    lut_data d;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL_FATAL(lut_data_load(&d, set, NULL, folder, &err), LUT_OK);
    return d;
}

/* Value 1.. of a column of MONK's problems, from its one-hot features. */
static unsigned value(const lut_dataset *d, size_t s, size_t first, unsigned n)
{
    unsigned found = 0;

    for (unsigned v = 0; v < n; v++)
        if (d->x[(first + v) * d->samples + s] != 0) {
            CU_ASSERT_EQUAL(found, 0);
            found = v + 1;
        }
    CU_ASSERT(found > 0);
    return found;
}

/* The published rules hold on every test row: columns, values and classes are right. */
static void test_monks(void)
{
    static const unsigned values[] = { 3, 3, 2, 3, 4, 2 };
    lut_data d[3] = { load("monks-1"), load("monks-2"), load("monks-3") };

    for (size_t s = 0; s < 432; s++) {
        unsigned a[6], ones = 0;

        for (size_t i = 0, first = 0; i < 6; first += values[i], i++) {
            a[i] = value(&d[0].test, s, first, values[i]);
            ones += a[i] == 1;
        }
        CU_ASSERT_EQUAL(d[0].test.label[s], a[0] == a[1] || a[4] == 1);
        CU_ASSERT_EQUAL(d[1].test.label[s], ones == 2);
        CU_ASSERT_EQUAL(d[2].test.label[s],
                        (a[4] == 3 && a[3] == 1) || (a[4] != 4 && a[1] != 3));
    }
    for (size_t i = 0; i < 3; i++)
        lut_data_fini(&d[i]);
}

/* Nine cells are missing: all other columns have exactly one value. */
static void test_breast_cancer(void)
{
    static const size_t values[] = { 9, 3, 12, 13, 2, 3, 2, 5, 2 };
    lut_data d = load("breast-cancer");
    size_t missing = 0;

    for (int part = 0; part < 2; part++) {
        const lut_dataset *p = part ? &d.test : &d.train;

        for (size_t s = 0; s < p->samples; s++)
            for (size_t i = 0, first = 0; i < 9; first += values[i], i++) {
                float sum = 0;

                for (size_t v = 0; v < values[i]; v++)
                    sum += p->x[(first + v) * p->samples + s];
                CU_ASSERT(sum == 1 || (sum == 0 && (i == 4 || i == 7)));
                missing += sum == 0;
            }
    }
    CU_ASSERT_EQUAL(missing, 9);
    lut_data_fini(&d);
}

int main(void)
{
    static const unit_test tests[] = { UNIT(test_sets), UNIT(test_monks),
                                       UNIT(test_breast_cancer) };

    find_folders();
    return unit_run("known", tests, LUT_COUNT(tests));
}
