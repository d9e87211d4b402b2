#!/bin/sh
# The same table from every kernel set and any number of threads.  Batches of several
# blocks, so that threads have something to share.
. "${srcdir:-.}/tests/mpi/common.sh"

expect 0 "$lutsweep" "$config" -o best.h5 --workers 2 epochs=8 batch=300
for set in scalar avx2 avx512; do
    if LUT_KERNELS=$set "$lutsweep" "$config" -o "$set.h5" --workers 2 epochs=8 batch=300 \
        >last.out 2>&1; then
        equal best.h5 "$set.h5"
        echo "$set: equal"
    else
        [ "$set" != scalar ] && grep -q "kernel set \"$set\"" last.out || die "$set"
        echo "$set: not in this build or not of this machine"
    fi
done
for threads in 2 3 7; do
    expect 0 "$lutsweep" "$config" -o t$threads.h5 --workers 1 --threads $threads \
        epochs=8 batch=300
    equal best.h5 t$threads.h5
done

# And through ranks.
need_mpirun
LUT_KERNELS=scalar
export LUT_KERNELS
expect 0 ranks 3 "$config" -o ranks.h5 --threads 2 epochs=8 batch=300
equal best.h5 ranks.h5
exit 0
