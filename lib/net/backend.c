#include "config.h"
#include "lib/kern/machine.h"
#include "lib/net/backend.h"

#include <string.h>

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

    return lut_has_avx512() ? all : lut_has_avx2() ? without_avx512 : baseline;
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

const char *lut_backend_kernels(const lut_backend *b)
{
    return b == lut_backend_find(NULL) ? NULL : b->name;
}
