/* Rows as settings and seeds: a setting is what a trial was told apart from its seed, and its
 * rows differ in the seed alone.  What statistics of knobs begin with. */
#ifndef ANALYSIS_SETTINGS_H
#define ANALYSIS_SETTINGS_H

#include "analysis/select.h"

/* Whether a column says which draw of a data set a trial saw: split_seed, NAME.test_seed.  Other
 * draws are no other setting: of settings that differ in them alone the luckiest would win. */
bool report_is_split(const report_column *c);

/* Whether a column says what a trial was told: its fields but for the seed and the drawn
 * splits, and the options of its plug-ins one by one (so their text as a whole does not). */
bool report_is_setting(const report_data *d, size_t col);

/* Whether there is nothing: "" or NaN. */
bool report_is_missing(sweep_value v);

/* Columns of drawn splits; there are fewer data sets that draw. */
enum { REPORT_SPLITS = 32 };
typedef struct report_split_columns {
    size_t col[REPORT_SPLITS], n;
} report_split_columns;

report_split_columns report_splits_of(const report_data *d);

/* An order of two rows by their splits; 0: the same. */
int report_compare_splits(const report_data *d, const report_split_columns *s, size_t row,
                          size_t other);

/* Its value there.  `layers` is "" where width says the same. */
sweep_value report_setting(const report_data *d, size_t row, size_t col);

enum { REPORT_VALUE = 160 };
/* For people: numbers in full, "-" for what is missing; gives text back. */
const char *report_value_text(char text[REPORT_VALUE], sweep_value v);

/* A column whose values are counted up. */
typedef struct report_levels {
    size_t col;
    sweep_value *value; /* [n] ascending, what is missing first or last; owned */
    size_t n;
} report_levels;

/* code[rows]: index of the value of each row. */
lut_status report_code(report_levels *l, uint32_t *code, const report_data *d, size_t col,
                       const size_t *row, size_t rows, lut_err *err);

/* The same of what is written in the file, where a column was asked for by its name: `layers`
 * also where width says the same. */
lut_status report_code_values(report_levels *l, uint32_t *code, const report_data *d, size_t col,
                              const size_t *row, size_t rows, lut_err *err);
void report_levels_fini(report_levels *l);

/* Whether plug-ins alone decide it: an option that is in no more than one value where it is, or
 * what some of them have only one way of. */
bool report_is_decided(const report_data *d, const report_levels *l);

/* Whether each level of a has one level of b: code of rows, each. */
lut_status report_follows(bool *yes, const report_levels *a, const uint32_t *in_a,
                          const uint32_t *in_b, size_t rows, lut_err *err);

/* Equal keys in several files are one trial: the row that is ok stays, of several the first.
 * Rows stay in their order; *twice: how many went. */
lut_status report_once(size_t *row, size_t *n, size_t *twice, const report_data *d,
                       lut_err *err);

/* Rows that ended ok and have that number, each trial once. */
typedef struct report_counted {
    size_t *row;    /* [n]; owned */
    size_t n;
    size_t failed;  /* not ok */
    size_t missing; /* ok without the number */
    size_t twice;   /* the same trial from another file */
} report_counted;

lut_status report_count_rows(report_counted *c, const report_data *d, const report_rows *chosen,
                             size_t metric, lut_err *err);
void report_counted_fini(report_counted *c);

/* A column that follows from a knob: another name of its levels, or coarser. */
typedef struct report_follower {
    size_t col, knob;
    bool decided; /* see report_is_decided */
} report_follower;

typedef struct report_run {
    double seed, value;
    size_t row;
} report_run;

/* What drawn splits are: RUNS, trials of a setting as seeds are; APART, knobs, so that effects
 * are taken within a split. */
typedef enum report_splits_are { REPORT_SPLITS_RUNS, REPORT_SPLITS_APART } report_splits_are;

typedef struct report_settings {
    const report_data *data; /* borrowed */
    size_t metric;           /* column */
    report_counted counted;
    report_levels *knob;     /* [nknobs] columns that vary and follow from no earlier one */
    size_t nknobs;
    report_follower *follower; /* [nfollowers]; owned */
    size_t nfollowers;
    uint32_t *level;         /* [n][nknobs]; owned */
    report_split_columns split; /* none of them where splits are apart */
    report_run *run;         /* setting by setting, ascending splits and seeds, each once; owned */
    size_t *start;           /* [n + 1] where each begins in run; owned */
    size_t n;
    size_t repeated;         /* rows of a setting, split and seed that was there before: left out */
} report_settings;

lut_status report_settings_make(report_settings *s, const report_data *d,
                                const report_rows *chosen, size_t metric,
                                report_splits_are splits, lut_err *err);
void report_settings_fini(report_settings *s); /* accepts a zeroed struct */

/* Mean over the runs of a setting. */
double report_setting_mean(const report_settings *s, size_t setting);

/* Its numbers that are independent: means of its splits where there are several, else its runs.
 * v has room for the runs; how many there are. */
size_t report_setting_units(double *v, const report_settings *s, size_t setting);

#endif
