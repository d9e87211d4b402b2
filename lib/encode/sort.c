#include "lib/encode/sort.h"

#include <string.h>

enum { DIGIT = 11, PASSES = 3, BUCKETS = 1 << DIGIT };

/* Bits that order as unsigned integers do: flip all of a negative number, else the sign. */
static uint32_t key_of(float v)
{
    uint32_t u;

    memcpy(&u, &v, sizeof u);
    return u ^ ((uint32_t) - (int32_t)(u >> 31) | 0x80000000u);
}

static uint32_t digit(float v, int pass)
{
    return key_of(v) >> (pass * DIGIT) & (BUCKETS - 1);
}

/* One stable pass of a radix sort; false when all values share the digit. */
static bool scatter(float *to, const float *from, size_t n, int pass)
{
    size_t at[BUCKETS] = { 0 }, sum = 0;

    for (size_t i = 0; i < n; i++)
        at[digit(from[i], pass)]++;
    if (at[digit(from[0], pass)] == n)
        return false;
    for (size_t b = 0; b < BUCKETS; b++) {
        size_t count = at[b];

        at[b] = sum;
        sum += count;
    }
    for (size_t i = 0; i < n; i++)
        to[at[digit(from[i], pass)]++] = from[i];
    return true;
}

/* Few values: insertion beats the buckets' fixed cost. */
static void insert(float *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        float x = v[i];
        size_t j = i;

        for (; j > 0 && v[j - 1] > x; j--)
            v[j] = v[j - 1];
        v[j] = x;
    }
}

void lut_sort_floats(float *v, float *scratch, size_t n)
{
    float *from = v, *to = scratch;

    if (n <= 64) {
        insert(v, n);
        return;
    }
    for (int pass = 0; pass < PASSES; pass++)
        if (scatter(to, from, n, pass)) {
            float *t = from;

            from = to;
            to = t;
        }
    if (from != v)
        memcpy(v, from, n * sizeof *v);
}
