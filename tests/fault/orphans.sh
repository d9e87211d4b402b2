#!/bin/sh
# Whatever ends mpirun, no process of the sweep is left two seconds later.
. "${srcdir:-.}/tests/fault/common.sh"
need_mpirun
for signal in KILL TERM; do
    begin
    timeout 120 $MPIRUN --oversubscribe -n 2 "$lutsweep" "$config" $slow -o "$work/$signal.h5" \
        >run.out 2>&1 &
    pid=$!
    wait_records $signal.h5 1
    all=$(of_sweep $signal.h5)
    [ "$(echo "$all" | wc -w)" -ge 4 ] || die "not two ranks and two trials: $all"
    sent=$(now)
    kill -s $signal $(children $pid)
    wait $pid
    status=$?
    gone $(of_sweep $signal.h5) || die "$signal: left: $(of_sweep $signal.h5)"
    took=$(($(now) - sent))
    had=$(records $signal.h5)
    expect 0 timeout 60 "$lutsweep" "$config" $slow --dry-run -o $signal.h5
    grep -q "$had finished, $((10 - had)) would run" last.out || die "$signal: $(cat last.out)"
    row 14 "SIG$signal to mpirun" \
        "exit $status; 2 ranks and 2 trials gone after $took ms; $had of 10 stay finished"
done
exit 0
