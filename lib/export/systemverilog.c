/* SystemVerilog: options, and which files there are.  docs/systemverilog.md is the description. */
#include "lib/export/systemverilog.h"

#include <stdlib.h>
#include <string.h>

/* Options with a name of Verilog's mean the same, so that one word sets both. */
static const lut_field fields[] = {
    LUT_OPTION_TEXT(verilog_cfg, encoder, "behavioural|none", "behavioural",
                    "comparators as operators, or left out: bits come in"),
    LUT_OPTION_TEXT(verilog_cfg, popcount, "count|tree", "count",
                    "votes counted in one go, or by a tree of adders with registers"),
    LUT_OPTION_U32(verilog_cfg, pipe_encoder, "", 0, 16, "0",
                   "register stages behind the encoder"),
    LUT_OPTION_U32(verilog_cfg, pipe_layers, "", 0, 16, "0",
                   "register stages behind each layer"),
    LUT_OPTION_U32(verilog_cfg, pipe_popcount, "", 0, 16, "0",
                   "register stages behind the popcount"),
    LUT_OPTION_U32(verilog_cfg, pipe_output, "", 0, 16, "0",
                   "register stages behind the argmax"),
    LUT_OPTION_U32(verilog_cfg, input_width, "bits", 0, LUT_MAX_INPUT_WIDTH, "0",
                   "of fixed-point inputs; 0: as trained"),
    LUT_OPTION_U32(verilog_cfg, input_frac, "bits", 0, LUT_MAX_INPUT_FRAC, "0",
                   "of input_width, behind the point"),
    LUT_OPTION_U32(verilog_cfg, rows, "", 0, 1000000000, "0",
                   "test rows in the bench; 0: all"),
};

/* The thermometer is a code of its own: bit b where the feature is above more than b. */
static bool is_thermometer(const lut_encoder *e)
{
    if (e->bits != e->thresholds)
        return false;
    for (size_t n = 0; n <= e->thresholds; n++)
        for (size_t b = 0; b < e->bits; b++)
            if (e->codes[n * e->bits + b] != (b < n))
                return false;
    return true;
}

static uint32_t bits_below(uint32_t n)
{
    uint32_t bits = 0;

    while ((uint64_t)1 << bits < n)
        bits++;
    return bits;
}

static void make_plan(systemverilog_plan *p, const verilog_cfg *cfg,
                      const lut_export_design *d)
{
    const lut_circuit *c = d->circuit;
    const lut_encoder *e = d->encoder;

    *p = (systemverilog_plan){ .cfg = *cfg };
    memcpy(p->cfg.handshake, "ready", sizeof "ready"); /* the set is no Verilog's */
    verilog_plan_ports(&p->ports, &p->cfg, d);
    p->group = lut_circuit_group(c->layer[c->nlayers - 1].luts, c->classes);
    p->ports.w = bits_below(p->group) + 1; /* as fixed_dwn_groupsum has it */
    p->compares = p->ports.encodes && !lut_encode_rule(e->kind);
    p->codes = p->compares && !is_thermometer(e);
}

/* A tree has a register behind each level, beside those of pipe_popcount.  Nothing is
 * simplified, and LUTs are for the tool to find. */
static lut_status hardware(lut_export_hardware *h, const void *cfg,
                           const lut_export_design *d, lut_err *err)
{
    const lut_circuit *c = d->circuit;

    LUT_TRY(verilog_hardware(h, cfg, d, err));
    h->mapped = false;
    if (h->pipeline.adder_tree)
        h->pipeline.popcount +=
            bits_below(lut_circuit_group(c->layer[c->nlayers - 1].luts, c->classes));
    return LUT_OK;
}

/* ---- what the tools would not take ---- */

static size_t most_bits(const systemverilog_plan *p)
{
    const lut_encoder *e = p->ports.d->encoder;
    bool more = p->compares && e->thresholds > e->bits;

    return e->features * (more ? e->thresholds : e->bits);
}

static lut_status check(const void *cfg, const lut_export_design *d, lut_err *err)
{
    static const char advice[] = "these modules are for small designs "
                                 "(docs/systemverilog.md), want --format verilog";
    systemverilog_plan p;
    size_t luts = 0;

    LUT_TRY(verilog_check_inputs(cfg, d, err));
    make_plan(&p, cfg, d);
    for (uint32_t l = 0; l < d->circuit->nlayers; l++)
        luts += d->circuit->layer[l].luts;
    if (luts > SYSTEMVERILOG_LUTS)
        return lut_fail(err, LUT_EINVAL, "the network has %zu LUTs, at most %d: %s",
                        luts, SYSTEMVERILOG_LUTS, advice);
    if (most_bits(&p) > SYSTEMVERILOG_BITS)
        return lut_fail(err, LUT_EINVAL,
                        "the encoder has %zu bits or thresholds, at most %d: %s",
                        most_bits(&p), SYSTEMVERILOG_BITS, advice);
    return LUT_OK;
}

/* ---- files ---- */

static void write_modules(lut_text *t, const lut_export_out *out)
{
    for (const systemverilog_file *f = systemverilog_files; f->name; f++) {
        lut_text_file(t, out, "%s", f->name);
        for (size_t i = 0; f->line[i]; i++)
            lut_text_bytes(t, f->line[i], strlen(f->line[i]));
    }
}

static void write_script(lut_text *t, const lut_export_out *out,
                         const systemverilog_plan *p)
{
    const char *name = p->ports.d->name;

    lut_text_file(t, out, "%s_sv_yosys.ys", name);
    lut_text_head(t, p->ports.d, "# ", "");
    lut_text_put(t, "# yosys -q -s %s_sv_yosys.ys, in this folder; ", name);
    lut_text_put(t, "figures: %s_sv_yosys.json\n", name);
    for (const systemverilog_file *f = systemverilog_files; f->name; f++)
        lut_text_put(t, "read_verilog -sv %s\n", f->name);
    lut_text_put(t, "read_verilog -sv %s_top.sv\n", name);
    lut_text_put(t, "synth_xilinx -family xc7 -flatten -noiopad -top %s_top\n", name);
    lut_text_put(t, "tee -q -o %s_sv_yosys.json stat -json\n", name);
}

static const verilog_bench bench = {
    .suffix = "_tb.sv",
    .tag = "_sv",
    .ports = "    .clk(clk), .rst(!rst_n),\n"
             "    .data_in_0(s_data), .data_in_0_valid(s_valid), "
             ".data_in_0_ready(s_ready),\n"
             "    .data_out_0(m_score), .data_out_1(m_class),\n"
             "    .data_out_0_valid(m_valid), .data_out_0_ready(m_ready)",
    .stalls = true,
};

static lut_status write(const void *cfg, const lut_export_design *d,
                        const lut_export_out *out, lut_err *err)
{
    systemverilog_plan p;
    lut_text *t = calloc(1, sizeof *t);
    lut_status st;

    if (!t)
        return lut_fail(err, LUT_ENOMEM, "no memory for text");
    make_plan(&p, cfg, d);
    write_modules(t, out);
    systemverilog_write_top(t, out, &p);
    write_script(t, out, &p);
    st = verilog_write_bench_of(t, out, &p.ports, &bench, err);
    if (st == LUT_OK)
        st = lut_text_end(t, err);
    free(t);
    return st;
}

const lut_export_ops lut_export_systemverilog = {
    .name = "systemverilog",
    .doc = "parametrised modules for small designs, with a top module and a bench",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(verilog_cfg),
    .vectors = true,
    .hardware = hardware,
    .check = check,
    .write = write,
};
