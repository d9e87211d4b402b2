/* RESULTS.h5 from what is on the disk: records, journals, and the file that was there. */
#ifndef SWEEP_MERGE_H
#define SWEEP_MERGE_H

#include "sweep/state.h"
#include "sweep/store.h"

typedef struct sweep_merged {
    size_t rows, failed;  /* in the file; of them not final */
    size_t unequal;       /* networks whose Verilog could not be made or is not equal to them;
                             /failures tells why */
    size_t conflicts;     /* keys of which /failures tells that their results differ, those
                             that an earlier merge or run found too */
} sweep_merged;

/* Write out from the sources, each a results file's name: its state directory where there
 * is one, and the file itself where it exists.  Rows come in the order of the newest
 * configuration of the first source, then the next, then by key.  Name, configuration and
 * keep rule are those of the first source's last run; sweeps of different names are
 * refused (LUT_EBUSY).  Call in a process without running trials.
 *
 * Of several results of a key a record beats a row, a final one a failure, and the first
 * source the others; but one that was ended early (pruned, stopped) gives way to one that
 * was not, or that ran for more epochs.  Other results that differ are a conflict: both are
 * told in /failures. */
lut_status sweep_merge(sweep_merged *m, const char *out, const char *const *file, size_t n,
                       lut_err *err);

/* The same; folder: where data sets are looked for, whose rows go into benches of Verilog
 * (sweep/emit.h), NULL: nowhere; alive, with its argument, is called before each row. */
lut_status sweep_merge_while(sweep_merged *m, const char *out, const char *const *file,
                             size_t n, const char *const *folder, void (*alive)(void *arg),
                             void *arg, lut_err *err);

/* What merging the one file would give now, in memory and without networks: reads alone, so
 * that a sweep that runs is not disturbed. */
lut_status sweep_merge_view(sweep_store **view, sweep_merged *m, const char *file,
                            lut_err *err);

#endif
