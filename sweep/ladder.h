/* Trials that climb the same rungs together; what sweep/strategy.h decides, one ladder.
 *
 * At a rung of n arrivals the best max(1, floor(n / eta)) that did not fail go on, once all
 * that can still arrive are there; the others are pruned.  An eager ladder lets a trial go
 * on as soon as it is among the best floor(n / eta) of those that are there (asha).
 * Scores: the larger the better, ties go to the lower member, NaN has failed.
 *
 * Arrivals cost O(log n) each, a decision O(1) amortised.
 */
#ifndef SWEEP_LADDER_H
#define SWEEP_LADDER_H

#include "sweep/strategy.h"

typedef struct sweep_rung {
    uint32_t due;         /* members that are here or were let up to here */
    uint32_t told;        /* of which have arrived, failed ones included */
    uint32_t top, rest;   /* of which are among the best, and are not; failed in neither */
    uint32_t fresh;       /* came among the best since they were last looked at */
    bool complete;        /* nobody else can come, and what follows is decided */
} sweep_rung;

typedef struct sweep_step {
    uint32_t i;
    uint8_t rung;
    bool prune;
} sweep_step;

/* Planes are [rungs][n]. */
typedef struct sweep_ladder {
    uint32_t n, rungs, eta;
    bool eager;
    double *score;
    uint8_t *flags;
    uint8_t *level;       /* [n] at which rung a member is; rungs: past them all */
    uint32_t *heap;       /* the best from the left, the worst of them first; the rest from
                             the right, the best of them first */
    uint32_t *fresh;
    sweep_step *queue;    /* [rungs * n], `first` .. `last` are not yet given out */
    size_t first, last;
    sweep_rung rung[SWEEP_RUNGS];
} sweep_ladder;

/* rungs from 1 to SWEEP_RUNGS. */
lut_status sweep_ladder_init(sweep_ladder *l, uint32_t n, uint32_t rungs, uint32_t eta,
                             bool eager, lut_err *err);
void sweep_ladder_fini(sweep_ladder *l);

/* As the functions of sweep/strategy.h; trials are members 0 .. n - 1. */
void sweep_ladder_restore(sweep_ladder *l, uint32_t i, uint32_t rungs);
void sweep_ladder_tell(sweep_ladder *l, uint32_t i, uint32_t rung, double score);
void sweep_ladder_close(sweep_ladder *l);
bool sweep_ladder_decide(sweep_ladder *l, sweep_decision *d);

#endif
