#!/bin/sh
# Every encoder, with real and fixed-point inputs, in a sweep: each accuracy in its file is
# found again by a reader that shares no code with the project.
. "${srcdir:-.}/tests/mpi/common.sh"
recompute=$(dirname "$lutsweep")/tests/cli/recompute

cat >encoders.cfg <<'END'
name    = "encoders";
dataset = "optdigits";
width   = 100;
depth   = 1;
lut_rank = 4;
parametrization = "light";
train   = { epochs = 2; };
grid = (
  { encoder = ["uniform", "gaussian", "distributive"]; encoder_scope = ["feature", "global"];
    encoder_binary = ["same", "single"]; },
  { encoder = ["binary", "gray", "sign_magnitude", "logarithmic", "one_hot"];
    encoder_bits = [2, 8]; encoder_binary = ["same", "single"]; },
  { encoder = "nonzero"; encoder_bits = 1; },
  { encoder = "levels"; encoder_bits = 3; levels = { scale = 16.0; }; },
  { encoder = "given"; encoder_bits = 2; given = { thresholds = ["3,11.5", "0,8"]; }; },
  { encoder = "bits"; encoder_bits = 5; encoder_binary = ["same", "single"]; },
  { encoder = ["uniform", "gray", "bits"]; encoder_bits = 3; input_width = 3;
    input_frac = [-2, 1]; input_signed = ["false", "true"]; },
  { encoder = "distributive"; encoder_bits = 3; encoder_learn = true;
    encoder_scope = ["feature", "global"]; encoder_clip = [0.001, 0.0]; input_width = [0, 5]; lr = 0.05; mapping_first = "learnable"; }
);
END
expect 0 "$lutsweep" encoders.cfg -o encoders.h5
expect 0 "$recompute" encoders.h5 "$source/data/optdigits/optdigits.tes.gz"
tail -n 1 last.out
grep -q '^58 rows, 58 networks, 0 different$' last.out || die "not all trials are there"

# Refused before anything runs, and why.
cat >one.cfg <<'END'
name = "one";
given = { thresholds = "1"; };
END
refused()
{
    said=$1
    shift
    expect 2 "$lutsweep" one.cfg -o other.h5 "$@"
    grep -qF "$said" last.out || die "$*: \"$said\" is not said"
}
refused 'encoder_bits = 13: 13 bits a feature, "gray" takes 1..12' encoder=gray encoder_bits=13
refused 'want "feature"' encoder=bits encoder_bits=5 encoder_scope=global
refused 'takes all 4 of a fixed-point input' encoder=bits encoder_bits=5 input_width=4
refused 'given.thresholds: 1 thresholds, want 3' encoder=given
grep -q 'encoder_bits = 3: given' last.out && die "encoder_bits is blamed for an option of given"
given="--dry-run encoder=given given.thresholds=\"-\" encoder_bits=2"
printf '1 2\n' >two.txt
printf '1 2\n3 4\n' >lines.txt
printf '2 1\n' >down.txt
refused 'given.file = "nofile.txt": ' $given given.file=nofile.txt
refused 'given.crc = "xyz": want 8 hex digits' $given "given.file=\"$PWD/two.txt\"" given.crc=xyz
refused 'two.txt is "5c3bbb57"' $given "given.file=\"$PWD/two.txt\""
refused 'has 2 lines of thresholds, want 1 or 64' \
    $given "given.file=\"$PWD/lines.txt\"" 'given.crc="61d60057"'
refused '"1" is less than the number before' $given "given.file=\"$PWD/down.txt\"" 'given.crc="65a3477a"'
expect 0 "$lutsweep" one.cfg -o other.h5 $given "given.file=\"$PWD/two.txt\"" 'given.crc="5c3bbb57"'
refused 'input_frac = 1.5' input_width=4 input_frac=1.5
refused 'encoder_binary = "no"' encoder_binary=no
refused '"gray" is no thermometer' encoder=gray encoder_learn=true
refused 'want "same"' encoder_learn=true encoder_binary=single

# Thresholds that fixed-point inputs cannot reach are said in the trial's log.
expect 0 "$lutsweep" one.cfg -o rails.h5 dataset=optdigits epochs=1 encoder=levels \
    encoder_bits=3 input_width=7 depth=1 width=100 levels.scale=255
expect 0 "$recompute" rails.h5 "$source/data/optdigits/optdigits.tes.gz"
grep -q '^log: .*128 of 192 thresholds are beyond the range' last.out || die "no warning"
