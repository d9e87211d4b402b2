#include "drivers/lutexport_cost.h"
#include "config.h"
#include "lib/circuit/cost.h"

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

    return (export_cost){ none, none, none, none, none, none,      none,
                          none, none, none, none, none, none,      none,
                          none, none, none, none, none, .tool = "" };
}

static void tell_levels(export_cost *out, const lut_cost *c, bool knows)
{
    out->levels = lut_cost_levels(c);
    out->stage_levels = deepest_stage(c);
    out->area_core = !knows;
    out->area_levels = lut_cost_area_levels(c, !knows);
    out->area_cycles = lut_cost_area_cycles(c, !knows);
}

/* LUTs and flip-flops by the structures of lib/circuit. */
static void tell_counts(export_cost *out, const lut_cost *c, const export_plan *plan)
{
    const bool knows = c->knows_encoder && !plan->hw.behavioural;

    tell_levels(out, c, knows);
    if (knows) {
        out->encoder = c->encoder;
        out->total = lut_cost_luts(c, false);
        out->comparators = c->comparators;
    } else if (plan->hw.encodes) {
        out->levels = out->stage_levels = (double)NAN;
    } else { /* there is none */
        out->encoder = out->comparators = 0;
        out->total = lut_cost_luts(c, true);
        out->area_core = false;
    }
    out->layers = c->layers;
    out->popcount = c->popcount;
    out->adders = c->adders;
    out->argmax = c->argmax;
    out->core = lut_cost_luts(c, true);
    out->flip_flops = lut_cost_flip_flops(c);
}

static export_cost tell(const lut_cost *c, const export_plan *plan)
{
    export_cost out = export_cost_none();

    if (plan->hw.mapped)
        tell_counts(&out, c, plan);
    out.latency = c->latency;
    out.interval = 1;
    out.bram = out.dsp = 0;
    out.format = plan->format;
    snprintf(out.registers, sizeof out.registers, "%s", plan->registers);
    snprintf(out.tool, sizeof out.tool, "lutexport");
    snprintf(out.version, sizeof out.version, "%s", PACKAGE_VERSION);
    return out;
}

static lut_status count_gates(double *gates, const lut_circuit *c, lut_err *err)
{
    lut_netlist n;
    uint64_t found = 0;
    lut_status st;

    LUT_TRY(lut_netlist_from(&n, c, err));
    st = lut_netlist_simplify(&n, NULL, err);
    if (st == LUT_OK)
        st = lut_cost_nand2(&found, &n, err);
    lut_netlist_fini(&n);
    *gates = (double)found;
    return st;
}

lut_status export_cost_of(export_cost *out, const export_plan *plan,
                          const lut_circuit *c, const lut_encoder *e, lut_err *err)
{
    lut_encoder enc = *e;
    lut_design d;
    lut_cost cost;
    lut_status st;

    enc.input = plan->hw.input;
    LUT_TRY(lut_design_make(&d, c, plan->hw.encodes ? &enc : NULL, &plan->hw.pipeline,
                            err));
    st = lut_cost_of(&cost, &d, err);
    if (st == LUT_OK)
        *out = tell(&cost, plan);
    lut_design_fini(&d);
    return st == LUT_OK ? count_gates(&out->nand2, c, err) : st;
}
