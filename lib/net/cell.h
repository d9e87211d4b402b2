/* One look-up table by itself: no wiring, no head, no optimizer.
 *
 * For those who look at a single neuron: reference vectors, tests, plots of what a
 * parametrization computes.  Runs the code that layers run, on the same kernels.  A cell has
 * one user at a time; nothing allocates after creation.
 */
#ifndef LUT_NET_CELL_H
#define LUT_NET_CELL_H

#include "lib/net/net.h"

typedef struct lut_cell_cfg {
    unsigned k;
    size_t param;          /* index in lut_param_table_scalar */
    const void *param_cfg; /* its options; copied */
    lut_sampling sampling; /* of a parametrization that has only one mode: that one */
    float temperature;     /* > 0 */
    uint64_t noise;        /* key of the noise, for noisy modes */
    bool bits;             /* inputs are 0 and 1: the path of layers above bits */
    size_t capacity;       /* samples at most */
} lut_cell_cfg;

typedef struct lut_cell lut_cell;

lut_status                   /* LUT_OK, LUT_ENOMEM, or LUT_EINVAL: rank, options */
lut_cell_create(
    lut_cell **cell,         /* owned: lut_cell_destroy; NULL on failure */
    const lut_cell_cfg *cfg,
    const lut_backend *backend,
    lut_err *err
);
void lut_cell_destroy(lut_cell *cell); /* accepts NULL */

size_t lut_cell_nweights(const lut_cell *cell);
void lut_cell_set(lut_cell *cell, const float *w); /* w[nweights] */

/* y[n] from x, row j at x + j * ld; with `bits` a value is 1 where x > 1/2. */
void lut_cell_forward(lut_cell *cell, float *y, const float *x, size_t ld, size_t n);

/* Gradients of sum_s g[s] y[s]: dw[nweights] and the rows dx[k][ld], all written.  The
 * forward of the same inputs is done again. */
void lut_cell_backward(lut_cell *cell, float *dw, float *dx, const float *g, const float *x,
                       size_t ld, size_t n);

/* Value of weight * R of one regulariser on outputs; its gradients are written to dw[nweights]
 * and the rows dx[k][ld]. */
double lut_cell_flip(lut_cell *cell, const lut_regul_use *regul, float *dw, float *dx,
                     const float *x, size_t ld, size_t n);

/* Truth table, as circuits get it; bits past 2^k are 0. */
void lut_cell_table(const lut_cell *cell, uint64_t tt[4]);

#endif
