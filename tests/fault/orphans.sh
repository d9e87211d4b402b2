#!/bin/sh
# Whatever ends mpirun, no process of the sweep is left two seconds later.
. "${srcdir:-.}/tests/fault/common.sh"
need_mpirun
# Trials of a second and more on any machine.
LUTSWEEP_FAULT=child-epoch:1+:sleep0.01
export LUTSWEEP_FAULT
slow="epochs=100"
# Between two trials a slot is empty for a moment.
wait_processes() # FILE N: sets all
{
    i=0
    while all=$(of_sweep "$1") && [ "$(echo "$all" | wc -w)" -lt "$2" ]; do
        i=$((i + 1))
        [ $i -lt 300 ] || die "not two ranks and two trials: $all"
        sleep 0.02
    done
}

for signal in KILL TERM; do
    begin
    timeout 120 $MPIRUN --oversubscribe -n 2 "$lutsweep" "$config" $slow -o "$work/$signal.h5" \
        >run.out 2>&1 &
    pid=$!
    wait_records $signal.h5 1
    wait_processes $signal.h5 4
    sent=$(now)
    kill -s $signal $(children $pid)
    wait $pid
    status=$?
    gone $all $(of_sweep $signal.h5) || die "$signal: left: $(of_sweep $signal.h5)"
    took=$(($(now) - sent))
    [ $status != 0 ] || die "$signal: the sweep had ended before"
    had=$(records $signal.h5)
    expect 0 timeout 60 "$lutsweep" "$config" $slow --dry-run -o $signal.h5
    grep -q "$had finished, $((10 - had)) would run" last.out || die "$signal: $(cat last.out)"
    row 14 "SIG$signal to mpirun" \
        "exit $status; 2 ranks and 2 trials gone after $took ms; $had of 10 stay finished"
done
exit 0
