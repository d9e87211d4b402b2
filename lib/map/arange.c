/* Arange: slot s reads input s mod inputs.  The reference member of the family. */
#include "lib/map/map.h"

static lut_status wire(const void *cfg, size_t inputs, size_t luts, unsigned k,
                       uint32_t *wires, lut_rng *rng, lut_err *err)
{
    (void)cfg;
    (void)rng;
    (void)err;
    for (size_t s = 0; s < luts * k; s++)
        wires[s] = (uint32_t)(s % inputs);
    return LUT_OK;
}

const lut_map_ops lut_map_arange = {
    .name = "arange",
    .doc = "slot s reads input s mod the number of inputs",
    .wire = wire,
};
