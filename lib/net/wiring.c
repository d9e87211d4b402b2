/* Mappings of layers: sizes, memory, initial wires and candidates, rounds of redraws. */
#include "lib/net/meet.h"

#include <stdlib.h>

lut_status lut_wiring_shape(lut_layer *l, const lut_layer_cfg *c, lut_err *err)
{
    lut_choice *h = &l->choice;

    l->map = c->map;
    l->map_cfg = c->map_cfg;
    h->kind = c->map->kind;
    h->inputs = l->inputs;
    if (c->map->check)
        LUT_TRY(c->map->check(c->map_cfg, l->inputs, l->luts, l->k, err));
    if (h->kind != LUT_MAP_FIXED)
        l->candidates = c->map->candidates(c->map_cfg, l->inputs);
    h->candidates = l->candidates;
    h->padded = lut_round_up(l->candidates, LUT_LANES);
    return LUT_OK;
}

size_t lut_wiring_listed(const lut_layer *l)
{
    return l->candidates < l->inputs ? l->slots * l->candidates : 0;
}

void lut_wiring_place(lut_layer *l, lut_arena *a, bool below, const lut_layer_cfg *c,
                      size_t lines)
{
    lut_choice *h = &l->choice;
    size_t n = l->slots * h->padded;

    l->map_cfg = lut_arena_copy(a, c->map_cfg, c->map->cfg_size);
    l->wire = lut_arena_take(a, l->slots, sizeof *l->wire);
    if (h->kind == LUT_MAP_FIXED)
        return;
    l->own = lut_arena_take(a, l->slots, sizeof *l->own);
    for (size_t slot = 0; l->own && slot < l->slots; slot++)
        l->own[slot] = (uint32_t)slot;
    h->state = lut_arena_take(a, n * lines, sizeof(float));
    if (below || h->kind == LUT_MAP_MIX)
        h->share = lut_arena_take(a, n, sizeof(float));
    h->wire = l->wire;
    h->temperature = (float)c->map->temperature(c->map_cfg, 0);
}

float lut_wiring_temperature(const lut_layer *l, uint64_t steps)
{
    return (float)l->map->temperature(l->map_cfg, steps);
}

/* Rows of n numbers to rows of `padded` numbers, zeros behind: in place, last row first. */
static void spread_rows(float *w, size_t rows, size_t n, size_t padded)
{
    for (size_t r = rows; r-- > 0 && n < padded;) {
        memmove(w + r * padded, w + r * n, n * sizeof *w);
        memset(w + r * padded + n, 0, (padded - n) * sizeof *w);
    }
}

/* LUTs begin .. end - 1 by their first input: counted, then put in place.  start[inputs + 1],
 * copy[(end - begin) * k]. */
static void sort_group(const lut_layer *l, size_t begin, size_t end, uint32_t *start,
                       uint32_t *copy)
{
    uint32_t *wire = l->wire + begin * l->k;
    size_t n = end - begin;

    memset(start, 0, (l->inputs + 1) * sizeof *start);
    memcpy(copy, wire, n * l->k * sizeof *copy);
    for (size_t m = 0; m < n; m++)
        start[copy[m * l->k] + 1]++;
    for (size_t i = 0; i < l->inputs; i++)
        start[i + 1] += start[i];
    for (size_t m = 0; m < n; m++)
        memcpy(wire + start[copy[m * l->k]]++ * l->k, copy + m * l->k,
               l->k * sizeof *copy);
}

/* Neighbours that read neighbours find half of what they need in the cache. */
static lut_status sort_luts(const lut_layer *l, size_t group, lut_err *err)
{
    uint32_t *start = malloc((l->inputs + 1) * sizeof *start);
    uint32_t *copy = malloc(l->slots * sizeof *copy);

    for (size_t begin = 0; start && copy && begin < l->luts; begin += group)
        sort_group(l, begin, begin + group < l->luts ? begin + group : l->luts, start,
                   copy);
    free(start);
    free(copy);
    return start && copy
               ? LUT_OK
               : lut_fail(err, LUT_ENOMEM, "no memory for %zu wires", l->slots);
}

static lut_status wire_layer(const lut_layer *l, size_t group, lut_rng *rng,
                             lut_err *err)
{
    LUT_TRY(l->map->wire(l->map_cfg, l->inputs, l->luts, l->k, l->wire, rng, err));
    return l->map->any_order && group > 1 ? sort_luts(l, group, err) : LUT_OK;
}

lut_status lut_wiring_init(const lut_layer *l, uint32_t index, uint64_t seed,
                           size_t group, lut_err *err)
{
    lut_rng rng = lut_rng_make(seed, LUT_RNG_WIRING, index);
    const lut_choice *h = &l->choice;

    if (h->kind == LUT_MAP_FIXED)
        return wire_layer(l, group, &rng, err);
    if (h->candidate)
        LUT_TRY(lut_map_distinct(h->candidate, l->slots, h->candidates, l->inputs, &rng,
                                 err));
    l->map->weights(l->map_cfg, l->inputs, l->slots, h->weight, &rng);
    spread_rows(h->weight, l->slots, h->candidates, h->padded);
    return LUT_OK;
}

bool lut_wiring_redraw(lut_redraw *out, const lut_layer *l, uint32_t index,
                       uint64_t seed, const lut_opt_step *step)
{
    lut_rng layer = lut_rng_make(seed, LUT_RNG_REDRAW, index);
    lut_map_redraw how;

    if (!l->map->redraw || !l->choice.candidate)
        return false;
    how = l->map->redraw(l->map_cfg, l->inputs);
    if (!how.every || step->t % how.every || !(step->done < how.until))
        return false;
    *out = (lut_redraw){ .count = how.count,
                         .pool = how.pool,
                         .margin = (float)(how.margin * step->lr),
                         .rng = lut_rng_sub(&layer, step->t) };
    return true;
}

/* ---- a batch ---- */

enum { HALF = 32 };

size_t lut_choice_room(size_t inputs, size_t samples)
{
    return lut_ceil_div(samples, HALF) * lut_round_up(inputs, LUT_LANES);
}

void lut_choice_words(const lut_choice *c)
{
    const lut_bits *b = c->bits;

    for (size_t h = 0; b && h < lut_ceil_div(c->n, HALF); h++) {
        uint32_t *word = c->word + lut_choice_room(c->inputs, h * HALF);
        const uint64_t *x = b->p + h / 2;
        unsigned shift = HALF * (h % 2);

        for (size_t i = 0; i < c->inputs; i++)
            word[i] = (uint32_t)(x[i * b->ld] >> shift);
    }
}
