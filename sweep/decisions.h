/* What rank 0 decided, on the disk: promotions in the journal, pruned trials as final records,
 * failures that no rank can write down. */
#ifndef SWEEP_DECISIONS_H
#define SWEEP_DECISIONS_H

#include "sweep/farm.h"
#include "sweep/journal.h"

typedef struct sweep_decisions {
    const sweep_plan *plan; /* borrowed */
    sweep_journal *journal; /* borrowed; NULL: nothing is written down */
    size_t *spared;         /* [n of room] trials that are yet to be pruned; owned */
    size_t n, room;
    size_t abandoned; /* trials that ended with the training that they share */
} sweep_decisions;

/* The failure of trial i, which has failed, in the journal. */
lut_status sweep_decisions_failure(const sweep_decisions *s, size_t i, sweep_cause cause,
                                   const char *why, lut_err *err);

/* Trials that share the training of `of`: where that has failed they have failed with it, since
 * each would only fail again. */
lut_status sweep_decisions_followers(sweep_decisions *s, size_t of, lut_err *err);

/* The `decided` of sweep_schedule_cfg; arg: the sweep_decisions.  Where decisions depend on the
 * order of events they are on the disk when this returns. */
lut_status sweep_decisions_take(void *arg, const sweep_decision *d, lut_err *err);

/* Prune for a moment: a complete rung prunes thousands at once, each a few synced files, and
 * ranks wait to be heard.  A trial whose record is gone has failed, as lost, and with it what
 * shares its training. */
lut_status sweep_decisions_carry_out(sweep_decisions *s, sweep_transport *t, bool *busy,
                                     lut_err *err);

void sweep_decisions_fini(sweep_decisions *s);

#endif
