/* Where data sets are looked for. */
#ifndef DRIVERS_FOLDERS_H
#define DRIVERS_FOLDERS_H

#include "sweep/run.h"

/* Folders in order of preference, NULL-ended: data_path (may be "" or NULL), the
 * environment's LUTSWEEP_DATA, the project's own data beside the sources and where it is
 * installed, the distribution's.  The strings are borrowed from data_path, the environment
 * and static storage. */
void folders_of(const char *folder[SWEEP_FOLDERS], const char *data_path);

#endif
