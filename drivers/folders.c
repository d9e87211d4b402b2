#include "drivers/folders.h"

#include <stdlib.h>

void folders_of(const char *folder[SWEEP_FOLDERS], const char *data_path)
{
    const char *all[] = { data_path, getenv("LUTSWEEP_DATA"), LUT_SOURCE_DATA,
                          LUT_PKGDATADIR "/data", "/usr/share/datasets" };
    size_t n = 0;

    for (size_t i = 0; i < LUT_COUNT(all); i++)
        if (all[i] && all[i][0])
            folder[n++] = all[i];
    folder[n] = NULL;
}
