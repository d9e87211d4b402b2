#include "lib/encode/fixed.h"

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
