/* lib/data: finding and reading files, the readers, known sets, the split. */
#include "lib/base/rng.h"
#include "lib/data/dataset.h"
#include "lib/data/file.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static char dir[] = "test_data.XXXXXX";
static const char *const folder[] = { dir, NULL };

static void begin(void)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(strcpy(dir, "test_data.XXXXXX")));
}

static const char *path_of(const char *name)
{
    static char path[256];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static void put(const char *name, const void *bytes, size_t n)
{
    FILE *f = fopen(path_of(name), "wb");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, n, f), n);
    CU_ASSERT_EQUAL(fclose(f), 0);
}

static void put_text(const char *name, const char *text)
{
    put(name, text, strlen(text));
}

static void drop(const char *name)
{
    CU_ASSERT_EQUAL(remove(path_of(name)), 0);
}

static void end(void)
{
    CU_ASSERT_EQUAL(rmdir(dir), 0);
}

/* The message is `expected`, where @ stands for the test's folder. */
static void check_message(const lut_err *err, const char *expected)
{
    char full[LUT_ERR_TEXT] = "";
    size_t n = 0;

    for (const char *p = expected; *p && n < sizeof full - sizeof dir; p++) {
        if (*p != '@') {
            full[n++] = *p;
            continue;
        }
        strcpy(full + n, dir);
        n += strlen(dir);
    }
    full[n] = 0;
    if (strcmp(err->text, full) != 0)
        fprintf(stderr, "\n  found: %s\n  want:  %s\n", err->text, full);
    CU_ASSERT_STRING_EQUAL(err->text, full);
}

static void refused(const char *set, const char *options, lut_status code,
                    const char *message)
{
    lut_data d;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL(lut_data_load(&d, set, options, folder, &err), code);
    check_message(&err, message);
    CU_ASSERT_PTR_NULL(d.train.x);
    CU_ASSERT_PTR_NULL(d.test.x);
}

/* ---- files ---- */

static size_t pack(unsigned char *out, size_t room, const char *text)
{
    z_stream z = { .next_in = (Bytef *)(uintptr_t)text,
                   .avail_in = (uInt)strlen(text),
                   .next_out = out,
                   .avail_out = (uInt)room };

    CU_ASSERT_EQUAL_FATAL(
        deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    CU_ASSERT_EQUAL(deflate(&z, Z_FINISH), Z_STREAM_END);
    CU_ASSERT_EQUAL(deflateEnd(&z), Z_OK);
    return z.total_out;
}

static void test_file_packed(void)
{
    static const char text[] = "1,2,3,0\n4,5,6,1\n7,8,9,1\n3,1,4,0\n";
    unsigned char packed[256];
    size_t n = pack(packed, sizeof packed, text);
    lut_file f;
    lut_err err = { 0 };

    begin();
    put("a.gz", packed, n);
    CU_ASSERT_EQUAL_FATAL(lut_file_load(&f, "x", "a", folder, &err), LUT_OK);
    CU_ASSERT_EQUAL(f.size, strlen(text));
    CU_ASSERT_STRING_EQUAL(f.bytes, text);
    lut_file_fini(&f);
    for (size_t cut = 0; cut < n; cut++) { /* never part of a file */
        put("a.gz", packed, cut);
        CU_ASSERT_EQUAL(lut_file_load(&f, "x", "a", folder, &err), LUT_EFORMAT);
        CU_ASSERT_PTR_NULL(f.bytes);
    }
    check_message(&err,
                  "@/a.gz: ends early after 32 unpacked bytes, want a whole gzip file");
    packed[n - 8] ^= 1; /* the check sum */
    put("a.gz", packed, n);
    CU_ASSERT_EQUAL(lut_file_load(&f, "x", "a", folder, &err), LUT_EFORMAT);
    check_message(&err,
                  "@/a.gz: damaged after 0 unpacked bytes (incorrect data check)");
    put_text("a.gz", text);
    CU_ASSERT_EQUAL(lut_file_load(&f, "x", "a", folder, &err), LUT_EFORMAT);
    check_message(&err, "@/a.gz: no gzip file, want one by its name");
    drop("a.gz");
    end();
}

static void test_file_search(void)
{
    lut_file f;
    lut_err err = { 0 };
    char full[512], cwd[256];

    begin();
    put_text("a", "outer");
    CU_ASSERT_EQUAL(mkdir(path_of("set"), 0777), 0);
    CU_ASSERT_EQUAL(lut_file_load(&f, "set", "a", folder, &err), LUT_OK);
    CU_ASSERT_STRING_EQUAL(f.bytes, "outer");
    lut_file_fini(&f);
    put_text("set/a", "inner"); /* FOLDER/SET/NAME before FOLDER/NAME */
    CU_ASSERT_EQUAL(lut_file_load(&f, "set", "a", folder, &err), LUT_OK);
    CU_ASSERT_STRING_EQUAL(f.bytes, "inner");
    lut_file_fini(&f);
    CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(cwd, sizeof cwd));
    snprintf(full, sizeof full, "%s/%s", cwd, path_of("a"));
    CU_ASSERT_EQUAL(lut_file_load(&f, "set", full, folder, &err), LUT_OK);
    CU_ASSERT_STRING_EQUAL(f.bytes, "outer");
    lut_file_fini(&f);
    CU_ASSERT_EQUAL(lut_file_load(&f, "x", "set", folder, &err), LUT_EFORMAT);
    check_message(&err, "@/set is a folder, want a file");
    drop("set/a");
    drop("set");
    drop("a");
    end();
}

static void test_file_absent(void)
{
    static const char *const two[] = { "no/such", dir, NULL }, *const none[] = { NULL };
    lut_file f;
    lut_err err = { 0 };
    char name[700];

    begin();
    CU_ASSERT_EQUAL(lut_file_load(&f, "x", "a", two, &err), LUT_ENOENT);
    check_message(&err, "data set x: no file a or a.gz; looked in no/such/x, no/such, "
                        "@/x, @");
    CU_ASSERT_EQUAL(lut_file_load(&f, "x", "a", none, &err), LUT_ENOENT);
    check_message(&err, "data set x: no file a or a.gz; looked in no folder");
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = 0;
    CU_ASSERT_EQUAL(lut_file_load(&f, "x", name, two, &err), LUT_EINVAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "the path is longer than 511 characters"));
    refused(
        "fashion-mnist", NULL, LUT_ENOENT,
        "data set fashion-mnist: no file train-images-idx3-ubyte or "
        "train-images-idx3-ubyte.gz; install the Debian package dataset-fashion-mnist "
        "(files in /usr/share/datasets/fashion-mnist), or put its four idx files in a "
        "folder fashion-mnist; looked in @/fashion-mnist, @");
    end();
}

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
                      "3,1234567890123,2\r\n-0,+.5,1\r\n\r\n");
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
    CU_ASSERT_EQUAL(d.train.x[4], 1234567890123.0f);
    CU_ASSERT_EQUAL(d.train.x[5], 0.5f);
    CU_ASSERT_EQUAL(d.train.label[1], 2);
    CU_ASSERT_EQUAL(d.test.samples, 1);
    CU_ASSERT_EQUAL(d.test.classes, 3);
    CU_ASSERT_STRING_EQUAL(d.test.name[1], "x1");
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
        { "1,0\n,0\n", "", "@/a.csv:2:1: found \"\", want a finite number" },
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
    refused("csv", "csv.train a.csv csv.label middle", LUT_EINVAL,
            "csv.label: \"middle\" is not known, want first|last");
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
    PUT_IMAGES(idx_names[2], 2051, 2, 3, 2, 12);
    idx_refused(
        "@/t10k-images-idx3-ubyte: images of 3 x 2, want 2 x 3 as in the training "
        "part");
    for (size_t i = 0; i < 4; i++)
        drop(idx_names[i]);
    end();
}

/* ---- synth ---- */

static lut_data load_synth(const char *options)
{
    lut_data d;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL_FATAL(lut_data_load(&d, "synth", options, folder, &err), LUT_OK);
    return d;
}

/* Share of test rows whose class has the nearest mean. */
static double nearest_mean(const lut_data *d)
{
    size_t right = 0, features = d->train.features;
    double *mean = calloc(d->train.classes * features, sizeof *mean);

    CU_ASSERT_PTR_NOT_NULL_FATAL(mean);
    for (size_t f = 0; f < features; f++)
        for (size_t s = 0; s < d->train.samples; s++)
            mean[d->train.label[s] * features + f] +=
                (double)d->train.x[f * d->train.samples + s] * d->train.classes /
                (double)d->train.samples;
    for (size_t s = 0; s < d->test.samples; s++) {
        double best = 1e300;
        uint32_t winner = 0;

        for (uint32_t c = 0; c < d->train.classes; c++) {
            double sum = 0;

            for (size_t f = 0; f < features; f++)
                sum +=
                    pow(d->test.x[f * d->test.samples + s] - mean[c * features + f], 2);
            winner = sum < best ? c : winner;
            best = sum < best ? sum : best;
        }
        right += winner == d->test.label[s];
    }
    free(mean);
    return (double)right / (double)d->test.samples;
}

static void test_synth(void)
{
    lut_data d = load_synth(""), less = load_synth("synth.samples 100"),
             other = load_synth("synth.seed 2");
    double share = nearest_mean(&d);

    CU_ASSERT_EQUAL(d.train.samples, 2000);
    CU_ASSERT_EQUAL(d.test.samples, 1000);
    CU_ASSERT_EQUAL(d.train.features, 16);
    CU_ASSERT_EQUAL(d.train.classes, 10);
    for (size_t i = 0; i < 2000 * 16; i++)
        CU_ASSERT_FATAL(d.train.x[i] >= 0 && d.train.x[i] <= 16 &&
                        d.train.x[i] == floorf(d.train.x[i]));
    for (size_t f = 0; f < 16; f++) /* rows do not depend on how many there are */
        CU_ASSERT_EQUAL(memcmp(d.train.x + f * 2000, less.train.x + f * 100, 400), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(d.train.x, other.train.x, 2000 * sizeof(float)), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(d.train.x, d.test.x, 1000 * sizeof(float)), 0);
    CU_ASSERT(share > 0.5 && share < 0.95); /* can be learnt, but not by a line */
    lut_data_fini(&d);
    lut_data_fini(&less);
    lut_data_fini(&other);
    refused("synth", "synth.classes 1", LUT_EINVAL,
            "synth.classes: 1 is out of range, want 2..1024");
}

/* ---- known sets ---- */

static void test_known(void)
{
    for (const lut_known *k = lut_known_table; k->name; k++) {
        const char *options = NULL;
        const lut_reader_ops *r = lut_data_reader(k->name, &options);
        char text[1024] = "";
        char cfg[4096];

        CU_ASSERT_PTR_NOT_NULL_FATAL(r);
        CU_ASSERT_STRING_EQUAL(r->name, k->reader);
        CU_ASSERT_PTR_EQUAL(options, k->options);
        CU_ASSERT_FATAL(r->cfg_size <= sizeof cfg);
        CU_ASSERT_EQUAL(
            lut_options_parse(cfg, k->options, r->name, r->fields, r->nfields, NULL),
            LUT_OK);
        CU_ASSERT_EQUAL(lut_options_append(text, sizeof text, r->name, r->fields,
                                           r->nfields, cfg, NULL),
                        LUT_OK);
        CU_ASSERT_STRING_EQUAL(text, k->options); /* canonical */
        CU_ASSERT(k->doc[0] && k->cite[0] && k->obtain[0]);
    }
}

static void test_reader(void)
{
    const char *options = "";

    CU_ASSERT_PTR_NOT_NULL(lut_data_reader("csv", &options));
    CU_ASSERT_PTR_NULL(options);
    CU_ASSERT_PTR_NULL(lut_data_reader("cvs", &options));
    refused("cvs", "", LUT_ENOENT,
            "\"cvs\" is no data set, want one of fashion-mnist, mnist, optdigits, csv, "
            "idx, "
            "synth");
    for (size_t i = 0; lut_reader_table[i];
         i++) { /* defaults are in their own ranges */
        const lut_reader_ops *r = lut_reader_table[i];
        char cfg[4096], text[1024] = "";

        CU_ASSERT_FATAL(r->cfg_size <= sizeof cfg);
        lut_fields_default(r->fields, r->nfields, cfg);
        CU_ASSERT_EQUAL(lut_options_append(text, sizeof text, r->name, r->fields,
                                           r->nfields, cfg, NULL),
                        LUT_OK);
    }
}

static void check_sums(const lut_dataset *d, size_t samples, double pixels,
                       double labels)
{
    double x = 0, label = 0;

    CU_ASSERT_EQUAL_FATAL(d->samples, samples);
    CU_ASSERT_EQUAL_FATAL(d->features, 64);
    CU_ASSERT_EQUAL(d->classes, 10);
    for (size_t i = 0; i < d->samples * d->features; i++)
        x += d->x[i];
    for (size_t i = 0; i < d->samples; i++)
        label += d->label[i];
    CU_ASSERT_EQUAL(x, pixels);
    CU_ASSERT_EQUAL(label, labels);
}

static void test_optdigits(void)
{
    static const char *const shipped[] = { SOURCE_DATA, NULL };
    lut_data d;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL_FATAL(lut_data_load(&d, "optdigits", NULL, shipped, &err), LUT_OK);
    check_sums(&d.train, 3823, 1204758, 17193);
    check_sums(&d.test, 1797, 561718, 8070);
    lut_data_fini(&d);
}

/* ---- split, memory ---- */

static void check_split(size_t samples, double validation, size_t limit, size_t train,
                        size_t valid)
{
    uint32_t rows[200];
    size_t ntrain, nvalid;
    bool seen[200] = { false };

    lut_data_split(rows, &ntrain, &nvalid, samples, validation, limit, 7);
    CU_ASSERT_EQUAL(ntrain, train);
    CU_ASSERT_EQUAL(nvalid, valid);
    for (size_t i = 0; i < samples; i++) {
        CU_ASSERT_FATAL(rows[i] < samples && !seen[rows[i]]);
        seen[rows[i]] = true;
    }
}

static void test_split(void)
{
    uint32_t a[200], b[200];
    size_t ntrain, nvalid;

    check_split(200, 0.1, 0, 180, 20);
    check_split(200, 0, 0, 200, 0);
    check_split(101, 0.1, 0, 91, 10);
    check_split(105, 0.1, 0, 94, 11); /* half is rounded up */
    check_split(200, 0.5, 30, 15, 15);
    check_split(200, 0.5, 300, 100, 100);
    check_split(1, 0.9, 0, 1, 0);
    check_split(2, 0.9, 0, 1, 1);
    lut_data_split(a, &ntrain, &nvalid, 200, 0.1, 0, 7);
    lut_data_split(b, &ntrain, &nvalid, 200, 0.5, 50, 7);
    CU_ASSERT_EQUAL(memcmp(a, b, sizeof a), 0); /* the seed alone */
    lut_data_split(b, &ntrain, &nvalid, 200, 0.1, 0, 8);
    CU_ASSERT_NOT_EQUAL(memcmp(a, b, sizeof a), 0);
}

static void test_alloc(void)
{
    lut_dataset d;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL(lut_dataset_alloc(&d, SIZE_MAX / 2, 3, &err), LUT_ENOMEM);
    CU_ASSERT_PTR_NULL(d.x);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "samples of 3 features"));
    CU_ASSERT_EQUAL(lut_dataset_alloc(&d, 2, 11, &err), LUT_OK);
    CU_ASSERT_STRING_EQUAL(d.name[10], "x10");
    lut_dataset_fini(&d);
    lut_dataset_fini(&d);
}

UNIT_MAIN("data", UNIT(test_file_packed), UNIT(test_file_search),
          UNIT(test_file_absent), UNIT(test_csv), UNIT(test_csv_refused),
          UNIT(test_csv_share), UNIT(test_idx), UNIT(test_idx_refused),
          UNIT(test_synth), UNIT(test_known), UNIT(test_reader), UNIT(test_optdigits),
          UNIT(test_split), UNIT(test_alloc))
