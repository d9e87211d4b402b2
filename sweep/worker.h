/* A rank's own trials: slots with a child each, and what is told to the coordinator. */
#ifndef SWEEP_WORKER_H
#define SWEEP_WORKER_H

#include <poll.h>

#include "sweep/farm.h"
#include "sweep/journal.h"

typedef struct sweep_slot sweep_slot;

typedef struct sweep_worker {
    const sweep_crew *crew;
    sweep_transport *t;
    sweep_journal *journal; /* borrowed */
    sweep_slot *slot;       /* [crew->slots] */
    unsigned running;
    unsigned unacknowledged;
    int level;      /* of the stop signal that was passed on */
    bool stopping;  /* no more work will come */
    bool gone;      /* BYE is said */
    bool released;  /* and answered: nothing is on its way any more */
} sweep_worker;

/* Says HELLO. */
lut_status sweep_worker_init(sweep_worker *w, const sweep_crew *crew, sweep_transport *t,
                             sweep_journal *journal, lut_err *err);
void sweep_worker_fini(sweep_worker *w); /* kills what still runs */

/* One round: messages, children, signals.  *busy is set when something happened. */
lut_status sweep_worker_step(sweep_worker *w, bool *busy, lut_err *err);

/* This rank cannot go on: ends its children, tells the coordinator, says BYE and listens. */
lut_status sweep_worker_fail(sweep_worker *w, const lut_err *why, lut_err *err);

/* Descriptors that wake the loop; returns how many of max. */
nfds_t sweep_worker_fds(const sweep_worker *w, struct pollfd *fd, nfds_t max);

/* What this build is: ranks of another one are refused. */
const char *sweep_build(void);

#endif
