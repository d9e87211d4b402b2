/* What a run notes of the machine it is on.  Linux; what cannot be read is "", 0 or NaN. */
#ifndef SWEEP_MACHINE_H
#define SWEEP_MACHINE_H

#include "lib/base/base.h"

typedef struct sweep_machine {
    char cpu[96];     /* "Intel(R) Xeon(R) ..." */
    char system[128]; /* distribution, kernel, C library */
    uint32_t cores;   /* processors that are on line */
    double memory;    /* bytes; NaN: not known */
} sweep_machine;

void sweep_machine_read(sweep_machine *m);

#endif
