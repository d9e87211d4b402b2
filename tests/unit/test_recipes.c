/* recipe = "NAME": every recipe is one whole trial, what it says gives way to whatever else is
 * said, and the text that is stored needs no recipe. */
#include "sweep/recipes.h"
#include "sweep/space.h"
#include "tests/support/fake_facts.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

/* Classes are what widths must suit. */
static lut_status facts_of(void *arg, sweep_data_facts *out, const char *dataset,
                           const char *options, lut_err *err)
{
    static const struct {
        const char *name;
        uint32_t classes;
        size_t rows;
    } sets[] = { { "adult", 2, 30162 },         { "breast-cancer", 2, 214 },
                 { "monks-1", 2, 124 },         { "jsc-openml", 5, 664000 },
                 { "nsl-kdd-5", 5, 125973 },    { "mnist", 10, 60000 },
                 { "fashion-mnist", 10, 60000 } };

    (void)arg;
    (void)options;
    for (size_t i = 0; i < LUT_COUNT(sets); i++)
        if (!strcmp(sets[i].name, dataset)) {
            *out = (sweep_data_facts){ .classes = sets[i].classes,
                                       .samples = sets[i].rows,
                                       .features = 784,
                                       .digest = "0123456789abcdef" };
            return LUT_OK;
        }
    return lut_fail(err, LUT_ENOENT, "no facts of %s", dataset);
}

typedef struct swept {
    sweep_spec *spec;
    sweep_space space;
    sweep_trial first;
} swept;

static void fini(swept *s)
{
    sweep_space_fini(&s->space);
    sweep_spec_destroy(s->spec);
}

static swept load(const char *text, const char *const *override, size_t n)
{
    fake_lines said = { .n = 0 };
    lut_err err = { 0 };
    swept s = { 0 };

    sweep_space_load(&s.spec, &s.space, "a.cfg", text, override, n, facts_of, NULL,
                     fake_lines_add, &said, &err);
    if (said.n)
        fprintf(stderr, "%s", said.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(s.spec);
    CU_ASSERT_EQUAL_FATAL(
        sweep_space_trial(&s.space, &s.first, 0, facts_of, NULL, &err), LUT_OK);
    return s;
}

static swept load_recipe(const char *name, const char *more)
{
    char text[400];

    snprintf(text, sizeof text, "recipe = \"%s\"; %s", name, more);
    return load(text, NULL, 0);
}

static void test_each(void)
{
    const char *last = "";

    for (const sweep_recipe *r = sweep_recipe_table; r->name; r++) {
        swept s = load_recipe(r->name, ""), again, alone;

        CU_ASSERT_EQUAL(s.space.n, 1);
        CU_ASSERT(strcmp(last, r->name) < 0);
        CU_ASSERT(r->published > 0 && r->source[0] && r->doc[0]);
        CU_ASSERT_PTR_NULL(strstr(s.spec->text, "recipe ="));
        CU_ASSERT_PTR_NOT_NULL(strstr(s.spec->text, r->name));
        again = load(s.spec->text, NULL, 0);
        alone = load(r->text, NULL, 0);
        CU_ASSERT_STRING_EQUAL(s.space.point[0].key, again.space.point[0].key);
        CU_ASSERT_STRING_EQUAL(s.space.point[0].key, alone.space.point[0].key);
        CU_ASSERT_PTR_NULL(again.spec->recipe);
        last = r->name;
        fini(&s);
        fini(&again);
        fini(&alone);
    }
}

/* As the sources of DWN and difflogic have them. */
static void test_settings(void)
{
    swept s = load_recipe("dwn-mnist", "");

    CU_ASSERT_STRING_EQUAL(s.first.layers, "2000-1000");
    CU_ASSERT_STRING_EQUAL(s.first.mapping_first, "learnable");
    CU_ASSERT_STRING_EQUAL(s.first.mapping_rest, "random");
    CU_ASSERT_STRING_EQUAL(s.first.schedule, "step");
    CU_ASSERT_EQUAL(s.first.batch, 32);
    CU_ASSERT_EQUAL(s.first.epochs, 30);
    CU_ASSERT_DOUBLE_EQUAL(s.first.tau, 1 / 0.3, 1e-12);
    CU_ASSERT_PTR_NOT_NULL(strstr(s.first.options, "learnable.candidates 0 "));
    CU_ASSERT_PTR_NOT_NULL(strstr(s.first.options, "step.size 14"));
    fini(&s);
    s = load_recipe("difflogic-mnist", "");
    CU_ASSERT_EQUAL(s.first.lut_rank, 2);
    CU_ASSERT_STRING_EQUAL(s.first.mapping_first, "unique");
    CU_ASSERT_STRING_EQUAL(s.first.mapping_rest, "unique");
    CU_ASSERT_PTR_NOT_NULL(strstr(s.first.options, "mnist.border 4"));
    CU_ASSERT_STRING_EQUAL(s.first.layers, "8000-8000-8000-8000-8000-8000");
    /* 540 steps an epoch of 54,000 rows: the epochs nearest to 200,000 steps. */
    CU_ASSERT(labs((long)s.first.epochs * 540 - 200000) <= 270);
    fini(&s);
    s = load_recipe("difflogic-adult", "");
    /* 272 steps of the 27,146 rows that are not held out. */
    CU_ASSERT(labs((long)s.first.epochs * 272 - 100000) <= 136);
    fini(&s);
}

static void test_precedence(void)
{
    static const char *const override[] = { "tau=7", "learnable.candidates=16",
                                            "layers=500" };
    swept s = load_recipe("dwn-mnist", "encoder = { bits = 1; }; step = { size = 5; }; "
                                       "train = { lr = 0.1; };");

    CU_ASSERT_EQUAL(s.first.encoder_bits, 1);
    CU_ASSERT_STRING_EQUAL(s.first.encoder, "distributive");
    CU_ASSERT_DOUBLE_EQUAL(s.first.lr, 0.1, 0);
    CU_ASSERT_EQUAL(s.first.batch, 32);
    CU_ASSERT_PTR_NOT_NULL(strstr(s.first.options, "step.gamma 0.1"));
    CU_ASSERT_PTR_NOT_NULL(strstr(s.first.options, "step.size 5"));
    fini(&s);
    s = load_recipe("dwn-mnist", "depth = 3;");
    CU_ASSERT_STRING_EQUAL(s.first.layers, "1000-1000-1000");
    fini(&s);
    s = load("recipe = \"dwn-mnist\"; tau = 1.0; seeds = 2;", override, 3);
    CU_ASSERT_EQUAL(s.space.n, 2);
    CU_ASSERT_DOUBLE_EQUAL(s.first.tau, 7, 0);
    CU_ASSERT_STRING_EQUAL(s.first.layers, "500");
    CU_ASSERT_PTR_NOT_NULL(strstr(s.first.options, "learnable.candidates 16 "));
    fini(&s);
}

static void test_names(void)
{
    CU_ASSERT_PTR_NULL(sweep_recipe_find("dwn"));
    CU_ASSERT_PTR_NOT_NULL(sweep_recipe_find("dwn-jsc"));
    CU_ASSERT_STRING_EQUAL(sweep_recipe_guess("dwn-jcs"), "dwn-jsc");
    CU_ASSERT_STRING_EQUAL(sweep_recipe_guess("q"), "");
}

static void keep_line(void *arg, const char *line)
{
    strcat(arg, line);
    strcat(arg, "|");
}

static void test_lines(void)
{
    char text[400], out[1000] = "", want[1000];
    const sweep_recipe r = {
        .name = "n", .doc = "d", .text = text, .source = "s", .published = 1
    };

    snprintf(text, sizeof text, "a = %0300d;\nb = 2;\n", 1);
    CU_ASSERT_EQUAL(sweep_spec_recipe(&r, keep_line, out, NULL), LUT_OK);
    snprintf(want, sizeof want,
             "n: d|  published: 1 %% (s)|  here: not measured yet|    a = %0300d;|    "
             "b = 2;|",
             1);
    CU_ASSERT_STRING_EQUAL(out, want);
}

UNIT_MAIN("recipes", UNIT(test_each), UNIT(test_settings), UNIT(test_precedence),
          UNIT(test_names), UNIT(test_lines))
