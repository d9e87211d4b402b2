#!/bin/sh
# Ranks that die or stand still in a job that goes on: what they held goes to others, whoever
# comes back is heard, whoever is left alone leaves.
. "${srcdir:-.}/tests/fault/common.sh"
need_mpirun
small="$config epochs=${BEATS_EPOCHS:-250}"
expect 0 "$lutsweep" $small -o clean.h5 --workers 2
# A beat of 0.05 s: a rank is given up after 0.6 s, rank 0 after 1.2 s; trials take a third of
# a second.
start() # FILE RANKS FLAGS ...
{
    file=$1 n=$2
    shift 2
    timeout 60 $MPIRUN --oversubscribe "$@" -n $n "$lutsweep" $small -o "$work/$file" --beat 0.05 \
        --checkpoint-every 10 >run.out 2>&1 &
    pid=$!
    wait_records $file 1
    begun=$(now)
}

ended() # FILE: reason
{
    cat "$1".run/journal/*.0.jl | sed -n 's/.* END .* reason=\([a-z_]*\).*/\1/p' | tail -n 1
}

# Row 7.
start seven.h5 3 --enable-recovery
kill -9 "$(rank_pid seven.h5 1)" || die "no rank 1"
wait $pid
status=$?
grep -q 'rank 1 has been silent' run.out || die "nobody missed it"
[ "$(ended seven.h5)" = complete ] || die "the run did not end by itself: $(ended seven.h5)"
equal clean.h5 seven.h5
row 7 "rank 1 of 3: SIGKILL under mpirun --enable-recovery" \
    "the others miss it after 0.6 s and do its trials; complete, equal; mpirun says $status"

# Row 9.
start nine.h5 3
rank=$(rank_pid nine.h5 1)
kill -STOP "$rank" || die "no rank 1"
sleep 1
kill -CONT "$rank"
wait $pid
status=$?
[ $status = 0 ] || die "exit status $status after a rank stood still"
equal clean.h5 nine.h5
row 9 "rank 1 of 3: SIGSTOP for 1 s, then SIGCONT" \
    "exit 0, $(grep -c 'has been silent' run.out) time given up; $(ran_twice nine.h5) trials reported twice, equal results; equal"

# Row 24.
start rank0.h5 3 --enable-recovery
kill -9 "$(rank_pid rank0.h5 0)" || die "no rank 0"
sent=$(now)
wait $pid
status=$?
took=$(($(now) - sent))
gone $(of_sweep rank0.h5) || die "left: $(of_sweep rank0.h5)"
had=$(records rank0.h5)
expect 0 "$lutsweep" $small -o rank0.h5
equal clean.h5 rank0.h5
[ "$(ran_twice rank0.h5)" = 0 ] || die "a finished trial ran again"
row 24 "rank 0 of 3: SIGKILL under mpirun --enable-recovery" \
    "the others leave after $took ms, $had of 10 finished; mpirun says $status; run again: exit 0, equal"
exit 0
