/* What to tell somebody who waits: counts, best, speed, time left.  Pure. */
#ifndef SWEEP_PROGRESS_H
#define SWEEP_PROGRESS_H

#include "lib/base/base.h"

typedef struct sweep_progress {
    size_t total;            /* trials of this run's plan */
    size_t finished, failed; /* earlier runs included */
    size_t running;
    size_t here;             /* ended in this run */
    uint32_t slots;          /* trials at a time, of all ranks */
    double work;             /* expected seconds of what is left, on one slot; NaN: unknown */
    double uncertainty;      /* of the same, relative */
    double elapsed;          /* seconds */
    double best;             /* validation accuracy, percent; NaN: none yet */
    char best_key[17];
} sweep_progress;

/* Seconds left by what is expected of each trial, as a range of two deviations either way,
 * 2 % of which no estimate is free; false: nothing to judge by. */
bool sweep_progress_left(const sweep_progress *p, double *low, double *high);

/* "3h20m", "12m05s", "48s": at most 9 characters. */
char *sweep_duration(char buf[16], double seconds);

/* "37/1536 2.4%  8 running  0 failed  best 97.31% 0a1b2c3d  412/h  12m05s  left 40m-55m";
 * at most size - 1 characters. */
char *sweep_progress_line(const sweep_progress *p, char *buf, size_t size);

#endif
