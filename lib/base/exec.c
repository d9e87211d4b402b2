#include "lib/base/check.h"
#include "lib/base/team.h"

void lut_team_run(const lut_exec *exec, lut_team_fn body, void *arg)
{
    lut_team team;
    lut_exec inside = { .threads = exec->threads, .team = &team };

    if (exec->threads <= 1 || exec->team) {
        body(arg, exec);
        return;
    }
    lut_team_open(&team, exec->threads);
#ifdef _OPENMP
#pragma omp parallel num_threads((int)exec->threads)
#endif
    {
#ifdef _OPENMP
#pragma omp master
#endif
        {
            body(arg, &inside);
            lut_team_close(&team);
        }
        lut_team_serve(&team);
    }
}

typedef struct loop {
    size_t n;
    lut_for_fn fn;
    void *arg;
} loop;

static void run_loop(void *arg, const lut_exec *inside)
{
    const loop *l = arg;

    lut_for(inside, l->n, l->fn, l->arg);
}

void lut_for(const lut_exec *exec, size_t n, lut_for_fn fn, void *arg)
{
    loop l = { n, fn, arg };

    LUT_CHECK(n <= UINT32_MAX);
    if (exec->threads <= 1 || n <= 1 || (exec->team && exec->team->busy)) {
        for (size_t i = 0; i < n; i++)
            fn(arg, i);
    } else if (exec->team) {
        lut_team_for(exec->team, n, fn, arg);
    } else {
        lut_team_run(exec, run_loop, &l);
    }
}
