#include "lib/kern/probe.h"
#include "lib/kern/vec.h"

/* Chains that hide the latency of the fused operation and still fit the registers. */
#if defined(LUT_VEC_AVX512)
enum { CHAINS = 12 };
#elif defined(LUT_VEC_AVX2)
enum { CHAINS = 6 };
#else
enum { CHAINS = 2 };
#endif

/* Repetitions must not be taken for one. */
LUT_INLINE void touch(const void *p)
{
    __asm__ volatile("" : : "r"(p) : "memory");
}

static size_t fused(float *sink, size_t rounds)
{
    lut_f a[CHAINS], x = lut_set1(0.999f), y = lut_set1(1e-3f), sum = lut_set1(0);

    for (int i = 0; i < CHAINS; i++)
        a[i] = lut_set1((float)i);
    for (size_t r = 0; r < rounds; r++)
        for (int i = 0; i < CHAINS; i++)
            a[i] = lut_fma(a[i], x, y);
    for (int i = 0; i < CHAINS; i++)
        sum += a[i];
    lut_store(sink, sum);
    return rounds * CHAINS * LUT_LANES;
}

static void read_all(float *sink, const float *x, size_t n, size_t times)
{
    lut_f a[4] = { { 0 } };

    for (size_t t = 0; t < times; t++) {
        for (size_t i = 0; i < n; i += 4 * LUT_LANES)
            for (size_t j = 0; j < 4; j++)
                a[j] += lut_load(x + i + j * LUT_LANES);
        touch(x);
    }
    lut_store(sink, (a[0] + a[1]) + (a[2] + a[3]));
}

/* An addition on the way: the compiler would make a call of memcpy out of a mere copy,
 * which may go around the caches. */
static void copy_all(float *y, const float *x, size_t n, size_t times)
{
    lut_f one = lut_set1(1);

    for (size_t t = 0; t < times; t++) {
        for (size_t i = 0; i < n; i += 4 * LUT_LANES)
            for (size_t j = 0; j < 4; j++)
                lut_store(y + i + j * LUT_LANES, lut_load(x + i + j * LUT_LANES) + one);
        touch(y);
    }
}

const lut_probe LUT_OF_SET(lut_probe) = {
    .name = LUT_SET_TEXT, .fma = fused, .read = read_all, .copy = copy_all
};
