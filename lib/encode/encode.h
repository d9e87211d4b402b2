/* Encoders turn real features into bits by ascending thresholds and a code table.
 *
 * For feature f, n(f) = number of thresholds with x[f] > threshold[f][t] (strict); encoded
 * bit f * bits + b is codes[n(f)][b].  A thermometer of T bits has T thresholds and the
 * staircase as codes, so bit t is x[f] > threshold[f][t].  math.md 9 has the formulas:
 * uniform   min + t (max - min) / (T + 1), t = 1..T
 * gaussian  mean + std * Phi^-1(t / (T + 1)), std with n - 1; a constant feature gives its
 *           own value T times
 * distributive  sorted[floor(n t / (T + 1))], 0-based, no interpolation
 * (torch-dwn, DiffLUT and torchlogix agree on all three.)  nonzero and levels are the fixed
 * rules of difflogic's image sets, given takes thresholds from outside, binary, gray,
 * logarithmic, sign_magnitude and one_hot are DiffLUT's codes; their files say more.
 *
 * An encoder that is no function of n(f) (the bits of whole numbers) has no thresholds and
 * one row of zeros as codes; `rule` states what it does instead.
 *
 * A network may read a part of the encoded bits: `column` lists them.  With `single`, a
 * feature that has only the values 0 and 1 in the rows it is fitted on (a one-hot column)
 * gets the threshold 0.5 at all places and gives one bit, itself.  The encoded bits keep
 * their numbers; the network just doesn't read the copies.
 *
 * A fitted encoder is read-only and may be shared by threads.
 */
#ifndef LUT_ENCODE_ENCODE_H
#define LUT_ENCODE_ENCODE_H

#include "lib/base/bits.h"
#include "lib/data/dataset.h"
#include "lib/encode/fixed.h"

enum { LUT_MAX_ENCODER_BITS = 255, LUT_MAX_THRESHOLDS = 4095 }; /* of a feature */

typedef enum lut_scope { LUT_FEATURE_WISE, LUT_GLOBAL } lut_scope;

typedef enum lut_sign { LUT_SIGN_AUTO, LUT_SIGNED, LUT_UNSIGNED } lut_sign;

typedef struct lut_encoder {
    char kind[32];
    size_t features, thresholds, bits; /* per feature */
    float *threshold;                  /* [features][thresholds], ascending; owned */
    uint8_t *codes;                    /* [thresholds + 1][bits]; owned */
    char (*name)[LUT_FEATURE_NAME];    /* [features]; owned */
    lut_fixed input;                   /* x and thresholds are quantised first */
    uint32_t *column;                  /* [outputs] numbers of encoded bits, ascending: those
                                        * that networks read; NULL: all; owned */
    size_t outputs;                    /* bits of a sample that lut_encoder_apply writes */
} lut_encoder;

/* What fit and place work on. */
typedef struct lut_encode_data {
    const lut_dataset *d;
    const uint32_t *rows;      /* [n], each < d->samples; NULL: 0 .. n - 1 */
    size_t n;
    const char *set;           /* name of the data set, and folders (NULL-ended): where a */
    const char *const *folder; /* file of thresholds is looked for; both may be NULL */
} lut_encode_data;

/* How thresholds are placed.  To add one: lib/encode/NAME.c and one line in local.mk. */
typedef struct lut_encode_ops {
    const char *name, *doc;
    const lut_field *fields;
    size_t nfields, cfg_size;
    const char *rule;           /* bit b of a feature, where it is no function of n(f) */
    size_t min_bits, max_bits;  /* 0: 1, LUT_MAX_ENCODER_BITS */
    /* More of what the encoder needs of its bits; NULL: nothing. */
    lut_status (*check)(const void *cfg, size_t bits, const lut_fixed *input, lut_err *err);
    size_t (*thresholds)(size_t bits);          /* their number; NULL: as many as bits */
    void (*codes)(uint8_t *codes, size_t bits); /* [thresholds + 1][bits]; NULL: staircase */
    /* One of the two.  fit: count thresholds, ascending, from n > 0 values sorted ascending.
     * place: those of all features, from outside; such an encoder has no scope. */
    void (*fit)(const void *cfg, float *threshold, size_t count, const float *sorted,
                size_t n);
    lut_status (*place)(const void *cfg, lut_encoder *enc, const lut_encode_data *in,
                        lut_err *err);
    /* Refuses files, looked for as in lut_encode_data, that `place` could not use for so
     * many features and bits; NULL: it reads none. */
    lut_status (*check_files)(const void *cfg, size_t features, size_t bits,
                              const char *set, const char *const *folder, lut_err *err);
} lut_encode_ops;

extern const lut_encode_ops *const lut_encode_table[]; /* NULL-ended */

typedef struct lut_encoder_cfg {
    const lut_encode_ops *ops;
    const void *cfg;           /* options of ops */
    size_t bits;               /* of each feature */
    lut_scope scope;           /* global: one set of thresholds from all values */
    bool single;               /* 0/1 features take one bit */
    lut_fixed input;           /* is_signed is found by `sign` */
    lut_sign sign;             /* auto: signed when a value of the fitted rows is negative */
} lut_encoder_cfg;

/* The rule of the encoder of that name; NULL: it is thresholds and codes, or unknown. */
const char *lut_encode_rule(const char *kind);

/* LUT_EINVAL: bits that the encoder does not take (with these inputs), and why. */
lut_status lut_encode_check(const lut_encode_ops *ops, const void *cfg, size_t bits,
                            const lut_fixed *input, lut_err *err);

/* Fit on rows of the training part (never on validation or test rows).  LUT_ENOMEM, or
 * LUT_EINVAL: bits, scope, nothing to fit, values or thresholds the encoder cannot take;
 * what reading a file gives. */
lut_status lut_encoder_fit(
    lut_encoder *enc,          /* owned: lut_encoder_fini; zeroed on failure */
    const lut_encoder_cfg *cfg,
    const lut_encode_data *in, /* n >= 1 */
    lut_err *err
);
void lut_encoder_fini(lut_encoder *enc); /* accepts a zeroed struct */

/* LUT_EINVAL for thresholds that are not numbers or not ascending, and codes that are no bits:
 * for data from outside, whose arrays are as long as the sizes say. */
lut_status lut_encoder_check(const lut_encoder *enc, lut_err *err);

/* Bits of n samples, sample-major: bit i of sample s is bit i % 64 of x[s * ld + i / 64];
 * bit i is encoded bit column[i] (i itself where there is no column). */
void lut_encoder_apply(
    const lut_encoder *enc,
    uint64_t *x,               /* [n][ld], all written */
    size_t ld,                 /* words, >= ceil(outputs / 64) */
    const lut_dataset *d,      /* of the encoder's features */
    const uint32_t *rows,      /* [n]; NULL: 0 .. n - 1 */
    size_t n
);

#endif
