/* Parametrizations: how one look-up table of k inputs is represented by real weights.
 * THE plug-in family of this project.
 *
 * Published methods differ in how weights make a table, once per step, and in which of a
 * few ways a sample meets it.  A plug-in writes the first part, on tiles of 16 LUTs side by
 * side; shared kernels do the second (lib/kern/kern.h).  A plug-in file is compiled once
 * per instruction set; it never indexes a lane, keeps no state, and may run on any thread.
 *
 * To add one: write lib/param/NAME.c, add one line to LUT_PARAMS in lib/local.mk.
 */
#ifndef LUT_PARAM_PARAM_H
#define LUT_PARAM_PARAM_H

#include "lib/base/field.h"
#include "lib/base/rng.h"
#include "lib/kern/vec.h"

#define LUT_PASTE_(a, b, c) lut_##a##_##b##_##c
#define LUT_PASTE(a, b, c) LUT_PASTE_(a, b, c)
/* Name of the exported ops table in this compilation's set. */
#define LUT_PARAM(name) LUT_PASTE(param, name, LUT_SET)

typedef enum lut_sampling { LUT_SOFT, LUT_HARD } lut_sampling;

typedef enum lut_forward {
    LUT_INTERPOLATE, /* multilinear interpolation of the entries; a look-up on bits */
    LUT_LOOKUP       /* entry at the address of the binarized inputs, out as a bit */
} lut_forward;

typedef enum lut_gradient {
    LUT_BY_INTERPOLATION, /* of the forward interpolation */
    LUT_BY_SLOPES         /* differences of the table that `slopes` makes */
} lut_gradient;

typedef enum lut_squash {
    LUT_NO_SQUASH, /* entries are squashed already */
    LUT_SIGMOID    /* entries are corner logits: sigmoid(z / temperature) of the result */
} lut_squash;

/* How weights start. */
typedef struct lut_init {
    bool residual;      /* close to the identity of input 0, else random */
    double probability; /* agreement of residual tables with input 0, in (1/2, 1) */
    double temperature;
} lut_init;

/* The same for a whole layer, in training and evaluation alike. */
typedef struct lut_step {
    float temperature; /* > 0 */
    lut_sampling sampling;
} lut_step;

/* 16 LUTs side by side.  In every lut_f array of the functions below lane t of element e is
 * element e of LUT t. */
typedef struct lut_tile {
    const void *cfg; /* options of the parametrization */
    const lut_step *now;
    unsigned k;
} lut_tile;

typedef struct lut_param_ops {
    const char *name, *doc; /* configuration spelling; idea and reference */
    const lut_field *fields;
    size_t nfields, cfg_size;
    unsigned min_k, max_k;
    lut_forward forward;
    lut_gradient gradient;
    lut_squash squash;
    bool always_hard; /* ignores `sampling`: outputs are bits; a must for LUT_LOOKUP */

    /* Trainable values of a LUT, 1 .. 2^LUT_MAX_K; values to keep from tables to
     * tables_backward. */
    size_t (*nweights)(const void *cfg, unsigned k);
    size_t (*nsaved)(const void *cfg, unsigned k);

    /* Initial weights w[nweights] of one LUT; numbers drawn from rng alone. */
    void (*init)(const void *cfg, unsigned k, float *w, lut_rng *rng, const lut_init *how);

    /* Entries in [0, 1] (corner logits with LUT_SIGMOID, logits with LUT_LOOKUP) q[2^k] and
     * saved[nsaved] from weights w[nweights]; once a step. */
    void (*tables)(const lut_tile *t, lut_f *q, lut_f *saved, const lut_f *w);

    /* dw[nweights] = gradient of the weights from dq[2^k], the gradient of the entries. */
    void (*tables_backward)(const lut_tile *t, lut_f *dw, const lut_f *dq,
                            const lut_f *saved, const lut_f *w);

    /* Table m[2^k] whose differences are the input gradient, from the entries q[2^k];
     * LUT_BY_SLOPES only. */
    void (*slopes)(const lut_tile *t, lut_f *m, const lut_f *q);

    /* After each optimizer step (a clamp); NULL: nothing. */
    void (*project)(const lut_tile *t, lut_f *w);

    /* Truth table of one LUT from w[nweights]: set bit a of word a / 64 of the zeroed tt.
     * What the hard forward computes at every address.  NULL: weights are the entries'
     * logits, bit a is w[a] > 0. */
    void (*harden)(const void *cfg, unsigned k, uint64_t tt[4], const float *w);
} lut_param_ops;

/* The table of the scalar set, NULL-ended: names, options and ranks for everybody.  The
 * other sets' tables hold the same plug-ins in the same order (lut_backend). */
extern const lut_param_ops *const lut_param_table_scalar[];

/* Index by name, or SIZE_MAX. */
size_t lut_param_find(const char *name);

/* ---- for plug-ins ---- */

/* For nweights and nsaved: one value for each entry, and none. */
size_t lut_param_entries(const void *cfg, unsigned k);
size_t lut_param_none(const void *cfg, unsigned k);

/* Entry from a logit under the step's sampling: soft sigmoid(v / temperature), hard
 * 1[v > 0].  *slope = the derivative used for either, s (1 - s) / temperature (math.md
 * 0.5). */
LUT_INLINE lut_f lut_sample(const lut_tile *t, lut_f v, lut_f *slope)
{
    lut_f s = lut_sigmoid(v / t->now->temperature);

    *slope = s * (1.0f - s) / t->now->temperature;
    if (t->now->sampling == LUT_SOFT)
        return s;
    return lut_select(lut_greater(v, lut_set1(0)), lut_set1(1), lut_set1(0));
}

#endif
