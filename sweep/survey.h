/* How far a sweep is: from its results file and directory alone, whether it runs, died or is
 * complete.  Nothing is locked or written, and no record is opened that the journals tell
 * enough of (but for those whose rows were ended early: they may have gone on since), so it is
 * quick and disturbs nobody.
 */
#ifndef SWEEP_SURVEY_H
#define SWEEP_SURVEY_H

#include "sweep/cause.h"
#include "sweep/past.h"

/* Final statuses, in the order of the counts. */
enum { SWEEP_OK, SWEEP_DIVERGED, SWEEP_HALTED, SWEEP_PRUNED, SWEEP_FINALS };
extern const char *const sweep_final_names[SWEEP_FINALS];

/* A trial that was started and has neither ended nor been started again. */
typedef struct sweep_active {
    char key[SWEEP_KEY], since[SWEEP_UTC];
    uint32_t attempt, epoch; /* epoch: last one journalled, 0: none */
    int rank;
    bool last_run;           /* else an earlier run died with it */
} sweep_active;

/* A trial that has no final result and whose last attempt failed. */
typedef struct sweep_failed {
    char key[SWEEP_KEY];
    sweep_cause cause;
    uint32_t attempts;
    const char *log; /* borrowed from past */
} sweep_failed;

typedef struct sweep_survey {
    sweep_state state;
    bool has_folder, has_file;
    bool running;             /* somebody holds the lock */
    char who[128];            /* "host process" of the holder, or "" */
    sweep_past past;          /* the last run is the last of past.run; owned */
    char name[64];            /* of the sweep */
    char reason[24];          /* why the last run ended; "": it did not say */
    /* Trials of the last run's configuration; of the file's rows where there is no folder. */
    size_t total;
    size_t final[SWEEP_FINALS], finished; /* finished: their sum */
    size_t paused;            /* at a rung; no final result yet */
    size_t others;            /* final results of earlier configurations */
    size_t unmerged;          /* results of the folder that are no rows of the file yet */
    sweep_failed *failed;     /* [nfailed], by key; owned */
    size_t nfailed;
    sweep_active *active;     /* [nactive], by key; owned */
    size_t nactive;
    char best_key[SWEEP_KEY]; /* highest validation accuracy of the finished; "": none */
    double best;
    double seconds;           /* mean of the trials that the last run finished; NaN: none */
    double left;              /* expected seconds of what the running run has to do; NaN */
    uint64_t bytes;           /* of the folder, as the disk counts */
    size_t files;
} sweep_survey;

/* LUT_ENOENT: neither file nor folder. */
lut_status sweep_survey_make(sweep_survey *v, const char *file, lut_err *err);
void sweep_survey_fini(sweep_survey *v); /* accepts a zeroed struct */

/* Of the journal STAMP.RANK.jl. */
int sweep_survey_rank(const char *journal);
/* Whether it is of another run than the one before; stamp: of that, changed accordingly. */
bool sweep_survey_next_run(char stamp[SWEEP_STAMP], const char *journal);

/* "12 of 20 trials so far, running on HOST since TIME" or "12 of 20 trials, not finished:
 * run again to go on"; "" where nothing is left to do. */
char *sweep_survey_line(const sweep_survey *v, char *buf, size_t size);

#endif
