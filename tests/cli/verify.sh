#!/bin/sh
# lutreport --verify: nothing to say of what is right; whatever is spoilt is found, each kind
# of damage by the check that is meant for it.
. "${srcdir:-.}/tests/mpi/common.sh"
lutreport=$(dirname "$lutsweep")/lutreport
damage=$(dirname "$lutsweep")/tests/cli/h5damage

# found CHECK KEY COLUMN: the last run told of it, and ended with 3.
found()
{
    [ "$got" = 3 ] || die "exit status $got, want 3 for $*"
    grep -q "^$1: $2  $3: stored .*, recomputed " last.out || die "no difference $*"
    grep -q "^checked: $1 .* [0-9]* differ" last.out || die "no count of $1"
}

verify() # FILE ...
{
    "$lutreport" --verify "$@" >last.out 2>&1
    got=$?
}

# spoil NEW DATASET MEMBER ROW BYTE BIT: a copy of s.h5, without the folder.
spoil()
{
    cp s.h5 "$1" || die "no copy"
    "$damage" "$@" >damage.out 2>&1 || die "not spoilt: $*"
    verify "$1" --sample all
}

expect 0 "$lutsweep" "$config" epochs=20 -o s.h5
verify s.h5
[ $got = 0 ] || die "exit status $got for a whole file"
for check in keys rows history timing networks accuracies records; do
    grep -q "^checked: $check  *10 ok" last.out || die "not ten of $check"
done
grep -q "^checked: journals  *1 ok" last.out || die "no journal"
verify s.h5 --sample 3
grep -q "^checked: accuracies  *3 ok" last.out || die "a sample of 3"
verify s.h5 --sample 0
grep -q "^checked: accuracies  *0 -" last.out || die "a sample of none"

key=$(sed -n 4p s.h5.run/run/*.order)
group=trial/$key

# Row 3 is that of the key.  Doubles: bit 4 of the highest byte but one is an exponent's.
spoil a.h5 trials seed 3 0 1 && found keys "$key" key
spoil a.h5 trials lr 3 2 0 && found keys "$key" key
spoil a.h5 trials parametrization 3 0 0 && found keys "$key" key
spoil a.h5 trials options 3 30 0 && found keys "$key" key
spoil a.h5 trials status 3 0 0 && found rows "$key" status
spoil a.h5 trials width 3 -2 4 && found rows "$key" width
spoil a.h5 trials luts 3 -2 4 && found rows "$key" luts
spoil a.h5 trials discretization_gap 3 0 0 && found rows "$key" discretization_gap
spoil a.h5 trials parameters 3 -1 7 && found rows "$key" parameters
spoil a.h5 trials test_accuracy 3 0 0 && found networks "$key" test_accuracy
found accuracies "$key" test_accuracy
spoil a.h5 trials train_accuracy 3 0 0 && found accuracies "$key" train_accuracy
spoil a.h5 trials valid_accuracy 3 0 0 && found accuracies "$key" valid_accuracy
found history "$key" valid_accuracy
spoil a.h5 trials best_epoch 3 -2 4 && found history "$key" best_epoch
spoil a.h5 trials epochs_run 3 -2 4 && found history "$key" epochs_run
spoil a.h5 history epoch 70 0 0 && found history "$key" history.epoch
spoil a.h5 timing attempts 3 -1 7 && found timing "$key" attempts
spoil a.h5 timing started 3 4 0 && found timing "$key" started
spoil a.h5 "$group/confusion" - 0 0 1 && found networks "$key" confusion
spoil a.h5 "$group/correct" - 5 0 3 && found networks "$key" confusion
found accuracies "$key" correct
spoil a.h5 "$group/config" - 0 12 0 && found networks "$key" config
spoil a.h5 "$group/encoder/thresholds" - 4 3 7 && found networks "$key" encoder/thresholds
spoil a.h5 "$group/encoder/codes" - 0 0 0 && found accuracies "$key" test_accuracy
# Of a single entry nothing may depend: all of a layer.
spoil a.h5 "$group/layer/1/tables" - -1 0 0 && found accuracies "$key" train_accuracy
spoil a.h5 "$group/layer/0/inputs" - 0 2 7
[ $got = 2 ] || die "exit status $got for wiring that leads nowhere"
grep -q "^rows: $key  all of it" last.out || die "wiring that leads nowhere"

# What only the file as a whole tells, and what a row that is ok must have.
spoil a.h5 row trials 2 3 && found keys "$(sed -n 3p s.h5.run/run/*.order)" key
spoil a.h5 copy "$group" trial/0123456789abcdef && found networks 0123456789abcdef /trial
cp s.h5 a.h5
for k in $(cat s.h5.run/run/*.order); do "$damage" a.h5 delete "trial/$k"; done
verify a.h5
[ $got = 3 ] || die "exit status $got without any network"
grep -q '^networks: all  /trial: stored no network' last.out || die "no network is left"
for c in test_accuracy train_accuracy luts parameters; do
    spoil a.h5 number trials $c 3 nan && found rows "$key" $c
done
spoil a.h5 number trials parameters 3 1 && found rows "$key" parameters
spoil a.h5 number history lr 70 nan && found history "$key" history.lr
spoil a.h5 number history train_loss 70 nan && found history "$key" history.train_loss
head -c 20000 s.h5 >a.h5
verify a.h5
[ $got = 2 ] || die "exit status $got for half a file"
verify none.h5
[ $got = 2 ] || die "exit status $got for no file"

# The folder: a record that is another one, a record and a journal that are damaged.
cp s.h5 kept.h5
record=s.h5.run/rec/$(echo "$key" | cut -c 1-2)/$key.rec
cp "$record" kept.rec
"$damage" s.h5 trials parameters 3 0 0
verify s.h5
found records "$key" "all of it"
cp kept.h5 s.h5
printf x | dd of="$record" bs=1 seek=100 conv=notrunc 2>dd.out
verify s.h5
found records "$key" "all of it"
cp kept.rec "$record"
journal=$(ls s.h5.run/journal/*.jl)
printf x | dd of="$journal" bs=1 seek=300 conv=notrunc 2>dd.out
verify s.h5
found journals "$(basename "$journal")" lines


# What is not in the file yet is no difference, but it is read: a record without its row, one
# that came after its row; and so is a piece of a line that its writer went on behind.
cp s.h5 kept.h5
expect 0 "$lutsweep" "$config" epochs=20 seeds=2 -o more.h5
cp kept.h5 more.h5
verify more.h5
[ $got = 0 ] || die "exit status $got for records that are no rows yet"
grep -q 'skipped: 10: not in the file yet' last.out || die "records that are no rows yet"
for record in more.h5.run/rec/*/*.rec; do
    k=$(basename "$record" .rec)
    grep -q "$k" s.h5.run/run/*.order || break
done
printf x | dd of="$record" bs=1 seek=100 conv=notrunc 2>dd.out
verify more.h5
found records "$k" "all of it"
printf 'half a line\030\n' >>"$(ls more.h5.run/journal/*.jl | head -n 1)"
verify more.h5
grep -q '^journals: ' last.out && die "a piece of a line is a difference"
chmod 0 more.h5.run/journal/*.jl
if [ "$(id -u)" != 0 ]; then
    verify more.h5
    [ $got = 2 ] || die "exit status $got for a journal that cannot be read"
fi
rm -f more.h5.run/journal/*.jl
mkdir more.h5.run/journal/x.jl
verify more.h5
[ $got = 2 ] || die "exit status $got for a journal that cannot be read"
grep -q '^journals: x.jl  all of it' last.out || die "a journal that cannot be read"

# Data that are not there are said to be, and are no difference.
mkdir set
awk 'BEGIN { for (i = 0; i < 200; i++) print i % 7, i % 5, i % 3, i % 2 }' | tr ' ' , >set/a.csv
cp set/a.csv set/b.csv
expect 0 "$lutsweep" "$config" dataset=csv csv.train=a.csv csv.test=b.csv data_path=set \
    epochs=2 'skip="parametrization != dwn or lut_rank > 2"' name=own -o own.h5
verify own.h5 --data set
[ $got = 0 ] || die "exit status $got for own data"
grep -q "^checked: accuracies  *1 ok" last.out || die "own data"
rm set/b.csv
verify own.h5 --data set
[ $got = 0 ] || die "exit status $got without data"
grep -q "skipped: 1: .*b.csv" last.out || die "data that are not there"
exit 0
