#!/bin/sh
# Exit codes and refusals of lutsweep, and what they leave alone.
. "${srcdir:-.}/tests/mpi/common.sh"

has()
{
    grep -q "$1" last.out || die "no \"$1\" in the output"
}

expect 0 "$lutsweep" --help
expect 0 "$lutsweep" --version
expect 0 "$lutsweep" --keys
has lut_rank
expect 0 "$lutsweep" --list
has difflogic
expect 2 "$lutsweep"
expect 2 "$lutsweep" --no-such-option
expect 2 "$lutsweep" nowhere.cfg
expect 2 "$lutsweep" "$config" --part 3/2
expect 2 "$lutsweep" "$config" --retry crash
expect 2 "$lutsweep" "$config" --order alphabetical
expect 2 "$lutsweep" "$config" --workers 0
expect 2 env SLURM_NTASKS=4 "$lutsweep" "$config" -o slurm.h5
has mpirun
[ ! -e slurm.h5.run ] || die "a refused sweep left a directory"
expect 0 "$lutsweep" "$config" --dry-run -o x.h5
has '10 would run'
[ ! -e x.h5.run ] || die "--dry-run left a directory"

# What a killed run left of the file goes, what only looks like it stays.
: >x.h5.tmp.17.0
: >x.h5.tmp.mine
expect 0 "$lutsweep" "$config" -o x.h5
has lutreport
[ ! -e x.h5.tmp.17.0 ] && [ -e x.h5.tmp.mine ] || die "left-overs"
expect 0 "$lutsweep" "$config" --dry-run -o x.h5
has '0 would run'
mv x.h5.run aside
expect 0 "$lutsweep" "$config" --dry-run -o x.h5 seeds=2
has '20 trials, 10 finished, 10 would run'
expect 4 "$lutsweep" "$config" --dry-run -o x.h5 name=other
mv aside x.h5.run
expect 0 "$lutsweep" --status x.h5
has '10 trials finished'
key=$(ls x.h5.run/rec/* | grep rec$ | head -n 1)
key=${key%.rec}
expect 0 "$lutsweep" --explain x.h5 "$key"
has 'attempt 1: ok'
expect 2 "$lutsweep" --explain x.h5 zzzz

# Nothing of another's is touched.
cp x.h5 kept.h5
expect 4 "$lutsweep" "$config" -o x.h5 'name="other"'
has smoke
cmp -s x.h5 kept.h5 || die "a refusal changed the file"
echo "not HDF5" >text.h5
expect 2 "$lutsweep" "$config" -o text.h5
[ "$(cat text.h5)" = "not HDF5" ] && [ ! -e text.h5.run ] || die "a foreign file was changed"
head -c 3000 x.h5 >torn.h5
expect 2 "$lutsweep" "$config" -o torn.h5
[ ! -e torn.h5.run ] || die "a refusal left a directory"
expect 5 "$lutsweep" "$config" -o missing/x.h5

# The file again, from its directory; a damaged record runs again.
rm x.h5
expect 0 "$lutsweep" --merge x.h5
equal kept.h5 x.h5
printf x | dd of="x.h5.run/rec/$(echo "$key" | cut -c 1-2)/$key.rec" bs=1 seek=100 \
    conv=notrunc 2>dd.out
rm x.h5
expect 0 "$lutsweep" "$config" -o x.h5
equal kept.h5 x.h5

# One run at a time; a signal drains, the same command goes on.
"$lutsweep" "$config" epochs=300 -o long.h5 --workers 1 >long.out 2>&1 &
pid=$!
wait_records long.h5 1
expect 4 "$lutsweep" "$config" epochs=300 -o long.h5
has 'another run'
kill -TERM $pid
wait $pid
status=$?
[ $status = 75 ] || die "exit status $status after SIGTERM, want 75"
[ -e long.h5 ] || die "no results file after a drain"
n=$(records long.h5)
[ "$n" -ge 1 ] && [ "$n" -lt 10 ] || die "$n records after a drain"
expect 0 "$lutsweep" "$config" epochs=300 -o long.h5
expect 0 "$lutsweep" "$config" epochs=300 -o straight.h5
equal straight.h5 long.h5

# No room: nothing is lost, and it goes on once there is.
if [ -c /dev/full ]; then
    mkdir full.h5.run full.h5.run/run
    ln -s /dev/full full.h5.run/probe
    expect 5 "$lutsweep" "$config" -o full.h5
    has 'No space left'
fi
exit 0
