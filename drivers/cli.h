/* What all programs share: options from a table, help, messages, exit codes. */
#ifndef DRIVERS_CLI_H
#define DRIVERS_CLI_H

#include "lib/base/log.h"
#include "lib/base/status.h"

/* Exit codes of all programs (docs/cli.md). */
typedef enum cli_exit {
    CLI_OK = 0,
    CLI_INTERNAL = 1,  /* a bug, or no memory */
    CLI_USAGE = 2,     /* usage, configuration or data; nothing was started */
    CLI_FAILED = 3,    /* finished, but some trials failed, or a difference was found */
    CLI_LOCKED = 4,    /* the store is locked, or belongs to another sweep */
    CLI_STORE = 5,     /* store I/O error; nothing is lost */
    CLI_TOO_MANY = 6,  /* too many failures */
    CLI_AGAIN = 75     /* stopped early with everything finished saved: run it again */
} cli_exit;

/* One option: parsed and listed by --help from the same line.  A flag's value becomes "1". */
typedef struct cli_option {
    const char *name;   /* without dashes */
    char letter;        /* short form, or 0 */
    const char *arg;    /* placeholder of its value; NULL: a flag */
    const char *doc;    /* NULL: that of another option tells of it */
    const char **value; /* the last one given; untouched when absent */
} cli_option;

typedef struct cli_program {
    const char *name;
    const char *usage;    /* "CONFIG [KEY=VALUE ...]" */
    const char *purpose;  /* one sentence */
    const cli_option *option;
    size_t noptions;
    const char *examples; /* lines to paste, each ended by a newline */
    const char *more;     /* where the rest is; NULL: nothing */
} cli_program;

/* Set the name for messages and the log sink (stderr: "NAME: line", up to max). */
void cli_start(const char *name, lut_log_level max);

/* Parse; --help and --version are handled here and print to stdout.  Operands may stand
 * anywhere and end up at argv[*first .. argc - 1].  Returns -1 to go on, or the exit code
 * to leave with. */
int cli_parse(const cli_program *program, int argc, char **argv, int *first);

/* Whole number lo..hi from an option's text; false after a message. */
bool cli_number(long *out, const char *option, const char *text, long lo, long hi);

/* Exit code that a status means to a program that has started nothing. */
int cli_exit_code(lut_status code);

/* Print "NAME: text" to stderr; gives the exit code back. */
int cli_fail(const lut_err *err);
int cli_complain(int code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The end of a job that only prints: its code, or CLI_STORE where that went nowhere. */
int cli_printed(int code);

/* Whole file as text ended by 0 (owned: free), refusing what is larger than 16 MB or has
 * zero bytes. */
lut_status cli_read_text(char **text, const char *path, lut_err *err);

#endif
