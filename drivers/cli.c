#include "drivers/cli.h"
#include "sweep/build.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_OPTIONS = 48, FIRST_LONG = 256, SHOW_HELP = 1000, SHOW_VERSION };

static const char *program_name = "lutsweep";

static void print_line(void *arg, lut_log_level level, const char *line)
{
    (void)arg;
    (void)level;
    fprintf(stderr, "%s: %s\n", program_name, line);
}

void cli_start(const char *name, lut_log_level max)
{
    program_name = name;
    lut_log_sink(max, print_line, NULL);
}

static void print_help(const cli_program *p)
{
    printf("Usage: %s [OPTION ...] %s\n%s\n\nOptions:\n", p->name, p->usage,
           p->purpose);
    for (size_t i = 0; i < p->noptions; i++) {
        const cli_option *o = &p->option[i];
        char head[64], letter[8] = "    ";

        if (!o->doc)
            continue;
        if (o->letter)
            snprintf(letter, sizeof letter, "-%c, ", o->letter);
        snprintf(head, sizeof head, "%s--%s%s%s", letter, o->name, o->arg ? "=" : "",
                 o->arg ? o->arg : "");
        printf("  %-28s %s\n", head, o->doc);
    }
    printf(
        "      --help                   this page\n"
        "      --version                version and revision\n"
        "\nExamples:\n%s\n"
        "Exit status: 0 done; 1 internal error; 2 usage, configuration or data; 3 some "
        "trials\nfailed or a difference was found; 4 locked or another sweep's file; 5 "
        "file system;\n6 too many failures; 75 stopped early, run it again.\n%s",
        p->examples, p->more ? p->more : "");
}

/* What getopt makes of the table.  The colon in front: it prints nothing itself. */
static void describe(const cli_program *p, struct option table[MAX_OPTIONS + 3],
                     char letters[2 * MAX_OPTIONS + 2])
{
    strcpy(letters, ":");
    for (size_t i = 0; i < p->noptions && i < MAX_OPTIONS; i++) {
        const cli_option *o = &p->option[i];
        size_t used = strlen(letters);

        table[i] =
            (struct option){ o->name, o->arg != NULL, NULL, FIRST_LONG + (int)i };
        if (o->letter)
            snprintf(letters + used, 2 * MAX_OPTIONS + 2 - used, "%c%s", o->letter,
                     o->arg ? ":" : "");
    }
    table[p->noptions] = (struct option){ "help", 0, NULL, SHOW_HELP };
    table[p->noptions + 1] = (struct option){ "version", 0, NULL, SHOW_VERSION };
}

/* c: what getopt returned; word: where it stopped. */
static int refuse(int c, const char *word)
{
    if (c == ':')
        return cli_complain(CLI_USAGE, "%s: wants a value; try --help", word);
    if (optopt >= FIRST_LONG)
        return cli_complain(CLI_USAGE, "%s: takes no value; try --help", word);
    if (optopt)
        return cli_complain(CLI_USAGE, "-%c: no such option; try --help", optopt);
    return cli_complain(CLI_USAGE,
                        "%s: no such option, or several begin so; try --help", word);
}

int cli_parse(const cli_program *p, int argc, char **argv, int *first)
{
    struct option table[MAX_OPTIONS + 3] = { { 0 } };
    char letters[2 * MAX_OPTIONS + 2];
    int c;

    describe(p, table, letters);
    while ((c = getopt_long(argc, argv, letters, table, NULL)) != -1) {
        size_t i = (size_t)(c - FIRST_LONG);

        if (c == SHOW_HELP)
            print_help(p);
        else if (c == SHOW_VERSION)
            printf("%s %s\n", p->name, sweep_version());
        if (c == SHOW_HELP || c == SHOW_VERSION)
            return cli_printed(CLI_OK);
        if (c == '?' || c == ':')
            return refuse(c, argv[optind - 1]);
        for (size_t j = 0; c < FIRST_LONG && j < p->noptions; j++)
            if (p->option[j].letter == c)
                i = j;
        *p->option[i].value = optarg ? optarg : "1";
    }
    *first = optind;
    return -1;
}

bool cli_number(long *out, const char *option, const char *text, long lo, long hi)
{
    char *end;

    errno = 0;
    *out = strtol(text, &end, 10);
    if (end != text && !*end && !errno && *out >= lo && *out <= hi)
        return true;
    cli_complain(CLI_USAGE, "--%s=%s: want a whole number from %ld to %ld", option,
                 text, lo, hi);
    return false;
}

int cli_exit_code(lut_status code)
{
    static const int exit_code[] = {
        [LUT_OK] = CLI_OK,           [LUT_EINVAL] = CLI_USAGE,
        [LUT_ENOMEM] = CLI_INTERNAL, [LUT_EIO] = CLI_STORE,
        [LUT_EFORMAT] = CLI_USAGE,   [LUT_ENOENT] = CLI_USAGE,
        [LUT_EBUSY] = CLI_LOCKED,    [LUT_ESTOP] = CLI_AGAIN,
    };

    return (size_t)code < LUT_COUNT(exit_code) ? exit_code[code] : CLI_INTERNAL;
}

int cli_fail(const lut_err *err)
{
    fprintf(stderr, "%s: %s\n", program_name, err->text);
    return cli_exit_code(err->code);
}

int cli_printed(int code)
{
    if ((fflush(stdout) == 0 && !ferror(stdout)) || code != CLI_OK)
        return code;
    return cli_complain(CLI_STORE, "standard output: cannot be written: %s",
                        strerror(errno));
}

int cli_complain(int code, const char *fmt, ...)
{
    va_list ap;

    fprintf(stderr, "%s: ", program_name);
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
    return code;
}

/* Everything of an open file; false on a read error, a zero byte or no memory. */
static bool read_all(char **text, FILE *f, size_t max)
{
    size_t n;

    *text = malloc(max + 1);
    if (!*text)
        return false;
    n = fread(*text, 1, max + 1, f);
    if (n > max || ferror(f) || memchr(*text, 0, n))
        return false;
    (*text)[n] = 0;
    return true;
}

lut_status cli_read_text(char **text, const char *path, lut_err *err)
{
    const size_t max = (size_t)16 << 20;
    FILE *f = fopen(path, "r");
    bool good;

    *text = NULL;
    if (!f)
        return lut_fail(err, LUT_ENOENT, "%s: %s", path, strerror(errno));
    errno = 0;
    good = read_all(text, f, max);
    fclose(f);
    if (good)
        return LUT_OK;
    free(*text);
    *text = NULL;
    return lut_fail(err, LUT_EFORMAT, "%s: %s", path,
                    errno ? strerror(errno) : "is no text file of at most 16 MB");
}
