#!/bin/sh
# How many faults of one bit each verifier of an emitted design notices:
#   make tests/manual/faults && .../tests/manual/faults.sh 100 [verilog.OPTION VALUE ...]
#
# here: the files read back.  bench: NAME_tb.v in iverilog, what elaboration refuses included.
# abc: the layers alone, against those of the good design, all inputs (cec).  yosys: the whole
# design against the good one, all inputs (sat).  Without registers, so that both can.
set -eu

faults=$PWD/tests/manual/faults
count=${1:-100}
[ $# -eq 0 ] || shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$faults" "$work" "$count" "$@" >"$work"/list
cd "$work"

bench() { # FOLDER
    (cd "$1" && iverilog -g2005 -Wall -o tb *.v >warnings 2>&1 && [ ! -s warnings ] &&
        timeout 60 vvp -n tb 2>&1 | grep -q '^PASS') && echo missed || echo caught
}

# A netlist of a module and what it has inside: FOLDER TOP FORMAT OUTPUT
flat() {
    (cd "$1" && yosys -q -p "read_verilog $(ls *.v | grep -v _tb.v | tr '\n' ' ')
        hierarchy -check -top $2; proc; flatten; opt_clean; $3 $4") >"$1"/log 2>&1
}
layers() { # FOLDER
    flat "$1" net_l0 "techmap; abc -g AND; opt_clean; write_blif" l0.blif || { echo caught; return; }
    berkeley-abc -c "cec good/l0.blif $1/l0.blif" 2>&1 | grep -q 'are equivalent' && echo missed ||
        echo caught
}
whole() { # FOLDER
    flat "$1" net_top "rename net_top bad; write_ilang" bad.il || { echo caught; return; }
    yosys -q -p "read_ilang good/good.il; read_ilang $1/bad.il
        miter -equiv -flatten good bad m; hierarchy -top m; sat -verify -prove trigger 0 m" \
        >"$1"/log 2>&1 && echo missed || echo caught
}

[ "$(bench good)" = missed ] || { echo "the good design fails" >&2; exit 1; }
flat good net_l0 "techmap; abc -g AND; opt_clean; write_blif" l0.blif
flat good net_top "rename net_top good; write_ilang" good.il
[ "$(layers good)$(whole good)" = missedmissed ] || { echo "the good design differs" >&2; exit 1; }
while IFS=';' read -r number part here effect; do
    abc=-
    case $part in l | 'l tables') abc=$(layers "$number") ;; esac
    echo "$part;$effect;$here;$(bench "$number");$abc;$(whole "$number")"
done <list >verdicts

# yosys decides what a fault changes; the reader refuses some that change nothing.
echo "part;faults;change an output;noticed here;missed here;noticed by the bench;missed by the bench;abc"
awk -F';' '{ for (i = 0; i < 2; i++) { p = i ? "all" : $1
        n[p]++; y[p] += $6 == "caught"; h[p] += $3 == "caught"; b[p] += $4 == "caught"
        a[p] += $5 == "caught"; hm[p] += $6 == "caught" && $3 != "caught"
        bm[p] += $6 == "caught" && $4 != "caught" } }
    END { for (p in n) print p ";" n[p] ";" y[p] ";" h[p] ";" hm[p] ";" b[p] ";" bm[p] ";" a[p] }' \
    verdicts | sort
awk -F';' '$2 != "text" && ($2 == "same") != ($6 == "missed")' verdicts >odd
[ ! -s odd ] || { echo "all inputs here and yosys do not agree:"; cat odd; exit 1; }
awk -F';' '$6 == "missed" { n[$2 " " $3]++ } END { for (i in n) print "no output changes:", i, n[i] }' verdicts
