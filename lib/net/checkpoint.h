/* A training run as bytes, so that it can go on in another process and give the same bytes
 * as one that was never interrupted: weights, memory of the optimizer, candidates of
 * learnable mappings, what the best epoch so far kept, counters, and the epochs that were.
 *
 * Layout: magic, version, byte order, tag, length, crc32 (zlib) of the whole, payload in the
 * machine's own order: a checkpoint is of one machine and one build's version, not an
 * archive.  It does not depend on threads or the kernel set.  What it belongs to is said by
 * the caller's tag (a trial's key); the network has to be made of the same configuration.
 */
#ifndef LUT_NET_CHECKPOINT_H
#define LUT_NET_CHECKPOINT_H

#include "lib/net/train.h"

enum { LUT_CHECKPOINT_TAG = 32 }; /* bytes of a tag, its end included */

/* What a run holds besides its network. */
typedef struct lut_progress {
    lut_opt_step step;
    double best_accuracy;
    uint32_t epochs_run, best_epoch; /* best_epoch 0: none yet */
    void *best;         /* [lut_net_kept_size]: of the best epoch */
    lut_epoch *history; /* room for all epochs; [epochs_run] are set */
} lut_progress;

size_t lut_checkpoint_size(const lut_net *net, const lut_progress *p);

void lut_checkpoint_pack(
    void *bytes,           /* [lut_checkpoint_size] */
    const lut_net *net,
    const lut_progress *p,
    const char *tag        /* shorter than LUT_CHECKPOINT_TAG */
);

/* The inverse.  Refuses (LUT_EFORMAT) damage, other versions, other tags, other shapes, and
 * then leaves network and progress as they were. */
lut_status lut_checkpoint_unpack(
    lut_net *net,
    lut_progress *p,
    const void *bytes, size_t n,
    const char *tag,
    uint32_t epochs,       /* room of the history */
    lut_err *err
);

#endif
