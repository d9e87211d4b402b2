/* Which probes are in this build.  Compiled with baseline flags. */
#include "config.h"
#include "lib/kern/probe.h"

#include <string.h>

const lut_probe *lut_probe_find(const char *set)
{
    static const lut_probe *const all[] = {
        &lut_probe_scalar,
#if defined(LUT_HAVE_AVX2)
        &lut_probe_avx2,
#endif
#if defined(LUT_HAVE_AVX512)
        &lut_probe_avx512,
#endif
    };

    for (size_t i = 0; i < LUT_COUNT(all); i++)
        if (strcmp(all[i]->name, set) == 0)
            return all[i];
    return NULL;
}
