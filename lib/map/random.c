/* Random: whole permutations of the inputs, one after another, cut into LUTs.  Every input
 * is read equally often; a LUT that straddles two permutations may read one twice.
 * math.md 7.5; torch-dwn "random", DiffLUT's coverage mode. */
#include "lib/map/map.h"

static lut_status wire(const void *cfg, size_t inputs, size_t luts, unsigned k,
                       uint32_t *wires, lut_rng *rng, lut_err *err)
{
    (void)cfg;
    return lut_map_coverage(wires, luts * k, inputs, rng, err);
}

const lut_map_ops lut_map_random = {
    .name = "random",
    .doc = "random permutations of the inputs: each is read equally often",
    .any_order = true,
    .any_inputs = true,
    .wire = wire,
};
