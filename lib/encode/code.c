#include "lib/encode/code.h"

#include <float.h>
#include <math.h>
#include <string.h>

size_t lut_code_thresholds(size_t bits)
{
    return ((size_t)1 << bits) - 1;
}

void lut_code_digits(uint8_t *out, unsigned v, size_t bits)
{
    for (size_t b = 0; b < bits; b++)
        out[b] = v >> (bits - 1 - b) & 1;
}

/* Floats as integers of the same order. */
static int64_t order_of(float x)
{
    uint32_t u;

    memcpy(&u, &x, sizeof u);
    return u >> 31 ? -(int64_t)(u & 0x7fffffffu) - 1 : (int64_t)u;
}

static float float_of(int64_t order)
{
    uint32_t u = order < 0 ? 0x80000000u | (uint32_t)(-order - 1) : (uint32_t)order;
    float x;

    memcpy(&x, &u, sizeof x);
    return x;
}

void lut_code_place(float *threshold, size_t count,
                    double (*rank)(const void *arg, double x), const void *arg)
{
    int64_t lo = order_of(-FLT_MAX);

    for (size_t c = 0; c < count; c++) {
        int64_t hi = order_of(FLT_MAX) + 1; /* as if it reached every rank */

        while (hi - lo > 1) {
            int64_t mid = lo + (hi - lo) / 2;

            if (rank(arg, (double)float_of(mid)) <= (double)c)
                lo = mid;
            else
                hi = mid;
        }
        threshold[c] = float_of(lo);
    }
}

double lut_code_rank(const lut_code_range *r, double x)
{
    double u = (x - r->lo) / (r->hi - r->lo);

    if (!(r->hi > r->lo))
        return 0;
    return floor(fmax(0, fmin(1, u)) * r->top);
}
