/* Encoders turn real features into bits by ascending thresholds and a code table.
 *
 * For feature f, n(f) = number of thresholds with x[f] > threshold[f][t] (strict); bit
 * f * bits + b is codes[n(f)][b].  A thermometer of T bits has T thresholds and the
 * staircase as codes, so bit t is x[f] > threshold[f][t].  math.md 9 has the formulas:
 * uniform   min + t (max - min) / (T + 1), t = 1..T
 * gaussian  mean + std * Phi^-1(t / (T + 1)), std with n - 1; a constant feature gives its
 *           own value T times
 * distributive  sorted[floor(n t / (T + 1))], 0-based, no interpolation
 * (torch-dwn, DiffLUT and torchlogix agree on all three.)  A fitted encoder is read-only
 * and may be shared by threads.
 */
#ifndef LUT_ENCODE_ENCODE_H
#define LUT_ENCODE_ENCODE_H

#include "lib/base/bits.h"
#include "lib/data/dataset.h"

enum { LUT_MAX_ENCODER_BITS = 255 };

/* How thresholds are placed.  To add one: lib/encode/NAME.c and one line in local.mk. */
typedef struct lut_encode_ops {
    const char *name, *doc;
    const lut_field *fields;
    size_t nfields, cfg_size;
    /* count thresholds, ascending, from n > 0 values sorted ascending. */
    void (*fit)(const void *cfg, float *threshold, size_t count, const float *sorted,
                size_t n);
} lut_encode_ops;

extern const lut_encode_ops *const lut_encode_table[]; /* NULL-ended */

typedef enum lut_scope { LUT_FEATURE_WISE, LUT_GLOBAL } lut_scope;

typedef struct lut_encoder {
    char kind[32];
    size_t features, thresholds, bits; /* per feature */
    float *threshold;                  /* [features][thresholds], ascending; owned */
    uint8_t *codes;                    /* [thresholds + 1][bits]; owned */
    char (*name)[LUT_FEATURE_NAME];    /* [features]; owned */
} lut_encoder;

/* Fit on the given rows of the training part (never on validation or test rows). */
lut_status                     /* LUT_OK, LUT_ENOMEM, or LUT_EINVAL: bits, or nothing to fit */
lut_encoder_fit(
    lut_encoder *enc,          /* owned: lut_encoder_fini; zeroed on failure */
    const lut_encode_ops *ops,
    const void *cfg,           /* options of ops */
    size_t bits,               /* of each feature, 1 .. LUT_MAX_ENCODER_BITS */
    lut_scope scope,           /* global: one set of thresholds from all values */
    const lut_dataset *d,
    const uint32_t *rows,      /* [n], each < d->samples; NULL: 0 .. n - 1 */
    size_t n,                  /* >= 1 */
    lut_err *err
);
void lut_encoder_fini(lut_encoder *enc); /* accepts a zeroed struct */

/* Bits of n samples, sample-major: bit i of sample s is bit i % 64 of x[s * ld + i / 64]. */
void lut_encoder_apply(
    const lut_encoder *enc,
    uint64_t *x,               /* [n][ld], all written */
    size_t ld,                 /* words, >= ceil(features * bits / 64) */
    const lut_dataset *d,      /* of the encoder's features */
    const uint32_t *rows,      /* [n]; NULL: 0 .. n - 1 */
    size_t n
);

#endif
