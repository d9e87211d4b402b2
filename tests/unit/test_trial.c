/* sweep/trial: fields, canonical text, resolution, keys, digests, cost. */
#include "sweep/options.h"
#include "sweep/trial.h"
#include "tests/support/unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static sweep_trial start(void)
{
    size_t n;
    const lut_field *f = sweep_trial_fields(&n);
    sweep_trial t;

    memset(&t, 0, sizeof t);
    lut_fields_default(f, n, &t);
    return t;
}

/* Of a data set with room for a validation split. */
static lut_status resolve(sweep_trial *t, uint32_t classes, lut_err *err)
{
    const sweep_data_facts facts = { .classes = classes, .samples = 5000 };

    return sweep_trial_resolve(t, &facts, err);
}

static void test_tables(void)
{
    size_t n, rows;
    const lut_field *trial = sweep_trial_fields(&n), *row = sweep_row_fields(&rows);
    const lut_field *key = lut_field_find(row, rows, "key");
    sweep_result r;
    char text[LUT_FIELD_TEXT];

    CU_ASSERT(rows > n);
    for (size_t i = 0; i < n; i++)
        CU_ASSERT_STRING_EQUAL(trial[i].name, row[i].name);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < i; j++)
            CU_ASSERT(strcasecmp(row[i].name, row[j].name) != 0);
    CU_ASSERT_PTR_NOT_NULL_FATAL(key);
    CU_ASSERT_EQUAL(key->offset, offsetof(sweep_row, key));
    sweep_result_init(&r);
    CU_ASSERT_STRING_EQUAL(r.row.status, "lost");
    CU_ASSERT(isnan(r.row.test_accuracy) && isnan(r.timing.train_seconds));
    CU_ASSERT_EQUAL(r.row.trial.lut_rank, 6);
    CU_ASSERT_STRING_EQUAL(
        lut_field_text(lut_field_find(row, rows, "test_accuracy"), text, &r.row),
        "nan");
    r.log = strdup("a warning");
    sweep_result_fini(&r);
    CU_ASSERT_PTR_NULL(r.log);
    sweep_result_fini(&r);
}

static void test_status(void)
{
    CU_ASSERT(sweep_status_final("ok"));
    CU_ASSERT(sweep_status_final("pruned"));
    CU_ASSERT(!sweep_status_final("lost"));
    CU_ASSERT(!sweep_status_final("timeout"));
    CU_ASSERT(!sweep_status_final(""));
}

static void test_text(void)
{
    sweep_trial t = start(), back;
    char *text, *again, *line;
    unsigned falls = 0;

    t.lr = 1.0 / 3;
    CU_ASSERT_EQUAL_FATAL(resolve(&t, 10, NULL), LUT_OK);
    text = sweep_trial_text(&t);
    CU_ASSERT_PTR_NOT_NULL_FATAL(text);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nlr = 0.3333333333333333\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\nlayers = 1000-1000\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "\npadding = false\n"));
    for (line = text; strchr(line, '\n')[1]; line = strchr(line, '\n') + 1)
        falls += strcmp(line, strchr(line, '\n') + 1) >= 0;
    CU_ASSERT_EQUAL(falls, 1); /* where hardware begins */
    CU_ASSERT_EQUAL(sweep_trial_parse(&back, text, NULL), LUT_OK);
    again = sweep_trial_text(&back);
    CU_ASSERT_STRING_EQUAL(text, again);
    CU_ASSERT_EQUAL(memcmp(&back, &t, sizeof t), 0);
    free(text);
    free(again);
}

static void parse_refused(const char *text, const char *message)
{
    sweep_trial t;
    lut_err err = { 0 };

    CU_ASSERT_NOT_EQUAL(sweep_trial_parse(&t, text, &err), LUT_OK);
    CU_ASSERT_STRING_EQUAL(err.text, message);
}

static void test_parse(void)
{
    sweep_trial t;

    CU_ASSERT_EQUAL(sweep_trial_parse(&t, "", NULL), LUT_OK);
    CU_ASSERT_EQUAL(t.lut_rank, 6);
    CU_ASSERT_EQUAL(sweep_trial_parse(&t, "layers = \nwidth = nan\nseed = 3", NULL),
                    LUT_OK);
    CU_ASSERT(t.seed == 3 && isnan(t.width) && !t.layers[0]);
    parse_refused("lut_rnak = 3\n", "lut_rnak: a trial has no such field");
    parse_refused("lut_rank\n", "\"lut_rank\n\" found, want NAME = VALUE");
    parse_refused("lut_rank = 9\n", "lut_rank: 9 is out of range, want 1..8");
    parse_refused("seed = 1\nseed = 2\n", "seed is given twice");
}

static void test_layers(void)
{
    uint32_t width[LUT_MAX_LAYERS];
    char text[200] = "1";

    CU_ASSERT_EQUAL(sweep_trial_layers(width, "2000-1000"), 2);
    CU_ASSERT(width[0] == 2000 && width[1] == 1000);
    CU_ASSERT_EQUAL(sweep_trial_layers(width, "1048576"), 1);
    for (int i = 1; i < LUT_MAX_LAYERS; i++)
        strcat(text, "-1");
    CU_ASSERT_EQUAL(sweep_trial_layers(width, text), LUT_MAX_LAYERS);
    strcat(text, "-1");
    CU_ASSERT_EQUAL(sweep_trial_layers(width, text), 0);
    CU_ASSERT_EQUAL(sweep_trial_layers(width, ""), 0);
    CU_ASSERT_EQUAL(sweep_trial_layers(width, "600-"), 0);
    CU_ASSERT_EQUAL(sweep_trial_layers(width, "-600"), 0);
    CU_ASSERT_EQUAL(sweep_trial_layers(width, "600--600"), 0);
    CU_ASSERT_EQUAL(sweep_trial_layers(width, "600,600"), 0);
    CU_ASSERT_EQUAL(sweep_trial_layers(width, "0"), 0);
    CU_ASSERT_EQUAL(sweep_trial_layers(width, "1048577"), 0);
    CU_ASSERT_EQUAL(sweep_trial_layers(width, "99999999999999999999"), 0);
}

static void test_resolve_layers(void)
{
    sweep_trial t = start();

    t.width = 300;
    t.depth = 3;
    CU_ASSERT_EQUAL(resolve(&t, 10, NULL), LUT_OK);
    CU_ASSERT_STRING_EQUAL(t.layers, "300-300-300");
    t = start();
    strcpy(t.layers, "2000-1000");
    CU_ASSERT_EQUAL(resolve(&t, 10, NULL), LUT_OK);
    CU_ASSERT(isnan(t.width) && t.depth == 2);
    t = start();
    strcpy(t.layers, "0600-600"); /* canonical afterwards */
    CU_ASSERT_EQUAL(resolve(&t, 10, NULL), LUT_OK);
    CU_ASSERT(t.width == 600 && t.depth == 2);
    CU_ASSERT_STRING_EQUAL(t.layers, "600-600");
    t = start();
    t.depth = 32;
    t.width = 1048576;
    CU_ASSERT_EQUAL(resolve(&t, 1, NULL), LUT_OK);
}

/* The default is rounded for the classes, a width that was said never is. */
static void test_default_width(void)
{
    static const struct want {
        uint32_t classes;
        double width;
    } wants[] = { { 1, 1000 }, { 3, 999 },    { 7, 1001 },   { 10, 1000 },
                  { 26, 988 }, { 600, 1200 }, { 1024, 1024 } };

    for (size_t i = 0; i < LUT_COUNT(wants); i++) {
        sweep_trial t = start();

        t.width = (double)NAN;
        CU_ASSERT_EQUAL(resolve(&t, wants[i].classes, NULL), LUT_OK);
        CU_ASSERT_EQUAL(t.width, wants[i].width);
    }
}

/* A small set is not split unless that was said; what was said is obeyed. */
static void test_default_validation(void)
{
    static const struct want {
        size_t samples;
        uint32_t limit;
        double said, validation;
    } wants[] = { { 5000, 0, (double)NAN, 0.1 },
                  { 1000, 0, (double)NAN, 0.1 },
                  { 999, 0, (double)NAN, 0 },
                  { 5000, 1000, (double)NAN, 0.1 },
                  { 5000, 999, (double)NAN, 0 },
                  { 999, 5000, (double)NAN, 0 },
                  { 124, 0, 0.25, 0.25 },
                  { 124, 0, 0.1, 0.1 },
                  { 60000, 0, 0, 0 },
                  { 1, 0, (double)NAN, 0 } };

    for (size_t i = 0; i < LUT_COUNT(wants); i++) {
        const sweep_data_facts facts = { .classes = 10, .samples = wants[i].samples };
        sweep_trial t = start();
        char *text;

        t.validation = wants[i].said;
        t.train_limit = wants[i].limit;
        CU_ASSERT_EQUAL(sweep_trial_resolve(&t, &facts, NULL), LUT_OK);
        CU_ASSERT_EQUAL(t.validation, wants[i].validation);
        text = sweep_trial_text(&t); /* of which the key is made */
        CU_ASSERT_PTR_NULL(strstr(text, "validation = nan"));
        free(text);
    }
}

static void test_sampling(void)
{
    sweep_trial t = start();

    strcpy(t.parametrization, "dwn");
    CU_ASSERT_EQUAL(resolve(&t, 10, NULL), LUT_OK);
    CU_ASSERT_STRING_EQUAL(t.sampling, "hard");
    t = start();
    strcpy(t.parametrization, "light");
    CU_ASSERT_EQUAL(resolve(&t, 10, NULL), LUT_OK);
    CU_ASSERT_STRING_EQUAL(t.sampling, "soft");
}

static void test_options(void)
{
    sweep_trial t = start(), once;
    char value[LUT_FIELD_TEXT];

    strcpy(t.options, "step.gamma 0.5 dwn.alpha 0.25 adam.beta1 0.8");
    CU_ASSERT_EQUAL(resolve(&t, 10, NULL), LUT_OK);
    CU_ASSERT(sweep_options_get(value, t.options, "dwn.alpha"));
    CU_ASSERT_STRING_EQUAL(value, "0.25");
    CU_ASSERT(sweep_options_get(value, t.options, "adam.beta1"));
    CU_ASSERT_STRING_EQUAL(value, "0.8");
    /* defaults are written out, plug-ins not in use are dropped */
    CU_ASSERT(sweep_options_get(value, t.options, "adam.beta2"));
    CU_ASSERT(sweep_options_get(value, t.options, "dwn.beta"));
    CU_ASSERT(!sweep_options_get(value, t.options, "step.gamma"));
    CU_ASSERT(!sweep_options_get(value, t.options, "dwn.alph"));
    once = t;
    CU_ASSERT_EQUAL(resolve(&t, 10, NULL), LUT_OK);
    CU_ASSERT_EQUAL(memcmp(&t, &once, sizeof t), 0);
    t = start();
    strcpy(t.mapping_first, "learnable");
    strcpy(t.mapping_rest, "learnable");
    CU_ASSERT_EQUAL(resolve(&t, 10, NULL), LUT_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(strstr(t.options, "learnable.lm_tau"));
    CU_ASSERT_PTR_NULL(
        strstr(strstr(t.options, "learnable.lm_tau") + 1, "learnable.lm_tau"));
}

static void resolve_refused(sweep_trial t, const char *message)
{
    lut_err err = { 0 };

    CU_ASSERT_NOT_EQUAL(resolve(&t, 10, &err), LUT_OK);
    if (strcmp(err.text, message) != 0)
        printf("%s\n", err.text);
    CU_ASSERT_STRING_EQUAL(err.text, message);
}

/* In the family's order, whatever was typed; options of those in use alone. */
static void test_regularisers(void)
{
    sweep_trial t = start(), other = t;
    char key[SWEEP_KEY], same[SWEEP_KEY];

    strcpy(t.regulariser, "weight_decay+spectral_degree");
    strcpy(t.options, "weight_decay.weight 0.5 warp_l2.weight 3");
    CU_ASSERT_EQUAL(resolve(&t, 10, NULL), LUT_OK);
    CU_ASSERT_STRING_EQUAL(t.regulariser, "spectral_degree+weight_decay");
    CU_ASSERT_PTR_NOT_NULL(
        strstr(t.options, " spectral_degree.weight 0.0001 weight_decay.weight 0.5"));
    CU_ASSERT_PTR_NULL(strstr(t.options, "warp_l2"));
    strcpy(other.regulariser, "spectral_degree+weight_decay");
    strcpy(other.options, "weight_decay.weight 0.5");
    CU_ASSERT_EQUAL(resolve(&other, 10, NULL), LUT_OK);
    sweep_trial_key(key, &t, "0123456789abcdef");
    sweep_trial_key(same, &other, "0123456789abcdef");
    CU_ASSERT_STRING_EQUAL(key, same);
    t = start();
    strcpy(t.regulariser, "spectral_l1+spectral_l1");
    resolve_refused(t, "regulariser: spectral_l1 is named twice");
    strcpy(t.regulariser, "weight_decay+");
    resolve_refused(t, "regulariser: \"\": no such regulariser (all: lutsweep --list)");
    strcpy(t.regulariser, "none+weight_decay");
    resolve_refused(t, "regulariser: \"none\": no such regulariser (all: lutsweep "
                       "--list)");
    strcpy(t.regulariser, "spectral_l2");
    resolve_refused(t,
                    "regulariser: \"spectral_l2\": no such regulariser (did you mean "
                    "spectral_l1? all: lutsweep --list)");
    strcpy(t.regulariser, "warp_l2");
    resolve_refused(t,
                    "regulariser = \"warp_l2\": is about parametrization = \"warp\", "
                    "found \"dwn\"");
    strcpy(t.parametrization, "warp");
    CU_ASSERT_EQUAL(resolve(&t, 10, NULL), LUT_OK);
}

static void test_vetoes(void)
{
    sweep_trial t = start();
    lut_err err = { 0 };

    t.width = 1005;
    resolve_refused(t, "width = 1005: not divisible by the 10 classes of optdigits "
                       "(nearest: 1000, 1010)");
    t.padding = 1;
    CU_ASSERT_EQUAL(resolve(&t, 10, NULL), LUT_OK);
    t = start();
    t.width = 7;
    resolve_refused(t, "width = 7: not divisible by the 10 classes of optdigits "
                       "(nearest: 10)");
    t = start();
    strcpy(t.layers, "605-300"); /* votes come from the last layer alone */
    CU_ASSERT_EQUAL(resolve(&t, 10, NULL), LUT_OK);
    t = start();
    strcpy(t.layers, "300-605");
    resolve_refused(t, "layers = \"300-605\": the last one is not divisible by the 10 "
                       "classes of optdigits (nearest: 600, 610)");
    t = start();
    strcpy(t.layers, "12x");
    resolve_refused(t,
                    "layers = \"12x\": no list of at most 32 widths of 1..1048576 LUTs "
                    "like \"2000-1000\"");
    t = start();
    t.tau = 0;
    resolve_refused(t, "tau = 0: 0 is out of range, want 1e-06..1000000");
    t = start();
    t.lr = (double)NAN;
    resolve_refused(t, "lr = nan: nan is out of range, want 1e-09..1000");
    t = start();
    t.warmup = t.epochs;
    resolve_refused(t, "warmup = 20: want fewer than the 20 epochs");
    t.warmup--;
    CU_ASSERT_EQUAL(resolve(&t, 10, NULL), LUT_OK);
    t = start();
    strcpy(t.optimizer, "adma");
    resolve_refused(t,
                    "optimizer = \"adma\": no such optimizer (did you mean adam? all: "
                    "lutsweep --list)");
    t = start();
    strcpy(t.layers, "10-20-200");
    t.lut_rank = 2;
    strcpy(t.mapping_rest, "unique"); /* 45 pairs of 10, 190 of 20 */
    resolve_refused(t, "mapping_rest = \"unique\": layer 3: 200 LUTs want as many "
                       "different sets of 2 inputs; 20 inputs have 190");
    strcpy(t.layers, "10-20-190");
    CU_ASSERT_EQUAL(resolve(&t, 10, NULL), LUT_OK);
    t = start();
    strcpy(t.parametrization, "difflogic");
    t.lut_rank = 4;
    CU_ASSERT_EQUAL(resolve(&t, 10, &err), LUT_EINVAL);
    CU_ASSERT_PTR_NOT_NULL(
        strstr(err.text, "lut_rank = 4: \"difflogic\" takes 2 (other ranks: "));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "light"));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "warp"));
}

/* The first layer reads at most so many bits: the features times those of each. */
static void test_first_layer(void)
{
    const sweep_data_facts facts = { .classes = 10, .samples = 5000, .features = 3 };
    sweep_trial t = start(), fits;
    lut_err err = { 0 };

    strcpy(t.layers, "37-10");
    t.lut_rank = 2;
    strcpy(t.mapping_first, "unique");
    fits = t;
    CU_ASSERT_EQUAL(sweep_trial_resolve(&t, &facts, &err), LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text,
                           "mapping_first = \"unique\": layer 1: 37 LUTs want as many "
                           "different sets of 2 inputs; 9 inputs have 36");
    strcpy(fits.layers, "36-10");
    CU_ASSERT_EQUAL(sweep_trial_resolve(&fits, &facts, NULL), LUT_OK);
}

static void test_key(void)
{
    const char *digest = "0123456789abcdef";
    sweep_trial t = start(), other;
    char key[SWEEP_KEY], again[SWEEP_KEY];

    CU_ASSERT_EQUAL(resolve(&t, 10, NULL), LUT_OK);
    sweep_trial_key(key, &t, digest);
    CU_ASSERT_EQUAL(strspn(key, "0123456789abcdef"), 16);
    CU_ASSERT_EQUAL(key[16], 0);
    /* the same network said by its layers */
    other = start();
    strcpy(other.layers, "1000-1000");
    other.width = 30;
    CU_ASSERT_EQUAL(resolve(&other, 10, NULL), LUT_OK);
    sweep_trial_key(again, &other, digest);
    CU_ASSERT_STRING_EQUAL(key, again);
    /* width and depth are read from layers */
    other.width = 5;
    other.depth = 5;
    sweep_trial_key(again, &other, digest);
    CU_ASSERT_STRING_EQUAL(key, again);
    sweep_trial_key(again, &t, "0123456789abcdee");
    CU_ASSERT_STRING_NOT_EQUAL(key, again);
}

/* Key of the defaults with "name value" pairs set. */
static void key_of(char key[SWEEP_KEY], const char *pairs)
{
    char name[64], value[64];
    size_t n;
    const lut_field *all = sweep_trial_fields(&n);
    sweep_trial t = start();
    int used = 0;

    for (; sscanf(pairs, "%63s %63s%n", name, value, &used) == 2; pairs += used) {
        const lut_field *f = lut_field_find(all, n, name);

        CU_ASSERT_PTR_NOT_NULL_FATAL(f);
        if (strcmp(name, "options") == 0) /* a blank would end it */
            *strrchr(value, '_') = ' ';
        CU_ASSERT_EQUAL_FATAL(lut_field_set_text(f, &t, value, NULL), LUT_OK);
    }
    CU_ASSERT_EQUAL_FATAL(resolve(&t, 10, NULL), LUT_OK);
    sweep_trial_key(key, &t, "0123456789abcdef");
}

/* Whether fields mean something besides others. */
static void check_idle(const char *others, const char *idle, bool is_idle)
{
    char both[300], key[SWEEP_KEY], with[SWEEP_KEY];

    snprintf(both, sizeof both, "%s %s", others, idle);
    key_of(key, others);
    key_of(with, both);
    if ((strcmp(key, with) == 0) != is_idle)
        fprintf(stderr, "\n  %s: %s\n", others, idle);
    CU_ASSERT_EQUAL(strcmp(key, with) == 0, is_idle);
}

/* The same network has one key. */
static void test_idle_fields(void)
{
    static const char schedule[] =
        "temperature 2 temperature_schedule linear temperature_end 0.5";

    check_idle("parametrization dwn", schedule, true);
    check_idle("parametrization dwn weight_init residual", "temperature 2", true);
    check_idle("parametrization fourier", schedule, true);
    check_idle("parametrization light", schedule, false);
    check_idle("weight_init random", "anchor_init false", true);
    check_idle("weight_init random", "residual_probability 0.8", true);
    check_idle("weight_init residual", "anchor_init false", false);
    check_idle("weight_init residual", "residual_probability 0.8", false);
    check_idle("validation 0", "patience 3", true);
    check_idle("validation 0", "split_seed 3", false); /* it orders the rows */
    check_idle("validation 0.2", "patience 3", false);
    check_idle("depth 1", "grad_factor 2", true);
    check_idle("depth 1 encoder_learn true", "grad_factor 2", false);
    check_idle("depth 2", "grad_factor 2", false);
    check_idle("optimizer sgd", "moments bfloat16", true); /* one value a weight */
    check_idle("optimizer adamw", "moments bfloat16", false);
    check_idle("parametrization dwn", "activations half", true); /* bits */
    check_idle("parametrization light sampling hard", "activations half", true);
    check_idle("parametrization light", "activations half", false);
    check_idle("depth 1", "mapping_rest learnable", true);
    check_idle("layers 1000", "mapping_rest learnable", true);
    check_idle("depth 2", "mapping_rest learnable", false);
    check_idle("depth 2", "train_limit 5000", true);
    check_idle("depth 2", "train_limit 4999", false);
    check_idle("dataset csv", "options csv.test_seed_2", true);
    check_idle("dataset iris", "options iris.test_seed_2", false);
    check_idle("encoder_learn false", "encoder_clip 2", true);
    check_idle("encoder_learn true", "encoder_clip 2", false);
}

/* Every field but width and depth enters the key. */
static void test_key_fields(void)
{
    size_t n;
    const lut_field *f = sweep_trial_fields(&n);
    sweep_trial t = start();
    char key[SWEEP_KEY], changed[SWEEP_KEY];

    sweep_trial_key(key, &t, "0123456789abcdef");
    for (size_t i = 0; i < n; i++) {
        sweep_trial other = t;
        bool left_out =
            strcmp(f[i].name, "width") == 0 || strcmp(f[i].name, "depth") == 0;

        if (f[i].type == LUT_WHOLE)
            *(double *)((char *)&other + f[i].offset) += 1;
        else
            ((char *)&other)[f[i].offset] ^= 1;
        sweep_trial_key(changed, &other, "0123456789abcdef");
        CU_ASSERT_EQUAL(strcmp(key, changed) == 0, left_out);
    }
}

/* A key is for ever: results are found again by it.  Computed elsewhere with SHA-256. */
static void test_known_key(void)
{
    sweep_trial t;
    char key[SWEEP_KEY], other[SWEEP_KEY];
    size_t n;
    const lut_field *hardware = sweep_hardware_fields(&n);

    memset(&t, 0, sizeof t);
    lut_fields_default(hardware, n, &t);
    sweep_trial_key(key, &t, "0000000000000000");
    CU_ASSERT_STRING_EQUAL(key, "ba070f3bb269267d");
    t.adder_tree = 1; /* the same text, "adder_tree = true" behind it */
    sweep_trial_key(other, &t, "0000000000000000");
    CU_ASSERT_STRING_NOT_EQUAL(other, key);
    sweep_training_key(other, &t, "0000000000000000");
    CU_ASSERT_STRING_EQUAL(other, key);
}

static void test_digest(void)
{
    float x[6] = { 0, 1, 2, 3, 4, 5 }, y[2] = { 6, 7 };
    uint16_t label[3] = { 0, 1, 0 }, test_label[1] = { 1 };
    lut_data d = {
        .train = { .samples = 3, .features = 2, .classes = 2, .x = x, .label = label },
        .test = { .samples = 1,
                  .features = 2,
                  .classes = 2,
                  .x = y,
                  .label = test_label }
    };
    char digest[SWEEP_DIGEST], again[SWEEP_DIGEST];

    sweep_data_digest(digest, &d);
    CU_ASSERT_STRING_EQUAL(digest, "dc2b3871518cfdaf");
    x[5] = 5.5f;
    sweep_data_digest(again, &d);
    CU_ASSERT_STRING_NOT_EQUAL(digest, again);
    x[5] = 5;
    label[1] = 0;
    sweep_data_digest(again, &d);
    CU_ASSERT_STRING_NOT_EQUAL(digest, again);
    label[1] = 1;
    test_label[0] = 0;
    sweep_data_digest(again, &d);
    CU_ASSERT_STRING_NOT_EQUAL(digest, again);
    test_label[0] = 1;
    d.train.classes = d.test.classes = 3;
    sweep_data_digest(again, &d);
    CU_ASSERT_STRING_NOT_EQUAL(digest, again);
    d.train.classes = d.test.classes = 2;
    sweep_data_digest(again, &d);
    CU_ASSERT_STRING_EQUAL(digest, again);
}

static double cost(const char *layers, uint32_t rank, const char *mapping,
                   uint32_t epochs)
{
    sweep_trial t = start();

    strcpy(t.layers, layers);
    strcpy(t.mapping_first, mapping);
    t.lut_rank = rank;
    t.epochs = epochs;
    CU_ASSERT_EQUAL(resolve(&t, 10, NULL), LUT_OK);
    return sweep_trial_cost(&t, 1000);
}

/* In proportion to epochs and layers, but for the little that every trial does; a first
 * layer reads bits, whatever its rank, and then its optimizer visits 2^rank weights. */
static void test_cost(void)
{
    double one = cost("10000", 4, "random", 10), fixed = cost("10000", 4, "random", 1);

    CU_ASSERT(one > 0 && fixed > 0);
    fixed = (10 * fixed - one) / 9;
    CU_ASSERT_DOUBLE_EQUAL(cost("10000", 4, "random", 20), 2 * one - fixed, 1e-9 * one);
    CU_ASSERT_DOUBLE_EQUAL(cost("20000", 4, "random", 10), 2 * one - fixed, 1e-9 * one);
    CU_ASSERT(cost("10000-10000", 4, "random", 10) > 2 * one - fixed);
    CU_ASSERT(cost("10000", 6, "random", 10) > 1.2 * one);
    CU_ASSERT(cost("10000", 4, "learnable", 10) > 2 * one);
}

static double cost_of_steps(uint32_t batch, const char *regulariser)
{
    sweep_trial t = start();

    strcpy(t.layers, "10000");
    strcpy(t.regulariser, regulariser);
    t.lut_rank = 6;
    t.batch = batch;
    CU_ASSERT_EQUAL(resolve(&t, 10, NULL), LUT_OK);
    return sweep_trial_cost(&t, 1000);
}

static void test_cost_of_steps(void)
{
    CU_ASSERT(cost_of_steps(16, "none") > 2 * cost_of_steps(256, "none"));
    CU_ASSERT(cost_of_steps(32, "spectral_sigma_max") > 10 * cost_of_steps(32, "none"));
    CU_ASSERT(cost_of_steps(32, "weight_decay") < 2 * cost_of_steps(32, "none"));
}

static double cost_of(const char *parametrization, const char *options)
{
    sweep_trial t = start();

    strcpy(t.parametrization, parametrization);
    strcpy(t.options, options);
    strcpy(t.layers, "10000-10000");
    t.lut_rank = 4;
    CU_ASSERT_EQUAL(resolve(&t, 10, NULL), LUT_OK);
    return sweep_trial_cost(&t, 1000);
}

/* A polynomial of degree 4 has 70 weights, light 16 entries. */
static void test_field_cost(void)
{
    CU_ASSERT(cost_of("poly", "poly.degree 4") >
              2.5 * cost_of("poly", "poly.degree 2"));
    CU_ASSERT(cost_of("poly", "poly.degree 4") > 3 * cost_of("light", ""));
    CU_ASSERT(cost_of("warp", "") == cost_of("light", ""));
    CU_ASSERT(cost_of("dwn", "") < cost_of("light", "")); /* looks up, everywhere */
}

UNIT_MAIN("trial", UNIT(test_tables), UNIT(test_status), UNIT(test_text),
          UNIT(test_parse), UNIT(test_layers), UNIT(test_resolve_layers),
          UNIT(test_default_width), UNIT(test_default_validation), UNIT(test_sampling),
          UNIT(test_options), UNIT(test_regularisers), UNIT(test_vetoes),
          UNIT(test_first_layer), UNIT(test_key), UNIT(test_idle_fields),
          UNIT(test_key_fields), UNIT(test_known_key), UNIT(test_digest),
          UNIT(test_cost), UNIT(test_cost_of_steps), UNIT(test_field_cost))
