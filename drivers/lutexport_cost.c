#include "drivers/lutexport_cost.h"
#include "lib/circuit/cost.h"

#include <math.h>

static double deepest_stage(const lut_cost *c)
{
    uint32_t most = 0;

    for (uint32_t i = 0; i < c->nstages; i++)
        most = c->stage_levels[i] > most ? c->stage_levels[i] : most;
    return most;
}

static export_cost tell(const lut_cost *c)
{
    const bool knows = c->knows_encoder;
    const double none = (double)NAN;

    return (export_cost){
        .encoder = knows ? c->encoder : none,
        .layers = c->layers,
        .popcount = c->popcount,
        .argmax = c->argmax,
        .total = knows ? lut_cost_luts(c, false) : none,
        .core = lut_cost_luts(c, true),
        .flip_flops = lut_cost_flip_flops(c),
        .levels = knows ? lut_cost_levels(c) : none,
        .stage_levels = knows ? deepest_stage(c) : none,
        .latency = c->latency,
        .area_levels = lut_cost_area_levels(c, !knows),
        .area_cycles = lut_cost_area_cycles(c, !knows),
        .registers = "one behind encoder, layers, votes and class",
    };
}

lut_status export_cost_of(export_cost *out, const lut_circuit *c, const lut_encoder *e,
                          lut_err *err)
{
    lut_pipeline pipeline;
    lut_design d;
    lut_cost cost;
    lut_status st;

    lut_pipeline_default(&pipeline, c->nlayers);
    LUT_TRY(lut_design_make(&d, c, e, &pipeline, err));
    st = lut_cost_of(&cost, &d, err);
    if (st == LUT_OK)
        *out = tell(&cost);
    lut_design_fini(&d);
    return st;
}
