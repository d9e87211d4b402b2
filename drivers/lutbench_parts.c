/* The parts by themselves, on every kernel set: a table, a record, an alarm. */
#include "drivers/cli.h"
#include "drivers/lutbench_kernels.h"

#include <string.h>
#include <time.h>

enum { MAX_SETS = 3, RECORDED = 3, ATTEMPTS = 8 };

static double cpu_now(void *arg)
{
    (void)arg;
    return bench_cpu_seconds();
}

static const bench_clock cpu_clock = { cpu_now, NULL };

/* ---- table ---- */

static void print_head(bool csv)
{
    if (csv)
        puts("part,rank,kernels,ns,unit,times_scalar");
    else
        printf("%-32s %4s %-7s %12s %-22s %s\n", "part", "rank", "kernels", "ns",
               "unit", "times scalar");
}

static void print_line(bool csv, const char *part, unsigned rank, const char *set,
                       double ns, const char *unit, double scalar)
{
    if (csv)
        printf("%s,%u,%s,%.6g,%s,%.4g\n", part, rank, set, ns, unit, scalar / ns);
    else
        printf("%-32s %4u %-7s %12.4f %-22s %.2f\n", part, rank, set, ns, unit,
               scalar / ns);
    fflush(stdout);
}

/* Sets side by side, part by part. */
static void print_kernels(bool csv)
{
    static bench_timing t[MAX_SETS][BENCH_KERNELS];
    const lut_backend *const *be = lut_backends();
    size_t sets = 0, n = 0;

    for (; be[sets]; sets++)
        n = bench_kernels(t[sets], be[sets]->kern, lut_probe_find(be[sets]->name),
                          &cpu_clock);
    for (size_t i = 0; i < n; i++)
        for (size_t s = 0; s < sets; s++)
            print_line(csv, t[s][i].kernel, t[s][i].rank, t[s][i].set, t[s][i].ns,
                       "ns per LUT and sample", t[0][i].ns);
}

static lut_status print_layer(bool csv, size_t param, unsigned k, lut_err *err)
{
    const lut_backend *const *be = lut_backends();
    bench_pass_timing t[MAX_SETS][BENCH_PASSES];
    size_t sets = 0;

    for (; be[sets]; sets++)
        LUT_TRY(bench_layers(t[sets], be[sets], param, k, &cpu_clock, err));
    for (size_t i = 0; i < BENCH_PASSES; i++)
        for (size_t s = 0; s < sets; s++) {
            char part[64];

            snprintf(part, sizeof part, "%s %s", lut_param_table_scalar[param]->name,
                     t[s][i].pass);
            print_line(csv, part, k, be[s]->name, t[s][i].ns, t[s][i].unit, t[0][i].ns);
        }
    return LUT_OK;
}

int bench_print_parts(bool csv)
{
    static const unsigned rank[] = { 2, 4, 6 };
    lut_err err;

    print_head(csv);
    print_kernels(csv);
    for (size_t p = 0; lut_param_table_scalar[p]; p++)
        for (size_t r = 0; r < LUT_COUNT(rank); r++) {
            const lut_param_ops *ops = lut_param_table_scalar[p];

            if (rank[r] < ops->min_k || rank[r] > ops->max_k)
                continue;
            if (print_layer(csv, p, rank[r], &err) != LUT_OK)
                return cli_fail(&err);
        }
    return cli_printed(CLI_OK);
}

/* ---- record and alarm ---- */

static size_t time_all(bench_timing *t)
{
    size_t n = 0;

    for (const lut_backend *const *b = lut_backends(); *b; b++)
        n += bench_kernels(t + n, (*b)->kern, lut_probe_find((*b)->name), &cpu_clock);
    return n;
}

int bench_record_ratios(const char *path)
{
    static bench_timing t[MAX_SETS * BENCH_KERNELS], again[MAX_SETS * BENCH_KERNELS];
    char cpu[128];
    size_t n = time_all(t);
    lut_err err;

    for (int i = 1; i < RECORDED; i++) {
        time_all(again);
        bench_keep_faster(t, again, n);
    }
    bench_cpu_model(cpu, sizeof cpu);
    if (bench_record(path, cpu, t, n, &err) != LUT_OK)
        return cli_fail(&err);
    printf("%s: %zu ratios of %s\n", path, n, cpu);
    return cli_printed(CLI_OK);
}

/* Neighbours of a virtual machine come and go. */
static void pause_a_little(void)
{
    nanosleep(&(struct timespec){ .tv_nsec = 500000000 }, NULL);
}

/* A first alarm may be an accident of a busy machine: what is slow is slow every time. */
static lut_status check_rounds(bench_alarms *a, const char *path, const char *cpu,
                               FILE *out, lut_err *err)
{
    static bench_timing t[MAX_SETS * BENCH_KERNELS], again[MAX_SETS * BENCH_KERNELS];
    FILE *nowhere = fopen("/dev/null", "w");
    size_t n = time_all(t);
    lut_status st = LUT_OK;

    if (!nowhere)
        return lut_fail(err, LUT_EIO, "/dev/null cannot be written");
    for (int i = 1; i < ATTEMPTS && st == LUT_OK; i++) {
        st = bench_check_alarms(a, nowhere, path, cpu, t, n, BENCH_ALARM, err);
        if (st == LUT_OK && a->n == 0)
            break;
        pause_a_little();
        time_all(again);
        bench_keep_faster(t, again, n);
    }
    fclose(nowhere);
    return st == LUT_OK ? bench_check_alarms(a, out, path, cpu, t, n, BENCH_ALARM, err)
                        : st;
}

int bench_alarm(const char *path)
{
    char cpu[128];
    bench_alarms a;
    lut_err err;

    bench_cpu_model(cpu, sizeof cpu);
    if (check_rounds(&a, path, cpu, stdout, &err) != LUT_OK)
        return cli_fail(&err);
    if (!a.known)
        printf("%s: nothing is recorded for %s, so nothing was compared\n", path, cpu);
    else
        printf("%zu kernels compared, %zu slower than recorded by more than %g times\n",
               a.found, a.n, BENCH_ALARM);
    if (a.known && a.found == 0)
        printf("%s: none of the kernels recorded there exists: record anew\n", path);
    return cli_printed(a.n || (a.known && a.found == 0) ? CLI_FAILED : CLI_OK);
}
