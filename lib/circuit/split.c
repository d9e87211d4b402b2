#include "lib/circuit/split.h"
#include "lib/circuit/build.h"
#include "lib/circuit/table.h"

#include <stdlib.h>

enum { AND = 8, OR = 14, XOR = 6, LOW_AND = 2, LOW_OR = 11 }; /* of (x, rest) */

typedef struct splitter {
    lut_build b;
    unsigned k;
} splitter;

/* The gate of x and the rest, if input j is such an x: 0 if not. */
static uint64_t gate_of(uint64_t *rest, const lut_node *node, unsigned j)
{
    unsigned p = node->k - 1u - j;
    uint64_t lo = lut_table_cofactor(node->tt, p, 0),
             hi = lut_table_cofactor(node->tt, p, 1), all = lut_table_all(node->k - 1u);

    *rest = lo == 0 || lo == all ? hi : lo;
    return lo == 0            ? AND
           : lo == all        ? LOW_OR
           : hi == 0          ? LOW_AND
           : hi == all        ? OR
           : (lo ^ hi) == all ? XOR
                              : 0;
}

static lut_node without(const lut_node *node, unsigned j, uint64_t tt)
{
    lut_node rest = { .tt = tt, .k = (uint8_t)(node->k - 1), .part = node->part };

    for (unsigned i = 0; i < rest.k; i++)
        rest.in[i] = node->in[i < j ? i : i + 1];
    return rest;
}

static lut_status split(splitter *s, uint32_t *out, const lut_node *node, lut_err *err);

/* Inputs of a node are literals here. */
static lut_status add_gate(splitter *s, uint32_t *out, const lut_node *node, unsigned j,
                           uint64_t gate, uint64_t tt, lut_err *err)
{
    lut_node rest = without(node, j, tt);
    uint32_t in[2] = { node->in[j] };

    LUT_TRY(split(s, &in[1], &rest, err));
    return lut_build_add(&s->b, out, gate, 2, in, node->part, err);
}

static lut_status add_mux(splitter *s, uint32_t *out, const lut_node *node, unsigned j,
                          lut_err *err)
{
    uint32_t in[3] = { node->in[j] }, part[2];

    for (unsigned value = 0; value < 2; value++) {
        lut_node rest =
            without(node, j, lut_table_cofactor(node->tt, node->k - 1u - j, value));

        LUT_TRY(split(s, &in[1 + value], &rest, err));
    }
    if (s->k > 2)
        return lut_build_add(&s->b, out, 0xac, 3, in, node->part, err);
    LUT_TRY(lut_build_add(&s->b, &part[0], LOW_AND, 2, in, node->part, err));
    in[1] = in[2];
    LUT_TRY(lut_build_add(&s->b, &part[1], AND, 2, in, node->part, err));
    return lut_build_add(&s->b, out, OR, 2, part, node->part, err);
}

static unsigned support(uint64_t tt, unsigned k)
{
    unsigned n = 0;

    for (unsigned p = 0; p < k; p++)
        n += lut_table_needs(tt, p);
    return n;
}

/* Whether input j steers two functions that share next to nothing: what stands behind them
 * (two halves of a table of seven inputs) may be put together with them. */
static bool is_steering(const lut_node *node, unsigned j)
{
    unsigned p = node->k - 1u - j;
    uint64_t lo = lut_table_cofactor(node->tt, p, 0),
             hi = lut_table_cofactor(node->tt, p, 1);

    return node->k > 3 &&
           support(lo, node->k - 1u) + support(hi, node->k - 1u) <= node->k;
}

static lut_status split(splitter *s, uint32_t *out, const lut_node *node, lut_err *err)
{
    for (unsigned j = 0; node->k > 2 && j < node->k; j++) {
        uint64_t rest, gate = gate_of(&rest, node, j);

        if (gate)
            return add_gate(s, out, node, j, gate, rest, err);
        if (is_steering(node, j))
            return add_mux(s, out, node, j, err);
    }
    if (node->k > s->k)
        return add_mux(s, out, node, 0, err);
    return lut_build_add(&s->b, out, node->tt, node->k, node->in, node->part, err);
}

static lut_status split_all(splitter *s, uint32_t *literal, const lut_netlist *n,
                            lut_err *err)
{
    for (uint32_t i = 0; i <= n->inputs; i++)
        literal[i] = 2 * i;
    for (uint32_t i = 0; i < n->nnodes; i++) {
        lut_node node = n->node[i];

        for (unsigned j = 0; j < node.k; j++)
            node.in[j] = literal[node.in[j]];
        LUT_TRY(split(s, &literal[lut_netlist_signal(n, i)], &node, err));
    }
    return LUT_OK;
}

lut_status lut_split(lut_netlist *n, unsigned k, lut_err *err)
{
    size_t signals = (size_t)1 + n->inputs + n->nnodes;
    uint32_t *literal = malloc(signals * sizeof *literal);
    splitter s = { .k = k };
    lut_status st =
        literal ? lut_build_open(&s.b, n->inputs, n->nnodes, err)
                : lut_fail(err, LUT_ENOMEM, "no memory for %zu signals", signals);

    if (st == LUT_OK)
        st = split_all(&s, literal, n, err);
    if (st == LUT_OK)
        st = lut_build_replace(&s.b, n, literal, err);
    lut_build_close(&s.b);
    free(literal);
    return st;
}
