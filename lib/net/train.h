/* Training: epochs of shuffled batches, selection on validation rows, the best epoch kept. */
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

/* Results, not errors. */
typedef enum lut_end {
    LUT_END_EPOCHS,   /* all of them, or as many as patience allowed */
    LUT_END_STOPPED,  /* by the callback */
    LUT_END_DIVERGED, /* the loss or a weight is no finite number */
    LUT_END_PAUSED    /* by the question; the checkpoint is saved, the net is of no use */
} lut_end;

/* A checkpoint (lib/net/checkpoint.h): bytes[n], borrowed for the call.  A failure ends the
 * training with its status. */
typedef lut_status (*lut_save_fn)(void *arg, const void *bytes, size_t n, lut_err *err);

/* Asked behind every epoch after which others would come: true saves a checkpoint (where
 * there is a save) and ends with LUT_END_PAUSED. */
typedef bool (*lut_pause_fn)(void *arg, uint32_t epochs_run);

typedef struct lut_train_cfg {
    const lut_schedule_ops *schedule;
    const void *schedule_cfg; /* options of schedule */
    double lr;                /* base rate, before the schedule */
    uint32_t warmup;          /* epochs of it; see lut_schedule_lr */
    lut_anneal temperature;  /* of each epoch */
    uint32_t epochs, batch;  /* >= 1; the last batch of an epoch may be smaller */
    uint32_t patience;       /* end after so many epochs in a row without a higher discrete
                                validation accuracy than the best one; 0: never */
    uint64_t seed;           /* of the order of samples */
    /* Exact restart.  The end of a run is not saved: its network is the result. */
    const char *tag;         /* what the run is, of less than LUT_CHECKPOINT_TAG characters;
                                NULL: neither of the following */
    lut_save_fn save;        /* gets a checkpoint every save_every epochs; NULL: none */
    void *save_arg;
    uint32_t save_every;     /* 0: only when it pauses */
    lut_pause_fn pause;      /* NULL: never */
    void *pause_arg;
    const void *resume;      /* go on from this checkpoint; NULL: from the start */
    size_t nresume;          /* bytes of it */
} lut_train_cfg;

typedef struct lut_train_result {
    lut_end end;
    uint32_t epochs_run;
    uint32_t epochs_before;  /* those of the checkpoint, which took no time now */
    uint32_t best_epoch;     /* from 1; 0: no epoch ended with finite numbers */
} lut_train_result;

/* Train from the net's weights, or from the checkpoint: then fn sees the epochs that were
 * once more, and everything comes out as if there had been no interruption; the pause is
 * asked for the last of them too, so that a run which was to pause there does so at once.
 * Afterwards, unless it paused, the net is in evaluation mode, at its temperature, and holds
 * what the best epoch kept (lut_net_keep): highest discrete validation accuracy, the earliest on
 * a tie, the last epoch without validation rows.
 * Results do not depend on exec->threads; one team serves all steps, and fn and save are
 * called on the calling thread.  Steps do not allocate; epochs do, for the discrete network
 * that is validated. */
lut_status                      /* LUT_OK; LUT_EINVAL: no training rows; LUT_EFORMAT: the
                                   checkpoint is refused; LUT_ENOMEM; what save returned */
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
