#!/bin/sh
# Intervals, effects, comparisons, McNemar's test, fronts and ranks, computed again from the file by a second
# program.  STATS_PYTHON: a Python that has h5py and SciPy.
set -eu

python=
for p in ${STATS_PYTHON:-} "${PYTHON:-python3}" /usr/bin/python3; do
    if "$p" -c 'import h5py, scipy' 2>/dev/null; then
        python=$p
        break
    fi
done
[ -n "$python" ] || {
    echo "no Python with h5py and SciPy was found"
    exit 77
}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$top_builddir/lutsweep" -o "$dir/s.h5" "$srcdir/tests/cli/stats.cfg" >"$dir/out" 2>&1 || {
    cat "$dir/out"
    exit 1
}
report="$top_builddir/lutreport $dir/s.h5"
$report --where "width = 200 and seed = 1" --by key --metric test_accuracy \
    --format csv >"$dir/keys"
key=$(sed 1d "$dir/keys" | cut -d, -f1 | head -2 | paste -sd, -)
$report --by parametrization,width --metric test_accuracy -o "$dir/groups.json"
$report --effects valid_accuracy -o "$dir/effects.json"
$report --by parametrization --compare dwn,light -o "$dir/compare.json"
$report --compare "$key" -o "$dir/networks.json"
$report --where "parametrization != warp" --by parametrization,width --pareto luts,valid_accuracy \
    -o "$dir/front.json"
cat >"$dir/sets.cfg" <<'EOS'
name = "sets";
seeds = 2;
train_limit = 300;
validation = 0.2;
encoder = { kind = "distributive"; bits = 2; };
lut_rank = 4;
depth = 1;
tau = 5.0;
train = { epochs = 2; batch = 50; lr = 0.02; };
grid = ( { dataset = ["optdigits", "monks-1", "monks-2", "monks-3", "iris", "breast-cancer", "wdbc"];
           parametrization = ["dwn", "light", "warp"]; width = [60, 120]; } );
EOS
"$top_builddir/lutsweep" -o "$dir/sets.h5" "$dir/sets.cfg" >"$dir/out" 2>&1 || {
    cat "$dir/out"
    exit 1
}
"$top_builddir/lutreport" "$dir/sets.h5" --ranks parametrization --nemenyi -o "$dir/ranks.json"
"$top_builddir/lutreport" "$dir/sets.h5" --ranks parametrization --metric discretization_gap -o "$dir/costs.json"
"$python" "$srcdir/tests/cli/stats_check.py" "$dir/s.h5" "$dir/groups.json" \
    "$dir/effects.json" "$dir/compare.json" "$dir/networks.json" "$dir/front.json" \
    "$dir/sets.h5" "$dir/ranks.json" "$dir/costs.json"
