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

# First one: the trials that run are finished, no other is started.  Again, or SIGTERM: they
# are ended, and count as not run.
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
