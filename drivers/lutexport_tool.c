/* Programs of others, found in PATH and run without a shell. */
#include "drivers/lutexport.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Tools run in other folders than this one. */
static char *absolute(const char *file)
{
    char here[EXPORT_PATH], whole[2 * EXPORT_PATH];

    if (file[0] == '/' || !getcwd(here, sizeof here))
        return strdup(file);
    snprintf(whole, sizeof whole, "%s/%s", here, file);
    return strdup(whole);
}

static char *find_in_path(const char *name)
{
    const char *path = getenv("PATH");
    char file[EXPORT_PATH];

    if (strchr(name, '/'))
        return access(name, X_OK) == 0 ? absolute(name) : NULL;
    for (const char *at = path ? path : ""; *at;) {
        size_t n = strcspn(at, ":");

        snprintf(file, sizeof file, "%.*s/%s", (int)n, at, name);
        if (n && access(file, X_OK) == 0)
            return absolute(file);
        at += n + (at[n] == ':');
    }
    return NULL;
}

char *export_tool_find(const char *const *name)
{
    char *found = NULL;

    for (size_t i = 0; name[i] && !found; i++)
        found = name[i][0] ? find_in_path(name[i]) : NULL;
    return found;
}

/* ---- ends by signals ---- */

static volatile pid_t running; /* a tool, leader of its group, or 0 */
static const char *volatile doomed[EXPORT_DOOMED]; /* folders */

/* All that is called here may be called in a handler (POSIX.1-2008, 2.4.3), which reading a
 * folder may not: rm does. */
static void leave(int sig)
{
    const char *argv[EXPORT_DOOMED + 4] = { "rm", "-rf", "--" };
    pid_t child;
    size_t n = 3;

    if (running)
        kill(-running, SIGKILL);
    for (size_t i = 0; i < EXPORT_DOOMED; i++)
        if (doomed[i])
            argv[n++] = doomed[i];
    child = n > 3 ? fork() : -1;
    if (child == 0) {
        execv("/bin/rm", (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    if (child > 0)
        waitpid(child, NULL, 0);
    signal(sig, SIG_DFL);
    raise(sig);
}

static void ends(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGHUP);
}

void export_signals(void)
{
    struct sigaction act = { .sa_handler = leave }, old;

    ends(&act.sa_mask);
    for (int sig = 1; sig < 32; sig++)
        if (sigismember(&act.sa_mask, sig) == 1 && sigaction(sig, NULL, &old) == 0 &&
            old.sa_handler != SIG_IGN) /* nohup */
            sigaction(sig, &act, NULL);
}

void export_doom(unsigned place, const char *folder)
{
    doomed[place] = folder;
}

/* ---- running ---- */

static unsigned limit = EXPORT_SECONDS;
static double took; /* CPU seconds of the tool before */

double export_tool_took(void)
{
    return took;
}

static double spent(void)
{
    struct rusage r;

    getrusage(RUSAGE_CHILDREN, &r);
    return (double)(r.ru_utime.tv_sec + r.ru_stime.tv_sec) +
           1e-6 * (double)(r.ru_utime.tv_usec + r.ru_stime.tv_usec);
}

void export_tool_limit(unsigned seconds)
{
    limit = seconds;
}

unsigned export_tool_seconds(void)
{
    return limit;
}

/* In the child: never returns. */
static void become(const char *const *argv, const char *folder, const char *log,
                   pid_t parent, const sigset_t *before)
{
    int null = open("/dev/null", O_RDONLY), out;

    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_DFL);
    signal(SIGTERM, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    sigprocmask(SIG_SETMASK, before, NULL);
    if (getppid() != parent) /* it died before we asked to be told */
        _exit(127);
    if (chdir(folder) != 0)
        _exit(127);
    out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (null < 0 || out < 0 || dup2(null, 0) < 0 || dup2(out, 1) < 0 ||
        dup2(out, 2) < 0)
        _exit(127);
    execv(argv[0], (char *const *)argv);
    _exit(127);
}

/* Its end, or its end at our hands with all that it has started. */
static int wait_for(pid_t child, unsigned seconds)
{
    const struct timespec nap = { .tv_nsec = 5000000 };
    struct timespec now, start;
    int status = 0;
    pid_t got;

    clock_gettime(CLOCK_MONOTONIC, &start);
    while ((got = waitpid(child, &status, WNOHANG)) == 0 ||
           (got < 0 && errno == EINTR)) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec - start.tv_sec > (time_t)seconds) {
            kill(-child, SIGKILL);
            waitpid(child, &status, 0);
            return -2;
        }
        nanosleep(&nap, NULL);
    }
    if (got < 0)
        return -3;
    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
        return -4;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* What a program before it has left says nothing of this one. */
static void forget_log(const char *folder, const char *log)
{
    char path[2 * EXPORT_PATH];

    snprintf(path, sizeof path, "%s%s%s", log[0] == '/' ? "" : folder,
             log[0] == '/' ? "" : "/", log);
    unlink(path);
}

int export_tool_run(const char *const *argv, const char *folder, const char *log,
                    unsigned seconds)
{
    pid_t child, self = getpid();
    sigset_t set, before;
    int code;

    fflush(NULL);
    forget_log(folder, log);
    ends(&set);
    sigprocmask(SIG_BLOCK, &set, &before); /* the handler shall know of the child */
    child = fork();
    if (child == 0)
        become(argv, folder, log, self, &before);
    if (child > 0) {
        setpgid(child, child); /* whoever is first */
        running = child;
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (child < 0)
        return -3;
    took = spent();
    code = wait_for(child, seconds);
    took = spent() - took;
    running = 0;
    return code == 127 ? -3 : code;
}

char *export_tool_log(const char *folder, const char *log)
{
    char path[EXPORT_PATH + 64], *text = NULL;
    lut_err err;

    snprintf(path, sizeof path, "%s/%s", folder, log);
    return cli_read_text(&text, path, &err) == LUT_OK ? text : NULL;
}

bool export_tool_excused(export_check *c, const char *what, int code)
{
    if (code == -2)
        export_check_skip(c, "%s took more than %u s", what, limit);
    else if (code == -3)
        export_check_skip(c, "%s could not be started", what);
    else if (code == -4)
        export_check_skip(c, "%s was killed, as where memory runs out", what);
    return code == -2 || code == -3 || code == -4;
}

void export_tool_version(char *text, size_t size, const char *const *argv,
                         const char *folder)
{
    char *log = NULL;

    text[0] = 0;
    if (export_tool_run(argv, folder, "version.log", 20) == 0)
        log = export_tool_log(folder, "version.log");
    if (log)
        snprintf(text, size, "%.*s", (int)strcspn(log, "\n"), log);
    free(log);
}
