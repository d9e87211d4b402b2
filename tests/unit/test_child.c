/* sweep/child: every way to end is told apart, and none harms the parent. */
#include "sweep/child.h"
#include "tests/support/unit.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static char log_path[] = "/tmp/test_child.XXXXXX";

static double now(void)
{
    struct timespec s;

    clock_gettime(CLOCK_MONOTONIC, &s);
    return (double)s.tv_sec + 1e-9 * (double)s.tv_nsec;
}

static lut_status fine(void *arg, int out, lut_err *err)
{
    (void)arg;
    (void)err;
    for (uint32_t e = 1; e <= 1000; e++) /* more than a pipe holds */
        sweep_child_beat(out, e, 90.5, 0.25);
    return LUT_OK;
}

static lut_status by_signal(void *arg, int out, lut_err *err)
{
    (void)out;
    (void)err;
    fprintf(stderr, "last\nwords\n");
    raise(*(int *)arg);
    return LUT_OK;
}

static lut_status by_exit(void *arg, int out, lut_err *err)
{
    (void)out;
    (void)err;
    _exit(*(int *)arg);
}

static lut_status by_status(void *arg, int out, lut_err *err)
{
    (void)out;
    return lut_fail(err, *(lut_status *)arg, "the reason");
}

static lut_status no_threads(void *arg, int out, lut_err *err)
{
    (void)arg;
    (void)out;
    (void)err;
    fprintf(stderr,
            "\nlibgomp: Thread creation failed: Resource temporarily unavailable\n");
    _exit(1);
}

static lut_status greedy(void *arg, int out, lut_err *err)
{
    (void)arg;
    (void)out;
    for (size_t n = 0; n < 1024; n++) {
        char *p = malloc((size_t)1 << 20);

        if (!p)
            return lut_fail(err, LUT_ENOMEM, "no memory for %zu MB", n);
        memset(p, 1, (size_t)1 << 20);
    }
    return LUT_OK;
}

static lut_status endless(void *arg, int out, lut_err *err)
{
    (void)arg;
    (void)out;
    (void)err;
    signal(SIGTERM, SIG_IGN);
    while (pause() != 0)
        ;
    return LUT_OK;
}

static lut_status leaves_a_grandchild(void *arg, int out, lut_err *err)
{
    (void)arg;
    (void)out;
    if (fork() == 0)
        return endless(NULL, 0, err);
    return LUT_OK;
}

static sweep_child begin(const sweep_limits *limits, sweep_work_fn work, void *arg)
{
    static const sweep_limits none;
    sweep_child c;
    lut_err err;

    CU_ASSERT_EQUAL_FATAL(sweep_child_start(&c, log_path, limits ? limits : &none,
                                            SWEEP_ISOLATE_FORK, work, arg, now(), &err),
                          LUT_OK);
    return c;
}

static sweep_end finish(sweep_child *c)
{
    sweep_end end = { .cause = SWEEP_CAUSES };
    double patience = now() + 20;

    while (now() < patience && !sweep_child_poll(c, &end, now()))
        poll(NULL, 0, 1);
    return end;
}

static void test_fine(void)
{
    sweep_child c = begin(NULL, fine, NULL);
    sweep_end e;

    poll(NULL, 0, 20);
    e = finish(&c);
    CU_ASSERT_EQUAL(e.cause, SWEEP_FINE);
    CU_ASSERT(e.epoch >= 1);
    CU_ASSERT_EQUAL(c.valid_accuracy, 90.5);
    CU_ASSERT_EQUAL(c.loss, 0.25);
    CU_ASSERT(c.rss > 1e5 && c.rss <= e.peak_memory + 1e6);
    CU_ASSERT_STRING_EQUAL(e.log, "");
}

static void test_signals(void)
{
    static const struct {
        int signal;
        sweep_cause cause;
        const char *log;
    } table[] = { { SIGSEGV, SWEEP_CRASHED, "SIGSEGV: last | words" },
                  { SIGABRT, SWEEP_CRASHED, "SIGABRT: last | words" },
                  { SIGFPE, SWEEP_CRASHED, "SIGFPE: last | words" },
                  { SIGBUS, SWEEP_CRASHED, "SIGBUS: last | words" },
                  { SIGVTALRM, SWEEP_CRASHED, "signal 26: last | words" },
                  { SIGXCPU, SWEEP_TIMEOUT, "SIGXCPU: last | words" },
                  { SIGKILL, SWEEP_LOST, "SIGKILL: last | words" },
                  { SIGTERM, SWEEP_LOST, "SIGTERM: last | words" } };

    for (size_t i = 0; i < LUT_COUNT(table); i++) {
        int number = table[i].signal;
        sweep_child c = begin(NULL, by_signal, &number);
        sweep_end e = finish(&c);

        CU_ASSERT_EQUAL(e.cause, table[i].cause);
        CU_ASSERT_EQUAL(e.signal, number);
        CU_ASSERT_STRING_EQUAL(e.log, table[i].log);
    }
}

static void test_exits(void)
{
    int code = 3;
    lut_status st = LUT_ENOENT;
    sweep_child c = begin(NULL, by_exit, &code);
    sweep_end e = finish(&c);

    CU_ASSERT_EQUAL(e.cause, SWEEP_ERROR);
    CU_ASSERT_EQUAL(e.exit_code, 3);
    CU_ASSERT_STRING_EQUAL(e.log, "exit code 3");
    CU_ASSERT_EQUAL(e.status, LUT_OK);
    c = begin(NULL, by_status, &st);
    e = finish(&c);
    CU_ASSERT_EQUAL(e.cause, SWEEP_ERROR);
    CU_ASSERT_EQUAL(e.status, LUT_ENOENT);
    CU_ASSERT_STRING_EQUAL(e.log, "the reason");
    st = LUT_EIO;
    c = begin(NULL, by_status, &st);
    CU_ASSERT_EQUAL(finish(&c).status, LUT_EIO);
    st = LUT_ENOMEM;
    c = begin(NULL, by_status, &st);
    CU_ASSERT_EQUAL(finish(&c).cause, SWEEP_OUT_OF_MEMORY);
    c = begin(NULL, no_threads, NULL);
    e = finish(&c);
    CU_ASSERT_EQUAL(e.cause, SWEEP_OUT_OF_MEMORY);
    CU_ASSERT_STRING_EQUAL(e.log, "exit code 1: libgomp: Thread creation failed: "
                                  "Resource temporarily unavailable");
    st = LUT_ESTOP; /* it left because it was asked to */
    c = begin(NULL, by_status, &st);
    CU_ASSERT_EQUAL(finish(&c).cause, SWEEP_CANCELLED);
}

static void test_memory(void)
{
    const sweep_limits limits = { .memory = (uint64_t)256 << 20 };
    sweep_child c;
    sweep_end e;

    if (SANITIZED)
        return; /* the sanitizer's own maps are larger than any useful limit */
    c = begin(&limits, greedy, NULL);
    e = finish(&c);
    CU_ASSERT_EQUAL(e.cause, SWEEP_OUT_OF_MEMORY);
    CU_ASSERT(strncmp(e.log, "no memory for ", 14) == 0);
    CU_ASSERT(e.peak_memory > 128e6 && e.peak_memory < 1e9);
}

static void test_hang(void)
{
    const sweep_limits limits = { .seconds = 0.1 };
    sweep_child c = begin(&limits, endless, NULL);
    sweep_end e = finish(&c);

    CU_ASSERT_EQUAL(e.cause, SWEEP_TIMEOUT);
    CU_ASSERT_STRING_EQUAL(e.log, "past its limit of 0.1 s");
    c = begin(NULL, endless, NULL);
    CU_ASSERT_FALSE(sweep_child_poll(&c, &e, now()));
    sweep_child_cancel(&c);
    CU_ASSERT_EQUAL(finish(&c).cause, SWEEP_CANCELLED);
}

/* Works until it is asked to leave. */
static lut_status obliging(void *arg, int out, lut_err *err)
{
    (void)arg;
    sweep_child_beat(out, 1, 50, 0);
    while (!*sweep_child_leave())
        poll(NULL, 0, 1);
    return lut_fail(err, LUT_ESTOP, "left");
}

static void test_save(void)
{
    sweep_child c = begin(NULL, obliging, NULL);
    sweep_end e;

    sweep_child_save(&c, 20, now()); /* at once: it must not be lost */
    e = finish(&c);
    CU_ASSERT_EQUAL(e.cause, SWEEP_CANCELLED);
    CU_ASSERT_EQUAL(e.status, LUT_ESTOP);
    CU_ASSERT_EQUAL(e.signal, 0);
    CU_ASSERT_STRING_EQUAL(e.log, "left");
    c = begin(NULL, endless, NULL); /* does not hear */
    sweep_child_save(&c, 0.1, now());
    e = finish(&c);
    CU_ASSERT_EQUAL(e.cause, SWEEP_CANCELLED);
    CU_ASSERT_EQUAL(e.signal, SIGKILL);
    c = begin(NULL, fine, NULL); /* asked, and finished all the same */
    sweep_child_save(&c, 20, now());
    CU_ASSERT_EQUAL(finish(&c).cause, SWEEP_FINE);
    c = begin(NULL, endless, NULL); /* patience may be cut short, never extended */
    sweep_child_save(&c, 0.1, now());
    sweep_child_save(&c, 1000, now());
    CU_ASSERT_EQUAL(finish(&c).cause, SWEEP_CANCELLED);
}

/* What crashes while it is asked to leave has crashed. */
static void test_crash_while_leaving(void)
{
    int number = SIGSEGV;
    sweep_child c = begin(NULL, by_signal, &number);

    sweep_child_save(&c, 20, now());
    CU_ASSERT_EQUAL(finish(&c).cause, SWEEP_CRASHED);
}

static lut_status tell_limit(void *arg, int out, lut_err *err)
{
    struct rlimit r;

    (void)arg;
    (void)err;
    getrlimit(RLIMIT_CPU, &r);
    sweep_child_beat(out, 1, r.rlim_cur == RLIM_INFINITY ? -1 : (double)r.rlim_cur, 0);
    return LUT_OK;
}

static void test_processor_time(void)
{
    const sweep_limits limits[] = { { .seconds = 40, .threads = 3 },
                                    { .seconds = 40 },
                                    { .threads = 3 } };
    const double expected[] = { 130, -1, -1 };

    for (size_t i = 0; i < LUT_COUNT(limits); i++) {
        sweep_child c = begin(&limits[i], tell_limit, NULL);

        CU_ASSERT_EQUAL(finish(&c).cause, SWEEP_FINE);
        CU_ASSERT_EQUAL(c.valid_accuracy, expected[i]);
    }
}

/* ---- this program as a child of its own ---- */

/* The order is the name of the work, and a number for it. */
static lut_status follow(void *arg, const char *order, int out, lut_err *err)
{
    static const struct {
        const char *name;
        sweep_work_fn work;
    } table[] = { { "fine", fine },
                  { "signal", by_signal },
                  { "exit", by_exit },
                  { "status", by_status },
                  { "greedy", greedy },
                  { "endless", endless },
                  { "obliging", obliging },
                  { "tell_limit", tell_limit },
                  { "leaves", leaves_a_grandchild } };
    const char *blank = strchr(order, ' ');
    int number = blank ? atoi(blank) : 0;

    (void)arg;
    for (size_t i = 0; blank && i < LUT_COUNT(table); i++)
        if (!strncmp(order, table[i].name, (size_t)(blank - order)))
            return table[i].work(&number, out, err);
    return lut_fail(err, LUT_ENOENT, "%s: no such work", order);
}

static sweep_child begin_anew(const sweep_limits *limits, const char *order)
{
    static const sweep_limits none;
    sweep_child c;
    lut_err err;

    CU_ASSERT_EQUAL_FATAL(
        sweep_child_spawn(&c, log_path, limits ? limits : &none, order, now(), &err),
        LUT_OK);
    return c;
}

static void test_spawned(void)
{
    static const struct {
        const char *order;
        sweep_cause cause;
        const char *log;
    } table[] = { { "fine 0", SWEEP_FINE, "" },
                  { "signal 11", SWEEP_CRASHED, "SIGSEGV: last | words" },
                  { "signal 9", SWEEP_LOST, "SIGKILL: last | words" },
                  { "exit 3", SWEEP_ERROR, "exit code 3" },
                  { "what 0", SWEEP_ERROR, "what 0: no such work" },
                  { "leaves 0", SWEEP_FINE, "" } };

    for (size_t i = 0; i < LUT_COUNT(table); i++) {
        sweep_child c = begin_anew(NULL, table[i].order);
        sweep_end e = finish(&c);

        CU_ASSERT_EQUAL(e.cause, table[i].cause);
        CU_ASSERT_STRING_EQUAL(e.log, table[i].log);
    }
}

static void test_spawned_limits(void)
{
    const sweep_limits memory = { .memory = (uint64_t)256 << 20 };
    const sweep_limits time = { .seconds = 0.2, .threads = 1 };
    sweep_child c = begin_anew(&time, "endless 0");
    sweep_end e = finish(&c);

    CU_ASSERT_EQUAL(e.cause, SWEEP_TIMEOUT);
    c = begin_anew(NULL, "obliging 0");
    sweep_child_save(&c, 20, now());
    e = finish(&c);
    CU_ASSERT_EQUAL(e.cause, SWEEP_CANCELLED);
    CU_ASSERT_STRING_EQUAL(e.log, "left");
    c = begin_anew(&(sweep_limits){ .seconds = 40, .threads = 3 }, "tell_limit 0");
    CU_ASSERT_EQUAL(finish(&c).cause, SWEEP_FINE);
    CU_ASSERT_EQUAL(c.valid_accuracy, 130);
    if (SANITIZED)
        return;
    c = begin_anew(&memory, "greedy 0");
    CU_ASSERT_EQUAL(finish(&c).cause, SWEEP_OUT_OF_MEMORY);
}

/* A caller by hand, or a lost file. */
static void test_bad_operand(void)
{
    CU_ASSERT_NOT_EQUAL(sweep_child_serve("", follow, NULL), 0);
    CU_ASSERT_NOT_EQUAL(sweep_child_serve("4x", follow, NULL), 0);
    CU_ASSERT_NOT_EQUAL(sweep_child_serve("9999", follow, NULL), 0);
    CU_ASSERT_NOT_EQUAL(sweep_child_serve("0", follow, NULL), 0);
}

static void test_grandchild(void)
{
    sweep_child c = begin(NULL, leaves_a_grandchild, NULL);
    pid_t group = c.pid;
    double patience = now() + 10;

    CU_ASSERT_EQUAL(finish(&c).cause, SWEEP_FINE);
    while (kill(-group, 0) == 0 && now() < patience)
        poll(NULL, 0, 1); /* killed; init has yet to bury it */
    CU_ASSERT_NOT_EQUAL(kill(-group, 0), 0);
}

/* A middle process starts an endless child and is killed: nothing may live on. */
static void orphan(bool anew)
{
    int fd[2], got = 0;
    pid_t middle, inner = 0;
    double patience = now() + 10;

    CU_ASSERT_EQUAL_FATAL(pipe(fd), 0);
    middle = fork();
    if (middle == 0) {
        static const sweep_limits none;
        sweep_child c;

        if (anew)
            sweep_child_spawn(&c, log_path, &none, "endless 0", now(), NULL);
        else
            sweep_child_start(&c, log_path, &none, SWEEP_ISOLATE_FORK, endless, NULL,
                              now(), NULL);
        got = write(fd[1], &c.pid, sizeof c.pid) == (ssize_t)sizeof c.pid;
        for (;;)
            pause();
    }
    CU_ASSERT_EQUAL(read(fd[0], &inner, sizeof inner), (ssize_t)sizeof inner);
    kill(middle, SIGKILL);
    waitpid(middle, &got, 0);
    while (inner > 0 && kill(inner, 0) == 0 && now() < patience)
        poll(NULL, 0, 1);
    CU_ASSERT(inner > 0 && kill(inner, 0) != 0);
    close(fd[0]);
    close(fd[1]);
}

static void test_orphan(void)
{
    orphan(false);
    orphan(true);
}

static void test_not_isolated(void)
{
    static const sweep_limits none;
    lut_status st = LUT_EINVAL;
    sweep_child c;
    sweep_end e;
    lut_err err;

    CU_ASSERT_EQUAL(sweep_child_start(&c, log_path, &none, SWEEP_ISOLATE_NONE, fine,
                                      NULL, now(), &err),
                    LUT_OK);
    CU_ASSERT(sweep_child_poll(&c, &e, now()));
    CU_ASSERT_EQUAL(e.cause, SWEEP_FINE);
    CU_ASSERT_EQUAL(sweep_child_start(&c, log_path, &none, SWEEP_ISOLATE_NONE,
                                      by_status, &st, now(), &err),
                    LUT_OK);
    CU_ASSERT(sweep_child_poll(&c, &e, now()));
    CU_ASSERT_EQUAL(e.cause, SWEEP_ERROR);
    CU_ASSERT_STRING_EQUAL(e.log, "the reason");
}

static void test_bad_log(void)
{
    static const sweep_limits none;
    sweep_child c;
    sweep_end e;
    lut_err err;

    CU_ASSERT_EQUAL(sweep_child_start(&c, "/nowhere/x.log", &none, SWEEP_ISOLATE_FORK,
                                      fine, NULL, now(), &err),
                    LUT_OK);
    e = finish(&c);
    CU_ASSERT_EQUAL(e.cause, SWEEP_ERROR);
    CU_ASSERT_EQUAL(e.status, LUT_EIO);
}

static void test_tidy(void)
{
    unlink(log_path);
}

int main(int argc, char **argv)
{
    static const unit_test tests[] = { UNIT(test_fine),
                                       UNIT(test_signals),
                                       UNIT(test_exits),
                                       UNIT(test_memory),
                                       UNIT(test_hang),
                                       UNIT(test_grandchild),
                                       UNIT(test_orphan),
                                       UNIT(test_not_isolated),
                                       UNIT(test_bad_log),
                                       UNIT(test_save),
                                       UNIT(test_crash_while_leaving),
                                       UNIT(test_processor_time),
                                       UNIT(test_spawned),
                                       UNIT(test_spawned_limits),
                                       UNIT(test_bad_operand),
                                       UNIT(test_tidy) };
    int fd;

    if (argc == 3 && !strcmp(argv[1], "--run-trial"))
        return sweep_child_serve(argv[2], follow, NULL);
    fd = mkstemp(log_path);
    if (fd < 0)
        return 99;
    close(fd);
    return unit_run("child", tests, sizeof tests / sizeof tests[0]);
}
