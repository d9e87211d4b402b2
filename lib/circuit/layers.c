#include "lib/circuit/layers.h"
#include "lib/circuit/build.h"

#include <stdlib.h>
#include <string.h>

enum { NONE = UINT8_MAX };

typedef struct looker {
    const lut_circuit *c;
    const lut_netlist *n; /* its LUTs one by one */
    lut_build b;
    uint32_t *literal; /* [signals of n] what it is in b; owned */
    uint8_t *made;   /* [nodes of n] layer of the LUT that this node ends and that made
                             something new, or NONE; owned */
    uint8_t *needed; /* [signals of b]; owned */
} looker;

/* ---- one LUT ---- */

/* Nodes of n that a LUT is, of which the last is its output. */
static uint32_t nodes_of(unsigned k)
{
    return k <= LUT_NODE_INPUTS ? 1 : (uint32_t)lut_table_words(k) + 1;
}

static lut_status add_nodes(looker *k, uint32_t first, uint32_t count, lut_err *err)
{
    uint32_t in[LUT_NODE_INPUTS];

    for (uint32_t i = first; i < first + count; i++) {
        const lut_node *node = &k->n->node[i];

        for (unsigned j = 0; j < node->k; j++)
            in[j] = k->literal[node->in[j]];
        LUT_TRY(lut_build_add(&k->b, &k->literal[lut_netlist_signal(k->n, i)], node->tt,
                              node->k, in, node->part, err));
    }
    return LUT_OK;
}

/* Of the nodes first .. first + count - 1, which made `fresh` new ones. */
static uint32_t *kind_of(lut_layer_look *look, const looker *k, uint32_t first,
                         uint32_t count, uint32_t fresh)
{
    uint32_t out = k->literal[lut_netlist_signal(k->n, first + count - 1)];

    if (out <= 1)
        return &look->constant;
    for (uint32_t i = first; i < first + count; i++)
        for (unsigned j = 0; j < k->n->node[i].k; j++) {
            uint32_t signal = k->n->node[i].in[j], in = k->literal[signal];

            if (signal >= lut_netlist_signal(k->n, first)) /* inside the LUT */
                continue;
            if (out == in)
                return &look->wire;
            if (out == (in ^ 1))
                return &look->inverter;
        }
    return fresh ? NULL : &look->same;
}

static lut_status look_at(lut_layer_look *look, looker *k, uint32_t *first,
                          unsigned layer, lut_err *err)
{
    uint32_t count = nodes_of(k->c->layer[layer].k), before = k->b.nnodes, *kind;
    uint32_t last = *first + count - 1;

    LUT_TRY(add_nodes(k, *first, count, err));
    kind = kind_of(look, k, *first, count, k->b.nnodes - before);
    k->made[last] = kind ? NONE : (uint8_t)layer;
    if (kind)
        ++*kind;
    look->luts++;
    *first += count;
    return LUT_OK;
}

/* ---- what votes need ---- */

static void mark_needed(looker *k)
{
    for (uint32_t o = 0; o < k->n->noutputs; o++)
        k->needed[k->literal[k->n->output[o] >> 1] >> 1] = 1;
    for (uint32_t i = k->b.nnodes; i-- > 0;)
        for (unsigned j = 0; k->needed[1 + k->b.inputs + i] && j < k->b.node[i].k; j++)
            k->needed[k->b.node[i].in[j]] = 1;
}

static void count_dead(lut_layer_look *look, const looker *k)
{
    for (uint32_t i = 0; i < k->n->nnodes; i++) {
        uint32_t signal = k->literal[lut_netlist_signal(k->n, i)] >> 1;

        if (k->made[i] != NONE && !k->needed[signal])
            look[k->made[i]].dead++;
        else if (k->made[i] != NONE)
            look[k->made[i]].left++;
    }
}

/* ---- all ---- */

static lut_status look_at_all(lut_layer_look *look, looker *k, const uint32_t *as,
                              lut_err *err)
{
    uint32_t first = 0;

    k->literal[0] = 0;
    for (uint32_t i = 0; i < k->n->inputs; i++) {
        uint32_t to = as ? as[i] : 2 * (1 + i);

        k->literal[1 + i] = to >> 1 == 1 + i ? to : k->literal[to >> 1] ^ (to & 1);
    }
    for (uint32_t l = 0; l < k->c->nlayers; l++) {
        look[l] = (lut_layer_look){ 0 };
        for (uint32_t u = 0; u < k->c->layer[l].luts; u++)
            LUT_TRY(look_at(&look[l], k, &first, l, err));
    }
    k->needed = calloc((size_t)1 + k->b.inputs + k->b.nnodes, 1);
    if (!k->needed)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u LUTs",
                        (unsigned)k->b.nnodes);
    mark_needed(k);
    count_dead(look, k);
    return LUT_OK;
}

lut_status lut_circuit_layers(lut_layer_look *look, const lut_circuit *c,
                              const uint32_t *as, lut_err *err)
{
    lut_netlist n;
    looker k = { .c = c, .n = &n };
    lut_status st;

    LUT_TRY(lut_netlist_from(&n, c, err));
    k.literal = malloc(lut_netlist_signal(&n, n.nnodes) * sizeof *k.literal);
    k.made = malloc((size_t)n.nnodes + 1);
    if (k.made)
        memset(k.made, NONE, n.nnodes);
    if (k.literal && k.made)
        st = lut_build_open(&k.b, n.inputs, n.nnodes, err);
    else
        st = lut_fail(err, LUT_ENOMEM, "no memory for %u LUTs", (unsigned)n.nnodes);
    if (st == LUT_OK)
        st = look_at_all(look, &k, as, err);
    lut_build_close(&k.b);
    lut_netlist_fini(&n);
    free(k.literal);
    free(k.made);
    free(k.needed);
    return st;
}
