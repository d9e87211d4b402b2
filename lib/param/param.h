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
#include "lib/kern/sampling.h"

/* Name of the exported ops table in this compilation's set. */
#define LUT_PARAM(name) LUT_OF_SET(lut_param_##name)

typedef enum lut_forward {
    LUT_INTERPOLATE, /* multilinear interpolation of the entries; a look-up on bits */
    LUT_LOOKUP,      /* entry at the address of the bits x > input_threshold */
    LUT_FIELD        /* any other function of real inputs: `field` */
} lut_forward;

typedef enum lut_gradient {
    LUT_BY_INTERPOLATION, /* of the interpolation of the entries, whatever the forward is */
    LUT_BY_SLOPES         /* differences of the table that `slopes` makes */
} lut_gradient;

enum {
    LUT_MAX_WEIGHTS = 2048,                       /* of a LUT */
    LUT_ABREAST = LUT_BLOCK / LUT_LANES,          /* vectors that a field meets at once */
    LUT_ANY_SAMPLING = (1 << LUT_SAMPLINGS) - 1,
    LUT_NOISELESS = 1 << LUT_SOFT | 1 << LUT_HARD
};

/* How a sample meets a LUT. */
typedef struct lut_form {
    lut_forward forward;
    lut_gradient gradient; /* no meaning with LUT_FIELD */
    lut_squash squash;     /* of the result; LUT_NO_SQUASH with LUT_LOOKUP */
    unsigned samplings;    /* 1 << mode of each mode it has; a single one: `sampling` is set
                              to it.  Hard ones make outputs bits, where inputs are bits or
                              are made bits by LUT_LOOKUP */
    float input_threshold; /* LUT_LOOKUP: a real input is 1 where x > this */
    bool plain;            /* entries are the weights, and gradients of the one are those of the
                              other: tables and tables_backward but copy */
} lut_form;

/* How weights start. */
typedef struct lut_init {
    bool residual;      /* close to the identity of input 0, else random */
    double probability; /* agreement of residual tables with input 0, in (1/2, 1) */
    double temperature;
    double noise;       /* deviation of the noise on residual logits, in temperatures;
                           0: the residual values themselves (the anchor) */
} lut_init;

/* The same for a whole layer. */
typedef struct lut_step {
    float temperature;     /* > 0 */
    lut_sampling sampling; /* in evaluation one without noise */
    uint64_t noise;        /* key of this step's noise */
} lut_step;

/* 16 LUTs side by side.  In every lut_f array of the functions below lane t of element e is
 * element e of LUT t; but see `field`. */
typedef struct lut_tile {
    const void *cfg; /* options of the parametrization, prepared */
    const lut_step *now;
    unsigned k;
    uint32_t first;  /* number of the tile's first LUT in its layer */
    uint64_t noise;  /* key of the layer's noise of this step */
    bool penalty;    /* gradients of tables are a penalty's, not the loss's */
} lut_tile;

typedef struct lut_param_ops {
    const char *name, *doc; /* configuration spelling; idea and reference */
    const lut_field *fields;
    size_t nfields, cfg_size;
    unsigned min_k, max_k;
    bool no_residual;       /* has no residual initial weights */
    bool no_temperature;    /* the step's and the initial temperature change nothing */
    bool remakes;           /* tables and tables_backward do without `saved` (NULL) where there
                               is no noise */
    lut_form form;
    void (*adapt)(const void *cfg, lut_form *form); /* where options change it; may be NULL */

    /* Refuses options or a rank that do not go together; the message starts with the
     * option's name ("depth = 3: ...").  May be NULL. */
    lut_status (*check)(const void *cfg, unsigned k, lut_err *err);

    /* What follows from options that were checked and the rank, and is too dear to find out
     * again and again: into members of cfg that `fields` do not name.  Once for each copy
     * of the options that a tile will have; the functions above never see it.  May be NULL. */
    void (*prepare)(void *cfg, unsigned k);

    /* Trainable values of a LUT, at least 1 (more than LUT_MAX_WEIGHTS is refused for the
     * plug-in); values to keep from tables to tables_backward, at most 2^LUT_MAX_K. */
    size_t (*nweights)(const void *cfg, unsigned k);
    size_t (*nsaved)(const void *cfg, unsigned k);

    /* Initial weights w[nweights] of one LUT; numbers drawn from rng alone. */
    void (*init)(const void *cfg, unsigned k, float *w, lut_rng *rng, const lut_init *how);

    /* Entries in [0, 1] (corner logits where the result is squashed, any reals with
     * LUT_LOOKUP) q[2^k] and saved[nsaved] from weights w[nweights]; once a step.  These two
     * are NULL with LUT_FIELD. */
    void (*tables)(const lut_tile *t, lut_f *q, lut_f *saved, const lut_f *w);

    /* dw[nweights] = gradient of the weights from dq[2^k], the gradient of the entries. */
    void (*tables_backward)(const lut_tile *t, lut_f *dw, const lut_f *dq,
                            const lut_f *saved, const lut_f *w);

    /* Table m[2^k] whose differences are the input gradient, from the entries q[2^k];
     * LUT_BY_SLOPES only. */
    void (*slopes)(const lut_tile *t, lut_f *m, const lut_f *q);

    /* LUT_FIELD only.  z[n] from weights w[nweights] and n vectors of inputs, 1 <= n <=
     * LUT_ABREAST, input j of vector v being x[j n + v]; and derivatives: adds
     * dz dz/dw to dw[nweights], vector after vector, and writes dz dz/dx to dx, which is laid
     * out as x.  dw or dx may be NULL: nobody asks.  What a vector gives does not depend on
     * those beside it.  Lanes are whatever the caller makes of them: 16 LUTs at one corner of
     * their inputs, or one LUT on 16 samples. */
    void (*field)(const lut_tile *t, lut_f *z, const lut_f *w, const lut_f *x, size_t n);
    void (*field_backward)(const lut_tile *t, lut_f *dw, lut_f *dx, const lut_f *dz,
                           const lut_f *w, const lut_f *x, size_t n);

    /* After each optimizer step (a clamp); NULL: nothing. */
    void (*project)(const lut_tile *t, lut_f *w);

    /* Truth table of one LUT from w[nweights]: set bit a of word a / 64 of the zeroed tt.
     * What the hard forward computes at every address.  NULL: bit a is w[a] > 0, weights
     * being the entries' logits; with LUT_FIELD what the field gives at the corners. */
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

/* For harden, by the rule 1[w >= 0]; goes with lut_sample_or_one. */
void lut_param_harden_or_one(const void *cfg, unsigned k, uint64_t tt[4], const float *w);

/* For check: refuses more weights than a LUT may have, blaming the option. */
lut_status lut_param_check_size(const char *option, unsigned value, unsigned k, size_t n,
                                lut_err *err);

/* Options of a tile: calls `prepare` where there is one. */
void lut_param_prepare(const lut_param_ops *ops, void *cfg, unsigned k);

/* How samples meet a LUT with these options. */
lut_form lut_param_form(const lut_param_ops *ops, const void *cfg);

/* Before loops over the vectors of a field, whose number is known where they are inlined:
 * sums then stay in registers. */
#define LUT_UNROLL_FIELD _Pragma("GCC unroll 16")

/* Uniform numbers of element e of each LUT of the tile, new every step. */
LUT_INLINE lut_f lut_noise(const lut_tile *t, size_t e)
{
    lut_i lut = lut_iota() + lut_seti((int32_t)t->first);

    return lut_uniform(t->noise, lut * (1 << LUT_MAX_K) + lut_seti((int32_t)e));
}

/* Entry e from its logit under the step's sampling.  *slope = the derivative used for it. */
LUT_INLINE lut_f lut_sample(const lut_tile *t, size_t e, lut_f v, lut_f *slope)
{
    lut_sampling how = t->now->sampling;
    lut_f u = lut_sampling_noisy(how) ? lut_noise(t, e) : lut_set1(0.5f);

    return lut_sampled(how, t->now->temperature, v, u, slope);
}

/* The same where an entry whose logit is 0 is a 1. */
LUT_INLINE lut_f lut_sample_or_one(const lut_tile *t, size_t e, lut_f v, lut_f *slope)
{
    lut_f q = lut_sample(t, e, v, slope), zero = lut_set1(0);

    if (t->now->sampling == LUT_HARD)
        q = lut_select(lut_greater(zero, v), zero, lut_set1(1));
    return q;
}

/* For tables_backward where saved[a] is the slope of entry a in weight a. */
LUT_INLINE void lut_slopes_backward(const lut_tile *t, lut_f *dw, const lut_f *dq,
                                    const lut_f *saved, const lut_f *w)
{
    (void)w;
    for (size_t a = 0; a < (size_t)1 << t->k; a++)
        dw[a] = saved[a] * dq[a];
}

#endif
