/* Unique: no LUT reads an input twice, and no two LUTs read the same set of inputs.
 *
 * Rank 2 as in difflogic (math.md 1.6): pairs (0, 1), (2, 3), ..., then (1, 2), (3, 4), ...,
 * then all pairs at distance 2, 3, ...; only which LUT gets which pair is random.  First
 * layers read neighbours that way.  Other ranks: random sets that read every input equally
 * often as far as they go, sets that came before drawn anew. */
#include "lib/map/map.h"

#include <stdlib.h>
#include <string.h>

/* Sets of k of n inputs; exact to 2^53, and larger than any layer beyond. */
static double sets_of(size_t n, unsigned k)
{
    double sets = 1;

    for (unsigned j = 0; j < k; j++)
        sets = n > j ? sets * (double)(n - j) / (j + 1) : 0;
    return sets;
}

static lut_status check(const void *cfg, size_t inputs, size_t luts, unsigned k,
                        lut_err *err)
{
    double sets = sets_of(inputs, k);

    (void)cfg;
    if (sets >= (double)luts)
        return LUT_OK;
    return lut_fail(err, LUT_EINVAL,
                    "%zu LUTs want as many different sets of %u inputs; %zu inputs "
                    "have %.0f",
                    luts, k, inputs, sets);
}

/* Pairs (a, a + distance) for a = first, first + stride, ...; how many there are by now. */
static size_t add_pairs(uint32_t *wires, size_t have, size_t luts, size_t inputs,
                        size_t first, size_t distance, size_t stride)
{
    for (size_t a = first; a + distance < inputs && have < luts; a += stride) {
        wires[2 * have] = (uint32_t)a;
        wires[2 * have++ + 1] = (uint32_t)(a + distance);
    }
    return have;
}

static void shuffle_pairs(uint32_t *wires, size_t luts, lut_rng *rng)
{
    for (size_t i = luts; i > 1; i--) {
        size_t j = lut_rng_below(rng, i);
        uint32_t pair[2];

        memcpy(pair, wires + 2 * j, sizeof pair);
        memmove(wires + 2 * j, wires + 2 * (i - 1), sizeof pair);
        memcpy(wires + 2 * (i - 1), pair, sizeof pair);
    }
}

static void pairs(uint32_t *wires, size_t inputs, size_t luts, lut_rng *rng)
{
    size_t have = add_pairs(wires, 0, luts, inputs, 0, 1, 2);

    have = add_pairs(wires, have, luts, inputs, 1, 1, 2);
    for (size_t distance = 2; have < luts; distance++)
        have = add_pairs(wires, have, luts, inputs, 0, distance, 1);
    shuffle_pairs(wires, luts, rng);
}

/* ---- other ranks: a hash table of sets ---- */

typedef struct sets {
    const uint32_t *wire;
    unsigned k;
    uint32_t *lut; /* [size]: number of a LUT + 1; 0: free */
    size_t size;   /* a power of two */
} sets;

static bool same_set(const uint32_t *a, const uint32_t *b, unsigned k)
{
    for (unsigned i = 0; i < k; i++) {
        unsigned j = 0;

        while (j < k && a[i] != b[j])
            j++;
        if (j == k)
            return false;
    }
    return true;
}

/* Enter LUT m; false: its set is there already. */
static bool enter(sets *s, size_t m)
{
    const uint32_t *wire = s->wire + m * s->k;
    uint64_t hash = 0;
    size_t at;

    for (unsigned j = 0; j < s->k; j++) /* a sum, whatever the order */
        hash +=
            (wire[j] + 1) * (uint64_t)0x9e3779b97f4a7c15u ^ wire[j] * (uint64_t)wire[j];
    for (at = (hash >> 20) % s->size; s->lut[at]; at = (at + 1) % s->size)
        if (same_set(wire, s->wire + (s->lut[at] - 1) * (size_t)s->k, s->k))
            return false;
    s->lut[at] = (uint32_t)m + 1;
    return true;
}

static void draw_set(uint32_t *wire, unsigned k, size_t inputs, lut_rng *rng)
{
    for (unsigned j = 0; j < k; j++) {
        unsigned i;

        do {
            wire[j] = (uint32_t)lut_rng_below(rng, inputs);
            for (i = 0; wire[i] != wire[j];)
                i++;
        } while (i < j);
    }
}

static lut_status wire(const void *cfg, size_t inputs, size_t luts, unsigned k,
                       uint32_t *wires, lut_rng *rng, lut_err *err)
{
    sets s = { .wire = wires, .k = k, .size = 2 };
    lut_status st;

    (void)cfg;
    if (k == 2) {
        pairs(wires, inputs, luts, rng);
        return LUT_OK;
    }
    while (s.size < 2 * luts)
        s.size *= 2;
    s.lut = calloc(s.size, sizeof *s.lut);
    if (!s.lut)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu sets of wires", luts);
    st = lut_map_distinct(wires, luts, k, inputs, rng, err);
    for (size_t m = 0; st == LUT_OK && m < luts; m++)
        while (!enter(&s, m))
            draw_set(wires + m * k, k, inputs, rng);
    free(s.lut);
    return st;
}

const lut_map_ops lut_map_unique = {
    .name = "unique",
    .doc =
        "no two LUTs read the same inputs; rank 2: neighbours first, as in difflogic",
    .check = check,
    .any_order = true,
    .wire = wire,
};
