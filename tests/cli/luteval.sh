#!/bin/sh
# luteval: agrees with what a sweep stored, on every kernel set and any threads; says what is
# wrong with files, keys, data and places to write.
. "${srcdir:-.}/tests/mpi/common.sh"
luteval=$(dirname "$lutsweep")/luteval
luttrain=$(dirname "$lutsweep")/luttrain
lutreport=$(dirname "$lutsweep")/lutreport
damage=$(dirname "$lutsweep")/tests/cli/h5damage

says()
{
    for text in "$@"; do
        grep -qF -e "$text" last.out || die "no \"$text\""
    done
}

# ---- usage ----
expect 0 "$luteval" --help
says 'FILE... KEY' 'Exit status'
expect 2 "$luteval"
says 'want a results file and a KEY'
expect 2 "$luteval" none.h5
expect 2 "$luteval" none.h5 0123
says 'none.h5'
expect 2 "$luteval" none.h5 0123 --threads 0
says '--threads=0: want a whole number from 1 to 256'
expect 2 "$luteval" none.h5 0123 --output xml
says '--output=xml: want text, json or quiet'
printf 'not HDF5' >text.h5
expect 2 "$luteval" text.h5 0123
says 'text.h5'

# ---- what is stored ----
expect 0 "$lutsweep" "$config" epochs=5 keep=best:9 -o s.h5
sed 's/ .*//' s.h5.run/run/*.order >keys
kept=0 refused=
while read -r key; do
    "$luteval" s.h5 "$key" >last.out 2>&1
    case $? in
        0)
            grep -q 'test accuracy .* as stored' last.out || die "$key: not as stored"
            kept=$((kept + 1)) best=$key ;;
        2)
            says "the network of $key is not kept" "luttrain --from s.h5 --key $key -o $key.h5"
            refused=$key ;;
        *) die "$key: neither evaluated nor refused" ;;
    esac
done <keys
[ $kept = 9 ] || die "$kept networks evaluated, want 9"
[ -n "$refused" ] || die "all networks were there"

# ---- keys ----
short=$(printf %.8s "$best")
expect 0 "$luteval" s.h5 "$short"
says "$best"
expect 2 "$luteval" s.h5 "$(printf %.3s "$best")"
says 'want 4 to 16 digits'
expect 2 "$luteval" s.h5 "${best}0"
expect 2 "$luteval" s.h5 xyzw
says 'want 4 to 16 digits'
expect 2 "$luteval" s.h5 0000000000000000
says 's.h5: none of the' 'has the key 0000000000000000'

# ---- several files ----
expect 0 "$luttrain" --from s.h5 --key "$refused" -o one.h5
expect 0 "$luteval" s.h5 one.h5 "$best" --output quiet
cp last.out alone
expect 0 "$luteval" one.h5 s.h5 "$best" --output quiet
cmp alone last.out || die "the order of files matters"
[ "$(wc -w <alone)" = 1 ] || die "not quiet: $(cat alone)"
expect 2 "$luteval" one.h5 one.h5 "$refused"
says 'one.h5 and one.h5 both have a trial'
expect 2 "$luteval" s.h5 one.h5 "$refused" # kept in one, not in the other: both have it
says "the network of $refused is not kept"
expect 2 "$luteval" s.h5 one.h5 0000000000000000
says 'none of the 2 files; the first: s.h5: none of the'
expect 2 "$luteval" s.h5 none.h5 "$best"
says 'none.h5'
expect 0 "$luteval" one.h5 "$refused"
says 'right %'

# ---- predictions: their counts are the accuracy, their largest score the class ----
expect 0 "$luteval" s.h5 "$best" --predictions p.csv --output json
says '"format_version": 1' '"agrees": true'
awk -F, '
    NR == 1 { classes = NF - 3; next }
    {
        most = 0
        for (c = 1; c < classes; c++) if ($(4 + c) > $(4 + most)) most = c
        bad += most != $2 || $1 != NR - 2
        right += $2 == $3
    }
    $2 == $3 { hit[$3]++ }
    NR > 1 { of[$3]++ }
    END {
        for (c = 0; c < classes; c++) printf "%.9g\n", 100 * hit[c] / of[c] >"by_class"
        if (bad || NR < 100) exit 1; printf "%.9g\n", 100 * right / (NR - 1) }' p.csv \
    >right || die "predictions"
grep -q "\"accuracy\": $(cat right)" last.out || die "accuracy of the predictions: $(cat right)"
sed -n '/"class_accuracy"/,/\]/s/^ *\([0-9][0-9.]*\),*$/\1/p' last.out >classes
paste classes by_class | awk '
    { bad += ($1 - $2) ^ 2 > 1e-12 || NF != 2 }
    END { exit bad || NR < 2 }' || die "accuracy of the classes: $(paste classes by_class)"
for set in scalar avx2 avx512; do
    LUT_KERNELS=$set "$luteval" s.h5 "$best" --predictions "$set.csv" >last.out 2>&1 || {
        says 'is not in this build or not of this machine'
        continue
    }
    cmp p.csv "$set.csv" || die "$set predicts otherwise"
done
expect 2 env LUT_KERNELS=sse9 "$luteval" s.h5 "$best"
says 'kernel set "sse9"'
expect 0 "$luteval" s.h5 "$best" --threads 3 --predictions three.csv
cmp p.csv three.csv || die "three threads predict otherwise"

# ---- places to write, before the work ----
cp s.h5 before.h5
mkdir way
ln -s s.h5 soft.h5
ln s.h5 hard.h5
for name in s.h5 ./s.h5 way/../s.h5 "$PWD/s.h5" soft.h5 hard.h5; do
    expect 2 "$luteval" s.h5 "$best" --predictions "$name"
    says "--predictions=$name: is the results file"
    cmp s.h5 before.h5 || die "the results were overwritten as $name"
done
[ -L soft.h5 ] || die "the link was replaced"
cmp s.h5 hard.h5 || die "the hard link was replaced"
expect 5 "$luteval" s.h5 "$best" --predictions nowhere/p.csv
says 'nowhere'

# ---- data: what is not there, what is not the trial's ----
rows() # SEED: two features and a class that follows from them, mostly
{
    awk -v s="$1" 'BEGIN {
        srand(s)
        print "a,b,class"
        for (i = 0; i < 200; i++) {
            a = rand(); b = rand()
            printf "%.6f,%.6f,%d\n", a, b, (a + b > 0.9 + 0.2 * rand() ? 1 : 0)
        }
    }'
}
mkdir here other
rows 1 >here/train.csv
rows 2 >here/test.csv
rows 3 >other/test.csv
cp here/train.csv other
cat >c.cfg <<'CFG'
name = "c"; dataset = "csv"; csv = { train = "train.csv"; test = "test.csv"; };
encoder = { kind = "uniform"; bits = 4; };
parametrization = "dwn"; lut_rank = 3; width = 40; depth = 1; train = { epochs = 3; };
CFG
expect 0 "$luttrain" c.cfg data_path=here -o c.h5
key=$("$lutreport" c.h5 --by key --format csv | sed -n '2s/,.*//p')
expect 2 "$luteval" c.h5 "$key"
says 'csv'
expect 0 env LUTSWEEP_DATA=here "$luteval" c.h5 "$key"
says 'as stored'
expect 0 "$luteval" c.h5 "$key" --data here
says 'as stored'
expect 2 env LUTSWEEP_DATA=other "$luteval" c.h5 "$key"
says 'is not the one that trial' '--data PATH'
expect 0 "$luteval" c.h5 "$key" --data other
says "other data than the trial's"
printf 'a,b,c,class\n1,2,3,1\n4,5,6,0\n' >other/test.csv
cp other/test.csv other/train.csv
expect 2 "$luteval" c.h5 "$key" --data other
says 'has 3 features, the network wants 2'

# ---- damage: told, never believed ----
row=$(awk -v key="$best" '$1 == key { print NR - 1 }' keys)
spoil() # DATASET MEMBER ROW BYTE BIT
{
    cp s.h5 a.h5
    "$damage" a.h5 "$@" >damage.out 2>&1 || die "not spoilt: $*"
}
spoil trials test_accuracy "$row" 0 1
expect 3 "$luteval" a.h5 "$best"
says 'differs from what is stored'
spoil "trial/$best/encoder/codes" - 0 0 0
expect 3 "$luteval" a.h5 "$best"
head -c 2000 s.h5 >a.h5
expect 2 "$luteval" a.h5 "$best"
says 'a.h5'
