/* Which design the figures of NAME.json are of: that of a format that is hardware, and of
 * several of one whose LUTs are known; without any, that of the results file's columns. */
#include "drivers/lutexport.h"
#include "sweep/hardware.h"

#include <stdio.h>

static lut_status choose(export_plan *p, const export_job *j, lut_err *err)
{
    const sweep_result *r = &j->net.result;

    *p = (export_plan){ .hw.encodes = true,
                        .hw.mapped = true,
                        .hw.input = r->encoder.input };
    for (size_t i = 0; i < j->nformats; i++) {
        if (!j->ops[i]->hardware || (p->format && p->hw.mapped))
            continue;
        LUT_TRY(j->ops[i]->hardware(&p->hw, j->cfg[i], &j->design, err));
        p->format = j->ops[i]->name;
    }
    if (p->format)
        return LUT_OK;
    return sweep_hardware_pipeline(&p->hw.pipeline, &r->row.trial, r->circuit.nlayers,
                                   err);
}

static uint32_t layers_with(const lut_pipeline *p, uint32_t nlayers)
{
    uint32_t n = 0;

    for (uint32_t l = 0; l < nlayers; l++)
        n += p->layer[l];
    return n;
}

lut_status export_plan_of(export_plan *out, const export_job *j, lut_err *err)
{
    const lut_pipeline *p = &out->hw.pipeline;

    LUT_TRY(choose(out, j, err));
    snprintf(out->registers, sizeof out->registers,
             "behind encoder %u, layers %u, votes %u, class %u", (unsigned)p->encoder,
             (unsigned)layers_with(p, j->net.result.circuit.nlayers),
             (unsigned)p->popcount, (unsigned)p->output);
    return LUT_OK;
}
