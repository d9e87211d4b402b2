/* What Linux says of time, memory and CPU. */
#include "drivers/lutbench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double clock_seconds(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double bench_cpu_seconds(void)
{
    return clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}

double bench_wall_seconds(void)
{
    return clock_seconds(CLOCK_MONOTONIC);
}

/* First line of /proc/stat: user nice system idle iowait irq softirq steal, in ticks. */
double bench_machine_seconds(void)
{
    FILE *f = fopen("/proc/stat", "r");
    double v[8] = { 0 }, sum = 0;
    int n;

    if (!f)
        return (double)NAN;
    n = fscanf(f, "cpu %lf %lf %lf %lf %lf %lf %lf %lf", &v[0], &v[1], &v[2], &v[3],
               &v[4], &v[5], &v[6], &v[7]);
    fclose(f);
    for (int i = 0; i < n; i++)
        sum += i == 3 || i == 4 ? 0 : v[i];
    return n >= 4 ? sum / (double)sysconf(_SC_CLK_TCK) : (double)NAN;
}

/* Text after "NAME" and a colon in a file of such lines; false: not there. */
static bool find_line(char *out, size_t size, const char *path, const char *name)
{
    FILE *f = fopen(path, "r");
    char line[512];
    bool found = false;

    while (f && !found && fgets(line, sizeof line, f)) {
        char *colon = strchr(line, ':');

        found = colon && strncmp(line, name, strlen(name)) == 0;
        if (found)
            snprintf(out, size, "%.*s", (int)strcspn(colon + 1, "\n"),
                     colon + 1 + strspn(colon + 1, " \t"));
    }
    if (f)
        fclose(f);
    return found;
}

/* Not ru_maxrss of getrusage: a process inherits that of the one which started it. */
double bench_peak_memory(void)
{
    char text[64];

    if (!find_line(text, sizeof text, "/proc/self/status", "VmHWM"))
        return (double)NAN;
    return 1024.0 * strtod(text, NULL);
}

void bench_cpu_model(char *out, size_t size)
{
    char family[32] = "", model[32] = "", name[96] = "unknown";

    find_line(name, sizeof name, "/proc/cpuinfo", "model name");
    find_line(family, sizeof family, "/proc/cpuinfo", "cpu family");
    find_line(model, sizeof model, "/proc/cpuinfo", "model\t");
    name[strcspn(name, "\n")] = family[strcspn(family, "\n")] =
        model[strcspn(model, "\n")] = 0;
    snprintf(out, size, "%s family %s model %s", name, family, model);
}

static int by_value(const void *a, const void *b)
{
    const double *x = a, *y = b;

    return (*x > *y) - (*x < *y);
}

double bench_median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    return n % 2 ? v[n / 2] : 0.5 * (v[n / 2 - 1] + v[n / 2]);
}
