/* Compiled with baseline flags, so that the question itself cannot fault. */
#include "lib/kern/machine.h"
#include "config.h"

/* Every processor with AVX2 has F16C, which not every compiler can ask for. */
bool lut_has_avx2(void)
{
#if defined(LUT_HAVE_AVX2)
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return false;
#endif
}

bool lut_has_avx512(void)
{
#if defined(LUT_HAVE_AVX512)
    return __builtin_cpu_supports("fma") && __builtin_cpu_supports("avx512f") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
#else
    return false;
#endif
}
