#include "lib/circuit/build.h"
#include "lib/circuit/cut.h"
#include "lib/circuit/split.h"
#include "lib/circuit/table.h"

#include <stdlib.h>
#include <string.h>

enum { FLOW_ROUNDS = 3, EXACT_ROUNDS = 3, NEVER = UINT32_MAX };

typedef struct mapper {
    const lut_netlist *net;
    lut_cuts cuts;
    uint32_t *refs;     /* [nnodes] readers in the cover: LUTs and votes; owned */
    float *readers;     /* [nnodes] the same, smoothed over the rounds; owned */
    uint32_t *required; /* [nnodes] level at which a LUT of the cover is due; owned */
    uint32_t deepest;   /* levels of the deepest stage */
} mapper;

static bool is_node(const mapper *m, uint32_t signal)
{
    return signal > m->net->inputs;
}

static uint32_t node_of(const mapper *m, uint32_t signal)
{
    return signal - lut_netlist_signal(m->net, 0);
}

static lut_status open_mapper(mapper *m, const lut_netlist *n, unsigned k,
                              uint64_t registers, lut_err *err)
{
    size_t nodes = (size_t)n->nnodes + 1;

    *m = (mapper){ .net = n };
    LUT_TRY(lut_cuts_open(&m->cuts, n, k, registers, err));
    m->refs = calloc(nodes, sizeof *m->refs);
    m->readers = calloc(nodes, sizeof *m->readers);
    m->required = calloc(nodes, sizeof *m->required);
    if (!m->refs || !m->readers || !m->required)
        return lut_fail(err, LUT_ENOMEM, "no memory to map %u LUTs",
                        (unsigned)n->nnodes);
    return LUT_OK;
}

static void close_mapper(mapper *m)
{
    lut_cuts_close(&m->cuts);
    free(m->refs);
    free(m->readers);
    free(m->required);
}

/* ---- the cover: LUTs that votes need, by the chosen cuts ---- */

static void count_votes(mapper *m)
{
    for (uint32_t o = 0; o < m->net->noutputs; o++)
        if (is_node(m, m->net->output[o] >> 1))
            m->refs[node_of(m, m->net->output[o] >> 1)]++;
}

static void count_readers(mapper *m)
{
    memset(m->refs, 0, m->net->nnodes * sizeof *m->refs);
    count_votes(m);
    for (uint32_t i = m->net->nnodes; i-- > 0;) {
        const lut_cut *best = &m->cuts.best[i];

        for (unsigned j = 0; m->refs[i] && j < best->n; j++)
            if (is_node(m, best->leaf[j]))
                m->refs[node_of(m, best->leaf[j])]++;
    }
}

/* Before there is a cover: readers in the netlist. */
static void guess_readers(mapper *m)
{
    count_votes(m);
    for (uint32_t i = 0; i < m->net->nnodes; i++)
        for (unsigned j = 0; j < m->net->node[i].k; j++)
            if (is_node(m, m->net->node[i].in[j]))
                m->refs[node_of(m, m->net->node[i].in[j])]++;
    for (uint32_t i = 0; i < m->net->nnodes; i++)
        m->readers[i] = (float)m->refs[i];
}

static void smooth_readers(mapper *m)
{
    for (uint32_t i = 0; i < m->net->nnodes; i++)
        m->readers[i] = (2 * (float)m->refs[i] + m->readers[i]) / 3;
}

/* Whether a reader of the node sees it in the reader's own stage. */
static bool is_inside(const mapper *m, uint32_t reader, uint32_t node)
{
    uint64_t registers = m->cuts.registers;

    return lut_netlist_stage(registers, m->net->node[reader].part) ==
           lut_netlist_stage(registers, m->net->node[node].part);
}

/* What leaves a stage, or votes, is due at the depth of the deepest one. */
static void set_required(mapper *m)
{
    for (uint32_t i = 0; i < m->net->nnodes; i++)
        m->required[i] = m->refs[i] ? m->deepest : NEVER;
    for (uint32_t i = m->net->nnodes; i-- > 0;) {
        const lut_cut *best = &m->cuts.best[i];

        for (unsigned j = 0; m->refs[i] && j < best->n; j++) {
            uint32_t at = node_of(m, best->leaf[j]);

            if (is_node(m, best->leaf[j]) && is_inside(m, i, at) &&
                m->required[at] > m->required[i] - 1)
                m->required[at] = m->required[i] - 1;
        }
    }
}

static void find_deepest(mapper *m)
{
    for (uint32_t i = 0; i < m->net->nnodes; i++)
        if (m->refs[i] && m->cuts.best[i].depth > m->deepest)
            m->deepest = m->cuts.best[i].depth;
}

/* ---- rounds ---- */

/* Depth and flow of the node's chosen cut, for its readers. */
static void publish(mapper *m, uint32_t i)
{
    uint32_t signal = lut_netlist_signal(m->net, i);
    float readers = m->readers[i] > 1 ? m->readers[i] : 1;

    m->cuts.depth[signal] = m->cuts.best[i].depth;
    m->cuts.flow[signal] = m->cuts.best[i].flow / readers;
}

static void flow_round(mapper *m, bool first)
{
    m->cuts.by_depth = first;
    for (uint32_t i = 0; i < m->net->nnodes; i++) {
        lut_cuts_find(&m->cuts, i, first ? NEVER : m->required[i], !first);
        publish(m, i);
    }
    count_readers(m);
    if (first)
        find_deepest(m);
    smooth_readers(m);
    set_required(m);
}

/* LUTs that the cover gains when a cut's leaves get one more reader. */
static uint32_t take(mapper *m, const lut_cut *cut)
{
    uint32_t luts = 1;

    for (unsigned j = 0; j < cut->n; j++)
        if (is_node(m, cut->leaf[j])) {
            uint32_t i = node_of(m, cut->leaf[j]);

            if (m->refs[i]++ == 0)
                luts += take(m, &m->cuts.best[i]);
        }
    return luts;
}

/* The reverse: LUTs that it loses. */
static uint32_t drop(mapper *m, const lut_cut *cut)
{
    uint32_t luts = 1;

    for (unsigned j = 0; j < cut->n; j++)
        if (is_node(m, cut->leaf[j])) {
            uint32_t i = node_of(m, cut->leaf[j]);

            if (--m->refs[i] == 0)
                luts += drop(m, &m->cuts.best[i]);
        }
    return luts;
}

static uint32_t exact_area(mapper *m, const lut_cut *cut)
{
    uint32_t luts = take(m, cut);

    drop(m, cut);
    return luts;
}

/* The cut with which the cover has the fewest LUTs, of those that are in time. */
static lut_cut choose_exact(mapper *m, uint32_t i, unsigned stage)
{
    lut_cut best = m->cuts.best[i];
    uint32_t least;

    lut_cuts_weigh(&m->cuts, &best, stage);
    least = exact_area(m, &best);
    for (unsigned j = 0; j < m->cuts.count[i]; j++) {
        lut_cut cut = m->cuts.set[(size_t)i * LUT_CUTS + j];
        uint32_t luts;

        lut_cuts_weigh(&m->cuts, &cut, stage);
        if (cut.depth > m->required[i])
            continue;
        luts = exact_area(m, &cut);
        if (luts < least || (luts == least && cut.flow < best.flow)) {
            best = cut;
            least = luts;
        }
    }
    return best;
}

static void exact_round(mapper *m)
{
    for (uint32_t i = 0; i < m->net->nnodes; i++) {
        unsigned stage = lut_netlist_stage(m->cuts.registers, m->net->node[i].part);

        if (m->refs[i])
            drop(m, &m->cuts.best[i]);
        m->cuts.best[i] = choose_exact(m, i, stage);
        if (m->refs[i])
            take(m, &m->cuts.best[i]);
        publish(m, i);
    }
    smooth_readers(m);
    set_required(m);
}

static void cover(mapper *m)
{
    guess_readers(m);
    flow_round(m, true);
    for (int r = 0; r < FLOW_ROUNDS; r++)
        flow_round(m, false);
    for (int r = 0; r < EXACT_ROUNDS; r++)
        exact_round(m);
}

/* ---- from the cover to a netlist ---- */

typedef struct tables {
    uint64_t *tt;    /* [signals] as functions of the leaves; owned */
    uint32_t *stamp; /* [signals] cone for which tt holds, from 1; owned */
} tables;

static uint64_t table_of(const mapper *m, tables *t, uint32_t signal, uint32_t cone)
{
    const lut_node *node;
    uint64_t x[LUT_NODE_INPUTS];

    if (t->stamp[signal] == cone)
        return t->tt[signal];
    node = &m->net->node[node_of(m, signal)];
    for (unsigned j = 0; j < node->k; j++)
        x[j] = table_of(m, t, node->in[j], cone);
    t->stamp[signal] = cone;
    return t->tt[signal] = lut_table_eval(node->tt, node->k, x);
}

static uint64_t cone_table(const mapper *m, tables *t, uint32_t i)
{
    const lut_cut *cut = &m->cuts.best[i];

    for (unsigned j = 0; j < cut->n; j++) {
        t->tt[cut->leaf[j]] = lut_table_bit(cut->n - 1u - j);
        t->stamp[cut->leaf[j]] = i + 1;
    }
    return table_of(m, t, lut_netlist_signal(m->net, i), i + 1) & lut_table_all(cut->n);
}

static lut_status add_luts(const mapper *m, tables *t, lut_build *b, uint32_t *literal,
                           lut_err *err)
{
    uint32_t in[LUT_NODE_INPUTS];

    for (uint32_t s = 0; s <= m->net->inputs; s++)
        literal[s] = 2 * s;
    for (uint32_t i = 0; i < m->net->nnodes; i++) {
        const lut_cut *cut = &m->cuts.best[i];

        if (!m->refs[i])
            continue;
        for (unsigned j = 0; j < cut->n; j++)
            in[j] = literal[cut->leaf[j]];
        LUT_TRY(lut_build_add(b, &literal[lut_netlist_signal(m->net, i)],
                              cone_table(m, t, i), cut->n, in, m->net->node[i].part,
                              err));
    }
    return LUT_OK;
}

static lut_status derive(const mapper *m, lut_build *b, uint32_t *literal, lut_err *err)
{
    size_t signals = (size_t)1 + m->net->inputs + m->net->nnodes;
    tables t = { malloc(signals * sizeof *t.tt), calloc(signals, sizeof *t.stamp) };
    lut_status st;

    if (!t.tt || !t.stamp)
        st = lut_fail(err, LUT_ENOMEM, "no memory for %zu tables", signals);
    else
        st = lut_build_open(b, m->net->inputs, m->net->nnodes, err);
    if (st == LUT_OK)
        st = add_luts(m, &t, b, literal, err);
    free(t.tt);
    free(t.stamp);
    return st;
}

static lut_status map(lut_netlist *n, unsigned k, uint64_t cuts, lut_err *err)
{
    size_t signals = (size_t)1 + n->inputs + n->nnodes;
    uint32_t *literal = calloc(signals, sizeof *literal);
    lut_build b = { 0 };
    mapper m = { 0 };
    lut_status st =
        literal ? open_mapper(&m, n, k, cuts, err)
                : lut_fail(err, LUT_ENOMEM, "no memory for %zu signals", signals);

    if (st == LUT_OK) {
        cover(&m);
        st = derive(&m, &b, literal, err);
    }
    if (st == LUT_OK)
        st = lut_build_replace(&b, n, literal, err);
    lut_build_close(&b);
    close_mapper(&m);
    free(literal);
    return st;
}

/* ---- phases ---- */

enum { PLAIN = 1, INVERTED = 2 };

static void invert(lut_netlist *n, const uint8_t *votes)
{
    for (uint32_t i = 0; i < n->nnodes; i++) {
        lut_node *node = &n->node[i];

        for (unsigned j = 0; j < node->k; j++)
            if (votes[node->in[j]] == INVERTED)
                node->tt = lut_table_flip(node->tt, node->k - 1u - j);
        if (votes[lut_netlist_signal(n, i)] == INVERTED)
            node->tt = ~node->tt & lut_table_all(node->k);
    }
    for (uint32_t o = 0; o < n->noutputs; o++)
        if (votes[n->output[o] >> 1] == INVERTED)
            n->output[o] ^= 1;
}

/* A LUT whose votes are all of its inverse holds the inverse: one that meets no compressor
 * would need an inverter. */
static lut_status settle_phases(lut_netlist *n, lut_err *err)
{
    uint32_t signals = lut_netlist_signal(n, n->nnodes);
    uint8_t *votes = calloc(signals, 1);

    if (!votes)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u signals", (unsigned)signals);
    for (uint32_t o = 0; o < n->noutputs; o++)
        if (n->output[o] >> 1 > n->inputs)
            votes[n->output[o] >> 1] |= n->output[o] & 1 ? INVERTED : PLAIN;
    invert(n, votes);
    free(votes);
    return LUT_OK;
}

/* ---- the better of two ---- */

static bool fits(const lut_netlist *n, unsigned k)
{
    uint32_t i = 0;

    while (i < n->nnodes && n->node[i].k <= k)
        i++;
    return i == n->nnodes;
}

static lut_status deepest(const lut_netlist *n, uint64_t cuts, uint32_t *most,
                          lut_err *err)
{
    uint32_t depth[LUT_MAX_LAYERS + 1];

    LUT_TRY(lut_netlist_depth(n, cuts, depth, err));
    *most = 0;
    for (unsigned s = 0; s <= lut_netlist_stage(cuts, LUT_MAX_LAYERS); s++)
        *most = depth[s] > *most ? depth[s] : *most;
    return LUT_OK;
}

/* Not all cuts are looked at, so the cover could be worse than what there was. */
static lut_status is_worth(const lut_netlist *next, const lut_netlist *n, uint64_t cuts,
                           bool *worth, lut_err *err)
{
    uint32_t after, before;

    LUT_TRY(deepest(next, cuts, &after, err));
    LUT_TRY(deepest(n, cuts, &before, err));
    *worth = after < before || (after == before && next->nnodes < n->nnodes);
    return LUT_OK;
}

lut_status lut_netlist_map(lut_netlist *n, unsigned k, uint64_t cuts, lut_err *err)
{
    lut_netlist next;
    bool worth = true;
    lut_status st;

    if (k < 2 || k > LUT_NODE_INPUTS)
        return lut_fail(err, LUT_EINVAL, "LUTs of %u inputs, want 2..%d", k,
                        LUT_NODE_INPUTS);
    LUT_TRY(lut_netlist_copy(&next, n, err));
    st = lut_split(&next, k, err);
    if (st == LUT_OK)
        st = map(&next, k, cuts, err);
    if (st == LUT_OK && fits(n, k))
        st = is_worth(&next, n, cuts, &worth, err);
    if (st == LUT_OK)
        st = settle_phases(worth ? &next : n, err);
    if (st == LUT_OK && worth) {
        lut_netlist other = *n;

        *n = next;
        next = other;
    }
    lut_netlist_fini(&next);
    return st;
}
