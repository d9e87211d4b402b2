#include "lib/circuit/build.h"
#include "lib/circuit/table.h"

#include <stdlib.h>
#include <string.h>

/* ---- the one form of a node ---- */

static void drop_input(lut_node *node, unsigned j)
{
    node->k--;
    for (; j < node->k; j++)
        node->in[j] = node->in[j + 1];
}

/* Literals to signals. */
static void absorb_phases(lut_node *node)
{
    for (unsigned j = node->k; j-- > 0;) {
        unsigned p = node->k - 1u - j, phase = node->in[j] & 1;

        node->in[j] >>= 1;
        if (node->in[j] == 0) {
            node->tt = lut_table_cofactor(node->tt, p, phase);
            drop_input(node, j);
        } else if (phase) {
            node->tt = lut_table_flip(node->tt, p);
        }
    }
}

static void sort_inputs(lut_node *node)
{
    for (unsigned end = node->k; end > 1; end--)
        for (unsigned j = 0; j + 1 < end; j++)
            if (node->in[j] > node->in[j + 1]) {
                uint32_t x = node->in[j];

                node->in[j] = node->in[j + 1];
                node->in[j + 1] = x;
                node->tt = lut_table_swap(node->tt, node->k - 2u - j);
            }
}

static void join_same(lut_node *node)
{
    for (unsigned j = node->k; j-- > 1;)
        if (node->in[j] == node->in[j - 1]) {
            node->tt = lut_table_join(node->tt, node->k - 1u - j);
            drop_input(node, j);
        }
}

/* After joining: what is left of two inputs may not matter. */
static void drop_needless(lut_node *node)
{
    for (unsigned j = node->k; j-- > 0;) {
        unsigned p = node->k - 1u - j;

        if (!lut_table_needs(node->tt, p)) {
            node->tt = lut_table_cofactor(node->tt, p, 0);
            drop_input(node, j);
        }
    }
}

static bool is_wire(const lut_node *node, uint32_t *literal)
{
    if (node->k == 0)
        *literal = (uint32_t)node->tt;
    else if (node->k == 1)
        *literal = 2 * node->in[0] + (uint32_t)(node->tt & 1);
    return node->k <= 1;
}

/* ---- nodes by what they are ---- */

static uint64_t mix(uint64_t h, uint64_t x)
{
    h = (h ^ x) * 0x9e3779b97f4a7c15;
    return h ^ h >> 32;
}

static uint64_t hash_of(const lut_node *node)
{
    uint64_t h = mix(node->k, node->tt);

    for (unsigned j = 0; j < node->k; j++)
        h = mix(h, node->in[j]);
    return h;
}

static bool same(const lut_node *a, const lut_node *b)
{
    return a->tt == b->tt && a->k == b->k &&
           memcmp(a->in, b->in, a->k * sizeof *a->in) == 0;
}

/* Where the node is, or could be. */
static uint32_t *find(const lut_build *b, const lut_node *node)
{
    size_t at = hash_of(node) & (b->slots - 1);

    while (b->slot[at] && !same(&b->node[b->slot[at] - 1], node))
        at = (at + 1) & (b->slots - 1);
    return &b->slot[at];
}

static lut_status index_anew(lut_build *b, size_t slots, lut_err *err)
{
    uint32_t *slot = calloc(slots, sizeof *slot);

    if (!slot)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu LUTs", slots / 2);
    free(b->slot);
    b->slot = slot;
    b->slots = slots;
    for (uint32_t i = 0; i < b->nnodes; i++)
        *find(b, &b->node[i]) = i + 1;
    return LUT_OK;
}

static lut_status grow(lut_build *b, size_t room, lut_err *err)
{
    lut_node *more = realloc(b->node, room * sizeof *more);
    size_t slots = 16;

    if (!more)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu LUTs", room);
    b->node = more;
    b->room = (uint32_t)room;
    while (slots <= 2 * room)
        slots *= 2;
    return index_anew(b, slots, err);
}

lut_status lut_build_open(lut_build *b, uint32_t inputs, uint32_t expected,
                          lut_err *err)
{
    lut_status st;

    *b = (lut_build){ .inputs = inputs };
    st = grow(b, expected + 1, err);
    if (st != LUT_OK)
        lut_build_close(b);
    return st;
}

void lut_build_close(lut_build *b)
{
    free(b->node);
    free(b->slot);
    *b = (lut_build){ 0 };
}

lut_status lut_build_add(lut_build *b, uint32_t *out, uint64_t tt, unsigned k,
                         const uint32_t *in, uint8_t part, lut_err *err)
{
    lut_node node = { .tt = tt, .k = (uint8_t)k, .part = part };
    uint32_t phase, *slot;

    memcpy(node.in, in, k * sizeof *in);
    absorb_phases(&node);
    sort_inputs(&node);
    join_same(&node);
    drop_needless(&node);
    if (is_wire(&node, out))
        return LUT_OK;
    phase = node.tt & 1;
    if (phase)
        node.tt = ~node.tt & lut_table_all(node.k);
    if (b->nnodes == b->room)
        LUT_TRY(grow(b, 2 * (size_t)b->room, err));
    slot = find(b, &node);
    if (!*slot) {
        memset(node.in + node.k, 0, (LUT_NODE_INPUTS - node.k) * sizeof *node.in);
        b->node[b->nnodes] = node;
        *slot = ++b->nnodes;
    }
    *out = 2 * (b->inputs + *slot) + phase;
    return LUT_OK;
}

/* ---- dead nodes ---- */

/* 1 for signals that outputs need. */
static void mark(const lut_build *b, uint32_t *needed, const uint32_t *output, size_t n)
{
    for (size_t o = 0; o < n; o++)
        needed[output[o] >> 1] = 1;
    for (uint32_t i = b->nnodes; i-- > 0;)
        for (unsigned j = 0; needed[1 + b->inputs + i] && j < b->node[i].k; j++)
            needed[b->node[i].in[j]] = 1;
}

/* number: [signals] 1 where needed; then the new number. */
static void compact(lut_build *b, uint32_t *number)
{
    uint32_t at = 0;

    for (uint32_t s = 0; s <= b->inputs; s++)
        number[s] = s;
    for (uint32_t i = 0; i < b->nnodes; i++) {
        uint32_t s = 1 + b->inputs + i;

        if (!number[s])
            continue;
        number[s] = 1 + b->inputs + at;
        b->node[at] = b->node[i];
        for (unsigned j = 0; j < b->node[at].k; j++)
            b->node[at].in[j] = number[b->node[at].in[j]];
        at++;
    }
    b->nnodes = at;
}

lut_status lut_build_sweep(lut_build *b, uint32_t *output, size_t n, lut_err *err)
{
    size_t signals = (size_t)1 + b->inputs + b->nnodes;
    uint32_t *number = calloc(signals, sizeof *number);

    if (!number)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu signals", signals);
    mark(b, number, output, n);
    compact(b, number);
    for (size_t o = 0; o < n; o++)
        output[o] = 2 * number[output[o] >> 1] + (output[o] & 1);
    free(number);
    memset(b->slot, 0, b->slots * sizeof *b->slot);
    for (uint32_t i = 0; i < b->nnodes; i++)
        *find(b, &b->node[i]) = i + 1;
    return LUT_OK;
}

/* ---- to a netlist ---- */

static lut_status alloc_outputs(lut_netlist *n, const uint32_t *output, lut_err *err)
{
    n->output = malloc(((size_t)n->noutputs + 1) * sizeof *n->output);
    n->first = calloc(2, sizeof *n->first);
    n->bias = calloc(1, sizeof *n->bias);
    if (!n->output || !n->first || !n->bias)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u outputs",
                        (unsigned)n->noutputs);
    memcpy(n->output, output, n->noutputs * sizeof *output);
    n->first[1] = n->noutputs;
    return LUT_OK;
}

lut_status lut_build_finish(lut_build *b, lut_netlist *n, const uint32_t *output,
                            uint32_t noutputs, lut_err *err)
{
    lut_status st;

    *n = (lut_netlist){
        .inputs = b->inputs, .classes = 1, .group = noutputs, .noutputs = noutputs
    };
    st = alloc_outputs(n, output, err);
    if (st == LUT_OK)
        st = lut_build_sweep(b, n->output, noutputs, err);
    if (st != LUT_OK) {
        lut_netlist_fini(n);
        return st;
    }
    n->node = b->node;
    n->nnodes = b->nnodes;
    b->node = NULL;
    lut_build_close(b);
    return LUT_OK;
}
