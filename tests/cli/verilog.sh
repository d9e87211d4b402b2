#!/bin/sh
# Random networks as Verilog in iverilog: ranks, encoders, pipelines, handshakes under random
# pauses; no warning, no wrong class, no wrong score.  With LUT_VERILOG_ALL verilator and yosys
# read every design as well.
set -eu

make=$(cd "${top_builddir:-.}" && pwd)/tests/cli/hardware
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
die() { echo "verilog.sh: $*" >&2; exit 1; }
command -v iverilog >/dev/null && command -v vvp >/dev/null || exit 77

n=0
build() { # OPTIONS of tests/cli/hardware
    n=$((n + 1))
    d=$work/$n
    mkdir "$d"
    "$make" "$d" "$@" || die "$*: not written"
}
simulate() {
    (cd "$d" && iverilog -g2005 -Wall -o tb *.v >warnings 2>&1) || die "$*: $(cat "$d"/warnings)"
    [ ! -s "$d"/warnings ] || die "$*: $(cat "$d"/warnings)"
    (cd "$d" && vvp -n tb >result)
}
all() {
    [ -n "${LUT_VERILOG_ALL:-}" ] || return 0
    if command -v verilator >/dev/null; then
        (cd "$d" && verilator --lint-only -Wall --timing --top-module net_tb *.v) >"$d"/lint 2>&1 ||
            die "$*: $(cat "$d"/lint)"
        [ ! -s "$d"/lint ] || die "$*: $(cat "$d"/lint)"
    fi
    if command -v yosys >/dev/null; then
        (cd "$d" && yosys -q -s net_yosys.ys) >"$d"/synthesis 2>&1 || die "$*: $(cat "$d"/synthesis)"
        [ ! -s "$d"/synthesis ] || die "$*: $(cat "$d"/synthesis)"
    fi
}
try() {
    build "$@"
    simulate "$@"
    grep -q '^PASS: net, 206 vectors, 0 wrong classes, 0 wrong scores$' "$d"/result ||
        die "$*: $(cat "$d"/result)"
    all "$@"
}

#   encoder      width frac signed LUTs     inputs
try distributive 8 0 0 60,40,45 6,4,2
try distributive 8 0 1 60,40,45 6,4,2 encoder=behavioural handshake=enable
try uniform      12 3 1 60,40,45 6,4,2 popcount=tree handshake=none
try gray         8 0 0 60,40,45 6,4,2 pipe_layers=1 pipe_encoder=2 pipe_popcount=2 pipe_output=1
try one_hot      9 1 1 60,40,45 6,4,2 pipe_layers=1 pipe_every=2 pipe_encoder=1 pipe_popcount=5 \
    handshake=enable
try binary       16 2 0 61,41,44 2,3,5 pipe_layers=3 popcount=tree pipe_popcount=3 handshake=none
try distributive 8 0 1 60,40,45 6,4,2 popcount=tree pipe_popcount=9 handshake=enable
try distributive 8 0 0 60,40,45 6,4,2 popcount=tree pipe_popcount=2 pipe_encoder=1 pipe_output=1
try bits         6 0 0 200 2 pipe_layers=1 pipe_popcount=1
try bits         4 0 1 33,12 8,7 handshake=none pipe_output=1
try distributive 0 0 0 60,40,45 6,4,2 encoder=none pipe_layers=1
try distributive 1 0 0 5 1
try distributive 1 0 1 7 1 encoder=behavioural popcount=tree
try distributive 3 0 0 23,11 6,6 popcount=tree pipe_popcount=1
try sign_magnitude 8 0 1 60,40,45 6,4,2 encoder=behavioural
try logarithmic  8 0 0 500 6 encoder=behavioural pipe_popcount=3

# A bench that cannot fail says nothing: a table, an expected score, a file of another set.
build distributive 8 0 0 60,40,45 6,4,2 pipe_layers=1
sed "s/INIT(64'h[0-7]/INIT(64'hf/; s/INIT(64'h[89a-e]/INIT(64'h1/" "$d"/net_l0.v >"$d"/x
mv "$d"/x "$d"/net_l0.v
simulate tables
grep -q '^FAIL: net, 206 of 206 vectors, [1-9]' "$d"/result || die "wrong tables pass"
build distributive 8 0 0 60,40,45 6,4,2 pipe_layers=1
sed '$ s/.$/5/' "$d"/net_exp.hex >"$d"/x
sed '$ s/.$/6/' "$d"/net_exp.hex >"$d"/y
for one in x y; do # one of the two is wrong
    cp "$d"/$one "$d"/net_exp.hex
    simulate scores
    cat "$d"/result >>"$d"/results
done
grep -q '^FAIL: net, 206 of 206 vectors, 0 wrong classes, 1 wrong scores$' "$d"/results ||
    die "a wrong score passes"
build distributive 8 0 0 60,40,45 6,4,2
cp "$work"/1/net_in.hex "$d"/kept
cp "$work"/2/net_in.hex "$d"/net_in.hex
simulate inputs
grep -q '^FAIL: net_in.hex or net_exp.hex belongs to another network$' "$d"/result ||
    die "inputs of another network pass"
cp "$d"/kept "$d"/net_in.hex
cp "$work"/2/net_pop1.v "$d"/
if (cd "$d" && iverilog -g2005 -Wall -o tb *.v) >"$d"/warnings 2>&1; then
    die "a file of another network elaborates"
fi
grep -q these_files_belong_to_different_networks "$d"/warnings || die "$(cat "$d"/warnings)"
