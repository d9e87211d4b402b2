/* A set of 64-bit numbers (keys, hashes) that stays fast with millions of members. */
#ifndef SWEEP_SET_H
#define SWEEP_SET_H

#include "lib/base/status.h"

typedef struct sweep_set {
    uint64_t *slot; /* [size], 0: free; owned */
    size_t size, used;
    bool zero;      /* is 0 a member? */
} sweep_set;        /* starts zeroed */

/* *fresh: v was no member before.  LUT_ENOMEM leaves the set as it was. */
lut_status sweep_set_add(sweep_set *s, bool *fresh, uint64_t v, lut_err *err);
void sweep_set_fini(sweep_set *s);

/* FNV-1a of a text. */
uint64_t sweep_text_hash(const char *text);

#endif
