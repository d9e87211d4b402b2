/* lib/export/verilog: what is written, read back, is the network; whatever else is noticed. */
#include "lib/circuit/cost.h"
#include "tests/support/shelf.h"
#include "tests/support/unit.h"

static void try_design(const design_shape *shape, const char *options)
{
    shelf s;
    random_design r;
    verilog_cfg cfg;
    lut_err err = { 0 };

    shelf_options(&cfg, options);
    if (design_make(&r, shape, &err) != LUT_OK) {
        fprintf(stderr, "\n%s", err.text);
        CU_FAIL_FATAL("design");
    }
    shelf_write(&s, &cfg, &r);
    CU_ASSERT_EQUAL(shelf_differences(&s, &cfg, &r, true), 0);
    shelf_clear(&s);
    design_free(&r);
}

static const lut_fixed u8 = { 8, 0, false }, s12 = { 12, 3, true },
                       u3 = { 3, 1, false }, s8 = { 8, 0, true };

static void test_shapes(void)
{
    static const char *const encoder[] = { "distributive", "uniform",       "gaussian",
                                           "binary",       "gray",          "one_hot",
                                           "logarithmic",  "sign_magnitude" };

    for (uint32_t k = 1; k <= LUT_MAX_K; k++)
        for (size_t e = 0; e < LUT_COUNT(encoder); e++) {
            design_shape s = { encoder[e],       6, 4, 40,
                               e % 2 ? s12 : u8, 3, 4, { 50, 40, 30 },
                               { k, 9 - k, k },  k };

            try_design(&s,
                       e % 3 ? "verilog.pipe_layers 1 verilog.pipe_popcount 2" : "");
            try_design(&s, "verilog.encoder behavioural verilog.popcount tree");
        }
}

/* No votes, one class, one LUT, votes that are always there, wide groups. */
static void test_corners(void)
{
    static const struct {
        uint32_t luts, classes, k;
    } corner[] = { { 1, 1, 1 },   { 3, 1, 2 },   { 2, 2, 1 },    { 7, 10, 6 },
                   { 700, 3, 2 }, { 64, 16, 1 }, { 300, 300, 2 } };
    static const char *const options[] = {
        "", "verilog.popcount tree",
        "verilog.encoder behavioural verilog.handshake none", "verilog.handshake enable"
    };

    for (size_t i = 0; i < LUT_COUNT(corner); i++)
        for (size_t j = 0; j < LUT_COUNT(options); j++) {
            design_shape s = { "distributive",
                               5,
                               3,
                               20,
                               i % 2 ? u8 : u3,
                               1,
                               corner[i].classes,
                               { corner[i].luts },
                               { corner[i].k },
                               i };

            try_design(&s, options[j]);
        }
}

static void test_real_inputs(void)
{
    design_shape s = { "distributive", 5,        3, 20, { 0, 0, false }, 2, 3,
                       { 30, 20 },     { 4, 6 }, 3 };

    try_design(&s, "verilog.encoder none");
    try_design(&s, "verilog.input_width 9 verilog.input_frac 1");
}

/* ---- counts ---- */

/* Instances of look-up tables in a file, or flip-flops of the registers of the top. */
static uint32_t instances(const shelf *s, const char *file)
{
    uint32_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        for (const char *at = s->text[i];
             strcmp(s->name[i], file) == 0 && (at = strstr(at, "\nLUT")); at++)
            n += at[4] >= '1' && at[4] <= '6' && at[5] == ' ';
    return n;
}

static uint32_t flip_flops(const shelf *s, const verilog_plan *p)
{
    const char *at = NULL;
    unsigned block = 0;
    uint32_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->name[i], "net_top.v") == 0)
            at = s->text[i];
    CU_ASSERT_PTR_NOT_NULL_FATAL(at);
    while ((at = strstr(at, "#(.W("))) {
        uint32_t width = (uint32_t)strtoul(at + 5, NULL, 10);

        CU_ASSERT_FATAL(block < p->nblocks);
        n += verilog_stages(p, &p->block[block++]) * (width + 1);
        at++;
    }
    CU_ASSERT_EQUAL(block, p->nblocks);
    return n;
}

/* What cost says of a design is what stands in its files. */
static void compare_counts(const shelf *s, const verilog_plan *p)
{
    lut_cost cost;
    lut_err err = { 0 };
    uint32_t layers = 0;
    char name[32];

    CU_ASSERT_EQUAL_FATAL(lut_cost_of(&cost, &p->design, &err), LUT_OK);
    for (unsigned l = 0; l < 3; l++) {
        snprintf(name, sizeof name, "net_l%u.v", l);
        layers += instances(s, name);
    }
    CU_ASSERT_EQUAL(instances(s, "net_enc.v"), cost.encoder);
    CU_ASSERT_EQUAL(layers, cost.layers);
    CU_ASSERT_EQUAL(instances(s, "net_pop0.v") + instances(s, "net_pop1.v"),
                    cost.popcount - cost.adders);
    CU_ASSERT_EQUAL(instances(s, "net_argmax.v"), cost.argmax);
    CU_ASSERT_EQUAL(flip_flops(s, p), lut_cost_flip_flops(&cost));
}

static void count_design(const design_shape *shape, const char *options)
{
    shelf s;
    random_design r;
    verilog_cfg cfg;
    verilog_plan p;
    lut_err err = { 0 };

    shelf_options(&cfg, options);
    CU_ASSERT_EQUAL_FATAL(design_make(&r, shape, &err), LUT_OK);
    shelf_write(&s, &cfg, &r);
    CU_ASSERT_EQUAL_FATAL(verilog_plan_make(&p, &cfg, &r.design, &err), LUT_OK);
    compare_counts(&s, &p);
    verilog_plan_fini(&p);
    shelf_clear(&s);
    design_free(&r);
}

static void test_counts(void)
{
    static const char *const encoder[] = { "distributive", "gray", "bits", "one_hot" };
    static const char *const options[] = {
        "", "verilog.pipe_layers 1 verilog.pipe_popcount 3 verilog.pipe_output 1",
        "verilog.pipe_layers 2 verilog.pipe_every 2 verilog.pipe_popcount 2 "
        "verilog.pipe_encoder 1",
        "verilog.pipe_layers 1 verilog.pipe_popcount 5 verilog.handshake enable"
    };

    for (size_t e = 0; e < LUT_COUNT(encoder); e++)
        for (size_t o = 0; o < LUT_COUNT(options); o++)
            for (uint32_t k = 1; k <= 6; k++) {
                design_shape s = { encoder[e],      6, 8, 40,
                                   o % 2 ? s8 : u8, 3, 4, { 90, 80, 70 },
                                   { k, 7 - k, k }, k };

                count_design(&s, options[o]);
            }
}

/* ---- faults ---- */

typedef struct tally {
    size_t faults, caught, same;
} tally;

/* One fault: it is found, or the design is the same for every input there is. */
static void try_fault(tally *t, const shelf *s, const verilog_cfg *cfg,
                      const random_design *r, const verilog_model *good)
{
    verilog_model bad;
    lut_err err = { 0 };

    t->faults++;
    if (shelf_differences(s, cfg, r, false)) {
        t->caught++;
        return;
    }
    CU_ASSERT_EQUAL_FATAL(shelf_read(&bad, s, &err), LUT_OK);
    t->same += shelf_same(good, &bad);
    verilog_model_fini(&bad);
}

static void break_files(tally *t, shelf *s, const verilog_cfg *cfg,
                        const random_design *r, lut_rng *rng, size_t wanted)
{
    verilog_model good;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL_FATAL(shelf_read(&good, s, &err), LUT_OK);
    while (t->faults < wanted) {
        shelf_spot p = shelf_pick(s, rng);

        s->text[p.file][p.at] = p.now;
        try_fault(t, s, cfg, r, &good);
        s->text[p.file][p.at] = p.was;
    }
    verilog_model_fini(&good);
}

static void test_faults(void)
{
    static const char *const options[] = {
        "", "verilog.encoder behavioural", "verilog.popcount tree verilog.pipe_layers 1"
    };
    tally all = { 0 };

    for (size_t o = 0; o < LUT_COUNT(options); o++) {
        design_shape shape = { "distributive", 3,        4, 30, { 4, 0, false }, 2, 3,
                               { 20, 24 },     { 4, 3 }, o };
        lut_rng rng = lut_rng_make(o, LUT_RNG_TEST, 2);
        tally t = { 0 };
        shelf s;
        random_design r;
        verilog_cfg cfg;

        shelf_options(&cfg, options[o]);
        CU_ASSERT_EQUAL_FATAL(design_make(&r, &shape, NULL), LUT_OK);
        shelf_write(&s, &cfg, &r);
        break_files(&t, &s, &cfg, &r, &rng, 100);
        CU_ASSERT_EQUAL(t.faults, 100);
        CU_ASSERT_EQUAL(t.caught + t.same, t.faults);
        CU_ASSERT(t.caught >= 80);
        all.faults += t.faults;
        all.caught += t.caught;
        all.same += t.same;
        shelf_clear(&s);
        design_free(&r);
    }
    printf("%zu faults, %zu caught, %zu without any effect ", all.faults, all.caught,
           all.same);
}

static void test_refused(void)
{
    static const struct {
        const char *text, *message;
    } bad[] = {
        { "", "no file has the module t" },
        { "module t #(parameter integer P = 0) (input wire x);", "want endmodule" },
        { "module t #(parameter integer P = 0) (input wire [3:0] s_data);\n"
          "wire [2:0] a = s_data;",
          "a.v:2: widths differ, at \";\"" },
        { "module t #(parameter integer P = 0) (input wire [3:0] s_data);\n"
          "wire a = s_data[4];",
          "a.v:2: bits beyond the vector, at \";\"" },
        { "module t #(parameter integer P = 0) (input wire s_data);\nwire a = s_data;\n"
          "assign a = s_data;",
          "a.v:3: a bit has two drivers, at \";\"" },
        { "module t #(parameter integer P = 0) (input wire s_data, output wire "
          "m_class,\n"
          "output wire m_score);\nwire d0 = s_data;\nassign m_class = d0;\nendmodule",
          "a bit that an output needs has no driver" },
        { "module t #(parameter integer P = 0) (input wire s_data, output wire "
          "m_class,\n"
          "output wire m_score);\nwire d0 = s_data;\nassign m_class = m_score;\n"
          "assign m_score = m_class;\nendmodule",
          "a bit depends on itself" },
    };

    for (size_t i = 0; i < LUT_COUNT(bad); i++) {
        verilog_model m;
        lut_err err = { 0 };
        verilog_source s = { "a.v", bad[i].text };
        lut_status st = verilog_read(&m, &s, 1, "t", &err);

        CU_ASSERT_EQUAL(st, LUT_EFORMAT);
        if (!strstr(err.text, bad[i].message))
            fprintf(stderr, "\n%zu: %s", i, err.text);
        CU_ASSERT_PTR_NOT_NULL(strstr(err.text, bad[i].message));
        CU_ASSERT_PTR_NULL(m.net);
    }
}

/* Files of two networks, or of two sets of options. */
static void test_mixed(void)
{
    design_shape shape = { "distributive", 3,        4, 30, { 4, 0, false }, 2, 3,
                           { 20, 24 },     { 4, 3 }, 1 };
    shelf a, b;
    random_design r;
    verilog_cfg one, two;
    verilog_model m;
    lut_err err = { 0 };

    shelf_options(&one, "");
    shelf_options(&two, "verilog.pipe_output 2");
    CU_ASSERT_EQUAL_FATAL(design_make(&r, &shape, &err), LUT_OK);
    shelf_write(&a, &one, &r);
    shelf_write(&b, &two, &r);
    for (size_t i = 0; i < a.n; i++)
        if (strcmp(a.name[i], "net_pop1.v") == 0) {
            char *x = a.text[i];

            a.text[i] = b.text[i];
            b.text[i] = x;
        }
    CU_ASSERT_EQUAL(shelf_read(&m, &a, &err), LUT_EFORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "net_pop1.v"));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "different networks"));
    shelf_clear(&a);
    shelf_clear(&b);
    design_free(&r);
}

UNIT_MAIN("verilog", UNIT(test_shapes), UNIT(test_corners), UNIT(test_real_inputs),
          UNIT(test_counts), UNIT(test_faults), UNIT(test_refused), UNIT(test_mixed))
