/* lib/export/verilog: what is written, read back, is the network; whatever else is noticed. */
#include "lib/circuit/cost.h"
#include "lib/export/verilog.h"
#include "lib/export/verilog_check.h"
#include "tests/support/designs.h"
#include "tests/support/unit.h"

enum { FILES = 80 };

/* Files in memory. */
typedef struct shelf {
    char *name[FILES], *text[FILES];
    size_t size[FILES], n;
} shelf;

static lut_status start(void *arg, const char *name)
{
    shelf *s = arg;

    CU_ASSERT_FATAL(s->n < FILES);
    s->name[s->n] = strdup(name);
    s->text[s->n] = calloc(1, 1);
    s->size[s->n++] = 0;
    return LUT_OK;
}

static lut_status take(void *arg, const char *text, size_t n)
{
    shelf *s = arg;
    size_t at = s->n - 1;

    s->text[at] = realloc(s->text[at], s->size[at] + n + 1);
    memcpy(s->text[at] + s->size[at], text, n);
    s->size[at] += n;
    s->text[at][s->size[at]] = 0;
    return LUT_OK;
}

static void clear(shelf *s)
{
    for (size_t i = 0; i < s->n; i++) {
        free(s->name[i]);
        free(s->text[i]);
    }
    s->n = 0;
}

static void set_options(verilog_cfg *cfg, const char *text)
{
    lut_err err = { 0 };
    const lut_export_ops *ops = lut_export_find("verilog");

    CU_ASSERT_PTR_NOT_NULL_FATAL(ops);
    CU_ASSERT_EQUAL_FATAL(ops->cfg_size, sizeof *cfg);
    if (lut_options_parse(cfg, text, "verilog", ops->fields, ops->nfields, &err) !=
        LUT_OK)
        CU_FAIL_FATAL("options");
}

static void write_files(shelf *s, const verilog_cfg *cfg, const random_design *r)
{
    lut_export_out out = { start, take, s };
    lut_err err = { 0 };

    s->n = 0;
    if (lut_export_find("verilog")->write(cfg, &r->design, &out, &err) != LUT_OK) {
        fprintf(stderr, "\n%s", err.text);
        CU_FAIL_FATAL("write");
    }
}

/* Differences that are found: by reading (1) or by comparing. */
static size_t differences(const shelf *s, const verilog_cfg *cfg,
                          const random_design *r, bool say)
{
    verilog_finding f[VERILOG_FINDINGS];
    verilog_source source[FILES];
    lut_err err = { 0 };
    size_t n, nsources = 0, wrong = 0;

    for (size_t i = 0; i < s->n; i++)
        if (strstr(s->name[i], ".v") && !strstr(s->name[i], "_tb.v"))
            source[nsources++] = (verilog_source){ s->name[i], s->text[i] };
    if (verilog_check(f, &n, cfg, &r->design, source, nsources, 1, &err) != LUT_OK) {
        if (say)
            fprintf(stderr, "\n%s", err.text);
        return 1;
    }
    CU_ASSERT(n >= 4);
    for (size_t i = 0; i < n; i++) {
        wrong += f[i].wrong;
        if (say && f[i].wrong)
            fprintf(stderr, "\n%s: %zu of %.0f: %s", f[i].what, f[i].wrong, f[i].cases,
                    f[i].first);
    }
    return wrong;
}

static void try_design(const design_shape *shape, const char *options)
{
    shelf s;
    random_design r;
    verilog_cfg cfg;
    lut_err err = { 0 };

    set_options(&cfg, options);
    if (design_make(&r, shape, &err) != LUT_OK) {
        fprintf(stderr, "\n%s", err.text);
        CU_FAIL_FATAL("design");
    }
    write_files(&s, &cfg, &r);
    CU_ASSERT_EQUAL(differences(&s, &cfg, &r, true), 0);
    clear(&s);
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

    set_options(&cfg, options);
    CU_ASSERT_EQUAL_FATAL(design_make(&r, shape, &err), LUT_OK);
    write_files(&s, &cfg, &r);
    CU_ASSERT_EQUAL_FATAL(verilog_plan_make(&p, &cfg, &r.design, &err), LUT_OK);
    compare_counts(&s, &p);
    verilog_plan_fini(&p);
    clear(&s);
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

/* Places of text where one character decides something: digits of tables, of wires, of bits
 * and of constants.  Returns the character that stands there instead, 0 for none. */
static char other(const char *line, const char *at)
{
    bool hex = false;
    const char *c = at;

    if (strncmp(line, "wire unused", 11) == 0 || line[0] == '/' || line[0] == '`')
        return 0;
    while (c > line && ((*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'f')))
        c--;
    hex = *c == 'h';
    if (hex)
        return *at == '0'   ? '1'
               : *at == '5' ? '4'
               : *at == 'a' ? 'b'
               : *at == '8' ? '9'
                            : 0;
    if (*at >= '0' && *at <= '9' && at[1] != '\'')
        return *at == '9' ? '8' : (char)(*at + 1);
    return 0;
}

static const char *line_of(const char *text, const char *at)
{
    while (at > text && at[-1] != '\n')
        at--;
    return at;
}

/* Whether the two give the same for all inputs. */
static bool same_function(const verilog_model *a, const verilog_model *b)
{
    uint64_t *va = calloc(a->nnets, 8), *vb = calloc(b->nnets, 8);
    bool same = true;

    for (size_t w = 0; same && w < (size_t)1 << a->input.width; w += 64) {
        for (uint32_t i = 0; i < a->input.width; i++) {
            uint64_t v = 0;

            for (size_t s = 0; s < 64; s++)
                v |= (uint64_t)((w + s) >> i & 1) << s;
            va[a->input.net[i]] = vb[b->input.net[i]] = v;
        }
        verilog_eval(a, va);
        verilog_eval(b, vb);
        for (uint32_t i = 0; i < a->klass.width; i++)
            same = same && va[a->klass.net[i]] == vb[b->klass.net[i]];
        for (uint32_t i = 0; i < a->score.width; i++)
            same = same && va[a->score.net[i]] == vb[b->score.net[i]];
    }
    free(va);
    free(vb);
    return same;
}

static lut_status read_shelf(verilog_model *m, const shelf *s, lut_err *err)
{
    verilog_source source[FILES];
    size_t n = 0;

    for (size_t i = 0; i < s->n; i++)
        if (strstr(s->name[i], ".v") && !strstr(s->name[i], "_tb.v"))
            source[n++] = (verilog_source){ s->name[i], s->text[i] };
    return verilog_read(m, source, n, "net_top", err);
}

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
    if (differences(s, cfg, r, false)) {
        t->caught++;
        return;
    }
    CU_ASSERT_EQUAL_FATAL(read_shelf(&bad, s, &err), LUT_OK);
    t->same += same_function(good, &bad);
    verilog_model_fini(&bad);
}

static void break_files(tally *t, shelf *s, const verilog_cfg *cfg,
                        const random_design *r, lut_rng *rng, size_t wanted)
{
    verilog_model good;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL_FATAL(read_shelf(&good, s, &err), LUT_OK);
    for (size_t tried = 0; t->faults < wanted && tried < 100 * wanted; tried++) {
        size_t i = lut_rng_below(rng, s->n), at;
        char was, now;

        if (!strstr(s->name[i], ".v") || strncmp(s->name[i], "net_", 4) != 0 ||
            strstr(s->name[i], "_tb.v"))
            continue;
        at = lut_rng_below(rng, s->size[i]);
        now = other(line_of(s->text[i], s->text[i] + at), s->text[i] + at);
        was = s->text[i][at];
        if (!now)
            continue;
        s->text[i][at] = now;
        try_fault(t, s, cfg, r, &good);
        s->text[i][at] = was;
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

        set_options(&cfg, options[o]);
        CU_ASSERT_EQUAL_FATAL(design_make(&r, &shape, NULL), LUT_OK);
        write_files(&s, &cfg, &r);
        break_files(&t, &s, &cfg, &r, &rng, 100);
        CU_ASSERT_EQUAL(t.faults, 100);
        CU_ASSERT_EQUAL(t.caught + t.same, t.faults);
        CU_ASSERT(t.caught >= 80);
        all.faults += t.faults;
        all.caught += t.caught;
        all.same += t.same;
        clear(&s);
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

    set_options(&one, "");
    set_options(&two, "verilog.pipe_output 2");
    CU_ASSERT_EQUAL_FATAL(design_make(&r, &shape, &err), LUT_OK);
    write_files(&a, &one, &r);
    write_files(&b, &two, &r);
    for (size_t i = 0; i < a.n; i++)
        if (strcmp(a.name[i], "net_pop1.v") == 0) {
            char *x = a.text[i];

            a.text[i] = b.text[i];
            b.text[i] = x;
        }
    CU_ASSERT_EQUAL(read_shelf(&m, &a, &err), LUT_EFORMAT);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "net_pop1.v"));
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "different networks"));
    clear(&a);
    clear(&b);
    design_free(&r);
}

UNIT_MAIN("verilog", UNIT(test_shapes), UNIT(test_corners), UNIT(test_real_inputs),
          UNIT(test_counts), UNIT(test_faults), UNIT(test_refused), UNIT(test_mixed))
