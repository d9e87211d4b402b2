#include "lib/kern/probe.h"
#include "lib/kern/vec.h"

/* Registers as they are: vectors of 16 lanes are several of them on most sets. */
typedef float wide __attribute__((vector_size(LUT_NATIVE), may_alias));
enum { WIDE = LUT_NATIVE / sizeof(float) };

/* Repetitions must not be taken for one. */
LUT_INLINE void touch(const void *p)
{
    __asm__ volatile("" : : "r"(p) : "memory");
}

/* Chains that hide the latency of the fused operation and still fit the registers.  Where
 * the set has no such instruction, what its kernels do instead. */
#if defined(LUT_VEC_AVX512)
enum { CHAINS = 12 };
typedef lut_f chain;
#define FUSED(a, b, c) lut_fma(a, b, c)
#elif defined(LUT_VEC_AVX2)
enum { CHAINS = 12 };
typedef wide chain;
#define FUSED(a, b, c) (chain) _mm256_fmadd_ps((__m256)(a), (__m256)(b), (__m256)(c))
#else
enum { CHAINS = 2 };
typedef lut_f chain;
#define FUSED(a, b, c) lut_fma(a, b, c)
#endif

static size_t fused(float *sink, size_t rounds)
{
    chain a[CHAINS], x = { 0 }, y = { 0 };

    x += 0.999f;
    y += 1e-3f;
    for (int i = 0; i < CHAINS; i++)
        a[i] = x + (float)i;
    for (size_t r = 0; r < rounds; r++)
        for (int i = 0; i < CHAINS; i++)
            a[i] = FUSED(a[i], x, y);
    for (int i = 1; i < CHAINS; i++)
        a[0] += a[i];
    memcpy(sink, a, sizeof a[0]);
    return rounds * CHAINS * (sizeof(chain) / sizeof(float));
}

static void read_all(float *sink, const float *x, size_t n, size_t times)
{
    wide a[4] = { { 0 } };

    for (size_t t = 0; t < times; t++) {
        const wide *from = (const wide *)x;

        for (size_t i = 0; i < n / WIDE; i += 4)
            for (size_t j = 0; j < 4; j++)
                a[j] += from[i + j];
        touch(x);
    }
    a[0] += a[1] + (a[2] + a[3]);
    memcpy(sink, a, sizeof a[0]);
}

/* An addition on the way: the compiler would make a call of memcpy out of a mere copy,
 * which may go around the caches. */
static void copy_all(float *y, const float *x, size_t n, size_t times)
{
    for (size_t t = 0; t < times; t++) {
        const wide *from = (const wide *)x;
        wide *to = (wide *)y;

        for (size_t i = 0; i < n / WIDE; i += 4)
            for (size_t j = 0; j < 4; j++)
                to[i + j] = from[i + j] + 1.0f;
        touch(y);
    }
}

const lut_probe LUT_OF_SET(lut_probe) = {
    .name = LUT_SET_TEXT, .fma = fused, .read = read_all, .copy = copy_all
};
