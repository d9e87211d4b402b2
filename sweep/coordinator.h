/* Rank 0's other half: hands out trials, hears how they ended, decides when to stop. */
#ifndef SWEEP_COORDINATOR_H
#define SWEEP_COORDINATOR_H

#include "sweep/farm.h"
#include "sweep/message.h"

/* A rank as the coordinator sees it. */
typedef struct sweep_peer {
    uint32_t slots, held; /* trials at a time; leased to it */
    bool here, gone;      /* HELLO, BYE were heard */
} sweep_peer;

typedef struct sweep_coordinator {
    const sweep_plan *plan;
    sweep_transport *t;
    sweep_peer *peer;     /* [t->size] */
    int gone;             /* how many said BYE */
    int level;            /* -1: running; else the level of STOP that was sent */
    bool over;            /* everybody is released */
    sweep_outcome out;
    sweep_progress progress;
    double begun, shown, beaten; /* monotonic */
    lut_err fatal;        /* code LUT_OK: nothing is wrong */
} sweep_coordinator;

lut_status sweep_coordinator_init(sweep_coordinator *c, const sweep_plan *plan,
                                  sweep_transport *t, lut_err *err);
void sweep_coordinator_fini(sweep_coordinator *c);

/* One round.  *busy is set when something happened; c->over: leave the loop. */
lut_status sweep_coordinator_step(sweep_coordinator *c, bool *busy, lut_err *err);

/* Rank 0 cannot go on: everybody stops, and the farm ends with why. */
lut_status sweep_coordinator_fail(sweep_coordinator *c, const lut_err *why, lut_err *err);

#endif
