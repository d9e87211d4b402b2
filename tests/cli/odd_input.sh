#!/bin/sh
# What is odd but legal works: extreme values, odd names and places, streams that are closed.
. "${srcdir:-.}/tests/mpi/common.sh"
lutreport=${lutsweep%lutsweep}lutreport
luttrain=${lutsweep%lutsweep}luttrain

cat >small.cfg <<'END'
dataset = "synth"; synth = { samples = 200; test_samples = 50; features = 8; classes = 4; };
train = { epochs = 1; }; width = 8; depth = 1; lut_rank = 2;
END

# finishes COUNT ARGUMENTS ...: so many trials, all of them ok.
finishes()
{
    count=$1
    shift
    rm -rf odd.h5 odd.h5.run
    expect 0 "$lutsweep" small.cfg "$@" -o odd.h5
    expect 0 "$lutreport" odd.h5
    grep -q "^# $count of $count trials: $count ok\$" last.out || die "not $count ok: $*"
}

# ---- values at their ends ----
finishes 2 tau=1000000,0.000001
finishes 1 batch=1048576
finishes 1 validation=0
finishes 3 train_limit=1,2,10
finishes 3 encoder_bits=255 encoder=uniform,distributive,gaussian
finishes 1 depth=32
finishes 3 lut_rank=8 parametrization=dwn,light,warp
finishes 1 lut_rank=1 parametrization=light
finishes 2 layers=9-3,1 padding=true
finishes 1 layers=9-3-8
finishes 2 lr=1000,1e-9
finishes 2 synth.classes=2 synth.features=1,2 encoder_bits=1
finishes 2 seeds=0,4294967295
finishes 2 dataset=synth,optdigits synth.classes=10 width=20
finishes 300 seeds=300
[ "$(records odd.h5)" = 300 ] || die "not 300 records"

# ---- names and places ----
expect 0 "$lutsweep" small.cfg -o 'a b"c'\''$x.h5'
expect 0 "$lutreport" 'a b"c'\''$x.h5'
expect 0 "$lutsweep" small.cfg 'name="Käse"'
[ -e Käse.h5 ] || die "a name that is not ASCII: no file"
mkdir sub
cp small.cfg sub/other.cfg
expect 0 "$lutsweep" sub/other.cfg
[ -e other.h5 ] && [ ! -e sub/other.h5 ] || die "the file is not in the current folder"
(cd sub && expect 0 "$lutsweep" other.cfg -o ../up.h5) || exit 1
equal other.h5 up.h5
expect 0 "$luttrain" small.cfg -o one.h5
expect 0 "$luttrain" small.cfg -o one.h5
expect 0 env -u HOME TERM=dumb HDF5_USE_FILE_LOCKING=FALSE "$lutsweep" small.cfg -o env.h5

# ---- streams ----
expect 0 sh -c '"$0" small.cfg -o streams.h5 <&- >&- 2>&-' "$lutsweep"
equal env.h5 streams.h5
if [ -c /dev/full ]; then
    expect 0 sh -c '"$0" small.cfg -o full.h5 >/dev/full 2>&1' "$lutsweep"
    equal env.h5 full.h5
fi
expect 0 sh -c '"$0" env.h5 | head -n 1' "$lutreport"
exit 0
