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
        build(&spec, &space, "tau = [1, 2, 3]; epochs = [1, 1000];", NULL, &said, NULL),
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

/* How many points of one space the other has, by key. */
static size_t common(const sweep_space *a, const sweep_space *b)
{
    size_t n = 0;

    for (size_t i = 0; i < a->n; i++)
        for (size_t j = 0; j < b->n; j++)
            n += strcmp(a->point[i].key, b->point[j].key) == 0;
    return n;
}

static void load(sweep_spec **spec, sweep_space *space, const char *path,
                 const char *text, const char *override)
{
    fake_lines said = { .n = 0 };
    lut_status st =
        sweep_space_load(spec, space, path, text, &override, override != NULL,
                         fake_facts_ask, NULL, fake_lines_add, &said, NULL);

    if (st != LUT_OK)
        printf("%s", said.text);
    CU_ASSERT_EQUAL_FATAL(st, LUT_OK);
}

static void release(sweep_spec *spec, sweep_space *space)
{
    sweep_space_fini(space);
    sweep_spec_destroy(spec);
}

static const char drawn[] =
    "search = { seed = 5; };\n"
    "lr = \"0.001..0.1 log\"; dwn = { alpha = \"0.1..0.9\"; };\n"
    "grid = ( { seeds = 3; width = 100; }, { depth = [1, 2]; }, { lut_rank = 4; } );";

/* Samples are shared out in turn, whatever the number of seeds; all have all seeds. */
static void test_shares(void)
{
    static const char *const sources[] = { "random", "sobol", "latin" };

    for (size_t k = 0; k < LUT_COUNT(sources); k++) {
        size_t count[3] = { 0 };
        sweep_spec *spec;
        sweep_space space;
        char text[600];
        sweep_trial t, last = { .lr = 0 };

        snprintf(text, sizeof text, "strategy = \"%s\"; %s", sources[k], drawn);
        load(&spec, &space, "x.cfg", text, "search.samples=11");
        CU_ASSERT_EQUAL(space.n + space.repeated, 3 * 4 + 4 + 3);
        for (size_t i = 0; i < space.n; i++) {
            CU_ASSERT_EQUAL(
                sweep_space_trial(&space, &t, i, fake_facts_ask, NULL, NULL), LUT_OK);
            count[t.lut_rank == 4 ? 2 : t.width == 100 ? 0 : 1]++;
            if (t.seed > 1)
                CU_ASSERT_EQUAL(t.lr, last.lr);
            last = t;
        }
        CU_ASSERT(count[0] == 12 && count[1] == 4 && count[2] == 3);
        release(spec, &space);
    }
}

static void test_more_samples(void)
{
    static const char *const sources[] = { "random", "sobol", "latin" };

    for (size_t k = 0; k < LUT_COUNT(sources); k++) {
        sweep_spec *spec[2];
        sweep_space space[2];
        char text[600];

        for (int i = 0; i < 2; i++) {
            snprintf(text, sizeof text, "strategy = \"%s\"; %s", sources[k], drawn);
            load(&spec[i], &space[i], "x.cfg", text,
                 i ? "search.samples=40" : "search.samples=7");
        }
        CU_ASSERT_EQUAL(common(&space[0], &space[1]), k < 2 ? space[0].n : 0);
        for (int i = 0; i < 2; i++)
            release(spec[i], &space[i]);
    }
}

/* Other seeds and other sources draw other configurations. */
static void test_other_samples(void)
{
    static const char *const overrides[] = { "search.seed=5", "search.seed=6",
                                             "strategy=random" };
    sweep_spec *spec[3];
    sweep_space space[3];
    char text[600];

    snprintf(text, sizeof text, "strategy = \"sobol\"; search = { samples = 20; %s",
             drawn + strlen("search = { "));
    for (int i = 0; i < 3; i++)
        load(&spec[i], &space[i], "x.cfg", text, overrides[i]);
    CU_ASSERT_EQUAL(common(&space[0], &space[1]), 0);
    CU_ASSERT_EQUAL(common(&space[0], &space[2]), 0);
    for (int i = 0; i < 3; i++)
        release(spec[i], &space[i]);
}

/* What is stored of a list needs no file, and reads back as the same trials. */
static void test_list(void)
{
    const char *text =
        "strategy = \"halving\"; tau = 3;\n"
        "search = { source = \"list\"; file = \"test_space.csv\"; eta = 2; };\n";
    sweep_spec *spec[3];
    sweep_space space[3];
    FILE *f;

    f = fopen("test_space.csv", "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fputs("width,dwn.alpha,dataset\n100,0.5,\n200,,synth\n300,0.25,\n", f);
    fclose(f);
    load(&spec[0], &space[0], "x.cfg", text, NULL);
    load(&spec[1], &space[1], "./x.cfg", text, "strategy=list");
    CU_ASSERT_EQUAL(remove("test_space.csv"), 0);
    CU_ASSERT_EQUAL(space[0].n, 3);
    CU_ASSERT_STRING_EQUAL(spec[0]->search.source, "list");
    CU_ASSERT_STRING_EQUAL(spec[0]->search.strategy, "halving");
    CU_ASSERT_STRING_EQUAL(spec[1]->search.strategy, "grid");
    for (int i = 0; i < 2; i++) {
        CU_ASSERT_PTR_NULL(strstr(spec[i]->text, "test_space.csv\""));
        CU_ASSERT_PTR_NOT_NULL(
            strstr(spec[i]->text, "# list of trials: test_space.csv\n"));
        load(&spec[2], &space[2], "elsewhere/x.cfg", spec[i]->text, NULL);
        CU_ASSERT_EQUAL(common(&space[0], &space[2]), 3);
        CU_ASSERT_STRING_EQUAL(spec[2]->search.strategy, spec[i]->search.strategy);
        release(spec[2], &space[2]);
    }
    for (int i = 0; i < 2; i++)
        release(spec[i], &space[i]);
}

UNIT_MAIN("space", UNIT(test_order), UNIT(test_keys), UNIT(test_extension),
          UNIT(test_facts_per_options), UNIT(test_problems), UNIT(test_split_calls),
          UNIT(test_many), UNIT(test_shares), UNIT(test_more_samples),
          UNIT(test_other_samples), UNIT(test_list))
