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

typedef enum sweep_isolate {
    SWEEP_ISOLATE_NONE, /* here and now, without limits, for debuggers */
    SWEEP_ISOLATE_FORK, /* a copy of this process */
    SWEEP_ISOLATE_SPAWN /* this program anew, where a copy is dangerous (some transports) */
} sweep_isolate;

/* "none", "fork", "spawn"; false: no such word. */
bool sweep_isolate_find(sweep_isolate *how, const char *word);

typedef struct sweep_limits {
    uint64_t memory;  /* private bytes, stacks of threads apart; 0: no limit */
    double seconds;   /* wall time; 0: no limit */
    unsigned threads; /* of the work: with a limit of wall time it has so much CPU time and
                         a margin, should nobody be left to watch the clock; 0: no limit */
} sweep_limits;

typedef struct sweep_child {
    pid_t pid;       /* 0: the work was done in this process */
    int pipe;        /* read end; -1: closed.  Readable or hung up: poll again */
    double deadline; /* monotonic seconds; 0: none */
    double limit;    /* the same as a duration */
    double patience; /* with what was asked to leave; monotonic seconds; 0: not asked */
    bool expired, cancelled;
    unsigned long oom_kills;  /* of the system, before it started */
    int wait_status;          /* where the work was done in this process */
    uint32_t epoch;           /* last progress; 0: none yet */
    double valid_accuracy, loss;
    double rss;               /* bytes, at the last progress */
    char message[SWEEP_TAIL]; /* what the work said was wrong */
    char log[SWEEP_CHILD_PATH];
} sweep_child;

typedef struct sweep_end {
    sweep_cause cause;    /* SWEEP_FINE: the work returned LUT_OK */
    lut_status status;    /* SWEEP_ERROR: what it returned, LUT_OK for a bare exit */
    int signal, exit_code;
    uint32_t epoch;
    double peak_memory;   /* resident bytes; NaN: not known */
    char log[SWEEP_TAIL]; /* "SIGSEGV: ", "exit code 3: ", "past its limit of 10 s: " or
                             nothing; then the message, or the last lines of the log,
                             joined by " | " */
} sweep_end;

/* The work.  out: for sweep_child_beat.  Its status reaches the other side. */
typedef lut_status (*sweep_work_fn)(void *arg, int out, lut_err *err);

/* In the child: progress.  Never blocks; dropped when nobody reads. */
void sweep_child_beat(int out, uint32_t epoch, double valid_accuracy, double loss);

/* In the child: not 0 when it was asked to leave (sweep_child_save). */
const volatile int *sweep_child_leave(void);

/* log: file for stdout and stderr of the work, truncated.  how: not SPAWN. */
lut_status sweep_child_start(sweep_child *c, const char *log, const sweep_limits *limits,
                             sweep_isolate how, sweep_work_fn work, void *arg, double now,
                             lut_err *err);

/* The same with a program of its own: this one, called as "PROGRAM --run-trial OPERAND".
 * It has to hand OPERAND to sweep_child_serve at once, before it opens or starts anything.
 * order: what it is to do; text without NULs. */
lut_status sweep_child_spawn(sweep_child *c, const char *log, const sweep_limits *limits,
                             const char *order, double now, lut_err *err);

/* The work of such a program. */
typedef lut_status (*sweep_order_fn)(void *arg, const char *order, int out, lut_err *err);

/* In that program.  Returns the exit code. */
int sweep_child_serve(const char *operand, sweep_order_fn fn, void *arg);

/* Reads progress and enforces the limit.  True: it has ended and *end says how; the child
 * is gone then and *c free for another. */
bool sweep_child_poll(sweep_child *c, sweep_end *end, double now);

/* Ask it to keep what it has and leave; after `grace` seconds more it is killed.  What it
 * says then, and that it was killed, count as cancelled, not as failures. */
void sweep_child_save(sweep_child *c, double grace, double now);

/* Kill it with everything it started; sweep_child_poll tells when it is gone. */
void sweep_child_cancel(sweep_child *c);

#endif
