/* Times of kernels and layers by themselves, and the alarm that compares them with recorded
 * ones.  The clock and the kernels are given, so that a test can be sure of the times. */
#ifndef DRIVERS_LUTBENCH_KERNELS_H
#define DRIVERS_LUTBENCH_KERNELS_H

#include "drivers/lutbench.h"
#include "lib/base/check.h"
#include "lib/kern/probe.h"
#include "lib/net/net.h"

typedef struct bench_clock {
    double (*now)(void *arg); /* seconds */
    void *arg;
} bench_clock;

/* A kernel at a rank. */
typedef struct bench_timing {
    char kernel[32], set[16];
    unsigned rank; /* 0: it has none */
    double ns;     /* per LUT (or row of 128 samples) and sample */
    double ratio;  /* to one multiply-add of one float, by lut_probe of the set */
} bench_timing;

enum { BENCH_KERNELS = 48, BENCH_PASSES = 4 };

/* Returns how many were timed; medians. */
size_t bench_kernels(bench_timing out[BENCH_KERNELS], const lut_kernels *kernels,
                     const lut_probe *probe, const bench_clock *clock);

/* Two layers of 1000 LUTs of one parametrization with default options: a whole step and a
 * forward pass of 128 samples, a step of one sample (what a pass over the weights costs),
 * tables from weights. */
typedef struct bench_pass_timing {
    const char *pass, *unit;
    double ns;
} bench_pass_timing;

lut_status bench_layers(bench_pass_timing out[BENCH_PASSES], const lut_backend *be,
                        size_t param, unsigned k, const bench_clock *clock, lut_err *err);

/* ---- lutbench_alarm.c ---- */

/* Recorded ratios: lines "cpu MODEL", then "SET KERNEL RANK RATIO" of that CPU; lines that
 * start with # are comments. */

/* Replaces what the file has of this CPU; a file that is not there is made. */
lut_status bench_record(const char *path, const char *cpu, const bench_timing *t, size_t n,
                        lut_err *err);

typedef struct bench_alarms {
    bool known;   /* the file has this CPU */
    size_t n;     /* kernels that are slower than recorded by more than the factor */
    size_t found; /* of the timings, those that are recorded */
} bench_alarms;

/* out: a line of each alarm is printed there. */
lut_status bench_check_alarms(bench_alarms *a, FILE *out, const char *path, const char *cpu,
                              const bench_timing *t, size_t n, double factor, lut_err *err);

/* The smaller of two measurements of the same kernels: what both say is no accident. */
void bench_keep_faster(bench_timing *t, const bench_timing *again, size_t n);

/* ---- lutbench_parts.c: what the program's options do; exit codes ---- */

/* Slower by more than this is an alarm: less would be noise on machines that are shared. */
#define BENCH_ALARM 1.5

int bench_print_parts(bool csv); /* every kernel and layer kind of every set */
int bench_record_ratios(const char *path);
int bench_alarm(const char *path);

#endif
