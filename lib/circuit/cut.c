#include "lib/circuit/cut.h"

#include <stdlib.h>
#include <string.h>

enum { PARTIAL = 3 * LUT_CUTS }; /* cuts of some of a node's inputs */

/* Cuts in order, none a part of another. */
typedef struct list {
    lut_cut cut[PARTIAL];
    unsigned n, room;
} list;

lut_status lut_cuts_open(lut_cuts *c, const lut_netlist *n, unsigned k,
                         uint64_t registers, lut_err *err)
{
    size_t nodes = (size_t)n->nnodes + 1, signals = nodes + n->inputs;

    *c = (lut_cuts){ .net = n, .k = k, .registers = registers };
    c->set = malloc(nodes * LUT_CUTS * sizeof *c->set);
    c->best = calloc(nodes, sizeof *c->best);
    c->count = calloc(nodes, sizeof *c->count);
    c->depth = calloc(signals, sizeof *c->depth);
    c->flow = calloc(signals, sizeof *c->flow);
    if (c->set && c->best && c->count && c->depth && c->flow)
        return LUT_OK;
    lut_cuts_close(c);
    return lut_fail(err, LUT_ENOMEM, "no memory to map %u LUTs", (unsigned)n->nnodes);
}

void lut_cuts_close(lut_cuts *c)
{
    free(c->set);
    free(c->best);
    free(c->count);
    free(c->depth);
    free(c->flow);
    *c = (lut_cuts){ 0 };
}

/* ---- one cut ---- */

static bool is_node(const lut_cuts *c, uint32_t signal)
{
    return signal > c->net->inputs;
}

static unsigned stage_of(const lut_cuts *c, uint32_t signal)
{
    const lut_node *node = &c->net->node[signal - lut_netlist_signal(c->net, 0)];

    return c->registers ? lut_netlist_stage(c->registers, node->part) : 0;
}

static bool is_below(const lut_cuts *c, uint32_t signal, unsigned stage)
{
    return !is_node(c, signal) || stage_of(c, signal) != stage;
}

uint32_t lut_cuts_arrival(const lut_cuts *c, uint32_t signal, unsigned stage)
{
    return is_below(c, signal, stage) ? 0 : c->depth[signal];
}

void lut_cuts_weigh(const lut_cuts *c, lut_cut *cut, unsigned stage)
{
    uint32_t most = 0;
    float flow = 1;

    for (unsigned i = 0; i < cut->n; i++) {
        uint32_t depth = lut_cuts_arrival(c, cut->leaf[i], stage);

        most = depth > most ? depth : most;
        flow += c->flow[cut->leaf[i]];
    }
    cut->depth = most + 1;
    cut->flow = flow;
}

/* The union, unless it has more than k leaves. */
static bool unite(lut_cut *out, const lut_cut *a, const lut_cut *b, unsigned k)
{
    unsigned i = 0, j = 0, n = 0;

    out->sign = a->sign | b->sign;
    if ((unsigned)__builtin_popcount(out->sign) > k)
        return false;
    while (i < a->n || j < b->n) {
        uint32_t x = i < a->n ? a->leaf[i] : UINT32_MAX;
        uint32_t y = j < b->n ? b->leaf[j] : UINT32_MAX;

        if (n == k)
            return false;
        out->leaf[n++] = x < y ? x : y;
        i += x <= y;
        j += y <= x;
    }
    out->n = (uint8_t)n;
    return true;
}

/* Whether the leaves of a are all leaves of b. */
static bool is_part(const lut_cut *a, const lut_cut *b)
{
    unsigned j = 0;

    if (a->n > b->n || (a->sign & ~b->sign))
        return false;
    for (unsigned i = 0; i < a->n; i++, j++) {
        while (j < b->n && b->leaf[j] < a->leaf[i])
            j++;
        if (j == b->n || b->leaf[j] != a->leaf[i])
            return false;
    }
    return true;
}

static bool is_before(const lut_cut *a, const lut_cut *b, bool by_depth)
{
    const float same = 1e-3f; /* sums in other orders are no reason */

    if (by_depth && a->depth != b->depth)
        return a->depth < b->depth;
    if (a->flow < b->flow - same || a->flow > b->flow + same)
        return a->flow < b->flow;
    if (a->depth != b->depth)
        return a->depth < b->depth;
    return a->n < b->n;
}

/* ---- the cuts of a node ---- */

static void insert(list *l, const lut_cut *cut, bool by_depth)
{
    unsigned at = l->n, kept;

    if (l->n == l->room && !is_before(cut, &l->cut[l->n - 1], by_depth))
        return;
    for (unsigned i = 0; i < l->n; i++)
        if (is_part(&l->cut[i], cut))
            return;
    kept = 0;
    for (unsigned i = 0; i < l->n; i++)
        if (!is_part(cut, &l->cut[i])) {
            if (kept != i)
                l->cut[kept] = l->cut[i];
            kept++;
        }
    l->n = kept < l->room ? kept : l->room - 1;
    for (at = l->n; at > 0 && is_before(cut, &l->cut[at - 1], by_depth); at--)
        l->cut[at] = l->cut[at - 1];
    l->cut[at] = *cut;
    l->n++;
}

static lut_cut only(uint32_t signal)
{
    return (lut_cut){ .leaf = { signal }, .sign = 1u << signal % 32, .n = 1 };
}

/* All cuts of `from`, each with the signal or with one of its cuts. */
static void extend(const lut_cuts *c, list *to, const list *from, uint32_t signal,
                   unsigned stage)
{
    lut_cut alone = only(signal), joint;
    unsigned more = 0;
    const lut_cut *set = NULL;

    if (!is_below(c, signal, stage)) {
        uint32_t i = signal - lut_netlist_signal(c->net, 0);

        set = c->set + (size_t)i * LUT_CUTS;
        more = c->count[i];
    }
    for (unsigned i = 0; i < from->n; i++)
        for (unsigned j = 0; j <= more; j++)
            if (unite(&joint, &from->cut[i], j ? &set[j - 1] : &alone, c->k)) {
                lut_cuts_weigh(c, &joint, stage);
                insert(to, &joint, c->by_depth);
            }
}

static lut_cut inputs_of(const lut_node *node)
{
    lut_cut cut = { .n = node->k };

    for (unsigned j = 0; j < node->k; j++) {
        cut.leaf[j] = node->in[j];
        cut.sign |= 1u << node->in[j] % 32;
    }
    return cut;
}

/* What is deeper than allowed goes; a cut that is not remains. */
static void store(lut_cuts *c, uint32_t i, const list *l, uint32_t deepest)
{
    lut_cut *set = c->set + (size_t)i * LUT_CUTS;
    unsigned n = 0;

    for (unsigned j = 0; j < l->n && n < LUT_CUTS; j++)
        if (l->cut[j].depth <= deepest)
            set[n++] = l->cut[j];
    c->count[i] = (uint8_t)n;
    c->best[i] = set[0];
}

void lut_cuts_find(lut_cuts *c, uint32_t i, uint32_t deepest, bool keep)
{
    const lut_node *node = &c->net->node[i];
    unsigned stage = stage_of(c, lut_netlist_signal(c->net, i));
    list l[2];
    lut_cut always = keep ? c->best[i] : inputs_of(node);

    l[0].n = 1;
    l[0].cut[0] = (lut_cut){ 0 };
    for (unsigned j = 0; j < node->k; j++) {
        list *to = &l[(j + 1) % 2];

        to->n = 0;
        to->room = j + 1 < node->k ? PARTIAL : LUT_CUTS;
        extend(c, to, &l[j % 2], node->in[j], stage);
    }
    lut_cuts_weigh(c, &always, stage);
    l[node->k % 2].room = LUT_CUTS + 1;
    insert(&l[node->k % 2], &always, c->by_depth);
    store(c, i, &l[node->k % 2], deepest);
}
