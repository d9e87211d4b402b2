#!/bin/sh
# Strategies: what ends is what a full grid has, whoever runs it in whatever order, killed or
# not; and what --simulate says of them.
. "${srcdir:-.}/tests/mpi/common.sh"

cat >few.cfg <<'END'
name    = "few";
seeds   = 3;
dataset = "synth";
synth   = { samples = 2000; test_samples = 500; features = 16; classes = 4; noise = 8; };
encoder = { kind = "uniform"; bits = 3; };
train   = { epochs = 18; batch = 64; lr = 0.02; };
width   = 200;
grid = (
  { parametrization = ["dwn", "light", "warp"]; lut_rank = [2, 4]; tau = [3.0, 10.0]; }
);
END

count() # STATUS FILE: rows
{
    "${lutsweep%lutsweep}lutreport" "$2" --where "status = $1" --by status --metric valid_accuracy \
        --format csv >count.csv 2>count.out || die "lutreport failed"
    sed 1d count.csv | awk -F, '{ n += $6 } END { print n + 0 }'
}

# FILE: every row that ended is the grid's, byte for byte, those that were pruned have the
# epochs of the grid's, their scores are of these epochs, and there are some of both kinds.
agrees()
{
    [ "$(count ok "$1")" -ge 1 ] || die "$1: nobody reached the end"
    [ "$(count pruned "$1")" -ge 20 ] || die "$1: hardly anybody was pruned"
    expect 0 "${same%same}epochs" grid.h5 "$1"
    epochs=$(sed -n 's/ epochs$//p' last.out)
    [ "$epochs" -ge 76 ] && [ "$epochs" -lt 648 ] || die "$1: $epochs epochs"
    expect 0 "${lutsweep%lutsweep}lutreport" --verify --sample 1 "$1"
    rm -rf joined.h5 joined.h5.run
    expect 0 "$lutsweep" --merge grid.h5 "$1" -o joined.h5
    equal grid.h5 joined.h5
}

expect 0 "$lutsweep" few.cfg -o grid.h5
for s in halving hyperband; do
    expect 0 "$lutsweep" few.cfg strategy=$s --workers 1 -o $s.h5
    agrees $s.h5
    expect 0 "$lutsweep" few.cfg strategy=$s --workers 3 --order random -o other.h5
    equal $s.h5 other.h5
    rm -rf other.h5 other.h5.run
done
# Rungs at 1, 2 and 6 epochs, 36 trials: 36, 12, 4, 1.
[ "$(count ok halving.h5)" = 1 ] || die "halving: $(count ok halving.h5) of 36 at the end"
[ "$(grep -c ' PROMOTE ' halving.h5.run/journal/*)" = 17 ] || die "halving: not 12 + 4 + 1 promotions"

# What is to come, and that nothing is where there is no rung.
expect 0 "$lutsweep" --dry-run few.cfg strategy=halving -o dry.h5
grep -q '^rungs after 1, 2, 6 of 18 epochs$' last.out || die "not the rungs 1, 2 and 6"
expect 0 "$lutsweep" --dry-run few.cfg strategy=asha search.min_epochs=7 -o dry.h5
grep -q '^no rungs: ' last.out || die "no word of a strategy without rungs"

# Killed after some promotions, with what it was at.
kill_it() # STRATEGY: exit status of the run
{
    rm -rf killed.h5 killed.h5.run
    "$lutsweep" few.cfg strategy="$1" --workers 1 -o killed.h5 >killed.out 2>&1 &
    pid=$!
    i=0
    while [ "$(cat killed.h5.run/journal/*.jl 2>/dev/null | grep -c ' PROMOTE ')" -lt 8 ]; do
        i=$((i + 1))
        [ $i -lt 3000 ] || die "$1: no 8 promotions after 30 seconds"
        sleep 0.01
    done
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
}
for s in halving asha; do
    tries=0
    until kill_it $s; [ $? = 137 ]; do # the run is short, the machine may be busy
        tries=$((tries + 1))
        [ $tries -lt 20 ] || die "$s: always ended before it was killed"
    done
    cat killed.h5.run/journal/*.jl | awk '$4 == "PROMOTE" { print $5, $7 }' | sort >before
    expect 0 "$lutsweep" few.cfg strategy=$s -o killed.h5
    agrees killed.h5
    [ $s = asha ] || equal halving.h5 killed.h5
    # Whoever was let up was not pruned there afterwards.
    cat killed.h5.run/journal/*.jl | awk '$4 == "PRUNE" { print $5, $7 }' | sort >pruned
    [ -z "$(comm -12 before pruned)" ] || die "$s: promoted, then pruned: $(comm -12 before pruned)"
    rm -rf killed.h5 killed.h5.run
done

# The same sweep in virtual time.
expect 0 "$lutsweep" --simulate 2,64 few.cfg -o grid.h5
grep -q '36 trials, 36 measured, 0 in part, 0 modelled' last.out || die "times were not taken from grid.h5"
[ "$(grep -c '^ *\(2\|64\)  ' last.out)" = 8 ] || die "not four orders of 2 and 64 ranks"
expect 0 "$lutsweep" --simulate 2 few.cfg strategy=halving -o halving.h5
grep -q '36 trials, 1 measured, 35 in part, 0 modelled' last.out || die "times of rungs were not taken"
# A rank that was given up too early tells of a pause once more.
head -n 4 last.out >once
for f in halving.h5.run/journal/*.0.jl; do
    grep ' PAUSE ' "$f" >again || die "no pause in $f"
    cat again >>"$f"
done
expect 0 "$lutsweep" --simulate 2 few.cfg strategy=halving -o halving.h5
head -n 4 last.out | cmp -s - once || die "a pause that was told twice counts twice"
rm -rf grid.h5.run
expect 0 "$lutsweep" --simulate 3 --order longest few.cfg strategy=halving -o grid.h5
grep -q '36 trials, 36 measured, 0 in part, 0 modelled' last.out || die "times were not taken from grid.h5 alone"
grep -q '^ *3  longest.* 53  *35$' last.out || die "halving: not 53 legs with 35 pruned"
expect 2 "$lutsweep" --simulate 0 few.cfg
expect 2 "$lutsweep" --simulate "2;4" few.cfg
expect 2 "$lutsweep" --simulate 2
