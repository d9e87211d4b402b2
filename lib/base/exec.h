/* Threads inside a trial: the one place that knows OpenMP.
 *
 * A process that forks trainers must never call lut_for with more than one thread: a
 * child of such a process hangs in its first parallel region (GNU libgomp). */
#ifndef LUT_BASE_EXEC_H
#define LUT_BASE_EXEC_H

#include "lib/base/base.h"

typedef struct lut_exec {
    unsigned threads; /* 1 .. 256; results never depend on it */
} lut_exec;

/* Part i of the work; must not depend on which thread runs it, nor write what another
 * part reads or writes. */
typedef void (*lut_for_fn)(void *arg, size_t i);

/* fn(arg, i) for i = 0 .. n - 1, each exactly once, in any order, then return. */
void lut_for(const lut_exec *exec, size_t n, lut_for_fn fn, void *arg);

#endif
