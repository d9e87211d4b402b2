/* Processes: every step of a measurement in one of its own, copies at once, idle company. */
#include "drivers/lutbench.h"
#include "lib/base/check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- signals ---- */

static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

void bench_catch_signals(void)
{
    static const int number[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE };
    struct sigaction act = { .sa_handler = on_signal }, old;

    for (size_t i = 0; i < LUT_COUNT(number); i++)
        if (number[i] != SIGHUP || sigaction(SIGHUP, NULL, &old) != 0 ||
            old.sa_handler != SIG_IGN) /* nohup has it ignored */
            sigaction(number[i], &act, NULL);
    signal(SIGCHLD, SIG_DFL); /* ignored, exit statuses would be lost */
}

/* ---- the folder ---- */

lut_status bench_folder_make(char path[256], lut_err *err)
{
    const char *base = getenv("TMPDIR");

    snprintf(path, 256, "%s/lutbench-XXXXXX", base && base[0] ? base : "/tmp");
    if (mkdtemp(path))
        return LUT_OK;
    return lut_fail(err, LUT_EIO, "%s: cannot be made: %s", path, strerror(errno));
}

/* It holds files only. */
void bench_folder_remove(const char *path)
{
    DIR *d = opendir(path);
    struct dirent *e;

    while (d && (e = readdir(d)))
        unlinkat(dirfd(d), e->d_name, 0); /* refuses "." and ".." */
    if (d)
        closedir(d);
    rmdir(path);
}

/* ---- one process ---- */

enum { MAX_COPIES = 256, OUTPUT = 1 << 16, ARGUMENTS = BENCH_KEYS + 20 };

typedef struct child {
    pid_t pid;
    int out, gate; /* its output; what its standard input waits for; -1: closed */
    char *text;    /* [OUTPUT]; owned */
    size_t n;
    int status;
} child;

/* Never returns.  A step must not outlive the program that wants its result. */
static void become(char *const *argv, int in, int out)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (in >= 0)
        dup2(in, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    execv("/proc/self/exe", argv);
    _exit(127);
}

static lut_status start(child *c, char *const *argv, bool gated, lut_err *err)
{
    int out[2] = { -1, -1 }, in[2] = { -1, -1 };

    *c = (child){ .pid = -1, .out = -1, .gate = -1, .text = malloc(OUTPUT) };
    if (!c->text)
        return lut_fail(err, LUT_ENOMEM, "no memory for the output of a process");
    if (pipe2(out, O_CLOEXEC) == 0 && (!gated || pipe2(in, O_CLOEXEC) == 0))
        c->pid = fork();
    if (c->pid == 0)
        become(argv, in[0], out[1]);
    if (c->pid < 0)
        lut_fail(err, LUT_EIO, "no new process: %s", strerror(errno));
    c->out = out[0];
    c->gate = in[1];
    if (out[1] >= 0)
        close(out[1]);
    if (in[0] >= 0)
        close(in[0]);
    return c->pid < 0 ? LUT_EIO : LUT_OK;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/* Also what was never started. */
static void finish(child *c)
{
    close_fd(&c->gate);
    close_fd(&c->out);
    if (c->pid > 0) {
        kill(c->pid, SIGKILL);
        while (waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
            continue;
    }
    free(c->text);
    *c = (child){ .pid = -1, .out = -1, .gate = -1 };
}

static void take_output(child *c)
{
    ssize_t got = read(c->out, c->text + c->n, OUTPUT - 1 - c->n);

    if (got > 0)
        c->n += (size_t)got;
    else if (got == 0 || errno != EINTR)
        close_fd(&c->out);
    c->text[c->n] = 0;
}

/* Its exit status as an error; *err without a text where the process told why. */
static lut_status ended(child *c, lut_err *err)
{
    static const struct {
        int exit;
        lut_status code;
    } told[] = { { 1, LUT_ENOMEM }, { 2, LUT_EINVAL }, { 5, LUT_EIO } };
    pid_t pid = c->pid;

    while (waitpid(pid, &c->status, 0) < 0 && errno == EINTR)
        continue;
    c->pid = -1;
    if (WIFEXITED(c->status) && WEXITSTATUS(c->status) == 0)
        return LUT_OK;
    for (size_t i = 0; i < LUT_COUNT(told); i++)
        if (WIFEXITED(c->status) && WEXITSTATUS(c->status) == told[i].exit) {
            lut_fail(err, told[i].code, "%s", "");
            return told[i].code;
        }
    return lut_fail(err, LUT_EIO, "a process of the measurement was ended by %s %d",
                    WIFSIGNALED(c->status) ? "signal" : "exit status",
                    WIFSIGNALED(c->status) ? WTERMSIG(c->status)
                                           : WEXITSTATUS(c->status));
}

/* ---- several at once ---- */

static void open_gates(child *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (c[i].out >= 0 && !strstr(c[i].text, "# ready"))
            return;
    }
    for (size_t i = 0; i < n; i++)
        close_fd(&c[i].gate);
}

/* Until all have closed their output; a signal ends the wait at once. */
static lut_status collect(child *c, size_t n, lut_err *err)
{
    const int patience = 200; /* ms: a signal may come between the look and the wait */
    size_t open = n;

    while (open) {
        struct pollfd fd[MAX_COPIES];

        for (size_t i = 0; i < n; i++)
            fd[i] = (struct pollfd){ .fd = c[i].out, .events = POLLIN };
        if (stopped)
            return lut_fail(err, LUT_ESTOP, "stopped by a signal");
        if (poll(fd, n, patience) <= 0)
            continue;
        open = 0;
        for (size_t i = 0; i < n; i++) {
            if (fd[i].fd >= 0 && fd[i].revents)
                take_output(&c[i]);
            open += c[i].out >= 0;
        }
        open_gates(c, n);
    }
    return LUT_OK;
}

/* n processes of one command line, to the end of all; their outputs in c[n]. */
static lut_status run_all(child *c, size_t n, char *const *argv, bool gated,
                          lut_err *err)
{
    lut_status st = LUT_OK;

    for (size_t i = 0; i < n; i++)
        c[i] = (child){ .pid = -1, .out = -1, .gate = -1 };
    for (size_t i = 0; i < n && st == LUT_OK; i++)
        st = start(&c[i], argv, gated, err);
    if (st == LUT_OK) {
        for (size_t i = 0; i < n; i++)
            c[i].text[0] = 0;
        st = collect(c, n, err);
    }
    for (size_t i = 0; i < n && st == LUT_OK; i++)
        st = ended(&c[i], err);
    return st;
}

static void finish_all(child *c, size_t n)
{
    for (size_t i = 0; i < n; i++)
        finish(&c[i]);
}

/* ---- command lines ---- */

typedef struct command {
    char text[8][320];
    char *argv[ARGUMENTS];
} command;

static void compose(command *c, const bench_task *t, const char *step, unsigned threads)
{
    size_t n = 0;

    snprintf(c->text[0], sizeof c->text[0], "--step=%s", step);
    snprintf(c->text[1], sizeof c->text[1], "--cache=%s", t->cache);
    snprintf(c->text[2], sizeof c->text[2], "--kernels=%s", t->kernels);
    snprintf(c->text[3], sizeof c->text[3], "--threads=%u", threads);
    snprintf(c->text[4], sizeof c->text[4], "--seconds=%.9g", t->seconds);
    snprintf(c->text[5], sizeof c->text[5], "--copies=%u", t->copies);
    snprintf(c->text[6], sizeof c->text[6], "--busy=%u", t->busy);
    snprintf(c->text[7], sizeof c->text[7], "--network=%s",
             t->network ? t->network->name : "");
    c->argv[n++] = (char *)"lutbench";
    for (size_t i = 0; i < LUT_COUNT(c->text) - !t->network; i++)
        c->argv[n++] = c->text[i];
    for (size_t i = 0; i < t->ngiven && n < ARGUMENTS - 1; i++)
        c->argv[n++] = (char *)t->given[i];
    c->argv[n] = NULL;
}

/* ---- busy company ---- */

static void start_busy(pid_t *pid, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        pid[i] = fork();
        if (pid[i] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            signal(SIGTERM, SIG_DFL);
            for (volatile unsigned k = 0;; k++)
                continue;
        }
    }
}

static void end_busy(const pid_t *pid, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        if (pid[i] > 0) {
            kill(pid[i], SIGKILL);
            while (waitpid(pid[i], NULL, 0) < 0 && errno == EINTR)
                continue;
        }
}

/* ---- rows ---- */

static lut_status parse_row(bench_row *row, const child *c, lut_err *err)
{
    FILE *in = fmemopen(c->text, c->n, "r");
    bench_row *rows;
    size_t n;
    lut_status st;

    if (!in)
        return lut_fail(err, LUT_ENOMEM, "no memory for a row");
    st = bench_csv_read(&rows, &n, in, "output of a measurement", err);
    fclose(in);
    LUT_TRY(st);
    *row = rows[0];
    free(rows);
    return LUT_OK;
}

/* What one more copy adds.  The copies are foreign to each other, but not to the whole. */
static lut_status add_copy(bench_row *sum, const bench_row *more, lut_err *err)
{
    if (strcmp(sum->digest, more->digest) != 0)
        return lut_fail(err, LUT_EFORMAT, "copies of one training differ: %s and %s",
                        sum->digest, more->digest);
    sum->train_samples_per_second += more->train_samples_per_second;
    sum->ns_per_sample = 1e9 / sum->train_samples_per_second;
    sum->peak_memory = fmax(sum->peak_memory, more->peak_memory);
    sum->foreign_share =
        fmax(0, sum->foreign_share - more->cpu_seconds / more->wall_seconds);
    sum->cpu_seconds += more->cpu_seconds;
    sum->wall_seconds = fmax(sum->wall_seconds, more->wall_seconds);
    return LUT_OK;
}

static lut_status add_bound(bench_row *row, const bench_task *task,
                            const bench_rates *rates, lut_err *err)
{
    char digest[SWEEP_DIGEST];
    const char *by;
    double seconds;
    sweep_trial t;

    LUT_TRY(bench_plan_read(task->cache, &t, digest, err));
    LUT_TRY(bench_bound(&seconds, &by, &t, row->parameters, rates, err));
    row->bound_samples_per_second = 1 / seconds;
    row->bound_fraction = row->train_samples_per_second * seconds;
    snprintf(row->bound_by, sizeof row->bound_by, "%s", by);
    row->probe_fma = rates->fma;
    row->probe_l1 = rates->l1;
    row->probe_l2 = rates->l2;
    row->probe_l3 = rates->l3;
    row->probe_memory = rates->memory;
    return LUT_OK;
}

static lut_status join(bench_row *row, const child *c, size_t n, lut_err *err)
{
    LUT_TRY(parse_row(row, &c[0], err));
    for (size_t i = 1; i < n; i++) {
        bench_row more;

        LUT_TRY(parse_row(&more, &c[i], err));
        LUT_TRY(add_copy(row, &more, err));
    }
    return LUT_OK;
}

lut_status bench_run_plan(const bench_task *task, lut_err *err)
{
    command how;
    child c;
    lut_status st;

    compose(&how, task, "plan", task->threads);
    st = run_all(&c, 1, how.argv, false, err);
    finish(&c);
    return st;
}

lut_status bench_run(bench_row *row, const bench_task *task, const bench_rates *rates,
                     lut_err *err)
{
    command how;
    child c[MAX_COPIES];
    pid_t busy[MAX_COPIES];
    lut_status st;

    LUT_CHECK(task->copies <= MAX_COPIES && task->busy <= MAX_COPIES);
    compose(&how, task, "measure", task->threads);
    start_busy(busy, task->busy);
    st = run_all(c, task->copies, how.argv, task->copies > 1, err);
    end_busy(busy, task->busy);
    if (st == LUT_OK)
        st = join(row, c, task->copies, err);
    finish_all(c, task->copies);
    return st == LUT_OK ? add_bound(row, task, rates, err) : st;
}

lut_status bench_run_probe(bench_rates *out, const bench_task *task, lut_err *err)
{
    size_t threads = (size_t)task->threads * task->copies;
    bench_task t = *task;
    bench_row row;
    command how;
    child c;
    lut_status st;

    t.network = NULL;
    t.ngiven = 0;
    compose(&how, &t, "probe", threads < 256 ? threads : 256);
    st = run_all(&c, 1, how.argv, false, err);
    if (st == LUT_OK)
        st = parse_row(&row, &c, err);
    finish(&c);
    LUT_TRY(st);
    bench_cache_sizes(out);
    out->fma = row.probe_fma;
    out->l1 = row.probe_l1;
    out->l2 = row.probe_l2;
    out->l3 = row.probe_l3;
    out->memory = row.probe_memory;
    return LUT_OK;
}
