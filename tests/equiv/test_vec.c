/* Operations on vectors: what they are by arithmetic in doubles and by loops over lanes, on
 * every set. */
#include "config.h"
#include "lib/base/rng.h"
#include "lib/net/backend.h"
#include "tests/equiv/lanes.h"
#include "tests/support/halves.h"
#include "tests/support/unit.h"

#include <string.h>

/* Of the set of this name. */
static const lane_ops *lanes_of(const char *name)
{
#if defined(LUT_HAVE_AVX2)
    if (strcmp(name, "avx2") == 0)
        return &lanes_avx2;
#endif
#if defined(LUT_HAVE_AVX512)
    if (strcmp(name, "avx512") == 0)
        return &lanes_avx512;
#endif
    CU_ASSERT_STRING_EQUAL(name, "scalar");
    return &lanes_scalar;
}

/* Runs `check` on each set that this machine has. */
static void on_sets(void (*check)(const lane_ops *p))
{
    for (const lut_backend *const *b = lut_backends(); *b; b++)
        check(lanes_of((*b)->name));
}

static uint32_t bits_of(float x)
{
    uint32_t bits;

    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static float float_of(uint32_t bits)
{
    float x;

    memcpy(&x, &bits, sizeof x);
    return x;
}

/* ---- halves ---- */

static size_t wrong; /* halves; a failure of each would take CUnit minutes */

/* A quiet NaN of the same sign, the upper bits of its fraction kept. */
static uint32_t widened_nan(uint16_t h)
{
    return (uint32_t)(h & 0x8000) << 16 | 0x7fc00000 | (uint32_t)(h & 0x3ff) << 13;
}

static uint16_t narrowed_nan(uint32_t x)
{
    return (uint16_t)((x >> 16 & 0x8000) | 0x7e00 | (x >> 13 & 0x3ff));
}

static void load_all(const lane_ops *p)
{
    for (unsigned first = 0; first < 0x10000; first += 16) {
        uint16_t h[16];
        float y[16];

        for (unsigned i = 0; i < 16; i++)
            h[i] = (uint16_t)(first + i);
        p->load_half(y, h);
        for (unsigned i = 0; i < 16; i++) {
            double x = half_value(h[i]);
            uint32_t expected = isnan(x) ? widened_nan(h[i]) : bits_of((float)x);

            wrong += bits_of(y[i]) != expected;
        }
    }
}

static void store_some(const lane_ops *p, const uint32_t x[16])
{
    float f[16];
    uint16_t h[16];

    memcpy(f, x, sizeof f);
    p->store_half(h, f);
    for (unsigned i = 0; i < 16; i++)
        wrong +=
            h[i] != (isnan(f[i]) ? narrowed_nan(x[i]) : half_nearest((double)f[i]));
}

/* The float halfway between two halves (beyond the last: 2^16 would be the next), and its
 * neighbours, are where roundings part. */
static void store_ties(const lane_ops *p)
{
    for (unsigned h = 0; h < 0x7c00; h += 2) {
        uint32_t x[16];

        for (unsigned i = 0; i < 16; i++) {
            unsigned low = h + i / 8;
            double next = low == 0x7bff ? 65536 : half_value((uint16_t)(low + 1));
            double tie = (half_value((uint16_t)low) + next) / 2;

            x[i] = (i & 4 ? 0x80000000 : 0) | (bits_of((float)tie) + (i & 3) - 1);
        }
        x[3] = bits_of((float)half_value((uint16_t)h));
        x[11] = x[3] + 1;
        store_some(p, x);
    }
}

static void store_many(const lane_ops *p)
{
    lut_rng r = lut_rng_make(1, LUT_RNG_TEST, 0);

    for (unsigned n = 0; n < 30000; n++) {
        uint32_t x[16];

        for (unsigned i = 0; i < 16; i++) { /* all floats, then those near halves */
            x[i] = (uint32_t)lut_rng_next(&r);
            if (i % 2)
                x[i] = (x[i] & 0x807fffff) | (uint32_t)(95 + lut_rng_below(&r, 52))
                                                 << 23;
            if (i % 4 == 3)
                x[i] &= 0xfffff000;
        }
        store_some(p, x);
    }
}

/* What the extremes are: both zeros, infinities, NaN quiet and signalling, ... */
static void store_odd(const lane_ops *p)
{
    static const uint32_t odd[16] = {
        0,          0x80000000, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc12345,
        0x7f800001, 0xff802000, 1,          0x80000001, 0x7f7fffff, 0xff7fffff,
        0x33000000, 0x33000001, 0x477fefff, 0x477ff000 /* 2^-25 and 65520 */
    };
    static const uint16_t expected[16] = { 0,      0x8000, 0x7c00, 0xfc00,
                                           0x7e00, 0xfe09, 0x7e00, 0xfe01,
                                           0,      0x8000, 0x7c00, 0xfc00,
                                           0,      1,      0x7bff, 0x7c00 };
    float x[16];
    uint16_t h[16];

    store_some(p, odd);
    memcpy(x, odd, sizeof x);
    p->store_half(h, x);
    CU_ASSERT(memcmp(h, expected, sizeof h) == 0);
}

static void test_halves(void)
{
    on_sets(load_all);
    CU_ASSERT_EQUAL(wrong, 0);
    on_sets(store_ties);
    on_sets(store_many);
    on_sets(store_odd);
    CU_ASSERT_EQUAL(wrong, 0);
}

/* ---- lanes ---- */

/* Zeros, infinities, NaN, subnormals and plain numbers. */
static float odd_number(lut_rng *r)
{
    static const uint32_t odd[] = { 0,          0x80000000, 0x7f800000, 0xff800000,
                                    0x7fc00000, 0xffc00000, 1,          0x80000001,
                                    0x3f800000, 0xbf800000 };

    if (lut_rng_below(r, 2))
        return float_of(odd[lut_rng_below(r, LUT_COUNT(odd))]);
    return (float)lut_rng_normal(r);
}

/* Where numbers are equal, as zeros are, and where one is NaN: the second one. */
static void check_order(const lane_ops *p)
{
    lut_rng r = lut_rng_make(2, LUT_RNG_TEST, 0);

    for (int n = 0; n < 2000; n++) {
        float a[16], b[16], least[16], most[16];

        for (int i = 0; i < 16; i++) {
            a[i] = odd_number(&r);
            b[i] = odd_number(&r);
        }
        p->min(least, a, b);
        p->max(most, a, b);
        for (int i = 0; i < 16; i++) {
            CU_ASSERT_EQUAL(bits_of(least[i]), bits_of(a[i] < b[i] ? a[i] : b[i]));
            CU_ASSERT_EQUAL(bits_of(most[i]), bits_of(a[i] > b[i] ? a[i] : b[i]));
        }
    }
}

/* Sums that hold no -0 and, like what is added, no NaN: those have more than one form. */
static float sum_number(lut_rng *r)
{
    float x = odd_number(r);

    return isnan(x) || isinf(x) ? 3 : x + 0.0f;
}

static void check_masks(const lane_ops *p)
{
    lut_rng r = lut_rng_make(3, LUT_RNG_TEST, 0);

    for (unsigned n = 0; n < 4000; n++) {
        unsigned bits = (unsigned)lut_rng_below(&r, 0x10000);
        float v[16], kept[16], was[16], sum[16];

        for (int i = 0; i < 16; i++) {
            kept[i] = v[i] = odd_number(&r);
            sum[i] = was[i] = sum_number(&r);
        }
        p->keep(kept, bits, v);
        for (int i = 0; i < 16; i++)
            CU_ASSERT_EQUAL(bits_of(kept[i]), bits >> i & 1 ? bits_of(v[i]) : 0);
        for (int i = 0; i < 16; i++)
            v[i] = isnan(v[i]) ? -1 : v[i];
        p->add_kept(sum, bits, v);
        for (int i = 0; i < 16; i++)
            CU_ASSERT_EQUAL(bits_of(sum[i]),
                            bits_of(bits >> i & 1 ? was[i] + v[i] : was[i]));
    }
}

/* Every number has a value of its own. */
static void check_transposes(const lane_ops *p)
{
    float four[4][16], all[16][16];

    for (int i = 0; i < 16; i++)
        for (int j = 0; j < 16; j++) {
            all[i][j] = (float)(16 * i + j);
            four[i % 4][j] = (float)(16 * (i % 4) + j);
        }
    p->transpose4(four);
    p->transpose16(all);
    for (int i = 0; i < 16; i++)
        for (int j = 0; j < 16; j++) {
            int row = j % 4,
                lane = j / 4 * 4 + i % 4; /* where four[i % 4][j] came from */

            CU_ASSERT_EQUAL((int)all[i][j], 16 * j + i);
            CU_ASSERT_EQUAL((int)four[i % 4][j], 16 * row + lane);
        }
}

static void check_look_up(const lane_ops *p)
{
    uint32_t from[100], list[16], y[16];

    for (uint32_t i = 0; i < 100; i++)
        from[i] = 1000003 * i;
    for (uint32_t i = 0; i < 16; i++)
        list[i] = 37 * i % 100;
    p->look_up(y, from, list);
    for (int i = 0; i < 16; i++)
        CU_ASSERT_EQUAL(y[i], from[list[i]]);
}

static void test_lanes(void)
{
    on_sets(check_transposes);
    on_sets(check_look_up);
    on_sets(check_order);
    on_sets(check_masks);
}

/* ---- addresses ---- */

static void check_addresses(const lane_ops *p, const uint64_t *x, unsigned k)
{
    uint8_t a[64];
    int32_t wide[64];

    p->addresses(a, wide, x, k);
    for (unsigned s = 0; s < 64; s++) {
        unsigned expected = 0;

        for (unsigned j = 0; j < k; j++)
            expected = 2 * expected + (unsigned)(x[j] >> s & 1);
        if (a[s] != expected || wide[s] != (int32_t)expected)
            CU_FAIL("addresses");
    }
}

static void check_words(const lane_ops *p)
{
    lut_rng r = lut_rng_make(4, LUT_RNG_TEST, 0);

    for (unsigned k = 1; k <= LUT_MAX_K; k++)
        for (unsigned n = 0; n < 300; n++) {
            uint64_t x[LUT_MAX_K];

            for (unsigned j = 0; j < k; j++) /* bits alone, then words full of them */
                x[j] = n < 64 ? (uint64_t)(n % k == j) << n : lut_rng_next(&r);
            if (n == 64)
                memset(x, -1, sizeof x);
            check_addresses(p, x, k);
        }
}

static void check_table(const lane_ops *p, uint64_t table, const uint8_t a[64])
{
    uint64_t got = p->table_bits(table, a);

    for (unsigned s = 0; s < 64; s++)
        if ((got >> s & 1) != (table >> a[s] & 1))
            CU_FAIL("bits of a table");
}

static void check_tables(const lane_ops *p)
{
    lut_rng r = lut_rng_make(5, LUT_RNG_TEST, 0);

    for (unsigned n = 0; n < 2000; n++) {
        uint64_t table = n < 64 ? (uint64_t)1 << n : lut_rng_next(&r);
        uint8_t a[64];

        for (unsigned s = 0; s < 64; s++)
            a[s] = n < 64 ? (uint8_t)s : (uint8_t)lut_rng_below(&r, 64);
        check_table(p, table, a);
    }
}

static void test_addresses(void)
{
    on_sets(check_words);
    on_sets(check_tables);
}

UNIT_MAIN("vec", UNIT(test_halves), UNIT(test_lanes), UNIT(test_addresses))
