#!/bin/sh
# How often rows that share a training train, and what they say when it fails.
. "${srcdir:-.}/tests/fault/common.sh"

cat >hw.cfg <<'END'
name    = "hw";
seeds   = 3;
dataset = "synth";
synth   = { samples = 1500; test_samples = 300; features = 8; classes = 4; noise = 4; };
train   = { epochs = 2; batch = 64; };
width   = 80;
pipeline_stages = [0, 1, 2, 4, 6]; adder_tree = [false, true];
END

trained() # epochs of all processes of the last command
{
    wc -c <count.child-epoch
}

with none:1:exit1 expect 0 "$lutsweep" hw.cfg -o shared.h5 --workers 2
[ "$(trained)" = 6 ] || die "$(trained) epochs, want 3 trainings of 2"
with share:1+:eio expect 0 "$lutsweep" hw.cfg -o alone.h5 --workers 2
[ "$(trained)" = 60 ] || die "$(trained) epochs without sharing, want 30 trainings of 2"
equal shared.h5 alone.h5

# The coordinator, then a worker's child die when some are derived.
for fault in record-rename:9:kill child-end:8:kill; do
    with $fault "$lutsweep" hw.cfg -o killed.h5 --workers 2 >killed.out 2>&1
    expect 0 "$lutsweep" hw.cfg -o killed.h5
    equal shared.h5 killed.h5
    rm -rf killed.h5*
done

# Two of three trainings crash: so have the rows that share them, with one word each.
with child-epoch:3+:segv expect 3 "$lutsweep" hw.cfg -o failed.h5 --workers 1 --max-fails 2
[ "$(events failed.h5 START)" -le 15 ] || die "rows of a training that failed were started"
cat failed.h5.run/journal/*.jl | grep -ac ' FAIL .*shares' >failed.out
[ "$(cat failed.out)" = 18 ] || die "$(cat failed.out) rows say that their training failed, want 18"
expect 3 "$lutsweep" hw.cfg -o failed.h5 --retry none
expect 3 "$lutsweep" hw.cfg -o failed.h5 --retry none pipeline_stages=0,5
cat failed.h5.run/journal/*.jl | grep -ac ' FAIL .*shares' >failed.out
[ "$(cat failed.out)" = 22 ] || die "not 4 more rows of trainings that are not tried again"
with none:1:exit1 expect 0 "$lutsweep" hw.cfg -o failed.h5
[ "$(trained)" = 4 ] || die "$(trained) epochs, want 2 trainings of 2"

# Under a strategy nobody trains alone to an end that its family was not let reach.
ranked="strategy=halving epochs=9 seeds=6 pipeline_stages=0,4"
expect 0 "$lutsweep" hw.cfg $ranked -o ranked.h5 --workers 2
with share:2:eio expect 0 "$lutsweep" hw.cfg $ranked -o again.h5 --workers 2
must_fire share
equal ranked.h5 again.h5
with share:1+:eio expect 3 "$lutsweep" hw.cfg $ranked -o never.h5 --workers 2
[ "$(cat never.h5.run/journal/*.jl | grep -ac ' DONE ')" -le 6 ] || die "rows trained alone"
cat never.h5.run/journal/*.jl | grep -a ' FAIL ' | grep -aqv 'cause=lost' && die "not lost"
with none:1:exit1 expect 0 "$lutsweep" hw.cfg $ranked -o never.h5 --workers 2
[ ! -s count.child-epoch ] || die "$(trained) epochs of what was trained before"
equal ranked.h5 never.h5

# Verilog that is not equal to its network: told, and 3.
with verilog:1:eio expect 3 "$lutsweep" hw.cfg -o wrong.h5 hw.emit=best:1 hw.verify=simulate
grep -q 'Verilog of 1 network is not equal' last.out || die "no word of what is wrong"
grep -q 'Verilog is different: .* [1-9][0-9]* wrong, the first' last.out || die "no table was found wrong"
"${lutsweep%lutsweep}lutreport" --verify wrong.h5 >last.out 2>&1 || die "lutreport refuses the file"
expect 0 "$lutsweep" --merge wrong.h5
exit 0
