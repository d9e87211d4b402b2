/* lib/data: the readers of files, and all that they refuse. */
#include "tests/support/folder.h"

#include <math.h>

/* ---- csv ---- */

static lut_data load_csv(const char *options)
{
    lut_data d;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL_FATAL(lut_data_load(&d, "csv", options, folder, &err), LUT_OK);
    return d;
}

static void test_csv(void)
{
    lut_data d;

    begin();
    put_text("a.csv", "\xef\xbb\xbfsepal width,\"len\",class\r\n1,-2.5e1, 0 \r\n"
                      "3,12345678901,2\r\n-0,+.5,1\r\n\r\n");
    put_text("b.csv", "7,8,1");
    d = load_csv("csv.train a.csv csv.test b.csv");
    CU_ASSERT_EQUAL(d.train.samples, 3);
    CU_ASSERT_EQUAL(d.train.features, 2);
    CU_ASSERT_EQUAL(d.train.classes, 3);
    CU_ASSERT_STRING_EQUAL(d.train.name[0], "sepal_width");
    CU_ASSERT_STRING_EQUAL(d.train.name[1], "len");
    CU_ASSERT_EQUAL(d.train.x[1], 3);
    CU_ASSERT_EQUAL(d.train.x[2], 0);
    CU_ASSERT_FALSE(signbit(d.train.x[2]));
    CU_ASSERT_EQUAL(d.train.x[3], -25);
    CU_ASSERT_EQUAL(d.train.x[4], 12345678901.0f);
    CU_ASSERT_EQUAL(d.train.x[5], 0.5f);
    CU_ASSERT_EQUAL(d.train.label[1], 2);
    CU_ASSERT_EQUAL(d.test.samples, 1);
    CU_ASSERT_EQUAL(d.test.classes, 3);
    CU_ASSERT_STRING_EQUAL(d.test.name[1], "len"); /* names are the training part's */
    CU_ASSERT_EQUAL(d.test.x[1], 8);
    lut_data_fini(&d);
    put_text("a.csv", "1;5;6\n0;7;8\n"); /* label first, another separator */
    d = load_csv(
        "csv.train a.csv csv.test a.csv csv.label first csv.separator semicolon");
    CU_ASSERT_EQUAL(d.train.label[0], 1);
    CU_ASSERT_EQUAL(d.train.x[0], 5);
    CU_ASSERT_EQUAL(d.train.x[3], 8);
    lut_data_fini(&d);
    put_text("a.csv", "c\t2021\n1\t5\n0\t6\n"); /* a header with a number in it */
    d = load_csv("csv.train a.csv csv.test a.csv csv.label first csv.separator tab "
                 "csv.header true");
    CU_ASSERT_EQUAL(d.train.samples, 2);
    CU_ASSERT_STRING_EQUAL(d.train.name[0], "2021");
    lut_data_fini(&d);
    drop("a.csv");
    drop("b.csv");
    end();
}

static void test_csv_refused(void)
{
    static const struct {
        const char *text, *options, *message;
    } bad[] = {
        { "", "", "@/a.csv: empty, want rows of numbers" },
        { "\n\r\n", "", "@/a.csv: empty, want rows of numbers" },
        { "a,b\n", "", "@/a.csv: no rows after the header" },
        { "1\n2\n", "", "@/a.csv:1: 1 cell, want a class and at least one number" },
        { "1,2,0\n1,0\n", "", "@/a.csv:2: 2 cells, want 3" },
        { "1,2,0\n\n1,2,0\n", "", "@/a.csv:2: 1 cell, want 3" },
        { "1,x,0\n", "",
          "@/a.csv:1:2: found \"x\", want a finite number (or csv.header = true)" },
        { "a,b\n1,0\nred,0\n", "", "@/a.csv:3:1: found \"red\", want a finite number" },
        { "1,0\n,0\n", "",
          "@/a.csv:2:1: found \"\", want a finite number (or csv.missing = drop)" },
        { "1,0\nnan,0\n", "", "@/a.csv:2:1: found \"nan\", want a finite number" },
        { "1,0\n-inf,0\n", "", "@/a.csv:2:1: found \"-inf\", want a finite number" },
        { "1,0\n0x10,0\n", "", "@/a.csv:2:1: found \"0x10\", want a finite number" },
        { "1,0\n1e,0\n", "", "@/a.csv:2:1: found \"1e\", want a finite number" },
        { "1,0\n1e39,0\n", "",
          "@/a.csv:2:1: found \"1e39\", want a number within +-3.4e38" },
        { "1,0\n2,1.5\n", "",
          "@/a.csv:2:2: found \"1.5\", want a class, a whole number 0..1023" },
        { "1,0\n2,-1\n", "",
          "@/a.csv:2:2: found \"-1\", want a class, a whole number 0..1023" },
        { "1,0\n2,1024\n", "",
          "@/a.csv:2:2: found \"1024\", want a class, a whole number 0..1023" },
        { "1,0\n2,cat\n", "",
          "@/a.csv:2:2: found \"cat\", want a class, a whole number 0..1023" },
        { "1,0\n2,0\n", "", "@/a.csv: all rows are of class 0, want two or more" },
        { "1,3\n2,0\n", "",
          "@/b.csv:2:2: found \"4\", want a class, a whole number 0..3 as in a.csv" },
        { "1,2,3\n2,3,0\n", "", "@/b.csv:1: 2 cells, want 3 as in a.csv" },
    };

    begin();
    put_text("b.csv", "5,0\n6,4\n");
    for (size_t i = 0; i < LUT_COUNT(bad); i++) {
        put_text("a.csv", bad[i].text);
        refused("csv", "csv.train a.csv csv.test b.csv", LUT_EFORMAT, bad[i].message);
    }
    refused("csv", "", LUT_EINVAL, "csv.train is not set, want the name of a file");
    refused("csv", "csv.train a.csv", LUT_EINVAL,
            "csv.test is not set, want the name of a file, or csv.test_share > 0");
    refused("csv", "csv.train a.csv csv.test b.csv csv.test_share 0.5", LUT_EINVAL,
            "csv.test = \"b.csv\" and csv.test_share = 0.5: want one of them");
    refused("csv", "csv.train a.csv csv.test_share 0.2", LUT_EINVAL,
            "csv.test_share: 0.2 of the 2 rows of a.csv leaves a part empty");
    refused(
        "csv", "csv.train a.csv csv.test b.csv csv.label middle", LUT_EINVAL,
        "csv.label = \"middle\": want first, last, or the number of a column from 1");
    drop("a.csv");
    drop("b.csv");
    end();
}

static void test_csv_share(void)
{
    enum { N = 101 };
    char text[2000] = "";
    lut_data d, again, other;
    bool seen[N] = { false };

    begin();
    for (int i = 0; i < N; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%d,%d\n", i, i % 3);
    put_text("a.csv", text);
    d = load_csv("csv.train a.csv csv.test_share 0.25");
    again = load_csv("csv.train a.csv csv.test_share 0.25");
    other = load_csv("csv.train a.csv csv.test_share 0.25 csv.test_seed 2");
    CU_ASSERT_EQUAL(d.train.samples, 76);
    CU_ASSERT_EQUAL(d.test.samples, 25);
    CU_ASSERT_EQUAL(d.test.classes, 3);
    CU_ASSERT_EQUAL(memcmp(d.test.x, again.test.x, 25 * sizeof(float)), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(d.test.x, other.test.x, 25 * sizeof(float)), 0);
    for (size_t i = 0; i < N; i++) { /* every row once, with its own label */
        const lut_dataset *part = i < 76 ? &d.train : &d.test;
        size_t at = i < 76 ? i : i - 76, value = (size_t)part->x[at];

        CU_ASSERT_FATAL(value < N && !seen[value]);
        seen[value] = true;
        CU_ASSERT_EQUAL(part->label[at], value % 3);
    }
    lut_data_fini(&d);
    lut_data_fini(&again);
    lut_data_fini(&other);
    drop("a.csv");
    end();
}

/* ---- idx ---- */

static void put_idx(const char *name, const uint32_t *header, size_t words,
                    size_t bytes, unsigned modulus)
{
    unsigned char b[512];
    size_t n = 0;

    for (size_t i = 0; i < words; i++)
        for (int shift = 24; shift >= 0; shift -= 8)
            b[n++] = (unsigned char)(header[i] >> shift);
    for (size_t i = 0; i < bytes; i++)
        b[n++] = (unsigned char)(i % modulus);
    put(name, b, n);
}

#define PUT_IMAGES(name, magic, n, r, c, bytes) \
    put_idx(name, (uint32_t[]){ magic, n, r, c }, 4, bytes, 256)
#define PUT_LABELS(name, magic, n, bytes, classes) \
    put_idx(name, (uint32_t[]){ magic, n }, 2, bytes, classes)

static const char *const idx_names[] = { "train-images-idx3-ubyte",
                                         "train-labels-idx1-ubyte",
                                         "t10k-images-idx3-ubyte",
                                         "t10k-labels-idx1-ubyte" };

static void put_good_idx(void)
{
    PUT_IMAGES(idx_names[0], 2051, 7, 2, 3, 42);
    PUT_LABELS(idx_names[1], 2049, 7, 7, 3);
    PUT_IMAGES(idx_names[2], 2051, 2, 2, 3, 12);
    PUT_LABELS(idx_names[3], 2049, 2, 2, 3);
}

static void test_idx(void)
{
    lut_data d;
    lut_err err = { 0 };

    begin();
    put_good_idx();
    CU_ASSERT_EQUAL_FATAL(lut_data_load(&d, "mnist", NULL, folder, &err), LUT_OK);
    CU_ASSERT_EQUAL(d.train.samples, 7);
    CU_ASSERT_EQUAL(d.train.features, 6);
    CU_ASSERT_EQUAL(d.train.classes, 3);
    CU_ASSERT_EQUAL(d.test.samples, 2);
    CU_ASSERT_EQUAL(d.test.classes, 3);
    for (size_t s = 0; s < 7; s++) {
        CU_ASSERT_EQUAL(d.train.label[s], s % 3);
        for (size_t f = 0; f < 6; f++)
            CU_ASSERT_EQUAL(d.train.x[f * 7 + s], (float)(s * 6 + f));
    }
    CU_ASSERT_STRING_EQUAL(d.train.name[5], "r1c2");
    lut_data_fini(&d);
    for (size_t i = 0; i < 4; i++)
        drop(idx_names[i]);
    end();
}

/* Of 3 x 4 pixels, numbered through all images, the two in the middle. */
static void test_idx_border(void)
{
    lut_data d;
    lut_err err = { 0 };

    begin();
    put_good_idx();
    PUT_IMAGES(idx_names[0], 2051, 7, 3, 4, 84);
    PUT_IMAGES(idx_names[2], 2051, 2, 3, 4, 24);
    CU_ASSERT_EQUAL_FATAL(lut_data_load(&d, "mnist", "mnist.border 1", folder, &err),
                          LUT_OK);
    CU_ASSERT_EQUAL_FATAL(d.train.features, 2);
    CU_ASSERT_EQUAL(d.test.features, 2);
    for (size_t s = 0; s < 7; s++)
        for (size_t f = 0; f < 2; f++)
            CU_ASSERT_EQUAL(d.train.x[f * 7 + s], (float)(s * 12 + 5 + f));
    CU_ASSERT_STRING_EQUAL(d.train.name[0], "r1c1");
    CU_ASSERT_STRING_EQUAL(d.test.name[1], "r1c2");
    lut_data_fini(&d);
    refused("idx", "idx.border 2", LUT_EINVAL,
            "border = 2: nothing is left of images of 3 x 4 of "
            "@/train-images-idx3-ubyte");
    for (size_t i = 0; i < 4; i++)
        drop(idx_names[i]);
    end();
}

static void idx_refused(const char *message)
{
    refused("idx", "", LUT_EFORMAT, message);
    put_good_idx();
}

static void test_idx_refused(void)
{
    begin();
    put_good_idx();
    put(idx_names[0], "\0\0\x08\x03", 4);
    idx_refused("@/train-images-idx3-ubyte: 4 bytes, want a header of 16 (images)");
    PUT_IMAGES(idx_names[0], 2049, 7, 2, 3, 42);
    idx_refused(
        "@/train-images-idx3-ubyte: byte 0: magic number 2049, want 2051 (images)");
    PUT_LABELS(idx_names[1], 2051, 7, 7, 3);
    idx_refused(
        "@/train-labels-idx1-ubyte: byte 0: magic number 2051, want 2049 (labels)");
    PUT_IMAGES(idx_names[0], 2051, 0, 2, 3, 0);
    idx_refused("@/train-images-idx3-ubyte: byte 4: 0 images, want at least one");
    PUT_IMAGES(idx_names[0], 2051, 7, 2, 0, 0);
    idx_refused("@/train-images-idx3-ubyte: byte 12: 0 columns, want 1..4096");
    PUT_IMAGES(idx_names[0], 2051, 7, 0xffffffff, 3, 42);
    idx_refused("@/train-images-idx3-ubyte: byte 8: 4294967295 rows, want 1..4096");
    PUT_IMAGES(idx_names[0], 2051, 7, 2, 3, 41);
    idx_refused("@/train-images-idx3-ubyte: 57 bytes, want 58 by its header");
    PUT_IMAGES(idx_names[0], 2051, 7, 2, 3, 43);
    idx_refused("@/train-images-idx3-ubyte: 59 bytes, want 58 by its header");
    PUT_LABELS(idx_names[1], 2049, 6, 6, 3);
    idx_refused("@/train-labels-idx1-ubyte: 6 labels, want 7 as there are images in "
                "@/train-images-idx3-ubyte");
    PUT_LABELS(idx_names[1], 2049, 7, 7, 1);
    idx_refused("train-labels-idx1-ubyte: all labels are 0, want two classes or more");
    PUT_LABELS(idx_names[1], 2049, 7, 7, 2);
    PUT_IMAGES(idx_names[2], 2051, 3, 2, 3, 18);
    PUT_LABELS(idx_names[3], 2049, 3, 3, 3);
    idx_refused(
        "@/t10k-labels-idx1-ubyte: byte 10: label 2, want 0..1 as in the training "
        "part");
    PUT_IMAGES(idx_names[2], 2051, 2, 1, 3, 6);
    idx_refused(
        "@/t10k-images-idx3-ubyte: images of 1 x 3, want 2 x 3 as in the training "
        "part");
    PUT_IMAGES(idx_names[2], 2051, 2, 3, 2, 12);
    idx_refused(
        "@/t10k-images-idx3-ubyte: images of 3 x 2, want 2 x 3 as in the training "
        "part");
    for (size_t i = 0; i < 4; i++)
        drop(idx_names[i]);
    end();
}

UNIT_MAIN("readers", UNIT(test_csv), UNIT(test_csv_refused), UNIT(test_csv_share),
          UNIT(test_idx), UNIT(test_idx_border), UNIT(test_idx_refused))
