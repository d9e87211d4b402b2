/* What tells one network from another. */
#ifndef SWEEP_NETWORK_DIGEST_H
#define SWEEP_NETWORK_DIGEST_H

#include "sweep/trial.h"

/* 16 hexadecimal digits of encoder and circuit: of what a device with this network computes. */
lut_status sweep_network_digest(char digest[SWEEP_DIGEST], const sweep_result *r, lut_err *err);

#endif
