#!/bin/sh
# Told to stop, started twice, started wrongly, with a clock that jumps: a sweep does what it
# should and goes on.
. "${srcdir:-.}/tests/fault/common.sh"
sweep="$lutsweep $config epochs=150"
expect 0 $sweep -o clean.h5

# Row 13.
begin
$sweep -o usr1.h5 --workers 2 --checkpoint-every 1 >run.out 2>&1 &
pid=$!
wait_records usr1.h5 2
sent=$(now)
kill -USR1 $pid
wait $pid
status=$?
took=$(($(now) - sent))
[ $status = 75 ] || die "exit status $status after SIGUSR1"
had=$(records usr1.h5)
saved=$(find usr1.h5.run/checkpoint -name '*.ckpt' | wc -l)
expect 0 $sweep -o usr1.h5
equal clean.h5 usr1.h5
[ "$(ran_twice usr1.h5)" = 0 ] || die "a finished trial ran again"
row 13 "SIGUSR1 while two trials run" \
    "exit 75 after $took ms, $had finished, $saved checkpoints; run again: exit 0, equal"

# Row 15.
begin
$sweep $slow -o twice.h5 --workers 1 >run.out 2>&1 &
pid=$!
wait_records twice.h5 1
expect 4 $sweep $slow -o twice.h5
grep -q 'another run' last.out || die "no word on who holds the lock"
kill -TERM $pid
wait $pid
row 15 "a second run of the same file" "exit 4 and who holds it; the first goes on"

# Row 16.
begin
expect 4 $sweep -o usr1.h5 name=other
expect 0 $sweep -o usr1.h5 seeds=2
[ "$(events usr1.h5 DONE)" = 20 ] || die "old trials ran again"
row 16 "another sweep's name; then more seeds" "exit 4; then the ten new trials alone"

# Row 17.
begin
expect 2 env SLURM_NTASKS=4 $sweep -o slurm.h5
[ ! -e slurm.h5.run ] || die "a refused sweep left a directory"
row 17 "srun without PMIx: four processes that are each alone" "exit 2, message, nothing written"

# Row 23.  An hour back, once a second.
cat >jump.c <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
#include <unistd.h>
#include <sys/syscall.h>
static time_t jumped(time_t s) { return s - 3600 * (s % 2); }
int clock_gettime(clockid_t id, struct timespec *t)
{
    int r = (int)syscall(SYS_clock_gettime, id, t);
    if (id == CLOCK_REALTIME)
        t->tv_sec = jumped(t->tv_sec);
    return r;
}
time_t time(time_t *out)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    if (out)
        *out = t.tv_sec;
    return t.tv_sec;
}
END
if ${CC:-cc} -shared -fPIC -o jump.so jump.c >cc.out 2>&1 &&
    LD_PRELOAD=$work/jump.so date >date.out 2>&1; then
    begin
    expect 0 env LD_PRELOAD="$work/jump.so" $sweep -o clock.h5 --workers 2
    equal clean.h5 clock.h5
    expect 0 env LD_PRELOAD="$work/jump.so" $sweep -o clock.h5 --workers 2
    row 23 "the clock jumps an hour back and forth, every second" "no effect; equal"
fi
exit 0
