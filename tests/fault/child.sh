#!/bin/sh
# A trial that crashes, hangs or is killed costs itself and nothing else.
. "${srcdir:-.}/tests/fault/common.sh"
sweep="$lutsweep $config epochs=20 --workers 2"
expect 0 $sweep -o clean.h5

# Row 1.  The tenth start and what follows it: one trial, twice, as a crash is tried again.
for action in segv abort exit3; do
    begin
    with child-start:10+:$action expect 3 $lutsweep $config epochs=20 --workers 1 \
        -o $action.h5
    must_fire child-start
    expect 0 "$lutsweep" --status $action.h5
    case $action in
    segv) grep -q 'crashed' last.out || die "$action: no cause" ;;
    abort) grep -q 'crashed' last.out || die "$action: no cause" ;;
    *) grep -q 'error' last.out || die "$action: no cause" ;;
    esac
    cause=$(sed -n 's/^ *[0-9a-f]\{16\}  \([a-z_]*\) after.*: \(.*\)/\1: \2/p' last.out)
    [ "$(records $action.h5)" = 9 ] || die "$action: not the nine others"
    expect 0 $sweep -o $action.h5
    equal clean.h5 $action.h5
    row 1 "trial: $action at its start, each time" \
        "exit 3, 9 of 10 finished, cause \"$cause\"; run again: equal"
done
begin
with child-epoch:30:kill expect 0 $sweep -o kill.h5
must_fire child-epoch
equal clean.h5 kill.h5
[ "$(events kill.h5 FAIL)" = 1 ] || die "kill: no FAIL in the journal"
row 1 "trial: SIGKILL in an epoch" "exit 0, tried again in the same run; equal"

# Row 2.  Half a gigabyte is more than a trial needs, and less than it then asks for.
begin
with child-start:3:memory expect 3 $sweep trial_memory=512M -o memory.h5
must_fire child-start
expect 0 "$lutsweep" --status memory.h5
grep -q 'out_of_memory after 1 attempt' last.out || die "no cause: $(cat last.out)"
[ "$(records memory.h5)" = 9 ] || die "not the nine others"
expect 0 $sweep -o memory.h5
equal clean.h5 memory.h5
row 2 "trial: allocates past trial_memory = 512M" \
    "exit 3, 9 of 10 finished, cause \"out_of_memory\", one attempt; run again: equal"

# Row 3.
begin
with child-epoch:10:hang expect 3 $sweep trial_time=2 -o hang.h5
must_fire child-epoch
expect 0 "$lutsweep" --status hang.h5
grep -q 'timeout after 1 attempt' last.out || die "no cause: $(cat last.out)"
[ "$(records hang.h5)" = 9 ] || die "not the nine others"
expect 0 $sweep -o hang.h5
equal clean.h5 hang.h5
row 3 "trial: hangs in an epoch, trial_time = 2" \
    "exit 3, killed after 2 s, cause \"timeout\", one attempt; run again: equal"

# Row 4.
wild="$lutsweep $config epochs=20 -o nan.h5 parametrization=warp lut_rank=2 tau=5 width=200
    optimizer=sgd lr=1000 regulariser=weight_decay weight_decay.weight=1000"
begin
expect 0 $wild
expect 0 "${lutsweep%lutsweep}lutreport" nan.h5 --metric epochs_run --by status --format csv
status=$(sed -n '2s/,.*//p' last.out)
[ "$status" = diverged ] || die "status \"$status\""
expect 0 $wild
[ "$(events nan.h5 START)" = 1 ] || die "a diverged trial ran again"
row 4 "numbers overflow in the first epoch" "exit 0, status \"diverged\", never tried again"

# Row 5.  Half a record under a temporary name, whole ones without their name.
for site in record-write record-rename child-end; do
    begin
    with $site:3:kill expect 0 $sweep -o $site.h5
    must_fire $site
    equal clean.h5 $site.h5
    expect 0 $sweep -o $site.h5
    [ "$(ran_twice $site.h5)" = 0 ] || die "$site: a finished trial ran again"
    [ "$(find $site.h5.run -name '*.tmp.*' | wc -l)" = 0 ] || die "$site: temporary files are left"
    row 5 "trial: SIGKILL at $site" \
        "exit 0; equal; $(events $site.h5 FAIL) tried again; run again: no temporary file is left"
done
exit 0
