/* Ratios of kernels to multiply-adds, recorded for a CPU and compared with. */
#include "drivers/lutbench_kernels.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char purpose[] = "# Time of each kernel over that of one fused "
                              "multiply-add of a float, in the first\n"
                              "# cache: SET KERNEL RANK RATIO, rank 0 where there is "
                              "none.  Made by lutbench --record.\n";

/* ---- the file ---- */

/* CPU of a "cpu MODEL" line, without its newline; NULL: another line. */
static const char *cpu_of(char *line)
{
    line[strcspn(line, "\n")] = 0;
    return strncmp(line, "cpu ", 4) == 0 ? line + 4 : NULL;
}

/* All of `in` but this CPU. */
static void copy_others(FILE *out, FILE *in, const char *cpu)
{
    char line[512];
    bool mine = false;

    while (fgets(line, sizeof line, in)) {
        const char *of = cpu_of(line);

        if (of)
            mine = strcmp(of, cpu) == 0;
        if (line[0] != '#' && line[0] && !mine)
            fprintf(out, "%s\n", line);
    }
}

static void write_all(FILE *out, FILE *before, const char *cpu, const bench_timing *t,
                      size_t n)
{
    fputs(purpose, out);
    if (before)
        copy_others(out, before, cpu);
    fprintf(out, "cpu %s\n", cpu);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%s %s %u %.4g\n", t[i].set, t[i].kernel, t[i].rank, t[i].ratio);
}

lut_status bench_record(const char *path, const char *cpu, const bench_timing *t,
                        size_t n, lut_err *err)
{
    FILE *before = fopen(path, "r"), *out;
    char *text = NULL;
    size_t size;
    lut_status st;

    if (!before && errno != ENOENT)
        return lut_fail(err, LUT_EIO, "%s: %s", path, strerror(errno));
    out = open_memstream(&text, &size);
    if (out)
        write_all(out, before, cpu, t, n);
    if (before)
        fclose(before);
    if (!out || fclose(out) != 0)
        st = lut_fail(err, LUT_ENOMEM, "no memory for the ratios");
    else
        st = sweep_replace_bytes(path, text, size, err);
    free(text);
    return st;
}

/* ---- the alarm ---- */

/* A line of the file about one of the timings. */
static void check_line(bench_alarms *a, FILE *out, const char *line,
                       const bench_timing *t, size_t n, double factor)
{
    bench_timing was;

    if (sscanf(line, "%15s %31s %u %lf", was.set, was.kernel, &was.rank, &was.ratio) !=
        4)
        return;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(t[i].set, was.set) != 0 || strcmp(t[i].kernel, was.kernel) != 0 ||
            t[i].rank != was.rank)
            continue;
        a->found++;
        if (t[i].ratio <= factor * was.ratio)
            continue;
        a->n++;
        fprintf(
            out,
            "%s %s of rank %u: %.3g multiply-adds, %.3g when recorded: %.2f times\n",
            was.set, was.kernel, was.rank, t[i].ratio, was.ratio,
            t[i].ratio / was.ratio);
    }
}

lut_status bench_check_alarms(bench_alarms *a, FILE *out, const char *path,
                              const char *cpu, const bench_timing *t, size_t n,
                              double factor, lut_err *err)
{
    FILE *in = fopen(path, "r");
    char line[512];
    bool mine = false;

    *a = (bench_alarms){ .known = false };
    if (!in)
        return lut_fail(err, LUT_ENOENT, "%s: %s", path, strerror(errno));
    while (fgets(line, sizeof line, in)) {
        const char *of = cpu_of(line);

        if (of)
            mine = strcmp(of, cpu) == 0;
        a->known |= mine;
        if (mine && !of && line[0] != '#')
            check_line(a, out, line, t, n, factor);
    }
    fclose(in);
    return LUT_OK;
}

void bench_keep_faster(bench_timing *t, const bench_timing *again, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (again[i].ratio < t[i].ratio)
            t[i] = again[i];
}
