/* A piece of work in a process of its own: started, watched, limited, and its end
 * explained.  Whatever the work does, the process that started it goes on.
 *
 * The starting process must be single-threaded and must never have entered a parallel
 * region.  Waiting is by polling, so no signal handler is needed.
 */
#ifndef SWEEP_CHILD_H
#define SWEEP_CHILD_H

#include <sys/types.h>

#include "lib/base/status.h"
#include "sweep/cause.h"

enum { SWEEP_TAIL = 256, SWEEP_CHILD_PATH = 1024 };

typedef struct sweep_limits {
    uint64_t memory; /* private bytes; 0: no limit */
    double seconds;  /* wall time; 0: no limit */
} sweep_limits;

typedef struct sweep_child {
    pid_t pid;       /* 0: the work was done in this process */
    int pipe;        /* read end; -1: closed.  Readable or hung up: poll again */
    double deadline; /* monotonic seconds; 0: none */
    bool expired, cancelled;
    unsigned long oom_kills;  /* of the system, before it started */
    int wait_status;          /* where the work was done in this process */
    uint32_t epoch;           /* last progress; 0: none yet */
    double valid_accuracy;
    char message[SWEEP_TAIL]; /* what the work said was wrong */
    char log[SWEEP_CHILD_PATH];
} sweep_child;

typedef struct sweep_end {
    sweep_cause cause;    /* SWEEP_FINE: the work returned LUT_OK */
    lut_status status;    /* SWEEP_ERROR: what it returned, LUT_OK for a bare exit */
    int signal, exit_code;
    uint32_t epoch;
    char log[SWEEP_TAIL]; /* message, or the last lines of the log, joined by " | " */
} sweep_end;

/* The work.  out: for sweep_child_beat.  Its status reaches the other side. */
typedef lut_status (*sweep_work_fn)(void *arg, int out, lut_err *err);

/* In the child: progress.  Never blocks; dropped when nobody reads. */
void sweep_child_beat(int out, uint32_t epoch, double valid_accuracy);

/* log: file for stdout and stderr of the work, truncated.  isolate false: the work is done
 * here and now, without limits, for debuggers. */
lut_status sweep_child_start(sweep_child *c, const char *log, const sweep_limits *limits,
                             bool isolate, sweep_work_fn work, void *arg, double now,
                             lut_err *err);

/* Reads progress and enforces the limit.  True: it has ended and *end says how; the child
 * is gone then and *c free for another. */
bool sweep_child_poll(sweep_child *c, sweep_end *end, double now);

/* Kill it with everything it started; sweep_child_poll tells when it is gone. */
void sweep_child_cancel(sweep_child *c);

#endif
