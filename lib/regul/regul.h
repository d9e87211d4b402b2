/* Regularisers: penalties on tables, weights or outputs that are added to the loss.
 *
 * A penalty R of a layer is made of a part s of each LUT: their mean, their sum, or the root
 * of their sum.  The loss gets weight * R for every layer; its gradient takes the way of the
 * loss's own.  Published definitions differ under one name, so names here say which one it
 * is (math.md 3.5, 7.6, 8.3).
 *
 * What they act on:
 *   tables   entries q as the parametrization makes them, without noise: in [0, 1] where
 *            entries are squashed (light, difflogic), logits where the result is squashed
 *            (warp; with a field its values at the corners), real entries of look-ups (dwn)
 *   weights  trainable values of a LUT, in its order; those of mappings are left alone
 *   outputs  of each sample, as it is and with one input flipped
 *
 * Compiled once per instruction set, stateless, any thread.
 * To add one: lib/regul/NAME.c and one line in LUT_REGULS of lib/local.mk.
 */
#ifndef LUT_REGUL_REGUL_H
#define LUT_REGUL_REGUL_H

#include "lib/base/field.h"
#include "lib/kern/vec.h"

#define LUT_REGUL(name) LUT_OF_SET(lut_regul_##name)

typedef enum lut_regul_on { LUT_ON_TABLES, LUT_ON_WEIGHTS, LUT_ON_OUTPUTS } lut_regul_on;

typedef enum lut_regul_of {
    LUT_MEAN, /* R = sum of s / LUTs */
    LUT_SUM,  /* R = sum of s */
    LUT_ROOT  /* R = sqrt(sum of s); its gradient is taken as 0 where R is 0 */
} lut_regul_of;

/* First member of every regulariser's options. */
typedef struct lut_regul_cfg {
    double weight;
} lut_regul_cfg;

#define LUT_REGUL_WEIGHT(default_)                                                       \
    {                                                                                    \
        .name = "weight", .unit = "", .doc = "factor of the penalty in the loss",        \
        .type = LUT_F64, .size = sizeof(double), .hi = 1e6, .fallback = default_         \
    }

/* 16 LUTs side by side: lane t of element e is element e of LUT t. */
typedef struct lut_regul_part {
    const void *cfg;
    unsigned k;
    size_t n;               /* 2^k entries, or the weights of a LUT */
    const float *anchor;    /* [n]: where decay pulls weights to; NULL: 0.  Weights only */
    const float *direction; /* [n]: of `principal` */
} lut_regul_part;

typedef struct lut_regul_ops {
    const char *name, *doc;
    const lut_field *fields;
    size_t nfields, cfg_size;
    lut_regul_on on;
    lut_regul_of of;
    bool principal;    /* wants the right singular vector of the largest singular value of
                          the layer's [LUTs][2^k] entries, of length 1 */
    const char *param; /* the only parametrization whose weights it is about; NULL: any */

    /* Tables and weights.  *s from v[n]; adds scale times its derivative to d[n], unless d
     * is NULL. */
    void (*part)(const lut_regul_part *p, lut_f *s, lut_f *d, const lut_f *v, lut_f scale);

    /* Outputs.  From differences f[n] of outputs with and without a flipped input: their
     * penalty s[n] and its derivative g[n].  The part of a LUT is the mean of s over samples
     * and inputs.  n: a multiple of LUT_LANES. */
    void (*flip)(const void *cfg, float *s, float *g, const float *f, size_t n);
} lut_regul_ops;

extern const lut_regul_ops *const lut_regul_table_scalar[]; /* NULL-ended */
size_t lut_regul_find(const char *name);                    /* index, or SIZE_MAX */

/* ---- for plug-ins ---- */

/* Walsh spectrum in place, without the factor 2^-k: t[S] = sum_a q[a] prod_{j in S}
 * (2 a_j - 1), bit k-1-j of S: input j takes part. */
LUT_INLINE void lut_walsh(lut_f *t, size_t n)
{
    for (size_t h = 1; h < n; h *= 2)
        for (size_t a = 0; a < n; a++)
            if (a & h) {
                lut_f low = t[a - h], high = t[a];

                t[a - h] = low + high;
                t[a] = high - low;
            }
}

/* The transpose, for gradients. */
LUT_INLINE void lut_walsh_back(lut_f *d, size_t n)
{
    for (size_t h = 1; h < n; h *= 2)
        for (size_t a = 0; a < n; a++)
            if (a & h) {
                lut_f sum = d[a - h], difference = d[a];

                d[a - h] = sum - difference;
                d[a] = sum + difference;
            }
}

/* For `part`: *s is the sum of squares of the Walsh spectrum, with its factor 2^-k; by Parseval
 * the mean of squares of v. */
LUT_INLINE void lut_energy_part(const lut_regul_part *p, lut_f *s, lut_f *d, const lut_f *v,
                                lut_f scale)
{
    lut_f sum = { 0 }, share = lut_set1(1.0f / (float)p->n);

    for (size_t a = 0; a < p->n; a++)
        sum = lut_fma(v[a], v[a], sum);
    *s = sum * share;
    for (size_t a = 0; d && a < p->n; a++)
        d[a] = lut_fma(2.0f * scale * share, v[a], d[a]);
}

/* -1, 0 or 1. */
LUT_INLINE lut_f lut_sign_of(lut_f x)
{
    lut_f zero = lut_set1(0);

    return lut_select(lut_greater(x, zero), lut_set1(1),
                      lut_select(lut_greater(zero, x), lut_set1(-1), zero));
}

#endif
