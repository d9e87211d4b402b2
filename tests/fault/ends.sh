#!/bin/sh
# The two ends of a run: signals and limits before the first trial, and ranks that die after
# the last one.
. "${srcdir:-.}/tests/fault/common.sh"

wait_for() # FILE: half a minute at most
{
    i=0
    while [ ! -e "$1" ]; do
        i=$((i + 1))
        [ $i -lt 600 ] || die "no $1 after 30 seconds"
        sleep 0.05
    done
}

# Told to stop while it prepares itself: in order, or at once.
for s in USR1 INT TERM; do
    LUTSWEEP_FAULT=plan-write:1:sleep1 "$lutsweep" "$config" -o $s.h5 >run.out 2>&1 &
    pid=$!
    wait_for $s.h5.run/lock
    kill -s $s $pid
    wait $pid
    status=$?
    [ $status = 75 ] || die "exit status $status after SIG$s before the first trial, want 75"
    [ "$(records $s.h5)" = 0 ] || die "SIG$s: trials ran"
    expect 0 "$lutsweep" "$config" -o $s.h5
done

# What the preparations take is a part of the time.
begin
LUTSWEEP_FAULT=plan-write:1:sleep2 expect 75 "$lutsweep" "$config" epochs=100000 \
    --workers 1 -o late.h5 --time-limit 5s
[ $(($(now) - begun)) -lt 4800 ] || die "a limit of 5 s began when two had passed"
LUTSWEEP_FAULT=plan-write:1:sleep1 expect 75 "$lutsweep" "$config" -o none.h5 --time-limit 2.9s
grep -q 'before a trial could start' last.out || die "no word on a limit that is too short"

# Refused, with nothing written.
expect 2 "$lutsweep" "$config" -o short.h5 --time-limit 2s
grep -q -- '--time-limit=2s: want more than the 2 s' last.out || die "no message"
expect 2 "$lutsweep" "$config" strategy=halving -o short.h5 --part 1/2
grep -q 'parts that run alone cannot' last.out || die "no message"
newline=$(printf 'a\nb.h5')
expect 2 "$lutsweep" "$config" -o "$newline"
grep -q 'has a newline' last.out || die "no message"
for f in short.h5 short.h5.run "$newline" "$newline.run" a a.run; do
    [ ! -e "$f" ] || die "$f was written"
done

# A rank dies while rank 0 writes the results, after the last word of the farm.
need_mpirun
expect 0 "$lutsweep" "$config" -o clean.h5
LUTSWEEP_FAULT=merge-write:1:sleep2 timeout 60 $MPIRUN --enable-recovery --oversubscribe -n 3 \
    "$lutsweep" "$config" --beat 0.1 -o "$work/dead.h5" >dead.out 2>&1 &
pid=$!
wait_records dead.h5 1
victim=$(rank_pid dead.h5 1)
i=0
while [ "$(fired merge-write)" = 0 ]; do
    i=$((i + 1))
    [ $i -lt 600 ] || die "no merge after 30 seconds"
    sleep 0.05
done
[ -n "$victim" ] || die "rank 1 was not found"
kill -9 $victim
begin
wait $pid
[ $? != 124 ] || die "rank 0 waits for one that is dead"
[ -z "$(of_sweep dead.h5)" ] || die "processes are left"
equal clean.h5 dead.h5
[ $(($(now) - begun)) -lt 20000 ] || die "rank 0 left after $(($(now) - begun)) ms"
exit 0
