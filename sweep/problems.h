/* Everything that is wrong with a configuration, collected before anything is said: each
 * distinct line once, in the order of the file, the command line last. */
#ifndef SWEEP_PROBLEMS_H
#define SWEEP_PROBLEMS_H

#include "sweep/set.h"
#include "sweep/spec.h"

/* Places that are no line of the file.  Line n of a list of trials is SWEEP_LIST_LINE + n. */
enum { SWEEP_WHOLE_FILE = -1, SWEEP_COMMAND_LINE = 0, SWEEP_LIST_LINE = 1 << 28 };

typedef struct sweep_problems {
    const char *path; /* of the configuration; borrowed */
    const char *list; /* of its list of trials, NULL: none; borrowed */
    struct sweep_problem_line *line;
    size_t n, room;
    sweep_set seen;
    bool no_memory;
} sweep_problems; /* starts zeroed but for path */

/* "path:line: ..." with line > 0, else "path: ..." or "command line: ...".  Line 0 of a list
 * is the list as a whole. */
void sweep_problem(sweep_problems *p, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Hand every line to fn, then release the list: LUT_OK when there was none, else
 * LUT_EINVAL with "3 problems, nothing was started". */
lut_status sweep_problems_tell(sweep_problems *p, sweep_problem_fn fn, void *arg,
                               lut_err *err);

#endif
