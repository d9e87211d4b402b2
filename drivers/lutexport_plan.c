/* Which design the figures of NAME.json are of: that of the first format that is hardware, by
 * the names of its options; without one, that of a results file's columns. */
#include "drivers/lutexport.h"

#include <stdio.h>
#include <string.h>

/* Options of a format by their names. */
typedef struct chosen {
    const lut_export_ops *ops;
    const void *cfg;
} chosen;

static double number(const chosen *c, const char *name)
{
    const lut_field *f = lut_field_find(c->ops->fields, c->ops->nfields, name);

    return f ? lut_field_number(f, c->cfg) : 0;
}

static bool is(const chosen *c, const char *name, const char *value)
{
    const lut_field *f = lut_field_find(c->ops->fields, c->ops->nfields, name);
    char text[LUT_FIELD_TEXT];

    return f && strcmp(lut_field_text(f, text, c->cfg), value) == 0;
}

/* Formats with registers behind the class are hardware. */
static bool find_hardware(chosen *c, const export_job *j)
{
    for (size_t i = 0; i < j->nformats; i++) {
        *c = (chosen){ j->ops[i], j->cfg[i] };
        if (lut_field_find(c->ops->fields, c->ops->nfields, "pipe_output"))
            return true;
    }
    return false;
}

/* Parts of the layers end behind every so many of them, and behind the last. */
static void set_pipeline(lut_pipeline *p, const chosen *c, uint32_t nlayers)
{
    uint32_t stages = (uint32_t)number(c, "pipe_layers"),
             every = (uint32_t)number(c, "pipe_every");

    *p = (lut_pipeline){ .encoder = (uint32_t)number(c, "pipe_encoder"),
                         .popcount = (uint32_t)number(c, "pipe_popcount"),
                         .output = (uint32_t)number(c, "pipe_output") };
    if (p->encoder + p->popcount + p->output + stages == 0 &&
        lut_pipeline_stages(p, nlayers, (uint32_t)number(c, "pipeline_stages"), NULL) ==
            LUT_OK)
        return;
    for (uint32_t l = 0; l < nlayers; l++)
        if (l + 1 == nlayers || (every && (l + 1) % every == 0))
            p->layer[l] = stages;
}

/* Inputs that were real in training take the width of the options; their sign is that of the
 * thresholds. */
static void set_input(lut_fixed *q, const chosen *c, const lut_encoder *e)
{
    uint32_t width = (uint32_t)number(c, "input_width");

    if (q->width || !width)
        return;
    *q = (lut_fixed){ .width = width, .frac = (int32_t)number(c, "input_frac") };
    for (size_t i = 0; i < e->features * e->thresholds; i++)
        q->is_signed |= e->threshold[i] < 0;
}

static uint32_t layers_with(const lut_pipeline *p, uint32_t nlayers)
{
    uint32_t n = 0;

    for (uint32_t l = 0; l < nlayers; l++)
        n += p->layer[l];
    return n;
}

void export_plan_of(export_plan *out, const export_job *j)
{
    const sweep_result *r = &j->net.result;
    uint32_t nlayers = r->circuit.nlayers;
    chosen c;

    *out = (export_plan){ .encodes = true, .input = r->encoder.input };
    if (!find_hardware(&c, j)) {
        lut_pipeline_default(&out->pipeline, nlayers);
    } else {
        set_pipeline(&out->pipeline, &c, nlayers);
        set_input(&out->input, &c, &r->encoder);
        out->encodes = !is(&c, "encoder", "none");
        out->behavioural = is(&c, "encoder", "behavioural");
        out->tree = is(&c, "popcount", "tree") || is(&c, "adder_tree", "true");
    }
    snprintf(out->registers, sizeof out->registers,
             "behind encoder %u, layers %u, votes %u, class %u",
             (unsigned)out->pipeline.encoder,
             (unsigned)layers_with(&out->pipeline, nlayers),
             (unsigned)out->pipeline.popcount, (unsigned)out->pipeline.output);
}
