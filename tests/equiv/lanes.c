#include "tests/equiv/lanes.h"
#include "lib/kern/address.h"
#include "lib/kern/few.h"
#include "lib/kern/half.h"

static void load_half(float y[16], const uint16_t h[16])
{
    lut_store(y, lut_load_half(h));
}

static void store_half(uint16_t h[16], const float x[16])
{
    lut_store_half(h, lut_load(x));
}

static void max_of(float y[16], const float a[16], const float b[16])
{
    lut_store(y, lut_max(lut_load(a), lut_load(b)));
}

static void min_of(float y[16], const float a[16], const float b[16])
{
    lut_store(y, lut_min(lut_load(a), lut_load(b)));
}

static void keep(float y[16], unsigned bits, const float v[16])
{
    uint64_t row = bits;

    lut_store(y, lut_of_some(lut_some_of(&row, 0), lut_load(v)));
}

static void add_kept(float sum[16], unsigned bits, const float v[16])
{
    uint64_t row = bits;

    lut_store(sum, lut_add_some(lut_load(sum), lut_some_of(&row, 0), lut_load(v)));
}

static void transpose4(float r[4][16])
{
    lut_f v[4];

    memcpy(v, r, sizeof v);
    lut_transpose4(v);
    memcpy(r, v, sizeof v);
}

static void transpose16(float r[16][16])
{
    lut_f v[16];

    memcpy(v, r, sizeof v);
    lut_transpose16(v);
    memcpy(r, v, sizeof v);
}

static void look_up(uint32_t y[16], const uint32_t *p, const uint32_t list[16])
{
    lut_u v = lut_look_up16(p, list);

    memcpy(y, &v, sizeof v);
}

static void addresses(uint8_t a[64], int32_t wide[64], const uint64_t *x, unsigned k)
{
    lut_addresses all;

    lut_address_bytes(&all, x, k);
    memcpy(a, all.a, sizeof all.a);
    for (unsigned i = 0; i < 4; i++) {
        lut_i some = lut_address(&all, i);

        memcpy(wide + 16 * i, &some, sizeof some);
    }
}

static uint64_t table_bits(uint64_t table, const uint8_t a[64])
{
    lut_addresses all;

    memcpy(all.a, a, sizeof all.a);
    return lut_table_bits(table, &all);
}

const lane_ops LUT_OF_SET(lanes) = { .load_half = load_half,
                                     .store_half = store_half,
                                     .max = max_of,
                                     .min = min_of,
                                     .keep = keep,
                                     .add_kept = add_kept,
                                     .transpose4 = transpose4,
                                     .transpose16 = transpose16,
                                     .look_up = look_up,
                                     .addresses = addresses,
                                     .table_bits = table_bits };
