#!/bin/sh
# Whatever is killed in the middle, the same command finishes the same table.
. "${srcdir:-.}/tests/mpi/common.sh"
[ -e /proc/self/task/$$/children ] || [ -e /proc/$$/task/$$/children ] || exit 77

expect 0 "$lutsweep" "$config" epochs=80 -o clean.h5

# A child: lost, tried again in the same run, no failure of the trial.
"$lutsweep" "$config" epochs=80 -o child.h5 --workers 1 >child.out 2>&1 &
pid=$!
wait_records child.h5 2
kill -9 $(children $pid)
wait $pid
status=$?
[ $status = 0 ] || die "exit status $status after a child was killed"
[ "$(records child.h5)" = 10 ] || die "records are missing"
equal clean.h5 child.h5

# Everything of a run without ranks.
"$lutsweep" "$config" epochs=80 -o alone.h5 --workers 2 >alone.out 2>&1 &
pid=$!
wait_records alone.h5 2
orphans=$(children $pid)
kill -9 $pid
wait $pid
sleep 0.2
for p in $orphans; do
    if [ -e /proc/$p ] && ! grep -q '^State:.*Z' /proc/$p/status; then
        die "child $p outlived its supervisor"
    fi
done
expect 0 "$lutsweep" "$config" epochs=80 -o alone.h5
equal clean.h5 alone.h5

need_mpirun
for victim in 1 0; do
    file=rank$victim.h5
    timeout 120 $MPIRUN --oversubscribe -n 3 "$lutsweep" "$config" epochs=80 -o $file \
        >rank.out 2>&1 &
    pid=$!
    wait_records $file 2
    for p in $(children $(children $pid)) $(children $pid); do
        if tr '\0' '\n' 2>/dev/null </proc/$p/environ |
            grep -q "^OMPI_COMM_WORLD_RANK=$victim\$"; then
            rank=$p # children of ranks have it too; ranks come last
        fi
    done
    kill -9 $rank
    wait $pid
    status=$?
    [ $status != 0 ] || die "exit status 0 although rank $victim was killed"
    had=$(records $file)
    sleep 2.5 # what is left of the job may still write
    expect 0 ranks 2 "$config" epochs=80 -o $file
    [ "$(records $file)" = 10 ] || die "records are missing"
    [ "$had" -ge 2 ] || die "finished trials were lost"
    equal clean.h5 $file
done
exit 0
