/* Scripts of synthesis.  They write what they find as JSON, so that nobody reads reports that
 * change from version to version: yosys by itself, Vivado from its design database. */
#include "lib/export/verilog.h"

#include <string.h>

static void put_files(lut_text *t, const verilog_plan *p, const char *before)
{
    for (unsigned i = 0; i < p->nblocks; i++)
        lut_text_put(t, "%s%s_%s.v\n", before, p->d->name, p->block[i].tag);
    lut_text_put(t, "%slutnet_%s.v\n%s%s_top.v\n", before,
                 strcmp(p->cfg->handshake, "full") == 0 ? "pipe" : "delay", before,
                 p->d->name);
}

static void write_yosys(lut_text *t, const lut_export_out *out, const verilog_plan *p)
{
    lut_text_file(t, out, "%s_yosys.ys", p->d->name);
    lut_text_head(t, p->d, "# ", "");
    lut_text_put(t,
                 "# yosys -q -s %s_yosys.ys, in this folder; figures: %s_yosys.json\n",
                 p->d->name, p->d->name);
    put_files(t, p, "read_verilog ");
    lut_text_put(t, "synth_xilinx -family xc7 -flatten -noiopad -top %s_top\n",
                 p->d->name);
    lut_text_put(t, "tee -q -o %s_yosys.json stat -json\n", p->d->name);
}

static const char queries[] =
    "proc count {pattern} {\n"
    "    return [llength [get_cells -quiet -hierarchical -filter \"IS_PRIMITIVE && "
    "REF_NAME =~ "
    "$pattern\"]]\n"
    "}\n"
    "# Two small tables share a site: A5LUT and A6LUT of one slice are one.\n"
    "set sites [dict create]\n"
    "foreach cell [get_cells -quiet -hierarchical -filter {IS_PRIMITIVE && REF_NAME =~ "
    "LUT*}] {\n"
    "    set bel [string index [lindex [split [get_property BEL $cell] .] end] 0]\n"
    "    dict set sites \"[get_property LOC $cell]/$bel\" 1\n"
    "}\n"
    "proc of_path {kind property} {\n"
    "    set path [lindex [get_timing_paths -quiet -max_paths 1 -nworst 1 $kind] 0]\n"
    "    if {$path eq \"\"} { return null }\n"
    "    set value [get_property $property $path]\n"
    "    return [expr {$value eq \"\" ? \"null\" : $value}]\n"
    "}\n";

static const char results[] =
    "puts $json \"  \\\"part\\\": \\\"$part\\\",\"\n"
    "puts $json \"  \\\"tool\\\": \\\"vivado\\\",\"\n"
    "puts $json \"  \\\"tool_version\\\": \\\"[version -short]\\\",\"\n"
    "puts $json \"  \\\"strategy\\\": \\\"$directive\\\",\"\n"
    "puts $json \"  \\\"clock_ns\\\": $period,\"\n"
    "puts $json \"  \\\"slack_ns\\\": [of_path -setup SLACK],\"\n"
    "puts $json \"  \\\"hold_slack_ns\\\": [of_path -hold SLACK],\"\n"
    "puts $json \"  \\\"levels\\\": [of_path -setup LOGIC_LEVELS],\"\n"
    "foreach k {1 2 3 4 5 6} { puts $json \"  \\\"lut$k\\\": [count LUT$k],\" }\n"
    "puts $json \"  \\\"lut_primitives\\\": [count LUT*],\"\n"
    "puts $json \"  \\\"lut_sites\\\": [dict size $sites],\"\n"
    "puts $json \"  \\\"carry\\\": [count CARRY*],\"\n"
    "puts $json \"  \\\"mux\\\": [count MUXF*],\"\n"
    "puts $json \"  \\\"flip_flops\\\": [count FD*],\"\n"
    "puts $json \"  \\\"bram\\\": [count RAMB*],\"\n"
    "puts $json \"  \\\"uram\\\": [count URAM*],\"\n"
    "puts $json \"  \\\"dsp\\\": [count DSP*]\"\n"
    "puts $json \"}\"\n"
    "close $json\n";

static unsigned latency(const verilog_plan *p)
{
    unsigned n = 0;

    for (unsigned i = 0; i < p->nblocks; i++)
        n += verilog_stages(p, &p->block[i]);
    return n;
}

static void write_vivado(lut_text *t, const lut_export_out *out, const verilog_plan *p)
{
    const char *name = p->d->name;

    lut_text_file(t, out, "%s_vivado.tcl", name);
    lut_text_head(t, p->d, "# ", "");
    lut_text_put(t,
                 "# vivado -mode batch -source %s_vivado.tcl -tclargs PART PERIOD_NS "
                 "DIRECTIVE\n",
                 name);
    lut_text_put(t,
                 "set part xcvu9p-flgb2104-2-i\nset period 2.0\nset directive Default\n"
                 "if {$argc > 0} { set part [lindex $argv 0] }\n"
                 "if {$argc > 1} { set period [lindex $argv 1] }\n"
                 "if {$argc > 2} { set directive [lindex $argv 2] }\n");
    put_files(t, p, "read_verilog ");
    lut_text_put(t, "read_xdc -unmanaged %s.xdc\n", name);
    lut_text_put(t,
                 "synth_design -top %s_top -part $part -mode out_of_context "
                 "-flatten_hierarchy full -directive $directive\n",
                 name);
    lut_text_put(t,
                 "opt_design\nplace_design\nphys_opt_design\nroute_design\n"
                 "report_utilization -file %s_utilization.txt\n"
                 "report_timing_summary -file %s_timing.txt\n",
                 name, name);
    lut_text_bytes(t, queries, strlen(queries));
    lut_text_put(t, "set json [open %s_vivado.json w]\nputs $json \"{\"\n", name);
    lut_text_put(t, "puts $json \"  \\\"name\\\": \\\"%s\\\",\"\n", name);
    lut_text_put(t, "puts $json \"  \\\"digest\\\": \\\"%s\\\",\"\n", p->d->digest);
    lut_text_put(t, "puts $json \"  \\\"encoder_counted\\\": %s,\"\n",
                 p->encodes ? "true" : "false");
    lut_text_put(t, "puts $json \"  \\\"latency_cycles\\\": %u,\"\n", latency(p));
    lut_text_put(t, "puts $json \"  \\\"interval_cycles\\\": 1,\"\n");
    lut_text_bytes(t, results, strlen(results));
}

static void write_constraints(lut_text *t, const lut_export_out *out,
                              const verilog_plan *p)
{
    lut_text_file(t, out, "%s.xdc", p->d->name);
    lut_text_head(t, p->d, "# ", "");
    lut_text_put(t, "if {![info exists period]} { set period 2.0 }\n"
                    "create_clock -name clk -period $period [get_ports clk]\n");
}

void verilog_write_scripts(lut_text *t, const lut_export_out *out,
                           const verilog_plan *p)
{
    write_yosys(t, out, p);
    write_vivado(t, out, p);
    write_constraints(t, out, p);
}
