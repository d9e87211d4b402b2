/* What the files will hold: netlists of encoder, layers and votes, cut into blocks. */
#include "lib/export/verilog.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- inputs ---- */

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * 1099511628211u;
    return h ^ h >> 29;
}

/* Values and votes of the rows: benches of other rows are other benches. */
static uint64_t mix_vectors(uint64_t h, const lut_export_vectors *v, uint32_t classes)
{
    h = mix(h, v->n);
    for (size_t f = 0; f < v->data->features; f++)
        for (size_t i = 0; i < v->n; i++) {
            uint32_t bits;

            memcpy(&bits, v->data->x + f * v->data->samples + i, sizeof bits);
            h = mix(h, bits);
        }
    for (size_t i = 0; v->score && i < v->n * classes; i++)
        h = mix(h, v->score[i]);
    return h;
}

/* FNV-1a of what decides the text of files: two sets with the same one fit together. */
static uint64_t digest(const lut_export_design *d, const verilog_cfg *cfg)
{
    uint64_t h = 14695981039346656037u;
    char text[400];

    snprintf(text, sizeof text, "1 %s %s %s %s %s %u %u %u %u %u %u %u %u %u %d",
             d->name, d->digest, cfg->encoder, cfg->popcount, cfg->handshake,
             (unsigned)cfg->pipe_encoder, (unsigned)cfg->pipe_layers,
             (unsigned)cfg->pipe_every, (unsigned)cfg->pipe_popcount,
             (unsigned)cfg->pipe_output, (unsigned)cfg->input_width,
             (unsigned)cfg->input_frac, (unsigned)cfg->rows,
             (unsigned)cfg->pipeline_stages, (int)cfg->adder_tree);
    for (const char *c = text; *c; c++)
        h = (h ^ (unsigned char)*c) * 1099511628211u;
    return d->vectors ? mix_vectors(h, d->vectors, d->circuit->classes) : h;
}

/* Inputs that were real in training take the width of the options; their sign is that of the
 * thresholds. */
static lut_fixed input_of(const lut_export_design *d, const verilog_cfg *cfg)
{
    const lut_encoder *e = d->encoder;
    lut_fixed q = e->input;

    if (q.width || !cfg->input_width)
        return q;
    q = (lut_fixed){ .width = cfg->input_width, .frac = (int32_t)cfg->input_frac };
    for (size_t i = 0; i < e->features * e->thresholds; i++)
        q.is_signed |= e->threshold[i] < 0;
    return q;
}

verilog_limit verilog_bound(const lut_fixed *q, float threshold, uint64_t *bound)
{
    float edge = lut_fixed_edge(q, threshold);

    *bound = 0;
    if (isinf(edge))
        return edge > 0 ? VERILOG_NEVER : VERILOG_ALWAYS;
    *bound = (uint64_t)(lut_fixed_value(q, threshold) +
                        (q->is_signed ? (int64_t)1 << (q->width - 1) : 0));
    return VERILOG_COMPARES;
}

/* ---- netlists ---- */

static lut_status pipeline_of(lut_pipeline *p, const verilog_cfg *cfg, uint32_t nlayers,
                              lut_err *err)
{
    const uint32_t every =
        cfg->pipe_every ? cfg->pipe_every : 1; /* 0: no such option */

    *p = (lut_pipeline){ .encoder = cfg->pipe_encoder,
                         .popcount = cfg->pipe_popcount,
                         .output = cfg->pipe_output,
                         .adder_tree =
                             cfg->adder_tree || strcmp(cfg->popcount, "tree") == 0 };
    if (!(cfg->pipe_encoder | cfg->pipe_layers | cfg->pipe_popcount | cfg->pipe_output))
        return lut_pipeline_stages(p, nlayers, cfg->pipeline_stages, err);
    for (uint32_t l = 0; l < nlayers; l++)
        if ((l + 1) % every == 0 || l + 1 == nlayers)
            p->layer[l] = cfg->pipe_layers;
    return LUT_OK;
}

lut_status verilog_hardware(lut_export_hardware *h, const void *arg,
                            const lut_export_design *d, lut_err *err)
{
    const verilog_cfg *cfg = arg;

    *h = (lut_export_hardware){ .input = input_of(d, cfg),
                                .mapped = true,
                                .encodes = strcmp(cfg->encoder, "none") != 0,
                                .behavioural =
                                    strcmp(cfg->encoder, "behavioural") == 0 };
    return pipeline_of(&h->pipeline, cfg, d->circuit->nlayers, err);
}

/* Registers behind the layer that ends a stage of the core. */
static unsigned behind_stage(const verilog_plan *p, unsigned stage)
{
    uint32_t l = 0;

    while (l + 1 < p->d->circuit->nlayers &&
           (!(p->design.cuts >> l & 1) || stage-- > 0))
        l++;
    return p->design.pipeline.layer[l];
}

/* What cost counts, on the inputs of the plan. */
static lut_status make_design(verilog_plan *p, lut_err *err)
{
    lut_encoder e = *p->d->encoder;
    lut_export_hardware h;

    LUT_TRY(verilog_hardware(&h, p->cfg, p->d, err));
    e.input = h.input;
    return lut_design_make(&p->design, p->d->circuit, h.encodes ? &e : NULL,
                           &h.pipeline, err);
}

/* Encoded bits that the core reads: the others leave no wire. */
static lut_status list_bits(verilog_plan *p, lut_err *err)
{
    const lut_netlist *n = &p->design.core;
    uint8_t *read = calloc(lut_netlist_signal(n, n->nnodes), 1);

    p->bit = malloc((1 + (size_t)n->inputs) * sizeof *p->bit);
    if (!read || !p->bit) {
        free(read);
        return lut_fail(err, LUT_ENOMEM, "no memory for %u inputs",
                        (unsigned)n->inputs);
    }
    for (uint32_t i = 0; i < n->nnodes; i++)
        for (unsigned j = 0; j < n->node[i].k; j++)
            read[n->node[i].in[j]] = 1;
    for (uint32_t o = 0; o < n->noutputs; o++)
        read[n->output[o] >> 1] = 1;
    for (uint32_t i = 0; i < n->inputs; i++)
        if (read[1 + i])
            p->bit[p->nbits++] = i;
    free(read);
    return LUT_OK;
}

/* Signals that vote, each once, ascending. */
static lut_status list_voters(verilog_plan *p, lut_err *err)
{
    const lut_netlist *n = &p->design.core;
    uint32_t signals = lut_netlist_signal(n, n->nnodes);
    uint8_t *votes = calloc(signals, 1);

    p->signal = malloc((1 + (size_t)n->noutputs) * sizeof *p->signal);
    if (!votes || !p->signal) {
        free(votes);
        return lut_fail(err, LUT_ENOMEM, "no memory for %u votes",
                        (unsigned)n->noutputs);
    }
    for (uint32_t o = 0; o < n->noutputs; o++)
        votes[n->output[o] >> 1] = 1;
    for (uint32_t s = 1; s < signals; s++)
        if (votes[s])
            p->signal[p->nsignals++] = s;
    free(votes);
    return LUT_OK;
}

/* ---- blocks ---- */

static verilog_block *add_block(verilog_plan *p, const char *param, unsigned place,
                                unsigned of, const char *tag)
{
    verilog_block *b = &p->block[p->nblocks++];

    b->place = place;
    b->of = of;
    snprintf(b->tag, sizeof b->tag, "%s", tag);
    snprintf(b->param, sizeof b->param, "%s", param);
    return b;
}

/* The last stage that needs a signal; -1: none does. */
static void find_last(int *last, const lut_netlist *n, uint64_t cuts,
                      const uint32_t *out, uint32_t nout, int stages)
{
    for (uint32_t s = 0; s < lut_netlist_signal(n, n->nnodes); s++)
        last[s] = -1;
    for (uint32_t i = 0; i < n->nnodes; i++)
        for (unsigned j = 0; j < n->node[i].k; j++) {
            int stage = (int)lut_netlist_stage(cuts, n->node[i].part);
            int *at = &last[n->node[i].in[j]];

            *at = stage > *at ? stage : *at;
        }
    for (uint32_t o = 0; o < nout; o++)
        last[out[o] >> 1] = stages;
}

/* Signals made before the stage that it, or a later one, needs.  Inputs enter stage 0 all, in
 * their order, but for those of the core that nobody reads. */
static lut_status list_live(verilog_block *b, const lut_netlist *n, uint64_t cuts,
                            const int *last, bool all, lut_err *err)
{
    uint32_t signals = lut_netlist_signal(n, n->nnodes);

    b->in = malloc(signals * sizeof *b->in);
    if (!b->in)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u signals", (unsigned)signals);
    for (uint32_t s = 1; s < signals; s++) {
        bool made = s <= n->inputs ||
                    lut_netlist_stage(cuts, n->node[s - 1 - n->inputs].part) < b->stage;

        if (made &&
            (last[s] >= (int)b->stage || (all && b->stage == 0 && s <= n->inputs)))
            b->in[b->nin++] = s;
    }
    return LUT_OK;
}

static lut_status take_outputs(verilog_block *b, const uint32_t *out, uint32_t nout,
                               unsigned shift, lut_err *err)
{
    b->nout = nout;
    b->out = malloc((1 + (size_t)nout) * sizeof *b->out);
    if (!b->out)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u bits", (unsigned)nout);
    for (uint32_t o = 0; o < nout; o++)
        b->out[o] = out[o] << shift;
    return LUT_OK;
}

/* The stages of a netlist as blocks from `first`, which are there already; the last gives
 * the literals `out`. */
static lut_status cut_netlist(verilog_block *first, const lut_netlist *core,
                              const lut_netlist *n, uint64_t cuts, unsigned stages,
                              const uint32_t *out, uint32_t nout, lut_err *err)
{
    uint32_t signals = lut_netlist_signal(n, n->nnodes);
    int *last = malloc(signals * sizeof *last);
    lut_status st = LUT_OK;

    if (!last)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u signals", (unsigned)signals);
    find_last(last, n, cuts, out, nout, (int)stages);
    for (unsigned s = 0; st == LUT_OK && s < stages; s++) {
        first[s].n = n;
        first[s].stage = s;
        first[s].last = &first[stages - 1];
        st = list_live(&first[s], n, cuts, last, n != core, err);
        if (st == LUT_OK && s)
            st = take_outputs(&first[s - 1], first[s].in, first[s].nin, 1, err);
    }
    if (st == LUT_OK)
        st = take_outputs(&first[stages - 1], out, nout, 0, err);
    free(last);
    return st;
}

static lut_status add_encoder(verilog_plan *p, lut_err *err)
{
    verilog_block *b;
    uint32_t *out;
    lut_status st;

    b = add_block(p, "PIPE_ENC", 0, 1, "enc");
    b->vector_in = true;
    if (!p->encodes) { /* the bits that are read, out of those that come in */
        b->nin = p->in_bits;
        b->nout = p->nbits;
        return LUT_OK;
    }
    out = malloc((1 + (size_t)p->nbits) * sizeof *out);
    if (!out)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u bits", (unsigned)p->nbits);
    for (uint32_t i = 0; i < p->nbits; i++)
        out[i] = p->design.encoder.net.output[p->bit[i]];
    st = cut_netlist(b, &p->design.core, &p->design.encoder.net, 0, 1, out, p->nbits,
                     err);
    free(out);
    if (strcmp(p->cfg->encoder, "behavioural") == 0)
        b->n = NULL;
    return st;
}

static lut_status add_layers(verilog_plan *p, lut_err *err)
{
    unsigned stages = lut_netlist_stage(p->design.cuts, LUT_MAX_LAYERS) + 1;
    verilog_block *first = &p->block[p->nblocks];
    uint32_t *out = malloc((1 + (size_t)p->nsignals) * sizeof *out);
    char tag[16], param[16];
    lut_status st;

    if (!out)
        return lut_fail(err, LUT_ENOMEM, "no memory for %u votes",
                        (unsigned)p->nsignals);
    for (unsigned s = 0; s < stages; s++) {
        snprintf(tag, sizeof tag, "l%u", s);
        snprintf(param, sizeof param, "PIPE_L%u", s);
        add_block(p, param, 0, 1, tag);
    }
    for (uint32_t i = 0; i < p->nsignals; i++)
        out[i] = 2 * p->signal[i];
    st = cut_netlist(first, &p->design.core, &p->design.core, p->design.cuts, stages,
                     out, p->nsignals, err);
    free(out);
    return st;
}

static uint32_t tree_bits(const verilog_plan *p, unsigned level)
{
    uint32_t operands = 0;

    if (level == p->npop)
        return p->design.core.classes * p->w;
    for (uint32_t c = 0; c < p->design.core.classes; c++)
        operands += lut_tree_numbers(&p->design.core, c, level);
    return operands * lut_tree_bits(level, p->npop, p->w);
}

static lut_status add_tree(verilog_plan *p)
{
    unsigned levels = lut_tree_levels(&p->design.core);
    uint32_t nin = p->nsignals;
    char tag[16];

    p->npop = levels;
    for (unsigned l = 0; l < levels; l++) {
        verilog_block *b;

        snprintf(tag, sizeof tag, "pop%u", l);
        b = add_block(p, "PIPE_POP", l, levels, tag);
        b->nin = nin;
        b->stage = l;
        b->nout = tree_bits(p, l + 1);
        nin = b->nout;
        b->vector_out = l + 1 == levels;
    }
    return LUT_OK;
}

static lut_status add_compressors(verilog_plan *p, lut_err *err)
{
    verilog_block *b;

    LUT_TRY(verilog_votes(p, err));
    p->npop = 3;
    b = add_block(p, "PIPE_POP", 0, 3, "pop0");
    add_block(p, "PIPE_POP", 1, 3, "pop1");
    LUT_TRY(cut_netlist(b, &p->design.core, &p->votes, 1, 2, p->votes.output,
                        p->votes.noutputs, err));
    b = add_block(p, "PIPE_POP", 2, 3, "pop2");
    b->nin = p->votes.noutputs;
    b->nout = p->design.core.classes * p->w;
    b->vector_out = true;
    return LUT_OK;
}

static lut_status add_blocks(verilog_plan *p, lut_err *err)
{
    verilog_block *b;

    LUT_TRY(list_bits(p, err));
    LUT_TRY(add_encoder(p, err));
    LUT_TRY(list_voters(p, err));
    LUT_TRY(add_layers(p, err));
    p->first_pop = p->nblocks;
    LUT_TRY(p->design.pipeline.adder_tree ? add_tree(p) : add_compressors(p, err));
    b = add_block(p, "PIPE_OUT", 0, 1, "argmax");
    b->vector_in = b->vector_out = true;
    if (p->design.core.classes == 1) { /* its class has no bits, but a port has one */
        b->nin = p->w;
        b->nout = p->iw;
        return LUT_OK;
    }
    return cut_netlist(b, &p->design.core, &p->design.argmax, 0, 1,
                       p->design.argmax.output, p->iw, err);
}

void verilog_plan_ports(verilog_plan *p, const verilog_cfg *cfg,
                        const lut_export_design *d)
{
    const lut_circuit *c = d->circuit;

    *p = (verilog_plan){ .d = d, .cfg = cfg, .input = input_of(d, cfg) };
    p->encodes = strcmp(cfg->encoder, "none") != 0;
    p->set = digest(d, cfg);
    p->in_bits =
        p->encodes ? (uint32_t)d->encoder->features * p->input.width : c->inputs;
    p->classes = c->classes;
    p->w = lut_bits_for(lut_circuit_group(c->layer[c->nlayers - 1].luts, c->classes));
    p->iw = lut_bits_for(c->classes - 1);
}

lut_status verilog_plan_make(verilog_plan *p, const verilog_cfg *cfg,
                             const lut_export_design *d, lut_err *err)
{
    verilog_plan_ports(p, cfg, d);
    LUT_TRY(make_design(p, err));
    return add_blocks(p, err);
}

void verilog_plan_fini(verilog_plan *p)
{
    for (unsigned i = 0; i < p->nblocks; i++) {
        free(p->block[i].in);
        free(p->block[i].out);
    }
    lut_design_fini(&p->design);
    lut_netlist_fini(&p->votes);
    free(p->bit);
    free(p->signal);
    free(p->column);
    p->nblocks = 0;
}

/* Of a popcount by compressors the first stands behind the scores, the second before the
 * additions, the third behind the first compressors, as in lib/circuit; those of a tree are
 * spread evenly, and (n + place) / of adds up to n over all places. */
unsigned verilog_stages(const verilog_plan *p, const verilog_block *b)
{
    unsigned n = p->design.pipeline.popcount;

    if (strcmp(b->param, "PIPE_ENC") == 0)
        return p->design.pipeline.encoder;
    if (strcmp(b->param, "PIPE_OUT") == 0)
        return p->design.pipeline.output;
    if (strcmp(b->param, "PIPE_POP") != 0)
        return behind_stage(p, b->stage);
    if (p->design.pipeline.adder_tree)
        return (n + b->place) / b->of;
    return b->place == 2 ? (n > 2 ? n - 2 : n > 0) : n > 2 - b->place;
}
