#include "sweep/place.h"
#include "sweep/journal.h"

#include <math.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>
#include <unistd.h>

/* ---- what the system says ---- */

uint32_t sweep_place_cores(void)
{
    cpu_set_t set;

    return sched_getaffinity(0, sizeof set, &set) == 0 ? (uint32_t)CPU_COUNT(&set) : 0;
}

/* First line of a file; false: none. */
static bool first_line(const char *path, char *line, int size)
{
    FILE *f = fopen(path, "r");
    bool got = f && fgets(line, size, f);

    if (f)
        fclose(f);
    return got;
}

static double available(void)
{
    FILE *f = fopen("/proc/meminfo", "r");
    char line[128];
    double kib = NAN;

    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "MemAvailable: %lf kB", &kib) == 1)
            break;
    if (f)
        fclose(f);
    return 1024 * kib;
}

/* Folder of this process in the unified hierarchy of control groups; "" where there is
 * none (version 1 only). */
static void own_group(char *path, size_t size)
{
    FILE *f = fopen("/proc/self/cgroup", "r");
    char line[512];

    path[0] = 0;
    while (f && fgets(line, sizeof line, f))
        if (!strncmp(line, "0::/", 4))
            snprintf(path, size, "/sys/fs/cgroup%.*s", (int)strcspn(line + 3, "\n"),
                     line + 3);
    if (f)
        fclose(f);
}

typedef double (*ask_fn)(const char *group);

/* A number in a file of a group; NaN: none, or "max". */
static double group_number(const char *group, const char *name)
{
    char path[640], line[64];
    double v;

    snprintf(path, sizeof path, "%s/%s", group, name);
    return first_line(path, line, sizeof line) && sscanf(line, "%lf", &v) == 1 ? v
                                                                               : NAN;
}

/* Pages of files that nobody writes to are given back when they are wanted. */
static double file_pages(const char *group)
{
    char path[640], line[64];
    double v, sum = 0;
    FILE *f;

    snprintf(path, sizeof path, "%s/memory.stat", group);
    f = fopen(path, "r");
    while (f && fgets(line, sizeof line, f))
        if (sscanf(line, "inactive_file %lf", &v) == 1 ||
            sscanf(line, "active_file %lf", &v) == 1)
            sum += v;
    if (f)
        fclose(f);
    return sum;
}

static double memory_left(const char *group)
{
    return group_number(group, "memory.max") - group_number(group, "memory.current") +
           file_pages(group);
}

static double time_allotted(const char *group)
{
    char path[640], line[64];
    double quota, period;

    snprintf(path, sizeof path, "%s/cpu.max", group);
    if (!first_line(path, line, sizeof line) ||
        sscanf(line, "%lf %lf", &quota, &period) != 2)
        return NAN;
    return quota / period;
}

/* A limit holds for all groups below: the least of the group and those above it. */
static double least(ask_fn ask)
{
    char group[512], *slash;
    double v, all = NAN;

    own_group(group, sizeof group);
    while (strlen(group) >= strlen("/sys/fs/cgroup")) {
        v = ask(group);
        all = fmin(all, v); /* a NaN is passed over */
        slash = strrchr(group, '/');
        *slash = 0;
    }
    return all;
}

static double free_bytes(const char *path)
{
    struct statvfs s;

    return statvfs(path, &s) == 0 ? (double)s.f_bavail * (double)s.f_frsize : NAN;
}

static double seconds_since_1970(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void sweep_place_here(sweep_place *p, const char *path, const char *kernels)
{
    const double quota = least(time_allotted);

    *p = (sweep_place){ .pid = (long)getpid(),
                        .cores = sweep_place_cores(),
                        .allotted = isnan(quota) ? 0 : (uint32_t)ceil(quota),
                        .memory = fmin(available(), least(memory_left)),
                        .disk = free_bytes(path),
                        .clock = seconds_since_1970() };
    gethostname(p->host, sizeof p->host - 1);
    snprintf(p->kernels, sizeof p->kernels, "%s", kernels ? kernels : "");
}

/* ---- as text ---- */

static void put_number(sweep_fields *f, const char *name, double v)
{
    if (isfinite(v) && v != 0)
        sweep_fields_number(f, name, v);
}

void sweep_place_text(char text[SWEEP_PLACE_TEXT], const sweep_place *p)
{
    sweep_fields f = { 0 };

    sweep_fields_text(&f, "host", p->host);
    sweep_fields_text(&f, "kernels", p->kernels);
    put_number(&f, "pid", (double)p->pid);
    put_number(&f, "cores", p->cores);
    put_number(&f, "allotted", p->allotted);
    put_number(&f, "memory", p->memory);
    if (isfinite(p->disk)) /* 0 says a lot */
        sweep_fields_number(&f, "disk", p->disk);
    put_number(&f, "clock", p->clock);
    snprintf(text, SWEEP_PLACE_TEXT, "%.*s", SWEEP_PLACE_TEXT - 1,
             f.text + strspn(f.text, " "));
}

void sweep_place_parse(sweep_place *p, const char *text)
{
    const sweep_entry e = { .fields = text };

    *p = (sweep_place){ .pid = (long)sweep_entry_number(&e, "pid", 0),
                        .cores = (uint32_t)sweep_entry_number(&e, "cores", 0),
                        .allotted = (uint32_t)sweep_entry_number(&e, "allotted", 0),
                        .memory = sweep_entry_number(&e, "memory", NAN),
                        .disk = sweep_entry_number(&e, "disk", NAN),
                        .clock = sweep_entry_number(&e, "clock", NAN) };
    sweep_entry_text(&e, "host", p->host, sizeof p->host);
    sweep_entry_text(&e, "kernels", p->kernels, sizeof p->kernels);
}

/* ---- what is wrong with it ---- */

static void add(char text[SWEEP_PLACE_TEXT], const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(char text[SWEEP_PLACE_TEXT], const char *format, ...)
{
    size_t n = strlen(text);
    va_list args;

    n += (size_t)snprintf(text + n, SWEEP_PLACE_TEXT - n, "%s", n ? "; " : "");
    if (n >= SWEEP_PLACE_TEXT)
        return;
    va_start(args, format);
    vsnprintf(text + n, SWEEP_PLACE_TEXT - n, format, args);
    va_end(args);
}

void sweep_place_judge(char text[SWEEP_PLACE_TEXT], const sweep_place *p,
                       uint32_t slots, uint32_t threads, double memory)
{
    const double gib = 1024.0 * 1024 * 1024, little = 64.0 * 1024 * 1024;
    const uint64_t wanted = (uint64_t)slots * threads;

    text[0] = 0;
    if (p->cores && wanted > p->cores)
        add(text,
            "%u trial%s of %u threads on %u cores (with mpirun: --map-by slot:PE=%u, "
            "or "
            "--bind-to none)",
            slots, slots == 1 ? "" : "s", threads, p->cores, threads);
    else if (p->allotted && wanted > p->allotted)
        add(text, "%u trial%s of %u threads where %u cores of time are allotted", slots,
            slots == 1 ? "" : "s", threads, p->allotted);
    if (memory > 0 && slots * memory > p->memory)
        add(text, "%u trial%s of %.1f GiB with %.1f GiB available", slots,
            slots == 1 ? "" : "s", memory / gib, p->memory / gib);
    if (p->disk < little)
        add(text, "%.0f MiB left on the disk", p->disk / (1024 * 1024));
}
