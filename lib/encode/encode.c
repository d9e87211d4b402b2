#include "lib/encode/encode.h"
#include "lib/base/check.h"
#include "lib/encode/sort.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 256, /* samples encoded in one go */
    HALF = 32    /* bits of an accumulator: as wide as a float, so comparisons fit it */
};

static lut_status alloc(lut_encoder *enc, size_t features, size_t bits, lut_err *err)
{
    *enc = (lut_encoder){ .features = features, .thresholds = bits, .bits = bits };
    enc->threshold = calloc(features * bits, sizeof *enc->threshold);
    enc->codes = calloc((bits + 1) * bits, sizeof *enc->codes);
    enc->name = calloc(features, sizeof *enc->name);
    if (enc->threshold && enc->codes && enc->name)
        return LUT_OK;
    lut_encoder_fini(enc);
    return lut_fail(err, LUT_ENOMEM, "no memory for %zu thresholds of %zu features",
                    bits, features);
}

/* The staircase: bit b is set once more than b thresholds are passed. */
static void thermometer(lut_encoder *enc)
{
    for (size_t passed = 0; passed <= enc->thresholds; passed++)
        for (size_t b = 0; b < enc->bits; b++)
            enc->codes[passed * enc->bits + b] = passed > b;
}

static size_t row(const uint32_t *rows, size_t i)
{
    return rows ? rows[i] : i;
}

static void gather(float *out, const lut_dataset *d, size_t f, const uint32_t *rows,
                   size_t n)
{
    const float *x = d->x + f * d->samples;

    for (size_t i = 0; i < n; i++)
        out[i] = x[row(rows, i)];
}

/* Thresholds of one set of values, smallest first and without negative zeros. */
static void fit_values(float *threshold, size_t count, const lut_encode_ops *ops,
                       const void *cfg, float *values, size_t n)
{
    lut_sort_floats(values, values + n, n);
    ops->fit(cfg, threshold, count, values, n);
    for (size_t t = 0; t < count; t++)
        threshold[t] += 0.0f;
}

/* values: room for twice the values of one fit. */
static void fit_all(lut_encoder *enc, const lut_encode_ops *ops, const void *cfg,
                    lut_scope scope, const lut_dataset *d, const uint32_t *rows,
                    size_t n, float *values)
{
    size_t count = enc->thresholds;

    for (size_t f = 0; f < enc->features; f++) {
        gather(values + (scope == LUT_GLOBAL ? f * n : 0), d, f, rows, n);
        if (scope == LUT_FEATURE_WISE)
            fit_values(enc->threshold + f * count, count, ops, cfg, values, n);
    }
    if (scope == LUT_FEATURE_WISE)
        return;
    fit_values(enc->threshold, count, ops, cfg, values, n * enc->features);
    for (size_t f = 1; f < enc->features; f++)
        memcpy(enc->threshold + f * count, enc->threshold,
               count * sizeof *enc->threshold);
}

lut_status lut_encoder_fit(lut_encoder *enc, const lut_encode_ops *ops, const void *cfg,
                           size_t bits, lut_scope scope, const lut_dataset *d,
                           const uint32_t *rows, size_t n, lut_err *err)
{
    size_t size;
    float *values = NULL;
    lut_status st;

    *enc = (lut_encoder){ .bits = 0 };
    if (bits < 1 || bits > LUT_MAX_ENCODER_BITS)
        return lut_fail(err, LUT_EINVAL, "%zu bits a feature, want 1..%d", bits,
                        LUT_MAX_ENCODER_BITS);
    if (n == 0 || d->features == 0)
        return lut_fail(err, LUT_EINVAL,
                        "%zu rows of %zu features, want at least one to fit an encoder",
                        n, d->features);
    if (!__builtin_mul_overflow(
            n, (scope == LUT_GLOBAL ? d->features : 1) * 2 * sizeof *values, &size))
        values = malloc(size);
    if (!values)
        return lut_fail(err, LUT_ENOMEM, "no memory to sort %zu rows of %zu features",
                        n, d->features);
    st = alloc(enc, d->features, bits, err);
    if (st == LUT_OK) {
        snprintf(enc->kind, sizeof enc->kind, "%s", ops->name);
        memcpy(enc->name, d->name, d->features * sizeof *d->name);
        thermometer(enc);
        fit_all(enc, ops, cfg, scope, d, rows, n, values);
    }
    free(values);
    return st;
}

void lut_encoder_fini(lut_encoder *enc)
{
    free(enc->threshold);
    free(enc->codes);
    free(enc->name);
    *enc = (lut_encoder){ .bits = 0 };
}

/* The thresholds at which one bit of the code changes: first .. last. */
typedef struct flips {
    uint8_t first, last, start; /* start: the bit when nothing is passed */
    bool any;
} flips;

static void find_flips(flips *out, const lut_encoder *enc)
{
    for (size_t b = 0; b < enc->bits; b++) {
        const uint8_t *code = enc->codes + b;

        out[b] = (flips){ .start = code[0] };
        for (size_t t = 0; t < enc->thresholds; t++)
            if (code[t * enc->bits] != code[(t + 1) * enc->bits]) {
                out[b].first = out[b].any ? out[b].first : (uint8_t)t;
                out[b].last = (uint8_t)t;
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
static void encode_bit(uint32_t acc[BLOCK], const lut_encoder *enc, const flips *flip,
                       size_t b, const float *threshold, const float x[BLOCK],
                       uint32_t bit)
{
    const uint8_t *code = enc->codes + b;

    for (size_t i = 0; flip->start && i < BLOCK; i++)
        acc[i] |= bit;
    for (size_t t = flip->first; flip->any && t <= flip->last; t++)
        if (code[t * enc->bits] != code[(t + 1) * enc->bits])
            flip_above(acc, x, threshold[t], bit);
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
    float value[BLOCK] = { 0 };
    size_t at = 0; /* bits done */

    for (size_t f = 0; f < enc->features; f++) {
        for (size_t i = 0; i < n; i++)
            value[i] = d->x[f * d->samples + row(rows, first + i)];
        for (size_t b = 0; b < enc->bits; b++) {
            encode_bit(acc, enc, &flip[b], b, enc->threshold + f * enc->thresholds,
                       value, 1u << at % HALF);
            if (++at % HALF == 0)
                flush(x, ld, at / HALF - 1, acc, n);
        }
    }
    if (at % HALF)
        flush(x, ld, at / HALF, acc, n);
}

void lut_encoder_apply(const lut_encoder *enc, uint64_t *x, size_t ld,
                       const lut_dataset *d, const uint32_t *rows, size_t n)
{
    flips flip[LUT_MAX_ENCODER_BITS];

    LUT_CHECK(d->features == enc->features);
    LUT_CHECK(enc->bits <= LUT_MAX_ENCODER_BITS &&
              ld * 64 >= enc->features * enc->bits);
    LUT_CHECK(enc->thresholds <= LUT_MAX_ENCODER_BITS);
    find_flips(flip, enc);
    memset(x, 0, n * ld * sizeof *x);
    for (size_t first = 0; first < n; first += BLOCK)
        encode_block(enc, flip, x + first * ld, ld, d, rows, first,
                     n - first < BLOCK ? n - first : BLOCK);
}
