/* lutdata's parts: one function per job of the command line. */
#ifndef DRIVERS_LUTDATA_H
#define DRIVERS_LUTDATA_H

#include "drivers/cli.h"
#include "analysis/emit.h"
#include "lib/data/dataset.h"
#include "lib/data/file.h"
#include "sweep/run.h"

/* Quiet: names alone, a line each; of sets, of a set's features, of fetched files. */
typedef enum lutdata_output {
    LUTDATA_TEXT,
    LUTDATA_CSV,
    LUTDATA_JSON,
    LUTDATA_QUIET
} lutdata_output;

enum { LUTDATA_FORMAT = 1 }; /* of the JSON: raised when a member goes or changes */

/* The command line, as given but for the output. */
typedef struct lutdata_args {
    const char *output_text, *verbose, *into, *from;
    lutdata_output output;
    char **operand; /* [noperands], behind the job */
    size_t noperands;
} lutdata_args;

/* Jobs; each returns the exit code. */
int lutdata_list(const lutdata_args *a);
int lutdata_check(const lutdata_args *a);
int lutdata_fetch(const lutdata_args *a);

/* NULL after a message with the nearest name.  readers: csv and its like are fine too;
 * *known is NULL for them. */
bool lutdata_named(const lut_known **known, const char *name, bool readers);

/* Files of a known set. */
size_t lutdata_files(const lut_known *known);

/* Where the readers would find a file of a known set, whichever way it is packed. */
lut_status lutdata_find(char path[LUT_FILE_PATH], const lut_known *known, size_t file,
                        const char *const *folder, lut_err *err);

/* Its name ends in ".gz". */
bool lutdata_packed(const lut_known_file *file);

/* ---- downloads ---- */

/* Something is known that tells the published file from others. */
bool lutdata_has_sum(const lut_known_file *file);

/* LUT_OK: the file at path has the published bytes, packed or not, or nothing is known of
 * them.  LUT_EFORMAT: "its sha256 is ..., want ...". */
lut_status lutdata_verify(const lut_known_file *file, const char *path, lut_err *err);

/* Whatever is behind url into the file at path, by the program curl.  LUT_ENOENT: no curl,
 * or no way to the host, so that the next file will not do better; LUT_ESTOP: it was
 * interrupted; LUT_EIO: it could not write; LUT_EFORMAT: all else.  curl says why. */
lut_status lutdata_download(const char *path, const char *url, bool mirror, lut_err *err);

#endif
