/* Arange: slot s reads input s mod inputs.  The reference member of the family. */
#include "lib/map/map.h"

static void init(const void *cfg, size_t inputs, size_t slots, uint32_t *wire,
                 uint32_t *candidate, float *weight, uint32_t *scratch, lut_rng *rng)
{
    (void)cfg;
    (void)candidate;
    (void)weight;
    (void)scratch;
    (void)rng;
    for (size_t s = 0; s < slots; s++)
        wire[s] = (uint32_t)(s % inputs);
}

const lut_map_ops lut_map_arange = {
    .name = "arange",
    .doc = "slot s reads input s mod the number of inputs",
    .init = init,
};
