/* The top module, the register stages, and models of LUTs for simulators. */
#include "lib/export/verilog.h"

#include <string.h>

static uint32_t width(uint32_t bits)
{
    return bits ? bits : 1;
}

static bool full(const verilog_plan *p)
{
    return strcmp(p->cfg->handshake, "full") == 0;
}

/* Data pass on only where somebody says that they are taken. */
static bool stalls(const verilog_plan *p)
{
    return strcmp(p->cfg->handshake, "none") != 0;
}

static const char pipe[] =
    "// STAGES registers with valid and ready; none are wires.  A stage takes new data "
    "when it\n"
    "// is empty or the next one takes what it has.  Valid bits alone are reset.\n"
    "`default_nettype none\n"
    "module lutnet_pipe #(\n"
    "    parameter integer W = 8,\n"
    "    parameter integer STAGES = 1\n"
    ") (\n"
    "    input wire clk,\n"
    "    input wire rst_n,\n"
    "    input wire [W-1:0] s_data,\n"
    "    input wire s_valid,\n"
    "    output wire s_ready,\n"
    "    output wire [W-1:0] m_data,\n"
    "    output wire m_valid,\n"
    "    input wire m_ready\n"
    ");\n"
    "generate if (STAGES == 0) begin : g_wire\n"
    "    assign m_data = s_data;\n"
    "    assign m_valid = s_valid;\n"
    "    assign s_ready = m_ready;\n"
    "    wire unused = &{1'b0, clk, rst_n};\n"
    "end else begin : g_stage\n"
    "    reg [W-1:0] data;\n"
    "    reg valid;\n"
    "    wire ready;\n"
    "    assign s_ready = !valid || ready;\n"
    "    always @(posedge clk)\n"
    "        if (!rst_n) valid <= 1'b0;\n"
    "        else if (s_ready) valid <= s_valid;\n"
    "    always @(posedge clk)\n"
    "        if (s_ready && s_valid) data <= s_data;\n"
    "    lutnet_pipe #(.W(W), .STAGES(STAGES - 1)) rest (\n"
    "        .clk(clk), .rst_n(rst_n), .s_data(data), .s_valid(valid), "
    ".s_ready(ready),\n"
    "        .m_data(m_data), .m_valid(m_valid), .m_ready(m_ready));\n"
    "end endgenerate\n"
    "endmodule\n"
    "`default_nettype wire\n";

static const char delay[] = "// STAGES registers that move where `enable` is set; none "
                            "are wires.  Valid bits alone are\n"
                            "// reset.\n"
                            "`default_nettype none\n"
                            "module lutnet_delay #(\n"
                            "    parameter integer W = 8,\n"
                            "    parameter integer STAGES = 1\n"
                            ") (\n"
                            "    input wire clk,\n"
                            "    input wire rst_n,\n"
                            "    input wire enable,\n"
                            "    input wire [W-1:0] s_data,\n"
                            "    input wire s_valid,\n"
                            "    output wire [W-1:0] m_data,\n"
                            "    output wire m_valid\n"
                            ");\n"
                            "generate if (STAGES == 0) begin : g_wire\n"
                            "    assign m_data = s_data;\n"
                            "    assign m_valid = s_valid;\n"
                            "    wire unused = &{1'b0, clk, rst_n, enable};\n"
                            "end else begin : g_stage\n"
                            "    reg [W-1:0] data;\n"
                            "    reg valid;\n"
                            "    always @(posedge clk)\n"
                            "        if (!rst_n) valid <= 1'b0;\n"
                            "        else if (enable) valid <= s_valid;\n"
                            "    always @(posedge clk)\n"
                            "        if (enable) data <= s_data;\n"
                            "    lutnet_delay #(.W(W), .STAGES(STAGES - 1)) rest (\n"
                            "        .clk(clk), .rst_n(rst_n), .enable(enable), "
                            ".s_data(data), .s_valid(valid),\n"
                            "        .m_data(m_data), .m_valid(m_valid));\n"
                            "end endgenerate\n"
                            "endmodule\n"
                            "`default_nettype wire\n";

void verilog_write_helpers(lut_text *t, const lut_export_out *out,
                           const verilog_plan *p)
{
    const char *name = full(p) ? "lutnet_pipe.v" : "lutnet_delay.v";
    const char *text = full(p) ? pipe : delay;

    lut_text_file(t, out, "%s", name);
    lut_text_bytes(t, text, strlen(text));
    lut_text_file(t, out, "sim_lut.v");
    lut_text_put(
        t, "// Models of the vendor's look-up tables, for simulators alone.  An output "
           "is a bit\n"
           "// of a vector because iverilog then hands on what became of all inputs, "
           "and not of\n"
           "// each that changes.\n"
           "// verilator lint_off DECLFILENAME\n// verilator lint_off UNUSEDSIGNAL\n");
    for (unsigned k = 1; k <= LUT_NODE_INPUTS; k++) {
        lut_text_put(t, "module LUT%u #(parameter [%u:0] INIT = %u'h0) (output wire O",
                     k, (1u << k) - 1, 1u << k);
        for (unsigned j = 0; j < k; j++)
            lut_text_put(t, ", input wire I%u", j);
        lut_text_put(t, ");\nwire [1:0] y = {1'b0, INIT[{");
        for (unsigned j = k; j-- > 0;)
            lut_text_put(t, "I%u%s", j, j ? ", " : "");
        lut_text_put(t, "}]};\nassign O = y[0];\nendmodule\n");
    }
}

/* ---- top ---- */

static void put_parameters(lut_text *t, const verilog_plan *p)
{
    const char *last = "";

    for (unsigned i = 0; i < p->nblocks; i++) {
        const verilog_block *b = &p->block[i];
        unsigned count = 0;

        for (unsigned j = i; j < p->nblocks && strcmp(p->block[j].param, b->param) == 0;
             j++)
            count += verilog_stages(p, &p->block[j]);
        if (strcmp(last, b->param) != 0)
            lut_text_put(t, "%s    parameter integer %s = %u", *last ? ",\n" : "",
                         b->param, count);
        last = b->param;
    }
}

static void put_ports(lut_text *t, const verilog_plan *p)
{
    lut_text_put(t, "    input wire clk,\n    input wire rst_n,\n");
    lut_text_put(t, "    input wire [%u:0] s_data,\n    input wire s_valid,\n",
                 (unsigned)p->in_bits - 1);
    if (stalls(p))
        lut_text_put(t, "    output wire s_ready,\n");
    lut_text_put(t,
                 "    output wire [%u:0] m_class,\n    output wire [%u:0] m_score,\n",
                 (unsigned)p->iw - 1, (unsigned)(p->design.core.classes * p->w) - 1);
    lut_text_put(t, "    output wire m_valid%s\n",
                 stalls(p) ? ",\n    input wire m_ready" : "");
}

/* Register stages behind a block, of those of its part: verilog_stages as text. */
static void put_share(lut_text *t, const verilog_plan *p, const verilog_block *b)
{
    static const char *const compressors[] = {
        "(PIPE_POP > 2 ? 1 : 0)", "(PIPE_POP > 1 ? 1 : 0)",
        "(PIPE_POP > 2 ? PIPE_POP - 2 : PIPE_POP > 0 ? 1 : 0)"
    };

    if (b->of == 1)
        lut_text_put(t, "%s", b->param);
    else if (strcmp(p->cfg->popcount, "tree") == 0)
        lut_text_put(t, "(%s + %u) / %u", b->param, b->place, b->of);
    else
        lut_text_put(t, "%s", compressors[b->place]);
}

/* How text goes on: bits j of d<i> or r<i>, the last first where they make a vector. */
static void put_bits(lut_text *t, char what, unsigned i, uint32_t bits)
{
    lut_text_put(t, "{");
    for (uint32_t j = bits; j-- > 0;)
        lut_text_word(t, j + 1 == bits ? "" : ", ", ",\n        ", "%c%u_%u", what, i,
                      (unsigned)j);
    lut_text_put(t, "}");
}

static void put_wires(lut_text *t, char what, unsigned i, uint32_t bits, bool vector)
{
    if (vector) {
        lut_text_put(t, "wire [%u:0] %c%u;\n", (unsigned)bits - 1, what, i);
        return;
    }
    lut_text_put(t, "wire ");
    for (uint32_t j = 0; j < bits; j++)
        lut_text_word(t, j ? ", " : "", ",\n    ", "%c%u_%u", what, i, (unsigned)j);
    lut_text_put(t, ";\n");
}

/* .x0(d1_0), ... */
static void put_connections(lut_text *t, char port, char what, unsigned i,
                            uint32_t bits, bool vector)
{
    if (vector)
        lut_text_put(t, ".%c(%c%u)", port, what, i);
    for (uint32_t j = 0; !vector && j < bits; j++)
        lut_text_word(t, j ? ", " : "", ",\n    ", ".%c%u(%c%u_%u)", port, (unsigned)j,
                      what, i, (unsigned)j);
}

static void put_instance(lut_text *t, const verilog_plan *p, unsigned i)
{
    const verilog_block *b = &p->block[i];

    lut_text_put(t, "%s_%s #(.SET(64'h%016llx)) u_%s (\n    ", p->d->name, b->tag,
                 (unsigned long long)p->set, b->tag);
    put_connections(t, 'x', 'd', i, width(b->nin), b->vector_in);
    lut_text_put(t, ",\n    ");
    put_connections(t, 'y', 'r', i, width(b->nout), b->vector_out);
    lut_text_put(t, ");\n");
}

/* Registers as vectors, from r<i> to d<i+1>. */
static void put_registers(lut_text *t, const verilog_plan *p, unsigned i)
{
    const verilog_block *b = &p->block[i];
    unsigned bits = (unsigned)width(b->nout);

    lut_text_put(t, "lutnet_%s #(.W(%u), .STAGES(", full(p) ? "pipe" : "delay", bits);
    put_share(t, p, b);
    lut_text_put(t, ")) p_%s (\n    .clk(clk), .rst_n(rst_n), ", b->tag);
    if (!full(p))
        lut_text_put(t, ".enable(enable), ");
    lut_text_put(t, ".s_valid(v%u), .m_valid(v%u),\n    ", i, i + 1);
    if (full(p))
        lut_text_put(t, ".s_ready(q%u), .m_ready(q%u),\n    ", i, i + 1);
    if (b->vector_out) {
        lut_text_put(t, ".s_data(r%u), .m_data(d%u));\n", i, i + 1);
        return;
    }
    lut_text_put(t, ".s_data(");
    put_bits(t, 'r', i, bits);
    lut_text_put(t, "),\n    .m_data(");
    put_bits(t, 'd', i + 1, bits);
    lut_text_put(t, "));\n");
}

/* Without registers bits stay scalars: no simulator has to put a vector together. */
static void put_scalar_registers(lut_text *t, const verilog_plan *p, unsigned i)
{
    const verilog_block *b = &p->block[i];

    lut_text_put(t, "generate if (");
    put_share(t, p, b);
    lut_text_put(t, " == 0) begin : g_%s\n", b->tag);
    for (uint32_t j = 0; j < width(b->nout); j++)
        lut_text_put(t, "assign d%u_%u = r%u_%u;\n", i + 1, (unsigned)j, i,
                     (unsigned)j);
    lut_text_put(t, "assign v%u = v%u;\n", i + 1, i);
    if (full(p))
        lut_text_put(t, "assign q%u = q%u;\n", i, i + 1);
    lut_text_put(t, "end else begin : g_%s_registers\n", b->tag);
    put_registers(t, p, i);
    lut_text_put(t, "end endgenerate\n");
}

/* Block i from d<i> to its result r<i>, registers from there to d<i+1>. */
static void put_block(lut_text *t, const verilog_plan *p, unsigned i)
{
    const verilog_block *b = &p->block[i];

    put_wires(t, 'r', i, width(b->nout), b->vector_out);
    put_instance(t, p, i);
    put_wires(t, 'd', i + 1, width(b->nout), b->vector_out);
    lut_text_put(t, "wire v%u;\n", i + 1);
    if (full(p))
        lut_text_put(t, "wire q%u;\n", i + 1);
    if (b->vector_out)
        put_registers(t, p, i);
    else
        put_scalar_registers(t, p, i);
}

/* The argmax reads the scores, which go on beside the class. */
static void put_last(lut_text *t, const verilog_plan *p)
{
    unsigned i = p->nblocks - 1, scores = (unsigned)(p->design.core.classes * p->w);
    const verilog_block *b = &p->block[i];

    lut_text_put(t, "wire [%u:0] winner;\n", (unsigned)p->iw - 1);
    lut_text_put(t, "%s_%s #(.SET(64'h%016llx)) u_%s (.x(d%u), .y(winner));\n",
                 p->d->name, b->tag, (unsigned long long)p->set, b->tag, i);
    lut_text_put(
        t, "lutnet_%s #(.W(%u), .STAGES(%s)) p_%s (\n    .clk(clk), .rst_n(rst_n), ",
        full(p) ? "pipe" : "delay", (unsigned)p->iw + scores, b->param, b->tag);
    if (!full(p))
        lut_text_put(t, ".enable(enable), ");
    lut_text_put(t, ".s_data({winner, d%u}), .s_valid(v%u),\n    ", i, i);
    if (full(p))
        lut_text_put(t, ".s_ready(q%u), .m_ready(m_ready), ", i);
    lut_text_put(t, ".m_data({m_class, m_score}), .m_valid(m_valid));\n");
}

void verilog_write_top(lut_text *t, const lut_export_out *out, const verilog_plan *p)
{
    verilog_file(t, out, p, "_top.v");
    lut_text_put(t, "`default_nettype none\nmodule %s_top #(\n", p->d->name);
    put_parameters(t, p);
    lut_text_put(t, "\n) (\n");
    put_ports(t, p);
    lut_text_put(t, ");\nwire [%u:0] d0 = s_data;\nwire v0 = s_valid;\n",
                 (unsigned)p->in_bits - 1);
    if (full(p))
        lut_text_put(t, "wire q0;\nassign s_ready = q0;\n");
    else if (stalls(p))
        lut_text_put(t,
                     "wire enable = m_ready || !m_valid;\nassign s_ready = enable;\n");
    else
        lut_text_put(t, "wire enable = 1'b1;\n");
    for (unsigned i = 0; i + 1 < p->nblocks; i++)
        put_block(t, p, i);
    put_last(t, p);
    lut_text_put(t, "endmodule\n`default_nettype wire\n");
}
