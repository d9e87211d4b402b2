/* What happened to one trial, from what is on the disk alone. */
#ifndef SWEEP_STORY_H
#define SWEEP_STORY_H

#include "sweep/survey.h"

/* From a start to what ended it. */
typedef struct sweep_episode {
    char started[SWEEP_UTC], ended[SWEEP_UTC]; /* "": not recorded */
    char host[64];                             /* "": not recorded */
    char end[12];                              /* DONE, FAIL, CANCEL, ...; "": none */
    char cause[16], status[16], log[256];
    uint32_t number, epoch;
    int rank, signal, exit_code;
    double seconds, valid_accuracy; /* NaN: not recorded */
    bool last_run;
} sweep_episode;

typedef struct sweep_story {
    char key[SWEEP_KEY];
    sweep_episode *attempt; /* [n], in the order of the journals; owned */
    size_t n;
    bool planned;           /* of the last run's configuration */
    bool has_result;
    bool paused;            /* at a rung, without a final result */
    uint32_t promoted;      /* rungs that it was let pass */
    uint32_t pruned;        /* the rung, from 1, at which it was given up; 0: it was not */
    sweep_result result;    /* where it has one; owned */
    char state[24];         /* finished, running, interrupted, failed, cancelled, paused,
                               waiting */
    char why[200];          /* in words */
} sweep_story;

/* The trial whose key starts with the digits of prefix.  LUT_ENOENT: none; LUT_EINVAL:
 * several, or no digits.  v: the survey of its file. */
lut_status sweep_story_read(sweep_story *s, const sweep_survey *v, const char *prefix,
                            lut_err *err);
void sweep_story_fini(sweep_story *s); /* accepts a zeroed struct */

#endif
