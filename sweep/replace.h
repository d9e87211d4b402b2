/* A file that is there whole or not at all: written under a temporary name in its own
 * folder, synced, renamed, folder synced.  One object belongs to one thread; temporary
 * names are unique among all processes that share the folder. */
#ifndef SWEEP_REPLACE_H
#define SWEEP_REPLACE_H

#include "lib/base/status.h"

typedef struct sweep_replace {
    const char *path; /* borrowed */
    char *temp;       /* name of the file to fill; owned, NULL after the end */
} sweep_replace;

/* Creates the temporary file, empty.  LUT_EIO: no such folder, no permission, ... */
lut_status sweep_replace_begin(sweep_replace *r, const char *path, lut_err *err);

/* What was written becomes the file of that name.  On failure the temporary file is
 * removed; unless only the folder's own sync failed, the old file is as it was. */
lut_status sweep_replace_commit(sweep_replace *r, lut_err *err);

/* Removes the temporary file; nothing after commit. */
void sweep_replace_abort(sweep_replace *r);

/* All three in one go. */
lut_status sweep_replace_bytes(const char *path, const void *bytes, size_t n, lut_err *err);

/* Removes temporary files of that name that processes left when they were killed.  Only
 * where nobody can be writing it: under the lock of the run. */
void sweep_replace_tidy(const char *path);
/* Those of all names in a folder, likewise. */
void sweep_replace_tidy_folder(const char *folder);

/* Makes a folder that outlives a power failure; one that is there is fine. */
lut_status sweep_folder_make(const char *path, lut_err *err);

#endif
