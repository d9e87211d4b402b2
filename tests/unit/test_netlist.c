/* lib/circuit: netlists, simplification and mapping keep the function and what they promise. */
#include "lib/base/rng.h"
#include "lib/circuit/netlist.h"
#include "lib/circuit/table.h"
#include "tests/support/unit.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_INPUTS = 2400, MOST_LUTS = 8000 };

static lut_rng rng;

/* ---- circuits as training leaves them ---- */

/* Input j of a table of k inputs. */
static void set_wire(uint64_t *tt, unsigned k, unsigned j, bool inverted)
{
    for (unsigned a = 0; a < 1u << k; a++)
        if ((a >> (k - 1 - j) & 1) != inverted)
            tt[a / 64] |= (uint64_t)1 << (a % 64);
}

/* A table at random, or one of those that simplification is about. */
static void set_table(lut_circuit_layer *layer, uint32_t u)
{
    unsigned k = layer->k, kind = (unsigned)lut_rng_below(&rng, 12);
    uint64_t *tt = layer->tt + u * lut_table_words(k);
    size_t size = lut_table_words(k) * sizeof *tt;

    memset(tt, 0, size);
    if (kind == 0)
        return;
    if (kind == 1)
        for (unsigned a = 0; a < 1u << k; a++)
            tt[a / 64] |= (uint64_t)1 << (a % 64);
    else if (kind == 2 || kind == 3)
        set_wire(tt, k, (unsigned)lut_rng_below(&rng, k), kind == 3);
    else
        for (size_t w = 0; w < lut_table_words(k); w++)
            tt[w] = lut_rng_next(&rng) & lut_table_all(k);
    if (kind == 4 && u > 0) { /* the one before again */
        memcpy(tt, tt - lut_table_words(k), size);
        memcpy(layer->wire + u * k, layer->wire + (u - 1) * k, k * sizeof *layer->wire);
    }
}

static lut_circuit make(uint32_t inputs, uint32_t classes, uint32_t nlayers,
                        const uint32_t *luts, const uint32_t *k)
{
    lut_circuit c;
    uint32_t below = inputs;

    CU_ASSERT_EQUAL_FATAL(
        lut_circuit_alloc(&c, inputs, classes, nlayers, luts, k, NULL), LUT_OK);
    for (uint32_t l = 0; l < nlayers; l++) {
        lut_circuit_layer *layer = &c.layer[l];

        for (size_t i = 0; i < (size_t)layer->luts * layer->k; i++)
            layer->wire[i] = (uint32_t)lut_rng_below(&rng, below);
        for (uint32_t u = 0; u < layer->luts; u++)
            set_table(layer, u);
        below = layer->luts;
    }
    CU_ASSERT_EQUAL_FATAL(lut_circuit_check(&c, NULL), LUT_OK);
    return c;
}

/* ---- what a circuit says of 64 samples ---- */

/* Votes by the rules of store.md, one sample at a time. */
static void slow_votes(const lut_circuit *c, const uint64_t *input, unsigned bit,
                       uint32_t votes[])
{
    static uint8_t buffer[2][MOST_LUTS];
    uint32_t width = 0, group;

    for (uint32_t i = 0; i < c->inputs; i++)
        buffer[0][i] = input[i] >> bit & 1;
    for (uint32_t l = 0; l < c->nlayers; l++) {
        const lut_circuit_layer *layer = &c->layer[l];

        for (uint32_t m = 0; m < layer->luts; m++) {
            unsigned a = 0;

            for (uint32_t j = 0; j < layer->k; j++)
                a = 2 * a + buffer[l % 2][layer->wire[m * layer->k + j]];
            buffer[(l + 1) % 2][m] =
                layer->tt[m * lut_table_words(layer->k) + a / 64] >> (a % 64) & 1;
        }
        width = layer->luts;
    }
    group = (width + c->classes - 1) / c->classes;
    memset(votes, 0, c->classes * sizeof *votes);
    for (uint32_t o = 0; o < width; o++)
        votes[o / group] += buffer[c->nlayers % 2][o];
}

/* Samples (of 64) for which the two do not agree; input [inputs] words. */
static unsigned disagreements(const lut_circuit *c, const lut_netlist *n,
                              const uint64_t *input)
{
    uint64_t *value = malloc(((size_t)1 + n->inputs + n->nnodes) * sizeof *value);
    uint32_t votes[LUT_MAX_CLASSES];
    unsigned wrong = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(value);
    memcpy(value + 1, input, n->inputs * sizeof *input);
    lut_netlist_eval(n, value);
    for (unsigned bit = 0; bit < 64; bit++) {
        bool same = true;

        slow_votes(c, input, bit, votes);
        for (uint32_t k = 0; k < c->classes; k++)
            same = same && lut_netlist_votes(n, value, k, bit) == votes[k];
        wrong += !same;
    }
    free(value);
    return wrong;
}

/* Word w of the words that together are all values of so many inputs, or a random one. */
static void choose_inputs(uint64_t *input, uint32_t inputs, size_t w, bool all)
{
    for (uint32_t i = 0; i < inputs; i++)
        input[i] = !all    ? lut_rng_next(&rng)
                   : i < 6 ? lut_table_bit(i)
                           : -(uint64_t)(w >> (i - 6) & 1);
}

/* On all inputs where they are few; as: inputs that stand for others. */
static unsigned compare(const lut_circuit *c, const lut_netlist *n, const uint32_t *as)
{
    static uint64_t input[1 + MOST_INPUTS];
    bool all = c->inputs <= 12;
    size_t words = !all ? 2 : c->inputs <= 6 ? 1 : (size_t)1 << (c->inputs - 6);
    unsigned wrong = 0;

    for (size_t w = 0; w < words; w++) {
        choose_inputs(input + 1, c->inputs, w, all);
        for (uint32_t i = 0; as && i < c->inputs; i++)
            input[1 + i] = lut_netlist_literal(input, as[i]);
        wrong += disagreements(c, n, input + 1);
    }
    return wrong;
}

static lut_netlist from(const lut_circuit *c)
{
    lut_netlist n;
    lut_err err;

    CU_ASSERT_EQUAL_FATAL(lut_netlist_from(&n, c, &err), LUT_OK);
    return n;
}

static void simplify(lut_netlist *n, const uint32_t *as)
{
    lut_err err;

    CU_ASSERT_EQUAL_FATAL(lut_netlist_simplify(n, as, &err), LUT_OK);
}

/* ---- what the header promises of the form ---- */

static bool node_is_sound(const lut_netlist *n, uint32_t i, bool simplified)
{
    const lut_node *node = &n->node[i];
    bool ok = node->k >= (simplified ? 2 : 1) && node->k <= 6 &&
              (node->tt & ~lut_table_all(node->k)) == 0;

    for (unsigned j = 0; ok && j < node->k; j++) {
        ok = node->in[j] < lut_netlist_signal(n, i);
        if (node->in[j] > n->inputs)
            ok = ok && n->node[node->in[j] - 1 - n->inputs].part <= node->part;
        if (simplified)
            ok = ok && lut_table_needs(node->tt, node->k - 1 - j) && node->in[j] > 0 &&
                 (j == 0 || node->in[j - 1] < node->in[j]);
    }
    return ok;
}

static void check_form(const lut_netlist *n, bool simplified)
{
    size_t signals = (size_t)1 + n->inputs + n->nnodes;
    uint8_t *read = calloc(signals, 1);
    uint32_t dead = 0, unsound = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(read);
    for (uint32_t i = 0; i < n->nnodes; i++) {
        unsound += !node_is_sound(n, i, simplified);
        for (unsigned j = 0; j < n->node[i].k; j++)
            read[n->node[i].in[j]] = 1;
    }
    for (uint32_t o = 0; o < n->noutputs; o++) {
        read[n->output[o] >> 1] = 1;
        unsound += simplified && n->output[o] <= 1;
    }
    for (size_t s = 1 + n->inputs; s < signals; s++)
        dead += !read[s];
    CU_ASSERT_EQUAL(unsound, 0);
    CU_ASSERT(!simplified || dead == 0);
    CU_ASSERT_EQUAL(n->first[0], 0);
    CU_ASSERT_EQUAL(n->first[n->classes], n->noutputs);
    free(read);
}

static bool same_netlist(const lut_netlist *a, const lut_netlist *b)
{
    return a->nnodes == b->nnodes && a->noutputs == b->noutputs &&
           memcmp(a->node, b->node, a->nnodes * sizeof *a->node) == 0 &&
           memcmp(a->output, b->output, a->noutputs * sizeof *a->output) == 0 &&
           memcmp(a->first, b->first, (a->classes + 1) * sizeof *a->first) == 0 &&
           memcmp(a->bias, b->bias, a->classes * sizeof *a->bias) == 0;
}

static uint32_t depth_of(const lut_netlist *n, uint64_t cuts)
{
    uint32_t depth[LUT_MAX_LAYERS + 1], most = 0;

    CU_ASSERT_EQUAL_FATAL(lut_netlist_depth(n, cuts, depth, NULL), LUT_OK);
    for (unsigned s = 0; s <= lut_netlist_stage(cuts, LUT_MAX_LAYERS); s++)
        most = depth[s] > most ? depth[s] : most;
    return most;
}

/* ---- every transformation on one circuit ---- */

static void check_simplify(const lut_circuit *c, const uint32_t *as)
{
    lut_netlist n = from(c), again = from(c);

    check_form(&n, false);
    CU_ASSERT_EQUAL(compare(c, &n, NULL), 0);
    CU_ASSERT(depth_of(&n, ~(uint64_t)0) <= 2);
    simplify(&n, as);
    check_form(&n, true);
    CU_ASSERT(depth_of(&n, 0) <= 2 * c->nlayers);
    CU_ASSERT_EQUAL(compare(c, &n, as), 0);
    simplify(&again, as);
    simplify(&again, NULL);
    CU_ASSERT(same_netlist(&n, &again));
    lut_netlist_fini(&n);
    lut_netlist_fini(&again);
    lut_netlist_fini(&n);
}

/* Readers of another stage read a node, never through it. */
static uint32_t lost_registers(const lut_netlist *before, const lut_netlist *after,
                               uint64_t cuts)
{
    uint32_t deep = 0, depth[LUT_MAX_LAYERS + 1];

    CU_ASSERT_EQUAL_FATAL(lut_netlist_depth(after, cuts, depth, NULL), LUT_OK);
    for (unsigned s = 0; s <= lut_netlist_stage(cuts, LUT_MAX_LAYERS); s++)
        deep += depth[s] > depth_of(before, cuts);
    return deep;
}

/* Nodes that only vote inverted. */
static uint32_t lost_phases(const lut_netlist *n)
{
    uint8_t *phase = calloc(lut_netlist_signal(n, n->nnodes), 1);
    uint32_t lost = 0;

    CU_ASSERT_PTR_NOT_NULL_FATAL(phase);
    for (uint32_t o = 0; o < n->noutputs; o++)
        phase[n->output[o] >> 1] |= n->output[o] & 1 ? 2 : 1;
    for (uint32_t i = 0; i < n->nnodes; i++)
        lost += phase[lut_netlist_signal(n, i)] == 2;
    free(phase);
    return lost;
}

static void check_map(const lut_circuit *c, unsigned k, uint64_t cuts)
{
    lut_netlist n = from(c), mapped = from(c), again;
    lut_err err;

    simplify(&n, NULL);
    simplify(&mapped, NULL);
    CU_ASSERT_EQUAL_FATAL(lut_netlist_map(&mapped, k, cuts, &err), LUT_OK);
    check_form(&mapped, true);
    CU_ASSERT_EQUAL(lost_phases(&mapped), 0);
    CU_ASSERT_EQUAL(compare(c, &mapped, NULL), 0);
    for (uint32_t i = 0; i < mapped.nnodes; i++)
        CU_ASSERT(mapped.node[i].k <= k);
    if (k == 6) {
        CU_ASSERT_EQUAL(lost_registers(&n, &mapped, cuts), 0);
        CU_ASSERT(depth_of(&mapped, cuts) < depth_of(&n, cuts) ||
                  mapped.nnodes <= n.nnodes);
        again = mapped; /* simplified already */
        CU_ASSERT_EQUAL(lut_netlist_simplify(&mapped, NULL, &err), LUT_OK);
        CU_ASSERT_EQUAL(again.nnodes, mapped.nnodes);
    }
    lut_netlist_fini(&n);
    lut_netlist_fini(&mapped);
}

/* Inputs that stand for earlier ones, their inverses, or constants. */
static void choose_as(uint32_t *as, uint32_t inputs)
{
    for (uint32_t i = 0; i < inputs; i++)
        as[i] = lut_rng_below(&rng, 2) ? 2 * (1 + i)
                                       : (uint32_t)lut_rng_below(&rng, 2 * (1 + i));
}

static void test_ranks(void)
{
    uint32_t as[12];

    rng = lut_rng_make(1, LUT_RNG_TEST, 0);
    for (uint32_t k = 1; k <= LUT_MAX_K; k++)
        for (uint32_t other = 1; other <= LUT_MAX_K; other++) {
            uint32_t inputs = 1 + (k * other) % 10;
            lut_circuit c = make(inputs, 3, 3, (uint32_t[]){ 20, 14, 10 },
                                 (uint32_t[]){ k, other, k });

            choose_as(as, inputs);
            check_simplify(&c, NULL);
            check_simplify(&c, as);
            lut_circuit_fini(&c);
        }
}

static void test_large(void)
{
    static uint32_t as[MOST_INPUTS];
    lut_circuit c;

    rng = lut_rng_make(2, LUT_RNG_TEST, 0);
    c = make(300, 10, 6, (uint32_t[]){ 800, 800, 800, 800, 800, 800 },
             (uint32_t[]){ 2, 2, 2, 2, 2, 2 });
    choose_as(as, 300);
    check_simplify(&c, NULL);
    check_simplify(&c, as);
    lut_circuit_fini(&c);
    c = make(300, 10, 2, (uint32_t[]){ 500, 200 }, (uint32_t[]){ 6, 8 });
    check_simplify(&c, NULL);
    lut_circuit_fini(&c);
}

/* Groups that are padded, or empty, and a single class. */
static void test_groups(void)
{
    static const struct {
        uint32_t luts, classes;
    } shape[] = { { 1, 1 }, { 5, 1 }, { 1, 2 }, { 3, 2 }, { 12, 10 }, { 7, 1024 } };

    rng = lut_rng_make(3, LUT_RNG_TEST, 0);
    for (size_t i = 0; i < LUT_COUNT(shape); i++) {
        lut_circuit c = make(5, shape[i].classes, 1, &shape[i].luts, (uint32_t[]){ 2 });
        lut_netlist n = from(&c);

        CU_ASSERT_EQUAL(n.group, lut_circuit_group(shape[i].luts, shape[i].classes));
        check_simplify(&c, NULL);
        lut_netlist_fini(&n);
        lut_circuit_fini(&c);
    }
}

/* Votes that are constant, repeated, inverse to one another. */
static void test_votes(void)
{
    static const uint64_t table[] = { 0, 15, 12, 3, 12, 12, 3, 3, 3, 8, 7, 15 };
    lut_circuit c = make(2, 2, 1, (uint32_t[]){ 12 }, (uint32_t[]){ 2 });
    lut_netlist n;

    for (uint32_t u = 0; u < 12; u++) {
        c.layer[0].tt[u] = table[u];
        c.layer[0].wire[2 * u] = 0;
        c.layer[0].wire[2 * u + 1] = 1;
    }
    n = from(&c);
    simplify(&n, NULL);
    CU_ASSERT_EQUAL(compare(&c, &n, NULL), 0);
    CU_ASSERT_EQUAL(n.nnodes, 0);   /* nobody reads x y any more */
    CU_ASSERT_EQUAL(n.bias[0], 2);  /* one constant; x and its inverse */
    CU_ASSERT_EQUAL(n.first[1], 2); /* x, x */
    CU_ASSERT_EQUAL(n.output[0], 2);
    CU_ASSERT_EQUAL(n.output[1], 2);
    CU_ASSERT_EQUAL(n.bias[1], 2);  /* x y and its inverse; one constant */
    CU_ASSERT_EQUAL(n.noutputs, 5); /* three times the inverse of x */
    CU_ASSERT_EQUAL(n.output[4], 3);
    lut_netlist_fini(&n);
    lut_circuit_fini(&c);
}

/* Every function of two inputs, wired to every pair of two variables. */
static void test_functions(void)
{
    static const uint8_t nodes[16] = { 0, 1, 1, 0, 1, 0, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0 };

    for (uint32_t table = 0; table < 16; table++)
        for (uint32_t wires = 0; wires < 4; wires++) {
            lut_circuit c = make(2, 1, 1, (uint32_t[]){ 1 }, (uint32_t[]){ 2 });
            lut_netlist n;

            c.layer[0].tt[0] = table;
            c.layer[0].wire[0] = wires >> 1;
            c.layer[0].wire[1] = wires & 1;
            n = from(&c);
            simplify(&n, NULL);
            CU_ASSERT_EQUAL(n.nnodes, wires % 3 ? nodes[table] : 0);
            CU_ASSERT_EQUAL(compare(&c, &n, NULL), 0);
            lut_netlist_fini(&n);
            lut_circuit_fini(&c);
        }
}

/* A wrong bit of a table is seen, so that the comparisons above mean something. */
static void test_mutations(void)
{
    unsigned caught = 0, tried = 0;

    rng = lut_rng_make(4, LUT_RNG_TEST, 0);
    for (int round = 0; round < 20; round++) {
        lut_circuit c = make(8, 2, 2, (uint32_t[]){ 12, 6 }, (uint32_t[]){ 4, 3 });
        lut_netlist n = from(&c);

        simplify(&n, NULL);
        for (uint32_t i = 0; i < n.nnodes; i++, tried++) {
            uint64_t bit = (uint64_t)1 << lut_rng_below(&rng, 1u << n.node[i].k);

            n.node[i].tt ^= bit;
            caught += compare(&c, &n, NULL) > 0;
            n.node[i].tt ^= bit;
        }
        CU_ASSERT_EQUAL(compare(&c, &n, NULL), 0);
        lut_netlist_fini(&n);
        lut_circuit_fini(&c);
    }
    CU_ASSERT(tried > 100);
    CU_ASSERT(10 * caught > 7 * tried); /* others are at addresses that never come */
}

static void test_map_ranks(void)
{
    rng = lut_rng_make(5, LUT_RNG_TEST, 0);
    for (uint32_t rank = 1; rank <= LUT_MAX_K; rank++)
        for (unsigned k = 2; k <= 6; k++)
            for (uint64_t cuts = 0; cuts < 4; cuts++) {
                lut_circuit c = make(3 + rank, 3, 3, (uint32_t[]){ 20, 14, 10 },
                                     (uint32_t[]){ rank, 1 + (rank + k) % 8, rank });

                check_map(&c, k, cuts);
                lut_circuit_fini(&c);
            }
}

static void test_map_large(void)
{
    rng = lut_rng_make(6, LUT_RNG_TEST, 0);
    for (uint64_t cuts = 0; cuts < 32; cuts += 7) {
        lut_circuit c = make(300, 10, 6, (uint32_t[]){ 800, 800, 800, 800, 800, 800 },
                             (uint32_t[]){ 2, 2, 2, 2, 2, 2 });

        check_map(&c, 6, cuts);
        lut_circuit_fini(&c);
    }
}

/* Six inputs through five gates are one LUT; a register inside makes it two. */
static void test_map_exact(void)
{
    lut_circuit c = make(6, 1, 3, (uint32_t[]){ 3, 2, 1 }, (uint32_t[]){ 2, 2, 2 });
    static const uint32_t luts[] = { 1, 4, 3, 6 };
    lut_netlist n;
    lut_err err;

    for (uint32_t l = 0; l < 3; l++)
        for (uint32_t u = 0; u < c.layer[l].luts; u++) {
            c.layer[l].tt[u] = l == 1 ? 6 : 8;
            c.layer[l].wire[2 * u] = l == 0 ? 2 * u : u;
            c.layer[l].wire[2 * u + 1] = l == 0 ? 2 * u + 1 : u + 1;
        }
    for (uint64_t cuts = 0; cuts < 4; cuts++) {
        n = from(&c);
        CU_ASSERT_EQUAL(lut_netlist_simplify(&n, NULL, &err), LUT_OK);
        CU_ASSERT_EQUAL(n.nnodes, 6);
        CU_ASSERT_EQUAL(lut_netlist_map(&n, 6, cuts, &err), LUT_OK);
        CU_ASSERT_EQUAL(n.nnodes, luts[cuts]);
        CU_ASSERT_EQUAL(depth_of(&n, cuts), 1);
        CU_ASSERT_EQUAL(compare(&c, &n, NULL), 0);
        lut_netlist_fini(&n);
    }
    n = from(&c);
    CU_ASSERT_EQUAL(lut_netlist_map(&n, 7, 0, &err), LUT_EINVAL);
    CU_ASSERT_STRING_EQUAL(err.text, "LUTs of 7 inputs, want 2..6");
    CU_ASSERT_EQUAL(lut_netlist_map(&n, 1, 0, &err), LUT_EINVAL);
    CU_ASSERT_EQUAL(n.nnodes, 6);
    lut_netlist_fini(&n);
    lut_circuit_fini(&c);
}

/* Covers do not get worse unnoticed: depth and LUTs. */
static void test_map_sizes(void)
{
    static const struct {
        uint32_t rank, inputs, width, depth, luts;
    } want[] = { { 2, 784, 3000, 2, 592 }, { 2, 300, 6000, 2, 1243 },
                 { 3, 60, 400, 3, 375 },   { 4, 60, 400, 4, 691 },
                 { 7, 60, 400, 8, 1446 },  { 8, 60, 400, 8, 2468 } };

    for (size_t i = 0; i < LUT_COUNT(want); i++) {
        uint32_t k = want[i].rank, w = want[i].width;
        lut_circuit c;
        lut_netlist n;

        rng = lut_rng_make(7, LUT_RNG_TEST, k);
        c = make(want[i].inputs, 10, 4, (uint32_t[]){ w, w, w, w },
                 (uint32_t[]){ k, k, k, k });
        n = from(&c);
        simplify(&n, NULL);
        CU_ASSERT_EQUAL(lut_netlist_map(&n, 6, 0, NULL), LUT_OK);
        CU_ASSERT_EQUAL(depth_of(&n, 0), want[i].depth);
        CU_ASSERT(n.nnodes <= want[i].luts);
        lut_netlist_fini(&n);
        lut_circuit_fini(&c);
    }
}

UNIT_MAIN("netlist", UNIT(test_map_sizes), UNIT(test_map_ranks), UNIT(test_map_large),
          UNIT(test_map_exact), UNIT(test_ranks), UNIT(test_large), UNIT(test_groups),
          UNIT(test_votes), UNIT(test_functions), UNIT(test_mutations))
