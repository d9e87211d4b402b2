#!/bin/sh
# lutbench: names, rows, exit codes; its trainings are luttrain's; nothing is left behind.  How
# fast anything is, is never looked at.
. "${srcdir:-.}/tests/mpi/common.sh"
[ -z "${LUT_QUICK:-}" ] || exit 77
bin=$(dirname "$lutsweep")
lutbench=$bin/lutbench
TMPDIR=$work/tmp
export TMPDIR
mkdir tmp

nothing_left()
{
    [ -z "$(ls tmp)" ] || die "left in the temporary folder: $(ls tmp)"
}

# complains CODE TEXT ARGUMENTS ...: TEXT is the message's essential part.
complains()
{
    code=$1 text=$2
    shift 2
    expect "$code" "$lutbench" "$@"
    grep -qF -e "$text" last.out || die "no \"$text\" in the message of: $*"
    nothing_left
}

# Value of a column of the last row of a file, by its name in the first line without a #.
column() # FILE NAME
{
    grep -v '^#' "$1" | awk -F, -v name="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) at = i }
        END { print $at }'
}

# Small trainings of networks that are large by themselves.
small="width=200 depth=2 tau=5 --dataset optdigits --seconds 0.05"

# ---- names ----
expect 0 "$lutbench" --list
for n in difflogic-6x8000 difflogic-6x64000 raw2-2x4000 light2-2x4000 light4-2x4000 \
    light6-2x4000 warp2-2x4000 warp4-2x4000 warp6-2x4000 dwn-2000-1000 \
    dwn-learnable-2000-1000 dwn-candidates-2000-1000 linear4-2x1000 linear6-2x1000 \
    poly4-2x1000 poly6-2x1000 neural4-2x1000 neural6-2x1000; do
    grep -q "^$n " last.out || die "--list does not name $n"
done
cp last.out names

# ---- rows ----
"$lutbench" --csv --network light2-2x4000,dwn-2000-1000 layers=200-100 $small -o file.csv \
    >rows.csv 2>run.out || die "exit status $?"
nothing_left
[ "$(wc -l <rows.csv)" = 3 ] || die "not a header and two rows"
head -n 1 rows.csv | grep -q \
    '^network,threads,kernels,train_samples_per_second,bound_fraction,peak_memory,' ||
    die "the header"
awk -F, 'NR == 1 { n = NF } NF != n { exit 1 }' rows.csv || die "rows of unequal length"
cut -d, -f1,2 rows.csv >two.out
printf 'network,threads\nlight2-2x4000,1\ndwn-2000-1000,1\n' | cmp -s - two.out ||
    die "networks and threads"
for c in train_samples_per_second bound_fraction peak_memory ns_per_sample cpu_seconds \
    wall_seconds batch rows epochs parameters loss_first loss_last probe_fma probe_memory; do
    v=$(column rows.csv $c)
    awk -v v="$v" 'BEGIN { exit !(v + 0 > 0) }' || die "$c is \"$v\""
done
head -n 2 file.csv | grep -q '^# command: lutbench --csv' || die "no origin in the file"
grep -v '^#' file.csv | cmp -s - rows.csv || die "the file is not what was printed"

# Lines for people have the same networks.
expect 0 "$lutbench" --network light2-2x4000 $small
grep -q '^light2-2x4000  *1 ' last.out || die "no line of light2-2x4000"

# How many rows: all that fit, those of the command line, no more than a slow network has.
rows_of() # NETWORK SECONDS KEY=VALUE ...
{
    network=$1 seconds=$2
    shift 2
    "$lutbench" --csv --network "$network" --seconds "$seconds" --dataset synth \
        synth.samples=20000 width=50 depth=1 tau=5 "$@" >row.csv 2>run.out ||
        die "rows of $network: exit status $?"
    column row.csv rows
}
[ "$(rows_of difflogic-6x64000 0.3)" -le 6000 ] || die "rows of a slow network"
[ "$(rows_of raw2-2x4000 0.01 train_limit=700)" = 700 ] || die "rows of the command line"
[ "$(rows_of raw2-2x4000 0.01 width=2000)" -lt 20000 ] || die "rows that fit the time"
[ "$(rows_of raw2-2x4000 0.01 epochs=4)" -gt 0 ] || die "epochs of the command line"
[ "$(column row.csv epochs)" = 4 ] || die "epochs of the command line"

# ---- the trainings are luttrain's ----
echo 'name = "same";' >same.cfg
for case in 'light6-2x4000 width=100 depth=2 tau=5' \
    'dwn-candidates-2000-1000 layers=100-50 tau=5' \
    'poly4-2x1000 width=50 depth=3 tau=5 sampling=gumbel_soft'; do
    set -- $case
    network=$1
    shift
    given="$* dataset=optdigits train_limit=500 epochs=3"
    "$lutbench" --csv --network "$network" $given >row.csv 2>run.out || die "$network: $?"
    [ "$(column row.csv rows)" = 500 ] || die "$network: rows"
    [ "$(column row.csv epochs)" = 3 ] || die "$network: epochs"
    keys=$(sed -n "s/^$network  *//p" names)
    expect 0 "$bin/luttrain" same.cfg $keys $given -o "$network.h5"
    expect 0 "$bin/tests/cli/netdigest" "$network.h5"
    [ "$(cat last.out)" = "$(column row.csv digest)" ] ||
        die "$network: luttrain's digest is $(cat last.out), not $(column row.csv digest)"
done
# Another seed is another network, or the digest would say nothing.
"$lutbench" --csv --network "$network" $given seed=2 >row.csv 2>run.out || die "seed=2"
[ "$(cat last.out)" != "$(column row.csv digest)" ] || die "the digest of another seed"

# Copies, threads and company change nothing but the time.
"$lutbench" --csv --network "$network" $given --copies 2 --threads 2 --busy 1 >more.csv \
    2>run.out || die "copies: exit status $?"
[ "$(column more.csv copies),$(column more.csv threads),$(column more.csv busy)" = 2,2,1 ] ||
    die "copies, threads, busy"
[ "$(column more.csv clock)" = wall ] || die "the clock of threads"
"$lutbench" --csv --network "$network" $given >row.csv 2>run.out
[ "$(column row.csv clock)" = cpu ] || die "the clock of one thread"
[ "$(column row.csv digest)" = "$(column more.csv digest)" ] || die "copies differ"

# Every set that this machine has trains the same.
"$lutbench" --csv --network "$network" $given --kernels all >sets.csv 2>run.out ||
    die "--kernels all: exit status $?"
at=$(head -n 1 sets.csv | tr ',' '\n' | grep -nx digest | cut -d: -f1)
[ "$(sed 1d sets.csv | cut -d, -f"$at" | sort -u)" = "$(column row.csv digest)" ] ||
    die "kernel sets differ"
sed 1d sets.csv | cut -d, -f3 | head -n 1 | grep -qx scalar || die "the scalar set is not first"

# ---- comparison ----
expect 0 "$lutbench" --network light2-2x4000 layers=200-100 $small --compare file.csv \
    --tolerance 1000
grep -q 'geometric mean of 1: ' last.out || die "no mean"
sed 's/^light2-2x4000,1,\([a-z0-9]*\),[^,]*/light2-2x4000,1,\1,1e15/' file.csv >fast.csv
complains 3 'slower than in fast.csv by more than 2' --network light2-2x4000 \
    layers=200-100 $small --compare fast.csv --tolerance 2

# ---- what is wrong ----
complains 2 '--network=light3: no such network' --network light2-2x4000,light3
complains 2 '--network=: no such network' --network ''
complains 2 '--kernels=mmx: not in this build' --kernels mmx
complains 2 '--seconds=0: want a number from 0.01 to 3600' --seconds 0
complains 2 '--threads=0' --threads 0
complains 2 '--copies=x' --copies x
complains 2 'nowhere.csv: No such file' --compare nowhere.csv
complains 2 'no head of lutbench --csv' --compare same.cfg
complains 2 'raw2-2x4000: command line: color: no such key' --network raw2-2x4000 $small color=red
complains 2 '2 trials: want one value of each key' --network raw2-2x4000 $small tau=3,4
complains 2 'validation = 0.1: want 0' --network raw2-2x4000 $small validation=0.1
complains 2 'epochs = 1: want 2 at least' --network raw2-2x4000 $small epochs=1
complains 2 'raw2-2x4000: command line: dataset = "nothing"' --network raw2-2x4000 \
    --dataset nothing
complains 3 'raw2-2x4000: the loss did not fall' --network raw2-2x4000 $small lr=1e-9 epochs=2 train_limit=500
complains 5 'nowhere/x.csv' --network raw2-2x4000 $small -o nowhere/x.csv
complains 2 'first --step=plan' --step=measure --network raw2-2x4000 --cache nowhere
complains 2 '--step=sleep: want plan, measure or probe' --step=sleep
if [ ! -d /usr/share/datasets/fashion-mnist ]; then
    complains 2 'install the Debian package dataset-fashion-mnist' --network raw2-2x4000
fi

trains() # PID: whether one of its processes is at it
{
    for p in $(children "$1"); do
        ! tr '\0' ' ' <"/proc/$p/cmdline" | grep -q step=measure || return 0
    done
    return 1
}

# A signal: the trainings end with it, and their folder.
for s in INT TERM; do
    "$lutbench" --network light2-2x4000 --dataset optdigits --seconds 60 >run.out 2>&1 &
    pid=$!
    i=0
    while ! trains $pid; do
        i=$((i + 1))
        [ $i -lt 600 ] || die "no training after 30 seconds"
        sleep 0.05
    done
    below=$(children $pid)
    kill -s $s $pid
    i=0
    while kill -0 $pid 2>/dev/null; do
        i=$((i + 1))
        [ $i -lt 200 ] || die "SIG$s: still there after 10 seconds"
        sleep 0.05
    done
    wait $pid
    got=$?
    [ $got = 75 ] || die "exit status $got after SIG$s, want 75"
    nothing_left
    for p in $below; do
        ! kill -0 "$p" 2>/dev/null || die "process $p outlives the program"
    done
done

# ---- the alarm: of a CPU that is not in the file there is none ----
cat >ratios <<'END'
# nothing
cpu none of this kind
scalar interpolate 2 0.001
END
expect 0 "$lutbench" --alarm ratios
grep -q 'nothing is recorded for' last.out || die "a CPU that is not in the file"
complains 2 'no_ratios: No such file' --alarm no_ratios
# Recorded as a thousandth of what it takes, a kernel is slow on any machine.
expect 0 "$lutbench" --record own
sed 's/^scalar interpolate 4 .*/scalar interpolate 4 0.0001/' own >slow
expect 3 "$lutbench" --alarm slow
grep -q '^scalar interpolate of rank 4: ' last.out || die "which kernel is slow"
exit 0
