#include "lib/circuit/program.h"
#include "lib/base/arena.h"

#include <stdlib.h>
#include <string.h>

/* Instructions are alike where their kinds are: gates of two inputs by table, gates of three,
 * LUTs by inputs. */
enum { OF_THREE = 16, LARGE = OF_THREE + 256, KINDS = LARGE + 3, NONE = UINT32_MAX };

typedef struct maker {
    const lut_netlist *n;
    lut_program *p;
    uint32_t *left;   /* [signals] uses that are still to come */
    uint32_t *slot;   /* [signals] where the value is; NONE: not made yet */
    uint32_t *unused; /* [signals] stack of slots: the last one left is still near */
    size_t nunused;
    uint32_t
        *reader; /* [edges] nodes that read node i: first_reader[i] .. [i + 1] - 1 */
    uint32_t *first_reader; /* [nnodes + 1] */
    uint32_t *missing; /* [nnodes] inputs that are not made yet; NONE: not wanted yet */
    uint16_t *kind;    /* [nnodes] */
    uint32_t *next;    /* [nnodes] in its queue */
    uint32_t *pending; /* [nnodes] stack of a walk */
    uint32_t head[KINDS], waiting[KINDS];
} maker;

/* ---- what there is ---- */

static size_t signals(const lut_netlist *n)
{
    return 1 + (size_t)n->inputs + n->nnodes;
}

static bool is_node(const lut_netlist *n, uint32_t signal)
{
    return signal > n->inputs;
}

static uint32_t node_of(const lut_netlist *n, uint32_t signal)
{
    return signal - 1 - n->inputs;
}

static size_t count_edges(const lut_netlist *n)
{
    size_t edges = 0;

    for (uint32_t i = 0; i < n->nnodes; i++)
        edges += n->node[i].k;
    return edges;
}

static void plan(maker *m, lut_arena *a, size_t edges)
{
    size_t n = m->n->nnodes, s = signals(m->n);

    m->left = lut_arena_take(a, s, sizeof *m->left);
    m->slot = lut_arena_take(a, s, sizeof *m->slot);
    m->unused = lut_arena_take(a, s, sizeof *m->unused);
    m->reader = lut_arena_take(a, edges, sizeof *m->reader);
    m->first_reader = lut_arena_take(a, n + 2, sizeof *m->first_reader);
    m->missing = lut_arena_take(a, n, sizeof *m->missing);
    m->kind = lut_arena_take(a, n, sizeof *m->kind);
    m->next = lut_arena_take(a, n, sizeof *m->next);
    m->pending = lut_arena_take(a, n, sizeof *m->pending);
}

static uint16_t kind_of(const lut_node *node)
{
    uint8_t order[3];

    if (node->k > 3)
        return (uint16_t)(LARGE + node->k - 4);
    return (uint16_t)((node->k == 2 ? 0 : OF_THREE) +
                      lut_slice_canonical((uint8_t)node->tt, node->k, order));
}

/* Readers of each node, by counting. */
static void find_readers(maker *m)
{
    const lut_netlist *n = m->n;
    uint32_t *at =
        m->first_reader + 1; /* [i] counts, then is where the next one goes */

    for (uint32_t i = 0; i < n->nnodes; i++)
        for (unsigned j = 0; j < n->node[i].k; j++)
            if (is_node(n, n->node[i].in[j]))
                at[node_of(n, n->node[i].in[j]) + 1]++;
    for (uint32_t i = 0; i < n->nnodes; i++)
        at[i + 1] += at[i];
    for (uint32_t i = 0; i < n->nnodes; i++)
        for (unsigned j = 0; j < n->node[i].k; j++)
            if (is_node(n, n->node[i].in[j]))
                m->reader[at[node_of(n, n->node[i].in[j])]++] = i;
}

static void prepare(maker *m)
{
    const lut_netlist *n = m->n;

    for (size_t i = 0; i < signals(n); i++)
        m->slot[i] = i >= 1 && i <= n->inputs ? (uint32_t)i - 1 : NONE;
    for (uint32_t i = 0; i < n->nnodes; i++) {
        m->kind[i] = kind_of(&n->node[i]);
        m->missing[i] = NONE;
        for (unsigned j = 0; j < n->node[i].k; j++)
            m->left[n->node[i].in[j]]++;
    }
    for (uint32_t o = 0; o < n->noutputs; o++)
        m->left[n->output[o] >> 1]++;
    for (unsigned k = 0; k < KINDS; k++)
        m->head[k] = NONE;
    find_readers(m);
}

/* ---- slots ---- */

static void leave(maker *m, uint32_t signal)
{
    if (--m->left[signal] == 0)
        m->unused[m->nunused++] = m->slot[signal];
}

static uint32_t take_slot(maker *m)
{
    return m->nunused ? m->unused[--m->nunused] : m->p->slots++;
}

/* ---- instructions ---- */

static void queue(maker *m, uint32_t node)
{
    uint16_t k = m->kind[node];

    m->next[node] = m->head[k];
    m->head[k] = node;
    m->waiting[k]++;
}

/* Everything below a signal that is not there yet. */
static void want(maker *m, uint32_t signal)
{
    const lut_netlist *n = m->n;
    size_t npending = 0;

    if (!is_node(n, signal) || m->missing[node_of(n, signal)] != NONE)
        return;
    m->missing[node_of(n, signal)] = 0;
    m->pending[npending++] = node_of(n, signal);
    while (npending) {
        uint32_t i = m->pending[--npending];

        for (unsigned j = 0; j < n->node[i].k; j++) {
            uint32_t in = n->node[i].in[j];

            m->missing[i] += m->slot[in] == NONE;
            if (is_node(n, in) && m->missing[node_of(n, in)] == NONE) {
                m->missing[node_of(n, in)] = 0;
                m->pending[npending++] = node_of(n, in);
            }
        }
        if (m->missing[i] == 0)
            queue(m, i);
    }
}

static void add_gate(maker *m, const lut_node *node, const uint32_t *in, uint32_t out)
{
    lut_slice_gate *g = &m->p->gate[m->p->ngates++];
    uint8_t order[3];

    lut_slice_canonical((uint8_t)node->tt, node->k, order);
    g->out = out;
    for (unsigned j = 0; j < node->k; j++)
        g->in[order[j]] = in[j];
}

static void add_lut(maker *m, const lut_node *node, const uint32_t *in, uint32_t out)
{
    lut_slice_lut *l = &m->p->lut[m->p->nluts++];

    *l = (lut_slice_lut){ .tt = node->tt, .out = out };
    memcpy(l->in, in, node->k * sizeof *in);
}

/* The instruction of a node; those that waited for it alone are next. */
static void emit(maker *m, uint32_t i)
{
    const lut_node *node = &m->n->node[i];
    uint32_t in[LUT_NODE_INPUTS], signal = lut_netlist_signal(m->n, i);

    for (unsigned j = 0; j < node->k; j++)
        in[j] = m->slot[node->in[j]];
    for (unsigned j = 0; j < node->k; j++)
        leave(m, node->in[j]);
    m->slot[signal] = take_slot(m);
    (node->k <= 3 ? add_gate : add_lut)(m, node, in, m->slot[signal]);
    for (uint32_t r = m->first_reader[i]; r < m->first_reader[i + 1]; r++) {
        uint32_t reader = m->reader[r];

        if (m->missing[reader] != NONE && --m->missing[reader] == 0)
            queue(m, reader);
    }
}

/* All that wait in a queue: one run.  What they set free waits for the next. */
static void emit_kind(maker *m, unsigned kind)
{
    lut_program *p = m->p;
    uint32_t node = m->head[kind];
    bool gate = kind < LARGE;

    p->run[p->nruns++] = (lut_slice_run){
        .first = (uint32_t)(gate ? p->ngates : p->nluts),
        .n = m->waiting[kind],
        .k = gate ? (kind < OF_THREE ? 2 : 3) : (uint8_t)(kind - LARGE + 4),
        .table = gate ? (uint8_t)(kind < OF_THREE ? kind : kind - OF_THREE) : 0,
    };
    m->head[kind] = NONE;
    m->waiting[kind] = 0;
    while (node != NONE) {
        uint32_t next = m->next[node];

        emit(m, node);
        node = next;
    }
}

static void emit_wanted(maker *m)
{
    for (;;) {
        unsigned most = 0;

        for (unsigned k = 1; k < KINDS; k++)
            if (m->waiting[k] > m->waiting[most])
                most = k;
        if (!m->waiting[most])
            return;
        emit_kind(m, most);
    }
}

/* ---- votes ---- */

static void add_ballot(maker *m, uint32_t c)
{
    const lut_netlist *n = m->n;
    lut_program *p = m->p;
    lut_ballot *b = &p->ballot[c];

    for (uint32_t o = n->first[c]; o < n->first[c + 1]; o++)
        want(m, n->output[o] >> 1);
    emit_wanted(m);
    *b = (lut_ballot){ .runs = p->nruns, .first = p->nvotes, .bias = n->bias[c] };
    for (unsigned phase = 0; phase < 2; phase++)
        for (uint32_t o = n->first[c]; o < n->first[c + 1]; o++)
            if ((n->output[o] & 1) == phase) {
                p->vote[p->nvotes++] = m->slot[n->output[o] >> 1];
                b->inverted += phase;
            }
    b->n = p->nvotes - b->first;
    for (uint32_t o = n->first[c]; o < n->first[c + 1]; o++)
        leave(m, n->output[o] >> 1);
}

static unsigned vote_bits(const lut_netlist *n)
{
    uint64_t most = 0;

    for (uint32_t c = 0; c < n->classes; c++) {
        uint64_t votes = (uint64_t)n->bias[c] + n->first[c + 1] - n->first[c];

        most = votes > most ? votes : most;
    }
    return lut_bits_for(most);
}

static lut_status alloc(lut_program *p, const lut_netlist *n, lut_err *err)
{
    size_t gates = 0;

    for (uint32_t i = 0; i < n->nnodes; i++)
        gates += n->node[i].k <= 3;
    p->gate = malloc((gates + 1) * sizeof *p->gate);
    p->lut = malloc((n->nnodes - gates + 1) * sizeof *p->lut);
    p->run = malloc(((size_t)n->nnodes + 1) * sizeof *p->run);
    p->vote = malloc(((size_t)n->noutputs + 1) * sizeof *p->vote);
    p->ballot = calloc(n->classes, sizeof *p->ballot);
    if (!p->gate || !p->lut || !p->run || !p->vote || !p->ballot)
        return lut_fail(err, LUT_ENOMEM, "no memory for a program of %u LUTs",
                        (unsigned)n->nnodes);
    return LUT_OK;
}

lut_status lut_program_make(lut_program *p, const lut_netlist *n, lut_err *err)
{
    maker m = { .n = n, .p = p };
    lut_arena a = { 0 };
    size_t edges = count_edges(n);
    lut_status st;

    *p = (lut_program){ .inputs = n->inputs,
                        .classes = n->classes,
                        .slots = n->inputs,
                        .bits = vote_bits(n),
                        .class_bits = lut_bits_for(n->classes - 1) };
    plan(&m, &a, edges);
    st = lut_arena_alloc(&a, err);
    if (st == LUT_OK)
        st = alloc(p, n, err);
    if (st == LUT_OK) {
        plan(&m, &a, edges);
        prepare(&m);
        for (uint32_t c = 0; c < n->classes; c++)
            add_ballot(&m, c);
    } else {
        lut_program_fini(p);
    }
    lut_arena_fini(&a);
    return st;
}

void lut_program_fini(lut_program *p)
{
    free(p->gate);
    free(p->lut);
    free(p->run);
    free(p->vote);
    free(p->ballot);
    free(p->chunk);
    lut_code_fini(&p->code);
    *p = (lut_program){ 0 };
}

bool lut_program_compile(lut_program *p)
{
    p->chunk = malloc((p->nruns + 1) * sizeof *p->chunk);
    return p->chunk &&
           lut_code_make(&p->code, p->chunk, p->run, p->nruns, p->lut, p->slots);
}

/* ---- running ---- */

typedef struct runner {
    const lut_program *p;
    const lut_slices *kern;
    lut_slice *v; /* [n][slots] */
    size_t n;
} runner;

static void run_code(const runner *u, size_t r)
{
    const lut_program *p = u->p;

    for (size_t chunk = p->chunk[r]; chunk < p->chunk[r + 1]; chunk++) {
        lut_code_fetch(&p->code, chunk + 1);
        for (size_t i = 0; i < u->n; i++)
            lut_code_call(&p->code, chunk, u->v + i * p->slots);
    }
}

static void run_until(const runner *u, size_t from, size_t to)
{
    const lut_program *p = u->p;

    for (size_t r = from; r < to; r++)
        if (p->run[r].k > 3 && p->code.base)
            run_code(u, r);
        else
            for (size_t i = 0; i < u->n; i++)
                if (p->run[r].k > 3)
                    u->kern->luts(u->v + i * p->slots, &p->run[r], p->lut);
                else
                    u->kern->gates(u->v + i * p->slots, &p->run[r], p->gate);
}

/* Class c asks for the samples of work space i. */
static void ask(const runner *u, size_t i, uint32_t c, lut_slice *best,
                lut_slice *class, lut_slice *count)
{
    const lut_program *p = u->p;
    const lut_ballot *b = &p->ballot[c];

    u->kern->votes(count, p->bits, u->v + i * p->slots, p->vote + b->first, b->n,
                   b->inverted, b->bias);
    if (c == 0)
        memcpy(best, count, p->bits * sizeof *best);
    else
        u->kern->challenge(best, class, count, p->bits, p->class_bits, c);
}

void lut_program_run(const lut_program *p, const lut_slices *kern, size_t n,
                     lut_slice *v, lut_slice *class, lut_slice *votes)
{
    const runner u = { .p = p, .kern = kern, .v = v, .n = n };
    lut_slice best[LUT_PROGRAM_WIDTH][LUT_VOTE_BITS], own[LUT_VOTE_BITS];
    size_t done = 0;

    memset(class, 0, n * p->class_bits * sizeof *class);
    for (uint32_t c = 0; c < p->classes; c++) {
        run_until(&u, done, p->ballot[c].runs);
        done = p->ballot[c].runs;
        for (size_t i = 0; i < n; i++)
            ask(&u, i, c, best[i], class + i * p->class_bits,
                votes ? votes + (i * p->classes + c) * p->bits : own);
    }
}
