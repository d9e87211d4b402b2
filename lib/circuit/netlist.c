#include "lib/circuit/netlist.h"
#include "lib/circuit/table.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_SIGNALS = 1 << 30 };

/* ---- from a circuit ---- */

/* Nodes that a LUT becomes: a multiplexer chooses among tables of six inputs. */
static size_t nodes_of(unsigned k)
{
    return k <= 6 ? 1 : lut_table_words(k) + 1;
}

static lut_status check_size(size_t *nnodes, const lut_circuit *c, lut_err *err)
{
    size_t n = 0;

    for (uint32_t l = 0; l < c->nlayers; l++)
        n += c->layer[l].luts * nodes_of(c->layer[l].k);
    *nnodes = n;
    if (1 + c->inputs + n > MOST_SIGNALS)
        return lut_fail(err, LUT_EINVAL,
                        "%u inputs and %zu LUTs, want at most %d together",
                        (unsigned)c->inputs, n, MOST_SIGNALS - 1);
    return LUT_OK;
}

static lut_status alloc(lut_netlist *n, size_t nnodes, size_t noutputs, lut_err *err)
{
    n->node = malloc(nnodes * sizeof *n->node);
    n->output = malloc(noutputs * sizeof *n->output);
    n->first = calloc((size_t)n->classes + 1, sizeof *n->first);
    n->bias = calloc(n->classes, sizeof *n->bias);
    if (!n->node || !n->output || !n->first || !n->bias)
        return lut_fail(err, LUT_ENOMEM, "no memory for a netlist of %zu LUTs", nnodes);
    return LUT_OK;
}

static uint32_t add(lut_netlist *n, const lut_node *node)
{
    n->node[n->nnodes] = *node;
    return lut_netlist_signal(n, n->nnodes++);
}

/* Tables of the last six inputs, and the multiplexer that the inputs before them steer. */
static uint32_t add_wide(lut_netlist *n, const uint64_t *tt, unsigned k,
                         const uint32_t *in, uint8_t part)
{
    unsigned words = (unsigned)lut_table_words(k), steer = k - 6;
    lut_node leaf = { .k = 6, .part = part },
             mux = { .k = (uint8_t)(steer + words), .part = part };

    for (unsigned j = 0; j < steer; j++)
        mux.in[j] = in[j];
    for (unsigned j = 0; j < 6; j++)
        leaf.in[j] = in[steer + j];
    for (unsigned w = 0; w < words; w++) {
        leaf.tt = tt[w];
        mux.in[steer + w] = add(n, &leaf);
    }
    for (unsigned a = 0; a < 1u << mux.k; a++)
        mux.tt |= (uint64_t)(a >> (words - 1 - (a >> words)) & 1) << a;
    return add(n, &mux);
}

static uint32_t add_lut(lut_netlist *n, const lut_circuit_layer *layer, uint32_t u,
                        const uint32_t *below, uint8_t part)
{
    const uint64_t *tt = layer->tt + u * lut_table_words(layer->k);
    const uint32_t *wire = layer->wire + (size_t)u * layer->k;
    uint32_t in[LUT_MAX_K];
    lut_node node = { .tt = tt[0], .k = (uint8_t)layer->k, .part = part };

    for (unsigned j = 0; j < layer->k; j++)
        in[j] = below[wire[j]];
    if (layer->k > LUT_NODE_INPUTS)
        return add_wide(n, tt, layer->k, in, part);
    for (unsigned j = 0; j < layer->k; j++)
        node.in[j] = in[j];
    return add(n, &node);
}

/* Classes that lie wholly beyond the last output have none. */
static void add_votes(lut_netlist *n, const uint32_t *signal, uint32_t luts)
{
    n->noutputs = luts;
    for (uint32_t o = 0; o < luts; o++)
        n->output[o] = 2 * signal[o];
    for (uint32_t c = 0; c <= n->classes; c++) {
        size_t first = (size_t)c * n->group;

        n->first[c] = first < luts ? (uint32_t)first : luts;
    }
}

static size_t widest(const lut_circuit *c)
{
    size_t most = c->inputs;

    for (uint32_t l = 0; l < c->nlayers; l++)
        most = c->layer[l].luts > most ? c->layer[l].luts : most;
    return most;
}

static lut_status fill(lut_netlist *n, const lut_circuit *c, lut_err *err)
{
    size_t most = widest(c);
    uint32_t *signal = malloc(2 * most * sizeof *signal), *side[2];

    if (!signal)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu signals", 2 * most);
    side[0] = signal;
    side[1] = signal + most;
    for (uint32_t i = 0; i < c->inputs; i++)
        side[0][i] = 1 + i;
    for (uint32_t l = 0; l < c->nlayers; l++)
        for (uint32_t u = 0; u < c->layer[l].luts; u++)
            side[(l + 1) % 2][u] = add_lut(n, &c->layer[l], u, side[l % 2], (uint8_t)l);
    add_votes(n, side[c->nlayers % 2], c->layer[c->nlayers - 1].luts);
    free(signal);
    return LUT_OK;
}

lut_status lut_netlist_from(lut_netlist *n, const lut_circuit *c, lut_err *err)
{
    uint32_t outputs = c->layer[c->nlayers - 1].luts;
    size_t nnodes;
    lut_status st;

    *n = (lut_netlist){ .inputs = c->inputs,
                        .classes = c->classes,
                        .group = lut_circuit_group(outputs, c->classes) };
    LUT_TRY(check_size(&nnodes, c, err));
    st = alloc(n, nnodes, outputs, err);
    if (st == LUT_OK)
        st = fill(n, c, err);
    if (st != LUT_OK)
        lut_netlist_fini(n);
    return st;
}

lut_status lut_netlist_copy(lut_netlist *to, const lut_netlist *n, lut_err *err)
{
    size_t nodes = (size_t)n->nnodes + 1, outputs = (size_t)n->noutputs + 1;
    size_t classes = (size_t)n->classes + 1;

    *to = *n;
    to->node = malloc(nodes * sizeof *to->node);
    to->output = malloc(outputs * sizeof *to->output);
    to->first = malloc(classes * sizeof *to->first);
    to->bias = malloc(classes * sizeof *to->bias);
    if (!to->node || !to->output || !to->first || !to->bias) {
        lut_netlist_fini(to);
        return lut_fail(err, LUT_ENOMEM, "no memory for a netlist of %u LUTs",
                        (unsigned)n->nnodes);
    }
    memcpy(to->node, n->node, n->nnodes * sizeof *to->node);
    memcpy(to->output, n->output, n->noutputs * sizeof *to->output);
    memcpy(to->first, n->first, classes * sizeof *to->first);
    memcpy(to->bias, n->bias, n->classes * sizeof *to->bias);
    return LUT_OK;
}

/* ---- looking at one ---- */

/* A register stands between stages: what comes from another is at level 0. */
static uint32_t highest(const lut_netlist *n, uint64_t cuts, const uint32_t *level,
                        const lut_node *node)
{
    unsigned stage = lut_netlist_stage(cuts, node->part);
    uint32_t most = 0;

    for (unsigned j = 0; j < node->k; j++) {
        uint32_t i = node->in[j] - lut_netlist_signal(n, 0);

        if (node->in[j] > n->inputs && level[i] > most &&
            lut_netlist_stage(cuts, n->node[i].part) == stage)
            most = level[i];
    }
    return most;
}

lut_status lut_netlist_depth(const lut_netlist *n, uint64_t cuts, uint32_t *depth,
                             lut_err *err)
{
    uint32_t *level = malloc(((size_t)n->nnodes + 1) * sizeof *level);
    unsigned stages = lut_netlist_stage(cuts, LUT_MAX_LAYERS) + 1;

    if (!level)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u levels",
                        (unsigned)n->nnodes);
    for (unsigned s = 0; s < stages; s++)
        depth[s] = 0;
    for (uint32_t i = 0; i < n->nnodes; i++) {
        unsigned stage = lut_netlist_stage(cuts, n->node[i].part);

        level[i] = 1 + highest(n, cuts, level, &n->node[i]);
        depth[stage] = level[i] > depth[stage] ? level[i] : depth[stage];
    }
    free(level);
    return LUT_OK;
}

void lut_netlist_eval(const lut_netlist *n, uint64_t *value)
{
    uint64_t x[LUT_NODE_INPUTS];

    value[0] = 0;
    for (uint32_t i = 0; i < n->nnodes; i++) {
        const lut_node *node = &n->node[i];

        for (unsigned j = 0; j < node->k; j++)
            x[j] = value[node->in[j]];
        value[lut_netlist_signal(n, i)] = lut_table_eval(node->tt, node->k, x);
    }
}

uint32_t lut_netlist_votes(const lut_netlist *n, const uint64_t *value, uint32_t c,
                           unsigned bit)
{
    uint32_t votes = n->bias[c];

    for (uint32_t o = n->first[c]; o < n->first[c + 1]; o++)
        votes += lut_netlist_literal(value, n->output[o]) >> bit & 1;
    return votes;
}

void lut_netlist_fini(lut_netlist *n)
{
    free(n->node);
    free(n->output);
    free(n->first);
    free(n->bias);
    *n = (lut_netlist){ 0 };
}
