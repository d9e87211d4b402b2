#!/bin/sh
# The recipes of docs/reports.md, run as they stand there: each prints the same best accuracy
# of one parametrization, which a filter by text found.
. "${srcdir:-.}/tests/mpi/common.sh"
lutreport=${lutsweep%lutsweep}lutreport
export MPLBACKEND=Agg

expect 0 "$lutsweep" "$config" epochs=2 -o quickstart.h5
expect 0 "$lutreport" quickstart.h5 -o quickstart.nc
"$lutreport" quickstart.h5 --by parametrization --metric test_accuracy --format csv >best.csv ||
    die "no table"
best=$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) col[$i] = i }
    $1 == "dwn" { print $col["test_accuracy_max"] }' best.csv)
[ -n "$best" ] || die "no best accuracy"

# One file for each block of code, in order: python-1, python-2, r-1, ...
awk '/^```(python|r)$/ { kind = substr($0, 4); name = kind "-" ++count[kind]; next }
    /^```/ { name = "" }
    name { print >name }' "$source/docs/reports.md"
[ "$(ls python-[1-9] r-[1-9] | wc -l)" = 4 ] || die "not four recipes"

ran=0
# recipe FILE PROGRAM NEEDS: with a program that says yes to NEEDS.
recipe()
{
    "$2" "$3" "$4" >/dev/null 2>&1 || return 1
    "$2" "$1" >"$1.out" 2>&1 || die "$1 failed"
    tail -n 1 "$1.out" | awk -v best="$best" '{ d = $1 - best; exit !($1 != "" && d < 1e-9 && d > -1e-9) }' ||
        die "$1 does not find $best"
    echo "$1: $2"
    ran=$((ran + 1))
}

python()
{
    for p in ${XARRAY_PYTHON:-} "${PYTHON:-python3}" /usr/bin/python3; do
        recipe "$1" "$p" -c "import $2" && return
    done
    echo "$1: no Python with $2"
}
python python-1 "pandas, tables"
python python-2 "pandas, h5py"
python python-3 "xarray, netCDF4"
recipe r-1 Rscript -e 'library(rhdf5)' || echo "r-1: no R with rhdf5"
[ $ran -gt 0 ] || exit 77
