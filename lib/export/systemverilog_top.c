/* NAME_top.sv: the parameters of one network, and the modules that take them.
 *
 * Tables are concatenations with a literal for each LUT or feature, the last one first: iverilog
 * 11 refuses a literal of 128,000 bits, and people read short ones. */
#include "lib/export/systemverilog.h"

#include <stdio.h>
#include <string.h>

/* A list in braces, a line for each entry. */
static void begin_list(lut_text *t, const char *name, size_t bits)
{
    lut_text_put(t, "localparam logic [%zu:0] %s = {\n", bits - 1, name);
}

static void end_list(lut_text *t)
{
    lut_text_put(t, "\n};\n");
}

/* Number `last` to 0, as the highest bits come first: i of n, with commas between. */
static const char *between(size_t i, size_t n)
{
    return i + 1 == n ? "" : ",\n";
}

/* ---- encoder ---- */

/* The whole number that x_int is compared with: a bit more than x_int has holds the one that
 * is always exceeded, and the greatest x_int is never. */
static uint64_t threshold_of(const systemverilog_plan *p, size_t i)
{
    const lut_fixed *q = &p->ports.input;
    uint64_t bound = 0, sign = q->is_signed ? (uint64_t)1 << (q->width - 1) : 0;
    uint64_t used = ((uint64_t)1 << (q->width + 1)) - 1;

    switch (verilog_bound(q, p->ports.d->encoder->threshold[i], &bound)) {
    case VERILOG_NEVER:
        bound = used >> 1;
        break;
    case VERILOG_ALWAYS:
        bound = UINT64_MAX;
        break;
    case VERILOG_COMPARES:
        break;
    }
    return (bound - sign) & used;
}

static void put_thresholds(lut_text *t, const systemverilog_plan *p)
{
    const lut_encoder *e = p->ports.d->encoder;
    unsigned width = (unsigned)p->ports.input.width + 1;

    begin_list(t, "THRESHOLDS", e->features * e->thresholds * width);
    for (size_t f = e->features; f-- > 0;) {
        lut_text_put(t, "%s    ", between(f, e->features));
        for (size_t i = e->thresholds; i-- > 0;)
            lut_text_word(t, i + 1 == e->thresholds ? "" : ", ", ",\n    ", "%u'h%llx",
                          width,
                          (unsigned long long)threshold_of(p, f * e->thresholds + i));
    }
    end_list(t);
}

/* Bit n of entry b is bit b of code n. */
static void put_codes(lut_text *t, const lut_encoder *e)
{
    size_t n = e->thresholds + 1;

    begin_list(t, "CODES", e->bits * n);
    for (size_t b = e->bits; b-- > 0;) {
        lut_text_put(t, "%s    ", between(b, e->bits));
        for (size_t i = n; i-- > 0;)
            lut_text_word(t, i + 1 == n ? "" : ", ", ",\n    ", "1'b%u",
                          (unsigned)e->codes[i * e->bits + b]);
    }
    end_list(t);
}

static void put_thermometer(lut_text *t, const systemverilog_plan *p)
{
    const lut_encoder *e = p->ports.d->encoder;
    const lut_fixed *q = &p->ports.input;

    put_thresholds(t, p);
    lut_text_put(t, "wire [%zu:0] thermometer;\n", e->features * e->thresholds - 1);
    lut_text_put(t,
                 "fixed_dwn_thermometer #(\n"
                 "    .DATA_IN_0_TENSOR_SIZE_DIM_0(%zu),\n"
                 "    .DATA_IN_0_WIDTH(%u),\n"
                 "    .DATA_IN_0_FRAC_WIDTH(%d),\n"
                 "    .DATA_IN_0_SIGNED(%d),\n"
                 "    .NUM_THRESHOLDS(%zu),\n"
                 "    .THRESHOLDS(THRESHOLDS)\n"
                 ") u_thermometer (\n"
                 "    .data_in_0(data_in_0),\n"
                 "    .data_out_0(thermometer)\n"
                 ");\n\n",
                 e->features, (unsigned)q->width, (int)q->frac, q->is_signed,
                 e->thresholds);
}

static void put_code(lut_text *t, const lut_encoder *e)
{
    put_codes(t, e);
    lut_text_put(t, "wire [%zu:0] code;\n", e->features * e->bits - 1);
    lut_text_put(t,
                 "fixed_dwn_code #(\n"
                 "    .DATA_IN_0_TENSOR_SIZE_DIM_0(%zu),\n"
                 "    .NUM_THRESHOLDS(%zu),\n"
                 "    .CODE_WIDTH(%zu),\n"
                 "    .CODES(CODES)\n"
                 ") u_code (\n"
                 "    .data_in_0(thermometer),\n"
                 "    .data_out_0(code)\n"
                 ");\n\n",
                 e->features, e->thresholds, e->bits);
}

/* ---- the chain ---- */

static void put_wires(lut_text *t, const char *name, size_t bits)
{
    lut_text_put(t, "wire [%zu:0] %s;\nwire %s_valid;\nwire %s_ready;\n", bits - 1,
                 name, name, name);
}

/* Ports of a module between two sets of wires. */
static void put_ports(lut_text *t, const char *data, const char *from, const char *out,
                      const char *to)
{
    lut_text_put(t,
                 "    .clk(clk),\n"
                 "    .rst(rst),\n"
                 "    .data_in_0(%s),\n"
                 "    .data_in_0_valid(%s_valid),\n"
                 "    .data_in_0_ready(%s_ready),\n"
                 "    .data_out_0(%s),\n"
                 "    .data_out_0_valid(%s_valid),\n"
                 "    .data_out_0_ready(%s_ready)\n"
                 ");\n\n",
                 data, from, from, out, to, to);
}

static void put_flatten(lut_text *t, const systemverilog_plan *p)
{
    const lut_encoder *e = p->ports.d->encoder;

    put_wires(t, "l0", e->features * e->bits);
    lut_text_put(t,
                 "fixed_dwn_flatten #(\n"
                 "    .DATA_IN_0_TENSOR_SIZE_DIM_0(%zu),\n"
                 "    .DATA_IN_0_TENSOR_SIZE_DIM_1(%zu),\n"
                 "    .PIPELINE_STAGES(PIPELINE_STAGES_FLATTEN)\n"
                 ") u_flatten (\n",
                 e->bits, e->features);
    put_ports(t,
              p->codes      ? "code"
              : p->compares ? "thermometer"
                            : "data_in_0",
              "data_in_0", "l0", "l0");
}

static void put_indices(lut_text *t, const lut_circuit_layer *layer, uint32_t number)
{
    char name[32];

    snprintf(name, sizeof name, "L%u_INPUT_INDICES", (unsigned)number);
    begin_list(t, name, (size_t)16 * layer->k * layer->luts);
    for (uint32_t o = layer->luts; o-- > 0;) {
        lut_text_put(t, "%s    ", between(o, layer->luts));
        for (uint32_t j = layer->k; j-- > 0;)
            lut_text_put(t, "16'd%u%s", (unsigned)layer->wire[o * layer->k + j],
                         j ? ", " : "");
    }
    end_list(t);
}

static void put_contents(lut_text *t, const lut_circuit_layer *layer, uint32_t number)
{
    size_t words = lut_table_words(layer->k);
    unsigned digits = layer->k < 2 ? 1 : (1u << layer->k) / 4;
    char name[32];

    snprintf(name, sizeof name, "L%u_LUT_CONTENTS", (unsigned)number);
    begin_list(t, name, (size_t)layer->luts << layer->k);
    for (uint32_t o = layer->luts; o-- > 0;) {
        const uint64_t *tt = layer->tt + o * words;

        lut_text_put(t, "%s    %u'h", between(o, layer->luts), 1u << layer->k);
        for (size_t i = words; i-- > 0;)
            lut_text_put(t, "%0*llx", (int)(words > 1 ? 16 : digits),
                         (unsigned long long)tt[i]);
    }
    end_list(t);
}

/* Layer l from wires l<l> to those of l<l + 1>. */
static void put_layer(lut_text *t, const lut_circuit *c, uint32_t l)
{
    const lut_circuit_layer *layer = &c->layer[l];
    unsigned n = (unsigned)l;
    char from[16], to[16];

    snprintf(from, sizeof from, "l%u", n);
    snprintf(to, sizeof to, "l%u", n + 1);
    put_indices(t, layer, l);
    put_contents(t, layer, l);
    put_wires(t, to, layer->luts);
    lut_text_put(t,
                 "fixed_dwn_lut_layer #(\n"
                 "    .DATA_IN_0_TENSOR_SIZE_DIM_0(%u),\n"
                 "    .DATA_OUT_0_TENSOR_SIZE_DIM_0(%u),\n"
                 "    .LUT_N(%u),\n"
                 "    .INPUT_INDICES(L%u_INPUT_INDICES),\n"
                 "    .LUT_CONTENTS(L%u_LUT_CONTENTS),\n"
                 "    .PIPELINE_STAGES(PIPELINE_STAGES_L%u)\n"
                 ") u_l%u (\n",
                 (unsigned)(l ? c->layer[l - 1].luts : c->inputs),
                 (unsigned)layer->luts, (unsigned)layer->k, n, n, n, n);
    put_ports(t, from, from, to, to);
}

/* Groups are of one size: the last ones are filled up. */
static void put_groupsum(lut_text *t, const systemverilog_plan *p)
{
    const lut_circuit *c = p->ports.d->circuit;
    uint32_t luts = c->layer[c->nlayers - 1].luts, all = p->group * c->classes;
    char last[16], filled[48];

    snprintf(last, sizeof last, "l%u", (unsigned)c->nlayers);
    snprintf(filled, sizeof filled, "{%u'd0, %s}", (unsigned)(all - luts), last);
    put_wires(t, "sum", (size_t)c->classes * p->ports.w);
    lut_text_put(t,
                 "fixed_dwn_groupsum #(\n"
                 "    .DATA_IN_0_TENSOR_SIZE_DIM_0(%u),\n"
                 "    .DATA_OUT_0_TENSOR_SIZE_DIM_0(%u),\n"
                 "    .USE_PIPELINED_ADDER_TREE(USE_PIPELINED_ADDER_TREE),\n"
                 "    .PIPELINE_STAGES(PIPELINE_STAGES_GROUPSUM)\n"
                 ") u_groupsum (\n",
                 (unsigned)all, (unsigned)c->classes);
    put_ports(t, all > luts ? filled : last, last, "sum", "sum");
}

/* The class goes out beside the sums that it was chosen from. */
static void put_argmax(lut_text *t, const systemverilog_plan *p)
{
    unsigned w = (unsigned)p->ports.w, iw = (unsigned)p->ports.iw,
             classes = (unsigned)p->ports.classes;

    lut_text_put(t, "wire [%u:0] winner;\nwire [%u:0] most;\n", iw - 1, w - 1);
    lut_text_put(t, "wire unused = &{1'b0, most};\n");
    lut_text_put(t,
                 "fixed_dwn_argmax #(\n"
                 "    .DATA_IN_0_TENSOR_SIZE_DIM_0(%u),\n"
                 "    .DATA_IN_0_WIDTH(%u),\n"
                 "    .INDEX_WIDTH(%u)\n"
                 ") u_argmax (\n"
                 "    .data_in_0(sum),\n"
                 "    .data_out_0(most),\n"
                 "    .data_out_1(winner)\n"
                 ");\n",
                 classes, w, iw);
    lut_text_put(t,
                 "fixed_dwn_pipe #(\n"
                 "    .DATA_WIDTH(%u),\n"
                 "    .PIPELINE_STAGES(PIPELINE_STAGES_ARGMAX)\n"
                 ") u_pipe (\n",
                 iw + classes * w);
    put_ports(t, "{winner, sum}", "sum", "{data_out_1, data_out_0}", "data_out_0");
}

/* ---- the module ---- */

static void put_header(lut_text *t, const systemverilog_plan *p)
{
    const verilog_cfg *cfg = &p->cfg;
    const verilog_plan *v = &p->ports;

    lut_text_put(t, "`default_nettype none\nmodule %s_top #(\n", v->d->name);
    lut_text_put(t, "    parameter integer PIPELINE_STAGES_FLATTEN = %u,\n",
                 (unsigned)cfg->pipe_encoder);
    for (uint32_t l = 0; l < v->d->circuit->nlayers; l++)
        lut_text_put(t, "    parameter integer PIPELINE_STAGES_L%u = %u,\n",
                     (unsigned)l, (unsigned)cfg->pipe_layers);
    lut_text_put(t, "    parameter integer USE_PIPELINED_ADDER_TREE = %d,\n",
                 strcmp(cfg->popcount, "tree") == 0);
    lut_text_put(t, "    parameter integer PIPELINE_STAGES_GROUPSUM = %u,\n",
                 (unsigned)cfg->pipe_popcount);
    lut_text_put(t, "    parameter integer PIPELINE_STAGES_ARGMAX = %u\n) (\n",
                 (unsigned)cfg->pipe_output);
    lut_text_put(t,
                 "    input wire clk,\n"
                 "    input wire rst,\n"
                 "    input wire [%u:0] data_in_0,\n"
                 "    input wire data_in_0_valid,\n"
                 "    output wire data_in_0_ready,\n"
                 "    output wire [%u:0] data_out_0,\n"
                 "    output wire [%u:0] data_out_1,\n"
                 "    output wire data_out_0_valid,\n"
                 "    input wire data_out_0_ready\n"
                 ");\n",
                 (unsigned)v->in_bits - 1, (unsigned)(v->classes * v->w) - 1,
                 (unsigned)v->iw - 1);
}

static void put_manual(lut_text *t, const systemverilog_plan *p)
{
    const verilog_plan *v = &p->ports;
    const lut_encoder *e = v->d->encoder;

    if (v->encodes)
        lut_text_put(t,
                     "// data_in_0: %zu features, feature f at [%u * f +: %u], %s, in "
                     "units of 2^%d\n",
                     e->features, (unsigned)v->input.width, (unsigned)v->input.width,
                     v->input.is_signed ? "two's complement" : "unsigned",
                     -(int)v->input.frac);
    else
        lut_text_put(t,
                     "// data_in_0: %zu features of %zu encoded bits, bit b of feature "
                     "f at [%zu * f + b]\n",
                     e->features, e->bits, e->bits);
    lut_text_put(t,
                 "// data_out_0: votes of class c of %u at [%u * c +: %u]\n"
                 "// data_out_1: the class with most, of several the first\n",
                 (unsigned)v->classes, (unsigned)v->w, (unsigned)v->w);
}

void systemverilog_write_top(lut_text *t, const lut_export_out *out,
                             const systemverilog_plan *p)
{
    const lut_export_design *d = p->ports.d;

    verilog_file(t, out, &p->ports, "_top.sv");
    put_manual(t, p);
    put_header(t, p);
    if (p->compares)
        put_thermometer(t, p);
    if (p->codes)
        put_code(t, d->encoder);
    put_flatten(t, p);
    for (uint32_t l = 0; l < d->circuit->nlayers; l++)
        put_layer(t, d->circuit, l);
    put_groupsum(t, p);
    put_argmax(t, p);
    lut_text_put(t, "endmodule\n`default_nettype wire\n");
}
