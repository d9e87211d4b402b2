/* sweep/merge over several files: every trial once, what differs is told, nothing is lost. */
#include "sweep/merge.h"
#include "sweep/store.h"
#include "tests/support/fake_result.h"
#include "tests/support/unit.h"

#include <string.h>

enum { ROWS = 6 };

/* Rows of a made-up file. */
typedef struct rows {
    uint64_t first;
    double better;   /* added to the accuracy of the first one */
    const char *key; /* of the first one; NULL: its own */
} rows;

static lut_status get_fake(void *arg, size_t i, sweep_result *out, lut_err *err)
{
    const rows *r = arg;

    (void)err;
    fake_result(out, r->first + i);
    fake_timing(out, i);
    if (i == 0)
        out->row.valid_accuracy += r->better;
    if (i == 0 && r->key)
        snprintf(out->row.key, sizeof out->row.key, "%s", r->key);
    return LUT_OK;
}

static const char *file_of(const char *name, rows r, const char *keep, uint32_t attempt)
{
    const sweep_failure failure = { .key = "0123456789abcdef",
                                    .attempt = attempt,
                                    .cause = "crashed" };
    const sweep_store_input in = { .name = "quick",
                                   .config = "",
                                   .n = ROWS,
                                   .get = get_fake,
                                   .arg = &r,
                                   .keep = keep,
                                   .failure = &failure,
                                   .nfailures = 1 };
    const char *path = fake_path(name);

    CU_ASSERT_EQUAL_FATAL(sweep_store_write(path, &in, NULL), LUT_OK);
    return path;
}

static sweep_merged merged(const char *a, const char *b, const char *out)
{
    const char *const file[] = { a, b };
    sweep_merged m;
    lut_err err;

    CU_ASSERT_EQUAL_FATAL(sweep_merge(&m, out, file, 2, &err), LUT_OK);
    return m;
}

static void test_conflicts(void)
{
    const char *a = file_of("a.h5", (rows){ .first = 1 }, "all", 1);
    const char *same = file_of("same.h5", (rows){ .first = 1 }, "all", 1);
    const char *other =
        file_of("other.h5", (rows){ .first = 1, .better = 1 }, "all", 1);
    const char *bare = file_of("bare.h5", (rows){ .first = 1 }, "none", 1);
    const char *out = fake_path("out.h5");

    CU_ASSERT_EQUAL(merged(a, same, out).conflicts, 0);
    CU_ASSERT_EQUAL(merged(a, other, out).conflicts, 1);
    CU_ASSERT_EQUAL(merged(other, bare, out).conflicts, 1);
    /* A network that was not kept is no other result. */
    CU_ASSERT_EQUAL(merged(a, bare, out).conflicts, 0);
    CU_ASSERT_EQUAL(merged(bare, a, out).rows, ROWS);
}

static void test_union(void)
{
    const char *a = file_of("a.h5", (rows){ .first = 1 }, "all", 2);
    const char *b = file_of("b.h5", (rows){ .first = 4 }, "all", 1);
    const char *out = fake_path("out.h5");
    sweep_store *s;
    const sweep_failure *f;
    size_t n;

    CU_ASSERT_EQUAL(merged(a, b, out).rows, ROWS + 3);
    merged(out, b, out); /* again: nothing new */
    CU_ASSERT_EQUAL_FATAL(sweep_store_open(&s, out, NULL), LUT_OK);
    CU_ASSERT_EQUAL(sweep_store_rows(s), ROWS + 3);
    f = sweep_store_failures(s, &n);
    CU_ASSERT_EQUAL_FATAL(n, 2);
    CU_ASSERT_EQUAL(f[0].attempt, 1);
    CU_ASSERT_EQUAL(f[1].attempt, 2);
    sweep_store_close(s);
    fake_folder_remove();
}

/* A key names files: nothing outside the directory can be meant. */
static void test_foreign_keys(void)
{
    const char *a =
        file_of("a.h5", (rows){ .first = 1, .key = "../../etc/passwd" }, "none", 1);
    const char *out = fake_path("out.h5");
    sweep_merged m;
    lut_err err;

    CU_ASSERT_EQUAL(sweep_merge(&m, out, &a, 1, &err), LUT_EFORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "16 hex digits"));
    fake_folder_remove();
}

UNIT_MAIN("merge", UNIT(test_conflicts), UNIT(test_union), UNIT(test_foreign_keys))
