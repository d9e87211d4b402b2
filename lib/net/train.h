/* Training: epochs of shuffled batches, selection on validation rows, best weights kept. */
#ifndef LUT_NET_TRAIN_H
#define LUT_NET_TRAIN_H

#include "lib/net/anneal.h"
#include "lib/net/net.h"

typedef struct lut_epoch {
    uint32_t epoch;             /* from 1 */
    double lr;
    double train_loss;          /* mean over the epoch's steps, nats */
    double train_accuracy;      /* percent, training network over the steps */
    double valid_loss;          /* relaxed network; NaN without validation rows */
    double valid_accuracy_soft; /* percent, relaxed network */
    double valid_accuracy;      /* percent, discrete network */
} lut_epoch;

/* e is borrowed for the call; nonzero: stop after this epoch. */
typedef int (*lut_epoch_fn)(void *arg, const lut_epoch *e);

/* Results, not errors.  Diverged: the loss or a weight is no finite number. */
typedef enum lut_end { LUT_END_EPOCHS, LUT_END_STOPPED, LUT_END_DIVERGED } lut_end;

typedef struct lut_train_cfg {
    const lut_schedule_ops *schedule;
    const void *schedule_cfg; /* options of schedule */
    double lr;                /* base rate, before the schedule */
    lut_anneal temperature;  /* of each epoch */
    uint32_t epochs, batch;  /* >= 1; the last batch of an epoch may be smaller */
    uint64_t seed;           /* of the order of samples */
} lut_train_cfg;

typedef struct lut_train_result {
    lut_end end;
    uint32_t epochs_run;
    uint32_t best_epoch;     /* from 1; 0: no epoch ended with finite numbers */
} lut_train_result;

/* Train; afterwards the net is in evaluation mode, at its temperature, and holds the weights of the best epoch: highest discrete
 * validation accuracy, the earliest on a tie, the last epoch without validation rows.
 * Results do not depend on exec->threads.  Steps do not allocate; epochs do, for the
 * discrete network that is validated. */
lut_status                      /* LUT_OK; LUT_EINVAL: no training rows; LUT_ENOMEM */
lut_train(
    lut_net *net,
    lut_train_result *out,
    const lut_train_cfg *cfg,
    const lut_exec *exec,
    const lut_samples *train,   /* n >= 1; both borrowed for the call */
    const lut_samples *valid,   /* n may be 0 */
    lut_epoch_fn fn, void *arg, /* after every epoch; may be NULL */
    lut_err *err
);

#endif
