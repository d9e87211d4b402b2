/* Where data sets are looked for. */
#ifndef DRIVERS_FOLDERS_H
#define DRIVERS_FOLDERS_H

#include "sweep/run.h"

/* Folders in order of preference, NULL-ended: data_path (may be "" or NULL), those of the
 * environment's LUTSWEEP_DATA (several with ':' between them), the project's own data beside
 * the sources and where it is installed, the distribution's.  Those that are too many are
 * left out with a warning.  The strings are borrowed from data_path and static storage: of one thread. */
void folders_of(const char *folder[SWEEP_FOLDERS], const char *data_path);

#endif
