#include "sweep/space_impl.h"
#include "sweep/spec_impl.h"

lut_status sweep_space_load(sweep_spec **spec, sweep_space *space, const char *path,
                            const char *text, const char *const *override,
                            size_t noverrides, sweep_facts_fn facts, void *facts_arg,
                            sweep_problem_fn problem, void *arg, lut_err *err)
{
    sweep_problems p = { .path = path };
    lut_err first = { 0 };
    lut_status st, told;

    *space = (sweep_space){ 0 };
    st = sweep_spec_make(spec, text, override, noverrides, &p, &first);
    if (st == LUT_OK && *spec)
        st = sweep_space_make(space, *spec, facts, facts_arg, &p, &first);
    told = sweep_problems_tell(&p, problem, arg, err);
    if (st == LUT_OK && told == LUT_OK)
        return LUT_OK;
    sweep_space_fini(space);
    sweep_spec_destroy(*spec);
    *spec = NULL;
    return st == LUT_OK ? told : lut_fail(err, st, "%s", first.text);
}
