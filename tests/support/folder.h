/* Tests that read files: a folder of their own, and messages that name it. */
#ifndef TESTS_SUPPORT_FOLDER_H
#define TESTS_SUPPORT_FOLDER_H

#include "lib/data/dataset.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[] = "test_folder.XXXXXX";
static const char *const folder[] = { dir, NULL };

/* At the start of a test, and `end` when everything put is dropped again. */
static inline void begin(void)
{
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(strcpy(dir, "test_folder.XXXXXX")));
}

static inline const char *path_of(const char *name)
{
    static char path[256];

    snprintf(path, sizeof path, "%s/%s", dir, name);
    return path;
}

static inline void put(const char *name, const void *bytes, size_t n)
{
    FILE *f = fopen(path_of(name), "wb");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, n, f), n);
    CU_ASSERT_EQUAL(fclose(f), 0);
}

static inline void put_text(const char *name, const char *text)
{
    put(name, text, strlen(text));
}

static inline void drop(const char *name)
{
    CU_ASSERT_EQUAL(remove(path_of(name)), 0);
}

static inline void end(void)
{
    CU_ASSERT_EQUAL(rmdir(dir), 0);
}

/* The message is `expected`, where @ stands for the test's folder, and @@ for an @. */
static inline void check_message(const lut_err *err, const char *expected)
{
    char full[LUT_ERR_TEXT] = "";
    size_t n = 0;

    for (const char *p = expected; *p && n < sizeof full - sizeof dir; p++) {
        if (*p != '@' || p[1] == '@') {
            full[n++] = *p;
            p += *p == '@';
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

static inline void refused(const char *set, const char *options, lut_status code,
                           const char *message)
{
    lut_data d;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL(lut_data_load(&d, set, options, folder, &err), code);
    check_message(&err, message);
    CU_ASSERT_PTR_NULL(d.train.x);
    CU_ASSERT_PTR_NULL(d.test.x);
}

#endif
