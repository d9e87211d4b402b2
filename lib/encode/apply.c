#include "lib/base/check.h"
#include "lib/encode/encode.h"

#include <math.h>
#include <string.h>

enum {
    BLOCK = 256, /* samples encoded in one go */
    HALF = 32    /* bits of an accumulator: as wide as a float, so comparisons fit it */
};

/* The thresholds at which one bit of the code changes: first .. last. */
typedef struct flips {
    uint16_t first, last;
    uint8_t start; /* the bit when nothing is passed */
    bool any;
} flips;

/* One feature of a block of samples. */
typedef struct column {
    float value[BLOCK];
    float edge[LUT_MAX_THRESHOLDS]; /* thresholds, of quantised inputs where they are */
    int64_t whole[BLOCK];           /* where there are none */
} column;

static void find_flips(flips *out, const lut_encoder *enc)
{
    for (size_t b = 0; b < enc->bits; b++) {
        const uint8_t *code = enc->codes + b;

        out[b] = (flips){ .start = code[0] };
        for (size_t t = 0; t < enc->thresholds; t++)
            if (code[t * enc->bits] != code[(t + 1) * enc->bits]) {
                out[b].first = out[b].any ? out[b].first : (uint16_t)t;
                out[b].last = (uint16_t)t;
                out[b].any = true;
            }
    }
}

static void flip_above(uint32_t acc[BLOCK], const float x[BLOCK], float threshold,
                       uint32_t bit)
{
    for (size_t i = 0; i < BLOCK; i++)
        acc[i] ^= x[i] > threshold ? bit : 0;
}

/* Bit b of the code of one feature, for a block of values: as thresholds ascend, the bit
 * is codes[0][b] flipped at every passed threshold where the code table changes it. */
static void code_bit(uint32_t acc[BLOCK], const lut_encoder *enc, const flips *flip,
                     size_t b, const column *c, uint32_t bit)
{
    const uint8_t *code = enc->codes + b;

    flip += b;
    for (size_t i = 0; flip->start && i < BLOCK; i++)
        acc[i] |= bit;
    for (size_t t = flip->first; flip->any && t <= flip->last; t++)
        if (code[t * enc->bits] != code[(t + 1) * enc->bits])
            flip_above(acc, c->value, c->edge[t], bit);
}

/* The whole number whose bits are wanted: the fixed-point value, or floor(x).  A float of
 * 2^62 or more is a multiple of 2^38: none of its lower 32 bits is set. */
static int64_t whole(const lut_fixed *input, float x)
{
    float v = floorf(x);

    if (input->width)
        return lut_fixed_value(input, x);
    return fabsf(v) < 0x1p62f ? (int64_t)v : 0;
}

/* floor(v / 2^b) mod 2: of two's complement, so negative numbers are no exception. */
static void whole_bit(uint32_t acc[BLOCK], const column *c, size_t b, uint32_t bit)
{
    for (size_t i = 0; i < BLOCK; i++)
        acc[i] |= (uint64_t)c->whole[i] >> b & 1 ? bit : 0;
}

static void load(column *c, const lut_encoder *enc, const lut_dataset *d, size_t f,
                 const uint32_t *rows, size_t first, size_t n)
{
    const float *x = d->x + f * d->samples;
    const float *threshold = enc->threshold + f * enc->thresholds;

    for (size_t i = 0; i < n; i++)
        c->value[i] = x[rows ? rows[first + i] : first + i];
    for (size_t t = 0; t < enc->thresholds; t++)
        c->edge[t] = lut_fixed_edge(&enc->input, threshold[t]);
    for (size_t i = 0; enc->thresholds == 0 && i < BLOCK; i++)
        c->whole[i] = whole(&enc->input, c->value[i]);
}

/* Accumulated bits to their half words, and start again. */
static void flush(uint64_t *x, size_t ld, size_t half, uint32_t acc[BLOCK], size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i * ld + half / 2] |= (uint64_t)acc[i] << (half % 2 * HALF);
    memset(acc, 0, BLOCK * sizeof *acc);
}

static void encode_block(const lut_encoder *enc, const flips *flip, uint64_t *x,
                         size_t ld, const lut_dataset *d, const uint32_t *rows,
                         size_t first, size_t n)
{
    uint32_t acc[BLOCK] = { 0 };
    column c;
    size_t loaded = SIZE_MAX;

    memset(c.value, 0, sizeof c.value);
    for (size_t i = 0; i < enc->outputs; i++) {
        size_t bit = enc->column ? enc->column[i] : i, f = bit / enc->bits;

        if (f != loaded)
            load(&c, enc, d, f, rows, first, n);
        loaded = f;
        if (enc->thresholds)
            code_bit(acc, enc, flip, bit % enc->bits, &c, 1u << i % HALF);
        else
            whole_bit(acc, &c, bit % enc->bits, 1u << i % HALF);
        if ((i + 1) % HALF == 0 || i + 1 == enc->outputs)
            flush(x, ld, i / HALF, acc, n);
    }
}

void lut_encoder_apply(const lut_encoder *enc, uint64_t *x, size_t ld,
                       const lut_dataset *d, const uint32_t *rows, size_t n)
{
    flips flip[LUT_MAX_ENCODER_BITS];

    LUT_CHECK(d->features == enc->features);
    LUT_CHECK(enc->bits <= LUT_MAX_ENCODER_BITS && ld * 64 >= enc->outputs);
    LUT_CHECK(enc->thresholds <= LUT_MAX_THRESHOLDS);
    find_flips(flip, enc);
    memset(x, 0, n * ld * sizeof *x);
    for (size_t first = 0; first < n; first += BLOCK)
        encode_block(enc, flip, x + first * ld, ld, d, rows, first,
                     n - first < BLOCK ? n - first : BLOCK);
}
