/* A sweep's specification from configuration text: the only user of libconfig.
 *
 * Validation is complete before anything runs and reports every problem, each as one line
 * "file:line: key = value: what is wrong, what was expected".  The text itself, not the
 * path, is parsed, sent to other ranks and stored; rows of a list are part of it, as blocks.
 * A spec is immutable after creation.
 */
#ifndef SWEEP_SPEC_H
#define SWEEP_SPEC_H

#include "sweep/range.h"
#include "sweep/trial.h"

/* One key of a block with its values. */
typedef struct sweep_axis {
    const lut_field *field;   /* trial field; NULL: an option of a plug-in */
    char option[96];          /* "dwn.alpha" where field is NULL */
    char **value;             /* [n] canonical texts; owned by the spec */
    size_t n;                 /* 0: any value of the range */
    sweep_range range;
    int line;                 /* in the text; 0: command line or default */
} sweep_axis;

/* A block is the product of its axes; the last axis varies fastest.  Where configurations
 * are drawn it is the product of its share of the samples and its seeds. */
typedef struct sweep_block {
    sweep_axis *axis;
    size_t naxes;
    int line;
    bool broken;              /* values were refused: its trials are not looked at */
} sweep_block;

/* `strategy` and the group `search`. */
typedef struct sweep_search {
    char source[16];    /* where trials come from: grid, list, random, sobol, latin */
    char strategy[16];  /* which of them go on: grid (all), halving, hyperband, asha */
    uint32_t samples;   /* of random, sobol and latin; 0 of others */
    uint32_t seed;      /* of the same, and of the brackets of hyperband */
    uint32_t eta;       /* one of so many trials goes on to the next rung */
    uint32_t min_epochs; /* of the lowest rung */
    double luts_weight; /* percentage points of accuracy that ten times the LUTs must bring */
    char file[512];     /* of list, as given; its rows are blocks of the spec and of its text */
} sweep_search;

typedef struct sweep_spec {
    char name[64];
    char *text;               /* configuration after overrides, as stored in /config */
    sweep_block *block;
    size_t nblocks;
    char *skip;               /* condition, or NULL */
    int skip_line;            /* as line of an axis */
    char keep[32];            /* all, pareto, best:N, none; "" when not said */
    char hw_emit[32];         /* none, all, pareto, best:N */
    char hw_verify[16];       /* none, simulate */
    double hw_rows;           /* of the test split in each bench */
    char order[16];           /* longest, config, random */
    char data_path[512];      /* "" when not said */
    sweep_search search;
    char *list_path;          /* of search.file for messages; NULL: none; owned */
    const struct sweep_recipe *recipe; /* that the keys started from; NULL: none; static */
    double trial_time;        /* seconds a trial may take; 0: no limit */
    double trial_memory;      /* bytes of its own a trial may have; 0: no limit */
} sweep_spec;

/* Called once per problem with a finished line (no newline, no program name). */
typedef void (*sweep_problem_fn)(void *arg, const char *line);

/* Facts about a data set that validation needs.  options: the trial's reader options as
 * text. */
typedef lut_status (*sweep_facts_fn)(void *arg, sweep_data_facts *out, const char *dataset,
                                     const char *options, lut_err *err);

/* Parse text (of the file called path in messages) with KEY=VALUE overrides. */
lut_status sweep_spec_parse(
    sweep_spec **spec,                       /* owned: sweep_spec_destroy */
    const char *path, const char *text,
    const char *const *override, size_t noverrides,
    sweep_problem_fn problem, void *arg,
    lut_err *err                             /* "3 problems, nothing was started" */
);
void sweep_spec_destroy(sweep_spec *spec);

/* data_path alone, "" when it is not said or cannot be read; silent.  For whoever has to
 * know where data are before the whole is checked (sweep_space_load). */
void sweep_spec_data_path(char path[512], const char *text, const char *const *override,
                          size_t noverrides);

/* Every key with type, unit, range, default and one line of help, options of plug-ins
 * included: what --keys prints.  Calls fn once per line. */
void sweep_spec_keys(void (*fn)(void *arg, const char *line), void *arg);

/* Every recipe with source, figures and keys: what --recipes prints. */
lut_status sweep_spec_recipes(void (*fn)(void *arg, const char *line), void *arg,
                              lut_err *err);
lut_status sweep_spec_recipe(const struct sweep_recipe *r,
                             void (*fn)(void *arg, const char *line), void *arg, lut_err *err);

/* Every plug-in of every family with its one line of help: what --list prints. */
void sweep_spec_list(void (*fn)(void *arg, const char *line), void *arg);

#endif
