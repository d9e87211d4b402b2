#include "sweep/space_impl.h"

#include "sweep/options.h"

#include <stdlib.h>
#include <string.h>

static const sweep_known_facts *find(const sweep_space *space, const char *dataset,
                                     const char *options)
{
    for (size_t i = 0; i < space->nknown; i++)
        if (strcmp(space->known[i].dataset, dataset) == 0 &&
            strcmp(space->known[i].options, options) == 0)
            return &space->known[i];
    return NULL;
}

lut_status sweep_space_facts(sweep_space *space, const sweep_known_facts **out,
                             const sweep_trial *t, sweep_facts_fn facts,
                             void *facts_arg, lut_err *err)
{
    char options[SWEEP_OPTIONS];
    sweep_known_facts *k;
    lut_err why;
    void *more;

    LUT_TRY(sweep_options_reader(options, t, err));
    *out = find(space, t->dataset, options);
    if (*out)
        return LUT_OK;
    more = realloc(space->known, (space->nknown + 1) * sizeof *space->known);
    if (!more)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu data sets", space->nknown);
    space->known = more;
    k = &space->known[space->nknown++];
    *k = (sweep_known_facts){ .dataset = strdup(t->dataset),
                              .options = strdup(options) };
    if (!k->dataset || !k->options)
        return lut_fail(err, LUT_ENOMEM, "no memory for a data set");
    if (facts(facts_arg, &k->facts, t->dataset, options, &why) != LUT_OK) {
        k->why = strdup(why.text);
        k->facts = (sweep_data_facts){ .classes = 1 };
        if (!k->why)
            return lut_fail(err, LUT_ENOMEM, "no memory for a message");
    }
    *out = k;
    return LUT_OK;
}

lut_status sweep_space_known(const sweep_space *space, sweep_data_facts *out,
                             const sweep_trial *t, sweep_facts_fn facts,
                             void *facts_arg, lut_err *err)
{
    char options[SWEEP_OPTIONS];
    const sweep_known_facts *k;

    LUT_TRY(sweep_options_reader(options, t, err));
    k = find(space, t->dataset, options);
    if (!k)
        return facts(facts_arg, out, t->dataset, options, err);
    *out = k->facts;
    return LUT_OK;
}

void sweep_space_fini(sweep_space *space)
{
    for (size_t i = 0; i < space->nknown; i++) {
        free(space->known[i].dataset);
        free(space->known[i].options);
        free(space->known[i].why);
    }
    free(space->known);
    free(space->point);
    free(space->first);
    *space = (sweep_space){ 0 };
}
