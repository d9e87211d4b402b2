#include "lib/circuit/cost.h"
#include "lib/circuit/split.h"

#include <stdlib.h>
#include <string.h>

enum { XOR = 6, XNOR = 9, ALWAYS = UINT8_MAX };

/* ---- flip-flops ---- */

/* Signals that a register behind part l of the netlist keeps, for each l < parts: those made
 * in parts up to l and read in later ones; outputs are read after all. */
static lut_status crossing(uint32_t *width, unsigned parts, const lut_netlist *n,
                           lut_err *err)
{
    size_t signals = (size_t)1 + n->inputs + n->nnodes;
    uint8_t *last = calloc(signals, 1);

    if (!last)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu signals", signals);
    for (uint32_t i = 0; i < n->nnodes; i++)
        for (unsigned j = 0; j < n->node[i].k; j++)
            if (last[n->node[i].in[j]] < n->node[i].part)
                last[n->node[i].in[j]] = n->node[i].part;
    for (uint32_t o = 0; o < n->noutputs; o++)
        last[n->output[o] >> 1] = ALWAYS;
    memset(width, 0, parts * sizeof *width);
    for (size_t s = 1; s < signals; s++) {
        unsigned made = s > n->inputs ? n->node[s - 1 - n->inputs].part : 0;

        for (unsigned l = made; l < parts && l < last[s]; l++)
            width[l]++;
    }
    free(last);
    return LUT_OK;
}

static uint32_t inputs_read(const lut_netlist *core, uint8_t *seen)
{
    uint32_t n = 0;

    for (uint32_t i = 0; i < core->nnodes; i++)
        for (unsigned j = 0; j < core->node[i].k; j++)
            seen[core->node[i].in[j]] = 1;
    for (uint32_t o = 0; o < core->noutputs; o++)
        seen[core->output[o] >> 1] = 1;
    for (uint32_t s = 1; s <= core->inputs; s++)
        n += seen[s];
    return n;
}

static lut_status count_encoder_ff(lut_cost *c, const lut_design *d, lut_err *err)
{
    size_t signals = (size_t)1 + d->core.inputs + d->core.nnodes;
    uint8_t *seen = calloc(signals, 1);

    if (!seen)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu signals", signals);
    c->ff_encoder = d->pipeline.encoder * (inputs_read(&d->core, seen) + 1);
    free(seen);
    return LUT_OK;
}

static lut_status count_layer_ff(lut_cost *c, const lut_design *d, lut_err *err)
{
    uint32_t width[LUT_MAX_LAYERS];

    LUT_TRY(crossing(width, d->nlayers, &d->core, err));
    for (uint32_t l = 0; l < d->nlayers; l++)
        c->ff_layers += d->pipeline.layer[l] * (width[l] + 1);
    return LUT_OK;
}

static lut_status count_popcount_ff(lut_cost *c, const lut_design *d, lut_err *err)
{
    uint32_t width[LUT_MAX_LAYERS], n = d->pipeline.popcount;
    uint32_t behind = n > 3 ? n - 2 : n > 0;

    c->ff_popcount = behind * (d->core.classes * d->width) + n;
    for (uint32_t k = 0; n >= 2 && k < d->core.classes; k++) {
        LUT_TRY(crossing(width, LUT_MAX_LAYERS, &d->popcount[k].net, err));
        c->ff_popcount += width[LUT_MAX_LAYERS - 1] + (n >= 3 ? width[0] : 0);
    }
    return LUT_OK;
}

static lut_status count_ff(lut_cost *c, const lut_design *d, lut_err *err)
{
    uint32_t outputs = d->argmax.noutputs + d->core.classes * d->width;

    LUT_TRY(count_encoder_ff(c, d, err));
    LUT_TRY(count_layer_ff(c, d, err));
    LUT_TRY(count_popcount_ff(c, d, err));
    c->ff_output = d->pipeline.output * (outputs + 1);
    return LUT_OK;
}

/* ---- LUTs ---- */

/* A LUT holds its output in the phase that is wanted first; the inverse of an input, and of
 * what is wanted in both phases, takes a LUT of its own. */
static lut_status count_inverters(uint32_t *inverters, const lut_netlist *n,
                                  lut_err *err)
{
    size_t signals = (size_t)1 + n->inputs + n->nnodes;
    uint8_t *wanted = calloc(signals, 1); /* bit p: in phase p */

    if (!wanted)
        return lut_fail(err, LUT_ENOMEM, "no memory for %zu signals", signals);
    for (uint32_t o = 0; o < n->noutputs; o++)
        wanted[n->output[o] >> 1] |= (uint8_t)(1 << (n->output[o] & 1));
    for (size_t s = 1; s < signals; s++)
        *inverters += s <= n->inputs ? wanted[s] >> 1 : wanted[s] == 3;
    free(wanted);
    return LUT_OK;
}

static lut_status count_luts(lut_cost *c, const lut_design *d, lut_err *err)
{
    c->knows_encoder = d->has_encoder && d->encoder.width > 0;
    c->encoder = c->knows_encoder ? d->encoder.net.nnodes : 0;
    if (c->knows_encoder)
        LUT_TRY(count_inverters(&c->encoder, &d->encoder.net, err));
    c->comparators = d->encoder.comparators;
    c->layers = d->core.nnodes;
    c->argmax = d->argmax.nnodes;
    for (uint32_t k = 0; k < d->core.classes; k++) {
        c->adders += lut_popcount_adder(&d->popcount[k]);
        c->popcount += d->popcount[k].net.nnodes;
        LUT_TRY(count_inverters(&c->popcount, &d->popcount[k].net, err));
    }
    c->popcount += c->adders;
    return LUT_OK;
}

/* ---- levels ---- */

static void end_stage(lut_cost *c, uint32_t registers)
{
    c->latency += registers;
    if (registers)
        c->stage_levels[++c->nstages] = 0;
}

/* The deepest popcount, below and above a register behind its first compressors. */
static lut_status popcount_levels(uint32_t most[3], const lut_design *d, lut_err *err)
{
    uint64_t cut = d->pipeline.popcount >= 3;

    most[0] = most[1] = most[2] = 0;
    for (uint32_t k = 0; k < d->core.classes; k++) {
        uint32_t depth[2] = { 0, 0 };

        LUT_TRY(lut_netlist_depth(&d->popcount[k].net, cut, depth, err));
        for (unsigned s = 0; s < 2; s++)
            most[s] = depth[s] > most[s] ? depth[s] : most[s];
        if (lut_popcount_adder(&d->popcount[k]))
            most[2] = 1;
    }
    return LUT_OK;
}

static lut_status layer_stages(lut_cost *c, const lut_design *d, lut_err *err)
{
    uint32_t depth[LUT_MAX_LAYERS + 1];
    unsigned stage = 0;

    LUT_TRY(lut_netlist_depth(&d->core, d->cuts, depth, err));
    c->stage_levels[c->nstages] += depth[0];
    c->layer_levels = depth[0];
    for (uint32_t l = 0; l < d->nlayers; l++) {
        end_stage(c, d->pipeline.layer[l]);
        if (d->cuts >> l & 1) {
            c->stage_levels[c->nstages] += depth[++stage];
            c->layer_levels += depth[stage];
        }
    }
    return LUT_OK;
}

static lut_status popcount_stages(lut_cost *c, const lut_design *d, lut_err *err)
{
    uint32_t levels[3], n = d->pipeline.popcount;

    LUT_TRY(popcount_levels(levels, d, err));
    c->popcount_levels = levels[0] + levels[1] + levels[2];
    c->stage_levels[c->nstages] += levels[0];
    end_stage(c, n >= 3);
    c->stage_levels[c->nstages] += levels[1];
    end_stage(c, n >= 2);
    c->stage_levels[c->nstages] += levels[2];
    end_stage(c, n > 3 ? n - 2 : n > 0);
    return LUT_OK;
}

static lut_status count_levels(lut_cost *c, const lut_design *d, lut_err *err)
{
    if (c->knows_encoder)
        LUT_TRY(lut_netlist_depth(&d->encoder.net, 0, &c->encoder_levels, err));
    c->stage_levels[0] = c->encoder_levels;
    end_stage(c, d->pipeline.encoder);
    LUT_TRY(layer_stages(c, d, err));
    LUT_TRY(popcount_stages(c, d, err));
    LUT_TRY(lut_netlist_depth(&d->argmax, 0, &c->argmax_levels, err));
    c->stage_levels[c->nstages] += c->argmax_levels;
    end_stage(c, d->pipeline.output);
    c->nstages += d->pipeline.output == 0; /* what no register ends is a stage */
    return LUT_OK;
}

lut_status lut_cost_of(lut_cost *cost, const lut_design *d, lut_err *err)
{
    *cost = (lut_cost){ 0 };
    LUT_TRY(count_luts(cost, d, err));
    LUT_TRY(count_levels(cost, d, err));
    return count_ff(cost, d, err);
}

/* ---- sums ---- */

uint32_t lut_cost_luts(const lut_cost *c, bool core)
{
    return (core ? 0 : c->encoder) + c->layers + c->popcount + c->argmax;
}

uint32_t lut_cost_flip_flops(const lut_cost *c)
{
    return c->ff_encoder + c->ff_layers + c->ff_popcount + c->ff_output;
}

uint32_t lut_cost_levels(const lut_cost *c)
{
    return c->encoder_levels + c->layer_levels + c->popcount_levels + c->argmax_levels;
}

double lut_cost_area_levels(const lut_cost *c, bool core)
{
    uint32_t most = 0;

    for (uint32_t s = 0; s < c->nstages; s++)
        most = c->stage_levels[s] > most ? c->stage_levels[s] : most;
    return (double)lut_cost_luts(c, core) * most * (c->latency ? c->latency : 1);
}

double lut_cost_area_cycles(const lut_cost *c, bool core)
{
    return (double)lut_cost_luts(c, core) * (c->latency ? c->latency : 1);
}

/* ---- gates ---- */

lut_status lut_cost_nand2(uint64_t *gates, const lut_netlist *n, lut_err *err)
{
    lut_netlist two;
    lut_status st;

    *gates = 0;
    LUT_TRY(lut_netlist_copy(&two, n, err));
    st = lut_split(&two, 2, err);
    for (uint32_t i = 0; st == LUT_OK && i < two.nnodes; i++)
        *gates += two.node[i].tt == XOR || two.node[i].tt == XNOR ? 3 : 1;
    lut_netlist_fini(&two);
    return st;
}
