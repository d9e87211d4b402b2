#include "lib/encode/fixed.h"

#include <float.h>
#include <math.h>

static double lowest(const lut_fixed *q)
{
    return q->is_signed ? -ldexp(1, (int)q->width - 1) : 0;
}

static double highest(const lut_fixed *q)
{
    return ldexp(1, (int)q->width - q->is_signed) - 1;
}

/* Exact: a float times a power of two is a double. */
static double scaled(const lut_fixed *q, float x)
{
    return floor(ldexp((double)x, q->frac));
}

int64_t lut_fixed_value(const lut_fixed *q, float x)
{
    return (int64_t)fmax(lowest(q), fmin(highest(q), scaled(q, x)));
}

/* x_int > T is floor(x 2^frac) >= T + 1 where T is not beyond the rails, and that is
 * x >= (T + 1) 2^-frac: the edge is the largest float below. */
float lut_fixed_edge(const lut_fixed *q, float threshold)
{
    double t, reach;
    float edge;

    if (q->width == 0)
        return threshold;
    t = scaled(q, threshold);
    if (t >= highest(q))
        return INFINITY;
    if (t < lowest(q))
        return -INFINITY;
    reach = ldexp(t + 1, -q->frac);
    edge = (float)reach;
    return (double)edge < reach ? edge : nextafterf(edge, -INFINITY);
}

int lut_fixed_threshold(const lut_fixed *q, float threshold, int64_t *t)
{
    double scaled_t = scaled(q, threshold);

    if (scaled_t >= highest(q))
        return 1;
    if (scaled_t < lowest(q))
        return -1;
    *t = (int64_t)scaled_t;
    return 0;
}

static bool all_within(const lut_fixed *q, float least, float most)
{
    return scaled(q, least) >= lowest(q) && scaled(q, most) < highest(q);
}

lut_fixed lut_fixed_fit(uint32_t width, const float *threshold, size_t n)
{
    float least = 0, most = 0;
    lut_fixed q = { .width = width, .frac = LUT_MAX_INPUT_FRAC };

    for (size_t i = 0; i < n; i++) {
        if (fabsf(threshold[i]) >= FLT_MAX)
            continue;
        least = fminf(least, threshold[i]);
        most = fmaxf(most, threshold[i]);
    }
    q.is_signed = least < 0;
    if (least == most)
        q.frac = 0;
    while (q.frac > -LUT_MAX_INPUT_FRAC && !all_within(&q, least, most))
        q.frac--;
    return q;
}
