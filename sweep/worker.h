/* A rank's own trials: slots with a child each, and what is told to the coordinator. */
#ifndef SWEEP_WORKER_H
#define SWEEP_WORKER_H

#include <poll.h>

#include "sweep/farm.h"
#include "sweep/journal.h"
#include "sweep/mail.h"

typedef struct sweep_slot sweep_slot;

typedef struct sweep_worker {
    const sweep_crew *crew;
    sweep_transport *t;
    sweep_journal *journal; /* borrowed */
    sweep_slot *slot;       /* [crew->slots] */
    unsigned running;
    sweep_mail waiting;     /* ASSIGN: what no slot is free for yet */
    sweep_mail ended;       /* DONE, FAIL: journalled, not synced, not sent */
    sweep_mail sent;        /* the same: sent, not acknowledged */
    double oldest;          /* when the first of `ended` ended */
    double beaten, written; /* last BEAT to rank 0, and lines on progress to the journal */
    double write_every;     /* seconds until the next such lines */
    double seen;            /* of the last step */
    double silence;         /* for which this rank has listened and rank 0 has not spoken */
    int level;      /* of the stop signal that was passed on */
    int stopped;    /* the highest sweep_stop heard, or of the signal; -1: none */
    unsigned refused; /* trials that could not be started, in a row */
    double not_before; /* then: when the next try is */
    bool heard;     /* rank 0 has answered HELLO */
    bool alone;     /* rank 0 is given up */
    bool gone;      /* BYE is said */
    bool released;  /* and answered: nothing is on its way any more */
} sweep_worker;

/* Says HELLO. */
lut_status sweep_worker_init(sweep_worker *w, const sweep_crew *crew, sweep_transport *t,
                             sweep_journal *journal, lut_err *err);
void sweep_worker_fini(sweep_worker *w); /* kills what still runs */

/* One round: messages, children, signals.  *busy is set when something happened.  LUT_ESTOP:
 * rank 0 is given up, what ran here has ended and is on the disk. */
lut_status sweep_worker_step(sweep_worker *w, bool *busy, lut_err *err);

/* This rank cannot go on: ends its children, tells the coordinator, says BYE and listens. */
lut_status sweep_worker_fail(sweep_worker *w, const lut_err *why, lut_err *err);

/* Descriptors that wake the loop; returns how many of max. */
nfds_t sweep_worker_fds(const sweep_worker *w, struct pollfd *fd, nfds_t max);

#endif
