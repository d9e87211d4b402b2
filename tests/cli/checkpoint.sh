#!/bin/sh
# A trial that is killed, at any epoch and any number of times, goes on from its checkpoint and
# leaves the same bytes as one that was left alone.
. "${srcdir:-.}/tests/mpi/common.sh"
[ -z "${LUT_QUICK:-}" ] || exit 77
luttrain=$(dirname "$lutsweep")/luttrain
epochs=9
# One trial with all that a run has to remember.
one()
{
    "$luttrain" "$config" parametrization=light lut_rank=4 width=200 tau=5 seeds=1 \
        mapping_first=learnable mapping_rest=learnable optimizer=adam schedule=cosine \
        warmup=2 patience=8 clip_norm=0.5 sampling=gumbel_soft epochs=$epochs \
        regulariser=spectral_degree+weight_decay "$@"
}

expect 0 one -o clean.h5
[ "$(grep -c '^ *[0-9]* ' last.out)" -ge $epochs ] || die "less than $epochs epochs"

# Its reader leaves after epoch K: writing epoch K + 1 ends it.
k=1
while [ $k -lt $epochs ]; do
    one -o killed.h5 --checkpoint k.ckpt 2>run.err | head -n $((k + 1)) >run.out
    grep -q "^ *$k " run.out || die "epoch $k was not printed"
    [ -e killed.h5 ] || [ -s k.ckpt ] || die "no checkpoint after epoch $k"
    k=$((k + 1))
done
expect 0 one -o killed.h5 --checkpoint k.ckpt
[ "$(grep -c '^ *[0-9]* ' last.out)" -ge $epochs ] || die "the epochs that were are missing"
equal clean.h5 killed.h5
[ ! -e k.ckpt ] || die "the checkpoint is still there"

# In the middle of whatever it does.
rm -f killed.h5
one -o killed.h5 --checkpoint k.ckpt --checkpoint-every 2 >run.out 2>&1 &
pid=$!
i=0
while [ ! -s k.ckpt ] && [ ! -e killed.h5 ] && [ $i -lt 600 ]; do
    i=$((i + 1))
    sleep 0.02
done
kill -s KILL $pid 2>/dev/null
wait $pid 2>/dev/null
expect 0 one -o killed.h5 --checkpoint k.ckpt
equal clean.h5 killed.h5

# Asked to leave, it does so with a checkpoint and says how to go on.
for s in USR1 INT; do
    rm -f killed.h5 run.out
    # A shell starts what it puts behind itself with SIGINT ignored; handlers are set anyway.
    one -o killed.h5 --checkpoint k.ckpt --checkpoint-every 1000 epochs=3000 \
        patience=0 >run.out 2>&1 &
    pid=$!
    i=0
    until grep -qs "^ *2 " run.out || [ $i -ge 600 ]; do
        i=$((i + 1))
        sleep 0.02
    done
    child=$(children $pid) # a shell between us and it?
    kill -s $s ${child:-$pid}
    wait $pid
    status=$?
    [ $status = 75 ] || die "exit status $status after SIG$s, want 75"
    grep -q 'left after epoch [0-9]* of 3000; the same command goes on from k.ckpt' run.out ||
        die "SIG$s: no word on how to go on"
    [ -s k.ckpt ] && [ ! -e killed.h5 ] || die "SIG$s: no checkpoint"
    rm k.ckpt
done

# What is none of its checkpoints is refused and stays as it is.
# It is left by a run that is far longer than its reader's patience.
epochs=400
one --checkpoint kept.ckpt 2>run.err | head -n 2 >run.out
[ -s kept.ckpt ] || die "no checkpoint was left"
cp kept.ckpt other.ckpt
expect 2 one seed=7 --checkpoint other.ckpt
grep -q 'other.ckpt: checkpoint of [0-9a-f]*, want [0-9a-f]*$' last.out ||
    die "another trial's checkpoint"
printf x >>other.ckpt
expect 2 one --checkpoint other.ckpt
grep -q 'other.ckpt: .*damaged' last.out || die "a damaged checkpoint"
[ -s other.ckpt ] || die "a refused file was removed"
epochs=9

# A place where none can be written is refused before the first epoch.
for place in nowhere/x.ckpt ./ nowhere/ .; do
    one --checkpoint $place >last.out 2>&1 && die "--checkpoint $place is taken"
    ! grep -q train_loss last.out || die "--checkpoint $place: it trained first"
done
grep -q -e '--checkpoint=.: is a folder, want the name of a file' last.out ||
    die "a folder as checkpoint"
expect 2 one --checkpoint-every 3

# A sweep keeps them by itself, and drops those that are damaged.
sweep="$lutsweep $config epochs=40 --workers 2"
expect 0 $sweep -o whole.h5
for damage in no yes folder; do
    file=sweep_$damage.h5
    $sweep -o $file --checkpoint-every 1 >run.out 2>&1 &
    pid=$!
    i=0
    while [ -z "$(find $file.run/checkpoint -name '*.ckpt' 2>/dev/null)" ] &&
        [ $i -lt 600 ]; do
        i=$((i + 1))
        sleep 0.02
    done
    kill -s KILL $pid
    wait $pid 2>/dev/null
    sleep 0.2
    [ -n "$(find $file.run/checkpoint -name '*.ckpt')" ] || die "no checkpoint was left"
    for f in "$file".run/checkpoint/*.ckpt; do
        [ $damage = yes ] && printf x >>"$f"
        [ $damage = folder ] && rm "$f" && mkdir "$f"
    done
    expect 0 $sweep -o $file
    equal whole.h5 $file
    [ -z "$(find $file.run -name '*.ckpt' 2>/dev/null)" ] || die "checkpoints are left"
done
exit 0
