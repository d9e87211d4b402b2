/* `strategy`, the group `search`, and limits of trials: what their texts mean. */
#ifndef SWEEP_SPEC_SEARCH_H
#define SWEEP_SPEC_SEARCH_H

#include "sweep/spec_impl.h"
#include "sweep/units.h"

/* Fields of the group search, offsets in sweep_search. */
enum {
    SWEEP_SEARCH_SOURCE,
    SWEEP_SEARCH_SAMPLES,
    SWEEP_SEARCH_SEED,
    SWEEP_SEARCH_ETA,
    SWEEP_SEARCH_MIN_EPOCHS,
    SWEEP_SEARCH_LUTS_WEIGHT,
    SWEEP_SEARCH_FILE,
    SWEEP_SEARCH_FIELDS
};
extern const lut_field sweep_search_fields[SWEEP_SEARCH_FIELDS];

/* Known names, else a message with the nearest one. */
lut_status sweep_strategy_check(const char *name, lut_err *err);
lut_status sweep_source_check(const char *name, lut_err *err);

/* Source and strategy from the keys at the top.  What the choice has no use for is refused,
 * unless the choice came from the command line and the rest from the file: then it is dropped
 * from the tree, whose text is to be read again. */
void sweep_search_settle(sweep_search *s, sweep_node *root, const sweep_entries *top,
                         sweep_problems *p);

/* Does the tree ask for a list of trials?  Before anything was checked. */
bool sweep_search_lists(const sweep_node *root);

/* Its rows are blocks of the tree by now: nothing says list any more. */
void sweep_search_unlist(sweep_node *root);

#endif
