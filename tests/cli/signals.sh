#!/bin/sh
# A signal ends a run early but in order: exit status 75, a results file with what is
# finished, and the same command goes on to the same bytes.
. "${srcdir:-.}/tests/mpi/common.sh"
[ -z "${LUT_QUICK:-}" ] || exit 77
sweep="$lutsweep $config epochs=120 --workers 2"

events() # FILE EVENT: how many of them the journals have
{
    cat "$1".run/journal/*.jl | grep -c " $2 "
}

# Wait until the run has said so, half a minute at most.
wait_word() # WORDS
{
    i=0
    while ! grep -q "$1" run.out; do
        i=$((i + 1))
        [ $i -lt 3000 ] || die "no word of \"$1\" after 30 seconds"
        sleep 0.01
    done
}

expect 0 $sweep -o clean.h5

# First one: the trials that run are finished, no other is started.  Again: they save where
# they are and leave; SIGTERM: they are ended.  They count as not run.
for signals in INT 'INT INT' TERM; do
    file=$(echo "$signals" | tr -d ' ').h5
    $sweep -o "$file" >run.out 2>&1 &
    pid=$!
    wait_records "$file" 2
    kill -s ${signals%% *} $pid
    if [ "$signals" = 'INT INT' ]; then
        wait_word 'trials that run are finished first'
        kill -s INT $pid
    fi
    wait $pid
    status=$?
    [ $status = 75 ] || die "exit status $status after $signals, want 75"
    grep -q 'the same command goes on' run.out || die "$signals: no word on how to go on"
    n=$(records "$file")
    [ "$n" -ge 2 ] && [ "$n" -lt 10 ] || die "$signals: $n of 10 trials finished"
    grep -q "$file: $n trials" run.out || die "$signals: the file does not have $n trials"
    if [ "$signals" = INT ] && [ "$(events "$file" CANCEL)" != 0 ]; then
        die "a running trial was not finished"
    fi
    if [ "$signals" != INT ] && [ "$(events "$file" CANCEL)" = 0 ]; then
        die "$signals: a running trial was finished"
    fi
    case $signals in
    'INT INT') wait_word 'trials that run save where they are' ;;
    TERM) wait_word 'stopping: now' ;;
    esac
    [ "$(events "$file" START)" = $((n + $(events "$file" CANCEL))) ] ||
        die "$signals: trials that neither finished nor were cancelled"
    expect 0 $sweep -o "$file"
    equal clean.h5 "$file"
    [ "$(events "$file" DONE)" = 10 ] || die "$signals: a trial ran twice"
done

# Saved where they are: by SIGUSR1, which schedulers send before the end, once a first epoch
# is over.  What goes on from a checkpoint has not trained its first epochs again.
long="$lutsweep $config epochs=100 parametrization=dwn lut_rank=2,4 --workers 2"
expect 0 $long -o whole.h5
$long -o USR1.h5 --checkpoint-every 1 >run.out 2>&1 &
pid=$!
i=0
while [ -z "$(ls USR1.h5.run/checkpoint 2>/dev/null)" ]; do
    i=$((i + 1))
    [ $i -lt 3000 ] || die "no checkpoint after 30 seconds"
    sleep 0.01
done
kill -s USR1 $pid
wait $pid
status=$?
saved()
{
    [ $status = 75 ] || die "exit status $status after $1, want 75"
    grep -q 'trials that run save where they are' run.out || die "$1: no word on it"
    [ -n "$(ls $1.h5.run/checkpoint)" ] || die "$1: no checkpoint"
}
saved USR1
expect 0 $long -o USR1.h5
equal whole.h5 USR1.h5
[ -z "$(ls USR1.h5.run/checkpoint)" ] || die "a checkpoint is left"

# By a limit of time, of which two seconds are kept for that: trials that end on no machine.
"$lutsweep" "$config" epochs=1000000 parametrization=dwn lut_rank=2 -o limit.h5 \
    --time-limit 4s >run.out 2>&1
status=$?
saved limit
[ "$(records limit.h5)" = 0 ] || die "a million epochs in two seconds"
grep -q 'time limit: stopping' run.out || die "no word on the time limit"
expect 2 "$lutsweep" "$config" --time-limit soon
grep -q -- '--time-limit=soon: want' last.out || die "no message"

# What nohup has had ignored stays so.
(
    trap '' HUP
    exec $sweep -o nohup.h5
) >run.out 2>&1 &
pid=$!
wait_records nohup.h5 1
kill -s HUP $pid
wait $pid
status=$?
[ $status = 0 ] || die "exit status $status after a SIGHUP that is ignored"
equal clean.h5 nohup.h5
exit 0
