#!/bin/sh
# Rungs: the same trials are pruned whatever runs them and however often it is interrupted,
# and a trial that reached the end by way of rungs is the one that went there at once.
. "${srcdir:-.}/tests/mpi/common.sh"
lutreport=$(dirname "$lutsweep")/lutreport
halving="$lutsweep $config epochs=160 strategy=halving search.eta=2 search.min_epochs=20"

expect 0 $halving -o one.h5 --workers 1
count() # FILE STATUS
{
    "$lutreport" "$1" --where "status = $2" --by key --format csv 2>report.out | tail -n +2 |
        wc -l
}
[ "$(count one.h5 ok)" = 1 ] || die "$(count one.h5 ok) of 10 trials went to the end, want 1"
[ "$(count one.h5 pruned)" = 9 ] || die "$(count one.h5 pruned) of 10 trials are pruned"
[ -z "$(ls one.h5.run/checkpoint)" ] || die "checkpoints of trials that have ended are left"
expect 0 $halving -o two.h5 --workers 3 --order random --threads 2
equal one.h5 two.h5

# Ended in the middle, by a signal that has trials save where they are and by one that gives
# them no time for it, and gone on with: in the first rung, and when it is decided.
longer="$lutsweep $config epochs=240 strategy=halving search.eta=2 search.min_epochs=30"
expect 0 $longer -o whole.h5 --workers 2
for signal in USR1 KILL; do
    $longer -o $signal.h5 --workers 2 >run.out 2>&1 &
    pid=$!
    [ $signal = USR1 ] && event=PAUSE want=75 || event=PROMOTE want=137
    wait_events $signal.h5 $event 1
    kill -s $signal $pid
    wait $pid
    status=$?
    [ $status = $want ] || die "exit status $status after SIG$signal, want $want"
    [ "$(records $signal.h5)" -lt 10 ] || die "SIG$signal: it had ended before"
    expect 0 $longer -o $signal.h5 --workers 2
    equal whole.h5 $signal.h5
done

# Trials that were pruned may be tried again; with them, and with the one that came by way of
# rungs, the file is the grid's.
expect 0 "$lutsweep" "$config" epochs=160 -o grid.h5
expect 0 "$lutsweep" "$config" epochs=160 -o two.h5 --retry pruned
equal grid.h5 two.h5

# Decisions as they come: each once, also where the run was killed between two.
asha="$lutsweep $config epochs=240 strategy=asha search.eta=2 search.min_epochs=30"
$asha -o asha.h5 --workers 2 >run.out 2>&1 &
pid=$!
wait_events asha.h5 PROMOTE 1
kill -s KILL $pid
wait $pid
status=$?
[ $status = 137 ] || die "asha: exit status $status after SIGKILL"
[ "$(records asha.h5)" -lt 10 ] || die "asha: it had ended before"
expect 0 $asha -o asha.h5 --workers 2
[ $(($(count asha.h5 ok) + $(count asha.h5 pruned))) = 10 ] || die "asha: trials are missing"
cat asha.h5.run/journal/*.jl | awk '$4 == "PROMOTE" { print $5, $7 }' | sort >promotions.out
[ -s promotions.out ] || die "asha: nothing was promoted"
[ -z "$(uniq -d promotions.out)" ] || die "asha: a trial was promoted twice at one rung"

need_mpirun
expect 0 ranks 3 "$config" epochs=160 strategy=halving search.eta=2 search.min_epochs=20 \
    -o ranks.h5
equal one.h5 ranks.h5
exit 0
