/* One run at a time on a state directory.
 *
 * A POSIX record lock, which dies with its holder and is not inherited by children; the
 * file holds host and pid for the message.  Where the file system has no locks: host, pid
 * and the file's age; a dead pid of this host frees it at once, another host after 60 s
 * without a beat.
 */
#ifndef SWEEP_LOCK_H
#define SWEEP_LOCK_H

#include "lib/base/status.h"

typedef struct sweep_lock {
    int fd; /* -1: not held */
} sweep_lock;

/* LUT_EBUSY: held by somebody, whom the message names. */
lut_status sweep_lock_take(sweep_lock *l, const char *path, lut_err *err);

/* Every few seconds: says that the holder lives. */
void sweep_lock_beat(const sweep_lock *l);

void sweep_lock_release(sweep_lock *l); /* accepts one that is not held */

/* Whether somebody holds it now; who: "host 17" or "".  No file: false. */
bool sweep_lock_held(const char *path, char *who, size_t size);

#endif
