#include "sweep/fault.h"

#ifdef SWEEP_FAULT_INJECTION

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SITE = 32, ACTION = 32, SITES = 32 };

typedef struct order {
    char site[SITE], action[ACTION];
    unsigned long nth;
    bool and_later;
} order;

/* ---- which pass is it? ---- */

/* Passes of this process.  The one state that outlives a call: a place in the program has
 * nobody to keep it. */
static unsigned long pass_here(const char *site)
{
    static struct {
        char site[SITE];
        unsigned long passes;
    } table[SITES];

    for (size_t i = 0; i < SITES; i++) {
        if (!table[i].site[0])
            snprintf(table[i].site, SITE, "%s", site);
        if (!strcmp(table[i].site, site))
            return ++table[i].passes;
    }
    return 0;
}

/* Appending is atomic between processes, and the own file offset is behind the own byte. */
static unsigned long pass_of_all(const char *site, const char *path)
{
    char name[512];
    off_t at = 0;
    int fd;

    snprintf(name, sizeof name, "%s.%s", path, site);
    fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0)
        return 0;
    if (write(fd, ".", 1) == 1)
        at = lseek(fd, 0, SEEK_CUR);
    close(fd);
    return at > 0 ? (unsigned long)at : 0;
}

static unsigned long count_pass(const char *site)
{
    const char *path = getenv("LUTSWEEP_FAULT_COUNT");

    return path && *path ? pass_of_all(site, path) : pass_here(site);
}

/* ---- what to do ---- */

/* The next order of the list; false at its end or where it makes no sense. */
static bool next_order(const char **list, order *o)
{
    char more[2] = "";
    int used = 0;

    if (sscanf(*list, "%31[^:,]:%lu%1[+]:%n", o->site, &o->nth, more, &used) < 3 ||
        used == 0) {
        more[0] = 0;
        if (sscanf(*list, "%31[^:,]:%lu:%n", o->site, &o->nth, &used) < 2 || used == 0)
            return false;
    }
    *list += used;
    o->and_later = more[0] == '+';
    used = 0;
    if (sscanf(*list, "%31[^,]%n", o->action, &used) != 1)
        return false;
    *list += used;
    *list += **list == ',';
    return true;
}

static bool find_order(order *o, const char *site, unsigned long pass)
{
    const char *list = getenv("LUTSWEEP_FAULT");

    while (list && *list && next_order(&list, o))
        if (!strcmp(o->site, site) &&
            (o->nth == pass || (o->and_later && pass > o->nth)))
            return true;
    return false;
}

static bool named(const char *site)
{
    const char *list = getenv("LUTSWEEP_FAULT");
    order o;

    while (list && *list && next_order(&list, &o))
        if (!strcmp(o.site, site))
            return true;
    return false;
}

static void write_log(const char *site, unsigned long pass, const char *action)
{
    const char *path = getenv("LUTSWEEP_FAULT_LOG");
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1;
    struct timespec now;
    struct tm utc;
    char text[160];
    size_t n;

    if (fd < 0)
        return;
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    n = (size_t)snprintf(text, sizeof text - 32, "%s %lu %s %ld ", site, pass, action,
                         (long)getpid());
    n += strftime(text + n, sizeof text - n, "%Y-%m-%dT%H:%M:%S", &utc);
    n +=
        (size_t)snprintf(text + n, sizeof text - n, ".%03ldZ\n", now.tv_nsec / 1000000);
    if (write(fd, text, n) < 0)
        errno = 0;
    close(fd);
}

/* Address space only, never touched: a machine without a limit does not notice. */
static int take_memory(void)
{
    enum { TIMES = 1024 };
    const size_t block = (size_t)64 << 20;

    for (int i = 0; i < TIMES; i++)
        if (!malloc(block))
            return ENOMEM;
    return 0;
}

static void sleep_for(const char *seconds)
{
    double s = strtod(seconds, NULL);
    struct timespec t = { .tv_sec = (time_t)s,
                          .tv_nsec = (long)((s - (double)(time_t)s) * 1e9) };

    while (nanosleep(&t, &t) != 0 && errno == EINTR)
        ;
}

/* MPI has handlers of its own for these. */
static void die_of(int number)
{
    signal(number, SIG_DFL);
    raise(number);
}

static int act(const char *action)
{
    static const struct {
        const char *name;
        int number;
    } signals[] = { { "kill", SIGKILL },
                    { "segv", SIGSEGV },
                    { "abort", SIGABRT },
                    { "stop", SIGSTOP } };

    for (size_t i = 0; i < LUT_COUNT(signals); i++)
        if (!strcmp(action, signals[i].name)) {
            die_of(signals[i].number);
            return 0;
        }
    if (!strncmp(action, "exit", 4))
        _exit(atoi(action + 4));
    while (!strcmp(action, "hang"))
        pause();
    if (!strncmp(action, "sleep", 5))
        sleep_for(action + 5);
    if (!strcmp(action, "memory"))
        return take_memory();
    if (!strcmp(action, "enospc"))
        return ENOSPC;
    return strcmp(action, "eio") ? 0 : EIO;
}

int sweep_fault(const char *site)
{
    const char *counts = getenv("LUTSWEEP_FAULT_COUNT");
    unsigned long pass;
    order o;

    if (!(counts && *counts) && !named(site))
        return 0;
    pass = count_pass(site);
    if (!find_order(&o, site, pass))
        return 0;
    write_log(site, pass, o.action);
    return act(o.action);
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);

    return n > m && !strcmp(text + n - m, end);
}

int sweep_fault_file(const char *path, const char *step)
{
    static const char *const kinds[][2] = { { ".rec", "record" },
                                            { ".rung", "rung" },
                                            { ".ckpt", "checkpoint" },
                                            { ".cfg", "plan" },
                                            { ".order", "plan" } };
    const char *kind = "merge";
    char site[SITE];

    for (size_t i = 0; i < LUT_COUNT(kinds); i++)
        if (ends_with(path, kinds[i][0]))
            kind = kinds[i][1];
    snprintf(site, sizeof site, "%s-%s", kind, step);
    return sweep_fault(site);
}

lut_status sweep_fault_check(const char *site, lut_err *err)
{
    int error = sweep_fault(site);

    if (!error)
        return LUT_OK;
    return lut_fail(err, error == ENOMEM ? LUT_ENOMEM : LUT_EIO, "%s: %s", site,
                    strerror(error));
}

#else

/* ISO C wants something in every file. */
extern int sweep_no_faults;
int sweep_no_faults;

#endif
