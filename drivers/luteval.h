/* What the parts of luteval share: one stored network and the data it is evaluated on. */
#ifndef DRIVERS_LUTEVAL_H
#define DRIVERS_LUTEVAL_H

#include "drivers/stored.h"
#include "lib/base/bits.h"
#include "lib/circuit/packed.h"
#include "lib/data/dataset.h"

typedef struct eval {
    stored net;           /* row and network; owned */
    lut_data data;        /* owned */
    bool same_data;       /* what the trial was trained and tested on */
    lut_samples test;     /* encoded test split; bits owned, labels borrowed from data */
    lut_packed *packed;   /* owned */
    uint16_t *predicted;  /* [test.n]; owned */
    uint32_t *votes;      /* [test.n][classes]; owned */
    uint32_t *confusion;  /* [classes][classes], true x predicted; owned */
    double accuracy;      /* percent */
    double packed_speed, bools_speed; /* samples per second */
    unsigned threads;
} eval;

/* Test split of the row's data set, folders as for lut_data_load; other: data that is not the
 * trial's will do. */
lut_status eval_load(eval *e, const char *const *folder, bool other, lut_err *err);

/* Predictions, confusion, accuracy. */
lut_status eval_run(eval *e, const char *kernels, lut_err *err);

/* Both speeds: medians of CPU time with one thread, of wall time with several. */
lut_status eval_measure(eval *e, lut_err *err);

void eval_fini(eval *e);

#endif
