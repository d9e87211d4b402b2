/* lib/export/systemverilog: the same bytes every time, the files that stand in lib/export/rtl,
 * and what it refuses.  What the text does is for simulators: tests/cli/systemverilog.sh. */
#include "lib/export/systemverilog.h"
#include "tests/support/designs.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/unit.h"

enum { FILES = 40 };

typedef struct shelf {
    char *name[FILES], *text[FILES];
    size_t size[FILES], n, room; /* room: pieces of text that it still takes */
} shelf;

static lut_status start(void *arg, const char *name)
{
    shelf *s = arg;

    CU_ASSERT_FATAL(s->n < FILES);
    for (size_t i = 0; i < s->n; i++)
        CU_ASSERT_STRING_NOT_EQUAL(s->name[i], name);
    s->name[s->n] = strdup(name);
    s->text[s->n] = calloc(1, 1);
    s->size[s->n++] = 0;
    return LUT_OK;
}

static lut_status take(void *arg, const char *text, size_t n)
{
    shelf *s = arg;
    size_t at = s->n - 1;

    if (s->room-- == 0)
        return LUT_EIO;
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
    *s = (shelf){ .room = SIZE_MAX };
}

static const lut_export_ops *ops(void)
{
    const lut_export_ops *found = lut_export_find("systemverilog");

    CU_ASSERT_PTR_NOT_NULL_FATAL(found);
    return found;
}

static verilog_cfg options(const char *text)
{
    verilog_cfg cfg = { 0 };
    lut_err err = { 0 };

    if (lut_options_parse(&cfg, text, "systemverilog", ops()->fields, ops()->nfields,
                          &err) != LUT_OK)
        CU_FAIL_FATAL("options");
    return cfg;
}

static const design_shape small = { "gray", 5, 3,        20,       { 8, 0, true },
                                    2,      3, { 9, 7 }, { 2, 7 }, 3 };

static const char *file(const shelf *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++)
        if (strcmp(s->name[i], name) == 0)
            return s->text[i];
    CU_FAIL_FATAL("a file that is missing");
    return "";
}

/* Same design and options, same bytes; other options, other ones. */
static void test_pure(void)
{
    verilog_cfg cfg = options(""), other = options("systemverilog.pipe_layers 2");
    shelf a = { .room = SIZE_MAX }, b = a, c = a;
    lut_export_out to_a = { start, take, &a }, to_b = { start, take, &b },
                   to_c = { start, take, &c };
    random_design r;

    CU_ASSERT_EQUAL_FATAL(design_make(&r, &small, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(ops()->write(&cfg, &r.design, &to_a, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(ops()->write(&cfg, &r.design, &to_b, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(ops()->write(&other, &r.design, &to_c, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(a.n, b.n);
    for (size_t i = 0; i < a.n; i++) {
        CU_ASSERT_STRING_EQUAL(a.name[i], b.name[i]);
        CU_ASSERT_STRING_EQUAL(a.text[i], b.text[i]);
    }
    CU_ASSERT_STRING_NOT_EQUAL(file(&a, "net_top.sv"), file(&c, "net_top.sv"));
    CU_ASSERT_STRING_NOT_EQUAL(file(&a, "net_sv_in.hex"), file(&c, "net_sv_in.hex"));
    clear(&a);
    clear(&b);
    clear(&c);
    design_free(&r);
}

/* All of a file of lib/export/rtl, as a string. */
static char *read_source(const char *name)
{
    const char *folder = getenv("srcdir");
    char path[1000], *text = calloc(1, 1 << 16);
    FILE *f;

    snprintf(path, sizeof path, "%s/lib/export/rtl/%s", folder ? folder : ".", name);
    f = fopen(path, "r");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT(fread(text, 1, (1 << 16) - 1, f) > 0);
    fclose(f);
    return text;
}

/* Modules stand in the files as in the sources, and those of one network say of which. */
static void test_files(void)
{
    static const char *const plan[] = {
        "fixed_dwn_thermometer.sv", "fixed_dwn_lut_neuron.sv", "fixed_dwn_lut_layer.sv",
        "fixed_dwn_groupsum.sv", "fixed_dwn_flatten.sv"
    };
    verilog_cfg cfg = options("");
    shelf s = { .room = SIZE_MAX };
    lut_export_out out = { start, take, &s };
    random_design r;

    CU_ASSERT_EQUAL_FATAL(design_make(&r, &small, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(ops()->write(&cfg, &r.design, &out, NULL), LUT_OK);
    for (size_t i = 0; i < LUT_COUNT(plan); i++)
        file(&s, plan[i]);
    for (size_t i = 0; i < s.n; i++)
        if (strncmp(s.name[i], "fixed_", 6) == 0) {
            char *source = read_source(s.name[i]);

            CU_ASSERT_STRING_EQUAL(s.text[i], source);
            free(source);
        } else {
            CU_ASSERT_PTR_NOT_NULL(strstr(s.text[i], "network 0123456789abcdef"));
            CU_ASSERT_PTR_NOT_NULL(strstr(s.text[i], "two lines of notes"));
        }
    CU_ASSERT_PTR_NOT_NULL(strstr(file(&s, "net_top.sv"), "    .LUT_N(7),\n"));
    clear(&s);
    design_free(&r);
}

/* Table and wires of the last LUT stand first, and its first input is the last in its line. */
static void test_order(void)
{
    static const design_shape one = { "distributive",  2, 2, 10,
                                      { 4, 0, false }, 1, 1, { 2 },
                                      { 2 },           5 };
    verilog_cfg cfg = options("");
    shelf s = { .room = SIZE_MAX };
    lut_export_out out = { start, take, &s };
    random_design r;
    lut_circuit_layer *layer;

    CU_ASSERT_EQUAL_FATAL(design_make(&r, &one, NULL), LUT_OK);
    layer = &r.circuit.layer[0];
    memcpy(layer->wire, (uint32_t[]){ 3, 1, 0, 2 }, 4 * sizeof *layer->wire);
    layer->tt[0] = 4; /* input 0 and not input 1: address 2 */
    layer->tt[1] = 13;
    CU_ASSERT_EQUAL_FATAL(ops()->write(&cfg, &r.design, &out, NULL), LUT_OK);
    CU_ASSERT_PTR_NOT_NULL(strstr(file(&s, "net_top.sv"),
                                  "localparam logic [63:0] L0_INPUT_INDICES = {\n"
                                  "    16'd2, 16'd0,\n"
                                  "    16'd1, 16'd3\n};\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(file(&s, "net_top.sv"),
                                  "localparam logic [7:0] L0_LUT_CONTENTS = {\n"
                                  "    4'hd,\n    4'h4\n};\n"));
    clear(&s);
    design_free(&r);
}

static void refused(const design_shape *shape, const char *text, const char *message)
{
    verilog_cfg cfg = options(text);
    random_design r;
    lut_err err = { 0 };

    CU_ASSERT_EQUAL_FATAL(design_make(&r, shape, NULL), LUT_OK);
    CU_ASSERT_EQUAL(ops()->check(&cfg, &r.design, &err), message ? LUT_EINVAL : LUT_OK);
    if (message && !strstr(err.text, message)) {
        fprintf(stderr, "\n%s", err.text);
        CU_FAIL("another message");
    }
    design_free(&r);
}

static void test_refused(void)
{
    design_shape s = small;

    s.luts[0] = SYSTEMVERILOG_LUTS - 7;
    refused(&s, "", NULL);
    s.luts[0]++;
    refused(&s, "", "the network has 1001 LUTs, at most 1000");
    refused(&s, "", "want --format verilog");
    s = small;
    s.features = SYSTEMVERILOG_BITS / 7; /* gray: thresholds of three bits */
    refused(&s, "", NULL);
    s.features++;
    refused(&s, "", "1029 bits or thresholds, at most 1024");
    refused(&s, "", "want --format verilog");
    refused(&s, "systemverilog.encoder none", NULL);
    s = small;
    s.input = (lut_fixed){ 0, 0, false };
    refused(&s, "", "want input_width and input_frac, or encoder=none");
    refused(&s, "systemverilog.input_width 9", NULL);
    refused(&small, "systemverilog.input_width 9", "the network was trained with 8");
}

/* Takes so many pieces of text, and keeps none. */
static lut_status start_none(void *arg, const char *name)
{
    (void)arg;
    (void)name;
    return LUT_OK;
}

static lut_status take_some(void *arg, const char *text, size_t n)
{
    size_t *room = arg;

    (void)text;
    (void)n;
    return (*room)-- ? LUT_OK : LUT_EIO;
}

/* A sink that refuses, and memory that runs out anywhere, are errors and leave nothing. */
static void test_failures(void)
{
    verilog_cfg cfg = options("");
    size_t room = SIZE_MAX, pieces;
    lut_export_out out = { start_none, take_some, &room };
    random_design r;
    lut_err err = { 0 };
    lut_status st = LUT_ENOMEM;

    CU_ASSERT_EQUAL_FATAL(design_make(&r, &small, NULL), LUT_OK);
    CU_ASSERT_EQUAL_FATAL(ops()->write(&cfg, &r.design, &out, NULL), LUT_OK);
    pieces = SIZE_MAX - room;
    CU_ASSERT_FATAL(pieces > 10);
    for (size_t i = 0; i < pieces; i++) {
        room = i;
        CU_ASSERT_EQUAL(ops()->write(&cfg, &r.design, &out, &err), LUT_EIO);
    }
    for (long n = 0; st == LUT_ENOMEM; n++) {
        room = SIZE_MAX;
        fail_alloc_at(n);
        st = ops()->write(&cfg, &r.design, &out, &err);
        fail_alloc_at(-1);
        CU_ASSERT(st == LUT_ENOMEM || (st == LUT_OK && n > 5));
    }
    CU_ASSERT_EQUAL(st, LUT_OK);
    design_free(&r);
}

UNIT_MAIN("systemverilog", UNIT(test_pure), UNIT(test_files), UNIT(test_order),
          UNIT(test_refused), UNIT(test_failures))
