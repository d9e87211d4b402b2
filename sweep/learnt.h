/* What a trial with learnt thresholds has besides: the range of its values, and bits of its
 * own instead of the shared ones.  With a trial whose thresholds stay all of it does nothing.
 * Belongs to one trial. */
#ifndef SWEEP_LEARNT_H
#define SWEEP_LEARNT_H

#include "lib/net/net.h"
#include "sweep/encoded.h"

typedef struct sweep_learnt {
    lut_inlet_cfg cfg;     /* for lut_net_cfg; borrows from below and from the encoder */
    double *origin, *scale; /* owned */
    uint64_t *bits;        /* owned */
} sweep_learnt;

/* Thresholds start as those of the data's encoder; units are ranges of the training rows. */
lut_status sweep_learnt_open(sweep_learnt *l, const sweep_trial *trial,
                             const sweep_encoded *data, lut_err *err);
void sweep_learnt_close(sweep_learnt *l); /* accepts a zeroed struct */

/* The three parts' bits by the thresholds that were learnt. */
lut_status sweep_learnt_encode(sweep_learnt *l, sweep_encoded *data, const lut_net *net,
                               const lut_exec *exec, lut_err *err);

#endif
