/* Two classifiers on the same test rows: McNemar's exact test and the difference of their
 * accuracies with a paired bootstrap over the rows.  Distributions are GSL's. */
#ifndef ANALYSIS_MCNEMAR_H
#define ANALYSIS_MCNEMAR_H

#include "lib/base/status.h"

enum { MCNEMAR_DRAWS = 10000 };

typedef struct mcnemar_test {
    size_t both, only_a, only_b, neither; /* rows that are predicted right */
    double p; /* two-sided, binomial: of only_a + only_b rows half should be a's; 1: none */
    double difference;    /* accuracy of a minus b, percentage points */
    double lo, hi;        /* percentiles of MCNEMAR_DRAWS resampled sets of rows */
} mcnemar_test;

/* Bits as in sweep_result.correct: one a row, most significant first; n > 0.  The draws are
 * the same for the same n.  LUT_ENOMEM. */
lut_status mcnemar(mcnemar_test *t, const uint8_t *a, const uint8_t *b, size_t n, double alpha,
                   lut_err *err);

#endif
