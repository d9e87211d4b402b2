/* Random: whole permutations of the inputs, one after another, cut into LUTs.  Every input
 * is read equally often; a LUT that straddles two permutations may read one twice.
 * math.md 7.5; torch-dwn "random", DiffLUT's coverage mode. */
#include "lib/map/map.h"

static void init(const void *cfg, size_t inputs, size_t slots, uint32_t *wire,
                 uint32_t *candidate, float *weight, uint32_t *scratch, lut_rng *rng)
{
    (void)cfg;
    (void)candidate;
    (void)weight;
    lut_map_coverage(wire, slots, inputs, scratch, rng);
}

const lut_map_ops lut_map_random = {
    .name = "random",
    .doc = "random permutations of the inputs: each is read equally often",
    .init = init,
};
