/* Graphviz, for networks that a person can look at: inputs that are read, LUTs with their
 * tables, votes. */
#include "lib/export/text.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct dot_cfg {
    uint32_t nodes;
} dot_cfg;

static const lut_field fields[] = { LUT_OPTION_U32(
    dot_cfg, nodes, "LUTs", 1, 100000, "300", "refuse networks of more LUTs") };

static lut_status check(const void *cfg, const lut_export_design *d, lut_err *err)
{
    const dot_cfg *most = cfg;
    size_t n = 0;

    for (uint32_t l = 0; l < d->circuit->nlayers; l++)
        n += d->circuit->layer[l].luts;
    if (n <= most->nodes)
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL,
                    "%zu LUTs, nobody could read a picture of more than %u: give "
                    "dot.nodes=%zu, or another format",
                    n, (unsigned)most->nodes, n);
}

/* As a Verilog constant has it: the last address in front. */
static void put_table(lut_text *t, const uint64_t *tt, unsigned k)
{
    size_t words = lut_table_words(k);

    if (k < 6)
        lut_text_put(t, "%0*llx", k < 2 ? 1 : 1 << (k - 2), (unsigned long long)tt[0]);
    for (size_t w = words; k >= 6 && w-- > 0;)
        lut_text_put(t, "%016llx", (unsigned long long)tt[w]);
}

static lut_status put_inputs(lut_text *t, const lut_export_design *d, lut_err *err)
{
    const lut_circuit_layer *layer = &d->circuit->layer[0];
    const lut_encoder *e = d->encoder;
    uint8_t *read = calloc(d->circuit->inputs, 1);

    if (!read)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u inputs",
                        (unsigned)d->circuit->inputs);
    for (size_t i = 0; i < (size_t)layer->luts * layer->k; i++)
        read[layer->wire[i]] = 1;
    for (uint32_t i = 0; i < d->circuit->inputs; i++) {
        char text[LUT_FEATURE_NAME + 32];

        if (!read[i])
            continue;
        snprintf(text, sizeof text, "%.31s bit %zu", e->name[i / e->bits], i % e->bits);
        lut_text_put(t, "  b%u [shape=ellipse, label=", (unsigned)i);
        lut_text_quoted(t, text);
        lut_text_put(t, "];\n");
    }
    free(read);
    return LUT_OK;
}

static void put_layer(lut_text *t, const lut_circuit *c, uint32_t l)
{
    const lut_circuit_layer *layer = &c->layer[l];

    for (uint32_t m = 0; m < layer->luts; m++) {
        lut_text_put(t, "  l%u_%u [shape=box, label=\"", (unsigned)l, (unsigned)m);
        put_table(t, layer->tt + m * lut_table_words(layer->k), layer->k);
        lut_text_put(t, "\"];\n");
        for (uint32_t j = 0; j < layer->k; j++) {
            unsigned from = layer->wire[m * layer->k + j];

            if (l)
                lut_text_put(t, "  l%u_%u", (unsigned)l - 1, from);
            else
                lut_text_put(t, "  b%u", from);
            lut_text_put(t, " -> l%u_%u [headlabel=\"%u\"];\n", (unsigned)l,
                         (unsigned)m, (unsigned)j);
        }
    }
}

static void put_votes(lut_text *t, const lut_circuit *c)
{
    uint32_t last = c->nlayers - 1, outputs = c->layer[last].luts;
    uint32_t group = lut_circuit_group(outputs, c->classes);

    for (uint32_t k = 0; k < c->classes; k++)
        lut_text_put(t, "  c%u [shape=doubleoctagon, label=\"class %u\"];\n",
                     (unsigned)k, (unsigned)k);
    for (uint32_t o = 0; o < outputs; o++)
        lut_text_put(t, "  l%u_%u -> c%u;\n", (unsigned)last, (unsigned)o,
                     (unsigned)(o / group));
}

static lut_status write(const void *cfg, const lut_export_design *d, const lut_export_out *out,
                        lut_err *err)
{
    lut_text t = { .st = LUT_OK };

    (void)cfg;
    lut_text_file(&t, out, "%s.dot", d->name);
    lut_text_head(&t, d, "// ", "");
    lut_text_put(&t, "digraph %s {\n  rankdir=LR;\n", d->name);
    LUT_TRY(put_inputs(&t, d, err));
    for (uint32_t l = 0; l < d->circuit->nlayers; l++)
        put_layer(&t, d->circuit, l);
    put_votes(&t, d->circuit);
    lut_text_put(&t, "}\n");
    return lut_text_end(&t, err);
}

const lut_export_ops lut_export_dot = {
    .name = "dot",
    .doc = "a picture of a small network, for Graphviz",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(dot_cfg),
    .check = check,
    .write = write,
};
