#include "lib/map/map.h"

#include <stdlib.h>
#include <string.h>

const lut_map_ops *lut_map_find(const char *name)
{
    for (size_t i = 0; lut_map_table[i]; i++)
        if (strcmp(lut_map_table[i]->name, name) == 0)
            return lut_map_table[i];
    return NULL;
}

size_t lut_map_candidates(uint32_t wanted, size_t inputs)
{
    return wanted && wanted < inputs ? wanted : inputs;
}

lut_status lut_map_coverage(uint32_t *wire, size_t slots, size_t inputs, lut_rng *rng,
                            lut_err *err)
{
    return lut_map_distinct(wire, slots, 1, inputs, rng, err);
}

/* Inputs in random order, again and again. */
typedef struct deck {
    uint32_t *card, *holder; /* [inputs]: who got the input last, from 1 */
    size_t inputs, dealt;
    lut_rng *rng;
} deck;

static void shuffle(deck *d)
{
    for (size_t i = 0; i < d->inputs; i++)
        d->card[i] = (uint32_t)i;
    lut_rng_shuffle(d->rng, d->card, d->inputs);
    d->dealt = 0;
}

/* The next card that the player does not hold.  There is one: a player who sees a new
 * shuffle lacks more cards than are still to be dealt to him. */
static uint32_t deal(deck *d, uint32_t player)
{
    size_t at;
    uint32_t card;

    if (d->dealt == d->inputs)
        shuffle(d);
    for (at = d->dealt; d->holder[d->card[at]] == player;)
        at++;
    card = d->card[at];
    d->card[at] = d->card[d->dealt];
    d->card[d->dealt++] = card;
    d->holder[card] = player;
    return card;
}

lut_status lut_map_distinct(uint32_t *wire, size_t rows, size_t k, size_t inputs,
                            lut_rng *rng, lut_err *err)
{
    uint32_t *room = calloc(2 * inputs, sizeof *room);
    deck d = { room, room + inputs, inputs, inputs, rng };

    if (!room)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu wires", inputs);
    for (size_t m = 0; m < rows; m++)
        for (size_t j = 0; j < k; j++)
            wire[m * k + j] = deal(&d, (uint32_t)m + 1);
    free(room);
    return LUT_OK;
}
