#include "lib/export/netlist_blif.h"
#include "lib/export/text.h"

#include <stdio.h>

static void put_signal(lut_text *t, const lut_netlist *n, uint32_t signal)
{
    if (signal == 0)
        lut_text_put(t, " zero");
    else if (signal <= n->inputs)
        lut_text_put(t, " b%u", (unsigned)signal - 1);
    else
        lut_text_put(t, " n%u", (unsigned)(signal - n->inputs - 1));
}

static void put_row(lut_text *t, unsigned a, unsigned k)
{
    char row[LUT_NODE_INPUTS + 1] = "";

    for (unsigned j = 0; j < k; j++)
        row[j] = (char)('0' + (a >> (k - 1 - j) & 1));
    lut_text_put(t, "%s 1\n", row);
}

/* Constant tables have no fan-ins: ABC refuses a cover with fan-ins and no rows. */
static void put_node(lut_text *t, const lut_netlist *n, uint32_t i)
{
    const lut_node *node = &n->node[i];

    lut_text_put(t, ".names");
    for (uint32_t j = 0; node->tt && j < node->k; j++)
        put_signal(t, n, node->in[j]);
    lut_text_put(t, " n%u\n", (unsigned)i);
    for (unsigned a = 0; a < 1u << node->k; a++)
        if (node->tt >> a & 1)
            put_row(t, a, node->k);
}

static void put_output(lut_text *t, const lut_netlist *n, uint32_t c)
{
    uint32_t literal =
        n->first[c] < n->first[c + 1] ? n->output[n->first[c]] : n->bias[c];

    lut_text_put(t, ".names");
    if (literal > 1)
        put_signal(t, n, literal >> 1);
    lut_text_put(t, " y%u\n", (unsigned)c);
    if (literal > 1)
        lut_text_put(t, "%d 1\n", !(literal & 1));
    else if (literal)
        lut_text_put(t, "1\n");
}

static void put_list(lut_text *t, const char *keyword, char prefix, uint32_t n)
{
    lut_text_put(t, "%s", keyword);
    for (uint32_t i = 0; i < n; i++)
        lut_text_word(t, " ", " \\\n ", "%c%u", prefix, (unsigned)i);
    lut_text_put(t, "\n");
}

lut_status lut_export_netlist_blif(const lut_netlist *n, const char *name,
                                   const lut_export_out *out, lut_err *err)
{
    lut_text t = { .st = LUT_OK };

    lut_text_file(&t, out, "%s.blif", name);
    lut_text_put(&t, ".model %s\n", name);
    put_list(&t, ".inputs", 'b', n->inputs);
    put_list(&t, ".outputs", 'y', n->classes);
    lut_text_put(&t, ".names zero\n");
    for (uint32_t i = 0; i < n->nnodes; i++)
        put_node(&t, n, i);
    for (uint32_t c = 0; c < n->classes; c++)
        put_output(&t, n, c);
    lut_text_put(&t, ".end\n");
    return lut_text_end(&t, err);
}
