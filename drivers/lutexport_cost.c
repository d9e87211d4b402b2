#include "drivers/lutexport_cost.h"
#include "config.h"
#include "lib/export/verilog_check.h"

#include <math.h>
#include <stdio.h>

static double deepest_stage(const lut_cost *c)
{
    uint32_t most = 0;

    for (uint32_t i = 0; i < c->nstages; i++)
        most = c->stage_levels[i] > most ? c->stage_levels[i] : most;
    return most;
}

export_cost export_cost_none(void)
{
    const double none = (double)NAN;

    return (export_cost){ none, none, none, none, none, none, none, none,
                          none, none, none, none, none, none, none, .tool = "" };
}

static export_cost tell(const lut_cost *c)
{
    const bool knows = c->knows_encoder;
    export_cost out = export_cost_none();

    out.encoder = knows ? c->encoder : out.encoder;
    out.total = knows ? lut_cost_luts(c, false) : out.total;
    out.levels = knows ? lut_cost_levels(c) : out.levels;
    out.stage_levels = knows ? deepest_stage(c) : out.stage_levels;
    out.layers = c->layers;
    out.popcount = c->popcount;
    out.argmax = c->argmax;
    out.core = lut_cost_luts(c, true);
    out.flip_flops = lut_cost_flip_flops(c);
    out.latency = c->latency;
    out.interval = 1;
    out.area_levels = lut_cost_area_levels(c, !knows);
    out.area_cycles = lut_cost_area_cycles(c, !knows);
    out.bram = out.dsp = 0;
    out.registers = "one behind encoder, layers, votes and class";
    snprintf(out.tool, sizeof out.tool, "lutexport");
    snprintf(out.version, sizeof out.version, "%s", PACKAGE_VERSION);
    return out;
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

lut_status export_cost_emitted(export_cost *out, const void *cfg,
                               const lut_export_design *d, lut_err *err)
{
    const double none = (double)NAN;
    verilog_cost cost;

    LUT_TRY(verilog_cost_of(&cost, cfg, d, err));
    *out = tell(&cost.cost);
    out->registers = "as the options of verilog say";
    if (!cost.knows_encoder)
        out->encoder = out->total = out->levels = out->stage_levels = none;
    if (!cost.knows_popcount)
        out->popcount = out->core = out->total = out->levels = out->stage_levels =
            out->flip_flops = none;
    if (!cost.knows_popcount || cost.knows_encoder != cost.cost.knows_encoder)
        out->area_levels = out->area_cycles = none;
    return LUT_OK;
}
