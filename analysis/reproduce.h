/* Are the rows of a results file obtained again?  A sample of its trials is trained anew, from
 * the file and the data sets alone, and every number compared bit by bit.
 *
 * The sample is stratified: by data set, parametrization, rank and cost (dear or cheap among
 * its likes), one row of each stratum before a second one of any, as many as are expected to
 * fit into the budget.  Which rows depends on the file, the budget, the threads and the seed
 * of the sample alone. */
#ifndef ANALYSIS_REPRODUCE_H
#define ANALYSIS_REPRODUCE_H

#include "sweep/run.h"
#include "sweep/store.h"

/* Changing it changes which rows a given budget chooses. */
enum { REPRODUCE_SEED = 1 };

typedef enum reproduce_verdict {
    REPRODUCE_AGREES,   /* all of the row, its history and its network where kept */
    REPRODUCE_DEVIATES,
    REPRODUCE_IMPOSSIBLE, /* other data, other numerics, or it cannot run here */
    REPRODUCE_LATE,     /* the time was up before its turn */
    REPRODUCE_VERDICTS
} reproduce_verdict;

extern const char *const reproduce_names[REPRODUCE_VERDICTS]; /* "agree", ... */

typedef struct reproduce_row {
    size_t row;      /* of the store */
    double expected; /* seconds, by what the file says of its training */
    reproduce_verdict verdict;
    double seconds;            /* that it took; NaN: it did not run */
    double stored, recomputed; /* test accuracy, percent; NaN: none */
    char why[240];             /* first difference, or the reason; "": agrees */
} reproduce_row;

typedef struct reproduce_job {
    const char *const *folder; /* of data sets, NULL-ended */
    lut_exec exec;
    const char *kernels;       /* kernel set, NULL: the best one */
    double budget;             /* seconds; 0: any */
    size_t sample;             /* rows at most; 0: any number */
    sweep_run_fn run;          /* sweep_run */
    /* Before a row (done false) and after it; left: seconds expected for all that is to
     * come.  NULL: nobody listens. */
    void (*tell)(void *arg, const struct reproduce_job *job, size_t i, bool done, double left);
    void *arg;
    /* What came out: */
    reproduce_row *row; /* [n] in the order they ran; owned */
    size_t n;
    size_t candidates, strata, covered; /* ok rows that could be chosen; their strata; those
                                           with a row in the sample */
    size_t count[REPRODUCE_VERDICTS];
} reproduce_job;

/* The sample alone: job->row with expected times.  LUT_ENOENT where no row fits. */
lut_status reproduce_plan(reproduce_job *job, sweep_store *s, lut_err *err);

/* Plan, then run.  Differences are no errors. */
lut_status reproduce_rows(reproduce_job *job, sweep_store *s, lut_err *err);

void reproduce_fini(reproduce_job *job);

#endif
