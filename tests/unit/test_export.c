/* lib/export: the files of a design, read again by readers that share nothing with the
 * writers, against the circuit; names, refusals, a sink that fails. */
#include "lib/base/rng.h"
#include "lib/export/export.h"
#include "tests/support/fail_alloc.h"
#include "tests/support/unit.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX = 4000, TEXT = 1 << 22 };

static lut_rng rng;

/* ---- designs ---- */

static lut_circuit random_circuit(uint32_t inputs, uint32_t classes, uint32_t nlayers,
                                  const uint32_t *luts, const uint32_t *k)
{
    lut_circuit c;

    CU_ASSERT_EQUAL_FATAL(
        lut_circuit_alloc(&c, inputs, classes, nlayers, luts, k, NULL), LUT_OK);
    for (uint32_t l = 0; l < nlayers; l++) {
        lut_circuit_layer *layer = &c.layer[l];
        size_t words = lut_table_words(layer->k);
        uint64_t used =
            layer->k < 6 ? ((uint64_t)1 << (1u << layer->k)) - 1 : UINT64_MAX;

        for (size_t i = 0; i < (size_t)layer->luts * layer->k; i++)
            layer->wire[i] =
                (uint32_t)lut_rng_below(&rng, l ? c.layer[l - 1].luts : inputs);
        for (size_t i = 0; i < layer->luts * words; i++) {
            uint64_t kind =
                lut_rng_below(&rng, 6); /* constants and sparse tables too */

            layer->tt[i] = used & (kind == 0   ? 0
                                   : kind == 1 ? UINT64_MAX
                                   : kind == 2 ? lut_rng_next(&rng) & lut_rng_next(&rng)
                                               : lut_rng_next(&rng));
        }
    }
    return c;
}

static lut_encoder thermometer(size_t features, size_t bits)
{
    lut_encoder e = { .kind = "uniform",
                      .features = features,
                      .bits = bits,
                      .thresholds = bits,
                      .outputs = features * bits };

    e.threshold = calloc(features * bits, sizeof *e.threshold);
    e.codes = calloc((bits + 1) * bits, 1);
    e.name = calloc(features, sizeof *e.name);
    CU_ASSERT_FATAL(e.threshold && e.codes && e.name);
    for (size_t i = 0; i < features * bits; i++)
        e.threshold[i] = (float)(i % bits);
    for (size_t n = 0; n <= bits; n++)
        for (size_t b = 0; b < bits; b++)
            e.codes[n * bits + b] = n > b;
    return e;
}

static lut_export_design design(const lut_circuit *c, const lut_encoder *e)
{
    static const char *const note[] = { "a note", "an end */ of a comment\n\\" };

    return (lut_export_design){ .name = "net",
                         .digest = "0123456789abcdef",
                         .note = note,
                         .nnotes = 2,
                         .circuit = c,
                         .encoder = e };
}

/* ---- a sink into memory ---- */

typedef struct file {
    char name[100];
    char *text;
    size_t n;
} file;

typedef struct files {
    file f[8];
    size_t n, room; /* room: bytes that the sink takes in all */
} files;

static lut_status begin(void *arg, const char *name)
{
    files *all = arg;

    CU_ASSERT_FATAL(all->n < LUT_COUNT(all->f));
    snprintf(all->f[all->n].name, sizeof all->f[0].name, "%s", name);
    all->f[all->n].text = calloc(1, TEXT);
    CU_ASSERT_PTR_NOT_NULL_FATAL(all->f[all->n].text);
    all->n++;
    return LUT_OK;
}

static lut_status put(void *arg, const char *text, size_t n)
{
    files *all = arg;
    file *f = &all->f[all->n - 1];

    if (n > all->room)
        return LUT_EIO;
    CU_ASSERT_FATAL(f->n + n < TEXT);
    memcpy(f->text + f->n, text, n);
    f->n += n;
    all->room -= n;
    return LUT_OK;
}

static void drop(files *all)
{
    for (size_t i = 0; i < all->n; i++)
        free(all->f[i].text);
}

/* Not every format takes every design. */
static bool takes(const lut_export_ops *ops, const lut_export_design *d)
{
    uint64_t cfg[32] = { 0 };

    CU_ASSERT_FATAL(ops->cfg_size <= sizeof cfg);
    lut_fields_default(ops->fields, ops->nfields, cfg);
    return !ops->check || ops->check(cfg, d, NULL) == LUT_OK;
}

static lut_status write_into(files *all, const char *format, const lut_export_design *d,
                             lut_err *err)
{
    const lut_export_ops *ops = lut_export_find(format);
    lut_export_out out = { begin, put, all };
    uint64_t cfg[32] = { 0 };

    CU_ASSERT_FATAL(ops && ops->cfg_size <= sizeof cfg);
    lut_fields_default(ops->fields, ops->nfields, cfg);
    return ops->write(cfg, d, &out, err);
}

static files write_all(const char *format, const lut_export_design *d)
{
    files all = { .room = SIZE_MAX };
    lut_err err;

    CU_ASSERT_EQUAL_FATAL(write_into(&all, format, d, &err), LUT_OK);
    return all;
}

/* ---- what the circuit says: outputs of the last layer ---- */

static void circuit_outputs(uint8_t *out, const lut_circuit *c, const uint8_t *in)
{
    static uint8_t value[2][MAX];

    memcpy(value[0], in, c->inputs);
    for (uint32_t l = 0; l < c->nlayers; l++) {
        const lut_circuit_layer *layer = &c->layer[l];

        for (uint32_t m = 0; m < layer->luts; m++) {
            unsigned a = 0;

            for (uint32_t j = 0; j < layer->k; j++)
                a = 2 * a + value[l % 2][layer->wire[m * layer->k + j]];
            value[(l + 1) % 2][m] =
                layer->tt[m * lut_table_words(layer->k) + a / 64] >> (a % 64) & 1;
        }
    }
    memcpy(out, value[c->nlayers % 2], c->layer[c->nlayers - 1].luts);
}

/* ---- a reader of BLIF: combinational, one model, evaluated from top to bottom ---- */

typedef struct net {
    char name[24];
    uint8_t value;
} net;

typedef struct blif {
    net net[3 * MAX];
    size_t n;
    const uint8_t *in;
    size_t next_in;
    size_t out[MAX], nout;
    char outname[MAX][24];
} blif;

static net *find_net(blif *b, const char *name)
{
    for (size_t i = 0; i < b->n; i++)
        if (strcmp(b->net[i].name, name) == 0)
            return &b->net[i];
    return NULL;
}

static void define(blif *b, const char *name, uint8_t value)
{
    CU_ASSERT_FATAL(b->n < LUT_COUNT(b->net) && !find_net(b, name));
    snprintf(b->net[b->n].name, sizeof b->net[0].name, "%s", name);
    b->net[b->n++].value = value;
}

/* The next line, its continuations joined, without comments; NULL at the end. */
static char *next_line(char **at)
{
    char *line = *at, *end;

    if (!*line)
        return NULL;
    for (end = line; *end && *end != '\n'; end++)
        if (end[0] == '\\' && end[1] == '\n')
            end[0] = end[1] = ' ';
    *at = *end ? end + 1 : end;
    *end = 0;
    line[strcspn(line, "#")] = 0;
    return line;
}

/* Rows of a cover until the next keyword: the value of the last one that matches, else the
 * inverse of what rows say, 0 where there are none. */
static uint8_t read_cover(char **at, const uint8_t *in, size_t k)
{
    uint8_t said = 1;
    bool hit = false, any = false;

    while (**at && **at != '.') {
        char *row = next_line(at), *value = strrchr(row, ' ');
        bool match = true;

        value = value ? value + 1 : row;
        CU_ASSERT_EQUAL_FATAL(strlen(row), k ? k + 2 : 1);
        for (size_t j = 0; j < k; j++)
            match &= row[j] == '-' || row[j] - '0' == in[j];
        CU_ASSERT_FATAL(*value == '0' || *value == '1');
        said = (uint8_t)(*value - '0');
        hit |= match;
        any = true;
    }
    return any ? (hit ? said : !said) : 0;
}

static void read_names(blif *b, char *words, char **at)
{
    const char *word[LUT_MAX_K + 2];
    uint8_t in[LUT_MAX_K + 1];
    size_t n = 0;

    for (char *w = strtok(words, " "); w; w = strtok(NULL, " ")) {
        CU_ASSERT_FATAL(n < LUT_COUNT(word));
        word[n++] = w;
    }
    CU_ASSERT_FATAL(n > 0);
    for (size_t j = 0; j + 1 < n; j++) {
        const net *from = find_net(b, word[j]);

        CU_ASSERT_PTR_NOT_NULL_FATAL(from);
        in[j] = from->value;
    }
    define(b, word[n - 1], read_cover(at, in, n - 1));
}

static void read_blif(uint8_t *out, const char *text, const uint8_t *in)
{
    static blif b;
    static char copy[TEXT];
    char *at = copy, *line;

    b.n = b.nout = b.next_in = 0;
    snprintf(copy, sizeof copy, "%s", text);
    while ((line = next_line(&at))) {
        if (strncmp(line, ".names ", 7) == 0)
            read_names(&b, line + 7, &at);
        else if (strncmp(line, ".inputs", 7) == 0)
            for (char *w = strtok(line + 7, " "); w; w = strtok(NULL, " "))
                define(&b, w, in[b.next_in++]);
        else if (strncmp(line, ".outputs", 8) == 0)
            for (char *w = strtok(line + 8, " "); w; w = strtok(NULL, " "))
                snprintf(b.outname[b.nout++], sizeof b.outname[0], "%s", w);
        else if (strncmp(line, ".model", 6) != 0 && strcmp(line, ".end") != 0)
            CU_ASSERT_EQUAL(*line, 0);
    }
    for (size_t o = 0; o < b.nout; o++) {
        const net *n = find_net(&b, b.outname[o]);

        CU_ASSERT_PTR_NOT_NULL_FATAL(n);
        out[o] = n->value;
    }
}

/* ---- a reader of binary AIGER ---- */

static unsigned read_delta(const unsigned char **at)
{
    unsigned v = 0, shift = 0;

    for (; **at & 128; shift += 7)
        v |= (unsigned)(*(*at)++ & 127) << shift;
    return v | (unsigned)*(*at)++ << shift;
}

static void read_aiger(uint8_t *out, const char *text, const uint8_t *in, size_t inputs)
{
    static uint8_t value[200000];
    static unsigned output[MAX];
    unsigned most, i, latches, o, gates;
    const unsigned char *at;
    char *line = (char *)(uintptr_t)strchr(text, '\n') + 1;

    CU_ASSERT_EQUAL_FATAL(
        sscanf(text, "aig %u %u %u %u %u", &most, &i, &latches, &o, &gates), 5);
    CU_ASSERT_FATAL(i == inputs && latches == 0 && most == i + gates && o <= MAX &&
                    most < LUT_COUNT(value));
    for (unsigned k = 0; k < o; k++) {
        output[k] = (unsigned)strtoul(line, &line, 10);
        CU_ASSERT_FATAL(*line++ == '\n' && output[k] / 2 <= most);
    }
    at = (const unsigned char *)line;
    value[0] = 0;
    memcpy(value + 1, in, inputs);
    for (unsigned g = i + 1; g <= most; g++) {
        unsigned a = 2 * g - read_delta(&at), b = a - read_delta(&at);

        CU_ASSERT_FATAL(a < 2 * g && b <= a);
        value[g] = (value[a / 2] ^ (a & 1)) & (value[b / 2] ^ (b & 1));
    }
    for (unsigned k = 0; k < o; k++)
        out[k] = value[output[k] / 2] ^ (output[k] & 1);
    CU_ASSERT_EQUAL(strncmp((const char *)at, "i0 b0\n", 6), 0);
}

/* ---- files against the circuit ---- */

static size_t count_wrong(const char *format, const lut_export_design *d, unsigned samples)
{
    static uint8_t in[MAX], want[MAX], found[MAX];
    const lut_circuit *c = d->circuit;
    uint32_t outputs = c->layer[c->nlayers - 1].luts;
    files all = write_all(format, d);
    size_t wrong = 0;

    for (unsigned s = 0; s < samples; s++) {
        for (uint32_t i = 0; i < c->inputs; i++)
            in[i] = lut_rng_next(&rng) & 1;
        circuit_outputs(want, c, in);
        if (strcmp(format, "blif") == 0)
            read_blif(found, all.f[0].text, in);
        else
            read_aiger(found, all.f[0].text, in, c->inputs);
        for (uint32_t o = 0; o < outputs; o++)
            wrong += found[o] != want[o];
    }
    drop(&all);
    return wrong;
}

static void test_layers(void)
{
    lut_encoder e = thermometer(20, 3);
    size_t flipped = 0;

    rng = lut_rng_make(1, LUT_RNG_TEST, 0);
    for (uint32_t k = 1; k <= LUT_MAX_K; k++) {
        lut_circuit c = random_circuit(
            60, 7, 3, (uint32_t[]){ 50, 40, 33 },
            (uint32_t[]){ k, k % LUT_MAX_K + 1, (k + 3) % LUT_MAX_K + 1 });
        lut_export_design d = design(&c, &e);
        uint64_t *last = &c.layer[2].tt[0];
        files all;

        CU_ASSERT_EQUAL(lut_export_check(&d, NULL), LUT_OK);
        CU_ASSERT_EQUAL(count_wrong("blif", &d, 20), 0);
        CU_ASSERT_EQUAL(count_wrong("aiger", &d, 20), 0);
        all = write_all("blif", &d); /* a file of another network is told apart */
        *last = ~*last & 3;
        for (unsigned s = 0; s < 8; s++) {
            uint8_t in[60], want[33], found[33];

            for (size_t i = 0; i < sizeof in; i++)
                in[i] = lut_rng_next(&rng) & 1;
            circuit_outputs(want, &c, in);
            read_blif(found, all.f[0].text, in);
            flipped += found[0] != want[0];
        }
        drop(&all);
        lut_circuit_fini(&c);
    }
    CU_ASSERT(flipped > 8);
    lut_encoder_fini(&e);
}

static size_t longest_line(const char *text)
{
    size_t most = 0;

    while (*text) {
        size_t n = strcspn(text, "\n");

        most = n > most ? n : most;
        text += n + (text[n] != 0);
    }
    return most;
}

/* Provenance in every file, no line that a reader could choke on, no comment that ends
 * early, the same bytes twice. */
static void test_files(void)
{
    static const char *const format[] = { "blif", "c", "dot" };
    lut_encoder e = thermometer(100, 3);
    lut_circuit c;
    lut_export_design d;

    rng = lut_rng_make(2, LUT_RNG_TEST, 0);
    c = random_circuit(300, 10, 2, (uint32_t[]){ 200, 50 }, (uint32_t[]){ 6, 4 });
    d = design(&c, &e);
    for (size_t i = 0; i < LUT_COUNT(format); i++) {
        files all = write_all(format[i], &d), again = write_all(format[i], &d);

        CU_ASSERT_EQUAL_FATAL(all.n, again.n);
        for (size_t k = 0; k < all.n; k++) {
            const char *text = all.f[k].text;

            CU_ASSERT(strncmp(all.f[k].name, "net.", 4) == 0);
            CU_ASSERT(longest_line(text) <= 110);
            CU_ASSERT_PTR_NOT_NULL(strstr(text, "net, network 0123456789abcdef"));
            CU_ASSERT_PTR_NOT_NULL(strstr(text, "an end *? of a comment??"));
            CU_ASSERT(all.f[k].n == again.f[k].n &&
                      memcmp(text, again.f[k].text, again.f[k].n) == 0);
        }
        drop(&all);
        drop(&again);
    }
    lut_circuit_fini(&c);
    lut_encoder_fini(&e);
}

/* Whenever the sink refuses, the writer says so. */
static void test_sink(void)
{
    lut_encoder e = thermometer(100, 3);
    lut_circuit c;
    lut_export_design d;

    rng = lut_rng_make(3, LUT_RNG_TEST, 0);
    c = random_circuit(300, 10, 1, (uint32_t[]){ 300 }, (uint32_t[]){ 6 });
    d = design(&c, &e);
    for (size_t i = 0; lut_export_table[i]; i++) {
        const char *format = lut_export_table[i]->name;
        files whole;
        size_t total = 0;

        if (!takes(lut_export_table[i], &d))
            continue;
        whole = write_all(format, &d);
        for (size_t k = 0; k < whole.n; k++)
            total += whole.f[k].n;
        drop(&whole);
        for (size_t share = 0; share < 4; share++) {
            files all = { .room = share * (total - 1) / 3 };
            lut_err err = { 0 };

            CU_ASSERT_EQUAL(write_into(&all, format, &d, &err), LUT_EIO);
            CU_ASSERT_EQUAL(err.code, LUT_EIO);
            drop(&all);
        }
    }
    lut_circuit_fini(&c);
    lut_encoder_fini(&e);
}

static lut_status begin_nothing(void *arg, const char *name)
{
    (void)arg;
    (void)name;
    return LUT_OK;
}

static lut_status put_nothing(void *arg, const char *text, size_t n)
{
    (void)arg;
    (void)text;
    (void)n;
    return LUT_OK;
}

static lut_status write_without(const lut_export_ops *ops, const lut_export_design *d, long n)
{
    const lut_export_out out = { begin_nothing, put_nothing, NULL };
    uint64_t cfg[32] = { 0 };
    lut_err err = { 0 };
    lut_status st;

    CU_ASSERT_FATAL(ops->cfg_size <= sizeof cfg);
    lut_fields_default(ops->fields, ops->nfields, cfg);
    fail_alloc_at(n);
    st = ops->write(cfg, d, &out, &err);
    fail_alloc_at(-1);
    CU_ASSERT_EQUAL(st, err.code);
    return st;
}

/* Each allocation of a writer fails in turn, then all succeed. */
static void test_memory(void)
{
    lut_encoder e = thermometer(10, 3);
    lut_circuit c;
    lut_export_design d;

    rng = lut_rng_make(7, LUT_RNG_TEST, 0);
    c = random_circuit(30, 3, 3, (uint32_t[]){ 30, 20, 9 }, (uint32_t[]){ 4, 7, 2 });
    d = design(&c, &e);
    for (size_t i = 0; lut_export_table[i]; i++) {
        lut_status st = LUT_ENOMEM;
        long n = 0;

        if (!takes(lut_export_table[i], &d))
            continue;
        while (st == LUT_ENOMEM && n < 10000)
            st = write_without(lut_export_table[i], &d, n++);
        CU_ASSERT_EQUAL(st, LUT_OK);
    }
    lut_circuit_fini(&c);
    lut_encoder_fini(&e);
}

/* ---- names, refusals, figures ---- */

static void test_names(void)
{
    static const char *const good[] = { "a", "net_1", "Quick9" };
    static const char *const bad[] = {
        "",
        "1a",
        "_a",
        "a-b",
        "a b",
        "module",
        "int",
        "logic",
        "a\xc3\xa9",
        "a123456789012345678901234567890123456789012345678901234567890123456789"
    };
    static const char *const odd[][2] = { { "quick start", "quick_start" },
                                          { "3net", "n_3net" },
                                          { "wire", "n_wire" },
                                          { "", "n_" },
                                          { "a/b.c", "a_b_c" } };
    char name[LUT_DESIGN_NAME];

    for (size_t i = 0; i < LUT_COUNT(good); i++)
        CU_ASSERT(lut_export_is_name(good[i]));
    for (size_t i = 0; i < LUT_COUNT(bad); i++) {
        CU_ASSERT(!lut_export_is_name(bad[i]));
        lut_export_name(name, bad[i]);
        CU_ASSERT(lut_export_is_name(name));
    }
    for (size_t i = 0; i < LUT_COUNT(odd); i++) {
        lut_export_name(name, odd[i][0]);
        CU_ASSERT_STRING_EQUAL(name, odd[i][1]);
    }
}

static void refused(const lut_export_design *d, const char *message)
{
    lut_err err = { 0 };

    CU_ASSERT_EQUAL(lut_export_check(d, &err), LUT_EINVAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, message));
    if (!strstr(err.text, message))
        printf("\n\"%s\" is not \"%s\"\n", err.text, message);
}

static void test_refused(void)
{
    lut_encoder e = thermometer(4, 3);
    lut_circuit c;
    lut_export_design d;

    rng = lut_rng_make(4, LUT_RNG_TEST, 0);
    c = random_circuit(12, 2, 1, (uint32_t[]){ 4 }, (uint32_t[]){ 2 });
    d = design(&c, &e);
    d.name = "always";
    refused(&d, "name \"always\": want a letter");
    d.name = "net";
    e.threshold[4] = NAN;
    refused(&d, "threshold 1 of feature 1 is not a number");
    e.threshold[4] = -1;
    refused(&d, "threshold 1 of feature 1 is -1, less than the one before it");
    e.threshold[4] = 1;
    e.codes[5] = 2;
    refused(&d, "code 1 of the encoder is 2, want 0 or 1");
    e.codes[5] = 0;
    e.bits = 2;
    refused(&d, "4 features of 2 bits for a network of 12 inputs");
    e.bits = 3;
    e.input.width = 33;
    refused(&d, "inputs of 33 bits, want at most 32");
    e.input.width = 0;
    c.layer[0].wire[3] = 12;
    refused(&d, "reads output 12 of the layer before");
    c.layer[0].wire[3] = 0;
    CU_ASSERT_EQUAL(lut_export_check(&d, NULL), LUT_OK);
    lut_circuit_fini(&c);
    lut_encoder_fini(&e);
}

/* Thresholds 0 1 2 | 0.25 0.5 9 | ..., inputs 0 .. 3 in steps of 1. */
static void test_inspect(void)
{
    lut_encoder e = thermometer(3, 3);
    lut_export_facts f;
    lut_circuit c;
    lut_export_design d;

    rng = lut_rng_make(5, LUT_RNG_TEST, 0);
    c = random_circuit(9, 2, 1, (uint32_t[]){ 2 }, (uint32_t[]){ 2 });
    memcpy(c.layer[0].wire, (uint32_t[]){ 0, 5, 3, 0 }, 4 * sizeof(uint32_t));
    memcpy(e.threshold + 3, (float[]){ 0.25f, 0.5f, 9 }, 3 * sizeof(float));
    e.input = (lut_fixed){ .width = 2 };
    d = design(&c, &e);
    CU_ASSERT_EQUAL_FATAL(lut_export_inspect(&f, &d, NULL), LUT_OK);
    CU_ASSERT(f.thresholds == 6 && f.beyond == 1 && f.collide == 1);
    CU_ASSERT(f.bits == 9 && f.used == 3);
    e.input.width = 0;
    CU_ASSERT_EQUAL_FATAL(lut_export_inspect(&f, &d, NULL), LUT_OK);
    CU_ASSERT(f.thresholds == 6 && f.beyond == 0 && f.collide == 0);
    lut_circuit_fini(&c);
    lut_encoder_fini(&e);
}

static void test_dot_size(void)
{
    const lut_export_ops *ops = lut_export_find("dot");
    lut_encoder e = thermometer(4, 3);
    uint64_t cfg[8];
    lut_circuit c;
    lut_export_design d;
    lut_err err;

    rng = lut_rng_make(6, LUT_RNG_TEST, 0);
    c = random_circuit(12, 2, 1, (uint32_t[]){ 301 }, (uint32_t[]){ 2 });
    d = design(&c, &e);
    lut_fields_default(ops->fields, ops->nfields, cfg);
    CU_ASSERT_EQUAL(ops->check(cfg, &d, &err), LUT_EINVAL);
    CU_ASSERT_PTR_NOT_NULL(strstr(err.text, "301 LUTs"));
    c.layer[0].luts = 300;
    CU_ASSERT_EQUAL(ops->check(cfg, &d, &err), LUT_OK);
    lut_circuit_fini(&c);
    lut_encoder_fini(&e);
    CU_ASSERT_PTR_NULL(lut_export_find("gds"));
}

UNIT_MAIN("export", UNIT(test_layers), UNIT(test_files), UNIT(test_sink),
          UNIT(test_memory), UNIT(test_names), UNIT(test_refused), UNIT(test_inspect),
          UNIT(test_dot_size))
