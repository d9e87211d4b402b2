/* --effects METRIC: which knobs matter. */
#include "analysis/effects.h"
#include "drivers/lutreport.h"

lut_status lutreport_effects(lutreport_made *out, const report_data *d,
                             const lutreport_options *o, lut_err *err)
{
    effects_query q = { .where = o->where, .metric = o->effects };
    effects e;
    lut_status st;

    LUT_TRY(lutreport_alpha(&q.alpha, o, err));
    LUT_TRY(effects_make(&e, d, &q, err));
    st = effects_sheets(out->sheet, &out->n, &e, err);
    effects_fini(&e);
    return st;
}
