#include "lib/export/c99.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- order of nodes ---- */

typedef struct place {
    uint32_t level, node;
    uint8_t k;
} place;

static int by_level(const void *a, const void *b)
{
    const place *p = a, *q = b;

    if (p->level != q->level)
        return p->level < q->level ? -1 : 1;
    if (p->k != q->k)
        return p->k < q->k ? -1 : 1;
    return p->node < q->node ? -1 : 1;
}

static lut_status make_order(c99_plan *p, lut_err *err)
{
    const lut_netlist *n = &p->n;
    place *at = malloc((n->nnodes + 1) * sizeof *at);

    if (!at)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u nodes", (unsigned)n->nnodes);
    for (uint32_t i = 0; i < n->nnodes; i++) {
        at[i] = (place){ .node = i, .k = n->node[i].k };
        for (uint32_t j = 0; j < n->node[i].k; j++) {
            uint32_t in = n->node[i].in[j];
            uint32_t level = in > n->inputs ? at[in - n->inputs - 1].level + 1 : 0;

            at[i].level = level > at[i].level ? level : at[i].level;
        }
    }
    qsort(at, n->nnodes, sizeof *at, by_level);
    for (uint32_t i = 0; i < n->nnodes; i++)
        p->order[i] = at[i].node;
    free(at);
    return LUT_OK;
}

/* ---- slots ---- */

enum { NEVER = 0 };

/* Instruction, counted from 1, that needs a signal last; votes need theirs to the end. */
static void find_last_uses(uint32_t *last, const c99_plan *p)
{
    const lut_netlist *n = &p->n;

    for (uint32_t i = 0; i < n->nnodes; i++) {
        const lut_node *node = &n->node[p->order[i]];

        for (uint32_t j = 0; j < node->k; j++)
            last[node->in[j]] = i + 1;
    }
    for (uint32_t o = 0; o < n->noutputs; o++)
        last[n->output[o] >> 1] = UINT32_MAX;
}

static void list_inputs(c99_plan *p, const uint32_t *last)
{
    for (uint32_t i = 0; i < p->n.inputs; i++)
        if (last[1 + i] != NEVER) {
            p->slot[1 + i] = p->used;
            p->input[p->used++] = i;
        }
    p->slots = p->used;
}

/* An instruction reads all before it writes: what it needs last makes room for what it
 * gives. */
static void give_slots(c99_plan *p, uint32_t *last, uint32_t *spare)
{
    const lut_netlist *n = &p->n;
    uint32_t nspare = 0;

    for (uint32_t i = 0; i < n->nnodes; i++) {
        const lut_node *node = &n->node[p->order[i]];

        for (uint32_t j = 0; j < node->k; j++)
            if (last[node->in[j]] == i + 1) {
                last[node->in[j]] = NEVER; /* once, where it is read twice */
                spare[nspare++] = p->slot[node->in[j]];
            }
        p->slot[lut_netlist_signal(n, p->order[i])] =
            nspare ? spare[--nspare] : p->slots++;
    }
}

static lut_status make_slots(c99_plan *p, lut_err *err)
{
    size_t signals = lut_netlist_signal(&p->n, p->n.nnodes);
    uint32_t *last = calloc(signals, sizeof *last);
    uint32_t *spare = malloc(signals * sizeof *spare);

    if (last && spare) {
        find_last_uses(last, p);
        list_inputs(p, last);
        give_slots(p, last, spare);
    }
    free(last);
    free(spare);
    return last && spare
               ? LUT_OK
               : lut_fail(err, LUT_ENOMEM, "no memory for %zu signals", signals);
}

/* ---- edges of inputs ---- */

/* Flips of a bit as thresholds ascend (lib/encode/apply.c), on what inputs keep of them.  An
 * edge that nothing passes is none, one that everything passes turns the start.  Two that
 * are the same cancel. */
static uint32_t find_edges(float *edge, uint8_t *start, const lut_encoder *e,
                           uint32_t bit)
{
    const float *t = e->threshold + bit / e->bits * e->thresholds;
    const uint8_t *code = e->codes + bit % e->bits;
    uint32_t n = 0;

    *start = code[0];
    for (size_t i = 0; i < e->thresholds; i++) {
        float at = lut_fixed_edge(&e->input, t[i]);

        if (code[i * e->bits] == code[(i + 1) * e->bits] || (isinf(at) && at > 0))
            continue;
        if (isinf(at))
            *start ^= 1;
        else if (n && edge[n - 1] == at)
            n--;
        else
            edge[n++] = at;
    }
    return n;
}

static bool same_edges(const c99_plan *p, const lut_encoder *e, uint32_t a, uint32_t b)
{
    uint32_t n = p->rank[a + 1] - p->rank[a];

    return p->input[a] / e->bits == p->input[b] / e->bits &&
           p->start[a] == p->start[b] && p->rank[b + 1] - p->rank[b] == n &&
           memcmp(p->edge + p->rank[a], p->edge + p->rank[b], n * sizeof *p->edge) == 0;
}

/* Edges at most: as many as there are flips in the codes. */
static size_t count_flips(const c99_plan *p, const lut_encoder *e)
{
    size_t n = 0;

    for (uint32_t i = 0; i < p->used; i++) {
        const uint8_t *code = e->codes + p->input[i] % e->bits;

        for (size_t t = 0; t < e->thresholds; t++)
            n += code[t * e->bits] != code[(t + 1) * e->bits];
    }
    return n;
}

static lut_status make_edges(c99_plan *p, const lut_encoder *e, lut_err *err)
{
    size_t flips = count_flips(p, e);
    uint32_t base = 0; /* the last one that is not like the one before it */

    p->edge = flips < UINT32_MAX ? malloc((flips + 1) * sizeof *p->edge) : NULL;
    if (!p->edge)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu edges of inputs", flips);
    for (uint32_t i = 0; i < p->used; i++) {
        p->rank[i + 1] =
            p->rank[i] + find_edges(p->edge + p->rank[i], &p->start[i], e, p->input[i]);
        if (i == 0 || !same_edges(p, e, base, i)) {
            base = i;
            continue;
        }
        p->rank[i + 1] = p->rank[i];
        p->start[i] = 2;
    }
    return LUT_OK;
}

/* ---- the whole ---- */

static lut_status alloc(c99_plan *p, lut_err *err)
{
    size_t signals = lut_netlist_signal(&p->n, p->n.nnodes);

    p->order = malloc((p->n.nnodes + 1) * sizeof *p->order);
    p->slot = calloc(signals, sizeof *p->slot);
    p->input = malloc(p->n.inputs * sizeof *p->input);
    p->rank = calloc((size_t)p->n.inputs + 1, sizeof *p->rank);
    p->start = malloc(p->n.inputs);
    if (p->order && p->slot && p->input && p->rank && p->start)
        return LUT_OK;
    return lut_fail(err, LUT_ENOMEM, "no memory for %zu signals", signals);
}

static void count_votes(c99_plan *p)
{
    const lut_netlist *n = &p->n;

    for (uint32_t c = 0; c < n->classes; c++) {
        uint32_t votes = n->first[c + 1] - n->first[c] + n->bias[c];

        p->most = votes > p->most ? votes : p->most;
    }
}

static lut_status make(c99_plan *p, const lut_export_design *d, lut_err *err)
{
    LUT_TRY(lut_netlist_from(&p->n, d->circuit, err));
    LUT_TRY(lut_netlist_simplify(&p->n, NULL, err));
    LUT_TRY(alloc(p, err));
    LUT_TRY(make_order(p, err));
    LUT_TRY(make_slots(p, err));
    LUT_TRY(make_edges(p, d->encoder, err));
    count_votes(p);
    return LUT_OK;
}

lut_status c99_plan_make(c99_plan *p, const lut_export_design *d, lut_err *err)
{
    lut_status st;

    *p = (c99_plan){ .used = 0 };
    st = make(p, d, err);
    if (st != LUT_OK)
        c99_plan_fini(p);
    return st;
}

void c99_plan_fini(c99_plan *p)
{
    lut_netlist_fini(&p->n);
    free(p->order);
    free(p->slot);
    free(p->input);
    free(p->rank);
    free(p->edge);
    free(p->start);
    *p = (c99_plan){ .used = 0 };
}
