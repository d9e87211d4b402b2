#!/bin/sh
# A signal ends a run early but in order: exit status 75, a results file with what is
# finished, and the same command goes on to the same bytes.
. "${srcdir:-.}/tests/mpi/common.sh"
[ -z "${LUT_QUICK:-}" ] || exit 77
sweep="$lutsweep $config epochs=40 --workers 2"

events() # FILE EVENT: how many of them the journals have
{
    cat "$1".run/journal/*.jl | grep -c " $2 "
}

expect 0 $sweep -o clean.h5

# First one: the trials that run are finished, no other is started.  Again: they save where
# they are and leave; SIGTERM: they are ended.  They count as not run.
for signals in INT 'INT INT' TERM; do
    file=$(echo "$signals" | tr -d ' ').h5
    $sweep -o "$file" >run.out 2>&1 &
    pid=$!
    wait_records "$file" 2
    for s in $signals; do
        kill -s "$s" $pid
        sleep 0.05
    done
    wait $pid
    status=$?
    [ $status = 75 ] || die "exit status $status after $signals, want 75"
    grep -q 'the same command goes on' run.out || die "$signals: no word on how to go on"
    n=$(records "$file")
    [ "$n" -ge 2 ] && [ "$n" -lt 10 ] || die "$signals: $n of 10 trials finished"
    grep -q "$file: $n trials" run.out || die "$signals: the file does not have $n trials"
    if [ "$signals" = INT ] && [ "$(events "$file" CANCEL)" != 0 ]; then
        die "a running trial was not finished"
    fi
    [ "$(events "$file" START)" = $((n + $(events "$file" CANCEL))) ] ||
        die "$signals: trials that neither finished nor were cancelled"
    expect 0 $sweep -o "$file"
    equal clean.h5 "$file"
    [ "$(events "$file" DONE)" = 10 ] || die "$signals: a trial ran twice"
done

# Saved where they are: by SIGUSR1, which schedulers send before the end, and by a limit of
# time.  What goes on from a checkpoint has not trained its first epochs again.
long="$lutsweep $config epochs=400 parametrization=dwn lut_rank=2,4 --workers 2"
expect 0 $long -o whole.h5
for how in USR1 limit; do
    if [ $how = USR1 ]; then
        $long -o $how.h5 >run.out 2>&1 &
        pid=$!
        sleep 0.4
        kill -s USR1 $pid
        wait $pid
        status=$?
    else
        $long -o $how.h5 --time-limit 2.4s >run.out 2>&1
        status=$?
    fi
    [ $status = 75 ] || die "exit status $status after $how, want 75"
    grep -q 'trials that run save where they are' run.out || die "$how: no word on it"
    [ -n "$(ls $how.h5.run/checkpoint)" ] || die "$how: no checkpoint"
    expect 0 $long -o $how.h5
    equal whole.h5 $how.h5
    [ -z "$(ls $how.h5.run/checkpoint)" ] || die "$how: a checkpoint is left"
done
expect 2 "$lutsweep" "$config" --time-limit soon
grep -q -- '--time-limit=soon: want' last.out || die "no message"

# What nohup has had ignored stays so.
(
    trap '' HUP
    exec $sweep -o nohup.h5
) >run.out 2>&1 &
pid=$!
wait_records nohup.h5 1
kill -s HUP $pid
wait $pid
status=$?
[ $status = 0 ] || die "exit status $status after a SIGHUP that is ignored"
equal clean.h5 nohup.h5
exit 0
