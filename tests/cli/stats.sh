#!/bin/sh
# Effects, comparisons and ranks of a real sweep, and what they refuse.
set -eu

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

fail()
{
    echo "FAILED: $*"
    exit 1
}

# want CODE COMMAND...: the exit code, and the output in $dir/out and $dir/err.
want()
{
    code=0
    expected=$1
    shift
    "$@" >"$dir/out" 2>"$dir/err" || code=$?
    [ "$code" = "$expected" ] || {
        cat "$dir/out" "$dir/err"
        fail "exit code $code, not $expected: $*"
    }
}

says()
{
    grep -qF -- "$1" "$dir/out" "$dir/err" || {
        cat "$dir/out" "$dir/err"
        fail "nothing says: $1"
    }
}

report="$top_builddir/lutreport"
config="$srcdir/tests/cli/stats.cfg"
want 0 "$top_builddir/lutsweep" -o "$dir/s.h5" "$config"
want 0 "$report" "$dir/s.h5" --where "width = 200 and seed = 1" --by key \
    --metric test_accuracy --format csv
key=$(sed 1d "$dir/out" | cut -d, -f1 | head -2 | paste -sd, -)
want 0 "$report" "$dir/s.h5" --compare "$key"
says "Two networks on the 1797 test rows of optdigits"

# The same file, the same bytes: what is resampled is drawn with a fixed seed.
want 0 "$report" "$dir/s.h5" --effects valid_accuracy
says "parametrization x width"
cp "$dir/out" "$dir/first"
want 0 "$report" "$dir/s.h5" --effects valid_accuracy
cmp "$dir/out" "$dir/first" || fail "effects differ from run to run"
for format in markdown csv latex; do
    want 0 "$report" "$dir/s.h5" --effects valid_accuracy --format $format
    want 0 "$report" "$dir/s.h5" --ranks parametrization --format $format
done
want 0 "$report" "$dir/s.h5" --ranks parametrization --nemenyi
says "3 methods on 1 data sets: nothing can be tested"
want 0 "$report" "$dir/s.h5" --compare "width = 50,width = 200" --alpha 0.01
says "intervals are of 99 %"

# Two files: the same, then one with other trials.
cp "$dir/s.h5" "$dir/t.h5"
want 0 "$report" --compare "$dir/s.h5,$dir/t.h5"
says "54 trials are in both, of these 0 differ"
want 0 "$top_builddir/lutsweep" -o "$dir/u.h5" "$config" seeds=1 train.epochs=1
want 0 "$report" --compare "$dir/s.h5,$dir/u.h5"
says "0 trials are in both"

# What is asked for in vain.
want 2 "$report" "$dir/s.h5" --compare "dwn,light"
says "with --by=COLUMN two of its values"
want 2 "$report" "$dir/s.h5" --compare "0123456789abcdef,${key#*,}"
says "no trial 0123456789abcdef in"
want 2 "$report" "$dir/s.h5" --by parametrization --compare "dwn,lihgt"
says "(there are: dwn, light, warp)"
want 2 "$report" "$dir/s.h5" --figure ranks --by dataset
says "--by: dataset is what methods are ranked over"
want 2 "$report" "$dir/s.h5" --ranks parametrisation
says "did you mean parametrization?"
want 2 "$report" "$dir/s.h5" --effects valid_accuracy --settings all
says "--settings"
want 2 "$report" --compare "$dir/s.h5,$dir/none.h5"
want 2 "$report"
