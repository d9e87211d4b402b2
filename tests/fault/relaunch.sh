#!/bin/sh
# The wrapper starts again what died with progress, gives up on what does not get on, and
# knows the truth where mpirun says 0.
. "${srcdir:-.}/tests/fault/common.sh"
relaunch="$source/tools/lutsweep-relaunch"
LUTSWEEP_RELAUNCH_WAIT=0
export LUTSWEEP_RELAUNCH_WAIT
expect 0 "$lutsweep" "$config" epochs=20 -o clean.h5

# Codes of lutsweep are passed on, without a second launch.
for code in 0 2 3 4 5 6 75; do
    expect $code sh "$relaunch" -f x.h5 sh -c "echo launched; exit $code"
    [ "$(grep -c launched last.out)" = 1 ] || die "$code: launched again"
done
expect 9 sh "$relaunch" -n 2 -f x.h5 sh -c "echo launched; exit 9"
[ "$(grep -c launched last.out)" = 2 ] || die "-n 2: not two launches"
expect 2 sh "$relaunch" true

# Rank 0 without mpirun, three times dead, each time further.
begin
with ack:3:kill,record-rename:6:sleep0,ack:5:kill,merge-write:4:kill \
    expect 0 sh "$relaunch" "$lutsweep" "$config" epochs=20 -o alone.h5 --workers 1
[ "$(fired ack)" = 2 ] && [ "$(fired merge-write)" = 1 ] || die "not three deaths"
equal clean.h5 alone.h5
[ "$(ran_twice alone.h5)" = 0 ] || die "a finished trial ran again"
row 6 "rank 0 (no MPI) dies three times, under lutsweep-relaunch" \
    "4 launches, exit 0; equal; none ran twice"

need_mpirun
# Row 6: a worker rank, and mpirun itself.
begin
with assign:4:kill expect 0 sh "$relaunch" $MPIRUN --oversubscribe -n 2 "$lutsweep" "$config" \
    epochs=20 -o rank.h5
must_fire assign
equal clean.h5 rank.h5
row 6 "rank 0 killed while it assigns, under lutsweep-relaunch mpirun" \
    "mpirun left with $(sed -n 's/.*left with \([0-9]*\),.*/\1/p' last.out | head -n 1); again; exit 0; equal"

begin
LUTSWEEP_RELAUNCH_WAIT=1 sh "$relaunch" $MPIRUN --oversubscribe -n 2 "$lutsweep" "$config" \
    epochs=150 -o "$work/mpirun.h5" >run.out 2>&1 &
pid=$!
wait_records mpirun.h5 2
kill -9 $(children $pid)
wait $pid
status=$?
[ $status = 0 ] || die "exit status $status after mpirun was killed"
[ "$(ran_twice mpirun.h5)" = 0 ] || die "a finished trial ran again"
[ "$(records mpirun.h5)" = 10 ] || die "not all trials"
row 14 "SIGKILL to mpirun, under lutsweep-relaunch" \
    "left with $(sed -n 's/.*left with \([0-9]*\),.*/\1/p' run.out | head -n 1); again; exit 0, none ran twice"

# mpirun says 0 although the only rank has died.
begin
with ack:4:kill expect 0 sh "$relaunch" $MPIRUN --oversubscribe --enable-recovery -n 1 \
    "$lutsweep" "$config" epochs=20 -o lies.h5
must_fire ack
grep -q 'left with 137' last.out || die "the lie was believed"
equal clean.h5 lies.h5
row 7 "rank 0 of 1 killed under mpirun --enable-recovery, which says 0" \
    "read from the journal as 137; again; exit 0; equal"
exit 0
