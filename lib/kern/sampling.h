/* How outputs or table entries are made of logits: squashes, sampling modes, noise.
 *
 * Modes (math.md 0.5; names of BitLogic and torchlogix), for a logit v and temperature T,
 * with u uniform in (0, 1) and l = ln u - ln (1 - u):
 *   mode            value                      derivative used
 *   soft            s = sigmoid(v / T)         s (1 - s) / T
 *   hard            1[v > 0]                   the same (straight-through)
 *   bernoulli_hard  1[u < s]                   the same
 *   gumbel_soft     s = sigmoid((v + l) / T)   s (1 - s) / T of the noisy s
 *   gumbel_hard     1[v + l > 0]               the same of the noisy s
 * gumbel_hard gives 1 with probability sigmoid(v), whatever T is.  Evaluation is without
 * noise: gumbel_soft is soft then, gumbel_hard and bernoulli_hard are hard.
 *
 * Parametrizations whose entries are squashed draw one number for each entry and step;
 * those that squash outputs (lut_form.squash) one for each output and sample;
 * difflogic sixteen for each LUT and step.  All by number, never by order.
 */
#ifndef LUT_KERN_SAMPLING_H
#define LUT_KERN_SAMPLING_H

#include "lib/kern/vec.h"

typedef enum lut_sampling {
    LUT_SOFT,
    LUT_HARD,
    LUT_BERNOULLI_HARD,
    LUT_GUMBEL_SOFT,
    LUT_GUMBEL_HARD,
    LUT_SAMPLINGS /* their number */
} lut_sampling;

typedef enum lut_squash {
    LUT_NO_SQUASH, /* entries are squashed already */
    LUT_SIGMOID,   /* sigmoid(z / temperature) of the result z; 1 where z > 0 */
    LUT_CLAMP      /* min(max(z, 0), 1); 1 where z > 1/2; temperature has no meaning */
} lut_squash;

/* Their names, NULL-ended: "soft", "hard", ... */
extern const char *const lut_sampling_names[LUT_SAMPLINGS + 1];

/* Outputs are 0 or 1. */
LUT_INLINE bool lut_sampling_hard(lut_sampling s)
{
    return s == LUT_HARD || s == LUT_BERNOULLI_HARD || s == LUT_GUMBEL_HARD;
}

LUT_INLINE bool lut_sampling_noisy(lut_sampling s)
{
    return s == LUT_BERNOULLI_HARD || s == LUT_GUMBEL_SOFT || s == LUT_GUMBEL_HARD;
}

/* The same without noise. */
LUT_INLINE lut_sampling lut_sampling_quiet(lut_sampling s)
{
    return lut_sampling_hard(s) ? LUT_HARD : LUT_SOFT;
}

/* Uniform numbers of a stream by their numbers, in [2^-24, 1 - 2^-24]. */
LUT_INLINE lut_f lut_uniform(uint64_t key, lut_i number)
{
    lut_i h = lut_mix32(number ^ lut_seti((int32_t)(uint32_t)key));

    h = lut_mix32((lut_i)((lut_u)h + (uint32_t)(key >> 32))); /* wraps around */
    h = (lut_i)((lut_u)h >> 9);
    return (__builtin_convertvector(h, lut_f) + 0.5f) * 0x1p-23f;
}

/* Lanes 0, 1, 2, ... */
LUT_INLINE lut_i lut_iota(void)
{
    return (lut_i){ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 };
}

/* Difference of two Gumbel numbers. */
LUT_INLINE lut_f lut_logistic(lut_f u)
{
    return lut_logf(u) - lut_logf(1.0f - u);
}

LUT_INLINE lut_f lut_gumbel(lut_f u)
{
    return -lut_logf(-lut_logf(u));
}

/* Value of a logit and the derivative used for it, by the table above; u: uniform numbers,
 * read by the noisy modes only. */
LUT_INLINE lut_f lut_sampled(lut_sampling how, float temperature, lut_f v, lut_f u,
                             lut_f *slope)
{
    const lut_f steep = lut_set1(1 / temperature);
    lut_f s;

    if (how == LUT_GUMBEL_SOFT || how == LUT_GUMBEL_HARD)
        v += lut_logistic(u);
    s = lut_sigmoid(v * steep);
    *slope = s * (1.0f - s) * steep;
    if (how == LUT_SOFT || how == LUT_GUMBEL_SOFT)
        return s;
    if (how == LUT_BERNOULLI_HARD)
        return lut_select(lut_greater(s, u), lut_set1(1), lut_set1(0));
    return lut_select(lut_greater(v, lut_set1(0)), lut_set1(1), lut_set1(0));
}

#endif
