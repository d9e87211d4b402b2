/* lutsweep's parts: one function per job of the command line. */
#ifndef DRIVERS_LUTSWEEP_H
#define DRIVERS_LUTSWEEP_H

#include "drivers/cli.h"
#include "sweep/farm.h"
#include "sweep/space.h"

/* The command line, as given. */
typedef struct lutsweep_args {
    const char *out, *workers, *threads, *retry, *max_fails, *order, *part, *isolate;
    const char *checkpoint_every, *time_limit, *beat, *output;
    const char *dry_run, *status, *explain, *merge, *clean, *keys, *list, *recipes, *simulate;
    char **operand;  /* [noperands] */
    size_t noperands;
    char *command;   /* all of it on one line; owned */
    double begun;    /* when this program began, as sweep_transport_now */
} lutsweep_args;

/* The same, checked; what needs no configuration. */
typedef struct lutsweep_settings {
    unsigned slots, threads, retry;
    size_t max_fails;
    uint32_t checkpoint_every; /* 0: none are written */
    unsigned part, parts; /* 0 .. parts - 1 */
    sweep_isolate isolate;
    bool has_order;
    sweep_order order;
    double time_limit;  /* seconds from the program's start; INFINITY: none */
    double beat;        /* seconds from one sign of life of a rank to the next */
    char data[512];       /* data_path of the configuration */
} lutsweep_settings;

/* Seconds before the end of a limit at which running trials are told to leave: an epoch, a
 * checkpoint and the writing of the results file have to fit. */
double lutsweep_margin(double limit);

/* False after a message. */
bool lutsweep_settings_read(lutsweep_settings *s, const lutsweep_args *a, bool ranks);

/* Where data sets are looked for; data: data_path of the configuration or "". */
void lutsweep_lab(sweep_lab *lab, const lutsweep_settings *s, const char *cache);

/* A validated configuration with its trials. */
typedef struct lutsweep_job {
    sweep_spec *spec;
    sweep_space space;
    sweep_lab lab;
    /* Trials of this part: first those that train, one for each training key, then those that
     * share the training of one of them; both in the configuration's order. */
    size_t *number;         /* index into the space */
    char (*key)[SWEEP_KEY], (*training)[SWEEP_KEY];
    double *cost, *luts;
    uint16_t *group, *stratum;
    uint32_t *epochs;
    size_t *primary;        /* the first trial of its training key */
    bool *derived;          /* it is not that */
    size_t *listed;         /* [n] the trials in the configuration's order */
    size_t n, ranked;       /* ranked: how many train */
} lutsweep_job;

/* Prints every problem; returns CLI_OK or the exit code. */
int lutsweep_job_open(lutsweep_job *j, lutsweep_settings *s, const lutsweep_args *a);
void lutsweep_job_close(lutsweep_job *j);
lut_status lutsweep_job_trial(void *job, sweep_trial *t, char digest[SWEEP_DIGEST], size_t i,
                              lut_err *err);
/* What `strategy` asks for; NULL: every trial runs to its end.  Owned. */
lut_status lutsweep_job_strategy(sweep_strategy **s, const lutsweep_job *j, lut_err *err);
/* "optdigits:0123456789abcdef ..."; owned (free), NULL without memory. */
char *lutsweep_job_digests(const lutsweep_job *j);
/* Name of the results file. */
void lutsweep_job_file(const lutsweep_job *j, const lutsweep_args *a, char out[SWEEP_ROOT]);

/* Jobs; each returns the exit code. */
int lutsweep_run(const lutsweep_args *a, sweep_transport *t);
int lutsweep_dry_run(const lutsweep_args *a);
int lutsweep_status(const lutsweep_args *a);
int lutsweep_explain(const lutsweep_args *a);
int lutsweep_merge(const lutsweep_args *a);
/* --merge of several: a word for each neighbour in name that has a folder and was not named. */
void lutsweep_tell_parts(const lutsweep_args *a);
int lutsweep_clean(const lutsweep_args *a);
int lutsweep_simulate(const lutsweep_args *a);

/* text (where nothing is given) or json; false after a message. */
bool lutsweep_output(bool *json, const char *output);

/* Progress on stderr. */
typedef struct lutsweep_screen {
    bool terminal, drawn;
    double printed; /* elapsed seconds of the last plain line */
} lutsweep_screen;

void lutsweep_screen_init(lutsweep_screen *s);
void lutsweep_screen_show(void *screen, const sweep_progress *p);
void lutsweep_screen_clear(lutsweep_screen *s);

/* The best trials of a results file, its name, and what to do next. */
lut_status lutsweep_print_best(const char *file, lut_err *err);

#endif
