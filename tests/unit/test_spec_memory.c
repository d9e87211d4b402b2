/* Every allocation of a configuration's way to trials fails once, in turn: LUT_ENOMEM, a
 * message, and nothing leaks (run under --enable-sanitize=address). */
#include "tests/support/fail_alloc.h"
#include "tests/support/fake_facts.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

static const char config[] =
    "seeds = 2; skip = \"depth = 3\"; encoder = { bits = [1, 2]; };\n"
    "dwn = { alpha = [0.1, 0.2]; };\n"
    "grid = ( { lut_rank = [2, 4]; depth = 3; }, { tau = 3; } );\n";
static const char *const override[] = { "depth=1,2,3", "step.gamma=0.5", "name=x" };

static lut_status load(const char *text, lut_err *err)
{
    sweep_spec *spec = NULL;
    sweep_space space;
    lut_status st =
        sweep_space_load(&spec, &space, "x.cfg", text, override, LUT_COUNT(override),
                         fake_facts_ask, NULL, NULL, NULL, err);

    CU_ASSERT_EQUAL(st == LUT_OK, spec != NULL);
    CU_ASSERT_EQUAL(st == LUT_OK, space.n > 0);
    sweep_space_fini(&space);
    sweep_spec_destroy(spec);
    return st;
}

/* Allocation 0, 1, ... fails, until all that there are have failed. */
static void starve(const char *text, lut_status end)
{
    lut_status st = LUT_ENOMEM;
    unsigned failed = 0;

    for (long n = 0; n < 4000; n++) {
        lut_err err = { 0 };

        fail_alloc_at(n);
        st = load(text, &err);
        fail_alloc_at(-1);
        CU_ASSERT_EQUAL_FATAL(err.code, st);
        CU_ASSERT(st == end || st == LUT_ENOMEM);
        CU_ASSERT(st != LUT_ENOMEM || strstr(err.text, "no memory"));
        failed += st == LUT_ENOMEM;
        if (st != LUT_ENOMEM && n > 2000)
            break;
    }
    CU_ASSERT(failed > 50);
    CU_ASSERT_EQUAL(st, end);
}

static void test_good(void)
{
    starve(config, LUT_OK);
}

static void test_bad(void)
{
    char text[sizeof config + 40];

    strcpy(text, config);
    strcat(text, "tua = 3; lut_rank = 9;");
    starve(text, LUT_EINVAL);
}

static const char drawn[] =
    "strategy = \"halving\"; search = { source = \"sobol\"; samples = 3; eta = 2; };\n"
    "tau = \"1..9\"; dwn = { alpha = \"0.1..0.9 log\"; }; trial_time = \"2h\";\n";

static void test_drawn(void)
{
    starve(drawn, LUT_OK);
}

static void test_recipe(void)
{
    starve("recipe = \"dwn-mnist\"; dataset = \"optdigits\"; lr = 0.1;", LUT_OK);
}

static void test_list(void)
{
    FILE *f = fopen("test_spec_memory.csv", "w");

    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fputs("tau,dwn.alpha,options\n1,0.5,\n2,,adam.beta1 0.8\n", f);
    fclose(f);
    starve("strategy = \"list\"; search = { file = \"test_spec_memory.csv\"; };",
           LUT_OK);
    CU_ASSERT_EQUAL(remove("test_spec_memory.csv"), 0);
}

UNIT_MAIN("spec_memory", UNIT(test_good), UNIT(test_bad), UNIT(test_drawn), UNIT(test_recipe),
          UNIT(test_list))
