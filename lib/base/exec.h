/* Threads inside a trial: the one place that knows OpenMP.
 *
 * A team is a number of threads of which one works and the others wait for its loops.  It is
 * opened once for many loops (lut_team_run): a loop then costs well under a microsecond on
 * cores that nobody else wants, and where somebody does, a thread of the team that is not
 * running holds nobody up.
 *
 * A process that forks trainers must never open a team of more than one thread, by
 * lut_team_run or by lut_for: a child of such a process hangs in its first parallel region
 * (GNU libgomp). */
#ifndef LUT_BASE_EXEC_H
#define LUT_BASE_EXEC_H

#include "lib/base/base.h"

enum { LUT_MAX_THREADS = 256 };

typedef struct lut_exec {
    unsigned threads;      /* 1 .. LUT_MAX_THREADS; results never depend on it */
    struct lut_team *team; /* that is open; NULL: none.  Borrowed until its body returns */
} lut_exec;

/* inside: what loops of the body are to be called with.  Whoever copies it, a work space
 * for example, must be gone before the body returns. */
typedef void (*lut_team_fn)(void *arg, const lut_exec *inside);

/* body(arg, inside) on the calling thread, with a team for its loops; by itself where one
 * thread is asked for, or where exec has a team already.  body may take long between loops:
 * those who wait soon sleep. */
void lut_team_run(const lut_exec *exec, lut_team_fn body, void *arg);

/* Part i of the work; must not depend on which thread runs it, nor write what another
 * part reads or writes. */
typedef void (*lut_for_fn)(void *arg, size_t i);

/* fn(arg, i) for i = 0 .. n - 1, n < 2^32, each exactly once, in any order, then return.
 * By the team's threads: only the body of the team and parts of its loops may call it, and
 * in a part it is a plain loop.  Without a team one is opened for this call, which takes
 * tens of microseconds where cores are free, and waits for each thread where they are
 * not. */
void lut_for(const lut_exec *exec, size_t n, lut_for_fn fn, void *arg);

#endif
