/* Cyclic: LUT m reads k neighbouring inputs from m * stride on, around the end of the row.
 * Stride k is arange (the obvious reading of DiffLUT's cyclic layer, math.md 8.2); stride 1
 * is a sliding window; a stride that shares no factor with the number of inputs starts at
 * each of them before it starts anywhere twice. */
#include "lib/map/map.h"

typedef struct cyclic_cfg {
    uint32_t stride;
} cyclic_cfg;

static const lut_field fields[] = {
    LUT_OPTION_U32(cyclic_cfg, stride, "inputs", 0, 1048576, "0",
                   "from the first input of a LUT to that of the next; 0: lut_rank"),
};

static lut_status wire(const void *cfg, size_t inputs, size_t luts, unsigned k,
                       uint32_t *wires, lut_rng *rng, lut_err *err)
{
    const cyclic_cfg *c = cfg;
    size_t stride = c->stride ? c->stride : k;

    (void)rng;
    (void)err;
    for (size_t m = 0; m < luts; m++)
        for (size_t j = 0; j < k; j++)
            wires[m * k + j] = (uint32_t)((m * stride + j) % inputs);
    return LUT_OK;
}

const lut_map_ops lut_map_cyclic = {
    .name = "cyclic",
    .doc = "neighbouring inputs, from LUT to LUT a stride further, round and round",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(cyclic_cfg),
    .wire = wire,
};
