/* Which instruction sets this machine has.  Compiled with baseline flags, so that the
 * question itself cannot fault. */
#include "config.h"
#include "lib/net/backend.h"

#include <string.h>

/* Every processor with AVX2 has F16C, which not every compiler can ask for. */
static bool has_avx2(void)
{
#if defined(LUT_HAVE_AVX2)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return false;
#endif
}

static bool has_avx512(void)
{
#if defined(LUT_HAVE_AVX512)
    return __builtin_cpu_supports("fma") && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
#else
    return false;
#endif
}

const lut_backend *const *lut_backends(void)
{
    static const lut_backend *const all[] = {
        &lut_backend_scalar,
#if defined(LUT_HAVE_AVX2)
        &lut_backend_avx2,
#endif
#if defined(LUT_HAVE_AVX512)
        &lut_backend_avx512,
#endif
        NULL
    };
    static const lut_backend *const without_avx512[] = {
        &lut_backend_scalar,
#if defined(LUT_HAVE_AVX2)
        &lut_backend_avx2,
#endif
        NULL
    };
    static const lut_backend *const baseline[] = { &lut_backend_scalar, NULL };

    return has_avx512() ? all : has_avx2() ? without_avx512 : baseline;
}

const lut_backend *lut_backend_find(const char *name)
{
    const lut_backend *const *b = lut_backends();
    const lut_backend *last = NULL;

    for (; *b; b++) {
        if (name && strcmp((*b)->name, name) == 0)
            return *b;
        last = *b;
    }
    return name ? NULL : last;
}
