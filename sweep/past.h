/* What the journals of a state directory tell: attempts, failures, runs. */
#ifndef SWEEP_PAST_H
#define SWEEP_PAST_H

#include "sweep/cause.h"
#include "sweep/state.h"
#include "sweep/store.h"

typedef struct sweep_past_trial {
    char key[SWEEP_KEY];
    uint32_t attempts;
    uint32_t promoted; /* epochs of the last rung that it was let pass; 0: none */
    size_t failure; /* the last one, index into sweep_past.failure; SIZE_MAX: none */
} sweep_past_trial;

/* A result that was journalled. */
typedef struct sweep_past_done {
    char key[SWEEP_KEY], hash[SWEEP_KEY], status[16];
    uint32_t attempt;
    double valid_accuracy;
} sweep_past_done;

typedef struct sweep_past {
    sweep_past_trial *trial;  /* [ntrials], by key; owned */
    size_t ntrials;
    sweep_past_done *done;    /* [ndone], by key, different results of one key apart; owned */
    size_t ndone;
    sweep_failure *failure;   /* [nfailures], in the order of events, then the conflicts: every
                                 result of a key that has several; owned */
    char **text;              /* [nfailures] canonical text of the trial; owned */
    size_t nfailures;
    sweep_provenance *run;    /* [nruns], in the order of their start; owned */
    size_t nruns;
    char name[64], keep[32];  /* sweep name and keep rule of the last run; "" where none */
    sweep_hardware_rule hw;   /* of the last run; emit "" where none */
    char last[SWEEP_STAMP];   /* stamp of the last run; "" where none */
    size_t trials;            /* of the last run; 0: it does not say */
    double workers;           /* of each of its ranks; 0 likewise */
} sweep_past;

lut_status sweep_past_read(sweep_past *p, const sweep_state *s, lut_err *err);

/* The same for one who reads the journals for himself: every entry (a sweep_entry_fn; past:
 * zeroed before the first), then the end. */
lut_status sweep_past_take(void *past, const sweep_entry *e, lut_err *err);
lut_status sweep_past_end(sweep_past *p, const sweep_state *s, lut_err *err);

void sweep_past_fini(sweep_past *p);

/* NULL: never started. */
const sweep_past_trial *sweep_past_find(const sweep_past *p, const char *key);

#endif
