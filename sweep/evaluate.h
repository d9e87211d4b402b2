/* The discrete network of a trial on its test split, and what a process notes of itself. */
#ifndef SWEEP_EVALUATE_H
#define SWEEP_EVALUATE_H

#include "lib/net/backend.h"
#include "sweep/run.h"

/* test_accuracy, confusion and `correct` of r->circuit on s, whose bits are its inputs; what
 * was there of them goes.  kernels: as for lut_circuit_accuracy_on.  r->classes is set. */
lut_status sweep_evaluate_test(sweep_result *r, const lut_samples *s, const char *kernels,
                               lut_err *err);

/* Start, host, threads and kernel set; then, at the end, the memory. */
void sweep_note_start(sweep_timing *t, const sweep_lab *lab, const lut_backend *backend);
void sweep_note_memory(sweep_timing *t);

/* The kernel set of the lab; NULL: not in this build or not of this machine. */
const lut_backend *sweep_lab_backend(const sweep_lab *lab, lut_err *err);

/* One line more in the result's log. */
lut_status sweep_note_line(sweep_result *r, const char *line, lut_err *err);

#endif
