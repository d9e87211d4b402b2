/* Measurements beside earlier ones. */
#include "drivers/lutbench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Same measurement: what is timed, and how. */
static bool same(const bench_row *a, const bench_row *b)
{
    return strcmp(a->network, b->network) == 0 && strcmp(a->kernels, b->kernels) == 0 &&
           strcmp(a->dataset, b->dataset) == 0 && strcmp(a->keys, b->keys) == 0 &&
           a->threads == b->threads && a->copies == b->copies && a->busy == b->busy;
}

static const bench_row *partner(const bench_row *row, const bench_row *old, size_t nold)
{
    for (size_t i = 0; i < nold; i++)
        if (same(row, &old[i]))
            return &old[i];
    return NULL;
}

static void print_pair(FILE *out, const bench_row *r, const bench_row *old,
                       double ratio, double tolerance)
{
    fprintf(out, "%-26s %7.0f %-7s %11.0f %11.0f %6.2f%s%s\n", r->network, r->threads,
            r->kernels, old->train_samples_per_second, r->train_samples_per_second,
            ratio, ratio * tolerance < 1 ? "  slower" : "",
            strcmp(r->cpu, old->cpu) != 0 ? "  another CPU" : "");
}

size_t bench_compare(FILE *out, const bench_row *row, size_t n, const bench_row *old,
                     size_t nold, double tolerance)
{
    double logs = 0;
    size_t pairs = 0, slower = 0;

    fprintf(out, "\n%-26s %7s %-7s %11s %11s %6s\n", "network", "threads", "kernels",
            "before/s", "now/s", "ratio");
    for (size_t i = 0; i < n; i++) {
        const bench_row *before = partner(&row[i], old, nold);
        double ratio;

        if (!before || !(before->train_samples_per_second > 0)) {
            fprintf(out, "%-26s %7.0f %-7s not measured before\n", row[i].network,
                    row[i].threads, row[i].kernels);
            continue;
        }
        ratio = row[i].train_samples_per_second / before->train_samples_per_second;
        print_pair(out, &row[i], before, ratio, tolerance);
        slower += !(ratio * tolerance >= 1);
        logs += log(ratio);
        pairs++;
    }
    if (pairs)
        fprintf(out, "geometric mean of %zu: %.3f\n", pairs, exp(logs / (double)pairs));
    return slower;
}
