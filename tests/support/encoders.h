/* Fitting encoders in tests: a name, options as text, and what differs from the defaults. */
#ifndef TESTS_SUPPORT_ENCODERS_H
#define TESTS_SUPPORT_ENCODERS_H

#include "lib/base/rng.h"
#include "lib/encode/encode.h"
#include "tests/support/unit.h"

#include <string.h>

static inline const lut_encode_ops *encoder_find(const char *name)
{
    for (size_t i = 0; lut_encode_table[i]; i++)
        if (strcmp(lut_encode_table[i]->name, name) == 0)
            return lut_encode_table[i];
    CU_FAIL_FATAL("no such encoder");
    return NULL;
}

typedef struct encoder_spec {
    const char *name, *options; /* options: NULL for the defaults */
    size_t bits;
    lut_scope scope;
    bool single;
    lut_fixed input;
    lut_sign sign;
    const char *const *folder;
} encoder_spec;

static inline lut_status encoder_try(lut_encoder *enc, const encoder_spec *s,
                                     const lut_dataset *d, const uint32_t *rows, size_t n,
                                     lut_err *err)
{
    double options[128] = { 0 };
    const lut_encode_ops *ops = encoder_find(s->name);
    lut_encode_data in = { .d = d, .rows = rows, .n = n, .set = "set", .folder = s->folder };
    lut_encoder_cfg cfg = { .ops = ops,
                            .cfg = options,
                            .bits = s->bits,
                            .scope = s->scope,
                            .single = s->single,
                            .input = s->input,
                            .sign = s->sign };

    CU_ASSERT_FATAL(ops->cfg_size <= sizeof options);
    *enc = (lut_encoder){ .bits = 0 };
    if (lut_options_parse(options, s->options ? s->options : "", ops->name, ops->fields,
                          ops->nfields, err) != LUT_OK)
        return LUT_EINVAL;
    return lut_encoder_fit(enc, &cfg, &in, err);
}

static inline void encoder_make(lut_encoder *enc, const encoder_spec *s,
                                const lut_dataset *d)
{
    lut_err err = { 0 };

    if (encoder_try(enc, s, d, NULL, d->samples, &err) != LUT_OK) {
        fprintf(stderr, "\n%s: %s", s->name, err.text);
        CU_FAIL_FATAL("fit");
    }
}

static inline bool encoder_bit(const uint64_t *x, size_t ld, size_t sample, size_t i)
{
    return x[sample * ld + i / 64] >> (i % 64) & 1;
}

/* Ties, both signs, quarters. */
static inline lut_dataset encoder_data(size_t n, size_t features)
{
    lut_dataset d;
    lut_rng rng = lut_rng_make(3, LUT_RNG_TEST, n);

    CU_ASSERT_EQUAL_FATAL(lut_dataset_alloc(&d, n, features, NULL), LUT_OK);
    for (size_t i = 0; i < n * features; i++)
        d.x[i] = (float)lut_rng_below(&rng, 41) * 0.25f - 5.0f;
    return d;
}

#endif
