/* Gradients of a whole network, as an optimizer gets them. */
#include "tests/reference/case.h"

#include <string.h>

enum { MOST_OPTIMIZERS = 32, MOST_PARAMS = 64 };

typedef struct taking {
    lut_backend be;
    const lut_optim_ops *optim[MOST_OPTIMIZERS + 1];
    lut_param_ops param[MOST_PARAMS];
    const lut_param_ops *params[MOST_PARAMS + 1];
} taking;

static void take(const void *cfg, const lut_opt_step *now, lut_f *w, lut_f *state,
                 const lut_f *g, const float *anchor, size_t n)
{
    (void)cfg;
    (void)now;
    (void)state;
    (void)anchor;
    memcpy(w, g, n * sizeof *g);
}

const lut_backend *vec_taking(vec_case *c, const lut_backend *be)
{
    static const lut_optim_ops ops = { .name = "take", .tile = take };
    taking *t = vec_room(c, 1, sizeof *t);
    size_t n = 0;

    t->be = *be;
    for (; n < MOST_OPTIMIZERS && be->optim[n]; n++)
        t->optim[n] = &ops;
    if (be->optim[n])
        vec_problem(c, "more than %d optimizers", MOST_OPTIMIZERS);
    for (n = 0; n < MOST_PARAMS && be->param[n]; n++) {
        t->param[n] = *be->param[n];
        t->param[n].project = NULL;
        t->params[n] = &t->param[n];
    }
    if (be->param[n])
        vec_problem(c, "more than %d parametrizations", MOST_PARAMS);
    t->be.optim = t->optim;
    t->be.param = t->params;
    return &t->be;
}
