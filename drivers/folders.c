#include "drivers/folders.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Appends the parts of "A:B:C" that are not empty, as far as there is room. */
static size_t append(const char *folder[SWEEP_FOLDERS], size_t n, char *list)
{
    for (char *p = strtok(list, ":"); p && n < SWEEP_FOLDERS - 1; p = strtok(NULL, ":"))
        folder[n++] = p;
    return n;
}

void folders_of(const char *folder[SWEEP_FOLDERS], const char *data_path)
{
    static const char *const own[] = { LUT_SOURCE_DATA, LUT_PKGDATADIR "/data",
                                       "/usr/share/datasets" };
    static char list[4096]; /* cut up, so not the environment's own */
    const char *variable = getenv("LUTSWEEP_DATA");
    size_t n = 0;

    if (data_path && data_path[0])
        folder[n++] = data_path;
    snprintf(list, sizeof list, "%s", variable ? variable : "");
    n = append(folder, n, list);
    for (size_t i = 0; i < LUT_COUNT(own) && n < SWEEP_FOLDERS - 1; i++)
        folder[n++] = own[i];
    folder[n] = NULL;
}
