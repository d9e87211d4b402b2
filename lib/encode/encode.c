#include "lib/encode/encode.h"
#include "lib/base/check.h"
#include "lib/encode/sort.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is asked for ---- */

const char *lut_encode_rule(const char *kind)
{
    for (size_t i = 0; lut_encode_table[i]; i++)
        if (strcmp(lut_encode_table[i]->name, kind) == 0)
            return lut_encode_table[i]->rule;
    return NULL;
}

/* Why not more, where it is a matter of room. */
static const char *reason(const lut_encode_ops *ops, size_t bits, size_t most)
{
    bool codes = ops->thresholds && ops->thresholds(most) > most;

    return bits > most && codes
               ? " (codes of b bits are stored with 2^b - 1 thresholds)"
               : "";
}

lut_status lut_encode_check(const lut_encode_ops *ops, const void *cfg, size_t bits,
                            const lut_fixed *input, lut_err *err)
{
    size_t lo = ops->min_bits ? ops->min_bits : 1;
    size_t hi = ops->max_bits ? ops->max_bits : LUT_MAX_ENCODER_BITS;

    if (bits >= lo && bits <= hi)
        return ops->check ? ops->check(cfg, bits, input, err) : LUT_OK;
    if (lo == hi)
        return lut_fail(err, LUT_EINVAL, "%zu bits a feature, \"%s\" takes %zu", bits,
                        ops->name, lo);
    return lut_fail(err, LUT_EINVAL, "%zu bits a feature, \"%s\" takes %zu..%zu%s",
                    bits, ops->name, lo, hi, reason(ops, bits, hi));
}

static lut_status check(const lut_encoder_cfg *cfg, const lut_encode_data *in,
                        lut_err *err)
{
    LUT_TRY(lut_encode_check(cfg->ops, cfg->cfg, cfg->bits, &cfg->input, err));
    LUT_CHECK(cfg->input.width <= LUT_MAX_INPUT_WIDTH);
    if (cfg->scope == LUT_GLOBAL && cfg->ops->place)
        return lut_fail(err, LUT_EINVAL,
                        "\"%s\" fits nothing to the values, so it has no global scope",
                        cfg->ops->name);
    if (in->n == 0 || in->d->features == 0)
        return lut_fail(err, LUT_EINVAL,
                        "%zu rows of %zu features, want at least one to fit an encoder",
                        in->n, in->d->features);
    return LUT_OK;
}

/* ---- memory ---- */

static void *room(size_t count, size_t size)
{
    return calloc(count ? count : 1, size);
}

static lut_status alloc(lut_encoder *enc, const lut_encoder_cfg *cfg, size_t features,
                        lut_err *err)
{
    size_t bits = cfg->bits;
    size_t thresholds = cfg->ops->thresholds ? cfg->ops->thresholds(bits) : bits;

    *enc = (lut_encoder){ .features = features,
                          .thresholds = thresholds,
                          .bits = bits,
                          .input = cfg->input,
                          .outputs = features * bits };
    enc->threshold = room(features * thresholds, sizeof *enc->threshold);
    enc->codes = room((thresholds + 1) * bits, sizeof *enc->codes);
    enc->name = room(features, sizeof *enc->name);
    enc->column = cfg->single ? room(enc->outputs, sizeof *enc->column) : NULL;
    if (enc->threshold && enc->codes && enc->name && (enc->column || !cfg->single))
        return LUT_OK;
    return lut_fail(err, LUT_ENOMEM, "no memory for %zu thresholds of %zu features",
                    thresholds, features);
}

void lut_encoder_fini(lut_encoder *enc)
{
    free(enc->threshold);
    free(enc->codes);
    free(enc->name);
    free(enc->column);
    *enc = (lut_encoder){ .bits = 0 };
}

/* ---- fitting ---- */

/* The staircase: bit b is set once more than b thresholds are passed. */
static void thermometer(lut_encoder *enc)
{
    for (size_t passed = 0; passed <= enc->thresholds; passed++)
        for (size_t b = 0; b < enc->bits; b++)
            enc->codes[passed * enc->bits + b] = passed > b;
}

static float value_at(const lut_encode_data *in, size_t f, size_t i)
{
    return in->d->x[f * in->d->samples + (in->rows ? in->rows[i] : i)];
}

static void gather(float *out, const lut_encode_data *in, size_t f)
{
    for (size_t i = 0; i < in->n; i++)
        out[i] = value_at(in, f, i);
}

/* A feature that is a bit already. */
static bool is_bit(const lut_encode_data *in, size_t f)
{
    for (size_t i = 0; i < in->n; i++) {
        float v = value_at(in, f, i);

        if (v != 0 && v != 1)
            return false;
    }
    return true;
}

/* Thresholds of one set of values, smallest first and without negative zeros. */
static void fit_values(float *threshold, size_t count, const lut_encoder_cfg *cfg,
                       float *values, size_t n)
{
    lut_sort_floats(values, values + n, n);
    cfg->ops->fit(cfg->cfg, threshold, count, values, n);
    for (size_t t = 0; t < count; t++)
        threshold[t] += 0.0f;
}

/* One set from the values of all features, those left out that are bits by themselves. */
static void fit_global(lut_encoder *enc, const lut_encoder_cfg *cfg,
                       const lut_encode_data *in, float *values)
{
    size_t used = 0, count = enc->thresholds;

    for (size_t f = 0; f < enc->features; f++)
        if (!cfg->single || !is_bit(in, f))
            gather(values + in->n * used++, in, f);
    if (used == 0)
        return;
    fit_values(enc->threshold, count, cfg, values, in->n * used);
    for (size_t f = 1; f < enc->features; f++)
        memcpy(enc->threshold + f * count, enc->threshold,
               count * sizeof *enc->threshold);
}

static lut_status fit(lut_encoder *enc, const lut_encoder_cfg *cfg,
                      const lut_encode_data *in, lut_err *err)
{
    size_t size, together = cfg->scope == LUT_GLOBAL ? enc->features : 1;
    float *values = NULL; /* room for twice those of one fit: sorting needs it */

    if (!__builtin_mul_overflow(in->n, together * 2 * sizeof *values, &size))
        values = malloc(size);
    if (!values)
        return lut_fail(err, LUT_ENOMEM, "no memory to sort %zu rows of %zu features",
                        in->n, in->d->features);
    if (cfg->scope == LUT_GLOBAL)
        fit_global(enc, cfg, in, values);
    for (size_t f = 0; cfg->scope != LUT_GLOBAL && f < enc->features; f++) {
        gather(values, in, f);
        fit_values(enc->threshold + f * enc->thresholds, enc->thresholds, cfg, values,
                   in->n);
    }
    free(values);
    return LUT_OK;
}

/* ---- features that are bits ---- */

/* A bit of the code that is 0 with `below` thresholds passed and 1 with all: the first such
 * `below`.  Whole numbers (no thresholds): the bit of the value 1. */
typedef struct own_bit {
    size_t bit, below;
} own_bit;

static own_bit find_own_bit(const lut_encoder *enc)
{
    const uint8_t *all = enc->codes + enc->thresholds * enc->bits;

    for (size_t n = 0; n < enc->thresholds; n++)
        for (size_t b = 0; b < enc->bits; b++)
            if (!enc->codes[n * enc->bits + b] && all[b])
                return (own_bit){ b, n };
    if (enc->input.frac > 0 && (size_t)enc->input.frac < enc->bits)
        return (own_bit){ (size_t)enc->input.frac, 0 };
    return (own_bit){ 0, 0 };
}

/* Which encoded bits a network reads: one of a 0/1 feature, all of the others. */
static void choose_columns(lut_encoder *enc, const lut_encode_data *in)
{
    own_bit own = find_own_bit(enc);
    size_t used = 0;

    for (size_t f = 0; f < enc->features; f++) {
        bool single = is_bit(in, f);

        for (size_t t = 0; single && t < enc->thresholds; t++)
            enc->threshold[f * enc->thresholds + t] = t < own.below ? -FLT_MAX : 0.5f;
        for (size_t b = 0; b < enc->bits; b++)
            if (!single || b == own.bit)
                enc->column[used++] = (uint32_t)(f * enc->bits + b);
    }
    enc->outputs = used;
}

/* ---- fixed point ---- */

static bool has_negative(const lut_encode_data *in)
{
    for (size_t f = 0; f < in->d->features; f++)
        for (size_t i = 0; i < in->n; i++)
            if (value_at(in, f, i) < 0)
                return true;
    return false;
}

static bool is_signed(const lut_encoder_cfg *cfg, const lut_encode_data *in)
{
    if (cfg->input.width == 0)
        return false;
    return cfg->sign == LUT_SIGN_AUTO ? has_negative(in) : cfg->sign == LUT_SIGNED;
}

/* ---- the whole ---- */

static lut_status make(lut_encoder *enc, const lut_encoder_cfg *cfg,
                       const lut_encode_data *in, lut_err *err)
{
    const lut_encode_ops *ops = cfg->ops;

    LUT_TRY(alloc(enc, cfg, in->d->features, err));
    snprintf(enc->kind, sizeof enc->kind, "%s", ops->name);
    memcpy(enc->name, in->d->name, in->d->features * sizeof *in->d->name);
    enc->input.is_signed = is_signed(cfg, in);
    if (ops->codes)
        ops->codes(enc->codes, enc->bits);
    else
        thermometer(enc);
    LUT_TRY(ops->place ? ops->place(cfg->cfg, enc, in, err) : fit(enc, cfg, in, err));
    if (cfg->single)
        choose_columns(enc, in);
    return LUT_OK;
}

lut_status lut_encoder_fit(lut_encoder *enc, const lut_encoder_cfg *cfg,
                           const lut_encode_data *in, lut_err *err)
{
    lut_status st;

    *enc = (lut_encoder){ .bits = 0 };
    LUT_TRY(check(cfg, in, err));
    st = make(enc, cfg, in, err);
    if (st != LUT_OK)
        lut_encoder_fini(enc);
    return st;
}

/* ---- one from outside ---- */

static lut_status check_thresholds(const lut_encoder *e, lut_err *err)
{
    size_t T = e->thresholds;

    for (size_t f = 0; f < e->features; f++)
        for (size_t t = 0; t < T; t++) {
            float v = e->threshold[f * T + t];

            if (isnan(v))
                return lut_fail(err, LUT_EINVAL,
                                "threshold %zu of feature %zu is not a number", t, f);
            if (t && e->threshold[f * T + t - 1] > v)
                return lut_fail(err, LUT_EINVAL,
                                "threshold %zu of feature %zu is %g, less than the one "
                                "before it, want ascending ones",
                                t, f, (double)v);
        }
    return LUT_OK;
}

lut_status lut_encoder_check(const lut_encoder *e, lut_err *err)
{
    for (size_t i = 0; i < (e->thresholds + 1) * e->bits; i++)
        if (e->codes[i] > 1)
            return lut_fail(err, LUT_EINVAL,
                            "code %zu of the encoder is %u, want 0 or 1", i / e->bits,
                            (unsigned)e->codes[i]);
    return check_thresholds(e, err);
}
