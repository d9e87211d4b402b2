#include "drivers/folders.h"
#include "lib/base/log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Appends the parts of "A:B:C" that are not empty, as far as there is room; *lost: those
 * without. */
static size_t append(const char *folder[SWEEP_FOLDERS], size_t n, char *list,
                     size_t *lost)
{
    for (char *p = strtok(list, ":"); p; p = strtok(NULL, ":"))
        if (n < SWEEP_FOLDERS - 1)
            folder[n++] = p;
        else
            ++*lost;
    return n;
}

/* Once, although several parts of a program ask. */
static void warn(size_t length, size_t room, size_t lost)
{
    static bool told;

    if (!told && length >= room)
        lut_log(LUT_WARN, "LUTSWEEP_DATA: %zu bytes, only the first %zu are used",
                length, room - 1);
    if (!told && lost)
        lut_log(LUT_WARN,
                "LUTSWEEP_DATA: more than %d folders, the last %zu are not "
                "looked into",
                SWEEP_FOLDERS - 1, lost);
    told = true;
}

void folders_of(const char *folder[SWEEP_FOLDERS], const char *data_path)
{
    static const char *const own[] = { LUT_SOURCE_DATA, LUT_PKGDATADIR "/data",
                                       "/usr/share/datasets" };
    static char list[4096]; /* cut up, so not the environment's own */
    const char *variable = getenv("LUTSWEEP_DATA");
    size_t n = 0, lost = 0;

    if (data_path && data_path[0])
        folder[n++] = data_path;
    snprintf(list, sizeof list, "%s", variable ? variable : "");
    n = append(folder, n, list, &lost);
    for (size_t i = 0; i < LUT_COUNT(own); i++)
        if (n < SWEEP_FOLDERS - 1)
            folder[n++] = own[i];
        else
            lost++;
    folder[n] = NULL;
    warn(variable ? strlen(variable) : 0, sizeof list, lost);
}
