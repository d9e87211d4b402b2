/* The trials of a specification: number i is a pure function of the spec and i.
 *
 * Numbers run through the blocks in order, each a mixed-radix number over its axes, or over
 * its samples and its seeds where configurations are drawn (sweep/sample.h).  A space keeps only the numbers that count: not skipped, not a repetition (by key).
 */
#ifndef SWEEP_SPACE_H
#define SWEEP_SPACE_H

#include "sweep/spec.h"

typedef struct sweep_point {
    uint64_t number;      /* in the full product */
    char key[SWEEP_KEY];
    char training[SWEEP_KEY]; /* key of its training */
    double cost;          /* expected seconds, up to a constant */
    uint16_t group;       /* of parametrization and mapping: their costs are alike; below
                             SWEEP_GROUPS, the last one for all that are more */
    uint16_t stratum;     /* of group and rank */
    uint32_t epochs;
    double luts;
} sweep_point;

enum { SWEEP_GROUPS = 32 };

/* What was learnt of a data set while the space was built. */
typedef struct sweep_known_facts {
    char *dataset, *options; /* options of its reader; owned */
    char *why;               /* NULL, or why it cannot be had; owned */
    sweep_data_facts facts;
} sweep_known_facts;

/* More combinations are refused. */
#define SWEEP_MAX_COMBINATIONS ((uint64_t)1 << 24)

typedef struct sweep_space {
    const sweep_spec *spec; /* borrowed */
    uint64_t *first;        /* [nblocks] number of a block's first combination; owned */
    sweep_point *point;     /* [n], in the configuration's order; owned */
    size_t n;
    size_t skipped, repeated; /* combinations that were left out */
    sweep_known_facts *known; /* [nknown]; owned */
    size_t nknown;
} sweep_space;

/* Resolves and checks every combination; every distinct problem is reported once, through
 * problem, with the line that is at fault.  facts are asked once per data set. */
lut_status sweep_space_build(
    sweep_space *space,                    /* owned: sweep_space_fini */
    const sweep_spec *spec, const char *path,
    sweep_facts_fn facts, void *facts_arg,
    sweep_problem_fn problem, void *arg,
    lut_err *err                           /* "3 problems, nothing was started" */
);
void sweep_space_fini(sweep_space *space);

/* Text to spec and space in one go, so that all problems of both are told at once, in the
 * order of the file.  On failure *spec is NULL and the space empty. */
lut_status sweep_space_load(
    sweep_spec **spec,                     /* owned: sweep_spec_destroy, after the space */
    sweep_space *space,                    /* owned: sweep_space_fini */
    const char *path, const char *text,
    const char *const *override, size_t noverrides,
    sweep_facts_fn facts, void *facts_arg,
    sweep_problem_fn problem, void *arg,
    lut_err *err                           /* "3 problems, nothing was started" */
);

/* Trial i < n of the space, resolved.  facts as given to build; asked only for a data set
 * that build did not see. */
lut_status sweep_space_trial(const sweep_space *space, sweep_trial *t, size_t i,
                             sweep_facts_fn facts, void *facts_arg, lut_err *err);

#endif
