#include "lib/base/exec.h"

void lut_for(const lut_exec *exec, size_t n, lut_for_fn fn, void *arg)
{
    if (exec->threads <= 1 || n <= 1) {
        for (size_t i = 0; i < n; i++)
            fn(arg, i);
        return;
    }
#ifdef _OPENMP
#pragma omp parallel for schedule(dynamic, 1) num_threads((int)exec->threads)
#endif
    for (size_t i = 0; i < n; i++)
        fn(arg, i);
}
