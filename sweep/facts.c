#include "sweep/facts.h"

lut_status sweep_facts_load(void *arg, sweep_data_facts *out, const char *dataset,
                            const char *options, lut_err *err)
{
    lut_data d;

    LUT_TRY(lut_data_load(&d, dataset, options, (const char *const *)arg, err));
    *out = (sweep_data_facts){ .classes = d.train.classes,
                               .samples = d.train.samples,
                               .features = d.train.features };
    sweep_data_digest(out->digest, &d);
    lut_data_fini(&d);
    return LUT_OK;
}
