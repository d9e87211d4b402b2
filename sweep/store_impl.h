/* What the files of the store share. */
#ifndef SWEEP_STORE_IMPL_H
#define SWEEP_STORE_IMPL_H

#include "sweep/store.h"
#include "sweep/store_table.h"

#define SWEEP_STORE_FORMAT "lutsweep"
enum { SWEEP_STORE_VERSION = 1 }; /* format_version; raised when the layout changes */

/* A row of /history. */
typedef struct sweep_store_epoch {
    uint32_t trial; /* row index */
    sweep_epoch epoch;
} sweep_store_epoch;

/* Columns of each table. */
void sweep_store_trials(sweep_table *t);
void sweep_store_timing(sweep_table *t);
void sweep_store_history(sweep_table *t);
void sweep_store_failure(sweep_table *t);
void sweep_store_baselines(sweep_table *t);
void sweep_store_runs(sweep_table *t); /* /provenance */

/* Data sets of the rows. */
typedef struct sweep_store_sets {
    char (*name)[64]; /* [n]; owned (free) */
    size_t n;
} sweep_store_sets;

lut_status sweep_store_note_set(sweep_store_sets *s, const char *dataset, lut_err *err);

/* Published rows of these data sets: how many, to be measured; written, with the digest of
 * the file that they are from as an attribute; read.  b may be NULL to write. */
size_t sweep_store_measure_baselines(sweep_table *t, const sweep_store_sets *s,
                                     const sweep_baselines *b);
lut_status sweep_store_put_baselines(sweep_table *t, const sweep_store_sets *s,
                                     const sweep_baselines *b, lut_err *err);
lut_status sweep_store_get_baselines(sweep_baselines *b, hid_t file, lut_err *err);

/* /columns: every column of these tables. */
lut_status sweep_store_put_columns(hid_t file, const sweep_table *const *table,
                                   size_t n, lut_err *err);

/* What decides whether a network is kept. */
typedef struct sweep_candidate {
    bool has_network;
    double valid_accuracy, luts;
    size_t bytes; /* about, in the file */
    char key[SWEEP_KEY];
} sweep_candidate;

size_t sweep_store_bytes(const sweep_result *r); /* estimate for a candidate */

/* keep[n]: true where the policy of store.md keeps it.  Validation accuracy only: the
 * test split selects nothing.  LUT_EINVAL for text that is no policy. */
lut_status sweep_store_keep(bool *keep, const sweep_candidate *c, size_t n,
                            const char *text, lut_err *err);

/* The group /trial/<key>; trials: the group /trial. */
lut_status sweep_store_put_trial(hid_t trials, const sweep_result *r, lut_err *err);

/* A file that is open, to be read as path; owned, closed also on failure. */
lut_status sweep_store_adopt(sweep_store **s, hid_t file, const char *path, lut_err *err);

/* Fills the network and the log of *r. */
lut_status sweep_store_get_trial(hid_t trials, sweep_result *r, lut_err *err);

#endif
