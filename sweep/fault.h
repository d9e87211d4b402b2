/* Faults on demand: a place in the program dies, hangs or fails when a test says so.
 *
 * With configure --enable-fault-injection,
 *
 *   LUTSWEEP_FAULT=SITE:NTH:ACTION[,SITE:NTH:ACTION ...]
 *
 * lets the NTH pass through SITE (from 1; "3+": the third and all later ones) do ACTION:
 *
 *   kill, segv, abort   the process dies by SIGKILL, SIGSEGV, SIGABRT
 *   exitN               it leaves with that exit code, without cleaning up
 *   stop                SIGSTOP: it stands still until somebody sends SIGCONT
 *   hang                it sleeps for ever
 *   sleepS              it sleeps S seconds, then goes on
 *   memory              it allocates until there is no more; ENOMEM where there is a limit
 *   enospc, eio         the site fails with that errno
 *
 * Passes are counted per process, a forked one going on from its parent's count.
 * LUTSWEEP_FAULT_COUNT=PATH counts over all processes: each pass appends a byte to
 * PATH.SITE, and its offset is the number.  LUTSWEEP_FAULT_LOG=FILE gets a line
 * "SITE NTH ACTION PID UTC" before the action.
 *
 * Without the option nothing of this is compiled, and SWEEP_FAULT is the constant 0.
 */
#ifndef SWEEP_FAULT_H
#define SWEEP_FAULT_H

#include "lib/base/status.h"

#ifdef SWEEP_FAULT_INJECTION

/* 0, or an errno to pretend; does not return where the process is to end. */
int sweep_fault(const char *site);

/* The site of a file on its way to the disk: "record-STEP" for PATH = KEY.rec, likewise
 * rung, checkpoint; "plan-STEP" for a run's texts; "merge-STEP" for any other name. */
int sweep_fault_file(const char *path, const char *step);

/* The same with a message: LUT_OK, LUT_ENOMEM or LUT_EIO. */
lut_status sweep_fault_check(const char *site, lut_err *err);

#define SWEEP_FAULT(site)            sweep_fault(site)
#define SWEEP_FAULT_FILE(path, step) sweep_fault_file(path, step)
#define SWEEP_FAULT_CHECK(site, err) sweep_fault_check(site, err)

#else

#define SWEEP_FAULT(site)            0
#define SWEEP_FAULT_FILE(path, step) 0
#define SWEEP_FAULT_CHECK(site, err) LUT_OK

#endif
#endif
