#!/bin/sh
# A sweep that is gone on with in another way: --clean, --status, reports and --dry-run know
# what is only in the folder, and nothing that was computed is lost or overwritten.
. "${srcdir:-.}/tests/mpi/common.sh"
lutreport=$(dirname "$lutsweep")/lutreport

has()
{
    grep -qF -- "$1" last.out || die "no \"$1\" in the output"
}

field()
{
    sed -n "s/^  \"$1\": \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" last.out
}

done_lines() # FILE: how many trials journals say are done
{
    cat "$1".run/journal/*.jl | grep -c ' DONE '
}

cat >few.cfg <<'END_OF_FEW'
name    = "few";
seeds   = 3;
dataset = "synth";
synth   = { samples = 2000; test_samples = 500; features = 16; classes = 4; noise = 8; };
train   = { epochs = 18; lr = 0.02; };
width   = 200;
parametrization = ["dwn", "light"];
lut_rank = [2, 4];
END_OF_FEW

# Twelve trials, most of which are pruned; then all are asked for, and the run is killed.
expect 0 "$lutsweep" few.cfg strategy=halving --workers 1 -o k.h5
expect 0 "$lutsweep" --status k.h5 --output=json
pruned=$(field pruned)
[ "$pruned" -ge 6 ] && [ "$(field unmerged)" = 0 ] || die "$pruned pruned"
expect 0 "$lutsweep" --dry-run few.cfg strategy=grid -o k.h5
has "12 trials, 12 finished, 0 would run"
expect 0 "$lutsweep" --dry-run few.cfg strategy=grid --retry pruned -o k.h5
has "12 trials, $((12 - pruned)) finished, $pruned would run"
before=$(done_lines k.h5)
"$lutsweep" few.cfg strategy=grid --retry pruned epochs=18 --workers 1 -o k.h5 >killed.out 2>&1 &
pid=$!
i=0
while [ "$(done_lines k.h5)" -lt $((before + 3)) ]; do
    i=$((i + 1))
    [ $i -lt 600 ] || die "no three trials in 30 seconds"
    sleep 0.05
done
kill -9 $pid
wait $pid
[ $? = 137 ] || die "it was over before it was killed"
sleep 0.2 # its trial notices by itself
expect 0 "$lutsweep" --status k.h5 --output=json
[ "$(field state)" = died ] || die "state $(field state)"
[ "$(field ok)" -ge $((12 - pruned + 3)) ] || die "$(field ok) ok, want 3 more than $((12 - pruned))"
[ "$(field unmerged)" -ge 3 ] || die "$(field unmerged) unmerged, want 3"
ok=$(field ok)
"$lutreport" k.h5 --where 'status = ok' --by key --metric valid_accuracy --format csv >k.csv 2>k.out ||
    die "exit status $? of a report"
[ "$(sed 1d k.csv | wc -l)" = "$ok" ] || die "a report of the file alone"
expect 0 "$lutreport" --verify k.h5
has 'not in the file yet'
expect 2 "$lutsweep" --clean k.h5
has 'are not in k.h5: lutsweep --merge k.h5 first'
expect 0 "$lutsweep" --merge k.h5
expect 2 "$lutsweep" --clean k.h5
has 'stand at a rung or a checkpoint'
[ "$(find k.h5.run -name '*.rung' | wc -l)" -ge 1 ] || die "no rung left"
expect 0 "$lutsweep" few.cfg strategy=grid --retry all,pruned -o k.h5
expect 0 "$lutsweep" few.cfg strategy=grid -o grid.h5
equal grid.h5 k.h5
expect 0 "$lutsweep" --clean k.h5
[ ! -e k.h5.run ] || die "not cleaned"

# A table never takes a sweep's name, nor a file that it is of.
expect 2 "$lutreport" k.h5 -o ./k.h5 --format csv
has 'is a results file to be read'
mv grid.h5.run t.h5.run
expect 2 "$lutreport" t.h5 -o t.h5 --format csv
has 'is a results file to be read'
expect 2 "$lutreport" k.h5 -o t.h5 --format csv
has "is the name of a sweep's results"
[ ! -e t.h5 ] || die "a table has the name of the sweep's results"
expect 2 "$lutreport" t.h5 ./t.h5
has 'the same file was given before'

# What belongs to the other job is refused.
for o in '--by width' '--format csv' '-o x.csv' '--best 3'; do
    expect 2 "$lutreport" --verify k.h5 $o
    has "${o%% *}: not with --verify"
done
expect 2 "$lutreport" k.h5 --sample 3
has '--sample: only with --verify'

# Failures: told by the exit code of whoever writes them, and not tried again where so said.
cat >bad.cfg <<'END_OF_BAD'
name    = "bad";
seeds   = 2;
dataset = "synth";
synth   = { samples = 300; test_samples = 100; features = 8; classes = 2; };
train   = { epochs = 2000; };
width   = 600;
trial_time = 0.2;
END_OF_BAD
expect 3 "$lutsweep" bad.cfg --workers 2
expect 3 "$lutsweep" --merge bad.h5
has 'bad.h5: 2 trials failed'
expect 0 "$lutsweep" --dry-run bad.cfg
has '2 trials, 0 finished, 2 would run'
expect 0 "$lutsweep" --dry-run bad.cfg --retry none
has '2 trials, 0 finished, 2 failed and not tried again, 0 would run'
expect 0 "$lutsweep" --dry-run bad.cfg --retry crashed
has '2 failed and not tried again, 0 would run'
[ ! -e bad.h5.lock ] || die "a lock was left"
exit 0
