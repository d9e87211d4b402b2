/* sweep/spec: the configuration's grammar, overrides, stored text, help. */
#include "sweep/options.h"
#include "tests/support/fake_facts.h"
#include "tests/support/unit.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static sweep_spec *parse(const char *path, const char *text, const char *const *arg,
                         size_t n)
{
    fake_lines said = { .n = 0 };
    sweep_spec *spec;

    if (sweep_spec_parse(&spec, path, text, arg, n, fake_lines_add, &said, NULL) !=
        LUT_OK)
        printf("\n%s%s", text, said.text);
    CU_ASSERT_PTR_NOT_NULL_FATAL(spec);
    return spec;
}

static const sweep_axis *axis(const sweep_block *b, const char *name)
{
    for (size_t i = 0; i < b->naxes; i++)
        if (strcmp(b->axis[i].field ? b->axis[i].field->name : b->axis[i].option,
                   name) == 0)
            return &b->axis[i];
    return NULL;
}

/* Values of an axis, joined by commas. */
static void has(const sweep_block *b, const char *name, const char *values, int line)
{
    const sweep_axis *a = axis(b, name);
    char joined[500] = "";

    CU_ASSERT_PTR_NOT_NULL_FATAL(a);
    for (size_t i = 0; i < a->n; i++) {
        strcat(joined, i ? "," : "");
        strcat(joined, a->value[i]);
    }
    CU_ASSERT_STRING_EQUAL(joined, values);
    CU_ASSERT_EQUAL(a->line, line);
}

static void test_grammar(void)
{
    sweep_spec *s = parse("some/where/digits.v2.cfg",
                          "keep = \"best:3\"; data_path = \"/data\";\n"
                          "seeds = 3; tau = 5;\n"
                          "encoder = { kind = \"uniform\"; bits = [1, 2]; };\n"
                          "mapping = { first = \"learnable\"; };\n"
                          "grid = (\n"
                          "  { dwn = { alpha = [0.1, 1.0]; }; tau = (1, 0.5); },\n"
                          "  { seeds = [7]; train = { lr = 1; }; padding = true; });\n",
                          NULL, 0);
    const sweep_block *b = s->block;

    CU_ASSERT_STRING_EQUAL(s->name, "digits.v2");
    CU_ASSERT_STRING_EQUAL(s->keep, "best:3");
    CU_ASSERT_STRING_EQUAL(s->order, "longest");
    CU_ASSERT_STRING_EQUAL(s->data_path, "/data");
    CU_ASSERT_PTR_NULL(s->skip);
    CU_ASSERT_EQUAL_FATAL(s->nblocks, 2);
    CU_ASSERT(b[0].line == 6 && b[1].line == 7);
    has(&b[0], "dwn.alpha", "0.1,1", 6);
    has(&b[0], "tau", "1,0.5", 6);
    has(&b[0], "seed", "1,2,3", 2);
    has(&b[0], "encoder", "uniform", 3);
    has(&b[0], "encoder_bits", "1,2", 3);
    has(&b[0], "mapping_first", "learnable", 4);
    CU_ASSERT_PTR_NULL(axis(&b[0], "lr"));
    has(&b[1], "tau", "5", 2);
    has(&b[1], "seed", "7", 7);
    has(&b[1], "lr", "1", 7);
    has(&b[1], "padding", "true", 7);
    /* seeds vary fastest */
    CU_ASSERT_PTR_EQUAL(axis(&b[0], "seed"), &b[0].axis[b[0].naxes - 1]);
    sweep_spec_destroy(s);
}

static void test_defaults(void)
{
    sweep_spec *s = parse("a", "", NULL, 0);

    CU_ASSERT_STRING_EQUAL(s->name, "a");
    CU_ASSERT_STRING_EQUAL(s->text, "");
    CU_ASSERT_EQUAL_FATAL(s->nblocks, 1);
    CU_ASSERT_EQUAL(s->block[0].naxes, 0);
    sweep_spec_destroy(s);
    sweep_spec_destroy(NULL);
}

/* Big integers, signs, comments and strings reach us as they were written. */
static void test_scanning(void)
{
    sweep_spec *s =
        parse("a.cfg",
              "# lut_rank = 99999999999999999999; @include\n"
              "/* @include\n \"x\" */ seeds = [4294967295L, 7L]; // @include\n"
              "split_seed = 4294967295; lr = 1e-3; train_limit = 0x10;\n"
              "skip = \"dataset = '@include 99999999999999999999'\"; # no newline",
              NULL, 0);

    has(s->block, "seed", "4294967295,7", 3);
    has(s->block, "split_seed", "4294967295", 4);
    has(s->block, "lr", "0.001", 4);
    has(s->block, "train_limit", "16", 4);
    sweep_spec_destroy(s);
}

static void same_axes(const sweep_spec *a, const sweep_spec *b)
{
    CU_ASSERT_EQUAL_FATAL(a->nblocks, b->nblocks);
    for (size_t i = 0; i < a->nblocks; i++) {
        CU_ASSERT_EQUAL_FATAL(a->block[i].naxes, b->block[i].naxes);
        for (size_t j = 0; j < a->block[i].naxes; j++) {
            const sweep_axis *x = &a->block[i].axis[j], *y = &b->block[i].axis[j];

            CU_ASSERT_PTR_EQUAL(x->field, y->field);
            CU_ASSERT_STRING_EQUAL(x->option, y->option);
            CU_ASSERT_EQUAL_FATAL(x->n, y->n);
            for (size_t v = 0; v < x->n; v++)
                CU_ASSERT_STRING_EQUAL(x->value[v], y->value[v]);
        }
    }
}

static const char overridden[] = "name = \"n\"; tau = 1; lr = 0.1234567890123456;\n"
                                 "encoder = { bits = 3; };\n"
                                 "dwn = { beta = 0.5; };\n"
                                 "grid = ( { tau = 2; dwn = { alpha = 0.1; }; seed = "
                                 "5; }, { train = { tau = 3; }; },\n"
                                 "  { skip_this_no = 1; } );\n";

/* A value of the command line replaces every occurrence, whatever the group. */
static void test_overrides(void)
{
    static const char *const arg[] = { "tau = 7.5,8",
                                       "dwn.alpha=0.25",
                                       "encoder=gaussian",
                                       "layers=600,60-30",
                                       "seeds=2",
                                       "lr=1e-7",
                                       "skip=seed = 2 and lut_rank = 4",
                                       "padding=true",
                                       "name=quo\\te",
                                       "encoder.bits=[2,4]" };
    char text[sizeof overridden];
    sweep_spec *s, *again;

    strcpy(text, overridden);
    *strstr(text, "{ skip_this_no = 1; }") = 0;
    strcat(text, "{ });");
    s = parse("a.cfg", text, arg, LUT_COUNT(arg));
    CU_ASSERT_EQUAL_FATAL(s->nblocks, 3);
    for (size_t i = 0; i < 3; i++) {
        has(&s->block[i], "tau", "7.5,8", 0);
        has(&s->block[i], "dwn.alpha", "0.25", 0);
        has(&s->block[i], "dwn.beta", "0.5", 3);
        has(&s->block[i], "encoder", "gaussian", 0);
        has(&s->block[i], "encoder_bits", "2,4", 0);
        has(&s->block[i], "layers", "600,60-30", 0);
        has(&s->block[i], "seed", "1,2", 0);
        has(&s->block[i], "lr", "1e-07", 0);
    }
    CU_ASSERT_STRING_EQUAL(s->skip, "seed = 2 and lut_rank = 4");
    CU_ASSERT_STRING_EQUAL(s->name, "quo\\te");
    /* the stored text says the same again */
    again = parse("a.cfg", s->text, NULL, 0);
    same_axes(s, again);
    CU_ASSERT_STRING_EQUAL(s->skip, again->skip);
    CU_ASSERT_STRING_EQUAL(s->name, again->name);
    CU_ASSERT_PTR_NOT_NULL(strstr(s->text, "# command line: tau = 7.5,8\n"));
    sweep_spec_destroy(s);
    sweep_spec_destroy(again);
}

/* All digits of what was not overridden survive the rewriting. */
static void test_stored_text(void)
{
    static const char *const arg[] = { "depth=1" };
    const char *text =
        "lr = [0.1234567890123456, 1e-9, 250.0]; split_seed = 4294967295L;\n"
        "skip = \"dataset = 'a\\\"b\\n\\x01'\"; width = 1000; # comment\n";
    sweep_spec *s = parse("a.cfg", text, NULL, 0), *t, *again;

    CU_ASSERT_STRING_EQUAL(s->text, text);
    t = parse("a.cfg", text, arg, 1);
    has(t->block, "lr", "0.1234567890123456,1e-09,250", 1);
    again = parse("a.cfg", t->text, NULL, 0);
    same_axes(t, again);
    CU_ASSERT_STRING_EQUAL(again->skip, s->skip);
    sweep_spec_destroy(s);
    sweep_spec_destroy(t);
    sweep_spec_destroy(again);
}

/* An override comment cannot break out of its line. */
static void test_hostile_override(void)
{
    static const char *const arg[] = { "skip=seed > 9\nand seed > 10",
                                       "data_path=a;b\"c" };
    sweep_spec *s = parse("a.cfg", "", arg, 2),
               *again = parse("a.cfg", s->text, NULL, 0);

    CU_ASSERT_STRING_EQUAL(s->skip, again->skip);
    CU_ASSERT_STRING_EQUAL(again->data_path, "a;b\"c");
    sweep_spec_destroy(s);
    sweep_spec_destroy(again);
}

static void test_data_path(void)
{
    static const char *const arg[] = { "data_path=/b, c" };
    char path[512];

    sweep_spec_data_path(path, "data_path = \"/a\"; tua = 1;", NULL, 0);
    CU_ASSERT_STRING_EQUAL(path, "/a");
    sweep_spec_data_path(path, "data_path = \"/a\"; tau = 0;", arg, 1);
    CU_ASSERT_STRING_EQUAL(path, "/b, c");
    sweep_spec_data_path(path, "data_path = 3;", NULL, 0);
    CU_ASSERT_STRING_EQUAL(path, "");
    sweep_spec_data_path(path, "data_path = \"/a", NULL, 0);
    CU_ASSERT_STRING_EQUAL(path, "");
}

/* Brackets that never close, in any number, are a syntax error and nothing worse. */
static void test_nesting(void)
{
    enum { N = 200000 };
    char *text = malloc(N + 1);
    sweep_spec *s;

    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    memset(text, '(', N);
    memcpy(text, "tau=", 4);
    text[N] = 0;
    CU_ASSERT_EQUAL(sweep_spec_parse(&s, "a.cfg", text, NULL, 0, NULL, NULL, NULL),
                    LUT_EINVAL);
    free(text);
}

static void test_counts(void)
{
    fake_lines said = { .n = 0 };
    static const char *const arg[] = { "tau=1,2;3", "lr=" };
    sweep_spec *s;
    lut_err err;

    CU_ASSERT_EQUAL(
        sweep_spec_parse(&s, "a.cfg", overridden, arg, 2, fake_lines_add, &said, &err),
        LUT_EINVAL);
    CU_ASSERT_PTR_NULL(s);
    CU_ASSERT_STRING_EQUAL(err.text, "3 problems, nothing was started");
    CU_ASSERT_EQUAL(said.n, 3);
    CU_ASSERT_EQUAL(strncmp(said.text, "a.cfg:5: skip_this_no: no such key", 34), 0);
    CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "\ncommand line: lr: no value"));
    CU_ASSERT_PTR_NOT_NULL(strstr(said.text, "\ncommand line: tau = \"2;3\": a text"));
}

/* Random damage is refused or accepted, and nothing worse. */
static void test_damage(void)
{
    char text[sizeof overridden];
    unsigned state = 1;

    for (int round = 0; round < 3000; round++) {
        fake_lines said = { .n = 0 };
        sweep_spec *s;

        strcpy(text, overridden);
        for (int i = 0; i < 1 + round % 4; i++) {
            state = state * 1103515245u + 12345u;
            text[(state >> 8) % strlen(overridden)] =
                "{}()[]=;\"@#/*,.-0aL\n"[(state >> 4) % 20];
        }
        CU_ASSERT((sweep_spec_parse(&s, "a.cfg", text, NULL, 0, fake_lines_add, &said,
                                    NULL) == LUT_OK) == (said.n == 0));
        sweep_spec_destroy(s);
    }
}

static void test_help(void)
{
    static fake_lines keys, list;

    sweep_spec_keys(fake_lines_add, &keys);
    sweep_spec_list(fake_lines_add, &list);
    CU_ASSERT_PTR_NOT_NULL(strstr(keys.text, "\nlut_rank "));
    CU_ASSERT_PTR_NOT_NULL(strstr(keys.text, "\nseeds "));
    CU_ASSERT_PTR_NOT_NULL(strstr(keys.text, "\nskip "));
    CU_ASSERT_PTR_NOT_NULL(strstr(keys.text, "\nadam.beta1 "));
    CU_ASSERT_PTR_NULL(strstr(keys.text, "\noptions "));
    CU_ASSERT_PTR_NOT_NULL(strstr(list.text, "\n  light "));
    CU_ASSERT_PTR_NOT_NULL(strstr(list.text, "\n  optdigits "));
    if (getenv("SHOW"))
        printf("\n%s\n%s", keys.text, list.text);
}

/* Ten classes, or as many as are to be made up. */
static lut_status any_facts(void *arg, sweep_data_facts *out, const char *dataset,
                            const char *options, lut_err *err)
{
    char classes[LUT_FIELD_TEXT];
    const lut_known *known = lut_known_find(dataset);

    LUT_TRY(fake_facts_ask(arg, out, "optdigits", options, err));
    if (known && known->shape.classes) {
        out->classes = known->shape.classes;
        out->features = known->shape.features;
    }
    if (sweep_options_get(classes, options, "synth.classes"))
        out->classes = (uint32_t)atoi(classes);
    return LUT_OK;
}

/* What the project ships is right, whether or not its data are there. */
static void test_configs(void)
{
    DIR *dir = opendir(CONFIGS);
    unsigned seen = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(dir);
    for (struct dirent *e; (e = readdir(dir));) {
        static char text[100000];
        char path[1000];
        fake_lines said = { .n = 0 };
        sweep_spec *spec;
        sweep_space space;
        FILE *f;

        if (!strstr(e->d_name, ".cfg"))
            continue;
        snprintf(path, sizeof path, "%s/%s", CONFIGS, e->d_name);
        f = fopen(path, "rb");
        CU_ASSERT_PTR_NOT_NULL_FATAL(f);
        memset(text, 0, sizeof text);
        CU_ASSERT(fread(text, 1, sizeof text - 1, f) > 0);
        fclose(f);
        if (sweep_space_load(&spec, &space, path, text, NULL, 0, any_facts, NULL,
                             fake_lines_add, &said, NULL) != LUT_OK)
            printf("\n%s", said.text);
        CU_ASSERT_PTR_NOT_NULL(spec);
        CU_ASSERT(space.n > 0);
        sweep_space_fini(&space);
        sweep_spec_destroy(spec);
        seen++;
    }
    closedir(dir);
    CU_ASSERT(seen > 0);
}

static void same_search(const sweep_spec *a, const sweep_spec *b)
{
    CU_ASSERT_STRING_EQUAL(a->search.source, b->search.source);
    CU_ASSERT_STRING_EQUAL(a->search.strategy, b->search.strategy);
    CU_ASSERT(a->search.samples == b->search.samples &&
              a->search.seed == b->search.seed && a->search.eta == b->search.eta &&
              a->search.min_epochs == b->search.min_epochs &&
              a->search.luts_weight == b->search.luts_weight);
    CU_ASSERT(a->trial_time == b->trial_time && a->trial_memory == b->trial_memory);
}

/* From a file and the command line, and again from what is stored of both. */
static void test_search(void)
{
    static const char *const arg[] = { "strategy=hyperband", "search.source=latin",
                                       "search.samples=9",   "search.luts_weight=0.5",
                                       "lr=0.001..0.1 log",  "trial_memory=1.5K" };
    sweep_spec *s =
        parse("a.cfg", "trial_time = \"30m\"; search = { eta = 2; seed = 7; };", arg,
              LUT_COUNT(arg));
    sweep_spec *again = parse("a.cfg", s->text, NULL, 0);
    const sweep_axis *lr = axis(&s->block[0], "lr");

    CU_ASSERT_STRING_EQUAL(s->search.source, "latin");
    CU_ASSERT_STRING_EQUAL(s->search.strategy, "hyperband");
    CU_ASSERT(s->search.samples == 9 && s->search.seed == 7 && s->search.eta == 2 &&
              s->search.min_epochs == 1 && s->search.luts_weight == 0.5);
    CU_ASSERT(s->trial_time == 1800 && s->trial_memory == 1536);
    CU_ASSERT_PTR_NOT_NULL_FATAL(lr);
    CU_ASSERT(lr->n == 0 && lr->range.log && lr->range.lo == 0.001 &&
              lr->range.hi == 0.1 && lr->range.step == 0);
    same_search(s, again);
    sweep_spec_destroy(again);
    sweep_spec_destroy(s);
}

/* Another strategy from the command line: the file's options go, also from what is stored. */
static void test_other_strategy(void)
{
    static const char *const arg[] = { "strategy=grid", "strategy=random",
                                       "strategy=asha" };
    static const char *const source[] = { "grid", "random", "sobol" };
    static const char *const strategy[] = { "grid", "grid", "asha" };

    for (size_t i = 0; i < LUT_COUNT(arg); i++) {
        sweep_spec *s = parse("a.cfg",
                              "strategy = \"halving\"; tau = [1, 2];"
                              "search = { eta = 2; samples = 4; source = \"sobol\"; };",
                              &arg[i], 1);
        sweep_spec *again = parse("a.cfg", s->text, NULL, 0);

        CU_ASSERT_STRING_EQUAL(s->search.source, source[i]);
        CU_ASSERT_STRING_EQUAL(s->search.strategy, strategy[i]);
        CU_ASSERT_EQUAL(s->search.samples, i ? 4 : 0);
        same_search(s, again);
        sweep_spec_destroy(again);
        sweep_spec_destroy(s);
    }
}

static void test_amounts(void)
{
    static const struct amount {
        const char *text;
        double time, memory;
    } amounts[] = { { "trial_time = 90;", 90, 0 },
                    { "trial_time = 0.5;", 0.5, 0 },
                    { "trial_time = \"90\";", 90, 0 },
                    { "trial_time = \"90s\";", 90, 0 },
                    { "trial_time = \"1.5h\";", 5400, 0 },
                    { "trial_time = \"1d\"; trial_memory = \"4G\";", 86400, 0x1p32 },
                    { "trial_memory = 1000000;", 0, 1e6 },
                    { "trial_memory = \"64K\";", 0, 65536 },
                    { "trial_memory = \"512M\";", 0, 0x1p29 },
                    { "trial_memory = \"1T\";", 0, 0x1p40 } };

    for (size_t i = 0; i < LUT_COUNT(amounts); i++) {
        sweep_spec *s = parse("a.cfg", amounts[i].text, NULL, 0);

        CU_ASSERT_EQUAL(s->trial_time, amounts[i].time);
        CU_ASSERT_EQUAL(s->trial_memory, amounts[i].memory);
        sweep_spec_destroy(s);
    }
}

UNIT_MAIN("spec", UNIT(test_grammar), UNIT(test_defaults), UNIT(test_scanning),
          UNIT(test_overrides), UNIT(test_stored_text), UNIT(test_hostile_override),
          UNIT(test_data_path), UNIT(test_nesting), UNIT(test_counts),
          UNIT(test_damage), UNIT(test_help), UNIT(test_configs), UNIT(test_search),
          UNIT(test_other_strategy), UNIT(test_amounts))
