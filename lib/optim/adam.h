/* The step that adam and adamw share: Kingma and Ba 2015 with bias correction.  m = b1 m +
 * (1 - b1) g, v = b2 v + (1 - b2) g^2, w -= lr m/(1 - b1^t) / (sqrt(v/(1 - b2^t)) + eps).
 * True square root and division: estimates would differ between instruction sets.
 *
 * Entries of tables that no sample meets any more have moments that shrink to subnormal
 * numbers and stay there.  They move no weight, and so never get to the division. */
#ifndef LUT_OPTIM_ADAM_H
#define LUT_OPTIM_ADAM_H

#include "lib/kern/tiny.h"
#include "lib/optim/moments.h"

#include <math.h>

typedef struct lut_adam {
    double beta1, beta2, epsilon;
    double decay; /* adamw only */
} lut_adam;

#define LUT_ADAM_OPTIONS                                                                 \
    LUT_OPTION_F64(lut_adam, beta1, "", 0, 0.999999, "0.9", "decay of the mean gradient"), \
    LUT_OPTION_F64(lut_adam, beta2, "", 0, 0.999999, "0.999", "decay of its square"),    \
    LUT_OPTION_F64(lut_adam, epsilon, "", 1e-30, 1, "1e-08", "added to the square root")

/* For lut_optim_ops. */
LUT_INLINE void lut_adam_betas(const void *cfg, double beta[2])
{
    const lut_adam *c = cfg;

    beta[0] = c->beta1;
    beta[1] = c->beta2;
}

/* Values of a step that are the same for every weight. */
typedef struct lut_adam_step {
    lut_f one1, one2, rate, scale, epsilon;
    lut_i seen; /* bits of m of which one is set where it could move a weight of 2^-63 */
} lut_adam_step;

LUT_INLINE void lut_adam_prepare(lut_adam_step *s, const lut_adam *c,
                                 const lut_opt_step *now)
{
    double rate = now->lr / (1 - now->power[0]);
    /* Below 2^-119 then, m moves w by less than 2^-88, half of what w can differ by,
     * also where rate * m is subnormal. */
    bool some_unseen = fabs(rate) < 0x1p30 * c->epsilon;

    s->one1 = lut_set1((float)(1 - c->beta1));
    s->one2 = lut_set1((float)(1 - c->beta2));
    s->rate = lut_set1((float)rate);
    s->scale = lut_set1((float)(1 / sqrt(1 - now->power[1])));
    s->epsilon = lut_set1((float)c->epsilon);
    s->seen = lut_seti(some_unseen ? LUT_OVER_2_119 : -1);
}

/* New w from g and state[2]. */
LUT_INLINE void lut_adam_update(const lut_adam_step *s, lut_f *w, lut_f *state, lut_f g)
{
    lut_f m = lut_fma(s->one1, g - state[0], state[0]);
    lut_f v = lut_fma(s->one2, g * g - state[1], state[1]);

    state[0] = m;
    state[1] = v;
    lut_clear_unseen(&m, &v, s->seen, *w, lut_seti(LUT_OVER_2_63));
    *w -= s->rate * m / lut_fma(lut_sqrt(v), s->scale, s->epsilon);
}

/* lut_optim_ops.kept. */
LUT_INLINE void lut_adam_kept(const void *cfg, const lut_opt_step *now, lut_f *w,
                              lut_u *kept, const lut_f *g, size_t n)
{
    lut_adam_step s;

    lut_adam_prepare(&s, cfg, now);
    for (size_t i = 0; i < n; i++) {
        lut_f state[2] = { lut_low_of_line(kept[i]), lut_high_of_line(kept[i]) };

        lut_adam_update(&s, &w[i], state, g[i]);
        lut_pack_line(&kept[i], state[0], state[1]);
    }
}

#endif
