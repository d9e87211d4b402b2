/* The AIGER file read again, by nothing that has to do with how it was written, and run on
 * encoded test rows and random bits. */
#include "drivers/lutexport.h"
#include "lib/base/rng.h"

#include <stdlib.h>
#include <string.h>

enum { RANDOM = 4096 };

typedef struct graph {
    unsigned inputs, outputs, gates;
    unsigned *output;    /* [outputs] literals; owned */
    unsigned (*gate)[2]; /* [gates]; owned */
    uint64_t *value;     /* [1 + inputs + gates] 64 samples; owned */
} graph;

static void forget(graph *g)
{
    free(g->output);
    free(g->gate);
    free(g->value);
}

/* A number of seven bits a byte; false at the end of the file or past 32 bits. */
static bool read_delta(unsigned *v, FILE *f)
{
    int c = 128;

    *v = 0;
    for (unsigned shift = 0; c & 128; shift += 7) {
        c = getc(f);
        if (c == EOF || shift > 28)
            return false;
        *v |= (unsigned)(c & 127) << shift;
    }
    return true;
}

static bool read_gates(graph *g, FILE *f)
{
    for (unsigned i = 0; i < g->gates; i++) {
        unsigned self = 2 * (1 + g->inputs + i), a, b;

        if (!read_delta(&a, f) || !read_delta(&b, f) || a == 0 || a > self ||
            b > self - a)
            return false;
        g->gate[i][0] = self - a;
        g->gate[i][1] = self - a - b;
    }
    return true;
}

static bool read_graph(graph *g, FILE *f)
{
    unsigned most, latches;
    char end;

    if (fscanf(f, "aig %u %u %u %u %u%c", &most, &g->inputs, &latches, &g->outputs,
               &g->gates, &end) != 6 ||
        latches || most != g->inputs + g->gates || most > 1u << 30)
        return false;
    g->output = malloc((g->outputs + 1) * sizeof *g->output);
    g->gate = malloc((g->gates + 1) * sizeof *g->gate);
    g->value = malloc((most + 1) * sizeof *g->value);
    if (!g->output || !g->gate || !g->value)
        return false;
    for (unsigned o = 0; o < g->outputs; o++)
        if (fscanf(f, "%u%c", &g->output[o], &end) != 2 || g->output[o] / 2 > most)
            return false;
    return read_gates(g, f);
}

static uint64_t literal(const graph *g, unsigned v)
{
    return g->value[v / 2] ^ -(uint64_t)(v & 1);
}

static void evaluate(graph *g, const uint64_t *x, size_t ld, size_t n)
{
    memset(g->value, 0, (1 + g->inputs) * sizeof *g->value);
    for (size_t s = 0; s < n; s++)
        for (unsigned i = 0; i < g->inputs; i++)
            g->value[1 + i] |= (x[s * ld + i / 64] >> (i % 64) & 1) << s;
    for (unsigned i = 0; i < g->gates; i++)
        g->value[1 + g->inputs + i] =
            literal(g, g->gate[i][0]) & literal(g, g->gate[i][1]);
}

/* Votes of one sample out of those that are evaluated. */
static bool same_votes(const graph *g, unsigned s, const uint32_t *score,
                       uint32_t classes, uint32_t group)
{
    uint32_t votes[LUT_MAX_CLASSES] = { 0 };

    for (unsigned o = 0; o < g->outputs; o++)
        votes[o / group] += literal(g, g->output[o]) >> s & 1;
    return memcmp(votes, score, classes * sizeof *votes) == 0;
}

static void compare(export_check *c, graph *g, const uint64_t *x, size_t ld, size_t n,
                    const uint32_t *score, uint32_t classes)
{
    uint32_t group = lut_circuit_group(g->outputs, classes);

    c->verdict = EXPORT_EQUAL;
    c->cases = (double)n;
    for (size_t i = 0; i < n; i++) {
        if (i % 64 == 0)
            evaluate(g, x + i * ld, ld, n - i < 64 ? n - i : 64);
        if (same_votes(g, i % 64, score + i * classes, classes, group))
            continue;
        c->verdict = EXPORT_DIFFERENT;
        snprintf(c->note, sizeof c->note, "first at row %zu", i);
        return;
    }
}

static lut_status compare_test(export_job *j, graph *g, lut_err *err)
{
    export_check *c = export_check_add(j, "aiger", "votes of the test rows");
    size_t ld = lut_ceil_div(g->inputs, 64), n = j->data.test.samples;
    uint64_t *x;

    snprintf(c->tool, sizeof c->tool, "read again");
    if (!j->has_data)
        return export_check_skip(c, "%s", j->no_data), LUT_OK;
    x = malloc((n * ld + 1) * sizeof *x);
    if (!x)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu encoded rows", n);
    lut_encoder_apply(j->design.encoder, x, ld, &j->data.test, NULL, n);
    compare(c, g, x, ld, n, j->score, j->design.circuit->classes);
    free(x);
    return LUT_OK;
}

static lut_status compare_random(export_job *j, graph *g, lut_err *err)
{
    export_check *c = export_check_add(j, "aiger", "votes of random encoded bits");
    const lut_circuit *circuit = j->design.circuit;
    size_t ld = lut_ceil_div(g->inputs, 64);
    uint64_t *x = malloc(RANDOM * ld * sizeof *x);
    uint32_t *score = malloc(RANDOM * circuit->classes * sizeof *score);
    uint16_t label[RANDOM];
    lut_rng rng = lut_rng_make(3, LUT_RNG_TEST, 0);
    lut_status st = LUT_OK;

    snprintf(c->tool, sizeof c->tool, "read again");
    for (size_t i = 0; x && i < RANDOM * ld; i++)
        x[i] = lut_rng_next(&rng);
    if (x && score)
        st = stored_decide_bits(circuit, x, ld, RANDOM, label, score, err);
    else
        st = lut_fail(err, LUT_ENOMEM, "no memory for %d rows", RANDOM);
    if (st == LUT_OK)
        compare(c, g, x, ld, RANDOM, score, circuit->classes);
    free(x);
    free(score);
    return st;
}

lut_status export_verify_aiger(export_job *j, const export_work *w, lut_err *err)
{
    const lut_circuit *c = j->design.circuit;
    char path[EXPORT_PATH + 32];
    graph g = { .inputs = 0 };
    lut_status st = LUT_OK;
    bool good;
    FILE *f;

    snprintf(path, sizeof path, "%s/layers.aig", w->path);
    f = fopen(path, "rb");
    good = f && read_graph(&g, f) && g.inputs == c->inputs &&
           g.outputs == c->layer[c->nlayers - 1].luts;
    if (f)
        fclose(f);
    if (good) {
        st = compare_test(j, &g, err);
        if (st == LUT_OK)
            st = compare_random(j, &g, err);
    } else {
        export_check *check = export_check_add(j, "aiger", "reading it again");

        check->verdict = EXPORT_DIFFERENT;
        snprintf(check->note, sizeof check->note, "is no AIGER file of these layers");
    }
    forget(&g);
    return st;
}
