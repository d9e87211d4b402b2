/* What is in a data set: balance of the classes, columns that say nothing, rows that come
 * more than once, within a part and across the two.  Pure: the same for any order of rows,
 * but that the first of equal columns counts as the original.  Rows and columns are equal
 * when all their values are the same bits.  One thread; seconds for 10^8 values. */
#ifndef LUT_DATA_INSPECT_H
#define LUT_DATA_INSPECT_H

#include "lib/data/dataset.h"

enum { LUT_TRAIN, LUT_TEST, LUT_PARTS };

typedef struct lut_part_facts {
    size_t rows;
    size_t *count;     /* [classes] rows of each class */
    float *low, *high; /* [features] smallest and largest value */
    size_t repeated;   /* rows beyond the first of their values */
    size_t disputed;   /* rows whose values are in this part under another label too */
    size_t reachable;  /* rows that any function of the values can get right at most */
} lut_part_facts;

typedef struct lut_data_inspection {
    uint32_t classes;
    size_t features;
    lut_part_facts part[LUT_PARTS];
    size_t constant;  /* columns with one value in all training rows */
    uint32_t *same;   /* [features] the first column with the same values in both parts:
                         its own index where there is none before it */
    size_t copies;    /* columns, not constant ones, that repeat one before them */
    size_t shared;    /* test rows whose values are in a training row */
    size_t contested; /* of these, those that a training row has under another label */
    size_t covered;   /* training rows whose values are in a test row */
    void *block;      /* what the pointers lead to; owned */
} lut_data_inspection;

lut_status lut_data_inspect(
    lut_data_inspection *out, /* owned: lut_data_inspection_fini; zeroed on failure */
    const lut_data *d,
    lut_err *err
);
void lut_data_inspection_fini(lut_data_inspection *i); /* accepts a zeroed struct */

#endif
