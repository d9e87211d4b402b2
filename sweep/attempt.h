/* One attempt at a trial in a process of its own: what it needs, what it does, and all of it
 * as text for a program that is started for it. */
#ifndef SWEEP_ATTEMPT_H
#define SWEEP_ATTEMPT_H

#include "sweep/child.h"
#include "sweep/run.h"
#include "sweep/state.h"

/* Everything borrowed; until the child is gone. */
typedef struct sweep_attempt {
    const sweep_state *state;
    const sweep_lab *lab; /* its until and leave are of no account: see below */
    sweep_run_fn run;     /* not in the text */
    int rank;             /* that makes it */
    uint32_t attempt;     /* from 1 */
    uint32_t until;       /* pause behind this epoch; 0: never */
    char key[SWEEP_KEY], digest[SWEEP_DIGEST];
    char base[SWEEP_KEY]; /* of a trial whose final result, where it can be had, has this
                             one's training; "": none */
    bool needs_base;      /* is not to be trained where that cannot be had: a strategy has
                             decided where the training ends, and only the base knows */
    sweep_trial trial;
} sweep_attempt;

/* What a child ends with whose trial has another result already; nothing else does. */
static const lut_status sweep_attempt_conflict = LUT_EBUSY;

/* Whether a child that ended with this status lacked its base: the disk's fault, and to be tried
 * again. */
bool sweep_attempt_lacks_base(const sweep_attempt *a, lut_status st);

/* In a child; arg: the sweep_attempt.  Derives the trial from the record of its base, or,
 * where that cannot be had, runs it (LUT_ENOENT: it needs the base), tells its epochs, leaves when it is
 * asked to (sweep_child_save), and writes the record: final, or that of a pause.  A final
 * one ends the use of the checkpoint. */
lut_status sweep_attempt_work(void *arg, int out, lut_err *err);

/* What it left: a final record, or that of a pause at `until` or behind it; that of an
 * earlier pause is none of its own.  *r is owned.  LUT_ENOENT: nothing. */
lut_status sweep_attempt_result(const sweep_attempt *a, sweep_result *r, lut_err *err);

/* Starts it as a child, with a log of its own. */
lut_status sweep_attempt_start(sweep_child *c, const sweep_attempt *a,
                               const sweep_limits *limits, sweep_isolate how, double now,
                               lut_err *err);

/* In a program that was started for it (sweep_child_spawn).  Returns the exit code. */
int sweep_attempt_serve(const char *operand, sweep_run_fn run);

/* "name=value" pairs as in journals; owned (free).  LUT_EINVAL: names of files that are too
 * long for it. */
lut_status sweep_attempt_text(char **text, const sweep_attempt *a, lut_err *err);

/* The inverse.  *a is owned and holds all that it points to (free).  LUT_EFORMAT: no such
 * text. */
lut_status sweep_attempt_parse(sweep_attempt **a, const char *text, lut_err *err);

#endif
