/* Why an attempt at a trial ended without a result. */
#ifndef SWEEP_CAUSE_H
#define SWEEP_CAUSE_H

#include "lib/base/base.h"

typedef enum sweep_cause {
    SWEEP_FINE,          /* it did not: there is a result */
    SWEEP_CRASHED,       /* a signal of its own making */
    SWEEP_TIMEOUT,       /* past its limit */
    SWEEP_OUT_OF_MEMORY, /* past its limit, or chosen by the system's killer */
    SWEEP_LOST,          /* killed from outside, or its rank is gone: never its fault */
    SWEEP_ERROR,         /* it said what was wrong */
    SWEEP_CANCELLED,     /* we stopped it on the user's behalf: no failure */
    SWEEP_CONFLICT,      /* it ran twice with different results: the first one stays */
    SWEEP_CAUSES
} sweep_cause;

/* "crashed", "timeout", ...: the names of /failures; static storage. */
const char *sweep_cause_name(sweep_cause cause);

/* SWEEP_CAUSES where there is none of that name. */
sweep_cause sweep_cause_find(const char *name);

/* Status of the row of a trial that failed so: an error counts as crashed. */
const char *sweep_cause_status(sweep_cause cause);

/* One more bit of a set: trials that a strategy had pruned, no failures. */
enum { SWEEP_RETRY_PRUNED = 1 << SWEEP_CAUSES };

/* "crashed,timeout", "all" (failures), "all,pruned" or "none" as a set of bits 1 << cause.
 * False: unknown name. */
bool sweep_cause_set(unsigned *set, const char *list);

#endif
