/* lib/data: finding and reading files, made-up data, known sets, the split. */
#include "lib/data/dataset.h"
#include "lib/data/file.h"
#include "tests/support/folder.h"

#include <math.h>
#include <sys/stat.h>
#include <zlib.h>

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
    lut_data d = load_synth(NULL), less = load_synth("synth.samples 100"),
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

static bool is_sum(const char *sha256)
{
    return strlen(sha256) == 64 && strspn(sha256, "0123456789abcdef") == 64;
}

/* What is said of the files of a set can be true. */
static void check_files(const lut_known *k)
{
    size_t n = 0;

    for (; n < LUT_KNOWN_FILES && k->file[n].name; n++) {
        const lut_known_file *f = &k->file[n];
        size_t length = strlen(f->name);

        CU_ASSERT(!f->url || strncmp(f->url, "https://", 8) == 0);
        CU_ASSERT(!f->sha256 || is_sum(f->sha256));
        CU_ASSERT(!f->unpacked || is_sum(f->unpacked));
        CU_ASSERT(!f->unpacked || strcmp(f->name + length - 3, ".gz") == 0);
        CU_ASSERT(!f->sha256 || f->bytes > 0);
    }
    CU_ASSERT(n > 0);
    CU_ASSERT(!k->partial || k->note);
}

/* Options in use are the reader's own: others would be passed over in silence. */
static void check_options(const lut_known *k, const lut_reader_ops *r)
{
    static char cfg[8192], text[8192], pair[1200];
    char key[128], value[1024];
    int used;

    CU_ASSERT_FATAL(r->cfg_size <= sizeof cfg);
    CU_ASSERT_EQUAL_FATAL(
        lut_options_parse(cfg, k->options, r->name, r->fields, r->nfields, NULL),
        LUT_OK);
    text[0] = 0;
    CU_ASSERT_EQUAL(lut_options_append(text, sizeof text, r->name, r->fields,
                                       r->nfields, cfg, NULL),
                    LUT_OK);
    for (const char *p = k->options;
         sscanf(p, " %127s %1023s%n", key, value, &used) == 2; p += used) {
        snprintf(pair, sizeof pair, "%s %s", key, value);
        CU_ASSERT_PTR_NOT_NULL(strstr(text, pair));
    }
}

/* What a set leaves open is an option of its reader, with the default that the set has. */
static void check_open(const lut_known *k, const lut_reader_ops *r)
{
    static char cfg[8192], own[8192];
    char a[LUT_FIELD_TEXT], b[LUT_FIELD_TEXT];

    lut_options_parse(cfg, k->options, r->name, r->fields, r->nfields, NULL);
    CU_ASSERT_FATAL(k->cfg_size <= sizeof own);
    lut_fields_default(k->fields, k->nfields, own);
    for (size_t i = 0; i < k->nfields; i++) {
        const lut_field *f = lut_field_find(r->fields, r->nfields, k->fields[i].name);

        CU_ASSERT_PTR_NOT_NULL_FATAL(f);
        CU_ASSERT_STRING_EQUAL(lut_field_text(f, a, cfg),
                               lut_field_text(&k->fields[i], b, own));
    }
}

static void test_known(void)
{
    for (const lut_known *k = lut_known_table; k->name; k++) {
        const char *options = NULL;
        const lut_reader_ops *r = lut_data_reader(k->name, &options);

        CU_ASSERT_PTR_NOT_NULL_FATAL(r);
        CU_ASSERT_STRING_EQUAL(r->name, k->reader);
        CU_ASSERT_PTR_EQUAL(options, k->options);
        CU_ASSERT(k == lut_known_table || strcmp(k[-1].name, k->name) < 0);
        CU_ASSERT(k->doc[0] && k->cite[0] && k->obtain[0]);
        check_options(k, r);
        check_open(k, r);
        check_files(k);
    }
}

static void test_reader(void)
{
    const char *options = "";

    CU_ASSERT_PTR_NOT_NULL(lut_data_reader("csv", &options));
    CU_ASSERT_PTR_NULL(options);
    CU_ASSERT_PTR_NULL(lut_data_reader("cvs", &options));
    refused(
        "cvs", "", LUT_ENOENT,
        "\"cvs\" is no data set, want one of adult, breast-cancer, cifar-10, "
        "cifar-10-subset, fashion-mnist, iris, jsc-cernbox, jsc-openml, letter, mnist, "
        "monks-1, monks-2, monks-3, nsl-kdd, nsl-kdd-5, optdigits, unsw-nb15, wdbc, "
        "arff, cifar, csv, idx, npy, synth");
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
          UNIT(test_file_absent), UNIT(test_synth), UNIT(test_known), UNIT(test_reader),
          UNIT(test_optdigits), UNIT(test_split), UNIT(test_alloc))
