/* Is A better than B?  For two kept networks on the same test rows, for two groups of trials that
 * share their other settings and seeds, and what differs between two files. */
#ifndef ANALYSIS_COMPARE_H
#define ANALYSIS_COMPARE_H

#include "analysis/mcnemar.h"
#include "analysis/settings.h"
#include "analysis/sheet.h"
#include "analysis/student.h"

/* ---- two networks ---- */

typedef struct compare_networks {
    char key[2][SWEEP_KEY], dataset[64], digest[SWEEP_DIGEST];
    size_t rows;        /* of the test split */
    double accuracy[2]; /* percent, from the bits */
    mcnemar_test test;  /* accuracies, difference: a minus b */
    double alpha;
} compare_networks;

/* Two keys of trials whose networks are kept.  LUT_ENOENT: no such trial, or no network;
 * LUT_EINVAL: their test rows are not the same, or cannot be known to be. */
lut_status compare_networks_make(compare_networks *c, const report_data *d, const char *a,
                                 const char *b, double alpha, lut_err *err);

/* One row. */
lut_status compare_networks_sheet(sheet *s, const compare_networks *c, lut_err *err);

/* ---- two groups ---- */

enum { COMPARE_METRICS = 8, COMPARE_TEXT = 256 };

typedef struct compare_query {
    const char *where;  /* NULL: all rows */
    const char *by;     /* a column whose values a and b are; NULL: they are conditions */
    const char *a, *b;
    const char *metric; /* "x,y"; NULL: valid_accuracy,test_accuracy */
    double alpha;
} compare_query;

/* Trials that differ in the seed alone, of both groups. */
typedef struct compare_setting {
    size_t row;          /* one of a's rows, for its other columns */
    double a, b;         /* means over the seeds that both have */
    student_pairs pairs; /* a minus b, paired by seed */
    double exact;        /* p of all signs; NaN where so few cannot fall below alpha, or more
                            than SIGNS_FLIPS */
} compare_setting;

/* One metric.  With several settings their mean differences are the numbers, so that n is what is
 * independent: the settings are taken as drawn from those one would ask about.  With one
 * its seeds are. */
typedef struct compare_metric {
    size_t col;
    compare_setting *setting; /* [n]; owned */
    size_t n;
    size_t alone[2];          /* settings of a and of b that the other has not */
    size_t strangers;         /* settings of both that have no seed in common */
    compare_setting pooled;   /* row: SIZE_MAX */
    size_t higher[2];         /* settings in which a, in which b is higher */
} compare_metric;

typedef struct compare_groups {
    const report_data *data;
    char name[2][COMPARE_TEXT];
    double alpha;
    compare_metric metric[COMPARE_METRICS];
    size_t nmetrics;
    size_t *told, ntold;      /* columns that tell settings apart; owned */
    char also[COMPARE_TEXT];  /* what else differs between all of a and all of b, or "" */
    char variants[COMPARE_TEXT]; /* options that only one of them has, with several values:
                                    their mean counts; or "" */
} compare_groups;

/* LUT_EINVAL, LUT_ENOENT: the option at fault is named; a group without rows, rows in both. */
lut_status compare_groups_make(compare_groups *c, const report_data *d, const compare_query *q,
                               lut_err *err);
void compare_groups_fini(compare_groups *c); /* accepts a zeroed struct */

/* "comparison", and the same setting by setting, "settings". */
lut_status compare_groups_sheet(sheet *s, const compare_groups *c, lut_err *err);
lut_status compare_settings_sheet(sheet *s, const compare_groups *c, lut_err *err);
/* Both. */
lut_status compare_groups_sheets(sheet out[2], const compare_groups *c, lut_err *err);

/* ---- two files ---- */

enum { COMPARE_FILE_SHEETS = 4 };

typedef struct compare_files {
    size_t rows[2], both, differ, only[2]; /* trials by key; differ: of both */
} compare_files;

/* d: two files.  Sheets "rows" (trials that differ or are in one alone), "configuration",
 * "environment", and unless they are the same "comparison" of what pairs up by setting and
 * seed; out[COMPARE_FILE_SHEETS], zeroed, the caller's also after an error. */
lut_status compare_files_sheets(compare_files *c, sheet *out, size_t *n, const report_data *d,
                                double alpha, lut_err *err);

/* ---- */

/* "A,B" at the one comma that no quotes hold; a and b are owned (free). */
lut_status compare_cut(char **a, char **b, const char *text, lut_err *err);

#endif
