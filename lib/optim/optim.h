/* Optimizers and learning-rate schedules.
 *
 * An optimizer updates tiles of 16 LUTs (or any 16 weights): element e of 16 weights is one
 * vector.  Compiled once per instruction set, stateless, any thread.
 * To add one: lib/optim/NAME.c and one line (LUT_OPTIMS or LUT_SCHEDULES) in lib/local.mk.
 */
#ifndef LUT_OPTIM_OPTIM_H
#define LUT_OPTIM_OPTIM_H

#include "lib/base/field.h"
#include "lib/param/param.h"

#define LUT_OPTIM(name) LUT_OF_SET(lut_optim_##name)

/* How state is kept from step to step; optimizers see floats, but in `kept`. */
typedef enum lut_moments {
    LUT_MOMENTS_FLOAT,
    LUT_MOMENTS_BFLOAT16 /* two values to 32 bits, rounded: lib/optim/moments.h */
} lut_moments;

extern const char *const lut_moments_names[]; /* NULL-ended */

/* Vectors of 64 bytes that hold the state of 16 weights. */
static inline size_t lut_moments_lines(lut_moments how, size_t nstate)
{
    return how == LUT_MOMENTS_FLOAT ? nstate : (nstate + 1) / 2;
}

/* What a step needs besides weights and gradients. */
typedef struct lut_opt_step {
    double lr;        /* of the schedule */
    uint64_t t;       /* steps so far, this one included: from 1 */
    double done;      /* share of the training that lies behind, in [0, 1) */
    double power[2];  /* beta^t of the two moments, kept by lut_opt_advance */
} lut_opt_step;

/* New w[n] from gradients g[n]; state[n * nstate], nstate vectors for each w, zero at the
 * start.  anchor[n]: what decay pulls the elements towards, the same in all lanes; NULL: 0. */
typedef void (*lut_optim_tile)(const void *cfg, const lut_opt_step *now, lut_f *w,
                               lut_f *state, const lut_f *g, const float *anchor, size_t n);

/* The same without decay on state that is kept as bfloat16: kept[n], lines of two values. */
typedef void (*lut_optim_kept)(const void *cfg, const lut_opt_step *now, lut_f *w,
                               lut_u *kept, const lut_f *g, size_t n);

enum { LUT_MAX_STATE = 8 };

typedef struct lut_optim_ops {
    const char *name, *doc;
    const lut_field *fields;
    size_t nfields, cfg_size;
    size_t nstate; /* values kept for each weight, LUT_MAX_STATE at most */
    /* Decay of the two moments, for the bias corrections; NULL: none. */
    void (*betas)(const void *cfg, double beta[2]);
    lut_optim_tile tile;
    lut_optim_tile plain; /* the same without decay; NULL: tile has none.  By lut_optim_plain */
    /* Without decay, where nstate is 2: the bytes of lut_moments_unpack, that function and
     * lut_moments_pack, except which NaN, with nothing on its way through memory.  NULL: those
     * three are called. */
    lut_optim_kept kept;
} lut_optim_ops;

/* What weights take that decay is not about: those of mappings, and learnt thresholds, for
 * which 0 is no special value. */
static inline lut_optim_tile lut_optim_plain(const lut_optim_ops *ops)
{
    return ops->plain ? ops->plain : ops->tile;
}

extern const lut_optim_ops *const lut_optim_table_scalar[]; /* NULL-ended */
size_t lut_optim_find(const char *name);                    /* index, or SIZE_MAX */

/* Next step: t and powers.  Start from { .power = { 1, 1 } }. */
void lut_opt_advance(lut_opt_step *now, const lut_optim_ops *ops, const void *cfg);

typedef struct lut_schedule_ops {
    const char *name, *doc;
    const lut_field *fields;
    size_t nfields, cfg_size;
    /* Learning rate of an epoch, counted from 0, of `epochs` >= 1. */
    double (*lr)(const void *cfg, double base, uint32_t epoch, uint32_t epochs);
} lut_schedule_ops;

extern const lut_schedule_ops *const lut_schedule_table[]; /* NULL-ended */
const lut_schedule_ops *lut_schedule_find(const char *name);

/* Learning rate of an epoch, counted from 0, with a warm-up of w epochs before the schedule:
 * base (epoch + 1) / (w + 1) while epoch < w, then the schedule's own rate at epoch - w of
 * epochs - w.  PyTorch: SequentialLR of LinearLR(start_factor = 1 / (w + 1), total_iters = w)
 * and the schedule, milestone w. */
double lut_schedule_lr(const lut_schedule_ops *ops, const void *cfg, double base,
                       uint32_t warmup, uint32_t epoch, uint32_t epochs);

#endif
