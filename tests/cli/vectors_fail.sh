#!/bin/sh
# The runner of reference vectors notices what is wrong: a file with one changed number, one
# thing missing or of another shape, a foreign kind, a damaged or foreign file.
set -eu
[ -z "${LUT_QUICK:-}" ] || {
    echo "skipped: LUT_QUICK is set"
    exit 77
}

vectors=$top_builddir/tests/vectors
spoil=$top_builddir/tests/spoil
whole=$srcdir/tests/data/vectors.h5
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
f=$dir/f.h5

die()
{
    echo "$*"
    [ ! -s "$dir/out" ] || tail -n 5 "$dir/out"
    exit 1
}

# rc CODE TEXT ARGUMENTS ...: ends with that status and says that (a pattern of grep).
rc()
{
    want=$1 text=$2 got=0
    shift 2
    "$vectors" --kernels scalar "$@" >"$dir/out" 2>&1 || got=$?
    [ $got = "$want" ] || die "status $got, want $want: $*"
    grep -q -e "$text" "$dir/out" || die "doesn't say \"$text\": $*"
}

# A fresh copy, then "spoil" with the arguments.
spoiled()
{
    cp "$whole" "$f"
    chmod u+w "$f"
    "$spoil" "$f" "$@" || die "spoil $*"
}

cp "$whole" "$f"
chmod u+w "$f"
"$spoil" "$f" list >"$dir/cases"
rc 0 ' 0 failed' "$f"

# What is a result, not an input: of the kind $1 the array $2.
result()
{
    case $2 in
    y | dx | dw | dW | dsignal | table* | thresholds | bits | bits2 | code | x_int | x2_int | \
        threshold_int | index | logits* | d_outputs | prediction | gradient | soft_table | loss | \
        *_final | *_grad_first | hard_*) [ "$1 $2" != 'regulariser table' ] && [ "$variant $2" != 'integer_lsb_first x_int' ] ;;
    w) [ "$1" = init ] ;;
    *) false ;;
    esac
}

# One number of one result: the first case of every variant, all of its results.
seen= changed=0
while read -r name kind variant arrays; do
    case " $seen " in
    *" $kind/$variant "*) continue ;;
    esac
    seen="$seen $kind/$variant"
    [ "$kind" != conv ] || continue
    for a in $arrays; do
        result "$kind" "$a" || continue
        spoiled shift "$name" "$a"
        rc 1 "^FAILED $name scalar\|^FAILED $name -" --only "$kind/$name" "$f"
        changed=$((changed + 1))
    done
done <"$dir/cases"
[ $changed -ge 100 ] || die "only $changed numbers were changed"

# first KIND: name of its first case
first()
{
    awk -v kind="$1" '$2 == kind { print $1; exit }' "$dir/cases"
}

lut=$(first lut)
network=$(first network)
head=$(first head)
regulariser=$(first regulariser)
spoiled attribute "$head" loss
rc 1 ' loss:' --only "head/$head" "$f"
spoiled attribute "$regulariser" value
rc 1 ' value:' --only "regulariser/$regulariser" "$f"
for a in soft_accuracy hard_accuracy; do
    spoiled attribute "$network" $a
    rc 1 " $a:" --only "network/$network" "$f"
done

# ---- what is missing or strange fails the case, and only this one ----
one="--only lut/$lut"
spoiled attribute "$lut" kind astrology
rc 1 "FAILED $lut -: kind \"astrology\" is not known" "$f"
rc 1 ' 1 failed' "$f"
for a in parametrization sampling; do
    spoiled attribute "$lut" $a astrology
    rc 1 ' "astrology"' $one "$f"
done
spoiled attribute "$lut" rank
rc 1 "FAILED $lut" $one "$f"
for a in kind rank tolerance parametrization sampling batch; do
    spoiled remove "$lut" $a
    rc 1 "FAILED $lut .*: no attribute $a" "$f"
done
for a in x w g y dx dw table; do
    spoiled remove "$lut" $a
    rc 1 "FAILED $lut .*: no array $a" $one "$f"
    spoiled widen "$lut" $a
    rc 1 "FAILED $lut .*: array $a is .*, want" $one "$f"
done
spoiled remove "$network" hard_outputs
rc 1 "FAILED $network .*: no array hard_outputs" --only "network/$network" "$f"
spoiled remove "$lut"
rc 1 'announces' "$f"

# ---- no file of this format ----
rc 2 'cannot be opened' "$dir/nowhere.h5"
: >"$f"
rc 2 'cannot be opened' "$f"
echo 'a text' >"$f"
rc 2 'cannot be opened' "$f"
for part in 100 100000 1000000; do
    head -c $part "$whole" >"$f"
    rc 2 'cannot be opened' "$f"
done
spoiled attribute / format astrology
rc 2 'no file of reference vectors' "$f"
spoiled remove / format
rc 2 'no file of reference vectors' "$f"
spoiled attribute / format_version
rc 2 'format_version' "$f"

# ---- damaged: fails, whatever is hit, and never by a signal ----
for at in 1000 30000 300000 700000 1200000; do
    cp "$whole" "$f"
    chmod u+w "$f"
    dd if=/dev/zero of="$f" bs=1 seek=$at count=3000 conv=notrunc 2>/dev/null
    got=0
    "$vectors" --kernels scalar "$f" >"$dir/out" 2>&1 || got=$?
    [ $got = 1 ] || [ $got = 2 ] || die "status $got for a file damaged at $at"
done

# ---- the command line ----
rc 2 usage
rc 2 usage --astrology "$whole"
rc 2 usage "$whole" "$whole"
rc 2 'no kernel set' --kernels astrology "$whole"
rc 2 'no case' --only astrology "$whole"
rc 2 'no case' --only 'lut/astrology*' "$whole"
rc 0 '^1 cases run' --only "lut/$lut" "$whole"
rc 0 "^ok $lut" -v --only lut "$whole"
