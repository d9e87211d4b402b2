/* Where a table comes from: program, command, and the files read with their digests. */
#ifndef ANALYSIS_ORIGIN_H
#define ANALYSIS_ORIGIN_H

#include "analysis/data.h"

/* Lines of text, the same for the same files and command.  *text is owned (free). */
lut_status report_origin(char **text, const report_data *d, const char *program,
                         int argc, char *const *argv, lut_err *err);

#endif
