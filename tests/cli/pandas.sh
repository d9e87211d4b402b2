#!/bin/sh
# The official ways to read a results file from Python, with filters by text: bytes would
# give an empty table without any error.
set -eu

python=
for p in "${PYTHON:-python3}" /usr/bin/python3; do
    if "$p" -c 'import h5py, pandas, tables' 2>/dev/null; then
        python=$p
        break
    fi
done
[ -n "$python" ] || {
    echo "no Python with pandas, PyTables and h5py was found"
    exit 77
}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$top_builddir/lutsweep" -o "$dir/smoke.h5" "$srcdir/configs/smoke.cfg" >"$dir/out" 2>&1 || {
    cat "$dir/out"
    exit 1
}
"$top_builddir/lutreport" "$dir/smoke.h5" --by parametrization,status \
    --metric test_accuracy --format csv >"$dir/counts.csv"
"$python" "$srcdir/tests/cli/pandas_check.py" "$dir/smoke.h5" "$dir/counts.csv"
