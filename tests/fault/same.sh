#!/bin/sh
# Row 18: the same bytes for any number of workers, ranks and threads and in any order, and
# for the first kill in each site.
. "${srcdir:-.}/tests/fault/common.sh"
small="$config epochs=4"
begin
n=0
expect 0 "$lutsweep" $small -o clean.h5 --workers 1
for order in longest config random; do
    for threads in 1 2; do
        expect 0 "$lutsweep" $small -o x.h5 --workers 3 --order $order --threads $threads
        equal clean.h5 x.h5
        n=$((n + 1))
        rm -rf x.h5*
    done
done
row 18 "3 workers; 3 orders times 1 and 2 threads" "/trials, /history and networks equal in $n of $n"

need_mpirun
begin
for ranks in 1 2 3 8; do
    expect 0 ranks $ranks $small -o np$ranks.h5 --threads $((1 + ranks % 2))
    equal clean.h5 np$ranks.h5
done
row 18 "1, 2, 3 and 8 ranks" "equal"
exit 0
