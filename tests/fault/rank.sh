#!/bin/sh
# Ranks, rank 0 and mpirun die, also at the worst moment: what was finished stays finished.
. "${srcdir:-.}/tests/fault/common.sh"
sweep="$lutsweep $config epochs=20"
expect 0 $sweep -o clean.h5

# killed FILE SITE NTH: with what is there when rank 0 alone, which does everything, dies.
killed_alone()
{
    begin
    with "$2:$3:kill" expect 137 $sweep -o "$1" --workers 2 --checkpoint-every 5
    must_fire "$2"
    had=$(records "$1")
    expect 0 $sweep -o "$1"
    equal clean.h5 "$1"
    [ "$(ran_twice "$1")" = 0 ] || die "$2: a finished trial ran again"
    row 8 "rank 0 (no MPI): SIGKILL at $2, pass $3" \
        "exit 137 with $had of 10 records; run again: exit 0, equal, none lost, none ran twice"
}

for at in hello:1 assign:5 journal-add:9 journal-sync:4 ack:4; do
    killed_alone ${at%:*}.h5 ${at%:*} ${at#*:}
done

# Row 22.  A second thread would make every fork a gamble.
begin
$lutsweep $config $slow -o threads.h5 --workers 1 --threads 2 >run.out 2>&1 &
pid=$!
wait_records threads.h5 1
own=$(awk '/^Threads:/ { print $2 }' /proc/$pid/status)
kill -TERM $pid
wait $pid
[ "$own" = 1 ] || die "the supervisor has $own threads"
row 22 "threads of a supervisor whose trials have two" "1"

need_mpirun
# Row 6.  The second rank dies when it says hello, a rank in the middle, and one by hand.
for at in hello:2 journal-sync:5; do
    begin
    with $at:kill expect 137 ranks 3 "$config" epochs=20 -o "$work/${at%:*}2.h5"
    died=$(($(now) - begun))
    had=$(records ${at%:*}2.h5)
    gone $(of_sweep ${at%:*}2.h5) || die "left: $(of_sweep ${at%:*}2.h5)"
    expect 0 ranks 2 "$config" epochs=20 -o ${at%:*}2.h5
    equal clean.h5 ${at%:*}2.h5
    [ "$(ran_twice ${at%:*}2.h5)" = 0 ] || die "$at: a finished trial ran again"
    row 6 "a rank of 3: SIGKILL at ${at%:*}" \
        "mpirun ends with 137 after $died ms, $had records; run again: exit 0, equal"
done
exit 0
