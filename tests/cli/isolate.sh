#!/bin/sh
# A trial in a copy of the program, in the program anew and in no process of its own gives the
# same bytes; a spawned one dies with its supervisor, and its own death is an ordinary failure.
. "${srcdir:-.}/tests/mpi/common.sh"
[ -z "${LUT_QUICK:-}" ] || exit 77
sweep="$lutsweep $config --workers 2"

expect 0 $sweep -o fork.h5
for how in spawn none; do
    expect 0 $sweep -o $how.h5 --isolate $how
    equal fork.h5 $how.h5
done
if [ -n "${MPIRUN:-}" ] && $MPIRUN --oversubscribe -n 1 true >mpirun.out 2>&1; then
    expect 0 ranks 2 "$config" -o mpi.h5 --isolate spawn
    equal fork.h5 mpi.h5
fi

# A child of PID in a program of its own; waits for one.
spawned() # PID
{
    i=0
    while [ $i -lt 600 ]; do
        i=$((i + 1))
        for p in $(children "$1"); do
            grep -q -a -e --run-trial "/proc/$p/cmdline" 2>/dev/null && echo "$p" && return
        done
        sleep 0.02
    done
}

# Its death is told apart, and the trial is tried again.
for end in 'SEGV crashed' 'KILL lost'; do
    set -- $end
    $sweep parametrization=light lut_rank=4 width=200 epochs=150 -o "$1.h5" --isolate spawn >run.out 2>&1 &
    pid=$!
    child=$(spawned $pid)
    [ -n "$child" ] || die "no child in a program of its own"
    kill -s "$1" "$child"
    wait $pid
    status=$?
    [ $status = 0 ] || die "exit status $status after SIG$1 to a trial"
    grep -q " FAIL .*cause=$2 .*log=SIG$1" "$1".h5.run/journal/*.jl ||
        die "SIG$1: no failure with cause $2 in the journal"
done
equal SEGV.h5 KILL.h5

# An orphan dies with its supervisor.
$sweep epochs=100000 -o orphan.h5 --isolate spawn >run.out 2>&1 &
pid=$!
child=$(spawned $pid)
[ -n "$child" ] || die "no child in a program of its own"
kill -s KILL $pid
wait $pid 2>/dev/null
i=0
while [ -e "/proc/$child" ]; do
    i=$((i + 1))
    [ $i -lt 500 ] || die "the orphan $child lives on"
    sleep 0.02
done
exit 0
