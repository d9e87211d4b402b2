/* sweep/baselines: the table that is installed is whole and says where it is from; a bad one
 * is refused with line, column and value. */
#include "sweep/baselines.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64] = "baselines.XXXXXX";

static lut_status read_text(sweep_baselines *b, const char *text, lut_err *err)
{
    FILE *f = fopen(path, "wb");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fputs(text, f);
    fclose(f);
    return sweep_baselines_read(b, path, err);
}

static void test_installed(void)
{
    const char *const folder[] = { "/nonexistent", SOURCE_DATA, NULL };
    sweep_baselines b;
    size_t unverified = 0, core = 0;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL_FATAL(sweep_baselines_load(&b, folder, &err), LUT_OK);
    CU_ASSERT(b.n >= 263 && strlen(b.digest) == 64);
    for (size_t i = 0; i < b.n; i++) {
        const sweep_baseline *r = &b.row[i];

        CU_ASSERT(r->source[0] != 0);
        unverified += !strcmp(r->verified, "no");
        core += !strcmp(r->convention, "core");
        /* Two sets under one name would be one ranking. */
        if (strstr(r->dataset, "jsc") && !strcmp(r->comparable, "yes"))
            CU_ASSERT(!strcmp(r->dataset, "jsc-openml") ||
                      !strcmp(r->dataset, "jsc-cernbox"));
        if (!isnan(r->luts) && !isnan(r->latency_ns))
            CU_ASSERT(fabs(r->area_delay - r->luts * r->latency_ns) <=
                      1e-6 * r->area_delay);
    }
    CU_ASSERT_EQUAL(unverified, 10);
    CU_ASSERT_EQUAL(core, 9);
    sweep_baselines_fini(&b);
}

/* Figures as docs of the projects print them: DWN's table 2, DiffLogic's table 4. */
static void test_sample(void)
{
    static const struct {
        const char *dataset, *method, *name;
        double value, luts, latency;
    } want[] = {
        { "jsc-openml", "DWN", "lg-2400", 76.3, 4972, 7.3 },
        { "jsc-openml", "DWN", "sm-50", 74, 110, 1.5 },
        { "mnist", "DWN", "n=6 lg (core only)", 98.3, 4082, 6 },
        { "mnist", "NeuraLUT-Assemble", "MNIST model", 97.9, 5070, 2.1 },
        { "jsc-cernbox", "PolyLUT", "JSC-XL (2023", 75, 236541, 21 },
        { "cifar-10", "DWN", "n=6 1x8000", 57.42, 16700, 2190 },
    };
    const char *const folder[] = { SOURCE_DATA, NULL };
    sweep_baselines b;

    CU_ASSERT_EQUAL_FATAL(sweep_baselines_load(&b, folder, NULL), LUT_OK);
    for (size_t w = 0; w < LUT_COUNT(want); w++) {
        size_t found = 0;

        for (size_t i = 0; i < b.n; i++) {
            const sweep_baseline *r = &b.row[i];

            if (strcmp(r->dataset, want[w].dataset) ||
                strcmp(r->method, want[w].method) ||
                strncmp(r->name, want[w].name, strlen(want[w].name)) != 0)
                continue;
            found++;
            CU_ASSERT_DOUBLE_EQUAL(r->value, want[w].value, 1e-9);
            CU_ASSERT_DOUBLE_EQUAL(r->luts, want[w].luts, 1e-9);
            CU_ASSERT_DOUBLE_EQUAL(r->latency_ns, want[w].latency, 1e-9);
        }
        CU_ASSERT_EQUAL(found, 1);
    }
    sweep_baselines_fini(&b);
}

static void test_cells(void)
{
    sweep_baselines b;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL_FATAL(read_text(&b,
                                    "source,dataset,method,value,why_not,comparable\n"
                                    "\"a \"\"b\"\", c\",mnist,M,98.5,,\n"
                                    "d,iris,N,,split,no\n",
                                    &err),
                          LUT_OK);
    CU_ASSERT_EQUAL_FATAL(b.n, 2);
    CU_ASSERT_STRING_EQUAL(b.row[0].source, "a \"b\", c");
    CU_ASSERT_DOUBLE_EQUAL(b.row[0].value, 98.5, 0);
    CU_ASSERT_STRING_EQUAL(b.row[0].comparable, "yes");
    CU_ASSERT_STRING_EQUAL(b.row[0].metric, "test_accuracy");
    CU_ASSERT(isnan(b.row[1].value) && isnan(b.row[1].luts));
    sweep_baselines_fini(&b);
}

static void test_refusals(void)
{
    static const struct {
        const char *text, *want;
    } table[] = {
        { "dataset,method\n", "line 1: no column source" },
        { "dataset,method,source,valeu\n", "line 1: \"valeu\": no such column" },
        { "dataset,method,source,method\n", "line 1: column method is there twice" },
        { "dataset,method,source,value\nmnist,M,S,high\n",
          "line 2: value = \"high\": " },
        { "dataset,method,source,value\nmnist,M,S,1\nmnist,M,S,101\n",
          "line 3: value = \"101\": 101 is out of range, want 0..100" },
        { "dataset,method,source,verified\nmnist,M,S,maybe\n",
          "line 2: verified = \"maybe\": " },
        { "dataset,method,source\nmnist,M,caf\303\251\n", "want printable ASCII" },
        { "dataset,method,source\nmnist,M\n", "line 2: 2 cells, want 3" },
        { "dataset,method,source\nmnist,M,\"S\n", "line 2: the quote" },
        { "dataset,method,source\nmnist,M,\n", "line 2: source is empty" },
        { "dataset,method,source,comparable\nmnist,M,S,no\n",
          "line 2: why_not is empty" },
        { "dataset,method,source,why_not\nmnist,M,S,because\n",
          "line 2: why_not is given" },
        { "dataset,method,source,convention\nmnist,M,S,core\n",
          "line 2: luts is empty" },
        { "dataset,method,source,verified\nmnist,M,S,no\n",
          "line 2: comparable = yes, and verified = no" },
        { "dataset,method,source,state\nmnist,M,S,superseded\n",
          "line 2: comparable = yes, and state" },
    };

    for (size_t i = 0; i < LUT_COUNT(table); i++) {
        sweep_baselines b;
        lut_err err = { 0 };

        CU_ASSERT_EQUAL(read_text(&b, table[i].text, &err), LUT_EFORMAT);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, table[i].want));
        if (!strstr(err.text, table[i].want))
            fprintf(stderr, "%s\n", err.text);
        CU_ASSERT_PTR_NULL(b.row);
    }
}

static void test_none(void)
{
    const char *const folder[] = { "/nonexistent", NULL };
    sweep_baselines b;

    CU_ASSERT_EQUAL(sweep_baselines_load(&b, folder, NULL), LUT_OK);
    CU_ASSERT(b.n == 0 && b.digest[0] == 0);
    CU_ASSERT_EQUAL(sweep_baselines_load(&b, NULL, NULL), LUT_OK);
    CU_ASSERT_EQUAL(sweep_baselines_read(&b, "/nonexistent", NULL), LUT_ENOENT);
}

int main(void)
{
    static const unit_test tests[] = { UNIT(test_installed), UNIT(test_sample),
                                       UNIT(test_cells), UNIT(test_refusals),
                                       UNIT(test_none) };
    int fd = mkstemp(path), code;

    if (fd < 0)
        return 99;
    close(fd);
    code = unit_run("baselines", tests, LUT_COUNT(tests));
    unlink(path);
    return code;
}
