/* The rule "data": what the samples address, layer by layer. */
#include "lib/circuit/care.h"
#include "lib/circuit/table.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS = 1 << (LUT_MAX_K - 6), ENTRIES = 1 << LUT_MAX_K };

typedef struct walk {
    lut_circuit *c;
    lut_care_facts *facts;
    size_t n, words; /* samples, and words of a row of them */
    uint32_t fewest;
    uint64_t
        *row; /* [2][widest][words] outputs of a layer and of the one before; owned */
    uint64_t *in, *out; /* halves of row */
    uint32_t
        *same; /* [widest] literal of the first signal below that is the same for all
                         samples, itself mostly; owned */
    uint32_t *slot; /* [slots] signal + 1, or 0; owned */
    size_t slots;   /* power of two */
} walk;

/* ---- samples at each entry ---- */

/* One word of each input to one of each entry: the samples that address it. */
static void split(uint64_t at[ENTRIES], const uint64_t *const *x, unsigned k, size_t w,
                  uint64_t samples)
{
    at[0] = samples;
    for (unsigned j = 0; j < k; j++)
        for (unsigned i = 1u << j; i-- > 0;) {
            uint64_t bit = x[j][w], all = at[i];

            at[2 * i] = all & ~bit;
            at[2 * i + 1] = all & bit;
        }
}

static uint64_t samples_of(const walk *k, size_t w)
{
    size_t rest = k->n - 64 * w;

    return rest < 64 ? ((uint64_t)1 << rest) - 1 : UINT64_MAX;
}

static void rows_of(const uint64_t *x[LUT_MAX_K], const walk *k,
                    const lut_circuit_layer *layer, uint32_t u)
{
    for (unsigned j = 0; j < layer->k; j++)
        x[j] = k->in + layer->wire[(size_t)u * layer->k + j] * k->words;
}

static void find_care(uint64_t care[WORDS], const walk *k,
                      const lut_circuit_layer *layer, uint32_t u)
{
    const uint64_t *x[LUT_MAX_K];
    uint32_t count[ENTRIES] = { 0 };
    uint64_t at[ENTRIES];

    rows_of(x, k, layer, u);
    for (size_t w = 0; w < k->words; w++) {
        split(at, x, layer->k, w, samples_of(k, w));
        for (unsigned a = 0; a < 1u << layer->k; a++)
            count[a] += (unsigned)__builtin_popcountll(at[a]);
    }
    memset(care, 0, WORDS * sizeof *care);
    for (unsigned a = 0; a < 1u << layer->k; a++)
        care[a / 64] |= (uint64_t)(count[a] >= k->fewest) << (a % 64);
}

static void evaluate(const walk *k, const lut_circuit_layer *layer, uint32_t u)
{
    const uint64_t *x[LUT_MAX_K], *tt = layer->tt + u * lut_table_words(layer->k);
    uint64_t at[ENTRIES];

    rows_of(x, k, layer, u);
    for (size_t w = 0; w < k->words; w++) {
        uint64_t y = 0;

        split(at, x, layer->k, w, samples_of(k, w));
        for (unsigned a = 0; a < 1u << layer->k; a++)
            y |= at[a] & -(tt[a / 64] >> (a % 64) & 1);
        k->out[u * k->words + w] = y;
    }
}

/* ---- signals that no sample tells apart ---- */

/* A word of a row, inverted where its first sample is 1. */
static uint64_t plain_word(const walk *k, const uint64_t *row, size_t w)
{
    return (row[w] ^ -(row[0] & 1)) & samples_of(k, w);
}

static size_t hash_of(const walk *k, const uint64_t *row)
{
    uint64_t h = 0;

    for (size_t w = 0; w < k->words; w++) {
        h = (h ^ plain_word(k, row, w)) * 0x9e3779b97f4a7c15;
        h ^= h >> 32;
    }
    return (size_t)h & (k->slots - 1);
}

static bool agree(const walk *k, const uint64_t *a, const uint64_t *b)
{
    for (size_t w = 0; w < k->words; w++)
        if (plain_word(k, a, w) != plain_word(k, b, w))
            return false;
    return true;
}

static bool is_constant(const walk *k, const uint64_t *row)
{
    for (size_t w = 0; w < k->words; w++)
        if (plain_word(k, row, w))
            return false;
    return true;
}

/* Of n rows; the number of those that are not the first of their kind.  Constants stay what
 * they are: tables that read them drop them. */
static uint32_t find_same(walk *k, const uint64_t *row, uint32_t n)
{
    uint32_t merged = 0;

    memset(k->slot, 0, k->slots * sizeof *k->slot);
    for (uint32_t i = 0; i < n; i++) {
        const uint64_t *own = row + i * k->words;
        size_t at = hash_of(k, own);

        k->same[i] = 2 * i;
        if (is_constant(k, own))
            continue;
        while (k->slot[at] && !agree(k, own, row + (k->slot[at] - 1) * k->words))
            at = (at + 1) & (k->slots - 1);
        if (k->slot[at]) {
            uint32_t first = k->slot[at] - 1;

            k->same[i] = 2 * first + (uint32_t)((own[0] ^ row[first * k->words]) & 1);
            merged++;
        } else {
            k->slot[at] = i + 1;
        }
    }
    return merged;
}

/* Bit p of a table's address inverted. */
static void flip(uint64_t *tt, unsigned p, unsigned k)
{
    uint64_t was[WORDS];

    if (p < 6) {
        for (size_t w = 0; w < lut_table_words(k); w++)
            tt[w] = lut_table_flip(tt[w], p);
        return;
    }
    memcpy(was, tt, lut_table_words(k) * sizeof *tt);
    for (size_t w = 0; w < lut_table_words(k); w++)
        tt[w] = was[w ^ (size_t)1 << (p - 6)];
}

static void read_first(const walk *k, lut_circuit_layer *layer, uint32_t u)
{
    for (unsigned j = 0; j < layer->k; j++) {
        uint32_t *wire = &layer->wire[(size_t)u * layer->k + j];
        uint32_t literal = k->same[*wire];

        *wire = literal >> 1;
        if (literal & 1)
            flip(layer->tt + u * lut_table_words(layer->k), layer->k - 1 - j, layer->k);
    }
}

/* Votes have no reader that could read another LUT: the LUT becomes that other. */
static void become_first(const walk *k, lut_circuit_layer *layer)
{
    size_t words = lut_table_words(layer->k);

    for (uint32_t u = 0; u < layer->luts; u++) {
        size_t first = k->same[u] >> 1;
        uint64_t *tt = layer->tt + u * words;

        if (first == u)
            continue;
        memcpy(layer->wire + (size_t)u * layer->k, layer->wire + first * layer->k,
               layer->k * sizeof *layer->wire);
        for (size_t w = 0; w < words; w++)
            tt[w] = (layer->tt[first * words + w] ^ -(uint64_t)(k->same[u] & 1)) &
                    lut_table_all(layer->k);
    }
}

/* ---- all layers ---- */

static lut_status open_walk(walk *k, const lut_samples *s, const uint32_t *rows,
                            lut_err *err)
{
    size_t widest = k->c->inputs;
    lut_bits bits;

    for (uint32_t l = 0; l < k->c->nlayers; l++)
        if (widest < k->c->layer[l].luts)
            widest = k->c->layer[l].luts;
    k->words = lut_ceil_div(k->n, 64);
    k->slots = 16;
    while (k->slots < 2 * widest)
        k->slots *= 2;
    k->row = calloc(2 * widest, k->words * sizeof *k->row);
    k->same = malloc(widest * sizeof *k->same);
    k->slot = malloc(k->slots * sizeof *k->slot);
    if (!k->row || !k->same || !k->slot)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu samples of %zu signals",
                        k->n, widest);
    k->in = k->row;
    k->out = k->row + widest * k->words;
    bits = (lut_bits){ .p = k->in, .rows = k->c->inputs, .ld = k->words };
    lut_bits_gather(&bits, s, rows, 0, k->n);
    return LUT_OK;
}

static void walk_layer(walk *k, lut_circuit_layer *layer)
{
    for (uint32_t u = 0; u < layer->luts; u++) {
        uint64_t care[WORDS];

        read_first(k, layer, u);
        find_care(care, k, layer, u);
        lut_care_apply(k->facts, layer, u, care);
        evaluate(k, layer, u);
    }
    k->facts->merged += find_same(k, k->out, layer->luts);
}

lut_status lut_care_data(lut_circuit *c, lut_care_facts *facts, const lut_samples *s,
                         const uint32_t *rows, size_t n, uint32_t fewest, lut_err *err)
{
    walk k = { .c = c, .facts = facts, .n = n, .fewest = fewest };
    lut_status st = open_walk(&k, s, rows, err);

    *facts = (lut_care_facts){ 0 };
    if (st == LUT_OK) {
        find_same(&k, k.in, c->inputs);
        for (uint32_t l = 0; l < c->nlayers; l++) {
            uint64_t *in = k.in;

            walk_layer(&k, &c->layer[l]);
            k.in = k.out;
            k.out = in;
        }
        become_first(&k, &c->layer[c->nlayers - 1]);
    }
    free(k.row);
    free(k.same);
    free(k.slot);
    return st;
}
