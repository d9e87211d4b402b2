#include "sweep/child.h"
#include "lib/base/check.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A status leaves the child as this exit code plus itself. */
enum { EXIT_STATUS = 100, EXIT_LAST = EXIT_STATUS + LUT_ESTOP };

/* What goes through the pipe: less than PIPE_BUF, so every write is whole. */
typedef struct note {
    uint32_t is_message, epoch;
    double valid_accuracy, loss, rss;
    char text[SWEEP_TAIL];
} note;

bool sweep_isolate_find(sweep_isolate *how, const char *word)
{
    static const char *const words[] = { [SWEEP_ISOLATE_NONE] = "none",
                                         [SWEEP_ISOLATE_FORK] = "fork",
                                         [SWEEP_ISOLATE_SPAWN] = "spawn" };

    for (size_t i = 0; i < LUT_COUNT(words); i++) {
        if (strcmp(word, words[i]) != 0)
            continue;
        *how = (sweep_isolate)i;
        return true;
    }
    return false;
}

/* Resident bytes of this process; NaN where the system does not tell. */
static double resident(void)
{
    FILE *f = fopen("/proc/self/statm", "r");
    double all, pages = NAN;

    if (!f)
        return NAN;
    if (fscanf(f, "%lf %lf", &all, &pages) != 2)
        pages = NAN;
    fclose(f);
    return pages * (double)sysconf(_SC_PAGESIZE);
}

void sweep_child_beat(int out, uint32_t epoch, double valid_accuracy, double loss)
{
    note n = { .epoch = epoch,
               .valid_accuracy = valid_accuracy,
               .loss = loss,
               .rss = resident() };

    if (write(out, &n, sizeof n) != (ssize_t)sizeof n)
        return; /* nobody reads fast enough: the next one will do */
}

static void send_message(int out, const lut_err *err)
{
    note n = { .is_message = 1 };

    snprintf(n.text, sizeof n.text, "%.*s", SWEEP_TAIL - 1, err->text);
    if (write(out, &n, sizeof n) != (ssize_t)sizeof n)
        fprintf(stderr, "%s\n", err->text);
}

/* Kills by the system for want of memory since it was booted. */
static unsigned long count_oom_kills(void)
{
    FILE *f = fopen("/proc/vmstat", "r");
    char line[128];
    unsigned long n = 0;

    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "oom_kill %lu", &n) == 1)
            break;
    if (f)
        fclose(f);
    return n;
}

/* ---- in the child ---- */

static volatile int leave;

const volatile int *sweep_child_leave(void)
{
    return &leave;
}

static void on_leave(int number)
{
    (void)number;
    leave = 1;
}

/* All are blocked since before the child was made: none finds the parent's handlers. */
static void reset_signals(void)
{
    struct sigaction ask = { .sa_handler = on_leave, .sa_flags = SA_RESTART };
    sigset_t none;

    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    leave = 0;
    sigaction(SIGUSR1, &ask, NULL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void limit(int resource, uint64_t value)
{
    struct rlimit r = { .rlim_cur = value, .rlim_max = value };

    (void)setrlimit(resource, &r);
}

/* Address space that is set aside for a thread's stack: it counts as data, used or not. */
static uint64_t stack_size(void)
{
    const uint64_t usual = (uint64_t)8 << 20;
    struct rlimit r;

    if (getrlimit(RLIMIT_STACK, &r) != 0 || r.rlim_cur == RLIM_INFINITY)
        return usual;
    return r.rlim_cur;
}

static void set_limits(const sweep_limits *l)
{
    const double margin = 10; /* seconds: start and end of the work */

    limit(RLIMIT_CORE, 0);
    if (l->memory)
        limit(RLIMIT_DATA,
              l->memory + (l->threads > 1 ? l->threads - 1 : 0) * stack_size());
    if (l->seconds > 0 && l->threads)
        limit(RLIMIT_CPU, (uint64_t)ceil(l->seconds * l->threads + margin));
}

static void prefer_as_victim(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY);

    if (fd < 0)
        return;
    if (write(fd, "1000", 4) != 4)
        errno = 0;
    close(fd);
}

/* Nothing of the parent's but the pipe: no socket, no lock, no other child's pipe. */
static void close_others(int keep)
{
    int null = open("/dev/null", O_RDONLY);

    if (null > 0)
        dup2(null, STDIN_FILENO);
#ifdef SYS_close_range
    if (keep > 3)
        syscall(SYS_close_range, 3u, (unsigned)keep - 1, 0u);
    syscall(SYS_close_range, (unsigned)keep + 1, ~0u, 0u);
#endif
}

static bool redirect(const char *log)
{
    int fd = open(log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666);

    if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
        return false;
    if (fd > STDERR_FILENO)
        close(fd);
    setvbuf(stdout, NULL, _IOLBF, 0);
    return true;
}

static int work_exit(sweep_work_fn work, void *arg, int out)
{
    lut_err err = { .text = "" };
    lut_status st = work(arg, out, &err);

    if (st != LUT_OK)
        send_message(out, &err);
    fflush(NULL);
    return st == LUT_OK ? 0 : EXIT_STATUS + (int)st;
}

/* What binds a child to its parent and keeps both apart.  0 or the exit code. */
static int settle(const sweep_limits *limits, const char *log, pid_t parent, int out)
{
    lut_err err;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        return EXIT_STATUS + LUT_ESTOP; /* it died before we asked to be told */
    setpgid(0, 0);
    reset_signals();
    set_limits(limits);
    prefer_as_victim();
    if (!redirect(log)) {
        lut_fail(&err, LUT_EIO, "%s: %s", log, strerror(errno));
        send_message(out, &err);
        return EXIT_STATUS + LUT_EIO;
    }
    close_others(out);
    return 0;
}

static void child_main(const sweep_limits *limits, const char *log, pid_t parent,
                       sweep_work_fn work, void *arg, int out)
    __attribute__((noreturn));

static void child_main(const sweep_limits *limits, const char *log, pid_t parent,
                       sweep_work_fn work, void *arg, int out)
{
    const int code = settle(limits, log, parent, out);

    _exit(code ? code : work_exit(work, arg, out));
}

/* ---- in a program of its own ---- */

/* What a spawned child gets: this line and a NUL, then the order. */
#define HEAD_PRINT "%ld %d %" PRIu64 " %a %u %s"
#define HEAD_SCAN  "%ld %d %" SCNu64 " %la %u %n"

/* All of an order, a NUL behind it; owned (free). */
static char *read_order(int fd, size_t *n)
{
    struct stat info;
    char *text;

    if (fstat(fd, &info) != 0)
        return NULL;
    *n = (size_t)info.st_size;
    text = calloc(1, *n + 1);
    if (text && pread(fd, text, *n, 0) != (ssize_t)*n) {
        free(text);
        text = NULL;
    }
    return text;
}

/* An order as work. */
typedef struct errand {
    sweep_order_fn fn;
    void *arg;
    const char *order;
} errand;

static lut_status run_errand(void *arg, int out, lut_err *err)
{
    const errand *e = arg;

    return e->fn(e->arg, e->order, out, err);
}

int sweep_child_serve(const char *operand, sweep_order_fn fn, void *arg)
{
    errand e = { fn, arg, NULL };
    sweep_limits limits;
    char *text, more;
    long parent;
    int fd, out, log = 0, code;
    size_t n;

    if (sscanf(operand, "%d%c", &fd, &more) != 1 || !(text = read_order(fd, &n)))
        return EXIT_STATUS + LUT_EINVAL;
    if (sscanf(text, HEAD_SCAN, &parent, &out, &limits.memory, &limits.seconds,
               &limits.threads, &log) != 5 ||
        !log || strlen(text) >= n)
        code = EXIT_STATUS + LUT_EINVAL;
    else
        code = settle(&limits, text + log, (pid_t)parent, out);
    if (code == 0) {
        e.order = text + strlen(text) + 1;
        code = work_exit(run_errand, &e, out);
    }
    free(text);
    return code;
}

/* ---- in the parent ---- */

static lut_status make_pipe(int end[2], lut_err *err)
{
    if (pipe2(end, O_CLOEXEC | O_NONBLOCK) == 0)
        return LUT_OK;
    return lut_fail(err, LUT_EIO, "pipe: %s", strerror(errno));
}

static void prepare(sweep_child *c, const char *log, const sweep_limits *limits, int in,
                    double now)
{
    *c = (sweep_child){ .pipe = in, .valid_accuracy = NAN, .loss = NAN, .rss = NAN };
    snprintf(c->log, sizeof c->log, "%s", log);
    c->oom_kills = count_oom_kills();
    c->limit = limits->seconds;
    if (limits->seconds > 0)
        c->deadline = now + limits->seconds;
}

lut_status sweep_child_start(sweep_child *c, const char *log,
                             const sweep_limits *limits, sweep_isolate how,
                             sweep_work_fn work, void *arg, double now, lut_err *err)
{
    const pid_t self = getpid();
    sigset_t all, before;
    int end[2];

    LUT_CHECK(how != SWEEP_ISOLATE_SPAWN);
    LUT_TRY(make_pipe(end, err));
    prepare(c, log, limits, end[0], now);
    if (how == SWEEP_ISOLATE_NONE) {
        c->wait_status = work_exit(work, arg, end[1]) << 8;
        close(end[1]);
        return LUT_OK;
    }
    fflush(NULL); /* or the child would print it again */
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    c->pid = fork();
    if (c->pid == 0)
        child_main(limits, log, self, work, arg, end[1]);
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(end[1]);
    if (c->pid > 0) {
        setpgid(c->pid, c->pid); /* whoever comes first */
        return LUT_OK;
    }
    close(end[0]);
    return lut_fail(err, LUT_ENOMEM, "fork: %s", strerror(errno));
}

/* A file without a name; -1 with errno. */
static int write_order(const char *log, const sweep_limits *l, int out,
                       const char *order)
{
    const int fd = memfd_create("trial", 0); /* the child inherits it */
    int kept = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 0);
    FILE *f = kept < 0 ? NULL : fdopen(kept, "w");
    int bad = !f;

    if (f) {
        fprintf(f, HEAD_PRINT, (long)getpid(), out, l->memory, l->seconds, l->threads,
                log);
        fputc(0, f);
        fputs(order, f);
        bad = ferror(f);
        bad |= fclose(f) != 0;
    } else if (kept >= 0) {
        close(kept);
    }
    if (!bad || fd < 0)
        return fd;
    close(fd);
    errno = ENOSPC;
    return -1;
}

/* Signals stay blocked until the child is ready for them; the rest of what it inherits it
 * closes itself. */
static int spawn(pid_t *pid, int order)
{
    char operand[16];
    char *argv[] = { (char *)"lutsweep", (char *)"--run-trial", operand, NULL };
    posix_spawnattr_t how;
    sigset_t all;
    int failed;

    snprintf(operand, sizeof operand, "%d", order);
    sigfillset(&all);
    if (posix_spawnattr_init(&how) != 0)
        return ENOMEM;
    posix_spawnattr_setsigmask(&how, &all);
    posix_spawnattr_setpgroup(&how, 0);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
    failed = posix_spawn(pid, "/proc/self/exe", NULL, &how, argv, environ);
    posix_spawnattr_destroy(&how);
    return failed;
}

lut_status sweep_child_spawn(sweep_child *c, const char *log,
                             const sweep_limits *limits, const char *order, double now,
                             lut_err *err)
{
    int end[2], fd, failed;

    LUT_TRY(make_pipe(end, err));
    prepare(c, log, limits, end[0], now);
    fcntl(end[1], F_SETFD, 0);
    fd = write_order(log, limits, end[1], order);
    failed = fd < 0 ? errno : spawn(&c->pid, fd);
    if (fd >= 0)
        close(fd);
    close(end[1]);
    if (!failed)
        return LUT_OK;
    close(end[0]);
    c->pid = 0;
    return lut_fail(err, LUT_ENOMEM, "spawn: %s", strerror(failed));
}

static void read_notes(sweep_child *c)
{
    note n;
    ssize_t got = 0;

    while (c->pipe >= 0 && (got = read(c->pipe, &n, sizeof n)) == (ssize_t)sizeof n) {
        if (n.is_message) {
            memcpy(c->message, n.text, sizeof c->message);
            c->message[sizeof c->message - 1] = 0;
            continue;
        }
        c->epoch = n.epoch;
        c->valid_accuracy = n.valid_accuracy;
        c->loss = n.loss;
        c->rss = n.rss;
    }
    /* The other end is closed: its owner is gone, or soon will be. */
    if (c->pipe >= 0 && (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))) {
        close(c->pipe);
        c->pipe = -1;
    }
}

static void read_tail(const char *path, char out[SWEEP_TAIL])
{
    FILE *f = fopen(path, "r");
    size_t n = 0, used = 0;
    char text[SWEEP_TAIL];

    out[0] = 0;
    if (!f)
        return;
    if (fseek(f, 1 - SWEEP_TAIL, SEEK_END) != 0)
        rewind(f);
    n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    while (n > 0 && text[n - 1] == '\n')
        n--;
    for (size_t i = 0; i < n && used + 4 < SWEEP_TAIL; i++) {
        if (text[i] == '\n' && used == 0)
            continue;
        if (text[i] == '\n') {
            memcpy(out + used, " | ", 3);
            used += 3;
        } else {
            out[used++] = text[i] >= ' ' && text[i] < 127 ? text[i] : '?';
        }
    }
    out[used] = 0;
}

static sweep_cause cause_of_signal(const sweep_child *c, int signal_number)
{
    if (signal_number == SIGKILL && count_oom_kills() > c->oom_kills)
        return SWEEP_OUT_OF_MEMORY;
    if (signal_number == SIGKILL || signal_number == SIGTERM ||
        signal_number == SIGINT || signal_number == SIGHUP)
        return SWEEP_LOST;
    if (signal_number == SIGXCPU)
        return SWEEP_TIMEOUT;
    return SWEEP_CRASHED;
}

static sweep_cause cause_of_exit(int code, lut_status *st)
{
    *st = code >= EXIT_STATUS && code <= EXIT_LAST ? (lut_status)(code - EXIT_STATUS)
                                                   : LUT_OK;
    if (code == 0)
        return SWEEP_FINE;
    if (*st == LUT_ENOMEM)
        return SWEEP_OUT_OF_MEMORY;
    return *st == LUT_ESTOP ? SWEEP_CANCELLED : SWEEP_ERROR;
}

static void name_signal(int number, char *out, size_t size)
{
    static const struct {
        int number;
        const char *name;
    } table[] = {
        { SIGSEGV, "SIGSEGV" }, { SIGABRT, "SIGABRT" }, { SIGFPE, "SIGFPE" },
        { SIGBUS, "SIGBUS" },   { SIGILL, "SIGILL" },   { SIGSYS, "SIGSYS" },
        { SIGTRAP, "SIGTRAP" }, { SIGKILL, "SIGKILL" }, { SIGTERM, "SIGTERM" },
        { SIGINT, "SIGINT" },   { SIGHUP, "SIGHUP" },   { SIGQUIT, "SIGQUIT" },
        { SIGXCPU, "SIGXCPU" }, { SIGXFSZ, "SIGXFSZ" }, { SIGALRM, "SIGALRM" },
        { SIGUSR1, "SIGUSR1" }, { SIGUSR2, "SIGUSR2" }
    };

    snprintf(out, size, "signal %d", number);
    for (size_t i = 0; i < LUT_COUNT(table); i++)
        if (table[i].number == number)
            snprintf(out, size, "%s", table[i].name);
}

/* The run-time system of threads ends the process by itself. */
static bool threads_want_memory(const sweep_child *c)
{
    char said[SWEEP_TAIL];

    read_tail(c->log, said);
    return strstr(said, "libgomp: Out of memory") ||
           strstr(said, "libgomp: Thread creation failed");
}

/* What the system knows of the end, before what the work said. */
static void name_end(const sweep_child *c, const sweep_end *end, char out[SWEEP_TAIL])
{
    char name[24] = "";

    out[0] = 0;
    if (end->signal)
        name_signal(end->signal, name, sizeof name);
    if (end->cause == SWEEP_TIMEOUT && c->expired)
        snprintf(out, SWEEP_TAIL, "past its limit of %g s", c->limit);
    else if (end->signal && end->cause == SWEEP_OUT_OF_MEMORY)
        snprintf(out, SWEEP_TAIL, "%s, the machine had no memory left", name);
    else if (end->cause != SWEEP_CANCELLED)
        snprintf(out, SWEEP_TAIL, "%s", name);
    if (!end->signal && end->exit_code && end->status == LUT_OK)
        snprintf(out, SWEEP_TAIL, "exit code %d", end->exit_code);
}

static void say_why(const sweep_child *c, sweep_end *end)
{
    char what[SWEEP_TAIL], said[SWEEP_TAIL];

    if (c->message[0])
        memcpy(said, c->message, sizeof said);
    else
        read_tail(c->log, said);
    name_end(c, end, what);
    snprintf(end->log, sizeof end->log, "%s%s%.*s", what,
             what[0] && said[0] ? ": " : "", (int)(SWEEP_TAIL - 3 - strlen(what)),
             said);
}

static void explain(const sweep_child *c, sweep_end *end, int status, double peak)
{
    *end = (sweep_end){ .epoch = c->epoch, .peak_memory = peak };
    if (WIFSIGNALED(status)) {
        end->signal = WTERMSIG(status);
        end->cause = cause_of_signal(c, end->signal);
    } else {
        end->exit_code = WEXITSTATUS(status);
        end->cause = cause_of_exit(end->exit_code, &end->status);
        if (end->cause == SWEEP_ERROR && end->status == LUT_OK &&
            threads_want_memory(c))
            end->cause = SWEEP_OUT_OF_MEMORY;
    }
    if (c->expired && end->cause != SWEEP_FINE)
        end->cause = SWEEP_TIMEOUT;
    else if ((c->cancelled || (c->patience > 0 && end->signal == SIGUSR1)) &&
             end->cause != SWEEP_FINE)
        end->cause = SWEEP_CANCELLED;
    if (end->cause != SWEEP_FINE)
        say_why(c, end);
}

/* Leaves the status to be taken. */
static bool has_ended(pid_t pid)
{
    siginfo_t info = { 0 };
    int failed;

    do
        failed = waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT);
    while (failed && errno == EINTR);
    return failed || info.si_pid == pid;
}

/* Takes the status of what has ended, and what it left behind while its id is its own. */
static int bury(pid_t pid, double *peak)
{
    struct rusage usage;
    int status;
    pid_t got;

    kill(-pid, SIGKILL);
    do
        got = wait4(pid, &status, 0, &usage);
    while (got < 0 && errno == EINTR);
    if (got < 0) /* somebody else took it: nothing is known of its end */
        return SIGKILL;
    *peak = 1024.0 * (double)usage.ru_maxrss;
    return status;
}

static void enforce(sweep_child *c, double now)
{
    if (c->pid <= 0 || c->expired || c->cancelled)
        return;
    if (c->deadline > 0 && now > c->deadline) {
        c->expired = true;
        kill(-c->pid, SIGKILL);
    } else if (c->patience > 0 && now > c->patience) {
        sweep_child_cancel(c);
    }
}

bool sweep_child_poll(sweep_child *c, sweep_end *end, double now)
{
    int status = c->wait_status;
    double peak = NAN;

    read_notes(c);
    enforce(c, now);
    if (c->pid > 0) {
        if (!has_ended(c->pid))
            return false;
        status = bury(c->pid, &peak);
    }
    read_notes(c);
    if (c->pipe >= 0)
        close(c->pipe);
    c->pipe = -1;
    explain(c, end, status, peak);
    c->pid = 0;
    return true;
}

void sweep_child_save(sweep_child *c, double grace, double now)
{
    if (c->pid > 0 && c->patience == 0)
        kill(-c->pid, SIGUSR1);
    if (c->patience == 0 || now + grace < c->patience)
        c->patience = now + grace;
}

void sweep_child_cancel(sweep_child *c)
{
    c->cancelled = true;
    if (c->pid > 0)
        kill(-c->pid, SIGKILL);
}
