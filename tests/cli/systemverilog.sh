#!/bin/sh
# Random networks as SystemVerilog in iverilog: ranks, layers, encoders, register stages under
# random pauses; no warning, no wrong class, no wrong score; and faults in tables, wires and the
# fixed modules, each of which the bench must notice.  verilator and yosys read one design, with
# LUT_VERILOG_ALL all of them.
set -eu

make=$(cd "${top_builddir:-.}" && pwd)/tests/cli/hardware
export LUT_FORMAT=systemverilog
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
die() { echo "systemverilog.sh: $*" >&2; exit 1; }
command -v iverilog >/dev/null && command -v vvp >/dev/null || exit 77

n=0
build() { # OPTIONS of tests/cli/hardware
    n=$((n + 1))
    d=$work/$n
    mkdir "$d"
    "$make" "$d" "$@" || die "$*: not written"
}
simulate() {
    (cd "$d" && iverilog -g2012 -Wall -o tb *.sv >warnings 2>&1) || die "$*: $(cat "$d"/warnings)"
    [ ! -s "$d"/warnings ] || die "$*: $(cat "$d"/warnings)"
    (cd "$d" && timeout 60 vvp -n tb >result)
}
silent() { # COMMAND...
    "$@" >"$work"/said 2>&1 || die "$*: $(cat "$work"/said)"
    [ ! -s "$work"/said ] || die "$*: $(cat "$work"/said)"
}
lint() {
    if command -v verilator >/dev/null; then
        (cd "$d" && silent verilator --lint-only -Wall --timing --top-module net_tb *.sv)
    fi
    if command -v yosys >/dev/null; then
        sed "s/^synth_xilinx.*/hierarchy -check -top net_top; proc; check -assert/; /^tee/d" "$d"/net_sv_yosys.ys >"$d"/read.ys
        (cd "$d" && silent yosys -q -s read.ys)
    fi
}
try() {
    build "$@"
    simulate "$@"
    grep -q '^PASS: net, 206 vectors, 0 wrong classes, 0 wrong scores$' "$d"/result ||
        die "$*: $(cat "$d"/result)"
    [ -z "${LUT_VERILOG_ALL:-}" ] || lint
}

#   encoder      width frac signed LUTs     inputs
try distributive 8 0 0 60,40,45 6,4,2
try distributive 8 0 1 60,40,44 6,4,2 pipe_layers=1 pipe_encoder=1 pipe_popcount=1 pipe_output=1
try uniform      12 3 1 50 6 pipe_layers=2 popcount=tree
try gray         8 0 0 30,20 4,6 pipe_layers=3 pipe_output=3 popcount=tree
try one_hot      9 1 1 33,12 2,3 pipe_encoder=3 pipe_popcount=2
try binary       16 2 0 41,44 5,4
try bits         6 0 0 100 2 pipe_layers=1 pipe_output=2
try bits         4 0 1 11,6 8,7 popcount=tree pipe_popcount=3
try distributive 0 0 0 40,30 6,4 encoder=none pipe_layers=1
try distributive 0 0 0 40,30 4,6 input_width=9 input_frac=1
try uniform      0 0 1 40,30 4,6 input_width=5 input_frac=0 pipe_encoder=2
try distributive 1 0 1 5 1
try sign_magnitude 8 0 1 60,40 6,2 pipe_output=1
try logarithmic  32 4 1 25 6

build gray 6 0 1 30,22 6,2
lint

# What a bench that cannot fail would not see.  Ties find the last: the first maximum wins.
break_it() { # FILE SED-SCRIPT
    cp "$d"/"$1" "$work"/good
    sed "$2" "$work"/good >"$d"/"$1"
    ! cmp -s "$d"/"$1" "$work"/good || die "$1: nothing to break: $2"
    simulate "$@"
    grep -q '^FAIL: net, [0-9]* of 206 vectors, [0-9]* wrong classes, [1-9][0-9]* wrong scores$\|^FAIL: net, 206 of 206 vectors, [1-9]' \
        "$d"/result || die "$*: $(cat "$d"/result)"
    cp "$work"/good "$d"/"$1"
}
build distributive 8 0 1 24,20 4,4 pipe_layers=1
break_it net_top.sv "s/^    16'h[0-7]/    16'hf/; s/^    16'h[89a-e]/    16'h1/"
break_it net_top.sv "s/^    16'd[0-9]*, 16'd[0-9]*/    16'd1, 16'd2/"
break_it net_top.sv "s/, 9'h[0-9a-f]*,/, 9'h1,/"
break_it fixed_dwn_lut_layer.sv 's/\[LUT_N-1-place\]/[place]/'
break_it fixed_dwn_thermometer.sv 's/x > THRESHOLD;/x >= THRESHOLD;/'
break_it fixed_dwn_groupsum.sv 's/i < GROUP_SIZE/i < GROUP_SIZE - 1/'
break_it fixed_dwn_pipe.sv 's/valid || ready/valid/'
break_it fixed_dwn_argmax.sv 's/right_most > left_most/right_most >= left_most/'
simulate whole
grep -q '^PASS' "$d"/result || die "the design does not pass again"
cp "$work"/1/net_sv_in.hex "$d"/
simulate inputs
grep -q '^FAIL: net_sv_in.hex or net_sv_exp.hex belongs to another network$' "$d"/result ||
    die "inputs of another network pass"
