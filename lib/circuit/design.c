#include "lib/circuit/design.h"
#include "lib/base/check.h"

#include <stdlib.h>

/* Beside the layers: encoder, scores, class, and two inside the popcount. */
enum { OTHER_PLACES = 5 };

uint32_t lut_pipeline_places(uint32_t nlayers)
{
    return nlayers + OTHER_PLACES;
}

/* m registers behind layers other than the last. */
static void spread(lut_pipeline *p, uint32_t nlayers, uint32_t m)
{
    for (uint32_t i = 1; i <= m; i++)
        p->layer[i * nlayers / (m + 1) - 1] = 1;
}

lut_status lut_pipeline_stages(lut_pipeline *p, uint32_t nlayers, uint32_t n,
                               lut_err *err)
{
    const bool adder_tree = p->adder_tree;
    const uint32_t between = nlayers - 1;

    LUT_CHECK(nlayers >= 1 && nlayers <= LUT_MAX_LAYERS);
    if (n > lut_pipeline_places(nlayers))
        return lut_fail(err, LUT_EINVAL,
                        "%u register stages: a network of %u layer%s has %u places",
                        (unsigned)n, (unsigned)nlayers, nlayers > 1 ? "s" : "",
                        (unsigned)lut_pipeline_places(nlayers));
    *p = (lut_pipeline){ .output = n >= 1,
                         .popcount = n >= 3,
                         .encoder = n >= 4,
                         .adder_tree = adder_tree };
    p->layer[nlayers - 1] = n >= 2;
    n = n > LUT_PIPELINE_DEFAULT ? n - LUT_PIPELINE_DEFAULT : 0;
    spread(p, nlayers, n < between ? n : between);
    p->popcount += n > between ? n - between : 0;
    return LUT_OK;
}

void lut_pipeline_default(lut_pipeline *p, uint32_t nlayers)
{
    p->adder_tree = false;
    (void)lut_pipeline_stages(p, nlayers, LUT_PIPELINE_DEFAULT, NULL);
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

unsigned lut_tree_levels(const lut_netlist *core)
{
    uint32_t most = 1;
    unsigned levels = 0;

    for (uint32_t c = 0; c < core->classes; c++) {
        const uint32_t n = lut_tree_numbers(core, c, 0);

        most = n > most ? n : most;
    }
    while ((uint32_t)1 << levels < most)
        levels++;
    return levels ? levels : 1;
}

uint32_t lut_tree_numbers(const lut_netlist *core, uint32_t c, unsigned level)
{
    return (uint32_t)lut_ceil_div(core->first[c + 1] - core->first[c],
                                  (size_t)1 << level);
}

unsigned lut_tree_bits(unsigned level, unsigned levels, unsigned width)
{
    return level < levels && level + 1 < width ? level + 1 : width;
}

static lut_status make_scores(lut_design *d, lut_err *err)
{
    d->width = lut_bits_for(d->core.group);
    if (d->pipeline.adder_tree)
        return LUT_OK;
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
