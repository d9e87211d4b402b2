#!/bin/sh
# The same table for any number of workers, ranks and threads and in any order.
. "${srcdir:-.}/tests/mpi/common.sh"

expect 0 "$lutsweep" "$config" -o one.h5 --workers 1
expect 0 "$lutsweep" "$config" -o two.h5 --workers 2
equal one.h5 two.h5
expect 0 "$lutsweep" "$config" -o random.h5 --workers 3 --order random --threads 2
equal one.h5 random.h5

# In two parts, joined.
expect 0 "$lutsweep" "$config" -o p1.h5 --part 1/2
expect 0 "$lutsweep" "$config" -o p2.h5 --part 2/2
[ "$(records p1.h5)" -lt 10 ] || die "part 1 ran everything"
expect 0 "$lutsweep" --merge p1.h5 p2.h5 -o parts.h5
equal one.h5 parts.h5

# Extended from the file alone: the union, and nothing runs twice.
expect 0 "$lutsweep" --clean two.h5
[ ! -e two.h5.run ] || die "--clean left the directory"
expect 0 "$lutsweep" "$config" -o two.h5 seeds=2
[ "$(grep -c START two.h5.run/journal/*)" = 10 ] || die "an extension ran old trials"
expect 0 "$lutsweep" "$config" -o both.h5 seeds=2
equal both.h5 two.h5
expect 0 "$lutsweep" "$config" -o both.h5
[ "$(records both.h5)" = 20 ] || die "a smaller configuration lost trials"

need_mpirun
for n in 1 2 3; do
    expect 0 ranks $n "$config" -o np$n.h5
    equal one.h5 np$n.h5
done
grep -l DONE np3.h5.run/journal/*.1.jl np3.h5.run/journal/*.2.jl >who.out ||
    die "only rank 0 worked"

# A mistake in the configuration is told once, and every rank leaves with 2.
expect 2 ranks 3 "$config" -o bad.h5 lut_rnak=2
[ "$(grep -c 'did you mean' last.out)" = 1 ] || die "not one message"
[ ! -e bad.h5.run ] || die "a refused sweep left a directory"
exit 0
