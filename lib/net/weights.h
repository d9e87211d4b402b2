/* One step of an optimizer on a stretch of weights, whatever its state is kept as. */
#ifndef LUT_NET_WEIGHTS_H
#define LUT_NET_WEIGHTS_H

#include "lib/net/backend.h"
#include "lib/optim/moments.h"

/* The state of the weights from vector `vector` on, of all that begin at state. */
LUT_INLINE void *lut_state_of(const lut_tiles_update *u, void *state, size_t vector)
{
    return (lut_f *)state + vector * lut_moments_lines(u->moments, u->optim->nstate);
}

/* State kept as bfloat16 is widened and rounded piece by piece, in the first cache. */
LUT_INLINE void lut_step_kept(const lut_tiles_update *u, lut_optim_tile how, lut_f *w,
                              void *state, const lut_f *g, const float *anchor, size_t n,
                              size_t nstate)
{
    enum { PIECE = 32 };
    lut_f wide[PIECE * LUT_MAX_STATE];

    for (size_t i = 0; i < n; i += PIECE) {
        size_t some = n - i < PIECE ? n - i : PIECE;
        lut_u *kept = lut_state_of(u, state, i);

        lut_moments_unpack(wide, kept, some, nstate);
        how(u->optim_cfg, u->step, w + i, wide, g + i, anchor ? anchor + i : NULL, some);
        lut_moments_pack(kept, wide, some, nstate);
    }
}

/* New w[n] from g[n], with decay if the optimizer has any, however its state is kept; state: of
 * these weights. */
LUT_INLINE void lut_step_weights(const lut_tiles_update *u, bool decay, lut_f *w, void *state,
                                 const lut_f *g, const float *anchor, size_t n)
{
    lut_optim_tile how = decay ? u->optim->tile : lut_optim_plain(u->optim);

    if (u->moments == LUT_MOMENTS_FLOAT)
        how(u->optim_cfg, u->step, w, state, g, anchor, n);
    else if (u->optim->kept && !(decay && u->optim->plain))
        u->optim->kept(u->optim_cfg, u->step, w, state, g, n);
    else if (u->optim->nstate == 2) /* the usual number, known to the compiler */
        lut_step_kept(u, how, w, state, g, anchor, n, 2);
    else
        lut_step_kept(u, how, w, state, g, anchor, n, u->optim->nstate);
}

#endif
