/* What training took.  Rows that share a training (training_key) have its times each, and a trial
 * that went on from a checkpoint has the time of its last process alone in train_seconds. */
#ifndef ANALYSIS_TRAININGS_H
#define ANALYSIS_TRAININGS_H

#include "analysis/data.h"

/* All of a training: train_seconds, or its epochs at epoch_seconds each where that is more. */
double report_whole_seconds(double train_seconds, double epoch_seconds, double epochs_run);

/* One row for each training of a file, the first that started, in the order of the rows; none of
 * rows that do not say how long it took.  row: [n], NULL: the first n of all; *out: owned (free). */
lut_status report_trainings(size_t **out, size_t *trainings, const report_data *d,
                            const size_t *row, size_t n, lut_err *err);

/* Seconds of the trainings of those rows. */
typedef struct report_spent {
    double wall, core, longest; /* core: times the threads of each; longest: wall */
    size_t trainings;
} report_spent;

lut_status report_spent_by(report_spent *s, const report_data *d, const size_t *row, size_t n,
                           lut_err *err);

#endif
