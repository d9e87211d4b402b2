#include "sweep/facts.h"

#include <stdio.h>
#include <string.h>

lut_status sweep_facts_data(lut_data *out, const char *dataset, const char *options,
                            const char *const *folder, lut_err *err)
{
    lut_status st = lut_data_load(out, dataset, options, folder, err);
    const lut_known *known = lut_known_find(dataset);
    size_t used;

    if (st != LUT_ENOENT || !err || !known || !lut_known_public(known))
        return st;
    used = strlen(err->text);
    snprintf(err->text + used, sizeof err->text - used,
             "; to download it: lutdata fetch %s", dataset);
    return st;
}

lut_status sweep_facts_load(void *arg, sweep_data_facts *out, const char *dataset,
                            const char *options, lut_err *err)
{
    lut_data d;

    LUT_TRY(sweep_facts_data(&d, dataset, options, (const char *const *)arg, err));
    *out = (sweep_data_facts){ .classes = d.train.classes,
                               .samples = d.train.samples,
                               .features = d.train.features,
                               .folder = arg };
    sweep_data_digest(out->digest, &d);
    lut_data_fini(&d);
    return LUT_OK;
}
