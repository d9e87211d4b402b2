#include "sweep/child.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* A status leaves the child as this exit code plus itself. */
enum { EXIT_STATUS = 100, EXIT_LAST = EXIT_STATUS + LUT_ESTOP };

/* What goes through the pipe: less than PIPE_BUF, so every write is whole. */
typedef struct note {
    uint32_t is_message, epoch;
    double valid_accuracy;
    char text[SWEEP_TAIL];
} note;

void sweep_child_beat(int out, uint32_t epoch, double valid_accuracy)
{
    note n = { .epoch = epoch, .valid_accuracy = valid_accuracy };

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

static void reset_signals(void)
{
    sigset_t none;

    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void limit(int resource, uint64_t value)
{
    struct rlimit r = { .rlim_cur = value, .rlim_max = value };

    (void)setrlimit(resource, &r);
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

static void child_main(const sweep_limits *limits, const char *log, pid_t parent,
                       sweep_work_fn work, void *arg, int out)
    __attribute__((noreturn));

static void child_main(const sweep_limits *limits, const char *log, pid_t parent,
                       sweep_work_fn work, void *arg, int out)
{
    lut_err err;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_STATUS + LUT_ESTOP); /* it died before we asked to be told */
    setpgid(0, 0);
    reset_signals();
    signal(SIGPIPE, SIG_IGN);
    limit(RLIMIT_CORE, 0);
    if (limits->memory)
        limit(RLIMIT_DATA, limits->memory);
    prefer_as_victim();
    if (!redirect(log)) {
        lut_fail(&err, LUT_EIO, "%s: %s", log, strerror(errno));
        send_message(out, &err);
        _exit(EXIT_STATUS + LUT_EIO);
    }
    close_others(out);
    _exit(work_exit(work, arg, out));
}

/* ---- in the parent ---- */

static lut_status make_pipe(int end[2], lut_err *err)
{
    if (pipe2(end, O_CLOEXEC | O_NONBLOCK) == 0)
        return LUT_OK;
    return lut_fail(err, LUT_EIO, "pipe: %s", strerror(errno));
}

lut_status sweep_child_start(sweep_child *c, const char *log,
                             const sweep_limits *limits, bool isolate,
                             sweep_work_fn work, void *arg, double now, lut_err *err)
{
    const pid_t self = getpid();
    int end[2];

    LUT_TRY(make_pipe(end, err));
    *c = (sweep_child){ .pipe = end[0], .valid_accuracy = NAN };
    snprintf(c->log, sizeof c->log, "%s", log);
    c->oom_kills = count_oom_kills();
    if (limits->seconds > 0)
        c->deadline = now + limits->seconds;
    if (!isolate) {
        c->wait_status = work_exit(work, arg, end[1]) << 8;
        close(end[1]);
        return LUT_OK;
    }
    fflush(NULL); /* or the child would print it again */
    c->pid = fork();
    if (c->pid == 0)
        child_main(limits, log, self, work, arg, end[1]);
    close(end[1]);
    if (c->pid > 0) {
        setpgid(c->pid, c->pid); /* whoever comes first */
        return LUT_OK;
    }
    close(end[0]);
    return lut_fail(err, LUT_ENOMEM, "fork: %s", strerror(errno));
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
    return SWEEP_ERROR;
}

static void explain(const sweep_child *c, sweep_end *end, int status)
{
    *end = (sweep_end){ .epoch = c->epoch };
    if (WIFSIGNALED(status)) {
        end->signal = WTERMSIG(status);
        end->cause = cause_of_signal(c, end->signal);
    } else {
        end->exit_code = WEXITSTATUS(status);
        end->cause = cause_of_exit(end->exit_code, &end->status);
    }
    if (c->expired && end->cause != SWEEP_FINE)
        end->cause = SWEEP_TIMEOUT;
    else if (c->cancelled && end->cause != SWEEP_FINE)
        end->cause = SWEEP_CANCELLED;
    if (c->message[0])
        memcpy(end->log, c->message, sizeof end->log);
    else if (end->cause != SWEEP_FINE)
        read_tail(c->log, end->log);
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

bool sweep_child_poll(sweep_child *c, sweep_end *end, double now)
{
    int status = c->wait_status;
    pid_t got = 0;

    read_notes(c);
    if (c->deadline > 0 && now > c->deadline && c->pid > 0 && !c->expired) {
        c->expired = true;
        kill(-c->pid, SIGKILL);
    }
    if (c->pid > 0) {
        if (!has_ended(c->pid))
            return false;
        kill(-c->pid,
             SIGKILL); /* what it may have left behind, while its id is its own */
        do
            got = waitpid(c->pid, &status, 0);
        while (got < 0 && errno == EINTR);
        if (got < 0) /* somebody else took its status: nothing is known of its end */
            status = SIGKILL;
    }
    read_notes(c);
    if (c->pipe >= 0)
        close(c->pipe);
    c->pipe = -1;
    explain(c, end, status);
    c->pid = 0;
    return true;
}

void sweep_child_cancel(sweep_child *c)
{
    c->cancelled = true;
    if (c->pid > 0)
        kill(-c->pid, SIGKILL);
}
