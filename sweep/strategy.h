/* Which trials go on: pure decisions from what is known of them.
 *
 * A trial climbs rungs: at each it pauses after so many epochs, and goes on only when it is
 * among the best max(1, floor(n / eta)) of the n that reached its rung.  "grid" has no
 * rungs.  "halving" decides when a rung is complete; "hyperband" runs several halvings that
 * start at different rungs, each with a share of the trials; both depend on scores alone,
 * not on the order in which they come.  "asha" lets a trial go on as soon as it is among
 * the best floor(n / eta) of those told so far, so its decisions depend on that order: who
 * calls writes them down and gives them back (sweep_strategy_restore).
 *
 * Trials compete with those of as many epochs; a sweep over several numbers of epochs has a
 * race for each.  Rungs of a trial of E epochs: E / eta^k, rounded up, from min_epochs on.
 * Hyperband, with s_max rungs: bracket s = s_max .. 0 has the last s of them and a share of
 * the trials in proportion to n_s = ceil((s_max + 1) / (s + 1) * eta^s) (algorithm 1 of its
 * paper); which one a trial is in depends on its key and the seed alone, so adding trials
 * moves none.
 *
 * Score: valid_accuracy (percent) - luts_weight * log10(luts); NaN is below everything; ties
 * go to the lower number.  Sources: K. Jamieson, A. Talwalkar, AISTATS 2016 (halving); L. Li
 * et al., JMLR 18 (2018) (hyperband); L. Li et al., MLSys 2020 (asha).
 */
#ifndef SWEEP_STRATEGY_H
#define SWEEP_STRATEGY_H

#include "lib/base/status.h"

enum { SWEEP_RUNGS = 16 };

typedef struct sweep_strategy sweep_strategy;

typedef struct sweep_strategy_cfg {
    const char *name;    /* grid, halving, hyperband, asha */
    uint32_t eta;        /* >= 2 */
    uint32_t min_epochs; /* >= 1, of the lowest rung */
    double luts_weight;  /* percentage points for ten times the LUTs */
    uint64_t seed;       /* which trials share a bracket */
    size_t n;            /* trials */
    const uint32_t *epochs; /* [n] of the whole training; copied */
    const double *luts;     /* [n]; copied; NULL where luts_weight is 0 */
    const char (*key)[17];  /* [n] keys: brackets are drawn by key; copied or not kept */
} sweep_strategy_cfg;

/* LUT_ENOENT: no strategy of that name. */
lut_status sweep_strategy_create(sweep_strategy **s, const sweep_strategy_cfg *cfg,
                                 lut_err *err);
void sweep_strategy_destroy(sweep_strategy *s); /* accepts NULL */

/* Decisions are the same whatever the order in which scores come. */
bool sweep_strategy_ordered(const sweep_strategy *s);

/* Rungs of trial i: epochs after which it pauses, ascending, all below its full number of
 * epochs.  Returns how many; 0: it runs to its end at once. */
size_t sweep_strategy_rungs(const sweep_strategy *s, uint32_t rung[SWEEP_RUNGS], size_t i);

/* Before any tell: an earlier run promoted trial i past its first `rungs` rungs, which is
 * decided again as soon as it is told there.  Does nothing where sweep_strategy_ordered:
 * there the same scores give the same decisions. */
void sweep_strategy_restore(sweep_strategy *s, size_t i, size_t rungs);

/* Trial i has arrived at its rung number `rung` (from 0) with this best validation accuracy
 * of the epochs so far; NaN: it failed or diverged, and will not go on.  A trial that ended
 * early, or in an earlier run, arrives at all of its rungs, one call each; one that failed
 * between rungs r and r + 1, or was pruned at r by an earlier run, arrives at r + 1 with NaN,
 * or others might wait for it for ever.
 * Told twice: the first counts.  Tell all that is known before the next decide, which
 * takes what was told in between as one; what it restored comes first. */
void sweep_strategy_tell(sweep_strategy *s, size_t i, size_t rung, double valid_accuracy);

/* Nothing runs or waits any more, nor will: what is undecided is pruned.  (Without trials
 * that were never told there is nothing to do: rungs complete by themselves.) */
void sweep_strategy_close(sweep_strategy *s);

typedef struct sweep_decision {
    size_t i;
    size_t rung;  /* at which it stood */
    bool prune;   /* else it goes on: to its next rung, or to its end */
} sweep_decision;

/* The next decision, at most one for a trial and rung; false: none for now.  A trial that
 * failed gets none.  One that ended already may get one, which changes nothing for it. */
bool sweep_strategy_decide(sweep_strategy *s, sweep_decision *d);

#endif
