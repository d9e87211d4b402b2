/* A test part where a set has none of its own. */
#ifndef LUT_DATA_CUT_H
#define LUT_DATA_CUT_H

#include "lib/data/dataset.h"

typedef struct data_cut {
    uint32_t rows;     /* the first rows are the training part, in order; 0: none such */
    double share;      /* of the rows, drawn at random, for the test part; 0: none */
    uint32_t seed;     /* of that draw */
    const char *name;  /* of the reader, for messages */
    const char *file;  /* that is cut, or "-" */
    const char *test;  /* file of a test part, or "-" */
} data_cut;

/* Its options: there is a training file, and the test part comes from one place. */
lut_status data_cut_check(const data_cut *cut, lut_err *err);

/* Whether a test part is cut from the file at all. */
bool data_cut_any(const data_cut *cut);

/* Numbers of the file's n rows, those of the training part first, *train of them (all
 * without a cut); owned (free).  LUT_EINVAL: a part would be empty. */
lut_status data_cut_rows(uint32_t **rows, size_t *train, const data_cut *cut, size_t n,
                         lut_err *err);

/* out->train, the whole file, becomes both parts; nothing happens where the set has a test
 * file.  The draw depends on the seed and the number of rows alone. */
lut_status data_cut_apply(lut_data *out, const data_cut *cut, lut_err *err);

#endif
