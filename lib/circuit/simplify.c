#include "lib/circuit/build.h"

#include <stdlib.h>
#include <string.h>

/* literal [signals] of n: what each signal is in b. */
static lut_status rebuild(lut_build *b, uint32_t *literal, const lut_netlist *n,
                          const uint32_t *as, lut_err *err)
{
    uint32_t in[LUT_NODE_INPUTS];

    literal[0] = 0;
    for (uint32_t i = 0; i < n->inputs; i++) {
        uint32_t to = as ? as[i] : 2 * (1 + i);

        literal[1 + i] = to >> 1 == 1 + i ? to : literal[to >> 1] ^ (to & 1);
    }
    for (uint32_t i = 0; i < n->nnodes; i++) {
        const lut_node *node = &n->node[i];

        for (unsigned j = 0; j < node->k; j++)
            in[j] = literal[node->in[j]];
        LUT_TRY(lut_build_add(b, &literal[lut_netlist_signal(n, i)], node->tt, node->k,
                              in, node->part, err));
    }
    return LUT_OK;
}

/* ---- votes ---- */

/* The votes of one class without constants and without pairs of a literal and its inverse,
 * which are one vote together.  count [literals]: 0 before and after. */
static uint32_t keep_votes(uint32_t *to, uint32_t *bias, const uint32_t *from,
                           uint32_t votes, uint32_t *count)
{
    uint32_t kept = 0;

    for (uint32_t v = 0; v < votes; v++)
        count[from[v]]++;
    for (uint32_t v = 0; v < votes; v++) {
        uint32_t *same = &count[from[v]], *inverse = &count[from[v] ^ 1];

        *bias += from[v] == 1 || (from[v] > 1 && *same && *inverse);
        if (from[v] <= 1 || *same == 0)
            continue;
        if (*inverse)
            --*inverse;
        else
            to[kept++] = from[v];
        --*same;
    }
    for (uint32_t v = 0; v < votes; v++)
        count[from[v]] = 0;
    return kept;
}

/* What the netlist becomes, made apart so that a failure changes nothing. */
typedef struct votes {
    uint32_t *output, *first, *bias, noutputs;
} votes;

static void drop_votes(votes *v)
{
    free(v->output);
    free(v->first);
    free(v->bias);
}

static lut_status alloc_votes(votes *v, const lut_netlist *n, lut_err *err)
{
    v->output = malloc(((size_t)n->noutputs + 1) * sizeof *v->output);
    v->first = malloc(((size_t)n->classes + 1) * sizeof *v->first);
    v->bias = malloc(n->classes * sizeof *v->bias);
    if (!v->output || !v->first || !v->bias)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u votes",
                        (unsigned)n->noutputs);
    memcpy(v->bias, n->bias, n->classes * sizeof *v->bias);
    return LUT_OK;
}

/* literal: what n's signals are among so many others. */
static lut_status rebuild_votes(votes *v, const lut_netlist *n, const uint32_t *literal,
                                size_t signals, lut_err *err)
{
    uint32_t *count = calloc(2 * signals, sizeof *count);
    uint32_t *from = malloc(((size_t)n->noutputs + 1) * sizeof *from);
    lut_status st = alloc_votes(v, n, err);

    if (st == LUT_OK && (!count || !from))
        st = lut_fail(err, LUT_ENOMEM, "no memory for %zu signals", signals);
    for (uint32_t c = 0; st == LUT_OK && c < n->classes; c++) {
        uint32_t first = n->first[c], last = n->first[c + 1];

        for (uint32_t o = first; o < last; o++)
            from[o] = literal[n->output[o] >> 1] ^ (n->output[o] & 1);
        v->first[c] = v->noutputs;
        v->noutputs += keep_votes(v->output + v->noutputs, &v->bias[c], from + first,
                                  last - first, count);
    }
    if (st == LUT_OK)
        v->first[n->classes] = v->noutputs;
    free(count);
    free(from);
    return st;
}

static void exchange(lut_netlist *n, lut_build *b, votes *v)
{
    free(n->node);
    free(n->output);
    free(n->first);
    free(n->bias);
    n->node = b->node;
    n->nnodes = b->nnodes;
    n->output = v->output;
    n->noutputs = v->noutputs;
    n->first = v->first;
    n->bias = v->bias;
    b->node = NULL;
    lut_build_close(b);
    *v = (votes){ 0 };
}

lut_status lut_build_replace(lut_build *b, lut_netlist *n, const uint32_t *literal,
                             lut_err *err)
{
    votes v = { 0 };
    lut_status st =
        rebuild_votes(&v, n, literal, (size_t)1 + b->inputs + b->nnodes, err);

    if (st == LUT_OK)
        st = lut_build_sweep(b, v.output, v.noutputs, err);
    if (st == LUT_OK)
        exchange(n, b, &v);
    drop_votes(&v);
    return st;
}

lut_status lut_netlist_simplify(lut_netlist *n, const uint32_t *as, lut_err *err)
{
    size_t signals = (size_t)1 + n->inputs + n->nnodes;
    uint32_t *literal = malloc(signals * sizeof *literal);
    lut_build b = { 0 };
    lut_status st;

    if (!literal)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu signals", signals);
    st = lut_build_open(&b, n->inputs, n->nnodes, err);
    if (st == LUT_OK)
        st = rebuild(&b, literal, n, as, err);
    if (st == LUT_OK)
        st = lut_build_replace(&b, n, literal, err);
    lut_build_close(&b);
    free(literal);
    return st;
}
