/* Which knobs matter: the effects of each complete grid among the rows (analysis/anova.h), and
 * rank correlations for the settings that are in none.
 *
 * Only ok rows count.  Of a block the seeds are used that all of its settings have; without
 * any there is no table of it.  Grids are blocks.h's, so a sweep of several blocks has several
 * tables, and what two blocks share is in both.  Nothing is chosen by these numbers. */
#ifndef ANALYSIS_EFFECTS_H
#define ANALYSIS_EFFECTS_H

#include "analysis/anova.h"
#include "analysis/association.h"
#include "analysis/settings.h"
#include "analysis/sheet.h"

enum { EFFECTS_NAME = 160, EFFECTS_PAIRS = 3, EFFECTS_SHEETS = 5 };

typedef struct effects_query {
    const char *where;  /* NULL: all rows */
    const char *metric; /* NULL: valid_accuracy */
    double alpha;       /* in (0, 1) */
} effects_query;

/* A bar of a figure.  The knobs, pairs and `rest` of a block add up to 1; `seeds` is how much of
 * that the seeds alone would make. */
typedef enum effects_kind {
    EFFECTS_KNOB,
    EFFECTS_PAIR,
    EFFECTS_REST, /* three and more knobs together: "not explained" */
    EFFECTS_SEEDS
} effects_kind;

typedef struct effects_bar {
    effects_kind kind;
    char name[2 * EFFECTS_NAME + 4];
    size_t a, b;          /* knobs of the block; SIZE_MAX: none */
    double share, lo, hi; /* lo, hi: NaN with one seed, and of `seeds` */
    double floor, p;      /* see anova_effect; NaN of `seeds` */
    bool seen;
} effects_bar;

/* A level of a knob, over all the block. */
typedef struct effects_level {
    char name[EFFECTS_NAME];
    double mean, lo, hi; /* Student's t of the seeds' means; NaN with one seed */
    size_t settings;     /* with this level */
    size_t top;          /* of these in the best quarter of the block */
} effects_level;

typedef struct effects_knob {
    char name[EFFECTS_NAME]; /* column; in brackets what was changed along with it */
    effects_level *level;    /* [n]; owned */
    size_t n;
} effects_knob;

typedef struct effects_block {
    size_t settings, seeds;
    double mean, sd;     /* of all; over seeds within a setting, NaN with one seed */
    effects_knob *knob;  /* [nknobs]; owned */
    size_t nknobs;
    effects_bar *bar;    /* [nbars] knobs, pairs, each the largest first, rest, seeds; owned */
    size_t nbars;
    size_t pair[EFFECTS_PAIRS], npairs; /* bars of the largest pairs that are seen */
    anova_design design; /* its values are owned: cell means by anova_means() */
    char why[160];       /* why there is no more than the names; "": there is */
} effects_block;

typedef struct effects_link {
    char name[EFFECTS_NAME]; /* column */
    bool groups;             /* of names: a share of the ranks' variance, else Spearman's */
    association link;
} effects_link;

typedef struct effects {
    char metric[64], unit[32];
    double alpha;
    bool has_top;             /* higher is better, as of an accuracy */
    effects_block *block;     /* [nblocks] the largest first; owned */
    size_t nblocks;
    size_t settings, alone;   /* alone: in no block */
    size_t rows, failed, missing, twice, repeated; /* rows: that count */
    effects_link *link;       /* [nlinks] of the settings alone; owned */
    size_t nlinks;
} effects;

/* LUT_ENOENT, LUT_EINVAL: the option at fault is named; no row counts; LUT_ENOMEM. */
lut_status effects_make(effects *e, const report_data *d, const effects_query *q, lut_err *err);
void effects_fini(effects *e); /* accepts a zeroed struct */

/* "effects", "levels", "pairs", "blocks" and "correlations", without those that have no rows
 * but the first.  out[EFFECTS_SHEETS], zeroed; the caller's also after an error. */
lut_status effects_sheets(sheet *out, size_t *n, const effects *e, lut_err *err);

#endif
