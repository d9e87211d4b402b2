/* Learnt thresholds between the samples' values and the first layer.  Private to lib/net.
 * Without an inlet all of these do nothing. */
#ifndef LUT_NET_INLET_H
#define LUT_NET_INLET_H

#include "lib/net/private.h"

/* Sizes, then memory (run twice, first with a planning arena), then the start. */
void lut_inlet_shape(lut_inlet *in, const lut_inlet_cfg *cfg);
void lut_inlet_place(lut_inlet *in, lut_arena *a, size_t nstate);
void lut_inlet_start(lut_inlet *in, const lut_inlet_cfg *cfg);

/* Thresholds of d. */
void lut_inlet_refresh(lut_inlet *in);

/* Values of a batch, and their bits to ws->input. */
void lut_inlet_load(const lut_net *net, lut_ws *ws, const lut_samples *s,
                    const uint32_t *rows, size_t first, size_t n);

/* Adds to ws->dthreshold what the gradients dx[inputs][row] of samples first .. say. */
void lut_inlet_backward(const lut_net *net, const lut_ws *ws, const float *dx,
                        size_t first, size_t n);

/* One step of the optimizer. */
void lut_inlet_update(lut_net *net, const lut_ws *ws, const lut_opt_step *step);

#endif
