/* Between the files of the specification. */
#ifndef SWEEP_SPEC_IMPL_H
#define SWEEP_SPEC_IMPL_H

#include "sweep/spec_key.h"

/* A key with its value, found in the file or in a block, whatever group it was in. */
typedef struct sweep_entry {
    sweep_key key;
    sweep_node *node; /* borrowed from the tree */
} sweep_entry;

typedef struct sweep_entries {
    sweep_entry *entry; /* [n]; owned (free) */
    size_t n;
} sweep_entries;

/* All keys of a group in their order.  Unknown keys, keys said twice and, in a block, keys
 * of the whole sweep are reported; p may be NULL. */
lut_status sweep_entries_collect(sweep_entries *e, sweep_node *group, bool is_block,
                                 sweep_problems *p, lut_err *err);

/* Block i of the tree, or NULL behind the last one. */
sweep_node *sweep_tree_block(const sweep_node *root, size_t i);

/* KEY=VALUE: in place wherever the key occurs, else added at the top. */
lut_status sweep_override(sweep_node *root, const char *text, sweep_problems *p,
                          lut_err *err);

/* Is it KEY=VALUE of `strategy` or of the group `search`? */
bool sweep_override_searches(const char *text);

/* Append KEY = VALUE to a group: into the group of its plug-in, or flat. */
lut_status sweep_tree_put(sweep_node *group, const sweep_key *key, const sweep_node *value,
                          lut_err *err);

/* Canonical text of a value of the key's field; a refusal may repeat the value. */
lut_status sweep_value_text(char text[LUT_FIELD_TEXT], const sweep_node *n,
                            const sweep_key *key, lut_err *err);

/* "KEY = VALUE: what is wrong". */
void sweep_value_refuse(sweep_problems *p, const sweep_key *key, const sweep_node *n,
                        const char *why);

/* Axis of a key: canonical texts of its values, or a range where configurations are drawn.
 * *good: false when one was refused. */
lut_status sweep_axis_make(sweep_axis *axis, const sweep_entry *e, bool is_drawn,
                           bool *good, sweep_problems *p, lut_err *err);
void sweep_axis_fini(sweep_axis *axis);

/* Rows of the CSV file that search.file names become the blocks of the tree.
 * spec->list_path is set, and p->list, which borrows it. */
lut_status sweep_list_expand(sweep_spec *spec, sweep_node *root, sweep_problems *p,
                             lut_err *err);

/* Keys of the recipe that the tree names, where it does not say them itself; the name goes. */
lut_status sweep_recipe_expand(sweep_spec *spec, sweep_node *root, sweep_problems *p,
                               lut_err *err);

/* The whole of sweep_spec_parse but for telling the problems; *spec is NULL only where the
 * text could not be read at all. */
lut_status sweep_spec_make(sweep_spec **spec, const char *text,
                           const char *const *override, size_t noverrides,
                           sweep_problems *p, lut_err *err);

#endif
