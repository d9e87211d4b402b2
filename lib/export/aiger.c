/* AIGER, binary, the layers alone: and-gates and inverters made of the trained tables, one LUT
 * after the other and without looking at any other, so that it says independently of all
 * other writers what the network computes.  Inputs and outputs as in BLIF, b0, ... and y0, ...
 * Format: A. Biere, "The AIGER And-Inverter Graph (AIG) Format", version 20071012.
 *
 * A table is a multiplexer of its two halves by its first input, these in turn of theirs; a
 * half that is constant, equal to the other or its inverse makes it a smaller gate.
 */
#include "lib/export/text.h"

#include <stdlib.h>

/* Gates as they come: literals 2 variable + inverted, 0 and 1 are the constants. */
typedef struct graph {
    uint32_t (*gate)[2]; /* [ngates], greater literal first; owned */
    size_t ngates, room;
    uint32_t inputs;
    bool full; /* no memory, or more than there are literals */
} graph;

static uint32_t add_gate(graph *g, uint32_t a, uint32_t b)
{
    if (g->ngates == g->room && !g->full) {
        size_t room = 2 * g->room + 4096;
        void *more = realloc(g->gate, room * sizeof *g->gate);

        g->full = !more;
        g->gate = more ? more : g->gate;
        g->room = more ? room : g->room;
    }
    g->full |= g->ngates + g->inputs > UINT32_MAX / 2 - 2;
    if (g->full)
        return 0;
    g->gate[g->ngates][0] = a > b ? a : b;
    g->gate[g->ngates][1] = a > b ? b : a;
    return 2 * (uint32_t)(1 + g->inputs + g->ngates++);
}

static uint32_t and_of(graph *g, uint32_t a, uint32_t b)
{
    if (a == 0 || b == 0 || a == (b ^ 1))
        return 0;
    if (a == 1 || a == b)
        return b;
    return b == 1 ? a : add_gate(g, a, b);
}

/* high where s is set, low where it is not. */
static uint32_t choose(graph *g, uint32_t s, uint32_t high, uint32_t low)
{
    uint32_t a, b;

    if (high == low)
        return high;
    a = and_of(g, s, high);
    b = and_of(g, s ^ 1, low);
    return and_of(g, a ^ 1, b ^ 1) ^ 1;
}

/* Literal of the 2^k entries from `first` of a table, by the inputs in[0 .. k - 1].  Equal
 * halves are found by their entries: as literals they would be different gates. */
static uint32_t literal(graph *g, const uint64_t *tt, unsigned first, unsigned k,
                        const uint32_t *in)
{
    unsigned half = k ? 1u << (k - 1) : 0;
    bool equal = true;
    uint32_t low, high;

    if (k == 0)
        return tt[first / 64] >> (first % 64) & 1;
    for (unsigned a = first; a < first + half && equal; a++)
        equal = (tt[a / 64] >> (a % 64) & 1) ==
                (tt[(a + half) / 64] >> ((a + half) % 64) & 1);
    if (equal)
        return literal(g, tt, first, k - 1, in + 1);
    /* One after the other: gates are numbered as they come. */
    low = literal(g, tt, first, k - 1, in + 1);
    high = literal(g, tt, first + half, k - 1, in + 1);
    return choose(g, in[0], high, low);
}

/* Literals of all outputs of the last layer: owned, NULL without memory. */
static uint32_t *build(graph *g, const lut_circuit *c)
{
    uint32_t *below = malloc(c->inputs * sizeof *below), in[LUT_MAX_K];

    for (uint32_t i = 0; below && i < c->inputs; i++)
        below[i] = 2 * (1 + i);
    for (uint32_t l = 0; below && l < c->nlayers; l++) {
        const lut_circuit_layer *layer = &c->layer[l];
        uint32_t *above = malloc(layer->luts * sizeof *above);

        for (uint32_t m = 0; above && m < layer->luts; m++) {
            for (uint32_t j = 0; j < layer->k; j++)
                in[j] = below[layer->wire[m * layer->k + j]];
            above[m] =
                literal(g, layer->tt + m * lut_table_words(layer->k), 0, layer->k, in);
        }
        free(below);
        below = above;
    }
    return below;
}

/* Seven bits a byte, low ones first, the top bit says that more follow. */
static void put_delta(lut_text *t, uint32_t delta)
{
    for (; delta > 127; delta >>= 7)
        lut_text_bytes(t, &(unsigned char){ (unsigned char)(delta | 128) }, 1);
    lut_text_bytes(t, &(unsigned char){ (unsigned char)delta }, 1);
}

static void put_names(lut_text *t, const lut_export_design *d, uint32_t outputs)
{
    for (uint32_t i = 0; i < d->circuit->inputs; i++)
        lut_text_put(t, "i%u b%u\n", (unsigned)i, (unsigned)i);
    for (uint32_t o = 0; o < outputs; o++)
        lut_text_put(t, "o%u y%u\n", (unsigned)o, (unsigned)o);
    lut_text_put(t, "c\n");
    lut_text_head(t, d, "", "");
}

static void put_graph(lut_text *t, const graph *g, const uint32_t *output,
                      uint32_t outputs)
{
    lut_text_put(t, "aig %zu %u 0 %u %zu\n", g->inputs + g->ngates, (unsigned)g->inputs,
                 (unsigned)outputs, g->ngates);
    for (uint32_t o = 0; o < outputs; o++)
        lut_text_put(t, "%u\n", (unsigned)output[o]);
    for (size_t i = 0; i < g->ngates; i++) {
        put_delta(t, 2 * (uint32_t)(1 + g->inputs + i) - g->gate[i][0]);
        put_delta(t, g->gate[i][0] - g->gate[i][1]);
    }
}

static lut_status write(const void *cfg, const lut_export_design *d, const lut_export_out *out,
                        lut_err *err)
{
    const lut_circuit *c = d->circuit;
    uint32_t outputs = c->layer[c->nlayers - 1].luts;
    graph g = { .inputs = c->inputs };
    uint32_t *output = build(&g, c);
    lut_text t = { .st = LUT_OK };

    (void)cfg;
    if (!output || g.full) {
        t.st = lut_fail(err, LUT_ENOMEM, "no memory for %zu and-gates", g.ngates);
    } else {
        lut_text_file(&t, out, "%s.aig", d->name);
        put_graph(&t, &g, output, outputs);
        put_names(&t, d, outputs);
        t.st = lut_text_end(&t, err);
    }
    free(output);
    free(g.gate);
    return t.st;
}

const lut_export_ops lut_export_aiger = {
    .name = "aiger",
    .doc = "the same as and-gates and inverters (binary)",
    .write = write,
};
