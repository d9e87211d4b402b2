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

reported_twice() # FILE: legs of trials, each an end at one number of epochs
{
    cat "$1".run/journal/*.jl | grep -aE ' (DONE|PAUSE) ' |
        sed -E 's/.* (DONE|PAUSE) ([0-9a-f]+) .* epoch=([0-9]+).*/\2 \3/' | sort | uniq -d | wc -l
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

# Row 9.  A rung cannot be complete without what the rank holds, so it must be given up before
# anything is pruned; then it comes back and reports what others have done, also what was
# pruned meanwhile.  Rungs of a sixth of a second and more, on any machine.
halving="$config epochs=64 strategy=halving search.eta=2 search.min_epochs=8"
expect 0 "$lutsweep" $halving -o rungs.h5 --workers 2
halve() # FILE BEAT
{
    begun=$(now)
    LUTSWEEP_FAULT=child-epoch:1+:sleep0.02 timeout 60 $MPIRUN --oversubscribe -n 3 \
        "$lutsweep" $halving -o "$work/$1" --beat $2 >run.out 2>&1 &
    pid=$!
}

wait_start() # FILE RANK: until it has begun a trial
{
    i=0
    until cat "$1".run/journal/*."$2".jl 2>/dev/null | grep -aq ' START '; do
        i=$((i + 1))
        [ $i -lt 1500 ] || die "$1: rank $2 has begun nothing after 30 seconds"
        sleep 0.02
    done
}

# What is left when all are back: no alarm, nobody missing, the same results.
halved() # FILE
{
    wait $pid
    status=$?
    [ $status = 0 ] || die "exit status $status after a rank stood still"
    [ "$(ended "$1")" = complete ] || die "$1: the run ended with $(ended "$1")"
    grep -q 'different results' run.out && die "$1: a false alarm"
    equal rungs.h5 "$1"
}

halve nine.h5 0.05
wait_start nine.h5 1
rank=$(rank_pid nine.h5 1)
kill -STOP "$rank" || die "no rank 1"
wait_events nine.h5 PRUNE 1
grep -q 'rank 1 has been silent' run.out || die "a rung was decided without rank 1's trial"
kill -CONT "$rank"
halved nine.h5
grep -q 'rank 1 is back' run.out || die "rank 1 did not come back"
row 9 "rank 1 of 3: SIGSTOP, in a rung, until that is decided, then SIGCONT" \
    "given up after 0.6 s, then back; exit 0; $(reported_twice nine.h5) legs reported twice, no alarm; equal"

# Rank 0 hears itself as late as the others hear it, and is not to take itself for dead.  It
# stands still for longer than a rank may be silent (1.2 s), and not as long as they wait (2.4 s).
halve still.h5 0.1
wait_start still.h5 0
rank=$(rank_pid still.h5 0)
kill -STOP "$rank" || die "no rank 0"
sleep 1.7
kill -CONT "$rank"
halved still.h5
grep 'rank 0 has been silent' run.out && die "rank 0 gave itself up"
row 9 "rank 0 of 3: SIGSTOP for 1.7 s, then SIGCONT" \
    "exit 0; nobody left, rank 0 does not miss itself; equal"

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
