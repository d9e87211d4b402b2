/* BLIF, the layers alone: one .names for each LUT, straight from the trained tables and
 * without any simplification, so that it says independently of all other writers what the
 * network computes.  Inputs b0, b1, ... are the encoded bits, outputs y0, y1, ... those of
 * the last layer in their order.
 *
 * A cover lists the addresses with output 1, or those with output 0 where these are fewer.
 * Constants have no fan-ins: ABC refuses a cover with fan-ins and no rows.
 */
#include "lib/export/text.h"

#include <stdio.h>

enum { NAME = 24 };

/* Output m of a layer; layer -1 are the inputs. */
static const char *name(char out[NAME], const lut_circuit *c, int layer, uint32_t m)
{
    if (layer < 0)
        snprintf(out, NAME, "b%u", (unsigned)m);
    else if (layer + 1 == (int)c->nlayers)
        snprintf(out, NAME, "y%u", (unsigned)m);
    else
        snprintf(out, NAME, "l%d_%u", layer, (unsigned)m);
    return out;
}

static void list(lut_text *t, const char *keyword, const char *prefix, uint32_t n)
{
    lut_text_put(t, "%s", keyword);
    for (uint32_t i = 0; i < n; i++)
        lut_text_word(t, " ", " \\\n ", "%s%u", prefix, (unsigned)i);
    lut_text_put(t, "\n");
}

static bool entry(const uint64_t *tt, unsigned a)
{
    return tt[a / 64] >> (a % 64) & 1;
}

static void cover(lut_text *t, const uint64_t *tt, unsigned k, bool phase)
{
    char row[LUT_MAX_K + 1];

    for (unsigned a = 0; a < 1u << k; a++) {
        if (entry(tt, a) != phase)
            continue;
        for (unsigned j = 0; j < k; j++)
            row[j] = (char)('0' + (a >> (k - 1 - j) & 1));
        row[k] = 0;
        lut_text_put(t, "%s %d\n", row, phase);
    }
}

static void node(lut_text *t, const lut_circuit *c, uint32_t l, uint32_t m)
{
    const lut_circuit_layer *layer = &c->layer[l];
    const uint64_t *tt = layer->tt + m * lut_table_words(layer->k);
    unsigned entries = 1u << layer->k, ones = 0;
    char text[NAME];

    for (unsigned a = 0; a < entries; a++)
        ones += entry(tt, a);
    lut_text_put(t, ".names");
    for (uint32_t j = 0; ones && ones < entries && j < layer->k; j++)
        lut_text_put(t, " %s",
                     name(text, c, (int)l - 1, layer->wire[m * layer->k + j]));
    lut_text_put(t, " %s\n", name(text, c, (int)l, m));
    if (ones == entries)
        lut_text_put(t, "1\n");
    else if (ones)
        cover(t, tt, layer->k, ones <= entries / 2);
}

static lut_status write(const void *cfg, const lut_export_design *d, const lut_export_out *out,
                        lut_err *err)
{
    const lut_circuit *c = d->circuit;
    lut_text t = { .st = LUT_OK };

    (void)cfg;
    lut_text_file(&t, out, "%s.blif", d->name);
    lut_text_head(&t, d, "# ", "");
    lut_text_put(&t, ".model %s\n", d->name);
    list(&t, ".inputs", "b", c->inputs);
    list(&t, ".outputs", "y", c->layer[c->nlayers - 1].luts);
    for (uint32_t l = 0; l < c->nlayers; l++)
        for (uint32_t m = 0; m < c->layer[l].luts; m++)
            node(&t, c, l, m);
    lut_text_put(&t, ".end\n");
    return lut_text_end(&t, err);
}

const lut_export_ops lut_export_blif = {
    .name = "blif",
    .doc = "the layers as trained, for logic synthesis and provers",
    .write = write,
};
