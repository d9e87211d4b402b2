/* State of optimizers in half its size: two values to 32 bits, each rounded to bfloat16, the
 * upper half of a float, to the nearest and on a tie to the even one.  By integers, since
 * the machine's own instruction flushes small numbers: same bytes on every instruction set.
 *
 * What is small against a moment gets lost in its 8 bits: a square mean with beta2 = 0.999
 * grows, but does not shrink again once its change is below half of the last bit. */
#ifndef LUT_OPTIM_MOMENTS_H
#define LUT_OPTIM_MOMENTS_H

#include "lib/optim/optim.h"

/* Bfloat16 in the upper half of each lane, anything in the lower; no lane is NaN. */
LUT_INLINE lut_u lut_round_bfloat16(lut_f x)
{
    lut_u bits = (lut_u)x;

    return bits + (0x7fff + (bits >> 16 & 1));
}

/* The same of p[LUT_LANES], lane by lane, with NaN. */
static inline __attribute__((unused)) lut_u lut_round_any(const lut_f *p)
{
    const uint32_t infinity = 0x7f800000, magnitude = 0x7fffffff, quiet = 0x00400000;
    lut_u rounded = lut_round_bfloat16(*p);

    for (size_t i = 0; i < LUT_LANES; i++)
        if ((((lut_u)*p)[i] & magnitude) > infinity)
            rounded[i] = ((lut_u)*p)[i] | quiet;
    return rounded;
}

LUT_INLINE lut_u lut_share_line(lut_u low, lut_u high)
{
    return (high & 0xffff0000) | low >> 16;
}

/* A line of NaN and others: seldom, so that the usual case has but a branch more. */
static __attribute__((noinline, unused)) void
lut_pack_any(lut_u *line, const lut_f *low, const lut_f *high)
{
    *line = lut_share_line(lut_round_any(low), lut_round_any(high));
}

LUT_INLINE void lut_pack_line(lut_u *line, lut_f low, lut_f high)
{
    if (__builtin_expect(lut_any_nan(low, high), 0)) {
        const lut_f any[2] = { low, high }; /* copies: low and high stay in registers */

        lut_pack_any(line, &any[0], &any[1]);
    } else {
        *line = lut_share_line(lut_round_bfloat16(low), lut_round_bfloat16(high));
    }
}

LUT_INLINE lut_f lut_low_of_line(lut_u line)
{
    return (lut_f)(line << 16);
}

LUT_INLINE lut_f lut_high_of_line(lut_u line)
{
    return (lut_f)(line & 0xffff0000);
}

/* kept[n * lines] from state[n * nstate], lines as of lut_moments_lines: two values of a
 * weight share a line, the first in the lower halves; of an odd number the last one is
 * alone. */
LUT_INLINE void lut_moments_pack(lut_u *kept, const lut_f *state, size_t n, size_t nstate)
{
    const lut_f none = { 0 };

    for (size_t i = 0; i < n; i++, state += nstate)
        for (size_t j = 0; j < nstate; j += 2)
            lut_pack_line(kept++, state[j], j + 1 < nstate ? state[j + 1] : none);
}

LUT_INLINE void lut_moments_unpack(lut_f *state, const lut_u *kept, size_t n, size_t nstate)
{
    for (size_t i = 0; i < n; i++, state += nstate)
        for (size_t j = 0; j < nstate; j += 2, kept++) {
            state[j] = lut_low_of_line(*kept);
            if (j + 1 < nstate)
                state[j + 1] = lut_high_of_line(*kept);
        }
}

#endif
