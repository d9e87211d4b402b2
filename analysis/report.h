/* Tables of results: rows chosen by a condition, pooled by columns, metrics summarised.
 *
 * Only trials that ended ok enter a summary, unless the condition or the grouping names
 * `status`; missing numbers are skipped and n says how many were there.  Choosing the best
 * uses validation accuracy, never the test split: what has none is neither ranked nor
 * chosen.  Pure functions of the data. */
#ifndef ANALYSIS_REPORT_H
#define ANALYSIS_REPORT_H

#include "analysis/data.h"

enum { REPORT_COLUMNS = 32 };
#define REPORT_ALPHA 0.05

typedef struct report_query {
    const char *where;  /* NULL: all rows */
    const char *outer;  /* "a,b": columns in front of those of `by`; NULL: none */
    const char *by;     /* "a,b"; NULL: the settings that vary, see report_is_setting, and of several
                           files `file` */
    bool one_file;      /* with by NULL: files do not tell settings apart */
    const char *metric; /* "a,b"; NULL: accuracies, gap and LUTs */
    const char *sort;   /* column, -column for descending; NULL: best first */
    size_t best;        /* only that many rows, by validation accuracy; 0: all;
                           refused where there are more rows and none has one */
    bool best_each;     /* best is for each value of outer, which must be there */
    bool chooses;       /* rows are chosen by validation: a condition must not name a column
                           of the test split; so it is with `best` */
    double alpha;       /* intervals hold 1 - alpha of the time; 0: REPORT_ALPHA */
} report_query;

typedef struct report_stats {
    double mean, sd, min, max; /* sd with n - 1; NaN where there are too few */
    size_t n;
    double unit_sd; /* of the numbers that are independent: of the means of drawn splits where */
    size_t units;   /* these vary, else the same as sd and n */
} report_stats;

/* Rows of equal --by values. */
typedef struct report_group {
    size_t row;           /* one of its rows: for the --by values */
    size_t splits;        /* drawn splits of those that count, at least 1 */
    size_t first, rows;   /* those that count in member of the report: rows of the data */
    report_stats *metric; /* [nmetrics] of the report */
    report_stats valid;   /* validation accuracy, asked for or not */
} report_group;

typedef struct report_count {
    const char *status; /* borrowed from the data */
    size_t n;
} report_count;

/* A data set of the rows that the condition chose. */
typedef struct report_set {
    const char *name;  /* borrowed from the data */
    size_t trials;
    size_t unselected; /* of these, ok without validation rows: the last epoch was kept */
    const char *note;  /* what a table with this set must say, NULL: nothing; static */
    bool partial;      /* numbers do not compare with published ones */
} report_set;

typedef struct report {
    const report_data *data; /* borrowed */
    size_t by[REPORT_COLUMNS], nby, metric[REPORT_COLUMNS],
        nmetrics;            /* columns of data */
    size_t nouter;           /* the first of by */
    report_group *group;     /* [ngroups], in their final order; owned */
    size_t *member;          /* rows of data that count, group by group; owned */
    report_stats *stats;     /* all summaries; owned */
    double alpha;
    size_t ngroups, hidden;  /* hidden: groups that best left out */
    size_t selected;         /* rows that the condition chose, each trial once unless files
                                tell rows apart */
    size_t twice;            /* rows left out for that */
    report_count status[16]; /* of those, most frequent first */
    size_t nstatus;
    bool only_ok; /* others were left out of the summaries */
    size_t best;
    bool best_each;        /* as in the query */
    size_t unchosen;       /* values of outer that best left out: no trial with a validation
                              accuracy to choose by */
    char unchosen_name[160]; /* of these with commas between, or the first and "..." */
    report_set *set;       /* [nsets], by name; owned */
    size_t nsets, unselected; /* the sum over the sets */
    size_t mixed;          /* groups whose trials differ in more than seed and drawn split */
    bool drawn;            /* there are groups of several drawn splits */
    size_t ranked;         /* groups that have a validation accuracy, before best */
    bool by_validation;    /* the order is that of validation accuracy: unranked ones last */
} report;

/* Summary of the numbers that are there.  A sum in the order given. */
report_stats report_summary(const double *v, size_t n);

/* Half of the interval that holds the mean 1 - alpha of the time, were its units normal
 * (student_half).  NaN for less than 2 of them. */
double report_half(const report_stats *s, double alpha);

/* LUT_ENOENT, LUT_EINVAL: the option at fault is named. */
lut_status report_build(report *r, const report_data *d, const report_query *q,
                        lut_err *err);
void report_fini(report *r); /* accepts a zeroed struct */

/* Rows that a condition chooses, NULL: all, each trial once; owned (free).  *twice: rows that
 * were left out for that. */
lut_status report_choose(size_t **row, size_t *n, size_t *twice, const report_data *d,
                         const char *where, lut_err *err);

/* report_compare(a, b) of two --by values: numbers by size with NaN last, text by bytes. */
int report_compare(sweep_value a, sweep_value b);

#endif
