/* What a loop of a team costs: loops [THREADS [BUSY [each]]].  Not a test: machines are
 * shared.
 *
 * For loops of several lengths, of one thread and of THREADS (2): the median over windows of
 * 2 ms in which no thread of the process had to wait for a core, if there were any ("quiet":
 * percent of them), and the mean over all windows; then what the median of THREADS is above
 * an equal share of that of one.  BUSY (0) other processes want a core all the time.  each: a
 * team for each loop, else one for all. */
#include "lib/base/exec.h"

#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { WINDOWS = 400, MOST_BUSY = 64, STRIDE = 8 };

typedef struct window {
    double loop;   /* seconds */
    double waited; /* of the window, by threads that wanted a core */
} window;

typedef struct summary {
    double median, mean, quiet;
} summary;

typedef struct probe {
    size_t parts;
    unsigned turns; /* of each part */
    bool alone;     /* a team for each loop */
    const lut_exec *exec;
    volatile unsigned sink[64 * STRIDE];
    window w[WINDOWS];
} probe;

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Seconds that threads of the process have waited for a core so far (Linux, proc(5)). */
static double waited(void)
{
    double sum = 0, run, wait;
    glob_t g;

    if (glob("/proc/self/task/*/schedstat", 0, NULL, &g))
        return 0;
    for (size_t i = 0; i < g.gl_pathc; i++) {
        FILE *f = fopen(g.gl_pathv[i], "r");

        if (f && fscanf(f, "%lf %lf", &run, &wait) == 2)
            sum += 1e-9 * wait;
        if (f)
            fclose(f);
    }
    globfree(&g);
    return sum;
}

static void part(void *arg, size_t i)
{
    probe *p = arg;
    unsigned x = (unsigned)i;

    for (unsigned turn = 0; turn < p->turns; turn++)
        x = x * 1664525 + 1013904223;
    p->sink[i * STRIDE] = x;
}

static void measure_window(probe *p, window *w, const lut_exec *exec)
{
    const double length = 2e-3;
    double before = waited(), start = seconds(), end;
    size_t n = 0;

    do {
        for (int i = 0; i < 8; i++)
            lut_for(exec, p->parts, part, p);
        n += 8;
        end = seconds();
    } while (end - start < length);
    w->waited = (waited() - before) / (end - start);
    w->loop = (end - start) / (double)n;
}

static void measure(void *arg, const lut_exec *inside)
{
    probe *p = arg;

    for (size_t i = 0; i < WINDOWS; i++)
        measure_window(p, &p->w[i], p->alone ? p->exec : inside);
}

static int compare(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

static summary summarise(const probe *p)
{
    const double little = 0.01;
    double v[WINDOWS];
    summary s = { 0 };
    size_t n = 0;

    for (size_t i = 0; i < WINDOWS; i++) {
        s.mean += p->w[i].loop / WINDOWS;
        if (p->w[i].waited < little)
            v[n++] = p->w[i].loop;
    }
    s.quiet = 100.0 * (double)n / WINDOWS;
    for (size_t i = 0; s.quiet <= 0 && i < WINDOWS; i++)
        v[n++] = p->w[i].loop;
    qsort(v, n, sizeof *v, compare);
    s.median = v[n / 2];
    return s;
}

static summary measure_with(probe *p, unsigned threads)
{
    lut_exec exec = { .threads = threads };

    p->exec = &exec;
    if (p->alone)
        measure(p, &exec);
    else
        lut_team_run(&exec, measure, p);
    return summarise(p);
}

static void report(probe *p, unsigned threads)
{
    const double us = 1e6;
    summary one = measure_with(p, 1), all = measure_with(p, threads);
    double share = (double)lut_ceil_div(p->parts, threads) / (double)p->parts;

    printf("%5zu %8.2f %8.2f %5.0f %8.2f %8.2f %5.0f %8.2f\n", p->parts,
           us * one.median, us * one.mean, one.quiet, us * all.median, us * all.mean,
           all.quiet, us * (all.median - share * one.median));
    fflush(stdout);
}

static pid_t be_busy(void)
{
    pid_t parent = getpid(), pid = fork();
    volatile unsigned turn = 0;

    if (pid)
        return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (getppid() == parent)
        for (int i = 0; i < 1 << 20; i++)
            turn++;
    _exit(0);
}

int main(int argc, char **argv)
{
    static const size_t parts[] = { 2, 8, 32 };
    static const unsigned turns[] = { 0, 300, 1000, 3000, 30000 };
    int threads = argc > 1 ? atoi(argv[1]) : 2, busy = argc > 2 ? atoi(argv[2]) : 0;
    pid_t pid[MOST_BUSY];
    static probe p;

    if (threads < 1 || threads > 256 || busy < 0 || busy > MOST_BUSY)
        return 2;
    for (int i = 0; i < busy; i++)
        pid[i] = be_busy();
    p.alone = argc > 3;
    printf("us a loop    one     mean quiet %8d     mean quiet   excess\n", threads);
    for (size_t t = 0; t < LUT_COUNT(turns); t++)
        for (size_t i = 0; i < LUT_COUNT(parts); i++) {
            p.parts = parts[i];
            p.turns = turns[t];
            report(&p, (unsigned)threads);
        }
    for (int i = 0; i < busy; i++)
        kill(pid[i], SIGKILL);
    return 0;
}
