#include "sweep/sobol.h"

#include "lib/base/check.h"

#include <stddef.h>

enum { BITS = 32, DEGREE = 7 };

/* clang-format off */
/* Dimensions 2, 3, ...: degree of the primitive polynomial, its inner coefficients as bits,
 * first direction numbers. */
static const struct direction {
    unsigned degree, poly, m[DEGREE];
} directions[SWEEP_SOBOL_DIMS - 1] = {
    { 1, 0, { 1 } },
    { 2, 1, { 1, 3 } },
    { 3, 1, { 1, 3, 1 } },
    { 3, 2, { 1, 1, 1 } },
    { 4, 1, { 1, 1, 3, 3 } },
    { 4, 4, { 1, 3, 5, 13 } },
    { 5, 2, { 1, 1, 5, 5, 17 } },
    { 5, 4, { 1, 1, 5, 5, 5 } },
    { 5, 7, { 1, 1, 7, 11, 19 } },
    { 5, 11, { 1, 1, 5, 1, 1 } },
    { 5, 13, { 1, 1, 1, 3, 11 } },
    { 5, 14, { 1, 3, 5, 5, 31 } },
    { 6, 1, { 1, 3, 3, 9, 7, 49 } },
    { 6, 13, { 1, 1, 1, 15, 21, 21 } },
    { 6, 16, { 1, 3, 1, 13, 27, 49 } },
    { 6, 19, { 1, 1, 1, 15, 7, 5 } },
    { 6, 22, { 1, 3, 1, 15, 13, 25 } },
    { 6, 25, { 1, 1, 5, 5, 19, 61 } },
    { 7, 1, { 1, 3, 7, 11, 23, 15, 103 } },
    { 7, 4, { 1, 3, 7, 13, 13, 15, 69 } },
    { 7, 7, { 1, 1, 3, 13, 7, 35, 63 } },
    { 7, 8, { 1, 3, 5, 9, 1, 25, 53 } },
    { 7, 14, { 1, 3, 1, 13, 9, 35, 107 } },
    { 7, 19, { 1, 3, 1, 5, 27, 61, 31 } },
    { 7, 21, { 1, 1, 5, 11, 19, 41, 61 } },
    { 7, 28, { 1, 3, 5, 3, 3, 13, 69 } },
    { 7, 31, { 1, 1, 7, 13, 1, 19, 1 } },
    { 7, 32, { 1, 3, 7, 5, 13, 19, 59 } },
    { 7, 37, { 1, 1, 3, 9, 25, 29, 41 } },
    { 7, 41, { 1, 3, 5, 13, 23, 1, 55 } },
    { 7, 42, { 1, 3, 7, 3, 13, 59, 17 } },
};
/* clang-format on */

/* m_k = 2 a_1 m_(k-1) ^ ... ^ 2^(s-1) a_(s-1) m_(k-s+1) ^ 2^s m_(k-s) ^ m_(k-s), equation 3
 * of the source; a_1 is the highest bit of poly. */
static uint32_t next_direction(const struct direction *d, const uint32_t *m, unsigned k)
{
    const unsigned s = d->degree;
    uint32_t v = m[k - s] ^ m[k - s] << s;

    for (unsigned i = 1; i < s; i++)
        if (d->poly >> (s - 1 - i) & 1)
            v ^= m[k - i] << i;
    return v;
}

uint32_t sweep_sobol(uint32_t index, unsigned dim)
{
    const struct direction *d = dim ? &directions[dim - 1] : NULL;
    uint32_t m[BITS], x = 0;

    LUT_CHECK(dim < SWEEP_SOBOL_DIMS);
    for (unsigned k = 0; index >> k; k++) {
        m[k] = !d ? 1 : k < d->degree ? d->m[k] : next_direction(d, m, k);
        if (index >> k & 1)
            x ^= m[k] << (BITS - 1 - k);
        if (k == BITS - 1)
            break;
    }
    return x;
}

static uint32_t reverse(uint32_t x)
{
    x = (x & 0x55555555u) << 1 | (x >> 1 & 0x55555555u);
    x = (x & 0x33333333u) << 2 | (x >> 2 & 0x33333333u);
    x = (x & 0x0f0f0f0fu) << 4 | (x >> 4 & 0x0f0f0f0fu);
    return __builtin_bswap32(x);
}

/* Products with even numbers carry upwards only, so on reversed bits each bit depends on
 * the bits above it. */
uint32_t sweep_scramble(uint32_t x, uint32_t seed)
{
    static const uint32_t even[] = { 0x6c50b47cu, 0xb82f1e52u, 0xc7afe638u,
                                     0x8d22f6e6u };

    x = reverse(x) + seed;
    for (unsigned i = 0; i < sizeof even / sizeof even[0]; i++)
        x ^= x * even[i];
    return reverse(x);
}
