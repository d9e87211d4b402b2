/* Rank 0's other half: hands out trials, hears how they ended, decides when to stop.
 *
 * Knows no process, no file and no clock but the transport's, so that a simulation runs the
 * same code (sweep/simulate.h).
 */
#ifndef SWEEP_COORDINATOR_H
#define SWEEP_COORDINATOR_H

#include "sweep/decisions.h"
#include "sweep/journal.h"
#include "sweep/message.h"
#include "sweep/place.h"

/* A rank as the coordinator sees it. */
typedef struct sweep_peer {
    uint32_t slots;       /* trials at a time */
    bool here, gone;      /* HELLO, BYE were heard */
    bool silent;          /* too long: nothing is given to it until it speaks again */
    bool garbled;         /* it was said that its messages cannot be read */
    double heard;         /* when it was, on the clock of sweep_coordinator.awake */
    double apart;         /* since when its own list of trials is another; 0: it is not */
} sweep_peer;

typedef struct sweep_coordinator {
    const sweep_plan *plan;
    sweep_transport *t;
    sweep_journal *journal; /* borrowed; NULL: decisions are not written down */
    sweep_schedule schedule;
    sweep_peer *peer;     /* [t->size] */
    int gone;             /* how many said BYE */
    uint32_t slots;       /* of all that are here and not silent */
    sweep_decisions decisions; /* of the strategy, that are to be carried out */
    size_t failed;        /* trials that had failed before */
    int level;            /* -1: running; else the sweep_stop that was sent */
    bool refill;          /* trials came back: somebody else may be idle */
    bool over;            /* everybody is released */
    bool worried;         /* it was said that nothing has ended for long */
    sweep_outcome out;
    sweep_progress progress;
    double begun, shown, alive, looked, ended; /* on the transport's clock */
    double seen, awake;   /* last step; seconds without those in which this process stood */
    unsigned warned;      /* ranks whose place is wrong */
    lut_err fatal;        /* code LUT_OK: nothing is wrong */
} sweep_coordinator;

lut_status sweep_coordinator_init(sweep_coordinator *c, const sweep_plan *plan,
                                  sweep_transport *t, sweep_journal *journal,
                                  lut_err *err);
void sweep_coordinator_fini(sweep_coordinator *c);

/* One round.  *busy is set when something happened; c->over: leave the loop. */
lut_status sweep_coordinator_step(sweep_coordinator *c, bool *busy, lut_err *err);

/* Rank 0 cannot go on: everybody stops, and the farm ends with why. */
lut_status sweep_coordinator_fail(sweep_coordinator *c, const lut_err *why, lut_err *err);

/* Of the same: who runs what, a warning when nothing ends, progress for who shows it. */
void sweep_coordinator_tell(const sweep_coordinator *c, double now);
void sweep_coordinator_worry(sweep_coordinator *c, double now);
void sweep_coordinator_show(sweep_coordinator *c, double now);

#endif
