/* Verilog-2005: options, and which files there are.  docs/verilog.md is the description. */
#include "lib/export/verilog.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const lut_field fields[] = {
    LUT_OPTION_TEXT(
        verilog_cfg, encoder, "lut|behavioural|none", "lut",
        "comparators as shared LUTs, as operators, or left out: bits come in"),
    LUT_OPTION_TEXT(verilog_cfg, popcount, "compressor|tree", "compressor",
                    "votes counted by compressors of LUTs, or by a tree of adders"),
    LUT_OPTION_TEXT(
        verilog_cfg, handshake, "full|enable|none", "full",
        "valid and ready at each register, one enable for all, or valid alone"),
    LUT_OPTION_U32(verilog_cfg, pipe_encoder, "", 0, 16, "0",
                   "register stages behind the encoder"),
    LUT_OPTION_U32(verilog_cfg, pipe_layers, "", 0, 16, "0",
                   "register stages behind each part of the layers"),
    LUT_OPTION_U32(verilog_cfg, pipe_every, "", 1, 64, "1",
                   "layers in a part, where pipe_layers is not 0"),
    LUT_OPTION_U32(verilog_cfg, pipe_popcount, "", 0, 16, "0",
                   "register stages in and behind the popcount"),
    LUT_OPTION_U32(verilog_cfg, pipe_output, "", 0, 16, "0",
                   "register stages behind the argmax"),
    LUT_OPTION_U32(verilog_cfg, pipeline_stages, "", 0, 64, "0",
                   "where all pipe_* are 0: so many registers at the places of "
                   "docs/hardware.md"),
    LUT_OPTION_BOOL(verilog_cfg, adder_tree, "false", "the same as popcount=tree"),
    LUT_OPTION_U32(verilog_cfg, input_width, "bits", 0, LUT_MAX_INPUT_WIDTH, "0",
                   "of fixed-point inputs; 0: as trained"),
    LUT_OPTION_U32(verilog_cfg, input_frac, "bits", 0, LUT_MAX_INPUT_FRAC, "0",
                   "of input_width, behind the point"),
    LUT_OPTION_U32(verilog_cfg, rows, "", 0, 1000000000, "0",
                   "test rows in the bench; 0: all"),
};

lut_status verilog_check_inputs(const void *arg, const lut_export_design *d,
                                lut_err *err)
{
    const verilog_cfg *cfg = arg;
    const lut_encoder *e = d->encoder;
    lut_export_hardware h;

    LUT_TRY(verilog_hardware(&h, cfg, d, err));
    if (strcmp(cfg->encoder, "none") != 0 && e->input.width + cfg->input_width == 0)
        return lut_fail(
            err, LUT_EINVAL,
            "the network was trained on real inputs, which wires cannot carry: "
            "want input_width and input_frac, or encoder=none for a design "
            "that takes encoded bits");
    if (cfg->input_width && e->input.width && cfg->input_width != e->input.width)
        return lut_fail(err, LUT_EINVAL,
                        "input_width = %u, the network was trained with %u",
                        (unsigned)cfg->input_width, (unsigned)e->input.width);
    if (cfg->input_frac && e->input.width && (int64_t)cfg->input_frac != e->input.frac)
        return lut_fail(err, LUT_EINVAL,
                        "input_frac = %u, the network was trained with %d",
                        (unsigned)cfg->input_frac, (int)e->input.frac);
    if (cfg->input_frac && cfg->input_width + e->input.width == 0)
        return lut_fail(err, LUT_EINVAL,
                        "input_frac = %u: it goes with input_width, want both",
                        (unsigned)cfg->input_frac);
    if (cfg->input_width && lut_encode_rule(e->kind) && cfg->input_width != e->bits)
        return lut_fail(err, LUT_EINVAL, "input_width = %u, the encoder takes %zu bits",
                        (unsigned)cfg->input_width, e->bits);
    return LUT_OK;
}

void verilog_file(lut_text *t, const lut_export_out *out, const verilog_plan *p,
                  const char *suffix)
{
    lut_text_file(t, out, "%s%s", p->d->name, suffix);
    lut_text_head(t, p->d, "// ", "");
}

static void write_blocks(lut_text *t, const lut_export_out *out, const verilog_plan *p)
{
    char suffix[32];

    for (unsigned i = 0; i < p->nblocks; i++) {
        snprintf(suffix, sizeof suffix, "_%s.v", p->block[i].tag);
        verilog_file(t, out, p, suffix);
        verilog_write_block(t, p, &p->block[i]);
    }
}

static lut_status write(const void *cfg, const lut_export_design *d,
                        const lut_export_out *out, lut_err *err)
{
    verilog_plan p;
    lut_text *t = calloc(1, sizeof *t);
    lut_status st = verilog_plan_make(&p, cfg, d, err), end;

    if (!t && st == LUT_OK)
        st = lut_fail(err, LUT_ENOMEM, "no memory for text");
    if (st == LUT_OK) {
        write_blocks(t, out, &p);
        verilog_write_top(t, out, &p);
        verilog_write_helpers(t, out, &p);
        verilog_write_scripts(t, out, &p);
        st = verilog_write_bench(t, out, &p, err);
        end = st == LUT_OK ? lut_text_end(t, err) : st;
        st = end;
    }
    verilog_plan_fini(&p);
    free(t);
    return st;
}

const lut_export_ops lut_export_verilog = {
    .name = "verilog",
    .doc = "Verilog-2005 of the whole design, with bench and scripts",
    .fields = fields,
    .nfields = LUT_COUNT(fields),
    .cfg_size = sizeof(verilog_cfg),
    .vectors = true,
    .hardware = verilog_hardware,
    .check = verilog_check_inputs,
    .write = write,
};
