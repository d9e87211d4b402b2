#!/bin/sh
# A disk that fails or is full, files that were damaged, a merge that dies, few descriptors.
. "${srcdir:-.}/tests/fault/common.sh"
sweep="$lutsweep $config epochs=20 --workers 2"
expect 0 $sweep -o clean.h5

# Row 11.
for at in record-write:3:enospc record-rename:3:eio journal-add:5:enospc journal-sync:3:eio \
    merge-write:4:enospc merge-write:11:eio merge-rename:1:eio plan-write:1:enospc; do
    begin
    with $at expect 5 $sweep -o disk.h5
    must_fire ${at%%:*}
    case $at in
    *enospc) grep -q 'No space left' last.out || die "$at: no cause" ;;
    *) grep -q 'Input/output error' last.out || die "$at: no cause" ;;
    esac
    had=$(records disk.h5)
    expect 0 $sweep -o disk.h5
    equal clean.h5 disk.h5
    [ "$(ran_twice disk.h5)" = 0 ] || die "$at: a finished trial ran again"
    row 11 "${at##*:} at ${at%%:*}" "exit 5 with $had of 10 records; run again: exit 0, equal"
    rm -rf disk.h5*
done

# Two that join into one file that has no folder: the second one waits its turn.
begin
rm -f "$LUTSWEEP_FAULT_LOG"
with merge-write:2:stop "$lutsweep" --merge clean.h5 -o joint.h5 >joint.out 2>&1 &
first=$!
i=0
while [ "$(fired merge-write)" != 1 ]; do
    i=$((i + 1))
    [ $i -lt 300 ] || die "no merge that stands still"
    sleep 0.05
done
sleep 0.1 # told before it is done
expect 4 "$lutsweep" --merge clean.h5 -o joint.h5
grep -q 'joint.h5.lock: another run' last.out || die "not locked"
kill -CONT "$(sed -n 's/^merge-write [^ ]* [^ ]* \([0-9]*\) .*/\1/p' "$LUTSWEEP_FAULT_LOG")"
wait $first || die "exit status $? of the first merge"
[ ! -e joint.h5.lock ] || die "a lock was left"
equal clean.h5 joint.h5

# Row 12.
begin
with ack:8:kill expect 137 $sweep -o torn.h5
journal=$(ls torn.h5.run/journal/*.jl)
truncate -s -7 "$journal"
expect 0 "$lutsweep" --status torn.h5
expect 0 $sweep -o torn.h5
equal clean.h5 torn.h5
row 12 "last line of the journal torn" "dropped in silence; run again: exit 0, equal"

begin
rm torn.h5
printf '\377' | dd of="$journal" bs=1 seek=300 conv=notrunc 2>dd.out
expect 0 $sweep -o torn.h5
grep -q 'damaged line' last.out || die "a damaged line was not reported"
equal clean.h5 torn.h5
row 12 "a byte of the journal changed" "line ignored and reported; records decide: nothing runs, equal"

begin
set -- torn.h5.run/rec/*/*.rec
printf '\377' | dd of="$1" bs=1 seek=200 conv=notrunc 2>dd.out
rm "$2" torn.h5
expect 0 $sweep -o torn.h5
grep -q 'record ignored' last.out || die "a damaged record was not reported"
equal clean.h5 torn.h5
row 12 "a record damaged, another removed" "both trials run again, no other; equal"

# Row 19.
for at in merge-write:5 merge-write:11 merge-rename:1; do
    begin
    cp clean.h5 merge.h5
    rm -rf merge.h5.run
    cp -r clean.h5.run merge.h5.run
    with $at:kill expect 137 "$lutsweep" --merge merge.h5
    must_fire ${at%:*}
    cmp -s clean.h5 merge.h5 || die "$at: the old file is not what it was"
    expect 0 "$lutsweep" --merge merge.h5
    equal clean.h5 merge.h5
    row 19 "SIGKILL in the merge at ${at%:*}, pass ${at#*:}" "old file intact; merged again: equal"
done

# Row 20.
begin
seeds=125 # a thousand trials in a few seconds; FAULTS_LONG: two thousand
[ -z "${FAULTS_LONG:-}" ] || seeds=250
many="synth.samples=100 synth.test_samples=20 epochs=1 width=8 depth=1 seeds=$seeds"
(
    ulimit -n 64
    expect 0 "$lutsweep" "$config" $many -o many.h5 --workers 2
) || exit 1
n=$(records many.h5)
[ "$n" -ge 1000 ] || die "$n trials only"
row 20 "$n trials, 64 file descriptors" "exit 0"
exit 0
