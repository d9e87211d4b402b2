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
 * keep rule are those of the first source's last run, the rule for Verilog that of the first
 * source which has one (where others differ the log says so); sweeps of different names are
 * refused (LUT_EBUSY).  What is known to be wrong with the Verilog of a row stays in /failures
 * until it is compared anew.  Call in a process without running trials.
 *
 * Of several results of a key a record beats a row, a final one a failure, and the first
 * source the others; but one that was ended early (pruned, stopped) gives way to one that
 * was not, or that ran for more epochs.  Other results that differ are a conflict: both are
 * told in /failures. */
lut_status sweep_merge(sweep_merged *m, const char *out, const char *const *file, size_t n,
                       lut_err *err);

/* The same with what a merge may need from outside. */
typedef struct sweep_merge_with {
    void (*alive)(void *arg); /* called before each row that is written; NULL: nobody waits */
    void *arg;
    const char *const *folder; /* where published results are looked for (sweep/baselines.h);
                                  where none has any, or they are damaged, those of the first
                                  source stay; NULL: likewise.  And data sets, whose rows go
                                  into benches of Verilog (sweep/emit.h) */
} sweep_merge_with;

lut_status sweep_merge_using(sweep_merged *m, const char *out, const char *const *file,
                             size_t n, const sweep_merge_with *with, lut_err *err);

/* What merging the one file would give now, in memory and without networks: reads alone, so
 * that a sweep that runs is not disturbed. */
lut_status sweep_merge_view(sweep_store **view, sweep_merged *m, const char *file,
                            lut_err *err);

#endif
