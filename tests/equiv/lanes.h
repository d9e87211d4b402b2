/* Operations on vectors (lib/kern/vec.h) of one set, by arrays: lanes.c is compiled once per
 * set, as kernels are. */
#ifndef TESTS_EQUIV_LANES_H
#define TESTS_EQUIV_LANES_H

#include <stdint.h>

typedef struct lane_ops {
    void (*load_half)(float y[16], const uint16_t h[16]);
    void (*store_half)(uint16_t h[16], const float x[16]);
    void (*max)(float y[16], const float a[16], const float b[16]);
    void (*min)(float y[16], const float a[16], const float b[16]);
    void (*keep)(float y[16], unsigned bits, const float v[16]);
    void (*add_kept)(float sum[16], unsigned bits, const float v[16]);

    /* In place, as lut_transpose4 and lut_transpose16; p[list[i]] in lane i. */
    void (*transpose4)(float r[4][16]);
    void (*transpose16)(float r[16][16]);
    void (*look_up)(uint32_t y[16], const uint32_t *p, const uint32_t list[16]);

    /* Addresses as bytes; the same as numbers; bits of a table of 64. */
    void (*addresses)(uint8_t a[64], int32_t wide[64], const uint64_t *x, unsigned k);
    uint64_t (*table_bits)(uint64_t table, const uint8_t a[64]);
} lane_ops;

extern const lane_ops lanes_scalar, lanes_avx2, lanes_avx512;

#endif
