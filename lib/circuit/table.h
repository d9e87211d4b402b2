/* Truth tables of at most six inputs as one word.  Bit positions here count from the least
 * significant bit of an address: input j of k is position k - 1 - j.  Entries beyond 2^k are
 * 0 before and after.  Pure functions.
 */
#ifndef LUT_CIRCUIT_TABLE_H
#define LUT_CIRCUIT_TABLE_H

#include "lib/base/base.h"

/* Entries whose address has bit p: the function that is that bit. */
static inline uint64_t lut_table_bit(unsigned p)
{
    static const uint64_t bit[6] = { 0xaaaaaaaaaaaaaaaa, 0xcccccccccccccccc,
                                     0xf0f0f0f0f0f0f0f0, 0xff00ff00ff00ff00,
                                     0xffff0000ffff0000, 0xffffffff00000000 };

    return bit[p];
}

/* The 2^k entries that a table of k inputs has. */
static inline uint64_t lut_table_all(unsigned k)
{
    return k < 6 ? ((uint64_t)1 << (1u << k)) - 1 : UINT64_MAX;
}

/* The function of k - 1 inputs that is left where bit p is `value`. */
static inline uint64_t lut_table_cofactor(uint64_t tt, unsigned p, unsigned value)
{
    uint64_t x = (value ? tt >> (1u << p) : tt) & ~lut_table_bit(p);

    for (; p < 5; p++)
        x = (x | x >> (1u << p)) & ~lut_table_bit(p + 1);
    return x;
}

/* Whether the function depends on bit p. */
static inline bool lut_table_needs(uint64_t tt, unsigned p)
{
    return ((tt >> (1u << p) ^ tt) & ~lut_table_bit(p)) != 0;
}

/* Bit p inverted. */
static inline uint64_t lut_table_flip(uint64_t tt, unsigned p)
{
    uint64_t bit = lut_table_bit(p);

    return (tt & bit) >> (1u << p) | (tt & ~bit) << (1u << p);
}

/* Bits p and p + 1 exchanged. */
static inline uint64_t lut_table_swap(uint64_t tt, unsigned p)
{
    uint64_t up = lut_table_bit(p) & ~lut_table_bit(p + 1);
    uint64_t down = up << (1u << p);

    return (tt & ~(up | down)) | (tt & up) << (1u << p) | (tt & down) >> (1u << p);
}

/* The function of k - 1 inputs that is left where bits p and p + 1 are the same. */
static inline uint64_t lut_table_join(uint64_t tt, unsigned p)
{
    uint64_t lo = lut_table_cofactor(tt, p, 0), hi = lut_table_cofactor(tt, p, 1);

    return (lo & ~lut_table_bit(p)) | (hi & lut_table_bit(p));
}

/* 64 evaluations at once: x [k], bit s of each is sample s. */
static inline uint64_t lut_table_eval(uint64_t tt, unsigned k, const uint64_t *x)
{
    uint64_t v[32], last = x[k - 1];
    unsigned n = 1u << (k - 1);

    for (unsigned i = 0; i < n; i++, tt >>= 2)
        v[i] = (-(tt & 1) & ~last) | (-(tt >> 1 & 1) & last);
    for (unsigned j = k - 1; j-- > 0;) {
        n /= 2;
        for (unsigned i = 0; i < n; i++)
            v[i] = v[2 * i] ^ (x[j] & (v[2 * i] ^ v[2 * i + 1]));
    }
    return v[0];
}

#endif
