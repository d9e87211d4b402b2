/* Mappings of layers: sizes, memory, initial wires and candidates, rounds of redraws. */
#include "lib/net/meet.h"

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

lut_status lut_wiring_init(const lut_layer *l, uint32_t index, uint64_t seed,
                           lut_err *err)
{
    lut_rng rng = lut_rng_make(seed, LUT_RNG_WIRING, index);
    const lut_choice *h = &l->choice;

    if (h->kind == LUT_MAP_FIXED)
        return l->map->wire(l->map_cfg, l->inputs, l->luts, l->k, l->wire, &rng, err);
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
