/* What the machine does at most, by the time of the threads themselves. */
#include "drivers/lutbench.h"
#include "lib/base/exec.h"
#include "lib/kern/probe.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* ---- caches ---- */

/* "48K" of /sys/devices/system/cpu/cpu0/cache/indexI/NAME; 0: not there. */
static size_t sys_number(int index, const char *name, int *letter)
{
    char path[128];
    unsigned long v = 0;
    char unit = 0;
    FILE *f;

    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/%s", index,
             name);
    f = fopen(path, "r");
    if (!f)
        return 0;
    if (fscanf(f, "%lu%c", &v, &unit) < 1)
        v = 0;
    fclose(f);
    if (letter)
        *letter = unit;
    return v;
}

static size_t sys_size(size_t level)
{
    for (int i = 0; i < 8; i++) {
        int unit = 0;
        char path[128], type = 0;
        size_t size = sys_number(i, "size", &unit);
        FILE *f;

        snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/type",
                 i);
        f = fopen(path, "r");
        if (f) {
            if (fscanf(f, "%c", &type) != 1)
                type = 0;
            fclose(f);
        }
        if (sys_number(i, "level", NULL) == level && type != 'I')
            return size * (unit == 'K' ? 1024 : unit == 'M' ? 1024 * 1024 : 1);
    }
    return 0;
}

/* The kernel's word first: in virtual machines the C library adds up all the host's. */
static size_t cache_size(size_t level, int name, size_t fallback)
{
    size_t size = sys_size(level);
    long said = sysconf(name);

    return size ? size : said > 0 ? (size_t)said : fallback;
}

void bench_cache_sizes(bench_rates *out)
{
    out->l1_size = cache_size(1, _SC_LEVEL1_DCACHE_SIZE, (size_t)32 << 10);
    out->l2_size = cache_size(2, _SC_LEVEL2_CACHE_SIZE, (size_t)1 << 20);
    out->l3_size = cache_size(3, _SC_LEVEL3_CACHE_SIZE, (size_t)8 << 20);
}

/* ---- rates ---- */

enum { REPEATS = 9, MAX_THREADS = 256 };

typedef struct work {
    const lut_probe *probe;
    size_t n, times; /* floats of an array, or rounds */
    float *from[MAX_THREADS], *to[MAX_THREADS];
    float sink[MAX_THREADS][LUT_LANES];
    double rate[MAX_THREADS]; /* operations of the last one in a second of its thread */
    unsigned threads;
} work;

static double thread_seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void do_fma(void *arg, size_t i)
{
    work *w = arg;
    double start = thread_seconds();
    size_t n = w->probe->fma(w->sink[i], w->times);

    w->rate[i] = (double)n / (thread_seconds() - start);
}

static void do_read(void *arg, size_t i)
{
    work *w = arg;
    double start = thread_seconds();

    w->probe->read(w->sink[i], w->from[i], w->n, w->times);
    w->rate[i] = (double)(w->n * w->times * sizeof(float)) / (thread_seconds() - start);
}

static void do_copy(void *arg, size_t i)
{
    work *w = arg;
    double start = thread_seconds();

    w->probe->copy(w->to[i], w->from[i], w->n, w->times);
    w->rate[i] =
        2.0 * (double)(w->n * w->times * sizeof(float)) / (thread_seconds() - start);
}

static double all_rates(work *w, lut_for_fn fn)
{
    lut_exec exec = { .threads = w->threads };
    double sum = 0;

    lut_for(&exec, w->threads, fn, w);
    for (unsigned i = 0; i < w->threads; i++)
        sum += w->rate[i];
    return sum;
}

/* Of all threads together, by their own time: waiting for a core is others' doing.  The best
 * of one thread: a bound is what is possible.  The median of several: the best would be
 * those that did not run side by side, each with the shared memory for itself. */
static double rate(work *w, lut_for_fn fn)
{
    double v[REPEATS], median;

    all_rates(w, fn); /* warm-up */
    for (int r = 0; r < REPEATS; r++)
        v[r] = all_rates(w, fn);
    median = bench_median(v, REPEATS); /* sorts */
    return w->threads > 1 ? median : v[REPEATS - 1];
}

/* Rounds that take milliseconds, by one thread: starting several takes time too. */
static double fma_rate(work *w)
{
    const double enough = 2e-3;
    double start;

    w->times = 500;
    do {
        w->times *= 2;
        start = bench_cpu_seconds();
        do_fma(w, 0);
    } while (bench_cpu_seconds() - start < enough);
    return rate(w, do_fma);
}

/* Arrays of `size` bytes, each thread its own. */
static double byte_rate(work *w, size_t size)
{
    const double moved = 6e7; /* bytes a repetition: about a millisecond */
    double read, copied;

    w->n = size / sizeof(float) / LUT_PROBE_STEP * LUT_PROBE_STEP;
    w->times = (size_t)(moved / (double)size) + 1;
    read = rate(w, do_read);
    copied = rate(w, do_copy);
    return read > copied ? read : copied;
}

static lut_status allocate(work *w, size_t size, lut_err *err)
{
    for (unsigned i = 0; i < w->threads; i++) {
        w->from[i] = aligned_alloc(4096, size);
        w->to[i] = aligned_alloc(4096, size);
        if (!w->from[i] || !w->to[i])
            return lut_fail(err, LUT_ENOMEM, "no memory for %zu bytes to read", size);
        for (size_t j = 0; j < size / sizeof(float); j++)
            w->from[i][j] = w->to[i][j] = 1;
    }
    return LUT_OK;
}

static void release(work *w)
{
    for (unsigned i = 0; i < w->threads; i++) {
        free(w->from[i]);
        free(w->to[i]);
    }
    free(w);
}

/* More threads than cores wait for each other. */
static double cores_share(unsigned threads)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);

    return cores > 0 && threads > (unsigned long)cores ? (double)cores / threads : 1;
}

/* A quarter of a cache, so that neither the array beside it nor the stack matter; in the
 * third one, which is others' too, several of the second. */
static lut_status measure(bench_rates *out, work *w, lut_err *err)
{
    double share = cores_share(w->threads);
    size_t third = 4 * out->l2_size, most = 2 * out->l3_size;

    if (third > out->l3_size / 2)
        third = out->l3_size / 2;
    if (most > (size_t)128 << 20)
        most = (size_t)128 << 20;
    most = lut_round_up(most, 4096);
    LUT_TRY(allocate(w, most, err));
    out->fma = share * fma_rate(w);
    out->l1 = share * byte_rate(w, out->l1_size / 4);
    out->l2 = share * byte_rate(w, out->l2_size / 4);
    out->l3 = share * byte_rate(w, third);
    out->memory = share * byte_rate(w, most);
    return LUT_OK;
}

lut_status bench_probe(bench_rates *out, const char *kernels, unsigned threads,
                       lut_err *err)
{
    work *w = calloc(1, sizeof *w);
    lut_status st;

    if (!w)
        return lut_fail(err, LUT_ENOMEM, "no memory for the probe");
    w->probe = lut_probe_find(kernels);
    w->threads = threads < MAX_THREADS ? threads : MAX_THREADS;
    bench_cache_sizes(out);
    st = w->probe ? measure(out, w, err)
                  : lut_fail(err, LUT_ENOENT, "kernel set \"%s\" is not in this build",
                             kernels);
    release(w);
    return st;
}
