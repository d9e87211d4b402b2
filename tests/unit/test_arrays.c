/* lib/data: readers of binary files (npy, cifar), and of arff. */
#include "lib/base/rng.h"
#include "tests/support/folder.h"

#include <math.h>

static const char *const made_up[] = { TEST_DATA, NULL };

static lut_data load(const char *set, const char *options)
{
    lut_data d;
    lut_err err = { 0 };
    lut_status st = lut_data_load(&d, set, options, folder, &err);

    if (st != LUT_OK)
        fprintf(stderr, "\n  %s\n", err.text);
    CU_ASSERT_EQUAL_FATAL(st, LUT_OK);
    return d;
}

static void check_row(const lut_dataset *d, size_t s, const double *want)
{
    CU_ASSERT_FATAL(s < d->samples);
    for (size_t f = 0; f < d->features; f++)
        CU_ASSERT_EQUAL(d->x[f * d->samples + s], (float)want[f]);
}

/* ---- npy ---- */

/* A file with this header and these values; version 2 and 3 have a length of 4 bytes. */
static void put_npy(const char *name, unsigned version, const char *header,
                    const void *bytes, size_t n)
{
    unsigned char b[1024] = "\x93NUMPY";
    size_t length = strlen(header), at = 8;

    b[6] = (unsigned char)version;
    for (size_t i = 0; i < (version == 1 ? 2 : 4); i++)
        b[at++] = (unsigned char)(length >> 8 * i);
    CU_ASSERT_FATAL(at + length + n <= sizeof b);
    memcpy(b + at, header, length);
    memcpy(b + at + length, bytes, n);
    put(name, b, at + length + n);
}

#define HEADER(descr, fortran, shape) \
    "{'descr': '" descr "', 'fortran_order': " fortran ", 'shape': " shape ", }   \n"

static void put_labels(const char *name)
{
    put_npy(name, 1, HEADER("|u1", "False", "(2,)"), "\1\0", 2);
}

static void check_npy(unsigned version, const char *header, const void *bytes, size_t n,
                      const double *first, const double *second)
{
    lut_data d;

    put_npy("x", version, header, bytes, n);
    d = load("npy", "npy.train x npy.train_labels y npy.test x npy.test_labels y");
    CU_ASSERT_EQUAL_FATAL(d.train.samples, 2);
    check_row(&d.train, 0, first);
    check_row(&d.test, 1, second);
    CU_ASSERT(d.train.label[0] == 1 && d.train.label[1] == 0 && d.train.classes == 2);
    lut_data_fini(&d);
}

#define CHECK(version, header, bytes, ...)               \
    check_npy(version, header, bytes, sizeof(bytes) - 1, \
              (const double[2][2]){ __VA_ARGS__ }[0],    \
              (const double[2][2]){ __VA_ARGS__ }[1])

/* Bytes written out by hand: 1, 2; 3, 4 or with signs. */
static void test_npy_types(void)
{
    begin();
    put_labels("y");
    CHECK(1, HEADER("|u1", "False", "(2, 2)"), "\1\2\3\xff", { 1, 2 }, { 3, 255 });
    CHECK(1, HEADER("|b1", "False", "(2, 2)"), "\1\0\0\1", { 1, 0 }, { 0, 1 });
    CHECK(2, HEADER("|i1", "False", "(2, 2)"), "\1\xfe\x80\x7f", { 1, -2 },
          { -128, 127 });
    CHECK(3, HEADER("<i2", "False", "(2, 2)"), "\1\0\xfe\xff\0\x80\xff\x7f", { 1, -2 },
          { -32768, 32767 });
    CHECK(1, HEADER(">i2", "False", "(2, 2)"), "\0\1\xff\xfe\x80\0\x7f\xff", { 1, -2 },
          { -32768, 32767 });
    CHECK(1, HEADER("<u2", "False", "(2, 2)"), "\1\0\xfe\xff\0\x80\xff\x7f",
          { 1, 65534 }, { 32768, 32767 });
    CHECK(1, HEADER(">i4", "False", "(2, 2)"),
          "\0\0\0\1\xff\xff\xff\xfe\x80\0\0\0\0\1\0\0", { 1, -2 },
          { -2147483648., 65536 });
    CHECK(1, HEADER("<u4", "False", "(2, 2)"),
          "\1\0\0\0\xff\xff\xff\xff\0\0\1\0\2\0\0\0", { 1, 4294967295. }, { 65536, 2 });
    CHECK(1, HEADER("<i8", "False", "(2, 2)"),
          "\1\0\0\0\0\0\0\0\xfe\xff\xff\xff\xff\xff\xff\xff"
          "\0\0\0\0\0\0\0\x80\0\0\0\0\1\0\0\0",
          { 1, -2 }, { -9223372036854775808., 4294967296. });
    CHECK(1, HEADER("<u8", "False", "(2, 2)"),
          "\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x80"
          "\2\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0",
          { 1, 9223372036854775808. }, { 2, 4294967296. });
    CHECK(1, HEADER("<f4", "False", "(2, 2)"),
          "\0\0\x80\x3f\0\0\0\xc0\0\0\0\x3f\0\0\0\x80", { 1, -2 }, { 0.5, 0 });
    CHECK(1, HEADER(">f4", "False", "(2, 2)"),
          "\x3f\x80\0\0\xc0\0\0\0\x3f\0\0\0\x80\0\0\0", { 1, -2 }, { 0.5, 0 });
    CHECK(1, HEADER("<f8", "False", "(2, 2)"),
          "\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\xc0"
          "\0\0\0\0\0\0\xe0\x3f\0\0\0\0\0\0\xf8\x3f",
          { 1, -2 }, { 0.5, 1.5 });
    CHECK(1, HEADER(">f8", "False", "(2, 2)"),
          "\x3f\xf0\0\0\0\0\0\0\xc0\0\0\0\0\0\0\0"
          "\x3f\xe0\0\0\0\0\0\0\x3f\xf8\0\0\0\0\0\0",
          { 1, -2 }, { 0.5, 1.5 });
    drop("x");
    drop("y");
    end();
}

/* Two samples of 2 x 3 in both orders hold the same values: sample * 100 + row * 10 +
 * column. */
static void test_npy_order(void)
{
    static const unsigned char
        c[] = { 0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112 },
        f[] = { 0, 100, 10, 110, 1, 101, 11, 111, 2, 102, 12, 112 };
    static const double first[] = { 0, 1, 2, 10, 11, 12 },
                        second[] = { 100, 101, 102, 110, 111, 112 };

    begin();
    put_labels("y");
    check_npy(1, HEADER("|u1", "False", "(2, 2, 3)"), c, 12, first, second);
    check_npy(1, HEADER("|u1", "True", "(2, 2, 3)"), f, 12, first, second);
    drop("x");
    drop("y");
    end();
}

static void npy_refused(const char *header, size_t n, const char *message)
{
    static const char zeros[64] = "";

    put_npy("x", 1, header, zeros, n);
    refused("npy", "npy.train x npy.train_labels y npy.test_share 0.5", LUT_EFORMAT,
            message);
}

static void test_npy_refused(void)
{
    begin();
    put_labels("y");
    npy_refused(
        HEADER("<f2", "False", "(2, 2)"), 8,
        "@/x: header of the npy format: want 'descr' of b1, i1, i2, i4, i8, u1, "
        "u2, u4, u8, f4 or f8, after <, > or |");
    npy_refused(
        HEADER("|O", "False", "(2, 2)"), 8,
        "@/x: header of the npy format: want 'descr' of b1, i1, i2, i4, i8, u1, "
        "u2, u4, u8, f4 or f8, after <, > or |");
    npy_refused(HEADER("|u1", "Maybe", "(2, 2)"), 4,
                "@/x: header of the npy format: want 'fortran_order' True or False");
    npy_refused(HEADER("|u1", "False", "()"), 1,
                "@/x: header of the npy format: want 'shape' of 1..8 sizes");
    npy_refused(HEADER("|u1", "False", "(1,1,1,1,1,1,1,1,1)"), 1,
                "@/x: header of the npy format: want 'shape' of 1..8 sizes");
    npy_refused(
        HEADER("|u1", "False", "(2, 0)"), 1,
        "@/x: header of the npy format: want sizes of 1..4294967295 in 'shape'");
    npy_refused(
        HEADER("|u1", "False", "(2, 99999999999999999999)"), 1,
        "@/x: header of the npy format: want sizes of 1..4294967295 in 'shape'");
    npy_refused(
        HEADER("<f8", "False", "(4294967295, 4294967295, 4294967295)"), 1,
        "@/x: 1 bytes of values, want 4294967295 x 18446744065119617025 of 8 bytes by "
        "its header");
    npy_refused(HEADER("|u1", "False", "(2, 2)"), 3,
                "@/x: 3 bytes of values, want 2 x 2 of 1 bytes by its header");
    npy_refused(HEADER("|u1", "False", "(2, 2)"), 5,
                "@/x: 5 bytes of values, want 2 x 2 of 1 bytes by its header");
    npy_refused(HEADER("|u1", "False", "(2,)"), 2,
                "@/x: one axis, want samples x features");
    npy_refused(HEADER("|u1", "False", "(3, 1)"), 3,
                "@/y: 2 x 1 labels, want 3 as there are samples in @/x");
    npy_refused(
        HEADER("|u1", "False", "(2147483648, 2147483648, 4)"), 0,
        "@/x: 0 bytes of values, want 2147483648 x 8589934592 of 1 bytes by its "
        "header"); /* 2^64 values */
    put("x", "\x93NUMPY\1\0\144\0\0\0", 12);
    refused(
        "npy", "npy.train x npy.train_labels y npy.test_share 0.5", LUT_EFORMAT,
        "@/x: byte 8: header of 100 bytes in a file of 12, want at most 65536 and all "
        "of it");
    put("x", "\x93NUMPY\4\0\0\0\0\0\0", 12);
    refused("npy", "npy.train x npy.train_labels y npy.test_share 0.5", LUT_EFORMAT,
            "@/x: byte 6: version 4, want 1..3");
    put("x", "\x93NUMPX\1\0\0\0\0\0\0", 12);
    refused("npy", "npy.train x npy.train_labels y npy.test_share 0.5", LUT_EFORMAT,
            "@/x: byte 0: no npy file, want \\x93NUMPY and a header");
    put("x", "\x93NUMPY\2\0\xff\xff\xff\xff", 12);
    refused(
        "npy", "npy.train x npy.train_labels y npy.test_share 0.5", LUT_EFORMAT,
        "@/x: byte 8: header of 4294967295 bytes in a file of 12, want at most 65536 "
        "and all of it");
    drop("x");
    drop("y");
    end();
}

static void test_npy_values(void)
{
    static const char two[] =
        "npy.train x npy.train_labels y npy.test x npy.test_labels z";

    begin();
    put_labels("y");
    put_npy("x", 1, HEADER("<f4", "False", "(2, 1)"), "\0\0\0\0\0\0\xc0\x7f", 8);
    refused("npy", "npy.train x npy.train_labels y npy.test_share 0.5", LUT_EFORMAT,
            "@/x: byte 77: value nan, want a finite number within +-3.4e38");
    put_npy("x", 1, HEADER("|u1", "False", "(2, 1)"), "\1\2", 2);
    put_npy("z", 1, HEADER("<i2", "False", "(2, 1)"), "\0\0\xff\xff", 4);
    refused("npy", "npy.train x npy.train_labels z npy.test_share 0.5", LUT_EFORMAT,
            "@/z: byte 75: value -1, want a class, a whole number 0..1023");
    put_npy("z", 1, HEADER("<i2", "False", "(2, 1)"), "\0\0\2\0", 4);
    refused("npy", two, LUT_EFORMAT,
            "@/z: byte 75: value 2, want a class of the training part");
    put_npy("z", 1, HEADER("|u1", "False", "(2,)"), "\0\0", 2);
    refused("npy", "npy.train x npy.train_labels z npy.test_share 0.5", LUT_EFORMAT,
            "z: all labels are 0, want two classes or more");
    put_npy("z", 1, HEADER("|u1", "False", "(2, 2)"), "\0\1\2\3", 4);
    refused("npy", "npy.train x npy.train_labels y npy.test z npy.test_labels y",
            LUT_EFORMAT, "@/z: 2 features, want 1 as in the training part");
    refused("npy", "npy.train x npy.test_share 0.5", LUT_EINVAL,
            "npy.train_labels is not set, want the name of a file");
    refused("npy", "npy.train x npy.train_labels y npy.test x", LUT_EINVAL,
            "npy.test = \"x\", npy.test_labels = \"-\": want both or none");
    refused("npy", "npy.train x npy.train_labels y", LUT_EINVAL,
            "npy.test is not set, want the name of a file, or npy.test_share > 0");
    drop("x");
    drop("y");
    drop("z");
    end();
}

/* ---- cifar ---- */

enum { RECORD = 3073 };

static void put_batch(const char *name, size_t records, size_t first)
{
    static unsigned char b[3 * RECORD];

    for (size_t r = 0; r < records; r++) {
        b[r * RECORD] = (unsigned char)((first + r) % 10);
        for (size_t j = 0; j < RECORD - 1; j++)
            b[r * RECORD + 1 + j] = (unsigned char)((first + r) * 7 + j);
    }
    put(name, b, records * RECORD);
}

static void test_cifar(void)
{
    static unsigned char bad[2 * RECORD];
    lut_data d;

    begin();
    put_batch("a", 2, 0);
    put_batch("b", 3, 2);
    put_batch("c", 1, 9);
    d = load("cifar", "cifar.train a,b cifar.test c");
    CU_ASSERT_EQUAL_FATAL(d.train.samples, 5);
    CU_ASSERT_EQUAL_FATAL(d.train.features, 3072);
    CU_ASSERT(d.train.classes == 10 && d.test.classes == 10);
    for (size_t s = 0; s < 5; s++) {
        CU_ASSERT_EQUAL(d.train.label[s], s);
        for (size_t j = 0; j < 3072; j++)
            CU_ASSERT_EQUAL_FATAL(d.train.x[j * 5 + s], (float)((s * 7 + j) % 256));
    }
    CU_ASSERT_EQUAL(d.test.label[0], 9);
    CU_ASSERT_EQUAL(d.test.x[1], 64);
    CU_ASSERT_STRING_EQUAL(d.train.name[0], "red_r0c0");
    CU_ASSERT_STRING_EQUAL(d.train.name[1024 + 33], "green_r1c1");
    CU_ASSERT_STRING_EQUAL(d.train.name[3071], "blue_r31c31");
    lut_data_fini(&d);
    put("c", "", 0);
    refused("cifar", "cifar.train a,b cifar.test c", LUT_EFORMAT,
            "@/c: 0 bytes, want records of 3073: a label and 3 planes of 32 x 32");
    put("c", "123", 3);
    refused("cifar", "cifar.train a,c cifar.test b", LUT_EFORMAT,
            "@/c: 3 bytes, want records of 3073: a label and 3 planes of 32 x 32");
    bad[RECORD] = 10;
    put("c", bad, sizeof bad);
    refused("cifar", "cifar.train a cifar.test c", LUT_EFORMAT,
            "@/c: byte 3073: label 10, want 0..9");
    refused("cifar", "cifar.train a,,b cifar.test c", LUT_EFORMAT,
            "@/ is a folder, want a file");
    refused("cifar", "cifar.train a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a cifar.test c",
            LUT_EINVAL, "cifar: more than 16 files of a part");
    drop("a");
    drop("b");
    drop("c");
    end();
}

/* ---- arff ---- */

static const char head[] =
    "% made up\n@RELATION 'a b'\n\n@attribute size REAL\n"
    "@ATTRIBUTE 'the colour' {blue, 'dark red',green}\n"
    "@Attribute\tn integer\n@attribute class {no,yes}\n\n@DATA\n";

static void put_arff(const char *name, const char *rows)
{
    char text[1000];

    snprintf(text, sizeof text, "%s%s", head, rows);
    put_text(name, text);
}

static void test_arff(void)
{
    static const double first[] = { 1.5, 0, 1, 0, 3 }, second[] = { -2, 1, 0, 0, 4 };
    lut_data d;

    begin();
    put_arff("a", "1.5,'dark red',3,yes\r\n%note\n-2, blue ,4,no\n");
    put_arff("b", "-2,\"blue\",4,no\n");
    d = load("arff", "arff.train a arff.test b");
    CU_ASSERT_EQUAL_FATAL(d.train.features, 5);
    CU_ASSERT_STRING_EQUAL(d.train.name[2], "the_colour=dark_red");
    CU_ASSERT_STRING_EQUAL(d.train.name[4], "n");
    check_row(&d.train, 0, first);
    check_row(&d.train, 1, second);
    check_row(&d.test, 0, second);
    CU_ASSERT(d.train.label[0] == 1 && d.train.label[1] == 0 && d.test.label[0] == 0);
    CU_ASSERT(d.train.classes == 2 && d.test.classes == 2);
    lut_data_fini(&d);
    put_arff("a", "1.5,?,3,yes\n-2,blue,4,no\n1,blue,?,no\n0,green,4,yes\n");
    d = load("arff", "arff.train a arff.test b arff.missing drop");
    CU_ASSERT_EQUAL(d.train.samples, 2);
    lut_data_fini(&d);
    d = load("arff", "arff.train a arff.test b arff.missing zeros arff.drop 3");
    CU_ASSERT_EQUAL(d.train.samples, 4);
    CU_ASSERT_EQUAL(d.train.features, 4);
    lut_data_fini(&d);
    put_arff("b", "-2,blue,4,no\n1,green,4,no\n");
    d = load("arff", "arff.train b arff.test b arff.label 2 arff.drop 4");
    CU_ASSERT_EQUAL(d.train.classes, 3);
    lut_data_fini(&d);
    drop("a");
    drop("b");
    end();
}

static void test_arff_refused(void)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        { "", "@/a: 0 lines \"@@attribute NAME TYPE\" before \"@@data\", want two or "
              "more" },
        { "@attribute x real\n@attribute c {a,b}\n", "@/a: no line \"@@data\"" },
        { "@attribute x real\n@attribute c {a,b}\n@data\n",
          "@/a: no rows behind \"@@data\"" },
        { "@attribute x string\n@attribute c {a,b}\n@data\n1,a\n",
          "@/a:1: found \"string\", want numeric, real, integer or {VALUE, ...}" },
        { "@attribute x\n@attribute c {a,b}\n@data\n1,a\n",
          "@/a:1: found \"\", want numeric, real, integer or {VALUE, ...}" },
        { "@attribute x real\n@attribute c {a,b\n@data\n1,a\n",
          "@/a:2: found \"{a,b\", want {VALUE, ...}" },
        { "@attribute x real\n@attribute c {a,a}\n@data\n1,a\n",
          "@/a:2: found \"{a,a}\", want values, each once" },
        { "@attribute x real\n@attribute c {a}\n@data\n1,a\n",
          "@/a: attribute c has one value, want classes" },
        { "@attribute x real\nhello\n@attribute c {a,b}\n@data\n1,a\n",
          "@/a:2: found \"hello\", want @@relation, @@attribute or @@data" },
        { "@attribute x real\n@attribute c {a,b}\n@data\n{0 1, 1 a}\n",
          "@/a:4: found \"{0 1, 1 a}\", want a value for each attribute: sparse rows "
          "are "
          "not read" },
        { "@attribute x real\n@attribute c {a,b}\n@data\n1,a\n1,2,a\n",
          "@/a:5: 3 cells, want 2" },
        { "@attribute x real\n@attribute c {a,b}\n@data\n1,a\nx,b\n",
          "@/a:5:1: found \"x\", want a finite number" },
        { "@attribute x real\n@attribute c {a,b}\n@data\n1,a\n1,d\n",
          "@/a:5:2: found \"d\", want one of the 2 classes" },
        { "@attribute x real\n@attribute c {a,b}\n@data\n1,b\n2,b\n",
          "@/a: attribute c: all rows are of class 1, want two or more" },
        { "@attribute x {u,v}\n@attribute c {a,b}\n@data\nu,a\nw,b\n",
          "@/a:5:1: found \"w\", want one of the 2 values of column x" },
    };

    begin();
    put_arff("b", "1,blue,3,no\n");
    for (size_t i = 0; i < LUT_COUNT(bad); i++) {
        put_text("a", bad[i].text);
        refused("arff", "arff.train a arff.test a", LUT_EFORMAT, bad[i].message);
    }
    put_text("a", "@attribute x real\n@attribute c {a,b}\n@data\n1,a\n2,b\n");
    refused("arff", "arff.train a arff.test b", LUT_EFORMAT,
            "@/b: 4 attributes, want 2 as in a");
    put_text("c", "@attribute y real\n@attribute c {a,b}\n@data\n1,a\n2,b\n");
    refused("arff", "arff.train a arff.test c", LUT_EFORMAT,
            "@/c: attribute 1 is y (numeric), want x (numeric) as in a");
    drop("a");
    drop("b");
    drop("c");
    end();
}

/* ---- sets that are seldom at hand ---- */

static void check_jets(const char *set)
{
    lut_data d;
    lut_err err = { 0 };
    size_t count[5] = { 0 };

    CU_ASSERT_EQUAL_FATAL(lut_data_load(&d, set, NULL, made_up, &err), LUT_OK);
    CU_ASSERT_EQUAL(d.train.samples, 32);
    CU_ASSERT_EQUAL(d.test.samples, 8);
    CU_ASSERT_EQUAL_FATAL(d.train.features, 16);
    CU_ASSERT_EQUAL_FATAL(d.train.classes, 5);
    CU_ASSERT_STRING_EQUAL(d.train.name[0], "zlogz");
    CU_ASSERT_STRING_EQUAL(d.train.name[15], "multiplicity");
    for (size_t s = 0; s < 32; s++)
        count[d.train.label[s]]++;
    for (size_t s = 0; s < 8; s++)
        count[d.test.label[s]]++;
    for (size_t c = 0; c < 5; c++)
        CU_ASSERT_EQUAL(count[c], 8);
    lut_data_fini(&d);
}

/* Made-up rows; both files hold the same ones, and the same seed draws the same of them. */
static void test_jets(void)
{
    lut_data a, b;
    lut_err err = { 0 };

    check_jets("jsc-openml");
    check_jets("jsc-cernbox");
    CU_ASSERT_EQUAL_FATAL(lut_data_load(&a, "jsc-openml", NULL, made_up, &err), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(lut_data_load(&b, "jsc-cernbox", NULL, made_up, &err),
                          LUT_OK);
    CU_ASSERT_EQUAL(memcmp(a.train.x, b.train.x, 16 * 32 * sizeof *a.train.x), 0);
    CU_ASSERT_EQUAL(memcmp(a.test.label, b.test.label, 8 * sizeof *a.test.label), 0);
    lut_data_fini(&b);
    CU_ASSERT_EQUAL_FATAL(
        lut_data_load(&b, "jsc-cernbox", "jsc-cernbox.test_seed 2", made_up, &err),
        LUT_OK);
    CU_ASSERT_NOT_EQUAL(memcmp(a.train.x, b.train.x, 16 * 32 * sizeof *a.train.x), 0);
    lut_data_fini(&a);
    lut_data_fini(&b);
}

/* ---- whatever bytes ---- */

/* Good files with some bytes changed, or cut: read or refused, and a message says why. */
static void damage(const char *set, const char *options, const void *good, size_t n,
                   const char *name)
{
    lut_rng rng = lut_rng_make(2, LUT_RNG_TEST, n);
    char bytes[1024];
    size_t read = 0;

    CU_ASSERT_FATAL(n <= sizeof bytes);
    for (int i = 0; i < 3000; i++) {
        lut_data d;
        lut_err err = { 0 };
        size_t left = i % 3 ? n : lut_rng_below(&rng, n + 1);

        memcpy(bytes, good, n);
        for (uint64_t k = lut_rng_below(&rng, 4); k > 0; k--)
            bytes[lut_rng_below(&rng, n)] = (char)lut_rng_below(&rng, 256);
        put(name, bytes, left);
        if (lut_data_load(&d, set, options, folder, &err) == LUT_OK)
            read++;
        else
            CU_ASSERT_FATAL(err.text[0] != 0);
        lut_data_fini(&d);
    }
    CU_ASSERT(read > 0 && read < 3000);
    drop(name);
}

static void test_damaged(void)
{
    char text[1000];
    FILE *f;
    size_t n;

    begin();
    put_labels("y");
    put_npy("x", 1, HEADER("<f4", "False", "(2, 2)"),
            "\0\0\x80\x3f\0\0\0\xc0\0\0\0\x3f\0\0\0", 16);
    f = fopen(path_of("x"), "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    n = fread(text, 1, sizeof text, f);
    CU_ASSERT_EQUAL(fclose(f), 0);
    damage("npy", "npy.train x npy.train_labels y npy.test x npy.test_labels y", text,
           n, "x");
    snprintf(text, sizeof text, "%s1.5,'dark red',3,yes\n-2,blue,4,no\n", head);
    damage("arff", "arff.train a arff.test_share 0.5", text, strlen(text), "a");
    drop("y");
    end();
}

UNIT_MAIN("arrays", UNIT(test_npy_types), UNIT(test_npy_order), UNIT(test_npy_refused),
          UNIT(test_npy_values), UNIT(test_cifar), UNIT(test_arff),
          UNIT(test_arff_refused), UNIT(test_jets), UNIT(test_damaged))
