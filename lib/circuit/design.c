#include "lib/circuit/design.h"
#include "lib/base/check.h"

#include <stdlib.h>

void lut_pipeline_default(lut_pipeline *p, uint32_t nlayers)
{
    *p = (lut_pipeline){ .encoder = 1, .popcount = 1, .output = 1 };
    p->layer[nlayers - 1] = 1;
}

uint64_t lut_pipeline_cuts(const lut_pipeline *p, uint32_t nlayers)
{
    uint64_t cuts = 0;

    for (uint32_t l = 0; l + 1 < nlayers && l < LUT_MAX_LAYERS; l++)
        cuts |= (uint64_t)(p->layer[l] > 0) << l;
    return cuts;
}

/* Encoded bits that are constants or the same are so for the core. */
static lut_status simplify(lut_design *d, const lut_encoder *e, lut_err *err)
{
    uint32_t *as = NULL;
    lut_encoder_net all;
    lut_status st;

    if (!e)
        return lut_netlist_simplify(&d->core, NULL, err);
    LUT_TRY(lut_encoder_net_make(&all, e, NULL, err));
    as = malloc(((size_t)all.net.noutputs + 1) * sizeof *as);
    st = as ? lut_encoder_net_same(&all, as, err)
            : lut_fail(err, LUT_ENOMEM, "no memory for %u encoded bits",
                       (unsigned)all.net.noutputs);
    if (st == LUT_OK)
        st = lut_netlist_simplify(&d->core, as, err);
    free(as);
    lut_encoder_net_fini(&all);
    return st;
}

static lut_status make_scores(lut_design *d, lut_err *err)
{
    d->width = lut_bits_for(d->core.group);
    d->popcount = calloc(d->core.classes, sizeof *d->popcount);
    if (!d->popcount)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u classes",
                        (unsigned)d->core.classes);
    for (uint32_t c = 0; c < d->core.classes; c++)
        LUT_TRY(lut_popcount_make(&d->popcount[c], &d->core, c, d->width, err));
    return LUT_OK;
}

static lut_status make(lut_design *d, const lut_circuit *c, const lut_encoder *e,
                       lut_err *err)
{
    LUT_TRY(lut_netlist_from(&d->core, c, err));
    LUT_TRY(simplify(d, e, err));
    LUT_TRY(lut_netlist_map(&d->core, LUT_NODE_INPUTS, d->cuts, err));
    if (e)
        LUT_TRY(lut_encoder_net_make(&d->encoder, e, &d->core, err));
    LUT_TRY(make_scores(d, err));
    return lut_argmax_make(&d->argmax, c->classes, d->width, err);
}

lut_status lut_design_make(lut_design *d, const lut_circuit *c, const lut_encoder *e,
                           const lut_pipeline *pipeline, lut_err *err)
{
    lut_status st;

    LUT_CHECK(!e || e->features * e->bits == c->inputs);
    *d = (lut_design){ .pipeline = *pipeline,
                       .nlayers = c->nlayers,
                       .cuts = lut_pipeline_cuts(pipeline, c->nlayers),
                       .has_encoder = e != NULL };
    st = make(d, c, e, err);
    if (st != LUT_OK)
        lut_design_fini(d);
    return st;
}

void lut_design_fini(lut_design *d)
{
    for (uint32_t c = 0; d->popcount && c < d->core.classes; c++)
        lut_popcount_fini(&d->popcount[c]);
    free(d->popcount);
    lut_encoder_net_fini(&d->encoder);
    lut_netlist_fini(&d->core);
    lut_netlist_fini(&d->argmax);
    *d = (lut_design){ 0 };
}
