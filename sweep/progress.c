#include "sweep/progress.h"

#include <math.h>
#include <stdio.h>

bool sweep_progress_left(const sweep_progress *p, double *low, double *high)
{
    double expected, spread;

    if (!(p->work >= 0) || p->slots == 0)
        return false;
    expected = p->work / p->slots;
    spread = exp(2 * p->uncertainty + 0.02);
    *low = expected / spread;
    *high = expected * spread;
    return true;
}

char *sweep_duration(char buf[16], double seconds)
{
    static const struct {
        unsigned below, large, small; /* seconds */
        char unit[2];
    } step[] = { { 3600, 60, 1, "ms" },
                 { 100 * 3600, 3600, 60, "hm" },
                 { ~0u, 86400, 3600, "dh" } };
    unsigned n = seconds < 0       ? 0
                 : seconds > 3.5e8 ? 350000000
                                   : (unsigned)(seconds + 0.5);
    size_t i = 0;

    if (n < 60) {
        snprintf(buf, 16, "%us", n % 60);
        return buf;
    }
    while (n >= step[i].below)
        i++;
    snprintf(buf, 16, "%u%c%02u%c", n / step[i].large % 10000, step[i].unit[0],
             n % step[i].large / step[i].small % 100, step[i].unit[1]);
    return buf;
}

/* What fits is kept whole; snprintf's count beyond the end is not a position. */
static size_t advance(size_t used, int n, size_t size)
{
    return n < 0 || used + (size_t)n >= size ? size - 1 : used + (size_t)n;
}

char *sweep_progress_line(const sweep_progress *p, char *buf, size_t size)
{
    const size_t ended = p->finished + p->failed;
    char a[16], b[16];
    double low, high;
    size_t n;

    n = advance(0,
                snprintf(buf, size, "%zu/%zu %.0f%%  %zu running  %zu failed", ended,
                         p->total,
                         p->total ? 100.0 * (double)ended / (double)p->total : 100,
                         p->running, p->failed),
                size);
    if (!isnan(p->best))
        n = advance(
            n, snprintf(buf + n, size - n, "  best %.2f%% %.8s", p->best, p->best_key),
            size);
    if (p->here && p->elapsed > 0)
        n = advance(n,
                    snprintf(buf + n, size - n, "  %.0f/h",
                             3600.0 * (double)p->here / p->elapsed),
                    size);
    n = advance(n, snprintf(buf + n, size - n, "  %s", sweep_duration(a, p->elapsed)),
                size);
    if (ended < p->total && sweep_progress_left(p, &low, &high))
        snprintf(buf + n, size - n, "  left %s-%s", sweep_duration(a, low),
                 sweep_duration(b, high));
    return buf;
}
