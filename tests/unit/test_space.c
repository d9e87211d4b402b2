/* sweep/space: numbers to trials, what is left out, what is refused, keys. */
#include "tests/support/fake_facts.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Build from text; *said holds the problems. */
static lut_status build(sweep_spec **spec, sweep_space *space, const char *text,
                        fake_facts *facts, fake_lines *said, lut_err *err)
{
    *said = (fake_lines){ .n = 0 };
    return sweep_space_load(spec, space, "x.cfg", text, NULL, 0, fake_facts_ask, facts,
                            fake_lines_add, said, err);
}

static void test_order(void)
{
    const char *text = "seeds = 2; grid = ( { lut_rank = [2, 4]; width = [100, 200]; },"
                       "{ lut_rank = 6; width = 300; } );";
    static const struct want {
        uint32_t rank, seed;
        double width;
    } wants[] = { { 2, 1, 100 }, { 2, 2, 100 }, { 2, 1, 200 }, { 2, 2, 200 },
                  { 4, 1, 100 }, { 4, 2, 100 }, { 4, 1, 200 }, { 4, 2, 200 },
                  { 6, 1, 300 }, { 6, 2, 300 } };
    sweep_spec *spec;
    sweep_space space;
    fake_facts facts = { 0 };
    fake_lines said;
    sweep_trial t;

    CU_ASSERT_EQUAL_FATAL(build(&spec, &space, text, &facts, &said, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(space.n, LUT_COUNT(wants));
    CU_ASSERT_EQUAL(facts.asked, 1);
    for (size_t i = 0; i < space.n; i++) {
        CU_ASSERT_EQUAL(space.point[i].number, i);
        CU_ASSERT_EQUAL(sweep_space_trial(&space, &t, i, fake_facts_ask, &facts, NULL),
                        LUT_OK);
        CU_ASSERT(t.lut_rank == wants[i].rank && t.seed == wants[i].seed &&
                  t.width == wants[i].width);
    }
    CU_ASSERT_EQUAL(facts.asked, 1);
    sweep_space_fini(&space);
    sweep_spec_destroy(spec);
}

/* A point's key and cost are those of its trial; keys differ. */
static void test_keys(void)
{
    sweep_spec *spec;
    sweep_space space;
    fake_lines said;
    sweep_data_facts facts;
    sweep_trial t;
    char key[SWEEP_KEY];

    CU_ASSERT_EQUAL_FATAL(
        build(&spec, &space, "tau = [1, 2, 3]; epochs = [1, 10];", NULL, &said, NULL),
        LUT_OK);
    CU_ASSERT_EQUAL(space.n, 6);
    fake_facts_ask(NULL, &facts, "optdigits", "", NULL);
    for (size_t i = 0; i < space.n; i++) {
        sweep_space_trial(&space, &t, i, fake_facts_ask, NULL, NULL);
        sweep_trial_key(key, &t, facts.digest);
        CU_ASSERT_STRING_EQUAL(key, space.point[i].key);
        CU_ASSERT_EQUAL(space.point[i].cost, sweep_trial_cost(&t, facts.samples));
        for (size_t j = 0; j < i; j++)
            CU_ASSERT_STRING_NOT_EQUAL(space.point[j].key, key);
    }
    CU_ASSERT(space.point[1].cost > 5 * space.point[0].cost);
    sweep_space_fini(&space);
    sweep_spec_destroy(spec);
}

/* Adding values and blocks leaves the keys that were there. */
static void test_extension(void)
{
    sweep_spec *spec[2];
    sweep_space space[2];
    fake_lines said;
    size_t found = 0;

    CU_ASSERT_EQUAL_FATAL(
        build(&spec[0], &space[0], "lut_rank = [2, 4];", NULL, &said, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(
        build(
            &spec[1], &space[1],
            "seeds = 3; train = { lr = 0.01; };\ngrid = ( { lut_rank = [6, 4, 2]; } );",
            NULL, &said, NULL),
        LUT_OK);
    CU_ASSERT_EQUAL(space[1].n, 9);
    for (size_t i = 0; i < space[0].n; i++)
        for (size_t j = 0; j < space[1].n; j++)
            found += strcmp(space[0].point[i].key, space[1].point[j].key) == 0;
    CU_ASSERT_EQUAL(found, 2);
    for (int i = 0; i < 2; i++) {
        sweep_space_fini(&space[i]);
        sweep_spec_destroy(spec[i]);
    }
}

static void test_facts_per_options(void)
{
    sweep_spec *spec;
    sweep_space space;
    fake_facts facts = { 0 };
    fake_lines said;

    CU_ASSERT_EQUAL_FATAL(
        build(&spec, &space,
              "dataset = [\"synth\", \"optdigits\"]; synth = { samples = [100, 200]; };"
              "lut_rank = [2, 4];",
              &facts, &said, NULL),
        LUT_OK);
    CU_ASSERT_EQUAL(facts.asked, 3);
    CU_ASSERT_EQUAL(space.n,
                    6); /* options of a reader that is not in use do not count */
    CU_ASSERT_EQUAL(space.repeated, 2);
    sweep_space_fini(&space);
    sweep_spec_destroy(spec);
}

static void refused(const char *text, const char *message)
{
    sweep_spec *spec;
    sweep_space space;
    fake_lines said;
    lut_err err;

    CU_ASSERT_EQUAL(build(&spec, &space, text, NULL, &said, &err), LUT_EINVAL);
    CU_ASSERT_PTR_NULL(spec);
    CU_ASSERT(space.n == 0 && !space.point);
    if (!message) /* the default is at fault: told where its partner was said */
        message = "x.cfg:2: lut_rank = 6: \"difflogic\" takes 2";
    if (strncmp(said.text, message, strlen(message)) != 0)
        printf("%s", said.text);
    CU_ASSERT_EQUAL(strncmp(said.text, message, strlen(message)), 0);
}

static void test_problems(void)
{
    /* once, however many combinations have it, and where it was said */
    refused("seeds = 100;\nwidth = [100, 101];\ntau = [1, 2, 3];",
            "x.cfg:2: width = 101: not divisible by the 10 classes of optdigits "
            "(nearest: 100, 110)\n");
    refused("\nlayers = [\"101-101\"];", "x.cfg:2: layers = \"101-101\": the last one "
                                         "is not divisible by the 10 classes "
                                         "of optdigits (nearest: 100, 110)\n");
    refused("\nparametrization = \"difflogic\";\nskip = \"lut_rank < 6\";", NULL);
    /* all of them, in the order of the file: of the text and of the combinations */
    refused(
        "dataset = \"mnist\";\nwidth = 15;\ntua = 1;\n",
        "x.cfg:1: dataset = \"mnist\": train-images is not in any folder\n"
        "x.cfg:3: tua: no such key (did you mean tau? all keys: lutsweep --keys)\n");
    /* what was refused already says nothing more */
    refused("grid = ( { width = 15; tau = 0; } );",
            "x.cfg:1: tau = 0: out of range, want "
            "1e-06..1000000\n");
    refused("skip = \"seed > 0\";", "x.cfg:1: skip: every combination was left out\n");
}

static void test_split_calls(void)
{
    sweep_spec *spec;
    sweep_space space;
    fake_lines said = { .n = 0 };
    lut_err err;

    CU_ASSERT_EQUAL_FATAL(sweep_spec_parse(&spec, "y.cfg", "width = 15;", NULL, 0,
                                           fake_lines_add, &said, &err),
                          LUT_OK);
    CU_ASSERT_EQUAL(sweep_space_build(&space, spec, "y.cfg", fake_facts_ask, NULL,
                                      fake_lines_add, &said, &err),
                    LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, "1 problem, nothing was started");
    CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "y.cfg:1: width = 15: "));
    sweep_space_fini(&space);
    sweep_spec_destroy(spec);
}

/* No loop over pairs: thousands of trials are a matter of a moment. */
static void test_many(void)
{
    sweep_spec *spec;
    sweep_space space;
    fake_lines said;

    CU_ASSERT_EQUAL_FATAL(
        build(&spec, &space, "seeds = 4000; lut_rank = [2, 4]; skip = \"seed > 3999\";",
              NULL, &said, NULL),
        LUT_OK);
    CU_ASSERT_EQUAL(space.n, 7998);
    CU_ASSERT_EQUAL(space.skipped, 2);
    sweep_space_fini(&space);
    sweep_spec_destroy(spec);
}

UNIT_MAIN("space", UNIT(test_order), UNIT(test_keys), UNIT(test_extension),
          UNIT(test_facts_per_options), UNIT(test_problems), UNIT(test_split_calls),
          UNIT(test_many))
