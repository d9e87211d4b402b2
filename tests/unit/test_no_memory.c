/* Every allocation of lib fails once, in turn: the caller gets LUT_ENOMEM and a message,
 * and nothing leaks (run under --enable-sanitize=address). */
#include "lib/circuit/cost.h"
#include "lib/circuit/packed.h"
#include "lib/data/dataset.h"
#include "lib/encode/encode.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/nets.h"

#include <string.h>

extern const lut_encode_ops lut_encode_uniform;

typedef lut_status (*work_fn)(lut_err *err);

/* Until it succeeds: allocation 0, 1, ... fails. */
static void starve(work_fn work, long least)
{
    lut_status st = LUT_ENOMEM;
    long n = 0;

    for (; st != LUT_OK && n < 1000; n++) {
        lut_err err = { 0 };

        fail_alloc_at(n);
        st = work(&err);
        fail_alloc_at(-1);
        CU_ASSERT_EQUAL_FATAL(err.code, st);
        CU_ASSERT(st == LUT_OK || st == LUT_ENOMEM);
        CU_ASSERT(st == LUT_OK || strstr(err.text, "no memory"));
    }
    CU_ASSERT(n > least); /* the failures did happen */
    CU_ASSERT_EQUAL(st, LUT_OK);
}

static lut_status load(const char *set, const char *options, lut_err *err)
{
    static const char *const folder[] = { SOURCE_DATA, TEST_DATA, NULL };
    lut_data d;
    lut_status st = lut_data_load(&d, set, options, folder, err);

    lut_data_fini(&d);
    return st;
}

static lut_status load_files(lut_err *err)
{
    return load("optdigits", NULL, err);
}

static lut_status load_share(lut_err *err)
{
    return load("csv", "csv.train optdigits/optdigits.tes csv.test_share 0.2", err);
}

/* Categories, text classes, options that a set leaves open, a random part. */
static lut_status load_categories(lut_err *err)
{
    return load("breast-cancer", "breast-cancer.test_seed 3", err);
}

static lut_status load_found_values(lut_err *err)
{
    return load(
        "csv",
        "csv.train breast-cancer/breast-cancer.data csv.categorical auto "
        "csv.missing category csv.label first csv.classes text csv.train_rows 9",
        err);
}

static lut_status load_arff(lut_err *err)
{
    return load("jsc-openml", NULL, err);
}

static lut_status load_npy(lut_err *err)
{
    return load("jsc-cernbox", NULL, err);
}

static lut_status load_synth(lut_err *err)
{
    return load("synth", "synth.samples 10 synth.test_samples 10", err);
}

static lut_status fit(lut_err *err)
{
    float x[4] = { 1, 2, 3, 4 };
    char name[2][LUT_FEATURE_NAME] = { "a", "b" };
    lut_dataset d = { .samples = 2, .features = 2, .x = x, .name = name };
    lut_encode_data in = { .d = &d, .n = 2 };
    lut_encoder_cfg cfg = {
        .ops = &lut_encode_uniform, .bits = 3, .scope = LUT_GLOBAL, .single = true
    };
    lut_encoder enc;
    lut_status st = lut_encoder_fit(&enc, &cfg, &in, err);

    lut_encoder_fini(&enc);
    return st;
}

static lut_status pack(lut_err *err)
{
    lut_circuit c;
    lut_packed *p;
    lut_status st =
        lut_circuit_alloc(&c, 9, 2, 2, (uint32_t[]){ 8, 4 }, (uint32_t[]){ 2, 7 }, err);

    if (st != LUT_OK)
        return st;
    st = lut_packed_create(&p, &c, &(lut_exec){ .threads = 3 }, err);
    CU_ASSERT((p != NULL) == (st == LUT_OK));
    lut_packed_destroy(p);
    lut_circuit_fini(&c);
    return st;
}

/* From circuit and encoder to parts and costs. */
static lut_status design(lut_err *err)
{
    static float threshold[9] = { 1, 2, 3, 4, 5, 6, 7, 8, 9 };
    static uint8_t codes[12] = { 0, 0, 0, 1, 0, 0, 1, 1, 0, 1, 1, 1 };
    static char name[3][LUT_FEATURE_NAME];
    static const lut_pipeline pipeline = { .layer = { 1 }, .popcount = 3 };
    const lut_encoder enc = { .features = 3,
                              .thresholds = 3,
                              .bits = 3,
                              .threshold = threshold,
                              .codes = codes,
                              .name = name,
                              .input = { .width = 4 } };
    uint64_t gates;
    lut_circuit c;
    lut_design d;
    lut_cost cost;
    lut_status st = lut_circuit_alloc(&c, 9, 2, 2, (uint32_t[]){ 8, 60 },
                                      (uint32_t[]){ 3, 7 }, err);

    if (st != LUT_OK)
        return st;
    for (uint32_t i = 0; i < 8; i++)
        c.layer[0].tt[i] = 0x17 + i;
    for (uint32_t i = 0; i < 120; i++)
        c.layer[1].tt[i] = 0x123456789abcdefu * (i + 1);
    for (uint32_t i = 0; i < 60 * 7; i++)
        c.layer[1].wire[i] = i % 8;
    for (uint32_t i = 0; i < 8 * 3; i++)
        c.layer[0].wire[i] = i % 9;
    st = lut_design_make(&d, &c, &enc, &pipeline, err);
    CU_ASSERT((d.popcount != NULL) == (st == LUT_OK));
    if (st == LUT_OK)
        st = lut_cost_of(&cost, &d, err);
    if (st == LUT_OK)
        st = lut_cost_nand2(&gates, &d.core, err);
    lut_design_fini(&d);
    lut_circuit_fini(&c);
    return st;
}

/* Creation, two epochs with validation, hardening. */
static lut_status train(lut_err *err)
{
    static const net_spec spec = { .inputs = 8,
                                   .classes = 2,
                                   .luts = { 20, 6 },
                                   .k = 3,
                                   .param = "light",
                                   .first = "learnable",
                                   .rest = "random",
                                   .optim = "adam" };
    static uint64_t x[70];
    static uint16_t label[70];
    lut_samples s = { .x = x, .ld = 1, .inputs = 8, .label = label, .n = 70 };
    lut_train_cfg cfg = { .schedule = lut_schedule_find("constant"),
                          .lr = 0.01,
                          .epochs = 2,
                          .batch = 64,
                          .temperature = { LUT_CONSTANT, 1, 1 } };
    lut_train_result result;
    lut_circuit c = { 0 };
    lut_net *net;
    lut_status st = net_try(&net, &spec, lut_backend_find(NULL), 1, err);

    for (unsigned i = 0; i < 70; i++)
        label[i] = (x[i] = i * 37 % 256) % 2;
    CU_ASSERT((net != NULL) == (st == LUT_OK));
    if (st == LUT_OK)
        st = lut_train(net, &result, &cfg, &(lut_exec){ .threads = 1 }, &s, &s, NULL,
                       NULL, err);
    if (st == LUT_OK)
        st = lut_net_harden(&c, net, err);
    lut_circuit_fini(&c);
    lut_net_destroy(net);
    return st;
}

static void test_data(void)
{
    starve(load_files, 8);
    starve(load_share, 9);
    starve(load_synth, 7);
    starve(load_categories, 22);
    starve(load_found_values, 20);
    starve(load_arff, 10);
    starve(load_npy, 12);
}

static void test_encode(void)
{
    starve(fit, 3);
}

static void test_circuit(void)
{
    starve(pack, 7);
    starve(design, 60);
}

static void test_net(void)
{
    starve(train, 25);
}

UNIT_MAIN("no_memory", UNIT(test_data), UNIT(test_encode), UNIT(test_circuit),
          UNIT(test_net))
