/* Does a results file say what is true?  Everything that can be computed again is: keys from
 * the rows' fields and the digests of their data, what a network's own numbers must agree in,
 * accuracies of a sample of networks from their thresholds, wiring and tables, histories,
 * and the folder of the sweep where it is still there.  Reads alone. */
#ifndef ANALYSIS_VERIFY_H
#define ANALYSIS_VERIFY_H

#include "sweep/run.h"
#include "sweep/store.h"

typedef enum verify_kind {
    VERIFY_KEYS,
    VERIFY_ROWS,
    VERIFY_HISTORY,
    VERIFY_TIMING,
    VERIFY_NETWORKS,
    VERIFY_ACCURACIES,
    VERIFY_RECORDS,
    VERIFY_JOURNALS,
    VERIFY_KINDS
} verify_kind;

extern const char *const verify_names[VERIFY_KINDS]; /* "keys", ... */
extern const char *const verify_docs[VERIFY_KINDS];  /* what each compares */

typedef struct verify_check {
    size_t checked, differ; /* differ: rows, networks, ... of those checked */
    size_t skipped;
    char why[240];          /* of the last that was skipped; "": none */
} verify_check;

/* One difference.  key: of the trial, or the name of a journal; stored, recomputed: in
 * words or numbers. */
typedef void (*verify_fn)(void *arg, verify_kind kind, const char *key, const char *column,
                          const char *stored, const char *recomputed);

typedef struct verify_job {
    const char *const *folder; /* where data sets are, NULL-ended */
    size_t sample;             /* networks whose accuracies are recomputed; SIZE_MAX: all */
    lut_exec exec;
    verify_fn fn;
    void *arg;
    /* What came out: */
    verify_check check[VERIFY_KINDS];
    bool damaged; /* something cannot be read at all */
} verify_job;

/* LUT_ENOENT, LUT_EFORMAT: no such file, or none that can be looked at.  Differences are no
 * errors. */
lut_status report_verify(verify_job *v, const char *path, lut_err *err);

#endif
