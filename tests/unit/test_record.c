/* sweep/record: a result as bytes, and the file that is whole or absent. */
#include "sweep/record.h"
#include "tests/support/fake_result.h"
#include "tests/support/unit.h"

#include <dirent.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { HEADER = 24 };

typedef struct bytes {
    unsigned char *p;
    size_t n;
} bytes;

static bytes pack(const sweep_result *r)
{
    bytes b = { 0 };

    CU_ASSERT_EQUAL_FATAL(sweep_record_pack(&b.p, &b.n, r, NULL), LUT_OK);
    return b;
}

static bytes packed_fake(uint64_t seed)
{
    sweep_result r;
    bytes b;

    fake_result(&r, seed);
    b = pack(&r);
    sweep_result_fini(&r);
    return b;
}

static bool same(bytes a, bytes b)
{
    return a.n == b.n && memcmp(a.p, b.p, a.n) == 0;
}

static void test_round_trip(void)
{
    for (uint64_t seed = 0; seed < 40; seed++) {
        bytes before = packed_fake(seed), after;
        sweep_result r;

        CU_ASSERT_EQUAL_FATAL(sweep_record_unpack(&r, before.p, before.n, NULL),
                              LUT_OK);
        after = pack(&r);
        CU_ASSERT(same(before, after));
        CU_ASSERT_EQUAL(r.has_network, seed % 7 != 6);
        sweep_result_fini(&r);
        free(before.p);
        free(after.p);
    }
}

static void test_values_come_back(void)
{
    sweep_result r, back;
    bytes b;

    fake_result(&r, 5);
    b = pack(&r);
    CU_ASSERT_EQUAL_FATAL(sweep_record_unpack(&back, b.p, b.n, NULL), LUT_OK);
    CU_ASSERT_STRING_EQUAL(back.row.key, r.row.key);
    CU_ASSERT_STRING_EQUAL(back.timing.host, r.timing.host);
    CU_ASSERT_EQUAL(back.row.trial.lr, r.row.trial.lr);
    CU_ASSERT(isnan(back.row.lut6));
    CU_ASSERT_EQUAL(back.circuit.nlayers, r.circuit.nlayers);
    CU_ASSERT_EQUAL(back.ntest, r.ntest);
    CU_ASSERT_STRING_EQUAL(back.encoder.name[1], "x1");
    CU_ASSERT_STRING_EQUAL(back.log, r.log);
    sweep_result_fini(&back);
    sweep_result_fini(&r);
    free(b.p);
}

/* Unpack from a buffer of exactly that size, so that a sanitizer sees any look past it. */
static lut_status unpack_exactly(const unsigned char *p, size_t n, lut_err *err)
{
    unsigned char *exact = malloc(n ? n : 1);
    sweep_result r;
    lut_status st;

    if (n)
        memcpy(exact, p, n);
    st = sweep_record_unpack(&r, exact, n, err);
    if (st == LUT_OK)
        sweep_result_fini(&r);
    free(exact);
    return st;
}

static void test_every_flipped_byte_is_noticed(void)
{
    bytes b = packed_fake(2);

    for (size_t i = 0; i < b.n; i++) {
        lut_err err = { 0 };

        b.p[i] ^= 0x10;
        CU_ASSERT_EQUAL(unpack_exactly(b.p, b.n, &err), LUT_EFORMAT);
        CU_ASSERT(strstr(err.text, "record") != NULL);
        b.p[i] ^= 0x10;
    }
    CU_ASSERT_EQUAL(unpack_exactly(b.p, b.n, NULL), LUT_OK);
    free(b.p);
}

static void test_every_length_is_noticed(void)
{
    bytes b = packed_fake(2);

    for (size_t n = 0; n < b.n; n++)
        CU_ASSERT_EQUAL(unpack_exactly(b.p, n, NULL), LUT_EFORMAT);
    b.p = realloc(b.p, b.n + 1);
    b.p[b.n] = 0;
    CU_ASSERT_EQUAL(unpack_exactly(b.p, b.n + 1, NULL), LUT_EFORMAT);
    free(b.p);
}

static void fix_checksum(bytes b)
{
    uint32_t crc = (uint32_t)crc32_z(0, b.p + HEADER, b.n - HEADER);

    for (int i = 0; i < 4; i++)
        b.p[20 + i] = (unsigned char)(crc >> (8 * i));
}

/* Damage that the checksum does not see must not hurt: refused, or read as other values. */
static void test_bounds_inside(void)
{
    bytes b = packed_fake(2);
    size_t refused = 0;

    for (size_t i = HEADER; i < b.n; i++)
        for (int value = 0; value < 3; value++) {
            const unsigned char old = b.p[i],
                                put[] = { 0xff, 0, (unsigned char)(old + 1) };
            lut_status st;

            b.p[i] = put[value];
            fix_checksum(b);
            st = unpack_exactly(b.p, b.n, NULL);
            CU_ASSERT(st == LUT_OK || st == LUT_EFORMAT);
            refused += st != LUT_OK;
            b.p[i] = old;
        }
    CU_ASSERT(refused > 1000);
    free(b.p);
}

static size_t find(bytes b, const char *name)
{
    const size_t n = strlen(name);

    for (size_t i = HEADER; i + n <= b.n; i++)
        if (memcmp(b.p + i, name, n) == 0)
            return i;
    CU_FAIL_FATAL("no such entry");
    return 0;
}

static void test_older_program(void)
{
    bytes b = packed_fake(3);
    sweep_result r;

    b.p[find(b, "row.luts") + 4] = 'X'; /* a field that nobody knows, and one less */
    fix_checksum(b);
    CU_ASSERT_EQUAL_FATAL(sweep_record_unpack(&r, b.p, b.n, NULL), LUT_OK);
    CU_ASSERT(isnan(r.row.luts));
    CU_ASSERT_FALSE(isnan(r.row.parameters));
    sweep_result_fini(&r);
    free(b.p);
}

static void test_one_form_of_a_number(void)
{
    sweep_result r;
    bytes a, b;

    fake_result(&r, 1);
    r.row.discretization_gap = 0.0;
    r.row.lut6 = (double)NAN;
    a = pack(&r);
    r.row.discretization_gap = -0.0;
    r.row.lut6 = -(double)NAN;
    strcpy(r.row.status + 5, "behind the end");
    b = pack(&r);
    CU_ASSERT(same(a, b));
    free(a.p);
    free(b.p);
    sweep_result_fini(&r);
}

static void test_hash(void)
{
    sweep_result r;
    uint64_t before;

    fake_result(&r, 4);
    before = sweep_result_hash(&r);
    fake_timing(&r, 99);
    free(r.log);
    r.log = strdup("other words");
    CU_ASSERT_EQUAL(sweep_result_hash(&r), before);
    r.circuit.layer[0].tt[0] ^= 1;
    CU_ASSERT_NOT_EQUAL(sweep_result_hash(&r), before);
    r.circuit.layer[0].tt[0] ^= 1;
    r.correct[0] ^= 0x80;
    CU_ASSERT_NOT_EQUAL(sweep_result_hash(&r), before);
    r.correct[0] ^= 0x80;
    r.row.valid_accuracy = nextafter(r.row.valid_accuracy, 0);
    CU_ASSERT_NOT_EQUAL(sweep_result_hash(&r), before);
    sweep_result_fini(&r);
}

static void test_file(void)
{
    const char *path = fake_path("one.rec");
    sweep_result r, back;
    bytes a, b;

    fake_result(&r, 8);
    CU_ASSERT_EQUAL(sweep_record_write(path, &r, NULL), LUT_OK);
    CU_ASSERT_EQUAL(sweep_record_write(path, &r, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(sweep_record_read(&back, path, NULL), LUT_OK);
    a = pack(&r);
    b = pack(&back);
    CU_ASSERT(same(a, b));
    free(a.p);
    free(b.p);
    sweep_result_fini(&r);
    sweep_result_fini(&back);
}

static size_t files_in_folder(void)
{
    char folder[256];
    struct dirent *e;
    size_t n = 0;
    DIR *d;

    snprintf(folder, sizeof folder, "%s", fake_path(""));
    d = opendir(folder);
    while (d && (e = readdir(d)))
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void test_bad_files(void)
{
    lut_err err;
    sweep_result r;

    CU_ASSERT_EQUAL(sweep_record_read(&r, fake_path("none.rec"), &err), LUT_ENOENT);
    CU_ASSERT(strstr(err.text, "none.rec: No such file") != NULL);
    CU_ASSERT_EQUAL(sweep_record_read(&r, fake_path(""), &err), LUT_EIO);
    fake_result(&r, 1);
    CU_ASSERT_EQUAL(sweep_record_write(fake_path("no/such/folder.rec"), &r, &err),
                    LUT_EIO);
    CU_ASSERT(strstr(err.text, "No such file or directory") != NULL);
    sweep_result_fini(&r);
}

/* A file system without room: the old file stays, nothing is left behind. */
static void test_full_disk(void)
{
    const char *path = fake_path("full.rec");
    struct rlimit old, tiny;
    sweep_result r, big;
    lut_err err;
    size_t files;

    fake_result(&r, 1);
    fake_result(&big, 2);
    CU_ASSERT_EQUAL(sweep_record_write(path, &r, NULL), LUT_OK);
    files = files_in_folder();
    getrlimit(RLIMIT_FSIZE, &old);
    tiny = (struct rlimit){ .rlim_cur = 100, .rlim_max = old.rlim_max };
    signal(SIGXFSZ, SIG_IGN);
    setrlimit(RLIMIT_FSIZE, &tiny);
    CU_ASSERT_EQUAL(sweep_record_write(path, &big, &err), LUT_EIO);
    setrlimit(RLIMIT_FSIZE, &old);
    CU_ASSERT(strstr(err.text, "File too large") != NULL);
    CU_ASSERT_EQUAL(files_in_folder(), files);
    sweep_result_fini(&big);
    CU_ASSERT_EQUAL_FATAL(sweep_record_read(&big, path, NULL), LUT_OK);
    CU_ASSERT_STRING_EQUAL(big.row.key, r.row.key);
    sweep_result_fini(&big);
    sweep_result_fini(&r);
    fake_folder_remove();
}

UNIT_MAIN("record", UNIT(test_round_trip), UNIT(test_values_come_back),
          UNIT(test_every_flipped_byte_is_noticed), UNIT(test_every_length_is_noticed),
          UNIT(test_bounds_inside), UNIT(test_older_program),
          UNIT(test_one_form_of_a_number), UNIT(test_hash), UNIT(test_file),
          UNIT(test_bad_files), UNIT(test_full_disk))
