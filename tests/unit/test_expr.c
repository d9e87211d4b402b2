/* sweep/expr: conditions. */
#include "sweep/expr.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct column {
    const char *name, *text;
    double number;
} columns[] = { { "depth", NULL, 4 },  { "width", NULL, (double)NAN },
                { "lr", NULL, 0.01 },  { "padding", NULL, 1 },
                { "status", "ok", 0 }, { "dwn.alpha", NULL, 0.5 } };

static size_t find(void *arg, const char *name, bool *is_text)
{
    (void)arg;
    for (size_t i = 0; i < LUT_COUNT(columns); i++)
        if (strcmp(columns[i].name, name) == 0) {
            *is_text = columns[i].text != NULL;
            return i;
        }
    return SIZE_MAX;
}

static sweep_value get(void *arg, size_t col)
{
    (void)arg;
    return (sweep_value){ .number = columns[col].number, .text = columns[col].text };
}

static void is(const char *text, bool want)
{
    sweep_expr *e = NULL;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL(sweep_expr_parse(&e, text, find, NULL, &err), LUT_OK);
    if (!e)
        printf("%s: %s\n", text, err.text);
    else if (sweep_expr_true(e, get, NULL) != want)
        printf("%s is %d\n", text, !want);
    CU_ASSERT(e && sweep_expr_true(e, get, NULL) == want);
    sweep_expr_destroy(e);
}

static void refused(const char *text, lut_status status, const char *message)
{
    sweep_expr *e = NULL;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL(sweep_expr_parse(&e, text, find, NULL, &err), status);
    CU_ASSERT_PTR_NULL(e);
    CU_ASSERT_STRING_EQUAL(err.text, message);
}

static void test_comparisons(void)
{
    is("depth = 4", true);
    is("depth==4", true);
    is("depth != 4", false);
    is("depth > 3", true);
    is("depth >= 4", true);
    is("depth < 4", false);
    is("depth <= 4", true);
    is("lr = 1e-2", true);
    is("depth>-1", true);
    is("dwn.alpha <= 0.5", true);
    is("status = ok", true);
    is("status = \"ok\"", true);
    is("status = 'ok'", true);
    is("status != ok", false);
    is("status = okay", false);
    is("status = \"\"", false);
    is("padding = true", true);
    is("padding = false", false);
}

static void test_missing(void)
{
    /* Nothing is known of a missing number: not even that it differs. */
    is("width = 3", false);
    is("width != 3", false);
    is("width < 3 or width >= 3", false);
    is("not width = 3", true);
}

static void test_logic(void)
{
    is("depth = 4 and status = ok", true);
    is("depth = 4 and status = no", false);
    is("depth = 3 or status = ok", true);
    is("not depth = 3", true);
    is("not not depth = 3", false);
    /* and binds closer than or, not closest of all */
    is("depth = 4 or depth = 4 and depth = 3", true);
    is("(depth = 4 or depth = 4) and depth = 3", false);
    is("not depth = 4 or depth = 4", true);
    is("not (depth = 4 or depth = 4)", false);
    is("  (\tdepth=4)\n", true);
}

static void test_refusals(void)
{
    refused("", LUT_EINVAL, "\"\" ends where the name of a column is expected");
    refused("depht = 3", LUT_ENOENT, "depht: no such column");
    refused("depth", LUT_EINVAL, "\"depth\" ends where = != < <= > or >= is expected");
    refused("depth =", LUT_EINVAL, "\"depth =\" ends where a value is expected");
    refused("depth ~ 3", LUT_EINVAL,
            "\"~ 3\" found in column 7, want = != < <= > or >=");
    refused("depth = four", LUT_EINVAL,
            "depth is a number and cannot be compared with \"four\"");
    refused("status > a", LUT_EINVAL, "status is text and compares with = and != only");
    refused("(depth = 4", LUT_EINVAL,
            "\"(depth = 4\" ends where and, or or a closing parenthesis is expected");
    refused("depth = 4)", LUT_EINVAL,
            "\")\" found in column 10, want and, or or the end");
    refused("depth = 4 depth = 4", LUT_EINVAL,
            "\"depth = 4\" found in column 11, want and, or or the end");
    refused("status = 'ok", LUT_EINVAL,
            "\"'ok\" found in column 10, want a text with both its quotes");
}

/* Text from outside cannot exhaust the stack or the memory. */
static void test_limits(void)
{
    enum { N = 100000 };
    char *deep = malloc(N + 1);
    sweep_expr *e;

    CU_ASSERT_PTR_NOT_NULL_FATAL(deep);
    memset(deep, '(', N);
    deep[N] = 0;
    refused(deep, LUT_EINVAL, "the condition is nested deeper than 100");
    for (size_t i = 0; i + 4 <= N; i += 4)
        memcpy(deep + i, "not ", 4);
    refused(deep, LUT_EINVAL, "the condition is nested deeper than 100");
    deep[0] = 0;
    for (size_t used = 0; used + 20 < N; used += strlen(deep + used))
        strcpy(deep + used, used ? " and lr=1" : "lr=1");
    CU_ASSERT_EQUAL(sweep_expr_parse(&e, deep, find, NULL, NULL), LUT_EINVAL);
    free(deep);
}

UNIT_MAIN("expr", UNIT(test_comparisons), UNIT(test_missing), UNIT(test_logic),
          UNIT(test_refusals), UNIT(test_limits))
