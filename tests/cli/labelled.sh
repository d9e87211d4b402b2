#!/bin/sh
# The file that lutreport makes for xarray opens in both of its engines, text is text, and
# numbers are those of the results file.
set -eu

python=
for p in ${XARRAY_PYTHON:-} "${PYTHON:-python3}" /usr/bin/python3; do
    if "$p" -c 'import h5py, xarray, netCDF4, h5netcdf' 2>/dev/null; then
        python=$p
        break
    fi
done
[ -n "$python" ] || {
    echo "no Python with xarray, netCDF4, h5netcdf and h5py was found"
    exit 77
}

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
"$top_builddir/lutsweep" -o "$dir/smoke.h5" "$srcdir/configs/smoke.cfg" >"$dir/out" 2>&1 || {
    cat "$dir/out"
    exit 1
}
"$top_builddir/lutreport" "$dir/smoke.h5" -o "$dir/smoke.nc"
"$python" "$srcdir/tests/cli/labelled_check.py" "$dir/smoke.h5" "$dir/smoke.nc"
