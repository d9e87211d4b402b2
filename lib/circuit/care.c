/* The tables: which values free entries take, and which entries the encoder leaves free. */
#include "lib/circuit/care.h"
#include "lib/circuit/table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 1 << (LUT_MAX_K - 6), ENTRIES = 1 << LUT_MAX_K };

/* ---- values of free entries ---- */

typedef struct table {
    uint64_t w[WORDS];
} table;

typedef struct search {
    unsigned k;
    size_t words;
    table tt, best;
    unsigned dropped, changed; /* of the best */
} search;

/* What x says where bit p of the address is either. */
static void unite(table *x, unsigned p, size_t words)
{
    if (p >= 6) {
        for (size_t w = 0; w < words; w++)
            if (!(w >> (p - 6) & 1))
                x->w[w] = x->w[w + ((size_t)1 << (p - 6))] |= x->w[w];
        return;
    }
    for (size_t w = 0; w < words; w++) {
        uint64_t bit = lut_table_bit(p);

        x->w[w] |= (x->w[w] & bit) >> (1u << p) | (x->w[w] & ~bit) << (1u << p);
    }
}

static bool bit_of(const table *x, unsigned a)
{
    return x->w[a / 64] >> (a % 64) & 1;
}

/* Entry a where neither value is asked for: what most of those had that are one with it. */
static bool most(const search *s, unsigned a, unsigned without)
{
    unsigned set = 0, all = 0;

    for (unsigned sub = without;; sub = (sub - 1) & without) {
        set += bit_of(&s->tt, (a & ~without) | sub);
        all++;
        if (sub == 0)
            return 2 * set > all;
    }
}

static table complete(const search *s, const table *on, const table *off,
                      unsigned without)
{
    table out = *on;

    for (unsigned a = 0; a < 1u << s->k; a++)
        if (!bit_of(on, a) && !bit_of(off, a) && most(s, a, without))
            out.w[a / 64] |= (uint64_t)1 << (a % 64);
    return out;
}

static void weigh(search *s, const table *on, const table *off, unsigned without)
{
    unsigned dropped = (unsigned)__builtin_popcount(without), changed = 0;
    table full;

    if (dropped < s->dropped)
        return;
    full = complete(s, on, off, without);
    for (size_t w = 0; w < s->words; w++)
        changed += (unsigned)__builtin_popcountll(full.w[w] ^ s->tt.w[w]);
    if (dropped == s->dropped && changed >= s->changed)
        return;
    s->best = full;
    s->dropped = dropped;
    s->changed = changed;
}

/* All sets of inputs without which the table can be, from bit p on.  Where one does not do,
 * none with more does. */
static void drop(search *s, const table *on, const table *off, unsigned p,
                 unsigned without)
{
    for (; p < s->k; p++) {
        table up = *on, down = *off;
        bool agree = true;

        unite(&up, p, s->words);
        unite(&down, p, s->words);
        for (size_t w = 0; w < s->words; w++)
            agree = agree && (up.w[w] & down.w[w]) == 0;
        if (!agree)
            continue;
        weigh(s, &up, &down, without | 1u << p);
        drop(s, &up, &down, p + 1, without | 1u << p);
    }
}

void lut_care_fill(uint64_t *tt, const uint64_t *care, unsigned k)
{
    search s = { .k = k, .words = lut_table_words(k) };
    table on = { { 0 } }, off = { { 0 } };

    memcpy(s.tt.w, tt, s.words * sizeof *tt);
    for (size_t w = 0; w < s.words; w++) {
        on.w[w] = tt[w] & care[w];
        off.w[w] = ~tt[w] & care[w];
    }
    s.best = s.tt;
    drop(&s, &on, &off, 0, 0);
    memcpy(tt, s.best.w, s.words * sizeof *tt);
}

static unsigned inputs_needed(const table *tt, unsigned k)
{
    unsigned needed = 0;

    for (unsigned p = 0; p < k; p++) {
        table either = *tt;

        unite(&either, p, lut_table_words(k));
        needed += memcmp(either.w, tt->w, lut_table_words(k) * sizeof *tt->w) != 0;
    }
    return needed;
}

void lut_care_apply(lut_care_facts *facts, lut_circuit_layer *layer, uint32_t u,
                    const uint64_t *care)
{
    size_t words = lut_table_words(layer->k);
    uint64_t *tt = layer->tt + u * words;
    table was = { { 0 } }, is = { { 0 } };
    unsigned changed = 0;

    memcpy(was.w, tt, words * sizeof *tt);
    lut_care_fill(tt, care, layer->k);
    memcpy(is.w, tt, words * sizeof *tt);
    for (size_t w = 0; w < words; w++) {
        facts->free +=
            (unsigned)__builtin_popcountll(~care[w] & lut_table_all(layer->k));
        changed += (unsigned)__builtin_popcountll(was.w[w] ^ is.w[w]);
    }
    facts->entries += (uint64_t)1 << layer->k;
    facts->changed += changed;
    facts->luts += changed > 0;
    facts->dropped += inputs_needed(&was, layer->k) - inputs_needed(&is, layer->k);
}

/* ---- combinations of encoded bits ---- */

/* Whether some input passes exactly n thresholds of the feature: thresholds that coincide are
 * passed together, those beyond the range always or never. */
static bool is_reached(const lut_encoder *e, size_t f, size_t n)
{
    const float *t = e->threshold + f * e->thresholds;
    float below = n ? lut_fixed_edge(&e->input, t[n - 1]) : -INFINITY;
    float above = n < e->thresholds ? lut_fixed_edge(&e->input, t[n]) : INFINITY;

    if (n && !(below < 0x1.fffffep127f)) /* no float is above the largest */
        return false;
    return above > below && above >= -0x1.fffffep127f;
}

/* Feature by feature: codes [thresholds + 1] that some input has. */
static uint8_t *reached(const lut_encoder *e)
{
    size_t codes = e->thresholds + 1;
    uint8_t *to = malloc(e->features * codes);

    for (size_t f = 0; to && f < e->features; f++)
        for (size_t n = 0; n < codes; n++)
            to[f * codes + n] = e->thresholds == 0 || is_reached(e, f, n);
    return to;
}

/* Bits of an address that come from the feature of input j. */
static unsigned group_of(const uint32_t *wire, unsigned k, unsigned j, size_t bits)
{
    unsigned group = 0;

    for (unsigned i = 0; i < k; i++)
        if (wire[i] / bits == wire[j] / bits)
            group |= 1u << (k - 1 - i);
    return group;
}

/* Addresses, on the bits of the group alone, that codes of the feature make. */
static void mark_codes(uint8_t found[ENTRIES], const lut_encoder *e, size_t f,
                       const uint8_t *is, const uint32_t *wire, unsigned k,
                       unsigned group)
{
    memset(found, 0, ENTRIES);
    for (size_t n = 0; n <= e->thresholds; n++) {
        unsigned a = 0;

        for (unsigned i = 0; i < k; i++)
            if (group >> (k - 1 - i) & 1)
                a |= (unsigned)e->codes[n * e->bits + wire[i] % e->bits] << (k - 1 - i);
        found[a] |= is[f * (e->thresholds + 1) + n];
    }
}

static void care_of(uint64_t care[WORDS], const lut_encoder *e, const uint8_t *is,
                    const uint32_t *wire, unsigned k)
{
    uint8_t found[ENTRIES];

    for (size_t w = 0; w < lut_table_words(k); w++)
        care[w] = lut_table_all(k);
    for (unsigned j = 0; j < k && e->thresholds; j++) {
        unsigned group = group_of(wire, k, j, e->bits);

        if (group >> (k - 1 - j) >> 1) /* done at the first of them */
            continue;
        mark_codes(found, e, wire[j] / e->bits, is, wire, k, group);
        for (unsigned a = 0; a < 1u << k; a++)
            if (!found[a & group])
                care[a / 64] &= ~((uint64_t)1 << (a % 64));
    }
}

lut_status lut_care_encoder(lut_circuit *c, lut_care_facts *facts, const lut_encoder *e,
                            lut_err *err)
{
    lut_circuit_layer *layer = &c->layer[0];
    uint8_t *is = reached(e);

    *facts = (lut_care_facts){ 0 };
    if (!is)
        return lut_fail(err, LUT_ENOMEM, "no memory for the codes of %zu features",
                        e->features);
    for (uint32_t u = 0; u < layer->luts; u++) {
        uint64_t care[WORDS];

        care_of(care, e, is, layer->wire + (size_t)u * layer->k, layer->k);
        lut_care_apply(facts, layer, u, care);
    }
    for (uint32_t l = 1; l < c->nlayers; l++)
        facts->entries += (uint64_t)c->layer[l].luts << c->layer[l].k;
    free(is);
    return LUT_OK;
}
