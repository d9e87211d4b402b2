#!/bin/sh
# Rows that differ in hardware alone share one training, and have the bytes that they would have
# without; Verilog of the best ones is in the file, equal to their networks.
. "${srcdir:-.}/tests/mpi/common.sh"
bin=${lutsweep%/lutsweep}

cat >hw.cfg <<'END'
name    = "hw";
seeds   = 3;
dataset = "synth";
synth   = { samples = 1500; test_samples = 300; features = 8; classes = 4; noise = 4; };
train   = { epochs = 3; batch = 64; };
width   = 80;
pipeline_stages = [0, 1, 2, 4, 6]; adder_tree = [false, true];
hw      = { emit = "best:2"; verify = "simulate"; rows = 5; };
END

shared() # FILE: trials that were derived from another one
{
    cat "$1".run/journal/*.jl | grep -c ' DONE .* base='
}

value() # FILE WHERE COLUMN: of the first such row
{
    "$bin/lutreport" "$1" --where "$2" --by "$3" --format csv 2>>report.out | sed -n '2s/,.*//p'
}

expect 0 "$lutsweep" hw.cfg -o one.h5 --workers 1
[ "$(records one.h5)" = 30 ] || die "not 30 rows"
[ "$(shared one.h5)" = 27 ] || die "$(shared one.h5) of 30 trials shared a training, want 27"
expect 0 "$lutsweep" hw.cfg -o two.h5 --workers 3 --order random --isolate spawn
equal one.h5 two.h5

# Of 30 rows three trained: no time is counted ten times.
expect 0 "$bin/lutreport" one.h5 --figure time -o time.csv
[ "$(grep -c '^[0-9]' time.csv)" = 3 ] || die "not 3 trainings in the figure"
expect 0 "$bin/lutreport" one.h5 --appendix ae.md
grep -q 'Core hours:.* 3 trainings$' ae.md || die "not 3 trainings in the appendix"

# What the trainings took is small beside the rest of a dry run.
expect 0 "$lutsweep" --dry-run hw.cfg -o dry.h5
grep -q '30 trials, 0 finished, 30 would run' last.out || die "not 30 in the dry run"
expect 0 "$lutsweep" --dry-run hw.cfg -o one.h5
grep -q '30 finished' last.out || die "not finished in the dry run"
expect 0 "$lutsweep" --simulate 1,8 hw.cfg -o dry.h5

# Killed on the way.
timeout -s KILL 0.4 "$lutsweep" hw.cfg -o killed.h5 --workers 2 >killed.out 2>&1
expect 0 "$lutsweep" hw.cfg -o killed.h5
equal one.h5 killed.h5

# Extended out of the file alone, by more registers and by other inputs: nobody trains.
expect 0 "$lutsweep" --clean two.h5
expect 0 "$lutsweep" hw.cfg -o two.h5 pipeline_stages=3,7 hw.input_width=0,5 adder_tree=false,true
[ "$(shared two.h5)" = 24 ] || die "an extension trained"
[ "$(value two.h5 'hw_input_width = 5' hw_input_bits)" = 5 ] || die "no width in force"
expect 0 "$bin/lutreport" --verify two.h5
key=$(value two.h5 'hw_input_width = 5 and pipeline_stages = 7 and adder_tree = false' key)
expect 0 "$bin/luteval" two.h5 "$key"
grep -q 'as stored' last.out || die "luteval: another accuracy than stored"
expect 0 "$bin/lutexport" two.h5 "$key" --format verilog -o folder rows=5
grep -q 'PIPE_POP = 3' folder/*_top.v || die "not the registers of the row"
expect 0 "$bin/lutexport" two.h5 "$key" --format verilog -o other pipeline_stages=1 adder_tree=true
grep -q 'PIPE_OUT = 1' other/*_top.v || die "not the registers of the command line"
expect 0 "$bin/luttrain" --from two.h5 --key "$key" -o again.h5
"$bin/lutreport" two.h5 --where "key = $key" --by test_accuracy,valid_accuracy,lut6 --format csv >a.csv
"$bin/lutreport" again.h5 --by test_accuracy,valid_accuracy,lut6 --format csv >b.csv
cmp -s a.csv b.csv || die "luttrain made another row"

# Whatever the format, the figures of an export are those of its row.
counted() { # FILE: total, core, flip-flops, levels, cycles that are estimated
    sed -n '/"estimated"/,/"synthesised"/p' "$1" >estimated.out
    for word in total core flip_flops levels latency_cycles; do
        sed -n "s/.*\"$word\": \([^,]*\),*$/\1/p" estimated.out
    done | paste -s -d , -
}
"$bin/lutreport" two.h5 --where 'hw_input_width = 5 and seed = 1' --format csv \
    --by lut6,lut6_core,flip_flops,lut_levels,latency_cycles,pipeline_stages,adder_tree,key >rows.csv 2>report.out
sed 1d rows.csv | cut -d , -f 1-8 >rows.out
[ "$(cut -d , -f 1,3,5 rows.out | sort -u | wc -l)" = 4 ] || die "four designs are not four: $(cat rows.out)"
while IFS=, read -r lut6 core registers levels cycles stages tree row; do
    for format in c verilog; do
        expect 0 "$bin/lutexport" two.h5 "$row" --format $format -o "$format-$row"
        [ "$(counted "$format-$row"/*.json)" = "$lut6,$core,$registers,$levels,$cycles" ] ||
            die "$format, $stages stages, tree $tree: $(counted "$format-$row"/*.json) of $lut6,$core,$registers,$levels,$cycles"
    done
done <rows.out

# In parts, joined.
for i in 1 2; do
    "$lutsweep" hw.cfg -o p$i.h5 --part $i/2 >part.out 2>&1
done
[ "$(shared p1.h5)" = 27 ] || [ "$(shared p2.h5)" -gt 0 ] || die "a part trained for another"
expect 0 "$lutsweep" --merge p1.h5 p2.h5 -o parts.h5
LUTSWEEP_DATA=$work expect 0 "$lutsweep" --merge one.h5 -o again1.h5

# A search ranks trainings: rows that share one end alike.
expect 0 "$lutsweep" hw.cfg strategy=halving epochs=9 seeds=6 -o halving.h5
[ "$(value halving.h5 'status = ok' lut6_core_n)" != 0 ] || die "nobody reached the end"
"$bin/lutreport" halving.h5 --by seed,status --metric epochs_run --format csv >status.csv 2>report.out
[ "$(sed 1d status.csv | wc -l)" = 6 ] || die "rows of one training ended differently"

# What was pruned beside other trials says nothing of a run without a strategy.
expect 0 "$lutsweep" hw.cfg strategy=halving epochs=9 seeds=6 pipeline_stages=4 adder_tree=false -o late.h5
expect 0 "$lutsweep" hw.cfg epochs=9 seeds=6 pipeline_stages=0,1 -o late.h5
"$bin/lutreport" late.h5 --where 'pipeline_stages < 2' --by key,status --format csv >late.csv 2>report.out
[ "$(grep -c ',ok' late.csv)" = 24 ] || die "rows are pruned that no strategy ranked"
expect 0 "$lutsweep" hw.cfg epochs=9 seeds=6 pipeline_stages=0,1,4 adder_tree=false --retry pruned -o late.h5
"$bin/lutreport" late.h5 --by key,status --format csv >late.csv 2>report.out
[ "$(grep -c ',ok' late.csv)" = 30 ] || die "--retry pruned leaves rows pruned"

# What is wrong is told before anything runs.
expect 2 "$lutsweep" hw.cfg -o bad.h5 pipeline_stages=8
grep -q 'has 7 places' last.out || die "no word of the places"
expect 2 "$lutsweep" hw.cfg -o bad.h5 hw.emit=best:x
[ ! -e bad.h5.run ] || die "a refused sweep left a directory"

need_mpirun
expect 0 ranks 2 hw.cfg -o ranks.h5
equal one.h5 ranks.h5
[ "$(shared ranks.h5)" = 27 ] || die "ranks trained twice"
exit 0
