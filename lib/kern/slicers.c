/* Which sets of slices are here, and the form of a gate.  Compiled with baseline flags. */
#include "config.h"
#include "lib/kern/machine.h"
#include "lib/kern/slices.h"

#include <string.h>

const lut_slices *lut_slices_find(const char *name)
{
    const lut_slices *all[3] = { &lut_slices_scalar };
    size_t n = 1;

#if defined(LUT_HAVE_AVX2)
    if (lut_has_avx2())
        all[n++] = &lut_slices_avx2;
#endif
#if defined(LUT_HAVE_AVX512)
    if (lut_has_avx512())
        all[n++] = &lut_slices_avx512;
#endif
    while (name && n && strcmp(all[n - 1]->name, name) != 0)
        n--;
    return n ? all[n - 1] : NULL;
}

/* Input j of the table is input order[j] of the new one. */
static unsigned permuted(unsigned table, unsigned k, const uint8_t order[3])
{
    unsigned out = 0;

    for (unsigned a = 0; a < 1u << k; a++) {
        unsigned to = 0;

        for (unsigned j = 0; j < k; j++)
            to |= (a >> (k - 1 - j) & 1) << (k - 1 - order[j]);
        out |= (table >> a & 1) << to;
    }
    return out;
}

/* The least table of all orders. */
uint8_t lut_slice_canonical(uint8_t table, unsigned k, uint8_t order[3])
{
    static const uint8_t orders[6][3] = { { 0, 1, 2 }, { 1, 0, 2 }, { 0, 2, 1 },
                                          { 2, 1, 0 }, { 1, 2, 0 }, { 2, 0, 1 } };
    unsigned least = 256;

    for (size_t i = 0; i < (k == 2 ? 2 : 6); i++) {
        unsigned t = permuted(table, k, orders[i]);

        if (t < least) {
            least = t;
            memcpy(order, orders[i], sizeof orders[i]);
        }
    }
    return (uint8_t)least;
}
