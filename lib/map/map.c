#include "lib/map/map.h"

#include <string.h>

const lut_map_ops *lut_map_find(const char *name)
{
    for (size_t i = 0; lut_map_table[i]; i++)
        if (strcmp(lut_map_table[i]->name, name) == 0)
            return lut_map_table[i];
    return NULL;
}

void lut_map_coverage(uint32_t *wire, size_t slots, size_t inputs, uint32_t *scratch,
                      lut_rng *rng)
{
    for (size_t done = 0; done < slots; done += inputs) {
        size_t n = slots - done < inputs ? slots - done : inputs;

        for (size_t i = 0; i < inputs; i++)
            scratch[i] = (uint32_t)i;
        lut_rng_shuffle(rng, scratch, inputs);
        memcpy(wire + done, scratch, n * sizeof *wire);
    }
}
