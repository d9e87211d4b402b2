/* A data file, found in the list of folders and read whole. */
#ifndef LUT_DATA_FILE_H
#define LUT_DATA_FILE_H

#include "lib/base/status.h"

enum { LUT_FILE_PATH = 512 };

typedef struct lut_file {
    char path[LUT_FILE_PATH]; /* where it was found */
    char *bytes;              /* [size], unpacked, a 0 after the last; owned */
    size_t size;
} lut_file;

/* Looks for FOLDER/SET/NAME, then in a known set's other folder (FOLDER/uci/NAME), then for
 * FOLDER/NAME, each plain or with ".gz" added; an absolute name is taken as it is.  Never
 * hands out part of a file: a packed file that ends early is LUT_EFORMAT.  Absent:
 * LUT_ENOENT, with the folders and how to obtain a known set. */
lut_status lut_file_load(
    lut_file *f,               /* owned: lut_file_fini */
    const char *set,
    const char *name,
    const char *const *folder, /* NULL-ended */
    lut_err *err
);

/* Where lut_file_load would read it from; the file is not looked into. */
lut_status lut_file_find(char path[LUT_FILE_PATH], const char *set, const char *name,
                         const char *const *folder, lut_err *err);

void lut_file_fini(lut_file *f); /* accepts a zeroed struct */

#endif
